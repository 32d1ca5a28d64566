//! Advice as people and programs read it: its document, why it is what it is, and the screen.

mod because;
mod document;
pub(in crate::report) mod flowchart;
pub(in crate::report) mod text;

pub use document::{ADVISE_SCHEMA, AdviseDocument};
pub use text::advise_report;
