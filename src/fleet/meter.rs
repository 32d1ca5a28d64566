//! The meters of a pool, filled once where things happen.

use crate::measure::{
    ClassOutcome, HistogramRecorder, Loss, Losses, PoolOutcome, Quantity, RequestCounts, Timeline, Usage,
};
use crate::scenario::{BilledPhases, Decimal};
use crate::unit::{Span, Time};

use super::elastic::Paid;
use super::setting::{Setting, Window};
use super::start_up::DrawnStart;

/// A request on its way into a pool.
#[derive(Clone, Copy, Debug)]
pub(super) struct Request {
    pub arrival: Time,
    /// How long it takes on the pool's GPU; on its way to a pool as long as `work`.
    pub service: Span,
    /// Its service time, as the traffic has it.
    pub work: Span,
    pub class: u16,
    /// 0 for the first attempt.
    pub attempt: u16,
    /// When the first attempt arrived: that decides whether it belongs to the window, and latency counts from it.
    pub first: Time,
    /// What the way to the fleet and back adds to its latency.
    pub network: Span,
}

impl Request {
    /// The first attempt of a request.
    #[inline]
    pub fn new(arrival: Time, service: Span, class: u16) -> Request {
        Request { arrival, service, work: service, class, attempt: 0, first: arrival, network: Span::ZERO }
    }
}

impl Request {
    /// As it is served on a GPU of this speed.
    #[inline]
    pub fn at_speed(&self, speed: Decimal) -> Request {
        Request { service: speed.divides(self.work), ..*self }
    }

    /// As it came to the pool.
    pub fn as_it_came(self) -> Request {
        Request { service: self.work, ..self }
    }
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
    /// Whether it wants to know which instance serves.
    const ASKS_FOR_INSTANCES: bool;

    fn completed(&mut self, arrival: Time, class: u16, start: Time, completion: Time, instance: u64, cold: bool);
    fn rejected(&mut self, arrival: Time, class: u16);
    fn timed_out(&mut self, arrival: Time, class: u16, at: Time);
}

impl Observer for () {
    const ASKS_FOR_INSTANCES: bool = false;

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
    /// From here on a request that completes within the window is one that is counted easily: the start of the window, or never
    /// where a time line is drawn, clients try again or requests come over a network.
    plain_from: Time,
    /// A latency of at most this is good.
    good_within: Span,
    classes: Vec<ClassMeter>,
    wait: QuantityMeter,
    /// Service and waiting times of completed requests of the window whose whole stay does not lie within it.
    across: Stay,
    /// How much longer completed requests of the window were in service than alone, in nanoseconds.
    slowed: u128,
    /// `busy_slots`, `offered` and `waiting` without the requests whose whole stay lies within the window: theirs follow
    /// from the latencies and waits at the end, like `idle` and `ready_slots` from the ready time.
    usage: Usage,
    losses: Losses,
    /// Requests that were lost, and when, since they were last asked for; `None` where nobody tries again.
    lost: Option<Vec<(Request, Time)>>,
    /// Idle or busy time of instances.
    ready: u128,
    timeline: Option<Box<Timeline>>,
    observer: O,
}

/// Sums of service and waiting times and of ways to and fro, in nanoseconds.
#[derive(Clone, Copy, Default)]
struct Stay {
    service: u128,
    waiting: u128,
    network: u128,
}

struct ClassMeter {
    /// All but `arrived` and `completed`: the one is the sum of the three ends, the other the number of latencies.
    counts: RequestCounts,
    latency: QuantityMeter,
}

impl<O: Observer> Meter<O> {
    pub fn new(setting: &Setting, observer: O) -> Meter<O> {
        let class = |_: &Option<Span>| ClassMeter { counts: RequestCounts::default(), latency: QuantityMeter::new() };
        let is_plain = !setting.timeline && !setting.is_over_network && !setting.any_retry();
        Meter {
            window: setting.window,
            plain_from: if is_plain { setting.window.from } else { Time::END },
            good_within: setting.good_within.unwrap_or(Span::from_nanos(u64::MAX)),
            classes: setting.timeouts.iter().map(class).collect(),
            wait: QuantityMeter::new(),
            across: Stay::default(),
            slowed: 0,
            usage: Usage::default(),
            losses: Losses::default(),
            lost: setting.any_retry().then(Vec::new),
            ready: 0,
            timeline: setting.timeline.then(|| Box::new(Timeline::new(setting.window.from, setting.window.to))),
            observer,
        }
    }

    /// Requests that have been lost, and when, since the last call; empty where nobody tries again.
    pub fn take_lost(&mut self) -> Vec<(Request, Time)> {
        self.lost.as_mut().map(std::mem::take).unwrap_or_default()
    }

    pub fn window(&self) -> Window {
        self.window
    }

    /// A request's service begins, and with it its completion is known, which is returned.
    ///
    /// Inlined always, with [`Meter::follow`] and [`Meter::count`]: the processor then counts while it waits for the
    /// queue's next step, which is worth a fifth of a dedicated fleet's time (`benches/replay.rs`).
    #[inline(always)]
    pub fn served(&mut self, request: &Request, start: Start) -> Time {
        let completion = start.at + request.service;
        self.follow(request, start, completion);
        completion
    }

    /// A request completes that was served no faster than alone.
    pub fn served_until(&mut self, request: &Request, start: Start, completion: Time) {
        self.follow(request, start, completion);
        if self.window.has(request.first) {
            self.slowed += u128::from((completion - start.at).nanos().saturating_sub(request.service.nanos()));
        }
    }

    /// A request on its way from the start of its service to its completion.
    #[inline(always)]
    fn follow(&mut self, request: &Request, start: Start, completion: Time) {
        self.observer.completed(request.arrival, request.class, start.at, completion, start.instance, start.cold);
        if request.arrival < self.plain_from || completion > self.window.to {
            self.served_across(request, start, completion);
        } else {
            self.count(request.class, completion - request.arrival, start.at - request.arrival, start.cold);
        }
    }

    /// Counts a completed request of the window.
    #[inline(always)]
    fn count(&mut self, class: u16, latency: Span, wait: Span, cold: bool) {
        let class = &mut self.classes[usize::from(class)];
        class.counts.good += u64::from(latency <= self.good_within);
        class.counts.cold += u64::from(cold);
        class.latency.record(latency);
        self.wait.record(wait);
    }

    /// Counts a request whose stay may not lie within the window, or that is to be drawn.
    #[inline(never)]
    fn served_across(&mut self, request: &Request, start: Start, completion: Time) {
        self.usage.busy_slots += u128::from(self.window.clip(start.at, completion));
        self.usage.waiting += u128::from(self.window.clip(request.arrival, start.at));
        if let Some(timeline) = &mut self.timeline {
            timeline.spread(request.arrival, start.at, |bin, nanos| bin.waiting += nanos);
        }
        if !self.window.has(request.first) {
            return;
        }
        let (latency, wait) = (completion - request.first + request.network, start.at - request.first);
        self.count(request.class, latency, wait, start.cold);
        self.across.service += u128::from((completion - start.at).nanos());
        self.across.waiting += u128::from((start.at - request.first).nanos());
        self.across.network += u128::from(request.network.nanos());
        let counts = &mut self.classes[usize::from(request.class)].counts;
        counts.retries += u64::from(request.attempt > 0);
        counts.unfinished_at_horizon += u64::from(completion > self.window.to);
        if let Some(timeline) = &mut self.timeline {
            let bin = timeline.at(request.arrival);
            bin.arrivals += 1;
            bin.served += 1;
        }
    }

    /// A request is turned away on its arrival.
    pub fn rejected(&mut self, request: &Request, loss: Loss) {
        self.rejected_at(request, request.arrival, loss);
    }

    /// A request is turned away that has waited until `at`.
    pub fn rejected_at(&mut self, request: &Request, at: Time, loss: Loss) {
        self.waited(request, at);
        self.lost(request, at, loss);
    }

    /// A request leaves that has waited until `at`.
    pub fn timed_out(&mut self, request: &Request, at: Time, loss: Loss) {
        self.waited(request, at);
        self.lost(request, at, loss);
    }

    /// A service ends at `at` without having been completed, and the request is lost.
    pub fn cut(&mut self, request: &Request, start: Start, at: Time, loss: Loss) {
        self.served_in_vain(start, at);
        self.waited(request, start.at);
        self.lost(request, at, loss);
    }

    /// A service completes, unless it is cut off before: `cut` says when, and why. Returns when it ends.
    #[inline]
    pub fn served_unless_cut(&mut self, request: &Request, start: Start, cut: Option<(Time, Loss)>) -> Time {
        match cut {
            Some((time, loss)) if time < start.at + request.service => {
                self.cut(request, start, time, loss);
                time
            }
            _ => self.served(request, start),
        }
    }

    /// A request is lost whose service was interrupted at `at`.
    pub fn interrupted(&mut self, request: &Request, start: Start, at: Time) {
        self.waited(request, start.at);
        self.lost(request, at, Loss::Interrupted);
    }

    /// A service ends at `at` without having been completed.
    pub fn served_in_vain(&mut self, start: Start, at: Time) {
        self.usage.busy_slots += u128::from(self.window.clip(start.at, at));
    }

    /// A request has waited until `at`, and is not served.
    fn waited(&mut self, request: &Request, at: Time) {
        self.usage.waiting += u128::from(self.window.clip(request.arrival, at));
        if let Some(timeline) = &mut self.timeline {
            timeline.spread(request.arrival, at, |bin, nanos| bin.waiting += nanos);
        }
    }

    /// A request leaves at `at` without having been served.
    fn lost(&mut self, request: &Request, at: Time, loss: Loss) {
        match loss.is_rejection() {
            true => self.observer.rejected(request.arrival, request.class),
            false => self.observer.timed_out(request.arrival, request.class, at),
        }
        if let Some(lost) = &mut self.lost {
            lost.push((*request, at));
        }
        if !self.window.has(request.first) {
            return;
        }
        self.losses.count(loss);
        self.usage.offered += u128::from(request.service.nanos());
        let counts = &mut self.classes[usize::from(request.class)].counts;
        *(if loss.is_rejection() { &mut counts.rejected } else { &mut counts.timed_out }) += 1;
        counts.retries += u64::from(request.attempt > 0);
        counts.unfinished_at_horizon += u64::from(at > self.window.to);
        if let Some(timeline) = &mut self.timeline {
            timeline.at(request.arrival).arrivals += 1;
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

    /// During `[from, to)` so many of the busy instances were minimum ones, where those have a price of their own.
    pub fn covered(&mut self, from: Time, to: Time, instances: u64) {
        let instances = u128::from(instances);
        self.usage.covered_busy += u128::from(self.window.clip(from, to)) * instances;
        if let Some(timeline) = &mut self.timeline {
            timeline.spread(from, to, |bin, nanos| bin.covered_busy += nanos * instances);
        }
    }

    /// Whether busy times must be told by [`Meter::busy`]; with one slot they are those of the requests.
    pub fn draws_timeline(&self) -> bool {
        self.timeline.is_some()
    }

    /// A start begins.
    pub fn started(&mut self, at: Time, start: &DrawnStart) {
        let counts = self.window.has(at);
        self.usage.started += u64::from(counts);
        self.usage.throttled_starts += u64::from(counts && start.throttled > Span::ZERO);
    }

    /// A start that began at `from` is over at `until`: the instance is ready, or has failed to be, or is not wanted any
    /// more. Returns the part of it that is billed and within the window, in nanoseconds.
    pub fn start_over(&mut self, from: Time, start: &DrawnStart, until: Time, bills: BilledPhases) -> u64 {
        let end = until.min(from + start.duration());
        self.usage.starting += u128::from(self.window.clip(from, end));
        if let Some(timeline) = &mut self.timeline {
            timeline.spread(from, end, |bin, nanos| bin.starting += nanos);
        }
        let mut billed = 0;
        for (phase, (begin, end)) in start.spans(from, until).into_iter().enumerate() {
            let within = self.window.clip(begin, end);
            self.usage.start_phases[phase] += u128::from(within);
            billed += if bills.start[phase] { within } else { 0 };
            if let Some(timeline) = &mut self.timeline {
                timeline.spread(begin, end, |bin, nanos| bin.start_phases[phase] += nanos);
            }
        }
        billed
    }

    /// A start that began at `from` has failed at `at`.
    pub fn start_failed(&mut self, from: Time, at: Time) {
        self.usage.failed_starts += u64::from(self.window.has(from) && at <= self.window.to);
    }

    /// The pool was closed by its spend cap during `[from, to)`.
    pub fn closed(&mut self, from: Time, to: Time) {
        self.usage.closed += u128::from(self.window.clip(from, to));
        if let Some(timeline) = &mut self.timeline {
            timeline.spread(from, to, |bin, nanos| bin.closed += nanos);
        }
    }

    /// What has been accounted for that a bill is made of, where busy times are told by [`Meter::busy`]: usage but for idle
    /// time, and the ready time of instances that have stopped.
    pub fn accounted(&self) -> (Usage, u128) {
        let Usage { start_phases, busy, covered_busy, closed, rounding, .. } = self.usage;
        (Usage { start_phases, busy, covered_busy, closed, rounding, ..Usage::default() }, self.ready)
    }

    /// Requests of the window completed so far; it takes a while to count them.
    pub fn completed(&self) -> u64 {
        self.classes.iter().map(|class| class.latency.histogram.count()).sum()
    }

    /// `instances` instances were ready (idle or busy) during `[from, to)`, the last of them stopping then.
    pub fn ready(&mut self, from: Time, to: Time, instances: u32) {
        self.ready += u128::from(self.window.clip(from, to)) * u128::from(instances);
        if let Some(timeline) = &mut self.timeline {
            timeline.spread(from, to, |bin, nanos| bin.ready += nanos * u128::from(instances));
        }
    }

    /// Instances were held, as it is paid for; those of the fallback apart.
    pub fn held(&mut self, paid: &Paid, is_fallback: bool) {
        let instances = u128::from(paid.instances);
        let time = u128::from(self.window.clip(paid.from, paid.to)) * instances;
        *(if is_fallback { &mut self.usage.held_fallback } else { &mut self.usage.held }) += time;
        if let Some(timeline) = &mut self.timeline {
            timeline.spread(paid.from, paid.to, |bin, nanos| {
                *(if is_fallback { &mut bin.held_fallback } else { &mut bin.held }) += nanos * instances;
            });
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
        let latency: u128 = self.classes.iter().map(|class| class.latency.tally.sum).sum();
        let waiting = self.wait.tally.sum;
        let service = latency - waiting - self.across.network;
        self.usage.offered += service - self.slowed;
        self.usage.busy_slots += service - self.across.service;
        self.usage.waiting += waiting - self.across.waiting;
        if slots == 1 {
            self.usage.busy = self.usage.busy_slots;
        }
        self.usage.idle = self.ready - self.usage.busy;
        self.usage.ready_slots = self.ready * u128::from(slots);
        self.usage.peak = peak;
        let outcome = PoolOutcome {
            classes: self.classes.into_iter().map(ClassMeter::finish).collect(),
            wait: self.wait.finish(),
            losses: self.losses,
            usage: self.usage,
            timeline: self.timeline.map(|timeline| *timeline),
        };
        (outcome, self.observer)
    }
}

impl ClassMeter {
    fn finish(self) -> ClassOutcome {
        let latency = self.latency.finish();
        let mut requests = self.counts;
        requests.completed = latency.count();
        requests.arrived = requests.completed + requests.rejected + requests.timed_out;
        ClassOutcome { requests, latency }
    }
}

/// A [`Quantity`] while it is being measured.
struct QuantityMeter {
    histogram: HistogramRecorder,
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
        self.sum += u128::from(value.nanos());
        // Branches that are hardly ever taken, and so cheaper than writing both every time.
        if value < self.low {
            self.low = value;
        }
        if value > self.high {
            self.high = value;
        }
    }
}

impl QuantityMeter {
    fn new() -> QuantityMeter {
        QuantityMeter { histogram: HistogramRecorder::new(), tally: Tally::new() }
    }

    #[inline]
    fn record(&mut self, value: Span) {
        self.histogram.record(value);
        self.tally.add(value);
    }

    fn finish(self) -> Quantity {
        let histogram = self.histogram.finish();
        let Tally { sum, low, high } = self.tally;
        Quantity { range: (histogram.count() > 0).then_some((low, high)), histogram, sum }
    }
}
