//! The checked scenario: everything resolved, every default filled in, nothing left to refuse.

use std::path::PathBuf;
use std::sync::Arc;

use jiff::civil::DateTime;

use crate::trace::DataFile;
use crate::unit::{Price, Rate, Span, Time, Usd, divide_half_even};

use super::Throughput;

/// What is simulated. Made by the loader only, which checks what the fields' documentation promises.
#[derive(Clone, Debug, PartialEq)]
pub struct Scenario {
    pub name: String,
    pub description: String,
    /// Arrivals stop here. At least 1 ns, at most [`Span::LONGEST`].
    pub horizon: Span,
    /// Simulated but not counted; shorter than `horizon`.
    pub warm_up: Span,
    /// Independent repetitions, at least 1.
    pub replications: u32,
    /// At most `i64::MAX`, the largest integer that TOML writes.
    pub seed: u64,
    /// What t = 0 means on the zone-less calendar; in the years 1 to 9000.
    pub starts: DateTime,
    pub slo: Option<Slo>,
    /// At least one class, their names distinct.
    pub traffic: Vec<TrafficClass>,
    /// Distinct names. May be empty only for commands that generate traffic alone.
    pub fleets: Vec<Fleet>,
}

impl Scenario {
    /// The replications of a scenario that varies and says nothing of them.
    pub const USUAL_REPLICATIONS: u32 = 10;

    /// The part of the horizon that is counted: `[warm_up, horizon)`.
    #[must_use]
    pub fn window(&self) -> Span {
        Span::from_nanos(self.horizon.nanos() - self.warm_up.nanos())
    }

    /// Whether anything is drawn at random, so that replications differ.
    #[must_use]
    pub fn varies(&self) -> bool {
        self.traffic.iter().any(TrafficClass::varies) || self.fleets.iter().flat_map(Fleet::pools).any(PoolKind::varies)
    }
}

/// The service-level objective; all that is written must hold.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Slo {
    /// A request is good when it completes within this.
    pub latency: Option<Span>,
    /// The least share of arrived requests that must be good, in (0, 1]; set only with `latency`.
    pub attainment: Option<f64>,
    pub p50: Option<Span>,
    pub p90: Option<Span>,
    pub p95: Option<Span>,
    pub p99: Option<Span>,
    pub p999: Option<Span>,
    /// The largest share of arrived requests that may be rejected, in [0, 1].
    pub max_rejected: Option<f64>,
    /// The largest share of arrived requests that may time out, in [0, 1].
    pub max_timed_out: Option<f64>,
}

impl Slo {
    /// Whether the objective can be missed: a latency alone, without the share of requests that must keep to it, is reported
    /// and decides nothing.
    #[must_use]
    pub fn sets_conditions(&self) -> bool {
        let quantiles = [self.p50, self.p90, self.p95, self.p99, self.p999];
        (self.latency.is_some() && self.attainment.is_some())
            || quantiles.iter().any(Option::is_some)
            || self.max_rejected.is_some()
            || self.max_timed_out.is_some()
    }
}

/// One of the superposed classes of requests.
#[derive(Clone, Debug, PartialEq)]
pub struct TrafficClass {
    pub name: String,
    pub source: Source,
    /// Of a request on a warm instance, alone.
    pub service_time: ServiceTime,
    /// The client gives up if its service has not begun within this; `None`: never.
    pub timeout: Option<Span>,
}

impl TrafficClass {
    /// Whether its requests are drawn at random.
    fn varies(&self) -> bool {
        let arrivals = match &self.source {
            Source::Synthetic { arrivals, .. } => *arrivals != Arrivals::Regular,
            Source::Trace(trace) => trace.volume != Decimal::ONE || matches!(trace.layout, TraceLayout::Counts { .. }),
        };
        let service = match &self.service_time {
            ServiceTime::Drawn(distribution) => !distribution.is_constant(),
            ServiceTime::Column { .. } | ServiceTime::Tokens { .. } => false,
        };
        arrivals || service
    }
}

/// Where the arrivals of a class come from.
#[derive(Clone, Debug, PartialEq)]
pub enum Source {
    Synthetic { rate: Rate, shape: Shape, arrivals: Arrivals },
    Trace(Trace),
}

/// How the rate varies over the week; every shape has mean 1.
#[derive(Clone, Debug, PartialEq)]
pub enum Shape {
    Constant,
    /// On weekdays level x (1 + (peak_over_mean - 1) cos(2 pi (hour - peak_at) / 24)), on weekends that times `weekend`;
    /// the level makes the week's mean 1.
    Diurnal {
        /// In [1, 2].
        peak_over_mean: f64,
        /// Time of day, less than 24 h.
        peak_at: Span,
        /// In [0, 1000]; 1 when every day is alike.
        weekend: f64,
    },
}

/// The process that places arrivals.
#[derive(Clone, Debug, PartialEq)]
pub enum Arrivals {
    Poisson,
    /// Evenly spaced in operational time, the first after half a gap.
    Regular,
    /// Gamma renewal in operational time with a stationary first gap; `cv` in [0.001, 100].
    Gamma {
        cv: f64,
    },
    /// A Poisson process switched between two rates; exponential on and off times, stationary start.
    /// 1 <= `peak_over_mean` <= (on + off) / on.
    OnOff {
        on: Span,
        off: Span,
        peak_over_mean: f64,
    },
}

/// A recorded trace, already inspected: it exists, is sorted, and its rows can be read.
#[derive(Clone, Debug, PartialEq)]
pub struct Trace {
    pub file: DataFile,
    pub layout: TraceLayout,
    /// Whether the trace starts again when it ends.
    pub repeat: bool,
    /// Recorded time after which a repeated trace starts again: its n-th copy (from 0) arrives n periods later. More than the
    /// last arrival, or at least the end of the last bin. Unless it is written: for one row a request, the last arrival plus
    /// the mean gap, (last - first) / (rows - 1) to the nearest nanosecond, so that the rate is kept; for counts, the end of
    /// the last bin. Of a trace that is not repeated it says nothing.
    pub period: Span,
    /// Recorded time passes this much faster, in billionths (1_000_000_000 = as recorded); at least 1.
    pub speed_billionths: u64,
    /// This many requests for each recorded one. Counts a bin expect as many times more. Of one row a request, a row becomes as
    /// many requests as `volume` has whole ones, and one more with the probability of the rest: the first at the recorded time,
    /// the others uniform in the gap up to the next recorded arrival (after a last row, in the mean gap), all with the row's
    /// service time. So the rate is multiplied, and bursts and lulls longer than a gap stay as they are. At 1 nothing is drawn.
    pub volume: Decimal,
}

impl Trace {
    /// The simulated time of a recorded one: divided by `speed`, to the nearest nanosecond, halves to the even one.
    /// `None` past the end of the clock.
    #[must_use]
    pub fn replayed(&self, recorded: u128) -> Option<Time> {
        if self.speed_billionths == Trace::AS_RECORDED {
            return u64::try_from(recorded).ok().map(Time::from_nanos);
        }
        let billionths = i128::try_from(recorded).ok()?.checked_mul(i128::from(Trace::AS_RECORDED))?;
        let nanos = divide_half_even(billionths, i128::from(self.speed_billionths));
        u64::try_from(nanos).ok().map(Time::from_nanos)
    }

    /// The speed, in billionths, at which a trace is replayed as it was recorded.
    pub const AS_RECORDED: u64 = 1_000_000_000;
}

/// What a row of a trace is.
#[derive(Clone, Debug, PartialEq)]
pub enum TraceLayout {
    /// One row a request, with the column of arrivals.
    Requests { arrival: String },
    /// One row a bin, with the columns of the bin's start and its count: Poisson within each bin.
    Counts { start: String, count: String, bin: Span },
}

/// How long a request is served.
#[derive(Clone, Debug, PartialEq)]
pub enum ServiceTime {
    Drawn(Distribution),
    /// Seconds in a column of the trace, times `scale`.
    Column {
        column: String,
        scale: Decimal,
    },
    /// overhead + prompt tokens / prompt_per_s + output tokens / output_per_s, the token counts in columns of the trace.
    Tokens {
        prompt: String,
        output: String,
        prompt_per_s: Decimal,
        output_per_s: Decimal,
        overhead: Span,
    },
}

/// A positive number kept exactly as written, in billionths; at most 10^9.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Decimal {
    pub billionths: u64,
}

/// A distribution of durations. A `mean` is above zero, a `cv` zero or in [0.001, 100].
#[derive(Clone, Debug, PartialEq)]
pub enum Distribution {
    Constant(Span),
    Exponential {
        mean: Span,
    },
    LogNormal {
        mean: Span,
        cv: f64,
    },
    Gamma {
        mean: Span,
        cv: f64,
    },
    Weibull {
        mean: Span,
        cv: f64,
    },
    Uniform {
        low: Span,
        high: Span,
    },
    /// `shape` in (1, 10^6], so that the mean exists.
    Pareto {
        mean: Span,
        shape: f64,
    },
    /// Drawn with replacement from the values (seconds) of a column, times `scale`.
    Empirical {
        file: DataFile,
        column: String,
        scale: Decimal,
        /// As they are in the file.
        values: Arc<[Span]>,
    },
    /// The sum of independent draws, at least one.
    Phases(Vec<Distribution>),
}

impl Distribution {
    /// Whether every draw is the same.
    #[must_use]
    pub fn is_constant(&self) -> bool {
        match self {
            Distribution::Constant(_) => true,
            Distribution::Uniform { low, high } => low == high,
            Distribution::LogNormal { cv, .. } | Distribution::Gamma { cv, .. } | Distribution::Weibull { cv, .. } => {
                *cv == 0.0
            }
            Distribution::Empirical { values, .. } => values.windows(2).all(|pair| pair[0] == pair[1]),
            Distribution::Phases(phases) => phases.iter().all(Distribution::is_constant),
            Distribution::Exponential { .. } | Distribution::Pareto { .. } => false,
        }
    }
}

/// A fleet: one pool, or several with a rule that routes requests between them.
#[derive(Clone, Debug, PartialEq)]
pub struct Fleet {
    pub name: String,
    pub kind: FleetKind,
}

#[derive(Clone, Debug, PartialEq)]
pub enum FleetKind {
    Single(PoolKind),
    Hybrid(Hybrid),
}

impl Fleet {
    /// `dedicated`, `serverless` or `hybrid`.
    #[must_use]
    pub fn kind_name(&self) -> &'static str {
        match &self.kind {
            FleetKind::Single(kind) => kind.name(),
            FleetKind::Hybrid(_) => "hybrid",
        }
    }

    /// The pools in the order in which a request tries them: one, unless it is a hybrid.
    #[must_use]
    pub fn pools(&self) -> Vec<&PoolKind> {
        match &self.kind {
            FleetKind::Single(kind) => vec![kind],
            FleetKind::Hybrid(hybrid) => hybrid.pools.iter().map(|pool| &pool.kind).collect(),
        }
    }

    /// The pool whose number of instances is fitted to the objective, by its index; at most one of a fleet.
    #[must_use]
    pub fn fitted_pool(&self) -> Option<usize> {
        self.pools()
            .iter()
            .position(|kind| matches!(kind, PoolKind::Dedicated(pool) if pool.instances == Instances::Fit))
    }

    /// The fleet with a number of instances in its fitted pool; the fleet itself where there is none.
    #[must_use]
    pub fn fitted_with(&self, instances: u32) -> Fleet {
        let mut fleet = self.clone();
        let kinds: Vec<&mut PoolKind> = match &mut fleet.kind {
            FleetKind::Single(kind) => vec![kind],
            FleetKind::Hybrid(hybrid) => hybrid.pools.iter_mut().map(|pool| &mut pool.kind).collect(),
        };
        for kind in kinds {
            match kind {
                PoolKind::Dedicated(pool) if pool.instances == Instances::Fit => {
                    pool.instances = Instances::Number(instances);
                }
                _ => {}
            }
        }
        fleet
    }
}

/// How many instances a dedicated pool has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Instances {
    /// In 1..=[`MOST_INSTANCES`].
    Number(u32),
    /// The fewest with which its fleet meets the objective. A number takes its place before anything is simulated.
    Fit,
}

impl Instances {
    /// The number of instances.
    ///
    /// # Panics
    /// When the pool is yet to be fitted: a defect of the program, which fits every pool before it simulates one.
    #[must_use]
    pub fn number(self) -> u32 {
        match self {
            Instances::Number(number) => number,
            Instances::Fit => panic!("a pool is fitted before it is simulated"),
        }
    }
}

/// A number of instances, ready from 0 to the end.
#[derive(Clone, Debug, PartialEq)]
pub struct Dedicated {
    pub instances: Instances,
    /// Requests served at once by one instance, in 1..=[`MOST_SLOTS`].
    pub slots: u32,
    pub throughput: Throughput,
    /// Per instance, for the whole window, used or not.
    pub price: Price,
    /// An arrival that finds this many waiting is rejected.
    pub queue_limit: Option<u64>,
}

impl Dedicated {
    /// As [`PoolKind::capacity`].
    #[must_use]
    pub fn capacity(&self) -> f64 {
        self.throughput.capacity(self.slots)
    }
}

/// Instances that are started on demand and stopped when idle.
#[derive(Clone, Debug, PartialEq)]
pub struct Serverless {
    pub cold_start: Distribution,
    /// Idle time after which an instance is stopped.
    pub keep_alive: Span,
    /// Kept warm from t = 0 on; at most `max_instances`.
    pub min_instances: u32,
    /// At least 1, at most [`MOST_INSTANCES`]; `None`: unlimited.
    pub max_instances: Option<u32>,
    pub scale_out: ScaleOut,
    pub idle_selection: IdleSelection,
    pub overflow: Overflow,
    pub slots: u32,
    pub throughput: Throughput,
    pub tariff: Tariff,
}

impl Serverless {
    /// As [`PoolKind::capacity`].
    #[must_use]
    pub fn capacity(&self) -> f64 {
        self.throughput.capacity(self.slots)
    }
}

/// How a serverless fleet is paid.
#[derive(Clone, Debug, PartialEq)]
pub struct Tariff {
    /// Per instance, while it is in a billed phase.
    pub price: Price,
    /// Per request served.
    pub request_fee: Usd,
    pub bills: BilledPhases,
    /// Each instance's billed time is rounded up to a multiple of this; `None`: exact.
    pub rounding: Option<Span>,
}

/// The phases of an instance's life that are on the bill.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BilledPhases {
    pub cold_start: bool,
    pub execute: bool,
    pub idle: bool,
}

/// When a serverless fleet starts an instance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ScaleOut {
    /// An arrival with no idle instance starts one and waits for that one.
    PerRequest,
    /// Arrivals wait in one queue; instances are started while more requests wait than slots start.
    SlotDeficit,
}

/// Which idle instance serves next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IdleSelection {
    MostRecentlyUsed,
    LeastRecentlyUsed,
    Newest,
    Oldest,
    Random,
}

/// What happens to an arrival when `max_instances` exist and none has a free slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Overflow {
    Queue,
    Reject,
}

/// Pools tried in order.
#[derive(Clone, Debug, PartialEq)]
pub struct Hybrid {
    pub overflow: OverflowRule,
    /// At least two, their names distinct.
    pub pools: Vec<Pool>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Pool {
    pub name: String,
    pub kind: PoolKind,
}

#[derive(Clone, Debug, PartialEq)]
pub enum PoolKind {
    Dedicated(Dedicated),
    Serverless(Serverless),
}

impl PoolKind {
    /// Whether its cold starts or its choice among idle instances are drawn at random.
    fn varies(&self) -> bool {
        match self {
            PoolKind::Dedicated(_) => false,
            PoolKind::Serverless(pool) => {
                !pool.cold_start.is_constant() || pool.idle_selection == IdleSelection::Random
            }
        }
    }

    /// `dedicated` or `serverless`.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            PoolKind::Dedicated(_) => "dedicated",
            PoolKind::Serverless(_) => "serverless",
        }
    }

    /// Requests served at once by one instance.
    #[must_use]
    pub fn slots(&self) -> u32 {
        match self {
            PoolKind::Dedicated(pool) => pool.slots,
            PoolKind::Serverless(pool) => pool.slots,
        }
    }

    /// How the requests in service on one instance share it.
    #[must_use]
    pub fn throughput(&self) -> &Throughput {
        match self {
            PoolKind::Dedicated(pool) => &pool.throughput,
            PoolKind::Serverless(pool) => &pool.throughput,
        }
    }

    /// The seconds of service that one instance with all its slots in use gets done in a second: as many as it has slots,
    /// unless they share its throughput.
    #[must_use]
    pub fn capacity(&self) -> f64 {
        match self {
            PoolKind::Dedicated(pool) => pool.capacity(),
            PoolKind::Serverless(pool) => pool.capacity(),
        }
    }

    /// The most instances that the pool may have; `None`: unlimited.
    #[must_use]
    pub fn most_instances(&self) -> Option<u32> {
        match self {
            PoolKind::Dedicated(pool) => Some(pool.instances.number()),
            PoolKind::Serverless(pool) => pool.max_instances,
        }
    }
}

/// When a request goes on to the next pool.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum OverflowRule {
    WhenFull,
    WaitOver(Span),
    RateOver(Rate),
    InFlightOver(u64),
}

/// The most instances that a pool may be given.
pub const MOST_INSTANCES: u32 = 1_000_000;
/// The most requests that one instance may serve at once.
pub const MOST_SLOTS: u32 = 10_000;

/// Where a scenario comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    File(PathBuf),
    Embedded(&'static str),
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trace::Location;

    fn trace(speed_billionths: u64) -> Trace {
        Trace {
            file: DataFile { written: String::new(), location: Location::Embedded(&[]) },
            layout: TraceLayout::Requests { arrival: String::new() },
            repeat: false,
            period: Span::ZERO,
            speed_billionths,
            volume: Decimal::ONE,
        }
    }

    #[test]
    fn recorded_time_is_divided_by_the_speed_to_the_nearest_nanosecond() {
        let nanos = |speed, recorded| trace(speed).replayed(recorded).map(Time::nanos);
        assert_eq!(nanos(Trace::AS_RECORDED, 7), Some(7));
        assert_eq!(nanos(2 * Trace::AS_RECORDED, 7), Some(4));
        assert_eq!(nanos(2 * Trace::AS_RECORDED, 5), Some(2));
        assert_eq!(nanos(500_000_000, 7), Some(14));
    }

    #[test]
    fn times_past_the_end_of_the_clock_are_none() {
        let past = u128::from(u64::MAX) + 1;
        assert_eq!(trace(Trace::AS_RECORDED).replayed(past), None);
        assert_eq!(trace(1).replayed(past), None);
        assert_eq!(trace(2 * Trace::AS_RECORDED).replayed(u128::MAX), None);
    }
}
