//! The next event of each instance: a winner tree (Knuth, The Art of Computer Programming, volume 3, section 5.4.1), in
//! which an instance's event is moved in log2(instances) steps, fewer when it is not among the first.

use crate::unit::Time;

/// At most one event an instance; the first is the earliest, at equal times the one of the lowest turn.
#[derive(Clone)]
pub(super) struct Agenda {
    /// By instance: the time of its event in the high half, the turn in the low one. As many as a power of two.
    events: Vec<u128>,
    /// A complete binary tree, the root at 1, above the instances: each node has that of the first event below it.
    first: Vec<u32>,
}

const NEVER: u128 = u128::MAX;

impl Agenda {
    pub fn new() -> Agenda {
        Agenda { events: vec![NEVER; 2], first: vec![0; 2] }
    }

    /// When the first event is, and on which instance.
    #[inline]
    pub fn first(&self) -> Option<(Time, u32)> {
        let first = self.first[1];
        let event = self.events[first as usize];
        (event != NEVER).then_some((Time::from_nanos((event >> 64) as u64), first))
    }

    /// An instance's event is at this time and of this turn now; `None`: it has none.
    pub fn put(&mut self, instance: u32, event: Option<(Time, u64)>) {
        let index = instance as usize;
        while index >= self.events.len() {
            self.grow();
        }
        self.events[index] = event.map_or(NEVER, |(time, turn)| u128::from(time.nanos()) << 64 | u128::from(turn));
        let mut node = (self.events.len() + index) / 2;
        let mut first = self.first_of(index as u32 & !1, index as u32 | 1);
        loop {
            // What was first and still is has not moved, unless it is the event that did.
            if self.first[node] == first && first != instance {
                return;
            }
            self.first[node] = first;
            if node == 1 {
                return;
            }
            first = self.first_of(first, self.first[node ^ 1]);
            node /= 2;
        }
    }

    #[inline]
    fn first_of(&self, a: u32, b: u32) -> u32 {
        if self.events[b as usize] < self.events[a as usize] { b } else { a }
    }

    /// Makes room for as many instances again.
    fn grow(&mut self) {
        let instances = 2 * self.events.len();
        self.events.resize(instances, NEVER);
        self.first = vec![0; instances];
        for node in (1..instances).rev() {
            let child = |child: usize| match child.checked_sub(instances) {
                Some(index) => index as u32,
                None => self.first[child],
            };
            self.first[node] = self.first_of(child(2 * node), child(2 * node + 1));
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn the_first_event_is_the_earliest_of_the_lowest_turn(
            steps in prop::collection::vec((0..12_u32, prop::option::of(0..20_u64)), 1..300),
        ) {
            let mut agenda = Agenda::new();
            let mut plain = BTreeMap::new();
            for (turn, (instance, time)) in (0..).zip(steps) {
                let event = time.map(|time| (Time::from_nanos(time), turn));
                agenda.put(instance, event);
                match event {
                    Some(event) => plain.insert(instance, event),
                    None => plain.remove(&instance),
                };
                let first = plain.iter().map(|(&instance, &(time, turn))| (time, turn, instance)).min();
                prop_assert_eq!(agenda.first(), first.map(|(time, _, instance)| (time, instance)));
            }
        }
    }
}
