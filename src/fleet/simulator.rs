//! A fleet under simulation: blocks of requests in, an outcome out.

use crate::measure::FleetOutcome;
use crate::scenario::{Fleet, FleetKind, PoolKind, Scenario};
use crate::traffic::Block;
use crate::unit::Span;

use super::elastic::ElasticPool;
use super::fifo::FifoPool;
use super::hybrid::HybridFleet;
use super::meter::{Observer, Request};
use super::setting::Setting;

/// One fleet in one replication. Which algorithm serves it is decided once; a block costs one dispatch.
pub struct FleetSimulator<O = ()> {
    state: State<O>,
    /// Whether the first block has told how far apart requests are.
    tuned: bool,
}

enum State<O> {
    Fifo(Box<FifoPool<O>>),
    Elastic(Box<ElasticPool<O>>),
    Hybrid(Box<HybridFleet<O>>),
}

impl<O: Observer> FleetSimulator<O> {
    /// `observer` makes the observer of each pool, by its index.
    pub fn new(scenario: &Scenario, fleet: &Fleet, replication: u32, observer: impl Fn(u16) -> O) -> FleetSimulator<O> {
        let setting = Setting::new(scenario, replication);
        let owner = [fleet.name.as_str()];
        let state = match &fleet.kind {
            FleetKind::Single(PoolKind::Dedicated(pool)) if FifoPool::<O>::serves(pool, &setting) => {
                State::Fifo(Box::new(FifoPool::new(pool, &setting, observer(0))))
            }
            FleetKind::Single(PoolKind::Dedicated(pool)) => {
                State::Elastic(Box::new(ElasticPool::dedicated(pool, &setting, &owner, false, observer(0))))
            }
            FleetKind::Single(PoolKind::Serverless(pool)) => {
                State::Elastic(Box::new(ElasticPool::serverless(pool, &setting, &owner, false, observer(0))))
            }
            FleetKind::Hybrid(hybrid) => {
                State::Hybrid(Box::new(HybridFleet::new(hybrid, &setting, &fleet.name, observer)))
            }
        };
        FleetSimulator { state, tuned: false }
    }

    /// Serves the next block of requests.
    pub fn replay(&mut self, block: &Block) {
        self.tune(block);
        match &mut self.state {
            State::Fifo(pool) => {
                pool.prepare(block);
                requests(block).for_each(|request| pool.accept(&request));
            }
            State::Elastic(pool) => requests(block).for_each(|request| {
                pool.advance(request.arrival);
                pool.accept(&request);
            }),
            State::Hybrid(fleet) => {
                fleet.prepare(block);
                requests(block).for_each(|request| fleet.accept(&request));
                if let Some(&last) = block.arrival.last() {
                    fleet.synchronize(last);
                }
            }
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
            State::Fifo(_) => {}
            State::Elastic(pool) => pool.expect_gap(mean),
            State::Hybrid(fleet) => fleet.expect_gap(mean),
        }
    }

    /// Follows every request to its end.
    #[must_use]
    pub fn finish(self) -> (FleetOutcome, Vec<O>) {
        let (pool, observer) = match self.state {
            State::Hybrid(fleet) => return fleet.finish(),
            State::Fifo(pool) => pool.finish(),
            State::Elastic(mut pool) => {
                pool.drain();
                pool.finish()
            }
        };
        let peak = pool.usage.peak;
        (FleetOutcome { pools: vec![pool], peak }, vec![observer])
    }
}

fn requests(block: &Block) -> impl Iterator<Item = Request> + '_ {
    let columns = block.arrival.iter().zip(&block.service).zip(&block.class);
    columns.map(|((&arrival, &service), &class)| Request { arrival, service, class })
}
