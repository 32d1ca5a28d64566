//! The hours of a week in which a fleet is on.

use std::fmt;

use jiff::civil::DateTime;

use crate::unit::{Span, Time};

/// When a fleet is on, and how it gets its instances back.
#[derive(Clone, Debug, PartialEq)]
pub struct Schedule {
    /// At least one, with at least a moment on and a moment off in a week.
    pub hours: Vec<Hours>,
    /// The probability that an instance is not had when it is asked for, below 1.
    pub failure: f64,
    /// After which it is asked for again.
    pub retry_after: Span,
}

/// Hours of some days, as a scenario writes them: `Mon-Fri 08:00-20:00`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hours {
    /// By day from Monday on.
    pub days: [bool; 7],
    /// Since midnight; less than 24 h.
    pub from: Span,
    /// Since midnight, at most 24 h. At or before `from`: on the next day.
    pub to: Span,
}

/// The names of the days from Monday on.
pub(super) const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

/// A schedule on a scenario's calendar: answers for times since t = 0.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Calendar {
    /// Since the Monday midnight before t = 0.
    offset: u64,
    /// Of a week, in nanoseconds since its Monday midnight: sorted, disjoint, none empty, none touching another. One that goes
    /// on past the week's end is in two parts.
    on: Vec<(u64, u64)>,
}

const WEEK: u64 = Span::WEEK.nanos();

impl Hours {
    /// In nanoseconds of a week, cut at its end.
    fn intervals(&self) -> impl Iterator<Item = (u64, u64)> + '_ {
        let (from, to) = (self.from.nanos(), self.to.nanos());
        let end = if to > from { to } else { to + Span::DAY.nanos() };
        let midnights = self.days.iter().zip(0_u64..).filter(|(on, _)| **on).map(|(_, day)| day * Span::DAY.nanos());
        midnights.flat_map(move |midnight| {
            let (start, end) = (midnight + from, midnight + end);
            [(start, end.min(WEEK)), (0, end.saturating_sub(WEEK))]
        })
    }
}

impl Schedule {
    /// The part of a week in which it is on.
    #[must_use]
    pub fn on_time_of_week(&self) -> Span {
        Span::from_nanos(merged(&self.hours).iter().map(|(start, end)| end - start).sum())
    }

    /// The schedule for a scenario that starts at a moment of the calendar.
    #[must_use]
    pub fn calendar(&self, starts: DateTime) -> Calendar {
        let days = starts.date().weekday().to_monday_zero_offset() as u64;
        let time = starts.time();
        let seconds = i64::from(time.hour()) * 3_600 + i64::from(time.minute()) * 60 + i64::from(time.second());
        let nanos = seconds.unsigned_abs() * Span::SECOND.nanos() + u64::from(time.subsec_nanosecond().unsigned_abs());
        Calendar { offset: days * Span::DAY.nanos() + nanos, on: merged(&self.hours) }
    }
}

/// The intervals of all hours, sorted, those that touch made one.
fn merged(hours: &[Hours]) -> Vec<(u64, u64)> {
    let mut all: Vec<(u64, u64)> = hours.iter().flat_map(Hours::intervals).filter(|(start, end)| start < end).collect();
    all.sort_unstable();
    let mut merged: Vec<(u64, u64)> = Vec::new();
    for (start, end) in all {
        match merged.last_mut() {
            Some(last) if start <= last.1 => last.1 = last.1.max(end),
            _ => merged.push((start, end)),
        }
    }
    merged
}

impl Calendar {
    /// Whether it is on at a time; the first moment of its hours is, the last is not.
    #[must_use]
    pub fn is_on(&self, at: Time) -> bool {
        let now = self.of_week(at);
        self.on.iter().any(|&(start, end)| (start..end).contains(&now))
    }

    /// The first moment after a time at which it goes on or off; `None` when it never does.
    #[must_use]
    pub fn next_change(&self, after: Time) -> Option<Time> {
        let now = self.of_week(after);
        let is_on_over_midnight =
            self.on.first().is_some_and(|first| first.0 == 0) && self.on.last().is_some_and(|last| last.1 == WEEK);
        let edges = self.on.iter().flat_map(|&(start, end)| [start, end]);
        // The end of the week is no change where the next week begins as it ends.
        let changes = edges.filter(|&edge| !(is_on_over_midnight && edge % WEEK == 0));
        let wait = changes.map(|edge| match (edge + WEEK - now) % WEEK {
            0 => WEEK,
            wait => wait,
        });
        wait.min().map(|wait| after + Span::from_nanos(wait))
    }

    /// How long it is on from one time to another.
    #[must_use]
    pub fn on_time(&self, from: Time, to: Time) -> Span {
        // At most the time from one to the other, so that it fits.
        let nanos = self.since_monday(to).saturating_sub(self.since_monday(from));
        Span::from_nanos(u64::try_from(nanos).unwrap_or(u64::MAX))
    }

    /// How long it is on from the Monday before t = 0 to a time, in nanoseconds.
    fn since_monday(&self, at: Time) -> u128 {
        let since = u128::from(at.nanos()) + u128::from(self.offset);
        let (weeks, now) = (since / u128::from(WEEK), self.of_week(at));
        let of_week: u64 = self.on.iter().map(|(start, end)| end - start).sum();
        let of_this: u64 = self.on.iter().map(|&(start, end)| end.min(now).saturating_sub(start)).sum();
        weeks * u128::from(of_week) + u128::from(of_this)
    }

    fn of_week(&self, at: Time) -> u64 {
        (at.nanos() % WEEK + self.offset) % WEEK
    }
}

impl fmt::Display for Hours {
    /// As it is written: `Mon-Fri 08:00-20:00`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut ranges: Vec<(usize, usize)> = Vec::new();
        for day in (0..7).filter(|&day| self.days[day]) {
            match ranges.last_mut() {
                Some(last) if last.1 + 1 == day => last.1 = day,
                _ => ranges.push((day, day)),
            }
        }
        let names = ranges.iter().map(|&(first, last)| match first == last {
            true => DAYS[first].to_owned(),
            false => format!("{}-{}", DAYS[first], DAYS[last]),
        });
        let names: Vec<String> = names.collect();
        let clock = super::resolved::time_of_day;
        write!(f, "{} {}-{}", names.join(","), clock(self.from), clock(self.to))
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;

    fn hours(days: std::ops::RangeInclusive<usize>, from: u64, to: u64) -> Hours {
        let hour = |hour| Span::from_nanos(hour * Span::HOUR.nanos());
        Hours { days: std::array::from_fn(|day| days.contains(&day)), from: hour(from), to: hour(to) }
    }

    /// On a calendar that starts on Monday the 5th of January 2026, so that hours since t = 0 are hours of the week.
    fn calendar(hours: &[Hours]) -> Calendar {
        schedule(hours).calendar(date(2026, 1, 5).at(0, 0, 0, 0))
    }

    fn schedule(hours: &[Hours]) -> Schedule {
        Schedule { hours: hours.to_vec(), failure: 0.0, retry_after: Span::MINUTE }
    }

    fn at(day: u64, hour: u64) -> Time {
        Time::from_nanos(day * Span::DAY.nanos() + hour * Span::HOUR.nanos())
    }

    #[test]
    fn office_hours_are_on_by_day_and_off_over_the_week_end() {
        let office = calendar(&[hours(0..=4, 8, 20)]);
        let on = [at(0, 8), at(0, 19), at(4, 12)];
        let off = [at(0, 0), at(0, 20), at(4, 20), at(5, 12), at(6, 12)];
        assert!(on.iter().all(|&time| office.is_on(time)));
        assert!(!off.iter().any(|&time| office.is_on(time)));
        assert_eq!(office.next_change(at(0, 0)), Some(at(0, 8)));
        assert_eq!(office.next_change(at(0, 8)), Some(at(0, 20)), "a change is after the time");
        assert_eq!(office.next_change(at(4, 20)), Some(at(7, 8)), "over the week end");
        assert_eq!(office.on_time(at(0, 0), at(14, 0)), Span::from_nanos(2 * 60 * Span::HOUR.nanos()));
        assert_eq!(office.on_time(at(4, 19), at(7, 9)), Span::from_nanos(2 * Span::HOUR.nanos()));
    }

    #[test]
    fn a_night_goes_on_past_midnight_and_past_the_end_of_the_week() {
        let night = calendar(&[hours(0..=6, 22, 6)]);
        assert!(night.is_on(at(0, 0)), "the night of Sunday");
        assert!(night.is_on(at(0, 5)) && !night.is_on(at(0, 6)) && !night.is_on(at(0, 21)));
        assert_eq!(night.next_change(at(6, 22)), Some(at(7, 6)), "no change at the end of the week");
        assert_eq!(night.on_time(at(6, 21), at(7, 7)), Span::from_nanos(8 * Span::HOUR.nanos()));
        let friday = calendar(&[hours(4..=4, 22, 6)]);
        assert!(friday.is_on(at(5, 5)) && !friday.is_on(at(6, 5)));
    }

    #[test]
    fn a_calendar_starts_where_the_scenario_does() {
        // Saturday the 10th at 18:00.
        let office = schedule(&[hours(0..=4, 8, 20)]).calendar(date(2026, 1, 10).at(18, 0, 0, 0));
        assert_eq!(office.next_change(Time::START), Some(at(1, 14)));
        assert!(!office.is_on(Time::START) && office.is_on(at(1, 14)));
    }

    #[test]
    fn hours_that_touch_are_one_and_a_whole_week_never_changes() {
        let whole = [hours(0..=6, 0, 24)];
        assert_eq!(schedule(&whole).on_time_of_week(), Span::WEEK);
        assert_eq!(calendar(&whole).next_change(at(3, 3)), None);
        let halves = calendar(&[hours(0..=0, 8, 12), hours(0..=0, 12, 20)]);
        assert_eq!(halves.next_change(at(0, 9)), Some(at(0, 20)));
    }

    #[test]
    fn hours_print_as_they_are_written() {
        let days = [true, true, false, true, false, false, true];
        assert_eq!(Hours { days, ..hours(0..=0, 8, 20) }.to_string(), "Mon-Tue,Thu,Sun 08:00-20:00");
        assert_eq!(hours(5..=6, 0, 24).to_string(), "Sat-Sun 00:00-24:00");
    }

    proptest! {
        #[test]
        fn the_time_on_is_that_of_a_walk_from_change_to_change(
            first in (0_usize..7, 0_usize..7, 0_u64..24, 0_u64..=24),
            second in (0_usize..7, 0_usize..7, 0_u64..24, 0_u64..=24),
            (start, length) in (0_u64..400, 0_u64..800),
        ) {
            let of = |(a, b, from, to): (usize, usize, u64, u64)| hours(a.min(b)..=a.max(b), from, to);
            let calendar = calendar(&[of(first), of(second)]);
            let (from, to) = (at(0, start), at(0, start + length));
            let (mut now, mut on) = (from, 0);
            while now < to {
                let next = calendar.next_change(now).unwrap_or(to).min(to);
                on += if calendar.is_on(now) { (next - now).nanos() } else { 0 };
                if next < to {
                    prop_assert_ne!(calendar.is_on(now), calendar.is_on(next));
                }
                now = next;
            }
            prop_assert_eq!(calendar.on_time(from, to).nanos(), on);
        }
    }
}
