//! The report of the guide's use cases for a person at a terminal.

use anstyle::Style;
use comfy_table::{Attribute, Cell, CellAlignment, Color, Table};

use super::{UseCaseFleet, UseCaseSummary, UseCasesDocument};
use crate::report::number;
use crate::report::table::{Look, new_table, with_interval, written};
use crate::report::text::{labelled, paragraph, rest_on, section, source, warn};

/// A row a use case, then the reasons; of a single use case its fleets, too.
#[must_use]
pub fn use_cases_report(document: &UseCasesDocument, look: Look) -> String {
    let (bold, dim) = (Style::new().bold(), Style::new().dimmed());
    let mut text = String::new();
    let is_single = document.use_cases.len() == 1;
    match &document.use_cases[..] {
        [only] => {
            let scenario = &only.scenario;
            paragraph(&mut text, &only.title, bold, look);
            let source = source(scenario.replications, scenario.seed, &scenario.overrides);
            paragraph(&mut text, &format!("needs {}; {source}", only.need), dim, look);
            section(&mut text, &written(&mut fleets(only, look)));
            text.push('\n');
        }
        all => {
            let seeds = all.iter().map(|use_case| use_case.scenario.seed).collect::<std::collections::BTreeSet<_>>();
            let seeds: Vec<String> = seeds.iter().map(u64::to_string).collect();
            paragraph(&mut text, "The guide's use cases, simulated", bold, look);
            let words = format!("{} scenarios, seed {}", all.len(), seeds.join(", "));
            paragraph(&mut text, &words, dim, look);
        }
    }
    if !is_single {
        section(&mut text, &written(&mut overview(document, look)));
        text.push('\n');
        let words =
            format!("The guide and the simulation agree in {} of {}.", document.agreeing, document.use_cases.len());
        paragraph(&mut text, &words, bold, look);
        text.push('\n');
    }
    for use_case in &document.use_cases {
        labelled(&mut text, &format!("{}: ", use_case.name), &verdict(use_case), dim, look);
    }
    if is_single {
        rest_on(&mut text, &document.catalog, &document.presets, look);
    }
    warn(&mut text, &document.warnings, look);
    text
}

pub(in crate::report) fn overview(document: &UseCasesDocument, look: Look) -> Table {
    let mut table = new_table(&["use case", "guide", "cheapest", "margin a month", "agrees"], look);
    for index in [1, 2] {
        if let Some(column) = table.column_mut(index) {
            column.set_cell_alignment(CellAlignment::Left);
        }
    }
    for use_case in &document.use_cases {
        let sign = if use_case.significant == Some(false) { "~" } else { "" };
        table.add_row(vec![
            Cell::new(use_case.name),
            Cell::new(use_case.guide),
            Cell::new(use_case.cheapest.as_deref().unwrap_or(number::NONE)),
            Cell::new(format!("{sign}{}", with_interval(&use_case.margin_usd_per_month, number::dollars))),
            match use_case.agrees {
                true => Cell::new("yes").fg(Color::Green),
                false => Cell::new("no").fg(Color::Red),
            },
        ]);
    }
    table
}

pub(in crate::report) fn fleets(use_case: &UseCaseSummary, look: Look) -> Table {
    let mut table = new_table(&["fleet", "guide", "$/month", "held h", "useful", "idle", "overhead", "need"], look);
    for fleet in &use_case.fleets {
        let is_best = use_case.cheapest.as_ref() == Some(&fleet.name);
        let share = |hours: f64| match fleet.held_hours_per_month {
            held if held > 0.0 => number::share(hours / held),
            _ => number::NONE.to_owned(),
        };
        let cells = [
            fleet.name.clone(),
            if fleet.recommended { "yes" } else { "" }.to_owned(),
            with_interval(&fleet.cost_per_month_usd, number::dollars),
            number::count(fleet.held_hours_per_month),
            share(fleet.useful_hours_per_month),
            share(fleet.idle_hours_per_month),
            share(fleet.overhead_hours_per_month),
        ];
        let mut cells: Vec<Cell> = cells.into_iter().map(Cell::new).collect();
        if is_best {
            cells = cells.into_iter().map(|cell| cell.add_attribute(Attribute::Bold)).collect();
        }
        cells.push(met(fleet, is_best));
        table.add_row(cells);
    }
    table
}

fn met(fleet: &UseCaseFleet, is_best: bool) -> Cell {
    match fleet.meets_need {
        true if is_best => Cell::new("met ◀").fg(Color::Green).add_attribute(Attribute::Bold),
        true => Cell::new("met").fg(Color::Green),
        false => Cell::new("missed").fg(Color::Red),
    }
}

/// `spot is the cheapest, $107 ±0.7% a month below serverless: an hour of spot costs $0.84, of serverless $1.95.`
pub(in crate::report) fn verdict(use_case: &UseCaseSummary) -> String {
    let Some(cheapest) = &use_case.cheapest else { return format!("{}.", use_case.because) };
    let guide = match use_case.agrees {
        true if use_case.significant == Some(false) => "as well as what the guide says, as far as can be told",
        true => "as the guide says",
        false => "not as the guide says",
    };
    let margin = &use_case.margin_usd_per_month;
    let below = match (&use_case.against, margin.mean) {
        (Some(against), Some(_)) => {
            format!(", {} a month below {against}", with_interval(margin, number::dollars))
        }
        _ => String::new(),
    };
    format!("{cheapest} is the cheapest{below}, {guide}: {}.", use_case.because)
}
