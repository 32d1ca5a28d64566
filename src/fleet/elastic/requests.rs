//! The way of a request: served at once, waiting, served, or lost.

use crate::measure::Loss;
use crate::unit::Time;

use super::super::meter::{Observer, Request, Start};
use super::super::service::Service;
use super::{ElasticPool, StartsFor};

impl<O: Observer, S: Service> ElasticPool<O, S> {
    /// An arrival, at a time that the pool has advanced to.
    #[inline]
    pub fn accept(&mut self, request: &Request) {
        if let Some(scaling) = &mut self.scaling {
            scaling.flow.arrives(request.arrival);
        }
        if let Some(instance) = self.instances.choose() {
            self.serve(instance, request, request.arrival, false);
            if self.policy.slots > 1 {
                self.instances.file_in_use(instance);
            }
        } else {
            self.accept_without_free_slot(request);
        }
        if let StartsFor::Deficit { buffer: 1.., .. } = self.policy.starts_for {
            self.cover_deficit(request.arrival);
        }
    }

    #[inline(never)]
    fn accept_without_free_slot(&mut self, request: &Request) {
        let now = request.arrival;
        if let Some(loss) = self.refusal(now) {
            self.leaves_at(now);
            self.meter.rejected(request, loss);
            if loss == Loss::NoInstance {
                self.start_from_zero(now);
            }
            return;
        }
        match self.policy.starts_for {
            StartsFor::Arrival { .. } if self.starts_for_arrival() => {
                self.take_token(now);
                let instance = self.start(now);
                let ticket = self.waiting.bind(*request, instance);
                self.instances.get(instance).bound = Some(ticket);
            }
            StartsFor::Arrival { .. } => self.waiting.join(*request),
            StartsFor::Deficit { counts_starting, .. } => {
                self.waiting.join(*request);
                match counts_starting {
                    true => self.cover_deficit(now),
                    false if self.can_start() => drop(self.start(now)),
                    false => {}
                }
            }
            StartsFor::Number => {
                self.waiting.join(*request);
                self.look_at_first_request(now, 0);
            }
        }
        if let Some((deadline, _)) = self.waiting.next_deadline() {
            self.quiet_until = self.quiet_until.min(deadline);
        }
    }

    /// A request is turned away because no instance is ready: one is started all the same.
    fn start_from_zero(&mut self, now: Time) {
        match self.policy.starts_for {
            StartsFor::Arrival { .. } | StartsFor::Deficit { .. }
                if self.starting.is_empty() && self.can_start() && !self.is_throttled(now) =>
            {
                self.take_token(now);
                self.start(now);
            }
            StartsFor::Arrival { .. } | StartsFor::Deficit { .. } => {}
            StartsFor::Number => self.look_at_first_request(now, 1),
        }
    }

    /// Why an arrival that finds no free slot would be turned away; `None`: it would not.
    pub(super) fn refusal(&self, now: Time) -> Option<Loss> {
        let policy = &self.policy;
        if self.is_closed() {
            return Some(Loss::SpendCap);
        }
        if policy.rejects_at_zero && self.ready() == 0 {
            return Some(Loss::NoInstance);
        }
        if policy.queue_limit.is_some_and(|limit| self.waiting.waiting() >= limit) {
            return Some(Loss::QueueLimit);
        }
        if let Some(scaling) = &self.scaling
            && scaling.queue_limit(self.ready()).is_some_and(|limit| self.waiting.waiting() >= limit)
        {
            return Some(Loss::Overload);
        }
        if self.may_grow() {
            return (self.is_throttled(now) && self.starts_for_arrival()).then_some(Loss::StartRate);
        }
        let claimed = match policy.starts_for {
            StartsFor::Arrival { .. } => 0,
            StartsFor::Deficit { .. } | StartsFor::Number => self.starting_slots(),
        };
        (policy.rejects_at_max && self.waiting.queued() >= claimed).then_some(Loss::MaxInstances)
    }

    /// Whether an instance is started for an arrival that finds no free slot.
    pub(super) fn starts_for_arrival(&self) -> bool {
        let StartsFor::Arrival { beyond } = self.policy.starts_for else { return false };
        self.can_start() && (beyond <= 1 || self.in_flight() >= beyond * (self.population.count() - self.draining))
    }

    /// Whether the bucket of starts has no token.
    fn is_throttled(&self, now: Time) -> bool {
        self.bucket.as_ref().is_some_and(|bucket| !bucket.has_one(now))
    }

    fn take_token(&mut self, now: Time) {
        if let Some(bucket) = &mut self.bucket {
            bucket.take(now);
        }
    }

    #[inline]
    pub(super) fn serve(&mut self, index: u32, request: &Request, now: Time, cold: bool) {
        let serves_one = self.instances.begin(index);
        if serves_one && self.times_busy {
            self.open_busy_time(index, now);
        }
        let instance = if O::ASKS_FOR_INSTANCES { self.instances.created(index) } else { 0 };
        self.in_service += 1;
        let cut = self.policy.limits.cut(request, now);
        self.service.begin(request, Start { at: now, instance, cold }, index, cut, &mut self.meter);
    }

    /// The next completion: its instance serves the head of the queue, or has a free slot.
    #[inline]
    pub(super) fn complete(&mut self) {
        let Some(completion) = self.service.end_next(&mut self.meter) else {
            return;
        };
        let (now, instance) = (completion.time, completion.instance);
        self.in_service -= 1;
        self.leaves_at(now);
        let serves_none = self.instances.end(instance, now);
        if serves_none && self.times_busy {
            self.close_busy_time(instance, now);
        }
        if self.draining > 0 && self.instances.get(instance).is_draining {
            self.drained(instance, serves_none, now);
        } else if self.waiting.queued() > 0
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

    /// Accounts for a busy time that begins.
    #[inline]
    fn open_busy_time(&mut self, index: u32, now: Time) {
        self.instances.get(index).busy_since = now;
        if let Some(cover) = &mut self.cover {
            cover.change(1, now, &mut self.meter);
        }
    }

    /// Accounts for a busy time that has ended.
    pub(super) fn close_busy_time(&mut self, index: u32, now: Time) {
        let instance = self.instances.get(index);
        instance.life.busy += self.meter.busy(instance.busy_since, now);
        instance.busy_since = Time::END;
        if let Some(cover) = &mut self.cover {
            cover.change(-1, now, &mut self.meter);
        }
    }

    /// A request has waited for as long as it does; a start that it began goes on.
    pub(super) fn time_out(&mut self, now: Time) {
        let Some((_, ticket)) = self.waiting.next_deadline() else {
            return;
        };
        if let Some((request, bound_to)) = self.waiting.leave(ticket) {
            if let Some(instance) = bound_to {
                self.instances.get(instance).bound = None;
            }
            self.leaves_at(now);
            self.meter.timed_out(&request, now, self.impatience[usize::from(request.class)]);
        }
    }

    /// Whoever waits is turned away.
    pub(super) fn give_up_all(&mut self, now: Time, loss: Loss) {
        while let Some((request, bound_to)) = self.waiting.take_any() {
            if let Some(instance) = bound_to {
                self.instances.get(instance).bound = None;
            }
            self.leaves_at(now);
            self.meter.rejected_at(&request, now, loss);
        }
    }

    /// A request leaves the pool.
    #[inline]
    pub(super) fn leaves_at(&mut self, now: Time) {
        if let Some(scaling) = &mut self.scaling {
            scaling.flow.leaves(now);
        }
    }

    /// Requests waiting or in service.
    pub(super) fn in_flight(&self) -> u64 {
        self.waiting.waiting() + self.in_service
    }
}
