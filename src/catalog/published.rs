//! An entry as it is published in JSON.

use serde::Serialize;

use super::Entry;

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
