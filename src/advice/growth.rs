//! A company that grows: every workload simulated again month by month, and from when on a move away from the guide's plan pays.

use crate::decide::paired;
use crate::experiment::{Watch, simulate};
use crate::guide::{Portfolio, Workload};
use crate::measure::Estimate;
use crate::scenario::{Fleet, FleetKind, Instances, JobClass, Loaded, MOST_JOBS, PoolKind, Scenario};
use crate::summary::Provenance;
use crate::trace::TraceError;

use super::stages::Plan;
use super::standing::{Standing, months, standings};

/// What is asked of a growth path.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Growth {
    /// Of a month: 0.1 is a tenth more every month. Above zero.
    pub rate: f64,
    /// How many months are looked at, beside the first.
    pub months: u32,
}

impl Growth {
    /// How many times the volume of the first month a month has.
    #[must_use]
    pub fn factor(&self, month: u32) -> f64 {
        (1.0 + self.rate).powf(f64::from(month))
    }
}

/// A workload over the months.
#[derive(Clone, Debug, PartialEq)]
pub struct Path {
    pub workload: &'static Workload,
    pub months: Vec<Month>,
    /// From the plan's fleet to every other, in the order of the scenario.
    pub moves: Vec<Move>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Month {
    pub month: u32,
    pub factor: f64,
    /// The cheapest fleet that meets the need.
    pub cheapest: Option<String>,
    /// By fleet, in the order of the scenario.
    pub fleets: Vec<MonthOfFleet>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct MonthOfFleet {
    pub fleet: String,
    pub way: &'static str,
    pub cost_per_month_usd: Estimate,
    pub meets_need: bool,
    /// Against the fleet of the plan, paired; does not exist where either has no cost.
    pub saves_usd_per_month: Estimate,
    /// Whether it meets the need and saves significantly, or meets the need that the plan's fleet misses.
    pub pays: bool,
}

/// From the fleet that the guide plans to another one.
#[derive(Clone, Debug, PartialEq)]
pub struct Move {
    pub from: String,
    pub to: String,
    /// The first month in which it pays; `None`: in none.
    pub pays_from: Option<u32>,
    /// Whether it pays in every month from then on.
    pub stays: bool,
    /// In that month.
    pub saves_usd_per_month: Estimate,
}

/// Simulates the workloads of a company in every month.
///
/// # Errors
/// When a trace cannot be read.
pub fn growth_paths(
    portfolio: &'static Portfolio,
    loaded: &[Loaded],
    growth: Growth,
    watch: &dyn Watch,
) -> Result<Vec<Path>, TraceError> {
    let path = |(workload, loaded): (&'static Workload, &Loaded)| {
        let month = |month| of_month(workload, loaded, month, growth.factor(month), watch);
        let months: Vec<Month> = (0..=growth.months).map(month).collect::<Result<_, _>>()?;
        Ok(Path { workload, moves: moves(workload, &months), months })
    };
    portfolio.workloads.iter().zip(loaded).map(path).collect()
}

fn of_month(
    workload: &Workload,
    loaded: &Loaded,
    month: u32,
    factor: f64,
    watch: &dyn Watch,
) -> Result<Month, TraceError> {
    let scenario = grown(&loaded.scenario, factor);
    let trial = simulate(&scenario, &Provenance::from(loaded), None, watch)?;
    let standings = standings(&trial);
    let plan = Plan::Guide.fleet(workload, &standings).map(|index| &standings[index]);
    let (scale, is_constant) = (months(&trial.scenario), !trial.scenario.varies());
    let best = Plan::Best.fleet(workload, &standings).map(|index| &standings[index]);
    Ok(Month {
        month,
        factor,
        cheapest: best.filter(|best| best.meets_need).map(|best| best.fleet.clone()),
        fleets: standings.iter().map(|standing| compared(standing, plan, scale, is_constant)).collect(),
    })
}

fn compared(standing: &Standing, plan: Option<&Standing>, scale: f64, is_constant: bool) -> MonthOfFleet {
    let (saves, significant) = match plan {
        Some(plan) if !plan.bills.is_empty() && !standing.bills.is_empty() => {
            paired(&standing.bills, &plan.bills, scale, is_constant)
        }
        _ => (Estimate::NONE, false),
    };
    let is_needed = plan.is_some_and(|plan| !plan.meets_need);
    MonthOfFleet {
        fleet: standing.fleet.clone(),
        way: standing.way.name(),
        cost_per_month_usd: standing.cost_per_month_usd,
        meets_need: standing.meets_need,
        saves_usd_per_month: saves,
        pays: standing.meets_need && (significant || is_needed),
    }
}

/// The scenario at so many times its volume: that of its requests, the number of its jobs, and what of its hybrids is dedicated, each
/// at least 1. Fleets that are fitted fit themselves.
#[must_use]
pub fn grown(scenario: &Scenario, factor: f64) -> Scenario {
    let times = |count: u32, most: u32| ((f64::from(count) * factor).round() as u32).clamp(1, most);
    let job = |class: &JobClass| JobClass { count: times(class.count, MOST_JOBS), ..class.clone() };
    let fleet = |fleet: &Fleet| {
        let mut fleet = fleet.clone();
        if let FleetKind::Hybrid(hybrid) = &mut fleet.kind {
            for pool in &mut hybrid.pools {
                if let PoolKind::Dedicated(dedicated) = &mut pool.kind
                    && let Instances::Number(count) = dedicated.instances
                {
                    dedicated.instances = Instances::Number(times(count, crate::scenario::MOST_INSTANCES));
                }
            }
        }
        fleet
    };
    Scenario {
        traffic: scenario.traffic.iter().map(|class| class.with_volume(factor)).collect(),
        jobs: scenario.jobs.iter().map(job).collect(),
        fleets: scenario.fleets.iter().map(fleet).collect(),
        ..scenario.clone()
    }
}

fn moves(workload: &Workload, months: &[Month]) -> Vec<Move> {
    let fleets = months.first().map_or(&[][..], |month| &month.fleets);
    let others = fleets.iter().enumerate().filter(|(_, fleet)| fleet.fleet != workload.plan);
    let all = others.map(|(index, fleet)| {
        let first = months.iter().position(|month| month.fleets[index].pays);
        Move {
            from: workload.plan.to_owned(),
            to: fleet.fleet.clone(),
            pays_from: first.map(|first| months[first].month),
            stays: first.is_some_and(|first| months[first..].iter().all(|month| month.fleets[index].pays)),
            saves_usd_per_month: first.map_or(Estimate::NONE, |first| months[first].fleets[index].saves_usd_per_month),
        }
    });
    all.collect()
}

#[cfg(test)]
mod tests;
