//! What people and programs read of two scenarios side by side, and the folders of finished runs, read again.

mod document;
mod files;
mod finished;
mod text;

pub use document::{COMPARE_SCHEMA, CompareDocument, CompareSide, Compared, FigureChange, FleetComparison};
pub use files::write_compare;
pub use finished::{FinishedRun, NotARun};
pub use text::compare_report;
