//! When each instance is free, in one ordered set that is asked for the latest time not after now, and for the earliest.
//!
//! A calendar (R. Brown, Communications of the ACM 31, 1988) that looks both ways: a ring of days around the present one
//! with a bitmap of those that have entries, a queue for what was free long ago, and a heap for what is far ahead.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};

use crate::unit::{Span, Time};

/// Days of the ring; a power of two.
const DAYS: u64 = 16_384;
const WORDS: usize = DAYS as usize / 64;
/// Days of the ring that may lie behind the present one, and ahead of it. What lies further behind is moved out a word of
/// the bitmap at a time.
const BEHIND: u64 = DAYS / 4;
const AHEAD: u64 = DAYS - BEHIND - 128;
/// Days between two arrivals, about: most days have one entry or none.
const PER_GAP: u64 = 2;
const NONE: u32 = u32::MAX;

pub(super) struct FreeTimes {
    /// A day is 2^shift nanoseconds long.
    shift: u32,
    today: u64,
    /// Entries of earlier days are in `old`; a multiple of 64.
    ring_from: u64,
    /// By day of the ring: the first of its entries.
    days: Box<[u32; DAYS as usize]>,
    occupied: Box<[u64; WORDS]>,
    instances: Vec<Entry>,
    vacant: Vec<u32>,
    created: u64,
    /// Entries of days before the ring, in order.
    old: VecDeque<(Time, u32)>,
    /// Entries of days after the ring.
    far: BinaryHeap<Reverse<(Time, u32)>>,
}

#[derive(Clone, Copy, Debug)]
struct Entry {
    free: Time,
    /// The instance's number in the order of creation.
    created: u64,
    /// The next entry of its day.
    next: u32,
}

impl FreeTimes {
    /// A calendar for arrivals that are about `gap` apart. The gap decides how fast it is, never what it says.
    pub fn new(gap: Span) -> FreeTimes {
        let day = (gap.nanos() / PER_GAP).max(1);
        FreeTimes {
            shift: 63 - day.leading_zeros(),
            today: 0,
            ring_from: 0,
            days: Box::new([NONE; DAYS as usize]),
            occupied: Box::new([0; WORDS]),
            instances: Vec::new(),
            vacant: Vec::new(),
            created: 0,
            old: VecDeque::new(),
            far: BinaryHeap::new(),
        }
    }

    /// A new instance, which is not in the set yet.
    pub fn create(&mut self) -> u32 {
        let entry = Entry { free: Time::START, created: self.created, next: NONE };
        self.created += 1;
        if let Some(place) = self.vacant.pop() {
            self.instances[place as usize] = entry;
            return place;
        }
        self.instances.push(entry);
        u32::try_from(self.instances.len() - 1).expect("fewer than 2^32 instances at once")
    }

    /// Gives back the place of an instance that is no more.
    pub fn retire(&mut self, instance: u32) {
        self.vacant.push(instance);
    }

    /// An instance's number in the order of creation.
    #[inline]
    pub fn created(&self, instance: u32) -> u64 {
        self.instances[instance as usize].created
    }

    /// An instance is free from `time` on, which is not before the present.
    #[inline]
    pub fn put(&mut self, instance: u32, time: Time) {
        let day = time.nanos() >> self.shift;
        self.instances[instance as usize].free = time;
        if day - self.today < AHEAD {
            self.put_on_day(day, instance);
        } else {
            self.far.push(Reverse((time, instance)));
        }
    }

    #[inline]
    fn put_on_day(&mut self, day: u64, instance: u32) {
        let day = (day % DAYS) as usize;
        self.instances[instance as usize].next = std::mem::replace(&mut self.days[day], instance);
        self.occupied[day / 64] |= 1 << (day % 64);
    }

    /// Moves on to `now`, an arrival's time, and takes the instance that has been free for the shortest time; of several
    /// free since the same moment, the newest.
    #[inline]
    pub fn take_latest(&mut self, now: Time) -> Option<u32> {
        self.move_to(now);
        let today = self.today;
        if self.is_marked(today)
            && let Some(instance) = self.latest_of_day(today, now)
        {
            self.remove(today, instance);
            return Some(instance);
        }
        let Some(day) = self.last_marked_before(today) else { return self.old_latest() };
        let first = self.days[(day % DAYS) as usize];
        if self.instances[first as usize].next == NONE {
            self.clear_day(day);
            return Some(first);
        }
        let instance = self.latest_of_day(day, now)?;
        self.remove(day, instance);
        Some(instance)
    }

    fn old_latest(&mut self) -> Option<u32> {
        self.old.pop_back().map(|(_, instance)| instance)
    }

    /// The instance that has been free for the longest time by `now`; of several free since the same moment, any.
    pub fn earliest(&mut self, now: Time) -> Option<(Time, u32)> {
        self.move_to(now);
        if let Some(&earliest) = self.old.front() {
            return Some(earliest);
        }
        let day = self.first_marked_from(self.ring_from).filter(|&day| day <= self.today)?;
        let (free, _, instance) = self.entries_of_day(day).min()?;
        (free <= now).then_some((free, instance))
    }

    /// Takes what [`FreeTimes::earliest`] says.
    pub fn take_earliest(&mut self, now: Time) {
        let Some((free, instance)) = self.earliest(now) else { return };
        if self.old.pop_front().is_none() {
            self.remove(free.nanos() >> self.shift, instance);
        }
    }

    /// Every entry, in the order of time; the set is empty after it.
    pub fn drain(&mut self) -> Vec<(Time, u32)> {
        let ring = self.days.iter().flat_map(|&first| self.list(first)).map(|(free, _, instance)| (free, instance));
        let far = self.far.iter().map(|&Reverse(entry)| entry);
        let mut entries: Vec<(Time, u32)> = self.old.iter().copied().chain(ring).chain(far).collect();
        entries.sort_unstable();
        self.old.clear();
        self.far.clear();
        self.days.fill(NONE);
        self.occupied.fill(0);
        entries
    }

    /// Makes the day of `now` today.
    #[inline]
    fn move_to(&mut self, now: Time) {
        let day = now.nanos() >> self.shift;
        if day != self.today {
            self.today = day;
            if day - self.ring_from >= BEHIND + 64 {
                self.move_out();
            }
            while let Some(&Reverse((time, instance))) = self.far.peek()
                && (time.nanos() >> self.shift).saturating_sub(day) < AHEAD
            {
                self.far.pop();
                self.move_in(time, instance);
            }
        }
    }

    /// An entry from far ahead comes within the ring, or has been left behind in one long step.
    #[inline(never)]
    fn move_in(&mut self, time: Time, instance: u32) {
        let day = time.nanos() >> self.shift;
        if day >= self.ring_from {
            self.put_on_day(day, instance);
        } else {
            // The heap gives the earlier ones first, and all of them are later than those that were in the ring.
            let key = (time, self.created(instance));
            let place = self.old.partition_point(|&(free, other)| (free, self.instances[other as usize].created) < key);
            self.old.insert(place, (time, instance));
        }
    }

    /// Moves the entries of the days that have fallen behind out of the ring.
    #[inline(never)]
    fn move_out(&mut self) {
        let keep_from = (self.today - BEHIND) / 64 * 64;
        while let Some(day) = self.first_marked_from(self.ring_from).filter(|&day| day < keep_from) {
            let mut entries: Vec<(Time, u64, u32)> = self.entries_of_day(day).collect();
            entries.sort_unstable();
            self.old.extend(entries.into_iter().map(|(free, _, instance)| (free, instance)));
            self.clear_day(day);
        }
        self.ring_from = keep_from;
    }

    #[inline]
    fn is_marked(&self, day: u64) -> bool {
        let day = (day % DAYS) as usize;
        self.occupied[day / 64] >> (day % 64) & 1 == 1
    }

    #[inline]
    fn clear_day(&mut self, day: u64) {
        let day = (day % DAYS) as usize;
        self.days[day] = NONE;
        self.occupied[day / 64] &= !(1 << (day % 64));
    }

    /// The last marked day of the ring before `day`.
    #[inline]
    fn last_marked_before(&self, day: u64) -> Option<u64> {
        let mut word = day / 64 * 64;
        let mut bits = self.occupied[(word / 64) as usize % WORDS] & ((1 << (day % 64)) - 1);
        while bits == 0 {
            if word == self.ring_from {
                return None;
            }
            word -= 64;
            bits = self.occupied[(word / 64) as usize % WORDS];
        }
        Some(word + 63 - u64::from(bits.leading_zeros()))
    }

    /// The first marked day of the ring at or after `day`, a multiple of 64.
    fn first_marked_from(&self, day: u64) -> Option<u64> {
        (0..WORDS as u64).find_map(|ahead| {
            let bits = self.occupied[(day / 64 + ahead) as usize % WORDS];
            (bits != 0).then(|| day + ahead * 64 + u64::from(bits.trailing_zeros()))
        })
    }

    fn entries_of_day(&self, day: u64) -> impl Iterator<Item = (Time, u64, u32)> + '_ {
        self.list(self.days[(day % DAYS) as usize])
    }

    fn list(&self, first: u32) -> impl Iterator<Item = (Time, u64, u32)> + '_ {
        let follow = |index: u32| (index != NONE).then_some(index);
        let places = std::iter::successors(follow(first), move |&place| follow(self.instances[place as usize].next));
        places.map(|place| {
            let entry = self.instances[place as usize];
            (entry.free, entry.created, place)
        })
    }

    /// The latest entry of a day that is not after `now`.
    fn latest_of_day(&self, day: u64, now: Time) -> Option<u32> {
        let until_now = self.entries_of_day(day).filter(|&(free, ..)| free <= now);
        until_now.max().map(|(_, _, instance)| instance)
    }

    fn remove(&mut self, day: u64, instance: u32) {
        let next = self.instances[instance as usize].next;
        let place = (day % DAYS) as usize;
        if self.days[place] == instance {
            self.days[place] = next;
        } else {
            let mut before = self.days[place];
            while self.instances[before as usize].next != instance {
                before = self.instances[before as usize].next;
            }
            self.instances[before as usize].next = next;
        }
        if self.days[place] == NONE {
            self.occupied[place / 64] &= !(1 << (place % 64));
        }
    }
}
