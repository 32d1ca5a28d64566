//! What people and programs read of the guide's companies.

mod document;
mod files;
mod text;

pub use document::{GrowthSummary, STAGES_SCHEMA, StageSummary, StagesDocument};
pub use files::write_stages;
pub use text::stages_report;
