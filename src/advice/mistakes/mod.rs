//! The guide's four mistakes, each simulated wrong and right.

mod figures;
mod sides;

use std::collections::BTreeMap;

use serde::Serialize;

use crate::catalog::{PublishedEntry, PublishedPreset};
use crate::experiment::{Watch, simulate};
use crate::guide::{Claim, Mistake};
use crate::measure::Estimate;
use crate::scenario::Loaded;
use crate::summary::{Provenance, ScenarioSummary};
use crate::trace::TraceError;

/// One mistake, wrong and right.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct MistakeSummary {
    #[serde(skip)]
    pub mistake: Mistake,
    pub name: &'static str,
    pub title: &'static str,
    /// What the guide says, in our words.
    pub claim: &'static str,
    /// The embedded scenario that it is simulated with.
    pub file: &'static str,
    pub scenario: ScenarioSummary,
    /// The prices and presets that the bills rest on.
    pub catalog: Vec<PublishedEntry>,
    pub presets: Vec<PublishedPreset>,
    /// The guide's figures, each beside the simulated one.
    pub guide: Vec<ClaimSummary>,
    pub wrong: Side,
    /// The cheapest of what the guide has in its place, of those that meet the objective, and whose jobs all end.
    pub right: Side,
    /// The other fleets of the scenario, in its order.
    pub others: Vec<Side>,
    /// wrong - right, paired over the replications; below zero where it is right that costs more.
    pub saving_usd_per_month: Estimate,
    /// Whether its interval leaves zero out; also true where nothing varies and the bills differ.
    pub significant: bool,
    /// Whether every figure of the guide is borne out.
    pub agrees: bool,
    /// Of the scenario and the comparison.
    pub warnings: Vec<String>,
}

/// A fleet of the scenario.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Side {
    pub fleet: String,
    /// `dedicated`, `serverless` or `hybrid`.
    pub kind: &'static str,
    pub cost_per_month_usd: Estimate,
    /// Whether it meets the objective; of jobs, whether all end.
    pub meets: Option<bool>,
    /// By name, with the unit last: of requests `p50_s`, `p95_s`, `p99_s`, `cold_ratio`, `utilization`, `per_used_hour_usd`; of jobs
    /// `gpu_hours`, `lost_gpu_hours`, `restarts`, `completion_p95_s`, `never_ending`.
    pub figures: BTreeMap<&'static str, Estimate>,
    /// The fewest instances that meet the objective, where they are fitted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fitted_instances: Option<u32>,
}

/// A figure of the guide.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ClaimSummary {
    pub what: &'static str,
    /// How it comes about, where it is arithmetic.
    pub formula: Option<&'static str>,
    /// `usd`, `s`, `share` or `count`.
    pub unit: &'static str,
    /// What the guide says: at least, at most; the same where it is exact. `None`: no bound.
    pub least: Option<f64>,
    pub most: Option<f64>,
    pub simulated: Estimate,
    /// Whether the mean lies between the bounds; of an exact figure, whether it lies within the simulated interval.
    pub agrees: bool,
}

/// The embedded scenario of a mistake.
#[must_use]
pub fn scenario_of(mistake: Mistake) -> &'static str {
    match mistake {
        Mistake::ServerlessTraining => "mistakes/serverless-training",
        Mistake::DedicatedSporadic => "mistakes/dedicated-sporadic",
        Mistake::ColdStarts => "mistakes/cold-starts",
        Mistake::OverProvisioned => "mistakes/over-provisioned",
    }
}

/// The fleet that makes the mistake, and those that the guide has in its place.
fn fleets_of(mistake: Mistake) -> (&'static str, &'static [&'static str]) {
    match mistake {
        Mistake::ServerlessTraining => ("serverless", &["reserved", "spot"]),
        Mistake::DedicatedSporadic => ("dedicated", &["serverless"]),
        Mistake::ColdStarts => ("scale-to-zero", &["kept-warm", "dedicated"]),
        Mistake::OverProvisioned => ("over-provisioned", &["ten-and-bursts"]),
    }
}

/// Simulates the scenario of a mistake and holds it against what the guide says. `loaded` is [`scenario_of`] the mistake.
///
/// # Errors
/// When a trace cannot be read; the scenarios of the mistakes have none.
///
/// # Panics
/// When `loaded` lacks a fleet of the mistake's scenario.
pub fn examine_mistake(mistake: Mistake, loaded: &Loaded, watch: &dyn Watch) -> Result<MistakeSummary, TraceError> {
    let provenance = Provenance::from(loaded);
    let trial = simulate(&loaded.scenario, &provenance, None, watch)?;
    let sides = sides::of(&trial);
    let (wrong, candidates) = fleets_of(mistake);
    let place = |name: &str| sides.iter().position(|side| side.fleet == name).expect("a fleet of the scenario");
    let cost = |index: usize| sides[index].cost_per_month_usd.mean.unwrap_or(f64::INFINITY);
    let meets = |index: usize| sides[index].meets != Some(false);
    let wrong = place(wrong);
    let by_cost = |&a: &usize, &b: &usize| (!meets(a), cost(a)).partial_cmp(&(!meets(b), cost(b))).expect("numbers");
    let right = candidates.iter().map(|name| place(name)).min_by(by_cost).expect("a candidate");
    let saving = sides::saving(&trial, &sides[wrong].fleet, &sides[right].fleet);
    let guide: Vec<ClaimSummary> = mistake
        .claims()
        .into_iter()
        .map(|claim| held_against(&claim, figures::simulated(claim.figure, &trial)))
        .collect();
    let document = trial.document;
    let others = (0..sides.len()).filter(|&index| index != wrong && index != right);
    Ok(MistakeSummary {
        mistake,
        name: mistake.name(),
        title: mistake.title(),
        claim: mistake.claim(),
        file: scenario_of(mistake),
        scenario: document.scenario,
        catalog: document.catalog,
        presets: document.presets,
        agrees: guide.iter().all(|claim| claim.agrees),
        guide,
        wrong: sides[wrong].clone(),
        right: sides[right].clone(),
        others: others.map(|index| sides[index].clone()).collect(),
        saving_usd_per_month: saving,
        significant: leaves_zero_out(&saving),
        warnings: document.warnings,
    })
}

fn leaves_zero_out(saving: &Estimate) -> bool {
    match (saving.low, saving.high) {
        (Some(low), Some(high)) => low > 0.0 || high < 0.0,
        _ => saving.mean.is_some_and(|saving| saving != 0.0),
    }
}

/// An exact figure is borne out by an interval around it, bounds by a mean between them.
fn held_against(claim: &Claim, simulated: Estimate) -> ClaimSummary {
    let Claim { figure, formula, least, most } = *claim;
    let exact = least.is_some() && least == most;
    let (low, high) = match exact {
        true => (simulated.low.or(simulated.mean), simulated.high.or(simulated.mean)),
        false => (simulated.mean, simulated.mean),
    };
    let agrees = low.zip(high).is_some_and(|(low, high)| {
        // The figures of bills are sums of floats.
        let rounding = 1e-9 * high.abs();
        least.is_none_or(|least| high >= least - rounding) && most.is_none_or(|most| low <= most + rounding)
    });
    ClaimSummary { what: figure.words(), formula, unit: figure.unit(), least, most, simulated, agrees }
}

impl MistakeSummary {
    /// The fleet of that name.
    #[must_use]
    pub fn side(&self, name: &str) -> Option<&Side> {
        self.sides().find(|side| side.fleet == name)
    }

    /// The wrong one, the right one, then the others.
    pub fn sides(&self) -> impl Iterator<Item = &Side> {
        [&self.wrong, &self.right].into_iter().chain(&self.others)
    }
}

impl Side {
    /// A figure by its name; one that does not exist is that of no name.
    #[must_use]
    pub fn figure(&self, name: &str) -> Estimate {
        self.figures.get(name).copied().unwrap_or(Estimate::NONE)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::guide::Figure;

    #[test]
    fn exact_figures_need_an_interval_around_them_and_bounds_a_mean_between() {
        let claim = |least, most| Claim { figure: Figure::WastedShare, formula: None, least, most };
        let estimate = |low: f64, mean: f64, high: f64| Estimate { mean: Some(mean), low: Some(low), high: Some(high) };
        let exact = claim(Some(0.9), Some(0.9));
        assert!(held_against(&exact, estimate(0.88, 0.89, 0.91)).agrees);
        assert!(!held_against(&exact, estimate(0.91, 0.92, 0.93)).agrees);
        assert!(
            held_against(&exact, Estimate::exact(0.9)).agrees && !held_against(&exact, Estimate::exact(0.8)).agrees
        );
        let between = claim(Some(40.0), Some(100.0));
        assert!(held_against(&between, estimate(80.0, 99.0, 120.0)).agrees);
        assert!(!held_against(&between, estimate(90.0, 101.0, 120.0)).agrees);
        assert!(!held_against(&between, Estimate::NONE).agrees);
        assert!(held_against(&claim(Some(15.0), None), Estimate::exact(27.0)).agrees);
        assert!(!held_against(&claim(None, Some(1.0)), Estimate::exact(1.5)).agrees);
    }
}
