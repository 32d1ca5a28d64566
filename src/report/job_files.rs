//! The files of jobs: `jobs.csv` for a spreadsheet, a row a class and fleet; `jobs.parquet` for a data frame, a row a class, fleet
//! and replication.

use std::path::Path;

use polars::prelude::Column;

use crate::engine::JobsReplication;
use crate::measure::Estimate;
use crate::scenario::{FleetKind, Scenario};
use crate::summary::{JobSummary, JobsPart, RunDocument};
use crate::unit::Span;

use super::error::Error;
use super::parquet::{column, write};

/// Writes the figures of the document.
///
/// # Errors
/// When the file cannot be written.
pub fn write_csv(path: &Path, document: &RunDocument) -> Result<(), Error> {
    let failed = |cause: csv::Error| Error::Write { path: path.to_owned(), cause: cause.into() };
    let mut writer = csv::Writer::from_path(path).map_err(failed)?;
    let words = ["job", "fleet", "kind", "meets_deadline", "cheapest"];
    let heads = words.into_iter().chain(FIGURES.iter().map(|(name, _)| *name));
    writer.write_record(heads).map_err(failed)?;
    for row in &document.jobs {
        let words = [row.job.clone(), row.fleet.clone(), row.kind.to_owned()];
        let flags = [row.meets_deadline, row.cheapest].map(|flag| flag.to_string());
        let figures = FIGURES.iter().map(|(_, read)| read(row).map_or_else(String::new, |value| value.to_string()));
        writer.write_record(words.into_iter().chain(flags).chain(figures)).map_err(failed)?;
    }
    writer.flush().map_err(Error::writing(path))
}

/// A column of figures, and how it is read.
type Figure = (&'static str, fn(&JobSummary) -> Option<f64>);

const FIGURES: [Figure; 15] = [
    ("count", |row| Some(f64::from(row.count))),
    ("cost_usd", |row| row.cost_usd.mean),
    ("cost_low_usd", |row| row.cost_usd.low),
    ("cost_high_usd", |row| row.cost_usd.high),
    ("gpu_hours", |row| row.gpu_hours.mean),
    ("makespan_s", |row| row.makespan_s.mean),
    ("completion_mean_s", |row| row.completion_s.mean.mean),
    ("completion_p50_s", |row| row.completion_s.p50.mean),
    ("completion_p95_s", |row| row.completion_s.p95.mean),
    ("completion_max_s", |row| row.completion_s.max.mean),
    ("lost_gpu_hours", |row| row.lost_gpu_hours.mean),
    ("restarts", |row| row.restarts.mean),
    ("never_ending", |row| row.never_ending.mean),
    ("deadline_s", |row| row.deadline_s),
    ("deadline_met", |row| row.deadline_met.mean),
];

/// Writes what became of the jobs in every replication.
///
/// # Errors
/// When the file cannot be written.
pub fn write_parquet(path: &Path, scenario: &Scenario, replications: &[JobsReplication]) -> Result<(), Error> {
    let mut rows = Vec::new();
    for (class_index, class) in scenario.jobs.iter().enumerate() {
        for (index, fleet) in scenario.fleets.iter().enumerate() {
            let FleetKind::Single(kind) = &fleet.kind else { continue };
            for (replication, outcome) in replications.iter().enumerate() {
                let Some(outcome) = outcome.fleets[index].as_ref().filter(|_| class.runs_on(fleet)) else { continue };
                let part = JobsPart::new(class_index, kind, outcome, scenario.horizon);
                rows.push(Row { job: &class.name, fleet: &fleet.name, replication: replication as u64, part });
            }
        }
    }
    write(path, columns(&rows))
}

struct Row<'a> {
    job: &'a str,
    fleet: &'a str,
    replication: u64,
    part: JobsPart<'a>,
}

fn columns(rows: &[Row]) -> Vec<Column> {
    const GPU_HOUR: f64 = Span::HOUR.nanos() as f64;
    let count = |name, read: fn(&JobsPart) -> u64| column(name, rows.iter().map(|row| read(&row.part)));
    let hours =
        |name, read: fn(&JobsPart) -> u128| column(name, rows.iter().map(|row| read(&row.part) as f64 / GPU_HOUR));
    let in_time = |part: &JobsPart| part.jobs.iter().filter(|job| job.met_deadline == Some(true)).count() as u64;
    let mean = |part: &JobsPart| Estimate::of_mean(part.completions().map(Span::seconds)).mean;
    vec![
        column("job", rows.iter().map(|row| row.job.to_owned())),
        column("fleet", rows.iter().map(|row| row.fleet.to_owned())),
        column("replication", rows.iter().map(|row| row.replication)),
        count("jobs", |part| part.jobs.len() as u64),
        count("ended", |part| part.completions().count() as u64),
        column("in_time", rows.iter().map(|row| in_time(&row.part))),
        column("makespan_s", rows.iter().map(|row| row.part.makespan().map(Span::seconds))),
        column("completion_mean_s", rows.iter().map(|row| mean(&row.part))),
        count("restarts", |part| part.sum(|job| u128::from(job.restarts)) as u64),
        hours("work_gpu_hours", |part| part.sum(|job| job.work)),
        hours("lost_gpu_hours", |part| part.sum(|job| job.lost)),
        hours("occupied_gpu_hours", |part| part.sum(|job| job.occupied)),
        hours("paid_gpu_hours", |part| part.gpu_time),
        column("cost_usd", rows.iter().map(|row| row.part.cost.dollars())),
    ]
}
