//! A folder that `breakeven run` filled, read again: its documents alone, nothing of it is simulated.

use std::fs;
use std::path::{Path, PathBuf};

use polars::prelude::{Column, DataFrame, ParquetReader, PolarsResult, SerReader};
use polars_io::parquet::read::ParallelStrategy;
use serde::Deserialize;

use crate::bill::Line;
use crate::experiment::compare::{QuantileSamples, Samples, Side, SideFleet, months};
use crate::measure::Estimate;
use crate::report::folder::MARKER;
use crate::report::parquet::{cost_column, without};
use crate::scenario::{Origin, Overrides, Resolved, load};
use crate::summary::RUN_SCHEMA;
use crate::unit::Span;

/// Why a folder cannot be compared. Each message says what to do.
#[derive(Debug, thiserror::Error)]
pub enum NotARun {
    #[error("{path} is not a folder that breakeven filled\n  help: name the folder that breakeven run --out DIR wrote, or a scenario", path = .0.display())]
    Foreign(PathBuf),
    #[error(
        "{path} holds the results of another command or version ({schema}), not {RUN_SCHEMA}\n  help: name the folder of a breakeven \
         run, or run its scenario again",
        path = .path.display()
    )]
    OtherSchema { path: PathBuf, schema: String },
    #[error("{path} is of jobs alone, and this command is about requests\n  help: compare runs of scenarios with [[traffic]]", path = .0.display())]
    JobsAlone(PathBuf),
    #[error("{file} cannot be read: {cause}\n  help: simulate it again: breakeven run SCENARIO --out {folder}", file = .file.display(), folder = .folder.display())]
    Unreadable { file: PathBuf, folder: PathBuf, cause: String },
}

/// What a finished run tells.
#[derive(Clone, Debug)]
pub struct FinishedRun {
    pub side: Side,
    pub sha256: String,
    /// What its command line changed.
    pub overrides: Vec<String>,
    pub window_s: f64,
    /// The scenario as it was run.
    pub resolved: Resolved,
}

/// The parts of `summary.json` that are asked for.
#[derive(Deserialize)]
struct Summary {
    scenario: ScenarioPart,
    fleets: Vec<FleetPart>,
    cheapest: Option<String>,
    cheapest_meeting_slo: Option<String>,
}

#[derive(Deserialize)]
struct ScenarioPart {
    name: String,
    sha256: String,
    overrides: Vec<String>,
    seed: u64,
    replications: u32,
    window_s: f64,
}

#[derive(Deserialize)]
struct FleetPart {
    name: String,
    kind: String,
    meets_slo: Option<bool>,
    latency_s: LatencyPart,
    cost: CostPart,
}

#[derive(Deserialize)]
struct LatencyPart {
    p50: MeanPart,
    p95: MeanPart,
    p99: MeanPart,
}

#[derive(Deserialize)]
struct CostPart {
    lines: Vec<LinePart>,
}

#[derive(Deserialize)]
struct LinePart {
    line: String,
}

#[derive(Deserialize)]
struct MeanPart {
    mean: Option<f64>,
}

impl FinishedRun {
    /// Reads a folder.
    ///
    /// # Errors
    /// See [`NotARun`].
    pub fn read(folder: &Path) -> Result<FinishedRun, NotARun> {
        let Ok(marker) = fs::read_to_string(folder.join(MARKER)) else {
            return Err(NotARun::Foreign(folder.to_owned()));
        };
        let other = |schema: &str| NotARun::OtherSchema { path: folder.to_owned(), schema: schema.to_owned() };
        if marker.trim() != RUN_SCHEMA {
            return Err(other(marker.trim()));
        }
        let file = folder.join("summary.json");
        let text = text_of(&file, folder)?;
        let read = |error: serde_json::Error| unreadable(&file, folder, error);
        let value: serde_json::Value = serde_json::from_str(&text).map_err(read)?;
        if value["schema"] != RUN_SCHEMA {
            return Err(other(value["schema"].as_str().unwrap_or("no schema")));
        }
        let summary: Summary = serde_json::from_value(value).map_err(read)?;
        if summary.fleets.is_empty() {
            return Err(NotARun::JobsAlone(folder.to_owned()));
        }
        let resolved = Resolved { text: text_of(&folder.join("scenario.toml"), folder)?, folder: folder.to_path_buf() };
        let side = side(&summary, folder)?;
        let ScenarioPart { sha256, overrides, window_s, .. } = summary.scenario;
        Ok(FinishedRun { side, sha256, overrides, window_s, resolved })
    }
}

fn side(summary: &Summary, folder: &Path) -> Result<Side, NotARun> {
    let file = folder.join("fleets.parquet");
    let failed = |cause: &dyn std::fmt::Display| unreadable(&file, folder, cause);
    let opened = fs::File::open(&file).map_err(|error| failed(&error))?;
    let frame = ParquetReader::new(opened).read_parallel(ParallelStrategy::None).finish();
    let rows = frame.and_then(|frame| Rows::of(&frame)).map_err(|error| failed(&error))?;
    let scenario = &summary.scenario;
    let months = months(scenario.window_s);
    let fleets = summary.fleets.iter().map(|fleet| SideFleet {
        name: fleet.name.clone(),
        kind: fleet.kind.clone(),
        meets_slo: fleet.meets_slo,
        lines: fleet.cost.lines.iter().map(|line| (line.line.clone(), rows.line(fleet, &line.line) * months)).collect(),
        samples: rows.samples(fleet, months),
    });
    let mut side = Side {
        name: scenario.name.clone(),
        seed: scenario.seed,
        replications: scenario.replications,
        varies: varies(folder),
        fleets: fleets.collect(),
        answer: None,
        has_objective: false,
    };
    let all = scenario.replications as usize;
    if let Some(fleet) = side.fleets.iter().find(|fleet| fleet.samples.replications() != all) {
        let cause = format!("it has {} of {all} replications of {}", fleet.samples.replications(), fleet.name);
        return Err(failed(&cause));
    }
    side.answer_with(summary.cheapest.as_deref(), summary.cheapest_meeting_slo.as_deref());
    Ok(side)
}

/// Whether replications differ. Where the scenario's data files are gone nobody can tell, so they may.
fn varies(folder: &Path) -> bool {
    let loaded = load(&Origin::File(folder.join("scenario.toml")), &Overrides::default());
    loaded.map_or(true, |loaded| loaded.scenario.varies())
}

/// The columns of `fleets.parquet` that are asked for, a row a fleet and replication.
struct Rows {
    fleet: Vec<String>,
    cost_usd: Vec<f64>,
    first_tries: Vec<u64>,
    completed: Vec<u64>,
    good: Vec<u64>,
    cold: Vec<u64>,
    /// By [`Line::ALL`], in dollars.
    lines: Vec<Vec<Option<f64>>>,
    without: Vec<Vec<Option<f64>>>,
}

impl Rows {
    fn of(frame: &DataFrame) -> PolarsResult<Rows> {
        let counts = |name: &str| -> PolarsResult<Vec<u64>> {
            Ok(frame.column(name)?.u64()?.iter().map(|count| count.unwrap_or(0)).collect())
        };
        let figures = |column: &Column| -> PolarsResult<Vec<Option<f64>>> { Ok(column.f64()?.iter().collect()) };
        let fleet = frame.column("fleet")?.str()?.iter().map(|name| name.unwrap_or("").to_owned()).collect();
        let cost_usd = figures(frame.column("cost_usd")?)?;
        let quantiles = Samples::QUANTILES.iter().map(|(name, _)| figures(frame.column(&without(name))?));
        let lines = Line::ALL.iter().map(|line| figures(frame.column(&cost_column(*line))?));
        Ok(Rows {
            lines: lines.collect::<PolarsResult<_>>()?,
            fleet,
            cost_usd: cost_usd.into_iter().map(|usd| usd.unwrap_or(0.0)).collect(),
            first_tries: counts("first_tries")?,
            completed: counts("completed")?,
            good: counts("good")?,
            cold: counts("cold")?,
            without: quantiles.collect::<PolarsResult<_>>()?,
        })
    }

    /// The rows of a fleet, in the order of replications.
    fn of_fleet(&self, fleet: &FleetPart) -> Vec<usize> {
        (0..self.fleet.len()).filter(|&row| self.fleet[row] == fleet.name).collect()
    }

    /// The mean of a line of a fleet's bill.
    fn line(&self, fleet: &FleetPart, name: &str) -> f64 {
        let Some(index) = Line::ALL.iter().position(|line| line.name() == name) else { return 0.0 };
        let amounts = self.of_fleet(fleet).into_iter().map(|row| self.lines[index][row].unwrap_or(0.0));
        Estimate::of_mean(amounts).mean.unwrap_or(0.0)
    }

    fn samples(&self, fleet: &FleetPart, months: f64) -> Samples {
        let rows = self.of_fleet(fleet);
        let counts = |column: &[u64]| rows.iter().map(|&row| column[row]).collect();
        let latency = &fleet.latency_s;
        let pooled = [&latency.p50, &latency.p95, &latency.p99];
        Samples {
            costs: rows.iter().map(|&row| self.cost_usd[row] * months).collect(),
            first_tries: counts(&self.first_tries),
            completed: counts(&self.completed),
            good: counts(&self.good),
            cold: counts(&self.cold),
            quantiles: std::array::from_fn(|index| QuantileSamples {
                pooled: pooled[index].mean.map(whole_nanoseconds),
                without: rows.iter().map(|&row| self.without[index][row]).collect(),
            }),
        }
    }
}

/// Durations are whole nanoseconds, and what JSON is read to may be off in the last bit.
fn whole_nanoseconds(seconds: f64) -> f64 {
    Span::from_nanos((seconds * Span::SECOND.nanos() as f64).round() as u64).seconds()
}

fn text_of(file: &Path, folder: &Path) -> Result<String, NotARun> {
    fs::read_to_string(file).map_err(|error| unreadable(file, folder, error))
}

fn unreadable(file: &Path, folder: &Path, cause: impl std::fmt::Display) -> NotARun {
    NotARun::Unreadable { file: file.to_owned(), folder: folder.to_owned(), cause: cause.to_string() }
}
