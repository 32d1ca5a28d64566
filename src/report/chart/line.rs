//! A line of a chart: solid where its fleet meets the objective and dotted where not, in the fleet's colour with its marker.

use plotters::prelude::DrawingBackend;

use super::canvas::{Canvas, Dash, Drawn, Point, Stroke};
use super::data::{PointData, SeriesData, brief, css_of_fleet};
use super::frame::{Plot, Swatch};
use super::marker::marker_of_fleet;
use super::palette::{WHITE, color_of_fleet};
use super::place::Segment;
use super::quantity::Axis;

/// A line.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Line {
    /// The fleet.
    pub name: String,
    /// The fleet's place in the scenario: its colour and its marker.
    pub index: usize,
    /// From left to right. A point that has no place on an axis interrupts the line.
    pub points: Vec<LinePoint>,
    /// Drawn thin, without markers and interval, whether solid or not: what a formula says beside what was simulated.
    pub thin: bool,
    /// Drawn as a staircase: as high as a point up to the next one.
    pub steps: bool,
}

/// A point of a line.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct LinePoint {
    pub x: f64,
    pub y: f64,
    /// The interval of `y`, drawn when both ends are there.
    pub low: Option<f64>,
    pub high: Option<f64>,
    /// Whether the objective is met.
    pub solid: bool,
}

/// The pattern of a line that misses the objective.
pub(super) const DOTTED: Dash = &[2.0, 3.2];
/// The pattern of a thin line.
pub(super) const DASHED: Dash = &[7.0, 4.0];
/// The width of a line, and of a thin one.
pub(super) const THICK: f64 = 2.2;
pub(super) const THIN: f64 = 1.1;
/// Markers are at least this far apart.
const MARKERS_APART: f64 = 26.0;
const RADIUS: f64 = 4.4;
/// How strongly the area of an interval is coloured, in [0, 1].
const BAND: f64 = 0.2;

impl Line {
    /// The points that have a place on both axes.
    pub(super) fn drawn_points<'a>(&'a self, x: &'a Axis, y: &'a Axis) -> impl Iterator<Item = &'a LinePoint> {
        self.points.iter().filter(|point| x.holds(point.x) && y.holds(point.y))
    }

    pub(super) fn swatch(&self) -> Swatch {
        match self.thin {
            true => Swatch::Line(self.stroke(true)),
            false => Swatch::Marked(self.stroke(true), marker_of_fleet(self.index)),
        }
    }

    fn stroke(&self, solid: bool) -> Stroke {
        let (width, dash) = match (self.thin, solid) {
            (true, _) => (THIN, DASHED),
            (false, true) => (THICK, &[] as Dash),
            (false, false) => (THICK, DOTTED),
        };
        Stroke { color: color_of_fleet(self.index), width, dash }
    }

    /// The parts between interruptions.
    fn parts<'a>(&'a self, x: &'a Axis, y: &'a Axis) -> impl Iterator<Item = &'a [LinePoint]> {
        let parts = self.points.split(|point| !(x.holds(point.x) && y.holds(point.y)));
        parts.filter(|part| !part.is_empty())
    }

    /// The area of the intervals.
    pub(super) fn draw_band<DB: DrawingBackend>(
        &self,
        canvas: &Canvas<DB>,
        plot: &Plot,
        (x, y): (&Axis, &Axis),
    ) -> Drawn {
        if self.thin {
            return Ok(());
        }
        for part in self.parts(x, y) {
            for run in part.split(|point| point.interval().is_none()) {
                let edge = |value: fn((f64, f64)) -> f64| -> Vec<Point> {
                    let ends = run.iter().filter_map(|point| Some((point.x, value(point.interval()?))));
                    staircase(ends.map(|(x, y)| plot.point(x, y)).collect(), self.steps)
                };
                let (low, high) = (edge(|interval| interval.0), edge(|interval| interval.1));
                if let ([foot], [head]) = (&low[..], &high[..]) {
                    canvas.line(&[*foot, *head], Stroke::solid(color_of_fleet(self.index), 1.2))?;
                } else if !low.is_empty() {
                    let outline: Vec<Point> = low.into_iter().chain(high.into_iter().rev()).collect();
                    canvas.wash(&outline, color_of_fleet(self.index), BAND)?;
                }
            }
        }
        Ok(())
    }

    pub(super) fn draw<DB: DrawingBackend>(&self, canvas: &Canvas<DB>, plot: &Plot, (x, y): (&Axis, &Axis)) -> Drawn {
        for part in self.parts(x, y) {
            for (solid, path) in self.strokes(part, plot) {
                canvas.line(&path, self.stroke(solid))?;
            }
        }
        Ok(())
    }

    /// The paths of a part, each with whether it is solid.
    fn strokes(&self, part: &[LinePoint], plot: &Plot) -> Vec<(bool, Vec<Point>)> {
        let mut strokes: Vec<(bool, Vec<Point>)> = Vec::new();
        let mut add = |solid: bool, from: Point, to: Point| match strokes.last_mut() {
            Some((same, path)) if *same == solid => path.push(to),
            _ => strokes.push((solid, vec![from, to])),
        };
        for pair in part.windows(2) {
            let (from, to) = (plot.point(pair[0].x, pair[0].y), plot.point(pair[1].x, pair[1].y));
            let both = pair[0].solid && pair[1].solid;
            if self.steps {
                let corner = (to.0, from.1);
                add(pair[0].solid, from, corner);
                add(both, corner, to);
            } else {
                add(both, from, to);
            }
        }
        strokes
    }

    /// The points that have a place, as data.
    pub(super) fn data(&self, (x, y): (&Axis, &Axis)) -> SeriesData {
        let point = |point: &LinePoint| {
            let interval = point.interval().filter(|_| !self.thin);
            let ends = interval.filter(|(low, high)| low < high);
            let mut text = y.written(point.y);
            if let Some((low, high)) = ends {
                text.push_str(&format!(" ({} to {})", y.written(low), y.written(high)));
            }
            if !point.solid {
                text.push_str(", misses the objective");
            }
            let (low, high) = (interval.map(|ends| brief(ends.0)), interval.map(|ends| brief(ends.1)));
            PointData(brief(point.x), brief(point.y), low, high, point.solid, text)
        };
        SeriesData {
            name: if self.thin { format!("{} by the formula", self.name) } else { self.name.clone() },
            of: self.name.clone(),
            color: css_of_fleet(self.index),
            thin: self.thin,
            steps: self.steps,
            points: self.drawn_points(x, y).map(point).collect(),
        }
    }

    /// Markers on the points, thinned out where points are close; hollow where the objective is missed.
    pub(super) fn draw_markers<DB: DrawingBackend>(
        &self,
        canvas: &Canvas<DB>,
        plot: &Plot,
        axes: (&Axis, &Axis),
    ) -> Drawn {
        let marker = marker_of_fleet(self.index);
        for (at, solid) in self.marked(plot, axes) {
            marker.draw(canvas, at, RADIUS, color_of_fleet(self.index))?;
            if !solid {
                marker.fill(canvas, at, RADIUS * 0.55, WHITE)?;
            }
        }
        Ok(())
    }

    /// The straight pieces of it and strokes through its markers, for labels to keep away from.
    pub(super) fn segments(&self, plot: &Plot, (x, y): (&Axis, &Axis)) -> Vec<Segment> {
        let strokes = self.parts(x, y).flat_map(|part| self.strokes(part, plot));
        let pieces = strokes.flat_map(|(_, path)| path.windows(2).map(|pair| (pair[0], pair[1])).collect::<Vec<_>>());
        let markers = self
            .marked(plot, (x, y))
            .into_iter()
            .flat_map(|((x, y), _)| [((x - RADIUS, y), (x + RADIUS, y)), ((x, y - RADIUS), (x, y + RADIUS))]);
        pieces.chain(markers).collect()
    }

    /// Where markers are, and whether the objective is met there; none of a thin line.
    fn marked(&self, plot: &Plot, (x, y): (&Axis, &Axis)) -> Vec<(Point, bool)> {
        let mut marked: Vec<(Point, bool)> = Vec::new();
        for point in self.drawn_points(x, y).filter(|_| !self.thin) {
            let at = plot.point(point.x, point.y);
            let far = |last: &(Point, bool)| (at.0 - last.0.0).hypot(at.1 - last.0.1) >= MARKERS_APART;
            if marked.last().is_none_or(far) {
                marked.push((at, point.solid));
            }
        }
        marked
    }
}

impl LinePoint {
    /// The interval, where both ends are numbers.
    pub(super) fn interval(&self) -> Option<(f64, f64)> {
        let (low, high) = (self.low?, self.high?);
        (low.is_finite() && high.is_finite()).then_some((low, high))
    }
}

/// The same points with a corner between each two, where steps are asked for.
fn staircase(points: Vec<Point>, steps: bool) -> Vec<Point> {
    if !steps {
        return points;
    }
    let mut path: Vec<Point> = Vec::with_capacity(points.len() * 2);
    for point in points {
        if let Some(&(_, level)) = path.last() {
            path.push((point.0, level));
        }
        path.push(point);
    }
    path
}
