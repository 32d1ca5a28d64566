//! Utilisation by the length of a request: which fleet is the cheapest where, and by how much.

mod loads;

use rayon::prelude::*;

use crate::decide;
use crate::experiment::spacing::in_even_ratios;
use crate::scenario::Scenario;
use crate::summary::{Comparison, Provenance, RunDocument};
use crate::trace::TraceError;
use crate::unit::Span;

use crate::experiment::pooled::Pooled;
use crate::experiment::{Precision, Trial, Watch, simulate};

pub use loads::{LoadError, Loads};

/// What is asked of a matrix.
#[derive(Clone, Debug)]
pub struct MatrixPlan {
    /// Ascending, above 0.
    pub utilizations: Vec<f64>,
    /// Mean service times, ascending, above 0.
    pub durations: Vec<Span>,
    /// Whether limits on latency and the clients' patience grow with the duration.
    pub stretch_slo: bool,
    pub precision: Option<Precision>,
}

impl Default for MatrixPlan {
    /// What is simulated unless more is said: utilisations from 5 % to 95 % by durations from a second to an hour, 12 of each.
    fn default() -> MatrixPlan {
        const VALUES: usize = 12;
        MatrixPlan {
            utilizations: linear_utilizations(0.05, 0.95, VALUES),
            durations: logarithmic_durations(Span::SECOND, Span::HOUR, VALUES),
            stretch_slo: false,
            precision: None,
        }
    }
}

/// Every fleet at one utilisation and duration.
#[derive(Clone, Debug)]
pub struct MatrixCell {
    pub utilization: f64,
    pub duration: Span,
    pub requests_per_month: f64,
    /// What was simulated, and what came of it.
    pub window: Span,
    pub document: RunDocument,
    /// The fleets that may win, by index: those that meet the objective; where none can be missed, those that lose at most 1 %
    /// of their requests, unless all lose more.
    pub qualifying: Vec<usize>,
    /// The cheapest of them.
    pub cheapest: Option<usize>,
    /// What it saves against the next cheapest of them, where there is another.
    pub margin: Option<Comparison>,
}

/// Simulates every cell, by duration and then utilisation.
///
/// # Errors
/// When a trace cannot be read.
pub fn matrix(
    loads: &Loads,
    provenance: &Provenance,
    plan: &MatrixPlan,
    watch: &dyn Watch,
) -> Result<Vec<MatrixCell>, TraceError> {
    let places: Vec<(Span, f64)> = plan
        .durations
        .iter()
        .flat_map(|&duration| plan.utilizations.iter().map(move |&utilization| (duration, utilization)))
        .collect();
    watch.cells(places.len() as u64);
    let cell = |&(duration, utilization): &(Span, f64)| {
        let scenario = loads.at(utilization, duration, plan.stretch_slo);
        let trial = simulate(&scenario, provenance, plan.precision.as_ref(), watch)?;
        watch.cell_done();
        let requests_per_month = loads.rate_per_s(utilization, duration) * Span::MONTH.seconds();
        Ok(judge(trial, utilization, duration, requests_per_month))
    };
    places.par_iter().map(cell).collect()
}

fn judge(trial: Trial, utilization: f64, duration: Span, requests_per_month: f64) -> MatrixCell {
    let qualifying = qualifying(&trial);
    let document = trial.document;
    let has_conditions = has_conditions(&trial.scenario);
    let winner = if has_conditions { &document.cheapest_meeting_slo } else { &document.cheapest };
    let name = |index: usize| document.fleets[index].name.as_str();
    let cheapest = winner.as_ref().and_then(|winner| (0..document.fleets.len()).find(|&index| name(index) == winner));
    let cost = |index: usize| document.fleets[index].cost.total_usd.mean.unwrap_or(f64::INFINITY);
    let others = qualifying.iter().copied().filter(|&index| Some(index) != cheapest);
    let next = others.min_by(|&a, &b| cost(a).total_cmp(&cost(b)));
    let margin = cheapest.zip(next).and_then(|(cheapest, next)| {
        let pair = [name(cheapest), name(next)];
        document.comparisons.iter().find(|found| [found.fleet.as_str(), found.against.as_str()] == pair).cloned()
    });
    MatrixCell {
        utilization,
        duration,
        requests_per_month,
        window: trial.scenario.window(),
        qualifying,
        cheapest,
        margin,
        document,
    }
}

fn qualifying(trial: &Trial) -> Vec<usize> {
    let all = 0..trial.scenario.fleets.len();
    if has_conditions(&trial.scenario) {
        return all.filter(|&index| trial.document.fleets[index].meets_slo == Some(true)).collect();
    }
    let serves = |&index: &usize| !decide::loses_too_many(&Pooled::of(&trial.replications, index).requests);
    let serving: Vec<usize> = all.clone().filter(serves).collect();
    if serving.is_empty() { all.collect() } else { serving }
}

fn has_conditions(scenario: &Scenario) -> bool {
    scenario.slo.as_ref().is_some_and(crate::scenario::Slo::sets_conditions)
}

/// `count` utilisations from one to another, evenly spaced, both included. To 12 decimals, so that `30%` on the way is 0.3.
#[must_use]
pub fn linear_utilizations(from: f64, to: f64, count: usize) -> Vec<f64> {
    const DECIMALS: f64 = 1e12;
    let last = count.saturating_sub(1).max(1) as f64;
    (0..count).map(|index| ((from + (to - from) * index as f64 / last) * DECIMALS).round() / DECIMALS).collect()
}

/// `count` durations from one to another, evenly spaced on a logarithmic scale, both included.
#[must_use]
pub fn logarithmic_durations(from: Span, to: Span, count: usize) -> Vec<Span> {
    let last = count.saturating_sub(1);
    let duration = |index: usize| match index {
        0 => from,
        index if index == last => to,
        index => Span::from_draw(in_even_ratios(from.nanos() as f64, to.nanos() as f64, index, last)),
    };
    (0..count).map(duration).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn utilizations_are_evenly_spaced_and_meet_the_borders_exactly() {
        assert_eq!(linear_utilizations(0.1, 0.5, 5), [0.1, 0.2, 0.3, 0.4, 0.5]);
        let [first, .., last] = linear_utilizations(0.05, 0.95, 12)[..] else { panic!("12 of them") };
        assert_eq!([first, last], [0.05, 0.95]);
        assert_eq!(linear_utilizations(0.4, 0.4, 1), [0.4]);
    }

    #[test]
    fn durations_are_evenly_spaced_on_a_logarithmic_scale_and_include_both_ends() {
        let durations = logarithmic_durations(Span::SECOND, Span::HOUR, 12);
        assert_eq!((durations.len(), durations[0], durations[11]), (12, Span::SECOND, Span::HOUR));
        let ratio = 3_600.0_f64.powf(1.0 / 11.0);
        for pair in durations.windows(2) {
            assert!((pair[1].seconds() / pair[0].seconds() / ratio - 1.0).abs() < 1e-8, "{pair:?}");
        }
        assert_eq!(logarithmic_durations(Span::SECOND, Span::SECOND, 1), [Span::SECOND]);
    }
}
