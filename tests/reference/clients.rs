//! Clients, and how they try again.

use breakeven::random::{Purpose, Rng, stream};
use breakeven::scenario::{Fleet, Retry, Scenario};
use breakeven::unit::{Span, Time};
use rand::RngExt as _;

use super::Request;

/// One attempt of a client to have its request served.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Attempt {
    /// As it arrives this time.
    pub request: Request,
    /// Attempts before this one.
    pub tries_before: u16,
    /// When the first of them arrived.
    pub first_arrival: Time,
}

impl Attempt {
    pub fn first(request: Request) -> Attempt {
        Attempt { request, tries_before: 0, first_arrival: request.arrival }
    }
}

/// The clients of one fleet.
pub struct Clients {
    policies: Vec<Option<Retry>>,
    draws: Rng,
    /// The losses of the present instant.
    lost: Vec<(Attempt, Time)>,
    /// In the order in which they were decided on.
    to_come: Vec<Attempt>,
    /// Nobody tries again after this: a month after the window.
    end: Time,
}

impl Clients {
    pub fn new(scenario: &Scenario, fleet: &Fleet, replication: u32) -> Clients {
        Clients {
            policies: scenario.traffic.iter().map(|class| class.retry).collect(),
            draws: stream(scenario.seed, replication, &["fleet", &fleet.name], Purpose::Retry),
            lost: Vec::new(),
            to_come: Vec::new(),
            end: Time::START + scenario.horizon + Span::MONTH,
        }
    }

    pub fn lose(&mut self, losses: Vec<(Attempt, Time)>) {
        self.lost.extend(losses);
    }

    /// An instant is over: those who lost a request in it decide when they come back, the one whose request is the oldest
    /// first.
    pub fn decide(&mut self) {
        self.lost.sort_by_key(|(attempt, at)| {
            let request = attempt.request;
            (*at, attempt.first_arrival, request.class, request.service, attempt.tries_before)
        });
        for (attempt, at) in std::mem::take(&mut self.lost) {
            let Some(retry) = self.policies[usize::from(attempt.request.class)] else { continue };
            if attempt.tries_before == retry.limit {
                continue;
            }
            let arrival = at + back_off(&retry, attempt.tries_before, self.draws.random());
            if arrival <= self.end {
                let request = Request { arrival, ..attempt.request };
                self.to_come.push(Attempt { request, tries_before: attempt.tries_before + 1, ..attempt });
            }
        }
    }

    /// When the next attempt arrives.
    pub fn next(&self) -> Option<Time> {
        self.to_come.iter().map(|attempt| attempt.request.arrival).min()
    }

    /// The next attempt; of several, the one that was decided on first.
    pub fn take(&mut self) -> Attempt {
        let indices = 0..self.to_come.len();
        let first = indices.min_by_key(|&index| self.to_come[index].request.arrival).expect("there is an attempt");
        self.to_come.remove(first)
    }

    pub fn nobody_comes_back(&self) -> bool {
        self.to_come.is_empty() && self.lost.is_empty()
    }
}

/// The back-off grows from attempt to attempt up to the longest; up to the jitter's part of it is taken off.
fn back_off(retry: &Retry, tries_before: u16, draw: f64) -> Span {
    let grown = retry.backoff.nanos() as f64 * retry.factor.powi(tries_before.into());
    let whole = Span::from_draw(grown.min(retry.longest.nanos() as f64));
    let left = Span::from_draw(whole.nanos() as f64 * (1.0 - retry.jitter * draw));
    // The first one is the shortest; it takes some time in any case.
    let first = retry.backoff.min(retry.longest);
    let shortest = Span::from_draw(first.nanos() as f64 * (1.0 - retry.jitter));
    left.max(shortest).max(Span::NANOSECOND)
}
