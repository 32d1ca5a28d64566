//! What people and programs read of a curve.

mod document;
mod files;
pub(in crate::report) mod text;

pub use document::*;
pub use files::CurveFiles;
pub use text::{answer as curve_answer, curve_report};
