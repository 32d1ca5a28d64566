//! The chart of a sweep: what fleets cost where one path is varied, and which is the cheapest where two are.

use crate::experiment::{self, Spread};
use crate::measure::Estimate;

use super::overview::{Overview, Point, PointFleet};
use crate::report::chart::{
    Axis, AxisScale, HeatCell, HeatMap, Line, LineChart, LinePanel, LinePoint, Quadrants, Unit,
};
use crate::report::number;

/// The stem of its files.
pub const NAME: &str = "sweep";

/// So much cheaper than the next fleet is the deepest colour.
const DEEPEST: f64 = 0.5;

/// Of a fleet without a rival.
const ALONE: &str = "alone";

/// Either chart.
#[derive(Clone, Debug, PartialEq)]
pub enum SweepChart {
    Lines(LineChart),
    Map(Box<HeatMap>),
}

/// The chart of a whole sweep; `None` of a part, of more cells than a chart can show, and where not one or two paths have
/// several values.
#[must_use]
pub fn sweep_chart(overview: &Overview) -> Option<SweepChart> {
    if overview.points.len() as u64 != overview.all {
        return None;
    }
    let varied: Vec<usize> = (0..overview.axes.len()).filter(|&index| overview.axes[index].values.len() > 1).collect();
    match varied[..] {
        [axis] => Some(SweepChart::Lines(lines(overview, axis))),
        [x, y] => Some(SweepChart::Map(Box::new(map(overview, x, y)))),
        _ => None,
    }
}

fn lines(overview: &Overview, axis: usize) -> LineChart {
    let (x, places) = drawn_axis(&overview.axes[axis]);
    let figures =
        overview.points.iter().flat_map(|point| &point.fleets).filter_map(|fleet| fleet.cost_per_month_usd.mean);
    let ratios = x.scale == AxisScale::Logarithmic && figures.clone().all(|cost| cost > 0.0);
    let (scale, words) = match ratios {
        true => (AxisScale::Logarithmic, ", logarithmic"),
        false => (AxisScale::Linear, ""),
    };
    let line = |(index, name): (usize, &String)| {
        let mut points: Vec<LinePoint> =
            overview.points.iter().filter_map(|point| line_point(point, name, places[point.position[axis]])).collect();
        points.sort_by(|one, next| one.x.total_cmp(&next.x));
        Line { name: name.clone(), index, points, ..Line::default() }
    };
    LineChart {
        name: NAME,
        title: format!("Cost a month, by {}", overview.axes[axis].path),
        subtitle: format!("{}: {}", overview.name, overview.replications()),
        x,
        panels: vec![LinePanel {
            y: Axis { title: format!("US dollars a month of 720 hours{words}"), scale, unit: Unit::Dollars },
            lines: overview.fleets.iter().enumerate().map(line).collect(),
            limit: None,
            crossings: Vec::new(),
        }],
    }
}

fn line_point(point: &Point, fleet: &str, x: f64) -> Option<LinePoint> {
    let fleet = point.fleets.iter().find(|other| other.name == *fleet)?;
    let cost = Estimate::from(fleet.cost_per_month_usd);
    Some(LinePoint { x, y: cost.mean?, low: cost.low, high: cost.high, solid: fleet.meets_slo != Some(false) })
}

fn map(overview: &Overview, x: usize, y: usize) -> HeatMap {
    let ((x_axis, x_places), (y_axis, y_places)) = (drawn_axis(&overview.axes[x]), drawn_axis(&overview.axes[y]));
    let (columns, rows) = (ranks(&x_places), ranks(&y_places));
    let cell = |point: &Point| heat_cell(overview, point, columns[point.position[x]], rows[point.position[y]]);
    let what = if overview.judged { "The cheapest fleet that meets the objective" } else { "The cheapest fleet" };
    let cells: Vec<HeatCell> = overview.points.iter().map(cell).collect();
    let alone = if cells.iter().any(|cell| cell.text == ALONE) { " that does as well, if any" } else { "" };
    let no_winner = if overview.judged { "no fleet meets the objective" } else { "no fleet" };
    HeatMap {
        name: NAME,
        title: what.to_owned(),
        subtitle: format!("{}: how much cheaper than the next one{alone}; {}", overview.name, overview.replications()),
        x: x_axis,
        y: y_axis,
        x_values: sorted(x_places),
        y_values: sorted(y_places),
        cells,
        fleets: overview.fleets.clone(),
        no_winner: no_winner.to_owned(),
        guides: Vec::new(),
        quadrants: Quadrants::default(),
    }
}

/// The best fleet of a cell, and by how much it is cheaper than the next one that would do.
fn heat_cell(overview: &Overview, point: &Point, column: usize, row: usize) -> HeatCell {
    let best = point.best.as_deref();
    let winner = best.and_then(|best| overview.fleets.iter().position(|name| name == best));
    let cost = |fleet: &PointFleet| fleet.cost_per_month_usd.mean;
    let cheapest = point.fleets.iter().find(|fleet| Some(fleet.name.as_str()) == best).and_then(cost);
    let next = point.next().and_then(cost);
    let saving = cheapest.zip(next).filter(|&(_, next)| next > 0.0).map(|(cheapest, next)| 1.0 - cheapest / next);
    HeatCell {
        column,
        row,
        winner,
        // A fleet without a rival wins by all there is.
        strength: winner.map_or(0.0, |_| saving.map_or(1.0, |saving| (saving / DEEPEST).clamp(0.0, 1.0))),
        text: match (winner, saving) {
            (None, _) => String::new(),
            (Some(_), Some(saving)) => number::share(saving),
            (Some(_), None) => ALONE.to_owned(),
        },
        unsure: winner.is_some() && overview.tells_chance() && !point.is_sure(),
    }
}

/// An axis as it is drawn, and the place of each value: a range by its numbers, a list evenly spaced, as it is written.
fn drawn_axis(axis: &experiment::Axis) -> (Axis, Vec<f64>) {
    let listed = || {
        let places = (0..axis.values.len()).map(|index| index as f64).collect();
        let scale = AxisScale::Labels(axis.values.clone());
        (Axis { title: axis.path.clone(), scale, unit: Unit::Plain }, places)
    };
    let scale = match axis.spread {
        Spread::Listed => return listed(),
        Spread::EvenSteps => AxisScale::Linear,
        Spread::EvenRatios => AxisScale::Logarithmic,
    };
    let Some((unit, numbers)) = axis.numbers() else { return listed() };
    let Some(places) = numbers.into_iter().collect::<Option<Vec<f64>>>() else { return listed() };
    let (unit, words) = match unit {
        experiment::Unit::Plain => (Unit::Plain, ""),
        experiment::Unit::Seconds => (Unit::Seconds, ""),
        experiment::Unit::PerSecond => (Unit::Plain, ", requests a second"),
        experiment::Unit::UsdPerHour => (Unit::Dollars, ", an hour"),
        experiment::Unit::Usd => (Unit::Dollars, ""),
    };
    let logarithmic = if scale == AxisScale::Logarithmic { ", logarithmic" } else { "" };
    (Axis { title: format!("{}{words}{logarithmic}", axis.path), scale, unit }, places)
}

/// How many of the values are below each.
fn ranks(places: &[f64]) -> Vec<usize> {
    places.iter().map(|place| places.iter().filter(|other| *other < place).count()).collect()
}

fn sorted(mut places: Vec<f64>) -> Vec<f64> {
    places.sort_by(f64::total_cmp);
    places
}
