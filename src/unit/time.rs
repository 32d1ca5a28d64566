//! The clock: whole nanoseconds from the scenario's start, 584 years long.

use std::fmt;
use std::ops::{Add, Sub};

/// An instant, in nanoseconds since the scenario's start.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(transparent)]
pub struct Time(u64);

/// A length of time, in nanoseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(transparent)]
pub struct Span(u64);

impl Time {
    /// The scenario's start.
    pub const START: Time = Time(0);
    /// The end of the clock, 584 years after its start.
    pub const END: Time = Time(u64::MAX);

    #[must_use]
    pub const fn from_nanos(nanos: u64) -> Time {
        Time(nanos)
    }

    #[must_use]
    pub const fn nanos(self) -> u64 {
        self.0
    }

    /// Seconds since the start, for display and charts.
    #[must_use]
    pub fn seconds(self) -> f64 {
        self.since_start().seconds()
    }

    #[must_use]
    pub const fn since_start(self) -> Span {
        Span(self.0)
    }

    /// The time from `earlier` to this instant; zero when `earlier` is the later of the two.
    #[must_use]
    pub const fn saturating_since(self, earlier: Time) -> Span {
        Span(self.0.saturating_sub(earlier.0))
    }
}

impl Span {
    pub const ZERO: Span = Span(0);
    pub const NANOSECOND: Span = Span(1);
    pub const MICROSECOND: Span = Span(1_000);
    pub const MILLISECOND: Span = Span(1_000_000);
    pub const SECOND: Span = Span(1_000_000_000);
    pub const MINUTE: Span = Span(60 * Span::SECOND.0);
    pub const HOUR: Span = Span(60 * Span::MINUTE.0);
    pub const DAY: Span = Span(24 * Span::HOUR.0);
    pub const WEEK: Span = Span(7 * Span::DAY.0);
    /// 30 days = 720 hours, as bills of GPU providers are usually quoted.
    pub const MONTH: Span = Span(30 * Span::DAY.0);
    /// The longest duration that a scenario may name and that a draw may return: ten years of 365 days.
    pub const LONGEST: Span = Span(3_650 * Span::DAY.0);

    #[must_use]
    pub const fn from_nanos(nanos: u64) -> Span {
        Span(nanos)
    }

    #[must_use]
    pub const fn nanos(self) -> u64 {
        self.0
    }

    #[must_use]
    pub fn seconds(self) -> f64 {
        self.0 as f64 / 1e9
    }

    /// A drawn duration of `nanos` nanoseconds, to the nearest one, halves to the even one; negative values and NaN
    /// become zero and [`Span::LONGEST`] is the most.
    #[inline]
    #[must_use]
    pub fn from_draw(nanos: f64) -> Span {
        // A conversion by two additions, which vectorises where the processor's own would not: adding 1.5 x 2^52 units
        // leaves the nearest whole number of units in the low bits of the sum. The first unit is 2^32 ns.
        const UNIT_BITS: u32 = 32;
        const ROUNDER: f64 = 6_755_399_441_055_744.0;
        const HIGH_ROUNDER: f64 = ROUNDER * (1_u64 << UNIT_BITS) as f64;
        let longest = Span::LONGEST.0 as f64;
        // Not `max` and `min`, which cost more for their care about NaN; here it fails the first comparison.
        let nanos = if nanos > 0.0 { nanos } else { 0.0 };
        let nanos = if nanos < longest { nanos } else { longest };
        let high_sum = nanos + HIGH_ROUNDER;
        let high = high_sum.to_bits().wrapping_sub(HIGH_ROUNDER.to_bits());
        let rest = nanos - (high_sum - HIGH_ROUNDER);
        let low = (rest + ROUNDER).to_bits().wrapping_sub(ROUNDER.to_bits());
        Span((high << UNIT_BITS).wrapping_add(low))
    }
}

impl Add<Span> for Time {
    type Output = Time;

    /// The clock ends after 584 years; an instant past its end is its end.
    fn add(self, span: Span) -> Time {
        Time(self.0.saturating_add(span.0))
    }
}

impl Sub<Time> for Time {
    type Output = Span;

    /// # Panics
    /// In debug builds, when `earlier` is later than `self`.
    fn sub(self, earlier: Time) -> Span {
        debug_assert!(earlier <= self, "{earlier:?} is later than {self:?}");
        Span(self.0.wrapping_sub(earlier.0))
    }
}

impl Add for Span {
    type Output = Span;

    fn add(self, other: Span) -> Span {
        Span(self.0.saturating_add(other.0))
    }
}

impl fmt::Display for Span {
    /// The exact duration in the largest unit that divides it: `90s`, `2min`, `250ms`, `8d`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const UNITS: [(Span, &str); 7] = [
            (Span::DAY, "d"),
            (Span::HOUR, "h"),
            (Span::MINUTE, "min"),
            (Span::SECOND, "s"),
            (Span::MILLISECOND, "ms"),
            (Span::MICROSECOND, "us"),
            (Span::NANOSECOND, "ns"),
        ];
        if self.0 == 0 {
            return f.write_str("0s");
        }
        let (unit, name) =
            UNITS.iter().find(|(unit, _)| self.0.is_multiple_of(unit.0)).expect("one nanosecond divides all");
        write!(f, "{}{name}", self.0 / unit.0)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn draws_are_rounded_to_even_and_kept_in_range() {
        let nanos = [0.5, 1.5, 2.4999, f64::NAN, -7.0, f64::NEG_INFINITY, f64::INFINITY, 1e300];
        let longest = Span::LONGEST.nanos();
        let spans = nanos.map(|nanos| Span::from_draw(nanos).nanos());
        assert_eq!(spans, [0, 2, 2, 0, 0, 0, longest, longest]);
    }

    proptest! {
        #[test]
        fn draws_go_to_the_nearest_nanosecond(whole in 0..Span::LONGEST.nanos(), bits in 0..59_u32, fraction in 0.0..1.0_f64) {
            let nanos = (whole >> bits) as f64 + fraction;
            prop_assert_eq!(Span::from_draw(nanos).nanos(), nanos.round_ties_even() as u64);
        }
    }
}
