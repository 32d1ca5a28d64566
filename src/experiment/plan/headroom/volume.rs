//! The largest volume that a fleet carries within the objective.

use std::borrow::Cow;
use std::ops::Range;

use crate::decide;
use crate::engine;
use crate::experiment::curve::Volumes;
use crate::experiment::watch::{Watch, simulated};
use crate::measure::{FleetOutcome, PoolOutcome, PooledQuantity, QUANTILES, RequestCounts};
use crate::scenario::{Scenario, Slo};
use crate::trace::TraceError;
use crate::unit::Span;

use super::{FIRST, replications};

/// The most that the volume is multiplied by; a fleet that still meets the objective then has no end that is looked for.
const MOST_TIMES: f64 = 32.0;
/// The least that it is multiplied by.
const LEAST_TIMES: f64 = 1.0 / 1024.0;
/// How closely the volume is found, relative to it.
const TOLERANCE: f64 = 0.01;

/// A part of an objective.
#[derive(Clone, Debug, PartialEq)]
pub enum Condition {
    /// The quantile by its name (`p95`), and its limit.
    Quantile(&'static str, Span),
    /// The share of requests that must complete within the latency.
    Attainment(f64, Span),
    MostRejected(f64),
    MostTimedOut(f64),
}

/// The largest volume within the objective, with the traffic's shape, bursts and mix as they are.
#[derive(Clone, Debug, PartialEq)]
pub struct LargestVolume {
    /// Times the scenario's own volume; below 1 where that is too much. 0: no volume that was tried is within the objective.
    pub times: f64,
    pub requests_per_month: f64,
    /// Whether more was not tried: the volume is at least this.
    pub is_open: bool,
    /// Times the own volume: up to the first every condition is met beyond doubt (its 95 % interval is within the limit), from
    /// the second on one is missed beyond doubt. `None`: beyond what was tried.
    pub surely_carries: Option<f64>,
    pub surely_fails: Option<f64>,
    /// The conditions that are missed at one hundredth more; empty where it is open.
    pub breaks: Vec<Condition>,
}

/// `None` where there is no objective or no traffic. Volumes are tried with the same random numbers; it is taken that a fleet never
/// does better with more traffic.
pub(super) fn largest(scenario: &Scenario, watch: &dyn Watch) -> Result<Option<LargestVolume>, TraceError> {
    let Some(slo) = scenario.slo.clone().filter(Slo::sets_conditions) else { return Ok(None) };
    let Ok(volumes) = Volumes::new(scenario, None) else { return Ok(None) };
    let count = if volumes.vary() { replications(scenario) } else { 1 };
    let search = Search { volumes, slo, replications: FIRST..FIRST + count, watch };
    let meets = |times: f64| Ok(search.trial(times)?.meets(&search.slo));
    let Bounds { within, beyond } = search.bounds(meets, 1.0)?;
    let own = search.volumes.own();
    let certainly = |verdict: bool, times: f64| Ok(search.trial(times)?.surely(&search.slo) == Some(verdict));
    let start = within.max(LEAST_TIMES);
    let carries = search.bounds(|times| certainly(true, times), start)?.within;
    let fails = search.bounds(|times| certainly(false, times).map(|fails: bool| !fails), start)?.beyond;
    let breaks = match beyond {
        Some(beyond) => search.broken(beyond)?,
        None => Vec::new(),
    };
    Ok(Some(LargestVolume {
        times: within,
        requests_per_month: within * own,
        is_open: beyond.is_none(),
        surely_carries: (carries > 0.0).then_some(carries),
        surely_fails: fails,
        breaks,
    }))
}

struct Search<'a> {
    volumes: Volumes<'a>,
    slo: Slo,
    replications: Range<u32>,
    watch: &'a dyn Watch,
}

/// The largest multiple that holds, and the smallest that was found not to.
struct Bounds {
    within: f64,
    beyond: Option<f64>,
}

impl Search<'_> {
    /// Where something that holds of little traffic ceases to hold: in longer and longer steps from a guess on, then by bisection of
    /// the logarithm.
    fn bounds(&self, holds: impl Fn(f64) -> Result<bool, TraceError>, guess: f64) -> Result<Bounds, TraceError> {
        let (mut within, mut beyond): (Option<f64>, Option<f64>) = (None, None);
        let mut next = guess;
        let mut step = 1.25;
        loop {
            match holds(next)? {
                true => within = Some(next),
                false => beyond = Some(next),
            }
            next = match (within, beyond) {
                (Some(low), Some(high)) if high / low <= 1.0 + TOLERANCE => return Ok(Bounds { within: low, beyond }),
                (Some(low), Some(high)) => (low * high).sqrt(),
                (Some(low), None) if low >= MOST_TIMES => return Ok(Bounds { within: low, beyond: None }),
                (Some(low), None) => (low * step).min(MOST_TIMES),
                (None, Some(high)) if high <= LEAST_TIMES => return Ok(Bounds { within: 0.0, beyond }),
                (None, high) => (high.unwrap_or(guess) / step).max(LEAST_TIMES),
            };
            step *= step;
        }
    }

    fn trial(&self, times: f64) -> Result<VolumeTrial, TraceError> {
        let scenario = self.volumes.at(times * self.volumes.own());
        self.watch.planned(simulated(&scenario, self.replications.len() as u32));
        let made = engine::replicate(&scenario, self.replications.clone(), &|advance| self.watch.advanced(advance))?;
        Ok(VolumeTrial { outcomes: made.into_iter().flat_map(|made| made.fleets).collect() })
    }

    /// The conditions that a volume misses.
    fn broken(&self, times: f64) -> Result<Vec<Condition>, TraceError> {
        let trial = self.trial(times)?;
        Ok(conditions(&self.slo)
            .into_iter()
            .filter(|(_, slo)| !trial.meets(slo))
            .map(|(condition, _)| condition)
            .collect())
    }
}

/// What one volume came to.
struct VolumeTrial {
    outcomes: Vec<FleetOutcome>,
}

impl VolumeTrial {
    fn wholes(&self) -> Vec<Cow<'_, PoolOutcome>> {
        self.outcomes.iter().map(FleetOutcome::together).collect()
    }

    /// Of no requests there is nothing to miss by.
    fn meets(&self, slo: &Slo) -> bool {
        let wholes = self.wholes();
        let mut requests = RequestCounts::default();
        wholes.iter().for_each(|whole| requests.add(&whole.requests()));
        let latency = PooledQuantity::new(wholes.iter().map(|whole| whole.latency()).collect());
        decide::meets(slo, &requests, latency.pool()).unwrap_or(true)
    }

    fn surely(&self, slo: &Slo) -> Option<bool> {
        let wholes = self.wholes();
        let requests: Vec<RequestCounts> = wholes.iter().map(|whole| whole.requests()).collect();
        let latency = PooledQuantity::new(wholes.iter().map(|whole| whole.latency()).collect());
        decide::surely_meets(slo, &requests, &latency)
    }
}

/// Every condition of an objective, with an objective that is it alone.
fn conditions(slo: &Slo) -> Vec<(Condition, Slo)> {
    let nothing = Slo { latency: slo.latency, ..Slo::default() };
    let mut found = Vec::new();
    for ((name, _), (index, limit)) in QUANTILES.into_iter().zip(slo.quantile_limits().into_iter().enumerate()) {
        let Some(limit) = limit else { continue };
        let mut alone = nothing.clone();
        let places = [&mut alone.p50, &mut alone.p90, &mut alone.p95, &mut alone.p99, &mut alone.p999];
        if let Some(place) = places.into_iter().nth(index) {
            *place = Some(limit);
        }
        found.push((Condition::Quantile(name, limit), alone));
    }
    if let (Some(latency), Some(share)) = (slo.latency, slo.attainment) {
        found.push((Condition::Attainment(share, latency), Slo { attainment: Some(share), ..nothing.clone() }));
    }
    if let Some(share) = slo.max_rejected {
        found.push((Condition::MostRejected(share), Slo { max_rejected: Some(share), ..nothing.clone() }));
    }
    if let Some(share) = slo.max_timed_out {
        found.push((Condition::MostTimedOut(share), Slo { max_timed_out: Some(share), ..nothing }));
    }
    found
}
