//! The document of the guide's companies: the shape of `stages.json`.

use serde::Serialize;

use crate::advice::{Growth, Month, MonthOfFleet, Move, Path, PlanCost, StageStudy, Standing, WorkloadStudy};
use crate::catalog::{PublishedEntry, PublishedPreset};
use crate::measure::Estimate;
use crate::report::use_cases::{distinct, need};

/// The schema that the document keeps to: `docs/schema/stages.schema.json`.
pub const STAGES_SCHEMA: &str = "breakeven.stages/1";

/// `breakeven.stages/1`.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct StagesDocument {
    pub schema: &'static str,
    pub version: &'static str,
    /// From the smallest to the largest.
    pub stages: Vec<StageSummary>,
    /// `None` where none was asked for.
    pub growth: Option<GrowthSummary>,
    /// The prices of the catalogue that the bills rest on.
    pub catalog: Vec<PublishedEntry>,
    /// The presets that fleets are filled in from.
    pub presets: Vec<PublishedPreset>,
    pub warnings: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct StageSummary {
    /// `startup`, `growth` or `enterprise`.
    pub name: &'static str,
    /// Dollars a month of the guide's stage, from the first up to but without the second.
    pub budget_from_usd: f64,
    /// `None`: without end.
    pub budget_to_usd: Option<f64>,
    /// Whether the guide's plan costs as much as the stage has.
    pub within_budget: bool,
    pub seed: u64,
    pub replications: u32,
    pub workloads: Vec<WorkloadSummary>,
    /// `guide`, `serverless`, `dedicated` and `best`, in this order.
    pub plans: Vec<PlanSummary>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct WorkloadSummary {
    pub name: &'static str,
    /// What the guide plans, in its words.
    pub guide: &'static str,
    pub need: String,
    pub sha256: String,
    pub fleets: Vec<WorkloadFleet>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct WorkloadFleet {
    pub name: String,
    pub way: &'static str,
    pub cost_per_month_usd: Estimate,
    pub meets_need: bool,
}

/// A month of the company.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PlanSummary {
    pub plan: &'static str,
    pub cost_per_month_usd: Estimate,
    /// What the guide's plan saves against it, paired over the replications; below zero: what it wastes.
    pub guide_saves_usd_per_month: Estimate,
    /// Whether every workload's need is met.
    pub meets_need: bool,
    /// By workload.
    pub fleets: Vec<Option<String>>,
}

/// A company that grows.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct GrowthSummary {
    pub stage: &'static str,
    /// Of a month: 0.1 is a tenth more every month.
    pub rate: f64,
    pub workloads: Vec<PathSummary>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PathSummary {
    pub name: &'static str,
    pub moves: Vec<MoveSummary>,
    pub months: Vec<MonthSummary>,
}

/// From the fleet that the guide plans to another one.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct MoveSummary {
    pub from: String,
    pub to: String,
    /// The first month in which it pays, the present being 0; `None`: in none.
    pub pays_from_month: Option<u32>,
    /// Whether it pays in every month from then on.
    pub stays: bool,
    /// In that month.
    pub saves_usd_per_month: Estimate,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct MonthSummary {
    pub month: u32,
    /// Times the present volume.
    pub volume: f64,
    pub cheapest: Option<String>,
    pub fleets: Vec<MonthFleet>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct MonthFleet {
    pub name: String,
    pub way: &'static str,
    pub cost_per_month_usd: Estimate,
    pub meets_need: bool,
    /// Against the plan's fleet, paired.
    pub saves_usd_per_month: Estimate,
    pub pays: bool,
}

impl StagesDocument {
    #[must_use]
    pub fn new(studies: &[StageStudy], growth: Option<(&'static str, Growth, &[Path])>) -> StagesDocument {
        let all = || studies.iter().flat_map(|study| &study.workloads);
        let warnings = studies.iter().flat_map(|study| {
            study.workloads.iter().flat_map(|workload| {
                let warnings = workload.provenance.warnings.iter();
                warnings.map(|warning| format!("{}/{}: {warning}", study.portfolio.stage, workload.workload.name))
            })
        });
        StagesDocument {
            schema: STAGES_SCHEMA,
            version: env!("CARGO_PKG_VERSION"),
            stages: studies.iter().map(stage).collect(),
            growth: growth.map(|(stage, growth, paths)| GrowthSummary {
                stage,
                rate: growth.rate,
                workloads: paths.iter().map(path).collect(),
            }),
            catalog: distinct(all().flat_map(|workload| &workload.provenance.catalog)),
            presets: distinct(all().flat_map(|workload| &workload.provenance.presets)),
            warnings: warnings.collect(),
        }
    }
}

fn stage(study: &StageStudy) -> StageSummary {
    let (from, to) = study.portfolio.budget_usd;
    let of_guide = study.costs.first().and_then(|cost| cost.cost_per_month_usd.mean);
    let scenarios = || study.workloads.iter().map(|workload| &workload.scenario);
    StageSummary {
        name: study.portfolio.stage,
        budget_from_usd: from,
        budget_to_usd: to,
        within_budget: of_guide.is_some_and(|usd| study.portfolio.has_budget_of(usd)),
        seed: scenarios().next().map_or(0, |scenario| scenario.seed),
        replications: scenarios().map(|scenario| scenario.replications).min().unwrap_or(0),
        workloads: study.workloads.iter().map(workload).collect(),
        plans: study.costs.iter().map(|cost| plan(study, cost)).collect(),
    }
}

fn workload(study: &WorkloadStudy) -> WorkloadSummary {
    let fleet = |standing: &Standing| WorkloadFleet {
        name: standing.fleet.clone(),
        way: standing.way.name(),
        cost_per_month_usd: standing.cost_per_month_usd,
        meets_need: standing.meets_need,
    };
    WorkloadSummary {
        name: study.workload.name,
        guide: study.workload.words,
        need: need(&study.scenario),
        sha256: study.provenance.sha256.clone(),
        fleets: study.standings.iter().map(fleet).collect(),
    }
}

fn plan(study: &StageStudy, cost: &PlanCost) -> PlanSummary {
    let fleets = study.workloads.iter().zip(&cost.fleets);
    PlanSummary {
        plan: cost.plan.name(),
        cost_per_month_usd: cost.cost_per_month_usd,
        guide_saves_usd_per_month: cost.guide_saves_usd_per_month,
        meets_need: cost.meets_need,
        fleets: fleets.map(|(workload, fleet)| Some(workload.standings[(*fleet)?].fleet.clone())).collect(),
    }
}

fn path(path: &Path) -> PathSummary {
    let made = |made: &Move| MoveSummary {
        from: made.from.clone(),
        to: made.to.clone(),
        pays_from_month: made.pays_from,
        stays: made.stays,
        saves_usd_per_month: made.saves_usd_per_month,
    };
    let fleet = |fleet: &MonthOfFleet| MonthFleet {
        name: fleet.fleet.clone(),
        way: fleet.way,
        cost_per_month_usd: fleet.cost_per_month_usd,
        meets_need: fleet.meets_need,
        saves_usd_per_month: fleet.saves_usd_per_month,
        pays: fleet.pays,
    };
    let month = |month: &Month| MonthSummary {
        month: month.month,
        volume: month.factor,
        cheapest: month.cheapest.clone(),
        fleets: month.fleets.iter().map(fleet).collect(),
    };
    PathSummary {
        name: path.workload.name,
        moves: path.moves.iter().map(made).collect(),
        months: path.months.iter().map(month).collect(),
    }
}
