//! What a person at a terminal reads of a sweep: a row a cell, and which fleet is the cheapest where.

use std::fmt::Write as _;

use anstyle::{AnsiColor, Style};
use comfy_table::Table;

use super::overview::{OverallPrecision, Overview, Point};
use super::table::table;
use crate::experiment::Axis;
use crate::measure::Estimate;
use crate::report::number;
use crate::report::table::{Look, written};
use crate::report::text::{labelled, paragraph, section};

/// Rows of the table; of further cells their number is told.
const MOST_ROWS: usize = 40;

/// Stretches of one axis that a sentence can name.
const MOST_STRETCHES: usize = 5;

impl Overview {
    /// The table's first rows, how many there are more, and the answer.
    #[must_use]
    pub fn report(&self, look: Look) -> String {
        let mut text = String::new();
        paragraph(&mut text, &self.name, Style::new().bold(), look);
        paragraph(&mut text, &self.source(), Style::new().dimmed(), look);
        let shown = &self.points[..self.points.len().min(MOST_ROWS)];
        section(&mut text, &written(&mut self.table(shown, look)));
        let more = self.cells - shown.len() as u64;
        if more > 0 {
            paragraph(&mut text, &format!("... {more} more in sweep.parquet"), Style::new().dimmed(), look);
        }
        section(&mut text, "");
        paragraph(&mut text, &self.answer(), Style::new().bold(), look);
        if let Some(lowest) = self.lowest() {
            paragraph(&mut text, &lowest, Style::new(), look);
        }
        if let Some(words) = self.warning_words() {
            section(&mut text, "");
            labelled(&mut text, "warning: ", &words, AnsiColor::Yellow.on_default().bold(), look);
        }
        text
    }

    /// A row a cell.
    pub(in crate::report) fn table(&self, points: &[Point], look: Look) -> Table {
        table(&axis_names(&self.axes), &self.rows(points), &self.fleets, look)
    }

    /// The first warning, and in how many cells there is one.
    pub(in crate::report) fn warning_words(&self) -> Option<String> {
        let warning = self.warning.as_ref()?;
        Some(match self.warned {
            1 => format!("{warning} (sweep.json)"),
            count => format!("in {count} cells (sweep.json), the first in {warning}"),
        })
    }

    fn rows<'a>(&'a self, points: &'a [Point]) -> Vec<(Vec<&'a str>, &'a Point)> {
        let values = |point: &Point| {
            self.axes.iter().zip(&point.position).map(|(axis, &index)| axis.values[index].as_str()).collect()
        };
        points.iter().map(|point| (values(point), point)).collect()
    }

    /// `25 cells of traffic.api.rate x fleet.serverless.keep_alive, 10 replications each, seed 1; $/month`.
    pub(in crate::report) fn source(&self) -> String {
        let paths: Vec<&str> = self.axes.iter().map(|axis| axis.path.as_str()).collect();
        let cells = match (self.cells, self.all) {
            (1, 1) => "1 cell".to_owned(),
            (cells, all) if cells == all => format!("{cells} cells"),
            (cells, all) => format!("{cells} of {all} cells"),
        };
        let mut words = format!("{cells} of {}, {}, seed {}", paths.join(" x "), self.replications(), self.seed);
        if !self.overrides.is_empty() {
            let _ = write!(words, ", with {}", self.overrides.join(" "));
        }
        if let Some(OverallPrecision { of, asked, worst, blunt }) = &self.precision {
            let _ = write!(words, "; {of} known to {} or better", number::share(*worst));
            match blunt {
                0 => {}
                1 => drop(write!(words, ", in one cell not to {}", number::share(*asked))),
                cells => drop(write!(words, ", in {cells} cells not to {}", number::share(*asked))),
            }
        }
        words + "; $/month"
    }

    /// In how many cells which fleet is the cheapest, and where along a single axis.
    pub(in crate::report) fn answer(&self) -> String {
        let what = if self.judged { "the cheapest that meets the objective" } else { "the cheapest" };
        let mut best: Vec<(&str, u64)> =
            self.best.iter().filter_map(|(name, count)| Some((name.as_deref()?, *count))).collect();
        // The first of equals in the order of the fleets.
        let place = |name: &str| self.fleets.iter().position(|fleet| fleet == name);
        best.sort_by_key(|&(name, count)| (std::cmp::Reverse(count), place(name)));
        let none = self.cells - best.iter().map(|(_, count)| count).sum::<u64>();
        let unsure = match self.unsure {
            0 => String::new(),
            1 => " In one cell the next fleet may be as cheap.".to_owned(),
            count => format!(" In {count} cells the next fleet may be as cheap."),
        };
        let Some(&(first, count)) = best.first() else {
            return match self.judged {
                true => format!("No fleet meets the objective in any of {} cells.", self.cells),
                false => format!("No fleet is {what} in any of {} cells.", self.cells),
            };
        };
        if count == self.cells {
            let cells = if count == 1 { "the only cell".to_owned() } else { format!("all {count} cells") };
            return format!("{first} is {what} in {cells}.{unsure}");
        }
        let mut words = format!("{first} is {what} in {count} of {} cells", self.cells);
        for (name, count) in &best[1..] {
            let _ = write!(words, ", {name} in {count}");
        }
        if none > 0 {
            let _ = write!(words, ", none in {none}");
        }
        words.push_str(&self.stretches().map_or_else(|| ".".to_owned(), |stretches| format!(": {stretches}.")));
        words + &unsure
    }

    /// The lowest bill of the cheapest fleets of all cells, where what is varied is the fleets, which one may choose:
    /// `The lowest bill of all cells: hybrid at base.instances 30, $67,672 ±18% a month.`
    pub(in crate::report) fn lowest(&self) -> Option<String> {
        let of_fleets = self.axes.iter().all(|axis| axis.segments.first().is_some_and(|first| first == "fleet"));
        if !of_fleets || self.cells < 2 || self.points.len() as u64 != self.cells {
            return None;
        }
        let best = |point: &Point| {
            let best = point.fleets.iter().find(|fleet| point.best.as_ref() == Some(&fleet.name))?;
            Some((best.cost_per_month_usd.mean?, Estimate::from(best.cost_per_month_usd)))
        };
        let costs = self.points.iter().filter_map(|point| Some((point, best(point)?)));
        let (point, (cost, estimate)) = costs.min_by(|(_, (one, _)), (_, (two, _))| one.total_cmp(two))?;
        let names = axis_names(&self.axes);
        let values = self.axes.iter().zip(&point.position).map(|(axis, &index)| axis.values[index].as_str());
        let place: Vec<String> = names.iter().zip(values).map(|(name, value)| format!("{name} {value}")).collect();
        let interval = number::interval(&estimate).map_or(String::new(), |interval| format!(" {interval}"));
        Some(format!(
            "The lowest bill of all cells: {} at {}, {}{interval} a month.",
            point.best.as_deref().unwrap_or(number::NONE),
            place.join(", "),
            number::dollars(cost)
        ))
    }

    /// Along the only axis: `serverless from 1/s to 4/s, dedicated from 5/s to 10/s`.
    fn stretches(&self) -> Option<String> {
        let [axis] = &self.axes[..] else { return None };
        if self.cells != self.all || self.points.len() as u64 != self.all {
            return None;
        }
        let stretches: Vec<&[Point]> = self.points.chunk_by(|one, next| one.best == next.best).collect();
        if stretches.len() > MOST_STRETCHES {
            return None;
        }
        let value = |point: Option<&Point>| point.map_or("", |point| axis.values[point.position[0]].as_str());
        let words = stretches.into_iter().map(|points| {
            let name = points.first().and_then(|point| point.best.as_deref()).unwrap_or("none");
            match points {
                [only] => format!("{name} at {}", value(Some(only))),
                _ => format!("{name} from {} to {}", value(points.first()), value(points.last())),
            }
        });
        Some(words.collect::<Vec<_>>().join(", "))
    }
}

/// Each axis by as few of its last segments as tell it from the others.
fn axis_names(axes: &[Axis]) -> Vec<String> {
    let tail = |axis: &Axis, count: usize| axis.segments[axis.segments.len().saturating_sub(count)..].join(".");
    let name = |axis: &Axis| {
        let others = || axes.iter().filter(|other| other.segments != axis.segments);
        let tells = |count: &usize| others().all(|other| tail(other, *count) != tail(axis, *count));
        let count = (1..axis.segments.len()).find(tells).unwrap_or(axis.segments.len());
        tail(axis, count)
    };
    axes.iter().map(name).collect()
}

#[cfg(test)]
pub(super) mod tests;
