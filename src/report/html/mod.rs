//! Reports as one HTML file: the answer, the charts, the tables and what all of it rests on, to be read, sent and printed. Nothing in
//! it is loaded from elsewhere, and without a script it says the same: the charts are the SVG of the files, the tables text.
//!
//! The script (`script.js`) is a few hundred lines of our own, and no library, because the charts are our own drawings: they are drawn
//! once for paper, page and file, and a library would draw them a second time and otherwise. The script tells values under the
//! pointer and draws lines anew where fleets are hidden or a scale is changed, from the data that each chart has beside its drawing.
//!
//! `page.rs` is what a page says, before it is HTML; a file a command makes it of the command's document and of the tables and
//! sentences of the terminal. It is kept in the folder as `report.json` (`folder.rs`), so that the page of a finished folder can be made
//! again; `skeleton.rs` lays it out, and every text goes through `escape.rs`.

mod advise;
mod assumptions;
mod curve;
mod escape;
mod figure;
mod folder;
mod matrix;
mod page;
mod plan;
mod run;
mod skeleton;
mod sweep;
mod table;
#[cfg(test)]
mod tests;
mod typeface;
mod use_cases;

use crate::measure::Replication;
use crate::report::chart;
use crate::report::files::RunCharts;
use crate::report::latency_curve::latency_curves;
use crate::report::movement::movements;
use crate::report::table::Look;
use crate::report::{Error, table as terminal};
use crate::scenario::Scenario;
use crate::summary::RunDocument;

pub use advise::{AdviseFiles, advise_page};
pub use assumptions::Assumptions;
pub use curve::curve_page;
pub use folder::{NoReport, PAGE, REPORT, keep, kept, write_page};
pub use matrix::matrix_page;
pub use page::{Block, Figure, Page, REPORT_SCHEMA, Section};
pub use plan::plan_page;
pub use run::page_of_run;
pub use sweep::sweep_page;
pub use table::PageTable;
pub use use_cases::use_cases_page;

/// Tables for a page have room for everything that a terminal may have room for.
const LOOK: Look = Look { width: 2 * terminal::WIDE, color: false };

/// The page of a run that is in no folder. `resolved` is the scenario as it was run, every default written out, and `command` what makes
/// it again.
///
/// # Errors
/// When a chart cannot be drawn, a defect of the program.
pub fn run_page(
    document: &RunDocument,
    scenario: &Scenario,
    replications: &[Replication],
    resolved: &str,
    command: &str,
) -> Result<String, Error> {
    let (curves, movements) = (latency_curves(scenario, replications), movements(scenario, replications));
    let charts = RunCharts::new(document, scenario, (&curves, &movements));
    let figures = if scenario.traffic.is_empty() { Vec::new() } else { charts.figures() };
    let page = page_of_run(document, scenario.slo.as_ref(), figures, (resolved, command));
    skeleton::html(&page, |name| match name {
        "cost" => chart::svg_text(&charts.cost),
        "latency" => chart::svg_text(&charts.latency),
        _ => chart::svg_text(&charts.timeline),
    })
}
