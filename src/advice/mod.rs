//! What the guide says of a question, beside what is simulated of it.

mod growth;
mod stages;
mod standing;
mod use_cases;

pub use growth::{Growth, Month, MonthOfFleet, Move, Path, grown, growth_paths};
pub use stages::{Plan, PlanCost, StageStudy, WorkloadStudy, plan_costs, study_stage};
pub use standing::{Standing, standings};
pub use use_cases::{Deciding, Finding, Study, agrees, judge, study};
