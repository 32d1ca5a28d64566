//! Points where lines cross: a ring with its interval, down to the axis, and a label that hides nothing.

use plotters::prelude::DrawingBackend;

use super::canvas::{Align, Canvas, Drawn, Point, Stroke, Type};
use super::frame::{MARGIN, Plot, WIDTH};
use super::marker::{circle, ring};
use super::palette::{AXIS, INK, LABEL, SMALL, WHITE, tint};
use super::place::{Bounds, Label, Segment, Surroundings, place};
use super::quantity::Axis;

/// A point where two lines cross.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CrossingMark {
    pub x: f64,
    pub y: f64,
    /// The interval of `x`, drawn when both ends are there.
    pub low: Option<f64>,
    pub high: Option<f64>,
    /// For example `2.31M/month`.
    pub label: String,
}

/// The crossings of a plot, each with its place.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Crossings {
    marks: Vec<Mark>,
    numbered: bool,
}

#[derive(Clone, Debug, PartialEq)]
struct Mark {
    at: Point,
    /// The ends of the interval.
    whisker: Option<(f64, f64)>,
    text: String,
    label: Option<Bounds>,
}

/// With more than these, labels are numbers that a list explains.
const MOST_LABELS: usize = 6;
const RING: f64 = 5.0;
const TEXT: Type = Type { size: 12.0, ..super::palette::STRONG };
const LABEL_HEIGHT: f64 = 18.0;
/// No label is wider.
const WIDEST: f64 = 240.0;
/// The radius of a number's circle.
const NUMBER: f64 = 8.5;
/// The list of numbered crossings.
pub(super) const COLUMNS: usize = 3;
const LIST_ROW: f64 = 21.0;

impl CrossingMark {
    /// The interval, where both ends are numbers.
    fn interval(&self) -> Option<(f64, f64)> {
        let (low, high) = (self.low?, self.high?);
        (low.is_finite() && high.is_finite()).then_some((low, high))
    }
}

impl Crossings {
    /// Places the crossings that have a place on the axes. `first` is the number of the first, if they are numbered;
    /// labels keep off `taken`, and off `lines` if they can.
    pub(super) fn new(
        crossings: &[CrossingMark],
        (x, y): (&Axis, &Axis),
        plot: &Plot,
        (taken, lines): (&[Bounds], &[Segment]),
        first: usize,
    ) -> Crossings {
        let mut drawn: Vec<&CrossingMark> =
            crossings.iter().filter(|crossing| x.holds(crossing.x) && y.holds(crossing.y)).collect();
        drawn.sort_by(|one, other| one.x.total_cmp(&other.x));
        let mark = |crossing: &&CrossingMark| Mark {
            at: plot.point(crossing.x, crossing.y),
            whisker: crossing.interval().map(|(low, high)| (plot.x.at(low), plot.x.at(high))),
            text: TEXT.fitted(&crossing.label, WIDEST),
            label: None,
        };
        let mut placed = Crossings { marks: drawn.iter().map(mark).collect(), numbered: drawn.len() > MOST_LABELS };
        let around = placed.surroundings(plot, taken, lines);
        if placed.numbered || !placed.place(&around) {
            placed.numbered = true;
            for (index, (mark, crossing)) in placed.marks.iter_mut().zip(&drawn).enumerate() {
                mark.text = format!("{}  {}", first + index, crossing.label);
            }
            placed.place(&around);
        }
        placed
    }

    fn surroundings(&self, plot: &Plot, taken: &[Bounds], lines: &[Segment]) -> Surroundings {
        let rings = self.marks.iter().map(|mark| Bounds::around(mark.at, RING + 1.0, RING + 1.0));
        let drops = self.marks.iter().map(|mark| (mark.at, (mark.at.0, plot.bottom)));
        let whiskers = self.marks.iter().filter_map(|mark| {
            let (low, high) = mark.whisker?;
            Some(((low, mark.at.1), (high, mark.at.1)))
        });
        Surroundings {
            within: Bounds {
                left: plot.left + 2.0,
                top: plot.top + 2.0,
                right: plot.right - 2.0,
                bottom: plot.bottom - 2.0,
            },
            taken: taken.iter().copied().chain(rings).collect(),
            lines: lines.iter().copied().chain(drops).chain(whiskers).collect(),
        }
    }

    /// Whether all have found a place.
    fn place(&mut self, around: &Surroundings) -> bool {
        let size = |mark: &Mark| match self.numbered {
            true => (NUMBER * 2.0, NUMBER * 2.0),
            false => (TEXT.width(&mark.text) + 8.0, LABEL_HEIGHT),
        };
        let labels: Vec<Label> = self
            .marks
            .iter()
            .map(|mark| {
                let (width, height) = size(mark);
                Label { at: mark.at, width, height }
            })
            .collect();
        let found = place(&labels, around);
        for (mark, &bounds) in self.marks.iter_mut().zip(&found) {
            mark.label = bounds;
        }
        found.iter().all(Option::is_some)
    }

    /// What the list says, if there is to be one.
    pub(super) fn listed(&self) -> impl Iterator<Item = String> {
        let listed = if self.numbered { &self.marks[..] } else { &[] };
        listed.iter().map(|mark| mark.text.clone())
    }

    pub(super) fn draw<DB: DrawingBackend>(&self, canvas: &Canvas<DB>, plot: &Plot) -> Drawn {
        for Mark { at, whisker, .. } in &self.marks {
            canvas.line(&[(at.0, at.1 + RING), (at.0, plot.bottom)], Stroke::solid(tint(AXIS, 0.8), 0.9))?;
            if let &Some((low, high)) = whisker {
                draw_whisker(canvas, *at, low)?;
                draw_whisker(canvas, *at, high)?;
            }
        }
        for mark in &self.marks {
            ring(canvas, mark.at, RING, Stroke::solid(WHITE, 3.6))?;
            ring(canvas, mark.at, RING, Stroke::solid(INK, 1.6))?;
        }
        for mark in &self.marks {
            if let Some(bounds) = &mark.label {
                self.draw_label(canvas, mark, bounds)?;
            }
        }
        Ok(())
    }

    fn draw_label<DB: DrawingBackend>(&self, canvas: &Canvas<DB>, mark: &Mark, bounds: &Bounds) -> Drawn {
        // A label that had to go away is led back to its ring.
        let nearest = bounds.nearest(mark.at);
        let (along, up) = (nearest.0 - mark.at.0, nearest.1 - mark.at.1);
        let distance = along.hypot(up);
        if distance > RING * 3.0 {
            let start = (mark.at.0 + along / distance * RING, mark.at.1 + up / distance * RING);
            canvas.line(&[start, nearest], Stroke::solid(AXIS, 1.0))?;
        }
        if self.numbered {
            let number = mark.text.split(' ').next().unwrap_or_default();
            return draw_number(canvas, bounds.middle(), number);
        }
        canvas.rectangle((bounds.left, bounds.top), (bounds.right, bounds.bottom), WHITE)?;
        canvas.text(&mark.text, bounds.middle(), Align::Center, TEXT)
    }
}

/// From a ring to an end of its interval.
fn draw_whisker<DB: DrawingBackend>(canvas: &Canvas<DB>, (x, y): Point, end: f64) -> Drawn {
    // Inside the ring it would be a blot.
    if (end - x).abs() < RING + 1.0 {
        return Ok(());
    }
    let stroke = Stroke::solid(INK, 1.4);
    canvas.line(&[(x + RING * (end - x).signum(), y), (end, y)], stroke)?;
    canvas.line(&[(end, y - 4.5), (end, y + 4.5)], stroke)
}

pub(super) fn draw_number<DB: DrawingBackend>(canvas: &Canvas<DB>, center: Point, number: &str) -> Drawn {
    canvas.area(&circle(center, NUMBER), WHITE)?;
    ring(canvas, center, NUMBER - 0.8, Stroke::solid(AXIS, 1.0))?;
    canvas.text(number, center, Align::Center, Type { size: 10.0, color: INK, ..SMALL })
}

/// The height of a list of numbered crossings.
pub(super) fn list_height(count: usize, columns: usize) -> f64 {
    if count == 0 { 0.0 } else { count.div_ceil(columns) as f64 * LIST_ROW + 14.0 }
}

/// Draws numbered texts in columns, each read downwards.
pub(super) fn draw_list<DB: DrawingBackend>(canvas: &Canvas<DB>, listed: &[String], top: f64, columns: usize) -> Drawn {
    let rows = listed.len().div_ceil(columns).max(1);
    let width = (WIDTH - 2.0 * MARGIN) / columns as f64;
    for (index, text) in listed.iter().enumerate() {
        let (number, label) = text.split_once("  ").unwrap_or((text, ""));
        let left = MARGIN + (index / rows) as f64 * width;
        let y = top + ((index % rows) as f64 + 0.5) * LIST_ROW;
        draw_number(canvas, (left + NUMBER, y), number)?;
        let left = left + NUMBER * 2.0 + 7.0;
        canvas.text(&LABEL.fitted(label, width - NUMBER * 2.0 - 19.0), (left, y), Align::Left, LABEL)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::chart::axis::Scale;
    use crate::report::chart::quantity::{AxisScale, Unit};

    fn crossings(count: u32, label: impl Fn(u32) -> String) -> Crossings {
        let axis = |unit: Unit| Axis { title: String::new(), scale: AxisScale::Logarithmic, unit };
        let (left, top, right, bottom) = (76.0, 120.0, 932.0, 520.0);
        let plot = Plot {
            left,
            top,
            right,
            bottom,
            x: Scale::logarithmic((1e4, 1e7), (left, right)),
            y: Scale::logarithmic((10.0, 1e5), (bottom, top)),
        };
        let along = |index: u32| 5e5 * 1.15_f64.powi(index as i32);
        let mark = |index: u32| CrossingMark {
            x: along(index),
            y: along(index) * 0.002,
            low: Some(along(index) * 0.9),
            high: Some(along(index) * 1.1),
            label: label(index),
        };
        let line =
            [(plot.point(1e4, 20.0), plot.point(1e7, 2e4)), (plot.point(1e4, 2_880.0), plot.point(1e7, 2_880.0))];
        let marks: Vec<CrossingMark> = (0..count).map(mark).collect();
        Crossings::new(&marks, (&axis(Unit::Count), &axis(Unit::Dollars)), &plot, (&[], &line), 1)
    }

    fn assert_apart(crossings: &Crossings) {
        let labels: Vec<&Bounds> = crossings.marks.iter().map(|mark| mark.label.as_ref().expect("a place")).collect();
        for (index, label) in labels.iter().enumerate() {
            let others = labels.iter().skip(index + 1).any(|other| label.overlaps(other));
            let rings = crossings.marks.iter().any(|mark| label.overlaps(&Bounds::around(mark.at, RING, RING)));
            assert!(!others && !rings, "{label:?} lies over another label or a ring");
        }
    }

    #[test]
    fn a_few_crossings_are_labelled_where_they_are_and_hide_nothing() {
        let few = crossings(6, |index| format!("{index}.31M/month"));
        assert_apart(&few);
        assert_eq!(few.listed().count(), 0);
    }

    #[test]
    fn many_crossings_are_numbered_from_left_to_right_and_listed() {
        let many = crossings(20, |index| format!("serverless/dedicated {index}M"));
        assert_apart(&many);
        let listed: Vec<String> = many.listed().collect();
        assert_eq!(listed.len(), 20);
        assert_eq!(listed[19], "20  serverless/dedicated 19M");
    }
}
