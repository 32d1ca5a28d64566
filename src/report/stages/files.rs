//! The files of the folder of the guide's companies.

use std::path::Path;

use super::StagesDocument;
use crate::report::error::Error;
use crate::report::files::{json, write_text};
use crate::report::parquet::{column, write};

/// Writes every file into an existing folder.
///
/// # Errors
/// When a file cannot be written.
pub fn write_stages(document: &StagesDocument, folder: &Path) -> Result<(), Error> {
    write_text(&folder.join("stages.json"), &json(document)?)?;
    write_plans(document, &folder.join("stages.parquet"))?;
    if document.growth.is_some() {
        write_growth(document, &folder.join("growth.parquet"))?;
    }
    Ok(())
}

/// Writes `stages.parquet`: a row a company and plan.
fn write_plans(document: &StagesDocument, path: &Path) -> Result<(), Error> {
    let rows: Vec<_> =
        document.stages.iter().flat_map(|stage| stage.plans.iter().map(move |plan| (stage, plan))).collect();
    let cost = || rows.iter().map(|(_, plan)| plan.cost_per_month_usd);
    let saved = || rows.iter().map(|(_, plan)| plan.guide_saves_usd_per_month);
    let columns = vec![
        column("stage", rows.iter().map(|(stage, _)| stage.name)),
        column("plan", rows.iter().map(|(_, plan)| plan.plan)),
        column("meets_need", rows.iter().map(|(_, plan)| plan.meets_need)),
        column("cost_per_month_usd", cost().map(|cost| cost.mean)),
        column("cost_per_month_low_usd", cost().map(|cost| cost.low)),
        column("cost_per_month_high_usd", cost().map(|cost| cost.high)),
        column("guide_saves_usd_per_month", saved().map(|saved| saved.mean)),
        column("guide_saves_low_usd_per_month", saved().map(|saved| saved.low)),
        column("guide_saves_high_usd_per_month", saved().map(|saved| saved.high)),
    ];
    write(path, columns)
}

/// Writes `growth.parquet`: a row a workload, month and fleet.
fn write_growth(document: &StagesDocument, path: &Path) -> Result<(), Error> {
    let paths = document.growth.iter().flat_map(|growth| &growth.workloads);
    let months = paths.flat_map(|path| path.months.iter().map(move |month| (path, month)));
    let rows: Vec<_> =
        months.flat_map(|(path, month)| month.fleets.iter().map(move |fleet| (path, month, fleet))).collect();
    let cost = || rows.iter().map(|(_, _, fleet)| fleet.cost_per_month_usd);
    let saved = || rows.iter().map(|(_, _, fleet)| fleet.saves_usd_per_month);
    let columns = vec![
        column("workload", rows.iter().map(|(path, _, _)| path.name)),
        column("month", rows.iter().map(|(_, month, _)| month.month)),
        column("volume", rows.iter().map(|(_, month, _)| month.volume)),
        column("fleet", rows.iter().map(|(_, _, fleet)| fleet.name.clone())),
        column("way", rows.iter().map(|(_, _, fleet)| fleet.way)),
        column("meets_need", rows.iter().map(|(_, _, fleet)| fleet.meets_need)),
        column("cost_per_month_usd", cost().map(|cost| cost.mean)),
        column("cost_per_month_low_usd", cost().map(|cost| cost.low)),
        column("cost_per_month_high_usd", cost().map(|cost| cost.high)),
        column("saves_usd_per_month", saved().map(|saved| saved.mean)),
        column("pays", rows.iter().map(|(_, _, fleet)| fleet.pays)),
    ];
    write(path, columns)
}
