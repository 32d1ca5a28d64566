//! Instances as they are sold: held to a number, taken away by interruptions, outages and failures, off outside of hours.
//!
//! What is missing to the number is ordered at once, and boots. An interruption warns its instance, which then serves nobody
//! new, while its replacement boots; at the end of the notice what it still serves is interrupted. A zone that is out loses
//! all its instances without notice, and gives none until it is back. A failed instance comes back when it is repaired.

mod events;
mod held;
mod zones;

use std::cmp::Reverse;

use crate::scenario::{Dedicated, Fallback, Interrupted, Node, Purchase};
use crate::unit::{Span, Time};

use super::super::meter::Observer;
use super::super::service::Service;
use super::super::setting::Setting;
use super::ElasticPool;
pub(super) use events::Happening;
use events::{Draws, Events, Hours};
use held::Held;
pub(in super::super) use held::Paid;
use zones::Zones;

/// What a pool knows of how its instances are sold.
pub(super) struct Supply {
    /// Instances that there shall be while it is on, on-demand ones of the fallback included: all of a fleet that is not
    /// scaled; as many as its scaler wants, if that one takes instances away; else the minimum.
    target: u64,
    /// Whether a scaler decides how many there are. A failed instance is then replaced, not repaired.
    is_scaled: bool,
    is_on: bool,
    hours: Option<Hours>,
    draws: Draws,
    zones: Zones,
    fallback: Option<Fallback>,
    notice: Span,
    loses: bool,
    minimum_billing: Span,
    events: Events,
    /// By place of an instance.
    places: Vec<Place>,
    /// Whether the next instance to start is one of the fallback.
    next_is_fallback: bool,
    /// Instances that are being repaired.
    in_repair: u64,
    /// Instances that could not be had, and are asked for again.
    sought: u64,
    held: Held,
    held_for_fallback: Held,
}

/// An instance, from its order on.
#[derive(Clone, Copy, Debug)]
struct Place {
    /// Its number in the order of creation, so that an event is known to be of the instance that has the place.
    created: u64,
    ordered: Time,
    zone: u32,
    is_fallback: bool,
}

/// How many instances of a kind there are: those that start and those that serve or could.
#[derive(Clone, Copy, Debug, Default)]
struct Present {
    starting: u64,
    ready: u64,
}

impl Supply {
    pub fn new(pool: &Dedicated, target: u64, setting: &Setting, owner: &[&str]) -> Supply {
        let terms = &pool.terms;
        let interruptions = terms.interruptions.as_ref();
        let outages = interruptions.and_then(|interruptions| interruptions.outages.as_ref());
        let one_by_one = Node { gpus: 1, gpus_of_instance: 1 };
        // A commitment is paid for whatever is held.
        let node = if matches!(terms.purchase, Purchase::Reserved(_)) { one_by_one } else { terms.node };
        let mut supply = Supply {
            target,
            is_scaled: terms.autoscaling.is_some(),
            is_on: true,
            hours: terms.schedule.as_ref().map(|schedule| Hours::new(schedule, setting, owner)),
            draws: Draws::new(terms, setting, owner),
            zones: Zones::new(outages.map_or(1, |outages| outages.zones)),
            fallback: interruptions.and_then(|interruptions| interruptions.fallback),
            notice: interruptions.map_or(Span::ZERO, |interruptions| interruptions.notice),
            loses: interruptions.is_some_and(|interruptions| interruptions.requests == Interrupted::Lose),
            minimum_billing: terms.minimum_billing,
            events: Events::default(),
            places: Vec::new(),
            next_is_fallback: false,
            in_repair: 0,
            sought: 0,
            held: Held::new(node),
            held_for_fallback: Held::new(node),
        };
        if let Some(hours) = &supply.hours {
            supply.is_on = hours.is_on(Time::START);
            if let Some(change) = hours.next_change(Time::START) {
                supply.events.put(change, Happening::Change);
            }
        }
        if outages.is_some() {
            for zone in 0..supply.zones.count() {
                let begins = Time::START + supply.draws.until_outage();
                supply.events.put(begins, Happening::OutageBegins { zone });
            }
        }
        supply
    }

    /// Instances that there are from t = 0 on, and how many of them are on-demand ones.
    pub fn at_first(&self) -> (u64, u64) {
        let present = if self.is_on { self.target } else { 0 };
        (present, self.base().min(present))
    }

    fn base(&self) -> u64 {
        self.fallback.map_or(0, |fallback| u64::from(fallback.base))
    }

    pub fn next_time(&self) -> Option<Time> {
        self.events.next_time()
    }

    /// Whether instances may be ordered, and there is a zone that has any.
    pub fn may_order(&self) -> bool {
        self.is_on && self.zones.any_up()
    }

    /// An instance is ordered at `now`, and is ready from `ready` on.
    fn ordered(&mut self, index: u32, created: u64, now: Time, ready: Time) -> (Paid, bool) {
        let is_fallback = self.next_is_fallback;
        let zone = if is_fallback { Zones::NOWHERE } else { self.zones.enter() };
        let place = Place { created, ordered: now, zone, is_fallback };
        match self.places.get_mut(index as usize) {
            Some(old) => *old = place,
            None => self.places.resize(index as usize + 1, place),
        }
        let of = Happening::of(index, created);
        if !is_fallback && let Some(lifetime) = self.draws.until_interruption() {
            let end = now + lifetime;
            let warning = Time::from_nanos(end.nanos().saturating_sub(self.notice.nanos())).max(now);
            if warning < end {
                self.events.put(warning, of(events::OfInstance::Warning));
            }
            self.events.put(end, of(events::OfInstance::Interruption));
        }
        if let Some(up) = self.draws.until_failure() {
            self.events.put(ready + up, of(events::OfInstance::Failure));
        }
        (self.change_held(is_fallback, now, 1), is_fallback)
    }

    fn change_held(&mut self, is_fallback: bool, now: Time, by: i32) -> Paid {
        let held = if is_fallback { &mut self.held_for_fallback } else { &mut self.held };
        held.change(now, by)
    }

    /// An instance is no more.
    fn ended(&mut self, index: u32, now: Time) -> (Paid, Place) {
        let place = self.places[index as usize];
        self.zones.leave(place.zone);
        (self.change_held(place.is_fallback, now, -1), place)
    }
}

impl<O: Observer, S: Service> ElasticPool<O, S> {
    /// The first instances, ready at t = 0.
    pub(super) fn supply_first(&mut self) {
        let Some(supply) = &self.supply else { return };
        let (present, on_demand) = supply.at_first();
        for number in 0..present {
            self.place_ready(number < on_demand, Time::START);
        }
    }

    /// An instance that needs no start: it serves the head of the queue, or is idle.
    fn place_ready(&mut self, is_fallback: bool, now: Time) {
        let index = self.instances.create(now);
        let created = self.instances.created(index);
        self.population.change(now, 1);
        if let Some(supply) = &mut self.supply {
            supply.next_is_fallback = is_fallback;
        }
        self.note_order(index, created, now, now);
        self.serve_from_queue(index, None, now, false);
    }

    /// Tells the supply of an instance that is ordered.
    pub(super) fn note_order(&mut self, index: u32, created: u64, now: Time, ready: Time) {
        let Some(supply) = &mut self.supply else { return };
        let (paid, is_fallback) = supply.ordered(index, created, now, ready);
        supply.next_is_fallback = false;
        self.meter.held(&paid, is_fallback);
        self.heed_supply();
    }

    /// Tells the supply of an instance that is no more.
    pub(super) fn note_end(&mut self, index: u32, now: Time) {
        let Some(supply) = &mut self.supply else { return };
        let (paid, place) = supply.ended(index, now);
        self.meter.held(&paid, place.is_fallback);
        let within = self.meter.window().clip(place.ordered, now);
        let added = supply.minimum_billing.nanos().saturating_sub(within);
        if within > 0 && added > 0 {
            self.meter.rounded(added, now);
        }
    }

    /// The next thing that happens to the supply ends the quiet.
    fn heed_supply(&mut self) {
        if let Some(next) = self.supply.as_ref().and_then(|supply| supply.next_time()) {
            self.quiet_until = self.quiet_until.min(next);
        }
    }

    /// The next thing happens to the supply.
    pub(super) fn supply_happens(&mut self, now: Time) {
        let Some(supply) = &mut self.supply else { return };
        let Some(happening) = supply.events.take() else { return };
        match happening {
            Happening::Change => self.change_hours(now),
            Happening::Sought => {
                supply.sought -= 1;
                self.reconcile(now);
            }
            Happening::OutageBegins { zone } => self.begin_outage(zone, now),
            Happening::OutageEnds { zone } => {
                supply.zones.set_out(zone, false);
                let next = now + supply.draws.until_outage();
                supply.events.put(next, Happening::OutageBegins { zone });
                self.reconcile(now);
            }
            Happening::Repaired => {
                supply.in_repair -= 1;
                if supply.is_on && self.is_short() {
                    self.place_ready(false, now);
                }
                self.reconcile(now);
            }
            Happening::Instance { index, created, what } => {
                if self.instances.created(index) == created && supply.places[index as usize].created == created {
                    self.happens_to(index, what, now);
                }
            }
        }
        self.heed_supply();
    }

    fn change_hours(&mut self, now: Time) {
        let Some(supply) = &mut self.supply else { return };
        let Some(hours) = &supply.hours else { return };
        supply.is_on = hours.is_on(now);
        if let Some(next) = hours.next_change(now) {
            supply.events.put(next, Happening::Change);
        }
        if supply.is_on {
            self.reconcile(now);
        } else {
            self.remove(u64::MAX, now);
        }
    }

    fn begin_outage(&mut self, zone: u32, now: Time) {
        let Some(supply) = &mut self.supply else { return };
        supply.zones.set_out(zone, true);
        let ends = now + supply.draws.outage();
        supply.events.put(ends, Happening::OutageEnds { zone });
        let loses = supply.loses;
        let living = self.instances.living();
        for index in living {
            let Some(supply) = &self.supply else { return };
            if supply.places[index as usize].zone == zone {
                self.take_away(index, loses, now);
            }
        }
        self.reconcile(now);
    }

    fn happens_to(&mut self, index: u32, what: events::OfInstance, now: Time) {
        let Some(supply) = &mut self.supply else { return };
        match what {
            events::OfInstance::Warning => self.withdraw(index, now),
            events::OfInstance::Interruption => {
                let loses = supply.loses;
                self.take_away(index, loses, now);
            }
            events::OfInstance::Failure => {
                if !supply.is_scaled {
                    let back = now + supply.draws.repair();
                    supply.events.put(back, Happening::Repaired);
                    supply.in_repair += 1;
                }
                self.take_away(index, false, now);
            }
        }
        self.reconcile(now);
    }

    /// An instance serves nobody new, and is given back when it serves none.
    fn withdraw(&mut self, index: u32, now: Time) {
        if self.cancel_start(index, now) || self.instances.get(index).is_draining {
            return;
        }
        if self.instances.take_idle(index) {
            self.stop(index, now);
        } else {
            self.instances.drain(index);
            self.draining += 1;
        }
    }

    /// An instance is gone at once: what it serves is lost, or begins anew at the head of the queue.
    fn take_away(&mut self, index: u32, loses: bool, now: Time) {
        if self.cancel_start(index, now) {
            return;
        }
        if self.instances.take_idle(index) {
            return self.stop(index, now);
        }
        let interrupted = self.service.interrupt(index);
        self.in_service -= interrupted.len() as u64;
        for &(request, start) in interrupted.iter().rev() {
            self.meter.served_in_vain(start, now);
            if loses {
                self.leaves_at(now);
                self.meter.interrupted(&request, start, now);
            } else {
                self.waiting.rejoin(request);
            }
        }
        if self.times_busy {
            self.close_busy_time(index, now);
        }
        if self.instances.clear(index) {
            self.draining -= 1;
        }
        self.stop(index, now);
        self.serve_waiting(now);
    }

    /// Whoever waits begins where a slot is free.
    fn serve_waiting(&mut self, now: Time) {
        while self.waiting.queued() > 0 && self.instances.any_free() {
            let Some(index) = self.instances.choose() else { return };
            match self.waiting.take_head() {
                Some(request) => {
                    self.serve(index, &request, now, false);
                    self.instances.file_in_use(index);
                }
                None => return,
            }
        }
    }

    /// A start is given up; false when the instance does not start.
    pub(super) fn cancel_start(&mut self, index: u32, now: Time) -> bool {
        let starts = self.starting.len();
        self.starting.retain(|Reverse((.., other))| *other != index);
        if self.starting.len() == starts {
            return false;
        }
        if let Some(ticket) = self.instances.get(index).bound.take() {
            self.waiting.unbind(ticket);
        }
        self.account_for_start(index, now);
        self.stop(index, now);
        true
    }

    /// The places of the instances that start, in their order.
    fn places_that_start(&self) -> Vec<u32> {
        let mut starting: Vec<u32> = self.starting.iter().map(|&Reverse((.., index))| index).collect();
        starting.sort_unstable();
        starting
    }

    /// How many instances there are of those that are not of the fallback, and of those that are.
    fn present(&mut self) -> [Present; 2] {
        let mut present = [Present::default(); 2];
        let starting = self.places_that_start();
        for index in self.instances.living() {
            let Some(supply) = &self.supply else { break };
            if self.instances.get(index).is_draining {
                continue;
            }
            let of_kind = &mut present[usize::from(supply.places[index as usize].is_fallback)];
            if starting.binary_search(&index).is_ok() { of_kind.starting += 1 } else { of_kind.ready += 1 }
        }
        present
    }

    /// Whether fewer instances are there than shall be.
    fn is_short(&mut self) -> bool {
        let [own, _] = self.present();
        let Some(supply) = &self.supply else { return false };
        let target = supply.target - supply.base().min(supply.target);
        own.starting + own.ready + supply.in_repair + supply.sought < target
    }

    /// Instances may be ordered, or some are gone: what is missing is ordered.
    pub(super) fn reconcile(&mut self, now: Time) {
        self.order_missing(now);
        if self.supply.as_ref().is_some_and(|supply| supply.is_on && supply.is_scaled) {
            self.start_for_those_in_line(now);
        }
    }

    /// Orders what is missing to the number of instances that there shall be, and gives back what stood in for it.
    fn order_missing(&mut self, now: Time) {
        let [own, fallback] = self.present();
        let Some(supply) = &mut self.supply else { return };
        if !supply.is_on {
            return;
        }
        let base = supply.base().min(supply.target);
        let wanted = supply.target - base;
        let mut present = own.starting + own.ready + supply.in_repair + supply.sought;
        while present < wanted && self.order(false, now) {
            present += 1;
        }
        let Some(supply) = &self.supply else { return };
        let stand_ins = match supply.fallback {
            Some(fallback) if fallback.dynamic => wanted.saturating_sub(own.ready),
            _ => 0,
        };
        let there = fallback.starting + fallback.ready;
        for _ in there..base + stand_ins {
            self.order(true, now);
        }
        if there > base + stand_ins {
            self.give_back(there - base - stand_ins, true, now);
        }
    }

    /// There shall be so many instances from now on.
    pub(super) fn hold(&mut self, instances: u64, now: Time) {
        let Some(supply) = &mut self.supply else { return };
        supply.target = instances;
        let own_target = instances - supply.base().min(instances);
        self.order_missing(now);
        let [own, _] = self.present();
        self.give_back((own.starting + own.ready).saturating_sub(own_target), false, now);
    }

    /// An instance is ready: what stood in for it goes.
    pub(super) fn stand_ins_go(&mut self, now: Time) {
        let has_stand_ins = |supply: &Supply| supply.fallback.is_some_and(|fallback| fallback.dynamic);
        if self.supply.as_deref().is_some_and(has_stand_ins) {
            self.reconcile(now);
        }
    }

    /// Orders an instance. False when none can be had in any zone; one that cannot be had just now is asked for again.
    fn order(&mut self, is_fallback: bool, now: Time) -> bool {
        let Some(supply) = &mut self.supply else { return false };
        if !is_fallback && !supply.zones.any_up() {
            return false;
        }
        if let Some(hours) = &mut supply.hours
            && let Some(again) = hours.is_refused()
        {
            supply.sought += 1;
            supply.events.put(now + again, Happening::Sought);
            self.heed_supply();
            return true;
        }
        supply.next_is_fallback = is_fallback;
        self.start(now);
        true
    }

    /// Gives back instances, those of the fallback or the others: first those that start, then idle ones, then
    /// those that serve, of each the newest.
    fn give_back(&mut self, surplus: u64, of_fallback: bool, now: Time) {
        if surplus == 0 {
            return;
        }
        let mut theirs: Vec<u32> = self.instances.living();
        theirs.retain(|&index| {
            let is_fallback = self.supply.as_ref().is_some_and(|supply| supply.places[index as usize].is_fallback);
            is_fallback == of_fallback && !self.instances.get(index).is_draining
        });
        let (starting, idle) = (self.places_that_start(), self.instances.places_of_idle());
        theirs.sort_by_cached_key(|&index| {
            let [starts, is_idle] = [&starting, &idle].map(|places| places.binary_search(&index).is_ok());
            Reverse((starts, is_idle, self.instances.created(index)))
        });
        theirs.truncate(usize::try_from(surplus).unwrap_or(usize::MAX));
        theirs.into_iter().for_each(|index| self.withdraw(index, now));
    }
}
