//! The report of two scenarios side by side for a person at a terminal.

use anstyle::Style;
use comfy_table::{Cell, CellAlignment, ColumnConstraint};

use super::document::{AnswerChange, CompareDocument, CompareSide, FigureChange, InputChange};
use super::files::figures;
use crate::measure::Estimate;
use crate::report::number;
use crate::report::table::{Look, listing, new_table, written};
use crate::report::text::{labelled, paragraph, section, source, warn};

/// Differences of the input that are shown; the file has all.
const MOST_SHOWN: usize = 24;

/// What changed in the input, what changed in the figures, and whether the answer is another one.
#[must_use]
pub fn compare_report(document: &CompareDocument, look: Look) -> String {
    let (bold, dim) = (Style::new().bold(), Style::new().dimmed());
    let mut text = String::new();
    let (a, b) = (&document.a, &document.b);
    let title = if a.name == b.name { a.name.clone() } else { format!("{} → {}", a.name, b.name) };
    paragraph(&mut text, &title, bold, look);
    labelled(&mut text, "A: ", &side(a), dim, look);
    labelled(&mut text, "B: ", &side(b), dim, look);
    input(&mut text, document, look);
    if !document.fleets.is_empty() {
        section(&mut text, &fleets(document, look));
        paragraph(&mut text, intervals(document), dim, look);
    }
    section(&mut text, "");
    paragraph(&mut text, &answer(&document.answer), bold, look);
    for (names, only) in [(&document.only_in_a, "A"), (&document.only_in_b, "B")] {
        if !names.is_empty() {
            labelled(&mut text, &format!("only in {only}: "), &names.join(", "), dim, look);
        }
    }
    warn(&mut text, &document.warnings, look);
    text
}

fn side(side: &CompareSide) -> String {
    let how = if side.source == "folder" { "read from its folder" } else { "simulated" };
    let window = number::round_duration(side.window_s);
    format!("{}, {how}: {window}, {}", side.given, source(side.replications, side.seed, &side.overrides))
}

fn input(text: &mut String, document: &CompareDocument, look: Look) {
    if document.input.is_empty() {
        section(text, "");
        paragraph(text, "Nothing differs in what is simulated.", Style::new(), look);
        return;
    }
    let rows = document.input.iter().take(MOST_SHOWN).map(|change| [change.path.clone(), values(change)]);
    section(text, &listing(["what changed", "A → B"], rows, look));
    if let Some(more) = document.input.len().checked_sub(MOST_SHOWN).filter(|&more| more > 0) {
        paragraph(text, &format!("and {more} more, which compare.json has"), Style::new().dimmed(), look);
    }
}

fn values(change: &InputChange) -> String {
    match (change.change, &change.a, &change.b) {
        (_, Some(a), Some(b)) => format!("{a} → {b}"),
        ("only-in-a", Some(a), _) => format!("{a} → not there"),
        ("only-in-b", _, Some(b)) => format!("not there → {b}"),
        ("only-in-a", ..) => "only in A".to_owned(),
        _ => "only in B".to_owned(),
    }
}

/// Rows for each fleet: a figure before, after, and the difference.
fn fleets(document: &CompareDocument, look: Look) -> String {
    let mut table = new_table(&["fleet", "figure", "A", "B", "difference", "beyond chance"], look);
    if let Some(column) = table.column_mut(0) {
        column.set_constraint(ColumnConstraint::ContentWidth);
    }
    if let Some(column) = table.column_mut(1) {
        column.set_cell_alignment(CellAlignment::Left);
    }
    for fleet in &document.fleets {
        let name = match fleet.name == fleet.name_in_b {
            true => fleet.name.clone(),
            false => format!("{} → {}", fleet.name, fleet.name_in_b),
        };
        for (index, (figure, change)) in figures(fleet).into_iter().enumerate() {
            let name = if index == 0 { name.clone() } else { String::new() };
            table.add_row(row(name, figure, change).into_iter().map(Cell::new));
        }
        if let Some((a, b)) = fleet.meets_slo.zip(fleet.meets_slo_in_b) {
            let word = |meets: bool| if meets { "met" } else { "missed" }.to_owned();
            let change = if a == b { "the same" } else { "another" }.to_owned();
            let cells = [String::new(), "objective".to_owned(), word(a), word(b), change, String::new()];
            table.add_row(cells.into_iter().map(Cell::new));
        }
    }
    written(&mut table)
}

fn row(name: String, figure: &str, change: &FigureChange) -> [String; 6] {
    let (spoken, write, write_change): (&str, Write, Write) = match figure {
        "cost_per_month_usd" => ("$/month", number::dollars, number::dollars),
        "slo_attainment" => ("in time", number::share, points),
        "cold_ratio" => ("cold", number::share, points),
        "p50_s" => ("p50", number::duration, number::duration),
        "p95_s" => ("p95", number::duration, number::duration),
        _ => ("p99", number::duration, number::duration),
    };
    let difference = signed(&change.difference, write_change);
    let sure = match change.difference.mean {
        None => number::NONE,
        Some(0.0) if change.difference.low.is_none() => "the same",
        Some(_) if change.significant => "yes",
        Some(_) => "no",
    };
    let [a, b] = [change.a, change.b].map(|estimate| number::or_dash(estimate.mean, write));
    [name, spoken.to_owned(), a, b, difference, sure.to_owned()]
}

type Write = fn(f64) -> String;

/// `+$120 ±$8`.
fn signed(difference: &Estimate, write: Write) -> String {
    let Some(mean) = difference.mean else { return number::NONE.to_owned() };
    let sign = if mean < 0.0 {
        "-"
    } else if mean > 0.0 {
        "+"
    } else {
        ""
    };
    let figure = format!("{sign}{}", write(mean.abs()));
    match difference.half_width() {
        Some(half_width) => format!("{figure} ±{}", write(half_width)),
        None => figure,
    }
}

/// A difference of shares: `1.25 points` of a hundred.
fn points(share: f64) -> String {
    let percent = share * 100.0;
    match percent.abs() {
        0.0 => "0 pts".to_owned(),
        size if size < 0.005 => "<0.01 pts".to_owned(),
        size if size < 9.95 => format!("{percent:.2} pts"),
        _ => format!("{percent:.1} pts"),
    }
}

fn intervals(document: &CompareDocument) -> &'static str {
    match document.intervals {
        "paired" => {
            "B less A, with its 95% interval: paired by replication, which have the same random numbers on both sides"
        }
        _ => {
            "B less A, with its 95% interval: as of independent samples (Welch), for lack of the same seed and as many replications \
             on both sides"
        }
    }
}

/// The answer before and after, in a sentence.
fn answer(answer: &AnswerChange) -> String {
    let called = match (answer.has_objective, answer.has_objective_in_b) {
        (true, true) => "the cheapest fleet that meets the objective",
        (false, false) => "the cheapest fleet",
        _ => "the cheapest fleet (that meets the objective, where there is one)",
    };
    let (Some(cost), Some(a), Some(b)) = (&answer.cost_per_month_usd, &answer.a, &answer.b) else {
        return match (&answer.a, &answer.b) {
            (None, Some(b)) => format!("In A no fleet is {called}; in B {b} is."),
            (Some(a), None) => format!("In A {a} is {called}; in B no fleet is."),
            _ => format!("No fleet is {called}, neither in A nor in B."),
        };
    };
    let price = |estimate: &Estimate| number::or_dash(estimate.mean, number::dollars);
    let (before, after) = (price(&cost.a), price(&cost.b));
    let stays = match a == b {
        true => format!("{a} is {called} in both, at {before} a month in A and {after} in B"),
        false => format!("In A {a} is {called}, at {before} a month; in B it is {b}, at {after}"),
    };
    let difference = cost.difference;
    let change = match difference.mean {
        None | Some(0.0) => "no difference".to_owned(),
        Some(mean) => {
            let word = if mean > 0.0 { "more" } else { "less" };
            let half_width = difference.half_width().map(|half| format!(" ±{}", number::dollars(half)));
            let chance = if cost.significant { "" } else { ", which may be chance" };
            format!("{}{} {word}{chance}", number::dollars(mean.abs()), half_width.unwrap_or_default())
        }
    };
    format!("{stays}: {change}.")
}
