//! The page of a plan: what to buy, what is as good, and what a capacity review asks.

use crate::report::plan::headroom::{
    HeadRoomDocument, LOSS_WORDS, losses, month_words, spike_words, spikes, volume_words,
};
use crate::report::plan::text::{asked, certainty, designs, frontier, recommendation, regret_table, search};
use crate::report::plan::{GrowthDocument, PlanDocument, foresight, growth, sensitivity};
use crate::report::text::source;

use super::LOOK;
use super::assumptions::Assumptions;
use super::page::{Block, Figure, Page, Section};
use super::table::PageTable;

const IN_BRACKETS: &str = "[in brackets: misses the objective]";

/// What the page of a plan says; `resolved` is the scenario with the recommended fleet alone, where one is recommended.
#[must_use]
pub fn plan_page(document: &PlanDocument, figures: Vec<Figure>, resolved: Option<&str>, command: &str) -> Page {
    let scenario = &document.scenario;
    let source = source(scenario.replications, scenario.seed, &scenario.overrides);
    let assumptions = Assumptions::new(scenario, None).resting_on(&document.catalog, &document.presets);
    let scenarios = resolved.map(|resolved| {
        ("The scenario with the recommended fleet, every default written out".to_owned(), resolved.to_owned())
    });
    Page {
        answer: vec![recommendation(document), certainty(document)],
        about: format!("{}; figures from {source}", asked(document)),
        warnings: document.warnings.clone(),
        figures,
        sections: sections(document),
        assumptions: Assumptions {
            command: command.to_owned(),
            scenarios: scenarios.into_iter().collect(),
            ..assumptions
        },
        ..Page::new("plan", &scenario.name)
    }
}

fn sections(document: &PlanDocument) -> Vec<Section> {
    let mut sections = vec![Section::new(
        "Designs",
        vec![Block::Table(PageTable::of_marked_rows(&designs(document, LOOK))), Block::Note(search(document))],
    )];
    if document.frontier.len() > 1 {
        let table = PageTable::of(&frontier(document, LOOK));
        sections.push(Section::new("Frontier of cost and latency", vec![Block::Table(table)]));
    }
    let chosen = document.recommendation.as_ref().map(|recommendation| &recommendation.design.cost_per_month_usd);
    let least = foresight::sentences(&document.lower_bound, chosen);
    sections.push(Section::new("What the traffic costs at least", Block::all_words(least)));
    if let Some(base) = &document.sensitivity_base {
        let entries = &document.sensitivity;
        let table = PageTable::of(&sensitivity::table(entries, LOOK));
        let note = format!("Each factor varied alone, with the same random numbers. {IN_BRACKETS}");
        let mut blocks = vec![Block::Table(table), Block::Note(note)];
        blocks.extend(Block::all_words(sensitivity::sentences(base, entries)));
        sections.push(Section::new(&format!("What the cost of {} hangs on", base.chosen), blocks));
    }
    if !document.regret.is_empty() {
        let table = PageTable::of(&regret_table(document, LOOK));
        let blocks = vec![Block::Table(table), Block::Note(IN_BRACKETS.to_owned())];
        sections.push(Section::new("If the forecast is wrong", blocks));
    }
    sections.extend(document.growth.as_ref().map(of_growth));
    sections.extend(document.head_room.as_ref().map(of_room));
    sections
}

fn of_growth(document: &GrowthDocument) -> Section {
    let mut blocks = vec![Block::Note(growth::begins(document))];
    blocks.extend(document.best.iter().map(|best| Block::Table(PageTable::of(&growth::steps(best, LOOK)))));
    blocks.extend(Block::all_words(growth::sentences(document)));
    Section::new(&growth::title(document), blocks)
}

fn of_room(document: &HeadRoomDocument) -> Section {
    let mut blocks = Vec::new();
    blocks.extend(document.volume.iter().map(|volume| Block::Words(format!("Most volume: {}.", volume_words(volume)))));
    if !document.spikes.is_empty() {
        blocks.push(Block::Table(PageTable::of(&spikes(&document.spikes, LOOK))));
        blocks.extend(spike_words(&document.spikes).map(Block::Note));
    }
    if !document.losses.is_empty() {
        blocks.push(Block::Table(PageTable::of(&losses(&document.losses, LOOK))));
        blocks.push(Block::Note(LOSS_WORDS.to_owned()));
    }
    let worst = document.worst_month.iter();
    blocks.extend(worst.map(|worst| Block::Words(format!("Worst month in 20: {}.", month_words(worst)))));
    Section::new("How much room it has", blocks)
}
