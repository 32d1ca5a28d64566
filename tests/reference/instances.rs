//! The way of an instance: started, ready, idle, drained, stopped.

use breakeven::measure::Loss;
use breakeven::scenario::{IdleSelection, PoolKind};
use breakeven::unit::Time;
use rand::RngExt as _;

use super::history::Life;
use super::pool::{Event, Pool};
use super::sharing::InHand;
use super::starts::Start;

/// So many failed starts without one that succeeds, and whoever waits is turned away.
const MOST_FAILURES_IN_A_ROW: u32 = 100;

#[derive(Clone, Debug)]
pub struct Instance {
    created: Time,
    start: Option<Start>,
    ready: Option<Time>,
    pub(super) stopped: Option<Time>,
    /// It is stopped once it serves nobody, and serves nobody new.
    pub(super) is_draining: bool,
    /// The latest of its becoming ready and the ends of services on it.
    pub(super) last_used: Time,
    /// The request for which it was started, while that one waits.
    pub(super) bound: Option<usize>,
    /// The requests in service.
    pub(super) serving: Vec<usize>,
    /// The same, with what each has left, where they share the instance.
    pub(super) in_hand: Option<InHand>,
    /// How often it has become idle: an expiry of an earlier spell is void.
    idle_spell: u64,
}

impl Instance {
    fn is_starting(&self) -> bool {
        self.ready.is_none() && self.stopped.is_none()
    }

    /// Whether it serves or could serve anybody new.
    fn is_ready(&self) -> bool {
        self.ready.is_some() && self.stopped.is_none() && !self.is_draining
    }

    /// What still starts when nobody looks any more becomes ready, or fails, in its time.
    pub fn life(&self) -> Life {
        let (mut ready, mut stopped) = (self.ready, self.stopped);
        if let Some(start) = self.start
            && self.is_starting()
        {
            *(if start.fails { &mut stopped } else { &mut ready }) = Some(self.created + start.duration());
        }
        Life { created: self.created, start: self.start, ready, stopped }
    }
}

impl Pool {
    /// Whether a ready instance has a free slot.
    pub fn has_free_slot(&self) -> bool {
        (0..self.instances.len()).any(|instance| self.free_slots(instance) > 0)
    }

    /// Whether a serverless pool has all the instances that it may have; a dedicated one always has.
    pub fn has_max_instances(&self) -> bool {
        self.kind.most_instances().is_some_and(|most| self.existing() >= most as usize)
    }

    /// Starting, idle and busy instances. Those that drain do not count.
    fn existing(&self) -> usize {
        self.ready() + self.starting()
    }

    pub(super) fn starting(&self) -> usize {
        self.instances.iter().filter(|instance| instance.is_starting()).count()
    }

    pub(super) fn ready(&self) -> usize {
        self.instances.iter().filter(|instance| instance.is_ready()).count()
    }

    pub(super) fn idle(&self) -> usize {
        self.instances.iter().filter(|instance| instance.is_ready() && instance.serving.is_empty()).count()
    }

    pub(super) fn starting_slots(&self) -> usize {
        self.starting() * self.kind.slots() as usize
    }

    /// The slots of an instance on which a service may begin now.
    fn free_slots(&self, instance: usize) -> usize {
        let instance = &self.instances[instance];
        if instance.is_ready() { self.kind.slots() as usize - instance.serving.len() } else { 0 }
    }

    /// The instance that serves next: an instance in use with a free slot first (the fullest), then idle ones.
    pub(super) fn select(&mut self) -> usize {
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

    fn create(&mut self, now: Time, start: Option<Start>, bound: Option<usize>) -> usize {
        self.instances.push(Instance {
            created: now,
            start,
            ready: None,
            stopped: None,
            is_draining: false,
            last_used: now,
            bound,
            serving: Vec::new(),
            in_hand: self.shares().then(|| InHand::new(self.kind.throughput())),
            idle_spell: 0,
        });
        self.instances.len() - 1
    }

    /// An instance that is there at t = 0.
    pub(super) fn create_ready(&mut self) {
        let instance = self.create(Time::START, None, None);
        self.instances[instance].ready = Some(Time::START);
        self.go_idle(Time::START, instance);
    }

    pub(super) fn start_instance(&mut self, now: Time, bound: Option<usize>) {
        let start = self.starts.as_mut().expect("only serverless pools start instances").draw();
        let instance = self.create(now, Some(start), bound);
        self.schedule(now + start.duration(), Event::Ready { instance });
    }

    /// An instance is ready, or has failed to be.
    pub(super) fn start_is_over(&mut self, now: Time, instance: usize) {
        if self.instances[instance].stopped.is_some() {
            return;
        }
        let fails = self.instances[instance].start.is_some_and(|start| start.fails);
        if fails && !self.is_foreseen {
            return self.fail_to_start(now, instance);
        }
        self.failures_in_a_row = 0;
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

    /// Another start takes the place of one that has failed, if somebody waits for it; a scaler sees to it when it looks.
    fn fail_to_start(&mut self, now: Time, instance: usize) {
        self.instances[instance].stopped = Some(now);
        let bound = self.instances[instance].bound.take();
        self.failures_in_a_row += 1;
        if self.failures_in_a_row == MOST_FAILURES_IN_A_ROW {
            self.failures_in_a_row = 0;
            self.turn_all_away(now, Loss::StartFailures);
        } else if self.starts_for_one_request() {
            if self.somebody_waits(bound) {
                self.start_instance(now, bound);
            }
        } else if self.scaler.is_none() {
            self.cover_deficit(now, 0);
        }
    }

    /// A request was turned away because no instance is ready: one is started all the same.
    pub(super) fn start_from_none(&mut self, now: Time) {
        if self.scaler.is_some() {
            self.wake(now, 1);
        } else if self.starting() == 0 && !self.has_max_instances() && self.has_token(now) {
            self.take_token(now);
            self.start_instance(now, None);
        }
    }

    /// A scaler looks at once when there is no instance at all. Whoever was turned away counts as waiting.
    pub(super) fn wake(&mut self, now: Time, turned_away: u64) {
        if self.scaler.is_some() && !self.is_foreseen && self.ready() == 0 && self.starting() == 0 {
            let mut view = self.view(now);
            view.waiting += turned_away;
            let wanted = self.scaler.as_mut().map(|scaler| scaler.wake(&view));
            self.have(now, wanted.expect("there is a scaler"));
        }
    }

    /// Instances are started while more wait than slots start, and while fewer are idle, or will be, than a buffer.
    pub(super) fn cover_deficit(&mut self, now: Time, buffer: usize) {
        let slots = self.kind.slots() as usize;
        while !self.has_max_instances() {
            let idle_to_come = self.starting().saturating_sub(self.queue.len().div_ceil(slots));
            if self.queue.len() <= self.starting_slots() && self.idle() + idle_to_come >= buffer {
                return;
            }
            self.start_instance(now, None);
        }
    }

    /// All of an instance's slots are free.
    pub(super) fn go_idle(&mut self, now: Time, instance: usize) {
        self.instances[instance].idle_spell += 1;
        let takes_away = self.scaler.as_ref().is_some_and(|scaler| scaler.takes_away());
        let keep_alive = self.serverless().and_then(|pool| pool.keep_alive).filter(|_| !takes_away);
        if let Some(keep_alive) = keep_alive {
            let idle_spell = self.instances[instance].idle_spell;
            self.schedule(now + keep_alive, Event::Expiry { instance, idle_spell });
        }
    }

    pub(super) fn expire(&mut self, now: Time, instance: usize, idle_spell: u64) {
        let min_instances = self.serverless().map_or(0, |serverless| serverless.min_instances) as usize;
        let still_idle =
            self.instances[instance].idle_spell == idle_spell && self.instances[instance].serving.is_empty();
        if still_idle && self.existing() > min_instances {
            self.instances[instance].stopped = Some(now);
        }
    }

    /// There shall be so many instances: what is missing is started, as long as no more exist than may; what is too much
    /// goes, where the scaler takes away.
    pub(super) fn have(&mut self, now: Time, wanted: u64) {
        let present = (self.ready() + self.starting()) as u64;
        for _ in present..wanted {
            if !self.has_max_instances() {
                self.start_instance(now, None);
            }
        }
        if self.scaler.as_ref().is_some_and(|scaler| scaler.takes_away()) {
            for _ in wanted..present {
                self.take_one_away(now);
            }
        }
    }

    /// Of those that start the latest start, which is given up; else the newest idle one; else the newest in use, which
    /// drains.
    fn take_one_away(&mut self, now: Time) {
        let newest =
            |is_one: &dyn Fn(&Instance) -> bool| (0..self.instances.len()).rev().find(|&i| is_one(&self.instances[i]));
        let starting = newest(&Instance::is_starting);
        let idle = newest(&|instance| instance.is_ready() && instance.serving.is_empty());
        let in_use = newest(&Instance::is_ready);
        if let Some(instance) = starting.or(idle) {
            self.instances[instance].stopped = Some(now);
        } else if let Some(instance) = in_use {
            self.instances[instance].is_draining = true;
        }
    }
}
