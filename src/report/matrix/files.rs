//! The files of a matrix's folder.

use std::path::Path;

use super::{CellSummary, MatrixDocument, MatrixFleet};
use crate::guide::{GuideVerdict, HIGH_UTILIZATION, LONG, LOW_UTILIZATION, SHORT};
use crate::report::chart::{self, Axis, AxisScale, Guide, GuideAxis, HeatCell, HeatMap, Quadrants, Unit};
use crate::report::error::Error;
use crate::report::files::{json, write_text};
use crate::report::html::{self, Figure};
use crate::report::number;
use crate::report::parquet::{column, write};

/// What stands in a cell where no other fleet might be the cheapest.
const ONLY: &str = "only";

/// Writes every file into an existing folder. `resolved` is the scenario as given, every default written out; `command` makes it
/// again.
///
/// # Errors
/// When a file cannot be written.
pub fn write_matrix(
    document: &MatrixDocument,
    (resolved, command): (&str, &str),
    charts: bool,
    folder: &Path,
) -> Result<(), Error> {
    write_text(&folder.join("matrix.json"), &json(document)?)?;
    write_text(&folder.join("scenario.toml"), resolved)?;
    write_table(document, &folder.join("matrix.parquet"))?;
    let mut figures = Vec::new();
    if charts {
        let map = matrix_chart(document);
        chart::save(&map, folder)?;
        figures.push(Figure::new(&map, &map.title));
    }
    html::keep(&html::matrix_page(document, figures, resolved, command), folder)
}

/// Writes `matrix.parquet`: a row a cell and fleet.
fn write_table(document: &MatrixDocument, path: &Path) -> Result<(), Error> {
    let rows: Vec<(&CellSummary, &MatrixFleet)> =
        document.cells.iter().flat_map(|cell| document.fleets.iter().map(move |fleet| (cell, fleet))).collect();
    let of_cell = |read: fn(&CellSummary) -> f64| rows.iter().map(move |(cell, _)| read(cell));
    let cost =
        || rows.iter().map(|(cell, fleet)| cell.cost_per_month_usd.get(&fleet.name).copied().unwrap_or_default());
    let margin = || rows.iter().map(|(cell, _)| cell.margin_usd_per_month.unwrap_or_default());
    let columns = vec![
        column("utilization", of_cell(|cell| cell.utilization)),
        column("duration_s", of_cell(|cell| cell.duration_s)),
        column("requests_per_month", of_cell(|cell| cell.requests_per_month)),
        column("window_s", of_cell(|cell| cell.window_s)),
        column("fleet", rows.iter().map(|(_, fleet)| fleet.name.clone())),
        column("kind", rows.iter().map(|(_, fleet)| fleet.kind)),
        column("cost_per_month_usd", cost().map(|cost| cost.mean)),
        column("cost_per_month_low_usd", cost().map(|cost| cost.low)),
        column("cost_per_month_high_usd", cost().map(|cost| cost.high)),
        column("meets_slo", rows.iter().map(|(cell, fleet)| cell.meets_slo.get(&fleet.name).copied().flatten())),
        column("instances", rows.iter().map(|(cell, fleet)| cell.instances.get(&fleet.name).copied())),
        column("cheapest", rows.iter().map(|(cell, fleet)| cell.cheapest.as_ref() == Some(&fleet.name))),
        column("margin_usd_per_month", margin().map(|margin| margin.mean)),
        column("margin_low_usd_per_month", margin().map(|margin| margin.low)),
        column("margin_high_usd_per_month", margin().map(|margin| margin.high)),
        column("significant", rows.iter().map(|(cell, _)| cell.significant)),
        column("guide", rows.iter().map(|(cell, _)| cell.guide)),
        column("agrees", rows.iter().map(|(cell, _)| cell.agrees)),
    ];
    write(path, columns)
}

/// The cheapest fleet of every cell, with the guide's borders.
#[must_use]
pub fn matrix_chart(document: &MatrixDocument) -> HeatMap {
    let columns = document.utilizations().len();
    let cells =
        document.cells.iter().enumerate().map(|(index, cell)| heat_cell(cell, index % columns, index / columns));
    let border = |axis, value, label: String| Guide { axis, value, label };
    let says = |verdict: GuideVerdict| format!("guide: {}", verdict.words());
    let qualifies = if document.has_objective { " that meets the objective" } else { "" };
    HeatMap {
        name: "matrix",
        title: format!("{}: the cheapest fleet by utilisation and duration", document.scenario.name),
        subtitle: format!(
            "What it saves of the cost of the next fleet{qualifies} ({ONLY}: there is none); lines: the guide's borders"
        ),
        x: Axis { title: document.utilization_title(), scale: AxisScale::Linear, unit: Unit::Share },
        y: Axis { title: "mean service time".to_owned(), scale: AxisScale::Logarithmic, unit: Unit::Seconds },
        x_values: document.utilizations(),
        y_values: document.durations_s(),
        cells: cells.collect(),
        fleets: document.fleets.iter().map(|fleet| fleet.name.clone()).collect(),
        no_winner: "no fleet meets the objective".to_owned(),
        guides: [LOW_UTILIZATION, HIGH_UTILIZATION]
            .map(|value| border(GuideAxis::X, value, number::share(value)))
            .into_iter()
            .chain(
                [SHORT, LONG]
                    .map(|value| border(GuideAxis::Y, value.seconds(), number::round_duration(value.seconds()))),
            )
            .collect(),
        quadrants: Quadrants {
            upper_left: says(GuideVerdict::DedicatedWithScheduling),
            upper_right: says(GuideVerdict::Dedicated),
            lower_left: says(GuideVerdict::Serverless),
            lower_right: says(GuideVerdict::Either),
        },
    }
}

fn heat_cell(cell: &CellSummary, column: usize, row: usize) -> HeatCell {
    let saved = cell.saved_share();
    HeatCell {
        column,
        row,
        winner: cell.winner,
        // Where no other fleet is left, it wins by all there is.
        strength: saved.unwrap_or(1.0),
        text: saved.map_or_else(|| if cell.winner.is_some() { ONLY.to_owned() } else { String::new() }, number::share),
        unsure: cell.significant == Some(false),
    }
}
