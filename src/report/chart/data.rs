//! What a chart shows as data, with where it is drawn: for a page that tells values under the pointer and draws lines anew.
//! Positions are in the chart's own units.

use plotters::style::RGBColor;
use serde::{Deserialize, Serialize};

use super::axis::{Scale, Tick};
use super::canvas::SCALE;
use super::frame::Plot;
use super::palette::color_of_fleet;
use super::place::Bounds;
use super::quantity::Ruler;

/// Of one chart.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ChartData {
    /// Units of the picture's `viewBox` to one of the chart.
    pub fine: f64,
    /// From the top down.
    pub plots: Vec<PlotData>,
    /// Areas with a text of their own, which cover each other as they follow.
    pub spots: Vec<SpotData>,
}

/// A rectangle with lines.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct PlotData {
    /// Left, top, right and bottom.
    pub rect: [f64; 4],
    /// The title of the vertical axis.
    pub title: String,
    pub x: ScaleData,
    /// The vertical axis as it is drawn, then as it can be drawn; empty where lines are not to be drawn anew.
    pub views: Vec<ViewData>,
    /// The values of the horizontal axis that something is told of, ascending, as they are written.
    pub stops: Vec<(f64, String)>,
    pub series: Vec<SeriesData>,
    /// A limit, and what it says.
    pub limit: Option<(f64, String)>,
    /// Points that are marked by a ring.
    pub rings: Vec<(f64, f64)>,
}

/// From values to positions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ScaleData {
    pub log: bool,
    pub values: (f64, f64),
    pub positions: (f64, f64),
}

/// A vertical axis.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ViewData {
    pub scale: ScaleData,
    pub ticks: Vec<(f64, String)>,
}

/// A line.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SeriesData {
    pub name: String,
    /// The fleet, with which it is shown and hidden.
    pub of: String,
    /// As CSS has it.
    pub color: String,
    /// Without markers and interval.
    pub thin: bool,
    pub steps: bool,
    pub points: Vec<PointData>,
}

/// x, y, the ends of the interval, whether the objective is met, and the value as it is written.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PointData(pub f64, pub f64, pub Option<f64>, pub Option<f64>, pub bool, pub String);

/// An area and what it says.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SpotData {
    /// Left, top, right and bottom.
    pub rect: [f64; 4],
    pub text: String,
}

impl ChartData {
    pub(super) fn of_plots(plots: Vec<PlotData>) -> ChartData {
        ChartData { fine: SCALE, plots, spots: Vec::new() }
    }

    pub(super) fn of_spots(spots: Vec<SpotData>) -> ChartData {
        ChartData { fine: SCALE, plots: Vec::new(), spots }
    }
}

impl PlotData {
    /// Without anything in it.
    pub(super) fn new(plot: &Plot, title: &str) -> PlotData {
        PlotData {
            rect: rectangle((plot.left, plot.top), (plot.right, plot.bottom)),
            title: title.to_owned(),
            x: plot.x.data(),
            ..PlotData::default()
        }
    }

    /// The stops of all series.
    #[must_use]
    pub(super) fn with_stops(mut self, write: impl Fn(f64) -> String) -> PlotData {
        let mut stops: Vec<f64> =
            self.series.iter().flat_map(|series| series.points.iter().map(|point| point.0)).collect();
        stops.sort_by(f64::total_cmp);
        stops.dedup();
        self.stops = stops.into_iter().map(|stop| (stop, write(stop))).collect();
        self
    }
}

impl ViewData {
    pub(super) fn new(scale: Scale, ticks: &[Tick]) -> ViewData {
        let ticks = ticks.iter().map(|tick| (brief(tick.value), tick.label.clone()));
        ViewData { scale: scale.data(), ticks: ticks.collect() }
    }
}

impl From<&Ruler> for ViewData {
    fn from(ruler: &Ruler) -> ViewData {
        ViewData::new(ruler.scale, &ruler.ticks)
    }
}

impl PointData {
    /// A point without an interval.
    pub(super) fn plain(x: f64, y: f64, text: String) -> PointData {
        PointData(brief(x), brief(y), None, None, true, text)
    }
}

impl SpotData {
    pub(super) fn new(bounds: &Bounds, text: String) -> SpotData {
        SpotData { rect: rectangle((bounds.left, bounds.top), (bounds.right, bounds.bottom)), text }
    }
}

fn rectangle(from: (f64, f64), to: (f64, f64)) -> [f64; 4] {
    [from.0, from.1, to.0, to.1].map(|end| (end * 100.0).round() / 100.0)
}

/// As many digits as can be seen: the rest would make the page large.
pub(super) fn brief(value: f64) -> f64 {
    format!("{value:.6e}").parse().unwrap_or(value)
}

/// The colour of the fleet at this place in the scenario, as CSS has it.
pub(super) fn css_of_fleet(index: usize) -> String {
    css(color_of_fleet(index))
}

pub(super) fn css(RGBColor(red, green, blue): RGBColor) -> String {
    format!("#{red:02x}{green:02x}{blue:02x}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_cut_to_what_can_be_seen_and_stay_themselves() {
        assert_eq!([0.0, 1.0, 1_234.567_891_2, -3e-9].map(brief), [0.0, 1.0, 1_234.568, -3e-9]);
    }

    #[test]
    fn stops_are_those_of_all_series_once_each() {
        let series = |xs: &[f64]| SeriesData {
            points: xs.iter().map(|&x| PointData::plain(x, 1.0, String::new())).collect(),
            ..SeriesData::default()
        };
        let plot = PlotData { series: vec![series(&[1.0, 3.0]), series(&[2.0, 3.0])], ..PlotData::default() };
        let stops = plot.with_stops(|x| format!("{x}")).stops;
        assert_eq!(stops, [(1.0, "1".to_owned()), (2.0, "2".to_owned()), (3.0, "3".to_owned())]);
    }
}
