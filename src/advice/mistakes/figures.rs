//! The simulated counterpart of each figure of the guide.

use crate::experiment::Trial;
use crate::guide::Figure;
use crate::measure::{Estimate, Replication};
use crate::summary::{FleetSummary, JobSummary};
use crate::unit::Span;

/// Nanoseconds in a second: figures are in seconds.
const NANOS: f64 = 1e9;

pub(super) fn simulated(figure: Figure, trial: &Trial) -> Estimate {
    let fleet = |name: &str, read: fn(&FleetSummary) -> Estimate| {
        trial.document.fleets.iter().find(|fleet| fleet.name == name).map_or(Estimate::NONE, read)
    };
    let jobs = |name: &str, read: fn(&JobSummary) -> Estimate| {
        trial.document.jobs.iter().find(|row| row.fleet == name).map_or(Estimate::NONE, read)
    };
    match figure {
        Figure::Restarts => jobs("serverless", |row| row.restarts),
        Figure::NeverEnding => jobs("serverless-unsaved", |row| row.never_ending),
        Figure::MonthUsd => fleet("dedicated", |fleet| fleet.cost.per_month_usd),
        Figure::UsedHourUsd => fleet("dedicated", |fleet| fleet.cost.per_busy_hour_usd),
        Figure::ServerlessMonthUsd => fleet("serverless", |fleet| fleet.cost.per_month_usd),
        Figure::FirstWait => first_wait(trial, "scale-to-zero"),
        Figure::WarmP99 => fleet("kept-warm", |fleet| fleet.latency_s.p99),
        Figure::DedicatedP99 => fleet("dedicated", |fleet| fleet.latency_s.p99),
        Figure::WastedShare => fleet("over-provisioned", |fleet| rest(&fleet.utilization)),
    }
}

/// What a share leaves of the whole.
fn rest(share: &Estimate) -> Estimate {
    let rest = |share: f64| 1.0 - share;
    Estimate { mean: share.mean.map(rest), low: share.high.map(rest), high: share.low.map(rest) }
}

/// Mean wait of the requests that wait at all, in seconds.
fn first_wait(trial: &Trial, name: &str) -> Estimate {
    let Some(index) = trial.scenario.fleets.iter().position(|fleet| fleet.name == name) else { return Estimate::NONE };
    let waits = trial.replications.iter().map(|replication| waits(replication, index));
    Estimate::of_ratio(waits, NANOS)
}

/// Nanoseconds waited, and by how many requests.
fn waits(replication: &Replication, fleet: usize) -> (u128, u128) {
    let whole = replication.fleets[fleet].together();
    let waiting = whole.wait.histogram.buckets().filter(|(wait, _)| *wait > Span::ZERO);
    (whole.wait.sum, waiting.map(|(_, count)| u128::from(count)).sum())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rest_of_a_share_turns_its_interval_round() {
        let share = Estimate { mean: Some(0.25), low: Some(0.125), high: Some(0.5) };
        assert_eq!(rest(&share), Estimate { mean: Some(0.75), low: Some(0.5), high: Some(0.875) });
    }
}
