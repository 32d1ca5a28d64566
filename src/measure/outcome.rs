//! What one replication measured. Everything is an exact integer; money and statistics come later.

use std::borrow::Cow;

use crate::unit::Span;

use super::{Histogram, Losses, Timeline};

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
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PoolOutcome {
    /// In the scenario's order of classes.
    pub classes: Vec<ClassOutcome>,
    /// Start of service - arrival, of completed requests.
    pub wait: Quantity,
    /// Why requests were rejected or timed out.
    pub losses: Losses,
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

/// Requests of the window, by the arrival of their first attempt: `arrived = completed + rejected + timed_out`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RequestCounts {
    /// Attempts: of a client that tries again, each counts.
    pub arrived: u64,
    /// Those of them that are not the first of their request.
    pub retries: u64,
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

impl FleetOutcome {
    /// The pools taken together, with the fleet's own peak: what a fleet's figures are read from. A hybrid's has no time line.
    #[must_use]
    pub fn together(&self) -> Cow<'_, PoolOutcome> {
        match &self.pools[..] {
            [only] => Cow::Borrowed(only),
            pools => {
                let mut whole = PoolOutcome::default();
                pools.iter().for_each(|pool| whole.add(pool));
                whole.usage.peak = self.peak;
                Cow::Owned(whole)
            }
        }
    }
}

impl PoolOutcome {
    /// Adds another pool's requests and usage.
    fn add(&mut self, other: &PoolOutcome) {
        self.classes.resize_with(self.classes.len().max(other.classes.len()), ClassOutcome::default);
        for (class, more) in self.classes.iter_mut().zip(&other.classes) {
            class.requests.add(&more.requests);
            class.latency.merge(&more.latency);
        }
        self.wait.merge(&other.wait);
        self.losses.add(&other.losses);
        self.usage.add(&other.usage);
    }

    /// The requests of all classes.
    #[must_use]
    pub fn requests(&self) -> RequestCounts {
        let mut total = RequestCounts::default();
        self.classes.iter().for_each(|class| total.add(&class.requests));
        total
    }

    /// The latency of all classes.
    #[must_use]
    pub fn latency(&self) -> Cow<'_, Quantity> {
        match &self.classes[..] {
            [only] => Cow::Borrowed(&only.latency),
            classes => {
                let mut total = Quantity::default();
                classes.iter().for_each(|class| total.merge(&class.latency));
                Cow::Owned(total)
            }
        }
    }
}

impl RequestCounts {
    /// Requests, however often each was tried; in a pool of a hybrid no fewer than it completed.
    #[must_use]
    pub fn first_tries(&self) -> u64 {
        (self.arrived - self.retries).max(self.completed)
    }

    /// Requests that were never completed.
    #[must_use]
    pub fn lost(&self) -> u64 {
        self.first_tries() - self.completed
    }

    pub fn add(&mut self, other: &RequestCounts) {
        self.arrived += other.arrived;
        self.retries += other.retries;
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
        self.range = Quantity::widest(self.range, other.range);
    }

    /// The range of what two ranges cover together.
    #[must_use]
    pub fn widest(a: Option<(Span, Span)>, b: Option<(Span, Span)>) -> Option<(Span, Span)> {
        match (a, b) {
            (Some((low, high)), Some((other_low, other_high))) => Some((low.min(other_low), high.max(other_high))),
            (range, None) | (None, range) => range,
        }
    }

    /// The nearest-rank quantile, of rank ceil(q x count) in 1..=count; within 0.1 % of the order statistic and
    /// exact at both ends. `None` when nothing was measured.
    #[must_use]
    pub fn quantile(&self, q: f64) -> Option<Span> {
        self.read(None, self.range, q)
    }

    /// The quantile of this quantity less `part`, which must have been merged into it; `range` is that of the rest.
    #[must_use]
    pub fn quantile_without(&self, part: &Quantity, range: Option<(Span, Span)>, q: f64) -> Option<Span> {
        self.read(Some(part), range, q)
    }

    fn read(&self, left_out: Option<&Quantity>, range: Option<(Span, Span)>, q: f64) -> Option<Span> {
        let (low, high) = range?;
        let count = self.count() - left_out.map_or(0, Quantity::count);
        let rank = Histogram::rank(q, count)?;
        if rank == count || low == high {
            return Some(high);
        }
        if rank == 1 {
            return Some(low);
        }
        let read = self.histogram.quantile_without(left_out.map(|part| &part.histogram), q)?;
        Some(read.clamp(low, high))
    }

    /// How many measured values lie beyond the quantile, in rank; `None` when nothing was measured.
    #[must_use]
    pub fn samples_beyond(&self, q: f64) -> Option<u64> {
        Some(self.count() - Histogram::rank(q, self.count())?)
    }
}

/// What a pool's instances did within the window. Times are sums over instances, in nanoseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    /// From the order for an instance until it is ready, or has failed to be.
    pub starting: u128,
    /// The part of `starting` in each phase, by [`crate::scenario::StartPhase`]; the rest is waiting for a free GPU.
    pub start_phases: [u128; 4],
    /// Serving at least one request.
    pub busy: u128,
    /// The part of `busy` that the minimum instances cover: the integral of min(busy instances, `min_instances`).
    pub covered_busy: u128,
    /// Ready and serving none.
    pub idle: u128,
    /// For how long the pool was closed by its spend cap.
    pub closed: u128,
    /// Slots in use x time.
    pub busy_slots: u128,
    /// Slots of ready instances x time.
    pub ready_slots: u128,
    /// Requests waiting x time (queued, or bound to a starting instance).
    pub waiting: u128,
    /// Service time, on the GPU of this pool, of the requests of the window that arrived at it, whatever became of them.
    pub offered: u128,
    /// Starts begun.
    pub started: u64,
    /// Those of them that have failed by the end of the window.
    pub failed_starts: u64,
    /// Those of them that had to wait for a free GPU.
    pub throttled_starts: u64,
    /// The largest number of instances at once, held for more than no time.
    pub peak: u64,
    /// From the order for an instance to its end, in whole nodes, of dedicated instances that come and go; on-demand ones
    /// that stand in for spot ones apart.
    pub held: u128,
    pub held_fallback: u128,
    /// What rounding each instance's billed time up added.
    pub rounding: u128,
}

impl Usage {
    /// Adds what other instances did, or the same ones in another replication. Peaks add too, which is an upper bound of the
    /// peak of both together.
    pub fn add(&mut self, other: &Usage) {
        self.starting += other.starting;
        add_all(&mut self.start_phases, &other.start_phases);
        self.busy += other.busy;
        self.covered_busy += other.covered_busy;
        self.idle += other.idle;
        self.closed += other.closed;
        self.busy_slots += other.busy_slots;
        self.ready_slots += other.ready_slots;
        self.waiting += other.waiting;
        self.offered += other.offered;
        self.started += other.started;
        self.failed_starts += other.failed_starts;
        self.throttled_starts += other.throttled_starts;
        self.peak += other.peak;
        self.rounding += other.rounding;
        self.held += other.held;
        self.held_fallback += other.held_fallback;
    }
}

/// Adds numbers place by place.
pub(super) fn add_all<T: std::ops::AddAssign + Copy, const N: usize>(sums: &mut [T; N], more: &[T; N]) {
    sums.iter_mut().zip(more).for_each(|(sum, &more)| *sum += more);
}
