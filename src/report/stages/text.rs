//! The report of the guide's companies for a person at a terminal.

use anstyle::Style;
use comfy_table::{Cell, CellAlignment};

use super::document::{GrowthSummary, MonthSummary, PathSummary, PlanSummary, StageSummary, StagesDocument};
use crate::report::number;
use crate::report::table::{Look, new_table, with_interval, written};
use crate::report::text::{labelled, paragraph, section, source, warn};

/// A table and a sentence a company, then the growth path.
#[must_use]
pub fn stages_report(document: &StagesDocument, look: Look) -> String {
    let (bold, dim) = (Style::new().bold(), Style::new().dimmed());
    let mut text = String::new();
    for (index, stage) in document.stages.iter().enumerate() {
        if index > 0 {
            text.push('\n');
        }
        paragraph(&mut text, &format!("{}, {}", stage.name, budget(stage)), bold, look);
        paragraph(&mut text, &source(stage.replications, stage.seed, &[]), dim, look);
        section(&mut text, &plans(stage, look));
        text.push('\n');
        for workload in &stage.workloads {
            let words = format!("the guide plans {}; needs {}", workload.guide, workload.need);
            labelled(&mut text, &format!("{}: ", workload.name), &words, dim, look);
        }
        text.push('\n');
        paragraph(&mut text, &verdict(stage), bold, look);
    }
    if let Some(growth) = &document.growth {
        text.push('\n');
        let title = format!("{}, growing {} a month: when does a move pay?", growth.stage, number::share(growth.rate));
        paragraph(&mut text, &title, bold, look);
        section(&mut text, &moves(growth, look));
        text.push('\n');
        for path in &growth.workloads {
            labelled(&mut text, &format!("{}: ", path.name), &cheapest_by_month(path), dim, look);
        }
    }
    warn(&mut text, &document.warnings, look);
    text
}

/// `from $10,000 to below $100,000 a month`.
fn budget(stage: &StageSummary) -> String {
    let (from, to) = (number::dollars(stage.budget_from_usd), stage.budget_to_usd.map(number::dollars));
    match to {
        Some(to) if stage.budget_from_usd == 0.0 => format!("below {to} a month"),
        Some(to) => format!("{from} to {to} a month"),
        None => format!("more than {from} a month"),
    }
}

fn plans(stage: &StageSummary, look: Look) -> String {
    let mut heads = vec!["plan", "$/month", "guide saves"];
    heads.extend(stage.workloads.iter().map(|workload| workload.name));
    let mut table = new_table(&heads, look);
    for index in 3..heads.len() {
        if let Some(column) = table.column_mut(index) {
            column.set_cell_alignment(CellAlignment::Left);
        }
    }
    for plan in &stage.plans {
        let saves = match plan.plan {
            "guide" => number::NONE.to_owned(),
            _ => with_interval(&plan.guide_saves_usd_per_month, number::dollars),
        };
        let mut cells = vec![plan.plan.to_owned(), with_interval(&plan.cost_per_month_usd, number::dollars), saves];
        cells.extend(plan.fleets.iter().map(|fleet| fleet.clone().unwrap_or_else(|| number::NONE.to_owned())));
        table.add_row(cells.into_iter().map(Cell::new));
    }
    written(&mut table)
}

/// What the plan costs, and what it saves or wastes.
fn verdict(stage: &StageSummary) -> String {
    let of = |name: &str| stage.plans.iter().find(|plan| plan.plan == name);
    let Some(guide) = of("guide") else { return String::new() };
    let cost = with_interval(&guide.cost_per_month_usd, number::dollars);
    let within = if stage.within_budget { "within its budget" } else { "outside its budget" };
    let mut words = format!("The guide's plan costs {cost} a month, {within}");
    let against = |plan: Option<&PlanSummary>, words: &str| {
        let saved = plan?.guide_saves_usd_per_month;
        let (verb, size) = match saved.mean? {
            0.0 => return Some(format!("costs the same as {words}")),
            mean if mean > 0.0 => ("saves", saved),
            mean => (
                "wastes",
                crate::measure::Estimate {
                    mean: Some(-mean),
                    low: saved.high.map(|high| -high),
                    high: saved.low.map(|low| -low),
                },
            ),
        };
        Some(format!("{verb} {} against {words}", with_interval(&size, number::dollars)))
    };
    let parts = [
        against(of("serverless"), "serverless alone"),
        against(of("dedicated"), "dedicated alone"),
        against(of("best"), "the best that was found"),
    ];
    for part in parts.into_iter().flatten() {
        words.push_str(", ");
        words.push_str(&part);
    }
    let missing: Vec<&str> = stage.plans.iter().filter(|plan| !plan.meets_need).map(|plan| plan.plan).collect();
    if !missing.is_empty() {
        words.push_str(&format!("; not every need is met under: {}", missing.join(", ")));
    }
    words.push('.');
    words
}

fn moves(growth: &GrowthSummary, look: Look) -> String {
    let heads = ["workload", "from the plan to", "pays from", "volume", "then saves a month", "pays in"];
    let mut table = new_table(&heads, look);
    if let Some(column) = table.column_mut(1) {
        column.set_cell_alignment(CellAlignment::Left);
    }
    for path in &growth.workloads {
        for made in &path.moves {
            let month = path.months.iter().find(|month| Some(month.month) == made.pays_from_month);
            let volume = |times: f64| format!("{}x", number::significant(times, 3));
            let pays = |month: &&MonthSummary| month.fleets.iter().any(|fleet| fleet.name == made.to && fleet.pays);
            table.add_row(vec![
                path.name.to_owned(),
                made.to.clone(),
                made.pays_from_month.map_or_else(|| "never".to_owned(), |month| format!("month {month}")),
                number::or_dash(month.map(|month| month.volume), volume),
                with_interval(&made.saves_usd_per_month, number::dollars),
                format!("{} of {}", path.months.iter().filter(pays).count(), path.months.len()),
            ]);
        }
    }
    written(&mut table)
}

/// `the cheapest that meets the need is spot in months 0 to 13, hybrid in months 14 to 24`.
fn cheapest_by_month(path: &PathSummary) -> String {
    let name = |cheapest: &Option<String>| cheapest.clone().unwrap_or_else(|| "no fleet".to_owned());
    let runs: Vec<String> = path
        .months
        .chunk_by(|a, b| a.cheapest == b.cheapest)
        .map(|run| match (run.first(), run.last()) {
            (Some(first), Some(last)) if first.month < last.month => {
                format!("{} in months {} to {}", name(&first.cheapest), first.month, last.month)
            }
            (Some(only), _) => format!("{} in month {}", name(&only.cheapest), only.month),
            (None, _) => String::new(),
        })
        .collect();
    format!("the cheapest that meets the need is {}", runs.join(", "))
}
