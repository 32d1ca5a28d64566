//! The parts that charts have in common: the heading, the legend, the axes and the grid behind the data.

use plotters::prelude::DrawingBackend;
use plotters::style::RGBColor;

use super::axis::{Scale, Tick};
use super::canvas::{Align, Canvas, Drawn, Point, Stroke};
use super::marker::{Marker, ring};
use super::palette::{AXIS, GRID, INK, LABEL, SMALL, SOFT_INK, SUBTITLE, TICK, TITLE, text_on, tint};

pub(super) const WIDTH: f64 = 960.0;
/// From the edges of the chart to its text.
pub(super) const MARGIN: f64 = 28.0;
/// The height of the heading, and of a row of the legend.
pub(super) const HEADING: f64 = 78.0;
pub(super) const LEGEND_ROW: f64 = 22.0;

/// The title says what is shown, the line under it of what.
pub(super) fn heading<DB: DrawingBackend>(canvas: &Canvas<DB>, title: &str, subtitle: &str) -> Drawn {
    let room = WIDTH - 2.0 * MARGIN;
    canvas.text(&TITLE.fitted(title, room), (MARGIN, 32.0), Align::Left, TITLE)?;
    canvas.text(&SUBTITLE.fitted(subtitle, room), (MARGIN, 56.0), Align::Left, SUBTITLE)
}

/// How the legend shows what a name stands for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Swatch {
    Area(RGBColor),
    Line(Stroke),
    /// A limit: see [`draw_limit`].
    Limit(RGBColor),
    /// A line with its marker on it.
    Marked(Stroke, Marker),
    /// An area with its marker in it.
    Tile(RGBColor, Marker),
    /// From pale to deep.
    Ramp,
    /// An area with strokes across it.
    Hatched,
    /// A point where lines cross.
    Ring,
}

/// Strokes across a rectangle, from one corner to the other.
pub(super) fn hatch<DB: DrawingBackend>(canvas: &Canvas<DB>, from: Point, to: Point, stroke: Stroke) -> Drawn {
    const APART: f64 = 7.0;
    let (width, height) = (to.0 - from.0, to.1 - from.1);
    let count = ((width + height) / APART).clamp(0.0, 1_000.0) as usize;
    for index in 1..=count {
        let along = index as f64 * APART;
        let start = (from.0 + (along - height).max(0.0), from.1 + along.min(height));
        let end = (from.0 + along.min(width), from.1 + (along - width).max(0.0));
        canvas.line(&[start, end], stroke)?;
    }
    Ok(())
}

/// The mark of a limit: a dashed line up to an arrowhead whose tip is the point that nothing should rise above.
pub(super) fn draw_limit<DB: DrawingBackend>(canvas: &Canvas<DB>, from: f64, tip: Point, color: RGBColor) -> Drawn {
    let dashed = Stroke { dash: &[5.0, 4.0], ..Stroke::solid(color, 1.2) };
    canvas.line(&[(from, tip.1), tip], dashed)?;
    canvas.area(&[(tip.0 - 5.5, tip.1 - 9.0), (tip.0 + 5.5, tip.1 - 9.0), tip], color)
}

/// Names with their swatches, laid out in rows.
#[derive(Clone, Debug)]
pub(super) struct Legend {
    /// Each with the left end of its place in the row.
    rows: Vec<Vec<(f64, Swatch, String)>>,
}

impl Legend {
    pub(super) fn new(entries: impl IntoIterator<Item = (Swatch, String)>) -> Legend {
        const GAP: f64 = 26.0;
        let mut rows: Vec<Vec<_>> = Vec::new();
        let mut left = WIDTH;
        for (swatch, name) in entries {
            let name = LABEL.fitted(&name, 300.0);
            let width = swatch.width() + 8.0 + LABEL.width(&name);
            if left + width > WIDTH - MARGIN {
                rows.push(Vec::new());
                left = MARGIN;
            }
            if let Some(row) = rows.last_mut() {
                row.push((left, swatch, name));
            }
            left += width + GAP;
        }
        Legend { rows }
    }

    pub(super) fn height(&self) -> f64 {
        self.rows.len() as f64 * LEGEND_ROW
    }

    pub(super) fn draw<DB: DrawingBackend>(&self, canvas: &Canvas<DB>, top: f64) -> Drawn {
        for (index, row) in self.rows.iter().enumerate() {
            let y = top + (index as f64 + 0.5) * LEGEND_ROW;
            for (left, swatch, name) in row {
                swatch.draw(canvas, (*left, y))?;
                canvas.text(name, (left + swatch.width() + 8.0, y), Align::Left, LABEL)?;
            }
        }
        Ok(())
    }
}

impl Swatch {
    fn width(&self) -> f64 {
        match self {
            Swatch::Area(_) | Swatch::Ring => 13.0,
            Swatch::Tile(..) | Swatch::Hatched => 22.0,
            Swatch::Line(_) | Swatch::Limit(_) | Swatch::Marked(..) | Swatch::Ramp => 32.0,
        }
    }

    fn draw<DB: DrawingBackend>(&self, canvas: &Canvas<DB>, (left, y): Point) -> Drawn {
        match self {
            Swatch::Area(color) => canvas.rectangle((left, y - 6.5), (left + 13.0, y + 6.5), *color),
            Swatch::Line(stroke) => canvas.line(&[(left, y), (left + self.width(), y)], *stroke),
            Swatch::Limit(color) => draw_limit(canvas, left, (left + self.width() - 5.5, y + 4.0), *color),
            Swatch::Marked(stroke, marker) => {
                canvas.line(&[(left, y), (left + self.width(), y)], *stroke)?;
                marker.draw(canvas, (left + self.width() / 2.0, y), 4.4, stroke.color)
            }
            Swatch::Tile(color, marker) => {
                canvas.rectangle((left, y - 7.5), (left + self.width(), y + 7.5), *color)?;
                marker.fill(canvas, (left + self.width() / 2.0, y), 4.0, text_on(*color))
            }
            Swatch::Ramp => (0..8).try_for_each(|step| {
                let from = left + f64::from(step) * 4.0;
                let color = tint(SOFT_INK, 0.15 + 0.1 * f64::from(step));
                canvas.rectangle((from, y - 6.5), (from + 4.0, y + 6.5), color)
            }),
            Swatch::Hatched => {
                let (from, to) = ((left, y - 7.5), (left + self.width(), y + 7.5));
                canvas.rectangle(from, to, tint(SOFT_INK, 0.25))?;
                hatch(canvas, from, to, Stroke::solid(tint(SOFT_INK, 0.6), 1.0))
            }
            Swatch::Ring => ring(canvas, (left + 6.5, y), 5.0, Stroke::solid(INK, 1.5)),
        }
    }
}

/// The rectangle of the data, with a scale each way.
#[derive(Clone, Debug)]
pub(super) struct Plot {
    pub left: f64,
    pub top: f64,
    pub right: f64,
    pub bottom: f64,
    pub x: Scale,
    pub y: Scale,
}

impl Plot {
    pub(super) fn point(&self, x: f64, y: f64) -> Point {
        (self.x.at(x), self.y.at(y))
    }

    /// Vertical lines of the grid.
    pub(super) fn x_grid<DB: DrawingBackend>(&self, canvas: &Canvas<DB>, ticks: &[Tick]) -> Drawn {
        for tick in ticks {
            let x = self.x.at(tick.value);
            canvas.line(&[(x, self.top), (x, self.bottom)], Stroke::solid(GRID, 1.0))?;
        }
        Ok(())
    }

    /// Horizontal lines of the grid, with their labels at the left.
    pub(super) fn y_axis<DB: DrawingBackend>(&self, canvas: &Canvas<DB>, ticks: &[Tick]) -> Drawn {
        for tick in ticks {
            let y = self.y.at(tick.value);
            canvas.line(&[(self.left, y), (self.right, y)], Stroke::solid(GRID, 1.0))?;
            canvas.text(&tick.label, (self.left - 9.0, y), Align::Right, TICK)?;
        }
        Ok(())
    }

    /// The lower edge of the plot, with ticks and their labels under it; a label that would touch the one before is left out.
    pub(super) fn x_axis<DB: DrawingBackend>(&self, canvas: &Canvas<DB>, ticks: &[Tick]) -> Drawn {
        canvas.line(&[(self.left, self.bottom), (self.right, self.bottom)], Stroke::solid(AXIS, 1.0))?;
        let mut free_from = f64::NEG_INFINITY;
        for tick in ticks {
            let x = self.x.at(tick.value);
            canvas.line(&[(x, self.bottom), (x, self.bottom + 5.0)], Stroke::solid(AXIS, 1.0))?;
            let half = TICK.width(&tick.label) / 2.0;
            let middle = x.min(WIDTH - half - 6.0);
            if middle - half >= free_from {
                canvas.text(&tick.label, (middle, self.bottom + 16.0), Align::Center, TICK)?;
                free_from = middle + half + 8.0;
            }
        }
        Ok(())
    }

    /// What the horizontal axis shows, under its middle.
    pub(super) fn x_title<DB: DrawingBackend>(&self, canvas: &Canvas<DB>, title: &str) -> Drawn {
        let middle = f64::midpoint(self.left, self.right);
        canvas.text(title, (middle, self.bottom + 38.0), Align::Center, TICK)
    }

    /// What the vertical axis shows, above its upper end.
    pub(super) fn y_title<DB: DrawingBackend>(&self, canvas: &Canvas<DB>, title: &str) -> Drawn {
        canvas.text(title, (self.left, self.top - 13.0), Align::Left, SMALL)
    }
}
