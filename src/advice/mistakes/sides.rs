//! The fleets of a mistake's scenario, and what one saves against another.

use std::collections::BTreeMap;

use super::Side;
use crate::experiment::Trial;
use crate::measure::Estimate;
use crate::scenario::FleetKind;
use crate::summary::{FleetSummary, JobSummary, JobsPart};

/// A side a fleet, in the scenario's order.
pub(super) fn of(trial: &Trial) -> Vec<Side> {
    match trial.document.jobs.is_empty() {
        true => trial.document.fleets.iter().map(of_requests).collect(),
        false => trial
            .scenario
            .fleets
            .iter()
            .filter_map(|fleet| {
                let row = trial.document.jobs.iter().find(|row| row.fleet == fleet.name)?;
                Some(of_jobs(row, fleet.kind_name()))
            })
            .collect(),
    }
}

fn of_requests(fleet: &FleetSummary) -> Side {
    let figures = [
        ("p50_s", fleet.latency_s.p50),
        ("p95_s", fleet.latency_s.p95),
        ("p99_s", fleet.latency_s.p99),
        ("cold_ratio", fleet.cold_ratio),
        ("utilization", fleet.utilization),
        ("per_used_hour_usd", fleet.cost.per_busy_hour_usd),
    ];
    Side {
        fleet: fleet.name.clone(),
        kind: fleet.kind,
        cost_per_month_usd: fleet.cost.per_month_usd,
        meets: fleet.meets_slo,
        figures: BTreeMap::from(figures),
        fitted_instances: fleet.fit.filter(|fit| fit.meets).map(|fit| fit.instances),
    }
}

/// The jobs are those of a month: a replication's bill is a month's.
fn of_jobs(row: &JobSummary, kind: &'static str) -> Side {
    let share = |jobs: f64| jobs / f64::from(row.count);
    let never = Estimate {
        mean: row.never_ending.mean.map(share),
        low: row.never_ending.low.map(share),
        high: row.never_ending.high.map(share),
    };
    let figures = [
        ("gpu_hours", row.gpu_hours),
        ("lost_gpu_hours", row.lost_gpu_hours),
        ("restarts", row.restarts),
        ("completion_p95_s", row.completion_s.p95),
        ("never_ending", never),
    ];
    Side {
        fleet: row.fleet.clone(),
        kind,
        cost_per_month_usd: row.cost_usd,
        meets: Some(row.meets_deadline),
        figures: BTreeMap::from(figures),
        fitted_instances: None,
    }
}

/// What `wrong` costs more than `right` in a month, paired over the replications.
pub(super) fn saving(trial: &Trial, wrong: &str, right: &str) -> Estimate {
    if !trial.document.jobs.is_empty() {
        let [wrong, right] = [wrong, right].map(|fleet| costs_of_jobs(trial, fleet));
        return Estimate::of_mean(wrong.iter().zip(&right).map(|(wrong, right)| wrong - right));
    }
    let found = trial.document.comparisons.iter().find_map(|found| {
        let saving = found.saving_usd_per_month;
        if found.fleet == right && found.against == wrong {
            return Some(saving);
        }
        (found.fleet == wrong && found.against == right).then(|| negative(&saving))
    });
    found.unwrap_or(Estimate::NONE)
}

fn negative(estimate: &Estimate) -> Estimate {
    let minus = |figure: f64| -figure;
    Estimate { mean: estimate.mean.map(minus), low: estimate.high.map(minus), high: estimate.low.map(minus) }
}

/// Dollars a replication.
fn costs_of_jobs(trial: &Trial, fleet: &str) -> Vec<f64> {
    let scenario = &trial.scenario;
    let Some(index) = scenario.fleets.iter().position(|known| known.name == fleet) else { return Vec::new() };
    let FleetKind::Single(kind) = &scenario.fleets[index].kind else { return Vec::new() };
    let Some(class) = scenario.jobs.iter().position(|class| class.runs_on(&scenario.fleets[index])) else {
        return Vec::new();
    };
    let outcomes = trial.jobs.iter().filter_map(|replication| replication.fleets.get(index)?.as_ref());
    outcomes.map(|outcome| JobsPart::new(class, kind, outcome, scenario.horizon).cost.dollars()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_costs_more_saves_less_than_nothing() {
        let saving = Estimate { mean: Some(5.0), low: Some(4.0), high: Some(7.0) };
        let expected = Estimate { mean: Some(-5.0), low: Some(-7.0), high: Some(-4.0) };
        assert_eq!(negative(&saving), expected);
    }
}
