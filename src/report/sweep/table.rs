//! The table of a sweep.

use comfy_table::{Attribute, Cell, CellAlignment, ColumnConstraint, Table};

use super::overview::Point;
use crate::measure::Estimate;
use crate::report::number;
use crate::report::table::{Look, WIDE, new_table, with_interval};

/// A row a cell of a sweep: its values, then what each fleet costs a month, the best one marked, and those that miss the
/// objective dimmed.
#[must_use]
pub fn table(axes: &[String], rows: &[(Vec<&str>, &Point)], fleets: &[String], look: Look) -> Table {
    let heads: Vec<String> = axes.iter().cloned().chain(fleets.iter().map(|fleet| shortened(fleet))).collect();
    let heads: Vec<&str> = heads.iter().map(String::as_str).collect();
    let mut table = new_table(&heads, look);
    for column in table.column_iter_mut().take(1) {
        column.set_cell_alignment(CellAlignment::Right);
        column.set_constraint(ColumnConstraint::ContentWidth);
    }
    let misses = rows.iter().flat_map(|(_, point)| &point.fleets).any(|fleet| fleet.meets_slo == Some(false));
    for (values, point) in rows {
        let mut row: Vec<Cell> = values.iter().map(|value| Cell::new(shortened(value))).collect();
        row.extend(fleets.iter().map(|name| cell_of_fleet(point, name, misses, look)));
        table.add_row(row);
    }
    table
}

/// What a fleet costs in a cell, with room for a mark behind it.
fn cell_of_fleet(point: &Point, name: &str, misses: bool, look: Look) -> Cell {
    let Some(fleet) = point.fleets.iter().find(|fleet| fleet.name == name) else {
        return Cell::new(number::NONE);
    };
    let cost = Estimate::from(fleet.cost_per_month_usd);
    let figure = match look.width >= WIDE {
        true => with_interval(&cost, number::dollars),
        false => number::or_dash(cost.mean, number::dollars),
    };
    let room = if misses { 6 } else { 1 };
    let mark = match fleet.meets_slo {
        _ if point.best.as_deref() == Some(name) => "◀",
        Some(false) => "missed",
        _ => "",
    };
    let cell = Cell::new(format!("{figure} {mark:room$}"));
    match mark {
        "◀" => cell.add_attribute(Attribute::Bold),
        "missed" if look.color => cell.add_attribute(Attribute::Dim),
        _ => cell,
    }
}

/// A value that fits a column.
fn shortened(value: &str) -> String {
    const LONGEST: usize = 24;
    if value.chars().count() <= LONGEST {
        return value.to_owned();
    }
    value.chars().take(LONGEST - 3).chain("...".chars()).collect()
}
