//! A fleet under simulation: blocks of requests in, an outcome out.

use crate::measure::FleetOutcome;
use crate::scenario::{Fleet, FleetKind, Scenario};
use crate::traffic::Block;
use crate::unit::{Span, Time};

use super::hybrid::HybridFleet;
use super::meter::{Observer, Request};
use super::pool::{Pool, Question, requests};
use super::retry::Retries;
use super::setting::Setting;

/// One fleet in one replication. Which algorithm serves it is decided once; a block costs one dispatch, unless clients try
/// again: then every request does.
pub struct FleetSimulator<O = ()> {
    state: State<O>,
    /// Whether the first block has told how far apart requests are.
    tuned: bool,
    retries: Option<Retries>,
    /// How far the pools have gone on, where clients try again.
    now: Time,
}

enum State<O> {
    Single(Pool<O>),
    Hybrid(Box<HybridFleet<O>>),
}

impl<O: Observer> FleetSimulator<O> {
    /// `observer` makes the observer of each pool, by its index.
    pub fn new(scenario: &Scenario, fleet: &Fleet, replication: u32, observer: impl Fn(u16) -> O) -> FleetSimulator<O> {
        let setting = Setting::new(scenario, replication);
        let state = match &fleet.kind {
            FleetKind::Single(kind) => {
                State::Single(Pool::new(kind, Question::Nothing, &setting, &[&fleet.name], false, observer(0)))
            }
            FleetKind::Hybrid(hybrid) => {
                State::Hybrid(Box::new(HybridFleet::new(hybrid, &setting, &fleet.name, observer)))
            }
        };
        FleetSimulator { state, tuned: false, retries: Retries::new(&setting, &fleet.name), now: Time::START }
    }

    /// Serves the next block of requests.
    pub fn replay(&mut self, block: &Block) {
        self.tune(block);
        if self.retries.is_some() {
            return self.replay_with_retries(block);
        }
        match &mut self.state {
            State::Single(pool) => pool.replay(block),
            State::Hybrid(fleet) => fleet.replay(block),
        }
    }

    /// The first block tells how far apart requests are, which the event queues are laid out for.
    fn tune(&mut self, block: &Block) {
        if self.tuned || block.is_empty() {
            return;
        }
        self.tuned = true;
        let [first, .., last] = block.arrival[..] else { return };
        let mean = Span::from_nanos((last - first).nanos() / block.len() as u64);
        match &mut self.state {
            State::Single(pool) => pool.expect_gap(mean),
            State::Hybrid(fleet) => fleet.expect_gap(mean),
        }
    }

    /// Further attempts come between the requests of the block; those of the same instant after them.
    fn replay_with_retries(&mut self, block: &Block) {
        for request in requests(block) {
            self.go_on(request.arrival);
            self.accept(&request);
        }
        if let State::Hybrid(fleet) = &mut self.state {
            fleet.advance(self.now);
            fleet.merge_populations();
        }
        self.collect_lost();
    }

    /// Lets all happen that is due by `until`, attempts before it included.
    fn go_on(&mut self, until: Time) {
        loop {
            let Some(retries) = &mut self.retries else { return };
            retries.draw_until(self.now);
            // No loss on the way to `safe` brings about an attempt before it.
            let safe = match self.state.next_loss() {
                Some(next) => retries.safe_until(self.now).max(next),
                None => until,
            };
            let safe = retries.next_to_draw().map_or(safe, |next| safe.min(next));
            let next = retries.next_time().filter(|&time| time < until && time <= safe);
            let stop = next.unwrap_or(safe.min(until));
            self.state.advance(stop);
            self.now = stop;
            self.collect_lost();
            if next.is_some() {
                if let Some(attempt) = self.retries.as_mut().and_then(Retries::take) {
                    self.accept(&attempt);
                }
            } else if stop == until && !self.has_attempt_before(until) {
                return;
            }
        }
    }

    fn has_attempt_before(&mut self, time: Time) -> bool {
        let Some(retries) = &mut self.retries else { return false };
        retries.draw_until(time);
        retries.next_time().is_some_and(|next| next < time)
    }

    fn accept(&mut self, request: &Request) {
        self.state.accept(request);
        self.collect_lost();
    }

    fn collect_lost(&mut self) {
        let Some(retries) = &mut self.retries else { return };
        let lost = self.state.pools().iter_mut().flat_map(Pool::take_lost);
        lost.for_each(|(request, at)| retries.lost(request, at));
    }

    /// Follows every request and every attempt to its end.
    #[must_use]
    pub fn finish(mut self) -> (FleetOutcome, Vec<O>) {
        while let Some(retries) = &self.retries
            && self.now <= retries.end()
        {
            let attempts = [retries.next_time(), retries.next_to_draw(), self.state.next_loss()];
            let Some(next) = attempts.into_iter().flatten().min() else { break };
            self.go_on(next.max(self.now) + Span::from_nanos(1));
        }
        match self.state {
            State::Hybrid(fleet) => fleet.finish(),
            State::Single(mut pool) => {
                pool.drain();
                let (outcome, observer) = pool.finish();
                let peak = outcome.usage.peak;
                (FleetOutcome { pools: vec![outcome], peak }, vec![observer])
            }
        }
    }
}

impl<O: Observer> State<O> {
    fn pools(&mut self) -> &mut [Pool<O>] {
        match self {
            State::Single(pool) => std::slice::from_mut(pool),
            State::Hybrid(fleet) => fleet.pools(),
        }
    }

    fn next_loss(&mut self) -> Option<Time> {
        self.pools().iter_mut().filter_map(Pool::next_loss).min()
    }

    fn advance(&mut self, until: Time) {
        match self {
            State::Single(pool) => pool.advance(until),
            State::Hybrid(fleet) => fleet.advance(until),
        }
    }

    fn accept(&mut self, request: &Request) {
        self.pools().iter_mut().for_each(|pool| pool.prepare_for(request));
        match self {
            State::Single(pool) => pool.accept(request),
            State::Hybrid(fleet) => fleet.accept(request),
        }
    }
}
