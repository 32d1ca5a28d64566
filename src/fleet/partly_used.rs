//! Instances in use that have a free slot: the fullest first, and of equally full ones the most or the least recently used.
//!
//! A list a fullness, in the order of last use (ties by creation), linked through the places of the instances, so that whatever
//! happens takes constant time. That is possible because an instance only ever comes to the end of its list: one that a
//! request has ended on was used last of all; one that a request begins on was the fullest, so that there is no list of
//! fuller ones yet.

use crate::unit::Time;

/// A place in a list: that of an instance, or the one between the last and the first of a list.
#[derive(Clone, Copy, Debug)]
struct Link {
    last_used: Time,
    created: u64,
    before: u32,
    after: u32,
    /// Requests in service on the instance; 0 when it stands in no list.
    in_use: u32,
}

/// The instances of a pool that are partly used, by their places in its arena.
pub(super) struct PartlyUsed {
    /// First the ends of the lists, by requests in service, then the instances, by place.
    links: Vec<Link>,
    slots: u32,
    /// How many instances there are in all lists.
    count: u32,
    /// No list above this one has any.
    fullest: u32,
}

impl PartlyUsed {
    pub fn new(slots: u32) -> PartlyUsed {
        PartlyUsed { links: (0..slots).map(PartlyUsed::nowhere).collect(), slots, count: 0, fullest: 0 }
    }

    /// A place that is its own neighbour: an empty list, or an instance in none.
    fn nowhere(place: u32) -> Link {
        Link { last_used: Time::START, created: 0, before: place, after: place, in_use: 0 }
    }

    #[inline]
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// Of the fullest, the one that was used last, or first. There must be one.
    #[inline]
    pub fn choose(&mut self, most_recent: bool) -> u32 {
        while self.links[self.fullest as usize].after == self.fullest {
            self.fullest -= 1;
        }
        let end = &self.links[self.fullest as usize];
        (if most_recent { end.before } else { end.after }) - self.slots
    }

    /// Files an instance with `in_use` requests, at least one and less than its slots, which stands in no list.
    #[inline]
    pub fn insert(&mut self, index: u32, in_use: u32, last_used: Time, created: u64) {
        let place = index + self.slots;
        while self.links.len() <= place as usize {
            self.links.push(PartlyUsed::nowhere(self.links.len() as u32));
        }
        let mut before = self.links[in_use as usize].before;
        while before != in_use && self.is_later(before, last_used, created) {
            before = self.links[before as usize].before;
        }
        let after = std::mem::replace(&mut self.links[before as usize].after, place);
        self.links[after as usize].before = place;
        self.links[place as usize] = Link { last_used, created, before, after, in_use };
        self.count += 1;
        self.fullest = self.fullest.max(in_use);
    }

    #[inline]
    fn is_later(&self, place: u32, last_used: Time, created: u64) -> bool {
        let other = &self.links[place as usize];
        other.last_used > last_used || other.last_used == last_used && other.created > created
    }

    /// Takes an instance out of its list, if it stands in one.
    #[inline]
    pub fn remove(&mut self, index: u32) {
        let Some(link) = self.links.get_mut((index + self.slots) as usize) else { return };
        let Link { before, after, in_use, .. } = *link;
        if in_use > 0 {
            link.in_use = 0;
            self.links[before as usize].after = after;
            self.links[after as usize].before = before;
            self.count -= 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// Whatever is filed and taken out, in any order of last use, the choice is that of a sorted set.
        #[test]
        fn a_choice_is_that_of_a_sorted_set(steps in prop::collection::vec((0_u32..6, 1_u32..4, 0_u64..5), 1..80)) {
            let mut lists = PartlyUsed::new(4);
            let mut plain: BTreeSet<(u32, u64, u64, u32)> = BTreeSet::new();
            for (created, (index, in_use, used)) in steps.into_iter().enumerate() {
                let there = plain.iter().copied().find(|entry| entry.3 == index);
                if let Some(there) = there {
                    plain.remove(&there);
                    lists.remove(index);
                } else {
                    plain.insert((in_use, used, created as u64, index));
                    lists.insert(index, in_use, Time::from_nanos(used), created as u64);
                }
                prop_assert_eq!(lists.is_empty(), plain.is_empty());
                if let Some(&(fullest, .., last)) = plain.last() {
                    let first = plain.range((fullest, 0, 0, 0)..).next().map(|entry| entry.3);
                    prop_assert_eq!(lists.choose(true), last);
                    prop_assert_eq!(Some(lists.choose(false)), first);
                }
            }
        }
    }
}
