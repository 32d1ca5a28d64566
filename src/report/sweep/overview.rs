//! What is shown of a sweep, read from its cells one at a time: a row a cell, and which fleet is the cheapest where.

use serde::Deserialize;
use serde_json::Value;

use crate::experiment::{Axis, Grid};
use crate::measure::Estimate;

use super::document::Foundations;
use super::manifest::Manifest;

/// Cells of which a chart can be drawn.
const MOST_POINTS: usize = 2_500;

/// What is shown of a sweep, read from its cells in their order.
#[derive(Clone, Debug)]
pub struct Overview {
    /// The scenario's.
    pub name: String,
    pub seed: u64,
    pub(super) overrides: Vec<String>,
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
    pub(super) best: Vec<(Option<String>, u64)>,
    /// Cells in which the best fleet is not significantly cheaper than the next one.
    pub(super) unsure: u64,
    /// Cells with a warning, of them or of a fleet, and the first warning.
    pub(super) warned: u64,
    pub(super) warning: Option<String>,
    /// What the bills of the cells rest on.
    pub(super) foundations: Foundations,
    /// Whether there is an objective.
    pub judged: bool,
    pub(super) fewest_replications: u32,
    pub(super) most_replications: u32,
    pub(super) precision: Option<OverallPrecision>,
}

/// How sharply a figure is known over all cells.
#[derive(Clone, Debug)]
pub(super) struct OverallPrecision {
    pub(super) of: String,
    pub(super) asked: f64,
    /// In the worst cell.
    pub(super) worst: f64,
    /// Cells that are not as sharp as was asked.
    pub(super) blunt: u64,
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
    catalog: Vec<Value>,
    presets: Vec<Value>,
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
            foundations: Foundations::default(),
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

    /// The prices and presets of the catalogue, as they are published.
    #[must_use]
    pub fn rests_on(&self) -> (&[Value], &[Value]) {
        (&self.foundations.catalog, &self.foundations.presets)
    }

    /// Reads a cell's JSON.
    pub(super) fn add(&mut self, grid: &Grid, text: &str) -> serde_json::Result<()> {
        let mut cell: CellText = serde_json::from_str(text)?;
        self.note_warnings(&mut cell);
        self.foundations.add(std::mem::take(&mut cell.catalog), std::mem::take(&mut cell.presets));
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

    /// `10 replications each`.
    #[must_use]
    pub fn replications(&self) -> String {
        match (self.fewest_replications, self.most_replications) {
            (1, 1) => "one replication each".to_owned(),
            (fewest, most) if fewest == most => format!("{most} replications each"),
            (fewest, most) => format!("{fewest} to {most} replications each"),
        }
    }
}
