//! How many instances a pool needs: the fewest with which its fleet meets the objective.
//!
//! The search simulates replications of its own, the same ones for every number that it tries (common random numbers), and
//! no other figure rests on them: the least of several estimates flatters itself.

use std::borrow::Cow;
use std::ops::{Range, RangeInclusive};

use crate::decide;
use crate::engine;
use crate::measure::{FleetOutcome, PoolOutcome, PooledQuantity, Replication, RequestCounts};
use crate::scenario::{Dedicated, Fleet, FleetKind, MOST_INSTANCES, PoolKind, Scenario, Slo};
use crate::trace::TraceError;
use crate::traffic::class_means;
use crate::unit::Span;

use super::Watch;
use super::pooled::Pooled;
use super::watch::simulated;

/// The first replication of a search; those of figures are all before it.
const FIRST: u32 = 1 << 30;

/// The fewest replications of a search, where anything varies.
const FEWEST: u32 = 10;

/// What a search found for a pool.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fit {
    /// Index of the fleet, and of its pool.
    pub fleet: usize,
    pub pool: usize,
    pub instances: u32,
    /// Whether the objective was met in the search. Where no number meets it, `instances` are as many as leave no request
    /// waiting.
    pub meets: bool,
}

/// The scenario with a number in every pool that is to be fitted, and what was found for each.
///
/// # Errors
/// When a trace cannot be read.
pub fn fit(scenario: &Scenario, watch: &dyn Watch) -> Result<(Scenario, Vec<Fit>), TraceError> {
    let mut fitted = scenario.clone();
    let mut fits = Vec::new();
    for (index, fleet) in scenario.fleets.iter().enumerate() {
        let Some(pool) = fleet.fitted_pool() else { continue };
        let found = fits.iter().find(|fit: &&Fit| differ_in_cost_alone(fleet, &scenario.fleets[fit.fleet]));
        let (instances, meets) = match found {
            Some(fit) => (fit.instances, fit.meets),
            None => Search::new(scenario, fleet, watch)?.fewest(1..=MOST_INSTANCES)?,
        };
        fitted.fleets[index] = fleet.fitted_with(instances);
        fits.push(Fit { fleet: index, pool, instances, meets });
    }
    Ok((fitted, fits))
}

/// Whether two fleets are dedicated pools that serve every request alike: nothing of them is drawn.
fn differ_in_cost_alone(a: &Fleet, b: &Fleet) -> bool {
    match (&a.kind, &b.kind) {
        (FleetKind::Single(PoolKind::Dedicated(a)), FleetKind::Single(PoolKind::Dedicated(b))) => {
            Dedicated { price: b.price, extras: b.extras.clone(), ..a.clone() } == *b
        }
        _ => false,
    }
}

/// The search for one fleet.
pub(super) struct Search<'a> {
    /// With this fleet alone.
    scenario: Scenario,
    fleet: &'a Fleet,
    slo: Slo,
    replications: Range<u32>,
    /// Slots that the traffic keeps busy, in instances.
    load: f64,
    watch: &'a dyn Watch,
}

/// What a number of instances came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verdict {
    Meets,
    /// No request waits or is lost, so that more instances would change nothing.
    NoneWaits,
    TooFew,
}

impl<'a> Search<'a> {
    pub fn new(scenario: &Scenario, fleet: &'a Fleet, watch: &'a dyn Watch) -> Result<Search<'a>, TraceError> {
        let means = class_means(scenario)?;
        let capacity = fleet.fitted_pool().map_or(1.0, |pool| fleet.pools()[pool].capacity());
        let load = means.iter().map(|class| class.offered_load()).sum::<f64>() / capacity;
        let count = if scenario.varies() { scenario.replications.max(FEWEST) } else { 1 };
        Ok(Search {
            scenario: Scenario { fleets: Vec::new(), ..scenario.clone() },
            fleet,
            slo: scenario.slo.clone().unwrap_or_default(),
            replications: FIRST..FIRST + count,
            load,
            watch,
        })
    }

    /// The fewest instances of a range that do, taking it that more never do worse, and whether they meet the objective. One
    /// replication tells about where they are, all of them where exactly.
    pub fn fewest(&self, range: RangeInclusive<u32>) -> Result<(u32, bool), TraceError> {
        let loaded = self.load.ceil().min(f64::from(MOST_INSTANCES)) as u32;
        let spread = (self.load.sqrt() / 2.0).ceil().max(1.0) as u32;
        let first = self.replications.start..self.replications.start + 1;
        let wide = range.end() - range.start() > 1;
        let guess = match wide && self.replications.len() > 1 {
            true => self.gallop(&range, loaded, spread, &first)?.0,
            false => loaded,
        };
        let (instances, verdict) = self.gallop(&range, guess, 1, &self.replications)?;
        Ok((instances, verdict == Verdict::Meets))
    }

    /// The fewest instances of a range that do by some replications, and what they came to: from a guess on in longer and longer
    /// steps, up or down as it takes, then by bisection.
    fn gallop(
        &self,
        range: &RangeInclusive<u32>,
        guess: u32,
        mut step: u32,
        replications: &Range<u32>,
    ) -> Result<(u32, Verdict), TraceError> {
        // Too few, and enough.
        let (mut low, mut high) = (range.start() - 1, None);
        let mut next = guess.clamp(*range.start(), *range.end());
        loop {
            match (self.judge(next, replications)?, high) {
                // None of the range is enough: its end is what there is.
                (Verdict::TooFew, None) if next == *range.end() => return Ok((next, Verdict::TooFew)),
                (Verdict::TooFew, _) => low = next,
                (enough, _) => high = Some((next, enough)),
            }
            next = match high {
                Some((high, enough)) if high - low <= 1 => return Ok((high, enough)),
                Some((high, _)) if low < *range.start() => high.saturating_sub(step).max(*range.start()),
                Some((high, _)) => low + (high - low) / 2,
                None => low.saturating_add(step).min(*range.end()),
            };
            step = step.saturating_mul(2);
        }
    }

    fn simulate(&self, instances: u32, replications: &Range<u32>) -> Result<Vec<Replication>, TraceError> {
        let scenario = Scenario { fleets: vec![self.fleet.fitted_with(instances)], ..self.scenario.clone() };
        self.watch.planned(simulated(&scenario, replications.len() as u32));
        engine::replicate(&scenario, replications.clone(), &|advance| self.watch.advanced(advance))
    }

    /// Whether a number of instances meets the objective beyond doubt, misses it beyond doubt, or neither.
    pub fn certainty(&self, instances: u32) -> Result<Option<bool>, TraceError> {
        let replications = self.simulate(instances, &self.replications)?;
        let outcomes: Vec<Cow<PoolOutcome>> =
            replications.iter().flat_map(|made| &made.fleets).map(FleetOutcome::together).collect();
        let requests: Vec<RequestCounts> = outcomes.iter().map(|outcome| outcome.requests()).collect();
        let latency = PooledQuantity::new(outcomes.iter().map(|outcome| outcome.latency()).collect());
        Ok(decide::surely_meets(&self.slo, &requests, &latency))
    }

    fn judge(&self, instances: u32, replications: &Range<u32>) -> Result<Verdict, TraceError> {
        let replications = self.simulate(instances, replications)?;
        let Pooled { requests, latency, wait } = Pooled::of(&replications, 0);
        Ok(match decide::meets(&self.slo, &requests, &latency) {
            // Of no requests there is nothing to judge by.
            Some(true) | None => Verdict::Meets,
            Some(false) => {
                let waits = wait.range.is_some_and(|(_, longest)| longest > Span::ZERO);
                let lost = requests.rejected + requests.timed_out > 0;
                if waits || lost { Verdict::TooFew } else { Verdict::NoneWaits }
            }
        })
    }
}
