//! What a fleet does in its busiest hour without one instance, one zone or one region.
//!
//! The answer is that of a smaller fleet, not of an event: from [`LEAD`] before the hour on a fleet with that many fewer dedicated
//! instances serves the very same requests, with the same random numbers as the whole fleet beside it. The backlog of that lead is
//! in the hour (a little too much); requests that were in service on what was lost are not counted as lost (a little too little).
//! Serverless pools are left as they are: a lost instance there is replaced by a start.

use rayon::prelude::*;

use crate::decide;
use crate::engine::Advance;
use crate::experiment::watch::{Watch, simulated};
use crate::measure::{Estimate, FleetOutcome, PooledQuantity, RequestCounts};
use crate::scenario::{Dedicated, Fleet, FleetKind, Hybrid, Instances, Pool, PoolKind, Routing, Scenario};
use crate::trace::TraceError;
use crate::unit::{Span, Time};

use super::observe::{brought_forward, busiest, replay};
use super::{FIRST, replications};

/// How long the instances are away.
const HOUR: Span = Span::HOUR;
/// From when on they are missing, before the hour that is measured.
const LEAD: Span = Span::from_nanos(10 * Span::MINUTE.nanos());
/// Of a fleet whose scenario says nothing of zones.
const USUAL_ZONES: u32 = 3;

/// What is lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Loss {
    /// One of the dedicated instances, of the pool that has most.
    Instance,
    /// The dedicated instances of one zone of every pool: the largest part where they are spread as evenly as can be over the zones
    /// that the scenario names, or three.
    Zone,
    /// The region with most instances; of a fleet in one place, all of it.
    Region,
}

impl Loss {
    pub const ALL: [Loss; 3] = [Loss::Instance, Loss::Zone, Loss::Region];

    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Loss::Instance => "instance",
            Loss::Zone => "zone",
            Loss::Region => "region",
        }
    }
}

/// One loss and what it does.
#[derive(Clone, Debug, PartialEq)]
pub struct LossAnswer {
    pub loss: Loss,
    /// Dedicated instances that are missing, and how many the fleet has.
    pub lost_instances: u32,
    pub instances: u32,
    pub outcome: LossOutcome,
}

#[derive(Clone, Debug, PartialEq)]
pub enum LossOutcome {
    /// The hour without what is lost, and the same hour with it.
    Serves { without: Box<HourFigures>, with: Box<HourFigures> },
    /// Nothing is left that could serve: every request of the hour is lost.
    NothingLeft,
    /// The fleet has no dedicated instance that could be missed.
    Untouched,
}

/// The requests of the hour, over the replications.
#[derive(Clone, Debug, PartialEq)]
pub struct HourFigures {
    pub p50_s: Estimate,
    pub p95_s: Estimate,
    pub p99_s: Estimate,
    pub attainment: Estimate,
    /// Requests that were never completed / requests.
    pub lost: Estimate,
    /// `None` without an objective.
    pub meets_slo: Option<bool>,
}

pub(super) fn losses(scenario: &Scenario, watch: &dyn Watch) -> Result<Vec<LossAnswer>, TraceError> {
    let busiest = busiest(scenario, HOUR)?;
    let hour = Scenario { warm_up: busiest.since_start(), horizon: (busiest + HOUR).since_start(), ..scenario.clone() };
    let (hour, at) = brought_forward(&hour, busiest, LEAD);
    let whole = &scenario.fleets[0];
    let from = Time::START + Span::from_nanos(at.nanos().saturating_sub(LEAD.nanos()));
    let with = Box::new(figures(&hour, whole, from, watch)?);
    let instances = dedicated(whole).map(|pool| pool.instances.number()).sum();
    let answer = |loss: Loss| {
        let (lost_instances, rest) = without(whole, loss);
        let outcome = match rest {
            Rest::All => LossOutcome::Untouched,
            Rest::Nothing => LossOutcome::NothingLeft,
            Rest::Some(rest) => {
                LossOutcome::Serves { without: Box::new(figures(&hour, &rest, from, watch)?), with: with.clone() }
            }
        };
        Ok(LossAnswer { loss, lost_instances, instances, outcome })
    };
    Loss::ALL.into_iter().map(answer).collect()
}

fn figures(hour: &Scenario, fleet: &Fleet, from: Time, watch: &dyn Watch) -> Result<HourFigures, TraceError> {
    let count = replications(hour);
    watch.planned(simulated(hour, count));
    let one = |replication| {
        let (outcome, _) = replay(hour, fleet, replication, from, None, || ())?;
        let _ = watch.advanced(Advance { nanos: hour.horizon.nanos(), requests: 0 });
        Ok(outcome)
    };
    let outcomes: Vec<FleetOutcome> =
        (FIRST..FIRST + count).into_par_iter().map(one).collect::<Result<_, TraceError>>()?;
    let wholes: Vec<_> = outcomes.iter().map(FleetOutcome::together).collect();
    let requests: Vec<RequestCounts> = wholes.iter().map(|whole| whole.requests()).collect();
    let latency = PooledQuantity::new(wholes.iter().map(|whole| whole.latency()).collect());
    let ratio = |part: fn(&RequestCounts) -> u64| {
        let parts = requests.iter().map(|counts| (u128::from(part(counts)), u128::from(counts.first_tries())));
        Estimate::of_ratio(parts, 1.0)
    };
    let mut total = RequestCounts::default();
    requests.iter().for_each(|counts| total.add(counts));
    Ok(HourFigures {
        p50_s: latency.quantile_s(0.5),
        p95_s: latency.quantile_s(0.95),
        p99_s: latency.quantile_s(0.99),
        attainment: ratio(|counts| counts.good),
        lost: ratio(RequestCounts::lost),
        meets_slo: hour.slo.as_ref().and_then(|slo| decide::meets(slo, &total, latency.pool())),
    })
}

/// What is left of a fleet.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Rest {
    All,
    Some(Box<Fleet>),
    Nothing,
}

/// The dedicated instances that a loss takes, and what it leaves.
pub(super) fn without(fleet: &Fleet, loss: Loss) -> (u32, Rest) {
    let all: u32 = dedicated(fleet).map(|pool| pool.instances.number()).sum();
    if loss == Loss::Region {
        return without_region(fleet, all);
    }
    if all == 0 {
        return (0, Rest::All);
    }
    let counts: Vec<u32> = fleet.pools().iter().map(|kind| instances(kind)).collect();
    let most = counts.iter().copied().max().unwrap_or(0);
    let largest = counts.iter().position(|&count| count == most);
    let taken = |index: usize, kind: &PoolKind| match loss {
        Loss::Instance => u32::from(Some(index) == largest),
        Loss::Zone | Loss::Region => instances(kind).div_ceil(zones(kind)),
    };
    let taken: Vec<u32> = fleet.pools().iter().enumerate().map(|(index, kind)| taken(index, kind)).collect();
    (taken.iter().sum(), reduced(fleet, &taken))
}

fn dedicated(fleet: &Fleet) -> impl Iterator<Item = &Dedicated> {
    fleet.pools().into_iter().filter_map(|kind| match kind {
        PoolKind::Dedicated(pool) => Some(pool),
        PoolKind::Serverless(_) => None,
    })
}

fn instances(kind: &PoolKind) -> u32 {
    match kind {
        PoolKind::Dedicated(pool) => pool.instances.number(),
        PoolKind::Serverless(_) => 0,
    }
}

fn zones(kind: &PoolKind) -> u32 {
    let named = match kind {
        PoolKind::Dedicated(pool) => pool.terms.interruptions.as_ref().and_then(|spot| spot.outages.as_ref()),
        PoolKind::Serverless(_) => None,
    };
    named.map_or(USUAL_ZONES, |outages| outages.zones)
}

/// The fleet with so many fewer instances by pool; pools without any are left out.
fn reduced(fleet: &Fleet, taken: &[u32]) -> Rest {
    let less = |kind: &PoolKind, taken: u32| match kind {
        PoolKind::Dedicated(pool) => {
            let left = pool.instances.number().saturating_sub(taken);
            let mut pool = pool.clone();
            pool.instances = Instances::Number(left);
            if let Some(scaled) = &mut pool.terms.autoscaling {
                scaled.min_instances = scaled.min_instances.min(left);
            }
            (left > 0).then_some(PoolKind::Dedicated(pool))
        }
        PoolKind::Serverless(_) => Some(kind.clone()),
    };
    match &fleet.kind {
        FleetKind::Single(kind) => match less(kind, taken.first().copied().unwrap_or(0)) {
            Some(kind) => Rest::Some(Box::new(Fleet { name: fleet.name.clone(), kind: FleetKind::Single(kind) })),
            None => Rest::Nothing,
        },
        FleetKind::Hybrid(hybrid) => {
            let left: Vec<Option<PoolKind>> =
                hybrid.pools.iter().zip(taken).map(|(pool, &taken)| less(&pool.kind, taken)).collect();
            with_pools(fleet, hybrid, &left)
        }
    }
}

/// The hybrid with those of its pools that are left.
fn with_pools(fleet: &Fleet, hybrid: &Hybrid, left: &[Option<PoolKind>]) -> Rest {
    let kept = || left.iter().enumerate().filter_map(|(index, kind)| Some((index, kind.as_ref()?)));
    let pools: Vec<Pool> =
        kept().map(|(index, kind)| Pool { name: hybrid.pools[index].name.clone(), kind: kind.clone() }).collect();
    if pools.is_empty() {
        return Rest::Nothing;
    }
    let routing = match &hybrid.routing {
        Routing::InOrder => Routing::InOrder,
        Routing::Nearest(origins) => Routing::Nearest(kept().map(|(index, _)| origins[index].clone()).collect()),
    };
    let kind = FleetKind::Hybrid(Hybrid { overflow: hybrid.overflow, routing, pools });
    Rest::Some(Box::new(Fleet { name: fleet.name.clone(), kind }))
}

/// The requests of a lost region go to the others, in proportion to what those have.
fn without_region(fleet: &Fleet, all: u32) -> (u32, Rest) {
    let FleetKind::Hybrid(hybrid @ Hybrid { routing: Routing::Nearest(_), .. }) = &fleet.kind else {
        return (all, Rest::Nothing);
    };
    let most = hybrid.pools.iter().map(|pool| instances(&pool.kind)).max().unwrap_or(0);
    let lost = hybrid.pools.iter().position(|pool| instances(&pool.kind) == most);
    let left: Vec<Option<PoolKind>> =
        hybrid.pools.iter().enumerate().map(|(index, pool)| (Some(index) != lost).then(|| pool.kind.clone())).collect();
    (most, with_pools(fleet, hybrid, &left))
}
