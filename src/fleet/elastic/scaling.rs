//! How many instances there shall be: looks of a scaler, and the deficit of slots.

use std::cmp::Reverse;

use crate::unit::Time;

use super::super::meter::Observer;
use super::super::scaler::{Scaler, View};
use super::super::service::Service;
use super::{ElasticPool, StartsFor};

/// A scaler, and what it is told of requests.
pub(super) struct Scaling {
    scaler: Box<dyn Scaler>,
    pub flow: Flow,
}

/// Requests that come and go.
#[derive(Default)]
pub(super) struct Flow {
    arrived: u64,
    left: u64,
    /// The sum of the times at which they arrived, and of those at which they left, in nanoseconds.
    arrivals: u128,
    departures: u128,
}

impl Flow {
    #[inline]
    pub fn arrives(&mut self, now: Time) {
        self.arrived += 1;
        self.arrivals += u128::from(now.nanos());
    }

    #[inline]
    pub fn leaves(&mut self, now: Time) {
        self.left += 1;
        self.departures += u128::from(now.nanos());
    }

    /// The integral of the number in flight until `now`: what each has been there, up to its departure or up to now.
    fn in_flight_time(&self, now: Time) -> u128 {
        let present = u128::from(self.arrived - self.left);
        self.departures + present * u128::from(now.nanos()) - self.arrivals
    }
}

impl Scaling {
    pub fn new(scaler: Box<dyn Scaler>) -> Scaling {
        Scaling { scaler, flow: Flow::default() }
    }

    pub fn next_look(&self) -> Time {
        self.scaler.next_look()
    }

    pub fn queue_limit(&self, ready: u64) -> Option<u64> {
        self.scaler.queue_limit(ready)
    }
}

impl<O: Observer, S: Service> ElasticPool<O, S> {
    /// The scaler looks, and what it wants is ordered. It sees a request that is about to be turned away as waiting.
    pub(super) fn look(&mut self, now: Time, turned_away: u64) {
        let (ready, starting) = (self.ready(), self.starting.len() as u64);
        let head = self.waiting.head().map(|request| now.saturating_since(request.arrival));
        let Some(scaling) = &mut self.scaling else { return };
        let view = View {
            now,
            ready,
            starting,
            queued: self.waiting.waiting() + turned_away,
            in_service: self.in_service,
            in_flight_time: scaling.flow.in_flight_time(now),
            arrived: scaling.flow.arrived,
            head_wait: head,
        };
        let wanted = scaling.scaler.look(&view);
        let removes = scaling.scaler.removes_instances();
        let next_look = scaling.scaler.next_look();
        self.quiet_until = self.quiet_until.min(next_look);
        let wanted = wanted.min(self.policy.max_instances.unwrap_or(u64::MAX));
        if removes && self.supply.is_some() {
            return self.hold(wanted, now);
        }
        let present = ready + starting;
        for _ in present..wanted {
            if !self.can_start() {
                break;
            }
            self.start(now);
        }
        if removes && wanted < present {
            self.remove(present - wanted, now);
        }
    }

    /// A request waits, or is about to be turned away: some scalers look at once if there is no instance at all.
    pub(super) fn look_at_first_request(&mut self, now: Time, turned_away: u64) {
        let looks = self.scaling.as_ref().is_some_and(|scaling| scaling.scaler.looks_at_first_request());
        if looks && self.ready() == 0 && self.starting.is_empty() {
            self.look(now, turned_away);
        }
    }

    /// Instances may be ordered again, or some are gone: those that wait for any shall have one.
    pub(super) fn start_for_those_in_line(&mut self, now: Time) {
        match self.policy.starts_for {
            StartsFor::Arrival { .. } => {
                let mut unclaimed = 0;
                for &Reverse((.., index)) in &self.starting {
                    unclaimed += u64::from(self.instances.get(index).bound.is_none());
                }
                while unclaimed * u64::from(self.policy.slots) < self.waiting.queued() && self.starts_for_arrival() {
                    self.start(now);
                    unclaimed += 1;
                }
            }
            StartsFor::Deficit { .. } => self.cover_deficit(now),
            StartsFor::Number if self.waiting.waiting() > 0 => self.look_at_first_request(now, 0),
            StartsFor::Number => {}
        }
    }

    /// Starts instances while more requests wait than slots start, or fewer instances are idle, or will be, than the buffer
    /// asks for while there is traffic.
    pub(super) fn cover_deficit(&mut self, now: Time) {
        let StartsFor::Deficit { buffer, .. } = self.policy.starts_for else { return };
        self.cover(if self.in_flight() > 0 { buffer } else { 0 }, now);
    }

    /// The same for those who wait alone: the buffer does not insist on starts that fail.
    pub(super) fn cover_those_who_wait(&mut self, now: Time) {
        self.cover(0, now);
    }

    fn cover(&mut self, buffer: u64, now: Time) {
        let slots = u64::from(self.policy.slots);
        while self.can_start() {
            let (queued, starting) = (self.waiting.queued(), self.starting.len() as u64);
            let idle_to_come = starting.saturating_sub(queued.div_ceil(slots));
            if queued <= starting * slots && self.instances.idle() + idle_to_come >= buffer {
                return;
            }
            self.start(now);
        }
    }
}
