//! What each fleet costs a month, as a bar of the families of the lines of its bill. What free tiers and credits take off is
//! hatched at the bar's end, so that the plain part of a bar is what is paid.

use plotters::prelude::DrawingBackend;

use crate::bill::Line;
use crate::measure::Estimate;
use crate::report::number;
use crate::summary::{FleetSummary, RunDocument};
use crate::unit::Span;

use super::Chart;
use super::axis::{Scale, Tick, linear_ticks};
use super::canvas::{Align, Canvas, Drawn, Stroke, Type};
use super::data::{ChartData, SpotData};
use super::family::Family;
use super::frame::{HEADING, Legend, MARGIN, Plot, Swatch, WIDTH, hatch, heading};
use super::palette::{INK, LABEL, SMALL, SOFT_INK, STRONG, WHITE, text_on, tint};
use super::place::Bounds;

const BAR: f64 = 26.0;
const ROW: f64 = 52.0;
const BELOW: f64 = 64.0;
/// Fleets' names are at most this wide.
const NAMES: f64 = 240.0;

/// How the legend calls what is hatched.
const TAKEN_OFF: &str = "taken off by free tier and credits";

/// `cost`: a stacked bar a fleet.
pub struct CostChart<'a> {
    document: &'a RunDocument,
    legend: Legend,
}

impl<'a> CostChart<'a> {
    #[must_use]
    pub fn new(document: &'a RunDocument) -> CostChart<'a> {
        let bars = || document.fleets.iter().map(|fleet| Amounts::new(document, fleet));
        let used = Family::ALL.into_iter().filter(|&family| bars().any(|bar| bar.of(family) > 0.0));
        let areas = used.map(|family| (Swatch::Area(family.color()), family.spoken().to_owned()));
        let hatched = bars().any(|bar| bar.taken_off > 0.0).then(|| (Swatch::Hatched, TAKEN_OFF.to_owned()));
        let legend = Legend::new(areas.chain(hatched));
        CostChart { document, legend }
    }

    fn plot(&self, top: f64, most: f64) -> Plot {
        let fleets = self.document.fleets.iter();
        let names = fleets.map(|fleet| STRONG.width(&fleet.name).max(SMALL.width(self.remark(fleet))));
        let left = MARGIN + names.fold(60.0, f64::max).min(NAMES) + 14.0;
        let totals = self.document.fleets.iter().map(|fleet| STRONG.width(&total_label(fleet)));
        let right = WIDTH - MARGIN - totals.fold(0.0, f64::max) - 14.0;
        let bottom = top + self.document.fleets.len() as f64 * ROW;
        Plot {
            left,
            top,
            right,
            bottom,
            x: Scale::linear((0.0, most), (left, right)),
            y: Scale::linear((0.0, self.document.fleets.len() as f64), (top, bottom)),
        }
    }

    fn bar<DB: DrawingBackend>(&self, canvas: &Canvas<DB>, plot: &Plot, row: usize, fleet: &FleetSummary) -> Drawn {
        let middle = plot.y.at(row as f64 + 0.5);
        let amounts = Amounts::new(self.document, fleet);
        let (top, bottom) = (middle - BAR / 2.0, middle + BAR / 2.0);
        let paid = plot.x.at(amounts.paid());
        let mut so_far = 0.0;
        for family in Family::ALL {
            let amount = amounts.of(family);
            let (left, right) = (plot.x.at(so_far), plot.x.at(so_far + amount));
            so_far += amount;
            if right - left < 0.25 {
                continue;
            }
            let color = family.color();
            let plain = right.min(paid);
            if plain < right {
                canvas.rectangle((left.max(paid), top), (right, bottom), tint(color, 0.35))?;
            }
            if plain <= left {
                continue;
            }
            canvas.rectangle((left, top), (plain, bottom), color)?;
            let look = Type { color: text_on(color), ..SMALL };
            let label = number::dollars(amount);
            if look.width(&label) + 12.0 < plain - left {
                canvas.text(&label, (f64::midpoint(left, plain), middle), Align::Center, look)?;
            }
        }
        let gross = plot.x.at(so_far);
        if gross - paid > 0.5 {
            hatch(canvas, (paid, top), (gross, bottom), Stroke::solid(SOFT_INK, 1.0))?;
            let corners = [(paid, top), (gross, top), (gross, bottom), (paid, bottom), (paid, top)];
            canvas.line(&corners, Stroke::solid(SOFT_INK, 1.0))?;
        }
        let end = whisker(canvas, plot, middle, &fleet.cost.per_month_usd)?;
        let end = end.max(gross);
        let label = total_label(fleet);
        let left = end + 10.0;
        // The grid does not run through it.
        canvas.rectangle((left - 4.0, middle - 10.0), (left + STRONG.width(&label) + 4.0, middle + 10.0), WHITE)?;
        canvas.text(&label, (left, middle), Align::Left, STRONG)
    }

    /// The parts of a fleet's bar, as they are drawn.
    fn spots(&self, plot: &Plot, row: usize, fleet: &FleetSummary) -> Vec<SpotData> {
        let middle = plot.y.at(row as f64 + 0.5);
        let amounts = Amounts::new(self.document, fleet);
        let mut spots = Vec::new();
        let mut so_far = 0.0;
        for family in Family::ALL {
            let amount = amounts.of(family);
            let (left, right) = (plot.x.at(so_far), plot.x.at(so_far + amount));
            so_far += amount;
            if right - left >= 0.25 {
                let bounds = Bounds { left, top: middle - BAR / 2.0, right, bottom: middle + BAR / 2.0 };
                let text = format!("{}, {}: {} a month", fleet.name, family.spoken(), number::dollars(amount));
                spots.push(SpotData::new(&bounds, text));
            }
        }
        spots
    }

    /// The end of the axis and its ticks.
    fn axis(&self) -> (f64, Vec<Tick>) {
        let greatest = |fleet: &FleetSummary| {
            let cost = &fleet.cost.per_month_usd;
            cost.high.or(cost.mean).unwrap_or(0.0).max(Amounts::new(self.document, fleet).charged())
        };
        let most = self.document.fleets.iter().map(greatest).fold(0.0, f64::max);
        linear_ticks(most, 6, |amount| number::without_zeros(&number::dollars(amount)).to_owned())
    }

    fn remark(&self, fleet: &FleetSummary) -> &'static str {
        let best = self.document.cheapest_meeting_slo.as_ref() == Some(&fleet.name);
        match fleet.meets_slo {
            Some(true) if best => "cheapest that meets the objective",
            Some(true) => "meets the objective",
            Some(false) => "misses the objective",
            None => "",
        }
    }

    fn name<DB: DrawingBackend>(&self, canvas: &Canvas<DB>, plot: &Plot, row: usize, fleet: &FleetSummary) -> Drawn {
        let middle = plot.y.at(row as f64 + 0.5);
        let best = self.document.cheapest_meeting_slo.as_ref() == Some(&fleet.name);
        let look = if best { STRONG } else { LABEL };
        let right = plot.left - 14.0;
        let name = look.fitted(&fleet.name, NAMES);
        let remark = self.remark(fleet);
        let shift = if remark.is_empty() { 0.0 } else { 8.0 };
        canvas.text(&name, (right, middle - shift), Align::Right, look)?;
        canvas.text(remark, (right, middle + shift), Align::Right, SMALL)
    }
}

#[allow(private_interfaces)]
impl Chart for CostChart<'_> {
    fn name(&self) -> &'static str {
        "cost"
    }

    fn size(&self) -> (f64, f64) {
        let bars = self.document.fleets.len() as f64 * ROW;
        (WIDTH, HEADING + self.legend.height() + 14.0 + bars + BELOW)
    }

    fn data(&self) -> ChartData {
        let plot = self.plot(HEADING + self.legend.height() + 14.0, self.axis().0);
        let rows = self.document.fleets.iter().enumerate();
        ChartData::of_spots(rows.flat_map(|(row, fleet)| self.spots(&plot, row, fleet)).collect())
    }

    fn draw<DB: DrawingBackend>(&self, canvas: &Canvas<DB>) -> Drawn {
        heading(canvas, "Cost a month, by line of the bill", &subtitle(self.document))?;
        self.legend.draw(canvas, HEADING)?;
        let (end, ticks) = self.axis();
        let plot = self.plot(HEADING + self.legend.height() + 14.0, end);
        plot.x_grid(canvas, &ticks)?;
        for (row, fleet) in self.document.fleets.iter().enumerate() {
            self.name(canvas, &plot, row, fleet)?;
            self.bar(canvas, &plot, row, fleet)?;
        }
        plot.x_axis(canvas, &ticks)?;
        plot.x_title(canvas, "US dollars a month of 720 hours")
    }
}

/// The scenario, and what its figures rest on.
pub(super) fn subtitle(document: &RunDocument) -> String {
    let scenario = &document.scenario;
    let requests = number::or_dash(document.traffic.requests.mean, number::scaled);
    let window = number::round_duration(scenario.window_s);
    let repeated = match scenario.replications {
        1 => "one replication".to_owned(),
        count => format!("mean of {count} replications and its 95% interval"),
    };
    format!("{}: {requests} requests in {window}, {repeated}", scenario.name)
}

/// What is charged and taken off a month.
struct Amounts {
    /// By family, in the order of [`Family::ALL`].
    charged: Vec<f64>,
    taken_off: f64,
}

impl Amounts {
    fn new(document: &RunDocument, fleet: &FleetSummary) -> Amounts {
        let months = Span::MONTH.seconds() / document.scenario.window_s;
        let mut amounts = Amounts { charged: vec![0.0; Family::ALL.len()], taken_off: 0.0 };
        for line in Line::ALL {
            let found = fleet.cost.lines.iter().find(|found| found.line == line.name());
            let usd = found.and_then(|found| found.usd.mean).unwrap_or(0.0) * months;
            match Family::of(line) {
                Some(family) => amounts.charged[family as usize] += usd,
                None => amounts.taken_off -= usd,
            }
        }
        amounts
    }

    fn of(&self, family: Family) -> f64 {
        self.charged[family as usize]
    }

    fn charged(&self) -> f64 {
        self.charged.iter().sum()
    }

    fn paid(&self) -> f64 {
        (self.charged() - self.taken_off).max(0.0)
    }
}

fn total_label(fleet: &FleetSummary) -> String {
    let cost = &fleet.cost.per_month_usd;
    let mut label = number::or_dash(cost.mean, number::dollars);
    if let Some(interval) = number::interval(cost) {
        label.push(' ');
        label.push_str(&interval);
    }
    label
}

/// The interval, as a line with two ends; returns where it ends.
fn whisker<DB: DrawingBackend>(
    canvas: &Canvas<DB>,
    plot: &Plot,
    middle: f64,
    cost: &Estimate,
) -> Result<f64, super::DrawError> {
    let (Some(low), Some(high)) = (cost.low, cost.high) else {
        return Ok(plot.left);
    };
    let (left, right) = (plot.x.at(low.max(0.0)), plot.x.at(high));
    // Narrower than its own ends, it would be a blot.
    if right - left < 3.0 {
        return Ok(right);
    }
    let stroke = Stroke::solid(INK, 1.4);
    canvas.line(&[(left, middle), (right, middle)], stroke)?;
    for end in [left, right] {
        canvas.line(&[(end, middle - 5.0), (end, middle + 5.0)], stroke)?;
    }
    Ok(right)
}
