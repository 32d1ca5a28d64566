//! The guide "When to use serverless vs dedicated GPU" as rules that can be computed: pure data and functions, nothing simulated.
//! Where it draws a line ("< 30 %", "> 50 %") a figure exactly on the line is on neither side, unless a file here says otherwise.

mod answers;
mod break_even;
mod flowchart;
mod matrix;
pub mod mistakes;
mod portfolios;
mod questions;
mod quick_reference;
mod stages;
mod use_cases;

pub use answers::{Answers, Budget, Compliance, Control, DevOps, Expertise, Growth};
pub use break_even::break_even_requests;
pub use flowchart::{Branch, Choice, Flowchart, LATENCY_CRITICAL, Path, Step};
pub use matrix::{GuideVerdict, HIGH_UTILIZATION, LONG, LOW_UTILIZATION, SHORT, guide};
pub use mistakes::{Claim, Figure, Mistake};
pub use portfolios::{PORTFOLIOS, Portfolio, Workload};
pub use questions::{Favours, Question, SUB_SECOND, Topic};
pub use quick_reference::{Column, Factor, QUICK_REFERENCE};
pub use stages::{GROWTH_FROM, GROWTH_TO, Plan, Stage};
pub use use_cases::{Recommended, USE_CASES, UseCase, Way};
