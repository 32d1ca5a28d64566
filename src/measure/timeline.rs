//! How a pool's instances and requests move over the window, in bins of equal length.

use crate::unit::{Span, Time};

use super::outcome::add_all;

/// Bins at most, so that a chart has a point every few pixels.
const MOST_BINS: u64 = 400;

/// The lengths that a bin may have, so that bins begin at round times.
const ROUND_BINS: [Span; 15] = [
    Span::MILLISECOND,
    Span::from_nanos(10 * Span::MILLISECOND.nanos()),
    Span::from_nanos(100 * Span::MILLISECOND.nanos()),
    Span::SECOND,
    Span::from_nanos(5 * Span::SECOND.nanos()),
    Span::from_nanos(15 * Span::SECOND.nanos()),
    Span::MINUTE,
    Span::from_nanos(5 * Span::MINUTE.nanos()),
    Span::from_nanos(15 * Span::MINUTE.nanos()),
    Span::from_nanos(30 * Span::MINUTE.nanos()),
    Span::HOUR,
    Span::from_nanos(3 * Span::HOUR.nanos()),
    Span::from_nanos(6 * Span::HOUR.nanos()),
    Span::DAY,
    Span::WEEK,
];

/// The time line of one pool.
#[derive(Clone, Debug, PartialEq)]
pub struct Timeline {
    /// Where the window begins and ends.
    pub from: Time,
    pub to: Time,
    /// The last bin may be shorter.
    pub bin: Span,
    pub bins: Vec<TimelineBin>,
}

/// What happened within one bin. Times are sums over instances (or requests), in nanoseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TimelineBin {
    /// Requests that arrived at the pool.
    pub arrivals: u64,
    /// Those of them that were served, sooner or later.
    pub served: u64,
    pub starting: u128,
    /// The part of `starting` in each phase, by [`crate::scenario::StartPhase`].
    pub start_phases: [u128; 4],
    pub busy: u128,
    /// As in [`crate::measure::Usage`].
    pub covered_busy: u128,
    /// Idle or busy.
    pub ready: u128,
    /// As in [`crate::measure::Usage`].
    pub closed: u128,
    pub waiting: u128,
    /// As in [`crate::measure::Usage`].
    pub held: u128,
    pub held_fallback: u128,
    /// What rounding adds, in the bin in which an instance stops.
    pub rounding: u128,
}

impl Timeline {
    /// An empty time line of the window.
    #[must_use]
    pub fn new(from: Time, to: Time) -> Timeline {
        let window = (to - from).nanos();
        let fits = |bin: &&Span| window.div_ceil(bin.nanos()) <= MOST_BINS;
        let bin = ROUND_BINS.iter().find(fits).copied().unwrap_or(Span::from_nanos(window.div_ceil(MOST_BINS)));
        let bins = window.div_ceil(bin.nanos()) as usize;
        Timeline { from, to, bin, bins: vec![TimelineBin::default(); bins] }
    }

    /// The bin of an instant; the first or the last one when it lies outside the window.
    pub fn at(&mut self, time: Time) -> &mut TimelineBin {
        let index = (time.saturating_since(self.from).nanos() / self.bin.nanos()) as usize;
        let last = self.bins.len() - 1;
        &mut self.bins[index.min(last)]
    }

    /// Spreads `[begin, end)` over the bins that it touches.
    pub fn spread(&mut self, begin: Time, end: Time, add: impl Fn(&mut TimelineBin, u128)) {
        let offset = |time: Time| time.clamp(self.from, self.to).saturating_since(self.from).nanos();
        let (begin, end, bin) = (offset(begin), offset(end), self.bin.nanos());
        let mut at = begin;
        while at < end {
            let index = at / bin;
            let until = end.min((index + 1) * bin);
            add(&mut self.bins[index as usize], u128::from(until - at));
            at = until;
        }
    }

    /// Adds another pool's time line of the same window.
    ///
    /// # Panics
    /// When the windows differ.
    pub fn merge(&mut self, other: &Timeline) {
        assert_eq!((self.from, self.to), (other.from, other.to), "time lines of different windows");
        for (bin, more) in self.bins.iter_mut().zip(&other.bins) {
            bin.arrivals += more.arrivals;
            bin.served += more.served;
            bin.starting += more.starting;
            add_all(&mut bin.start_phases, &more.start_phases);
            bin.busy += more.busy;
            bin.covered_busy += more.covered_busy;
            bin.ready += more.ready;
            bin.closed += more.closed;
            bin.waiting += more.waiting;
            bin.rounding += more.rounding;
            bin.held += more.held;
            bin.held_fallback += more.held_fallback;
        }
    }

    /// Where bin `index` begins and ends.
    #[must_use]
    pub fn bounds(&self, index: usize) -> (Time, Time) {
        let begin = self.from + Span::from_nanos(index as u64 * self.bin.nanos());
        (begin, (begin + self.bin).min(self.to))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: u64) -> Time {
        Time::START + Span::from_nanos(seconds * Span::SECOND.nanos())
    }

    #[test]
    fn a_span_is_spread_over_the_bins_it_touches_and_clipped_to_the_window() {
        let mut line = Timeline::new(at(10), at(10 + 400 * 60));
        assert_eq!(line.bin, Span::MINUTE);
        line.spread(at(0), at(100), |bin, nanos| bin.busy += nanos);
        let seconds: Vec<u128> = line.bins[..3].iter().map(|bin| bin.busy / 1_000_000_000).collect();
        assert_eq!(seconds, [60, 30, 0]);
        line.spread(at(10 + 399 * 60), at(1_000_000), |bin, nanos| bin.busy += nanos);
        assert_eq!(line.bins[399].busy, 60_000_000_000);
    }

    #[test]
    fn no_window_has_more_than_the_most_bins() {
        for nanos in [1, 999, 1_000_000_000, Span::LONGEST.nanos()] {
            let line = Timeline::new(Time::START, Time::from_nanos(nanos));
            assert!(!line.bins.is_empty() && line.bins.len() as u64 <= MOST_BINS);
            assert_eq!(line.bounds(line.bins.len() - 1).1, Time::from_nanos(nanos));
        }
    }
}
