//! The instances of a pool: which are idle, which have a free slot, and which of them serves next.
//!
//! Idle instances stand in a line in the order in which they were last used (ties by creation), so that the most and the
//! least recently used, and the next to expire, are at its ends.

use std::cmp::Reverse;
use std::collections::{BTreeSet, VecDeque};
use std::num::NonZeroU32;

use rand::RngExt;

use crate::random::Rng;
use crate::scenario::IdleSelection;
use crate::unit::Time;

use super::life::Life;
use super::partly_used::PartlyUsed;
use super::waiting::Ticket;

/// One instance, from its start to its end.
#[derive(Clone, Debug)]
pub(super) struct Instance {
    /// Its number in the order of creation.
    pub created: u64,
    /// Its busy time is kept only where busy times of instances are asked for.
    pub life: Life,
    /// Whether it is stopped when it has served what it has.
    pub is_draining: bool,
    /// Requests in service; kept only for pools of several slots.
    in_use: u32,
    /// The latest of: an end of service on it, its becoming ready, the start of time; kept while it is in use.
    last_used: Time,
    /// Since when it has been serving at least one; the end of time when it serves none. Kept only where busy times are asked for.
    pub busy_since: Time,
    /// The waiting request that it was started for.
    pub bound: Option<Ticket>,
}

/// An idle instance's place in the line.
#[derive(Clone, Copy, Debug)]
struct Idle {
    last_used: Time,
    /// The instance in the low half; in the high half its turn in the order in which instances became idle, zero when it
    /// has been idle for the keep-alive time already and stays because no more than the minimum exist. One word, because
    /// two are written and read back in a few cycles, and a third would have to be waited for.
    turn_and_instance: u64,
}

impl Idle {
    fn new(last_used: Time, instance: u32, turn: NonZeroU32) -> Idle {
        Idle { last_used, turn_and_instance: u64::from(turn.get()) << 32 | u64::from(instance) }
    }

    fn instance(self) -> u32 {
        self.turn_and_instance as u32
    }

    fn turn(self) -> Option<NonZeroU32> {
        NonZeroU32::new((self.turn_and_instance >> 32) as u32)
    }

    /// It will not expire any more.
    fn stay(&mut self) {
        self.turn_and_instance = u64::from(self.instance());
    }
}

/// The number of a place that has no instance.
const NO_INSTANCE: u64 = u64::MAX;

/// The instances of a pool, in an arena whose places are used again.
pub(super) struct Instances {
    arena: Vec<Instance>,
    vacant: Vec<u32>,
    created: u64,
    slots: u32,
    idle: VecDeque<Idle>,
    /// So many at the head of the line have no turn. (One further back has none only if an equal came to stand before it.)
    kept: usize,
    next_turn: NonZeroU32,
    /// Idle instances by creation; kept only for the rules that ask for it.
    idle_by_creation: Option<Vec<(u64, u32)>>,
    /// Instances in use with a free slot; always empty with one slot.
    partly_used: PartlyUsed,
    /// The same for the rules that ask for creation, the next to serve last: requests in service, rank, place.
    partly_used_by_creation: BTreeSet<(u32, u64, u32)>,
    rule: IdleSelection,
    draws: Rng,
}

impl Instances {
    pub fn new(slots: u32, rule: IdleSelection, draws: Rng) -> Instances {
        use IdleSelection::{LeastRecentlyUsed, MostRecentlyUsed};
        let by_recency = matches!(rule, MostRecentlyUsed | LeastRecentlyUsed);
        Instances {
            arena: Vec::new(),
            vacant: Vec::new(),
            created: 0,
            slots,
            idle: VecDeque::new(),
            kept: 0,
            next_turn: NonZeroU32::MIN,
            idle_by_creation: (!by_recency).then(Vec::new),
            partly_used: PartlyUsed::new(slots),
            partly_used_by_creation: BTreeSet::new(),
            rule,
            draws,
        }
    }

    #[inline]
    pub fn get(&mut self, index: u32) -> &mut Instance {
        &mut self.arena[index as usize]
    }

    /// An instance's number in the order of creation; that of no instance where there is none.
    #[inline]
    pub fn created(&self, index: u32) -> u64 {
        self.arena[index as usize].created
    }

    /// Whether a place has an instance that drains.
    pub fn is_draining(&self, index: u32) -> bool {
        let instance = self.arena.get(index as usize);
        instance.is_some_and(|instance| instance.is_draining && instance.created != NO_INSTANCE)
    }

    /// Creates an instance that is neither idle nor in use yet.
    pub fn create(&mut self, ready: Time) -> u32 {
        let instance = Instance {
            created: self.created,
            life: Life { ready, billed_start: 0, busy: 0 },
            is_draining: false,
            in_use: 0,
            last_used: ready,
            busy_since: Time::END,
            bound: None,
        };
        self.created += 1;
        if let Some(index) = self.vacant.pop() {
            self.arena[index as usize] = instance;
            return index;
        }
        self.arena.push(instance);
        u32::try_from(self.arena.len() - 1).expect("fewer than 2^32 instances at once")
    }

    /// The place that the next instance to be created has.
    pub fn next_place(&self) -> u32 {
        self.vacant.last().copied().unwrap_or(self.arena.len() as u32)
    }

    /// Whether an instance is idle or has a free slot.
    #[inline]
    pub fn any_free(&self) -> bool {
        !self.idle.is_empty() || self.any_partly_used()
    }

    #[inline]
    fn any_partly_used(&self) -> bool {
        !self.partly_used.is_empty() || !self.partly_used_by_creation.is_empty()
    }

    /// Takes a free slot by the rule, if there is one: on the fullest instance in use, else on an idle one. The caller
    /// makes use of it with [`Instances::begin`].
    #[inline(always)]
    pub fn choose(&mut self) -> Option<u32> {
        if self.slots > 1 && self.any_partly_used() {
            return Some(self.choose_partly_used());
        }
        match self.rule {
            IdleSelection::MostRecentlyUsed => {
                let chosen = self.idle.pop_back()?;
                self.kept = self.kept.min(self.idle.len());
                Some(chosen.instance())
            }
            IdleSelection::LeastRecentlyUsed => {
                let chosen = self.idle.pop_front()?;
                self.kept = self.kept.saturating_sub(1);
                Some(chosen.instance())
            }
            IdleSelection::Newest | IdleSelection::Oldest | IdleSelection::Random => self.choose_by_creation(),
        }
    }

    fn choose_by_creation(&mut self) -> Option<u32> {
        let idle = self.idle_by_creation.as_mut().expect("kept for these rules");
        let last = idle.len().checked_sub(1)?;
        let place = match self.rule {
            IdleSelection::Oldest => 0,
            IdleSelection::Random if last > 0 => self.draws.random_range(0..idle.len() as u64) as usize,
            _ => last,
        };
        let (_, instance) = idle.remove(place);
        let last_used = self.arena[instance as usize].last_used;
        let mut place = self.idle.partition_point(|idle| idle.last_used < last_used);
        while self.idle[place].instance() != instance {
            place += 1;
        }
        self.idle.remove(place);
        self.kept -= usize::from(place < self.kept);
        Some(instance)
    }

    #[inline]
    fn choose_partly_used(&mut self) -> u32 {
        let index = match self.rule {
            IdleSelection::MostRecentlyUsed => self.partly_used.choose(true),
            IdleSelection::LeastRecentlyUsed => self.partly_used.choose(false),
            IdleSelection::Newest | IdleSelection::Oldest | IdleSelection::Random => {
                self.choose_partly_used_by_creation()
            }
        };
        self.unfile(index);
        index
    }

    fn choose_partly_used_by_creation(&mut self) -> u32 {
        let &(fullest, _, last) = self.partly_used_by_creation.last().expect("checked by the caller");
        if self.rule != IdleSelection::Random {
            return last;
        }
        let equals = || self.partly_used_by_creation.range((fullest, 0, 0)..);
        let count = equals().count() as u64;
        let place = if count > 1 { self.draws.random_range(0..count) } else { 0 };
        equals().nth(place as usize).expect("drawn below the count").2
    }

    /// Where an instance in use stands by creation: of equally full ones the greatest rank is chosen.
    fn key_by_creation(&self, index: u32) -> (u32, u64, u32) {
        let instance = &self.arena[index as usize];
        let rank = if self.rule == IdleSelection::Oldest { !instance.created } else { instance.created };
        (instance.in_use, rank, index)
    }

    /// Takes an instance in use out of those with a free slot, if it is one of them.
    #[inline]
    fn unfile(&mut self, index: u32) {
        if self.idle_by_creation.is_some() {
            let key = self.key_by_creation(index);
            self.partly_used_by_creation.remove(&key);
        } else {
            self.partly_used.remove(index);
        }
    }

    /// A request begins on an instance that was chosen, has just ended another, or has just become ready. True when it is
    /// the only one there.
    #[inline]
    pub fn begin(&mut self, index: u32) -> bool {
        if self.slots == 1 {
            return true;
        }
        let instance = &mut self.arena[index as usize];
        instance.in_use += 1;
        instance.in_use == 1
    }

    /// A request ends on an instance. True when it was the only one there.
    #[inline]
    pub fn end(&mut self, index: u32, now: Time) -> bool {
        if self.slots == 1 {
            return true;
        }
        self.unfile(index);
        let instance = &mut self.arena[index as usize];
        instance.in_use -= 1;
        instance.last_used = now;
        instance.in_use == 0
    }

    /// Files an instance that a request has begun on, if it has another free slot.
    #[inline]
    pub fn file_in_use(&mut self, index: u32) {
        let Instance { in_use, last_used, created, .. } = self.arena[index as usize];
        if self.slots == 1 || in_use == self.slots {
            return;
        }
        if self.idle_by_creation.is_some() {
            let key = self.key_by_creation(index);
            self.partly_used_by_creation.insert(key);
        } else {
            self.partly_used.insert(index, in_use, last_used, created);
        }
    }

    /// Files an instance that serves nothing since `now`, its end of service or its becoming ready.
    #[inline]
    pub fn file_idle(&mut self, index: u32, now: Time) {
        let idle = Idle::new(now, index, self.next_turn);
        self.next_turn = NonZeroU32::new(self.next_turn.get().wrapping_add(1)).unwrap_or(NonZeroU32::MIN);
        match self.idle.back() {
            Some(last) if last.last_used >= now => self.file_among_equals(idle),
            _ => self.idle.push_back(idle),
        }
        if self.idle_by_creation.is_some() {
            self.file_by_creation(index, now);
        }
    }

    /// Takes its place in line among those that became idle at the same time, by creation.
    fn file_among_equals(&mut self, idle: Idle) {
        let created = |idle: &Idle| (idle.last_used, self.arena[idle.instance() as usize].created);
        let key = created(&idle);
        // Mostly the newest comes last.
        let mut place = self.idle.len();
        while place > 0 && created(&self.idle[place - 1]) > key {
            place -= 1;
        }
        self.idle.insert(place, idle);
        self.kept = self.kept.min(place);
    }

    fn file_by_creation(&mut self, index: u32, now: Time) {
        self.arena[index as usize].last_used = now;
        let created = self.arena[index as usize].created;
        let idle = self.idle_by_creation.as_mut().expect("checked by the caller");
        let place = idle.partition_point(|&(other, _)| other < created);
        idle.insert(place, (created, index));
    }

    /// Since when the instance has been idle that will first have been so for the keep-alive time.
    #[inline]
    pub fn next_to_expire(&self) -> Option<Time> {
        let mut place = self.kept;
        loop {
            let idle = self.idle.get(place)?;
            if idle.turn().is_some() {
                return Some(idle.last_used);
            }
            place += 1;
        }
    }

    /// The instances that have been idle since the same moment as [`Instances::next_to_expire`]: the first `most` of
    /// them, in the order in which they became idle, leave the line and are returned; the others stay until they serve.
    pub fn expire(&mut self, most: u64) -> Vec<u32> {
        let Some(since) = self.next_to_expire() else {
            return Vec::new();
        };
        let first = self.idle.partition_point(|idle| idle.last_used < since);
        let equals = self.idle.range(first..).take_while(|idle| idle.last_used == since);
        let mut group: Vec<(u32, u32)> = equals
            .filter_map(|idle| Some((self.next_turn.get().wrapping_sub(idle.turn()?.get()), idle.instance())))
            .collect();
        // Turns wrap around; their distance from the next one tells the order.
        group.sort_unstable_by_key(|&(distance, _)| Reverse(distance));
        group.truncate(usize::try_from(most).unwrap_or(usize::MAX));
        let expired: BTreeSet<u32> = group.iter().map(|&(_, instance)| instance).collect();
        let mut place = first;
        while let Some(idle) = self.idle.get_mut(place)
            && idle.last_used == since
        {
            if expired.contains(&idle.instance()) {
                self.idle.remove(place);
            } else {
                idle.stay();
                place += 1;
            }
        }
        self.kept = place;
        if let Some(idle) = &mut self.idle_by_creation {
            idle.retain(|(_, instance)| !expired.contains(instance));
        }
        group.into_iter().map(|(_, instance)| instance).collect()
    }

    /// How many instances are idle.
    pub fn idle(&self) -> u64 {
        self.idle.len() as u64
    }

    /// Up to `most` idle instances leave the line, the newest first.
    pub fn take_newest_idle(&mut self, most: usize) -> Vec<u32> {
        if most == 0 {
            return Vec::new();
        }
        let Instances { arena, idle, kept, idle_by_creation, .. } = self;
        let created = |idle: &Idle| arena[idle.instance() as usize].created;
        let mut newest: Vec<Reverse<(u64, u32)>> =
            idle.iter().map(|idle| Reverse((created(idle), idle.instance()))).collect();
        keep_least(&mut newest, most);
        let Some(&Reverse((oldest, _))) = newest.last() else { return Vec::new() };
        *kept = idle.iter().take(*kept).filter(|idle| created(idle) < oldest).count();
        idle.retain(|idle| created(idle) < oldest);
        if let Some(idle) = idle_by_creation {
            idle.retain(|&(created, _)| created < oldest);
        }
        newest.into_iter().map(|Reverse((_, instance))| instance).collect()
    }

    /// The places of the idle instances, in their order.
    pub fn places_of_idle(&self) -> Vec<u32> {
        let mut places: Vec<u32> = self.idle.iter().map(|idle| idle.instance()).collect();
        places.sort_unstable();
        places
    }

    /// An instance leaves the line of idle ones, if it stands there.
    pub fn take_idle(&mut self, index: u32) -> bool {
        let Some(place) = self.idle.iter().position(|idle| idle.instance() == index) else { return false };
        self.idle.remove(place);
        self.kept -= usize::from(place < self.kept);
        if let Some(idle) = &mut self.idle_by_creation {
            idle.retain(|&(_, instance)| instance != index);
        }
        true
    }

    /// An instance in use has nothing in service any more. True when it was draining.
    pub fn clear(&mut self, index: u32) -> bool {
        self.unfile(index);
        let instance = &mut self.arena[index as usize];
        instance.in_use = 0;
        instance.is_draining
    }

    /// An instance in use serves nobody else.
    pub fn drain(&mut self, index: u32) {
        self.unfile(index);
        self.arena[index as usize].is_draining = true;
    }

    /// Gives back the place of an instance that is no more.
    pub fn retire(&mut self, index: u32) {
        self.arena[index as usize].created = NO_INSTANCE;
        self.vacant.push(index);
    }

    /// The places of instances that exist.
    pub fn living(&self) -> Vec<u32> {
        let is_living = |&index: &u32| self.created(index) != NO_INSTANCE;
        (0..self.arena.len() as u32).filter(is_living).collect()
    }
}

/// The `most` least of some values, in their order.
pub(super) fn keep_least<T: Ord>(values: &mut Vec<T>, most: usize) {
    if (1..values.len()).contains(&most) {
        values.select_nth_unstable(most - 1);
    }
    values.truncate(most);
    values.sort_unstable();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_of_the_idle_instances_leave_the_line_and_the_others_keep_their_places() {
        // Six instances, idle in the order of their first use 0, 3, 1, 5, 2, 4; of the first two the keep-alive time is over.
        for rule in [IdleSelection::MostRecentlyUsed, IdleSelection::Oldest] {
            let order = [0_u32, 3, 1, 5, 2, 4];
            for most in 0..=7 {
                let mut instances = Instances::new(1, rule, <Rng as rand::SeedableRng>::seed_from_u64(1));
                for _ in 0..6 {
                    instances.create(Time::START);
                }
                for (at, &index) in order.iter().enumerate() {
                    instances.file_idle(index, Time::from_nanos(at as u64));
                }
                assert_eq!((instances.expire(0), instances.expire(0)), (vec![], vec![]));
                let taken: Vec<u32> = (0..6).rev().take(most).collect();
                assert_eq!(instances.take_newest_idle(most), taken);
                let left: Vec<u32> = order.into_iter().filter(|index| !taken.contains(index)).collect();
                assert_eq!(instances.idle.iter().map(|idle| idle.instance()).collect::<Vec<_>>(), left);
                let next = order[2..].iter().position(|index| !taken.contains(index));
                let next = next.map(|place| Time::from_nanos(place as u64 + 2));
                assert_eq!(instances.next_to_expire(), next, "{most}");
            }
        }
    }

    #[test]
    fn the_least_are_kept_in_order() {
        for most in 0..6 {
            let mut values = vec![4, 1, 3, 0, 2];
            keep_least(&mut values, most);
            assert_eq!(values, (0..5).take(most).collect::<Vec<_>>());
        }
    }
}
