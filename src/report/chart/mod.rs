//! Charts: each drawn once, kept as SVG and as PNG of twice the size.
//!
//! A chart places its own lines and text on a canvas; plotters carries them to either kind of file.

mod axis;
mod canvas;
mod change;
mod cost;
mod crossing;
mod data;
mod family;
mod frame;
mod frontier;
mod heat;
mod heat_cell;
mod latency;
mod line;
mod lines;
mod marker;
mod palette;
mod place;
mod quantity;
mod raster;
mod rate;
mod side;
mod timeline;
mod tornado;
mod typeface;
mod ways;

use std::fs;
use std::path::{Path, PathBuf};

use plotters::drawing::{DrawingArea, IntoDrawingArea};
use plotters::prelude::{DrawingBackend, SVGBackend};

use super::error::Error;
use canvas::{Canvas, DrawError, Drawn, SCALE};
use raster::Sheet;

pub use change::ChangeChart;
pub use cost::CostChart;
pub use crossing::CrossingMark;
pub use data::{ChartData, PlotData, PointData, ScaleData, SeriesData, SpotData, ViewData};
pub use frontier::{FrontierChart, FrontierPoint};
pub use heat::{Guide, GuideAxis, HeatMap, Quadrants};
pub use heat_cell::HeatCell;
pub use latency::LatencyChart;
pub use line::{Line, LinePoint};
pub use lines::{Limit, LineChart, LinePanel};
pub use quantity::{Axis, AxisScale, Unit};
pub use rate::RateChart;
pub use timeline::TimelineChart;
pub use tornado::{TornadoBar, TornadoChart, TornadoEnd, TornadoMark};
pub use ways::WaysChart;

/// Pixels of the PNG a unit of the chart.
const PNG_SCALE: u32 = 2;

/// A chart: its size, and how it is drawn on any backend.
pub trait Chart {
    /// The stem of its files.
    fn name(&self) -> &'static str;

    /// Width and height.
    #[doc(hidden)]
    fn size(&self) -> (f64, f64);

    /// What it shows, as data; of some charts nothing.
    fn data(&self) -> ChartData {
        ChartData::default()
    }

    #[doc(hidden)]
    #[allow(private_interfaces)]
    fn draw<DB: DrawingBackend>(&self, canvas: &Canvas<DB>) -> Drawn;
}

/// Writes `NAME.svg` and `NAME.png` into a folder; returns their paths.
///
/// # Errors
/// When a file cannot be written.
pub fn save(chart: &impl Chart, folder: &Path) -> Result<[PathBuf; 2], Error> {
    let failed = |cause: String| Error::Chart { name: chart.name(), cause };
    let vector = folder.join(chart.name()).with_extension("svg");
    fs::write(&vector, svg_text(chart)?).map_err(Error::writing(&vector))?;
    let bitmap = folder.join(chart.name()).with_extension("png");
    fs::write(&bitmap, png(chart).map_err(|error| failed(error.0))?).map_err(Error::writing(&bitmap))?;
    Ok([vector, bitmap])
}

/// The chart as the text of an SVG file.
///
/// # Errors
/// When it cannot be drawn, a defect of the program.
pub fn svg_text(chart: &impl Chart) -> Result<String, Error> {
    svg(chart).map_err(|error| Error::Chart { name: chart.name(), cause: error.0 })
}

fn svg(chart: &impl Chart) -> Result<String, DrawError> {
    let (width, height) = drawn_size(chart);
    let mut text = String::new();
    draw(chart, &SVGBackend::with_string(&mut text, (width, height)).into_drawing_area())?;
    // Drawn large for fine positions, shown at its own size.
    let (shown_width, shown_height) = chart.size();
    let drawn = format!("width=\"{width}\" height=\"{height}\" viewBox");
    let shown = format!(
        "width=\"{shown_width}\" height=\"{shown_height}\" stroke-linejoin=\"round\" stroke-linecap=\"butt\" viewBox"
    );
    Ok(text.replacen(&drawn, &shown, 1))
}

fn png(chart: &impl Chart) -> Result<Vec<u8>, DrawError> {
    let (width, height) = drawn_size(chart);
    let mut sheet = Sheet::new(width, height);
    draw(chart, &sheet.backend().into_drawing_area())?;
    sheet.png(SCALE as u32 / PNG_SCALE).map_err(|error| DrawError(error.to_string()))
}

fn draw<DB: DrawingBackend>(chart: &impl Chart, area: &DrawingArea<DB, plotters::coord::Shift>) -> Drawn {
    let canvas = Canvas::new(area);
    canvas.rectangle((0.0, 0.0), chart.size(), palette::WHITE)?;
    chart.draw(&canvas)?;
    area.present().map_err(|error| DrawError(error.to_string()))
}

fn drawn_size(chart: &impl Chart) -> (u32, u32) {
    let (width, height) = chart.size();
    ((width * SCALE) as u32, (height * SCALE) as u32)
}

#[cfg(test)]
mod form_tests;
#[cfg(test)]
mod tests;
