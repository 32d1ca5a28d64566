//! What becomes of a plan when what it rests on is not as it was taken to be.

mod sensitivity;

pub use sensitivity::{Effect, Factor, Flip, Sensitivity, SensitivityPlan, Setting, sensitivity};
