//! The completions to come: a calendar queue whose current day is sorted.
//!
//! R. Brown, Calendar queues: a fast O(1) priority queue implementation (Communications of the ACM 31, 1988), with the
//! width of a day fixed from the pace of arrivals, a bitmap to skip empty days, and a heap for what lies beyond the year.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use crate::unit::{Span, Time};

/// Days of the year; a power of two.
const DAYS: usize = 65_536;
/// Completions that a day should have, so that turning to the next one is rare and sorting one is cheap.
const PER_DAY: u64 = 1;
/// Days of at most this many completions are sorted by insertion.
const MOST_INSERTED: usize = 32;
const NONE: u32 = u32::MAX;

/// A completion on an instance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Completion {
    pub time: Time,
    pub instance: u32,
}

/// Completions in the order of time; at equal times in the order in which they were scheduled.
pub(super) struct Calendar {
    /// A day is 2^shift nanoseconds long.
    shift: u32,
    /// By day of the year: the last scheduled of its completions in `nodes`, which leads to those scheduled before it.
    days: Box<[u32; DAYS]>,
    occupied: Bitmap,
    nodes: Vec<Node>,
    free_nodes: u32,
    /// The day (counted from the start of time) that `current` has.
    today: u64,
    /// The next completion; `None` only when nothing is scheduled at all.
    next: Option<Completion>,
    /// The other completions of today and before it, the next one last.
    current: Vec<Completion>,
    /// Completions beyond the year, with the order of scheduling. All of a day are scheduled before any that is filed under
    /// that day of the year, because the year only moves forward.
    far: BinaryHeap<Reverse<(Time, u64, u32)>>,
    far_scheduled: u64,
}

#[derive(Clone, Copy)]
struct Node {
    time: Time,
    instance: u32,
    next: u32,
}

impl Calendar {
    /// A calendar for arrivals that are about `gap` apart. The gap decides how fast it is, never what it says.
    pub fn new(gap: Span) -> Calendar {
        let day = gap.nanos().saturating_mul(PER_DAY).max(1);
        Calendar {
            shift: 63 - day.leading_zeros(),
            days: Box::new([NONE; DAYS]),
            occupied: Bitmap::new(),
            nodes: Vec::new(),
            free_nodes: NONE,
            today: 0,
            next: None,
            current: Vec::new(),
            far: BinaryHeap::new(),
            far_scheduled: 0,
        }
    }

    /// When the next completion is.
    #[inline]
    pub fn next_time(&self) -> Option<Time> {
        self.next.map(|next| next.time)
    }

    #[inline]
    pub fn push(&mut self, time: Time, instance: u32) {
        let completion = Completion { time, instance };
        let day = time.nanos() >> self.shift;
        if day.wrapping_sub(self.today).wrapping_sub(1) < DAYS as u64 - 1 && self.next.is_some() {
            self.push_on_day(day, completion);
        } else {
            self.push_beside_the_year(day, completion);
        }
    }

    /// Files a completion of today, or one that lies beyond the year, or the first of all.
    #[inline(never)]
    fn push_beside_the_year(&mut self, day: u64, completion: Completion) {
        let Some(next) = self.next else {
            self.today = day;
            self.next = Some(completion);
            return;
        };
        if completion.time < next.time {
            self.current.push(next);
            self.next = Some(completion);
        } else if day <= self.today {
            let place = self.current.partition_point(|other| other.time > completion.time);
            self.current.insert(place, completion);
        } else {
            self.far.push(Reverse((completion.time, self.far_scheduled, completion.instance)));
            self.far_scheduled += 1;
        }
    }

    #[inline]
    fn push_on_day(&mut self, day: u64, completion: Completion) {
        let day = day as usize % DAYS;
        let next = std::mem::replace(&mut self.days[day], self.free_nodes);
        if let Some(node) = self.nodes.get_mut(self.free_nodes as usize) {
            self.free_nodes = node.next;
            // Field by field: a copy of the whole would have to wait for the parts to be written.
            node.time = completion.time;
            node.instance = completion.instance;
            node.next = next;
        } else {
            self.days[day] = self.add_node(completion, next);
        }
        self.occupied.set(day);
    }

    #[inline(never)]
    fn add_node(&mut self, completion: Completion, next: u32) -> u32 {
        self.nodes.push(Node { time: completion.time, instance: completion.instance, next });
        u32::try_from(self.nodes.len() - 1).expect("fewer than 2^32 requests are served at once")
    }

    /// Takes the next completion.
    #[inline]
    pub fn pop(&mut self) -> Option<Completion> {
        let completion = self.next;
        self.next = if self.current.is_empty() { self.turn_page() } else { self.current.pop() };
        completion
    }

    /// Makes the next day that has completions today, and takes the first of them.
    #[inline]
    fn turn_page(&mut self) -> Option<Completion> {
        let today = self.today as usize % DAYS;
        let Some(ahead) = self.occupied.next_after(today) else { return self.turn_to_far_day(None) };
        let day = self.today + ahead as u64;
        if let Some(&Reverse((far, ..))) = self.far.peek()
            && far.nanos() >> self.shift <= day
        {
            return self.turn_to_far_day(Some(day));
        }
        self.today = day;
        let day = day as usize % DAYS;
        let index = std::mem::replace(&mut self.days[day], NONE);
        self.occupied.clear(day);
        let node = &mut self.nodes[index as usize];
        let (completion, next) = (Completion { time: node.time, instance: node.instance }, node.next);
        node.next = self.free_nodes;
        self.free_nodes = index;
        if next == NONE { Some(completion) } else { self.take_rest_of_day(completion, next) }
    }

    /// Takes the completions of today that were scheduled before `last`, from `index` on, and returns the first of all.
    #[inline(never)]
    fn take_rest_of_day(&mut self, last: Completion, index: u32) -> Option<Completion> {
        self.current.push(last);
        self.take_nodes(index);
        // The last scheduled come first, which sorting by time keeps at equal times.
        sort_descending(&mut self.current);
        self.current.pop()
    }

    /// Takes the completions from a node on, the last scheduled first, and frees the nodes.
    fn take_nodes(&mut self, mut index: u32) {
        while index != NONE {
            let node = &mut self.nodes[index as usize];
            self.current.push(Completion { time: node.time, instance: node.instance });
            let next = std::mem::replace(&mut node.next, self.free_nodes);
            self.free_nodes = index;
            index = next;
        }
    }

    /// Turns to the next day when it may have completions from beyond the year; `in_year` is the next day of the year that has some.
    #[inline(never)]
    fn turn_to_far_day(&mut self, in_year: Option<u64>) -> Option<Completion> {
        let first = self.far.peek().map(|Reverse((time, ..))| time.nanos() >> self.shift)?;
        self.today = first;
        while let Some(&Reverse((time, _, instance))) = self.far.peek()
            && time.nanos() >> self.shift == first
        {
            self.current.push(Completion { time, instance });
            self.far.pop();
        }
        self.current.reverse();
        if in_year != Some(first) {
            return self.current.pop();
        }
        // Those of the year were all scheduled later: they come before those from beyond it, and keep that place at equal times.
        let from_far = self.current.len();
        let day = first as usize % DAYS;
        let index = std::mem::replace(&mut self.days[day], NONE);
        self.occupied.clear(day);
        self.take_nodes(index);
        self.current.rotate_left(from_far);
        sort_descending(&mut self.current);
        self.current.pop()
    }

    /// Every completion to come, in no order.
    pub fn iter(&self) -> impl Iterator<Item = Completion> + '_ {
        let node = |index: u32| (index != NONE).then(|| &self.nodes[index as usize]);
        let on_day = move |day: usize| std::iter::successors(node(self.days[day]), move |previous| node(previous.next));
        let completion = |&Node { time, instance, .. }: &Node| Completion { time, instance };
        let in_year = self.occupied.iter().flat_map(on_day).map(completion);
        let beyond = self.far.iter().map(|&Reverse((time, _, instance))| Completion { time, instance });
        self.next.into_iter().chain(self.current.iter().copied()).chain(in_year).chain(beyond)
    }
}

/// Sorts by time, the latest first; equal times keep their order.
#[inline]
fn sort_descending(completions: &mut [Completion]) {
    let count = completions.len();
    if count > MOST_INSERTED {
        completions.sort_by_key(|completion| Reverse(completion.time));
        return;
    }
    for index in 1..count {
        let Completion { time, instance } = completions[index];
        let mut place = index;
        // Field by field: a copy of the whole would have to wait for its parts, which have just been written.
        while place > 0 && completions[place - 1].time < time {
            completions[place].time = completions[place - 1].time;
            completions[place].instance = completions[place - 1].instance;
            place -= 1;
        }
        completions[place].time = time;
        completions[place].instance = instance;
    }
}

/// Which days have completions.
struct Bitmap([u64; WORDS]);

const WORDS: usize = DAYS / 64;

impl Bitmap {
    fn new() -> Bitmap {
        Bitmap([0; WORDS])
    }

    #[inline]
    fn set(&mut self, day: usize) {
        self.0[day / 64 % WORDS] |= 1 << (day % 64);
    }

    #[inline]
    fn clear(&mut self, day: usize) {
        self.0[day / 64 % WORDS] &= !(1 << (day % 64));
    }

    /// The marked days.
    fn iter(&self) -> impl Iterator<Item = usize> + '_ {
        self.0.iter().enumerate().flat_map(|(index, &word)| {
            let rest = |word: u64| (word != 0).then_some(word);
            // Each step drops the lowest bit.
            let words = std::iter::successors(rest(word), move |word| rest(word & (word - 1)));
            words.map(move |word| index * 64 + word.trailing_zeros() as usize)
        })
    }

    /// How many days after `day`, around the year, the next marked one is; `day` itself must not be marked.
    #[inline]
    fn next_after(&self, day: usize) -> Option<usize> {
        let (first, bit) = (day / 64, day % 64);
        let later_today = self.0[first % WORDS] >> bit;
        if later_today != 0 {
            return Some(later_today.trailing_zeros() as usize);
        }
        (1..=WORDS).find_map(|ahead| {
            let word = self.0[(first + ahead) % WORDS];
            (word != 0).then(|| ahead * 64 + word.trailing_zeros() as usize - bit)
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn completions_come_in_the_order_of_time_and_scheduling(
            gap in 1..1_000_000_u64,
            steps in prop::collection::vec((0..4_u8, 0..50_u32, 0..20_u64), 1..300),
        ) {
            let mut calendar = Calendar::new(Span::from_nanos(gap));
            let mut plain: Vec<(u64, usize, u32)> = Vec::new();
            let mut now = 0;
            for (order, (kind, magnitude, factor)) in steps.into_iter().enumerate() {
                if kind == 0 {
                    plain.sort_unstable();
                    let expected = (!plain.is_empty()).then(|| plain.remove(0));
                    let popped = calendar.pop();
                    prop_assert_eq!(popped.map(|c| (c.time.nanos(), c.instance)), expected.map(|(t, _, i)| (t, i)));
                    now = expected.map_or(now, |(time, ..)| time);
                } else {
                    let time = now + (factor << (magnitude % 45));
                    calendar.push(Time::from_nanos(time), order as u32);
                    plain.push((time, order, order as u32));
                }
                prop_assert_eq!(calendar.next_time().map(Time::nanos), plain.iter().map(|c| c.0).min());
                prop_assert_eq!(calendar.iter().count(), plain.len());
            }
        }
    }
}
