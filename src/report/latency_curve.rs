//! The distribution of latency, dense enough to draw its tail: a curve a fleet and class.

use crate::measure::{Quantity, Replication};
use crate::scenario::Scenario;

/// The class that stands for all of them together.
pub const ALL_CLASSES: &str = "all";

/// Quantiles of the latency of a fleet's completed requests, all replications pooled.
#[derive(Clone, Debug, PartialEq)]
pub struct LatencyCurve {
    pub fleet: String,
    /// A class's name, or [`ALL_CLASSES`].
    pub class: String,
    /// Completed requests of the window.
    pub count: u64,
    /// Ascending in both.
    pub points: Vec<CurvePoint>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CurvePoint {
    /// In [0, 1]; 1 is the maximum.
    pub quantile: f64,
    /// `None` when nothing completed.
    pub latency_s: Option<f64>,
}

/// The curves of every fleet: all classes together, then, where there are several, each.
#[must_use]
pub fn latency_curves(scenario: &Scenario, replications: &[Replication]) -> Vec<LatencyCurve> {
    let quantiles = quantiles();
    let mut curves = Vec::new();
    for (index, fleet) in scenario.fleets.iter().enumerate() {
        let by_class: Vec<Quantity> =
            (0..scenario.traffic.len()).map(|class| pooled(replications, index, class)).collect();
        let mut all = Quantity::default();
        by_class.iter().for_each(|latency| all.merge(latency));
        let curve = |class: &str, latency: &Quantity| LatencyCurve {
            fleet: fleet.name.clone(),
            class: class.to_owned(),
            count: latency.count(),
            points: points(latency, &quantiles),
        };
        curves.push(curve(ALL_CLASSES, &all));
        if scenario.traffic.len() > 1 {
            let classes = scenario.traffic.iter().zip(&by_class);
            curves.extend(classes.map(|(class, latency)| curve(&class.name, latency)));
        }
    }
    curves
}

/// The latency of one class in one fleet, over its pools and all replications.
fn pooled(replications: &[Replication], fleet: usize, class: usize) -> Quantity {
    let mut latency = Quantity::default();
    for replication in replications {
        for pool in &replication.fleets[fleet].pools {
            latency.merge(&pool.classes[class].latency);
        }
    }
    latency
}

fn points(latency: &Quantity, quantiles: &[f64]) -> Vec<CurvePoint> {
    let read =
        |&quantile: &f64| CurvePoint { quantile, latency_s: latency.quantile(quantile).map(|span| span.seconds()) };
    quantiles.iter().map(read).collect()
}

/// Every hundredth, then ten steps to each further nine, down to one in a hundred thousand, and the maximum.
fn quantiles() -> Vec<f64> {
    let mut quantiles: Vec<f64> = (0..=99).map(|percent| f64::from(percent) / 100.0).collect();
    for tail in [1_000, 10_000, 100_000] {
        quantiles.extend((1..=9).map(|step| f64::from(tail - 10 + step) / f64::from(tail)));
    }
    quantiles.push(1.0);
    quantiles
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_ascend_from_the_minimum_to_the_maximum() {
        let quantiles = quantiles();
        assert_eq!((quantiles[0], quantiles[quantiles.len() - 1]), (0.0, 1.0));
        assert!(quantiles.windows(2).all(|pair| pair[0] < pair[1]), "{quantiles:?}");
        for named in [0.5, 0.9, 0.95, 0.99, 0.999, 0.9999] {
            assert!(quantiles.contains(&named), "{named} is missing");
        }
    }
}
