//! The rate of a stream of requests over time.

use jiff::civil::DateTime;
use plotters::prelude::DrawingBackend;

use crate::measure::Timeline;

use super::Chart;
use super::axis::calendar_ticks;
use super::canvas::{Align, Canvas, Drawn};
use super::frame::{HEADING, WIDTH, heading};
use super::palette::{ARRIVALS, STRONG};
use super::timeline::{Panel, Step, highest};

const PANEL: f64 = 300.0;
const GAP: f64 = 34.0;
const BELOW: f64 = 48.0;

/// `rate`: requests a second, with the mean.
pub struct RateChart {
    scenario: String,
    steps: Vec<Step>,
    starts: DateTime,
}

impl RateChart {
    /// Of the arrivals of a time line.
    #[must_use]
    pub fn new(scenario: &str, timeline: &Timeline, starts: DateTime) -> RateChart {
        let steps = timeline.bins.iter().enumerate().map(|(index, bin)| {
            let (from, to) = timeline.bounds(index);
            Step { from_s: from.seconds(), to_s: to.seconds(), value: bin.arrivals as f64 / (to - from).seconds() }
        });
        RateChart { scenario: scenario.to_owned(), steps: steps.collect(), starts }
    }
}

#[allow(private_interfaces)]
impl Chart for RateChart {
    fn name(&self) -> &'static str {
        "rate"
    }

    fn size(&self) -> (f64, f64) {
        (WIDTH, HEADING + GAP + PANEL + BELOW)
    }

    fn draw<DB: DrawingBackend>(&self, canvas: &Canvas<DB>) -> Drawn {
        heading(canvas, "Rate of requests over time", &self.scenario)?;
        let (Some(first), Some(last)) = (self.steps.first(), self.steps.last()) else {
            let middle = (WIDTH / 2.0, HEADING + PANEL / 2.0);
            return canvas.text("No request arrived.", middle, Align::Center, STRONG);
        };
        let window = (first.from_s, last.to_s);
        let ticks = calendar_ticks(self.starts, window, 12);
        let panel = Panel::new(window, (HEADING + GAP, PANEL), highest(&self.steps));
        panel.frame(canvas, &ticks, "arrivals", "requests a second; the dashed line is the mean")?;
        panel.steps(canvas, &self.steps, ARRIVALS)?;
        let requests: f64 = self.steps.iter().map(|step| step.value * (step.to_s - step.from_s)).sum();
        panel.level(canvas, requests / (window.1 - window.0))?;
        panel.plot.x_axis(canvas, &ticks)?;
        Ok(())
    }
}
