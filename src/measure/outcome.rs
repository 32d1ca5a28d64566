//! What one replication measured. Everything is an exact integer; money and statistics come later.

use crate::unit::Span;

use super::{Histogram, Timeline};

/// One replication: the requests of one stream and what became of them in every fleet.
#[derive(Clone, Debug, PartialEq)]
pub struct Replication {
    /// Requests that arrived in the window.
    pub requests: u64,
    /// In the scenario's order.
    pub fleets: Vec<FleetOutcome>,
}

/// What one replication measured of one fleet.
#[derive(Clone, Debug, PartialEq)]
pub struct FleetOutcome {
    /// One for a dedicated or a serverless fleet; a hybrid's pools in its own order.
    pub pools: Vec<PoolOutcome>,
    /// The largest number of starting, idle and busy instances of all pools together, held for more than no time in the window.
    pub peak: u64,
}

/// What one replication measured of one pool. Requests are those of the window that were routed to it.
#[derive(Clone, Debug, PartialEq)]
pub struct PoolOutcome {
    /// In the scenario's order of classes.
    pub classes: Vec<ClassOutcome>,
    /// Start of service - arrival, of completed requests.
    pub wait: Quantity,
    pub usage: Usage,
    /// Of the first replication only.
    pub timeline: Option<Timeline>,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct ClassOutcome {
    pub requests: RequestCounts,
    /// Completion - arrival, of completed requests.
    pub latency: Quantity,
}

/// Requests of the window: `arrived = completed + rejected + timed_out`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RequestCounts {
    pub arrived: u64,
    pub completed: u64,
    pub rejected: u64,
    pub timed_out: u64,
    /// Completed requests whose service was begun by an instance's becoming ready after a start.
    pub cold: u64,
    /// Completed or timed out strictly after the horizon.
    pub unfinished_at_horizon: u64,
    /// Completed within the objective's latency; all completed ones where the scenario names no latency.
    pub good: u64,
}

impl RequestCounts {
    pub fn add(&mut self, other: &RequestCounts) {
        self.arrived += other.arrived;
        self.completed += other.completed;
        self.rejected += other.rejected;
        self.timed_out += other.timed_out;
        self.cold += other.cold;
        self.unfinished_at_horizon += other.unfinished_at_horizon;
        self.good += other.good;
    }
}

/// A measured duration: exact count, sum, least and greatest, and a histogram for quantiles.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Quantity {
    pub histogram: Histogram,
    /// Nanoseconds.
    pub sum: u128,
    /// `None` when nothing was measured.
    pub range: Option<(Span, Span)>,
}

impl Quantity {
    #[must_use]
    pub fn count(&self) -> u64 {
        self.histogram.count()
    }

    pub fn merge(&mut self, other: &Quantity) {
        self.histogram.merge(&other.histogram);
        self.sum += other.sum;
        self.range = match (self.range, other.range) {
            (Some((low, high)), Some((other_low, other_high))) => Some((low.min(other_low), high.max(other_high))),
            (range, None) | (None, range) => range,
        };
    }

    /// The nearest-rank quantile, with `rank` = ceil(q x count) in 1..=count; within 0.1 % of the order statistic and
    /// exact at both ends. `None` when nothing was measured.
    #[must_use]
    pub fn quantile(&self, q: f64) -> Option<Span> {
        let (low, high) = self.range?;
        Some(self.histogram.quantile(q)?.clamp(low, high))
    }
}

/// What a pool's instances did within the window. Times are sums over instances, in nanoseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    /// From the start of a cold start until ready.
    pub starting: u128,
    /// Serving at least one request.
    pub busy: u128,
    /// Ready and serving none.
    pub idle: u128,
    /// Slots in use x time.
    pub busy_slots: u128,
    /// Slots of ready instances x time.
    pub ready_slots: u128,
    /// Requests waiting x time (queued, or bound to a starting instance).
    pub waiting: u128,
    /// Service time of the requests of the window that arrived at this pool, whatever became of them.
    pub offered: u128,
    /// Cold starts begun.
    pub started: u64,
    /// The largest number of instances at once, held for more than no time.
    pub peak: u64,
    /// What rounding each instance's billed time up added.
    pub rounding: u128,
}
