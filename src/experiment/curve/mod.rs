//! Cost and latency over a range of volumes, and where the answer changes.

mod break_even;
mod pair;
mod root;
mod volumes;

use rayon::prelude::*;

use crate::decide;
use crate::engine;
use crate::scenario::Scenario;
use crate::summary::{Comparison, FleetSummary, Provenance, RunDocument};
use crate::trace::TraceError;

use crate::experiment::pooled::Pooled;
use crate::experiment::watch::simulated;
use crate::experiment::{Precision, Watch, simulate};

pub use break_even::{BreakEven, Crossing};
pub use volumes::{VolumeError, Volumes, logarithmic_volumes};

use break_even::{Finder, Known};
use pair::Pair;

/// A change of whether a fleet meets the objective is located to this share of the volume.
const LIMIT: f64 = 0.02;

/// What is asked of a curve.
#[derive(Clone, Debug)]
pub struct CurvePlan {
    /// In requests a month, ascending, at least two.
    pub volumes: Vec<f64>,
    pub precision: Option<Precision>,
    /// No more than this many replications are made for a break-even point.
    pub most_replications: u32,
}

impl CurvePlan {
    /// The volumes of the usual curve, in requests a month: from, to, and how many.
    pub const USUAL_FROM: f64 = 1e4;
    pub const USUAL_TO: f64 = 1e7;
    pub const USUAL_POINTS: u16 = 25;
    /// The replications that a break-even point usually may take.
    pub const USUAL_MOST_REPLICATIONS: u32 = 160;
}

impl Default for CurvePlan {
    /// What is simulated unless more is said.
    fn default() -> CurvePlan {
        let points = usize::from(CurvePlan::USUAL_POINTS);
        CurvePlan {
            volumes: logarithmic_volumes(CurvePlan::USUAL_FROM, CurvePlan::USUAL_TO, points),
            precision: None,
            most_replications: CurvePlan::USUAL_MOST_REPLICATIONS,
        }
    }
}

#[derive(Clone, Debug)]
pub struct Curve {
    pub points: Vec<CurvePoint>,
    /// In the order of volume.
    pub break_even: Vec<BreakEven>,
    /// In the order of fleets, then of volume.
    pub limits: Vec<ObjectiveLimit>,
}

/// Every fleet at one volume.
#[derive(Clone, Debug)]
pub struct CurvePoint {
    pub requests_per_month: f64,
    pub document: RunDocument,
}

/// Where a fleet begins or ceases to meet the objective.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ObjectiveLimit {
    pub fleet: usize,
    pub requests_per_month: f64,
    pub meets_below: bool,
}

/// Simulates every fleet at every volume, then looks for the break-even points of every pair.
///
/// # Errors
/// When a trace cannot be read.
pub fn curve(
    volumes: &Volumes,
    provenance: &Provenance,
    plan: &CurvePlan,
    watch: &dyn Watch,
) -> Result<Curve, TraceError> {
    let scenario = volumes.scenario();
    let count = scenario.fleets.len();
    let pairs: Vec<[usize; 2]> = (0..count).flat_map(|a| (a + 1..count).map(move |b| [a, b])).collect();
    watch.cells((plan.volumes.len() + pairs.len()) as u64);
    let point = |&requests_per_month: &f64| {
        let trial = simulate(&volumes.at(requests_per_month), provenance, plan.precision.as_ref(), watch)?;
        watch.cell_done();
        Ok(CurvePoint { requests_per_month, document: trial.document })
    };
    let points: Vec<CurvePoint> = plan.volumes.par_iter().map(point).collect::<Result<_, TraceError>>()?;
    let found = pairs.into_par_iter().map(|fleets| {
        let finder = Finder {
            pair: Pair { volumes, fleets, watch },
            replications: volumes.replications(),
            most_replications: plan.most_replications.max(volumes.replications()),
            range: (plan.volumes[0], plan.volumes[plan.volumes.len() - 1]),
        };
        let known: Vec<Known> = points.iter().map(|point| known(point, fleets)).collect();
        let found = finder.all(&known);
        watch.cell_done();
        found
    });
    let mut break_even = found.collect::<Result<Vec<_>, _>>()?.concat();
    break_even.sort_by(|a, b| a.requests_per_month.mean.partial_cmp(&b.requests_per_month.mean).expect("a number"));
    let limits = limits(volumes, &points, watch)?;
    Ok(Curve { points, break_even, limits })
}

/// What a point tells of a pair.
fn known(point: &CurvePoint, fleets: [usize; 2]) -> Known {
    let [a, b] = fleets.map(|index| &point.document.fleets[index]);
    let is_pair = |comparison: &&Comparison| {
        [&comparison.fleet, &comparison.against] == [&a.name, &b.name]
            || [&comparison.fleet, &comparison.against] == [&b.name, &a.name]
    };
    let comparison = point.document.comparisons.iter().find(is_pair);
    let saving = comparison.and_then(|comparison| comparison.saving_usd_per_month.mean).unwrap_or(0.0);
    let first_saves = comparison.is_some_and(|comparison| comparison.fleet == a.name);
    Known {
        volume: point.requests_per_month,
        sizes: [fitted(a), fitted(b)],
        gap: if first_saves { -saving } else { saving },
        costs: [a, b].map(|fleet| fleet.cost.per_month_usd.mean.unwrap_or(0.0)),
        replications: point.document.scenario.replications,
    }
}

/// The number of instances that was found for a fleet's fitted pool.
#[must_use]
pub fn fitted(fleet: &FleetSummary) -> Option<u32> {
    std::iter::once(fleet).chain(&fleet.pools).find_map(|part| part.fit).map(|fit| fit.instances)
}

/// Between two points of which a fleet meets the objective at one only: the volume, by bisection. A fitted fleet meets it wherever
/// it can.
fn limits(volumes: &Volumes, points: &[CurvePoint], watch: &dyn Watch) -> Result<Vec<ObjectiveLimit>, TraceError> {
    let scenario = volumes.scenario();
    let mut limits = Vec::new();
    for (fleet, _) in scenario.fleets.iter().enumerate().filter(|(_, fleet)| fleet.fitted_pool().is_none()) {
        for ends in points.windows(2) {
            let [below, above] = [0, 1].map(|end| ends[end].document.fleets[fleet].meets_slo);
            let (Some(meets_below), Some(meets_above)) = (below, above) else { continue };
            if meets_below == meets_above {
                continue;
            }
            let (mut low, mut high) = (ends[0].requests_per_month, ends[1].requests_per_month);
            while high / low > 1.0 + LIMIT {
                let middle = (low * high).sqrt();
                match meets(&volumes.at(middle), fleet, watch)? == Some(meets_below) {
                    true => low = middle,
                    false => high = middle,
                }
            }
            limits.push(ObjectiveLimit { fleet, requests_per_month: (low * high).sqrt(), meets_below });
        }
    }
    Ok(limits)
}

/// Whether one fleet meets the objective of a scenario, by the replications of its figures.
fn meets(scenario: &Scenario, fleet: usize, watch: &dyn Watch) -> Result<Option<bool>, TraceError> {
    let alone = Scenario { fleets: vec![scenario.fleets[fleet].clone()], ..scenario.clone() };
    watch.planned(simulated(&alone, alone.replications));
    let made = engine::run(&alone, &|advance| watch.advanced(advance))?;
    let pooled = Pooled::of(&made, 0);
    Ok(alone.slo.as_ref().and_then(|slo| decide::meets(slo, &pooled.requests, &pooled.latency)))
}
