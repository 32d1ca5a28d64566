//! Lines over a common horizontal axis, in panels one above the other: with intervals, an objective and crossings.

use plotters::prelude::DrawingBackend;

use super::Chart;
use super::axis::{Scale, Tick};
use super::canvas::{Align, Canvas, Dash, Drawn, Stroke, Type};
use super::crossing::{COLUMNS, CrossingMark, Crossings, draw_list, list_height};
use super::data::{ChartData, PlotData, ViewData};
use super::frame::{HEADING, Legend, MARGIN, Plot, Swatch, WIDTH, heading};
use super::line::{DASHED, DOTTED, Line, THICK, THIN};
use super::palette::{INK, OBJECTIVE, SMALL, SOFT_INK, STRONG, TICK, WHITE};
use super::place::{Bounds, Segment};
use super::quantity::{Axis, Ruler};

/// Fleets' lines.
#[derive(Clone, Debug, PartialEq)]
pub struct LineChart {
    /// The stem of its files.
    pub name: &'static str,
    pub title: String,
    pub subtitle: String,
    /// Of all panels.
    pub x: Axis,
    /// From the top down.
    pub panels: Vec<LinePanel>,
}

/// A plot of lines.
#[derive(Clone, Debug, PartialEq)]
pub struct LinePanel {
    pub y: Axis,
    pub lines: Vec<Line>,
    pub limit: Option<Limit>,
    pub crossings: Vec<CrossingMark>,
}

/// A value that lines should stay on one side of, as a horizontal line.
#[derive(Clone, Debug, PartialEq)]
pub struct Limit {
    pub value: f64,
    /// For example `objective: 2 s`.
    pub label: String,
}

/// Left of the plot, at least.
const LEFT: f64 = 76.0;
/// Between panels, for the next one's title.
const GAP: f64 = 36.0;
const BELOW: f64 = 62.0;
/// From the sides of the plot to its first and last value, so that markers have room.
const INSET: f64 = 12.0;
/// Ticks of a vertical axis that are labels are not wider.
const WIDEST_TICK: f64 = 180.0;
/// An interval stretches a vertical axis to so many times the value, or a part of it, and no further.
const MOST_STRETCH: f64 = 4.0;

/// What an empty chart says.
pub(super) const NOTHING: &str = "There is nothing to draw.";

/// The chart laid out.
struct Layout {
    legend: Legend,
    /// `None` where nothing has a place on it.
    x: Option<Ruler>,
    /// Of no panel without it.
    panels: Vec<Panel>,
    listed: Vec<String>,
    bottom: f64,
}

struct Panel {
    plot: Plot,
    /// `None` where nothing has a place on it.
    y: Option<Ruler>,
    limit: Option<PlacedLimit>,
    crossings: Crossings,
}

struct PlacedLimit {
    y: f64,
    text: String,
    bounds: Bounds,
}

impl LineChart {
    fn layout(&self) -> Layout {
        let legend = Legend::new(self.legend_entries());
        let top = HEADING + legend.height() + GAP;
        let height = self.panel_height();
        let tops: Vec<f64> = (0..self.panels.len()).map(|index| top + index as f64 * (height + GAP)).collect();
        let rulers: Vec<Option<Ruler>> =
            self.panels.iter().zip(&tops).map(|(panel, top)| panel.ruler(&self.x, (top + height, *top))).collect();
        let ticks = rulers.iter().flatten().flat_map(|ruler| &ruler.ticks);
        let widest = ticks.map(|tick| TICK.width(&tick.label)).fold(0.0, f64::max);
        let left = LEFT.max(MARGIN + widest.min(WIDEST_TICK) + 9.0);
        let x = self.x_ruler((left + INSET, WIDTH - MARGIN - INSET));
        let mut panels = Vec::with_capacity(self.panels.len());
        let mut listed: Vec<String> = Vec::new();
        for ((panel, y), &top) in self.panels.iter().zip(rulers).zip(&tops) {
            let Some(x) = &x else { break };
            let (right, bottom) = (WIDTH - MARGIN, top + height);
            let scale = y.as_ref().map_or(Scale::linear((0.0, 1.0), (bottom, top)), |ruler| ruler.scale);
            let plot = Plot { left, top, right, bottom, x: x.scale, y: scale };
            let placed = panel.placed(&self.x, plot, y, listed.len() + 1);
            listed.extend(placed.crossings.listed());
            panels.push(placed);
        }
        let bottom = tops.last().map_or(top, |top| top + height);
        Layout { legend, panels, x, listed, bottom }
    }

    fn panel_height(&self) -> f64 {
        match self.panels.len() {
            0 | 1 => 400.0,
            2 => 240.0,
            _ => 190.0,
        }
    }

    fn x_ruler(&self, positions: (f64, f64)) -> Option<Ruler> {
        let values = self.panels.iter().flat_map(|panel| {
            let points = panel.lines.iter().flat_map(|line| line.drawn_points(&self.x, &panel.y));
            points.map(|point| point.x).chain(panel.crossings.iter().map(|crossing| crossing.x))
        });
        let mut ruler = self.x.across(values, positions, 12)?;
        let room = (positions.1 - positions.0) / ruler.ticks.len().max(1) as f64;
        for tick in &mut ruler.ticks {
            tick.label = TICK.fitted(&tick.label, room.max(60.0) - 8.0);
        }
        Some(ruler)
    }

    /// Each fleet once, then what the patterns mean.
    fn legend_entries(&self) -> Vec<(Swatch, String)> {
        let lines = || self.panels.iter().flat_map(|panel| &panel.lines);
        let mut entries: Vec<(Swatch, String)> = Vec::new();
        let told_by_another = |line: &Line| line.thin && lines().any(|other| !other.thin && other.index == line.index);
        for line in lines().filter(|line| !told_by_another(line)) {
            let entry = (line.swatch(), line.name.clone());
            if !entries.contains(&entry) {
                entries.push(entry);
            }
        }
        let pattern = |width: f64, dash: Dash| Swatch::Line(Stroke { color: SOFT_INK, width, dash });
        if lines().filter(|line| !line.thin).flat_map(|line| &line.points).any(|point| !point.solid) {
            entries.push((pattern(THICK, DOTTED), "dotted: misses the objective".to_owned()));
        }
        if lines().any(|line| line.thin) {
            entries.push((pattern(THIN, DASHED), "thin: by the formula".to_owned()));
        }
        if self.panels.iter().any(|panel| !panel.crossings.is_empty()) {
            entries.push((Swatch::Ring, "crossing".to_owned()));
        }
        entries
    }
}

impl LinePanel {
    fn ruler(&self, x: &Axis, positions: (f64, f64)) -> Option<Ruler> {
        let points =
            || self.lines.iter().flat_map(|line| line.drawn_points(x, &self.y).map(move |point| (line, point)));
        let stretched = points().filter(|(line, _)| !line.thin).flat_map(|(_, point)| {
            let ends = point.interval().map(|(low, high)| {
                let (least, most) = (point.y.abs() / MOST_STRETCH, point.y.abs() * MOST_STRETCH);
                [low.max(point.y.min(least)), high.min(point.y.max(most))]
            });
            ends.into_iter().flatten()
        });
        let crossings = self.crossings.iter().filter(|crossing| x.holds(crossing.x)).map(|crossing| crossing.y);
        let data = points().map(|(_, point)| point.y).chain(stretched).chain(crossings);
        // An objective without a line is no chart.
        let data: Vec<f64> = data.filter(|&value| self.y.holds(value)).collect();
        let limit = self.limit.as_ref().filter(|_| !data.is_empty()).map(|limit| limit.value);
        let count = ((positions.0 - positions.1) / 30.0).clamp(3.0, 12.0) as usize;
        let mut ruler = self.y.rising(data.into_iter().chain(limit), positions, count)?;
        for tick in &mut ruler.ticks {
            tick.label = TICK.fitted(&tick.label, WIDEST_TICK);
        }
        Some(ruler)
    }

    /// The panel as data: its vertical axis as it is drawn and, where all its values have a place there, on the other scale.
    fn data(&self, x: &Axis, placed: &Panel) -> PlotData {
        let plot = &placed.plot;
        let views = |ruler: &Ruler| {
            let other = self.y.on_the_other_scale().and_then(|other| {
                let same = LinePanel { y: other, ..self.clone() };
                let held = |panel: &LinePanel| {
                    panel.lines.iter().map(|line| line.drawn_points(x, &panel.y).count()).sum::<usize>()
                };
                let holds_all = held(&same) >= held(self);
                holds_all.then(|| same.ruler(x, (plot.bottom, plot.top))).flatten()
            });
            std::iter::once(ViewData::from(ruler)).chain(other.as_ref().map(ViewData::from)).collect()
        };
        let crossings = self.crossings.iter().filter(|crossing| x.holds(crossing.x) && self.y.holds(crossing.y));
        let data = PlotData {
            views: placed.y.as_ref().map_or(Vec::new(), views),
            series: self.lines.iter().map(|line| line.data((x, &self.y))).collect(),
            limit: self.limit.as_ref().map(|limit| (limit.value, limit.label.clone())),
            rings: crossings.map(|crossing| (crossing.x, crossing.y)).collect(),
            ..PlotData::new(plot, &self.y.title)
        };
        data.with_stops(|stop| x.written(stop))
    }

    fn placed(&self, x: &Axis, plot: Plot, y: Option<Ruler>, first: usize) -> Panel {
        let axes = (x, &self.y);
        let limit = self.limit.as_ref().filter(|limit| y.is_some() && self.y.holds(limit.value));
        let mut lines: Vec<Segment> = self.lines.iter().flat_map(|line| line.segments(&plot, axes)).collect();
        let limit = limit.map(|limit| PlacedLimit::new(limit, &plot, &lines));
        let taken: Vec<Bounds> = limit.iter().map(|limit| limit.bounds).collect();
        lines.extend(limit.iter().map(|limit| ((plot.left, limit.y), (plot.right, limit.y))));
        let crossings = Crossings::new(&self.crossings, axes, &plot, (&taken, &lines), first);
        Panel { plot, y, limit, crossings }
    }

    fn draw<DB: DrawingBackend>(&self, canvas: &Canvas<DB>, x: &Axis, placed: &Panel, x_ticks: &[Tick]) -> Drawn {
        let Panel { plot, y, limit, crossings } = placed;
        plot.y_title(canvas, &self.y.title)?;
        plot.x_grid(canvas, x_ticks)?;
        plot.x_axis(canvas, &[])?;
        let Some(y) = y else {
            let middle = (f64::midpoint(plot.left, plot.right), f64::midpoint(plot.top, plot.bottom));
            return canvas.text(NOTHING, middle, Align::Center, STRONG);
        };
        plot.y_axis(canvas, &y.ticks)?;
        let axes = (x, &self.y);
        self.lines.iter().try_for_each(|line| line.draw_band(canvas, plot, axes))?;
        limit.iter().try_for_each(|limit| limit.draw_line(canvas, plot))?;
        let (thin, thick): (Vec<&Line>, Vec<&Line>) = self.lines.iter().partition(|line| line.thin);
        thin.iter().chain(&thick).try_for_each(|line| line.draw(canvas, plot, axes))?;
        thick.iter().try_for_each(|line| line.draw_markers(canvas, plot, axes))?;
        limit.iter().try_for_each(|limit| limit.draw_label(canvas))?;
        crossings.draw(canvas, plot)
    }
}

impl PlacedLimit {
    /// The label is where it covers no line: as far to the right as it can be, above the limit or below.
    fn new(limit: &Limit, plot: &Plot, lines: &[Segment]) -> PlacedLimit {
        const HEIGHT: f64 = 16.0;
        const PLACES: u32 = 24;
        let y = plot.y.at(limit.value);
        let text = LIMIT.fitted(&limit.label, (plot.right - plot.left) / 2.0);
        let width = LIMIT.width(&text) + 8.0;
        let (leftmost, rightmost) = (plot.left + 2.0, plot.right - 2.0 - width);
        let tops = [y - HEIGHT - 2.0, y + 2.0];
        let inside = tops.into_iter().filter(|&top| top >= plot.top && top + HEIGHT <= plot.bottom);
        let places: Vec<Bounds> = (0..=PLACES)
            .map(|index| rightmost + (leftmost - rightmost) * f64::from(index) / f64::from(PLACES))
            .flat_map(|left| inside.clone().map(move |top| (left, top)))
            .map(|(left, top)| Bounds { left, top, right: left + width, bottom: top + HEIGHT })
            .collect();
        let clear = places.iter().find(|bounds| !lines.iter().any(|&line| bounds.crossed_by(line)));
        let above = Bounds { left: rightmost, top: tops[0], right: rightmost + width, bottom: tops[0] + HEIGHT };
        let bounds = clear.or(places.first()).copied().unwrap_or(above);
        PlacedLimit { y, text, bounds }
    }

    fn draw_line<DB: DrawingBackend>(&self, canvas: &Canvas<DB>, plot: &Plot) -> Drawn {
        canvas.line(&[(plot.left, self.y), (plot.right, self.y)], Stroke::solid(OBJECTIVE, 1.3))
    }

    fn draw_label<DB: DrawingBackend>(&self, canvas: &Canvas<DB>) -> Drawn {
        let Bounds { left, top, right, bottom } = self.bounds;
        canvas.rectangle((left, top), (right, bottom), WHITE)?;
        canvas.text(&self.text, self.bounds.middle(), Align::Center, LIMIT)
    }
}

const LIMIT: Type = Type { color: INK, ..SMALL };

#[allow(private_interfaces)]
impl Chart for LineChart {
    fn name(&self) -> &'static str {
        self.name
    }

    fn size(&self) -> (f64, f64) {
        let layout = self.layout();
        (WIDTH, layout.bottom + BELOW + list_height(layout.listed.len(), COLUMNS))
    }

    fn data(&self) -> ChartData {
        let layout = self.layout();
        let plots = self.panels.iter().zip(&layout.panels);
        ChartData::of_plots(plots.map(|(panel, placed)| panel.data(&self.x, placed)).collect())
    }

    fn draw<DB: DrawingBackend>(&self, canvas: &Canvas<DB>) -> Drawn {
        heading(canvas, &self.title, &self.subtitle)?;
        let layout = self.layout();
        layout.legend.draw(canvas, HEADING)?;
        let Some(x) = &layout.x else {
            let middle = f64::midpoint(HEADING + layout.legend.height(), layout.bottom + BELOW);
            return canvas.text(NOTHING, (WIDTH / 2.0, middle), Align::Center, STRONG);
        };
        for (panel, placed) in self.panels.iter().zip(&layout.panels) {
            panel.draw(canvas, &self.x, placed, &x.ticks)?;
        }
        if let Some(Panel { plot, .. }) = layout.panels.last() {
            plot.x_axis(canvas, &x.ticks)?;
            plot.x_title(canvas, &self.x.title)?;
        }
        draw_list(canvas, &layout.listed, layout.bottom + BELOW, COLUMNS)
    }
}
