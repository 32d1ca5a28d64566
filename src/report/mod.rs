//! What people and programs read: the document of a run, tables, Parquet, CSV and charts.

mod document;

pub use document::*;
