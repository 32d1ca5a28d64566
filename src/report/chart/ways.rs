//! What every way to have GPUs costs in each of the guide's use cases: a row a use case, a marker a fleet, dollars a month on a
//! logarithmic scale. What the guide recommends is ringed; a fleet that misses the need is pale.

use plotters::prelude::DrawingBackend;
use plotters::style::RGBColor;

use crate::guide::Way;
use crate::report::number;
use crate::report::use_cases::{UseCaseFleet, UseCaseSummary, UseCasesDocument};

use super::Chart;
use super::axis::{Scale, Tick};
use super::canvas::{Align, Canvas, Drawn, Stroke};
use super::frame::{HEADING, Legend, MARGIN, Plot, Swatch, WIDTH, heading};
use super::marker::{Marker, ring};
use super::palette::{BLUE, GREEN, GRID, INK, LABEL, ORANGE, PURPLE, SMALL, STRONG, VERMILLION, tint};

const ROW: f64 = 46.0;
const BELOW: f64 = 64.0;
const RADIUS: f64 = 6.0;

/// `use-cases`: a row a use case.
pub struct WaysChart<'a> {
    document: &'a UseCasesDocument,
    legend: Legend,
}

impl<'a> WaysChart<'a> {
    #[must_use]
    pub fn new(document: &'a UseCasesDocument) -> WaysChart<'a> {
        let fleets = || document.use_cases.iter().flat_map(|use_case| &use_case.fleets);
        let used = Way::ALL.into_iter().filter(|way| fleets().any(|fleet| fleet.way == way.name()));
        let ways = used.map(|way| {
            let (marker, color) = look(way.name());
            (Swatch::Marked(Stroke::solid(color, 0.0), marker), way.name().to_owned())
        });
        let recommended = (Swatch::Ring, "what the guide recommends".to_owned());
        let missing = fleets().any(|fleet| !fleet.meets_need);
        let pale = missing.then(|| (Swatch::Area(tint(INK, FAINT)), "pale: misses the need".to_owned()));
        let legend = Legend::new(ways.chain([recommended]).chain(pale));
        WaysChart { document, legend }
    }

    fn costs(&self) -> impl Iterator<Item = f64> {
        let fleets = self.document.use_cases.iter().flat_map(|use_case| &use_case.fleets);
        fleets.filter_map(|fleet| fleet.cost_per_month_usd.mean).filter(|&cost| cost > 0.0)
    }

    fn plot(&self, top: f64) -> (Plot, Vec<Tick>) {
        let (low, high) =
            self.costs().fold((f64::INFINITY, 0.0_f64), |(low, high), cost| (low.min(cost), high.max(cost)));
        let (low, high) = if low <= high { (low, high) } else { (1.0, 10.0) };
        let (first, last) = (low.log10().floor() as i32, high.log10().ceil() as i32);
        let last = last.max(first + 1);
        let powers = (first..=last).map(|power| 10_f64.powi(power));
        let ticks: Vec<Tick> = powers
            .map(|value| Tick { value, label: number::without_zeros(&number::dollars(value)).to_owned() })
            .collect();
        let names = self.document.use_cases.iter();
        let names = names.map(|use_case| LABEL.width(use_case.name).max(SMALL.width(&remark(use_case))));
        let left = MARGIN + names.fold(60.0, f64::max) + 14.0;
        let right = WIDTH - MARGIN - 10.0;
        let rows = self.document.use_cases.len() as f64;
        let bottom = top + rows * ROW;
        let plot = Plot {
            left,
            top,
            right,
            bottom,
            x: Scale::logarithmic((10_f64.powi(first), 10_f64.powi(last)), (left, right)),
            y: Scale::linear((0.0, rows), (top, bottom)),
        };
        (plot, ticks)
    }

    fn row<DB: DrawingBackend>(
        &self,
        canvas: &Canvas<DB>,
        plot: &Plot,
        row: usize,
        use_case: &UseCaseSummary,
    ) -> Drawn {
        let middle = plot.y.at(row as f64 + 0.5);
        let right = plot.left - 14.0;
        canvas.text(use_case.name, (right, middle - 8.0), Align::Right, STRONG)?;
        canvas.text(&remark(use_case), (right, middle + 8.0), Align::Right, SMALL)?;
        canvas.line(&[(plot.left, middle), (plot.right, middle)], Stroke::solid(GRID, 1.0))?;
        // The cheapest lies on top.
        let mut fleets: Vec<&UseCaseFleet> = use_case.fleets.iter().collect();
        fleets.sort_by_key(|fleet| (use_case.cheapest.as_ref() == Some(&fleet.name), fleet.meets_need));
        for fleet in fleets {
            let Some(cost) = fleet.cost_per_month_usd.mean.filter(|&cost| cost > 0.0) else { continue };
            let at = plot.point(cost, row as f64 + 0.5);
            let (marker, color) = look(fleet.way);
            let color = if fleet.meets_need { color } else { tint(color, FAINT) };
            let is_best = use_case.cheapest.as_ref() == Some(&fleet.name);
            marker.draw(canvas, at, if is_best { RADIUS * 1.25 } else { RADIUS }, color)?;
            if fleet.recommended {
                ring(canvas, at, RADIUS * 1.9, Stroke::solid(INK, 1.4))?;
            }
        }
        Ok(())
    }
}

/// How strong the colour of a fleet is that misses the need.
const FAINT: f64 = 0.3;

fn remark(use_case: &UseCaseSummary) -> String {
    let agrees = if use_case.agrees { "agrees" } else { "disagrees" };
    format!("guide: {}; {agrees}", use_case.guide)
}

fn look(way: &str) -> (Marker, RGBColor) {
    match way {
        "on-demand" => (Marker::Circle, BLUE),
        "reserved" => (Marker::Square, GREEN),
        "spot" => (Marker::TriangleUp, ORANGE),
        "serverless" => (Marker::Diamond, VERMILLION),
        _ => (Marker::Plus, PURPLE),
    }
}

#[allow(private_interfaces)]
impl Chart for WaysChart<'_> {
    fn name(&self) -> &'static str {
        "use-cases"
    }

    fn size(&self) -> (f64, f64) {
        let rows = self.document.use_cases.len() as f64 * ROW;
        (WIDTH, HEADING + self.legend.height() + 14.0 + rows + BELOW)
    }

    fn draw<DB: DrawingBackend>(&self, canvas: &Canvas<DB>) -> Drawn {
        let (agreeing, all) = (self.document.agreeing, self.document.use_cases.len());
        let subtitle = format!(
            "The cheapest that meets the need is larger; the guide and the simulation agree in {agreeing} of {all}"
        );
        heading(canvas, "What each way to have GPUs costs, by use case", &subtitle)?;
        self.legend.draw(canvas, HEADING)?;
        let (plot, ticks) = self.plot(HEADING + self.legend.height() + 14.0);
        plot.x_grid(canvas, &ticks)?;
        for (row, use_case) in self.document.use_cases.iter().enumerate() {
            self.row(canvas, &plot, row, use_case)?;
        }
        plot.x_axis(canvas, &ticks)?;
        plot.x_title(canvas, "US dollars a month of 720 hours")
    }
}
