//! A fleet under simulation: blocks of requests in, an outcome out.

use crate::measure::FleetOutcome;
use crate::scenario::{Fleet, FleetKind, Scenario};
use crate::traffic::Block;
use crate::unit::Span;

use super::hybrid::HybridFleet;
use super::meter::Observer;
use super::pool::{Pool, Question};
use super::setting::Setting;

/// One fleet in one replication. Which algorithm serves it is decided once; a block costs one dispatch.
pub struct FleetSimulator<O = ()> {
    state: State<O>,
    /// Whether the first block has told how far apart requests are.
    tuned: bool,
}

enum State<O> {
    Single(Pool<O>),
    Hybrid(HybridFleet<O>),
}

impl<O: Observer> FleetSimulator<O> {
    /// `observer` makes the observer of each pool, by its index.
    pub fn new(scenario: &Scenario, fleet: &Fleet, replication: u32, observer: impl Fn(u16) -> O) -> FleetSimulator<O> {
        let setting = Setting::new(scenario, replication);
        let state = match &fleet.kind {
            FleetKind::Single(kind) => {
                State::Single(Pool::new(kind, Question::Nothing, &setting, &[&fleet.name], false, observer(0)))
            }
            FleetKind::Hybrid(hybrid) => State::Hybrid(HybridFleet::new(hybrid, &setting, &fleet.name, observer)),
        };
        FleetSimulator { state, tuned: false }
    }

    /// Serves the next block of requests.
    pub fn replay(&mut self, block: &Block) {
        self.tune(block);
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

    /// Follows every request to its end.
    #[must_use]
    pub fn finish(self) -> (FleetOutcome, Vec<O>) {
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
