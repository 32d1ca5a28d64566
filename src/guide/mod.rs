//! The guide "When to use serverless vs dedicated GPU": its rules and its arithmetic as pure functions.

pub mod mistakes;

pub use mistakes::{Claim, Figure, Mistake};
