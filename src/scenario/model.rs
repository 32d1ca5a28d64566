//! The checked scenario: everything resolved, every default filled in, nothing left to refuse.

use std::path::PathBuf;
use std::sync::Arc;

use jiff::civil::DateTime;

use super::Retry;
use crate::trace::DataFile;
use crate::unit::{Rate, Span, Time, divide_half_even};

use super::{Fleet, JobClass, PoolKind};

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
    /// Names distinct. Empty only where there are jobs.
    pub traffic: Vec<TrafficClass>,
    /// Distinct names. May be empty only for commands that generate traffic alone.
    pub fleets: Vec<Fleet>,
    /// Names distinct.
    pub jobs: Vec<JobClass>,
}

impl Scenario {
    /// The replications of a scenario that varies and says nothing of them.
    pub const USUAL_REPLICATIONS: u32 = 10;

    /// The part of the horizon that is counted: `[warm_up, horizon)`.
    #[must_use]
    pub fn window(&self) -> Span {
        Span::from_nanos(self.horizon.nanos() - self.warm_up.nanos())
    }

    /// The replications of a variant of this scenario: its own, or as many as usual where only the variant varies. A trace that is
    /// replayed as it is does not vary; at another volume it does.
    #[must_use]
    pub fn replications_of_variant(&self, varies: bool) -> u32 {
        match varies && !self.varies() {
            true => self.replications.max(Scenario::USUAL_REPLICATIONS),
            false => self.replications,
        }
    }

    /// Whether anything is drawn at random, so that replications differ.
    #[must_use]
    pub fn varies(&self) -> bool {
        self.traffic.iter().any(TrafficClass::varies)
            || self.fleets.iter().flat_map(Fleet::pools).any(PoolKind::varies)
            || self.jobs.iter().any(|class| !class.work.is_constant())
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
    /// The limits on p50, p90, p95, p99 and p99.9 of latency, in that order.
    #[must_use]
    pub fn quantile_limits(&self) -> [Option<Span>; 5] {
        [self.p50, self.p90, self.p95, self.p99, self.p999]
    }

    /// Whether the objective can be missed: a latency alone, without the share of requests that must keep to it, is reported
    /// and decides nothing.
    #[must_use]
    pub fn sets_conditions(&self) -> bool {
        (self.latency.is_some() && self.attainment.is_some())
            || self.quantile_limits().iter().any(Option::is_some)
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
    /// `None`: a client whose request is lost does not try again.
    pub retry: Option<Retry>,
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
        arrivals || service || self.retry.is_some_and(|retry| retry.jitter > 0.0)
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
