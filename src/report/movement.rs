//! How a fleet's instances, requests and bill move over the window: the rows of the time line, in the units of a reader.

use crate::bill;
use crate::measure::{ClassOutcome, PoolOutcome, Replication, RequestCounts, Timeline, TimelineBin, Usage};
use crate::scenario::{PoolKind, Scenario};
use crate::unit::{Time, Usd};

/// The time line of one fleet, its pools together.
#[derive(Clone, Debug, PartialEq)]
pub struct Movement {
    pub fleet: String,
    pub bins: Vec<MovementBin>,
}

/// Means over the bin, but for the arrivals and the cost.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MovementBin {
    pub start: Time,
    pub end: Time,
    /// Requests that arrived at the fleet within the bin.
    pub arrivals: u64,
    /// Mean number of busy instances; likewise the next ones.
    pub busy: f64,
    pub idle: f64,
    pub starting: f64,
    /// Mean number of requests waiting.
    pub waiting: f64,
    /// The bill from the start of the window to the end of the bin; what rounding adds falls due when an instance stops.
    pub cost_so_far: Usd,
}

/// The time lines of every fleet, of the first replication.
#[must_use]
pub fn movements(scenario: &Scenario, replications: &[Replication]) -> Vec<Movement> {
    let Some(first) = replications.first() else {
        return Vec::new();
    };
    let fleets = scenario.fleets.iter().zip(&first.fleets);
    fleets
        .map(|(fleet, outcome)| Movement { fleet: fleet.name.clone(), bins: bins(&fleet.pools(), &outcome.pools) })
        .collect()
}

fn bins(kinds: &[&PoolKind], pools: &[PoolOutcome]) -> Vec<MovementBin> {
    let lines: Vec<&Timeline> = pools.iter().filter_map(|pool| pool.timeline.as_ref()).collect();
    let Some((first, rest)) = lines.split_first() else {
        return Vec::new();
    };
    let mut together = (*first).clone();
    rest.iter().for_each(|line| together.merge(line));
    let costs: Vec<Vec<Usd>> = kinds.iter().zip(&lines).map(|(kind, line)| cost_so_far(kind, line)).collect();
    together
        .bins
        .iter()
        .enumerate()
        .map(|(index, bin)| {
            let cost = costs.iter().map(|of_pool| of_pool[index]).sum();
            movement_bin(&together, index, bin, cost)
        })
        .collect()
}

fn movement_bin(line: &Timeline, index: usize, bin: &TimelineBin, cost_so_far: Usd) -> MovementBin {
    let (start, end) = line.bounds(index);
    let mean = |nanos: u128| nanos as f64 / (end - start).nanos() as f64;
    MovementBin {
        start,
        end,
        arrivals: bin.arrivals,
        busy: mean(bin.busy),
        idle: mean(bin.ready - bin.busy),
        starting: mean(bin.starting),
        waiting: mean(bin.waiting),
        cost_so_far,
    }
}

/// A pool's bill from the start of the window to the end of each bin. What the window has free and in credits is used up first.
fn cost_so_far(kind: &PoolKind, line: &Timeline) -> Vec<Usd> {
    let mut so_far = PoolOutcome { classes: vec![ClassOutcome::default()], ..PoolOutcome::default() };
    let bins = line.bins.iter().enumerate();
    bins.map(|(index, bin)| {
        let (_, end) = line.bounds(index);
        add(&mut so_far.classes[0].requests, &mut so_far.usage, bin);
        bill::so_far(kind, &so_far, end - line.from, line.to - line.from).total()
    })
    .collect()
}

fn add(requests: &mut RequestCounts, usage: &mut Usage, bin: &TimelineBin) {
    requests.arrived += bin.arrivals;
    requests.completed += bin.served;
    usage.starting += bin.starting;
    usage.start_phases.iter_mut().zip(bin.start_phases).for_each(|(sum, more)| *sum += more);
    usage.busy += bin.busy;
    usage.covered_busy += bin.covered_busy;
    usage.idle += bin.ready - bin.busy;
    usage.closed += bin.closed;
    usage.rounding += bin.rounding;
    usage.held += bin.held;
    usage.held_fallback += bin.held_fallback;
}
