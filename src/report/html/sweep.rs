//! The page of a sweep: what every fleet costs in every cell.

use crate::report::sweep::files::Made;
use crate::report::sweep::overview::Overview;

use super::LOOK;
use super::assumptions::{Assumptions, Preset, Price};
use super::page::{Block, Figure, Page, Section};
use super::table::PageTable;

/// Rows of the table: more are read in the files.
const MOST_ROWS: usize = 1_000;

/// What the page of a sweep says.
#[must_use]
pub fn sweep_page(overview: &Overview, figures: Vec<Figure>, made: &Made) -> Page {
    let shown = &overview.points[..overview.points.len().min(MOST_ROWS)];
    let mut blocks = vec![Block::Table(PageTable::of(&overview.table(shown, LOOK)))];
    let more = overview.cells - shown.len() as u64;
    if more > 0 {
        blocks.push(Block::Note(format!("{more} more in sweep.parquet")));
    }
    let axes = overview.axes.iter().map(|axis| (axis.path.clone(), axis.values.join(", ")));
    let seed = ("seed".to_owned(), overview.seed.to_string());
    let (prices, presets) = overview.rests_on();
    let assumptions = Assumptions {
        command: made.command.clone(),
        facts: axes.chain([seed, ("replications".to_owned(), overview.replications())]).collect(),
        // What is not of this shape was read of the cells as it is, and is in `sweep.json`.
        prices: prices.iter().filter_map(|price| serde_json::from_value::<Price>(price.clone()).ok()).collect(),
        presets: presets.iter().filter_map(|preset| serde_json::from_value::<Preset>(preset.clone()).ok()).collect(),
        scenarios: made.scenarios.clone(),
        ..Assumptions::default()
    };
    Page {
        answer: std::iter::once(overview.answer()).chain(overview.lowest()).collect(),
        about: overview.source(),
        warnings: overview.warning_words().into_iter().collect(),
        figures,
        sections: vec![Section::new("Dollars a month in every cell", blocks)],
        assumptions,
        ..Page::new("sweep", &overview.name)
    }
}
