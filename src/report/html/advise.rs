//! The page and the folder of advice: the guide's rules for the answers, and what was simulated of them.

use std::path::Path;

use crate::advice::Advice;
use crate::report::advise::AdviseDocument;
use crate::report::advise::flowchart::drawn;
use crate::report::advise::text::{
    constraint_words, marked, matrix, matrix_words, questions, quick_reference, simulated_words, stage_rows,
    tally_words,
};
use crate::report::error::Error;
use crate::report::files::{RunCharts, json, write_text};
use crate::report::latency_curve::latency_curves;
use crate::report::movement::movements;
use crate::report::table::fleets_table;

use super::LOOK;
use super::assumptions::Assumptions;
use super::page::{Block, Figure, Page, Section};
use super::run::{BILLS, INTERVALS, bill};
use super::table::PageTable;

/// Advice, as it is written to a folder.
pub struct AdviseFiles<'a> {
    pub advice: &'a Advice,
    pub document: &'a AdviseDocument,
    /// The scenario that was simulated, every default written out; `None` where none was.
    pub resolved: Option<&'a str>,
    /// The command that makes it again.
    pub command: &'a str,
}

impl AdviseFiles<'_> {
    /// Writes every file into an existing folder.
    ///
    /// # Errors
    /// When a file cannot be written.
    pub fn write(&self, folder: &Path) -> Result<(), Error> {
        write_text(&folder.join("advise.json"), &json(self.document)?)?;
        if let Some(resolved) = self.resolved {
            write_text(&folder.join("scenario.toml"), resolved)?;
        }
        let page = advise_page(self.advice, self.document, self.draw(folder)?, (self.resolved, self.command));
        super::keep(&page, folder)
    }

    /// The charts of what was simulated.
    fn draw(&self, folder: &Path) -> Result<Vec<Figure>, Error> {
        let Some(simulated) = &self.advice.simulated else { return Ok(Vec::new()) };
        let trial = &simulated.trial;
        if trial.scenario.traffic.is_empty() {
            return Ok(Vec::new());
        }
        let curves = latency_curves(&trial.scenario, &trial.replications);
        let movements = movements(&trial.scenario, &trial.replications);
        let charts = RunCharts::new(&trial.document, &trial.scenario, (&curves, &movements));
        charts.save(folder)?;
        Ok(charts.figures())
    }
}

/// What the page of advice says, with the scenario that was simulated and the command that makes it again.
#[must_use]
pub fn advise_page(
    advice: &Advice,
    document: &AdviseDocument,
    figures: Vec<Figure>,
    (resolved, command): (Option<&str>, &str),
) -> Page {
    let simulated = document.simulated.as_ref();
    let title = document.observed.as_ref().map_or("Advice", |observed| &observed.scenario);
    let mut assumptions = simulated.map_or_else(Assumptions::default, |simulated| {
        Assumptions::new(&simulated.scenario, None).resting_on(&simulated.catalog, &simulated.presets)
    });
    assumptions.assumed = simulated.map_or(Vec::new(), |simulated| simulated.assumptions.clone());
    let mut assumptions = assumptions.again(command, resolved.unwrap_or_default());
    if resolved.is_none() {
        assumptions.scenarios.clear();
    }
    Page {
        answer: vec![document.because.clone()],
        about: simulated.map_or("the guide's rules alone; nothing was simulated".to_owned(), simulated_words),
        warnings: simulated.map_or(Vec::new(), |simulated| simulated.warnings.clone()),
        figures,
        sections: sections(advice, document),
        assumptions,
        ..Page::new("advise", title)
    }
}

fn sections(advice: &Advice, document: &AdviseDocument) -> Vec<Section> {
    let mut sections = simulated(advice, document);
    sections.push(Section::new("Flowchart", vec![Block::Drawing(drawn(document, LOOK))]));
    let cells = matrix(document, LOOK).map(|table| Block::Table(PageTable::of(&table)));
    let words = matrix_words(document).map(|words| Block::Note(words.to_owned()));
    sections.push(Section::new("Decision matrix", cells.into_iter().chain(words).collect()));
    let mut asked = vec![Block::Table(PageTable::of(&questions(document, LOOK))), Block::Words(tally_words(document))];
    asked.extend(constraint_words(document).map(Block::Words));
    sections.push(Section::new("Ten questions", asked));
    let factors = Block::Table(PageTable::of(&quick_reference(document, LOOK)));
    sections.push(Section::new("Quick reference", vec![factors]));
    if let Some(stage) = &document.stage {
        let rows = stage_rows(stage).into_iter().map(|(workload, plan)| vec![workload.to_owned(), plan.to_owned()]);
        let table = PageTable::new(&["workload", "plan"], rows.collect());
        let title = format!("Stage: {} ({})", stage.name, stage.range);
        sections.push(Section::new(&title, vec![Block::Table(table)]));
    }
    sections
}

/// The fleets that were simulated, and their bills.
fn simulated(advice: &Advice, document: &AdviseDocument) -> Vec<Section> {
    let (Some(simulated), Some(of)) = (&document.simulated, &advice.simulated) else { return Vec::new() };
    let run = marked(simulated, &of.trial.document);
    let table = PageTable::of_marked_rows(&fleets_table(&run, LOOK).0);
    let fleets = vec![Block::Table(table), Block::Note(INTERVALS.to_owned())];
    let mut sections =
        vec![Section::new("Simulated", fleets), Section::new("Bills", vec![Block::Note(BILLS.to_owned())])];
    sections.extend(simulated.fleets.iter().map(|fleet| {
        let of_fleet = of.trial.document.fleets.iter().filter(|summary| summary.name == fleet.name);
        let warnings = of_fleet.flat_map(|summary| summary.warnings.iter().cloned().map(Block::Warning));
        let bill = bill(&fleet.lines, &fleet.cost_per_month_usd, simulated.scenario.window_s);
        let left_out = if fleet.admitted { "" } else { ", left out by the hard constraints" };
        let kind = Block::Note(format!("{}{left_out}", fleet.kind));
        let blocks = std::iter::once(kind).chain(warnings).chain([Block::Table(bill)]);
        Section::part(&fleet.name, blocks.collect())
    }));
    sections
}
