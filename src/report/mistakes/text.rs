//! The mistakes for a person at a terminal.

use anstyle::Style;
use comfy_table::{Attribute, Cell, CellAlignment, Color};

use super::{ExplainedMistake, MistakesDocument};
use crate::advice::{ClaimSummary, MistakeSummary, Side};
use crate::guide::Mistake;
use crate::report::number;
use crate::report::table::{Look, new_table, with_interval, written};
use crate::report::text::{labelled, paragraph, rest_on, section, source, warn};

/// How a figure is written.
type Write = fn(f64) -> String;

/// Each mistake: what the guide says, the fleets, the guide's figures beside the simulated ones, and what is saved.
#[must_use]
pub fn mistakes_report(document: &MistakesDocument, look: Look) -> String {
    let mut text = String::new();
    for (index, mistake) in document.mistakes.iter().enumerate() {
        if index > 0 {
            text.push('\n');
        }
        one(&mut text, mistake, look);
    }
    foundations(&mut text, document, look);
    text
}

fn one(text: &mut String, mistake: &ExplainedMistake, look: Look) {
    let summary = &mistake.summary;
    let (bold, dim) = (Style::new().bold(), Style::new().dimmed());
    paragraph(text, summary.title, bold, look);
    let scenario = &summary.scenario;
    let source = source(scenario.replications, scenario.seed, &scenario.overrides);
    paragraph(text, &format!("{}, {source}", summary.file), dim, look);
    labelled(text, "guide: ", summary.claim, Style::new(), look);
    section(text, &fleets(summary, look));
    section(text, &claims(summary, look));
    section(text, "");
    paragraph(text, &verdict(summary), bold, look);
    labelled(text, "because: ", &mistake.because, Style::new(), look);
    warn(text, &summary.warnings, look);
}

/// The columns of a mistake's table: a figure, its head and how it is written.
fn figures(mistake: Mistake) -> &'static [(&'static str, &'static str, Write)] {
    const fn seconds(name: &'static str, head: &'static str) -> (&'static str, &'static str, Write) {
        (name, head, short_duration)
    }
    const USE: (&str, &str, Write) = ("utilization", "util", number::share);
    match mistake {
        Mistake::ServerlessTraining => {
            const {
                &[
                    ("gpu_hours", "GPU-h", number::count as Write),
                    ("lost_gpu_hours", "lost h", plain as Write),
                    ("restarts", "restarts", plain as Write),
                    seconds("completion_p95_s", "p95"),
                    ("never_ending", "endless", number::share as Write),
                ]
            }
        }
        Mistake::DedicatedSporadic => {
            const {
                &[
                    ("per_used_hour_usd", "$/used h", number::dollars as Write),
                    USE,
                    seconds("p50_s", "p50"),
                    seconds("p95_s", "p95"),
                ]
            }
        }
        Mistake::ColdStarts => {
            const {
                &[
                    ("cold_ratio", "cold", number::share as Write),
                    seconds("p50_s", "p50"),
                    seconds("p95_s", "p95"),
                    seconds("p99_s", "p99"),
                ]
            }
        }
        Mistake::OverProvisioned => {
            const {
                &[
                    ("per_used_hour_usd", "$/used h", number::dollars as Write),
                    USE,
                    seconds("p50_s", "p50"),
                    seconds("p99_s", "p99"),
                ]
            }
        }
    }
}

fn short_duration(seconds: f64) -> String {
    number::duration(seconds).replace(' ', "")
}

/// Small numbers with their digits, large ones whole.
fn plain(value: f64) -> String {
    match value {
        0.0 => "0".to_owned(),
        small if small < 0.01 => "<0.01".to_owned(),
        small if small < 99.5 => number::without_zeros(&number::significant(small, 3)).to_owned(),
        large => number::count(large),
    }
}

fn fleets(summary: &MistakeSummary, look: Look) -> String {
    let figures = figures(summary.mistake);
    let judged =
        summary.sides().any(|side| side.meets == Some(false)) && summary.mistake != Mistake::ServerlessTraining;
    let heads = ["", "fleet", "$/month"].into_iter().chain(figures.iter().map(|figure| figure.1));
    let heads: Vec<&str> = heads.chain(judged.then_some("SLO")).collect();
    let mut table = new_table(&heads, look);
    if let Some(names) = table.column_mut(1) {
        names.set_cell_alignment(CellAlignment::Left);
    }
    let roles = ["wrong", "right"].into_iter().chain(std::iter::repeat(""));
    for (role, side) in roles.zip(summary.sides()) {
        let money = with_interval(&side.cost_per_month_usd, number::dollars);
        let mut cells = vec![Cell::new(role), Cell::new(&side.fleet), Cell::new(money)];
        cells.extend(figures.iter().map(|(name, _, write)| Cell::new(number::or_dash(side.figure(name).mean, write))));
        cells.extend(judged.then(|| verdict_on(side)));
        if role == "right" {
            cells = cells.into_iter().map(|cell| cell.add_attribute(Attribute::Bold)).collect();
        }
        table.add_row(cells);
    }
    written(&mut table)
}

fn verdict_on(side: &Side) -> Cell {
    match side.meets {
        Some(false) => Cell::new("missed").fg(Color::Red),
        _ => Cell::new("met").fg(Color::Green),
    }
}

/// A row a figure of the guide.
fn claims(summary: &MistakeSummary, look: Look) -> String {
    let mut table = new_table(&["of the guide", "it says", "simulated", "verdict"], look);
    for claim in &summary.guide {
        let write = writer(claim.unit);
        let what = claim.formula.map_or_else(|| claim.what.to_owned(), |formula| format!("{} = {formula}", claim.what));
        let mark = match claim.agrees {
            true => Cell::new("agrees").fg(Color::Green),
            false => Cell::new("differs").fg(Color::Yellow),
        };
        let figures = [what, bounds(claim), with_interval(&claim.simulated, write)];
        table.add_row(figures.into_iter().map(Cell::new).chain([mark]));
    }
    written(&mut table)
}

fn writer(unit: &str) -> Write {
    match unit {
        "usd" => number::dollars,
        "s" => short_duration,
        "share" => number::share,
        _ => plain,
    }
}

/// `$288`, `$40 to $100`, `15s or more`, `at most 1s`.
fn bounds(claim: &ClaimSummary) -> String {
    let write: Write = match claim.unit {
        "usd" => |dollars| format!("${}", number::count(dollars)),
        "s" => |seconds| number::round_duration(seconds).replace(' ', ""),
        unit => writer(unit),
    };
    match (claim.least, claim.most) {
        (Some(least), Some(most)) if least == most => write(least),
        (Some(least), Some(most)) => format!("{} to {}", write(least), write(most)),
        (Some(least), None) => format!("{} or more", write(least)),
        (None, Some(most)) => format!("at most {}", write(most)),
        (None, None) => number::NONE.to_owned(),
    }
}

fn verdict(summary: &MistakeSummary) -> String {
    let (wrong, right) = (&summary.wrong.fleet, &summary.right.fleet);
    let saving = &summary.saving_usd_per_month;
    let Some(mean) = saving.mean else { return format!("{right} and {wrong} cannot be compared.") };
    let figure = number::dollars(mean.abs());
    let interval = number::interval(saving).map_or(String::new(), |interval| format!(" {interval}"));
    let more_or_less = if mean >= 0.0 { "less" } else { "more" };
    let sure = if summary.significant { "" } else { ", which may be chance" };
    format!("{right} costs {figure}{interval} a month {more_or_less} than {wrong}{sure}.")
}

/// Presets and prices, each once.
fn foundations(text: &mut String, document: &MistakesDocument, look: Look) {
    let (mut catalog, mut presets) = (Vec::new(), Vec::new());
    for mistake in &document.mistakes {
        for entry in &mistake.summary.catalog {
            if !catalog.contains(entry) {
                catalog.push(entry.clone());
            }
        }
        for preset in &mistake.summary.presets {
            if !presets.contains(preset) {
                presets.push(preset.clone());
            }
        }
    }
    rest_on(text, &catalog, &presets, look);
}
