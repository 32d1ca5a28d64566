//! What the guide says beside what is simulated: its claims held against scenarios of their own.

mod mistakes;

pub use mistakes::{ClaimSummary, MistakeSummary, Side, examine_mistake, scenario_of};
