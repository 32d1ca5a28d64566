//! Which fleet is the cheapest, whether it meets the objective, how sure that is, and what to be wary of.

mod caveat;
mod comparison;
mod evidence;
mod examine;
#[cfg(test)]
pub mod fixture;
mod verdict;

pub use caveat::Caveat;
pub use comparison::{Saving, compare};
pub use evidence::Evidence;
pub use examine::{examine_comparison, examine_fleet, thin_quantiles};
pub use verdict::{cheapest, cheapest_meeting, loses_too_many, meets};
