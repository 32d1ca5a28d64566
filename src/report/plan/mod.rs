//! What a plan hangs on, for people and programs.

mod growth;
mod sensitivity;

pub use growth::{
    CommittedSummary, GrowthDocument, LateSummary, PathSummary, StepSummary, growth_chart, growth_report,
};
pub use sensitivity::{
    FlipSummary, SensitivityBase, SensitivityEntry, SettingSummary, sensitivity_base, sensitivity_chart,
    sensitivity_entries, sensitivity_report, sensitivity_rows,
};
