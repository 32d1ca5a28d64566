//! Rates: how many events in a span of time, kept exactly as written.

use std::fmt;

use super::{Span, Time, divide_half_even};

/// A rate of events, exact to a billionth of an event per its unit of time (`1.44M/month`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Rate {
    nano_events: u64,
    per: Span,
}

impl Rate {
    /// The most events that a rate may name per its unit of time.
    pub const MOST_EVENTS: u64 = 10_000_000_000;

    /// `nano_events` (10^-9 events) in every `per`.
    ///
    /// # Panics
    /// When `per` is zero.
    #[must_use]
    pub fn new(nano_events: u64, per: Span) -> Rate {
        assert!(per > Span::ZERO, "a rate is for a span of time");
        Rate { nano_events, per }
    }

    #[must_use]
    pub fn nano_events(self) -> u64 {
        self.nano_events
    }

    #[must_use]
    pub fn per(self) -> Span {
        self.per
    }

    #[must_use]
    pub fn per_second(self) -> f64 {
        self.nano_events as f64 / self.per.nanos() as f64
    }

    /// The rate multiplied, to the nearest billionth of an event per month, or per second where that is more than can be written.
    /// At most [`Rate::MOST_EVENTS`] a second.
    #[must_use]
    pub fn scaled(self, factor: f64) -> Rate {
        let most = Rate::MOST_EVENTS as f64 * 1e9;
        let times = |per: Span| self.nano_events as f64 * (per.nanos() as f64 / self.per.nanos() as f64) * factor;
        match times(Span::MONTH).round() {
            nano_events if nano_events <= most => Rate::new(nano_events as u64, Span::MONTH),
            _ => Rate::new(times(Span::SECOND).round().min(most) as u64, Span::SECOND),
        }
    }

    /// The instant of event `index` (from 0) when events are evenly spaced, the first after half a gap,
    /// to the nearest nanosecond; `None` past the end of the clock or when the rate is zero.
    #[must_use]
    pub fn evenly_spaced(self, index: u64) -> Option<Time> {
        if self.nano_events == 0 {
            return None;
        }
        let half_gaps = 2 * i128::from(index) + 1;
        let numerator = half_gaps.checked_mul(i128::from(self.per.nanos()))?.checked_mul(1_000_000_000)?;
        let nanos = divide_half_even(numerator, 2 * i128::from(self.nano_events));
        u64::try_from(nanos).ok().map(Time::from_nanos)
    }

    /// Whether `count` events in one second are more than this rate allows.
    #[must_use]
    pub fn is_exceeded_by(self, count_in_a_second: u64) -> bool {
        // count > nano_events * 10^-9 * (1 s / per), cross-multiplied.
        u128::from(count_in_a_second) * u128::from(self.per.nanos()) > u128::from(self.nano_events)
    }
}

impl fmt::Display for Rate {
    /// As it is written in a scenario: `2/s`, `1440000/month`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let whole = self.nano_events / 1_000_000_000;
        let fraction = format!("{:09}", self.nano_events % 1_000_000_000);
        let trimmed = fraction.trim_end_matches('0');
        write!(f, "{whole}")?;
        if !trimmed.is_empty() {
            write!(f, ".{trimmed}")?;
        }
        match self.per {
            Span::SECOND => f.write_str("/s"),
            Span::MINUTE => f.write_str("/min"),
            Span::HOUR => f.write_str("/h"),
            Span::DAY => f.write_str("/day"),
            Span::WEEK => f.write_str("/week"),
            Span::MONTH => f.write_str("/month"),
            other => write!(f, "/{other}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn evenly_spaced_events_are_exact() {
        let rate = Rate::new(1_440_000 * 1_000_000_000, Span::MONTH);
        assert_eq!(rate.evenly_spaced(0), Some(Time::from_nanos(900_000_000)));
        assert_eq!(rate.evenly_spaced(1_439_999), Some(Time::from_nanos(Span::MONTH.nanos() - 900_000_000)));
    }

    #[test]
    fn a_rate_is_scaled_to_a_round_number_of_events_a_month() {
        let guide = Rate::new(1_440_000 * 1_000_000_000, Span::MONTH);
        assert_eq!(guide.scaled(0.5), Rate::new(720_000 * 1_000_000_000, Span::MONTH));
        let per_second = Rate::new(2_000_000_000, Span::SECOND);
        assert_eq!(per_second.scaled(1.0).to_string(), "5184000/month");
        assert_eq!(per_second.scaled(1e9).to_string(), "2000000000/s");
        assert_eq!(per_second.scaled(1e30).per_second(), Rate::MOST_EVENTS as f64);
    }

    #[test]
    fn a_rate_is_exceeded_only_by_more_events_than_it_names() {
        let thousand = Rate::new(1_000 * 1_000_000_000, Span::SECOND);
        assert!(!thousand.is_exceeded_by(1_000));
        assert!(thousand.is_exceeded_by(1_001));
        let per_minute = Rate::new(90 * 1_000_000_000, Span::MINUTE);
        assert!(!per_minute.is_exceeded_by(1));
        assert!(per_minute.is_exceeded_by(2));
    }
}
