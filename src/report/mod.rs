//! What people and programs read: the document of a run, tables, Parquet, CSV and charts.

mod document;
mod summarize;

pub use document::*;
pub use summarize::{RUN_SCHEMA, summarize};
