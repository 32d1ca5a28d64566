//! The rules of the guide "When to use serverless vs dedicated GPU", as data.

mod portfolios;
mod use_cases;

pub use portfolios::{PORTFOLIOS, Portfolio, Workload};
pub use use_cases::{Recommended, USE_CASES, UseCase, Way};
