//! The page of a curve: what costs how much at which volume, where that changes, and every fleet's figures.

use crate::report::curve::text::{IN_BRACKETS, answer, break_even_table, costs_table, of_class, pair_sentence};
use crate::report::curve::{CurveDocument, FleetCurve, PointSummary};
use crate::report::number;
use crate::report::table::with_interval;
use crate::report::text::{known_to, source};

use super::LOOK;
use super::assumptions::Assumptions;
use super::page::{Block, Figure, Page, Section};
use super::run::INTERVALS;
use super::table::PageTable;

/// Rows of a table: more are read in the files.
const MOST_ROWS: usize = 200;

/// What the page of a curve says.
#[must_use]
pub fn curve_page(document: &CurveDocument, figures: Vec<Figure>, resolved: &str, command: &str) -> Page {
    let scenario = &document.scenario;
    let source = source(scenario.replications, scenario.seed, &scenario.overrides);
    let known = known_to(document.precision.as_ref());
    let assumptions = Assumptions::new(scenario, document.precision.as_ref())
        .resting_on(&document.catalog, &document.presets)
        .again(command, resolved);
    Page {
        answer: vec![answer(document)],
        about: format!("dollars a month by requests a month{}; {source}{known}", of_class(document)),
        warnings: document.warnings.clone(),
        figures,
        sections: sections(document),
        assumptions,
        ..Page::new("curve", &scenario.name)
    }
}

fn sections(document: &CurveDocument) -> Vec<Section> {
    let mut changes = Vec::new();
    if !document.break_even.is_empty() {
        changes.push(Block::Table(PageTable::of(&break_even_table(document, LOOK))));
    }
    changes.extend(Block::all_words(document.pairs.iter().map(|pair| pair_sentence(document, pair))));
    let mut costs = vec![Block::Table(PageTable::of(&costs_table(document, MOST_ROWS, LOOK)))];
    let misses = |point: &PointSummary| point.meets_slo == Some(false);
    if document.fleets.iter().any(|fleet| fleet.points.iter().any(misses)) {
        costs.push(Block::Note(IN_BRACKETS.to_owned()));
    }
    let mut sections = Vec::new();
    if !changes.is_empty() {
        sections.push(Section::new("Break-even points", changes));
    }
    sections.push(Section::new("Dollars a month, by requests a month", costs));
    sections.push(Section::new("Fleets", vec![Block::Note(INTERVALS.to_owned())]));
    sections.extend(document.fleets.iter().map(of_fleet));
    sections
}

/// A row a volume.
fn of_fleet(fleet: &FleetCurve) -> Section {
    let judged = fleet.points.iter().any(|point| point.meets_slo.is_some());
    let sized = fleet.points.iter().any(|point| point.instances.is_some());
    let mut heads = vec!["requests", "$/month", "$/1k", "p50", "p95", "p99", "cold", "util"];
    heads.extend(sized.then_some("instances"));
    heads.extend(judged.then_some("SLO"));
    let stride = fleet.points.len().div_ceil(MOST_ROWS).max(1);
    let row = |point: &PointSummary| {
        let latency = &point.latency_s;
        let mut cells = vec![
            number::scaled(point.requests_per_month),
            with_interval(&point.cost_per_month_usd, number::dollars),
            with_interval(&point.per_1000_requests_usd, number::dollars),
            with_interval(&latency.p50, number::duration),
            with_interval(&latency.p95, number::duration),
            with_interval(&latency.p99, number::duration),
            number::or_dash(point.cold_ratio.mean, number::share),
            number::or_dash(point.utilization.mean, number::share),
        ];
        cells.extend(sized.then(|| point.instances.map_or(number::NONE.to_owned(), |count| count.to_string())));
        cells.extend(judged.then(|| if point.meets_slo == Some(true) { "met" } else { "missed" }.to_owned()));
        cells
    };
    let rows = fleet.points.iter().step_by(stride).map(row).collect();
    let fitted = if fleet.is_fitted { ", its instances fitted to the objective at every volume" } else { "" };
    let blocks = vec![Block::Note(format!("{}{fitted}", fleet.kind)), Block::Table(PageTable::new(&heads, rows))];
    Section::part(&fleet.name, blocks)
}
