//! What became of one request: the flat record that a differential test compares.

use crate::unit::Time;

use super::Observer;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct RequestRecord {
    pub arrival: Time,
    /// The index of its class in the scenario.
    pub class: u16,
    /// The index of the pool that took, rejected or lost it (0 in a fleet of one pool).
    pub pool: u16,
    pub end: End,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum End {
    Completed {
        start: Time,
        completion: Time,
        /// Numbered from 0 in the order of creation within the pool, minimum instances first.
        instance: u64,
        /// Whether its service was begun by the instance's becoming ready.
        cold: bool,
    },
    Rejected,
    TimedOut {
        at: Time,
    },
}

/// Keeps what became of every request of a pool.
#[derive(Clone, Debug, Default)]
pub struct Recorder {
    pub pool: u16,
    pub records: Vec<RequestRecord>,
}

impl Recorder {
    fn keep(&mut self, arrival: Time, class: u16, end: End) {
        self.records.push(RequestRecord { arrival, class, pool: self.pool, end });
    }
}

impl Observer for Recorder {
    const ASKS_FOR_INSTANCES: bool = true;

    fn completed(&mut self, arrival: Time, class: u16, start: Time, completion: Time, instance: u64, cold: bool) {
        self.keep(arrival, class, End::Completed { start, completion, instance, cold });
    }

    fn rejected(&mut self, arrival: Time, class: u16) {
        self.keep(arrival, class, End::Rejected);
    }

    fn timed_out(&mut self, arrival: Time, class: u16, at: Time) {
        self.keep(arrival, class, End::TimedOut { at });
    }
}
