//! All that happened in a pool, as it is measured afterwards.

use breakeven::fleet::{End, RequestRecord};
use breakeven::measure::Loss;
use breakeven::unit::Time;

use super::clients::Attempt;
use super::starts::Start;

/// The life of one instance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Life {
    /// The beginning of its start; 0 for dedicated and minimum instances.
    pub created: Time,
    /// `None`: it was there at t = 0.
    pub start: Option<Start>,
    /// `None`: its start failed, or was given up.
    pub ready: Option<Time>,
    /// `None`: it was never stopped.
    pub stopped: Option<Time>,
}

impl Life {
    pub const NEVER: Time = Time::END;

    /// When its start was over, one way or another.
    pub fn started_until(&self) -> Time {
        self.ready.or(self.stopped).expect("a start ends")
    }

    pub fn end(&self) -> Time {
        self.stopped.unwrap_or(Life::NEVER)
    }

    /// Whether its start failed, which one that was given up before did not.
    pub fn has_failed(&self) -> bool {
        let failed = |start: Start| start.fails && self.stopped == Some(self.created + start.duration());
        self.ready.is_none() && self.start.is_some_and(failed)
    }
}

/// The end of an attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fate {
    pub end: End,
    pub at: Time,
    /// Why it was not served.
    pub loss: Option<Loss>,
}

/// An attempt, and what became of it.
#[derive(Clone, Copy, Debug)]
pub struct Followed {
    /// Its place in the order of all arrivals at the fleet.
    pub number: usize,
    pub attempt: Attempt,
    /// The instance on which a service began, and when; it may have been cut off.
    pub service: Option<(usize, Time)>,
    pub fate: Fate,
}

#[derive(Debug)]
pub struct History {
    pub pool: u16,
    /// In the order of arrival at the pool.
    pub requests: Vec<Followed>,
    /// In the order of creation.
    pub lives: Vec<Life>,
}

impl History {
    /// Every attempt with its place in the order of arrivals.
    pub fn numbered_records(&self) -> impl Iterator<Item = (usize, RequestRecord)> + '_ {
        self.requests.iter().map(|followed| {
            let request = followed.attempt.request;
            let (arrival, class) = (request.arrival, request.class);
            (followed.number, RequestRecord { arrival, class, pool: self.pool, end: followed.fate.end })
        })
    }
}
