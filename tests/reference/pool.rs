//! One pool: its instances, its queue and its events.

use std::collections::BTreeMap;

use breakeven::fleet::{End, RequestRecord};
use breakeven::random::{Purpose, Rng, Sampler, stream};
use breakeven::scenario::{IdleSelection, Overflow, PoolKind, ScaleOut, Scenario, Serverless, Throughput};
use breakeven::unit::{Span, Time};
use rand::RngExt as _;

use super::sharing::InHand;
use super::{Life, Request};

/// What may happen at one instant, in the order in which it happens. Arrivals come last; the fleet delivers them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Event {
    Completion { request: usize },
    Expiry { instance: usize, idle_spell: u64 },
    Ready { instance: usize },
    TimeOut { request: usize },
}

impl Event {
    fn kind(self) -> u8 {
        match self {
            Event::Completion { .. } => 0,
            Event::Expiry { .. } => 1,
            Event::Ready { .. } => 2,
            Event::TimeOut { .. } => 3,
        }
    }
}

/// Simultaneous events are ordered by kind, then by when they were scheduled.
type EventKey = (Time, u8, u64);

#[derive(Clone, Debug)]
struct Instance {
    created: Time,
    cold_start: bool,
    ready: Option<Time>,
    stopped: Option<Time>,
    /// The latest of its becoming ready and the ends of services on it.
    last_used: Time,
    /// The request for which it was started, while that one waits.
    bound: Option<usize>,
    /// The requests in service.
    serving: Vec<usize>,
    /// The same, with what each has left, where they share the instance.
    in_hand: Option<InHand>,
    /// How often it has become idle: an expiry of an earlier spell is void.
    idle_spell: u64,
}

#[derive(Clone, Debug)]
struct Routed {
    /// Its place in the fleet's stream.
    number: usize,
    request: Request,
    /// Instance, start of service, and whether an instance's becoming ready began it.
    service: Option<(usize, Time, bool)>,
    end: Option<End>,
}

/// What a pool does with a request that arrives now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    Serve,
    /// Start an instance for this very request.
    Start,
    Wait,
    Reject,
}

/// All that happened in a pool.
#[derive(Debug)]
pub struct History {
    pool: u16,
    requests: Vec<Routed>,
    pub lives: Vec<Life>,
}

impl History {
    /// Every request with its place in the fleet's stream.
    pub fn numbered_records(&self) -> impl Iterator<Item = (usize, RequestRecord)> + '_ {
        self.requests.iter().map(|routed| {
            let record = RequestRecord {
                arrival: routed.request.arrival,
                class: routed.request.class,
                pool: self.pool,
                end: routed.end.expect("every request is followed to its end"),
            };
            (routed.number, record)
        })
    }

    /// Every request, as it arrived and as it ended.
    pub fn requests(&self) -> impl Iterator<Item = (Request, End)> + '_ {
        self.requests.iter().map(|routed| (routed.request, routed.end.expect("every request is followed to its end")))
    }
}

#[derive(Clone, Debug)]
pub struct Pool {
    kind: PoolKind,
    timeouts: Vec<Option<Span>>,
    cold_starts: Option<(Sampler, Rng)>,
    idle_selections: Rng,
    instances: Vec<Instance>,
    requests: Vec<Routed>,
    queue: Vec<usize>,
    events: BTreeMap<EventKey, Event>,
    scheduled: u64,
}

impl Pool {
    /// A pool at t = 0. `owner` is its address in the streams of random numbers.
    pub fn new(scenario: &Scenario, kind: &PoolKind, replication: u32, owner: &[&str]) -> Pool {
        let draws = |purpose| stream(scenario.seed, replication, owner, purpose);
        let (cold_starts, ready_at_start) = match kind {
            PoolKind::Dedicated(dedicated) => (None, dedicated.instances.number()),
            PoolKind::Serverless(serverless) => (
                Some((Sampler::new(&serverless.start.initialize), draws(Purpose::ColdStart))),
                serverless.min_instances,
            ),
        };
        let mut pool = Pool {
            kind: kind.clone(),
            timeouts: scenario.traffic.iter().map(|class| class.timeout).collect(),
            cold_starts,
            idle_selections: draws(Purpose::IdleSelection),
            instances: Vec::new(),
            requests: Vec::new(),
            queue: Vec::new(),
            events: BTreeMap::new(),
            scheduled: 0,
        };
        for instance in 0..ready_at_start as usize {
            pool.create(Time::START, false, None);
            pool.instances[instance].ready = Some(Time::START);
            pool.go_idle(Time::START, instance);
        }
        pool
    }

    /// When the next event happens.
    pub fn next_event(&self) -> Option<Time> {
        self.events.first_key_value().map(|(&(time, _, _), _)| time)
    }

    /// Makes the next event happen.
    pub fn step(&mut self) {
        let ((now, _, _), event) = self.events.pop_first().expect("there is an event");
        match event {
            Event::Completion { request } => self.complete(now, request),
            Event::Expiry { instance, idle_spell } => self.expire(now, instance, idle_spell),
            Event::Ready { instance } => self.become_ready(now, instance),
            Event::TimeOut { request } => self.time_out(now, request),
        }
    }

    /// What the pool would do with a request that arrives now.
    pub fn answer(&self) -> Answer {
        if self.has_free_slot() {
            return Answer::Serve;
        }
        match &self.kind {
            PoolKind::Dedicated(dedicated) => match dedicated.queue_limit {
                Some(limit) if self.queue.len() as u64 >= limit => Answer::Reject,
                _ => Answer::Wait,
            },
            PoolKind::Serverless(serverless) => {
                let full = match serverless.overflow {
                    Overflow::Queue => Answer::Wait,
                    Overflow::Reject => Answer::Reject,
                };
                match serverless.scale_out {
                    ScaleOut::PerRequest if !self.has_max_instances() => Answer::Start,
                    ScaleOut::SlotDeficit { .. } if !self.has_max_instances() => Answer::Wait,
                    // A starting slot is unclaimed.
                    ScaleOut::SlotDeficit { .. } if self.queue.len() < self.starting_slots() => Answer::Wait,
                    _ => full,
                }
            }
        }
    }

    /// A request arrives here.
    pub fn arrive(&mut self, number: usize, request: Request) {
        let now = request.arrival;
        let index = self.requests.len();
        self.requests.push(Routed { number, request, service: None, end: None });
        match self.answer() {
            Answer::Serve => {
                let instance = self.select();
                self.begin(now, index, instance, false);
            }
            Answer::Start => {
                self.await_service(now, index);
                self.start_instance(now, Some(index));
            }
            Answer::Wait => {
                self.await_service(now, index);
                self.queue.push(index);
                while self.is_slot_deficit() && self.queue.len() > self.starting_slots() && !self.has_max_instances() {
                    self.start_instance(now, None);
                }
            }
            Answer::Reject => self.requests[index].end = Some(End::Rejected),
        }
    }

    /// How long a request that arrives now would wait here, nobody timing out and nobody arriving after it: the pool is
    /// copied and simulated until that request is served, so that no draw is consumed.
    pub fn foreseen_wait(&self, request: Request) -> Span {
        let mut future = self.clone();
        future.timeouts.fill(None);
        future.events.retain(|_, event| !matches!(event, Event::TimeOut { .. }));
        let index = future.requests.len();
        future.arrive(usize::MAX, request);
        loop {
            if let Some((_, start, _)) = future.requests[index].service {
                return Span::from_nanos(start.nanos() - request.arrival.nanos());
            }
            future.step();
        }
    }

    /// Whether a ready instance has a free slot.
    pub fn has_free_slot(&self) -> bool {
        (0..self.instances.len()).any(|instance| self.free_slots(instance) > 0)
    }

    /// Whether a serverless pool has all the instances that it may have; a dedicated one always has.
    pub fn has_max_instances(&self) -> bool {
        self.kind.most_instances().is_some_and(|most| self.existing() >= most as usize)
    }

    /// Requests waiting or in service.
    pub fn in_flight(&self) -> u64 {
        self.requests.iter().filter(|routed| routed.end.is_none()).count() as u64
    }

    pub fn into_history(self, pool: u16) -> History {
        let life = |instance: &Instance| Life {
            created: instance.created,
            cold_start: instance.cold_start,
            ready: instance.ready.expect("every start goes on until ready"),
            stopped: instance.stopped,
        };
        History { pool, lives: self.instances.iter().map(life).collect(), requests: self.requests }
    }

    fn serverless(&self) -> Option<&Serverless> {
        match &self.kind {
            PoolKind::Dedicated(_) => None,
            PoolKind::Serverless(serverless) => Some(serverless),
        }
    }

    fn is_slot_deficit(&self) -> bool {
        self.serverless().is_some_and(|serverless| matches!(serverless.scale_out, ScaleOut::SlotDeficit { .. }))
    }

    /// Starting, idle and busy instances.
    fn existing(&self) -> usize {
        self.instances.iter().filter(|instance| instance.stopped.is_none()).count()
    }

    fn starting_slots(&self) -> usize {
        let starting = self.instances.iter().filter(|instance| instance.ready.is_none()).count();
        starting * self.kind.slots() as usize
    }

    /// The slots of an instance on which a service may begin now.
    fn free_slots(&self, instance: usize) -> usize {
        let instance = &self.instances[instance];
        if instance.ready.is_none() || instance.stopped.is_some() {
            return 0;
        }
        self.kind.slots() as usize - instance.serving.len()
    }

    /// The instance that serves next: an instance in use with a free slot first (the fullest), then idle ones.
    fn select(&mut self) -> usize {
        let free: Vec<usize> = (0..self.instances.len()).filter(|&instance| self.free_slots(instance) > 0).collect();
        let in_use = |instance: usize| self.instances[instance].serving.len();
        let fullest = free.iter().map(|&instance| in_use(instance)).max().expect("a slot is free");
        let candidates: Vec<usize> = free.into_iter().filter(|&instance| in_use(instance) == fullest).collect();
        let rule = match &self.kind {
            PoolKind::Dedicated(dedicated) if dedicated.slots == 1 => IdleSelection::LeastRecentlyUsed,
            PoolKind::Dedicated(_) => IdleSelection::MostRecentlyUsed,
            PoolKind::Serverless(serverless) => serverless.idle_selection,
        };
        let last_used = |&&instance: &&usize| (self.instances[instance].last_used, instance);
        match rule {
            IdleSelection::MostRecentlyUsed => *candidates.iter().max_by_key(last_used).expect("a slot is free"),
            IdleSelection::LeastRecentlyUsed => *candidates.iter().min_by_key(last_used).expect("a slot is free"),
            IdleSelection::Newest => candidates[candidates.len() - 1],
            IdleSelection::Oldest => candidates[0],
            IdleSelection::Random if candidates.len() == 1 => candidates[0],
            IdleSelection::Random => {
                let drawn: u64 = self.idle_selections.random_range(0..candidates.len() as u64);
                candidates[drawn as usize]
            }
        }
    }

    fn schedule(&mut self, time: Time, event: Event) {
        self.events.insert((time, event.kind(), self.scheduled), event);
        self.scheduled += 1;
    }

    /// The request waits, but no longer than its class's time-out.
    fn await_service(&mut self, now: Time, request: usize) {
        if let Some(timeout) = self.timeouts[usize::from(self.requests[request].request.class)] {
            self.schedule(now + timeout, Event::TimeOut { request });
        }
    }

    fn create(&mut self, now: Time, cold_start: bool, bound: Option<usize>) {
        self.instances.push(Instance {
            created: now,
            cold_start,
            ready: None,
            stopped: None,
            last_used: now,
            bound,
            serving: Vec::new(),
            in_hand: self.shares().then(|| InHand::new(self.kind.throughput())),
            idle_spell: 0,
        });
    }

    fn start_instance(&mut self, now: Time, bound: Option<usize>) {
        let (sampler, rng) = self.cold_starts.as_mut().expect("only serverless pools start instances");
        let cold_start = sampler.sample(rng);
        self.create(now, true, bound);
        let instance = self.instances.len() - 1;
        self.schedule(now + cold_start, Event::Ready { instance });
    }

    fn begin(&mut self, now: Time, request: usize, instance: usize, cold: bool) {
        self.instances[instance].serving.push(request);
        self.requests[request].service = Some((instance, now, cold));
        let service = self.requests[request].request.service;
        if let Some(in_hand) = &mut self.instances[instance].in_hand {
            in_hand.begin(now, request, self.scheduled, service);
            self.scheduled += 1;
            self.schedule_next_completion(instance);
        } else {
            self.schedule(now + service, Event::Completion { request });
        }
    }

    fn shares(&self) -> bool {
        *self.kind.throughput() != Throughput::Independent
    }

    /// Whoever comes or goes moves the completions of the others: only the next one of an instance is ever scheduled.
    fn schedule_next_completion(&mut self, instance: usize) {
        let serving = &self.instances[instance].serving;
        self.events.retain(|_, event| !matches!(event, Event::Completion { request } if serving.contains(request)));
        let next = self.instances[instance].in_hand.as_ref().and_then(InHand::next);
        if let Some((request, time, turn)) = next {
            let event = Event::Completion { request };
            self.events.insert((time, event.kind(), turn), event);
        }
    }

    /// All of an instance's slots are free.
    fn go_idle(&mut self, now: Time, instance: usize) {
        self.instances[instance].idle_spell += 1;
        if let Some(serverless) = self.serverless() {
            let expiry = now + serverless.keep_alive.unwrap();
            let idle_spell = self.instances[instance].idle_spell;
            self.schedule(expiry, Event::Expiry { instance, idle_spell });
        }
    }

    fn complete(&mut self, now: Time, request: usize) {
        let (instance, start, cold) = self.requests[request].service.expect("a completion follows a service");
        self.requests[request].end = Some(End::Completed { start, completion: now, instance: instance as u64, cold });
        self.instances[instance].serving.retain(|&served| served != request);
        self.instances[instance].last_used = now;
        if let Some(in_hand) = &mut self.instances[instance].in_hand {
            in_hand.end(now, request);
            self.schedule_next_completion(instance);
        }
        if !self.queue.is_empty() {
            let head = self.queue.remove(0);
            self.begin(now, head, instance, false);
        } else if self.instances[instance].serving.is_empty() {
            self.go_idle(now, instance);
        }
    }

    fn expire(&mut self, now: Time, instance: usize, idle_spell: u64) {
        let min_instances = self.serverless().map_or(0, |serverless| serverless.min_instances) as usize;
        let still_idle =
            self.instances[instance].idle_spell == idle_spell && self.instances[instance].serving.is_empty();
        if still_idle && self.existing() > min_instances {
            self.instances[instance].stopped = Some(now);
        }
    }

    fn become_ready(&mut self, now: Time, instance: usize) {
        self.instances[instance].ready = Some(now);
        self.instances[instance].last_used = now;
        if let Some(bound) = self.instances[instance].bound.take() {
            self.begin(now, bound, instance, true);
        }
        while self.free_slots(instance) > 0 && !self.queue.is_empty() {
            let head = self.queue.remove(0);
            self.begin(now, head, instance, true);
        }
        if self.instances[instance].serving.is_empty() {
            self.go_idle(now, instance);
        }
    }

    /// The client leaves, unless its service has begun. The start of an instance that it began goes on.
    fn time_out(&mut self, now: Time, request: usize) {
        if self.requests[request].service.is_some() {
            return;
        }
        self.requests[request].end = Some(End::TimedOut { at: now });
        self.queue.retain(|&waiting| waiting != request);
        for instance in &mut self.instances {
            if instance.bound == Some(request) {
                instance.bound = None;
            }
        }
    }
}
