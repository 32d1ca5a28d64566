//! The requests in flight over time, if every one began when it arrives: how many at once, and how long ago there were as many.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use crate::unit::{Span, Time};

/// Counts them as they arrive.
#[derive(Debug)]
pub struct InFlight {
    from: Time,
    to: Time,
    now: Time,
    ends: BinaryHeap<Reverse<Time>>,
    /// By level, from 1 in flight on.
    levels: Vec<Level>,
    keep_alives: Vec<Span>,
}

/// A number in flight, and when there were at least as many.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Level {
    /// `None` while there are.
    since: Option<Time>,
    /// Nanoseconds of the window with at least as many; by keep-alive, with at least as many at some time within it before.
    present: u128,
    kept: Vec<u128>,
}

/// What was counted of a window: by level, from 1 in flight on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Levels {
    /// Nanoseconds with at least as many in flight.
    pub present: Vec<u128>,
    /// For each keep-alive that was asked for: nanoseconds with at least as many in flight now or within it before.
    pub kept: Vec<(Span, Vec<u128>)>,
}

impl InFlight {
    /// Counts in the window from one time to another, which is not before it.
    #[must_use]
    pub fn new(from: Time, to: Time, keep_alives: Vec<Span>) -> InFlight {
        InFlight { from, to, now: Time::START, ends: BinaryHeap::new(), levels: Vec::new(), keep_alives }
    }

    /// The next request, which stays for so long.
    pub fn arrive(&mut self, arrival: Time, stay: Span) {
        self.go_on(arrival);
        self.now = arrival;
        self.ends.push(Reverse(arrival + stay));
        let (level, count) = (self.ends.len() - 1, self.keep_alives.len());
        if level == self.levels.len() {
            // Never reached before: nothing was kept.
            self.levels.push(Level { since: None, present: 0, kept: vec![0; count] });
        }
        if let Some(since) = self.levels[level].since.take() {
            self.keep(level, since, arrival);
        }
        self.levels[level].since = None;
        self.begin(level, arrival);
    }

    /// Until a time, requests end.
    fn go_on(&mut self, until: Time) {
        while let Some(&Reverse(end)) = self.ends.peek()
            && end <= until
        {
            self.ends.pop();
            let level = self.ends.len();
            self.end(level, end);
        }
    }

    /// The presence of a level is added as its end less its beginning, so that one number is enough for both.
    fn begin(&mut self, level: usize, at: Time) {
        let at = self.clipped(at);
        self.levels[level].present = self.levels[level].present.wrapping_sub(at);
    }

    fn end(&mut self, level: usize, at: Time) {
        let clipped = self.clipped(at);
        self.levels[level].present = self.levels[level].present.wrapping_add(clipped);
        self.levels[level].since = Some(at);
    }

    fn clipped(&self, at: Time) -> u128 {
        u128::from(at.clamp(self.from, self.to).saturating_since(self.from).nanos())
    }

    /// Adds the part of a gap that each keep-alive covers.
    fn keep(&mut self, level: usize, since: Time, until: Time) {
        let begin = self.clipped(since);
        for (index, &keep_alive) in self.keep_alives.iter().enumerate() {
            let end = self.clipped(until.min(since + keep_alive));
            self.levels[level].kept[index] += end - begin;
        }
    }

    /// What was counted up to the end of the window.
    #[must_use]
    pub fn finish(mut self) -> Levels {
        self.go_on(self.to);
        for level in 0..self.levels.len() {
            match self.levels[level].since {
                Some(since) => self.keep(level, since, self.to),
                None => self.end(level, self.to),
            }
        }
        let kept = |index: usize| self.levels.iter().map(|level| level.present + level.kept[index]).collect();
        Levels {
            kept: self.keep_alives.iter().enumerate().map(|(index, &span)| (span, kept(index))).collect(),
            present: self.levels.iter().map(|level| level.present).collect(),
        }
    }
}

impl Levels {
    /// Request-nanoseconds in flight beyond a number.
    #[must_use]
    pub fn beyond(&self, number: usize) -> u128 {
        self.present.iter().skip(number).sum()
    }

    /// The same of what was in flight now or within a keep-alive before; `None` where that was not asked for.
    #[must_use]
    pub fn kept_beyond(&self, keep_alive: Span, number: usize) -> Option<u128> {
        let (_, kept) = self.kept.iter().find(|(span, _)| *span == keep_alive)?;
        Some(kept.iter().skip(number).sum())
    }

    /// The most in flight at once.
    #[must_use]
    pub fn most(&self) -> usize {
        self.present.iter().rposition(|&time| time > 0).map_or(0, |level| level + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: u64) -> Time {
        Time::START + span(seconds)
    }

    fn span(seconds: u64) -> Span {
        Span::from_nanos(seconds * 1_000_000_000)
    }

    fn seconds(nanos: &[u128]) -> Vec<u128> {
        nanos.iter().map(|nanos| nanos / 1_000_000_000).collect()
    }

    /// In flight: one in 10..16, two in 12..14, one in 20..22 and 40..(beyond the window).
    fn levels(from: u64, to: u64) -> Levels {
        let mut in_flight = InFlight::new(at(from), at(to), vec![span(3), span(100)]);
        for (arrival, stay) in [(10, 6), (12, 2), (20, 2), (40, 100)] {
            in_flight.arrive(at(arrival), span(stay));
        }
        in_flight.finish()
    }

    #[test]
    fn levels_are_present_and_kept_within_the_window() {
        let levels = levels(0, 50);
        assert_eq!(seconds(&levels.present), [6 + 2 + 10, 2]);
        assert_eq!(seconds(&levels.kept[0].1), [18 + 3 + 3, 2 + 3]);
        assert_eq!(seconds(&levels.kept[1].1), [40, 38], "from the first time on, for ever");
        assert_eq!((levels.most(), levels.beyond(1)), (2, 2_000_000_000));
        assert_eq!(levels.kept_beyond(span(3), 1), Some(5_000_000_000));
        assert_eq!(levels.kept_beyond(span(4), 1), None);
    }

    #[test]
    fn what_lies_outside_the_window_is_not_counted() {
        let levels = levels(13, 21);
        assert_eq!(seconds(&levels.present), [3 + 1, 1]);
        assert_eq!(seconds(&levels.kept[0].1), [4 + 3, 1 + 3]);
    }
}
