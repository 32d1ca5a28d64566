//! The rules of the guide "When to use serverless vs dedicated GPU", as data.

mod use_cases;

pub use use_cases::{Recommended, USE_CASES, UseCase, Way};
