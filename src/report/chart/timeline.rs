//! Requests and instances over time: the arrivals on top, and under them what each fleet's instances did.

use jiff::SignedDuration;
use jiff::civil::DateTime;
use plotters::prelude::DrawingBackend;
use plotters::style::RGBColor;

use crate::report::movement::{Movement, MovementBin};
use crate::report::number;
use crate::summary::RunDocument;

use super::Chart;
use super::axis::{Scale, Tick, calendar_ticks, linear_ticks};
use super::canvas::{Align, Canvas, Drawn, Point, Stroke};
use super::data::{ChartData, PlotData, PointData, SeriesData, css};
use super::frame::{HEADING, Legend, MARGIN, Plot, Swatch, WIDTH, heading};
use super::palette::{ARRIVALS, BUSY, IDLE, SMALL, SOFT_INK, STARTING, STRONG};

const LEFT: f64 = 76.0;
const RATE_PANEL: f64 = 84.0;
const FLEET_PANEL: f64 = 112.0;
/// Between panels, for the next one's name.
const GAP: f64 = 40.0;
const BELOW: f64 = 48.0;

/// `timeline`: the first replication.
pub struct TimelineChart<'a> {
    document: &'a RunDocument,
    movements: &'a [Movement],
    starts: DateTime,
    legend: Legend,
}

impl<'a> TimelineChart<'a> {
    #[must_use]
    pub fn new(document: &'a RunDocument, movements: &'a [Movement], starts: DateTime) -> TimelineChart<'a> {
        let legend = Legend::new([
            (Swatch::Area(BUSY), "busy".to_owned()),
            (Swatch::Area(IDLE), "idle".to_owned()),
            (Swatch::Area(STARTING), "starting".to_owned()),
        ]);
        TimelineChart { document, movements, starts, legend }
    }

    fn top(&self) -> f64 {
        HEADING + self.legend.height() + GAP
    }

    fn window(&self) -> Option<(f64, f64)> {
        let bins = &self.movements.first()?.bins;
        Some((bins.first()?.start.seconds(), bins.last()?.end.seconds()))
    }
}

#[allow(private_interfaces)]
impl Chart for TimelineChart<'_> {
    fn name(&self) -> &'static str {
        "timeline"
    }

    fn size(&self) -> (f64, f64) {
        let fleets = self.movements.len() as f64 * (FLEET_PANEL + GAP);
        (WIDTH, self.top() + RATE_PANEL + fleets + BELOW)
    }

    fn data(&self) -> ChartData {
        let (Some(window), Some(first)) = (self.window(), self.movements.first()) else {
            return ChartData::default();
        };
        let rates: Vec<Step> = first.bins.iter().map(Step::rate).collect();
        let written = |stop: f64| moment(self.starts, stop);
        let arrivals = Panel::new(window, (self.top(), RATE_PANEL), highest(&rates));
        let series = vec![told("requests a second", ARRIVALS, &rates)];
        let mut plots = vec![PlotData { series, ..PlotData::new(&arrivals.plot, "arrivals") }.with_stops(written)];
        for (index, movement) in self.movements.iter().enumerate() {
            let top = self.top() + RATE_PANEL + GAP + index as f64 * (FLEET_PANEL + GAP);
            let panel = Panel::new(window, (top, FLEET_PANEL), 1.0);
            let of = |name: &str, color: RGBColor, read: fn(&MovementBin) -> f64| {
                let steps: Vec<Step> = movement.bins.iter().map(|bin| Step::of(bin, read(bin))).collect();
                told(name, color, &steps)
            };
            let series = vec![
                of("busy", BUSY, |bin| bin.busy),
                of("idle", IDLE, |bin| bin.idle),
                of("starting", STARTING, |bin| bin.starting),
                of("requests waiting", SOFT_INK, |bin| bin.waiting),
            ];
            plots.push(PlotData { series, ..PlotData::new(&panel.plot, &movement.fleet) }.with_stops(written));
        }
        ChartData::of_plots(plots)
    }

    fn draw<DB: DrawingBackend>(&self, canvas: &Canvas<DB>) -> Drawn {
        let subtitle = match self.document.scenario.replications {
            1 => self.document.scenario.name.clone(),
            count => format!("{}: the first of {count} replications", self.document.scenario.name),
        };
        heading(canvas, "Requests and instances over time", &subtitle)?;
        self.legend.draw(canvas, HEADING)?;
        let (Some(window), Some(first)) = (self.window(), self.movements.first()) else {
            let middle = (WIDTH / 2.0, self.top() + RATE_PANEL / 2.0);
            return canvas.text("Nothing was simulated.", middle, Align::Center, STRONG);
        };
        let ticks = calendar_ticks(self.starts, window, 12);
        let mut top = self.top();
        let steps: Vec<Step> = first.bins.iter().map(Step::rate).collect();
        let arrivals = Panel::new(window, (top, RATE_PANEL), highest(&steps));
        arrivals.frame(canvas, &ticks, "arrivals", "requests a second")?;
        arrivals.steps(canvas, &steps, ARRIVALS)?;
        arrivals.plot.x_axis(canvas, &[])?;
        top += RATE_PANEL + GAP;
        for (index, movement) in self.movements.iter().enumerate() {
            let last = index + 1 == self.movements.len();
            fleet_panel(canvas, movement, window, top, &ticks, last)?;
            top += FLEET_PANEL + GAP;
        }
        Ok(())
    }
}

/// What is told of a value over time, at the middles of the steps.
fn told(name: &str, color: RGBColor, steps: &[Step]) -> SeriesData {
    let point = |step: &Step| PointData::plain(f64::midpoint(step.from_s, step.to_s), step.value, short(step.value));
    SeriesData {
        name: name.to_owned(),
        of: name.to_owned(),
        color: css(color),
        points: steps.iter().map(point).collect(),
        ..SeriesData::default()
    }
}

/// A moment of the window, to the minute.
fn moment(starts: DateTime, after_s: f64) -> String {
    let moment = starts.checked_add(SignedDuration::from_secs_f64(after_s));
    moment.map_or_else(|_| number::round_duration(after_s), |moment| moment.strftime("%a %-d %b %H:%M").to_string())
}

fn fleet_panel<DB: DrawingBackend>(
    canvas: &Canvas<DB>,
    movement: &Movement,
    window: (f64, f64),
    top: f64,
    ticks: &[Tick],
    last: bool,
) -> Drawn {
    // Each area is drawn over the one of all that lie under and over it.
    let stacked = |sum: fn(&MovementBin) -> f64| -> Vec<Step> {
        let bins = movement.bins.iter();
        bins.map(|bin| Step::of(bin, sum(bin))).collect()
    };
    let starting = stacked(|bin| bin.busy + bin.idle + bin.starting);
    let idle = stacked(|bin| bin.busy + bin.idle);
    let busy = stacked(|bin| bin.busy);
    let panel = Panel::new(window, (top, FLEET_PANEL), highest(&starting));
    panel.frame(canvas, ticks, &movement.fleet, "instances")?;
    panel.steps(canvas, &starting, STARTING)?;
    panel.steps(canvas, &idle, IDLE)?;
    panel.steps(canvas, &busy, BUSY)?;
    panel.plot.x_axis(canvas, if last { ticks } else { &[] })
}

/// A value over a span of time, in seconds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Step {
    pub from_s: f64,
    pub to_s: f64,
    pub value: f64,
}

impl Step {
    fn of(bin: &MovementBin, value: f64) -> Step {
        Step { from_s: bin.start.seconds(), to_s: bin.end.seconds(), value }
    }

    fn rate(bin: &MovementBin) -> Step {
        Step::of(bin, bin.arrivals as f64 / (bin.end - bin.start).seconds())
    }
}

/// The greatest value; nothing of nothing.
pub(super) fn highest(steps: &[Step]) -> f64 {
    steps.iter().map(|step| step.value).fold(0.0, f64::max)
}

/// A plot over time from zero up, as wide as the chart.
pub(super) struct Panel {
    pub plot: Plot,
    ticks: Vec<Tick>,
}

impl Panel {
    pub(super) fn new(window: (f64, f64), (top, height): (f64, f64), most: f64) -> Panel {
        let (left, right, bottom) = (LEFT, WIDTH - MARGIN, top + height);
        let (end, ticks) = linear_ticks(most, if height > 200.0 { 6 } else { 3 }, short);
        let plot = Plot {
            left,
            top,
            right,
            bottom,
            x: Scale::linear(window, (left, right)),
            y: Scale::linear((0.0, end), (bottom, top)),
        };
        Panel { plot, ticks }
    }

    /// The grid, what the panel shows, and in what unit.
    pub(super) fn frame<DB: DrawingBackend>(
        &self,
        canvas: &Canvas<DB>,
        ticks: &[Tick],
        name: &str,
        unit: &str,
    ) -> Drawn {
        let plot = &self.plot;
        plot.x_grid(canvas, ticks)?;
        plot.y_axis(canvas, &self.ticks)?;
        let name = STRONG.fitted(name, plot.right - plot.left - SMALL.width(unit) - 10.0);
        let y = plot.top - 14.0;
        canvas.text(&name, (plot.left, y), Align::Left, STRONG)?;
        let unit_left = plot.left + STRONG.width(&name) + 8.0;
        canvas.text(unit, (unit_left, y + 0.5), Align::Left, SMALL)
    }

    /// Fills the area under steps.
    pub(super) fn steps<DB: DrawingBackend>(&self, canvas: &Canvas<DB>, steps: &[Step], color: RGBColor) -> Drawn {
        let plot = &self.plot;
        let (Some(first), Some(last)) = (steps.first(), steps.last()) else {
            return Ok(());
        };
        let mut outline: Vec<Point> = vec![plot.point(first.from_s, 0.0)];
        for step in steps {
            outline.push(plot.point(step.from_s, step.value));
            outline.push(plot.point(step.to_s, step.value));
        }
        outline.push(plot.point(last.to_s, 0.0));
        outline.dedup();
        canvas.area(&outline, color)
    }

    /// A line along the middles of steps.
    pub(super) fn line<DB: DrawingBackend>(&self, canvas: &Canvas<DB>, steps: &[Step], stroke: Stroke) -> Drawn {
        let middle = |step: &Step| self.plot.point(f64::midpoint(step.from_s, step.to_s), step.value);
        canvas.line(&steps.iter().map(middle).collect::<Vec<_>>(), stroke)
    }
}

/// A tick of counts and rates: `0`, `0.5`, `20`, `1.5k`.
fn short(value: f64) -> String {
    let written = number::scaled(value);
    let (digits, unit) = written.split_at(written.trim_end_matches(char::is_alphabetic).len());
    format!("{}{unit}", number::without_zeros(digits))
}
