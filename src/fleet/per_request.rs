//! Serverless instances of one slot, started a request at a time, without an event queue: when a request arrives it is
//! known when each instance is free, so the request takes the one that was free last, or a start whose end is known too.
//!
//! Exact where nobody waits for an instance that another request will free: nothing is kept warm, and at the limit
//! arrivals are rejected. What is left of the event queue is one ordered set of free times (`free_times`).

use crate::measure::{Loss, PoolOutcome};
use crate::scenario::{BilledPhases, IdleSelection, Overflow, ScaleOut, Serverless, WhenZero};
use crate::unit::{Span, Time};

use super::free_times::FreeTimes;
use super::life::{Life, Rounding};
use super::limits::Limits;
use super::meter::{Meter, Observer, Request, Start};
use super::population::Population;
use super::setting::Setting;
use super::start_up::StartUps;

pub(super) struct PerRequestPool<O> {
    keep_alive: Span,
    max_instances: Option<u64>,
    rounding: Option<Rounding>,
    limits: Limits,
    is_limited: bool,
    /// By class: how long a request waits, and why it then leaves.
    patience: Vec<Option<(Span, Loss)>>,
    bills: BilledPhases,
    starts: StartUps,
    /// By place in `free`.
    lives: Vec<Life>,
    free: FreeTimes,
    population: Population,
    /// Before this, no idle instance stops.
    quiet_until: Time,
    meter: Meter<O>,
}

impl<O: Observer> PerRequestPool<O> {
    /// Whether this algorithm is exact for the pool.
    pub fn serves(pool: &Serverless) -> bool {
        pool.scale_out == ScaleOut::PerRequest
            && pool.idle_selection == IdleSelection::MostRecentlyUsed
            && pool.slots == 1
            && !pool.start.may_fail()
            && pool.queue_limit.is_none()
            && pool.when_zero == WhenZero::Queue
            && pool.min_instances == 0
            && pool.tariff.spend_cap.is_none()
            && (pool.max_instances.is_none() || pool.overflow == Overflow::Reject)
    }

    pub fn new(pool: &Serverless, setting: &Setting, owner: &[&str], logged: bool, observer: O) -> Self {
        let limits = Limits { execution: pool.execution_limit, time_to_live: pool.time_to_live };
        PerRequestPool {
            keep_alive: pool.keep_alive.unwrap_or(Span::ZERO),
            max_instances: pool.max_instances.map(u64::from),
            rounding: Rounding::of(&pool.tariff),
            limits,
            is_limited: limits.any(),
            patience: setting.timeouts.iter().map(|&timeout| limits.patience(timeout)).collect(),
            bills: pool.tariff.bills,
            starts: StartUps::new(&pool.start, setting, owner),
            lives: Vec::new(),
            free: FreeTimes::new(Span::SECOND),
            population: Population::new(setting.window, 0, logged),
            quiet_until: Time::START,
            meter: Meter::new(setting, observer),
        }
    }

    /// Before the first request: about how far apart they are. It decides how fast the pool is simulated, never what happens.
    pub fn expect_gap(&mut self, mean: Span) {
        self.free = FreeTimes::new(mean);
    }

    /// Serves, rejects or loses a request. Requests come in the order of their arrivals.
    #[inline]
    pub fn accept(&mut self, request: &Request) {
        self.advance(request.arrival);
        match self.free.take_latest(request.arrival) {
            Some(instance) => self.serve(instance, request, request.arrival, false),
            None => self.start_for(*request),
        }
    }

    /// Stops the instances whose keep-alive time is over by `until`.
    #[inline]
    pub fn advance(&mut self, until: Time) {
        if until >= self.quiet_until {
            self.expire(until);
        }
    }

    #[inline(never)]
    fn expire(&mut self, until: Time) {
        // What is free after `until` expires a keep-alive time after that at the earliest.
        self.quiet_until = until + self.keep_alive;
        while let Some((since, instance)) = self.free.earliest(until) {
            if since + self.keep_alive > until {
                self.quiet_until = self.quiet_until.min(since + self.keep_alive);
                return;
            }
            self.free.take_earliest(until);
            self.stop(instance, since + self.keep_alive);
        }
    }

    #[inline]
    fn serve(&mut self, instance: u32, request: &Request, start: Time, cold: bool) {
        let created = if O::ASKS_FOR_INSTANCES { self.free.created(instance) } else { 0 };
        let begin = Start { at: start, instance: created, cold };
        let completion = match self.is_limited {
            true => self.serve_within_limits(request, begin),
            false => self.meter.served(request, begin),
        };
        if self.rounding.is_some() {
            self.lives[instance as usize].busy += self.meter.window().clip(start, completion);
        }
        if self.meter.draws_timeline() {
            self.meter.busy(start, completion);
        }
        self.free.put(instance, completion);
    }

    #[inline(never)]
    fn serve_within_limits(&mut self, request: &Request, begin: Start) -> Time {
        self.meter.served_unless_cut(request, begin, self.limits.cut(request, begin.at))
    }

    /// No instance is idle: one is started for the request, unless the limit is reached.
    #[inline(never)]
    fn start_for(&mut self, request: Request) {
        if self.max_instances.is_some_and(|most| self.population.count() >= most) {
            self.meter.rejected(&request, Loss::MaxInstances);
            return;
        }
        let started = request.arrival;
        let start = self.starts.take();
        let ready = started + start.duration();
        self.population.change(started, 1);
        self.meter.started(started, &start);
        let billed_start = self.meter.start_over(started, &start, ready, self.bills);
        let instance = self.free.create();
        let life = Life { ready, billed_start, busy: 0 };
        match self.lives.get_mut(instance as usize) {
            Some(place) => *place = life,
            None => self.lives.push(life),
        }
        match self.patience[usize::from(request.class)] {
            Some((patience, loss)) if ready > started + patience => {
                // The request leaves; the instance becomes idle when it is ready.
                self.meter.timed_out(&request, started + patience, loss);
                self.free.put(instance, ready);
            }
            _ => self.serve(instance, &request, ready, true),
        }
    }

    fn stop(&mut self, instance: u32, at: Time) {
        self.lives[instance as usize].end(at, self.rounding, &mut self.meter);
        self.free.retire(instance);
        self.population.change(at, -1);
    }

    pub fn take_lost(&mut self) -> Vec<(Request, Time)> {
        self.meter.take_lost()
    }

    pub fn take_log(&mut self) -> Vec<(Time, i64)> {
        self.population.take_log()
    }

    /// Lets every instance come to its end.
    pub fn drain(&mut self) {
        self.advance(Time::END);
        for (since, instance) in self.free.drain() {
            self.stop(instance, since + self.keep_alive);
        }
    }

    /// The end of the simulation, after [`PerRequestPool::drain`].
    pub fn finish(self) -> (PoolOutcome, O) {
        self.meter.finish(1, self.population.peak())
    }
}
