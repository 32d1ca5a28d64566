//! The scenario: a TOML file, checked, with every quantity in its unit.

mod model;

pub use model::*;
