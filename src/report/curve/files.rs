//! The files of a curve's folder.

use std::path::Path;

use polars::prelude::Column;

use crate::measure::Estimate;
use crate::report::chart::{self, Axis, AxisScale, CrossingMark, Limit, Line, LineChart, LinePanel, LinePoint, Unit};
use crate::report::error::Error;
use crate::report::files::{json, write_text};
use crate::report::html;
use crate::report::number;
use crate::report::parquet::{self, column};
use crate::scenario::Slo;

use super::document::{BreakEvenSummary, CurveDocument, FleetCurve, PointSummary};

/// A curve, as it is written to a folder.
pub struct CurveFiles<'a> {
    pub document: &'a CurveDocument,
    pub slo: Option<&'a Slo>,
    /// The scenario at its own volume, every default written out.
    pub resolved: &'a str,
    pub charts: bool,
    /// The command that makes it again.
    pub command: &'a str,
}

impl CurveFiles<'_> {
    /// Writes every file into an existing folder.
    ///
    /// # Errors
    /// When a file cannot be written.
    pub fn write(&self, folder: &Path) -> Result<(), Error> {
        write_text(&folder.join("curve.json"), &json(self.document)?)?;
        write_text(&folder.join("scenario.toml"), self.resolved)?;
        parquet::write(&folder.join("curve.parquet"), columns(self.document))?;
        let charts = if self.charts { curve_charts(self.document, self.slo) } else { Vec::new() };
        charts.iter().try_for_each(|chart| chart::save(chart, folder).map(drop))?;
        let figures = charts.iter().map(|chart| html::Figure::new(chart, &chart.title)).collect();
        html::keep(&html::curve_page(self.document, figures, self.resolved, self.command), folder)
    }
}

/// Cost, cost of a thousand requests, latency.
fn curve_charts(document: &CurveDocument, slo: Option<&Slo>) -> Vec<LineChart> {
    vec![cost_chart(document), unit_cost_chart(document), latency_chart(document, slo)]
}

/// A figure of a fleet at a volume.
type Figure = fn(&PointSummary) -> Estimate;

/// A row a fleet and volume.
fn columns(document: &CurveDocument) -> Vec<Column> {
    let rows: Vec<(&FleetCurve, &PointSummary)> =
        document.fleets.iter().flat_map(|fleet| fleet.points.iter().map(move |point| (fleet, point))).collect();
    let points = || rows.iter().map(|&(_, point)| point);
    let mut columns = vec![
        column("fleet", rows.iter().map(|(fleet, _)| fleet.name.clone())),
        column("kind", rows.iter().map(|(fleet, _)| fleet.kind.to_owned())),
        column("requests_per_month", points().map(|point| point.requests_per_month)),
        column("instances", points().map(|point| point.instances)),
        column("meets_slo", points().map(|point| point.meets_slo)),
        column("replications", points().map(|point| point.replications)),
        column("formula_cost_per_month_usd", points().map(|point| point.formula_cost_per_month_usd)),
    ];
    let figures: [(&str, Figure); 10] = [
        ("cost_per_month_usd", |point| point.cost_per_month_usd),
        ("per_1000_requests_usd", |point| point.per_1000_requests_usd),
        ("latency_mean_s", |point| point.latency_s.mean),
        ("latency_p50_s", |point| point.latency_s.p50),
        ("latency_p95_s", |point| point.latency_s.p95),
        ("latency_p99_s", |point| point.latency_s.p99),
        ("latency_p999_s", |point| point.latency_s.p999),
        ("slo_attainment", |point| point.slo_attainment),
        ("cold_ratio", |point| point.cold_ratio),
        ("utilization", |point| point.utilization),
    ];
    for (name, figure) in figures {
        columns.push(column(name, points().map(|point| figure(point).mean)));
        columns.push(column(&format!("{name}_low"), points().map(|point| figure(point).low)));
        columns.push(column(&format!("{name}_high"), points().map(|point| figure(point).high)));
    }
    columns
}

/// Dollars a month, with the break-even points and the formula's lines.
fn cost_chart(document: &CurveDocument) -> LineChart {
    let simulated = lines(document, true, |point| point.cost_per_month_usd);
    let formula = document.fleets.iter().enumerate().map(|(index, fleet)| Line {
        name: fleet.name.clone(),
        index,
        points: fleet.points.iter().map(|point| exact(point, point.formula_cost_per_month_usd)).collect(),
        thin: true,
        ..Line::default()
    });
    LineChart {
        name: "cost",
        title: "Cost a month by volume".to_owned(),
        subtitle: subtitle(document, "bands and whiskers are 95% intervals"),
        x: volume_axis(),
        panels: vec![LinePanel {
            y: Axis {
                title: "cost a month, logarithmic".to_owned(),
                scale: AxisScale::Logarithmic,
                unit: Unit::Dollars,
            },
            lines: simulated.into_iter().chain(formula).collect(),
            limit: None,
            crossings: document.break_even.iter().map(|found| crossing(document, found)).collect(),
        }],
    }
}

fn crossing(document: &CurveDocument, found: &BreakEvenSummary) -> CrossingMark {
    let estimate = &found.requests_per_month;
    let volume = number::scaled(estimate.mean.unwrap_or(0.0));
    // Of two fleets there is no need to say which.
    let label = match document.fleets.len() {
        2 => volume,
        _ => format!("{} / {} {volume}", found.cheaper_below, found.cheaper_above),
    };
    CrossingMark {
        x: estimate.mean.unwrap_or(0.0),
        y: found.cost_per_month_usd,
        low: estimate.low,
        high: estimate.high,
        label,
    }
}

/// Dollars for a thousand requests.
fn unit_cost_chart(document: &CurveDocument) -> LineChart {
    LineChart {
        name: "unit-cost",
        title: "Cost of 1,000 requests by volume".to_owned(),
        subtitle: subtitle(document, "bands are 95% intervals"),
        x: volume_axis(),
        panels: vec![LinePanel {
            y: Axis {
                title: "cost of 1,000 completed requests, logarithmic".to_owned(),
                scale: AxisScale::Logarithmic,
                unit: Unit::Dollars,
            },
            lines: lines(document, false, |point| point.per_1000_requests_usd),
            limit: None,
            crossings: Vec::new(),
        }],
    }
}

/// The median and the tail.
fn latency_chart(document: &CurveDocument, slo: Option<&Slo>) -> LineChart {
    let quantiles: [(&str, f64, Figure); 3] = [
        ("p50", 0.5, |point| point.latency_s.p50),
        ("p95", 0.95, |point| point.latency_s.p95),
        ("p99", 0.99, |point| point.latency_s.p99),
    ];
    let panels = quantiles.map(|(name, quantile, figure)| LinePanel {
        y: Axis {
            title: format!("{name} of latency, logarithmic"),
            scale: AxisScale::Logarithmic,
            unit: Unit::Seconds,
        },
        lines: lines(document, false, figure),
        limit: slo.and_then(|slo| limit(slo, name, quantile)),
        crossings: Vec::new(),
    });
    LineChart {
        name: "latency",
        title: "Latency by volume".to_owned(),
        subtitle: subtitle(document, "bands are 95% intervals; lower is better"),
        x: volume_axis(),
        panels: panels.into(),
    }
}

/// The latency that a quantile must keep to, said of the quantile or as a share of requests.
fn limit(slo: &Slo, name: &str, quantile: f64) -> Option<Limit> {
    let of_quantile = match name {
        "p50" => slo.p50,
        "p95" => slo.p95,
        _ => slo.p99,
    };
    let as_share = slo.latency.filter(|_| slo.attainment == Some(quantile));
    let value = of_quantile.into_iter().chain(as_share).min()?.seconds();
    Some(Limit { value, label: format!("objective: {}", number::round_duration(value)) })
}

/// `staircase`: that of a fitted fleet is flat until it grows.
fn lines(document: &CurveDocument, staircase: bool, figure: impl Fn(&PointSummary) -> Estimate) -> Vec<Line> {
    let line = |(index, fleet): (usize, &FleetCurve)| {
        let steps = staircase && fleet.is_fitted && fleet.kind == "dedicated";
        let points = fleet.points.iter().filter_map(|point| {
            let Estimate { mean, low, high } = figure(point);
            let solid = point.meets_slo != Some(false);
            Some(LinePoint { x: point.requests_per_month, y: mean?, low, high, solid })
        });
        Line { name: fleet.name.clone(), index, points: points.collect(), steps, ..Line::default() }
    };
    document.fleets.iter().enumerate().map(line).collect()
}

fn exact(point: &PointSummary, value: f64) -> LinePoint {
    LinePoint { x: point.requests_per_month, y: value, low: None, high: None, solid: true }
}

fn volume_axis() -> Axis {
    Axis { title: "requests a month, logarithmic".to_owned(), scale: AxisScale::Logarithmic, unit: Unit::Count }
}

fn subtitle(document: &CurveDocument, says: &str) -> String {
    let class = document.class.as_ref().map_or(String::new(), |class| format!(", volume of `{class}` only"));
    format!("{}{class}: {says}", document.scenario.name)
}
