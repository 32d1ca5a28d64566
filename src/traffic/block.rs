//! A block of requests, as parallel columns: the unit in which traffic is made and replayed.

use crate::unit::{Span, Time};

/// Requests sorted by arrival; at equal times by class, then by row.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Block {
    pub arrival: Vec<Time>,
    /// Of the request on a warm instance, alone.
    pub service: Vec<Span>,
    /// The index of the request's class in the scenario.
    pub class: Vec<u16>,
}

impl Block {
    /// Requests in a full block: large enough to pay for a dynamic call, small enough to stay in the cache.
    pub const CAPACITY: usize = 4096;

    #[must_use]
    pub fn len(&self) -> usize {
        self.arrival.len()
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.arrival.is_empty()
    }

    pub fn clear(&mut self) {
        self.arrival.clear();
        self.service.clear();
        self.class.clear();
    }

    /// Makes all columns `length` long, with requests of nothing at t = 0 where there were none.
    pub(super) fn resize(&mut self, length: usize) {
        self.arrival.resize(length, Time::START);
        self.service.resize(length, Span::ZERO);
        self.class.resize(length, 0);
    }
}
