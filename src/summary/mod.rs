//! From what was measured to figures with intervals: the document of a run.

mod document;
mod summarize;

pub use document::*;
pub use summarize::{RUN_SCHEMA, summarize};
