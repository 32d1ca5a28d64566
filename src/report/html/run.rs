//! The page of a run: every fleet's figures, then each fleet with its bill.

use crate::measure::Estimate;
use crate::report::answer::answer;
use crate::report::table::{classes_table, fleets_table, pools_table};
use crate::report::text::{fits, known_to, number_of_jobs, source, traffic};
use crate::report::{job_answer, job_table, number};
use crate::scenario::Slo;
use crate::summary::{CostLine, FleetSummary, RunDocument};
use crate::unit::Span;

use super::LOOK;
use super::assumptions::Assumptions;
use super::page::{Block, Figure, Page, Section};
use super::table::{PageTable, TOTAL};

/// What the page of a run says. The scenario is given as text, every default written out, with the command that makes it again.
#[must_use]
pub fn page_of_run(
    document: &RunDocument,
    slo: Option<&Slo>,
    figures: Vec<Figure>,
    (resolved, command): (&str, &str),
) -> Page {
    let mut answers = Vec::new();
    if !document.fleets.is_empty() || document.jobs.is_empty() {
        answers.push(answer(document, slo));
        answers.extend(fits(document));
    }
    answers.extend(job_answer::answers(document));
    let assumptions = Assumptions::new(&document.scenario, document.precision.as_ref())
        .resting_on(&document.catalog, &document.presets)
        .again(command, resolved);
    Page {
        answer: answers,
        about: about(document),
        warnings: document.warnings.clone(),
        figures,
        sections: sections(document),
        assumptions,
        ..Page::new("run", &document.scenario.name)
    }
}

fn about(document: &RunDocument) -> String {
    let scenario = &document.scenario;
    let source = source(scenario.replications, scenario.seed, &scenario.overrides);
    match document.fleets.is_empty() && !document.jobs.is_empty() {
        true => format!("{}, {source}", number_of_jobs(document)),
        false => {
            let traffic = traffic(&document.traffic.requests, &document.traffic.rate_per_s, scenario.window_s);
            format!("{traffic}, {source}{}", known_to(document.precision.as_ref()))
        }
    }
}

fn sections(document: &RunDocument) -> Vec<Section> {
    let mut sections = Vec::new();
    if !document.fleets.is_empty() {
        let mut blocks = vec![Block::Table(PageTable::of_marked_rows(&fleets_table(document, LOOK).0))];
        let details = [pools_table(document, LOOK), classes_table(document, LOOK)];
        blocks.extend(details.iter().flatten().map(|table| Block::Table(PageTable::of(table))));
        blocks.push(Block::Note(INTERVALS.to_owned()));
        sections.push(Section::new("Fleets", blocks));
    }
    if !document.jobs.is_empty() {
        let tables = job_table::tables(document, LOOK);
        let blocks = tables.iter().map(|table| Block::Table(PageTable::of_marked_rows(table)));
        sections.push(Section::new("Jobs", blocks.collect()));
    }
    if !document.fleets.is_empty() {
        sections.push(Section::new("Bills", vec![Block::Note(BILLS.to_owned())]));
        sections.extend(document.fleets.iter().map(|fleet| of_fleet(fleet, document.scenario.window_s)));
    }
    sections
}

pub(super) const INTERVALS: &str = "Figures are means over the replications; ± is half of the 95% interval, as a share of the figure. Where \
                                    none is written it is narrower than the digits.";
pub(super) const BILLS: &str = "Dollars a month of 720 hours, line by line, with the 95% interval.";

/// A fleet's warnings, then its bill.
fn of_fleet(fleet: &FleetSummary, window_s: f64) -> Section {
    let meets = match fleet.meets_slo {
        Some(true) => ", meets the objective",
        Some(false) => ", misses the objective",
        None => "",
    };
    let mut blocks = vec![Block::Note(format!("{}{meets}", fleet.kind))];
    blocks.extend(fleet.warnings.iter().cloned().map(Block::Warning));
    blocks.push(Block::Table(bill(&fleet.cost.lines, &fleet.cost.per_month_usd, window_s)));
    Section::part(&fleet.name, blocks)
}

/// The lines of a bill of the window, as of a month, with their sum.
pub(super) fn bill(lines: &[CostLine], per_month_usd: &Estimate, window_s: f64) -> PageTable {
    let months = Span::MONTH.seconds() / window_s;
    let of_month = |usd: Option<f64>| usd.map(|usd| usd * months);
    let whole = per_month_usd.mean.filter(|&usd| usd > 0.0);
    let row = |name: &str, usd: &Estimate| {
        let share = whole.zip(usd.mean).map(|(whole, usd)| usd / whole);
        let interval = match (usd.low, usd.high) {
            (Some(low), Some(high)) => format!("{} to {}", number::dollars(low), number::dollars(high)),
            _ => number::NONE.to_owned(),
        };
        let share = number::or_dash(share, |share| match share < 0.0 {
            true => format!("-{}", number::share(-share)),
            false => number::share(share),
        });
        vec![name.to_owned(), number::or_dash(usd.mean, number::dollars), interval, share]
    };
    let rows = lines.iter().map(|line| {
        let usd =
            Estimate { mean: of_month(line.usd.mean), low: of_month(line.usd.low), high: of_month(line.usd.high) };
        row(&line.line.replace('-', " "), &usd)
    });
    let rows = rows.chain([row(TOTAL, per_month_usd)]).collect();
    PageTable::new(&["line", "$/month", "95% interval", "share"], rows)
}
