//! The regions that a dedicated fleet is spread over.

use crate::unit::{Price, Span};

/// Instances in one place, with the traffic that is nearest to it.
#[derive(Clone, Debug, PartialEq)]
pub struct Region {
    pub name: String,
    /// In 1..=[`super::MOST_INSTANCES`].
    pub instances: u32,
    /// Per instance; of a commitment, before the discount.
    pub price: Price,
    /// The round trip between it and the clients that are nearest to it.
    pub network: Span,
    pub nearest: Nearest,
}

/// The requests whose nearest region it is.
#[derive(Clone, Debug, PartialEq)]
pub enum Nearest {
    /// This share of every class, in [0, 1].
    Share(f64),
    /// All of these classes.
    Classes(Vec<String>),
}
