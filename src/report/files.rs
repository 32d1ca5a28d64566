//! The files of a run's folder.

use std::fs;
use std::path::Path;

use crate::engine::JobsReplication;
use crate::measure::Replication;
use crate::scenario::Scenario;

use super::chart::{self, CostChart, LatencyChart, TimelineChart};
use super::error::Error;
use super::html::{self, Figure};
use super::latency_curve::{LatencyCurve, latency_curves};
use super::movement::{Movement, movements};
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
    /// The command that makes it again.
    pub command: &'a str,
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
        let figures = match self.scenario.traffic.is_empty() {
            true => Vec::new(),
            false => self.write_requests(folder)?,
        };
        let page = html::page_of_run(self.document, self.scenario.slo.as_ref(), figures, (self.resolved, self.command));
        html::keep(&page, folder)
    }

    /// What there is of fleets that serve requests.
    fn write_requests(&self, folder: &Path) -> Result<Vec<Figure>, Error> {
        let curves = latency_curves(self.scenario, self.replications);
        let movements = movements(self.scenario, self.replications);
        spreadsheet::write(&folder.join("summary.csv"), self.document)?;
        parquet::write_fleets(&folder.join("fleets.parquet"), self.scenario, self.replications)?;
        parquet::write_timeline(&folder.join("timeline.parquet"), &movements)?;
        parquet::write_latency(&folder.join("latency.parquet"), &curves)?;
        if !self.charts {
            return Ok(Vec::new());
        }
        let charts = RunCharts::new(self.document, self.scenario, (&curves, &movements));
        charts.save(folder)?;
        Ok(charts.figures())
    }
}

/// The charts of a run.
pub struct RunCharts<'a> {
    pub cost: CostChart<'a>,
    pub latency: LatencyChart<'a>,
    pub timeline: TimelineChart<'a>,
}

impl<'a> RunCharts<'a> {
    #[must_use]
    pub fn new(
        document: &'a RunDocument,
        scenario: &'a Scenario,
        (curves, movements): (&'a [LatencyCurve], &'a [Movement]),
    ) -> RunCharts<'a> {
        RunCharts {
            cost: CostChart::new(document),
            latency: LatencyChart::new(document, curves, scenario.slo.as_ref()),
            timeline: TimelineChart::new(document, movements, scenario.starts),
        }
    }

    /// Writes every chart into a folder.
    ///
    /// # Errors
    /// When a file cannot be written.
    pub fn save(&self, folder: &Path) -> Result<(), Error> {
        chart::save(&self.cost, folder)?;
        chart::save(&self.latency, folder)?;
        chart::save(&self.timeline, folder)?;
        Ok(())
    }

    /// The same for a page.
    #[must_use]
    pub fn figures(&self) -> Vec<Figure> {
        vec![
            Figure::new(&self.cost, "Cost a month of every fleet, by line of the bill"),
            Figure::new(&self.latency, "Latency of every fleet by percentile"),
            Figure::new(&self.timeline, "Requests and instances of every fleet over time"),
        ]
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
