//! Which fleet is the cheapest, whether it meets the objective, how sure that is, and what to be wary of.

mod caveat;
mod certainty;
mod comparison;
pub mod erlang;
mod evidence;
mod examine;
mod explanation;
#[cfg(test)]
pub mod fixture;
mod formula;
mod held;
pub mod mix;
mod pool_cost;
mod verdict;

pub use caveat::Caveat;
pub use certainty::surely_meets;
pub use comparison::{Saving, compare, paired};
pub use evidence::Evidence;
pub use examine::{examine_comparison, examine_fleet, thin_quantiles};
pub use explanation::{Explanation, Overhead, explain};
pub use formula::{FormulaCost, FormulaTraffic, formula_break_even, formula_utilization};
pub use verdict::{LOST_ONE_IN, cheapest, cheapest_meeting, loses_too_many, meets};
