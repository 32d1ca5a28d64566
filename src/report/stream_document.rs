//! The document of `traffic`: what a scenario's stream of requests is like before any fleet serves it.

use serde::Serialize;

use crate::measure::Estimate;
use crate::scenario::Scenario;
use crate::traffic::Profile;

/// `breakeven.traffic/1`. Everything is of `[0, horizon)`, the warm-up included.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct StreamDocument {
    pub schema: &'static str,
    pub version: &'static str,
    pub scenario: StreamScenario,
    pub requests: Estimate,
    pub rate_per_s: Estimate,
    /// The rate of the fullest bin of the chart.
    pub peak_rate_per_s: Estimate,
    /// How long that bin is.
    pub rate_bin_s: f64,
    pub mean_service_s: Estimate,
    /// Service time that arrives / time: the mean number of requests in service where none has to wait.
    pub offered_load: Estimate,
    pub classes: Vec<StreamClass>,
    /// By the length of the windows, ascending.
    pub dispersion: Vec<DispersionSummary>,
    pub warnings: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct StreamScenario {
    pub name: String,
    pub sha256: String,
    pub overrides: Vec<String>,
    pub seed: u64,
    pub replications: u32,
    pub horizon_s: f64,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct StreamClass {
    pub name: String,
    pub requests: Estimate,
    pub rate_per_s: Estimate,
}

/// Arrivals counted in windows of one length.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct DispersionSummary {
    pub window_s: f64,
    /// Variance / mean of the counts: 1 for a Poisson process of constant rate, more for a varying or bursty one.
    pub variance_over_mean: Estimate,
}

/// Makes the document of the profiles of every replication.
#[must_use]
pub fn summarize_stream(
    scenario: &Scenario,
    sha256: &str,
    overrides: &[String],
    warnings: &[String],
    profiles: &[Profile],
) -> StreamDocument {
    let mean = |read: &dyn Fn(&Profile) -> f64| Estimate::of_mean(profiles.iter().map(read));
    let horizon_s = scenario.horizon.seconds();
    let classes = scenario.traffic.iter().enumerate().map(|(index, class)| StreamClass {
        name: class.name.clone(),
        requests: mean(&|profile| profile.class_requests[index] as f64),
        rate_per_s: mean(&|profile| profile.class_requests[index] as f64 / horizon_s),
    });
    StreamDocument {
        schema: "breakeven.traffic/1",
        version: env!("CARGO_PKG_VERSION"),
        scenario: StreamScenario {
            name: scenario.name.clone(),
            sha256: sha256.to_owned(),
            overrides: overrides.to_vec(),
            seed: scenario.seed,
            replications: scenario.replications,
            horizon_s,
        },
        requests: mean(&|profile| profile.requests as f64),
        rate_per_s: mean(&|profile| profile.rate_per_s),
        peak_rate_per_s: mean(&|profile| profile.peak_rate_per_s),
        rate_bin_s: profiles.first().and_then(|first| first.series.get(1)).map_or(horizon_s, |bin| bin.start.seconds()),
        mean_service_s: of_all(profiles, |profile| profile.mean_service_s),
        offered_load: mean(&|profile| profile.offered_load),
        classes: classes.collect(),
        dispersion: dispersion(profiles),
        warnings: warnings.to_vec(),
    }
}

fn dispersion(profiles: &[Profile]) -> Vec<DispersionSummary> {
    let windows = profiles.first().map_or(&[][..], |first| &first.dispersion);
    let summary = |(index, dispersion): (usize, &crate::traffic::Dispersion)| DispersionSummary {
        window_s: dispersion.window.seconds(),
        variance_over_mean: of_all(profiles, |profile| profile.dispersion[index].index),
    };
    windows.iter().enumerate().map(summary).collect()
}

/// The mean over the replications; it does not exist unless every one has the figure.
fn of_all(profiles: &[Profile], read: impl Fn(&Profile) -> Option<f64>) -> Estimate {
    let values: Option<Vec<f64>> = profiles.iter().map(read).collect();
    Estimate::of_mean(values.unwrap_or_default())
}
