//! The completions to come: a calendar queue whose current day is sorted.
//!
//! R. Brown, Calendar queues: a fast O(1) priority queue implementation (Communications of the ACM 31, 1988), with the
//! width of a day fixed from the pace of arrivals, a bitmap to skip empty days, and a heap for what lies beyond the year.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use crate::unit::{Span, Time};

/// Days of the year; a power of two.
const DAYS: usize = 8192;
/// Completions that a day should have, so that turning to the next one is rare and sorting one is cheap.
const PER_DAY: u64 = 8;
/// Days of at most this many completions are sorted by counting ranks, without a branch to mispredict.
const MOST_RANKED: usize = 16;
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
    days: Vec<u32>,
    occupied: Bitmap,
    nodes: Vec<Node>,
    free_nodes: u32,
    /// The day (counted from the start of time) that `current` has.
    today: u64,
    /// The completions of today and before it, the next one last. Empty only when nothing is scheduled at all.
    current: Vec<Completion>,
    /// Completions beyond the year, with the order of scheduling. All of a day are scheduled before any that is filed under
    /// that day of the year, because the year only moves forward.
    far: BinaryHeap<Reverse<(Time, u64, u32)>>,
    far_scheduled: u64,
}

#[derive(Clone, Copy)]
struct Node {
    completion: Completion,
    next: u32,
}

impl Calendar {
    /// A calendar for arrivals that are about `gap` apart. The gap decides how fast it is, never what it says.
    pub fn new(gap: Span) -> Calendar {
        let day = gap.nanos().saturating_mul(PER_DAY).max(1);
        Calendar {
            shift: 63 - day.leading_zeros(),
            days: vec![NONE; DAYS],
            occupied: Bitmap::new(),
            nodes: Vec::new(),
            free_nodes: NONE,
            today: 0,
            current: Vec::new(),
            far: BinaryHeap::new(),
            far_scheduled: 0,
        }
    }

    /// When the next completion is.
    #[inline]
    pub fn next_time(&self) -> Option<Time> {
        self.current.last().map(|completion| completion.time)
    }

    #[inline]
    pub fn push(&mut self, time: Time, instance: u32) {
        let completion = Completion { time, instance };
        let day = time.nanos() >> self.shift;
        if self.current.is_empty() {
            self.today = day;
            self.current.push(completion);
        } else if day <= self.today {
            let place = self.current.partition_point(|other| other.time > time);
            self.current.insert(place, completion);
        } else if day - self.today < DAYS as u64 {
            self.push_on_day(day, completion);
        } else {
            self.far.push(Reverse((time, self.far_scheduled, instance)));
            self.far_scheduled += 1;
        }
    }

    #[inline]
    fn push_on_day(&mut self, day: u64, completion: Completion) {
        let day = day as usize % DAYS;
        let node = Node { completion, next: self.days[day] };
        if self.free_nodes == NONE {
            self.days[day] = u32::try_from(self.nodes.len()).expect("fewer than 2^32 requests are served at once");
            self.nodes.push(node);
        } else {
            let index = self.free_nodes;
            self.free_nodes = self.nodes[index as usize].next;
            self.nodes[index as usize] = node;
            self.days[day] = index;
        }
        self.occupied.set(day);
    }

    /// Takes the next completion.
    #[inline]
    pub fn pop(&mut self) -> Option<Completion> {
        let completion = self.current.pop();
        if self.current.is_empty() {
            self.turn_page();
        }
        completion
    }

    /// Makes the next day that has completions today.
    fn turn_page(&mut self) {
        let in_year = self.occupied.next_after(self.today as usize % DAYS).map(|ahead| self.today + ahead as u64);
        let beyond = self.far.peek().map(|Reverse((time, ..))| time.nanos() >> self.shift);
        let Some(next) = [in_year, beyond].into_iter().flatten().min() else {
            return;
        };
        self.today = next;
        if beyond == Some(next) {
            self.take_far(next);
        }
        let from_far = self.current.len();
        if in_year == Some(next) {
            self.take_day(next as usize % DAYS);
        }
        // Now the last scheduled come first, which sorting by time keeps at equal times.
        self.current.rotate_left(from_far);
        sort_descending(&mut self.current);
    }

    /// Takes the completions of a day from beyond the year, the last scheduled first.
    fn take_far(&mut self, day: u64) {
        while let Some(&Reverse((time, _, instance))) = self.far.peek()
            && time.nanos() >> self.shift == day
        {
            self.current.push(Completion { time, instance });
            self.far.pop();
        }
        self.current.reverse();
    }

    /// Takes the completions of a day of the year, the last scheduled first.
    #[inline]
    fn take_day(&mut self, day: usize) {
        let first = std::mem::replace(&mut self.days[day], NONE);
        self.occupied.clear(day);
        let mut last = first;
        let mut index = first;
        while index != NONE {
            let node = self.nodes[index as usize];
            self.current.push(node.completion);
            last = index;
            index = node.next;
        }
        self.nodes[last as usize].next = self.free_nodes;
        self.free_nodes = first;
    }

    /// Every completion to come, in no order.
    pub fn iter(&self) -> impl Iterator<Item = Completion> + '_ {
        let node = |index: u32| (index != NONE).then(|| &self.nodes[index as usize]);
        let on_day = move |&first: &u32| std::iter::successors(node(first), move |previous| node(previous.next));
        let on_days = self.days.iter().flat_map(on_day).map(|node| node.completion);
        let beyond = self.far.iter().map(|&Reverse((time, _, instance))| Completion { time, instance });
        self.current.iter().copied().chain(on_days).chain(beyond)
    }
}

/// Sorts by time, the latest first; equal times keep their order.
#[inline]
fn sort_descending(completions: &mut [Completion]) {
    let count = completions.len();
    if count == 1 {
        return;
    }
    if count > MOST_RANKED {
        completions.sort_by_key(|completion| Reverse(completion.time));
        return;
    }
    let mut unsorted = [Completion { time: Time::START, instance: NONE }; MOST_RANKED];
    unsorted[..count].copy_from_slice(completions);
    for (index, &completion) in unsorted[..count].iter().enumerate() {
        let before = unsorted[..index].iter().map(|other| usize::from(other.time >= completion.time)).sum::<usize>();
        let after = unsorted[index..count].iter().map(|other| usize::from(other.time > completion.time)).sum::<usize>();
        completions[before + after] = completion;
    }
}

/// Which days have completions.
struct Bitmap {
    words: [u64; DAYS / 64],
    /// Which words are not zero.
    summary: [u64; DAYS / 64 / 64],
}

impl Bitmap {
    fn new() -> Bitmap {
        Bitmap { words: [0; DAYS / 64], summary: [0; DAYS / 64 / 64] }
    }

    #[inline]
    fn set(&mut self, day: usize) {
        self.words[day / 64] |= 1 << (day % 64);
        self.summary[day / 64 / 64] |= 1 << (day / 64 % 64);
    }

    #[inline]
    fn clear(&mut self, day: usize) {
        self.words[day / 64] &= !(1 << (day % 64));
        if self.words[day / 64] == 0 {
            self.summary[day / 64 / 64] &= !(1 << (day / 64 % 64));
        }
    }

    /// How many days after `day`, around the year, the next marked one is (1..DAYS); `day` itself must not be marked.
    #[inline]
    fn next_after(&self, day: usize) -> Option<usize> {
        let found = self.next_from(day + 1).or_else(|| self.next_from(0))?;
        Some((found + DAYS - day) % DAYS)
    }

    /// The first marked day at or after `day`.
    #[inline]
    fn next_from(&self, day: usize) -> Option<usize> {
        if day >= DAYS {
            return None;
        }
        let word = day / 64;
        let rest = self.words[word] & (!0 << (day % 64));
        if rest != 0 {
            return Some(word * 64 + rest.trailing_zeros() as usize);
        }
        let group = (word + 1) / 64;
        (group..self.summary.len()).find_map(|group| {
            let first = if group == (word + 1) / 64 { (word + 1) % 64 } else { 0 };
            let words = self.summary[group] & (!0 << first);
            (words != 0).then(|| {
                let word = group * 64 + words.trailing_zeros() as usize;
                word * 64 + self.words[word].trailing_zeros() as usize
            })
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
