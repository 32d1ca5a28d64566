//! A cell of a heat map: who wins it, by how much, and whether that is sure.

use plotters::prelude::DrawingBackend;
use plotters::style::RGBColor;

use crate::report::number;

use super::canvas::{Align, Canvas, Drawn, Point, Stroke, Type};
use super::frame::hatch;
use super::marker::marker_of_fleet;
use super::palette::{GRID, SMALL, SOFT_INK, WHITE, color_of_fleet, text_on, tint};
use super::place::Bounds;

/// A cell.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct HeatCell {
    /// From the left, from 0.
    pub column: usize,
    /// From the bottom, from 0.
    pub row: usize,
    /// The winning fleet's place in the scenario; `None` where there is none.
    pub winner: Option<usize>,
    /// By how much it wins, in [0, 1]: from pale to deep.
    pub strength: f64,
    /// For example `23%`. Where one cell is too small for its text, no cell has any.
    pub text: String,
    /// Whether another fleet may win as well: a tilde before the text, and strokes across the cell.
    pub unsure: bool,
}

const RADIUS: f64 = 3.6;
/// From the corner of the cell to the middle of its marker.
const INSET: f64 = 8.5;
const TEXT_HEIGHT: f64 = 12.0;

impl HeatCell {
    pub(super) fn color(&self) -> RGBColor {
        const PALEST: f64 = 0.2;
        let strength = if self.strength.is_nan() { 0.0 } else { self.strength.clamp(0.0, 1.0) };
        self.winner.map_or(GRID, |index| tint(color_of_fleet(index), PALEST + (1.0 - PALEST) * strength))
    }

    pub(super) fn draw_area<DB: DrawingBackend>(&self, canvas: &Canvas<DB>, bounds: &Bounds) -> Drawn {
        let (from, to) = ((bounds.left, bounds.top), (bounds.right, bounds.bottom));
        canvas.rectangle(from, to, self.color())?;
        if self.unsure {
            hatch(canvas, from, to, Stroke::solid(between(self.color(), text_on(self.color()), 0.3), 0.9))?;
        }
        // A thin gap between cells.
        let outline = [from, (to.0, from.1), to, (from.0, to.1), from, (to.0, from.1)];
        canvas.line(&outline, Stroke::solid(WHITE, 1.0))
    }

    /// Whether the cell has room for its text and the winner's marker.
    pub(super) fn fits(&self, bounds: &Bounds) -> bool {
        let (width, height) = (bounds.right - bounds.left, bounds.bottom - bounds.top);
        let text = SMALL.width(&self.written());
        let beside = width >= text + 2.0 * (INSET + RADIUS + 1.0);
        let under = width >= text + 4.0 && height >= TEXT_HEIGHT + 2.0 * (INSET + RADIUS - 1.0);
        self.winner.is_none() || beside || under
    }

    fn written(&self) -> String {
        let tilde = if self.unsure && !self.text.is_empty() { "~" } else { "" };
        format!("{tilde}{}", self.text)
    }

    /// The winner's marker in the corner and the text in the middle, or the marker in the middle.
    pub(super) fn draw_contents<DB: DrawingBackend>(
        &self,
        canvas: &Canvas<DB>,
        bounds: &Bounds,
        with_text: bool,
    ) -> Drawn {
        let color = text_on(self.color());
        let (width, height) = (bounds.right - bounds.left, bounds.bottom - bounds.top);
        let Some(winner) = self.winner else {
            return canvas.text(number::NONE, bounds.middle(), Align::Center, Type { color: SOFT_INK, ..SMALL });
        };
        let look = Type { color, ..SMALL };
        let text = if with_text { self.written() } else { String::new() };
        let corner = (bounds.left + INSET, bounds.top + INSET.min(height / 2.0));
        let marker_at = if text.is_empty() { bounds.middle() } else { corner };
        if width.min(height) >= 2.0 * (RADIUS + 1.0) {
            self.draw_backing(canvas, marker_at, RADIUS + 1.5, RADIUS + 1.5)?;
            marker_of_fleet(winner).fill(canvas, marker_at, RADIUS, color)?;
        }
        if !text.is_empty() {
            self.draw_backing(canvas, bounds.middle(), look.width(&text) / 2.0 + 2.0, TEXT_HEIGHT / 2.0)?;
            canvas.text(&text, bounds.middle(), Align::Center, look)?;
        }
        Ok(())
    }

    /// Keeps strokes and guides from running through what is read.
    fn draw_backing<DB: DrawingBackend>(
        &self,
        canvas: &Canvas<DB>,
        middle: Point,
        half_width: f64,
        half_height: f64,
    ) -> Drawn {
        let Bounds { left, top, right, bottom } = Bounds::around(middle, half_width, half_height);
        canvas.rectangle((left, top), (right, bottom), self.color())
    }
}

fn between(RGBColor(red, green, blue): RGBColor, other: RGBColor, share: f64) -> RGBColor {
    let mixed = |one: u8, other: u8| (f64::from(one) + (f64::from(other) - f64::from(one)) * share).round() as u8;
    RGBColor(mixed(red, other.0), mixed(green, other.1), mixed(blue, other.2))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_is_the_deeper_the_clearer_it_is_won_and_grey_without_a_winner() {
        let cell = |strength: f64| HeatCell { winner: Some(0), strength, ..HeatCell::default() };
        let red = |strength: f64| cell(strength).color().0;
        assert!(red(0.0) > red(0.5) && red(0.5) > red(1.0));
        assert_eq!(cell(7.0).color(), color_of_fleet(0), "beyond the whole");
        assert_eq!(cell(f64::NAN).color(), cell(0.0).color());
        assert_eq!(HeatCell::default().color(), GRID);
    }
}
