//! What the guide says of a question, beside what is simulated of it: where they agree, and why not.

mod advise;
mod growth;
mod implied;
mod mistakes;
mod observed;
mod predictability;
mod stages;
mod standing;
mod use_cases;
mod verdict;

pub use advise::{Advice, AdviseError, Simulated, Source, advise, advise_scenario, rules};
pub use growth::{Growth, Month, MonthOfFleet, Move, Path, grown, growth_paths};
pub use implied::{Implied, Unsaid, implied};
pub use mistakes::{ClaimSummary, MistakeSummary, Side, examine_mistake, scenario_of};
pub use observed::{Observed, observe};
pub use predictability::{Predictability, predictability};
pub use stages::{Plan, PlanCost, StageStudy, WorkloadStudy, plan_costs, study_stage};
pub use standing::{Standing, standings};
pub use use_cases::{Deciding, Finding, Study, agrees, judge, study};
pub use verdict::{Reason, Verdict};
