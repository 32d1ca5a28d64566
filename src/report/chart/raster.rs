//! A bitmap to draw on: plotters' shapes, drawn finer than they are shown, with text placed as a reader of the SVG places it.

use std::convert::Infallible;

use plotters::style::FontStyle;
use plotters::style::text_anchor::{HPos, VPos};
use plotters_backend::{
    BackendColor, BackendCoord, BackendStyle, BackendTextStyle, DrawingBackend, DrawingErrorKind, rasterizer,
};

use super::typeface::{self, Weight};

/// A white sheet: red, green and blue, from the top left, row by row.
pub(super) struct Sheet {
    width: u32,
    height: u32,
    pixels: Vec<u8>,
}

/// The backend that draws on a sheet.
pub(super) struct Raster<'a> {
    sheet: &'a mut Sheet,
}

impl Sheet {
    pub(super) fn new(width: u32, height: u32) -> Sheet {
        Sheet { width, height, pixels: vec![255; width as usize * height as usize * 3] }
    }

    pub(super) fn backend(&mut self) -> Raster<'_> {
        Raster { sheet: self }
    }

    fn blend(&mut self, (x, y): BackendCoord, (red, green, blue): (u8, u8, u8), alpha: f64) {
        if x < 0 || y < 0 || x as u32 >= self.width || y as u32 >= self.height {
            return;
        }
        let offset = (y as usize * self.width as usize + x as usize) * 3;
        for (below, above) in self.pixels[offset..offset + 3].iter_mut().zip([red, green, blue]) {
            let mixed = f64::from(*below) * (1.0 - alpha) + f64::from(above) * alpha;
            *below = (mixed + 0.5) as u8;
        }
    }

    /// A PNG in which every pixel is the mean of `factor` x `factor` drawn ones.
    pub(super) fn png(&self, factor: u32) -> Result<Vec<u8>, png::EncodingError> {
        let (width, height) = (self.width / factor, self.height / factor);
        let mut small = Vec::with_capacity(width as usize * height as usize * 3);
        for y in 0..height {
            for x in 0..width {
                small.extend((0..3).map(|channel| self.mean(x * factor, y * factor, factor, channel)));
            }
        }
        let mut bytes = Vec::new();
        let mut encoder = png::Encoder::new(&mut bytes, width, height);
        encoder.set_color(png::ColorType::Rgb);
        encoder.set_depth(png::BitDepth::Eight);
        encoder.set_compression(png::Compression::Best);
        let mut writer = encoder.write_header()?;
        writer.write_image_data(&small)?;
        writer.finish()?;
        Ok(bytes)
    }

    fn mean(&self, left: u32, top: u32, size: u32, channel: usize) -> u8 {
        let mut sum = 0;
        for y in top..top + size {
            for x in left..left + size {
                let offset = (y as usize * self.width as usize + x as usize) * 3 + channel;
                sum += u32::from(self.pixels[offset]);
            }
        }
        let count = size * size;
        ((sum + count / 2) / count) as u8
    }
}

impl DrawingBackend for Raster<'_> {
    type ErrorType = Infallible;

    fn get_size(&self) -> (u32, u32) {
        (self.sheet.width, self.sheet.height)
    }

    fn ensure_prepared(&mut self) -> Result<(), DrawingErrorKind<Infallible>> {
        Ok(())
    }

    fn present(&mut self) -> Result<(), DrawingErrorKind<Infallible>> {
        Ok(())
    }

    fn draw_pixel(&mut self, point: BackendCoord, color: BackendColor) -> Result<(), DrawingErrorKind<Infallible>> {
        self.sheet.blend(point, color.rgb, color.alpha);
        Ok(())
    }

    /// A quadrilateral a segment and a disc a joint: where a line turns sharply, no corner sticks out and none is missing.
    fn draw_path<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        path: I,
        style: &S,
    ) -> Result<(), DrawingErrorKind<Infallible>> {
        let half = f64::from(style.stroke_width()) / 2.0;
        let mut previous: Option<BackendCoord> = None;
        let mut joints = 0;
        for point in path {
            if let Some(from) = previous.replace(point) {
                if joints > 0 {
                    self.draw_circle(from, half.round() as u32, style, true)?;
                }
                joints += 1;
                if let Some(corners) = thick(from, point, half) {
                    rasterizer::fill_polygon(self, &corners, &style.color())?;
                }
            }
        }
        Ok(())
    }

    fn draw_text<S: BackendTextStyle>(
        &mut self,
        text: &str,
        style: &S,
        (x, y): BackendCoord,
    ) -> Result<(), DrawingErrorKind<Infallible>> {
        let weight = match style.style() {
            FontStyle::Bold => Weight::SemiBold,
            FontStyle::Normal | FontStyle::Italic | FontStyle::Oblique => Weight::Regular,
        };
        // As plotters writes SVG: the em, and the shift of the baseline from the anchor (an ex of the typeface is 0.546 em).
        let em = style.size() / 1.24;
        let width = typeface::width(text, weight, em);
        let left = match style.anchor().h_pos {
            HPos::Left => 0.0,
            HPos::Center => width / 2.0,
            HPos::Right => width,
        };
        let baseline = match style.anchor().v_pos {
            VPos::Top => 0.76 * em,
            VPos::Center => 0.5 * 0.546 * em,
            VPos::Bottom => -0.5 * 0.546 * em,
        };
        let color = style.color();
        let start = (f64::from(x) - left, f64::from(y) + baseline);
        typeface::draw(text, weight, em, start, |x, y, coverage| {
            self.sheet.blend((x, y), color.rgb, color.alpha * f64::from(coverage));
        });
        Ok(())
    }
}

/// The corners of a segment as wide as twice `half`; `None` when it has no length.
fn thick(from: BackendCoord, to: BackendCoord, half: f64) -> Option<[BackendCoord; 4]> {
    let (dx, dy) = (f64::from(to.0 - from.0), f64::from(to.1 - from.1));
    let length = dx.hypot(dy);
    if length == 0.0 {
        return None;
    }
    let (across_x, across_y) = (-dy / length * half, dx / length * half);
    let corner = |(x, y): BackendCoord, side: f64| {
        ((f64::from(x) + side * across_x).round() as i32, (f64::from(y) + side * across_y).round() as i32)
    };
    Some([corner(from, 1.0), corner(to, 1.0), corner(to, -1.0), corner(from, -1.0)])
}
