//! What a scenario's traffic looks like: rates over time, burstiness, load. Streamed, in memory that the number of
//! requests does not move.

use crate::scenario::{Scenario, Source, TraceLayout};
use crate::trace::TraceError;
use crate::unit::{Span, Time};

use super::replay::ReplayedBins;
use super::shape::{Segment, Segments};
use super::{Block, RequestStream};

/// One replication's traffic over [0, horizon), the warm-up included.
#[derive(Clone, Debug, PartialEq)]
pub struct Profile {
    pub requests: u64,
    /// Mean over the horizon.
    pub rate_per_s: f64,
    /// Requests of each class, in the scenario's order.
    pub class_requests: Vec<u64>,
    pub dispersion: Vec<Dispersion>,
    /// The rate of the bin of `series` with the greatest.
    pub peak_rate_per_s: f64,
    /// `None` when there was no request.
    pub mean_service_s: Option<f64>,
    /// Service time over time: the mean number of busy slots, were there always a free one.
    pub offered_load: f64,
    /// Bins of equal length, but for the last, which ends at the horizon.
    pub series: Vec<RateBin>,
}

/// How bursty the arrivals are at one time scale.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Dispersion {
    pub window: Span,
    /// Variance over mean of the number of requests in a window, over all whole windows: 1 for a Poisson process with a
    /// constant rate. `None` with fewer than two windows or no request in them.
    pub index: Option<f64>,
}

/// The rate within one bin.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RateBin {
    pub start: Span,
    /// By the rates and shapes of the scenario; `None` where a class replays recorded arrivals.
    pub expected_per_s: Option<f64>,
    pub observed_per_s: f64,
}

/// The windows of [`Profile::dispersion`].
const WINDOWS: [Span; 3] = [Span::SECOND, Span::MINUTE, Span::HOUR];

/// Generates one replication's traffic and describes it, with at most `bins` (at least 1) bins of rate.
///
/// # Errors
/// When a trace cannot be read.
pub fn profile(scenario: &Scenario, replication: u32, bins: usize) -> Result<Profile, TraceError> {
    let grid = Grid::new(scenario.horizon, bins);
    let mut tally = Tally {
        grid,
        service_nanos: 0,
        class_requests: vec![0; scenario.traffic.len()],
        bins: vec![0; grid.count()],
        windows: WINDOWS.map(|window| WindowCounts::new(window, scenario.horizon)),
    };
    let mut stream = RequestStream::new(scenario, replication)?;
    let mut block = Block::default();
    loop {
        stream.next_block(&mut block)?;
        if block.is_empty() {
            return Ok(tally.finish(expected(scenario, grid)?));
        }
        tally.count(&block);
    }
}

/// The horizon, cut into bins.
#[derive(Clone, Copy, Debug)]
struct Grid {
    horizon: u64,
    bin: u64,
}

impl Grid {
    fn new(horizon: Span, bins: usize) -> Grid {
        let horizon = horizon.nanos();
        let bin = horizon.div_ceil(bins.max(1) as u64).max(1);
        Grid { horizon, bin }
    }

    fn count(self) -> usize {
        self.horizon.div_ceil(self.bin) as usize
    }

    /// Where bin `index` starts.
    fn start(self, index: usize) -> u64 {
        (index as u64 * self.bin).min(self.horizon)
    }

    fn seconds(self, index: usize) -> f64 {
        Span::from_nanos(self.start(index + 1) - self.start(index)).seconds()
    }
}

/// What is counted while requests pass.
struct Tally {
    grid: Grid,
    service_nanos: u128,
    class_requests: Vec<u64>,
    bins: Vec<u64>,
    windows: [WindowCounts; 3],
}

impl Tally {
    fn count(&mut self, block: &Block) {
        for ((arrival, service), class) in block.arrival.iter().zip(&block.service).zip(&block.class) {
            self.service_nanos += u128::from(service.nanos());
            self.class_requests[usize::from(*class)] += 1;
            self.bins[(arrival.nanos() / self.grid.bin) as usize] += 1;
            self.windows.iter_mut().for_each(|window| window.count(*arrival));
        }
    }

    fn finish(self, expected: Option<Vec<f64>>) -> Profile {
        let requests: u64 = self.class_requests.iter().sum();
        let horizon_s = Span::from_nanos(self.grid.horizon).seconds();
        let service_s = self.service_nanos as f64 / 1e9;
        let rate_bin = |index: usize| RateBin {
            start: Span::from_nanos(self.grid.start(index)),
            expected_per_s: expected.as_ref().map(|arrivals| arrivals[index] / self.grid.seconds(index)),
            observed_per_s: self.bins[index] as f64 / self.grid.seconds(index),
        };
        let series: Vec<RateBin> = (0..self.grid.count()).map(rate_bin).collect();
        Profile {
            requests,
            rate_per_s: requests as f64 / horizon_s,
            dispersion: self.windows.into_iter().map(WindowCounts::dispersion).collect(),
            peak_rate_per_s: series.iter().map(|bin| bin.observed_per_s).fold(0.0, f64::max),
            mean_service_s: (requests > 0).then(|| service_s / requests as f64),
            offered_load: service_s / horizon_s,
            class_requests: self.class_requests,
            series,
        }
    }
}

/// The number of requests in each whole window of a length: its sum and its sum of squares.
struct WindowCounts {
    window: Span,
    windows: u64,
    /// The window of the latest request, and its requests so far.
    current: u64,
    count: u64,
    sum: u128,
    squares: u128,
}

impl WindowCounts {
    fn new(window: Span, horizon: Span) -> WindowCounts {
        WindowCounts { window, windows: horizon.nanos() / window.nanos(), current: 0, count: 0, sum: 0, squares: 0 }
    }

    fn count(&mut self, arrival: Time) {
        let window = arrival.nanos() / self.window.nanos();
        if window != self.current {
            self.close();
            self.current = window;
        }
        self.count += 1;
    }

    fn close(&mut self) {
        let count = u128::from(std::mem::take(&mut self.count));
        if self.current < self.windows {
            self.sum += count;
            self.squares += count * count;
        }
    }

    fn dispersion(mut self) -> Dispersion {
        self.close();
        let windows = u128::from(self.windows);
        let index = (windows > 1 && self.sum > 0).then(|| {
            // Variance (squares - sum^2 / n) / (n - 1) over mean sum / n, with one division.
            (windows * self.squares - self.sum * self.sum) as f64 / ((windows - 1) * self.sum) as f64
        });
        Dispersion { window: self.window, index }
    }
}

/// The arrivals expected in each bin; `None` where a class replays recorded arrivals.
fn expected(scenario: &Scenario, grid: Grid) -> Result<Option<Vec<f64>>, TraceError> {
    let mut arrivals = vec![0.0; grid.count()];
    for class in &scenario.traffic {
        match &class.source {
            Source::Synthetic { rate, shape, .. } => {
                Segments::new(*rate, shape, scenario.starts, scenario.horizon)
                    .for_each(|segment| spread(&segment, grid, &mut arrivals));
            }
            Source::Trace(trace) => {
                let TraceLayout::Counts { count, bin, .. } = &trace.layout else {
                    return Ok(None);
                };
                let mut bins = ReplayedBins::open(trace, count, *bin, Time::START + scenario.horizon)?;
                while let Some(segment) = bins.next_bin()? {
                    spread(&segment, grid, &mut arrivals);
                }
            }
        }
    }
    Ok(Some(arrivals))
}

/// Adds what is expected of a segment to the bins that it overlaps.
fn spread(segment: &Segment, grid: Grid, arrivals: &mut [f64]) {
    let mut index = (segment.start / grid.bin) as usize;
    let mut from = 0.0;
    while from < segment.length && index < arrivals.len() {
        let to = ((grid.start(index + 1) - segment.start) as f64).min(segment.length);
        arrivals[index] += segment.expected(to) - segment.expected(from);
        from = to;
        index += 1;
    }
}
