//! Two scenarios side by side: what each fleet cost and what it costs, its p95 before and after, as dots with a line between.

use plotters::prelude::DrawingBackend;

use crate::report::compare::{CompareDocument, FigureChange, FleetComparison};
use crate::report::number;

use super::Chart;
use super::axis::{Scale, Tick, linear_ticks};
use super::canvas::{Align, Canvas, Drawn, Stroke};
use super::frame::{HEADING, Legend, MARGIN, Plot, Swatch, WIDTH, heading};
use super::marker::{Marker, ring};
use super::palette::{BLUE, INK, LABEL, ORANGE, SLATE, SMALL, STRONG, WHITE};

const ROW: f64 = 58.0;
const BELOW: f64 = 64.0;
/// Fleets' names are at most this wide.
const NAMES: f64 = 220.0;
/// Between the panels, and from the last tick to the edge.
const GAP: f64 = 64.0;

/// `change`: a row a fleet, a panel of cost and one of p95.
pub struct ChangeChart<'a> {
    document: &'a CompareDocument,
    legend: Legend,
}

/// One of the two panels.
struct Panel {
    plot: Plot,
    ticks: Vec<Tick>,
    title: &'static str,
    figure: fn(&FleetComparison) -> &FigureChange,
    write: fn(f64) -> String,
}

impl<'a> ChangeChart<'a> {
    #[must_use]
    pub fn new(document: &'a CompareDocument) -> ChangeChart<'a> {
        let (a, b) = (&document.a, &document.b);
        let differ = a.name != b.name;
        let name = |letter: &str, name: &str| if differ { format!("{letter}: {name}") } else { letter.to_owned() };
        let legend = Legend::new([
            (Swatch::Ring, name("A", &a.name)),
            (Swatch::Marked(Stroke::solid(BLUE, 2.4), Marker::Circle), format!("{}, less", name("B", &b.name))),
            (Swatch::Marked(Stroke::solid(ORANGE, 2.4), Marker::Circle), "B, more".to_owned()),
            (Swatch::Marked(Stroke::solid(SLATE, 2.4), Marker::Circle), "B, the same or within chance".to_owned()),
        ]);
        ChangeChart { document, legend }
    }

    fn panels(&self) -> [Panel; 2] {
        let names = self.document.fleets.iter().map(|fleet| STRONG.width(&label(fleet)));
        let left = MARGIN + names.fold(60.0, f64::max).min(NAMES) + 18.0;
        let width = (WIDTH - MARGIN - left - GAP) / 2.0 - GAP / 2.0;
        let cost: fn(&FleetComparison) -> &FigureChange = |fleet| &fleet.cost_per_month_usd;
        let p95: fn(&FleetComparison) -> &FigureChange = |fleet| &fleet.p95_s;
        [
            self.panel(left, width, "US dollars a month of 720 hours", cost, number::dollars),
            self.panel(left + width + GAP, width, "95% of requests complete within", p95, number::duration),
        ]
    }

    fn panel(
        &self,
        left: f64,
        width: f64,
        title: &'static str,
        figure: fn(&FleetComparison) -> &FigureChange,
        write: fn(f64) -> String,
    ) -> Panel {
        let top = HEADING + self.legend.height() + 14.0;
        let rows = self.document.fleets.len() as f64;
        let figures = self.document.fleets.iter().map(figure).flat_map(|change| [change.a.mean, change.b.mean]);
        let most = figures.flatten().fold(0.0, f64::max);
        let tick = |value: f64| if value == 0.0 { "0".to_owned() } else { short(&write(value)) };
        let (end, ticks) = linear_ticks(most, 4, tick);
        let (right, bottom) = (left + width, top + rows * ROW);
        let (x, y) = (Scale::linear((0.0, end), (left, right)), Scale::linear((0.0, rows), (top, bottom)));
        Panel { plot: Plot { left, top, right, bottom, x, y }, ticks, title, figure, write }
    }
}

impl Panel {
    /// Before, after and the line between, with the difference above it.
    fn row<DB: DrawingBackend>(&self, canvas: &Canvas<DB>, row: usize, fleet: &FleetComparison) -> Drawn {
        let change = (self.figure)(fleet);
        let (Some(before), Some(after)) = (change.a.mean, change.b.mean) else { return Ok(()) };
        let y = self.plot.y.at(row as f64 + 0.62);
        let (from, to) = (self.plot.x.at(before), self.plot.x.at(after));
        let color = match change.significant {
            false => SLATE,
            true if after > before => ORANGE,
            true => BLUE,
        };
        canvas.line(&[(from, y), (to, y)], Stroke::solid(color, 2.4))?;
        Marker::Circle.draw(canvas, (to, y), 5.0, color)?;
        // On top, so that a change that is smaller than the marks still shows both.
        ring(canvas, (from, y), 5.5, Stroke::solid(INK, 1.5))?;
        let difference = change.difference.mean.unwrap_or(0.0);
        let words = match difference {
            0.0 => format!("{}, the same", (self.write)(before)),
            _ => format!("{} → {}", (self.write)(before), (self.write)(after)),
        };
        let half = SMALL.width(&words) / 2.0;
        let middle = f64::midpoint(from, to).clamp(self.plot.left + half + 2.0, self.plot.right - half + GAP / 2.0);
        canvas.rectangle((middle - half - 3.0, y - 23.0), (middle + half + 3.0, y - 9.0), WHITE)?;
        canvas.text(&words, (middle, y - 16.0), Align::Center, SMALL)
    }
}

#[allow(private_interfaces)]
impl Chart for ChangeChart<'_> {
    fn name(&self) -> &'static str {
        "change"
    }

    fn size(&self) -> (f64, f64) {
        (WIDTH, HEADING + self.legend.height() + 14.0 + self.document.fleets.len() as f64 * ROW + BELOW)
    }

    fn draw<DB: DrawingBackend>(&self, canvas: &Canvas<DB>) -> Drawn {
        heading(canvas, "What the change does to cost and latency", &subtitle(self.document))?;
        self.legend.draw(canvas, HEADING)?;
        for panel in self.panels() {
            panel.plot.x_grid(canvas, &panel.ticks)?;
            for (row, fleet) in self.document.fleets.iter().enumerate() {
                panel.row(canvas, row, fleet)?;
            }
            panel.plot.x_axis(canvas, &panel.ticks)?;
            panel.plot.x_title(canvas, panel.title)?;
        }
        let [first, _] = self.panels();
        for (row, fleet) in self.document.fleets.iter().enumerate() {
            let look = if self.document.answer.b.as_ref() == Some(&fleet.name_in_b) { STRONG } else { LABEL };
            let middle = first.plot.y.at(row as f64 + 0.62);
            canvas.text(&look.fitted(&label(fleet), NAMES), (first.plot.left - 16.0, middle), Align::Right, look)?;
        }
        Ok(())
    }
}

fn label(fleet: &FleetComparison) -> String {
    match fleet.name == fleet.name_in_b {
        true => fleet.name.clone(),
        false => format!("{} → {}", fleet.name, fleet.name_in_b),
    }
}

/// Without zeros after the point: `$2,000`, `1.5 s`.
fn short(written: &str) -> String {
    match written.split_once(' ') {
        Some((digits, unit)) => format!("{} {unit}", number::without_zeros(digits)),
        None => number::without_zeros(written).to_owned(),
    }
}

fn subtitle(document: &CompareDocument) -> String {
    let changed = match &document.input[..] {
        [] => "nothing differs in the input".to_owned(),
        [only] => match (&only.a, &only.b) {
            (Some(a), Some(b)) => format!("{}: {a} → {b}", only.path),
            _ => only.path.clone(),
        },
        [first, others @ ..] => format!("{} and {} more differ", first.path, others.len()),
    };
    format!("{changed}; the cheapest in B that meets the objective is bold")
}
