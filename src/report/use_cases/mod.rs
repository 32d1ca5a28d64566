//! What people and programs read of the guide's use cases.

mod because;
mod document;
mod files;
pub(in crate::report) mod text;

pub(super) use because::need;
pub(super) use document::distinct;
pub use document::{USE_CASES_SCHEMA, UseCaseFleet, UseCaseSummary, UseCasesDocument};
pub use files::write_use_cases;
pub use text::use_cases_report;
