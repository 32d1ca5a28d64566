//! The document of a matrix: the shape of `matrix.json`.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::catalog::{PublishedEntry, PublishedPreset};
use crate::experiment::{self, LoadError, Loads, MatrixCell, MatrixPlan, Watch, fitted};
use crate::guide::{GuideVerdict, guide};
use crate::measure::Estimate;
use crate::report::number;
use crate::scenario::Scenario;
use crate::summary::{PrecisionSummary, Provenance, ScenarioSummary};

/// The schema that the document keeps to: `docs/schema/matrix.schema.json`.
pub const MATRIX_SCHEMA: &str = "breakeven.matrix/1";

/// A window of fewer mean service times than this is worth a word.
const FEW_SERVICE_TIMES: f64 = 10.0;

/// `breakeven.matrix/1`.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct MatrixDocument {
    pub schema: &'static str,
    pub version: &'static str,
    pub scenario: ScenarioSummary,
    /// The prices of the catalogue that the bills rest on.
    pub catalog: Vec<PublishedEntry>,
    /// The presets that fleets are filled in from.
    pub presets: Vec<PublishedPreset>,
    /// The dedicated fleet of whose slots a utilisation is: of all its instances, or of one where their number is fitted. `None`:
    /// of one slot.
    pub utilization_of: Option<String>,
    /// Whether the limits on latency and the clients' patience grow with the duration.
    pub stretches_slo: bool,
    pub fleets: Vec<MatrixFleet>,
    /// By duration, then by utilisation.
    pub cells: Vec<CellSummary>,
    /// The share of cells that agree with the guide, of those with a rule and a cheapest fleet.
    pub agreement: Option<f64>,
    /// With --precision: the least sharp of any cell.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub precision: Option<PrecisionSummary>,
    pub warnings: Vec<String>,
    #[serde(skip)]
    pub has_objective: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct MatrixFleet {
    pub name: String,
    /// `dedicated`, `serverless` or `hybrid`.
    pub kind: &'static str,
}

/// Every fleet at one utilisation and duration.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CellSummary {
    pub utilization: f64,
    /// The mean service time.
    pub duration_s: f64,
    pub requests_per_month: f64,
    pub window_s: f64,
    /// That meets the objective, where there is one; `None` where none does.
    pub cheapest: Option<String>,
    /// What it saves against the next cheapest that does, paired over the replications; `None` where it is the only one.
    pub margin_usd_per_month: Option<Estimate>,
    /// Whether the margin's interval leaves zero out.
    pub significant: Option<bool>,
    pub cost_per_month_usd: BTreeMap<String, Estimate>,
    pub meets_slo: BTreeMap<String, Option<bool>>,
    /// Of fleets whose number of instances is fitted.
    pub instances: BTreeMap<String, u32>,
    pub guide: &'static str,
    /// `None` where the guide has no rule, or no fleet is the cheapest.
    pub agrees: Option<bool>,
    #[serde(skip)]
    pub verdict: GuideVerdict,
    /// The cheapest, and all fleets that might have been it, by their places in `fleets`.
    #[serde(skip)]
    pub winner: Option<usize>,
    #[serde(skip)]
    pub qualifying: Vec<usize>,
}

impl MatrixDocument {
    /// Simulates a matrix.
    ///
    /// # Errors
    /// See [`LoadError`].
    pub fn simulate(
        scenario: &Scenario,
        provenance: &Provenance,
        plan: &MatrixPlan,
        watch: &dyn Watch,
    ) -> Result<MatrixDocument, LoadError> {
        let loads = Loads::new(scenario)?;
        let cells = experiment::matrix(&loads, provenance, plan, watch)?;
        Ok(MatrixDocument::new(&loads, provenance, plan, &cells))
    }

    /// Of a matrix with at least one cell.
    #[must_use]
    pub fn new(loads: &Loads, provenance: &Provenance, plan: &MatrixPlan, cells: &[MatrixCell]) -> MatrixDocument {
        let scenario = loads.scenario();
        let of_run = &cells[0].document;
        let fleets: Vec<MatrixFleet> = scenario
            .fleets
            .iter()
            .map(|fleet| MatrixFleet { name: fleet.name.clone(), kind: fleet.kind_name() })
            .collect();
        let replications = cells.iter().map(|cell| cell.document.scenario.replications).max().unwrap_or(1);
        let summaries: Vec<CellSummary> = cells.iter().map(|cell| summary(cell, &fleets)).collect();
        MatrixDocument {
            schema: MATRIX_SCHEMA,
            version: of_run.version,
            scenario: ScenarioSummary {
                window_s: scenario.window().seconds(),
                replications,
                ..of_run.scenario.clone()
            },
            catalog: provenance.catalog.clone(),
            presets: provenance.presets.clone(),
            utilization_of: loads.utilization_of().map(str::to_owned),
            stretches_slo: plan.stretch_slo,
            agreement: agreement(&summaries),
            precision: PrecisionSummary::worst(cells.iter().map(|cell| &cell.document)),
            warnings: warnings(provenance, plan, cells),
            fleets,
            cells: summaries,
            has_objective: scenario.slo.as_ref().is_some_and(crate::scenario::Slo::sets_conditions),
        }
    }

    /// Of the columns, ascending.
    #[must_use]
    pub fn utilizations(&self) -> Vec<f64> {
        let first = self.cells.first().map(|cell| cell.duration_s);
        self.cells.iter().take_while(|cell| Some(cell.duration_s) == first).map(|cell| cell.utilization).collect()
    }

    /// Of the rows, ascending.
    #[must_use]
    pub fn durations_s(&self) -> Vec<f64> {
        let columns = self.utilizations().len().max(1);
        self.cells.iter().step_by(columns).map(|cell| cell.duration_s).collect()
    }

    /// What a utilisation is of.
    #[must_use]
    pub fn utilization_title(&self) -> String {
        match &self.utilization_of {
            Some(name) if self.cells.iter().any(|cell| cell.instances.contains_key(name)) => {
                format!("utilisation of one instance of {name}")
            }
            Some(name) => format!("utilisation of {name}"),
            None => "utilisation of one instance".to_owned(),
        }
    }

    /// The cells that agree with the guide, and those that could.
    #[must_use]
    pub fn agreeing(&self) -> (usize, usize) {
        agreeing(&self.cells)
    }
}

impl CellSummary {
    /// The mean cost of a fleet in a month.
    #[must_use]
    pub fn cost(&self, fleet: &MatrixFleet) -> Option<f64> {
        self.cost_per_month_usd.get(&fleet.name)?.mean
    }

    /// What the cheapest fleet saves of the cost of the next one, as a share.
    #[must_use]
    pub fn saved_share(&self) -> Option<f64> {
        let saving = self.margin_usd_per_month?.mean?;
        let next = saving + self.cost_per_month_usd.get(self.cheapest.as_ref()?)?.mean?;
        Some(if next > 0.0 { saving / next } else { 0.0 })
    }
}

fn summary(cell: &MatrixCell, fleets: &[MatrixFleet]) -> CellSummary {
    let of_fleets = &cell.document.fleets;
    let verdict = guide(cell.utilization, cell.duration);
    let cheapest = cell.cheapest.map(|index| &fleets[index]);
    CellSummary {
        utilization: cell.utilization,
        duration_s: cell.duration.seconds(),
        requests_per_month: cell.requests_per_month,
        window_s: cell.window.seconds(),
        cheapest: cheapest.map(|fleet| fleet.name.clone()),
        margin_usd_per_month: cell.margin.as_ref().map(|margin| margin.saving_usd_per_month),
        significant: cell.margin.as_ref().map(|margin| margin.significant),
        cost_per_month_usd: of_fleets.iter().map(|fleet| (fleet.name.clone(), fleet.cost.per_month_usd)).collect(),
        meets_slo: of_fleets.iter().map(|fleet| (fleet.name.clone(), fleet.meets_slo)).collect(),
        instances: of_fleets.iter().filter_map(|fleet| Some((fleet.name.clone(), fitted(fleet)?))).collect(),
        guide: verdict.name(),
        agrees: verdict.agrees(cheapest.map(|fleet| fleet.kind)),
        verdict,
        winner: cell.cheapest,
        qualifying: cell.qualifying.clone(),
    }
}

fn agreeing(cells: &[CellSummary]) -> (usize, usize) {
    let answers: Vec<bool> = cells.iter().filter_map(|cell| cell.agrees).collect();
    (answers.iter().filter(|&&agrees| agrees).count(), answers.len())
}

fn agreement(cells: &[CellSummary]) -> Option<f64> {
    let (agree, of) = agreeing(cells);
    (of > 0).then(|| agree as f64 / of as f64)
}

fn warnings(provenance: &Provenance, plan: &MatrixPlan, cells: &[MatrixCell]) -> Vec<String> {
    let mut warnings = provenance.warnings.clone();
    // What is said of every cell alike is said once.
    let in_all = |warning: &&String| cells.iter().all(|cell| cell.document.warnings.contains(warning));
    let common = cells[0].document.warnings.iter().filter(in_all);
    warnings.extend(common.filter(|warning| !provenance.warnings.contains(warning)).cloned());
    let counted = |holds: &dyn Fn(&MatrixCell) -> bool| match cells.iter().filter(|cell| holds(cell)).count() {
        0 => None,
        count => Some(format!("in {} of {} cells", number::count(count as f64), number::count(cells.len() as f64))),
    };
    if let Some(cells) = counted(&|cell| cell.cheapest.is_none())
        && !plan.stretch_slo
    {
        warnings.push(format!(
            "{cells} no fleet meets the objective: with --stretch-slo its limits on latency grow with the duration"
        ));
    }
    let expected = |cell: &MatrixCell| cell.document.traffic.requests.mean.unwrap_or(0.0);
    // Poisson counts are seldom as far as this below what is expected of them.
    if let Some(cells) = counted(&|cell| expected(cell) < Loads::FEWEST_REQUESTS * 0.8) {
        warnings.push(format!("{cells} fewer than 1,000 requests arrive: chance decides much of their figures"));
    }
    if let Some(cells) = counted(&|cell| cell.window.seconds() < FEW_SERVICE_TIMES * cell.duration.seconds()) {
        warnings.push(format!(
            "{cells} the window is shorter than 10 mean service times: its start and its end decide much of the bills"
        ));
    }
    if let Some(cells) = counted(&|cell| cell.margin.as_ref().is_some_and(|margin| !margin.significant)) {
        warnings.push(format!(
            "{cells} the cheapest fleet is not significantly cheaper than the next: they may cost the same, or need more \
             replications"
        ));
    }
    let misses = |cell: &MatrixCell| {
        let fleets = cell.document.fleets.iter();
        fleets
            .flat_map(|fleet| std::iter::once(fleet).chain(&fleet.pools))
            .any(|pool| pool.fit.is_some_and(|fit| !fit.meets))
    };
    if let Some(cells) = counted(&misses) {
        warnings.push(format!("{cells} no number of instances of a fitted pool meets the objective"));
    }
    let unsharp = |cell: &MatrixCell| {
        cell.document.precision.as_ref().is_some_and(|precision| precision.reached > precision.asked)
    };
    if let Some(cells) = counted(&unsharp) {
        warnings.push(format!("{cells} the figure is not as sharp as asked for: raise --max-replications"));
    }
    warnings
}
