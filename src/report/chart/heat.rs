//! A map of two quantities: in each cell the fleet that wins, with guides and the names of the quadrants between them.

use plotters::prelude::DrawingBackend;

use super::Chart;
use super::axis::Tick;
use super::canvas::{Align, Canvas, Drawn, Stroke, Type};
use super::data::{ChartData, SpotData};
use super::frame::{HEADING, Legend, MARGIN, Plot, Swatch, WIDTH, heading};
use super::heat_cell::HeatCell;
use super::lines::NOTHING;
use super::marker::marker_of_fleet;
use super::palette::{GRID, INK, SMALL, STRONG, TICK, WHITE, color_of_fleet, tint};
use super::place::{Bounds, spread};
use super::quantity::Axis;
use super::side::Side;

/// Who wins where.
#[derive(Clone, Debug, PartialEq)]
pub struct HeatMap {
    /// The stem of its files.
    pub name: &'static str,
    pub title: String,
    pub subtitle: String,
    pub x: Axis,
    pub y: Axis,
    /// The values of the columns, ascending, in the middle of their cells. Of an axis of labels they are not read.
    pub x_values: Vec<f64>,
    /// The values of the rows, ascending.
    pub y_values: Vec<f64>,
    /// A cell without a column or row is left out.
    pub cells: Vec<HeatCell>,
    /// The names of the fleets, by their places in the scenario.
    pub fleets: Vec<String>,
    /// What a cell without a winner means, for example `no fleet meets the objective`.
    pub no_winner: String,
    pub guides: Vec<Guide>,
    pub quadrants: Quadrants,
}

/// A line across the map.
#[derive(Clone, Debug, PartialEq)]
pub struct Guide {
    /// The axis that the value is of.
    pub axis: GuideAxis,
    pub value: f64,
    pub label: String,
}

/// An axis of a map.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GuideAxis {
    X,
    Y,
}

/// Texts outside the corners of the map.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Quadrants {
    pub upper_left: String,
    pub upper_right: String,
    pub lower_left: String,
    pub lower_right: String,
}

/// The height of all rows, and of one row at least and at most.
const HEIGHT: f64 = 440.0;
const ROW: (f64, f64) = (18.0, 56.0);
const LEFT: f64 = 76.0;
/// Labels of rows and of guides are not wider.
const WIDEST: f64 = 180.0;
/// The height of a line of text above the map.
const LINE: f64 = 22.0;
const BELOW: f64 = 62.0;
const QUADRANT: Type = Type { size: 12.0, ..STRONG };
const GUIDE: Type = Type { color: INK, ..SMALL };

struct Layout {
    legend: Legend,
    /// `None` without a cell.
    map: Option<Map>,
    bottom: f64,
}

struct Map {
    plot: Plot,
    x: Side,
    y: Side,
}

impl HeatMap {
    fn layout(&self) -> Layout {
        let legend = Legend::new(self.legend_entries());
        let top = HEADING + legend.height() + self.rows_above() * LINE + 16.0;
        let rows = Side::count(&self.y, &self.y_values);
        let height = rows.max(1) as f64 * (HEIGHT / rows.max(1) as f64).clamp(ROW.0, ROW.1);
        let bottom = top + height;
        let y = Side::new(&self.y, &self.y_values, (bottom, top));
        let widest = y.iter().flat_map(|side| &side.ticks).map(|tick| TICK.width(&tick.label)).fold(0.0, f64::max);
        let left = LEFT.max(MARGIN + widest.min(WIDEST) + 9.0);
        let labels = self.guides_of(GuideAxis::Y).map(|guide| GUIDE.width(&guide.label) + 8.0);
        let right = WIDTH - MARGIN - labels.fold(0.0, f64::max).min(WIDEST);
        let x = Side::new(&self.x, &self.x_values, (left, right));
        let map = x.zip(y).map(|(x, y)| {
            let plot = Plot { left, top, right, bottom, x: x.scale, y: y.scale };
            Map { plot, x, y }
        });
        Layout { legend, map, bottom }
    }

    /// Lines of text between the legend and the map: what the axis shows, quadrants, guides.
    fn rows_above(&self) -> f64 {
        1.0 + f64::from(u8::from(self.has_upper_quadrants())) + f64::from(u8::from(self.has_x_guides()))
    }

    fn has_upper_quadrants(&self) -> bool {
        !(self.quadrants.upper_left.is_empty() && self.quadrants.upper_right.is_empty())
    }

    fn has_x_guides(&self) -> bool {
        self.guides_of(GuideAxis::X).next().is_some()
    }

    fn guides_of(&self, axis: GuideAxis) -> impl Iterator<Item = &Guide> {
        self.guides.iter().filter(move |guide| guide.axis == axis)
    }

    fn legend_entries(&self) -> Vec<(Swatch, String)> {
        let fleets = self.fleets.iter().enumerate();
        let tile = |index: usize| Swatch::Tile(color_of_fleet(index), marker_of_fleet(index));
        let mut entries: Vec<_> = fleets.map(|(index, name)| (tile(index), name.clone())).collect();
        if self.cells.iter().any(|cell| cell.strength > 0.0) {
            entries.push((Swatch::Ramp, "deeper: by more".to_owned()));
        }
        if self.cells.iter().any(|cell| cell.unsure) {
            entries.push((Swatch::Hatched, "~ not significant".to_owned()));
        }
        if self.cells.iter().any(|cell| cell.winner.is_none()) {
            entries.push((Swatch::Area(GRID), format!("– {}", self.no_winner)));
        }
        entries
    }

    fn draw_cells<DB: DrawingBackend>(&self, canvas: &Canvas<DB>, map: &Map) -> Drawn {
        let placed: Vec<(&HeatCell, Bounds)> =
            self.cells.iter().filter_map(|cell| Some((cell, map.bounds(cell)?))).collect();
        placed.iter().try_for_each(|(cell, bounds)| cell.draw_area(canvas, bounds))?;
        for guide in &self.guides {
            map.draw_guide(canvas, guide)?;
        }
        let with_text = placed.iter().all(|(cell, bounds)| cell.fits(bounds));
        placed.iter().try_for_each(|(cell, bounds)| cell.draw_contents(canvas, bounds, with_text))
    }

    /// A cell in words: where it is, who wins it, and by how much.
    fn says(&self, cell: &HeatCell, map: &Map) -> String {
        let label = |side: &Side, index: usize| side.ticks.get(index).map_or(String::new(), |tick| tick.label.clone());
        let winner = cell.winner.and_then(|index| self.fleets.get(index));
        let unsure = if cell.unsure { ", not significantly" } else { "" };
        let wins = match (winner, cell.text.as_str()) {
            (None, _) => self.no_winner.clone(),
            (Some(winner), "") => format!("{winner}{unsure}"),
            (Some(winner), text) => format!("{winner}, {text}{unsure}"),
        };
        format!("{} × {}: {wins}", label(&map.x, cell.column), label(&map.y, cell.row))
    }

    /// What the vertical axis shows, the upper quadrants and the labels of guides, in lines above the map.
    fn draw_above<DB: DrawingBackend>(&self, canvas: &Canvas<DB>, map: &Map) -> Drawn {
        let plot = &map.plot;
        let mut y = plot.top - LINE / 2.0 - 2.0;
        if self.has_x_guides() {
            let guides = self.guides_of(GuideAxis::X).filter(|guide| map.x.guides(guide.value));
            let labels: Vec<(f64, String)> =
                guides.map(|guide| (plot.x.at(guide.value), GUIDE.fitted(&guide.label, WIDEST))).collect();
            let wanted: Vec<(f64, f64)> = labels.iter().map(|(at, label)| (*at, GUIDE.width(label) + 8.0)).collect();
            for (middle, (_, label)) in spread(&wanted, (plot.left, WIDTH - 6.0)).iter().zip(&labels) {
                canvas.text(label, (*middle, y), Align::Center, GUIDE)?;
            }
            y -= LINE;
        }
        if self.has_upper_quadrants() {
            draw_quadrants(canvas, (&self.quadrants.upper_left, &self.quadrants.upper_right), plot, y)?;
            y -= LINE;
        }
        canvas.text(&self.y.title, (MARGIN, y), Align::Left, SMALL)
    }

    /// The values of the rows at the left, and the labels of guides at the right.
    fn draw_beside<DB: DrawingBackend>(&self, canvas: &Canvas<DB>, map: &Map) -> Drawn {
        let plot = &map.plot;
        let mut free_from = f64::INFINITY;
        for tick in &map.y.ticks {
            let y = plot.y.at(tick.value);
            if y <= free_from {
                canvas.text(&TICK.fitted(&tick.label, WIDEST), (plot.left - 9.0, y), Align::Right, TICK)?;
                free_from = y - 14.0;
            }
        }
        let guides: Vec<&Guide> = self.guides_of(GuideAxis::Y).filter(|guide| map.y.guides(guide.value)).collect();
        let wanted: Vec<(f64, f64)> = guides.iter().map(|guide| (plot.y.at(guide.value), 14.0)).collect();
        for (middle, guide) in spread(&wanted, (plot.top - 6.0, plot.bottom + 6.0)).iter().zip(guides) {
            let label = GUIDE.fitted(&guide.label, WIDEST - 8.0);
            canvas.text(&label, (plot.right + 7.0, *middle), Align::Left, GUIDE)?;
        }
        Ok(())
    }

    /// The values of the columns, what the horizontal axis shows, and the lower quadrants.
    fn draw_below<DB: DrawingBackend>(&self, canvas: &Canvas<DB>, map: &Map) -> Drawn {
        let room = map.x.narrowest().max(60.0) - 6.0;
        let fitted = |tick: &Tick| Tick { value: tick.value, label: TICK.fitted(&tick.label, room) };
        let ticks: Vec<Tick> = map.x.ticks.iter().map(fitted).collect();
        map.plot.x_axis(canvas, &ticks)?;
        map.plot.x_title(canvas, &self.x.title)?;
        let lower = (&*self.quadrants.lower_left, &*self.quadrants.lower_right);
        draw_quadrants(canvas, lower, &map.plot, map.plot.bottom + 38.0)
    }
}

impl Map {
    fn bounds(&self, cell: &HeatCell) -> Option<Bounds> {
        let (left, right) = self.x.cell(cell.column)?;
        let (low, high) = self.y.cell(cell.row)?;
        let ((left, bottom), (right, top)) = (self.plot.point(left, low), self.plot.point(right, high));
        Some(Bounds { left, top, right, bottom })
    }

    fn draw_guide<DB: DrawingBackend>(&self, canvas: &Canvas<DB>, guide: &Guide) -> Drawn {
        let plot = &self.plot;
        let line = match guide.axis {
            GuideAxis::X if self.x.guides(guide.value) => {
                let x = plot.x.at(guide.value);
                [(x, plot.top - 5.0), (x, plot.bottom)]
            }
            GuideAxis::Y if self.y.guides(guide.value) => {
                let y = plot.y.at(guide.value);
                [(plot.left, y), (plot.right + 5.0, y)]
            }
            GuideAxis::X | GuideAxis::Y => return Ok(()),
        };
        canvas.line(&line, Stroke::solid(WHITE, 3.6))?;
        canvas.line(&line, Stroke::solid(INK, 1.6))
    }
}

/// Texts at either end of a line, each in a light box.
fn draw_quadrants<DB: DrawingBackend>(canvas: &Canvas<DB>, (left, right): (&str, &str), plot: &Plot, y: f64) -> Drawn {
    const SIDE: f64 = 6.0;
    let room = (plot.right - plot.left) / 3.0 - 2.0 * SIDE;
    let boxed = |text: &str, at_right: bool| {
        if text.is_empty() {
            return Ok(());
        }
        let text = QUADRANT.fitted(text, room);
        let width = QUADRANT.width(&text) + 2.0 * SIDE;
        let from = if at_right { plot.right - width } else { plot.left };
        canvas.rectangle((from, y - 9.0), (from + width, y + 9.0), tint(INK, 0.08))?;
        canvas.text(&text, (from + SIDE, y), Align::Left, QUADRANT)
    };
    boxed(left, false)?;
    boxed(right, true)
}

#[allow(private_interfaces)]
impl Chart for HeatMap {
    fn name(&self) -> &'static str {
        self.name
    }

    fn size(&self) -> (f64, f64) {
        (WIDTH, self.layout().bottom + BELOW)
    }

    fn data(&self) -> ChartData {
        let Some(map) = self.layout().map else { return ChartData::default() };
        let spot = |cell: &HeatCell| Some(SpotData::new(&map.bounds(cell)?, self.says(cell, &map)));
        ChartData::of_spots(self.cells.iter().filter_map(spot).collect())
    }

    fn draw<DB: DrawingBackend>(&self, canvas: &Canvas<DB>) -> Drawn {
        heading(canvas, &self.title, &self.subtitle)?;
        let layout = self.layout();
        layout.legend.draw(canvas, HEADING)?;
        let Some(map) = layout.map.filter(|_| !self.cells.is_empty()) else {
            let middle = f64::midpoint(HEADING + layout.legend.height(), layout.bottom + BELOW);
            return canvas.text(NOTHING, (WIDTH / 2.0, middle), Align::Center, STRONG);
        };
        self.draw_cells(canvas, &map)?;
        self.draw_above(canvas, &map)?;
        self.draw_beside(canvas, &map)?;
        self.draw_below(canvas, &map)
    }
}
