//! TOML files as their writers see them: every value knows where it was written, and every mistake has its place and its mend.

pub(crate) mod place;
pub(crate) mod problem;
pub(crate) mod tree;

pub use problem::{Problem, Problems};
