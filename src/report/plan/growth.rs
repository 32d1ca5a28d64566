//! The purchase path of a plan: its part of the document, its words for the terminal and its chart.

use anstyle::Style;
use comfy_table::{Cell, CellAlignment, Table};
use serde::Serialize;

use crate::experiment::plan::{Months, Path, PlanGrowth, Step};
use crate::report::chart::{Axis, AxisScale, Line, LineChart, LinePanel, LinePoint, Unit};
use crate::report::number;
use crate::report::table::{Look, new_table, written};
use crate::report::text::{paragraph, section};
use crate::scenario::{Fleet, Term};

/// What a growing volume makes of a plan. Months are counted from 1, which is now. Dollars are means of what was simulated.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct GrowthDocument {
    /// Of a month: 0.05 is a twentieth more every month.
    pub rate: f64,
    pub months: u32,
    pub replications: u32,
    /// How many times today's volume was simulated; months between are interpolated.
    pub volumes: Vec<f64>,
    pub switching_cost_usd: f64,
    /// The design that is held today, on demand.
    pub today: String,
    /// `None`: there is a month in which no design meets the objective.
    pub best: Option<PathSummary>,
    pub never_change: PathSummary,
    pub change_when_missed: PathSummary,
    /// What changing only when the objective is missed costs more than the best path.
    pub waiting_costs_usd: Option<f64>,
    pub late: Vec<LateSummary>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PathSummary {
    pub total_usd: f64,
    /// The first month that misses the objective; `None`: none does.
    pub misses_from: Option<u32>,
    pub months: Vec<StepSummary>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct StepSummary {
    pub month: u32,
    /// How many times today's volume.
    pub volume: f64,
    pub design: String,
    /// Instances of a commitment that runs in this month.
    pub committed: Option<CommittedSummary>,
    pub cost_usd: f64,
    pub meets_slo: bool,
    /// What is done at the beginning of the month; empty where nothing is.
    pub action: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct CommittedSummary {
    pub instances: u32,
    /// `reserved-1y` or `reserved-3y`.
    pub purchase: &'static str,
}

/// Today's design is kept on demand for some months, and the best is done from then on.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct LateSummary {
    pub months: u32,
    /// Beyond the best path, over all months.
    pub costs_usd: f64,
    /// In so many of the months in which it is kept it misses the objective.
    pub missed: u32,
}

impl GrowthDocument {
    /// `name` says what a design is called.
    #[must_use]
    pub fn new(growth: &PlanGrowth, name: &dyn Fn(&Fleet) -> String) -> GrowthDocument {
        let names: Vec<String> = growth.designs.iter().map(name).collect();
        let path = |path: &Path| summary(growth, path, &names);
        let late = growth.late.iter();
        GrowthDocument {
            rate: growth.plan.rate,
            months: growth.plan.months,
            replications: growth.plan.replications.len() as u32,
            volumes: growth.volumes.clone(),
            switching_cost_usd: growth.plan.switching_cost_usd,
            today: names[growth.today].clone(),
            best: growth.best.as_ref().map(path),
            never_change: path(&growth.never_change),
            change_when_missed: path(&growth.change_when_missed),
            waiting_costs_usd: growth.best.as_ref().map(|best| growth.change_when_missed.total - best.total),
            late: late
                .map(|late| LateSummary { months: late.months, costs_usd: late.costs_usd, missed: late.missed })
                .collect(),
        }
    }
}

fn summary(growth: &PlanGrowth, path: &Path, names: &[String]) -> PathSummary {
    let before = |month: usize| match month {
        0 => Step { design: growth.today, commitments: None, is_new: false, cost: 0.0, meets: true },
        month => path.steps[month - 1],
    };
    let step = |(month, step): (usize, &Step)| StepSummary {
        month: month as u32 + 1,
        volume: growth.factors[month],
        design: names[step.design].clone(),
        committed: step.commitments.map(|held| CommittedSummary {
            instances: held.instances,
            purchase: purchase(growth.months.offer(held).term),
        }),
        cost_usd: step.cost,
        meets_slo: step.meets,
        action: action(&growth.months, &before(month), step, &names[step.design]),
    };
    let misses = path.steps.iter().position(|step| !step.meets);
    PathSummary {
        total_usd: path.total,
        misses_from: misses.map(|month| month as u32 + 1),
        months: path.steps.iter().enumerate().map(step).collect(),
    }
}

fn purchase(term: Term) -> &'static str {
    match term {
        Term::OneYear => "reserved-1y",
        Term::ThreeYears => "reserved-3y",
    }
}

/// `add 1 instance`, `reserve 9 for a year`, `switch to hybrid (2)`.
fn action(months: &Months, before: &Step, step: &Step, name: &str) -> String {
    let [was, is] = [before.design, step.design].map(|design| months.designs[design]);
    let mut words = Vec::new();
    if was.family != is.family {
        words.push(format!("switch to {name}"));
    } else if let (Some((_, was)), Some((_, is))) = (was.instances, is.instances)
        && was != is
    {
        let (verb, count) = if is > was { ("add", is - was) } else { ("give up", was - is) };
        words.push(format!("{verb} {count} instance{}", if count == 1 { "" } else { "s" }));
    }
    if let Some(held) = step.commitments.filter(|_| step.is_new) {
        let term = match months.offer(held).term {
            Term::OneYear => "a year",
            Term::ThreeYears => "three years",
        };
        words.push(format!("reserve {} for {term}", held.instances));
    } else if before.commitments.is_some() && step.commitments.is_none() {
        words.push("the commitment has ended".to_owned());
    }
    words.join("; ")
}

/// The months in which something is done, then what the paths cost.
#[must_use]
pub fn growth_report(document: &GrowthDocument, look: Look) -> String {
    let (bold, dim) = (Style::new().bold(), Style::new().dimmed());
    let mut text = String::new();
    paragraph(&mut text, &title(document), bold, look);
    paragraph(&mut text, &begins(document), dim, look);
    if let Some(best) = &document.best {
        section(&mut text, &written(&mut steps(best, look)));
    }
    text.push('\n');
    for (index, words) in sentences(document).iter().enumerate() {
        paragraph(&mut text, words, if index == 0 { bold } else { Style::new() }, look);
    }
    text
}

pub(in crate::report) fn title(document: &GrowthDocument) -> String {
    format!("Growing {} a month for {} months", percent(document.rate), document.months)
}

/// Where the paths begin, and what was simulated.
pub(in crate::report) fn begins(document: &GrowthDocument) -> String {
    let source = match document.volumes.len() {
        1 => "today's volume simulated".to_owned(),
        count => format!("{count} volumes simulated, the months between interpolated and sizes rounded up"),
    };
    format!("from {} on demand; {source}", document.today)
}

/// The verdict, then what other paths cost.
pub(in crate::report) fn sentences(document: &GrowthDocument) -> Vec<String> {
    let never = &document.never_change;
    let misses =
        never.misses_from.map_or(String::new(), |month| format!(" and misses the objective from month {month} on"));
    let waiting = &document.change_when_missed;
    let more = document
        .waiting_costs_usd
        .map_or(String::new(), |more| format!(", {} more than the best", number::dollars(more)));
    let mut sentences = vec![
        verdict(document),
        format!("Never to change costs {}{misses}.", number::dollars(never.total_usd)),
        format!(
            "To change only when the objective is missed, on demand, costs {}{more}.",
            number::dollars(waiting.total_usd)
        ),
    ];
    if !document.late.is_empty() {
        let late: Vec<String> = document.late.iter().map(late_in_words).collect();
        sentences.push(format!("To keep {} for longer and then act costs {}.", document.today, late.join("; ")));
    }
    sentences
}

/// `5%`, `7.5%`.
fn percent(rate: f64) -> String {
    format!("{}%", number::plain(rate * 100.0))
}

fn late_in_words(late: &LateSummary) -> String {
    let months = if late.months == 1 { "a month".to_owned() } else { format!("{} months", late.months) };
    let missed = match late.missed {
        0 => String::new(),
        1 => " (one of them misses the objective)".to_owned(),
        count => format!(" ({count} of them miss the objective)"),
    };
    format!("{} after {months}{missed}", number::dollars(late.costs_usd))
}

fn verdict(document: &GrowthDocument) -> String {
    match &document.best {
        Some(best) => format!("The cheapest path costs {} over these months.", number::dollars(best.total_usd)),
        None => "There is a month in which none of the designs meets the objective, so there is no path.".to_owned(),
    }
}

/// A row for the first and the last month, and for every one in which something is done.
pub(in crate::report) fn steps(path: &PathSummary, look: Look) -> Table {
    let mut table = new_table(&["month", "volume", "$/month", "reserved", "design", "what to do"], look);
    for index in [4, 5] {
        if let Some(column) = table.column_mut(index) {
            column.set_cell_alignment(CellAlignment::Left);
            column.remove_constraint();
        }
    }
    let last = path.months.len();
    for step in path.months.iter().filter(|step| !step.action.is_empty() || [1, last].contains(&(step.month as usize)))
    {
        let reserved = step.committed.map_or(number::NONE.to_owned(), |held| held.instances.to_string());
        let what = if step.action.is_empty() { number::NONE.to_owned() } else { step.action.clone() };
        let cells = [
            step.month.to_string(),
            format!("x{}", number::significant(step.volume, 3)),
            number::dollars(step.cost_usd),
            reserved,
            step.design.clone(),
            what,
        ];
        table.add_row(cells.map(Cell::new));
    }
    table
}

/// Cost a month over the months: the best path, never to change, and to change only when the objective is missed.
#[must_use]
pub fn growth_chart(document: &GrowthDocument, scenario: &str) -> LineChart {
    let line = |name: &str, index: usize, path: &PathSummary| {
        let point = |step: &StepSummary| LinePoint {
            x: f64::from(step.month),
            y: step.cost_usd,
            low: None,
            high: None,
            solid: step.meets_slo,
        };
        let points = path.months.iter().map(point).collect();
        Line { name: name.to_owned(), index, points, ..Line::default() }
    };
    let best = document.best.as_ref().map(|best| line("the cheapest path", 0, best));
    let others = [
        line("change only when the objective is missed", 1, &document.change_when_missed),
        line("never change", 2, &document.never_change),
    ];
    let (growth, today) = (percent(document.rate), &document.today);
    LineChart {
        name: "growth",
        title: "Cost a month, as the volume grows".to_owned(),
        subtitle: format!("{scenario}: {growth} more every month, from {today} on demand"),
        x: Axis { title: "month".to_owned(), scale: AxisScale::Linear, unit: Unit::Plain },
        panels: vec![LinePanel {
            y: Axis {
                title: "US dollars a month of 720 hours".to_owned(),
                scale: AxisScale::Linear,
                unit: Unit::Dollars,
            },
            lines: best.into_iter().chain(others).collect(),
            limit: None,
            crossings: Vec::new(),
        }],
    }
}

#[cfg(test)]
mod tests;
