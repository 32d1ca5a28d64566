//! The way of an instance: started, ready, idle, drained, stopped.

use std::cmp::Reverse;

use crate::measure::Loss;
use crate::unit::Time;

use super::super::instances::keep_least;
use super::super::life::Rounding;
use super::super::meter::{Observer, Request};
use super::super::service::Service;
use super::cover::Cover;
use super::{ElasticPool, StartsFor};

/// So many starts that fail one after the other, without one that does not, are given up: whoever waits is turned away.
const MOST_FAILURES_IN_A_ROW: u32 = 100;

impl<O: Observer, S: Service> ElasticPool<O, S> {
    /// Starts an instance, which takes its start-up to be ready.
    pub(super) fn start(&mut self, now: Time) -> u32 {
        let start = self.starts.take();
        let ready = now + start.duration();
        let instance = self.instances.create(ready);
        match self.orders.get_mut(instance as usize) {
            Some(order) => *order = (now, start),
            None => self.orders.resize(instance as usize + 1, (now, start)),
        }
        self.starting.push(Reverse((ready, self.started, instance)));
        self.started += 1;
        self.quiet_until = self.quiet_until.min(ready);
        self.population.change(now, 1);
        self.meter.started(now, &start);
        let created = self.instances.created(instance);
        self.note_order(instance, created, now, ready);
        instance
    }

    /// A start is over at `now`, one way or another.
    pub(super) fn account_for_start(&mut self, index: u32, now: Time) {
        let (from, start) = self.orders[index as usize];
        let life = &mut self.instances.get(index).life;
        life.ready = life.ready.min(now);
        life.billed_start = self.meter.start_over(from, &start, now, self.policy.bills);
    }

    /// A started instance is ready: it serves the request that it was started for, and the head of the queue.
    pub(super) fn become_ready(&mut self, now: Time) {
        let Some(Reverse((_, _, index))) = self.starting.pop() else { return };
        self.account_for_start(index, now);
        if self.orders[index as usize].1.fails {
            return self.fail_to_start(index, now);
        }
        self.failures_in_a_row = 0;
        let bound = self.instances.get(index).bound.take();
        let first = bound.and_then(|ticket| self.waiting.leave(ticket)).map(|(request, _)| request);
        self.serve_from_queue(index, first, now, true);
        self.stand_ins_go(now);
    }

    /// A new instance serves a request and the head of the queue, as many as it has slots, or is idle.
    pub(super) fn serve_from_queue(&mut self, index: u32, first: Option<Request>, now: Time, cold: bool) {
        let mut next = first.or_else(|| self.waiting.take_head());
        let mut in_use = 0;
        while let Some(request) = next {
            self.serve(index, &request, now, cold);
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
        self.meter.start_failed(self.orders[index as usize].0, now);
        self.stop(index, now);
        self.failures_in_a_row += 1;
        if self.failures_in_a_row >= MOST_FAILURES_IN_A_ROW {
            self.failures_in_a_row = 0;
            return self.give_up_all(now, Loss::StartFailures);
        }
        match self.policy.starts_for {
            StartsFor::Arrival { .. } => {
                let bound = bound.filter(|&ticket| self.waiting.holder(ticket).is_some());
                if (bound.is_some() || self.waiting.queued() > 0) && self.can_start() {
                    let instance = self.start(now);
                    self.instances.get(instance).bound = bound;
                    if let Some(ticket) = bound {
                        self.waiting.rebind(ticket, instance);
                    }
                }
            }
            StartsFor::Deficit { .. } => self.cover_those_who_wait(now),
            StartsFor::Number => {}
        }
        self.reconcile(now);
    }

    /// Stops the instances whose keep-alive time is over, down to the minimum.
    pub(super) fn expire(&mut self, now: Time) {
        let surplus = (self.population.count() - self.draining).saturating_sub(self.policy.min_instances);
        for instance in self.instances.expire(surplus) {
            self.stop(instance, now);
        }
    }

    /// The end of an instance that serves nothing.
    pub(super) fn stop(&mut self, index: u32, now: Time) {
        self.end_life(index, now, self.policy.rounding);
    }

    /// Ends all instances that are left. Minimum ones with a price of their own, the oldest, are not rounded: nothing of what
    /// they were is paid at the price.
    pub(super) fn stop_all(&mut self, now: Time) {
        let unrounded = self.cover.as_ref().map_or(0, Cover::minimum);
        let mut living = self.instances.living();
        living.sort_unstable_by_key(|&index| self.instances.created(index));
        for (place, index) in (0..).zip(living) {
            self.end_life(index, now, self.policy.rounding.filter(|_| place >= unrounded));
        }
    }

    fn end_life(&mut self, index: u32, now: Time, rounding: Option<Rounding>) {
        self.note_end(index, now);
        self.instances.get(index).life.end(now, rounding, &mut self.meter);
        self.instances.retire(index);
        self.population.change(now, -1);
    }

    /// Takes away `surplus` instances, or as many as there are: those that start, the latest start first; then idle ones,
    /// then those that serve, which end what they have begun, the newest first.
    pub(super) fn remove(&mut self, surplus: u64, now: Time) {
        let most = usize::try_from(surplus).unwrap_or(usize::MAX);
        let left = most - self.cancel_latest_starts(most, now);
        let idle = self.instances.take_newest_idle(left);
        for &index in &idle {
            self.stop(index, now);
        }
        for index in self.newest_in_use(left - idle.len()) {
            self.instances.drain(index);
            self.draining += 1;
        }
    }

    /// Gives up so many starts, or all, the latest first; how many there were.
    fn cancel_latest_starts(&mut self, most: usize, now: Time) -> usize {
        let mut latest: Vec<Reverse<(u64, u32)>> =
            self.starting.iter().map(|&Reverse((_, turn, index))| Reverse((turn, index))).collect();
        keep_least(&mut latest, most);
        if let Some(&Reverse((first, _))) = latest.last() {
            self.starting.retain(|&Reverse((_, turn, _))| turn < first);
        }
        for &Reverse((_, index)) in &latest {
            if let Some(ticket) = self.instances.get(index).bound.take() {
                self.waiting.unbind(ticket);
            }
            self.account_for_start(index, now);
            self.stop(index, now);
        }
        latest.len()
    }

    /// The instances that are not draining, the newest first, once none starts and none is idle: these go before.
    fn newest_in_use(&mut self, most: usize) -> Vec<u32> {
        if most == 0 {
            return Vec::new();
        }
        let mut in_use = self.instances.living();
        in_use.retain(|&index| !self.instances.get(index).is_draining);
        let mut newest: Vec<Reverse<(u64, u32)>> =
            in_use.into_iter().map(|index| Reverse((self.instances.created(index), index))).collect();
        keep_least(&mut newest, most);
        newest.into_iter().map(|Reverse((_, index))| index).collect()
    }

    /// An instance that drains has ended a service; the last one ends it.
    pub(super) fn drained(&mut self, index: u32, serves_none: bool, now: Time) {
        if serves_none {
            self.draining -= 1;
            self.stop(index, now);
            if self.spend_cap.is_some() {
                self.restore_minimum(now);
            }
        }
    }

    /// Whether there may be one more. Those that drain do not count.
    pub(super) fn can_start(&self) -> bool {
        let may_order = self.supply.as_ref().is_none_or(|supply| supply.may_order()) && !self.is_closed();
        may_order && self.policy.max_instances.is_none_or(|most| self.population.count() - self.draining < most)
    }

    /// Whether there may be more instances for an arrival than there are.
    pub(super) fn may_grow(&self) -> bool {
        let is_held = self.policy.starts_for == StartsFor::Number && self.scaling.is_none();
        !is_held && self.can_start()
    }

    pub(super) fn starting_slots(&self) -> u64 {
        self.starting.len() as u64 * u64::from(self.policy.slots)
    }

    /// Instances that serve or could.
    pub(super) fn ready(&self) -> u64 {
        self.population.count() - self.starting.len() as u64 - self.draining
    }
}
