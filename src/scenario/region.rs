//! The regions that a dedicated fleet is spread over.

use crate::unit::{Price, Span};

/// Instances in one place, with the traffic that is nearest to it.
#[derive(Clone, Debug, PartialEq)]
pub struct Region {
    pub name: String,
    /// In 1..=[`super::MOST_INSTANCES`].
    pub instances: u32,
    /// Per instance.
    pub price: Price,
    /// Added to the latency of every request that is served here and comes from here: a round trip.
    pub network: Span,
    pub nearest: Nearest,
    /// How much later than at the scenario's clock the day of its traffic is; less than 24 h.
    pub phase: Span,
}

/// The requests whose nearest region it is.
#[derive(Clone, Debug, PartialEq)]
pub enum Nearest {
    /// This share of every class, in [0, 1].
    Share(f64),
    /// All of these classes.
    Classes(Vec<String>),
}
