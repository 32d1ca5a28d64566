//! The page of a matrix: the cheapest fleet of every cell, and where the guide's rule of thumb holds.

use crate::guide::GuideVerdict;
use crate::report::matrix::text::{overall, rule};
use crate::report::matrix::{CellSummary, MatrixDocument};
use crate::report::number;
use crate::report::table::with_interval;
use crate::report::text::{known_to, source};

use super::assumptions::Assumptions;
use super::page::{Block, Figure, Page, Section};
use super::table::PageTable;

/// What the page of a matrix says.
#[must_use]
pub fn matrix_page(document: &MatrixDocument, figures: Vec<Figure>, resolved: &str, command: &str) -> Page {
    let scenario = &document.scenario;
    let (columns, rows) = (document.utilizations().len(), document.durations_s().len());
    let stretched = if document.stretches_slo { ", limits of time in proportion to the duration" } else { "" };
    let source = source(scenario.replications, scenario.seed, &scenario.overrides);
    let known = known_to(document.precision.as_ref());
    let assumptions = Assumptions::new(scenario, document.precision.as_ref())
        .resting_on(&document.catalog, &document.presets)
        .again(command, resolved);
    Page {
        answer: vec![overall(document)],
        about: format!("{columns} × {rows} cells, {source}{stretched}{known}"),
        warnings: document.warnings.clone(),
        figures,
        sections: sections(document),
        assumptions,
        ..Page::new("matrix", &scenario.name)
    }
}

fn sections(document: &MatrixDocument) -> Vec<Section> {
    let verdicts = GuideVerdict::RULES.into_iter().chain([GuideVerdict::Between]);
    let rules = verdicts.filter_map(|verdict| rule(document, verdict));
    let words = format!(
        "{} across, the mean service time down; what the cheapest fleet saves of the cost of the next one that would do. ~: not \
         significantly. –: no fleet meets the objective.",
        document.utilization_title()
    );
    vec![
        Section::new("The guide's rules", Block::all_words(rules)),
        Section::new("The cheapest fleet", vec![Block::Note(words), Block::Table(map(document))]),
        Section::new("Every cell", vec![Block::Table(cells(document))]),
    ]
}

/// The map, the longest duration on top.
fn map(document: &MatrixDocument) -> PageTable {
    let utilizations = document.utilizations();
    let shares: Vec<String> = utilizations.iter().map(|&share| number::share(share)).collect();
    let heads: Vec<&str> = std::iter::once("").chain(shares.iter().map(String::as_str)).collect();
    let rows = document.cells.chunks(utilizations.len().max(1)).rev().map(|row| {
        let duration = row.first().map_or(0.0, |cell| cell.duration_s);
        std::iter::once(number::duration(duration)).chain(row.iter().map(winner)).collect()
    });
    PageTable::new(&heads, rows.collect())
}

fn winner(cell: &CellSummary) -> String {
    let Some(cheapest) = &cell.cheapest else { return number::NONE.to_owned() };
    let unsure = if cell.significant == Some(false) { "~" } else { "" };
    let saved = cell.saved_share().map_or(String::new(), |share| format!(" {}", number::share(share)));
    format!("{unsure}{cheapest}{saved}")
}

fn cells(document: &MatrixDocument) -> PageTable {
    let names: Vec<String> = document.fleets.iter().map(|fleet| format!("{}, $/month", fleet.name)).collect();
    let mut heads = vec!["duration", "utilisation", "requests a month", "cheapest", "guide", "agrees"];
    heads.extend(names.iter().map(String::as_str));
    let row = |cell: &CellSummary| {
        let agrees = cell.agrees.map_or(number::NONE, |agrees| if agrees { "yes" } else { "no" });
        let costs = document.fleets.iter().map(|fleet| {
            let cost = cell.cost_per_month_usd.get(&fleet.name).copied().unwrap_or_default();
            let cost = with_interval(&cost, number::dollars);
            let misses = cell.meets_slo.get(&fleet.name).copied().flatten() == Some(false);
            if misses { format!("[{cost}]") } else { cost }
        });
        let cells = [
            number::duration(cell.duration_s),
            number::share(cell.utilization),
            number::scaled(cell.requests_per_month),
            cell.cheapest.clone().unwrap_or_else(|| number::NONE.to_owned()),
            cell.guide.to_owned(),
            agrees.to_owned(),
        ];
        cells.into_iter().chain(costs).collect()
    };
    PageTable::new(&heads, document.cells.iter().map(row).collect())
}
