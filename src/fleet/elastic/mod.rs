//! A pool of instances that come and go, with any number of slots: serverless pools, and dedicated ones that the FIFO
//! algorithm cannot serve exactly.
//!
//! An event-driven state machine. Simultaneous events happen in this order: completions, expiries of idle instances,
//! instances becoming ready, clients giving up, what happens to the supply of instances, looks of the
//! scaler, checks of a spend cap, arrivals; within a kind, as they were scheduled.
//! `requests` has the way of a request, `lifecycle` that of an instance, `scaling` says how many there shall be, `supply` how
//! they are had and lost, `spend_cap` when what is spent closes the pool, `routing` answers what a router asks.

mod bucket;
mod cover;
mod lifecycle;
mod requests;
mod routing;
mod scaling;
mod spend_cap;
mod supply;

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use crate::measure::{Loss, PoolOutcome};
use crate::random::Purpose;
use crate::scenario::{BilledPhases, Dedicated, IdleSelection, Overflow, ScaleOut, Serverless, StartUp, WhenZero};
use crate::unit::{Span, Time};

use super::instances::Instances;
use super::life::Rounding;
use super::limits::Limits;
use super::meter::{Meter, Observer, Request};
use super::population::Population;
use super::scaler::{Bounds, scaler};
use super::service::Service;
use super::setting::Setting;
use super::start_up::{DrawnStart, StartUps};
use super::waiting::WaitingRoom;
use bucket::TokenBucket;
use cover::Cover;
use scaling::Scaling;
use spend_cap::SpendCap;
pub(super) use supply::Paid;
use supply::Supply;

/// What distinguishes one pool from another.
#[derive(Clone, Copy, Debug)]
struct Policy {
    slots: u32,
    /// `None`: an idle instance is never stopped.
    keep_alive: Option<Span>,
    min_instances: u64,
    max_instances: Option<u64>,
    starts_for: StartsFor,
    idle_selection: IdleSelection,
    /// Requests that may wait; `None`: any number.
    queue_limit: Option<u64>,
    /// Whether arrivals are turned away when no instance can be started and no slot that starts is left for them.
    rejects_at_max: bool,
    /// Whether arrivals are turned away while no instance is ready.
    rejects_at_zero: bool,
    limits: Limits,
    bills: BilledPhases,
    rounding: Option<Rounding>,
}

impl Policy {
    /// Instances that a rule starts and takes away.
    fn scaled(rule: &ScaleOut, keep_alive: Option<Span>, min_instances: u32, max_instances: Option<u32>) -> Policy {
        Policy {
            keep_alive: if rule.removes_instances() { None } else { keep_alive },
            min_instances: u64::from(min_instances),
            max_instances: max_instances.map(u64::from),
            starts_for: match *rule {
                ScaleOut::PerRequest => StartsFor::Arrival { beyond: 1 },
                ScaleOut::LambdaTokenBucket { target, .. } => StartsFor::Arrival { beyond: u64::from(target) },
                ScaleOut::SlotDeficit { buffer, count_starting } => {
                    StartsFor::Deficit { buffer: u64::from(buffer), counts_starting: count_starting }
                }
                _ => StartsFor::Number,
            },
            ..Policy::held(0, true)
        }
    }

    /// A number of instances of one slot, there from t = 0 on; unless they are steady, the supply has them.
    fn held(instances: u32, is_steady: bool) -> Policy {
        let instances = u64::from(instances);
        Policy {
            slots: 1,
            keep_alive: None,
            min_instances: if is_steady { instances } else { 0 },
            max_instances: Some(instances),
            starts_for: StartsFor::Number,
            idle_selection: IdleSelection::MostRecentlyUsed,
            queue_limit: None,
            rejects_at_max: false,
            rejects_at_zero: false,
            limits: Limits::default(),
            bills: BilledPhases::ALL,
            rounding: None,
        }
    }
}

/// What an instance is started for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum StartsFor {
    /// An arrival that finds no free slot, which waits for it. If `beyond` is above 1, only one that finds as many requests
    /// an instance in flight.
    Arrival { beyond: u64 },
    /// More waiting requests than slots start, and idle instances beyond that while there is traffic.
    Deficit { buffer: u64, counts_starting: bool },
    /// A number of instances that a scaler asks for, or that is held.
    Number,
}

/// What can happen besides completions and arrivals, in the order of simultaneous events.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Event {
    Expiry,
    Ready,
    Timeout,
    Supply,
    Look,
    SpendCap,
}

/// A pool whose requests in service complete as `S` says.
pub(super) struct ElasticPool<O, S> {
    policy: Policy,
    starts: StartUps,
    instances: Instances,
    population: Population,
    waiting: WaitingRoom,
    /// By class: why a request leaves that has waited for as long as it does.
    impatience: Vec<Loss>,
    service: S,
    /// Instances that start: when each is ready, its turn in the order of starts, its place.
    starting: BinaryHeap<Reverse<(Time, u64, u32)>>,
    /// By place of an instance that starts: since when, and how it goes.
    orders: Vec<(Time, DrawnStart)>,
    started: u64,
    failures_in_a_row: u32,
    /// Instances that serve what they have and are then stopped.
    draining: u64,
    scaling: Option<Box<Scaling>>,
    bucket: Option<TokenBucket>,
    /// How instances are held that come and go though they are dedicated.
    supply: Option<Box<Supply>>,
    /// Before this, nothing but completions and arrivals happens.
    quiet_until: Time,
    /// Requests in service.
    in_service: u64,
    /// Whether busy times of instances are needed beside the service times of requests.
    times_busy: bool,
    /// Of minimum instances with a price of their own; then busy times are needed.
    cover: Option<Cover>,
    /// Of a pool that is closed when it has spent so much.
    spend_cap: Option<Box<SpendCap>>,
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
            queue_limit: pool.queue_limit,
            rejects_at_max: pool.overflow == Overflow::Reject,
            rejects_at_zero: pool.when_zero == WhenZero::Reject,
            limits: Limits { execution: pool.execution_limit, time_to_live: pool.time_to_live },
            bills: pool.tariff.bills,
            rounding: Rounding::of(&pool.tariff),
            idle_selection: pool.idle_selection,
            ..Policy::scaled(&pool.scale_out, pool.keep_alive, pool.min_instances, pool.max_instances)
        };
        let mut elastic = Self::new(policy, &pool.start, service, setting, owner, logged, observer);
        elastic.scale(&pool.scale_out, Bounds::new(pool.min_instances, pool.max_instances));
        elastic.cover = Cover::of(pool);
        elastic.spend_cap = SpendCap::of(pool, setting.window).map(Box::new);
        elastic.times_busy |= elastic.cover.is_some() || elastic.spend_cap.is_some();
        elastic.create_first();
        elastic
    }

    pub fn dedicated(
        pool: &Dedicated,
        service: S,
        setting: &Setting,
        owner: &[&str],
        logged: bool,
        observer: O,
    ) -> Self {
        let instances = pool.instances.number();
        let scaling = pool.terms.autoscaling.as_ref();
        // The most may be fitted, and then be less than the minimum that is written.
        let least = scaling.map_or(0, |scaling| scaling.min_instances.min(instances));
        let scaled =
            scaling.map(|scaling| Policy::scaled(&scaling.scale_out, scaling.keep_alive, least, Some(instances)));
        let is_steady = pool.terms.is_steady();
        let policy = Policy {
            slots: pool.slots,
            queue_limit: pool.queue_limit,
            // With one slot, the least recently used, as the FIFO algorithm has it.
            idle_selection: match pool.slots {
                1 if scaling.is_none() => IdleSelection::LeastRecentlyUsed,
                _ => IdleSelection::MostRecentlyUsed,
            },
            ..scaled.unwrap_or(Policy::held(instances, is_steady))
        };
        let boot = if is_steady { &StartUp::immediate() } else { &pool.terms.boot };
        let mut elastic = Self::new(policy, boot, service, setting, owner, logged, observer);
        if let Some(scaling) = scaling {
            elastic.scale(&scaling.scale_out, Bounds::new(least, Some(instances)));
        }
        if is_steady {
            elastic.create_first();
        } else {
            let target = u64::from(if scaling.is_some() { least } else { instances });
            elastic.supply = Some(Box::new(Supply::new(pool, target, setting, owner)));
            elastic.supply_first();
        }
        elastic
    }

    /// Instances are started and taken away by a rule.
    fn scale(&mut self, rule: &ScaleOut, bounds: Bounds) {
        self.scaling = scaler(rule, bounds, self.policy.slots).map(|scaler| Box::new(Scaling::new(scaler)));
        if let ScaleOut::LambdaTokenBucket { rate, burst, .. } = *rule {
            self.bucket = Some(TokenBucket::new(rate, burst));
        }
        self.quiet_until = Time::START;
    }

    /// The minimum of instances, ready at t = 0.
    fn create_first(&mut self) {
        let instances = self.policy.min_instances;
        self.population.begin_with(instances);
        for _ in 0..instances {
            let instance = self.instances.create(Time::START);
            self.instances.file_idle(instance, Time::START);
        }
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
        let patience: Vec<_> = setting.timeouts.iter().map(|&timeout| policy.limits.patience(timeout)).collect();
        ElasticPool {
            policy,
            starts: StartUps::new(start, setting, owner),
            instances: Instances::new(
                policy.slots,
                policy.idle_selection,
                setting.draws(owner, Purpose::IdleSelection),
            ),
            population: Population::new(setting.window, 0, logged),
            waiting: WaitingRoom::new(patience.iter().map(|patience| patience.map(|(span, _)| span)).collect()),
            impatience: patience.into_iter().map(|it| it.map_or(Loss::ClientTimeout, |(_, loss)| loss)).collect(),
            service,
            starting: BinaryHeap::new(),
            orders: Vec::new(),
            started: 0,
            failures_in_a_row: 0,
            draining: 0,
            scaling: None,
            bucket: None,
            supply: None,
            quiet_until: Time::START,
            in_service: 0,
            times_busy: policy.slots > 1 || policy.rounding.is_some() || setting.timeline,
            cover: None,
            spend_cap: None,
            meter: Meter::new(setting, observer),
        }
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
        if self.starting.is_empty() && self.waiting.waiting() == 0 && !self.has_clock() {
            return expiry;
        }
        let ready = self.starting.peek().map(|&Reverse((time, ..))| (time, Event::Ready));
        let timeout = self.waiting.next_deadline().map(|(time, _)| (time, Event::Timeout));
        let supply = self.supply.as_ref().and_then(|supply| supply.next_time()).map(|time| (time, Event::Supply));
        let look = self.scaling.as_ref().map(|scaling| (scaling.next_look(), Event::Look));
        let check = self.spend_cap.as_ref().and_then(|cap| cap.next_check()).map(|time| (time, Event::SpendCap));
        [expiry, ready, timeout, supply, look, check].into_iter().flatten().min()
    }

    fn handle(&mut self, event: Event, now: Time) {
        match event {
            Event::Expiry => self.expire(now),
            Event::Ready => self.become_ready(now),
            Event::Timeout => self.time_out(now),
            Event::Supply => self.supply_happens(now),
            Event::Look => self.look(now, 0),
            Event::SpendCap => self.check_spend_cap(now),
        }
    }

    pub fn take_lost(&mut self) -> Vec<(Request, Time)> {
        self.meter.take_lost()
    }

    /// When the next thing happens that may lose a request; `None`: nothing does before the next arrival.
    pub fn next_loss(&mut self) -> Option<Time> {
        if self.in_flight() == 0 {
            return None;
        }
        self.next_event().map(|(time, _)| time).into_iter().chain(self.service.next_time()).min()
    }

    pub fn take_log(&mut self) -> Vec<(Time, i64)> {
        self.population.take_log()
    }

    /// Whether things happen though no request is in flight.
    fn has_clock(&self) -> bool {
        self.never_rests() || self.spend_cap.is_some()
    }

    /// Whether they do so without end.
    fn never_rests(&self) -> bool {
        self.scaling.is_some() || self.supply.is_some()
    }

    /// Follows every request to its end.
    pub fn drain(&mut self) {
        if !self.never_rests() {
            self.advance(Time::END);
            // Nothing will ever serve them.
            return self.give_up_all(Time::END, Loss::NoInstance);
        }
        // A scaler never stops to look, and instances always come and go: the pool is followed to the end of the window, then as long as requests are in flight.
        let mut now = self.meter.window().to;
        let patience = now + LAST_HOPE;
        self.advance(now);
        while self.in_flight() > 0 {
            now = self.next_loss().unwrap_or(Time::END);
            if self.in_service == 0 && self.starting.is_empty() && now > patience {
                return self.give_up_all(now, Loss::NoInstance);
            }
            self.advance(now);
        }
    }

    /// The end of the simulation, after [`ElasticPool::drain`].
    pub fn finish(mut self) -> (PoolOutcome, O) {
        let end = Time::END;
        for Reverse((.., index)) in std::mem::take(&mut self.starting) {
            self.account_for_start(index, end);
        }
        self.stop_all(end);
        self.account_for_closed_time(end);
        self.meter.finish(self.policy.slots, self.population.peak())
    }
}

/// So long after the window whoever still waits is turned away, if nothing serves and nothing starts: a scaler that sees no
/// more arrivals may leave them waiting for ever.
const LAST_HOPE: Span = Span::DAY;
