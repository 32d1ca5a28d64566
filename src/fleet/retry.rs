//! Clients that try again: a request that is lost comes back after a back-off, as a further attempt of the same work.

use std::cmp::Ordering;
use std::collections::BinaryHeap;

use rand::RngExt;

use crate::random::{Purpose, Rng};
use crate::scenario::Retry;
use crate::unit::{Span, Time};

use super::meter::Request;
use super::setting::Setting;

/// The attempts to come of one fleet's clients.
pub(super) struct Retries {
    /// By class.
    policies: Vec<Option<Retry>>,
    to_come: BinaryHeap<Attempt>,
    /// Requests that were to be tried again so far.
    lost: u64,
    draws: Rng,
    /// No loss brings an attempt sooner than this after it.
    least_back_off: Span,
}

/// An attempt, and its turn in the order of the losses that brought them about.
struct Attempt {
    request: Request,
    turn: u64,
}

impl Retries {
    /// `None` where no client tries again.
    pub fn new(setting: &Setting, fleet: &str) -> Option<Retries> {
        let least_back_off = setting.retries.iter().flatten().map(Retry::least_back_off).min()?;
        Some(Retries {
            policies: setting.retries.clone(),
            to_come: BinaryHeap::new(),
            lost: 0,
            draws: setting.draws(&[fleet], Purpose::Retry),
            least_back_off,
        })
    }

    /// When the next attempt arrives.
    pub fn next_time(&self) -> Option<Time> {
        self.to_come.peek().map(|attempt| attempt.request.arrival)
    }

    /// How far the pools can go on from `now` before a loss on the way could bring about an attempt.
    pub fn safe_until(&self, now: Time) -> Time {
        now + self.least_back_off
    }

    /// A request was lost at `at`: it comes back, unless it has been tried often enough.
    pub fn lost(&mut self, request: &Request, at: Time) {
        let Some(retry) = &self.policies[usize::from(request.class)] else { return };
        if request.attempt >= retry.limit {
            return;
        }
        let arrival = at + retry.back_off(request.attempt, self.draws.random());
        let request = Request { arrival, attempt: request.attempt + 1, ..*request };
        self.to_come.push(Attempt { request, turn: self.lost });
        self.lost += 1;
    }

    /// The next attempt.
    pub fn take(&mut self) -> Option<Request> {
        self.to_come.pop().map(|attempt| attempt.request)
    }
}

impl Attempt {
    fn key(&self) -> (Time, u64) {
        (self.request.arrival, self.turn)
    }
}

/// The first to arrive is the greatest.
impl Ord for Attempt {
    fn cmp(&self, other: &Attempt) -> Ordering {
        other.key().cmp(&self.key())
    }
}

impl PartialOrd for Attempt {
    fn partial_cmp(&self, other: &Attempt) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Attempt {
    fn eq(&self, other: &Attempt) -> bool {
        self.key() == other.key()
    }
}

impl Eq for Attempt {}
