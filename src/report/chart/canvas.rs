//! What a chart draws with: lines, areas and text in the chart's own units, on any of plotters' backends.

use plotters::coord::Shift;
use plotters::drawing::DrawingArea;
use plotters::element::{PathElement, Polygon, Rectangle};
use plotters::prelude::DrawingBackend;
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{Color as _, FontDesc, FontFamily, FontStyle, RGBColor, ShapeStyle, TextStyle};

use super::typeface::{self, Weight};

/// Drawn units a unit of the chart: for fine positions in SVG, and for smooth edges in PNG.
pub(super) const SCALE: f64 = 4.0;

pub(super) type Point = (f64, f64);

/// Why a chart could not be drawn: the backend's message.
#[derive(Debug)]
pub(super) struct DrawError(pub String);

pub(super) type Drawn = Result<(), DrawError>;

/// How a line looks.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Stroke {
    pub color: RGBColor,
    pub width: f64,
    pub dash: Dash,
}

/// The lengths of the strokes and gaps of a line; none for a solid one.
pub(super) type Dash = &'static [f64];

impl Stroke {
    pub(super) fn solid(color: RGBColor, width: f64) -> Stroke {
        Stroke { color, width, dash: &[] }
    }
}

/// How text looks.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Type {
    pub size: f64,
    pub weight: Weight,
    pub color: RGBColor,
}

/// Where text lies with respect to its point.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Align {
    Left,
    Center,
    Right,
}

/// The surface. The point (0, 0) is the top left; text is centred vertically on its point.
pub(super) struct Canvas<'a, DB: DrawingBackend> {
    area: &'a DrawingArea<DB, Shift>,
}

impl<'a, DB: DrawingBackend> Canvas<'a, DB> {
    pub(super) fn new(area: &'a DrawingArea<DB, Shift>) -> Canvas<'a, DB> {
        Canvas { area }
    }

    pub(super) fn line(&self, points: &[Point], stroke: Stroke) -> Drawn {
        if stroke.dash.is_empty() {
            return self.path(points, stroke);
        }
        dashes(points, stroke.dash).iter().try_for_each(|piece| self.path(piece, stroke))
    }

    fn path(&self, points: &[Point], stroke: Stroke) -> Drawn {
        let mut path: Vec<_> = points.iter().copied().map(scaled).collect();
        path.dedup();
        if path.len() < 2 {
            return Ok(());
        }
        let width = (stroke.width * SCALE).round().max(1.0) as u32;
        let style = stroke.color.stroke_width(width);
        self.area.draw(&PathElement::new(path, style)).map_err(failed)
    }

    pub(super) fn area(&self, outline: &[Point], color: RGBColor) -> Drawn {
        let corners: Vec<_> = outline.iter().copied().map(scaled).collect();
        self.area.draw(&Polygon::new(corners, color.filled())).map_err(failed)
    }

    /// An area through which what lies under it is seen.
    pub(super) fn wash(&self, outline: &[Point], color: RGBColor, strength: f64) -> Drawn {
        let corners: Vec<_> = outline.iter().copied().map(scaled).collect();
        self.area.draw(&Polygon::new(corners, color.mix(strength).filled())).map_err(failed)
    }

    pub(super) fn rectangle(&self, from: Point, to: Point, color: RGBColor) -> Drawn {
        let style: ShapeStyle = color.filled();
        self.area.draw(&Rectangle::new([scaled(from), scaled(to)], style)).map_err(failed)
    }

    pub(super) fn text(&self, text: &str, at: Point, align: Align, look: Type) -> Drawn {
        let weight = match look.weight {
            Weight::Regular => FontStyle::Normal,
            Weight::SemiBold => FontStyle::Bold,
        };
        // plotters counts a font's size in lines of 1.24 em.
        let font = FontDesc::new(FontFamily::Name(typeface::FAMILY), look.size * SCALE * 1.24, weight);
        let across = match align {
            Align::Left => HPos::Left,
            Align::Center => HPos::Center,
            Align::Right => HPos::Right,
        };
        let style = TextStyle::from(font).color(&look.color).pos(Pos::new(across, VPos::Center));
        self.area.draw_text(&printable(text), &style, scaled(at)).map_err(failed)
    }
}

/// Neither XML nor a typeface knows control characters.
fn printable(text: &str) -> String {
    text.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect()
}

impl Type {
    pub(super) fn width(&self, text: &str) -> f64 {
        typeface::width(text, self.weight, self.size)
    }

    /// The text, its end left out where it is wider than `room`.
    pub(super) fn fitted(&self, text: &str, room: f64) -> String {
        if self.width(text) <= room {
            return text.to_owned();
        }
        let mut kept: String = text.to_owned();
        while !kept.is_empty() && self.width(&format!("{}…", kept.trim_end())) > room {
            kept.pop();
        }
        format!("{}…", kept.trim_end())
    }
}

fn scaled((x, y): Point) -> (i32, i32) {
    // `as` saturates, and takes what is not a number for zero.
    ((x * SCALE).round() as i32, (y * SCALE).round() as i32)
}

fn failed(error: impl std::fmt::Display) -> DrawError {
    DrawError(error.to_string())
}

/// A path cut into strokes; the pattern goes on around corners.
fn dashes(points: &[Point], pattern: &[f64]) -> Vec<Vec<Point>> {
    let mut pieces = Vec::new();
    let mut phase = 0;
    let mut left = pattern[0];
    let mut piece: Vec<Point> = points.first().copied().into_iter().collect();
    for pair in points.windows(2) {
        let (mut from, to) = (pair[0], pair[1]);
        let mut length = (to.0 - from.0).hypot(to.1 - from.1);
        while length > left {
            let part = left / length;
            from = (from.0 + (to.0 - from.0) * part, from.1 + (to.1 - from.1) * part);
            length -= left;
            let drawing = phase % 2 == 0;
            piece.push(from);
            if drawing {
                pieces.push(std::mem::take(&mut piece));
            }
            piece = vec![from];
            phase = (phase + 1) % pattern.len();
            left = pattern[phase];
        }
        left -= length;
        piece.push(to);
    }
    if phase % 2 == 0 {
        pieces.push(piece);
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dashed_line_is_drawn_for_the_strokes_of_its_pattern_only() {
        let pieces = dashes(&[(0.0, 0.0), (10.0, 0.0), (10.0, 10.0)], &[6.0, 2.0]);
        let length = |piece: &Vec<Point>| -> f64 {
            piece.windows(2).map(|pair| (pair[1].0 - pair[0].0).hypot(pair[1].1 - pair[0].1)).sum()
        };
        assert_eq!(pieces.iter().map(length).collect::<Vec<_>>(), [6.0, 6.0, 4.0]);
        assert_eq!(pieces[1], [(8.0, 0.0), (10.0, 0.0), (10.0, 4.0)], "around the corner");
    }

    #[test]
    fn text_that_is_too_wide_ends_in_an_ellipsis() {
        let look = Type { size: 12.0, weight: Weight::Regular, color: RGBColor(0, 0, 0) };
        assert_eq!(look.fitted("short", 200.0), "short");
        let fitted = look.fitted(&"long ".repeat(40), 100.0);
        assert!(fitted.ends_with('…') && look.width(&fitted) <= 100.0, "{fitted}");
    }
}
