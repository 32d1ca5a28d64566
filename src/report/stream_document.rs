//! The document of `traffic`: what a scenario's stream of requests is like before any fleet serves it.

use serde::Serialize;

use crate::measure::{Estimate, Quantity, StreamOutcome};
use crate::scenario::Scenario;
use crate::unit::Span;

use super::document::{ScenarioSummary, TrafficSummary};

/// `breakeven.traffic/1`.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct StreamDocument {
    pub schema: &'static str,
    pub version: &'static str,
    pub scenario: ScenarioSummary,
    pub traffic: TrafficSummary,
    /// Service time that arrives / time: the mean number of requests in service where none has to wait.
    pub offered_load: Estimate,
    pub classes: Vec<StreamClass>,
    /// By the length of the bins, ascending.
    pub dispersion: Vec<DispersionSummary>,
    pub warnings: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct StreamClass {
    pub name: String,
    pub requests: Estimate,
    pub rate_per_s: Estimate,
    pub service_s: ServiceSummary,
}

/// Seconds; quantiles of all replications together.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct ServiceSummary {
    pub mean: Estimate,
    pub p50: Option<f64>,
    pub p95: Option<f64>,
    pub p99: Option<f64>,
    pub max: Option<f64>,
}

/// Arrivals counted in bins of one length.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct DispersionSummary {
    pub bin_s: f64,
    /// Variance / mean of the counts: 1 for a Poisson process of constant rate, more for a varying or bursty one.
    pub variance_over_mean: Estimate,
    /// The rate in the fullest bin.
    pub greatest_rate_per_s: Estimate,
}

/// Makes the document.
#[must_use]
pub fn summarize_stream(
    scenario: &Scenario,
    sha256: &str,
    overrides: &[String],
    warnings: &[String],
    replications: &[StreamOutcome],
) -> StreamDocument {
    let window = scenario.window();
    let mean = |read: &dyn Fn(&StreamOutcome) -> f64| Estimate::of_mean(replications.iter().map(read));
    let requests = mean(&|stream| stream.service.iter().map(Quantity::count).sum::<u64>() as f64);
    let load =
        mean(&|stream| stream.service.iter().map(|service| service.sum).sum::<u128>() as f64 / window.nanos() as f64);
    let classes = scenario.traffic.iter().enumerate();
    StreamDocument {
        schema: "breakeven.traffic/1",
        version: env!("CARGO_PKG_VERSION"),
        scenario: ScenarioSummary {
            name: scenario.name.clone(),
            sha256: sha256.to_owned(),
            overrides: overrides.to_vec(),
            seed: scenario.seed,
            replications: scenario.replications,
            window_s: window.seconds(),
        },
        traffic: TrafficSummary { requests, rate_per_s: divided(requests, window.seconds()) },
        offered_load: load,
        classes: classes.map(|(index, class)| stream_class(&class.name, index, window, replications)).collect(),
        dispersion: dispersion(replications),
        warnings: warnings.to_vec(),
    }
}

fn stream_class(name: &str, index: usize, window: Span, replications: &[StreamOutcome]) -> StreamClass {
    let of_class = replications.iter().map(|stream| &stream.service[index]);
    let requests = Estimate::of_mean(of_class.clone().map(|service| service.count() as f64));
    let mut pooled = Quantity::default();
    of_class.clone().for_each(|service| pooled.merge(service));
    let quantile = |q| pooled.quantile(q).map(Span::seconds);
    let parts = of_class.map(|service| (service.sum, u128::from(service.count())));
    StreamClass {
        name: name.to_owned(),
        requests,
        rate_per_s: divided(requests, window.seconds()),
        service_s: ServiceSummary {
            mean: Estimate::of_ratio(parts, 1e9),
            p50: quantile(0.5),
            p95: quantile(0.95),
            p99: quantile(0.99),
            max: quantile(1.0),
        },
    }
}

fn dispersion(replications: &[StreamOutcome]) -> Vec<DispersionSummary> {
    let bins = replications.first().map_or(0, |first| first.dispersion.len());
    let summary = |index: usize| {
        let of_bin = replications.iter().map(|stream| stream.dispersion[index]);
        let bin = of_bin.clone().next()?.bin;
        let indices: Option<Vec<f64>> = of_bin.clone().map(|dispersion| dispersion.index()).collect();
        let greatest: Option<Vec<f64>> = of_bin.map(|dispersion| dispersion.greatest_rate_per_s()).collect();
        Some(DispersionSummary {
            bin_s: bin.seconds(),
            variance_over_mean: Estimate::of_mean(indices.unwrap_or_default()),
            greatest_rate_per_s: Estimate::of_mean(greatest.unwrap_or_default()),
        })
    };
    (0..bins).filter_map(summary).collect()
}

fn divided(estimate: Estimate, by: f64) -> Estimate {
    let divide = |value: Option<f64>| value.map(|value| value / by);
    Estimate { mean: divide(estimate.mean), low: divide(estimate.low), high: divide(estimate.high) }
}
