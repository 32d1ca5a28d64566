//! Colours that people with any colour vision tell apart (Okabe and Ito, "Color Universal Design", 2008), and the sizes of text.

use plotters::style::RGBColor;

use super::canvas::{Dash, Stroke, Type};
use super::typeface::Weight;

pub(super) const BLACK: RGBColor = RGBColor(0, 0, 0);
pub(super) const ORANGE: RGBColor = RGBColor(230, 159, 0);
pub(super) const SKY_BLUE: RGBColor = RGBColor(86, 180, 233);
pub(super) const GREEN: RGBColor = RGBColor(0, 158, 115);
pub(super) const YELLOW: RGBColor = RGBColor(240, 228, 66);
pub(super) const BLUE: RGBColor = RGBColor(0, 114, 178);
pub(super) const VERMILLION: RGBColor = RGBColor(213, 94, 0);
pub(super) const PURPLE: RGBColor = RGBColor(204, 121, 167);
/// Two greys beside them, as far apart as they are from black and white.
pub(super) const SLATE: RGBColor = RGBColor(74, 80, 92);
pub(super) const PALE_GREY: RGBColor = RGBColor(184, 190, 199);

pub(super) const WHITE: RGBColor = RGBColor(255, 255, 255);
/// Text.
pub(super) const INK: RGBColor = RGBColor(34, 38, 46);
/// Text that explains.
pub(super) const SOFT_INK: RGBColor = RGBColor(98, 105, 117);
/// Lines behind the data.
pub(super) const GRID: RGBColor = RGBColor(228, 231, 235);
pub(super) const AXIS: RGBColor = RGBColor(150, 156, 166);

pub(super) const BUSY: RGBColor = BLUE;
pub(super) const IDLE: RGBColor = RGBColor(250, 205, 120);
pub(super) const STARTING: RGBColor = VERMILLION;
pub(super) const ARRIVALS: RGBColor = RGBColor(132, 146, 166);
pub(super) const OBJECTIVE: RGBColor = BLACK;

pub(super) const TITLE: Type = text(19.0, Weight::SemiBold, INK);
pub(super) const SUBTITLE: Type = text(13.0, Weight::Regular, SOFT_INK);
pub(super) const LABEL: Type = text(13.0, Weight::Regular, INK);
pub(super) const STRONG: Type = text(13.0, Weight::SemiBold, INK);
pub(super) const TICK: Type = text(12.0, Weight::Regular, SOFT_INK);
pub(super) const SMALL: Type = text(11.0, Weight::Regular, SOFT_INK);

const fn text(size: f64, weight: Weight, color: RGBColor) -> Type {
    Type { size, weight, color }
}

/// Black or white, whichever reads better on a colour (its relative luminance, as WCAG 2 defines it, against one half).
pub(super) fn text_on(RGBColor(red, green, blue): RGBColor) -> RGBColor {
    let linear = |channel: u8| (f64::from(channel) / 255.0).powf(2.2);
    let luminance = 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);
    if luminance > 0.25 { INK } else { WHITE }
}

/// The line of the fleet at this place in the scenario: another colour and another dash than its neighbours'.
pub(super) fn of_fleet(index: usize) -> Stroke {
    const COLORS: [RGBColor; 7] = [BLUE, VERMILLION, GREEN, PURPLE, ORANGE, SKY_BLUE, BLACK];
    const DASHES: [Dash; 4] = [&[], &[10.0, 4.0], &[2.5, 2.5], &[12.0, 3.0, 2.5, 3.0]];
    Stroke { color: COLORS[index % COLORS.len()], width: 2.2, dash: DASHES[index % DASHES.len()] }
}

/// The colour of the fleet at this place in the scenario, the same as of its line.
pub(super) fn color_of_fleet(index: usize) -> RGBColor {
    of_fleet(index).color
}

/// A colour on its way from white, at 0, to itself, at 1.
pub(super) fn tint(RGBColor(red, green, blue): RGBColor, share: f64) -> RGBColor {
    let mixed = |channel: u8| (255.0 - (255.0 - f64::from(channel)) * share.clamp(0.0, 1.0)).round() as u8;
    RGBColor(mixed(red), mixed(green), mixed(blue))
}
