//! A pool of instances that come and go, with any number of slots: serverless pools, and dedicated ones that the FIFO
//! algorithm cannot serve exactly.
//!
//! An event-driven state machine. Simultaneous events happen in this order: completions, expiries of idle instances,
//! instances becoming ready, clients giving up, arrivals; within a kind, as they were scheduled.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use crate::measure::PoolOutcome;
use crate::random::Purpose;
use crate::scenario::{BilledPhases, Dedicated, IdleSelection, Overflow, OverflowRule, ScaleOut, Serverless, StartUp};
use crate::unit::{Span, Time};

use super::instances::Instances;
use super::life::Rounding;
use super::meter::{Meter, Observer, Request, Start};
use super::population::Population;
use super::service::{Service, Starting};
use super::setting::Setting;
use super::start_up::StartUps;
use super::waiting::WaitingRoom;

/// What distinguishes one pool from another.
#[derive(Clone, Copy, Debug)]
struct Policy {
    slots: u32,
    /// `None`: an idle instance is never stopped.
    keep_alive: Option<Span>,
    min_instances: u64,
    max_instances: Option<u64>,
    scale_out: ScaleOut,
    idle_selection: IdleSelection,
    /// Requests that may wait when no instance can be started, beyond those that a starting slot will serve; `None`: any number.
    queue_limit: Option<u64>,
    bills: BilledPhases,
    rounding: Option<Rounding>,
}

/// So many starts that fail one after the other, without one that does not, are given up: whoever waits is turned away.
const MOST_FAILURES_IN_A_ROW: u32 = 100;

/// What can happen besides completions and arrivals, in the order of simultaneous events.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Event {
    Expiry,
    Ready,
    Timeout,
}

/// A pool whose requests in service complete as `S` says.
pub(super) struct ElasticPool<O, S> {
    policy: Policy,
    starts: StartUps,
    instances: Instances,
    population: Population,
    waiting: WaitingRoom,
    service: S,
    /// Instances that start: when each is ready, its turn in the order of starts, its place.
    starting: BinaryHeap<Reverse<(Time, u64, u32)>>,
    started: u64,
    failures_in_a_row: u32,
    /// Before this, nothing but completions and arrivals happens.
    quiet_until: Time,
    /// Requests in service.
    in_service: u64,
    /// Whether busy times of instances are needed beside the service times of requests.
    times_busy: bool,
    meter: Meter<O>,
}

impl<O: Observer, S: Service> ElasticPool<O, S> {
    pub fn serverless(
        pool: &Serverless,
        service: S,
        setting: &Setting,
        owner: &[&str],
        logged: bool,
        observer: O,
    ) -> Self {
        let policy = Policy {
            slots: pool.slots,
            keep_alive: Some(pool.keep_alive),
            min_instances: u64::from(pool.min_instances),
            max_instances: pool.max_instances.map(u64::from),
            scale_out: pool.scale_out,
            idle_selection: pool.idle_selection,
            queue_limit: (pool.overflow == Overflow::Reject).then_some(0),
            bills: pool.tariff.bills,
            rounding: Rounding::of(&pool.tariff),
        };
        Self::new(policy, &pool.start, service, setting, owner, logged, observer)
    }

    pub fn dedicated(
        pool: &Dedicated,
        service: S,
        setting: &Setting,
        owner: &[&str],
        logged: bool,
        observer: O,
    ) -> Self {
        // With one slot, the least recently used, as the FIFO algorithm has it.
        let rule = if pool.slots == 1 { IdleSelection::LeastRecentlyUsed } else { IdleSelection::MostRecentlyUsed };
        let policy = Policy {
            slots: pool.slots,
            keep_alive: None,
            min_instances: u64::from(pool.instances.number()),
            max_instances: Some(u64::from(pool.instances.number())),
            scale_out: ScaleOut::PerRequest,
            idle_selection: rule,
            queue_limit: pool.queue_limit,
            bills: BilledPhases::ALL,
            rounding: None,
        };
        Self::new(policy, &StartUp::immediate(), service, setting, owner, logged, observer)
    }

    fn new(
        policy: Policy,
        start: &StartUp,
        service: S,
        setting: &Setting,
        owner: &[&str],
        logged: bool,
        observer: O,
    ) -> Self {
        let mut pool = ElasticPool {
            policy,
            starts: StartUps::new(start, setting, owner),
            instances: Instances::new(
                policy.slots,
                policy.idle_selection,
                setting.draws(owner, Purpose::IdleSelection),
            ),
            population: Population::new(setting.window, policy.min_instances, logged),
            waiting: WaitingRoom::new(setting.timeouts.clone()),
            service,
            starting: BinaryHeap::new(),
            started: 0,
            failures_in_a_row: 0,
            quiet_until: Time::START,
            in_service: 0,
            times_busy: policy.slots > 1 || policy.rounding.is_some() || setting.timeline,
            meter: Meter::new(setting, observer),
        };
        for _ in 0..policy.min_instances {
            let instance = pool.instances.create(Time::START, 0, false);
            pool.instances.file_idle(instance, Time::START);
        }
        pool
    }

    /// Before the first request: about how far apart they are. It decides how fast the pool is simulated, never what happens.
    pub fn expect_gap(&mut self, mean: Span) {
        self.service.expect_gap(mean);
    }

    /// Serves requests in the order of their arrivals.
    pub fn replay(&mut self, requests: impl Iterator<Item = Request>) {
        requests.for_each(|request| {
            self.advance(request.arrival);
            self.accept(&request);
        });
    }

    /// Lets everything happen that is due by `until`, an arrival's time.
    #[inline]
    pub fn advance(&mut self, until: Time) {
        loop {
            let limit = until.min(self.quiet_until);
            while let Some(time) = self.service.next_time()
                && time <= limit
            {
                self.complete();
            }
            if until < self.quiet_until || !self.step(until) {
                return;
            }
        }
    }

    /// Lets the first thing happen that is due by `until`, whatever it is. False when there is none.
    #[inline(never)]
    fn step(&mut self, until: Time) -> bool {
        let completion = self.service.next_time().filter(|&time| time <= until);
        let other = self.next_event().filter(|&(time, _)| time <= until);
        let now = match (completion, other) {
            (Some(time), other) if other.is_none_or(|(first, _)| time <= first) => {
                self.complete();
                time
            }
            (_, Some((time, event))) => {
                self.handle(event, time);
                time
            }
            _ => until,
        };
        self.quiet_until = self.quiet_from(now);
        completion.is_some() || other.is_some()
    }

    /// Until when nothing but completions and arrivals can happen, seen from `now`: an instance that becomes idle from now
    /// on expires a keep-alive time later at the earliest. What starts or begins to wait shortens it.
    fn quiet_from(&mut self, now: Time) -> Time {
        let next_expiry = self.policy.keep_alive.map(|keep_alive| now + keep_alive);
        let next_event = self.next_event().map(|(time, _)| time);
        [next_expiry, next_event].into_iter().flatten().min().unwrap_or(Time::END)
    }

    /// The first of the events that are neither completions nor arrivals.
    #[inline]
    fn next_event(&mut self) -> Option<(Time, Event)> {
        let expiry = match (self.policy.keep_alive, self.instances.next_to_expire()) {
            (Some(keep_alive), Some(idle_since)) => Some((idle_since + keep_alive, Event::Expiry)),
            _ => None,
        };
        if self.starting.is_empty() && self.waiting.waiting() == 0 {
            return expiry;
        }
        let ready = self.starting.peek().map(|&Reverse((time, ..))| (time, Event::Ready));
        let timeout = self.waiting.next_deadline().map(|(time, _)| (time, Event::Timeout));
        [expiry, ready, timeout].into_iter().flatten().min()
    }

    fn handle(&mut self, event: Event, now: Time) {
        match event {
            Event::Expiry => self.expire(now),
            Event::Ready => self.become_ready(now),
            Event::Timeout => self.time_out(now),
        }
    }

    /// The next completion: its instance serves the head of the queue, or has a free slot.
    #[inline]
    fn complete(&mut self) {
        let Some(completion) = self.service.end_next(&mut self.meter) else {
            return;
        };
        let (now, instance) = (completion.time, completion.instance);
        self.in_service -= 1;
        let serves_none = self.instances.end(instance, now);
        if serves_none && self.times_busy {
            self.close_busy_time(instance, now);
        }
        if self.waiting.queued() > 0
            && let Some(request) = self.waiting.take_head()
        {
            self.serve(instance, &request, now, false);
            self.instances.file_in_use(instance);
        } else if serves_none {
            self.instances.file_idle(instance, now);
        } else {
            self.instances.file_in_use(instance);
        }
    }

    /// Accounts for a busy time that has ended.
    fn close_busy_time(&mut self, index: u32, now: Time) {
        let instance = self.instances.get(index);
        instance.life.busy += self.meter.busy(instance.busy_since, now);
    }

    /// Stops the instances whose keep-alive time is over, down to the minimum.
    fn expire(&mut self, now: Time) {
        let surplus = self.population.count().saturating_sub(self.policy.min_instances);
        for instance in self.instances.expire(surplus) {
            self.stop(instance, now);
        }
    }

    /// A started instance is ready: it serves the request that it was started for, and the head of the queue.
    fn become_ready(&mut self, now: Time) {
        let Some(Reverse((_, _, index))) = self.starting.pop() else { return };
        if self.instances.get(index).fails {
            return self.fail_to_start(index, now);
        }
        self.failures_in_a_row = 0;
        let bound = self.instances.get(index).bound.take();
        let first = bound.and_then(|ticket| self.waiting.leave(ticket)).map(|(request, _)| request);
        let mut next = first.or_else(|| self.waiting.take_head());
        let mut in_use = 0;
        while let Some(request) = next {
            self.serve(index, &request, now, true);
            in_use += 1;
            next = if in_use < self.policy.slots { self.waiting.take_head() } else { None };
        }
        if in_use == 0 {
            self.instances.file_idle(index, now);
        } else {
            self.instances.file_in_use(index);
        }
    }

    /// A start has failed: another takes its place if somebody waits for it.
    fn fail_to_start(&mut self, index: u32, now: Time) {
        let bound = self.instances.get(index).bound.take();
        self.stop(index, now);
        self.failures_in_a_row += 1;
        if self.failures_in_a_row >= MOST_FAILURES_IN_A_ROW {
            self.failures_in_a_row = 0;
            return self.give_up_all(now);
        }
        match self.policy.scale_out {
            ScaleOut::PerRequest => {
                let bound = bound.filter(|&ticket| self.waiting.holder(ticket).is_some());
                if (bound.is_some() || self.waiting.queued() > 0) && self.can_start() {
                    let instance = self.start(now);
                    self.instances.get(instance).bound = bound;
                    if let Some(ticket) = bound {
                        self.waiting.rebind(ticket, instance);
                    }
                }
            }
            ScaleOut::SlotDeficit => self.cover_deficit(now),
        }
    }

    /// So many starts have failed that those who wait are turned away.
    fn give_up_all(&mut self, now: Time) {
        while let Some((request, bound_to)) = self.waiting.take_any() {
            if let Some(instance) = bound_to {
                self.instances.get(instance).bound = None;
            }
            self.meter.rejected_at(&request, now);
        }
    }

    /// A client gives up; a start that it began goes on.
    fn time_out(&mut self, now: Time) {
        let Some((_, ticket)) = self.waiting.next_deadline() else {
            return;
        };
        if let Some((request, bound_to)) = self.waiting.leave(ticket) {
            if let Some(instance) = bound_to {
                self.instances.get(instance).bound = None;
            }
            self.meter.timed_out(&request, now);
        }
    }

    /// An arrival, at a time that the pool has advanced to.
    #[inline]
    pub fn accept(&mut self, request: &Request) {
        if let Some(instance) = self.instances.choose() {
            self.serve(instance, request, request.arrival, false);
            if self.policy.slots > 1 {
                self.instances.file_in_use(instance);
            }
        } else {
            self.accept_without_free_slot(request);
        }
    }

    #[inline(never)]
    fn accept_without_free_slot(&mut self, request: &Request) {
        if self.would_reject() {
            self.meter.rejected(request);
            return;
        }
        match self.policy.scale_out {
            ScaleOut::PerRequest if self.can_start() => {
                let instance = self.start(request.arrival);
                let ticket = self.waiting.bind(*request, instance);
                self.instances.get(instance).bound = Some(ticket);
            }
            ScaleOut::PerRequest => self.waiting.join(*request),
            ScaleOut::SlotDeficit => {
                self.waiting.join(*request);
                self.cover_deficit(request.arrival);
            }
        }
        if let Some((deadline, _)) = self.waiting.next_deadline() {
            self.quiet_until = self.quiet_until.min(deadline);
        }
    }

    /// Starts instances while more requests wait than slots start.
    fn cover_deficit(&mut self, now: Time) {
        while self.waiting.queued() > self.starting_slots() && self.can_start() {
            self.start(now);
        }
    }

    #[inline]
    fn serve(&mut self, index: u32, request: &Request, now: Time, cold: bool) {
        let serves_one = self.instances.begin(index);
        if serves_one && self.times_busy {
            self.instances.get(index).busy_since = now;
        }
        let instance = if O::ASKS_FOR_INSTANCES { self.instances.created(index) } else { 0 };
        self.in_service += 1;
        self.service.begin(request, Start { at: now, instance, cold }, index, &mut self.meter);
    }

    /// Starts an instance, which takes its start-up to be ready.
    fn start(&mut self, now: Time) -> u32 {
        let start = self.starts.take();
        let ready = now + start.duration();
        let billed_start = self.meter.started(now, &start, self.policy.bills);
        let instance = self.instances.create(ready, billed_start, start.fails);
        self.starting.push(Reverse((ready, self.started, instance)));
        self.started += 1;
        self.quiet_until = self.quiet_until.min(ready);
        self.population.change(now, 1);
        instance
    }

    /// The end of an instance that serves nothing.
    fn stop(&mut self, index: u32, now: Time) {
        self.instances.get(index).life.end(now, self.policy.rounding, &mut self.meter);
        self.instances.retire(index);
        self.population.change(now, -1);
    }

    fn can_start(&self) -> bool {
        self.policy.max_instances.is_none_or(|most| self.population.count() < most)
    }

    fn starting_slots(&self) -> u64 {
        self.starting.len() as u64 * u64::from(self.policy.slots)
    }

    /// Whether an arrival that finds no free slot would be rejected.
    fn would_reject(&self) -> bool {
        let claimed = match self.policy.scale_out {
            ScaleOut::PerRequest => 0,
            ScaleOut::SlotDeficit => self.starting_slots(),
        };
        let full = |limit| self.waiting.queued() >= claimed + limit;
        !self.can_start() && self.policy.queue_limit.is_some_and(full)
    }

    /// Whether the pool leaves an arrival at `now` to the next one: because it would reject it, or by the rule.
    #[inline]
    pub fn passes_on(&mut self, now: Time, rule: OverflowRule) -> bool {
        self.rejects()
            || match rule {
                OverflowRule::WhenFull => self.is_full(),
                OverflowRule::WaitOver(limit) => self.prospective_wait(now) > limit,
                OverflowRule::RateOver(_) => false,
                OverflowRule::InFlightOver(limit) => self.in_flight() >= limit,
            }
    }

    /// Whether the pool has no free slot and may not start an instance.
    fn is_full(&self) -> bool {
        !self.instances.any_free() && !self.can_start()
    }

    /// Whether the pool would reject an arrival.
    fn rejects(&self) -> bool {
        !self.instances.any_free() && self.would_reject()
    }

    /// Requests waiting or in service.
    fn in_flight(&self) -> u64 {
        self.waiting.waiting() + self.in_service
    }

    /// How long an arrival at `now` would wait if nobody ahead timed out and nobody came after it: by the remaining and
    /// the queued service times, and the cold start that it would draw.
    fn prospective_wait(&mut self, now: Time) -> Span {
        if self.instances.any_free() {
            return Span::ZERO;
        }
        let starts = match self.policy.scale_out {
            ScaleOut::PerRequest => self.can_start(),
            ScaleOut::SlotDeficit => self.can_start() && self.waiting.queued() >= self.starting_slots(),
        };
        if starts && self.policy.scale_out == ScaleOut::PerRequest {
            return self.starts.peek().duration();
        }
        let first_free = if self.starting.is_empty() && self.waiting.queued() == 0 && !starts {
            self.service.next_time()
        } else {
            let mut starting = self.instances_to_come();
            if starts {
                let ready = now + self.starts.peek().duration();
                starting.push(Starting { ready, instance: self.instances.next_place(), bound: None });
                starting.sort_by_key(|start| start.ready);
            }
            self.service.first_free(self.policy.slots, &starting, self.waiting.in_line())
        };
        first_free.map_or(Span::ZERO, |time| time.saturating_since(now))
    }

    /// The starting instances in the order in which they will be ready.
    fn instances_to_come(&mut self) -> Vec<Starting> {
        let mut starting: Vec<(Time, u64, u32)> = self.starting.iter().map(|&Reverse(start)| start).collect();
        starting.sort_unstable();
        let start = |(ready, _, instance)| {
            let bound = self.instances.get(instance).bound.and_then(|ticket| self.waiting.holder(ticket));
            Starting { ready, instance, bound: bound.copied() }
        };
        starting.into_iter().map(start).collect()
    }

    pub fn take_log(&mut self) -> Vec<(Time, i64)> {
        self.population.take_log()
    }

    /// Follows every request to its end.
    pub fn drain(&mut self) {
        self.advance(Time::END);
    }

    /// The end of the simulation, after [`ElasticPool::drain`].
    pub fn finish(mut self) -> (PoolOutcome, O) {
        let end = Time::END;
        for instance in self.instances.living() {
            self.stop(instance, end);
        }
        self.meter.finish(self.policy.slots, self.population.peak())
    }
}
