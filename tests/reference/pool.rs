//! One pool: its queue, its events and the way of a request. That of an instance is in `instances.rs`.

use std::collections::BTreeMap;

use breakeven::fleet::End;
use breakeven::measure::Loss;
use breakeven::random::{Purpose, Rng, stream};
use breakeven::scenario::{Overflow, PoolKind, ScaleOut, Scenario, Serverless, Throughput, WhenZero};
use breakeven::unit::{Span, Time};

use super::clients::Attempt;
use super::history::{Fate, Followed, History};
use super::instances::Instance;
use super::scalers::{Scaler, View, has_token};
use super::sharing::InHand;
use super::speed::on_gpu;
use super::starts::Starts;

/// What may happen at one instant, in the order in which it happens. Arrivals come last; the fleet delivers them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Event {
    /// Its work is done.
    Completion {
        request: usize,
    },
    /// It has been served for as long as it may, or is as old as it may be.
    Cut {
        request: usize,
    },
    Expiry {
        instance: usize,
        idle_spell: u64,
    },
    /// A start is over.
    Ready {
        instance: usize,
    },
    TimeOut {
        request: usize,
        loss: Loss,
    },
    /// The scaler looks.
    Look,
}

/// When, of which kind, and its turn among equals; a service that ends just when it would be cut off is in time.
type EventKey = (Time, u8, u64, bool);

#[derive(Clone, Debug)]
struct Routed {
    /// Its place in the order of all arrivals at the fleet.
    number: usize,
    attempt: Attempt,
    /// Instance, start of service, and whether an instance's becoming ready began it.
    service: Option<(usize, Time, bool)>,
    fate: Option<Fate>,
}

#[derive(Clone, Debug)]
pub struct Pool {
    pub(super) kind: PoolKind,
    timeouts: Vec<Option<Span>>,
    pub(super) starts: Option<Starts>,
    pub(super) idle_selections: Rng,
    pub(super) scaler: Option<Scaler>,
    /// When a token was taken for a start.
    tokens_taken: Vec<Time>,
    pub(super) instances: Vec<Instance>,
    pub(super) failures_in_a_row: u32,
    requests: Vec<Routed>,
    pub(super) queue: Vec<usize>,
    events: BTreeMap<EventKey, Event>,
    scheduled: u64,
    /// Since they were last told.
    losses: Vec<(Attempt, Time)>,
    /// A copy in which nobody who waits leaves and no start fails, and nothing starts but for those who wait.
    pub(super) is_foreseen: bool,
}

impl Pool {
    /// A pool at t = 0. `owner` is its address in the streams of random numbers.
    pub fn new(scenario: &Scenario, kind: &PoolKind, replication: u32, owner: &[&str]) -> Pool {
        let draws = |purpose| stream(scenario.seed, replication, owner, purpose);
        let (starts, scaler, ready_at_start) = match kind {
            PoolKind::Dedicated(dedicated) => (None, None, dedicated.instances.number()),
            PoolKind::Serverless(serverless) => {
                let starts = Starts::new(&serverless.start, draws);
                (Some(starts), Scaler::of(serverless), serverless.min_instances)
            }
        };
        let first_look = scaler.as_ref().map(|scaler| Time::START + scaler.interval());
        let mut pool = Pool {
            kind: kind.clone(),
            timeouts: scenario.traffic.iter().map(|class| class.timeout).collect(),
            starts,
            idle_selections: draws(Purpose::IdleSelection),
            scaler,
            tokens_taken: Vec::new(),
            instances: Vec::new(),
            failures_in_a_row: 0,
            requests: Vec::new(),
            queue: Vec::new(),
            events: BTreeMap::new(),
            scheduled: 0,
            losses: Vec::new(),
            is_foreseen: false,
        };
        for _ in 0..ready_at_start {
            pool.create_ready();
        }
        if let Some(first_look) = first_look {
            pool.schedule(first_look, Event::Look);
        }
        pool
    }

    /// When the next event happens.
    pub fn next_event(&self) -> Option<Time> {
        self.events.first_key_value().map(|(&(time, ..), _)| time)
    }

    /// Makes the next event happen.
    pub fn step(&mut self) {
        let ((now, ..), event) = self.events.pop_first().expect("there is an event");
        match event {
            Event::Completion { request } => self.complete(now, request),
            Event::Cut { request } => self.cut(now, request),
            Event::Expiry { instance, idle_spell } => self.expire(now, instance, idle_spell),
            Event::Ready { instance } => self.start_is_over(now, instance),
            Event::TimeOut { request, loss } => self.time_out(now, request, loss),
            Event::Look => {
                let scaler = self.scaler.as_mut().expect("only a scaler looks");
                let next = now + scaler.interval();
                self.schedule(next, Event::Look);
                let view = self.view(now);
                let wanted = self.scaler.as_mut().map(|scaler| scaler.look(&view));
                self.have(now, wanted.expect("only a scaler looks"));
            }
        }
    }

    /// Whether nothing that matters is left to happen after the horizon, unless another request arrives.
    pub fn is_done(&self, horizon: Time) -> bool {
        match (&self.scaler, self.next_event()) {
            (_, None) => true,
            (None, _) => false,
            // A scaler looks without end.
            (Some(_), Some(next)) => next > horizon && self.in_flight() == 0,
        }
    }

    pub fn take_losses(&mut self) -> Vec<(Attempt, Time)> {
        std::mem::take(&mut self.losses)
    }

    pub fn would_reject(&self, now: Time) -> bool {
        !self.has_free_slot() && self.refusal(now).is_some()
    }

    /// Why a request that finds no free slot is turned away; `None`: it waits.
    fn refusal(&self, now: Time) -> Option<Loss> {
        let pool = match &self.kind {
            PoolKind::Dedicated(dedicated) => {
                let full = dedicated.queue_limit.is_some_and(|limit| self.queue.len() as u64 >= limit);
                return full.then_some(Loss::QueueLimit);
            }
            PoolKind::Serverless(pool) => pool,
        };
        if pool.when_zero == WhenZero::Reject && self.ready() == 0 {
            return Some(Loss::NoInstance);
        }
        if pool.queue_limit.is_some_and(|limit| self.waiting().count() as u64 >= limit) {
            return Some(Loss::QueueLimit);
        }
        if !self.has_max_instances() {
            let may_not_start = self.starts_for_next(self.in_flight()) && !self.has_token(now);
            return may_not_start.then_some(Loss::StartRate);
        }
        // A starting slot is unclaimed while fewer wait than slots start, unless each instance starts for one request.
        let is_claimed = self.starts_for_one_request() || self.queue.len() >= self.starting_slots();
        (pool.overflow == Overflow::Reject && is_claimed).then_some(Loss::MaxInstances)
    }

    /// A request arrives here.
    pub fn arrive(&mut self, number: usize, attempt: Attempt) {
        let now = attempt.request.arrival;
        let request = self.requests.len();
        let refusal = self.refusal(now);
        self.requests.push(Routed { number, attempt, service: None, fate: None });
        if self.has_free_slot() {
            let instance = self.select();
            self.begin(now, request, instance, false);
        } else if let Some(loss) = refusal {
            self.lose(now, request, loss);
            if loss == Loss::NoInstance {
                self.start_from_none(now);
            }
        } else {
            self.await_instance(now, request);
        }
        // As long as there is traffic.
        if self.buffer() > 0 && self.in_flight() > 0 {
            self.cover_deficit(now, self.buffer());
        }
    }

    fn await_instance(&mut self, now: Time, request: usize) {
        if let Some((patience, loss)) = self.patience(request) {
            self.schedule(now + patience, Event::TimeOut { request, loss });
        }
        if self.starts_for_next(self.in_flight() - 1) {
            self.take_token(now);
            self.start_instance(now, Some(request));
            return;
        }
        self.queue.push(request);
        match self.serverless().map(|pool| pool.scale_out) {
            Some(ScaleOut::SlotDeficit { count_starting: true, .. }) => self.cover_deficit(now, self.buffer()),
            Some(ScaleOut::SlotDeficit { count_starting: false, .. }) if !self.has_max_instances() => {
                self.start_instance(now, None);
            }
            _ => self.wake(now, 0),
        }
    }

    pub(super) fn view(&self, now: Time) -> View {
        let waiting = self.waiting().count();
        let arrival = |request: usize| self.requests[request].attempt.request.arrival;
        let left = |routed: &Routed| routed.fate.map(|fate| fate.at);
        View {
            now,
            ready: self.ready() as u64,
            starting: self.starting() as u64,
            waiting: waiting as u64,
            in_service: self.in_flight() - waiting as u64,
            head_wait: self.queue.first().map(|&head| now - arrival(head)),
            stays: self.requests.iter().map(|routed| (routed.attempt.request.arrival, left(routed))).collect(),
        }
    }

    /// How long a request that arrives now would wait here, nobody who waits leaving, no start failing and nobody arriving
    /// after it: the pool is copied and simulated until that request is served, so that no draw is consumed.
    pub fn foreseen_wait(&self, attempt: Attempt) -> Span {
        let mut future = self.clone();
        future.is_foreseen = true;
        future.events.retain(|_, event| !matches!(event, Event::TimeOut { .. } | Event::Look));
        let request = future.requests.len();
        future.arrive(usize::MAX, attempt);
        loop {
            if let Some((_, start, _)) = future.requests[request].service {
                return start - attempt.request.arrival;
            }
            if future.next_event().is_none() {
                return Span::LONGEST;
            }
            future.step();
        }
    }

    /// Requests waiting or in service.
    pub fn in_flight(&self) -> u64 {
        self.requests.iter().filter(|routed| routed.fate.is_none()).count() as u64
    }

    fn waiting(&self) -> impl Iterator<Item = usize> + '_ {
        let waits =
            |&request: &usize| self.requests[request].fate.is_none() && self.requests[request].service.is_none();
        (0..self.requests.len()).filter(waits)
    }

    pub(super) fn somebody_waits(&self, request: Option<usize>) -> bool {
        !self.queue.is_empty() || request.is_some()
    }

    pub fn into_history(self, pool: u16) -> History {
        let follow = |routed: &Routed| Followed {
            number: routed.number,
            attempt: routed.attempt,
            service: routed.service.map(|(instance, start, _)| (instance, start)),
            fate: routed.fate.expect("every request is followed to its end"),
        };
        let lives = self.instances.iter().map(Instance::life).collect();
        History { pool, requests: self.requests.iter().map(follow).collect(), lives }
    }

    pub(super) fn serverless(&self) -> Option<&Serverless> {
        match &self.kind {
            PoolKind::Dedicated(_) => None,
            PoolKind::Serverless(serverless) => Some(serverless),
        }
    }

    /// Whether an instance is started for one request, which waits for that one.
    pub(super) fn starts_for_one_request(&self) -> bool {
        let is_of_one =
            |pool: &Serverless| matches!(pool.scale_out, ScaleOut::PerRequest | ScaleOut::LambdaTokenBucket { .. });
        self.serverless().is_some_and(is_of_one)
    }

    /// Whether an instance is started for a request that finds no free slot and so many others in flight: with a target
    /// above one only if those are as many as the target for each instance.
    fn starts_for_next(&self, others: u64) -> bool {
        let is_worth_it = match self.serverless().map(|pool| pool.scale_out) {
            Some(ScaleOut::LambdaTokenBucket { target: target @ 2.., .. }) => {
                others >= u64::from(target) * (self.ready() + self.starting()) as u64
            }
            _ => true,
        };
        self.starts_for_one_request() && !self.has_max_instances() && is_worth_it
    }

    fn buffer(&self) -> usize {
        match self.serverless().map(|pool| pool.scale_out) {
            Some(ScaleOut::SlotDeficit { buffer, .. }) if !self.is_foreseen => buffer as usize,
            _ => 0,
        }
    }

    pub(super) fn has_token(&self, now: Time) -> bool {
        match self.serverless().map(|pool| pool.scale_out) {
            Some(ScaleOut::LambdaTokenBucket { rate, burst, .. }) => has_token(rate, burst, &self.tokens_taken, now),
            _ => true,
        }
    }

    pub(super) fn take_token(&mut self, now: Time) {
        self.tokens_taken.push(now);
    }

    pub(super) fn schedule(&mut self, time: Time, event: Event) {
        self.schedule_at_turn(time, event, self.scheduled);
        self.scheduled += 1;
    }

    fn schedule_at_turn(&mut self, time: Time, event: Event, turn: u64) {
        let kind = match event {
            Event::Completion { .. } => 0,
            // Where requests share their instance, all completions of the instant come first.
            Event::Cut { .. } => u8::from(self.shares()),
            Event::Expiry { .. } => 2,
            Event::Ready { .. } => 3,
            Event::TimeOut { .. } => 4,
            Event::Look => 5,
        };
        self.events.insert((time, kind, turn, matches!(event, Event::Cut { .. })), event);
    }

    /// How long a request waits, and why it then leaves: the client gives up, or the platform drops it.
    fn patience(&self, request: usize) -> Option<(Span, Loss)> {
        if self.is_foreseen {
            return None;
        }
        let client = self.timeouts[usize::from(self.requests[request].attempt.request.class)];
        match (client, self.serverless().and_then(|pool| pool.time_to_live)) {
            (Some(client), Some(platform)) if platform < client => Some((platform, Loss::TimeToLive)),
            (Some(client), _) => Some((client, Loss::ClientTimeout)),
            (None, platform) => platform.map(|platform| (platform, Loss::TimeToLive)),
        }
    }

    /// When a service that began at `start` is cut off, and why.
    fn limit(&self, request: usize, start: Time) -> Option<(Time, Loss)> {
        let pool = self.serverless()?;
        let arrival = self.requests[request].attempt.request.arrival;
        let execution = pool.execution_limit.map(|limit| start + limit);
        let age = pool.time_to_live.map(|limit| arrival + limit);
        match (execution, age) {
            (Some(execution), Some(age)) if age < execution => Some((age, Loss::TimeToLive)),
            (Some(execution), _) => Some((execution, Loss::ExecutionLimit)),
            (None, age) => age.map(|age| (age, Loss::TimeToLive)),
        }
    }

    pub(super) fn begin(&mut self, now: Time, request: usize, instance: usize, cold: bool) {
        self.instances[instance].serving.push(request);
        self.requests[request].service = Some((instance, now, cold));
        let service = on_gpu(&self.kind, self.requests[request].attempt.request.service);
        let turn = self.scheduled;
        self.scheduled += 1;
        if let Some(in_hand) = &mut self.instances[instance].in_hand {
            in_hand.begin(now, request, turn, service);
            self.schedule_next_completion(instance);
        } else {
            self.schedule_at_turn(now + service, Event::Completion { request }, turn);
        }
        if let Some((cut, _)) = self.limit(request, now)
            && !self.is_foreseen
        {
            self.schedule_at_turn(cut, Event::Cut { request }, turn);
        }
    }

    pub(super) fn shares(&self) -> bool {
        *self.kind.throughput() != Throughput::Independent && self.kind.slots() > 1
    }

    /// Whoever comes or goes moves the completions of the others: only the next one of an instance is ever scheduled.
    fn schedule_next_completion(&mut self, instance: usize) {
        let serving = &self.instances[instance].serving;
        self.events.retain(|_, event| !matches!(event, Event::Completion { request } if serving.contains(request)));
        let next = self.instances[instance].in_hand.as_ref().and_then(InHand::next);
        if let Some((request, time, turn)) = next {
            self.schedule_at_turn(time, Event::Completion { request }, turn);
        }
    }

    fn complete(&mut self, now: Time, request: usize) {
        let (instance, start, cold) = self.requests[request].service.expect("a completion follows a service");
        if self.requests[request].fate.is_some() {
            return;
        }
        let end = End::Completed { start, completion: now, instance: instance as u64, cold };
        self.requests[request].fate = Some(Fate { end, at: now, loss: None });
        self.leave_instance(now, request, instance);
    }

    fn cut(&mut self, now: Time, request: usize) {
        let (instance, start, _) = self.requests[request].service.expect("a service is cut off");
        if self.requests[request].fate.is_some() {
            return;
        }
        let (_, loss) = self.limit(request, start).expect("a limit cuts it off");
        self.lose(now, request, loss);
        self.leave_instance(now, request, instance);
    }

    /// The end of a service makes room for the head of the queue.
    fn leave_instance(&mut self, now: Time, request: usize, instance: usize) {
        self.instances[instance].serving.retain(|&served| served != request);
        self.instances[instance].last_used = now;
        if let Some(in_hand) = &mut self.instances[instance].in_hand {
            in_hand.end(now, request);
            self.schedule_next_completion(instance);
        }
        let is_empty = self.instances[instance].serving.is_empty();
        if self.instances[instance].is_draining {
            if is_empty {
                self.instances[instance].stopped = Some(now);
            }
        } else if !self.queue.is_empty() {
            let head = self.queue.remove(0);
            self.begin(now, head, instance, false);
        } else if is_empty {
            self.go_idle(now, instance);
        }
    }

    /// A request leaves without having been served.
    fn lose(&mut self, now: Time, request: usize, loss: Loss) {
        let end = if loss.is_rejection() { End::Rejected } else { End::TimedOut { at: now } };
        self.requests[request].fate = Some(Fate { end, at: now, loss: Some(loss) });
        self.losses.push((self.requests[request].attempt, now));
        self.queue.retain(|&waiting| waiting != request);
        for instance in &mut self.instances {
            if instance.bound == Some(request) {
                instance.bound = None;
            }
        }
    }

    /// The client leaves, unless its service has begun. The start of an instance that it began goes on.
    fn time_out(&mut self, now: Time, request: usize, loss: Loss) {
        if self.requests[request].service.is_none() && self.requests[request].fate.is_none() {
            self.lose(now, request, loss);
        }
    }

    /// Whoever waits is turned away.
    pub(super) fn turn_all_away(&mut self, now: Time, loss: Loss) {
        let waiting: Vec<usize> = self.waiting().collect();
        waiting.into_iter().for_each(|request| self.lose(now, request, loss));
    }
}
