//! Designs by cost and latency: a marker each, a line along those that no other one beats in both, and these numbered and named
//! below.

use plotters::prelude::DrawingBackend;

use super::Chart;
use super::axis::Tick;
use super::canvas::{Align, Canvas, Drawn, Point, Stroke};
use super::crossing::{draw_list, draw_number, list_height};
use super::data::{ChartData, SpotData};
use super::frame::{HEADING, Legend, MARGIN, Plot, Swatch, WIDTH, heading};
use super::lines::NOTHING;
use super::marker::{marker_of_fleet, ring};
use super::palette::{INK, SOFT_INK, STRONG, TICK, color_of_fleet, tint};
use super::place::{Bounds, Label, Segment, Surroundings, place};
use super::quantity::{Axis, AxisScale, Ruler, Unit};

/// `frontier`: cost across, latency up.
#[derive(Clone, Debug, PartialEq)]
pub struct FrontierChart {
    pub title: String,
    pub subtitle: String,
    /// The quantile of latency: `p99`.
    pub latency: &'static str,
    /// The names of the families, by their places in the plan.
    pub families: Vec<String>,
    pub points: Vec<FrontierPoint>,
    /// What no fleet can be cheaper than, in dollars a month, and what to call it.
    pub least_cost: Option<(f64, String)>,
}

/// A design.
#[derive(Clone, Debug, PartialEq)]
pub struct FrontierPoint {
    pub family: usize,
    /// Dollars a month.
    pub cost: f64,
    /// Seconds.
    pub latency: f64,
    /// Named below; empty: it is not.
    pub label: String,
    pub is_frontier: bool,
    pub is_recommended: bool,
    /// Whether it misses the objective.
    pub misses: bool,
}

const LEFT: f64 = 76.0;
const HEIGHT: f64 = 440.0;
const GAP: f64 = 36.0;
const BELOW: f64 = 62.0;
const INSET: f64 = 16.0;
/// The size of a number's disc.
const NUMBER: f64 = 17.0;
/// Of the list of names.
const COLUMNS: usize = 2;
/// Designs that are so many times as slow as the slowest of the frontier, or so many times as dear as the dearest, lie outside.
const SLOWER: f64 = 1.6;
const DEARER: f64 = 1.1;

/// The chart laid out.
struct Layout {
    legend: Legend,
    /// `None` without a point.
    plot: Option<(Plot, Vec<Tick>, Vec<Tick>)>,
    top: f64,
}

impl FrontierChart {
    fn axes(&self) -> (Axis, Axis) {
        let x = Axis { title: "cost a month".to_owned(), scale: AxisScale::Linear, unit: Unit::Dollars };
        let title = format!("{} of latency, logarithmic", self.latency);
        (x, Axis { title, scale: AxisScale::Logarithmic, unit: Unit::Seconds })
    }

    /// Those that are named, from the left to the right.
    fn named(&self) -> Vec<&FrontierPoint> {
        let mut named: Vec<&FrontierPoint> = self.points.iter().filter(|point| !point.label.is_empty()).collect();
        named.sort_by(|a, b| a.cost.total_cmp(&b.cost));
        named
    }

    /// Those that lie near the named ones; all where none is named.
    fn inside(&self) -> Vec<&FrontierPoint> {
        let most = |value: fn(&FrontierPoint) -> f64| self.named().into_iter().map(value).fold(0.0, f64::max);
        let (cost, latency) = (most(|point| point.cost) * DEARER, most(|point| point.latency) * SLOWER);
        let is_inside = |point: &&FrontierPoint| point.cost <= cost && point.latency <= latency;
        let all = cost == 0.0;
        self.points.iter().filter(|point| all || is_inside(point)).collect()
    }

    fn layout(&self) -> Layout {
        let used = |index: &usize| self.points.iter().any(|point| point.family == *index);
        let mut entries: Vec<(Swatch, String)> = (0..self.families.len())
            .filter(used)
            .map(|index| (Swatch::Tile(color_of_fleet(index), marker_of_fleet(index)), self.families[index].clone()))
            .collect();
        if self.points.iter().any(|point| point.misses) {
            entries.push((Swatch::Area(tint(SOFT_INK, 0.35)), "pale: misses the objective".to_owned()));
        }
        if self.points.iter().any(|point| point.is_recommended) {
            entries.push((Swatch::Ring, "recommended".to_owned()));
        }
        let legend = Legend::new(entries);
        let top = HEADING + legend.height() + GAP;
        let (x, y) = self.axes();
        let positions = (LEFT + INSET, WIDTH - MARGIN - INSET);
        let inside = self.inside();
        let costs = inside.iter().map(|point| point.cost);
        let least = self.least_cost.iter().map(|(cost, _)| *cost);
        let x = x.across(costs.chain(least), positions, 12);
        let y = y.rising(inside.iter().map(|point| point.latency), (top + HEIGHT, top), 12);
        let plot = x.zip(y).map(|(Ruler { scale: x, ticks: x_ticks }, Ruler { scale: y, ticks: y_ticks })| {
            let plot = Plot { left: LEFT, top, right: WIDTH - MARGIN, bottom: top + HEIGHT, x, y };
            (plot, x_ticks, y_ticks)
        });
        Layout { legend, plot, top }
    }

    /// From corner to corner: between two designs the faster one has to be bought.
    fn staircase(&self, plot: &Plot) -> Vec<Point> {
        let mut on_it: Vec<&FrontierPoint> = self.points.iter().filter(|point| point.is_frontier).collect();
        on_it.sort_by(|a, b| a.cost.total_cmp(&b.cost));
        let mut line: Vec<Point> = Vec::new();
        for point in on_it {
            let at = plot.point(point.cost, point.latency);
            if let Some(&(_, y)) = line.last() {
                line.push((at.0, y));
            }
            line.push(at);
        }
        line
    }

    /// The places of the numbers of the named designs, where there is one.
    fn numbers(&self, plot: &Plot, staircase: &[Point]) -> Vec<(Point, Option<Bounds>)> {
        let points: Vec<Point> = self.named().iter().map(|point| plot.point(point.cost, point.latency)).collect();
        let labels: Vec<Label> = points.iter().map(|&at| Label { at, width: NUMBER, height: NUMBER }).collect();
        let lines: Vec<Segment> = staircase.windows(2).map(|pair| (pair[0], pair[1])).collect();
        let within = Bounds { left: plot.left, top: plot.top, right: plot.right, bottom: plot.bottom };
        let inside = self.inside();
        let around = inside.iter().map(|point| Bounds::around(plot.point(point.cost, point.latency), 5.0, 5.0));
        let placed = place(&labels, &Surroundings { within, taken: around.collect(), lines });
        points.into_iter().zip(placed).collect()
    }

    /// What the numbers stand for.
    fn listed(&self) -> Vec<String> {
        let (x, y) = self.axes();
        let entry = |(index, point): (usize, &FrontierPoint)| {
            let (cost, latency) = (x.unit.write(point.cost, 3), y.unit.write(point.latency, 3));
            format!("{}  {}: {cost}, {latency}", index + 1, point.label)
        };
        self.named().into_iter().enumerate().map(entry).collect()
    }

    fn draw_points<DB: DrawingBackend>(&self, canvas: &Canvas<DB>, plot: &Plot) -> Drawn {
        for point in self.inside() {
            let at = plot.point(point.cost, point.latency);
            let color = color_of_fleet(point.family);
            let color = if point.misses { tint(color, 0.35) } else { color };
            let radius = if point.is_frontier || point.is_recommended { 5.0 } else { 3.4 };
            marker_of_fleet(point.family).draw(canvas, at, radius, color)?;
            if point.is_recommended {
                ring(canvas, at, 10.0, Stroke::solid(INK, 1.8))?;
            }
        }
        Ok(())
    }
}

#[allow(private_interfaces)]
impl Chart for FrontierChart {
    fn name(&self) -> &'static str {
        "frontier"
    }

    fn size(&self) -> (f64, f64) {
        (WIDTH, self.layout().top + HEIGHT + BELOW + list_height(self.named().len(), COLUMNS))
    }

    fn data(&self) -> ChartData {
        let Some((plot, ..)) = self.layout().plot else { return ChartData::default() };
        let spot = |point: &FrontierPoint| {
            let (x, y) = self.axes();
            let family = self.families.get(point.family);
            let name = if point.label.is_empty() { family.cloned().unwrap_or_default() } else { point.label.clone() };
            let misses = if point.misses { ", misses the objective" } else { "" };
            let text = format!("{name}: {}, {}{misses}", x.unit.write(point.cost, 4), y.unit.write(point.latency, 4));
            SpotData::new(&Bounds::around(plot.point(point.cost, point.latency), 7.0, 7.0), text)
        };
        ChartData::of_spots(self.inside().into_iter().map(spot).collect())
    }

    fn draw<DB: DrawingBackend>(&self, canvas: &Canvas<DB>) -> Drawn {
        heading(canvas, &self.title, &self.subtitle)?;
        let Layout { legend, plot, top } = self.layout();
        legend.draw(canvas, HEADING)?;
        let Some((plot, x_ticks, y_ticks)) = plot else {
            return canvas.text(NOTHING, (WIDTH / 2.0, top + HEIGHT / 2.0), Align::Center, STRONG);
        };
        let (x, y) = self.axes();
        plot.y_title(canvas, &y.title)?;
        plot.x_grid(canvas, &x_ticks)?;
        plot.y_axis(canvas, &y_ticks)?;
        plot.x_axis(canvas, &x_ticks)?;
        plot.x_title(canvas, &x.title)?;
        if let Some((cost, name)) = &self.least_cost {
            let x = plot.x.at(*cost);
            let stroke = Stroke { dash: &[5.0, 4.0], ..Stroke::solid(SOFT_INK, 1.3) };
            canvas.line(&[(x, plot.top), (x, plot.bottom)], stroke)?;
            canvas.text(name, (x + 6.0, plot.bottom - 12.0), Align::Left, TICK)?;
        }
        let staircase = self.staircase(&plot);
        canvas.line(&staircase, Stroke::solid(SOFT_INK, 1.4))?;
        self.draw_points(canvas, &plot)?;
        for (index, (at, bounds)) in self.numbers(&plot, &staircase).into_iter().enumerate() {
            let Some(bounds) = bounds else { continue };
            let near = bounds.nearest(at);
            if (near.0 - at.0).hypot(near.1 - at.1) > 12.0 {
                canvas.line(&[at, near], Stroke::solid(tint(SOFT_INK, 0.6), 0.8))?;
            }
            draw_number(canvas, bounds.middle(), &(index + 1).to_string())?;
        }
        draw_list(canvas, &self.listed(), plot.bottom + BELOW - 6.0, COLUMNS)
    }
}
