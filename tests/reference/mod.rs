//! The reference model: a plain event-queue simulator, slow and easy to check against the documented rules sentence by
//! sentence. It shares with the crate under test the scenario's types, the addressed streams of draws and the types of the
//! results; its events, its state, its measurements and its money are its own.

mod bill;
pub mod build;
pub mod cases;
mod clients;
#[cfg(test)]
mod feature_tests;
mod fleet;
mod history;
mod instances;
mod measure;
mod pool;
pub mod pools;
mod scalers;
mod sharing;
mod speed;
mod starts;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use breakeven::bill::Line;
use breakeven::fleet::RequestRecord;
use breakeven::measure::{FleetOutcome, TimelineBin};
use breakeven::scenario::{Fleet, Scenario};
use breakeven::traffic::Block;
use breakeven::unit::{Span, Time, Usd};

use history::{History, Life};

/// A request as it arrives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Request {
    pub arrival: Time,
    pub service: Span,
    /// The index of its class in the scenario.
    pub class: u16,
}

/// All that the reference model says about one fleet and one stream of requests.
#[derive(Debug)]
pub struct Simulation {
    /// In the order of arrival, every attempt.
    pub records: Vec<RequestRecord>,
    /// Of every pool, in the order of creation.
    pub lives: Vec<Vec<Life>>,
    /// Without a timeline.
    pub outcome: FleetOutcome,
    /// Of every pool; lines that do not exist are left out.
    pub bills: Vec<BTreeMap<Line, Usd>>,
}

/// Simulates a fleet on requests sorted by arrival, every one followed to its end.
pub fn simulate(scenario: &Scenario, fleet: &Fleet, replication: u32, requests: &[Request]) -> Simulation {
    let histories = fleet::run(scenario, fleet, replication, requests);
    let outcome = measure::outcome(scenario, fleet, &histories);
    let bills = fleet
        .pools()
        .iter()
        .zip(&outcome.pools)
        .map(|(kind, pool)| bill::lines(kind, pool, scenario.window()))
        .collect();
    let mut records: Vec<(usize, RequestRecord)> = histories.iter().flat_map(History::numbered_records).collect();
    records.sort_by_key(|&(number, _)| number);
    Simulation {
        records: records.into_iter().map(|(_, record)| record).collect(),
        lives: histories.into_iter().map(|history| history.lives).collect(),
        outcome,
        bills,
    }
}

/// The time line of every pool, by the bins' bounds.
pub fn timelines(
    scenario: &Scenario,
    fleet: &Fleet,
    replication: u32,
    requests: &[Request],
    bounds: &[(Time, Time)],
) -> Vec<Vec<TimelineBin>> {
    let histories = fleet::run(scenario, fleet, replication, requests);
    let pools = fleet.pools();
    pools.iter().zip(&histories).map(|(kind, history)| measure::timeline(scenario, kind, history, bounds)).collect()
}

/// The requests of blocks, one after the other.
pub fn requests_of(blocks: &[Block]) -> Vec<Request> {
    let request = |block: &Block, row: usize| Request {
        arrival: block.arrival[row],
        service: block.service[row],
        class: block.class[row],
    };
    blocks.iter().flat_map(|block| (0..block.len()).map(move |row| request(block, row))).collect()
}

/// Requests as blocks of at most `longest` requests.
pub fn blocks_of(requests: &[Request], longest: usize) -> Vec<Block> {
    let block = |requests: &[Request]| Block {
        arrival: requests.iter().map(|request| request.arrival).collect(),
        service: requests.iter().map(|request| request.service).collect(),
        class: requests.iter().map(|request| request.class).collect(),
    };
    requests.chunks(longest).map(block).collect()
}
