//! The files of a plan's folder.

use std::path::Path;

use crate::experiment::plan::PlanAnswer;
use crate::report::chart::{self, TimelineChart};
use crate::report::error::Error;
use crate::report::files::{json, write_text};
use crate::report::html::{self, Figure};
use crate::report::movement::{Movement, movements};
use crate::report::parquet::{column, write, write_timeline};
use crate::scenario::Scenario;

use super::chart::frontier_chart;
use super::document::{DesignEnd, PlanDocument};
use super::growth::growth_chart;
use super::sensitivity::{sensitivity_chart, sensitivity_rows};

/// A plan, as it is written to a folder.
pub struct PlanFiles<'a> {
    pub document: &'a PlanDocument,
    pub answer: &'a PlanAnswer,
    /// The scenario with the recommended fleet alone, every default written out; `None` where none is recommended.
    pub resolved: Option<&'a str>,
    pub scenario: &'a Scenario,
    pub charts: bool,
    /// The command that makes it again.
    pub command: &'a str,
}

impl PlanFiles<'_> {
    /// Writes every file into an existing folder.
    ///
    /// # Errors
    /// When a file cannot be written.
    pub fn write(&self, folder: &Path) -> Result<(), Error> {
        if let Some(resolved) = self.resolved {
            write_text(&folder.join("scenario.toml"), resolved)?;
        }
        write_designs(&self.document.designs, &folder.join("plan.parquet"))?;
        let week = self.week();
        if !week.is_empty() {
            write_timeline(&folder.join("timeline.parquet"), &week)?;
        }
        if !self.document.sensitivity.is_empty() {
            write(&folder.join("sensitivity.parquet"), sensitivity_rows(&self.document.sensitivity))?;
        }
        let figures = if self.charts { self.draw(&week, folder)? } else { Vec::new() };
        html::keep(&html::plan_page(self.document, figures, self.resolved, self.command), folder)?;
        // Last: it says that the plan is done.
        write_text(&folder.join("plan.json"), &json(self.document)?)
    }

    fn draw(&self, week: &[Movement], folder: &Path) -> Result<Vec<Figure>, Error> {
        let name = &self.document.scenario.name;
        let mut figures = Vec::new();
        let frontier = frontier_chart(self.document);
        chart::save(&frontier, folder)?;
        figures.push(Figure::new(&frontier, "Designs by cost and latency"));
        if let Some(base) = &self.document.sensitivity_base {
            let tornado = sensitivity_chart(base, &self.document.sensitivity, name);
            chart::save(&tornado, folder)?;
            figures.push(Figure::new(&tornado, &tornado.title));
        }
        if let Some(growth) = &self.document.growth {
            let lines = growth_chart(growth, name);
            chart::save(&lines, folder)?;
            figures.push(Figure::new(&lines, &lines.title));
        }
        if !week.is_empty() {
            let timeline = TimelineChart::new(&self.answer.trial.document, week, self.scenario.starts);
            chart::save(&timeline, folder)?;
            figures.push(Figure::new(&timeline, "Requests and instances of the recommended fleet over time"));
        }
        Ok(figures)
    }

    /// What the recommended fleet does over the window.
    fn week(&self) -> Vec<Movement> {
        let trial = &self.answer.trial;
        let all = movements(&trial.scenario, &trial.replications);
        self.answer.recommended.and_then(|place| all.into_iter().nth(place)).into_iter().collect()
    }
}

/// Writes `plan.parquet`: a row a design, as the race has seen it.
fn write_designs(designs: &[DesignEnd], path: &Path) -> Result<(), Error> {
    let settings = |design: &DesignEnd| {
        design.settings.iter().map(|(key, value)| format!("{key}={value}")).collect::<Vec<_>>().join(" ")
    };
    let columns = vec![
        column("design", designs.iter().map(|design| design.name.clone())),
        column("family", designs.iter().map(|design| design.family.clone())),
        column("settings", designs.iter().map(settings)),
        column("end", designs.iter().map(|design| design.end.to_owned())),
        column("replications", designs.iter().map(|design| design.replications)),
        column("least_cost_per_month_usd", designs.iter().map(|design| design.least_cost_usd_per_month)),
        column("cost_per_month_usd", designs.iter().map(|design| design.cost_per_month_usd)),
        column("latency_s", designs.iter().map(|design| design.latency_s)),
        column("slo_attainment", designs.iter().map(|design| design.slo_attainment)),
    ];
    write(path, columns)
}
