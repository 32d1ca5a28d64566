//! Latency by percentile: a line a fleet, the percentiles spaced by nines, the objective marked.

use plotters::prelude::DrawingBackend;

use crate::report::latency_curve::{ALL_CLASSES, LatencyCurve};
use crate::report::number;
use crate::scenario::Slo;
use crate::summary::RunDocument;

use super::Chart;
use super::axis::{Scale, Tick, linear_ticks, logarithmic_ticks};
use super::canvas::{Align, Canvas, Drawn};
use super::data::{ChartData, PlotData, PointData, SeriesData, ViewData, css_of_fleet};
use super::frame::{HEADING, Legend, MARGIN, Plot, Swatch, WIDTH, draw_limit, heading};
use super::palette::{OBJECTIVE, STRONG, of_fleet};

const PLOT_HEIGHT: f64 = 380.0;
const BELOW: f64 = 62.0;
const LEFT: f64 = 76.0;
const TITLE: &str = "latency: arrival to completion, logarithmic";

/// `latency`: a curve a fleet.
pub struct LatencyChart<'a> {
    document: &'a RunDocument,
    curves: Vec<&'a LatencyCurve>,
    goals: Vec<Goal>,
    legend: Legend,
}

/// A percentile that must lie at or under a latency.
#[derive(Clone, Debug, PartialEq)]
struct Goal {
    quantile: f64,
    latency_s: f64,
    label: String,
}

impl<'a> LatencyChart<'a> {
    #[must_use]
    pub fn new(document: &'a RunDocument, curves: &'a [LatencyCurve], slo: Option<&Slo>) -> LatencyChart<'a> {
        let curves: Vec<&LatencyCurve> = curves.iter().filter(|curve| curve.class == ALL_CLASSES).collect();
        let entries = document.fleets.iter().enumerate().map(|(index, fleet)| {
            let lost = [fleet.requests.rejected.mean, fleet.requests.timed_out.mean];
            let lost: f64 = lost.iter().flatten().sum();
            let name = match fleet.requests.arrived.mean {
                Some(arrived) if lost > 0.0 => format!("{} ({} lost)", fleet.name, number::share(lost / arrived)),
                _ => fleet.name.clone(),
            };
            (Swatch::Line(of_fleet(index)), name)
        });
        let goals = slo.map(goals).unwrap_or_default();
        let labels = goals.iter().map(|goal| goal.label.as_str()).collect::<Vec<_>>();
        let objective =
            (!goals.is_empty()).then(|| (Swatch::Limit(OBJECTIVE), format!("objective: {}", labels.join(", "))));
        LatencyChart { document, legend: Legend::new(entries.chain(objective)), goals, curves }
    }

    /// The last quantile that rests on a sample of its own, over all curves; at least the 90th percentile.
    fn last_quantile(&self) -> f64 {
        let drawn = self.curves.iter().flat_map(|curve| drawn_points(curve));
        let goals = self.goals.iter().map(|goal| goal.quantile);
        drawn.map(|(quantile, _)| quantile).chain(goals).fold(0.9, f64::max)
    }

    fn latency_range(&self) -> Option<(f64, f64)> {
        let drawn = self.curves.iter().flat_map(|curve| drawn_points(curve));
        let goals = self.goals.iter().map(|goal| goal.latency_s);
        let all: Vec<f64> = drawn.map(|(_, latency)| latency).chain(goals).collect();
        let low = all.iter().copied().fold(f64::INFINITY, f64::min);
        let high = all.iter().copied().fold(0.0, f64::max);
        // A logarithmic axis has no zero; a microsecond is as good.
        (!all.is_empty()).then(|| (low.max(1e-6), high.max(1e-6)))
    }

    fn top(&self) -> f64 {
        HEADING + self.legend.height() + 34.0
    }

    /// The plot and the ticks of its vertical axis.
    fn plot(&self, (low, high): (f64, f64)) -> (Plot, Vec<Tick>) {
        let (ends, ticks) = logarithmic_ticks(low, high);
        let (left, right, top) = (LEFT, WIDTH - MARGIN, self.top());
        let bottom = top + PLOT_HEIGHT;
        let plot = Plot {
            left,
            top,
            right,
            bottom,
            x: Scale::linear((0.0, nines(self.last_quantile())), (left, right)),
            y: Scale::logarithmic(ends, (bottom, top)),
        };
        (plot, ticks)
    }

    fn series(&self, index: usize, curve: &LatencyCurve) -> SeriesData {
        let points = drawn_points(curve)
            .map(|(quantile, latency)| PointData::plain(nines(quantile), latency, number::duration(latency)));
        SeriesData {
            name: curve.fleet.clone(),
            of: curve.fleet.clone(),
            color: css_of_fleet(index),
            points: points.collect(),
            ..SeriesData::default()
        }
    }

    fn draw_goals<DB: DrawingBackend>(&self, canvas: &Canvas<DB>, plot: &Plot) -> Drawn {
        for goal in &self.goals {
            let tip = plot.point(nines(goal.quantile), goal.latency_s);
            draw_limit(canvas, plot.left, tip, OBJECTIVE)?;
        }
        Ok(())
    }
}

#[allow(private_interfaces)]
impl Chart for LatencyChart<'_> {
    fn name(&self) -> &'static str {
        "latency"
    }

    fn size(&self) -> (f64, f64) {
        (WIDTH, HEADING + self.legend.height() + 34.0 + PLOT_HEIGHT + BELOW)
    }

    fn data(&self) -> ChartData {
        let Some(range) = self.latency_range() else { return ChartData::default() };
        let (plot, ticks) = self.plot(range);
        let (end, linear) = linear_ticks(range.1, 8, number::round_duration);
        let linear = ViewData::new(Scale::linear((0.0, end), (plot.bottom, plot.top)), &linear);
        let data = PlotData {
            views: vec![ViewData::new(plot.y, &ticks), linear],
            series: self.curves.iter().enumerate().map(|(index, curve)| self.series(index, curve)).collect(),
            ..PlotData::new(&plot, TITLE)
        };
        ChartData::of_plots(vec![data.with_stops(percentile)])
    }

    fn draw<DB: DrawingBackend>(&self, canvas: &Canvas<DB>) -> Drawn {
        heading(canvas, "Latency by percentile", &subtitle(self.document))?;
        self.legend.draw(canvas, HEADING)?;
        let top = self.top();
        let Some((low, high)) = self.latency_range() else {
            let middle = (WIDTH / 2.0, top + PLOT_HEIGHT / 2.0);
            return canvas.text("No request was completed.", middle, Align::Center, STRONG);
        };
        let (plot, y_ticks) = self.plot((low, high));
        let x_ticks = percentile_ticks(self.last_quantile());
        plot.x_grid(canvas, &x_ticks)?;
        plot.y_axis(canvas, &y_ticks)?;
        plot.y_title(canvas, TITLE)?;
        for (index, curve) in self.curves.iter().enumerate() {
            let line: Vec<_> =
                drawn_points(curve).map(|(quantile, latency)| plot.point(nines(quantile), latency)).collect();
            canvas.line(&line, of_fleet(index))?;
            if let [only] = line[..] {
                canvas.rectangle((only.0 - 3.0, only.1 - 3.0), (only.0 + 3.0, only.1 + 3.0), of_fleet(index).color)?;
            }
        }
        self.draw_goals(canvas, &plot)?;
        plot.x_axis(canvas, &x_ticks)?;
        plot.x_title(canvas, "percentile of completed requests")?;
        Ok(())
    }
}

fn goals(slo: &Slo) -> Vec<Goal> {
    let named = [
        ("p50", 0.5, slo.p50),
        ("p90", 0.9, slo.p90),
        ("p95", 0.95, slo.p95),
        ("p99", 0.99, slo.p99),
        ("p99.9", 0.999, slo.p999),
    ];
    let mut goals: Vec<Goal> = named
        .into_iter()
        .filter_map(|(name, quantile, latency)| {
            let latency_s = latency?.seconds();
            Some(Goal { quantile, latency_s, label: format!("{name} within {}", number::round_duration(latency_s)) })
        })
        .collect();
    if let (Some(latency), Some(attainment)) = (slo.latency, slo.attainment) {
        let latency_s = latency.seconds();
        goals.push(Goal {
            quantile: attainment,
            latency_s,
            label: format!("{}% within {}", number::plain(attainment * 100.0), number::round_duration(latency_s)),
        });
    }
    goals
}

/// How far along the axis a quantile lies: 1 at 90 %, 2 at 99 %, and so on.
fn nines(quantile: f64) -> f64 {
    -(1.0 - quantile).max(1e-9).log10()
}

/// The percentile at a place of the axis: `p99.9`.
fn percentile(nines: f64) -> String {
    format!("p{}", number::plain((1.0 - 10_f64.powf(-nines)) * 100.0))
}

/// The quantiles that rest on a sample of their own, with their latencies. The fastest hundredth is left out: on a
/// logarithmic axis it would take most of the room.
fn drawn_points(curve: &LatencyCurve) -> impl Iterator<Item = (f64, f64)> {
    const LEAST: f64 = 0.01;
    let count = curve.count as f64;
    curve.points.iter().filter_map(move |point| {
        let beyond = (1.0 - point.quantile) * count;
        // Of a single request every quantile is the same: one point stands for them.
        let drawn = if count < 2.0 { point.quantile == 0.5 } else { point.quantile >= LEAST && beyond >= 1.0 };
        drawn.then_some(point.latency_s).flatten().map(|latency| (point.quantile, latency))
    })
}

fn percentile_ticks(last: f64) -> Vec<Tick> {
    const NAMED: [(f64, &str); 8] = [
        (0.0, "0%"),
        (0.5, "50%"),
        (0.9, "90%"),
        (0.95, "95%"),
        (0.99, "99%"),
        (0.999, "99.9%"),
        (0.9999, "99.99%"),
        (0.99999, "99.999%"),
    ];
    let within = NAMED.into_iter().filter(|&(quantile, _)| quantile <= last);
    within.map(|(quantile, label)| Tick { value: nines(quantile), label: label.to_owned() }).collect()
}

fn subtitle(document: &RunDocument) -> String {
    let scenario = &document.scenario;
    let pooled = match scenario.replications {
        1 => String::new(),
        count => format!(" of {count} replications"),
    };
    format!("{}: all completed requests{pooled}; lower is better", scenario.name)
}
