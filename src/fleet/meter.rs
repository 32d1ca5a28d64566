//! The meters of a pool, filled once where things happen.

use crate::measure::{ClassOutcome, Histogram, PoolOutcome, Quantity, RequestCounts, Timeline, Usage};
use crate::unit::{Span, Time};

use super::setting::{Setting, Window};

/// A request on its way into a pool.
#[derive(Clone, Copy, Debug)]
pub(super) struct Request {
    pub arrival: Time,
    pub service: Span,
    pub class: u16,
}

/// How a request's service begins.
#[derive(Clone, Copy, Debug)]
pub(super) struct Start {
    pub at: Time,
    /// The creation number of the instance that serves.
    pub instance: u64,
    /// Whether the instance's becoming ready began the service.
    pub cold: bool,
}

/// Is told what becomes of each request; `()` does not care, and costs nothing.
pub trait Observer {
    fn completed(&mut self, arrival: Time, class: u16, start: Time, completion: Time, instance: u64, cold: bool);
    fn rejected(&mut self, arrival: Time, class: u16);
    fn timed_out(&mut self, arrival: Time, class: u16, at: Time);
}

impl Observer for () {
    #[inline]
    fn completed(&mut self, _: Time, _: u16, _: Time, _: Time, _: u64, _: bool) {}
    #[inline]
    fn rejected(&mut self, _: Time, _: u16) {}
    #[inline]
    fn timed_out(&mut self, _: Time, _: u16, _: Time) {}
}

/// Counts what happens to a pool's requests and instances within the window.
pub(super) struct Meter<O> {
    window: Window,
    good_within: Option<Span>,
    classes: Vec<ClassMeter>,
    wait: QuantityMeter,
    /// All but `idle` and `ready_slots`, which follow from the ready time at the end.
    usage: Usage,
    /// Idle or busy time of instances.
    ready: u128,
    timeline: Option<Box<Timeline>>,
    observer: O,
}

struct ClassMeter {
    counts: RequestCounts,
    latency: QuantityMeter,
}

impl<O: Observer> Meter<O> {
    pub fn new(setting: &Setting, observer: O) -> Meter<O> {
        let class = |_: &Option<Span>| ClassMeter {
            counts: RequestCounts::default(),
            latency: QuantityMeter::new(),
        };
        Meter {
            window: setting.window,
            good_within: setting.good_within,
            classes: setting.timeouts.iter().map(class).collect(),
            wait: QuantityMeter::new(),
            usage: Usage::default(),
            ready: 0,
            timeline: setting
                .timeline
                .then(|| Box::new(Timeline::new(setting.window.from, setting.window.to))),
            observer,
        }
    }

    pub fn window(&self) -> Window {
        self.window
    }

    /// A request was routed to this pool.
    #[inline]
    pub fn arrived(&mut self, request: &Request) {
        if !self.window.has(request.arrival) {
            return;
        }
        self.classes[usize::from(request.class)].counts.arrived += 1;
        self.usage.offered += u128::from(request.service.nanos());
        if let Some(timeline) = &mut self.timeline {
            timeline.at(request.arrival).arrivals += 1;
        }
    }

    /// A request's service begins, and with it its completion is known, which is returned.
    #[inline]
    pub fn served(&mut self, request: &Request, start: Start) -> Time {
        let completion = start.at + request.service;
        self.usage.busy_slots += u128::from(self.window.clip(start.at, completion));
        self.waited(request.arrival, start.at);
        self.observer.completed(
            request.arrival,
            request.class,
            start.at,
            completion,
            start.instance,
            start.cold,
        );
        if self.window.has(request.arrival) {
            let latency = completion - request.arrival;
            let class = &mut self.classes[usize::from(request.class)];
            class.counts.completed += 1;
            class.counts.cold += u64::from(start.cold);
            class.counts.good += u64::from(self.good_within.is_none_or(|limit| latency <= limit));
            class.counts.unfinished_at_horizon += u64::from(completion > self.window.to);
            class.latency.record(latency);
            self.wait.record(start.at - request.arrival);
            if let Some(timeline) = &mut self.timeline {
                timeline.at(request.arrival).served += 1;
            }
        }
        completion
    }

    pub fn rejected(&mut self, request: &Request) {
        self.observer.rejected(request.arrival, request.class);
        if self.window.has(request.arrival) {
            self.classes[usize::from(request.class)].counts.rejected += 1;
        }
    }

    pub fn timed_out(&mut self, request: &Request, at: Time) {
        self.waited(request.arrival, at);
        self.observer.timed_out(request.arrival, request.class, at);
        if self.window.has(request.arrival) {
            let counts = &mut self.classes[usize::from(request.class)].counts;
            counts.timed_out += 1;
            counts.unfinished_at_horizon += u64::from(at > self.window.to);
        }
    }

    #[inline]
    fn waited(&mut self, from: Time, to: Time) {
        if to > from {
            self.usage.waiting += u128::from(self.window.clip(from, to));
            if let Some(timeline) = &mut self.timeline {
                timeline.spread(from, to, |bin, nanos| bin.waiting += nanos);
            }
        }
    }

    /// An instance serves at least one request during `[from, to)`; returns the part within the window.
    #[inline]
    pub fn busy(&mut self, from: Time, to: Time) -> u64 {
        let clipped = self.window.clip(from, to);
        self.usage.busy += u128::from(clipped);
        if let Some(timeline) = &mut self.timeline {
            timeline.spread(from, to, |bin, nanos| bin.busy += nanos);
        }
        clipped
    }

    /// A cold start begins, which takes until `ready`.
    pub fn started(&mut self, at: Time, ready: Time) {
        self.usage.started += u64::from(self.window.has(at));
        self.usage.starting += u128::from(self.window.clip(at, ready));
        if let Some(timeline) = &mut self.timeline {
            timeline.spread(at, ready, |bin, nanos| bin.starting += nanos);
        }
    }

    /// `instances` instances were ready (idle or busy) during `[from, to)`, the last of them stopping then.
    pub fn ready(&mut self, from: Time, to: Time, instances: u32) {
        self.ready += u128::from(self.window.clip(from, to)) * u128::from(instances);
        if let Some(timeline) = &mut self.timeline {
            timeline.spread(from, to, |bin, nanos| bin.ready += nanos * u128::from(instances));
        }
    }

    /// Rounding up an instance's billed time adds this, due when it stops.
    pub fn rounded(&mut self, added: u64, at: Time) {
        self.usage.rounding += u128::from(added);
        if let Some(timeline) = &mut self.timeline {
            timeline.at(at).rounding += u128::from(added);
        }
    }

    pub fn finish(mut self, slots: u32, peak: u64) -> (PoolOutcome, O) {
        self.usage.idle = self.ready - self.usage.busy;
        self.usage.ready_slots = self.ready * u128::from(slots);
        self.usage.peak = peak;
        let class = |meter: ClassMeter| ClassOutcome {
            requests: meter.counts,
            latency: meter.latency.finish(),
        };
        let outcome = PoolOutcome {
            classes: self.classes.into_iter().map(class).collect(),
            wait: self.wait.finish(),
            usage: self.usage,
            timeline: self.timeline.map(|timeline| *timeline),
        };
        (outcome, self.observer)
    }
}

/// A [`Quantity`] while it is being measured.
struct QuantityMeter {
    histogram: Histogram,
    sum: u128,
    low: Span,
    high: Span,
}

impl QuantityMeter {
    fn new() -> QuantityMeter {
        QuantityMeter {
            histogram: Histogram::full_range(),
            sum: 0,
            low: Span::from_nanos(u64::MAX),
            high: Span::ZERO,
        }
    }

    #[inline]
    fn record(&mut self, value: Span) {
        self.histogram.record(value);
        self.sum += u128::from(value.nanos());
        self.low = self.low.min(value);
        self.high = self.high.max(value);
    }

    fn finish(mut self) -> Quantity {
        self.histogram.shrink();
        let range = (self.histogram.count() > 0).then_some((self.low, self.high));
        Quantity {
            histogram: self.histogram,
            sum: self.sum,
            range,
        }
    }
}
