//! What became of one request: the flat record that a differential test compares.

use crate::unit::Time;

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
