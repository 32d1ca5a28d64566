//! The same traffic, more or less of it: what a curve over volumes is made of.

use super::{Distribution, Source, TrafficClass};

impl TrafficClass {
    /// The class with its volume multiplied, at least zero. Its shape and its bursts stay as long and as deep as they are.
    #[must_use]
    pub fn with_volume(&self, factor: f64) -> TrafficClass {
        let mut class = self.clone();
        match &mut class.source {
            Source::Synthetic { rate, .. } => *rate = rate.scaled(factor),
            Source::Trace(_) => {}
        }
        class
    }
}

impl Distribution {
    /// The mean, in seconds.
    #[must_use]
    pub fn mean_s(&self) -> f64 {
        match self {
            Distribution::Constant(value) => value.seconds(),
            Distribution::Exponential { mean }
            | Distribution::LogNormal { mean, .. }
            | Distribution::Gamma { mean, .. }
            | Distribution::Weibull { mean, .. }
            | Distribution::Pareto { mean, .. } => mean.seconds(),
            Distribution::Uniform { low, high } => f64::midpoint(low.seconds(), high.seconds()),
            Distribution::Empirical { values, .. } => {
                values.iter().map(|value| value.seconds()).sum::<f64>() / values.len().max(1) as f64
            }
            Distribution::Phases(phases) => phases.iter().map(Distribution::mean_s).sum(),
        }
    }
}
