//! The guide's plans for companies of three sizes: what a month costs under them, and under others.
//!
//! The workloads of a company share nothing, so each is a scenario of its own, with its own need, and a month of the company is
//! their sum, replication by replication.

use crate::experiment::{Watch, simulate};
use crate::guide::{Portfolio, Way, Workload};
use crate::measure::Estimate;
use crate::scenario::{Loaded, Scenario};
use crate::summary::Provenance;
use crate::trace::TraceError;

use super::standing::{Standing, months, standings};

/// A company, simulated.
#[derive(Clone, Debug)]
pub struct StageStudy {
    pub portfolio: &'static Portfolio,
    pub workloads: Vec<WorkloadStudy>,
    /// In the order of [`Plan::ALL`].
    pub costs: Vec<PlanCost>,
}

/// A workload with every fleet that does it.
#[derive(Clone, Debug)]
pub struct WorkloadStudy {
    pub workload: &'static Workload,
    pub provenance: Provenance,
    pub scenario: Scenario,
    pub standings: Vec<Standing>,
}

/// How a company has its GPUs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Plan {
    /// As the guide plans.
    Guide,
    /// Serverless fleets alone.
    Serverless,
    /// Instances on demand or reserved alone.
    Dedicated,
    /// Of every workload the cheapest fleet that meets its need.
    Best,
}

impl Plan {
    pub const ALL: [Plan; 4] = [Plan::Guide, Plan::Serverless, Plan::Dedicated, Plan::Best];

    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Plan::Guide => "guide",
            Plan::Serverless => "serverless",
            Plan::Dedicated => "dedicated",
            Plan::Best => "best",
        }
    }

    /// The fleet of a workload, by its place: the cheapest that meets the need of those that the plan admits, or where none does
    /// the cheapest of them. `None` where it admits none.
    #[must_use]
    pub fn fleet(self, workload: &Workload, standings: &[Standing]) -> Option<usize> {
        let admits = |standing: &Standing| match self {
            Plan::Guide => standing.fleet == workload.plan,
            Plan::Serverless => standing.way == Way::Serverless,
            Plan::Dedicated => matches!(standing.way, Way::OnDemand | Way::Reserved),
            Plan::Best => true,
        };
        let admitted = || (0..standings.len()).filter(|&index| admits(&standings[index]));
        let dearer = |a: &usize, b: &usize| standings[*a].cost().total_cmp(&standings[*b].cost());
        let meeting = admitted().filter(|&index| standings[index].meets_need).min_by(dearer);
        meeting.or_else(|| admitted().min_by(dearer))
    }
}

/// A month of a company under a plan.
#[derive(Clone, Debug, PartialEq)]
pub struct PlanCost {
    pub plan: Plan,
    /// By workload, places in its standings.
    pub fleets: Vec<Option<usize>>,
    pub cost_per_month_usd: Estimate,
    /// What the guide's plan saves against this one, paired over the replications; below zero: what it wastes.
    pub guide_saves_usd_per_month: Estimate,
    /// Whether every workload's need is met.
    pub meets_need: bool,
}

/// Simulates a company; `loaded` are its workloads, in their order.
///
/// # Errors
/// When a trace cannot be read.
pub fn study_stage(
    portfolio: &'static Portfolio,
    loaded: &[Loaded],
    watch: &dyn Watch,
) -> Result<StageStudy, TraceError> {
    let workload = |(workload, loaded): (&'static Workload, &Loaded)| {
        let provenance = Provenance::from(loaded);
        let trial = simulate(&loaded.scenario, &provenance, None, watch)?;
        Ok(WorkloadStudy { workload, provenance, standings: standings(&trial), scenario: trial.scenario })
    };
    let workloads: Vec<WorkloadStudy> =
        portfolio.workloads.iter().zip(loaded).map(workload).collect::<Result<_, _>>()?;
    let costs = plan_costs(&workloads);
    Ok(StageStudy { portfolio, workloads, costs })
}

/// What every plan costs.
#[must_use]
pub fn plan_costs(workloads: &[WorkloadStudy]) -> Vec<PlanCost> {
    let choose = |plan: Plan| -> Vec<Option<usize>> {
        workloads.iter().map(|study| plan.fleet(study.workload, &study.standings)).collect()
    };
    let guide = monthly(workloads, &choose(Plan::Guide));
    Plan::ALL
        .into_iter()
        .map(|plan| {
            let fleets = choose(plan);
            let bills = monthly(workloads, &fleets);
            let meets = |(study, fleet): (&WorkloadStudy, &Option<usize>)| {
                fleet.is_some_and(|fleet| study.standings[fleet].meets_need)
            };
            PlanCost {
                plan,
                guide_saves_usd_per_month: Estimate::of_mean(
                    bills.iter().zip(&guide).map(|(other, guide)| other - guide),
                ),
                cost_per_month_usd: Estimate::of_mean(bills),
                meets_need: workloads.iter().zip(&fleets).all(meets),
                fleets,
            }
        })
        .collect()
}

/// Dollars a month of all workloads, by replication: as many as the workload with the fewest has. Empty where a workload has no
/// fleet, or a job never ends.
fn monthly(workloads: &[WorkloadStudy], fleets: &[Option<usize>]) -> Vec<f64> {
    let of_workload = |(study, fleet): (&WorkloadStudy, &Option<usize>)| -> Vec<f64> {
        let scale = months(&study.scenario);
        let bills = fleet.map_or(&[][..], |fleet| &study.standings[fleet].bills);
        bills.iter().map(|bill| bill.dollars() * scale).collect()
    };
    let all = workloads.iter().zip(fleets).map(of_workload);
    all.reduce(|sum, more| sum.iter().zip(&more).map(|(a, b)| a + b).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests;
