//! Clients that try again: a request that is lost comes back after a back-off, as a further attempt of the same work.
//!
//! Some pools know of a loss before it happens. The back-offs are drawn in the order in which the losses happen all the
//! same; those of one instant in the order of the requests' first arrivals, then of their classes, service times and
//! attempts. So the draws do not depend on which algorithm serves a pool. Attempts of one instant arrive in that order too.

use std::cmp::{Ordering, Reverse};
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
    /// Losses whose back-offs are not drawn yet.
    lost: BinaryHeap<Reverse<Lost>>,
    /// Back-offs drawn so far.
    drawn: u64,
    draws: Rng,
    /// Nobody tries again after this.
    end: Time,
    /// No loss brings an attempt sooner than this after it.
    least_back_off: Span,
}

/// An attempt, and its turn in the order of the losses that brought them about.
struct Attempt {
    request: Request,
    turn: u64,
}

/// A loss: when, and of which attempt. What it does not compare is the same for equals.
struct Lost {
    at: Time,
    request: Request,
}

/// So long after the window nobody tries again.
const LONGEST_MEMORY: Span = Span::MONTH;

impl Retries {
    /// `None` where no client tries again.
    pub fn new(setting: &Setting, fleet: &str) -> Option<Retries> {
        let least_back_off = setting.retries.iter().flatten().map(Retry::least_back_off).min()?;
        Some(Retries {
            policies: setting.retries.clone(),
            to_come: BinaryHeap::new(),
            lost: BinaryHeap::new(),
            drawn: 0,
            draws: setting.draws(&[fleet], Purpose::Retry),
            end: setting.window.to + LONGEST_MEMORY,
            least_back_off,
        })
    }

    /// Nobody tries again after this.
    pub fn end(&self) -> Time {
        self.end
    }

    /// When the next attempt arrives.
    pub fn next_time(&self) -> Option<Time> {
        self.to_come.peek().map(|attempt| attempt.request.arrival)
    }

    /// How far the pools can go on from `now` before a loss on the way could bring about an attempt.
    pub fn safe_until(&self, now: Time) -> Time {
        now + self.least_back_off
    }

    /// Before this no loss that is known, but not drawn yet, brings about an attempt; `None`: there is none.
    pub fn next_to_draw(&self) -> Option<Time> {
        self.lost.peek().map(|Reverse(lost)| lost.at + self.least_back_off)
    }

    /// A request is lost at `at`: it comes back, unless it has been tried often enough.
    pub fn lost(&mut self, request: Request, at: Time) {
        let retry = self.policies[usize::from(request.class)];
        if retry.is_some_and(|retry| request.attempt < retry.limit) {
            self.lost.push(Reverse(Lost { at, request }));
        }
    }

    /// Draws the back-offs after the losses before `now`, all of which are known.
    pub fn draw_until(&mut self, now: Time) {
        while self.lost.peek().is_some_and(|Reverse(lost)| lost.at < now)
            && let Some(Reverse(Lost { at, request })) = self.lost.pop()
        {
            let Some(retry) = &self.policies[usize::from(request.class)] else { continue };
            let arrival = at + retry.back_off(request.attempt, self.draws.random());
            if arrival <= self.end {
                let request = Request { arrival, attempt: request.attempt + 1, ..request };
                self.to_come.push(Attempt { request, turn: self.drawn });
                self.drawn += 1;
            }
        }
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

impl Lost {
    fn key(&self) -> (Time, Time, u16, Span, u16) {
        let Request { first, class, service, attempt, .. } = self.request;
        (self.at, first, class, service, attempt)
    }
}

impl Ord for Lost {
    fn cmp(&self, other: &Lost) -> Ordering {
        self.key().cmp(&other.key())
    }
}

impl PartialOrd for Lost {
    fn partial_cmp(&self, other: &Lost) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Lost {
    fn eq(&self, other: &Lost) -> bool {
        self.key() == other.key()
    }
}

impl Eq for Lost {}

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
