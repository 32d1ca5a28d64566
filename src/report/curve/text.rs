//! A curve for a person at a terminal.

use anstyle::Style;
use comfy_table::{Attribute, Cell, Table};

use crate::measure::Estimate;
use crate::report::number;
use crate::report::table::{Look, new_table, written};
use crate::report::text::{known_to, paragraph, rest_on, section, source, warn};

use super::document::{BreakEvenSummary, CheapestRange, CurveDocument, PairSummary};

/// Rows of volumes that a screen has room for.
const MOST_ROWS: usize = 30;

/// The costs by volume, the answer, the break-even points and what explains them.
#[must_use]
pub fn curve_report(document: &CurveDocument, look: Look) -> String {
    let (bold, dim) = (Style::new().bold(), Style::new().dimmed());
    let scenario = &document.scenario;
    let mut text = String::new();
    paragraph(&mut text, &scenario.name, bold, look);
    let source = source(scenario.replications, scenario.seed, &scenario.overrides);
    paragraph(
        &mut text,
        &format!(
            "dollars a month by requests a month{}; {source}{}",
            of_class(document),
            known_to(document.precision.as_ref())
        ),
        dim,
        look,
    );
    section(&mut text, &costs(document, look));
    section(&mut text, "");
    paragraph(&mut text, &answer(document), bold, look);
    if !document.break_even.is_empty() {
        section(&mut text, &written(&mut break_even_table(document, look)));
    }
    for pair in &document.pairs {
        section(&mut text, "");
        paragraph(&mut text, &pair_sentence(document, pair), Style::new(), look);
    }
    rest_on(&mut text, &document.catalog, &document.presets, look);
    warn(&mut text, &document.warnings, look);
    text
}

pub(in crate::report) fn of_class(document: &CurveDocument) -> String {
    document.class.as_ref().map_or(String::new(), |class| format!(" of `{class}`"))
}

/// A row a volume: every fleet's cost, the cheapest marked, those that miss the objective in brackets.
fn costs(document: &CurveDocument, look: Look) -> String {
    let mut text = written(&mut costs_table(document, MOST_ROWS, look));
    if document.fleets.iter().any(|fleet| fleet.points.iter().any(|point| point.meets_slo == Some(false))) {
        text.push('\n');
        text.push_str(IN_BRACKETS);
    }
    text
}

/// What stands under a table with costs in brackets.
pub(in crate::report) const IN_BRACKETS: &str = "[in brackets: misses the objective]";

/// The same as a table of so many rows at most.
pub(in crate::report) fn costs_table(document: &CurveDocument, most_rows: usize, look: Look) -> Table {
    let names = document.fleets.iter().map(|fleet| fleet.name.as_str());
    let heads: Vec<&str> = std::iter::once("requests").chain(names).collect();
    let mut table = new_table(&heads, look);
    let count = document.fleets.first().map_or(0, |fleet| fleet.points.len());
    let stride = count.div_ceil(most_rows).max(1);
    for row in (0..count).step_by(stride) {
        let volume = document.fleets[0].points[row].requests_per_month;
        let mut cells = vec![Cell::new(number::scaled(volume))];
        let winner = cheapest_at(document, row);
        for (index, fleet) in document.fleets.iter().enumerate() {
            let point = &fleet.points[row];
            let cost = number::or_dash(point.cost_per_month_usd.mean, number::dollars);
            let size = point.instances.filter(|_| fleet.is_fitted).map_or(String::new(), |size| format!(" ({size})"));
            let misses = point.meets_slo == Some(false);
            let cost = if misses { format!("[{cost}{size}]") } else { format!("{cost}{size}") };
            let mark = if winner == Some(index) { " ◀" } else { "  " };
            let cell = Cell::new(format!("{cost}{mark}"));
            cells.push(match (winner == Some(index), look.color && misses) {
                (true, _) => cell.add_attribute(Attribute::Bold),
                (_, true) => cell.add_attribute(Attribute::Dim),
                _ => cell,
            });
        }
        table.add_row(cells);
    }
    table
}

/// The index of the cheapest fleet of a row that qualifies.
fn cheapest_at(document: &CurveDocument, row: usize) -> Option<usize> {
    let volume = document.fleets.first()?.points[row].requests_per_month;
    let range = document.cheapest.iter().find(|range| volume <= range.to_requests_per_month)?;
    document.fleets.iter().position(|fleet| Some(&fleet.name) == range.fleet.as_ref())
}

/// At which volume which fleet is the cheapest.
#[must_use]
pub fn answer(document: &CurveDocument) -> String {
    let judged = document.fleets.iter().any(|fleet| fleet.points.iter().any(|point| point.meets_slo.is_some()));
    if let ([only], true) = (&document.fleets[..], judged) {
        return alone(&only.name, &document.cheapest);
    }
    let is = if judged { "the cheapest fleet that meets the objective" } else { "the cheapest fleet" };
    let name = |range: &CheapestRange| match &range.fleet {
        Some(fleet) => fleet.clone(),
        None => "none".to_owned(),
    };
    match &document.cheapest[..] {
        [] => "Nothing was simulated.".to_owned(),
        [CheapestRange { fleet: None, .. }] => "No fleet meets the objective at any of these volumes.".to_owned(),
        [only] => format!("{} is {is} at all of these volumes.", name(only)),
        [first, rest @ .., last] => {
            let mut words = format!("{} is {is} up to {}", name(first), monthly(first.to_requests_per_month));
            for range in rest {
                words.push_str(&format!(", then {} up to {}", name(range), monthly(range.to_requests_per_month)));
            }
            format!("{words}, then {}.", name(last))
        }
    }
}

/// Where a fleet that is compared with no other meets the objective.
fn alone(name: &str, ranges: &[CheapestRange]) -> String {
    let does =
        |range: &CheapestRange| if range.fleet.is_some() { "meets the objective" } else { "misses the objective" };
    match ranges {
        [only] => format!("{name} {} at all of these volumes.", does(only)),
        [first, rest @ ..] => {
            let mut words = format!("{name} {} up to {}", does(first), monthly(first.to_requests_per_month));
            for range in rest {
                words.push_str(&format!(", then {}", does(range)));
                if range.to_requests_per_month < ranges[ranges.len() - 1].to_requests_per_month {
                    words.push_str(&format!(" up to {}", monthly(range.to_requests_per_month)));
                }
            }
            format!("{words}.")
        }
        [] => String::new(),
    }
}

fn monthly(volume: f64) -> String {
    format!("{}/month", number::scaled(volume))
}

/// A row a break-even point.
pub(in crate::report) fn break_even_table(document: &CurveDocument, look: Look) -> Table {
    let heads = ["cheaper below → above", "break-even", "95% interval", "formula", "instances"];
    let mut table = new_table(&heads, look);
    for found in &document.break_even {
        let Estimate { mean, low, high } = found.requests_per_month;
        let end = |end: Option<f64>| number::or_dash(end, number::scaled);
        let interval = match (low, high) {
            (None, None) => "exact".to_owned(),
            _ => format!("{} to {}", end(low), end(high)),
        };
        let [below, above] = found.instances.map(|size| size.map_or(number::NONE.to_owned(), |size| size.to_string()));
        table.add_row(vec![
            format!("{} → {}", found.cheaper_below, found.cheaper_above),
            end(mean),
            interval,
            number::or_dash(found.formula_requests_per_month, number::scaled),
            format!("{below} → {above}"),
        ]);
    }
    table
}

/// What a pair's curves come to, beside the formula.
pub(in crate::report) fn pair_sentence(document: &CurveDocument, pair: &PairSummary) -> String {
    let [a, b] = &pair.between;
    let formula = match (pair.formula_requests_per_month, pair.formula_utilization) {
        (None, _) => "by the formula they never cost the same".to_owned(),
        (Some(volume), Some(busy)) if busy > 1.0 => format!(
            "by the formula they cost the same at {}, for which the instances would have to be busy {} of the time: never",
            monthly(volume),
            number::share(busy)
        ),
        (Some(volume), Some(busy)) => format!(
            "by the formula they cost the same at {}, the instances busy {} of the time",
            monthly(volume),
            number::share(busy)
        ),
        (Some(volume), None) => format!("by the formula they cost the same at {}", monthly(volume)),
    };
    let last = document.break_even.iter().rev().find(|found| found.between.contains(a) && found.between.contains(b));
    let Some(last) = last else {
        return format!("{} costs less than {} at all of these volumes; {formula}.", pair.stays_cheaper, other(pair));
    };
    let often = match pair.break_even_points {
        1 => String::new(),
        count => format!(", after {count} break-even points,"),
    };
    let misses = found_missing(last).map_or(String::new(), |fleets| format!(" ({fleets} the objective there)"));
    format!(
        "From {} on{often} {} costs less than {}{misses}; {formula}.{}",
        monthly(last.requests_per_month.mean.unwrap_or(0.0)),
        pair.stays_cheaper,
        other(pair),
        explanation(last)
    )
}

/// `dedicated misses`, `both miss`; `None` where neither does.
fn found_missing(found: &BreakEvenSummary) -> Option<String> {
    match found.meets_slo {
        [Some(false), Some(false)] => Some("both miss".to_owned()),
        [Some(false), _] => Some(format!("{} misses", found.between[0])),
        [_, Some(false)] => Some(format!("{} misses", found.between[1])),
        _ => None,
    }
}

fn other(pair: &PairSummary) -> &str {
    let [a, b] = &pair.between;
    if *a == pair.stays_cheaper { b } else { a }
}

/// What the formula leaves out, the largest first.
fn explanation(found: &BreakEvenSummary) -> String {
    /// Less than this many dollars a month is not worth a word.
    const WORTH_A_WORD: f64 = 0.5;
    let mut terms: Vec<(&str, f64)> =
        found.explained_usd_per_month.iter().map(|(&overhead, &usd)| (overhead, usd)).collect();
    terms.retain(|(_, usd)| usd.abs() >= WORTH_A_WORD);
    terms.sort_by(|a, b| b.1.abs().total_cmp(&a.1.abs()));
    if terms.is_empty() {
        return String::new();
    }
    let [first, second] = &found.between;
    let words = terms.into_iter().map(|(overhead, usd)| {
        let payer = if usd > 0.0 { first } else { second };
        format!("{} ({payer} {})", in_words(overhead), number::dollars(usd.abs()))
    });
    let words: Vec<String> = words.collect();
    let gap = found.formula_difference_usd_per_month;
    let (ahead, behind) = if gap > 0.0 { (first, second) } else { (second, first) };
    format!(
        " There the formula has {ahead} {} a month below {behind}; what it leaves out closes the gap: {}.",
        number::dollars(gap.abs()),
        words.join(", ")
    )
}

fn in_words(overhead: &str) -> &'static str {
    match overhead {
        "capacity" => "instances for peaks and the objective",
        "cold_start" => "cold starts",
        "idle" => "idle time",
        "rounding" => "rounding",
        _ => "execution and fees beyond the formula's",
    }
}
