//! The guide's advice for a workload beside what is simulated of it: where the rules and the simulation agree, and why not.

mod advise;
mod implied;
mod mistakes;
mod observed;
mod predictability;
mod verdict;

pub use advise::{Advice, AdviseError, Simulated, Source, advise, advise_scenario, rules};
pub use implied::{Implied, Unsaid, implied};
pub use mistakes::{ClaimSummary, MistakeSummary, Side, examine_mistake, scenario_of};
pub use observed::{Observed, observe};
pub use predictability::{Predictability, predictability};
pub use verdict::{Reason, Verdict};
