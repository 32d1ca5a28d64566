//! The document of the guide's use cases: the shape of `use-cases.json`.

use serde::Serialize;

use crate::advice::{Standing, Study};
use crate::catalog::{PublishedEntry, PublishedPreset};
use crate::measure::Estimate;
use crate::summary::ScenarioSummary;

use super::because::{because, need};

/// The schema that the document keeps to: `docs/schema/use-cases.schema.json`.
pub const USE_CASES_SCHEMA: &str = "breakeven.use-cases/1";

/// `breakeven.use-cases/1`.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct UseCasesDocument {
    pub schema: &'static str,
    pub version: &'static str,
    /// In the order of the guide.
    pub use_cases: Vec<UseCaseSummary>,
    /// How many agree.
    pub agreeing: usize,
    /// The prices of the catalogue that the bills rest on.
    pub catalog: Vec<PublishedEntry>,
    /// The presets that fleets are filled in from.
    pub presets: Vec<PublishedPreset>,
    pub warnings: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct UseCaseSummary {
    pub name: &'static str,
    /// What it is called, for people.
    pub title: String,
    /// In the guide's words.
    pub guide: &'static str,
    /// What a fleet must keep to: an objective or a deadline.
    pub need: String,
    /// That meets the need; `None` where none does.
    pub cheapest: Option<String>,
    /// How it has its GPUs.
    pub way: Option<&'static str>,
    /// The best of the other side: of what the guide recommends where the cheapest is not that, and of all else where it is.
    pub against: Option<String>,
    /// What the cheapest saves against it, paired over the replications; does not exist where none of the other side meets the need.
    pub margin_usd_per_month: Estimate,
    /// Whether the margin's interval leaves zero out.
    pub significant: Option<bool>,
    /// Whether the cheapest is what the guide recommends, or the best that it recommends is not significantly dearer.
    pub agrees: bool,
    /// What decides.
    pub because: String,
    pub scenario: ScenarioSummary,
    pub fleets: Vec<UseCaseFleet>,
}

/// A fleet that does the work of a use case.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct UseCaseFleet {
    pub name: String,
    /// `on-demand`, `reserved`, `spot`, `serverless` or `hybrid`.
    pub way: &'static str,
    /// Whether the guide recommends it.
    pub recommended: bool,
    pub cost_per_month_usd: Estimate,
    pub meets_need: bool,
    /// For which instances (of jobs: GPUs) are held in a month; the next three sum to it.
    pub held_hours_per_month: f64,
    pub useful_hours_per_month: f64,
    pub idle_hours_per_month: f64,
    /// Starts, restarts, checkpoints, and work that is lost and done again.
    pub overhead_hours_per_month: f64,
}

impl UseCasesDocument {
    #[must_use]
    pub fn new(studies: &[Study]) -> UseCasesDocument {
        let use_cases: Vec<UseCaseSummary> = studies.iter().map(summary).collect();
        let warnings = studies.iter().flat_map(|study| {
            let warnings = study.provenance.warnings.iter();
            warnings.map(|warning| format!("{}: {warning}", study.use_case.name))
        });
        UseCasesDocument {
            schema: USE_CASES_SCHEMA,
            version: env!("CARGO_PKG_VERSION"),
            agreeing: use_cases.iter().filter(|use_case| use_case.agrees).count(),
            use_cases,
            catalog: distinct(studies.iter().flat_map(|study| &study.provenance.catalog)),
            presets: distinct(studies.iter().flat_map(|study| &study.provenance.presets)),
            warnings: warnings.collect(),
        }
    }
}

/// Each once, in their order.
pub(in crate::report) fn distinct<'a, T: Clone + PartialEq + 'a>(all: impl Iterator<Item = &'a T>) -> Vec<T> {
    let mut found: Vec<T> = Vec::new();
    for one in all {
        if !found.contains(one) {
            found.push(one.clone());
        }
    }
    found
}

fn summary(study: &Study) -> UseCaseSummary {
    let finding = &study.finding;
    let standing = |index: usize| &study.standings[index];
    UseCaseSummary {
        name: study.use_case.name,
        title: study.trial.scenario.name.clone(),
        guide: study.use_case.words,
        need: need(&study.trial.scenario),
        cheapest: finding.cheapest.map(|index| standing(index).fleet.clone()),
        way: finding.cheapest.map(|index| standing(index).way.name()),
        against: finding.against.map(|index| standing(index).fleet.clone()),
        margin_usd_per_month: finding.margin_usd_per_month,
        significant: finding.against.map(|_| finding.significant),
        agrees: finding.agrees,
        because: because(study),
        scenario: study.trial.document.scenario.clone(),
        fleets: study.standings.iter().map(|standing| fleet(study, standing)).collect(),
    }
}

fn fleet(study: &Study, standing: &Standing) -> UseCaseFleet {
    UseCaseFleet {
        name: standing.fleet.clone(),
        way: standing.way.name(),
        recommended: study.use_case.recommends(standing.way),
        cost_per_month_usd: standing.cost_per_month_usd,
        meets_need: standing.meets_need,
        held_hours_per_month: standing.hours.held,
        useful_hours_per_month: standing.hours.useful,
        idle_hours_per_month: standing.hours.idle,
        overhead_hours_per_month: standing.hours.overhead,
    }
}
