//! The document of a run: the shape of `summary.json` and of `--json`. Everything that is shown is read from here.

use serde::Serialize;

use crate::catalog::{PublishedEntry, PublishedPreset};
use crate::measure::Estimate;
use crate::scenario::Loaded;

use super::JobSummary;

/// `breakeven.run/1`.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RunDocument {
    pub schema: &'static str,
    pub version: &'static str,
    pub scenario: ScenarioSummary,
    /// The prices of the catalogue that the bills rest on, in the order of the fleets.
    pub catalog: Vec<PublishedEntry>,
    /// The presets that fleets are filled in from, in the order of the fleets.
    pub presets: Vec<PublishedPreset>,
    pub traffic: TrafficSummary,
    /// Empty where there is no traffic.
    pub fleets: Vec<FleetSummary>,
    /// By class and fleet; empty without jobs.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub jobs: Vec<JobSummary>,
    /// Of the comparison or the scenario.
    pub warnings: Vec<String>,
    /// Every pair once, `fleet` being the cheaper.
    pub comparisons: Vec<Comparison>,
    /// Skips fleets that lose more than 1 % of their requests unless all do.
    pub cheapest: Option<String>,
    /// `None` when the scenario has no objective or no fleet meets it.
    pub cheapest_meeting_slo: Option<String>,
    /// Where replications were added until a figure was sharp enough.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub precision: Option<PrecisionSummary>,
}

/// How sharply a figure was asked for, and how sharply it is known.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PrecisionSummary {
    /// The name of the figure.
    pub of: &'static str,
    /// Half the width of the 95 % interval / the figure.
    pub asked: f64,
    /// The largest of any fleet.
    pub reached: f64,
}

impl PrecisionSummary {
    /// The least sharp of several trials; `None` where none was to be sharp.
    pub fn worst<'a>(documents: impl IntoIterator<Item = &'a RunDocument>) -> Option<PrecisionSummary> {
        let all = documents.into_iter().filter_map(|document| document.precision.clone());
        all.max_by(|a, b| a.reached.total_cmp(&b.reached))
    }
}

/// Where a scenario comes from: what a result is labelled with.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Provenance {
    /// Of the scenario file's bytes.
    pub sha256: String,
    /// What the command line changed, as `PATH=VALUE`.
    pub overrides: Vec<String>,
    /// Of the loader.
    pub warnings: Vec<String>,
    /// The prices of the catalogue that it rests on.
    pub catalog: Vec<PublishedEntry>,
    pub presets: Vec<PublishedPreset>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ScenarioSummary {
    pub name: String,
    /// Of the scenario file's bytes.
    pub sha256: String,
    /// What `--set` and the other flags changed, in the order of the command line, as `PATH=VALUE`.
    pub overrides: Vec<String>,
    pub seed: u64,
    pub replications: u32,
    pub window_s: f64,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct TrafficSummary {
    /// Requests that arrive in the window.
    pub requests: Estimate,
    pub rate_per_s: Estimate,
}

impl From<&Loaded> for Provenance {
    fn from(loaded: &Loaded) -> Provenance {
        Provenance {
            sha256: loaded.sha256.clone(),
            overrides: loaded.overrides.clone(),
            warnings: loaded.warnings.iter().map(ToString::to_string).collect(),
            catalog: loaded.catalog.iter().map(PublishedEntry::from).collect(),
            presets: loaded.presets.iter().map(|&preset| PublishedPreset::from(preset)).collect(),
        }
    }
}

/// A fleet, or a pool of a hybrid.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct FleetSummary {
    pub name: String,
    /// `dedicated`, `serverless` or `hybrid`.
    pub kind: &'static str,
    pub requests: RequestsSummary,
    /// Why requests were rejected or timed out, those reasons that there were; they sum to both.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub losses: Vec<LossSummary>,
    /// cold / completed.
    pub cold_ratio: Estimate,
    /// good / first tries.
    pub slo_attainment: Estimate,
    /// Whether all that the objective names holds; `None` without an objective, and for a pool.
    pub meets_slo: Option<bool>,
    pub latency_s: QuantitySummary,
    pub wait_s: QuantitySummary,
    pub instances: InstancesSummary,
    /// Busy slot time / slot time of ready instances.
    pub utilization: Estimate,
    pub cost: CostSummary,
    /// Of a pool, or a fleet of one pool, whose number of instances was fitted to the objective.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fit: Option<FitSummary>,
    /// Of a hybrid; empty otherwise.
    pub pools: Vec<FleetSummary>,
    pub classes: Vec<ClassSummary>,
    /// Of this fleet alone.
    pub warnings: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RequestsSummary {
    /// Attempts.
    pub arrived: Estimate,
    /// Requests, however often each was tried; `None`: as many as arrived, nobody tried again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first_tries: Option<Estimate>,
    pub completed: Estimate,
    pub rejected: Estimate,
    pub timed_out: Estimate,
    pub cold: Estimate,
    pub unfinished_at_horizon: Estimate,
}

/// Requests of the window that were lost for one reason.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct LossSummary {
    /// The name of a [`crate::measure::Loss`].
    pub reason: &'static str,
    /// The HTTP status that the client sees; `None`: it has left.
    pub status: Option<u16>,
    pub requests: Estimate,
}

/// Seconds, over completed requests of the window.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct QuantitySummary {
    pub mean: Estimate,
    pub p50: Estimate,
    pub p90: Estimate,
    pub p95: Estimate,
    pub p99: Estimate,
    pub p999: Estimate,
    pub max: Estimate,
}

/// What was found for `instances = "fit"`.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct FitSummary {
    /// The fewest whose estimate meets the objective, in replications that no other figure rests on.
    pub instances: u32,
    /// Whether any number does; if not, `instances` leave no request waiting.
    pub meets: bool,
}

/// Time averages over the window, but for `peak` and `started`.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct InstancesSummary {
    /// Starting, idle and busy ones.
    pub mean: Estimate,
    pub busy: Estimate,
    pub idle: Estimate,
    pub starting: Estimate,
    pub peak: Estimate,
    pub started: Estimate,
    /// Starts of the window that failed; `None`: none did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failed_starts: Option<Estimate>,
    /// Starts of the window that had to wait for a free GPU; `None`: none had to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub throttled_starts: Option<Estimate>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CostSummary {
    /// Of the window.
    pub total_usd: Estimate,
    /// total x 720 h / window.
    pub per_month_usd: Estimate,
    /// 1000 x total / completed.
    pub per_1000_requests_usd: Estimate,
    /// total / busy instance-hours.
    pub per_busy_hour_usd: Estimate,
    /// They sum to the total.
    pub lines: Vec<CostLine>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CostLine {
    /// The name of a [`Line`](crate::bill::Line); `free-tier` and `credits` are at most zero.
    pub line: &'static str,
    pub usd: Estimate,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ClassSummary {
    pub name: String,
    pub latency_s: QuantitySummary,
    pub requests: RequestsSummary,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Comparison {
    /// The cheaper one.
    pub fleet: String,
    pub against: String,
    /// Paired over the replications.
    pub saving_usd_per_month: Estimate,
    /// Whether the interval leaves zero out; also true where nothing varies and the bills differ.
    pub significant: bool,
}
