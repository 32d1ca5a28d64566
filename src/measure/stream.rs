//! What a stream of requests is like before any fleet serves it: how many, how long, how bursty.

use crate::traffic::Block;
use crate::unit::{Span, Time};

use super::{Quantity, Timeline};

/// What one replication's stream is like within the window.
#[derive(Clone, Debug, PartialEq)]
pub struct StreamOutcome {
    /// The service times of each class, in the scenario's order.
    pub service: Vec<Quantity>,
    /// Arrivals over time.
    pub timeline: Timeline,
    /// By the length of the bins, ascending.
    pub dispersion: Vec<Dispersion>,
}

/// How arrivals spread over bins of one length; only whole bins of the window are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dispersion {
    pub bin: Span,
    pub bins: u64,
    /// Requests in the fullest bin.
    pub greatest: u64,
    sum: u64,
    squares: u128,
    /// The bin being filled, and what it has.
    current: (u64, u64),
}

/// The lengths of bins, as people ask: how bursty within a second, a minute, an hour?
const BINS: [Span; 5] = [
    Span::SECOND,
    Span::from_nanos(10 * Span::SECOND.nanos()),
    Span::MINUTE,
    Span::from_nanos(10 * Span::MINUTE.nanos()),
    Span::HOUR,
];
/// Fewer bins tell little about their variance.
const LEAST_BINS: u64 = 20;

/// Counts a stream block by block.
#[derive(Clone, Debug)]
pub struct StreamMeter {
    from: Time,
    to: Time,
    outcome: StreamOutcome,
}

impl StreamMeter {
    /// For a stream of this many classes and the window `[from, to)`.
    #[must_use]
    pub fn new(from: Time, to: Time, classes: usize) -> StreamMeter {
        let service = (0..classes).map(|_| Quantity::full_range()).collect();
        let dispersion = BINS.into_iter().map(|bin| Dispersion::new(bin, to - from)).collect();
        StreamMeter { from, to, outcome: StreamOutcome { service, timeline: Timeline::new(from, to), dispersion } }
    }

    /// Counts the requests of a block that arrive in the window. Blocks come in the order of time.
    pub fn record(&mut self, block: &Block) {
        for ((&arrival, &service), &class) in block.arrival.iter().zip(&block.service).zip(&block.class) {
            if arrival < self.from || arrival >= self.to {
                continue;
            }
            self.outcome.service[usize::from(class)].record(service);
            self.outcome.timeline.at(arrival).arrivals += 1;
            for dispersion in &mut self.outcome.dispersion {
                dispersion.record(arrival - self.from);
            }
        }
    }

    #[must_use]
    pub fn finish(mut self) -> StreamOutcome {
        self.outcome.dispersion.iter_mut().for_each(Dispersion::close);
        self.outcome.service.iter_mut().for_each(|service| service.histogram.shrink());
        self.outcome
    }
}

impl Dispersion {
    fn new(bin: Span, window: Span) -> Dispersion {
        Dispersion { bin, bins: window.nanos() / bin.nanos(), greatest: 0, sum: 0, squares: 0, current: (0, 0) }
    }

    fn record(&mut self, since_start: Span) {
        let index = since_start.nanos() / self.bin.nanos();
        if index >= self.bins {
            return;
        }
        if index != self.current.0 {
            self.close();
            self.current = (index, 0);
        }
        self.current.1 += 1;
    }

    /// Counts the bin being filled; empty ones need no counting.
    fn close(&mut self) {
        let count = std::mem::take(&mut self.current.1);
        self.greatest = self.greatest.max(count);
        self.sum += count;
        self.squares += u128::from(count) * u128::from(count);
    }

    /// The variance of the bins' counts / their mean: 1 for a Poisson process of constant rate, 0 for an even one, more for a
    /// bursty one (the index of dispersion for counts; Cox and Lewis, 1966). `None` for too few bins, or no request in them.
    #[must_use]
    pub fn index(&self) -> Option<f64> {
        if self.bins < LEAST_BINS || self.sum == 0 {
            return None;
        }
        let (bins, sum) = (self.bins as f64, self.sum as f64);
        let mean = sum / bins;
        let variance = (self.squares as f64 - sum * mean) / (bins - 1.0);
        Some(variance / mean)
    }

    /// The rate in the fullest bin; `None` without a whole bin.
    #[must_use]
    pub fn greatest_rate_per_s(&self) -> Option<f64> {
        (self.bins > 0).then(|| self.greatest as f64 / self.bin.seconds())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seconds(count: u64) -> Time {
        Time::from_nanos(count * Span::SECOND.nanos())
    }

    /// Requests at these seconds, all of class 0, each served a second.
    fn measured(from: u64, to: u64, arrivals: impl IntoIterator<Item = u64>) -> StreamOutcome {
        let arrival: Vec<Time> = arrivals.into_iter().map(seconds).collect();
        let count = arrival.len();
        let mut meter = StreamMeter::new(seconds(from), seconds(to), 1);
        meter.record(&Block { arrival, service: vec![Span::SECOND; count], class: vec![0; count] });
        meter.finish()
    }

    #[test]
    fn only_the_window_counts() {
        let outcome = measured(10, 40, [0, 9, 10, 20, 39, 40]);
        assert_eq!(outcome.service[0].count(), 3);
        assert_eq!(outcome.timeline.bins.iter().map(|bin| bin.arrivals).sum::<u64>(), 3);
    }

    #[test]
    fn an_even_stream_has_no_dispersion() {
        let outcome = measured(0, 100, 0..100);
        assert_eq!(outcome.dispersion[0].index(), Some(0.0));
        assert_eq!(outcome.dispersion[0].greatest_rate_per_s(), Some(1.0));
    }

    #[test]
    fn the_index_is_the_variance_over_the_mean() {
        // Of 100 bins of a second, 10 hold 4 requests: mean 0.4, variance (10 x 16 - 100 x 0.16) / 99.
        let outcome = measured(0, 100, (0..100).step_by(10).flat_map(|second| [second; 4]));
        let index = outcome.dispersion[0].index().unwrap();
        assert!((index - 144.0 / 99.0 / 0.4).abs() < 1e-12, "{index}");
        assert_eq!(outcome.dispersion[0].greatest, 4);
    }

    #[test]
    fn few_bins_have_no_index() {
        let outcome = measured(0, 100, 0..100);
        assert_eq!(outcome.dispersion[2].bins, 1);
        assert_eq!(outcome.dispersion[2].index(), None);
        assert_eq!(outcome.dispersion[4].greatest_rate_per_s(), None, "an hour is longer than the window");
    }
}
