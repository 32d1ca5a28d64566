//! What a person at a terminal reads of a sweep: a row a cell, and which fleet is the cheapest where.

use std::fmt::Write as _;

use anstyle::{AnsiColor, Style};
use serde::Deserialize;

use crate::experiment::{Axis, Grid};
use crate::measure::Estimate;

use super::manifest::Manifest;
use crate::report::number;
use crate::report::table::{self, Look};
use crate::report::text::{labelled, paragraph, section};

/// Rows of the table; of further cells their number is told.
const MOST_ROWS: usize = 40;

/// Cells of which a chart can be drawn.
const MOST_POINTS: usize = 2_500;

/// Stretches of one axis that a sentence can name.
const MOST_STRETCHES: usize = 5;

/// What is shown of a sweep, read from its cells in their order.
#[derive(Clone, Debug)]
pub struct Overview {
    /// The scenario's.
    pub name: String,
    seed: u64,
    overrides: Vec<String>,
    /// What is varied.
    pub axes: Vec<Axis>,
    /// The cells of the whole sweep.
    pub all: u64,
    /// Cells that were read.
    pub cells: u64,
    /// The first of them, as many as a chart can show.
    pub points: Vec<Point>,
    /// Every fleet of any cell.
    pub fleets: Vec<String>,
    /// The cells in which each is the best, and those without one.
    best: Vec<(Option<String>, u64)>,
    /// Cells in which the best fleet is not significantly cheaper than the next one.
    unsure: u64,
    /// Cells with a warning, of them or of a fleet, and the first warning.
    warned: u64,
    warning: Option<String>,
    /// Whether there is an objective.
    pub judged: bool,
    fewest_replications: u32,
    most_replications: u32,
    precision: Option<OverallPrecision>,
}

/// How sharply a figure is known over all cells.
#[derive(Clone, Debug)]
struct OverallPrecision {
    of: String,
    asked: f64,
    /// In the worst cell.
    worst: f64,
    /// Cells that are not as sharp as was asked.
    blunt: u64,
}

/// One cell.
#[derive(Clone, Debug)]
pub struct Point {
    pub cell: u64,
    /// The index of its value along each axis.
    pub position: Vec<usize>,
    pub fleets: Vec<PointFleet>,
    /// The cheapest fleet that meets the objective; without one the cheapest.
    pub best: Option<String>,
    replications: u32,
    comparisons: Vec<PointComparison>,
}

/// Two fleets in a cell.
#[derive(Clone, Debug, Deserialize)]
struct PointComparison {
    fleet: String,
    against: String,
    significant: bool,
}

impl Point {
    /// The cheapest of the other fleets that would do; cheaper ones that would not (they lose requests) are none.
    #[must_use]
    pub fn next(&self) -> Option<&PointFleet> {
        let cost = |fleet: &PointFleet| fleet.cost_per_month_usd.mean.unwrap_or(f64::INFINITY);
        let best = self.fleets.iter().find(|fleet| self.best.as_ref() == Some(&fleet.name))?;
        let would_do = |fleet: &&PointFleet| fleet.meets_slo != Some(false) && cost(fleet) >= cost(best);
        let rivals = self.fleets.iter().filter(|fleet| fleet.name != best.name).filter(would_do);
        rivals.min_by(|one, two| cost(one).total_cmp(&cost(two)))
    }

    /// Whether the next fleet may be as cheap: the difference is none, or not significant. One replication tells nothing of
    /// chance.
    #[must_use]
    pub fn is_unsure(&self) -> bool {
        let Some((best, next)) = self.best.as_ref().zip(self.next()) else { return false };
        let best_cost = self.fleets.iter().find(|fleet| fleet.name == *best).map(|fleet| fleet.cost_per_month_usd.mean);
        if best_cost == Some(next.cost_per_month_usd.mean) {
            return true;
        }
        let pair = self.comparisons.iter().find(|pair| {
            (pair.fleet == *best && pair.against == next.name) || (pair.against == *best && pair.fleet == next.name)
        });
        self.replications > 1 && pair.is_some_and(|pair| !pair.significant)
    }
}

/// One fleet in a cell.
#[derive(Clone, Debug, Deserialize)]
pub struct PointFleet {
    pub name: String,
    pub meets_slo: Option<bool>,
    pub cost_per_month_usd: Figure,
    warnings: Vec<String>,
}

/// An estimate, read again.
#[derive(Clone, Copy, Debug, Deserialize)]
pub struct Figure {
    pub mean: Option<f64>,
    pub low: Option<f64>,
    pub high: Option<f64>,
}

impl From<Figure> for Estimate {
    fn from(figure: Figure) -> Estimate {
        Estimate { mean: figure.mean, low: figure.low, high: figure.high }
    }
}

/// What of a cell's JSON is read again.
#[derive(Deserialize)]
struct CellText {
    cell: u64,
    replications: u32,
    fleets: Vec<PointFleet>,
    comparisons: Vec<PointComparison>,
    cheapest: Option<String>,
    cheapest_meeting_slo: Option<String>,
    warnings: Vec<String>,
    precision: Option<CellPrecision>,
}

#[derive(Deserialize)]
struct CellPrecision {
    of: String,
    asked: f64,
    reached: f64,
}

impl Overview {
    pub(super) fn new(manifest: &Manifest, grid: &Grid) -> Overview {
        Overview {
            name: manifest.scenario.name.clone(),
            seed: manifest.scenario.seed,
            overrides: manifest.scenario.overrides.clone(),
            axes: grid.axes().to_vec(),
            all: grid.cells(),
            cells: 0,
            points: Vec::new(),
            fleets: Vec::new(),
            best: Vec::new(),
            unsure: 0,
            warned: 0,
            warning: None,
            judged: false,
            fewest_replications: u32::MAX,
            most_replications: 0,
            precision: None,
        }
    }

    /// Whether no cell was read yet.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.cells == 0
    }

    /// Reads a cell's JSON.
    pub(super) fn add(&mut self, grid: &Grid, text: &str) -> serde_json::Result<()> {
        let mut cell: CellText = serde_json::from_str(text)?;
        self.note_warnings(&mut cell);
        for fleet in &cell.fleets {
            if !self.fleets.contains(&fleet.name) {
                self.fleets.push(fleet.name.clone());
            }
        }
        if let Some(CellPrecision { of, asked, reached }) = cell.precision.take() {
            let overall = self.precision.get_or_insert(OverallPrecision { of, asked, worst: 0.0, blunt: 0 });
            overall.worst = overall.worst.max(reached);
            overall.blunt += u64::from(reached > asked);
        }
        let judged = cell.fleets.iter().any(|fleet| fleet.meets_slo.is_some());
        self.judged |= judged;
        self.cells += 1;
        self.fewest_replications = self.fewest_replications.min(cell.replications);
        self.most_replications = self.most_replications.max(cell.replications);
        let best = if judged { cell.cheapest_meeting_slo } else { cell.cheapest };
        match self.best.iter_mut().find(|(name, _)| *name == best) {
            Some((_, count)) => *count += 1,
            None => self.best.push((best.clone(), 1)),
        }
        let position = grid.position(cell.cell);
        let CellText { cell, replications, fleets, comparisons, .. } = cell;
        let point = Point { cell, position, fleets, best, replications, comparisons };
        self.unsure += u64::from(point.is_unsure());
        if self.points.len() < MOST_POINTS {
            self.points.push(point);
        }
        Ok(())
    }

    /// Counts the cell where it has a warning, and lets go of all but the first one.
    fn note_warnings(&mut self, cell: &mut CellText) {
        let of_fleet = |fleet: &mut PointFleet| {
            let warnings = std::mem::take(&mut fleet.warnings).into_iter();
            warnings.map(|warning| format!("{}: {warning}", fleet.name)).collect::<Vec<_>>()
        };
        let of_fleets: Vec<String> = cell.fleets.iter_mut().flat_map(of_fleet).collect();
        let first = std::mem::take(&mut cell.warnings).into_iter().chain(of_fleets).next();
        if let Some(first) = first {
            self.warned += 1;
            self.warning.get_or_insert_with(|| format!("cell {}: {first}", cell.cell));
        }
    }

    /// The table's first rows, how many there are more, and the answer.
    #[must_use]
    pub fn report(&self, look: Look) -> String {
        let mut text = String::new();
        paragraph(&mut text, &self.name, Style::new().bold(), look);
        paragraph(&mut text, &self.source(), Style::new().dimmed(), look);
        let shown = &self.points[..self.points.len().min(MOST_ROWS)];
        section(&mut text, &table::cells(&axis_names(&self.axes), &self.rows(shown), &self.fleets, look));
        let more = self.cells - shown.len() as u64;
        if more > 0 {
            paragraph(&mut text, &format!("... {more} more in sweep.parquet"), Style::new().dimmed(), look);
        }
        section(&mut text, "");
        paragraph(&mut text, &self.answer(), Style::new().bold(), look);
        if let Some(warning) = &self.warning {
            section(&mut text, "");
            let words = match self.warned {
                1 => format!("{warning} (sweep.json)"),
                count => format!("in {count} cells (sweep.json), the first in {warning}"),
            };
            labelled(&mut text, "warning: ", &words, AnsiColor::Yellow.on_default().bold(), look);
        }
        text
    }

    fn rows<'a>(&'a self, points: &'a [Point]) -> Vec<(Vec<&'a str>, &'a Point)> {
        let values = |point: &Point| {
            self.axes.iter().zip(&point.position).map(|(axis, &index)| axis.values[index].as_str()).collect()
        };
        points.iter().map(|point| (values(point), point)).collect()
    }

    /// `25 cells of traffic.api.rate x fleet.serverless.keep_alive, 10 replications each, seed 1; $/month`.
    fn source(&self) -> String {
        let paths: Vec<&str> = self.axes.iter().map(|axis| axis.path.as_str()).collect();
        let cells = match (self.cells, self.all) {
            (1, 1) => "1 cell".to_owned(),
            (cells, all) if cells == all => format!("{cells} cells"),
            (cells, all) => format!("{cells} of {all} cells"),
        };
        let mut words = format!("{cells} of {}, {}, seed {}", paths.join(" x "), self.replications(), self.seed);
        if !self.overrides.is_empty() {
            let _ = write!(words, ", with {}", self.overrides.join(" "));
        }
        if let Some(OverallPrecision { of, asked, worst, blunt }) = &self.precision {
            let _ = write!(words, "; {of} known to {} or better", number::share(*worst));
            match blunt {
                0 => {}
                1 => drop(write!(words, ", in one cell not to {}", number::share(*asked))),
                cells => drop(write!(words, ", in {cells} cells not to {}", number::share(*asked))),
            }
        }
        words + "; $/month"
    }

    /// `10 replications each`.
    #[must_use]
    pub fn replications(&self) -> String {
        match (self.fewest_replications, self.most_replications) {
            (1, 1) => "one replication each".to_owned(),
            (fewest, most) if fewest == most => format!("{most} replications each"),
            (fewest, most) => format!("{fewest} to {most} replications each"),
        }
    }

    /// In how many cells which fleet is the cheapest, and where along a single axis.
    fn answer(&self) -> String {
        let what = if self.judged { "the cheapest that meets the objective" } else { "the cheapest" };
        let mut best: Vec<(&str, u64)> =
            self.best.iter().filter_map(|(name, count)| Some((name.as_deref()?, *count))).collect();
        // The first of equals in the order of the fleets.
        let place = |name: &str| self.fleets.iter().position(|fleet| fleet == name);
        best.sort_by_key(|&(name, count)| (std::cmp::Reverse(count), place(name)));
        let none = self.cells - best.iter().map(|(_, count)| count).sum::<u64>();
        let unsure = match self.unsure {
            0 => String::new(),
            1 => " In one cell the next fleet may be as cheap.".to_owned(),
            count => format!(" In {count} cells the next fleet may be as cheap."),
        };
        let Some(&(first, count)) = best.first() else {
            return match self.judged {
                true => format!("No fleet meets the objective in any of {} cells.", self.cells),
                false => format!("No fleet is {what} in any of {} cells.", self.cells),
            };
        };
        if count == self.cells {
            let cells = if count == 1 { "the only cell".to_owned() } else { format!("all {count} cells") };
            return format!("{first} is {what} in {cells}.{unsure}");
        }
        let mut words = format!("{first} is {what} in {count} of {} cells", self.cells);
        for (name, count) in &best[1..] {
            let _ = write!(words, ", {name} in {count}");
        }
        if none > 0 {
            let _ = write!(words, ", none in {none}");
        }
        words.push_str(&self.stretches().map_or_else(|| ".".to_owned(), |stretches| format!(": {stretches}.")));
        words + &unsure
    }

    /// Along the only axis: `serverless from 1/s to 4/s, dedicated from 5/s to 10/s`.
    fn stretches(&self) -> Option<String> {
        let [axis] = &self.axes[..] else { return None };
        if self.cells != self.all || self.points.len() as u64 != self.all {
            return None;
        }
        let stretches: Vec<&[Point]> = self.points.chunk_by(|one, next| one.best == next.best).collect();
        if stretches.len() > MOST_STRETCHES {
            return None;
        }
        let value = |point: Option<&Point>| point.map_or("", |point| axis.values[point.position[0]].as_str());
        let words = stretches.into_iter().map(|points| {
            let name = points.first().and_then(|point| point.best.as_deref()).unwrap_or("none");
            match points {
                [only] => format!("{name} at {}", value(Some(only))),
                _ => format!("{name} from {} to {}", value(points.first()), value(points.last())),
            }
        });
        Some(words.collect::<Vec<_>>().join(", "))
    }
}

/// Each axis by as few of its last segments as tell it from the others.
fn axis_names(axes: &[Axis]) -> Vec<String> {
    let tail = |axis: &Axis, count: usize| axis.segments[axis.segments.len().saturating_sub(count)..].join(".");
    let name = |axis: &Axis| {
        let others = || axes.iter().filter(|other| other.segments != axis.segments);
        let tells = |count: &usize| others().all(|other| tail(other, *count) != tail(axis, *count));
        let count = (1..axis.segments.len()).find(tells).unwrap_or(axis.segments.len());
        tail(axis, count)
    };
    axes.iter().map(name).collect()
}

#[cfg(test)]
pub(super) mod tests;
