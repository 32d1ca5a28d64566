//! Markers: a shape for each fleet, so that lines and tiles are told apart without their colours.

use std::f64::consts::{FRAC_PI_4, TAU};

use plotters::prelude::DrawingBackend;
use plotters::style::RGBColor;

use super::canvas::{Canvas, Drawn, Point, Stroke};
use super::palette::WHITE;

/// A shape.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Marker {
    Circle,
    Square,
    TriangleUp,
    Diamond,
    TriangleDown,
    Cross,
    Hourglass,
    Plus,
}

/// The marker of the fleet at this place in the scenario. There are eight, and seven colours: the pairs repeat after 56.
pub(super) fn marker_of_fleet(index: usize) -> Marker {
    const MARKERS: [Marker; 8] = [
        Marker::Circle,
        Marker::Square,
        Marker::TriangleUp,
        Marker::Diamond,
        Marker::TriangleDown,
        Marker::Cross,
        Marker::Hourglass,
        Marker::Plus,
    ];
    MARKERS[index % MARKERS.len()]
}

impl Marker {
    /// Draws it in a colour, with a white edge that sets it off from what it lies on.
    pub(super) fn draw<DB: DrawingBackend>(
        self,
        canvas: &Canvas<DB>,
        center: Point,
        radius: f64,
        color: RGBColor,
    ) -> Drawn {
        canvas.area(&self.outline(center, radius + 1.3), WHITE)?;
        self.fill(canvas, center, radius, color)
    }

    /// Draws it without an edge.
    pub(super) fn fill<DB: DrawingBackend>(
        self,
        canvas: &Canvas<DB>,
        center: Point,
        radius: f64,
        color: RGBColor,
    ) -> Drawn {
        canvas.area(&self.outline(center, radius), color)
    }

    /// Its corners, clockwise; of about the same area whatever the shape.
    fn outline(self, (x, y): Point, radius: f64) -> Vec<Point> {
        const SQUARE: [Point; 4] = [(-1.0, -1.0), (1.0, -1.0), (1.0, 1.0), (-1.0, 1.0)];
        const TRIANGLE: [Point; 3] = [(0.0, -1.0), (1.0, 0.75), (-1.0, 0.75)];
        const DIAMOND: [Point; 4] = [(0.0, -1.0), (1.0, 0.0), (0.0, 1.0), (-1.0, 0.0)];
        const HOURGLASS: [Point; 6] = [(-1.0, -1.0), (1.0, -1.0), (0.25, 0.0), (1.0, 1.0), (-1.0, 1.0), (-0.25, 0.0)];
        const ARM: f64 = 0.36;
        const PLUS: [Point; 12] = [
            (-ARM, -1.0),
            (ARM, -1.0),
            (ARM, -ARM),
            (1.0, -ARM),
            (1.0, ARM),
            (ARM, ARM),
            (ARM, 1.0),
            (-ARM, 1.0),
            (-ARM, ARM),
            (-1.0, ARM),
            (-1.0, -ARM),
            (-ARM, -ARM),
        ];
        let sized = |corners: &[Point], size: f64| -> Vec<Point> {
            corners.iter().map(|corner| (x + corner.0 * radius * size, y + corner.1 * radius * size)).collect()
        };
        match self {
            Marker::Circle => circle((x, y), radius),
            Marker::Square => sized(&SQUARE, 0.88),
            Marker::TriangleUp => sized(&TRIANGLE, 1.18),
            Marker::TriangleDown => sized(&TRIANGLE.map(|(right, down)| (right, -down)), 1.18),
            Marker::Diamond => sized(&DIAMOND, 1.25),
            Marker::Hourglass => sized(&HOURGLASS, 1.05),
            Marker::Plus => sized(&PLUS, 1.2),
            Marker::Cross => {
                let (sin, cos) = FRAC_PI_4.sin_cos();
                sized(&PLUS.map(|(right, down)| (right * cos - down * sin, right * sin + down * cos)), 1.25)
            }
        }
    }
}

/// An open ring.
pub(super) fn ring<DB: DrawingBackend>(canvas: &Canvas<DB>, center: Point, radius: f64, stroke: Stroke) -> Drawn {
    let mut path = circle(center, radius);
    // Over its start, so that no notch is left where it closes.
    path.extend_from_within(..2);
    canvas.line(&path, stroke)
}

/// The corners of a polygon that is as good as a circle.
pub(super) fn circle((x, y): Point, radius: f64) -> Vec<Point> {
    const CORNERS: u32 = 32;
    (0..CORNERS)
        .map(|corner| {
            let (sin, cos) = (f64::from(corner) / f64::from(CORNERS) * TAU).sin_cos();
            (x + radius * cos, y + radius * sin)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::report::chart::palette::color_of_fleet;

    #[test]
    fn neighbours_differ_in_shape_and_fifty_six_fleets_in_shape_or_colour() {
        let looks = (0..56).map(|index| (marker_of_fleet(index), format!("{:?}", color_of_fleet(index))));
        assert_eq!(looks.collect::<BTreeSet<_>>().len(), 56);
        let shapes: BTreeSet<Marker> = (0..8).map(marker_of_fleet).collect();
        assert_eq!(shapes.len(), 8);
    }

    #[test]
    fn every_marker_lies_about_its_center() {
        for marker in (0..8).map(marker_of_fleet) {
            let outline = marker.outline((100.0, 50.0), 4.0);
            let farthest = outline.iter().map(|(x, y)| (x - 100.0).hypot(y - 50.0)).fold(0.0, f64::max);
            assert!((3.9..7.0).contains(&farthest), "{marker:?} reaches {farthest}");
        }
    }
}
