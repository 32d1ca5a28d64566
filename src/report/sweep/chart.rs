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
const ONLY: &str = "only";

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
    let alone = if cells.iter().any(|cell| cell.text == ONLY) { " that does as well, if any" } else { "" };
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
            (Some(_), None) => ONLY.to_owned(),
        },
        unsure: point.is_unsure(),
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

#[cfg(test)]
mod tests {
    use super::super::text::tests::{cell, spread_overview};
    use super::*;

    const RATES: (&str, &[&str]) = ("traffic.api.rate", &["4/s", "120/min", "1/s"]);
    const SEED: (&str, &[&str]) = ("seed", &["1"]);

    fn cells(count: u64) -> Vec<String> {
        (0..count).map(|index| cell(index, 70.0 + 20.0 * index as f64, [true, true], index != 1)).collect()
    }

    #[test]
    fn one_varied_path_is_drawn_as_lines_from_left_to_right() {
        let overview = spread_overview(&[SEED, RATES], Spread::EvenRatios, &cells(3));
        let Some(SweepChart::Lines(chart)) = sweep_chart(&overview) else { panic!("lines") };
        let points: Vec<(f64, f64)> = chart.panels[0].lines[1].points.iter().map(|point| (point.x, point.y)).collect();
        assert_eq!(points, [(1.0, 110.0), (2.0, 90.0), (4.0, 70.0)]);
        assert_eq!(
            (chart.x.scale, chart.x.title.as_str()),
            (AxisScale::Logarithmic, "traffic.api.rate, requests a second, logarithmic")
        );
        let overview = spread_overview(&[RATES], Spread::Listed, &cells(3));
        let Some(SweepChart::Lines(chart)) = sweep_chart(&overview) else { panic!("lines") };
        assert_eq!(chart.x.scale, AxisScale::Labels(RATES.1.iter().map(|&value| value.to_owned()).collect()));
    }

    #[test]
    fn two_varied_paths_are_drawn_as_a_map_of_the_best_fleet() {
        let prices: (&str, &[&str]) = ("fleet.spot.price", &["$1/h", "$2/h"]);
        let overview = spread_overview(&[RATES, prices], Spread::EvenSteps, &cells(6));
        let Some(SweepChart::Map(map)) = sweep_chart(&overview) else { panic!("a map") };
        assert_eq!((&map.x_values[..], &map.y_values[..]), (&[1.0, 2.0, 4.0][..], &[1.0, 2.0][..]));
        let first = &map.cells[0];
        assert_eq!((first.column, first.row, first.winner, first.text.as_str()), (2, 0, Some(1), "30%"));
        assert_eq!(
            map.cells.iter().map(|cell| cell.unsure).collect::<Vec<_>>(),
            [false, true, false, false, false, false]
        );
    }

    #[test]
    fn a_part_and_more_than_two_paths_have_no_chart() {
        let other: (&str, &[&str]) = ("seed", &["1", "2"]);
        let third: (&str, &[&str]) = ("replications", &["1", "2"]);
        assert_eq!(sweep_chart(&spread_overview(&[RATES, other, third], Spread::Listed, &cells(12))), None);
        assert_eq!(sweep_chart(&spread_overview(&[RATES], Spread::Listed, &cells(2))), None);
        assert_eq!(sweep_chart(&spread_overview(&[SEED], Spread::Listed, &cells(1))), None);
    }
}
