//! The document of a curve: the shape of `curve.json`.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::catalog::{PublishedEntry, PublishedPreset};
use crate::decide::{Explanation, FormulaCost, FormulaTraffic, explain, formula_break_even, formula_utilization};
use crate::experiment::{
    self, BreakEven, Crossing, Curve, CurvePlan, CurvePoint, ObjectiveLimit, VolumeError, Volumes, Watch,
};
use crate::measure::Estimate;
use crate::report::number;
use crate::scenario::{Fleet, Instances, PoolKind, Scenario};
use crate::summary::{FleetSummary, PrecisionSummary, Provenance, QuantitySummary, RunDocument, ScenarioSummary};

/// The schema that the document keeps to: `docs/schema/curve.schema.json`.
pub const CURVE_SCHEMA: &str = "breakeven.curve/1";

/// `breakeven.curve/1`. Volumes are in requests a month.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CurveDocument {
    pub schema: &'static str,
    pub version: &'static str,
    pub scenario: ScenarioSummary,
    /// The prices of the catalogue that the bills rest on.
    pub catalog: Vec<PublishedEntry>,
    /// The presets that fleets are filled in from.
    pub presets: Vec<PublishedPreset>,
    /// The class whose volume varies; `None`: all of them, in their proportions.
    pub class: Option<String>,
    pub fleets: Vec<FleetCurve>,
    /// In the order of volume.
    pub break_even: Vec<BreakEvenSummary>,
    /// Every pair of fleets once.
    pub pairs: Vec<PairSummary>,
    /// Which fleet is the cheapest (that meets the objective, where there is one), from the lowest volume to the highest.
    pub cheapest: Vec<CheapestRange>,
    /// With --precision: the least sharp of any volume.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub precision: Option<PrecisionSummary>,
    pub warnings: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct FleetCurve {
    pub name: String,
    pub kind: &'static str,
    /// Whether the instances of one of its pools are fitted to the objective, at every volume anew.
    pub is_fitted: bool,
    pub points: Vec<PointSummary>,
    /// Where the fleet begins or ceases to meet the objective.
    pub objective_limits: Vec<LimitSummary>,
}

/// A fleet at one volume.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PointSummary {
    pub requests_per_month: f64,
    /// Dedicated ones, of all its pools; `None` where it has none.
    pub instances: Option<u32>,
    pub meets_slo: Option<bool>,
    pub cost_per_month_usd: Estimate,
    pub per_1000_requests_usd: Estimate,
    /// By the guide's formula.
    pub formula_cost_per_month_usd: f64,
    pub latency_s: QuantitySummary,
    pub slo_attainment: Estimate,
    pub cold_ratio: Estimate,
    pub utilization: Estimate,
    pub replications: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct LimitSummary {
    pub requests_per_month: f64,
    /// Whether it is met below, and missed above; else the other way round.
    pub meets_below: bool,
}

/// Where two fleets cost the same.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct BreakEvenSummary {
    /// The cheaper one below, then the cheaper one above.
    pub between: [String; 2],
    pub requests_per_month: Estimate,
    /// Of either.
    pub cost_per_month_usd: f64,
    /// By the guide's formula: hourly rate x hours / price per request; `None` where it never gets there.
    pub formula_requests_per_month: Option<f64>,
    pub cheaper_below: String,
    pub cheaper_above: String,
    /// `crossing`, or `step` where a fitted fleet grows by an instance.
    pub kind: &'static str,
    /// Dedicated ones of each, there.
    pub instances: [Option<u32>; 2],
    /// Whether each meets the objective there.
    pub meets_slo: [Option<bool>; 2],
    pub replications: u32,
    /// What the formula says, at this volume, that the first costs less than the second.
    pub formula_difference_usd_per_month: f64,
    /// What the first costs beyond the formula, less what the second does. The terms sum to the formula's difference plus the
    /// simulated one.
    pub explained_usd_per_month: BTreeMap<&'static str, f64>,
    /// What the first costs more than the second in the simulation: nothing, but for how closely the volume was searched for.
    pub simulated_difference_usd_per_month: f64,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PairSummary {
    /// In the scenario's order.
    pub between: [String; 2],
    pub break_even_points: usize,
    pub formula_requests_per_month: Option<f64>,
    /// The share of the time that the dedicated instances of the formula are busy at that volume: above 1 they could not serve it.
    /// `None` unless one of the two is a dedicated fleet and the other is not.
    pub formula_utilization: Option<f64>,
    /// The one that is the cheaper from the last break-even point on.
    pub stays_cheaper: String,
    /// The last break-even point; `None` where there is none.
    pub from_requests_per_month: Option<f64>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CheapestRange {
    pub from_requests_per_month: f64,
    pub to_requests_per_month: f64,
    /// `None`: no fleet meets the objective.
    pub fleet: Option<String>,
}

impl CurveDocument {
    /// Simulates a curve; `class` names the one class whose volume varies.
    ///
    /// # Errors
    /// See [`VolumeError`].
    pub fn simulate(
        scenario: &Scenario,
        class: Option<&str>,
        provenance: &Provenance,
        plan: &CurvePlan,
        watch: &dyn Watch,
    ) -> Result<CurveDocument, VolumeError> {
        let volumes = Volumes::new(scenario, class)?;
        let curve = experiment::curve(&volumes, provenance, plan, watch)?;
        Ok(CurveDocument::new(&volumes, provenance, &curve))
    }

    /// Of a curve with at least two points.
    #[must_use]
    pub fn new(volumes: &Volumes, provenance: &Provenance, curve: &Curve) -> CurveDocument {
        let scenario = volumes.scenario();
        let traffic = volumes.formula_traffic();
        let formula: Vec<FormulaCost> = scenario.fleets.iter().map(|fleet| FormulaCost::new(fleet, &traffic)).collect();
        let fleets = scenario.fleets.iter().enumerate().map(|(index, fleet)| FleetCurve {
            name: fleet.name.clone(),
            kind: fleet.kind_name(),
            is_fitted: fleet.fitted_pool().is_some(),
            points: curve.points.iter().map(|point| point_summary(point, index, fleet, &formula[index])).collect(),
            objective_limits: limits(&curve.limits, index),
        });
        let of_run = &curve.points[0].document;
        let made = curve.points.iter().map(|point| point.document.scenario.replications);
        let replications = made.max().unwrap_or(1);
        CurveDocument {
            schema: CURVE_SCHEMA,
            version: of_run.version,
            scenario: ScenarioSummary { replications, ..of_run.scenario.clone() },
            catalog: provenance.catalog.clone(),
            presets: provenance.presets.clone(),
            class: volumes.class().map(str::to_owned),
            fleets: fleets.collect(),
            break_even: curve.break_even.iter().map(|found| break_even(&scenario.fleets, found, &formula)).collect(),
            pairs: pairs(&scenario.fleets, curve, &formula, &traffic),
            cheapest: cheapest_ranges(&scenario.fleets, curve),
            precision: PrecisionSummary::worst(curve.points.iter().map(|point| &point.document)),
            warnings: warnings(&scenario.fleets, provenance, curve),
        }
    }
}

fn point_summary(point: &CurvePoint, index: usize, fleet: &Fleet, formula: &FormulaCost) -> PointSummary {
    let summary = &point.document.fleets[index];
    PointSummary {
        requests_per_month: point.requests_per_month,
        instances: instances(fleet, crate::experiment::fitted(summary)),
        meets_slo: summary.meets_slo,
        cost_per_month_usd: summary.cost.per_month_usd,
        per_1000_requests_usd: summary.cost.per_1000_requests_usd,
        formula_cost_per_month_usd: formula.at(point.requests_per_month),
        latency_s: summary.latency_s.clone(),
        slo_attainment: summary.slo_attainment,
        cold_ratio: summary.cold_ratio,
        utilization: summary.utilization,
        replications: point.document.scenario.replications,
    }
}

/// The dedicated instances of a fleet, `fitted` of them in its fitted pool; `None` without a dedicated pool.
fn instances(fleet: &Fleet, fitted: Option<u32>) -> Option<u32> {
    let counts = fleet.pools().into_iter().filter_map(|kind| match kind {
        PoolKind::Dedicated(pool) => match pool.instances {
            Instances::Number(number) => Some(number),
            Instances::Fit => fitted,
        },
        PoolKind::Serverless(_) => None,
    });
    counts.reduce(u32::saturating_add)
}

fn limits(limits: &[ObjectiveLimit], fleet: usize) -> Vec<LimitSummary> {
    let of_fleet = limits.iter().filter(|limit| limit.fleet == fleet);
    of_fleet
        .map(|limit| LimitSummary { requests_per_month: limit.requests_per_month, meets_below: limit.meets_below })
        .collect()
}

fn break_even(fleets: &[Fleet], found: &BreakEven, formula: &[FormulaCost]) -> BreakEvenSummary {
    let [below, above] = found.between;
    let volume = found.requests_per_month.mean.unwrap_or(0.0);
    let Explanation { formula_difference_usd, terms, simulated_difference_usd } =
        explain(volume, [&found.lines[0], &found.lines[1]], [&formula[below], &formula[above]]);
    let name = |index: usize| fleets[index].name.clone();
    BreakEvenSummary {
        between: [name(below), name(above)],
        requests_per_month: found.requests_per_month,
        cost_per_month_usd: found.lines[0].iter().map(|&(_, usd)| usd).sum(),
        formula_requests_per_month: formula_break_even(&formula[below], &formula[above]),
        cheaper_below: name(below),
        cheaper_above: name(above),
        kind: match found.kind {
            Crossing::Smooth => "crossing",
            Crossing::Step => "step",
        },
        instances: [0, 1].map(|index| instances(&fleets[found.between[index]], found.instances[index])),
        meets_slo: found.meets,
        replications: found.replications,
        formula_difference_usd_per_month: formula_difference_usd,
        explained_usd_per_month: terms.into_iter().map(|(overhead, usd)| (overhead.name(), usd)).collect(),
        simulated_difference_usd_per_month: simulated_difference_usd,
    }
}

fn pairs(fleets: &[Fleet], curve: &Curve, formula: &[FormulaCost], traffic: &FormulaTraffic) -> Vec<PairSummary> {
    let pairs = (0..fleets.len()).flat_map(|a| (a + 1..fleets.len()).map(move |b| [a, b]));
    pairs
        .map(|pair| {
            let [a, b] = pair;
            let points = || {
                curve.break_even.iter().filter(move |found| found.between.contains(&a) && found.between.contains(&b))
            };
            let by_formula = formula_break_even(&formula[a], &formula[b]);
            let last = points().next_back();
            let costs = curve.points.last().map(|point| pair.map(|index| month(&point.document.fleets[index])));
            let at_the_end = if costs.is_some_and(|[of_a, of_b]| of_b < of_a) { b } else { a };
            PairSummary {
                between: pair.map(|index| fleets[index].name.clone()),
                break_even_points: points().count(),
                formula_requests_per_month: by_formula,
                formula_utilization: by_formula
                    .and_then(|volume| busy_share([&fleets[a], &fleets[b]], traffic, volume)),
                stays_cheaper: fleets[last.map_or(at_the_end, |found| found.between[1])].name.clone(),
                from_requests_per_month: last.and_then(|found| found.requests_per_month.mean),
            }
        })
        .collect()
}

/// How busy the dedicated fleet of a pair is at a volume, as the formula counts its instances.
fn busy_share(pair: [&Fleet; 2], traffic: &FormulaTraffic, volume: f64) -> Option<f64> {
    match pair.map(|fleet| formula_utilization(fleet, traffic, volume)) {
        [Some(busy), None] | [None, Some(busy)] => Some(busy),
        _ => None,
    }
}

fn month(fleet: &FleetSummary) -> f64 {
    fleet.cost.per_month_usd.mean.unwrap_or(f64::INFINITY)
}

/// The fleet that a run of this volume names.
fn winner(document: &RunDocument) -> Option<&String> {
    let judged = document.fleets.iter().any(|fleet| fleet.meets_slo.is_some());
    if judged { document.cheapest_meeting_slo.as_ref() } else { document.cheapest.as_ref() }
}

/// From the winner of a point to that of the next one: by all the break-even points between them, followed in order, if those lead
/// there, else by one change.
fn cheapest_ranges(fleets: &[Fleet], curve: &Curve) -> Vec<CheapestRange> {
    let mut ranges: Vec<CheapestRange> = Vec::new();
    let mut change = |volume: f64, fleet: Option<&String>| {
        if let Some(last) = ranges.last_mut() {
            last.to_requests_per_month = volume;
            if last.fleet.as_ref() == fleet {
                return;
            }
        }
        let fleet = fleet.cloned();
        ranges.push(CheapestRange { from_requests_per_month: volume, to_requests_per_month: volume, fleet });
    };
    if let Some(first) = curve.points.first() {
        change(first.requests_per_month, winner(&first.document));
    }
    for ends in curve.points.windows(2) {
        let [low, high] = [0, 1].map(|end| ends[end].requests_per_month);
        let [below, above] = [0, 1].map(|end| winner(&ends[end].document));
        let followed = follow(fleets, curve, (low, high), below);
        if followed.last().map_or(below, |&(_, fleet)| fleet) == above {
            followed.into_iter().for_each(|(volume, fleet)| change(volume, fleet));
        } else if below != above {
            change(border(fleets, curve, (low, high), [below, above]), above);
        }
        change(high, above);
    }
    ranges
}

/// Which fleets follow the cheapest one between two volumes: at each break-even point the one that is the cheaper above it, unless it
/// misses the objective there.
fn follow<'a>(
    fleets: &'a [Fleet],
    curve: &Curve,
    (low, high): (f64, f64),
    cheapest: Option<&'a String>,
) -> Vec<(f64, Option<&'a String>)> {
    let mut cheapest = cheapest;
    let mut followed = Vec::new();
    for found in &curve.break_even {
        let Some(volume) = found.requests_per_month.mean.filter(|&volume| low < volume && volume <= high) else {
            continue;
        };
        let [below, above] = found.between.map(|index| Some(&fleets[index].name));
        if below == cheapest && found.meets[1] != Some(false) {
            cheapest = above;
            followed.push((volume, above));
        }
    }
    followed
}

/// Where one winner follows another between two volumes: their break-even point, which further replications may have moved a little
/// beyond the two, else the limit of one of them, else the middle.
fn border(fleets: &[Fleet], curve: &Curve, (low, high): (f64, f64), winners: [Option<&String>; 2]) -> f64 {
    /// So far beyond, as a share of the volume.
    const NEAR: f64 = 0.1;
    let is_winner = |index: usize| winners.contains(&Some(&fleets[index].name));
    let near = |volume: &f64| (low * (1.0 - NEAR)..=high * (1.0 + NEAR)).contains(volume);
    let is_theirs = |found: &&BreakEven| found.between.map(|index| Some(&fleets[index].name)) == winners;
    let crossing =
        curve.break_even.iter().filter(is_theirs).filter_map(|found| found.requests_per_month.mean).find(near);
    let limits = curve.limits.iter().filter(|limit| is_winner(limit.fleet)).map(|limit| limit.requests_per_month);
    let limit = { limits }.find(|volume| (low..=high).contains(volume));
    crossing.map(|volume| volume.clamp(low, high)).or(limit).unwrap_or_else(|| (low * high).sqrt())
}

fn warnings(fleets: &[Fleet], provenance: &Provenance, curve: &Curve) -> Vec<String> {
    /// An interval wider than this share of its volume is worth a word.
    const WIDE: f64 = 0.02;
    let mut warnings = provenance.warnings.clone();
    for found in &curve.break_even {
        let estimate = &found.requests_per_month;
        let (Some(mean), Some(half_width)) = (estimate.mean, estimate.half_width()) else { continue };
        if half_width / mean > WIDE {
            let [a, b] = found.between.map(|index| &fleets[index].name);
            let (known, made) = (half_width / mean * 100.0, found.replications);
            warnings.push(match found.kind {
                Crossing::Smooth => format!(
                    "the break-even point of `{a}` and `{b}` at {} is known to {known:.1}% only after {made} replications: their costs \
                     are too alike, or --max-replications too few",
                    number::scaled(mean)
                ),
                Crossing::Step => format!(
                    "the step at {} at which `{b}` becomes cheaper than `{a}` is known to {known:.1}% only: a longer horizon or more \
                     --replications would tell better which size meets the objective",
                    number::scaled(mean)
                ),
            });
        }
    }
    for point in &curve.points {
        let short = point.document.precision.as_ref().filter(|precision| precision.reached > precision.asked);
        if let Some(precision) = short {
            warnings.push(format!(
                "at {} requests a month the figure `{}` is known to {:.1}%, not {:.1}%, after {} replications",
                number::count(point.requests_per_month),
                precision.of,
                precision.reached * 100.0,
                precision.asked * 100.0,
                point.document.scenario.replications
            ));
        }
    }
    warnings
}
