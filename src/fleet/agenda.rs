//! The next event of each instance: a heap in which an instance's place is known, so that its event can be moved.

use crate::unit::Time;

const NONE: u32 = u32::MAX;

/// At most one event an instance; the first is the earliest, at equal times the one of the lowest turn.
#[derive(Clone, Default)]
pub(super) struct Agenda {
    /// A binary heap: none is before its parent, at half its index.
    heap: Vec<Event>,
    /// By instance: its place in the heap.
    places: Vec<u32>,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Event {
    time: Time,
    turn: u64,
    instance: u32,
}

impl Agenda {
    /// When the first event is, and on which instance.
    #[inline]
    pub fn first(&self) -> Option<(Time, u32)> {
        self.heap.first().map(|event| (event.time, event.instance))
    }

    /// An instance's event is at this time and of this turn now; `None`: it has none.
    pub fn put(&mut self, instance: u32, event: Option<(Time, u64)>) {
        let index = instance as usize;
        if index >= self.places.len() {
            self.places.resize(index + 1, NONE);
        }
        let place = self.places[index];
        match (event, place) {
            (None, NONE) => {}
            (None, place) => self.remove(place as usize),
            (Some((time, turn)), NONE) => {
                self.heap.push(Event { time, turn, instance });
                self.rise(self.heap.len() - 1);
            }
            (Some((time, turn)), place) => {
                self.heap[place as usize] = Event { time, turn, instance };
                self.settle(place as usize);
            }
        }
    }

    fn remove(&mut self, place: usize) {
        let removed = self.heap.swap_remove(place);
        self.places[removed.instance as usize] = NONE;
        if place < self.heap.len() {
            self.settle(place);
        }
    }

    /// Finds the place of an event that may have to move either way.
    fn settle(&mut self, place: usize) {
        let place = self.rise(place);
        self.sink(place);
    }

    fn rise(&mut self, mut place: usize) -> usize {
        let event = self.heap[place];
        while place > 0 {
            let parent = (place - 1) / 2;
            if self.heap[parent] <= event {
                break;
            }
            self.set(place, self.heap[parent]);
            place = parent;
        }
        self.set(place, event);
        place
    }

    fn sink(&mut self, mut place: usize) {
        let event = self.heap[place];
        loop {
            let (left, right) = (2 * place + 1, 2 * place + 2);
            let Some(mut child) = self.heap.get(left).map(|_| left) else { break };
            if self.heap.get(right).is_some_and(|right| *right < self.heap[left]) {
                child = right;
            }
            if event <= self.heap[child] {
                break;
            }
            self.set(place, self.heap[child]);
            place = child;
        }
        self.set(place, event);
    }

    fn set(&mut self, place: usize, event: Event) {
        self.heap[place] = event;
        self.places[event.instance as usize] = place as u32;
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
            steps in prop::collection::vec((0..12_u32, prop::option::of((0..20_u64, 0..1_000_u64))), 1..300),
        ) {
            let mut agenda = Agenda::default();
            let mut plain = BTreeMap::new();
            for (instance, event) in steps {
                let event = event.map(|(time, turn)| (Time::from_nanos(time), turn));
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
