//! What a router asks: whether a request had better go on to the next pool.

use std::cmp::Reverse;

use crate::scenario::OverflowRule;
use crate::unit::{Span, Time};

use super::super::meter::Observer;
use super::super::service::{Ahead, Service, Starting};
use super::{ElasticPool, StartsFor};

impl<O: Observer, S: Service> ElasticPool<O, S> {
    /// Whether the pool leaves an arrival at `now` to the next one: because it would reject it, or by the rule.
    #[inline]
    pub fn passes_on(&mut self, now: Time, rule: OverflowRule) -> bool {
        self.rejects(now)
            || match rule {
                OverflowRule::WhenFull => self.is_full(),
                OverflowRule::WaitOver(limit) => self.prospective_wait(now) > limit,
                OverflowRule::RateOver(_) => false,
                OverflowRule::InFlightOver(limit) => self.in_flight() >= limit,
            }
    }

    /// Whether the pool has no free slot and may not start an instance.
    fn is_full(&self) -> bool {
        !self.instances.any_free() && !self.may_grow()
    }

    /// Whether the pool would reject an arrival.
    fn rejects(&self, now: Time) -> bool {
        !self.instances.any_free() && self.refusal(now).is_some()
    }

    /// How long an arrival at `now` would wait if nobody ahead timed out and nobody came after it: by the remaining and
    /// the queued service times, and the start that it would draw, not counting that one may fail or be started by a scaler
    /// or for a buffer.
    fn prospective_wait(&mut self, now: Time) -> Span {
        if self.instances.any_free() {
            return Span::ZERO;
        }
        let starts = match self.policy.starts_for {
            StartsFor::Arrival { .. } => self.starts_for_arrival(),
            StartsFor::Deficit { counts_starting, .. } => {
                self.can_start() && (!counts_starting || self.waiting.queued() >= self.starting_slots())
            }
            StartsFor::Number => false,
        };
        if starts && matches!(self.policy.starts_for, StartsFor::Arrival { .. }) {
            return self.starts.peek().duration();
        }
        let is_plain = self.starting.is_empty() && self.waiting.queued() == 0 && self.draining == 0;
        let first_free = if is_plain && !starts {
            self.service.next_time()
        } else {
            let mut starting = self.instances_to_come();
            if starts {
                let ready = now + self.starts.peek().duration();
                starting.push(Starting { ready, instance: self.instances.next_place(), bound: None });
                starting.sort_by_key(|start| start.ready);
            }
            let is_draining = |index| self.instances.is_draining(index);
            let ahead = Ahead { slots: self.policy.slots, starting: &starting, is_draining: &is_draining };
            self.service.first_free(&ahead, self.waiting.in_line())
        };
        // Only a scaler leaves a pool with nothing that will ever be free, as far as can be known.
        first_free.map_or(Span::LONGEST, |time| time.saturating_since(now))
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
}
