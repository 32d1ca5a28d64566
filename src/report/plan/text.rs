//! A plan for a person at a terminal.

use anstyle::Style;
use comfy_table::{Attribute, Cell, Table};

use crate::measure::Estimate;
use crate::report::number;
use crate::report::table::{Look, new_table, written};
use crate::report::text::{paragraph, rest_on, section, source, warn};

use super::document::{DesignSummary, PlanDocument, Recommendation};
use super::foresight::foresight_report;
use super::growth::growth_report;
use super::headroom::head_room_report;
use super::sensitivity::sensitivity_report;

/// Designs of a table.
const MOST_ROWS: usize = 10;

/// What to buy, what is as good, the best of each family, the frontier, and what the search took.
#[must_use]
pub fn plan_report(document: &PlanDocument, look: Look) -> String {
    let (bold, dim) = (Style::new().bold(), Style::new().dimmed());
    let scenario = &document.scenario;
    let mut text = String::new();
    paragraph(&mut text, &scenario.name, bold, look);
    let source = source(scenario.replications, scenario.seed, &scenario.overrides);
    paragraph(&mut text, &format!("{}; figures from {source}", asked(document)), dim, look);
    section(&mut text, "");
    paragraph(&mut text, &recommendation(document), bold, look);
    section(&mut text, "");
    paragraph(&mut text, &certainty(document), Style::new(), look);
    section(&mut text, &written(&mut designs(document, look)));
    if document.frontier.len() > 1 {
        section(&mut text, &written(&mut frontier(document, look)));
    }
    review(&mut text, document, look);
    section(&mut text, "");
    paragraph(&mut text, &search(document), dim, look);
    rest_on(&mut text, &document.catalog, &document.presets, look);
    warn(&mut text, &document.warnings, look);
    text
}

/// What a capacity review asks, as far as it was asked.
fn review(text: &mut String, document: &PlanDocument, look: Look) {
    let chosen = document.recommendation.as_ref().map(|recommendation| &recommendation.design.cost_per_month_usd);
    section(text, "");
    text.push_str(&foresight_report(&document.lower_bound, chosen, look));
    if let Some(base) = &document.sensitivity_base {
        section(text, "");
        text.push_str(&sensitivity_report(base, &document.sensitivity, look));
    }
    if !document.regret.is_empty() {
        section(text, "");
        paragraph(text, "If the volume is another one", Style::new().bold(), look);
        section(text, &regret(document, look));
    }
    if let Some(growth) = &document.growth {
        section(text, "");
        text.push_str(&growth_report(growth, look));
    }
    if let Some(room) = &document.head_room {
        section(text, "");
        paragraph(text, "How much room it has", Style::new().bold(), look);
        text.push_str(&head_room_report(room, look));
    }
}

/// A row a volume: what the recommended design costs there, and what would be the best.
fn regret(document: &PlanDocument, look: Look) -> String {
    let mut text = written(&mut regret_table(document, look));
    if document.regret.iter().any(|regret| regret.meets_slo == Some(false)) {
        text.push_str("\n[in brackets: misses the objective]");
    }
    text
}

pub(in crate::report) fn regret_table(document: &PlanDocument, look: Look) -> Table {
    let mut table = new_table(&["volume", "it costs", "the best there", "costs", "regret"], look);
    for regret in &document.regret {
        let cost = number::or_dash(regret.cost_per_month_usd.mean, number::dollars);
        let best = regret.best_cost_per_month_usd.as_ref();
        table.add_row(vec![
            format!("{}x", number::plain(regret.volume)),
            if regret.meets_slo == Some(false) { format!("[{cost}]") } else { format!("{cost} ") },
            regret.best.clone().unwrap_or_else(|| "none meets the objective".to_owned()),
            number::or_dash(best.and_then(|best| best.mean), number::dollars),
            number::or_dash(regret.regret_usd_per_month.and_then(|regret| regret.mean), number::dollars),
        ]);
    }
    table
}

pub(in crate::report) fn asked(document: &PlanDocument) -> String {
    let asked = &document.asked;
    let budget = asked.budget_usd_per_month.map(number::dollars);
    match (asked.objective, budget) {
        ("least-cost", None) => "the least cost a month that meets the objective".to_owned(),
        ("least-cost", Some(budget)) => format!("the least cost a month, at most {budget}, that meets the objective"),
        ("least-latency", Some(budget)) => format!("the least {} for at most {budget} a month", asked.latency),
        _ => format!("cost a month against {}", asked.latency),
    }
}

/// One sentence: what to buy, for how much, how fast it is.
#[must_use]
pub fn recommendation(document: &PlanDocument) -> String {
    let Some(Recommendation { design, .. }) = &document.recommendation else {
        return match document.asked.objective {
            "frontier" => {
                format!("{} designs are on the frontier: none costs less and is as fast.", document.frontier.len())
            }
            _ => nothing(document),
        };
    };
    let p95 = number::or_dash(design.latency_s.p95.mean, number::duration);
    let p99 = number::or_dash(design.latency_s.p99.mean, number::duration);
    format!("Buy {}: {} a month, p95 {p95}, p99 {p99}.", design.name, with_interval(&design.cost_per_month_usd))
}

fn nothing(document: &PlanDocument) -> String {
    let attained = |design: &&DesignSummary| design.slo_attainment.mean.unwrap_or(0.0);
    let best = document.families.iter().filter_map(|family| family.best.as_ref());
    match best.max_by(|a, b| attained(a).total_cmp(&attained(b))) {
        Some(closest) => format!(
            "No design meets what was asked for; {} comes the closest, with {} of its requests in time.",
            closest.name,
            number::share(attained(&closest))
        ),
        None => "No design can meet what was asked for: the work is too much for each of them.".to_owned(),
    }
}

/// How sure that is, and what else is as good.
pub(in crate::report) fn certainty(document: &PlanDocument) -> String {
    let confidence = number::share(document.asked.confidence);
    let Some(recommendation) = &document.recommendation else {
        return format!("At {confidence} confidence.");
    };
    let meets = match (recommendation.design.meets_slo, recommendation.surely_meets) {
        (None, _) => String::new(),
        (_, true) => ", and it meets the objective beyond doubt".to_owned(),
        (_, false) => format!(
            ", but after {} replications it is not beyond doubt that it meets the objective",
            recommendation.race_replications
        ),
    };
    let within = match recommendation.within {
        0.0 => "no other design of the search is better".to_owned(),
        within => format!("no other design of the search is better by more than {}", number::share(within)),
    };
    let others: Vec<&str> = document.indistinguishable.iter().map(|design| design.name.as_str()).collect();
    let others = match others[..] {
        [] => String::new(),
        [only] => format!(" One is not told apart from it: {only}."),
        _ => format!(" {} are not told apart from it, below.", others.len()),
    };
    format!("With {confidence} confidence {within}{meets}.{others}")
}

/// The recommended design, those that are as good, and the best of each family.
pub(in crate::report) fn designs(document: &PlanDocument, look: Look) -> Table {
    let mut table = new_table(&["design", "$/month", "more", "p95", "p99", "in time", "SLO"], look);
    let recommended = document.recommendation.as_ref().map(|recommendation| &recommendation.design);
    let best = document.families.iter().filter_map(|family| family.best.as_ref());
    let mut shown: Vec<&str> = Vec::new();
    for design in recommended.into_iter().chain(document.indistinguishable.iter().take(MOST_ROWS)).chain(best) {
        if shown.contains(&design.name.as_str()) {
            continue;
        }
        shown.push(&design.name);
        let is_recommended = recommended.is_some_and(|recommended| recommended.name == design.name);
        let slo = match (design.meets_slo, is_recommended) {
            (Some(true), true) => "met ◀",
            (Some(true), false) => "met  ",
            (Some(false), _) => "missed  ",
            (None, true) => "◀",
            (None, false) => "–",
        };
        let more = design.more_than_recommended_usd_per_month.as_ref();
        let cells = vec![
            design.name.clone(),
            with_interval(&design.cost_per_month_usd),
            more.map_or(String::new(), signed),
            number::or_dash(design.latency_s.p95.mean, number::duration),
            number::or_dash(design.latency_s.p99.mean, number::duration),
            in_time(document, design),
            slo.to_owned(),
        ];
        let cells = cells.into_iter().map(|cell| {
            let cell = Cell::new(cell);
            if is_recommended { cell.add_attribute(Attribute::Bold) } else { cell }
        });
        table.add_row(cells.collect::<Vec<_>>());
    }
    table
}

pub(in crate::report) fn frontier(document: &PlanDocument, look: Look) -> Table {
    let head = format!("frontier of cost and {}", document.asked.latency);
    let mut table = new_table(&[head.as_str(), "$/month", "p50", "p95", "p99", "in time"], look);
    for design in &document.frontier {
        let quantity = &design.latency_s;
        let mut cells = vec![design.name.clone(), number::or_dash(design.cost_per_month_usd.mean, number::dollars)];
        cells.extend(
            [quantity.p50, quantity.p95, quantity.p99].map(|figure| number::or_dash(figure.mean, number::duration)),
        );
        cells.push(in_time(document, design));
        table.add_row(cells);
    }
    table
}

/// The share of requests in time, with as many digits as tell it from what is asked for.
fn in_time(document: &PlanDocument, design: &DesignSummary) -> String {
    let asked = document.asked.attainment.unwrap_or(1.0);
    number::or_dash(design.slo_attainment.mean, |share| number::share_unlike(share, asked))
}

/// What the search took.
pub(in crate::report) fn search(document: &PlanDocument) -> String {
    let search = &document.search;
    let requests = number::scaled(search.simulated_requests as f64);
    let saved = search.saved();
    let times = if saved >= 1.5 {
        format!(", {} times fewer than all designs would take", number::count(saved))
    } else {
        String::new()
    };
    format!(
        "{} designs of {} families; bounds discarded {} without simulating them; {requests} requests in {} runs{times}.",
        number::count(search.designs as f64),
        document.families.len(),
        number::count(search.discarded_by_bounds as f64),
        number::count(search.simulated_replications as f64),
    )
}

fn with_interval(estimate: &Estimate) -> String {
    let figure = number::or_dash(estimate.mean, number::dollars);
    number::interval(estimate).map_or(figure.clone(), |interval| format!("{figure} {interval}"))
}

fn signed(more: &Estimate) -> String {
    number::or_dash(more.mean, |usd| {
        let sign = if usd < 0.0 { "−" } else { "+" };
        format!("{sign}{}", number::dollars(usd.abs()))
    })
}
