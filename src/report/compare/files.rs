//! The files of the folder of a comparison.

use std::path::Path;

use super::{CompareDocument, FigureChange, FleetComparison};
use crate::report::chart::{self, ChangeChart};
use crate::report::error::Error;
use crate::report::files::{json, write_text};
use crate::report::parquet::{column, write};

/// Writes every file into an existing folder.
///
/// # Errors
/// When a file cannot be written.
pub fn write_compare(document: &CompareDocument, charts: bool, folder: &Path) -> Result<(), Error> {
    write_text(&folder.join("compare.json"), &json(document)?)?;
    write_figures(document, &folder.join("compare.parquet"))?;
    if charts && !document.fleets.is_empty() {
        chart::save(&ChangeChart::new(document), folder)?;
    }
    Ok(())
}

/// The figures of a fleet, by their names in the document.
pub(super) fn figures(fleet: &FleetComparison) -> [(&'static str, &FigureChange); 6] {
    [
        ("cost_per_month_usd", &fleet.cost_per_month_usd),
        ("p50_s", &fleet.p50_s),
        ("p95_s", &fleet.p95_s),
        ("p99_s", &fleet.p99_s),
        ("slo_attainment", &fleet.slo_attainment),
        ("cold_ratio", &fleet.cold_ratio),
    ]
}

/// Writes `compare.parquet`: a row a fleet and figure.
fn write_figures(document: &CompareDocument, path: &Path) -> Result<(), Error> {
    let rows: Vec<_> =
        document.fleets.iter().flat_map(|fleet| figures(fleet).map(|(name, change)| (fleet, name, change))).collect();
    let changes = || rows.iter().map(|(_, _, change)| **change);
    let columns = vec![
        column("fleet", rows.iter().map(|(fleet, _, _)| fleet.name.clone())),
        column("fleet_in_b", rows.iter().map(|(fleet, _, _)| fleet.name_in_b.clone())),
        column("figure", rows.iter().map(|(_, name, _)| *name)),
        column("a", changes().map(|change| change.a.mean)),
        column("a_low", changes().map(|change| change.a.low)),
        column("a_high", changes().map(|change| change.a.high)),
        column("b", changes().map(|change| change.b.mean)),
        column("b_low", changes().map(|change| change.b.low)),
        column("b_high", changes().map(|change| change.b.high)),
        column("difference", changes().map(|change| change.difference.mean)),
        column("difference_low", changes().map(|change| change.difference.low)),
        column("difference_high", changes().map(|change| change.difference.high)),
        column("significant", changes().map(|change| change.significant)),
    ];
    write(path, columns)
}
