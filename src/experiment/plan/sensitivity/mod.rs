//! How the cost of a chosen design, and the choice itself, hang on what they rest on: each factor is varied alone, by a share of
//! itself, and every candidate is simulated again from the same random numbers. Prices need no simulation: what was used is billed
//! again.

mod factor;
mod field;
mod standing;
mod threshold;
mod tornado;

use std::ops::Range;

use rayon::prelude::*;

use crate::experiment::Watch;
use crate::scenario::Scenario;
use crate::trace::TraceError;

pub use factor::Factor;
pub use threshold::Flip;
pub use tornado::{Effect, Setting};

use field::Field;

/// What is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SensitivityPlan {
    /// The design that is kept, by its index among the scenario's fleets.
    pub chosen: usize,
    /// At least one; two to four are enough where a month has many requests.
    pub replications: Range<u32>,
    /// Whether a choice that does not change between a factor's ends is looked for beyond them, up to the factor's wide ends.
    pub thorough: bool,
}

/// What the cost and the choice hang on.
#[derive(Clone, Debug, PartialEq)]
pub struct Sensitivity {
    /// The design that is kept, by its index.
    pub chosen: usize,
    /// How many each figure rests on.
    pub replications: u32,
    /// With every factor as it is. By these few replications the cheapest may be a close rival of the chosen design.
    pub base: Setting,
    /// The largest swing of the chosen design's cost first.
    pub effects: Vec<Effect>,
}

/// Varies every factor that the scenario has, alone, and looks for where the choice among its fleets changes. The fleets are the
/// candidates, each with a number in every pool; their names may repeat.
///
/// # Errors
/// When a trace cannot be read.
pub fn sensitivity(scenario: &Scenario, plan: &SensitivityPlan, watch: &dyn Watch) -> Result<Sensitivity, TraceError> {
    let field = Field::new(scenario, plan.replications.clone(), watch)?;
    let base = Setting::new(1.0, field.base(), &field, plan.chosen);
    let effect = |&factor: &Factor| tornado::effect(&field, factor, plan);
    let mut effects: Vec<Effect> = Factor::of(scenario).par_iter().map(effect).collect::<Result<_, TraceError>>()?;
    // Stable: equal swings stay in the order of the factors, those that change the choice first.
    effects.sort_by(|one, other| {
        let swings = other.swing_usd_per_month().total_cmp(&one.swing_usd_per_month());
        swings.then(one.flips.is_empty().cmp(&other.flips.is_empty()))
    });
    Ok(Sensitivity { chosen: plan.chosen, replications: plan.replications.len() as u32, base, effects })
}

#[cfg(test)]
mod tests;
