//! A figure over the replications, with its 95 % confidence interval.

use serde::Serialize;

/// A point estimate and its 95 % confidence interval.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Estimate {
    /// `None` where the figure does not exist (a quantile of no requests).
    pub mean: Option<f64>,
    /// `None` with one replication, or where nothing varies between them.
    pub low: Option<f64>,
    pub high: Option<f64>,
}
