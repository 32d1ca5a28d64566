//! The table of jobs in the report of a run.

use comfy_table::{Attribute, Cell, Color};

use crate::measure::Estimate;
use crate::summary::{JobSummary, RunDocument};

use super::number;
use super::table::{Look, WIDE, new_table, with_interval, written};

/// A row a class and fleet: cost, when the jobs are done, what was lost, and the deadline.
#[must_use]
pub fn jobs(document: &RunDocument, look: Look) -> String {
    let rows = &document.jobs;
    let is_wide = look.width >= WIDE;
    let several = rows.iter().any(|row| row.count > 1);
    let judged = rows.iter().any(|row| row.deadline_s.is_some());
    let mut heads = vec!["job", "cost", "GPU-h"];
    heads.extend(several.then_some("makespan"));
    heads.extend(["done p50", "done p95", "lost GPU-h", "restarts"]);
    heads.extend(judged.then_some("in time"));
    let mut table = new_table(&heads, look);
    for row in rows {
        let mut cells = vec![format!("{} › {}", row.job, row.fleet), with_interval(&row.cost_usd, number::dollars)];
        cells.push(figure(&row.gpu_hours));
        cells.extend(several.then(|| duration(&row.makespan_s, is_wide)));
        cells.push(duration(&row.completion_s.p50, is_wide));
        cells.push(duration(&row.completion_s.p95, is_wide));
        cells.push(figure(&row.lost_gpu_hours));
        cells.push(figure(&row.restarts));
        let mut cells: Vec<Cell> = cells.into_iter().map(Cell::new).collect();
        if row.cheapest {
            cells = cells.into_iter().map(|cell| cell.add_attribute(Attribute::Bold)).collect();
        }
        if judged {
            cells.push(verdict(row));
        }
        table.add_row(cells);
    }
    written(&mut table)
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
