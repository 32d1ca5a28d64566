//! The files of the folder of the guide's use cases.

use std::path::Path;

use super::{UseCaseFleet, UseCaseSummary, UseCasesDocument};
use crate::report::chart::{self, WaysChart};
use crate::report::error::Error;
use crate::report::files::{json, write_text};
use crate::report::html::{self, Figure};
use crate::report::parquet::{column, write};

/// Writes every file into an existing folder. `scenarios` are those of the use cases, each with its name; `command` makes it again.
///
/// # Errors
/// When a file cannot be written.
pub fn write_use_cases(
    document: &UseCasesDocument,
    (scenarios, command): (Vec<(String, String)>, &str),
    charts: bool,
    folder: &Path,
) -> Result<(), Error> {
    write_text(&folder.join("use-cases.json"), &json(document)?)?;
    write_table(document, &folder.join("use-cases.parquet"))?;
    let mut figures = Vec::new();
    if charts {
        let ways = WaysChart::new(document);
        chart::save(&ways, folder)?;
        figures.push(Figure::new(&ways, "Hours of GPUs that are held in every use case, by fleet"));
    }
    html::keep(&html::use_cases_page(document, figures, scenarios, command), folder)
}

/// Writes `use-cases.parquet`: a row a use case and fleet.
fn write_table(document: &UseCasesDocument, path: &Path) -> Result<(), Error> {
    let rows: Vec<(&UseCaseSummary, &UseCaseFleet)> = document
        .use_cases
        .iter()
        .flat_map(|use_case| use_case.fleets.iter().map(move |fleet| (use_case, fleet)))
        .collect();
    let hours = |name, read: fn(&UseCaseFleet) -> f64| column(name, rows.iter().map(|(_, fleet)| read(fleet)));
    let cost = || rows.iter().map(|(_, fleet)| fleet.cost_per_month_usd);
    let margin = || rows.iter().map(|(use_case, _)| use_case.margin_usd_per_month);
    let columns = vec![
        column("use_case", rows.iter().map(|(use_case, _)| use_case.name)),
        column("guide", rows.iter().map(|(use_case, _)| use_case.guide)),
        column("fleet", rows.iter().map(|(_, fleet)| fleet.name.clone())),
        column("way", rows.iter().map(|(_, fleet)| fleet.way)),
        column("recommended", rows.iter().map(|(_, fleet)| fleet.recommended)),
        column("meets_need", rows.iter().map(|(_, fleet)| fleet.meets_need)),
        column("cost_per_month_usd", cost().map(|cost| cost.mean)),
        column("cost_per_month_low_usd", cost().map(|cost| cost.low)),
        column("cost_per_month_high_usd", cost().map(|cost| cost.high)),
        hours("held_hours_per_month", |fleet| fleet.held_hours_per_month),
        hours("useful_hours_per_month", |fleet| fleet.useful_hours_per_month),
        hours("idle_hours_per_month", |fleet| fleet.idle_hours_per_month),
        hours("overhead_hours_per_month", |fleet| fleet.overhead_hours_per_month),
        column("cheapest", rows.iter().map(|(use_case, fleet)| use_case.cheapest.as_ref() == Some(&fleet.name))),
        column("margin_usd_per_month", margin().map(|margin| margin.mean)),
        column("margin_low_usd_per_month", margin().map(|margin| margin.low)),
        column("margin_high_usd_per_month", margin().map(|margin| margin.high)),
        column("agrees", rows.iter().map(|(use_case, _)| use_case.agrees)),
    ];
    write(path, columns)
}
