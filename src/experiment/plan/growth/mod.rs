//! The purchase path of a plan whose volume grows: when to add instances, when to commit to them, when to go over to another kind of
//! fleet, and what waiting costs.
//!
//! Every design is simulated at some volumes from today's to the last month's; the months between are read off between two of them.
//! The cheapest path is then exact, by dynamic programming.

mod family;
mod months;
mod path;
mod volumes;

use std::ops::Range;

use crate::experiment::Watch;
use crate::scenario::{Fleet, Scenario};
use crate::trace::TraceError;

pub use months::{Commitments, Hardware, Holding, MonthFigures, Months, Offer};
pub use path::{Best, Path, Step, change_when_missed, never_change};

/// What is asked.
#[derive(Clone, Debug, PartialEq)]
pub struct GrowthPlan {
    /// The design that is held today, by its index among the scenario's fleets.
    pub chosen: usize,
    /// Of a month: 0.05 is a twentieth more every month. At least zero.
    pub rate: f64,
    /// At least one.
    pub months: u32,
    /// Volumes that are simulated, at least two.
    pub volumes: usize,
    /// At least one.
    pub replications: Range<u32>,
    /// Dollars, for going over to another kind of fleet.
    pub switching_cost_usd: f64,
}

/// What came of it.
#[derive(Clone, Debug, PartialEq)]
pub struct PlanGrowth {
    pub plan: GrowthPlan,
    /// On demand, each with a number in every pool: those that were given, and those of other sizes that growth calls for.
    pub designs: Vec<Fleet>,
    /// The design that is held today, by its index among these.
    pub today: usize,
    /// How many times today's volume was simulated, ascending.
    pub volumes: Vec<f64>,
    /// How many times today's volume each month has; the first has one.
    pub factors: Vec<f64>,
    pub months: Months,
    /// The cheapest; `None`: there is a month in which no design meets the objective.
    pub best: Option<Path>,
    pub never_change: Path,
    pub change_when_missed: Path,
    /// What acting later costs.
    pub late: Vec<Late>,
}

/// Today's design is kept on demand for some months, and the best is done from then on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Late {
    pub months: u32,
    /// Beyond the best path, in dollars of all months. Below zero where what is kept misses the objective and is cheap for it.
    pub costs_usd: f64,
    /// In so many of these months it misses the objective.
    pub missed: u32,
}

/// So many months late.
const LATE: [u32; 5] = [1, 3, 6, 12, 24];

/// Finds the cheapest path. The scenario's fleets are designs, each with a number in every pool; a reserved one is taken as bought on
/// demand, as the path decides on commitments.
///
/// # Errors
/// When a trace cannot be read.
pub fn plan_growth(scenario: &Scenario, plan: &GrowthPlan, watch: &dyn Watch) -> Result<PlanGrowth, TraceError> {
    let volumes::Simulated { designs, today, volumes, factors, months } = volumes::simulate(scenario, plan, watch)?;
    let best = Best::new(&months);
    let path = best.path(today);
    let never_change = never_change(&months, today);
    let late = path.as_ref().map(|path| late(&best, path, &never_change, today)).unwrap_or_default();
    let change_when_missed = change_when_missed(&months, today);
    drop(best);
    Ok(PlanGrowth {
        plan: plan.clone(),
        designs,
        today,
        volumes,
        factors,
        best: path,
        never_change,
        change_when_missed,
        late,
        months,
    })
}

fn late(best: &Best, path: &Path, kept: &Path, today: usize) -> Vec<Late> {
    let within = LATE.into_iter().filter(|&months| (months as usize) < path.steps.len());
    let late = within.map(|months| {
        let kept = &kept.steps[..months as usize];
        let waited: f64 = kept.iter().map(|step| step.cost).sum();
        Late {
            months,
            costs_usd: waited + best.from(months as usize, today) - path.total,
            missed: kept.iter().filter(|step| !step.meets).count() as u32,
        }
    });
    late.collect()
}

#[cfg(test)]
mod tests;
