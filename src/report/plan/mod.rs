//! What a plan rests on, for people and programs.

mod foresight;

pub use foresight::{
    ForesightSummary, InFlightSummary, LeastInstancesSummary, RateSummary, foresight_report, foresight_summary,
};
