//! What a plan hangs on, for people and programs.

mod sensitivity;

pub use sensitivity::{
    FlipSummary, SensitivityBase, SensitivityEntry, SettingSummary, sensitivity_base, sensitivity_chart,
    sensitivity_entries, sensitivity_report, sensitivity_rows,
};
