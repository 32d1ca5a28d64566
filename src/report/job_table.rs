//! The table of jobs in the report of a run.

use comfy_table::{Attribute, Cell, Color, Table};

use crate::measure::Estimate;
use crate::summary::{JobSummary, RunDocument};

use super::number;
use super::table::{Look, WIDE, new_table, with_interval, written};

/// A table a class, a row a fleet: cost, when the jobs are done, what was lost, and the deadline.
#[must_use]
pub fn jobs(document: &RunDocument, look: Look) -> Vec<String> {
    tables(document, look).iter_mut().map(written).collect()
}

/// The same before they are written.
pub(super) fn tables(document: &RunDocument, look: Look) -> Vec<Table> {
    document.jobs.chunk_by(|a, b| a.job == b.job).map(|rows| of_class(rows, look)).collect()
}

fn of_class(rows: &[JobSummary], look: Look) -> Table {
    let shown = Columns {
        endless: rows.iter().any(|row| row.never_ending.mean.is_some_and(|jobs| jobs > 0.0)),
        in_time: rows.iter().any(|row| row.deadline_s.is_some()),
        several: rows.iter().any(|row| row.count > 1),
        is_wide: look.width >= WIDE,
    };
    let mut table = new_table(&shown.heads(&rows[0].job), look);
    for row in rows {
        let mut cells: Vec<Cell> = shown.figures(row).into_iter().map(Cell::new).collect();
        if row.cheapest {
            cells = cells.into_iter().map(|cell| cell.add_attribute(Attribute::Bold)).collect();
        }
        cells.extend(shown.in_time.then(|| verdict(row)));
        table.add_row(cells);
    }
    table
}

/// Which columns a table has.
struct Columns {
    endless: bool,
    in_time: bool,
    several: bool,
    is_wide: bool,
}

impl Columns {
    /// Beside many columns there is no room for it.
    fn gpu_hours(&self) -> bool {
        self.is_wide || !(self.in_time && (self.endless || self.several))
    }

    /// Where there is no room for both, jobs that never end leave none for a makespan that does not exist.
    fn makespan(&self) -> bool {
        self.several && (self.is_wide || !self.endless)
    }

    fn heads<'a>(&self, job: &'a str) -> Vec<&'a str> {
        let mut heads = vec![job, "cost"];
        heads.extend(self.gpu_hours().then_some("GPU-h"));
        heads.extend(self.makespan().then_some("makespan"));
        heads.extend(["p50", "p95", "lost h", "restarts"]);
        heads.extend(self.endless.then_some("endless"));
        heads.extend(self.in_time.then_some("in time"));
        heads
    }

    fn figures(&self, row: &JobSummary) -> Vec<String> {
        let mut cells = vec![row.fleet.clone(), with_interval(&row.cost_usd, number::dollars)];
        cells.extend(self.gpu_hours().then(|| figure(&row.gpu_hours)));
        cells.extend(self.makespan().then(|| duration(&row.makespan_s, self.is_wide)));
        cells.push(duration(&row.completion_s.p50, self.is_wide));
        cells.push(duration(&row.completion_s.p95, self.is_wide));
        cells.push(figure(&row.lost_gpu_hours));
        cells.push(figure(&row.restarts));
        let share = |jobs: f64| number::share(jobs / f64::from(row.count));
        cells.extend(self.endless.then(|| number::or_dash(row.never_ending.mean, share)));
        cells
    }
}

fn verdict(row: &JobSummary) -> Cell {
    let Some(share) = row.deadline_met.mean else { return Cell::new(number::NONE) };
    let share = number::share(share);
    match row.meets_deadline {
        true if row.cheapest => Cell::new(format!("{share} ◀")).fg(Color::Green).add_attribute(Attribute::Bold),
        true => Cell::new(share).fg(Color::Green),
        false => Cell::new(share).fg(Color::Red),
    }
}

fn figure(estimate: &Estimate) -> String {
    number::or_dash(estimate.mean, |value| match value {
        0.0 => "0".to_owned(),
        value if value < 0.01 => "<0.01".to_owned(),
        value if value < 9.95 => number::significant(value, 2),
        value if value < 99.95 => number::significant(value, 3),
        value => number::count(value),
    })
}

fn duration(estimate: &Estimate, is_wide: bool) -> String {
    match is_wide {
        true => with_interval(estimate, number::duration),
        false => number::or_dash(estimate.mean, |seconds| number::duration(seconds).replace(' ', "")),
    }
}
