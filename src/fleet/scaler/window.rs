//! What a scaler remembers: an integral at past instants, and the extremes of past recommendations.

use std::collections::VecDeque;

use crate::unit::{Span, Time};

/// The values of an integral at whole multiples of a step, as far back as the longest window. Before t = 0 it is zero.
#[derive(Clone, Debug)]
pub(super) struct Samples {
    step: Span,
    ring: Box<[u128]>,
    /// The index of the latest sample.
    latest: u64,
}

impl Samples {
    /// `longest` is a whole multiple of `step`, which is above zero.
    pub fn new(step: Span, longest: Span) -> Samples {
        let places = usize::try_from(longest.nanos() / step.nanos()).unwrap_or(usize::MAX).saturating_add(1);
        Samples { step, ring: vec![0; places].into_boxed_slice(), latest: 0 }
    }

    /// Notes the value at `now`, a multiple of the step. Between the last sample and the one before this it did not change.
    pub fn record(&mut self, now: Time, value: u128) {
        let index = now.nanos() / self.step.nanos();
        let last = self.ring[self.place(self.latest)];
        let from = (self.latest + 1).max(index.saturating_sub(self.ring.len() as u64));
        for skipped in from..index {
            let place = self.place(skipped);
            self.ring[place] = last;
        }
        self.latest = index;
        let place = self.place(index);
        self.ring[place] = value;
    }

    /// The last sample.
    pub fn latest(&self) -> u128 {
        self.ring[self.place(self.latest)]
    }

    /// How much the integral has grown in the `window` before the last sample, a multiple of the step.
    pub fn growth(&self, window: Span) -> u128 {
        let steps = window.nanos() / self.step.nanos();
        let before = self.latest.checked_sub(steps).map_or(0, |index| self.ring[self.place(index)]);
        self.ring[self.place(self.latest)].saturating_sub(before)
    }

    fn place(&self, index: u64) -> usize {
        (index % self.ring.len() as u64) as usize
    }
}

/// The largest of the values noted in a window before now, the one of its very beginning left out: a sliding maximum with
/// constant cost, amortised.
#[derive(Clone, Debug)]
pub(super) struct Largest {
    window: Span,
    /// Values that fall, each larger than all after it.
    falling: VecDeque<(Time, u64)>,
}

impl Largest {
    pub fn new(window: Span) -> Largest {
        Largest { window, falling: VecDeque::new() }
    }

    /// The largest of `value`, noted at `now`, and the others in the window.
    pub fn record(&mut self, now: Time, value: u64) -> u64 {
        while self.falling.back().is_some_and(|&(_, last)| last <= value) {
            self.falling.pop_back();
        }
        self.falling.push_back((now, value));
        while self.falling.front().is_some_and(|&(at, _)| at != now && at + self.window <= now) {
            self.falling.pop_front();
        }
        self.falling.front().map_or(value, |&(_, largest)| largest)
    }
}

/// The smallest of the values in a window, as [`Largest`].
#[derive(Clone, Debug)]
pub(super) struct Smallest(Largest);

impl Smallest {
    pub fn new(window: Span) -> Smallest {
        Smallest(Largest::new(window))
    }

    pub fn record(&mut self, now: Time, value: u64) -> u64 {
        u64::MAX - self.0.record(now, u64::MAX - value)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn seconds(count: u64) -> Span {
        Span::from_nanos(count * Span::SECOND.nanos())
    }

    #[test]
    fn an_integral_grows_from_zero_at_the_start() {
        let mut samples = Samples::new(seconds(2), seconds(6));
        let mut growths = Vec::new();
        for (at, value) in [(2, 10), (4, 11), (6, 13), (8, 20), (14, 21)] {
            samples.record(Time::START + seconds(at), value);
            growths.push([2, 6].map(|window| samples.growth(seconds(window))));
        }
        // From 8 s to 12 s nothing changed.
        assert_eq!(growths, [[10, 10], [1, 11], [2, 13], [7, 10], [1, 1]]);
    }

    proptest! {
        #[test]
        fn a_sliding_extreme_is_that_of_the_window(values in prop::collection::vec(0_u64..9, 1..60), window in 0_u64..9) {
            let (mut largest, mut smallest) = (Largest::new(seconds(window)), Smallest::new(seconds(window)));
            for (at, &value) in values.iter().enumerate() {
                let now = Time::START + seconds(at as u64);
                let seen = &values[(at + 1).saturating_sub(window.max(1) as usize)..=at];
                prop_assert_eq!(Some(&largest.record(now, value)), seen.iter().max());
                prop_assert_eq!(Some(&smallest.record(now, value)), seen.iter().min());
            }
        }
    }
}
