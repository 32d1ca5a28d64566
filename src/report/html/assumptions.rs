//! What the figures rest on: the scenario with every default, prices and presets with their sources, and how to get them again.

use std::fmt::Write as _;

use serde::{Deserialize, Serialize};

use crate::catalog::{PublishedEntry, PublishedPreset};
use crate::report::number;
use crate::summary::{PrecisionSummary, ScenarioSummary};

use super::escape::{escape, with_links};
use super::table::PageTable;

/// What the figures of a page rest on.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Assumptions {
    /// The command that makes them again.
    pub command: String,
    /// Names and values: the seed, replications and so on.
    pub facts: Vec<(String, String)>,
    /// What was taken for granted that nobody said.
    pub assumed: Vec<String>,
    /// The catalogue's, each with its source.
    pub prices: Vec<Price>,
    pub presets: Vec<Preset>,
    /// What each is, and its text.
    pub scenarios: Vec<(String, String)>,
}

impl Assumptions {
    /// Of one scenario.
    #[must_use]
    pub fn new(scenario: &ScenarioSummary, precision: Option<&PrecisionSummary>) -> Assumptions {
        let mut facts = vec![
            ("scenario".to_owned(), scenario.name.clone()),
            ("SHA-256 of its file".to_owned(), scenario.sha256.clone()),
            ("seed".to_owned(), scenario.seed.to_string()),
            ("replications".to_owned(), scenario.replications.to_string()),
            ("measured window".to_owned(), number::round_duration(scenario.window_s)),
        ];
        if !scenario.overrides.is_empty() {
            facts.push(("changed by the command line".to_owned(), scenario.overrides.join(" ")));
        }
        if let Some(PrecisionSummary { of, asked, reached }) = precision {
            let words = format!("{of} known to {}, asked for {}", number::share(*reached), number::share(*asked));
            facts.push(("precision".to_owned(), words));
        }
        Assumptions { facts, ..Assumptions::default() }
    }

    /// With the prices and presets that it rests on.
    #[must_use]
    pub fn resting_on(mut self, catalog: &[PublishedEntry], presets: &[PublishedPreset]) -> Assumptions {
        self.prices = catalog.iter().map(Price::from).collect();
        self.presets = presets.iter().map(Preset::from).collect();
        self
    }

    /// With the command, and the scenario as text.
    #[must_use]
    pub fn again(mut self, command: &str, scenario: &str) -> Assumptions {
        command.clone_into(&mut self.command);
        self.scenarios = vec![("The scenario, every default written out".to_owned(), scenario.to_owned())];
        self
    }

    pub(super) fn html(&self, version: &str) -> String {
        let mut html = String::from("<section id=\"assumptions\">\n<h2>What this rests on</h2>\n");
        if !self.command.is_empty() {
            let _ = writeln!(html, "<p>To make it again:</p>\n<pre><code>{}</code></pre>", escape(&self.command));
        }
        html.push_str("<dl>\n");
        let version = ("breakeven".to_owned(), version.to_owned());
        for (name, value) in std::iter::once(&version).chain(&self.facts) {
            let _ = writeln!(html, "<div><dt>{}</dt><dd>{}</dd></div>", escape(name), escape(value));
        }
        html.push_str("</dl>\n");
        if !self.assumed.is_empty() {
            html.push_str("<h3>Assumed</h3>\n<ul>\n");
            for words in &self.assumed {
                let _ = writeln!(html, "<li>{}</li>", with_links(words));
            }
            html.push_str("</ul>\n");
        }
        if !self.prices.is_empty() {
            let heads = ["price of", "product", "region", "price", "as of", "certainty", "source"];
            let _ = write!(
                html,
                "<h3>Prices of the catalogue</h3>\n{}",
                PageTable::new(&heads, self.prices.iter().map(Price::cells).collect()).html()
            );
        }
        if !self.presets.is_empty() {
            let heads = ["preset", "as of", "certainty", "source", "note"];
            let _ = write!(
                html,
                "<h3>Presets</h3>\n{}",
                PageTable::new(&heads, self.presets.iter().map(Preset::cells).collect()).html()
            );
        }
        for (title, text) in &self.scenarios {
            let (title, text) = (escape(title), escape(text));
            let _ = writeln!(html, "<details><summary>{title}</summary>\n<pre><code>{text}</code></pre></details>");
        }
        html.push_str("</section>\n");
        html
    }
}

/// A price of the catalogue.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Price {
    provider: String,
    gpu: String,
    #[serde(default)]
    variant: Option<String>,
    product: String,
    region: String,
    price: String,
    #[serde(default)]
    condition: Option<String>,
    as_of: String,
    certainty: String,
    source: String,
}

/// A preset of the catalogue.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Preset {
    name: String,
    as_of: String,
    certainty: String,
    source: String,
    note: String,
}

impl Price {
    fn cells(&self) -> Vec<String> {
        let Price { provider, gpu, variant, product, region, price, condition, as_of, certainty, source } = self;
        let variant = variant.as_ref().map(|variant| format!("-{variant}")).unwrap_or_default();
        let condition = condition.as_ref().map(|condition| format!(" ({condition})")).unwrap_or_default();
        let cells = [product, region, &format!("{price}{condition}"), as_of, certainty, source];
        std::iter::once(format!("{provider} {gpu}{variant}")).chain(cells.into_iter().cloned()).collect()
    }
}

impl Preset {
    fn cells(&self) -> Vec<String> {
        let Preset { name, as_of, certainty, source, note } = self;
        [name, as_of, certainty, source, note].into_iter().cloned().collect()
    }
}

impl From<&PublishedEntry> for Price {
    fn from(entry: &PublishedEntry) -> Price {
        Price {
            provider: entry.provider.clone(),
            gpu: entry.gpu.clone(),
            variant: entry.variant.clone(),
            product: entry.product.clone(),
            region: entry.region.clone(),
            price: entry.price.clone(),
            condition: entry.condition.clone(),
            as_of: entry.as_of.clone(),
            certainty: entry.certainty.to_owned(),
            source: entry.source.clone(),
        }
    }
}

impl From<&PublishedPreset> for Preset {
    fn from(preset: &PublishedPreset) -> Preset {
        Preset {
            name: preset.name.to_owned(),
            as_of: preset.as_of.clone(),
            certainty: preset.certainty.to_owned(),
            source: preset.source.clone(),
            note: preset.note.clone(),
        }
    }
}
