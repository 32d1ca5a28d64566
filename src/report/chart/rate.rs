//! The rate of a stream of requests over time, with what the scenario says it should be.

use jiff::civil::DateTime;
use plotters::prelude::DrawingBackend;

use crate::traffic::RateBin;

use super::Chart;
use super::axis::calendar_ticks;
use super::canvas::{Align, Canvas, Drawn, Stroke};
use super::frame::{HEADING, Legend, Swatch, WIDTH, heading};
use super::palette::{ARRIVALS, INK, STRONG};
use super::timeline::{Panel, Step, highest};

const PANEL: f64 = 300.0;
const GAP: f64 = 34.0;
const BELOW: f64 = 48.0;

/// `rate`: requests a second of one replication.
pub struct RateChart {
    scenario: String,
    observed: Vec<Step>,
    /// Where arrivals are not a recording.
    expected: Option<Vec<Step>>,
    starts: DateTime,
    legend: Legend,
}

impl RateChart {
    /// Of the rates of a profile, the last of which ends at `horizon_s`.
    #[must_use]
    pub fn new(scenario: &str, series: &[RateBin], horizon_s: f64, starts: DateTime) -> RateChart {
        let ends = series.iter().skip(1).map(|bin| bin.start.seconds()).chain([horizon_s]);
        let steps = series.iter().zip(ends);
        let step = |bin: &RateBin, to_s, value| Step { from_s: bin.start.seconds(), to_s, value };
        let observed = steps.clone().map(|(bin, to_s)| step(bin, to_s, bin.observed_per_s)).collect();
        let expected: Option<Vec<Step>> = steps.map(|(bin, to_s)| Some(step(bin, to_s, bin.expected_per_s?))).collect();
        let line = Swatch::Line(Stroke::solid(INK, 1.6));
        let legend = [(Swatch::Area(ARRIVALS), "arrived".to_owned())];
        let legend = legend.into_iter().chain(expected.as_ref().map(|_| (line, "expected".to_owned())));
        RateChart { scenario: scenario.to_owned(), observed, legend: Legend::new(legend), expected, starts }
    }
}

#[allow(private_interfaces)]
impl Chart for RateChart {
    fn name(&self) -> &'static str {
        "rate"
    }

    fn size(&self) -> (f64, f64) {
        (WIDTH, HEADING + self.legend.height() + GAP + PANEL + BELOW)
    }

    fn draw<DB: DrawingBackend>(&self, canvas: &Canvas<DB>) -> Drawn {
        heading(canvas, "Rate of requests over time", &format!("{}: the first replication", self.scenario))?;
        self.legend.draw(canvas, HEADING)?;
        let top = HEADING + self.legend.height() + GAP;
        let (Some(first), Some(last)) = (self.observed.first(), self.observed.last()) else {
            return canvas.text("No request arrived.", (WIDTH / 2.0, top + PANEL / 2.0), Align::Center, STRONG);
        };
        let window = (first.from_s, last.to_s);
        let ticks = calendar_ticks(self.starts, window, 12);
        let expected = self.expected.as_deref().unwrap_or_default();
        let panel = Panel::new(window, (top, PANEL), highest(&self.observed).max(highest(expected)));
        panel.frame(canvas, &ticks, "rate", "requests a second")?;
        panel.steps(canvas, &self.observed, ARRIVALS)?;
        panel.line(canvas, expected, Stroke::solid(INK, 1.6))?;
        panel.plot.x_axis(canvas, &ticks)
    }
}
