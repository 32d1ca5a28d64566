//! The report of a matrix for a person at a terminal: a map of letters, and where the guide's rule of thumb holds.

use std::fmt::Write as _;

use anstyle::Style;

use super::map::{NOBODY, map, marks};
use super::{CellSummary, MatrixDocument, MatrixFleet};
use crate::guide::{GuideVerdict, HIGH_UTILIZATION, LONG, LOW_UTILIZATION, SHORT};
use crate::report::number;
use crate::report::table::Look;
use crate::report::text::{known_to, paragraph, rest_on, section, source, warn};

/// The map, its legend, the rules one by one, and what to beware of.
#[must_use]
pub fn matrix_report(document: &MatrixDocument, look: Look) -> String {
    let (bold, dim) = (Style::new().bold(), Style::new().dimmed());
    let scenario = &document.scenario;
    let mut text = String::new();
    paragraph(&mut text, &scenario.name, bold, look);
    let (columns, rows) = (document.utilizations().len(), document.durations_s().len());
    let stretched = if document.stretches_slo { ", limits of time in proportion to the duration" } else { "" };
    let words = format!(
        "{columns} x {rows} cells, {}{stretched}{}",
        source(scenario.replications, scenario.seed, &scenario.overrides),
        known_to(document.precision.as_ref())
    );
    paragraph(&mut text, &words, dim, look);
    let marks = marks(&document.fleets);
    section(&mut text, &map(document, &marks, look));
    text.push('\n');
    for line in legend(document, &marks) {
        paragraph(&mut text, &line, dim, look);
    }
    text.push('\n');
    paragraph(&mut text, &overall(document), bold, look);
    for verdict in GuideVerdict::RULES.into_iter().chain([GuideVerdict::Between]) {
        if let Some(words) = rule(document, verdict) {
            text.push('\n');
            paragraph(&mut text, &words, Style::new(), look);
        }
    }
    rest_on(&mut text, &document.catalog, &document.presets, look);
    warn(&mut text, &document.warnings, look);
    text
}

/// The fleets; what other signs mean.
fn legend(document: &MatrixDocument, marks: &[char]) -> [String; 2] {
    let fleets = document.fleets.iter().zip(marks).map(|(fleet, mark)| format!("{mark} {}", fleet.name));
    let fleets: Vec<String> = fleets.collect();
    let mut entries = Vec::new();
    if document.cells.iter().any(|cell| cell.winner.is_none()) {
        entries.push(format!("{NOBODY} no fleet meets the objective"));
    }
    if document.cells.iter().any(|cell| cell.significant == Some(false)) {
        entries.push("~ not significantly".to_owned());
    }
    entries.push("lines: the guide's borders".to_owned());
    [fleets.join("   "), entries.join("   ")]
}

/// In how many cells the guide and the simulation agree.
pub(in crate::report) fn overall(document: &MatrixDocument) -> String {
    match (document.agreement, document.agreeing()) {
        (Some(agreement), (agree, of)) => format!(
            "At these prices the guide and the simulation agree in {agree} of the {of} cells that can be compared ({}).",
            number::share(agreement)
        ),
        (None, _) => "The guide and the simulation can be compared in none of these cells.".to_owned(),
    }
}

/// What the guide says of a part of the matrix, and what the simulation does; `None` where it has no cell.
pub(in crate::report) fn rule(document: &MatrixDocument, verdict: GuideVerdict) -> Option<String> {
    let cells: Vec<&CellSummary> = document.cells.iter().filter(|cell| cell.verdict == verdict).collect();
    if cells.is_empty() {
        return None;
    }
    let Some(kind) = verdict.kind() else {
        return Some(format!("Between the borders the guide has no rule: {}.", winners(document, &cells)));
    };
    let part = part_words(verdict);
    if cells.iter().all(|cell| cell.winner.is_none()) {
        let (says, count) = (verdict.words(), count_of_cells(cells.len()));
        return Some(format!("{part}: the guide says {says}; no fleet meets the objective in any of {count}."));
    }
    let of_kind = |cell: &&&CellSummary| cell.winner.is_some_and(|winner| document.fleets[winner].kind == kind);
    let (fleet, right) = (kind_words(document, kind), cells.iter().filter(of_kind).count());
    let mut text = format!(
        "{part}: the guide says {}; {fleet} is the cheapest in {right} of {}.",
        verdict.words(),
        count_of_cells(cells.len())
    );
    let others: Vec<String> = document
        .fleets
        .iter()
        .enumerate()
        .filter(|(_, fleet)| fleet.kind != kind)
        .filter_map(|(index, _)| instead(document, &cells, index, kind))
        .collect();
    if !others.is_empty() {
        let _ = write!(text, " Instead: {}.", others.join("; "));
    }
    match cells.iter().filter(|cell| cell.winner.is_none()).count() {
        0 => {}
        none => {
            let _ = write!(text, " In {none} no fleet meets the objective.");
        }
    }
    Some(text)
}

/// Where a fleet is cheaper than those of the kind that the guide names, and by how much.
fn instead(document: &MatrixDocument, cells: &[&CellSummary], winner: usize, kind: &str) -> Option<String> {
    let won: Vec<&CellSummary> = cells.iter().copied().filter(|cell| cell.winner == Some(winner)).collect();
    let fleet = &document.fleets[winner];
    let savings: Vec<f64> = won.iter().filter_map(|cell| saving_against(document, cell, fleet, kind)).collect();
    let mut text = format!("{} in {}", fleet.name, won.len());
    if let (Some(least), Some(most)) =
        (savings.iter().copied().reduce(f64::min), savings.iter().copied().reduce(f64::max))
    {
        let (least, most) = (number::dollars(least), number::dollars(most));
        let _ = match least == most {
            true => write!(text, ", by {least} a month"),
            false => write!(text, ", by {least} to {most} a month"),
        };
    }
    let without =
        if document.has_objective { "fleet meets the objective" } else { "fleet serves as many of the requests" };
    match won.len() - savings.len() {
        0 => {}
        alone if alone == won.len() => {
            let _ = write!(text, ", where no {kind} {without}");
        }
        alone => {
            let _ = write!(text, " (in {alone} of them no {kind} {without})");
        }
    }
    (!won.is_empty()).then_some(text)
}

/// What the cheapest fleet of a cell saves against the cheapest of a kind that qualifies there.
fn saving_against(document: &MatrixDocument, cell: &CellSummary, winner: &MatrixFleet, kind: &str) -> Option<f64> {
    let rivals = cell.qualifying.iter().map(|&index| &document.fleets[index]).filter(|fleet| fleet.kind == kind);
    let least = rivals.filter_map(|rival| cell.cost(rival)).reduce(f64::min)?;
    Some(least - cell.cost(winner)?)
}

fn winners(document: &MatrixDocument, cells: &[&CellSummary]) -> String {
    let count = |winner: Option<usize>| cells.iter().filter(|cell| cell.winner == winner).count();
    let names = document.fleets.iter().enumerate().map(|(index, fleet)| (fleet.name.clone(), count(Some(index))));
    let none = ("no fleet".to_owned(), count(None));
    let parts: Vec<String> =
        names.chain([none]).filter(|(_, count)| *count > 0).map(|(name, count)| format!("{name} in {count}")).collect();
    format!("of its {} the cheapest is {}", count_of_cells(cells.len()), parts.join(", "))
}

fn count_of_cells(count: usize) -> String {
    if count == 1 { "1 cell".to_owned() } else { format!("{count} cells") }
}

/// The name of the only fleet of a kind, or the kind.
fn kind_words(document: &MatrixDocument, kind: &str) -> String {
    let mut of_kind = document.fleets.iter().filter(|fleet| fleet.kind == kind);
    match (of_kind.next(), of_kind.next()) {
        (Some(only), None) => only.name.clone(),
        _ => format!("a {kind} fleet"),
    }
}

/// The part of the matrix that a rule is of.
fn part_words(verdict: GuideVerdict) -> String {
    let (low, high) = (number::share(LOW_UTILIZATION), number::share(HIGH_UTILIZATION));
    let (short, long) = (number::round_duration(SHORT.seconds()), number::round_duration(LONG.seconds()));
    match verdict {
        GuideVerdict::Serverless => format!("Short requests at low utilisation (below {low}, under {short})"),
        GuideVerdict::Either => format!("Short requests at high utilisation (above {high}, under {short})"),
        GuideVerdict::DedicatedWithScheduling => format!("Long jobs at low utilisation (below {low}, over {long})"),
        GuideVerdict::Dedicated => format!("Long jobs at high utilisation (above {high}, over {long})"),
        GuideVerdict::Between => "Between the borders".to_owned(),
    }
}
