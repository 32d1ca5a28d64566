//! Autoscalers: state machines that look at a pool now and then and say how many instances there shall be. They know no
//! pool: they are given a [`View`].
//!
//! Each follows the source or the documentation of its platform; docs/SCALERS.md tells which, and what is simplified.
//! Arithmetic is exact: in-flight means are integrals over whole nanoseconds, targets billionths.

mod hpa;
mod in_flight;
mod keda;
mod knative_kpa;
mod mean;
mod queue_delay;
mod ray_serve;
mod skyserve;
mod window;
mod windowed_concurrency;

#[cfg(test)]
mod harness;
#[cfg(test)]
mod tests;

use crate::scenario::{Decimal, ScaleOut};
use crate::unit::{Span, Time};

use hpa::HpaScaler;
use in_flight::InFlightScaler;
use keda::KedaScaler;
use knative_kpa::KnativeKpaScaler;
use queue_delay::QueueDelayScaler;
use ray_serve::RayServeScaler;
use skyserve::SkyServeScaler;
use windowed_concurrency::WindowedConcurrencyScaler;

/// What a scaler sees of its pool when it looks.
#[derive(Clone, Copy, Debug)]
pub(in crate::fleet) struct View {
    pub now: Time,
    /// Instances that serve or could: ready and not draining.
    pub ready: u64,
    /// Instances that start.
    pub starting: u64,
    /// Requests waiting.
    pub queued: u64,
    /// Requests in service.
    pub in_service: u64,
    /// Over all requests so far, the time that each was waiting or in service until now, summed, in nanoseconds:
    /// the integral of the number in flight. Differences of it give exact window averages.
    pub in_flight_time: u128,
    /// Requests that have arrived at the pool so far.
    pub arrived: u64,
    /// How long the request at the head of the queue has waited; `None` when none waits.
    pub head_wait: Option<Span>,
}

impl View {
    /// Requests waiting and in service.
    fn in_flight(&self) -> u64 {
        self.queued.saturating_add(self.in_service)
    }

    /// Instances that start or could serve.
    fn present(&self) -> u64 {
        self.ready.saturating_add(self.starting)
    }
}

pub(in crate::fleet) trait Scaler: Send {
    /// When it looks next, later than the last look.
    fn next_look(&self) -> Time;

    /// Looks, and says how many instances there shall be: starting and ready ones, draining ones not counted.
    fn look(&mut self, view: &View) -> u64;

    /// Whether it looks at once when a request finds no instance at all, none starting either (Knative's activator).
    fn looks_at_first_request(&self) -> bool {
        false
    }

    /// The most requests that may wait now; `None`: as many as come. (Knative: activator 10,000, else ready x 10 x concurrency.)
    fn queue_limit(&self, _ready: u64) -> Option<u64> {
        None
    }

    /// Whether surplus instances are taken away when it wants fewer; if not, they stop when idle for the keep-alive time.
    fn removes_instances(&self) -> bool {
        true
    }
}

/// The scaler of a pool; `None` for those that act on requests themselves (per request, slot deficit, token bucket).
pub(in crate::fleet) fn scaler(scale_out: &ScaleOut, bounds: Bounds, slots: u32) -> Option<Box<dyn Scaler>> {
    let scaler: Box<dyn Scaler> = match *scale_out {
        ScaleOut::PerRequest | ScaleOut::SlotDeficit { .. } | ScaleOut::LambdaTokenBucket { .. } => return None,
        ScaleOut::QueueDelay(rule) => Box::new(QueueDelayScaler::new(rule, bounds, slots)),
        ScaleOut::InFlight(rule) => Box::new(InFlightScaler::new(rule, bounds)),
        ScaleOut::WindowedConcurrency(rule) => Box::new(WindowedConcurrencyScaler::new(rule, bounds)),
        ScaleOut::KnativeKpa(rule) => Box::new(KnativeKpaScaler::new(rule, bounds, slots)),
        ScaleOut::Hpa(rule) => Box::new(HpaScaler::new(rule, bounds)),
        ScaleOut::Keda(rule) => Box::new(KedaScaler::new(rule, bounds)),
        ScaleOut::RayServe(rule) => Box::new(RayServeScaler::new(rule, bounds)),
        ScaleOut::SkyServe(rule) => Box::new(SkyServeScaler::new(rule, bounds)),
    };
    Some(scaler)
}

/// How many instances there may be.
#[derive(Clone, Copy, Debug)]
pub(in crate::fleet) struct Bounds {
    min: u64,
    /// At least `min`.
    max: u64,
}

impl Bounds {
    /// `None`: as many as are wanted.
    pub fn new(min: u32, max: Option<u32>) -> Bounds {
        let min = u64::from(min);
        Bounds { min, max: max.map_or(u64::MAX, u64::from).max(min) }
    }

    fn clamp(self, instances: u64) -> u64 {
        instances.clamp(self.min, self.max)
    }

    /// The bounds of what cannot start from none.
    fn at_least_one(self) -> Bounds {
        Bounds { min: self.min.max(1), max: self.max.max(1) }
    }
}

/// Looks at whole multiples of an interval, the first one interval after the start.
#[derive(Clone, Copy, Debug)]
struct Cadence {
    interval: Span,
    next: Time,
}

impl Cadence {
    /// An interval is above zero.
    fn new(interval: Span) -> Cadence {
        Cadence { interval, next: Time::START + interval }
    }

    /// Whether `now` is the time of the next look, which then is an interval later.
    fn is_due(&mut self, now: Time) -> bool {
        let is_due = now >= self.next;
        if is_due {
            self.next = self.next + self.interval;
        }
        is_due
    }
}

/// The number `integral / time`, the mean of something over a time, divided by so much of it an instance, rounded up.
fn instances_for(integral: u128, time: Span, per_instance: u128) -> u64 {
    let billion = u128::from(Decimal::ONE.billionths);
    let denominator = u128::from(time.nanos()).saturating_mul(per_instance).max(1);
    u64::try_from(integral.saturating_mul(billion).div_ceil(denominator)).unwrap_or(u64::MAX)
}

/// `ceil(number / per_instance)`.
fn instances_for_number(number: u64, per_instance: Decimal) -> u64 {
    instances_for(u128::from(number), Span::NANOSECOND, u128::from(per_instance.billionths))
}

/// A target and the share of it that is aimed at, in billionths, to the billionth below and at least one.
fn aim(target: Decimal, utilization: Decimal) -> u128 {
    let product = u128::from(target.billionths) * u128::from(utilization.billionths);
    (product / u128::from(Decimal::ONE.billionths)).max(1)
}
