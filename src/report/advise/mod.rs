//! Advice as people and programs read it: its document, why it is what it is, and the screen.

mod because;
mod document;
mod flowchart;
mod text;

pub use document::{ADVISE_SCHEMA, AdviseDocument};
pub use text::advise_report;
