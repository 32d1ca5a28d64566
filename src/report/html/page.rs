//! What a report says, before it is HTML: the shape of `report.json`, from which a finished folder's page is made again.

use serde::{Deserialize, Serialize};

use crate::report::chart::{Chart, ChartData};

use super::assumptions::Assumptions;
use super::table::PageTable;

/// The schema of `report.json`.
pub const REPORT_SCHEMA: &str = "breakeven.report/1";

/// A page.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Page {
    pub schema: String,
    pub version: String,
    /// The subcommand: `run`.
    pub of: String,
    /// The scenario's name, or what else the page is about.
    pub title: String,
    /// The answer, the same as at the terminal: the first thing on the page.
    pub answer: Vec<String>,
    /// What it rests on, in a sentence.
    pub about: String,
    /// Those of no single fleet.
    pub warnings: Vec<String>,
    pub figures: Vec<Figure>,
    pub sections: Vec<Section>,
    pub assumptions: Assumptions,
}

/// A chart of the folder.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Figure {
    /// The stem of its files.
    pub name: String,
    /// What it shows, for those who do not see it.
    pub alt: String,
    pub data: ChartData,
}

/// A part with a heading.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Section {
    pub title: String,
    /// Whether it belongs to the section before.
    pub is_part: bool,
    pub blocks: Vec<Block>,
}

/// A paragraph or a table.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Block {
    Words(String),
    /// Words that explain.
    Note(String),
    Warning(String),
    Table(PageTable),
    /// Signs in columns.
    Drawing(String),
}

impl Page {
    /// With nothing in it but what it is of.
    #[must_use]
    pub fn new(of: &str, title: &str) -> Page {
        Page {
            schema: REPORT_SCHEMA.to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            of: of.to_owned(),
            title: title.to_owned(),
            ..Page::default()
        }
    }
}

impl Figure {
    /// Of a chart whose picture is kept apart.
    #[must_use]
    pub fn new(chart: &impl Chart, alt: &str) -> Figure {
        Figure { name: chart.name().to_owned(), alt: alt.to_owned(), data: chart.data() }
    }
}

impl Section {
    #[must_use]
    pub fn new(title: &str, blocks: Vec<Block>) -> Section {
        Section { title: title.to_owned(), is_part: false, blocks }
    }

    /// Under the section before.
    #[must_use]
    pub fn part(title: &str, blocks: Vec<Block>) -> Section {
        Section { is_part: true, ..Section::new(title, blocks) }
    }
}

impl Block {
    /// Words, each a paragraph.
    pub fn all_words(words: impl IntoIterator<Item = String>) -> Vec<Block> {
        words.into_iter().map(Block::Words).collect()
    }
}
