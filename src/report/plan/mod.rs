//! A plan: the fleet to buy, those that are as good, the frontier, and how sure that is.

mod chart;
mod document;
mod files;
mod folder;
pub(in crate::report) mod foresight;
pub(in crate::report) mod growth;
pub mod headroom;
mod manifest;
pub(in crate::report) mod sensitivity;
pub(in crate::report) mod text;

pub use document::{DesignSummary, PlanDocument};
pub use files::PlanFiles;
pub use folder::{JoinError, PlanFolder, PlanParts, is_unfinished, refuse_unfinished};
pub use foresight::{
    ForesightSummary, InFlightSummary, LeastInstancesSummary, RateSummary, foresight_report, foresight_summary,
};
pub use growth::{
    CommittedSummary, GrowthDocument, LateSummary, PathSummary, StepSummary, growth_chart, growth_report,
};
pub use manifest::PlanManifest;
pub use sensitivity::{
    FlipSummary, SensitivityBase, SensitivityEntry, SettingSummary, sensitivity_base, sensitivity_chart,
    sensitivity_entries, sensitivity_report, sensitivity_rows,
};
pub use text::plan_report;
