//! How a fleet does in a trial, be it requests or jobs: what it costs, whether it meets the need, and what it is paid for.

use crate::bill;
use crate::experiment::Trial;
use crate::guide::Way;
use crate::jobs::{JobRecord, JobsOutcome};
use crate::measure::Estimate;
use crate::scenario::{Fleet, FleetKind, PoolKind, Purchase, Routing, Scenario};
use crate::summary::FleetSummary;
use crate::unit::{Span, Usd};

/// A fleet that does all the work of a scenario.
#[derive(Clone, Debug, PartialEq)]
pub struct Standing {
    pub fleet: String,
    pub way: Way,
    /// Of the replications, in their order; empty where a job never ends.
    pub bills: Vec<Usd>,
    /// Does not exist where a job never ends.
    pub cost_per_month_usd: Estimate,
    /// Of requests the objective, of jobs the deadline of every class.
    pub meets_need: bool,
    pub hours: Hours,
}

/// Hours a month for which instances (of jobs: GPUs) are held.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Hours {
    /// All of them.
    pub held: f64,
    /// Serving requests, or doing work that is asked for, of jobs that end.
    pub useful: f64,
    /// Ready, and held by nothing.
    pub idle: f64,
    /// The rest: starts, and of jobs restarts, checkpoints, and work that is lost and done again.
    pub overhead: f64,
}

impl Standing {
    /// Dollars a month; infinite where a job never ends.
    #[must_use]
    pub fn cost(&self) -> f64 {
        self.cost_per_month_usd.mean.unwrap_or(f64::INFINITY)
    }

    /// Dollars for an hour that is held.
    #[must_use]
    pub fn usd_per_hour(&self) -> f64 {
        self.cost() / self.hours.held
    }
}

/// Every fleet that does the scenario's work, in its order; the jobs' where it has no traffic.
#[must_use]
pub fn standings(trial: &Trial) -> Vec<Standing> {
    let fleets = trial.scenario.fleets.iter().enumerate();
    match trial.scenario.traffic.is_empty() {
        false => fleets.map(|(index, fleet)| of_requests(trial, index, fleet)).collect(),
        true => fleets.filter_map(|(index, fleet)| of_jobs(trial, index, fleet)).collect(),
    }
}

/// A month / the window.
#[must_use]
pub fn months(scenario: &Scenario) -> f64 {
    Span::MONTH.nanos() as f64 / scenario.window().nanos() as f64
}

fn of_requests(trial: &Trial, index: usize, fleet: &Fleet) -> Standing {
    let summary = &trial.document.fleets[index];
    let window = trial.scenario.window();
    let outcomes = trial.replications.iter().map(|replication| &replication.fleets[index]);
    Standing {
        fleet: fleet.name.clone(),
        way: way_of(fleet),
        bills: outcomes.map(|outcome| bill::of_fleet(fleet, outcome, window).total()).collect(),
        cost_per_month_usd: summary.cost.per_month_usd,
        // Without an objective every fleet does.
        meets_need: summary.meets_slo.unwrap_or(true),
        hours: hours_of_requests(summary),
    }
}

fn hours_of_requests(summary: &FleetSummary) -> Hours {
    let of_month = |estimate: &Estimate| estimate.mean.unwrap_or(0.0) * Span::MONTH.seconds() / Span::HOUR.seconds();
    let instances = &summary.instances;
    Hours {
        held: of_month(&instances.mean),
        useful: of_month(&instances.busy),
        idle: of_month(&instances.idle),
        overhead: of_month(&instances.starting),
    }
}

/// `None` where no job runs on the fleet.
fn of_jobs(trial: &Trial, index: usize, fleet: &Fleet) -> Option<Standing> {
    let FleetKind::Single(kind) = &fleet.kind else { return None };
    let scenario = &trial.scenario;
    let rows = || trial.document.jobs.iter().filter(|row| row.fleet == fleet.name);
    rows().next()?;
    let outcomes: Vec<&JobsOutcome> =
        trial.jobs.iter().filter_map(|replication| replication.fleets[index].as_ref()).collect();
    let bills: Vec<bill::JobsBill> =
        outcomes.iter().map(|outcome| bill::of_jobs(kind, &outcome.usage, scenario.horizon)).collect();
    let all_end = outcomes.iter().all(|outcome| outcome.jobs.iter().all(|job| job.completed.is_some()));
    let months = months(scenario);
    let per_month = |bill: &bill::JobsBill| bill.total.dollars() * months;
    let mean_hours = |nanos: u128| nanos as f64 / outcomes.len() as f64 / Span::HOUR.nanos() as f64 * months;
    let sum = |read: fn(&JobRecord) -> u128| outcomes.iter().flat_map(|outcome| &outcome.jobs).map(read).sum();
    let held = mean_hours(bills.iter().map(|bill| bill.gpu_time).sum());
    let (occupied, useful) = (
        mean_hours(sum(|job| job.occupied)),
        mean_hours(sum(|job| if job.completed.is_some() { job.work } else { 0 })),
    );
    Some(Standing {
        fleet: fleet.name.clone(),
        way: way_of(fleet),
        cost_per_month_usd: match all_end {
            true => Estimate::of_mean(bills.iter().map(per_month)),
            false => Estimate::NONE,
        },
        bills: if all_end { bills.iter().map(|bill| bill.total).collect() } else { Vec::new() },
        meets_need: rows().all(|row| row.meets_deadline),
        hours: Hours { held, useful, idle: (held - occupied).max(0.0), overhead: occupied.min(held) - useful },
    })
}

/// How a fleet has its GPUs.
fn way_of(fleet: &Fleet) -> Way {
    match &fleet.kind {
        FleetKind::Single(kind) => way_of_pool(kind),
        // Regions of a dedicated fleet are all bought alike.
        FleetKind::Hybrid(hybrid) if matches!(hybrid.routing, Routing::Nearest(_)) => {
            hybrid.pools.first().map_or(Way::Hybrid, |pool| way_of_pool(&pool.kind))
        }
        FleetKind::Hybrid(_) => Way::Hybrid,
    }
}

fn way_of_pool(kind: &PoolKind) -> Way {
    match kind {
        PoolKind::Serverless(_) => Way::Serverless,
        PoolKind::Dedicated(pool) => match pool.terms.purchase {
            Purchase::OnDemand => Way::OnDemand,
            Purchase::Reserved(_) => Way::Reserved,
            Purchase::Spot => Way::Spot,
        },
    }
}
