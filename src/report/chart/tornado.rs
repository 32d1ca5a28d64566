//! What a cost hangs on: a bar a factor, to the left and to the right of the cost as it is, the longest on top.

use plotters::prelude::DrawingBackend;
use plotters::style::RGBColor;

use super::Chart;
use super::axis::{RoundIn, Scale, Tick, linear_ends, linear_values};
use super::canvas::{Align, Canvas, Drawn, Point, Stroke};
use super::frame::{HEADING, Legend, MARGIN, Plot, Swatch, WIDTH, hatch, heading};
use super::lines::NOTHING;
use super::marker::Marker;
use super::palette::{BLUE, INK, LABEL, ORANGE, SMALL, SOFT_INK, STRONG, TICK, WHITE, tint};
use super::quantity::Unit;

/// `tornado`: bars about a base.
#[derive(Clone, Debug, PartialEq)]
pub struct TornadoChart {
    pub title: String,
    pub subtitle: String,
    /// Dollars a month with every factor as it is.
    pub base: f64,
    /// From the top down.
    pub bars: Vec<TornadoBar>,
}

/// A factor.
#[derive(Clone, Debug, PartialEq)]
pub struct TornadoBar {
    pub factor: String,
    /// Less of it, and more.
    pub ends: [TornadoEnd; 2],
    /// Where the choice changes.
    pub marks: Vec<TornadoMark>,
}

/// The cost at an end of a factor.
#[derive(Clone, Debug, PartialEq)]
pub struct TornadoEnd {
    /// For example `-50%`.
    pub label: String,
    /// Dollars a month.
    pub cost: f64,
    /// Of the change against the base, about the cost.
    pub interval: Option<(f64, f64)>,
    /// Whether the objective is met.
    pub meets: bool,
}

/// A change of the choice.
#[derive(Clone, Debug, PartialEq)]
pub struct TornadoMark {
    /// Where on the bar; `None`: beyond its ends.
    pub cost: Option<f64>,
    /// For example `+14.3%: serverless`.
    pub label: String,
}

impl TornadoEnd {
    /// The cost with its interval.
    fn reach(&self) -> (f64, f64) {
        self.interval.map_or((self.cost, self.cost), |(low, high)| (low.min(self.cost), high.max(self.cost)))
    }

    /// The label; where the bar has no length to be hatched it says that the objective is missed.
    fn words(&self, has_no_bar: bool) -> String {
        if has_no_bar && !self.meets { format!("{}, missed", self.label) } else { self.label.clone() }
    }
}

const ROW: f64 = 44.0;
const BAR: f64 = 22.0;
const BELOW: f64 = 64.0;
/// Between the legend and the bars, for the head of the column of changes.
const GAP: f64 = 30.0;
/// The widest names of factors, and the column of the changes of the choice.
const NAMES: f64 = 160.0;
const CHANGES: f64 = 230.0;
/// On either side of the bars, for the labels of their ends.
const ROOM: f64 = 60.0;
/// Of less of a factor, and of more.
const COLORS: [RGBColor; 2] = [BLUE, ORANGE];

impl TornadoChart {
    fn legend(&self) -> Legend {
        let mut entries = vec![
            (Swatch::Area(COLORS[0]), "less of the factor".to_owned()),
            (Swatch::Area(COLORS[1]), "more of it".to_owned()),
        ];
        if self.bars.iter().flat_map(|bar| &bar.ends).any(|end| !end.meets) {
            entries.push((Swatch::Hatched, "misses the objective".to_owned()));
        }
        if self.bars.iter().any(|bar| self.marks_on(bar).next().is_some()) {
            entries.push((Swatch::Marked(Stroke::solid(INK, 1.4), Marker::Diamond), "the choice changes".to_owned()));
        }
        Legend::new(entries)
    }

    /// Where marks lie on a bar; a bar of no length has no room for them.
    fn marks_on<'a>(&self, bar: &'a TornadoBar) -> impl Iterator<Item = f64> + 'a {
        let least = self.base.abs() / 1_000.0;
        let base = self.base;
        let is_still = bar.ends.iter().all(|end| (end.cost - base).abs() < least);
        bar.marks.iter().filter_map(move |mark| mark.cost.filter(|_| !is_still))
    }

    fn has_changes(&self) -> bool {
        self.bars.iter().any(|bar| !bar.marks.is_empty())
    }

    fn plot(&self, top: f64) -> (Plot, Vec<Tick>) {
        let names = self.bars.iter().map(|bar| LABEL.width(&bar.factor)).fold(60.0, f64::max).min(NAMES);
        let left = MARGIN + names + 14.0;
        let right = WIDTH - MARGIN - if self.has_changes() { CHANGES + 14.0 } else { 0.0 };
        let bottom = top + self.bars.len() as f64 * ROW;
        let ends = self.bars.iter().flat_map(|bar| &bar.ends);
        let costs = ends.flat_map(|end| [end.cost, end.interval.map_or(end.cost, |interval| interval.1)]);
        let costs = costs.filter(|cost| cost.is_finite());
        let (low, high) = costs.fold((self.base, self.base), |(low, high), cost| (low.min(cost), high.max(cost)));
        // Where nothing changes the cost, its line stands in the middle.
        let spare = if low < high { 0.0 } else { (self.base.abs() / 10.0).max(1.0) };
        let ends = linear_ends((low - spare, high + spare), 6, RoundIn::Numbers);
        let ticks = linear_values(ends, 6, RoundIn::Numbers).into_iter();
        let ticks = ticks.map(|value| Tick { value, label: Unit::Dollars.write(value, 6) }).collect();
        let x = Scale::linear(ends, (left + ROOM, right - ROOM));
        (Plot { left, top, right, bottom, x, y: Scale::linear((0.0, 1.0), (top, bottom)) }, ticks)
    }

    fn row<DB: DrawingBackend>(&self, canvas: &Canvas<DB>, plot: &Plot, index: usize, bar: &TornadoBar) -> Drawn {
        let middle = plot.top + (index as f64 + 0.5) * ROW;
        let base = plot.x.at(self.base);
        canvas.text(&LABEL.fitted(&bar.factor, NAMES), (plot.left - 14.0, middle), Align::Right, LABEL)?;
        let [less, more] = &bar.ends;
        // Two bars on one side would cover each other, so that each has half of the height.
        let halved = (less.cost - self.base) * (more.cost - self.base) > 0.0;
        for (end, (color, shift)) in bar.ends.iter().zip(COLORS.into_iter().zip([-0.25, 0.25])) {
            let (middle, half) = if halved { (middle + shift * BAR, BAR / 4.0) } else { (middle, BAR / 2.0) };
            draw_end(canvas, plot, (base, middle, half), end, color)?;
        }
        if !halved {
            self.labels(canvas, plot, middle, [less, more])?;
        } else {
            for (end, shift) in [less, more].into_iter().zip([-0.3, 0.3]) {
                let (low, high) = end.reach();
                let (x, align) = match end.cost < self.base {
                    true => (plot.x.at(low).min(base) - 8.0, Align::Right),
                    false => (plot.x.at(high).max(base) + 8.0, Align::Left),
                };
                label(canvas, &end.words(self.base == end.cost), (x, middle + shift * BAR), align)?;
            }
        }
        self.marks_on(bar).try_for_each(|cost| Marker::Diamond.draw(canvas, (plot.x.at(cost), middle), 6.0, INK))?;
        let count = bar.marks.len() as f64;
        for (place, mark) in bar.marks.iter().enumerate() {
            let y = middle + (place as f64 - (count - 1.0) / 2.0) * 15.0;
            canvas.text(&TICK.fitted(&mark.label, CHANGES), (plot.right + 14.0, y), Align::Left, TICK)?;
        }
        Ok(())
    }

    /// Beyond the ends of a bar; of ends that lie at the base, less to the left and more to the right.
    fn labels<DB: DrawingBackend>(
        &self,
        canvas: &Canvas<DB>,
        plot: &Plot,
        middle: f64,
        [less, more]: [&TornadoEnd; 2],
    ) -> Drawn {
        let less_is_left = (less.cost, self.base) <= (more.cost, self.base);
        let (left, right) = if less_is_left { (less, more) } else { (more, less) };
        let from = plot.x.at(left.reach().0.min(self.base));
        let to = plot.x.at(right.reach().1.max(self.base));
        let words = |end: &TornadoEnd| end.words((plot.x.at(end.cost) - plot.x.at(self.base)).abs() < 8.0);
        label(canvas, &words(left), (from - 8.0, middle), Align::Right)?;
        label(canvas, &words(right), (to + 8.0, middle), Align::Left)
    }
}

/// Text that the grid does not run through.
fn label<DB: DrawingBackend>(canvas: &Canvas<DB>, text: &str, at: Point, align: Align) -> Drawn {
    let width = SMALL.width(text);
    let left = if align == Align::Right { at.0 - width } else { at.0 };
    canvas.rectangle((left - 2.0, at.1 - 6.0), (left + width + 2.0, at.1 + 6.0), WHITE)?;
    canvas.text(text, at, align, SMALL)
}

/// From the base to the cost, with its interval; hatched where the objective is missed.
fn draw_end<DB: DrawingBackend>(
    canvas: &Canvas<DB>,
    plot: &Plot,
    (base, middle, half): (f64, f64, f64),
    end: &TornadoEnd,
    color: RGBColor,
) -> Drawn {
    let at = plot.x.at(end.cost);
    let (from, to) = ((base.min(at), middle - half), (base.max(at), middle + half));
    if to.0 - from.0 >= 0.5 {
        let fill = if end.meets { color } else { tint(color, 0.35) };
        canvas.rectangle(from, to, fill)?;
        if !end.meets {
            hatch(canvas, from, to, Stroke::solid(color, 1.4))?;
        }
    }
    let Some((low, high)) = end.interval.map(|(low, high)| (plot.x.at(low), plot.x.at(high))) else { return Ok(()) };
    // Narrower than its own ends, it would be a blot.
    if high - low < 3.0 {
        return Ok(());
    }
    let stroke = Stroke::solid(INK, 1.2);
    canvas.line(&[(low, middle), (high, middle)], stroke)?;
    [low, high].into_iter().try_for_each(|end| canvas.line(&[(end, middle - 4.0), (end, middle + 4.0)], stroke))
}

#[allow(private_interfaces)]
impl Chart for TornadoChart {
    fn name(&self) -> &'static str {
        "tornado"
    }

    fn size(&self) -> (f64, f64) {
        let rows = self.bars.len().max(2) as f64 * ROW;
        (WIDTH, HEADING + self.legend().height() + GAP + rows + BELOW)
    }

    fn draw<DB: DrawingBackend>(&self, canvas: &Canvas<DB>) -> Drawn {
        heading(canvas, &self.title, &self.subtitle)?;
        let legend = self.legend();
        if self.bars.is_empty() {
            return canvas.text(NOTHING, (WIDTH / 2.0, self.size().1 / 2.0), Align::Center, STRONG);
        }
        legend.draw(canvas, HEADING)?;
        let (plot, ticks) = self.plot(HEADING + legend.height() + GAP);
        plot.x_grid(canvas, &ticks)?;
        if self.has_changes() {
            canvas.text("the choice changes at", (plot.right + 14.0, plot.top - 13.0), Align::Left, SMALL)?;
        }
        self.bars.iter().enumerate().try_for_each(|(index, bar)| self.row(canvas, &plot, index, bar))?;
        let base = plot.x.at(self.base);
        canvas.line(&[(base, plot.top), (base, plot.bottom)], Stroke::solid(SOFT_INK, 1.4))?;
        let label = format!("as it is: {}", Unit::Dollars.write(self.base, 4));
        let width = SMALL.width(&label);
        let x = base.clamp(plot.left + width / 2.0, plot.right - width / 2.0);
        canvas.rectangle((x - width / 2.0 - 3.0, plot.top - 21.0), (x + width / 2.0 + 3.0, plot.top - 5.0), WHITE)?;
        canvas.text(&label, (x, plot.top - 13.0), Align::Center, SMALL)?;
        plot.x_axis(canvas, &ticks)?;
        plot.x_title(canvas, "US dollars a month of 720 hours")
    }
}
