//! The Parquet files of a run: every measured figure, for a data frame to read.

use std::borrow::Cow;
use std::fs::File;
use std::io::BufWriter;
use std::path::Path;

use polars::prelude::{Column, DataFrame, NamedFrom, ParquetWriter, PolarsResult, Series};

use crate::bill::{self, Bill, Line};
use crate::measure::{
    FleetOutcome, PoolOutcome, PooledQuantity, QUANTILES, Quantity, Replication, RequestCounts, Usage,
};
use crate::scenario::{Fleet, Scenario};
use crate::unit::Span;

use super::error::Error;
use super::latency_curve::LatencyCurve;
use super::movement::Movement;

/// Writes `fleets.parquet`: a row a fleet and replication.
///
/// # Errors
/// When the file cannot be written.
pub fn write_fleets(path: &Path, scenario: &Scenario, replications: &[Replication]) -> Result<(), Error> {
    write(path, fleet_columns(scenario, replications))
}

/// What it takes to set a run beside another one, replication by replication: requests, however often each was tried, and the
/// latencies' quantiles of all replications but the row's, from which the jackknife makes intervals.
fn comparison_columns(scenario: &Scenario, replications: &[Replication]) -> Vec<Column> {
    let mut first_tries: Vec<u64> = Vec::new();
    let mut quantiles: [Vec<Option<f64>>; QUANTILES.len()] = Default::default();
    for fleet in 0..scenario.fleets.len() {
        let wholes: Vec<Cow<PoolOutcome>> = replications.iter().map(|made| made.fleets[fleet].together()).collect();
        first_tries.extend(wholes.iter().map(|whole| whole.requests().first_tries()));
        let latency = PooledQuantity::new(wholes.iter().map(|whole| whole.latency()).collect());
        for (column, (_, q)) in quantiles.iter_mut().zip(QUANTILES) {
            column.extend(latency.quantiles_without_s(q));
        }
    }
    let mut columns = vec![column("first_tries", first_tries.into_iter())];
    columns
        .extend(QUANTILES.iter().zip(quantiles).map(|((name, _), values)| column(&without(name), values.into_iter())));
    columns
}

/// The column of a line of the bill.
pub(super) fn cost_column(line: Line) -> String {
    format!("cost_{}", line.column())
}

/// The column of a quantile of all replications but the row's: `latency_p95_without_s`.
pub(super) fn without(quantile: &str) -> String {
    format!("latency_{}_without_s", quantile.replace('.', ""))
}

/// The columns of `fleets.parquet`: every figure of a fleet in a replication.
pub(super) fn fleet_columns(scenario: &Scenario, replications: &[Replication]) -> Vec<Column> {
    let mut rows = Vec::new();
    for (index, fleet) in scenario.fleets.iter().enumerate() {
        for (replication, outcome) in replications.iter().enumerate() {
            rows.push(FleetRow::new(fleet, replication, &outcome.fleets[index], scenario.window()));
        }
    }
    let mut columns = vec![
        column("fleet", rows.iter().map(|row| row.fleet.name.clone())),
        column("kind", rows.iter().map(|row| row.fleet.kind_name().to_owned())),
        column("replication", rows.iter().map(|row| row.replication)),
    ];
    columns.extend(count_columns(&rows));
    columns.extend(cost_columns(&rows));
    columns.extend(quantity_columns("latency", &rows, |row| &row.latency));
    columns.extend(quantity_columns("wait", &rows, |row| &row.whole.wait));
    columns.extend(usage_columns(&rows));
    columns.extend(comparison_columns(scenario, replications));
    columns
}

/// Writes `timeline.parquet`: a row a fleet and time bin, of the first replication. Times are from t = 0.
///
/// # Errors
/// When the file cannot be written.
pub fn write_timeline(path: &Path, movements: &[Movement]) -> Result<(), Error> {
    let rows: Vec<_> =
        movements.iter().flat_map(|movement| movement.bins.iter().map(|bin| (&movement.fleet, bin))).collect();
    let columns = vec![
        column("fleet", rows.iter().map(|(fleet, _)| (*fleet).clone())),
        column("start_s", rows.iter().map(|(_, bin)| bin.start.seconds())),
        column("end_s", rows.iter().map(|(_, bin)| bin.end.seconds())),
        column("arrivals", rows.iter().map(|(_, bin)| bin.arrivals)),
        column("busy", rows.iter().map(|(_, bin)| bin.busy)),
        column("idle", rows.iter().map(|(_, bin)| bin.idle)),
        column("starting", rows.iter().map(|(_, bin)| bin.starting)),
        column("waiting", rows.iter().map(|(_, bin)| bin.waiting)),
        column("cost_so_far_usd", rows.iter().map(|(_, bin)| bin.cost_so_far.dollars())),
    ];
    write(path, columns)
}

/// Writes `latency.parquet`: a row a fleet, class and quantile.
///
/// # Errors
/// When the file cannot be written.
pub fn write_latency(path: &Path, curves: &[LatencyCurve]) -> Result<(), Error> {
    let rows: Vec<_> = curves.iter().flat_map(|curve| curve.points.iter().map(move |point| (curve, point))).collect();
    let columns = vec![
        column("fleet", rows.iter().map(|(curve, _)| curve.fleet.clone())),
        column("class", rows.iter().map(|(curve, _)| curve.class.clone())),
        column("completed", rows.iter().map(|(curve, _)| curve.count)),
        column("quantile", rows.iter().map(|(_, point)| point.quantile)),
        column("latency_s", rows.iter().map(|(_, point)| point.latency_s)),
    ];
    write(path, columns)
}

/// One fleet in one replication, its pools and classes together.
struct FleetRow<'a> {
    fleet: &'a Fleet,
    replication: u64,
    requests: RequestCounts,
    latency: Quantity,
    whole: Cow<'a, PoolOutcome>,
    bill: Bill,
}

impl<'a> FleetRow<'a> {
    fn new(fleet: &'a Fleet, replication: usize, outcome: &'a FleetOutcome, window: Span) -> FleetRow<'a> {
        let whole = outcome.together();
        FleetRow {
            fleet,
            replication: replication as u64,
            requests: whole.requests(),
            latency: whole.latency().into_owned(),
            bill: bill::of_fleet(fleet, outcome, window),
            whole,
        }
    }

    /// `None` where no pool has such a line.
    fn cost(&self, line: Line) -> Option<f64> {
        let found = self.bill.lines.iter().find(|(name, _)| *name == line);
        found.map(|(_, amount)| amount.dollars())
    }
}

fn count_columns(rows: &[FleetRow]) -> Vec<Column> {
    let of = |name, read: fn(&RequestCounts) -> u64| column(name, rows.iter().map(|row| read(&row.requests)));
    vec![
        of("arrived", |requests| requests.arrived),
        of("completed", |requests| requests.completed),
        of("rejected", |requests| requests.rejected),
        of("timed_out", |requests| requests.timed_out),
        of("cold", |requests| requests.cold),
        of("unfinished_at_horizon", |requests| requests.unfinished_at_horizon),
        of("good", |requests| requests.good),
    ]
}

fn cost_columns(rows: &[FleetRow]) -> Vec<Column> {
    let total = |row: &FleetRow| row.bill.total().dollars();
    let of = |line: Line| column(&cost_column(line), rows.iter().map(|row| row.cost(line)));
    let mut columns = vec![column("cost_usd", rows.iter().map(total))];
    columns.extend(Line::ALL.map(of));
    columns
}

fn quantity_columns<'r>(
    prefix: &str,
    rows: &'r [FleetRow],
    quantity: impl Fn(&'r FleetRow) -> &'r Quantity,
) -> Vec<Column> {
    let mean =
        |quantity: &Quantity| (quantity.count() > 0).then(|| quantity.sum as f64 / quantity.count() as f64 / 1e9);
    let mut columns = vec![column(&format!("{prefix}_mean_s"), rows.iter().map(|row| mean(quantity(row))))];
    columns.extend(QUANTILES.into_iter().chain([("max", 1.0)]).map(|(name, q)| {
        let read = |row| quantity(row).quantile(q).map(Span::seconds);
        // A column's name has no point: p999 for p99.9, as in the document.
        column(&format!("{prefix}_{}_s", name.replace('.', "")), rows.iter().map(read))
    }));
    columns
}

fn usage_columns(rows: &[FleetRow]) -> Vec<Column> {
    let seconds =
        |name, read: fn(&Usage) -> u128| column(name, rows.iter().map(|row| read(&row.whole.usage) as f64 / 1e9));
    let utilization = |row: &FleetRow| {
        (row.whole.usage.ready_slots > 0)
            .then(|| row.whole.usage.busy_slots as f64 / row.whole.usage.ready_slots as f64)
    };
    vec![
        seconds("starting_instance_s", |usage| usage.starting),
        seconds("busy_instance_s", |usage| usage.busy),
        seconds("idle_instance_s", |usage| usage.idle),
        seconds("busy_slot_s", |usage| usage.busy_slots),
        seconds("ready_slot_s", |usage| usage.ready_slots),
        seconds("rounding_instance_s", |usage| usage.rounding),
        seconds("waiting_request_s", |usage| usage.waiting),
        seconds("offered_s", |usage| usage.offered),
        column("utilization", rows.iter().map(utilization)),
        column("started", rows.iter().map(|row| row.whole.usage.started)),
        column("peak", rows.iter().map(|row| row.whole.usage.peak)),
    ]
}

/// A column of values in the order of rows; `None` becomes null.
pub(super) fn column<T>(name: &str, values: impl Iterator<Item = T>) -> Column
where
    Series: NamedFrom<Vec<T>, [T]>,
{
    Series::new(name.into(), values.collect::<Vec<T>>()).into()
}

/// Writes columns of one length to a file.
pub(super) fn write(path: &Path, columns: Vec<Column>) -> Result<(), Error> {
    let file = BufWriter::new(File::create(path).map_err(Error::writing(path))?);
    finish(file, columns).map_err(|cause| Error::Parquet { path: path.to_owned(), cause })
}

/// One thread, so that the bytes and the number of threads have nothing to do with each other.
fn finish(file: BufWriter<File>, columns: Vec<Column>) -> PolarsResult<()> {
    let mut frame = DataFrame::new_infer_height(columns)?;
    ParquetWriter::new(file).set_parallel(false).finish(&mut frame)?;
    Ok(())
}
