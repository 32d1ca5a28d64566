//! What becomes of a plan when what it rests on is not as it was taken to be.

mod growth;
mod sensitivity;

pub use growth::{
    Commitments, GrowthPlan, Hardware, Holding, Late, MonthFigures, Months, Offer, Path, PlanGrowth, Step, plan_growth,
};
pub use sensitivity::{Effect, Factor, Flip, Sensitivity, SensitivityPlan, Setting, sensitivity};
