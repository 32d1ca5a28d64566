//! What people and programs read of a matrix.

mod document;
mod files;
mod map;
pub(in crate::report) mod text;

pub use document::*;
pub use files::{matrix_chart, write_matrix};
pub use text::matrix_report;
