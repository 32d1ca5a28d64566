//! What a comparison keeps of every replication of a fleet: enough for paired intervals, and no more than fits into a table.

use std::borrow::Cow;

use crate::bill;
use crate::measure::{Estimate, PoolOutcome, PooledQuantity, Replication};
use crate::scenario::Scenario;
use crate::unit::Span;

use super::{Figure, months};

/// The figures of a fleet by replication, all of one length.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Samples {
    /// Dollars a month.
    pub costs: Vec<f64>,
    /// Requests, however often each was tried.
    pub first_tries: Vec<u64>,
    pub completed: Vec<u64>,
    /// Completed within the objective's latency.
    pub good: Vec<u64>,
    pub cold: Vec<u64>,
    /// Of latency, by [`Samples::QUANTILES`].
    pub quantiles: [QuantileSamples; 3],
}

/// A quantile of the latencies of all replications, in seconds.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct QuantileSamples {
    /// Of all replications together.
    pub pooled: Option<f64>,
    /// By replication: of all the others together.
    pub without: Vec<Option<f64>>,
}

impl Samples {
    /// The quantiles that are compared, by the names that people give them.
    pub const QUANTILES: [(&'static str, f64); 3] = [("p50", 0.5), ("p95", 0.95), ("p99", 0.99)];

    /// Of a fleet of a scenario, from the replications that were made of it.
    #[must_use]
    pub fn of(scenario: &Scenario, fleet: usize, replications: &[Replication]) -> Samples {
        let window = scenario.window();
        let months = months(window.seconds());
        let wholes: Vec<Cow<PoolOutcome>> = replications.iter().map(|made| made.fleets[fleet].together()).collect();
        let counts: Vec<_> = wholes.iter().map(|whole| whole.requests()).collect();
        let latency = PooledQuantity::new(wholes.iter().map(|whole| whole.latency()).collect());
        let bill = |made: &Replication| bill::of_fleet(&scenario.fleets[fleet], &made.fleets[fleet], window);
        Samples {
            costs: replications.iter().map(|made| bill(made).total().dollars() * months).collect(),
            first_tries: counts.iter().map(|counts| counts.first_tries()).collect(),
            completed: counts.iter().map(|counts| counts.completed).collect(),
            good: counts.iter().map(|counts| counts.good).collect(),
            cold: counts.iter().map(|counts| counts.cold).collect(),
            quantiles: Samples::QUANTILES.map(|(_, q)| QuantileSamples {
                pooled: latency.pool().quantile(q).map(Span::seconds),
                without: latency.quantiles_without_s(q),
            }),
        }
    }

    #[must_use]
    pub fn replications(&self) -> usize {
        self.costs.len()
    }

    /// A figure with its own interval, the same as the document of the run has.
    #[must_use]
    pub fn estimate(&self, figure: Figure) -> Estimate {
        match figure {
            Figure::CostPerMonth => Estimate::of_mean(self.costs.iter().copied()),
            _ => {
                let jackknife = self.jackknife(figure);
                Estimate::of_jackknife(jackknife.pooled, jackknife.without)
            }
        }
    }

    /// A figure of all replications, and of all but each.
    pub(super) fn jackknife(&self, figure: Figure) -> QuantileSamples {
        match figure {
            Figure::CostPerMonth => means(&self.costs),
            Figure::P50 => self.quantiles[0].clone(),
            Figure::P95 => self.quantiles[1].clone(),
            Figure::P99 => self.quantiles[2].clone(),
            Figure::Attainment => ratios(&self.good, &self.first_tries),
            Figure::ColdRatio => ratios(&self.cold, &self.completed),
        }
    }
}

fn means(values: &[f64]) -> QuantileSamples {
    let (sum, count) = (values.iter().sum::<f64>(), values.len());
    let mean = |sum: f64, count: usize| (count > 0).then(|| sum / count as f64);
    QuantileSamples {
        pooled: mean(sum, count),
        without: values.iter().map(|value| mean(sum - value, count - 1)).collect(),
    }
}

fn ratios(parts: &[u64], wholes: &[u64]) -> QuantileSamples {
    let (part, whole): (u64, u64) = (parts.iter().sum(), wholes.iter().sum());
    let ratio = |part: u64, whole: u64| (whole > 0).then(|| part as f64 / whole as f64);
    let rest = parts.iter().zip(wholes).map(|(left_out, of)| ratio(part - left_out, whole - of));
    QuantileSamples { pooled: ratio(part, whole), without: rest.collect() }
}
