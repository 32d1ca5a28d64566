//! The instances of a pool: which are idle, which have a free slot, and which of them serves next.
//!
//! Idle instances form a list through the instances themselves, in the order in which they were last used (ties by
//! creation), so that the most and the least recently used, and the next to expire, are at hand without a search.

use std::collections::BTreeSet;

use rand::RngExt;

use crate::random::Rng;
use crate::scenario::IdleSelection;
use crate::unit::Time;

use super::waiting::Ticket;

const NONE: u32 = u32::MAX;

/// What the accounts of an instance need, from its start to its end.
#[derive(Clone, Debug)]
pub(super) struct Life {
    /// The start of its cold start, and when that is over; both 0 for an instance kept warm from the start.
    pub started: Time,
    pub ready: Time,
    /// Since when it has been serving at least one.
    pub busy_since: Time,
    /// Its busy time within the window so far, in nanoseconds.
    pub busy: u64,
    /// The waiting request that it was started for.
    pub bound: Option<Ticket>,
}

/// What the choice of an instance needs: small, because it is touched with every request.
#[derive(Clone, Copy, Debug)]
struct Instance {
    /// Its number in the order of creation.
    created: u64,
    /// The latest of: an end of service on it, its becoming ready, the start of time.
    last_used: Time,
    /// Its turn in the order in which instances became idle.
    idle_order: u64,
    /// Requests in service.
    in_use: u32,
    previous: u32,
    next: u32,
    /// Idle for the keep-alive time already, and kept because no more than the minimum exist.
    kept: bool,
}

/// The instances of a pool, in an arena whose places are used again.
pub(super) struct Instances {
    arena: Vec<Instance>,
    /// By the same places.
    lives: Vec<Life>,
    vacant: Vec<u32>,
    created: u64,
    slots: u32,
    idle: IdleList,
    /// Idle instances by creation; kept only for the rules that ask for it.
    idle_by_creation: Option<Vec<(u64, u32)>>,
    /// Instances in use with a free slot, the next to serve last; always empty with one slot.
    partial: BTreeSet<(u32, u64, u64, u32)>,
    rule: IdleSelection,
    draws: Rng,
}

/// Ends of the list of idle instances, the least recently used first.
struct IdleList {
    first: u32,
    last: u32,
    /// The first one that has not yet been idle for the keep-alive time.
    first_pending: u32,
    /// Since when that one has been idle.
    pending_since: Time,
    turns: u64,
}

impl Instances {
    pub fn new(slots: u32, rule: IdleSelection, draws: Rng) -> Instances {
        use IdleSelection::{LeastRecentlyUsed, MostRecentlyUsed};
        let by_recency = matches!(rule, MostRecentlyUsed | LeastRecentlyUsed);
        Instances {
            arena: Vec::new(),
            lives: Vec::new(),
            vacant: Vec::new(),
            created: 0,
            slots,
            idle: IdleList {
                first: NONE,
                last: NONE,
                first_pending: NONE,
                pending_since: Time::START,
                turns: 0,
            },
            idle_by_creation: (!by_recency).then(Vec::new),
            partial: BTreeSet::new(),
            rule,
            draws,
        }
    }

    #[inline]
    pub fn life(&mut self, index: u32) -> &mut Life {
        &mut self.lives[index as usize]
    }

    /// An instance's number in the order of creation.
    #[inline]
    pub fn created(&self, index: u32) -> u64 {
        self.arena[index as usize].created
    }

    /// Requests in service on an instance.
    #[inline]
    pub fn in_use(&self, index: u32) -> u32 {
        self.arena[index as usize].in_use
    }

    /// Creates an instance that is neither idle nor in use yet.
    pub fn create(&mut self, started: Time, ready: Time) -> u32 {
        let life = Life {
            started,
            ready,
            busy_since: Time::START,
            busy: 0,
            bound: None,
        };
        let instance = Instance {
            created: self.created,
            last_used: ready,
            idle_order: 0,
            in_use: 0,
            previous: NONE,
            next: NONE,
            kept: false,
        };
        self.created += 1;
        if let Some(index) = self.vacant.pop() {
            self.arena[index as usize] = instance;
            self.lives[index as usize] = life;
            return index;
        }
        self.arena.push(instance);
        self.lives.push(life);
        u32::try_from(self.arena.len() - 1).expect("fewer than 2^32 instances at once")
    }

    /// Whether an instance is idle or has a free slot.
    #[inline]
    pub fn any_free(&self) -> bool {
        self.idle.first != NONE || !self.partial.is_empty()
    }

    /// Takes a free slot by the rule, if there is one: on the fullest instance in use, else on an idle one. The caller
    /// makes use of it with [`Instances::begin`].
    #[inline]
    pub fn choose(&mut self) -> Option<u32> {
        if self.slots > 1 && !self.partial.is_empty() {
            return Some(self.choose_partial());
        }
        if self.idle.first == NONE {
            return None;
        }
        let index = match self.rule {
            IdleSelection::MostRecentlyUsed => self.idle.last,
            IdleSelection::LeastRecentlyUsed => self.idle.first,
            IdleSelection::Newest | IdleSelection::Oldest | IdleSelection::Random => self.choose_by_creation(),
        };
        self.remove_idle(index);
        Some(index)
    }

    fn choose_by_creation(&mut self) -> u32 {
        let idle = self.idle_by_creation.as_ref().expect("kept for these rules");
        let place = match self.rule {
            IdleSelection::Oldest => 0,
            IdleSelection::Random if idle.len() > 1 => self.draws.random_range(0..idle.len() as u64) as usize,
            _ => idle.len() - 1,
        };
        idle[place].1
    }

    fn choose_partial(&mut self) -> u32 {
        let fullest = self.partial.last().expect("checked by the caller").0;
        let key = if self.rule == IdleSelection::Random {
            let equals = || self.partial.range((fullest, 0, 0, 0)..);
            let count = equals().count() as u64;
            let place = if count > 1 {
                self.draws.random_range(0..count)
            } else {
                0
            };
            *equals().nth(place as usize).expect("drawn below the count")
        } else {
            *self.partial.last().expect("checked by the caller")
        };
        self.partial.remove(&key);
        key.3
    }

    /// Where an instance in use with a free slot stands in the order of choice: the greatest key is chosen.
    fn partial_key(&self, index: u32) -> (u32, u64, u64, u32) {
        let instance = &self.arena[index as usize];
        let (used, created) = (instance.last_used.nanos(), instance.created);
        let (first, second) = match self.rule {
            IdleSelection::MostRecentlyUsed => (used, created),
            IdleSelection::LeastRecentlyUsed => (!used, !created),
            IdleSelection::Newest | IdleSelection::Random => (created, 0),
            IdleSelection::Oldest => (!created, 0),
        };
        (instance.in_use, first, second, index)
    }

    /// A request begins on an instance that was chosen or has just become ready.
    #[inline]
    pub fn begin(&mut self, index: u32) {
        self.arena[index as usize].in_use += 1;
    }

    /// A request ends on an instance, which is then the most recently used.
    #[inline]
    pub fn end(&mut self, index: u32, now: Time) {
        if self.slots > 1 {
            let key = self.partial_key(index);
            self.partial.remove(&key);
        }
        let instance = &mut self.arena[index as usize];
        instance.in_use -= 1;
        instance.last_used = now;
    }

    /// Files an instance whose state has settled: idle, in use with a free slot, or full. True when it became idle.
    #[inline]
    pub fn settle(&mut self, index: u32) -> bool {
        let in_use = self.arena[index as usize].in_use;
        if in_use == 0 {
            self.insert_idle(index);
        } else if in_use < self.slots {
            let key = self.partial_key(index);
            self.partial.insert(key);
        }
        in_use == 0
    }

    #[inline]
    fn insert_idle(&mut self, index: u32) {
        let (used, created) = (self.arena[index as usize].last_used, self.arena[index as usize].created);
        // Behind all that were used before it, or at the same time and created before it.
        let mut before = self.idle.last;
        let mut first_to_expire = self.idle.first_pending == NONE;
        while before != NONE {
            let other = &self.arena[before as usize];
            if other.last_used < used || (other.last_used == used && other.created < created) {
                break;
            }
            first_to_expire |= before == self.idle.first_pending;
            before = other.previous;
        }
        let after = if before == NONE {
            self.idle.first
        } else {
            self.arena[before as usize].next
        };
        let instance = &mut self.arena[index as usize];
        instance.idle_order = self.idle.turns;
        instance.kept = false;
        instance.previous = before;
        instance.next = after;
        self.idle.turns += 1;
        if before == NONE {
            self.idle.first = index
        } else {
            self.arena[before as usize].next = index
        }
        if after == NONE {
            self.idle.last = index
        } else {
            self.arena[after as usize].previous = index
        }
        if first_to_expire {
            self.expect_expiry(index);
        }
        if let Some(idle) = &mut self.idle_by_creation {
            let place = idle.partition_point(|&(other, _)| other < created);
            idle.insert(place, (created, index));
        }
    }

    #[inline]
    fn remove_idle(&mut self, index: u32) {
        let Instance {
            previous,
            next,
            created,
            ..
        } = self.arena[index as usize];
        if previous == NONE {
            self.idle.first = next
        } else {
            self.arena[previous as usize].next = next
        }
        if next == NONE {
            self.idle.last = previous
        } else {
            self.arena[next as usize].previous = previous
        }
        if self.idle.first_pending == index {
            self.expect_expiry(next);
        }
        if let Some(idle) = &mut self.idle_by_creation {
            let place = idle.partition_point(|&(other, _)| other < created);
            idle.remove(place);
        }
    }

    /// Since when the instance has been idle that will first have been so for the keep-alive time.
    #[inline]
    pub fn next_to_expire(&self) -> Option<Time> {
        (self.idle.first_pending != NONE).then_some(self.idle.pending_since)
    }

    /// The instances that have been idle since the same moment as [`Instances::next_to_expire`]: the first `most` of
    /// them, in the order in which they became idle, leave the list and are returned; the others stay until they serve.
    pub fn expire(&mut self, most: u64) -> Vec<u32> {
        let Some(since) = self.next_to_expire() else {
            return Vec::new();
        };
        let mut group = Vec::new();
        let mut index = self.idle.first_pending;
        while index != NONE && self.arena[index as usize].last_used == since {
            let instance = &self.arena[index as usize];
            if !instance.kept {
                group.push(index);
            }
            index = instance.next;
        }
        self.expect_expiry(index);
        if (group.len() as u64) > most {
            group.sort_unstable_by_key(|&index| self.arena[index as usize].idle_order);
            group
                .drain(most as usize..)
                .for_each(|index| self.arena[index as usize].kept = true);
        }
        group.iter().for_each(|&index| self.remove_idle(index));
        group
    }

    /// The first instance from `index` on along the list that has still to expire is the next to do so.
    #[inline]
    fn expect_expiry(&mut self, mut index: u32) {
        while index != NONE && self.arena[index as usize].kept {
            index = self.arena[index as usize].next;
        }
        self.idle.first_pending = index;
        if index != NONE {
            self.idle.pending_since = self.arena[index as usize].last_used;
        }
    }

    /// Gives back the place of an instance that is no more.
    pub fn retire(&mut self, index: u32) {
        self.vacant.push(index);
    }

    /// The places of instances that exist.
    pub fn living(&self) -> Vec<u32> {
        let vacant: BTreeSet<u32> = self.vacant.iter().copied().collect();
        (0..self.arena.len() as u32)
            .filter(|index| !vacant.contains(index))
            .collect()
    }
}
