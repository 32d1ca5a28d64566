//! An entry and a preset as they are published in JSON.

use serde::Serialize;
use serde_json::{Map, Value};

use crate::toml::tree::{Content, Node};

use super::{Catalog, Entry, Preset};

/// One entry of `breakeven catalog --json`, and one that a result rests on.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PublishedEntry {
    pub provider: String,
    pub product: String,
    /// The family.
    pub gpu: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub variant: Option<String>,
    /// `serverless`, `dedicated` or `spot`.
    pub kind: &'static str,
    pub region: String,
    /// As the source has it: `$0.001097/s`.
    pub price: String,
    /// To a nano-dollar.
    pub price_per_hour_usd: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub condition: Option<String>,
    /// `2026-07-01`.
    pub as_of: String,
    pub source: String,
    /// `documented`, `code`, `secondary`, `inferred` or `recalled`.
    pub certainty: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

impl From<&Entry> for PublishedEntry {
    fn from(entry: &Entry) -> PublishedEntry {
        PublishedEntry {
            provider: entry.provider.clone(),
            product: entry.product.clone(),
            gpu: entry.gpu.clone(),
            variant: entry.variant.clone(),
            kind: entry.kind.name(),
            region: entry.region.clone(),
            price: entry.price.to_string(),
            price_per_hour_usd: entry.price.of_an_hour().dollars(),
            condition: entry.condition.clone(),
            as_of: entry.as_of.to_string(),
            source: entry.source.clone(),
            certainty: entry.certainty.name(),
            note: entry.note.clone(),
        }
    }
}

/// A preset that a result rests on.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PublishedPreset {
    pub name: &'static str,
    pub source: String,
    /// `2026-07-01`.
    pub as_of: String,
    /// `documented`, `code`, `secondary`, `inferred` or `recalled`.
    pub certainty: &'static str,
    /// What is inferred, assumed or simplified.
    pub note: String,
}

impl From<&Preset> for PublishedPreset {
    fn from(preset: &Preset) -> PublishedPreset {
        PublishedPreset {
            name: preset.name,
            source: preset.source.clone(),
            as_of: preset.as_of.to_string(),
            certainty: preset.certainty.name(),
            note: preset.note.clone(),
        }
    }
}

/// One preset of `breakeven catalog --presets --json`.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ListedPreset {
    #[serde(flatten)]
    pub preset: PublishedPreset,
    /// The families of the GPUs that have a price.
    pub gpus: Vec<String>,
    /// As a scenario writes them.
    pub keys: Map<String, Value>,
    /// The same as text, in their order: `keep_alive = "60s"`.
    #[serde(skip)]
    pub written: Vec<String>,
}

impl ListedPreset {
    /// With the GPUs that the catalogue has a price for.
    #[must_use]
    pub fn new(preset: &Preset, catalog: &Catalog) -> ListedPreset {
        let entries = preset.keys(0).entries;
        let written = entries.iter().map(|entry| format!("{} = {}", entry.key, toml(&entry.value))).collect();
        let keys = entries.into_iter().map(|entry| (entry.key, json(entry.value)));
        ListedPreset {
            preset: PublishedPreset::from(preset),
            gpus: catalog.gpus(|entry| preset.prices.include(entry)).into_iter().map(str::to_owned).collect(),
            keys: keys.collect(),
            written,
        }
    }
}

fn json(node: Node) -> Value {
    match node.content {
        Content::Text(text) | Content::Moment(text) => Value::from(text),
        Content::Integer(number) => Value::from(number),
        Content::Float(number) => Value::from(number),
        Content::Flag(flag) => Value::from(flag),
        Content::List(nodes) => nodes.into_iter().map(json).collect(),
        Content::Table(table) => table.entries.into_iter().map(|entry| (entry.key, json(entry.value))).collect(),
    }
}

/// A value on one line.
fn toml(node: &Node) -> String {
    match &node.content {
        Content::Text(text) => format!("\"{text}\""),
        Content::Moment(text) => text.clone(),
        Content::Integer(number) => number.to_string(),
        Content::Float(number) => format!("{number:?}"),
        Content::Flag(flag) => flag.to_string(),
        Content::List(nodes) => format!("[{}]", nodes.iter().map(toml).collect::<Vec<_>>().join(", ")),
        Content::Table(table) => {
            let keys = table.entries.iter().map(|entry| format!("{} = {}", entry.key, toml(&entry.value)));
            format!("{{ {} }}", keys.collect::<Vec<_>>().join(", "))
        }
    }
}
