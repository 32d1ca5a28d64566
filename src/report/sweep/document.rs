//! The JSON of a sweep: a head, and an object a cell, each on a line of its own, so that they are put together without
//! reading them.

use serde::{Serialize, Serializer};
use serde_json::{Number, Value};

use crate::catalog::{PublishedEntry, PublishedPreset};
use crate::experiment::{Axis, Grid, Trial, Unit, quantity};
use crate::measure::Estimate;
use crate::scenario::{Fleet, Instances, PoolKind};
use crate::summary::{Comparison, FleetSummary, PrecisionSummary, QuantitySummary};

use super::manifest::Manifest;
use crate::report::Error;

/// The schema that the document keeps to: `docs/schema/sweep.schema.json`.
pub const SWEEP_SCHEMA: &str = "breakeven.sweep/1";

/// What the bills of all cells rest on, as the cells have it: each thing once, in the order of the cells.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Foundations {
    pub catalog: Vec<Value>,
    pub presets: Vec<Value>,
}

impl Foundations {
    /// Adds those of a cell that are new.
    pub fn add(&mut self, catalog: Vec<Value>, presets: Vec<Value>) {
        for (all, new) in [(&mut self.catalog, catalog), (&mut self.presets, presets)] {
            for value in new {
                if !all.contains(&value) {
                    all.push(value);
                }
            }
        }
    }
}

/// What closes the document after the last cell.
///
/// # Errors
/// When it cannot be written as JSON.
pub fn end(foundations: &Foundations) -> Result<String, Error> {
    let text = serde_json::to_string_pretty(foundations)?;
    // Its keys are the document's.
    Ok(format!("\n  ],{}\n", text.trim_start_matches('{')))
}

/// The document up to its cells.
#[derive(Serialize)]
struct Head<'a> {
    schema: &'static str,
    version: &'a str,
    scenario: ScenarioHead<'a>,
    axes: Vec<AxisHead<'a>>,
    shard: Option<&'a str>,
    cells: [(); 0],
}

#[derive(Serialize)]
struct ScenarioHead<'a> {
    name: &'a str,
    sha256: &'a str,
    overrides: &'a [String],
    seed: u64,
}

#[derive(Serialize)]
struct AxisHead<'a> {
    path: &'a str,
    values: Vec<Value>,
}

/// One cell.
#[derive(Serialize)]
struct Cell<'a> {
    cell: u64,
    #[serde(serialize_with = "as_map")]
    values: Vec<(&'a str, Value)>,
    replications: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    precision: Option<&'a PrecisionSummary>,
    requests: Estimate,
    catalog: &'a [PublishedEntry],
    presets: &'a [PublishedPreset],
    fleets: Vec<CellFleet<'a>>,
    comparisons: &'a [Comparison],
    cheapest: Option<&'a str>,
    cheapest_meeting_slo: Option<&'a str>,
    warnings: &'a [String],
}

#[derive(Serialize)]
struct CellFleet<'a> {
    name: &'a str,
    kind: &'a str,
    meets_slo: Option<bool>,
    instances: Option<u64>,
    cost_per_month_usd: Estimate,
    per_1000_requests_usd: Estimate,
    latency_s: &'a QuantitySummary,
    slo_attainment: Estimate,
    cold_ratio: Estimate,
    utilization: Estimate,
    warnings: &'a [String],
}

/// The document's text up to its first cell.
///
/// # Errors
/// When it cannot be written as JSON.
pub fn head(manifest: &Manifest, grid: &Grid) -> Result<String, Error> {
    let values = |axis: &Axis| axis.values.iter().map(|value| json_value(value)).collect();
    let head = Head {
        schema: SWEEP_SCHEMA,
        version: &manifest.version,
        scenario: ScenarioHead {
            name: &manifest.scenario.name,
            sha256: &manifest.scenario.sha256,
            overrides: &manifest.scenario.overrides,
            seed: manifest.scenario.seed,
        },
        axes: grid.axes().iter().map(|axis| AxisHead { path: &axis.path, values: values(axis) }).collect(),
        shard: manifest.shard.as_deref(),
        cells: [],
    };
    let text = serde_json::to_string_pretty(&head)?;
    // Open again what the serializer closed.
    Ok(text.trim_end_matches(['}', '\n', ']']).to_owned())
}

/// A cell's text, one line without its end.
///
/// # Errors
/// When it cannot be written as JSON.
pub fn cell(grid: &Grid, cell: u64, trial: &Trial) -> Result<String, Error> {
    let document = &trial.document;
    let values = grid.axes().iter().zip(grid.position(cell));
    let fleets = trial.scenario.fleets.iter().zip(&document.fleets);
    Ok(serde_json::to_string(&Cell {
        cell,
        values: values.map(|(axis, index)| (axis.path.as_str(), json_value(&axis.values[index]))).collect(),
        replications: document.scenario.replications,
        precision: document.precision.as_ref(),
        requests: document.traffic.requests,
        catalog: &document.catalog,
        presets: &document.presets,
        fleets: fleets.map(|(fleet, summary)| cell_fleet(fleet, summary)).collect(),
        comparisons: &document.comparisons,
        cheapest: document.cheapest.as_deref(),
        cheapest_meeting_slo: document.cheapest_meeting_slo.as_deref(),
        warnings: &document.warnings,
    })?)
}

fn cell_fleet<'a>(fleet: &Fleet, summary: &'a FleetSummary) -> CellFleet<'a> {
    CellFleet {
        name: &summary.name,
        kind: summary.kind,
        meets_slo: summary.meets_slo,
        instances: dedicated_instances(fleet),
        cost_per_month_usd: summary.cost.per_month_usd,
        per_1000_requests_usd: summary.cost.per_1000_requests_usd,
        latency_s: &summary.latency_s,
        slo_attainment: summary.slo_attainment,
        cold_ratio: summary.cold_ratio,
        utilization: summary.utilization,
        warnings: &summary.warnings,
    }
}

/// The instances of its dedicated pools; `None` where there are none.
fn dedicated_instances(fleet: &Fleet) -> Option<u64> {
    let of_pool = |pool: &PoolKind| match pool {
        PoolKind::Dedicated(pool) => match pool.instances {
            Instances::Number(number) => Some(u64::from(number)),
            Instances::Fit => None,
        },
        PoolKind::Serverless(_) => None,
    };
    fleet.pools().into_iter().filter_map(of_pool).reduce(|sum, instances| sum + instances)
}

/// A varied value: a plain number as one, anything else as it is written.
fn json_value(written: &str) -> Value {
    let whole = written.parse::<i64>().ok().map(Number::from);
    let number = || quantity(written).filter(|(unit, _)| *unit == Unit::Plain).and_then(|(_, n)| Number::from_f64(n));
    whole.or_else(number).map_or_else(|| Value::from(written), Value::Number)
}

fn as_map<S: Serializer>(values: &[(&str, Value)], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_map(values.iter().map(|(path, value)| (path, value)))
}
