//! The page of the guide's use cases: whether the guide agrees, then each use case with its fleets.

use crate::report::number;
use crate::report::text::source;
use crate::report::use_cases::text::{fleets, overview, verdict};
use crate::report::use_cases::{UseCaseSummary, UseCasesDocument};

use super::LOOK;
use super::assumptions::Assumptions;
use super::page::{Block, Figure, Page, Section};
use super::table::PageTable;

/// What the page of the use cases says; `scenarios` are those that were simulated, each with its name.
#[must_use]
pub fn use_cases_page(
    document: &UseCasesDocument,
    figures: Vec<Figure>,
    scenarios: Vec<(String, String)>,
    command: &str,
) -> Page {
    let facts = document.use_cases.iter().map(|use_case| {
        let scenario = &use_case.scenario;
        let window = number::round_duration(scenario.window_s);
        (use_case.name.to_owned(), format!("{}, {window}", source(scenario.replications, scenario.seed, &[])))
    });
    let assumptions = Assumptions { command: command.to_owned(), scenarios, ..Assumptions::default() };
    let assumptions =
        Assumptions { facts: facts.collect(), ..assumptions }.resting_on(&document.catalog, &document.presets);
    let (title, answer) = match &document.use_cases[..] {
        [only] => (only.title.clone(), verdict(only)),
        all => (
            "The guide's use cases".to_owned(),
            format!("The guide and the simulation agree in {} of {}.", document.agreeing, all.len()),
        ),
    };
    Page {
        answer: vec![answer],
        about: "what the guide recommends, beside what is simulated".to_owned(),
        warnings: document.warnings.clone(),
        figures,
        sections: sections(document),
        assumptions,
        ..Page::new("use-cases", &title)
    }
}

fn sections(document: &UseCasesDocument) -> Vec<Section> {
    let is_single = document.use_cases.len() == 1;
    let table = Block::Table(PageTable::of(&overview(document, LOOK)));
    std::iter::once(Section::new("Use cases", vec![table]))
        .chain(document.use_cases.iter().map(|use_case| of_use_case(use_case, is_single)))
        .collect()
}

fn of_use_case(use_case: &UseCaseSummary, is_single: bool) -> Section {
    let mut blocks = vec![Block::Note(format!("needs {}; the guide says {}", use_case.need, use_case.guide))];
    if !is_single {
        blocks.push(Block::Words(verdict(use_case)));
    }
    blocks.push(Block::Table(PageTable::of_marked_rows(&fleets(use_case, LOOK))));
    Section::part(use_case.name, blocks)
}
