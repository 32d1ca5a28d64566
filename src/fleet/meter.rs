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
///
/// Served requests are gathered by class and counted a batch at a time, in tight loops.
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
    /// All but `arrived`, which is the sum of the three ends.
    counts: RequestCounts,
    latency: QuantityMeter,
    batch: Batch,
}

/// Served requests that are not counted yet.
#[derive(Default)]
struct Batch {
    served: Vec<Served>,
    /// Of those that an instance's becoming ready began, in the window.
    cold: u64,
}

#[derive(Clone, Copy)]
struct Served {
    arrival: Time,
    start: Time,
    completion: Time,
}

/// Requests of a class that are counted at once.
const BATCH: usize = 256;

impl<O: Observer> Meter<O> {
    pub fn new(setting: &Setting, observer: O) -> Meter<O> {
        let class = |_: &Option<Span>| ClassMeter {
            counts: RequestCounts::default(),
            latency: QuantityMeter::new(),
            batch: Batch { served: Vec::with_capacity(BATCH), cold: 0 },
        };
        Meter {
            window: setting.window,
            good_within: setting.good_within,
            classes: setting.timeouts.iter().map(class).collect(),
            wait: QuantityMeter::new(),
            usage: Usage::default(),
            ready: 0,
            timeline: setting.timeline.then(|| Box::new(Timeline::new(setting.window.from, setting.window.to))),
            observer,
        }
    }

    pub fn window(&self) -> Window {
        self.window
    }

    /// A request's service begins, and with it its completion is known, which is returned.
    #[inline]
    pub fn served(&mut self, request: &Request, start: Start) -> Time {
        let completion = start.at + request.service;
        self.observer.completed(request.arrival, request.class, start.at, completion, start.instance, start.cold);
        let class = &mut self.classes[usize::from(request.class)];
        class.batch.cold += u64::from(start.cold && self.window.has(request.arrival));
        class.batch.served.push(Served { arrival: request.arrival, start: start.at, completion });
        if class.batch.served.len() == BATCH {
            self.count_batch(usize::from(request.class));
        }
        completion
    }

    /// Counts the gathered requests of a class.
    #[inline(never)]
    fn count_batch(&mut self, class: usize) {
        let mut batch = std::mem::take(&mut self.classes[class].batch);
        self.classes[class].counts.cold += batch.cold;
        let first = batch.served.iter().map(|request| request.arrival).min();
        let last = batch.served.iter().map(|request| request.completion).max();
        if first.is_some_and(|first| first >= self.window.from) && last.is_some_and(|last| last <= self.window.to) {
            self.count_inside(class, &batch.served);
        } else if last.is_some_and(|last| last >= self.window.from) {
            self.count_across(class, &batch.served);
        }
        if self.timeline.is_some() {
            self.draw_batch(&batch.served);
        }
        batch.served.clear();
        batch.cold = 0;
        self.classes[class].batch = batch;
    }

    /// Requests that came and were completed within the window.
    fn count_inside(&mut self, class: usize, served: &[Served]) {
        let class = &mut self.classes[class];
        let limit = self.good_within.unwrap_or(Span::from_nanos(u64::MAX));
        let mut good = 0;
        let (mut latencies, mut waits) = (Tally::new(), Tally::new());
        for request in served {
            let latency = request.completion - request.arrival;
            good += u64::from(latency <= limit);
            let wait = request.start - request.arrival;
            latencies.add(latency);
            waits.add(wait);
            class.latency.histogram.record(latency);
            self.wait.histogram.record(wait);
        }
        class.latency.tally.merge(latencies);
        self.wait.tally.merge(waits);
        let (waiting, service) = (waits.sum, latencies.sum - waits.sum);
        class.counts.completed += served.len() as u64;
        class.counts.good += good;
        self.usage.busy_slots += service;
        self.usage.offered += service;
        self.usage.waiting += waiting;
    }

    /// Requests some of which came before the window or were completed after it.
    fn count_across(&mut self, class: usize, served: &[Served]) {
        let window = self.window;
        let class = &mut self.classes[class];
        for &Served { arrival, start, completion } in served {
            self.usage.busy_slots += u128::from(window.clip(start, completion));
            self.usage.waiting += u128::from(window.clip(arrival, start));
            if window.has(arrival) {
                let latency = completion - arrival;
                class.counts.completed += 1;
                class.counts.good += u64::from(self.good_within.is_none_or(|limit| latency <= limit));
                class.counts.unfinished_at_horizon += u64::from(completion > window.to);
                class.latency.record(latency);
                self.wait.record(start - arrival);
                self.usage.offered += u128::from((completion - start).nanos());
            }
        }
    }

    fn draw_batch(&mut self, served: &[Served]) {
        let Some(timeline) = &mut self.timeline else { return };
        for &Served { arrival, start, completion: _ } in served {
            timeline.spread(arrival, start, |bin, nanos| bin.waiting += nanos);
            if self.window.has(arrival) {
                let bin = timeline.at(arrival);
                bin.arrivals += 1;
                bin.served += 1;
            }
        }
    }

    pub fn rejected(&mut self, request: &Request) {
        self.observer.rejected(request.arrival, request.class);
        if self.lost(request) {
            self.classes[usize::from(request.class)].counts.rejected += 1;
        }
    }

    pub fn timed_out(&mut self, request: &Request, at: Time) {
        self.observer.timed_out(request.arrival, request.class, at);
        self.usage.waiting += u128::from(self.window.clip(request.arrival, at));
        if let Some(timeline) = &mut self.timeline {
            timeline.spread(request.arrival, at, |bin, nanos| bin.waiting += nanos);
        }
        if self.lost(request) {
            let counts = &mut self.classes[usize::from(request.class)].counts;
            counts.timed_out += 1;
            counts.unfinished_at_horizon += u64::from(at > self.window.to);
        }
    }

    /// A request leaves unserved. Whether it belongs to the window.
    fn lost(&mut self, request: &Request) -> bool {
        let counts = self.window.has(request.arrival);
        if counts {
            self.usage.offered += u128::from(request.service.nanos());
            if let Some(timeline) = &mut self.timeline {
                timeline.at(request.arrival).arrivals += 1;
            }
        }
        counts
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

    /// Whether busy times must be told by [`Meter::busy`]; with one slot they are those of the requests.
    pub fn draws_timeline(&self) -> bool {
        self.timeline.is_some()
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
        (0..self.classes.len()).for_each(|class| self.count_batch(class));
        if slots == 1 {
            self.usage.busy = self.usage.busy_slots;
        }
        self.usage.idle = self.ready - self.usage.busy;
        self.usage.ready_slots = self.ready * u128::from(slots);
        self.usage.peak = peak;
        let outcome = PoolOutcome {
            classes: self.classes.into_iter().map(ClassMeter::finish).collect(),
            wait: self.wait.finish(),
            usage: self.usage,
            timeline: self.timeline.map(|timeline| *timeline),
        };
        (outcome, self.observer)
    }
}

impl ClassMeter {
    fn finish(self) -> ClassOutcome {
        let mut requests = self.counts;
        requests.arrived = requests.completed + requests.rejected + requests.timed_out;
        ClassOutcome { requests, latency: self.latency.finish() }
    }
}

/// A [`Quantity`] while it is being measured.
struct QuantityMeter {
    histogram: Histogram,
    tally: Tally,
}

/// Sum, least and greatest of some durations.
#[derive(Clone, Copy)]
struct Tally {
    sum: u128,
    low: Span,
    high: Span,
}

impl Tally {
    fn new() -> Tally {
        Tally { sum: 0, low: Span::from_nanos(u64::MAX), high: Span::ZERO }
    }

    #[inline]
    fn add(&mut self, value: Span) {
        self.merge(Tally { sum: u128::from(value.nanos()), low: value, high: value });
    }

    #[inline]
    fn merge(&mut self, other: Tally) {
        self.sum += other.sum;
        self.low = self.low.min(other.low);
        self.high = self.high.max(other.high);
    }
}

impl QuantityMeter {
    fn new() -> QuantityMeter {
        QuantityMeter { histogram: Histogram::full_range(), tally: Tally::new() }
    }

    fn record(&mut self, value: Span) {
        self.histogram.record(value);
        self.tally.add(value);
    }

    fn finish(mut self) -> Quantity {
        self.histogram.shrink();
        let Tally { sum, low, high } = self.tally;
        Quantity { range: (self.histogram.count() > 0).then_some((low, high)), histogram: self.histogram, sum }
    }
}
