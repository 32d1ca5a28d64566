//! When each instance is free, in one ordered set that is asked for the latest time not after now, and for the earliest.
//!
//! A calendar (R. Brown, Communications of the ACM 31, 1988) that looks both ways: a ring of days around the present one
//! with a bitmap of those that have entries, a queue for what was free long ago, and a heap for what is far ahead.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};

use crate::unit::{Span, Time};

/// Days of the ring; a power of two.
const DAYS: u64 = 32_768;
const WORDS: usize = DAYS as usize / 64;
/// Days of the ring that may lie behind the present one, and ahead of it. What lies further behind is moved out a word of
/// the bitmap at a time.
const BEHIND: u64 = 256;
const AHEAD: u64 = DAYS - BEHIND - 128;
/// Days between two arrivals, about: most days have one entry or none.
const PER_GAP: u64 = 4;
const NONE: u32 = u32::MAX;
/// Marks a day's first entry when it is not its only one.
const SEVERAL: u32 = 1 << 31;

pub(super) struct FreeTimes {
    /// A day is 2^shift nanoseconds long.
    shift: u32,
    today: u64,
    /// Entries of earlier days are in `old`; a multiple of 64.
    ring_from: u64,
    /// By day of the ring: the first of its entries, marked if there are [`SEVERAL`].
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
    /// The next entry of its day, if there are several.
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
        u32::try_from(self.instances.len() - 1)
            .ok()
            .filter(|place| *place < SEVERAL)
            .expect("fewer than 2^31 instances at once")
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
        if self.days[day] == NONE {
            self.days[day] = instance;
            self.occupied[day / 64] |= 1 << (day % 64);
        } else {
            self.put_beside_others(day, instance);
        }
    }

    #[inline(never)]
    fn put_beside_others(&mut self, day: usize, instance: u32) {
        let first = std::mem::replace(&mut self.days[day], instance | SEVERAL);
        if first & SEVERAL == 0 {
            self.instances[first as usize].next = NONE;
        }
        self.instances[instance as usize].next = first & !SEVERAL;
    }

    /// Moves on to `now`, an arrival's time, and takes the instance that has been free for the shortest time; of several
    /// free since the same moment, the newest.
    #[inline]
    pub fn take_latest(&mut self, now: Time) -> Option<u32> {
        self.move_to(now);
        let mut marks = self.marks_until(self.today);
        while marks != 0 {
            let back = marks.leading_zeros();
            let day = self.today - u64::from(back);
            let first = self.days[(day % DAYS) as usize];
            if first & SEVERAL != 0 {
                if let Some(instance) = self.take_latest_of_several(day, now) {
                    return Some(instance);
                }
            } else if back > 0 || self.instances[first as usize].free <= now {
                self.clear_day(day);
                return Some(first);
            }
            marks &= !(1 << 63 >> back);
        }
        self.search_latest(now)
    }

    /// The marks of the 64 days that end with `day`, its own in the highest bit.
    #[inline]
    fn marks_until(&self, day: u64) -> u64 {
        let (word, bit) = ((day / 64) as usize, day % 64);
        let (this, before) = (self.occupied[word % WORDS], self.occupied[word.wrapping_sub(1) % WORDS]);
        (this << (63 - bit)) | (before >> 1 >> bit)
    }

    /// The same as [`FreeTimes::take_latest`], where the last 64 days have no entry.
    #[inline(never)]
    fn search_latest(&mut self, now: Time) -> Option<u32> {
        let Some(day) = self.last_marked_before(self.today.saturating_sub(63)) else { return self.old_latest() };
        let first = self.days[(day % DAYS) as usize];
        if first & SEVERAL != 0 {
            return self.take_latest_of_several(day, now);
        }
        self.clear_day(day);
        Some(first)
    }

    /// Takes the latest entry, not after `now`, of a day that has several.
    #[inline(never)]
    fn take_latest_of_several(&mut self, day: u64, now: Time) -> Option<u32> {
        let first = self.days[(day % DAYS) as usize] & !SEVERAL;
        // The best so far, with the entry before it.
        let mut best: Option<(Time, u64, u32, u32)> = None;
        let (mut before, mut place) = (NONE, first);
        while place != NONE {
            let Entry { free, created, next } = self.instances[place as usize];
            if free <= now && best.is_none_or(|(time, number, ..)| (free, created) > (time, number)) {
                best = Some((free, created, place, before));
            }
            (before, place) = (place, next);
        }
        let (_, _, instance, before) = best?;
        self.unlink(day, instance, before);
        Some(instance)
    }

    /// Removes an entry of a day that has several, `before` being the one that leads to it.
    fn unlink(&mut self, day: u64, instance: u32, before: u32) {
        let place = (day % DAYS) as usize;
        let next = self.instances[instance as usize].next;
        let mut first = self.days[place] & !SEVERAL;
        if before == NONE {
            first = next;
        } else {
            self.instances[before as usize].next = next;
        }
        let is_last = self.instances[first as usize].next == NONE;
        self.days[place] = if is_last { first } else { first | SEVERAL };
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
            if let Some(&Reverse((time, _))) = self.far.peek()
                && (time.nanos() >> self.shift).saturating_sub(day) < AHEAD
            {
                self.move_in();
            }
        }
    }

    /// Takes the entries from far ahead that have come within the ring, or have been left behind in one long step.
    #[inline(never)]
    fn move_in(&mut self) {
        while let Some(&Reverse((time, instance))) = self.far.peek() {
            let day = time.nanos() >> self.shift;
            if day.saturating_sub(self.today) >= AHEAD {
                return;
            }
            self.far.pop();
            if day >= self.ring_from {
                self.put_on_day(day, instance);
            } else {
                let key = |time: Time, instance: u32| (time, self.created(instance));
                let place = self.old.partition_point(|&(free, other)| key(free, other) < key(time, instance));
                self.old.insert(place, (time, instance));
            }
        }
    }

    /// Moves the entries of the days that have fallen behind out of the ring.
    #[inline(never)]
    fn move_out(&mut self) {
        let keep_from = (self.today - BEHIND) / 64 * 64;
        while let Some(day) = self.first_marked_from(self.ring_from).filter(|&day| day < keep_from) {
            let first = self.days[(day % DAYS) as usize];
            if first & SEVERAL == 0 {
                self.old.push_back((self.instances[first as usize].free, first));
            } else {
                let mut entries: Vec<(Time, u64, u32)> = self.entries_of_day(day).collect();
                entries.sort_unstable();
                self.old.extend(entries.into_iter().map(|(free, _, instance)| (free, instance)));
            }
            self.clear_day(day);
        }
        self.ring_from = keep_from;
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
        let follow = |place: u32| (place != NONE).then_some(place);
        let several = first != NONE && first & SEVERAL != 0;
        let first = if several { first & !SEVERAL } else { first };
        let next = move |&place: &u32| if several { follow(self.instances[place as usize].next) } else { None };
        let places = std::iter::successors(follow(first), next);
        places.map(|place| {
            let entry = self.instances[place as usize];
            (entry.free, entry.created, place)
        })
    }

    fn remove(&mut self, day: u64, instance: u32) {
        let mut places = self.entries_of_day(day).map(|(_, _, place)| place);
        let first = places.next();
        if first == Some(instance) && places.next().is_none() {
            drop(places);
            return self.clear_day(day);
        }
        drop(places);
        let before = self.entries_of_day(day).map(|(_, _, place)| place).take_while(|&place| place != instance).last();
        self.unlink(day, instance, before.unwrap_or(NONE));
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn the_latest_and_the_earliest_are_those_of_a_plain_list(
            gap in 1..1_000_000_u64,
            steps in prop::collection::vec((0..6_u8, 0..46_u32, 0..20_u64), 1..300),
        ) {
            let mut set = FreeTimes::new(Span::from_nanos(gap));
            let mut plain: Vec<(u64, u64, u32)> = Vec::new();
            let mut now = 0_u64;
            for (kind, magnitude, factor) in steps {
                match kind {
                    0 => now += factor << (magnitude % 40),
                    1 => {
                        let until_now = plain.iter().copied().filter(|&(free, ..)| free <= now);
                        let expected = until_now.clone().min().map(|(free, ..)| free);
                        let found = set.earliest(Time::from_nanos(now));
                        prop_assert_eq!(found.map(|(free, _)| free.nanos()), expected);
                        if let Some((free, instance)) = found {
                            set.take_earliest(Time::from_nanos(now));
                            plain.retain(|&(_, _, place)| place != instance);
                            prop_assert!(free.nanos() <= now);
                            set.retire(instance);
                        }
                    }
                    2 | 3 => {
                        let expected = plain.iter().copied().filter(|&(free, ..)| free <= now).max();
                        let taken = set.take_latest(Time::from_nanos(now));
                        prop_assert_eq!(taken, expected.map(|(_, _, place)| place));
                        if let Some(instance) = taken {
                            plain.retain(|&(_, _, place)| place != instance);
                            set.retire(instance);
                        }
                    }
                    _ => {
                        set.take_latest(Time::from_nanos(now)).into_iter().for_each(|instance| {
                            plain.retain(|&(_, _, place)| place != instance);
                            set.retire(instance);
                        });
                        let instance = set.create();
                        let free = now + (factor << (magnitude % 46));
                        set.put(instance, Time::from_nanos(free));
                        plain.push((free, set.created(instance), instance));
                    }
                }
            }
            plain.sort_unstable();
            let drained: Vec<u64> = set.drain().into_iter().map(|(free, _)| free.nanos()).collect();
            prop_assert_eq!(drained, plain.into_iter().map(|(free, ..)| free).collect::<Vec<_>>());
        }
    }
}
