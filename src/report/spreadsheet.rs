//! Tables for a spreadsheet: `summary.csv`, cost and latency, a row a fleet and pool; `rate.csv`, a stream's rate over time.

use std::path::Path;

use crate::bill::Line;
use crate::traffic::RateBin;

use super::error::Error;
use crate::summary::{CostSummary, FleetSummary, RunDocument};

/// Writes the file.
///
/// # Errors
/// When it cannot be written.
pub fn write(path: &Path, document: &RunDocument) -> Result<(), Error> {
    let failed = |cause: csv::Error| Error::Write { path: path.to_owned(), cause: cause.into() };
    let mut writer = csv::Writer::from_path(path).map_err(failed)?;
    writer.write_record(header()).map_err(failed)?;
    for fleet in &document.fleets {
        writer.write_record(record(&fleet.name, "", fleet)).map_err(failed)?;
        for pool in &fleet.pools {
            writer.write_record(record(&fleet.name, &pool.name, pool)).map_err(failed)?;
        }
    }
    writer.flush().map_err(Error::writing(path))
}

/// Writes the rates of a stream over time; what is expected is empty where a recording is replayed.
///
/// # Errors
/// When the file cannot be written.
pub fn write_rates(path: &Path, series: &[RateBin]) -> Result<(), Error> {
    let failed = |cause: csv::Error| Error::Write { path: path.to_owned(), cause: cause.into() };
    let mut writer = csv::Writer::from_path(path).map_err(failed)?;
    writer.write_record(["start_s", "arrived_per_s", "expected_per_s"]).map_err(failed)?;
    for bin in series {
        let figures = [Some(bin.start.seconds()), Some(bin.observed_per_s), bin.expected_per_s];
        writer.write_record(figures.map(number)).map_err(failed)?;
    }
    writer.flush().map_err(Error::writing(path))
}

const NAMES: [&str; 4] = ["fleet", "pool", "kind", "meets_slo"];

fn header() -> Vec<String> {
    let costs = COSTS.map(str::to_owned).into_iter();
    let lines = Line::ALL.map(Line::column).into_iter();
    let names = NAMES.map(str::to_owned).into_iter();
    names.chain(costs).chain(lines).chain(FIGURES.map(str::to_owned)).collect()
}

fn record(fleet: &str, pool: &str, summary: &FleetSummary) -> Vec<String> {
    let mut fields = vec![
        fleet.to_owned(),
        pool.to_owned(),
        summary.kind.to_owned(),
        summary.meets_slo.map_or_else(String::new, |met| met.to_string()),
    ];
    let line = |line: Line| {
        let found = summary.cost.lines.iter().find(|found| found.line == line.name());
        found.and_then(|found| found.usd.mean)
    };
    fields.extend(costs(&summary.cost).map(number));
    fields.extend(Line::ALL.map(line).map(number));
    fields.extend(figures(summary).map(number));
    fields
}

const COSTS: [&str; 6] = [
    "cost_per_month_usd",
    "cost_per_month_low_usd",
    "cost_per_month_high_usd",
    "cost_per_1000_requests_usd",
    "cost_per_busy_hour_usd",
    "cost_of_window_usd",
];

fn costs(cost: &CostSummary) -> [Option<f64>; COSTS.len()] {
    [
        cost.per_month_usd.mean,
        cost.per_month_usd.low,
        cost.per_month_usd.high,
        cost.per_1000_requests_usd.mean,
        cost.per_busy_hour_usd.mean,
        cost.total_usd.mean,
    ]
}

const FIGURES: [&str; 19] = [
    "latency_mean_s",
    "latency_p50_s",
    "latency_p90_s",
    "latency_p95_s",
    "latency_p99_s",
    "latency_p999_s",
    "latency_max_s",
    "wait_mean_s",
    "wait_p95_s",
    "wait_p99_s",
    "requests_arrived",
    "requests_completed",
    "requests_rejected",
    "requests_timed_out",
    "cold_ratio",
    "slo_attainment",
    "utilization",
    "instances_mean",
    "instances_peak",
];

fn figures(summary: &FleetSummary) -> [Option<f64>; FIGURES.len()] {
    let FleetSummary { latency_s: latency, wait_s: wait, requests, .. } = summary;
    [
        latency.mean.mean,
        latency.p50.mean,
        latency.p90.mean,
        latency.p95.mean,
        latency.p99.mean,
        latency.p999.mean,
        latency.max.mean,
        wait.mean.mean,
        wait.p95.mean,
        wait.p99.mean,
        requests.arrived.mean,
        requests.completed.mean,
        requests.rejected.mean,
        requests.timed_out.mean,
        summary.cold_ratio.mean,
        summary.slo_attainment.mean,
        summary.utilization.mean,
        summary.instances.mean.mean,
        summary.instances.peak.mean,
    ]
}

/// The shortest digits that read back as the same number; empty where there is none.
fn number(value: Option<f64>) -> String {
    value.map_or_else(String::new, |value| value.to_string())
}
