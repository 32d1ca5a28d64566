//! The tables of a terminal report: fleets, the pools of hybrids, and classes.

use comfy_table::{
    Attribute, Cell, CellAlignment, Color, ColumnConstraint, ContentArrangement, ContentLineStyle, LineStyle, Table,
    TableStyle,
};

use crate::measure::Estimate;

use super::number;
use super::stream_document::StreamDocument;
use crate::summary::{FleetSummary, RequestsSummary, RunDocument};

/// What a table may use of the terminal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Look {
    /// Columns.
    pub width: u16,
    pub color: bool,
}

/// From this width on there is room for the intervals of latencies.
pub(super) const WIDE: u16 = 108;

/// A header line under the heads, and no other lines.
const STYLE: TableStyle = TableStyle::new()
    .header_lines(ContentLineStyle::none())
    .header_separator(LineStyle::none().fill('─').junction('─'))
    .content_lines(ContentLineStyle::none());

/// A row a fleet: cost, latency, cold starts, utilisation and the objective.
#[must_use]
pub fn fleets(document: &RunDocument, look: Look) -> String {
    let (mut table, heads) = fleets_table(document, look);
    make_room_for_names(&mut table, &heads);
    written(&mut table)
}

/// The same before it is fitted to a terminal, and its heads.
pub(super) fn fleets_table(document: &RunDocument, look: Look) -> (Table, Vec<&'static str>) {
    let judged = document.fleets.iter().any(|fleet| fleet.meets_slo.is_some());
    let losing = document.fleets.iter().any(|fleet| lost(&fleet.requests) > 0.0);
    let mut heads = vec!["fleet", "$/month", "$/1k", "p50", "p95", "p99", "cold", "util"];
    heads.extend(losing.then_some("lost"));
    heads.extend(judged.then_some("SLO"));
    let mut table = new_table(&heads, look);
    for fleet in &document.fleets {
        let best = document.cheapest_meeting_slo.as_ref() == Some(&fleet.name);
        let mut cells = figures(&fleet.name, fleet, look);
        cells.extend(losing.then(|| lost_share(&fleet.requests)));
        let mut cells: Vec<Cell> = cells.into_iter().map(Cell::new).collect();
        if best {
            cells = cells.into_iter().map(|cell| cell.add_attribute(Attribute::Bold)).collect();
        }
        if judged {
            cells.push(verdict(fleet, best));
        }
        table.add_row(cells);
    }
    (table, heads)
}

/// Columns that a table of fleets can do without, the first to go first.
const DISPENSABLE: [&str; 3] = ["cold", "p50", "$/1k"];

/// Hides columns until each row has a line of its own, or no more can be hidden: a name in pieces cannot be read.
fn make_room_for_names(table: &mut Table, heads: &[&str]) {
    for dispensable in DISPENSABLE {
        if written(table).lines().count() <= table.row_count() + 2 {
            return;
        }
        let place = heads.iter().position(|&head| head == dispensable);
        if let Some(column) = place.and_then(|place| table.column_mut(place)) {
            column.set_constraint(ColumnConstraint::Hidden);
        }
    }
}

/// A row a pool of each hybrid; `None` without one.
#[must_use]
pub fn pools(document: &RunDocument, look: Look) -> Option<String> {
    pools_table(document, look).map(|mut table| written(&mut table))
}

pub(super) fn pools_table(document: &RunDocument, look: Look) -> Option<Table> {
    let mut table = new_table(&["pool", "$/month", "requests", "p50", "p95", "p99", "cold", "util"], look);
    for fleet in &document.fleets {
        for pool in &fleet.pools {
            let mut cells = figures(&format!("{} › {}", fleet.name, pool.name), pool, look);
            cells[2] = part(&pool.requests, &fleet.requests);
            table.add_row(cells);
        }
    }
    (table.row_count() > 0).then_some(table)
}

/// A row a fleet and class; `None` unless there are several classes.
#[must_use]
pub fn classes(document: &RunDocument, look: Look) -> Option<String> {
    classes_table(document, look).map(|mut table| written(&mut table))
}

pub(super) fn classes_table(document: &RunDocument, look: Look) -> Option<Table> {
    let mut table = new_table(&["class", "requests", "p50", "p95", "p99", "lost"], look);
    for fleet in document.fleets.iter().filter(|fleet| fleet.classes.len() > 1) {
        for class in &fleet.classes {
            let latency = &class.latency_s;
            table.add_row(vec![
                format!("{} › {}", fleet.name, class.name),
                part(&class.requests, &fleet.requests),
                seconds(&latency.p50, look),
                seconds(&latency.p95, look),
                seconds(&latency.p99, look),
                lost_share(&class.requests),
            ]);
        }
    }
    (table.row_count() > 0).then_some(table)
}

/// A row a class of a stream.
#[must_use]
pub fn stream_classes(document: &StreamDocument, look: Look) -> String {
    let mut table = new_table(&["class", "requests", "per second"], look);
    for class in &document.classes {
        table.add_row(vec![
            class.name.clone(),
            with_interval(&class.requests, number::count),
            number::or_dash(class.rate_per_s.mean, plain_figure),
        ]);
    }
    written(&mut table)
}

/// A row a length of windows.
#[must_use]
pub fn dispersion(document: &StreamDocument, look: Look) -> String {
    let mut table = new_table(&["requests counted in", "variance / mean"], look);
    for window in &document.dispersion {
        table.add_row(vec![
            format!("windows of {}", number::round_duration(window.window_s)),
            with_interval(&window.variance_over_mean, plain_figure),
        ]);
    }
    written(&mut table)
}

fn plain_figure(figure: f64) -> String {
    if figure < 999.5 { number::significant(figure, 3) } else { number::count(figure) }
}

/// A row a pair: a name, and words that wrap.
#[must_use]
pub fn listing(heads: [&str; 2], rows: impl IntoIterator<Item = [String; 2]>, look: Look) -> String {
    let mut table = new_table(&heads, look);
    for (index, column) in table.column_iter_mut().enumerate() {
        column.set_cell_alignment(CellAlignment::Left);
        match index {
            0 => column.set_constraint(ColumnConstraint::ContentWidth),
            _ => column.remove_constraint(),
        };
    }
    for row in rows {
        table.add_row(row);
    }
    written(&mut table)
}

fn figures(name: &str, fleet: &FleetSummary, look: Look) -> Vec<String> {
    let FleetSummary { cost, latency_s: latency, .. } = fleet;
    vec![
        name.to_owned(),
        with_interval(&cost.per_month_usd, number::dollars),
        number::or_dash(cost.per_1000_requests_usd.mean, number::dollars),
        seconds(&latency.p50, look),
        seconds(&latency.p95, look),
        seconds(&latency.p99, look),
        number::or_dash(fleet.cold_ratio.mean, number::share),
        number::or_dash(fleet.utilization.mean, number::share),
    ]
}

fn seconds(estimate: &Estimate, look: Look) -> String {
    if look.width >= WIDE {
        with_interval(estimate, number::duration)
    } else {
        number::or_dash(estimate.mean, |seconds| number::duration(seconds).replace(' ', ""))
    }
}

pub(super) fn with_interval(estimate: &Estimate, write: fn(f64) -> String) -> String {
    let figure = number::or_dash(estimate.mean, write);
    match number::interval(estimate) {
        Some(interval) => format!("{figure} {interval}"),
        None => figure,
    }
}

fn verdict(fleet: &FleetSummary, best: bool) -> Cell {
    match fleet.meets_slo {
        Some(true) if best => Cell::new("met ◀").fg(Color::Green).add_attribute(Attribute::Bold),
        Some(true) => Cell::new("met").fg(Color::Green),
        Some(false) => Cell::new("missed").fg(Color::Red),
        None => Cell::new(number::NONE),
    }
}

/// Rejected and timed out.
fn lost(requests: &RequestsSummary) -> f64 {
    [requests.rejected.mean, requests.timed_out.mean].iter().flatten().sum()
}

fn lost_share(requests: &RequestsSummary) -> String {
    let arrived = requests.arrived.mean.filter(|&arrived| arrived > 0.0);
    number::or_dash(arrived.map(|arrived| lost(requests) / arrived), number::share)
}

fn part(requests: &RequestsSummary, of: &RequestsSummary) -> String {
    let whole = of.arrived.mean.filter(|&arrived| arrived > 0.0);
    let share = whole.zip(requests.arrived.mean).map(|(whole, arrived)| arrived / whole);
    number::or_dash(share, number::share)
}

/// Names at the left, which give way when the table is too wide; figures at the right, whole.
pub(super) fn new_table(heads: &[&str], look: Look) -> Table {
    let mut table = Table::new();
    table.load_style(STYLE).set_content_arrangement(ContentArrangement::Dynamic).set_width(look.width).set_header(
        heads.iter().map(|head| {
            let cell = Cell::new(head);
            if look.color { cell.add_attribute(Attribute::Dim) } else { cell }
        }),
    );
    if look.color {
        table.enforce_styling();
    } else {
        table.force_no_tty();
    }
    for (index, column) in table.column_iter_mut().enumerate() {
        let last = index + 1 == heads.len();
        column.set_padding((0, if last { 0 } else { 1 }));
        if index > 0 {
            column.set_cell_alignment(CellAlignment::Right);
            column.set_constraint(ColumnConstraint::ContentWidth);
        }
    }
    table
}

pub(super) fn written(table: &mut Table) -> String {
    table.trim_fmt()
}
