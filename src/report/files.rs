//! The files of a run's folder.

use std::fs;
use std::path::Path;

use crate::engine::JobsReplication;
use crate::measure::Replication;
use crate::scenario::Scenario;

use super::chart::{self, CostChart, LatencyChart, TimelineChart};
use super::error::Error;
use super::latency_curve::latency_curves;
use super::movement::movements;
use super::{job_files, parquet, spreadsheet};
use crate::summary::RunDocument;

/// A run, as it is written to a folder.
pub struct RunFiles<'a> {
    pub document: &'a RunDocument,
    pub scenario: &'a Scenario,
    /// The scenario as run, every default written out.
    pub resolved: &'a str,
    pub replications: &'a [Replication],
    /// Empty without jobs.
    pub jobs: &'a [JobsReplication],
    pub charts: bool,
}

impl RunFiles<'_> {
    /// Writes every file into an existing folder.
    ///
    /// # Errors
    /// When a file cannot be written.
    pub fn write(&self, folder: &Path) -> Result<(), Error> {
        write_text(&folder.join("summary.json"), &json(self.document)?)?;
        write_text(&folder.join("scenario.toml"), self.resolved)?;
        if !self.jobs.is_empty() {
            job_files::write_csv(&folder.join("jobs.csv"), self.document)?;
            job_files::write_parquet(&folder.join("jobs.parquet"), self.scenario, self.jobs)?;
        }
        if self.scenario.traffic.is_empty() {
            return Ok(());
        }
        self.write_requests(folder)
    }

    /// What there is of fleets that serve requests.
    fn write_requests(&self, folder: &Path) -> Result<(), Error> {
        let curves = latency_curves(self.scenario, self.replications);
        let movements = movements(self.scenario, self.replications);
        spreadsheet::write(&folder.join("summary.csv"), self.document)?;
        parquet::write_fleets(&folder.join("fleets.parquet"), self.scenario, self.replications)?;
        parquet::write_timeline(&folder.join("timeline.parquet"), &movements)?;
        parquet::write_latency(&folder.join("latency.parquet"), &curves)?;
        if self.charts {
            chart::save(&CostChart::new(self.document), folder)?;
            let latency = LatencyChart::new(self.document, &curves, self.scenario.slo.as_ref());
            chart::save(&latency, folder)?;
            let timeline = TimelineChart::new(self.document, &movements, self.scenario.starts);
            chart::save(&timeline, folder)?;
        }
        Ok(())
    }
}

/// A document as JSON for people and programs: indented, with a line's end.
///
/// # Errors
/// When it cannot be written as JSON.
pub fn json(document: &impl serde::Serialize) -> Result<String, Error> {
    let mut text = serde_json::to_string_pretty(document)?;
    text.push('\n');
    Ok(text)
}

/// Writes a file of text.
///
/// # Errors
/// When it cannot be written.
pub fn write_text(path: &Path, text: &str) -> Result<(), Error> {
    fs::write(path, text).map_err(Error::writing(path))
}
