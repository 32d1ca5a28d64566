//! What people and programs read of the guide's mistakes.

mod because;
mod document;
mod text;

pub use document::*;
pub use text::mistakes_report;
