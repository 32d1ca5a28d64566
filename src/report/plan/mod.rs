//! A plan: the fleet to buy, those that are as good, the frontier, and how sure that is.

mod chart;
mod document;
mod files;
mod folder;
mod foresight;
mod manifest;
mod text;

pub use document::{DesignSummary, PlanDocument};
pub use files::PlanFiles;
pub use folder::{JoinError, PlanFolder, PlanParts, is_unfinished, refuse_unfinished};
pub use foresight::{
    ForesightSummary, InFlightSummary, LeastInstancesSummary, RateSummary, foresight_report, foresight_summary,
};
pub use manifest::PlanManifest;
pub use text::plan_report;
