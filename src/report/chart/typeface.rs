//! The embedded typeface, so that charts are the same on a machine without fonts: Inter, see `fonts/OFL.txt`.

use std::sync::LazyLock;

use ab_glyph::{Font, FontRef, Glyph, PxScale, ScaleFont, point};

/// For readers of the SVG, who may not have the typeface.
pub(super) const FAMILY: &str = "Inter, Helvetica Neue, Arial, Liberation Sans, sans-serif";

static REGULAR: LazyLock<FontRef<'static>> = LazyLock::new(|| embedded(include_bytes!("../fonts/Inter-Regular.otf")));
static SEMI_BOLD: LazyLock<FontRef<'static>> =
    LazyLock::new(|| embedded(include_bytes!("../fonts/Inter-SemiBold.otf")));

fn embedded(bytes: &'static [u8]) -> FontRef<'static> {
    FontRef::try_from_slice(bytes).expect("the embedded typeface is a font")
}

/// A weight of the typeface.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Weight {
    Regular,
    SemiBold,
}

fn font(weight: Weight) -> &'static FontRef<'static> {
    match weight {
        Weight::Regular => &REGULAR,
        Weight::SemiBold => &SEMI_BOLD,
    }
}

/// The scale at which an em is `em` pixels.
fn scale(font: &FontRef, em: f32) -> PxScale {
    let units = font.units_per_em().unwrap_or(1_000.0);
    PxScale::from(em * font.height_unscaled() / units)
}

/// The width of a line of text whose em is `em` pixels.
pub(super) fn width(text: &str, weight: Weight, em: f64) -> f64 {
    let font = font(weight);
    let scaled = font.as_scaled(scale(font, em as f32));
    text.chars().map(|letter| f64::from(scaled.h_advance(scaled.glyph_id(letter)))).sum()
}

/// Draws a line of text whose baseline begins at `(x, y)`; `pixel` is told each pixel's coverage in [0, 1].
pub(super) fn draw(text: &str, weight: Weight, em: f64, (x, y): (f64, f64), mut pixel: impl FnMut(i32, i32, f32)) {
    let font = font(weight);
    let scale = scale(font, em as f32);
    let scaled = font.as_scaled(scale);
    let mut pen = x as f32;
    for letter in text.chars() {
        let id = scaled.glyph_id(letter);
        let glyph = Glyph { id, scale, position: point(pen, y as f32) };
        pen += scaled.h_advance(id);
        if let Some(outline) = font.outline_glyph(glyph) {
            let corner = outline.px_bounds().min;
            outline.draw(|dx, dy, coverage| pixel(corner.x as i32 + dx as i32, corner.y as i32 + dy as i32, coverage));
        }
    }
}
