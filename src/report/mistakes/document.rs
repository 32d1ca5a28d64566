//! The document of the mistakes: the shape of `mistakes.json`.

use serde::Serialize;

use super::because::because;
use crate::advice::MistakeSummary;

/// The schema that the document keeps to: `docs/schema/mistakes.schema.json`.
pub const MISTAKES_SCHEMA: &str = "breakeven.mistakes/1";

/// `breakeven.mistakes/1`.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct MistakesDocument {
    pub schema: &'static str,
    pub version: &'static str,
    /// In the guide's order.
    pub mistakes: Vec<ExplainedMistake>,
}

/// A mistake, and in words what decides it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ExplainedMistake {
    #[serde(flatten)]
    pub summary: MistakeSummary,
    pub because: String,
}

impl MistakesDocument {
    #[must_use]
    pub fn new(mistakes: Vec<MistakeSummary>) -> MistakesDocument {
        let explained = |summary: MistakeSummary| ExplainedMistake { because: because(&summary), summary };
        MistakesDocument {
            schema: MISTAKES_SCHEMA,
            version: env!("CARGO_PKG_VERSION"),
            mistakes: mistakes.into_iter().map(explained).collect(),
        }
    }
}
