//! The map of a matrix in letters: rows of durations, the longest first, and columns of utilisations.

use anstyle::{AnsiColor, Style};

use super::{CellSummary, MatrixDocument, MatrixFleet};
use crate::guide::{HIGH_UTILIZATION, LONG, LOW_UTILIZATION, SHORT};
use crate::report::number;
use crate::report::table::Look;
use crate::report::text::styled;

/// Characters of the names of rows, and of a cell.
const LABEL: usize = 10;
const CELL: usize = 5;
/// What stands where no fleet is the cheapest.
pub(super) const NOBODY: &str = "·";

const DIM: Style = Style::new().dimmed();

/// A letter a fleet: the first of its name that is free, or of the alphabet.
pub(super) fn marks(fleets: &[MatrixFleet]) -> Vec<char> {
    let mut marks: Vec<char> = Vec::new();
    for fleet in fleets {
        let of_name = fleet.name.chars().filter(char::is_ascii_alphanumeric).map(|letter| letter.to_ascii_uppercase());
        let free = of_name.chain('A'..='Z').chain('a'..='z').find(|mark| !marks.contains(mark));
        marks.push(free.unwrap_or('?'));
    }
    marks
}

/// The map, in blocks of columns as wide as the terminal.
pub(super) fn map(document: &MatrixDocument, marks: &[char], look: Look) -> String {
    let utilizations = document.utilizations();
    let room = ((usize::from(look.width) - LABEL) / CELL).max(1);
    let blocks = utilizations.chunks(room).enumerate().map(|(index, part)| {
        let rows = document.cells.chunks(utilizations.len());
        let rows = rows.map(|row| &row[index * room..][..part.len()]).collect();
        Block { title: document.utilization_title(), utilizations: part, rows, marks, look }.written()
    });
    blocks.collect::<Vec<String>>().join("\n\n")
}

struct Block<'a> {
    title: String,
    utilizations: &'a [f64],
    /// By duration, ascending; not empty.
    rows: Vec<&'a [CellSummary]>,
    marks: &'a [char],
    look: Look,
}

impl Block<'_> {
    fn written(&self) -> String {
        let heads: String = self.utilizations.iter().map(|&share| format!("{:^CELL$}", percent(share))).collect();
        let heads = format!("{:LABEL$}{heads}", "");
        let mut lines = vec![self.dim(&format!("{:LABEL$}{}", "", self.title)), self.dim(heads.trim_end())];
        for (index, row) in self.rows.iter().enumerate().rev() {
            let duration_s = row[0].duration_s;
            lines.push(self.row(duration_s, row));
            let below = index.checked_sub(1).map(|below| self.rows[below][0].duration_s);
            let borders = below.into_iter().flat_map(|below| duration_borders(below, duration_s));
            lines.extend(borders.map(|border_s| self.border(border_s)));
        }
        lines.join("\n")
    }

    fn row(&self, duration_s: f64, cells: &[CellSummary]) -> String {
        let mut line = self.dim(&label(duration_s));
        for (column, cell) in cells.iter().enumerate() {
            line.push_str(&self.dim(if self.border_before(column) { "│" } else { " " }));
            line.push_str(&self.cell(cell));
        }
        line.trim_end().to_owned()
    }

    /// A border of the guide's between two rows.
    fn border(&self, border_s: f64) -> String {
        let of_column = |column| if self.border_before(column) { "┼────" } else { "─────" };
        let line: String = (0..self.utilizations.len()).map(of_column).collect();
        self.dim(&format!("{}{line}", label(border_s)))
    }

    /// The mark of the cheapest fleet, and whether it is sure.
    fn cell(&self, cell: &CellSummary) -> String {
        let unsure = if cell.significant == Some(false) { "~" } else { " " };
        match cell.winner {
            Some(winner) => format!(" {}{unsure} ", styled(&self.marks[winner].to_string(), color(winner), self.look)),
            None => format!(" {}  ", self.dim(NOBODY)),
        }
    }

    /// Whether a border of the guide's lies between a column and the one before it.
    fn border_before(&self, column: usize) -> bool {
        let between = |border: f64| self.utilizations[column - 1] < border && border < self.utilizations[column];
        column > 0 && [LOW_UTILIZATION, HIGH_UTILIZATION].into_iter().any(between)
    }

    fn dim(&self, text: &str) -> String {
        styled(text, DIM, self.look)
    }
}

fn color(fleet: usize) -> Style {
    const COLORS: [AnsiColor; 6] =
        [AnsiColor::Blue, AnsiColor::Red, AnsiColor::Green, AnsiColor::Magenta, AnsiColor::Yellow, AnsiColor::Cyan];
    COLORS[fleet % COLORS.len()].on_default().bold()
}

fn label(duration_s: f64) -> String {
    format!("{:>width$} ", number::round_duration(duration_s), width = LABEL - 1)
}

/// Short enough for the head of a column.
fn percent(share: f64) -> String {
    format!("{}%", number::without_zeros(&number::significant(share * 100.0, 2)))
}

/// The guide's borders between two durations, the longest first.
fn duration_borders(low_s: f64, high_s: f64) -> impl Iterator<Item = f64> {
    [LONG, SHORT].into_iter().map(|border| border.seconds()).filter(move |&border| low_s < border && border < high_s)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fleet_has_a_mark_of_its_own() {
        let fleets = |names: &[&str]| -> Vec<MatrixFleet> {
            names.iter().map(|name| MatrixFleet { name: (*name).to_owned(), kind: "dedicated" }).collect()
        };
        assert_eq!(marks(&fleets(&["modal", "mixed", "m", "-"])), ['M', 'I', 'A', 'B']);
        let many: Vec<String> = (0..50).map(|_| "same".to_owned()).collect();
        let mut distinct = marks(&fleets(&many.iter().map(String::as_str).collect::<Vec<_>>()));
        distinct.sort_unstable();
        distinct.dedup();
        assert_eq!(distinct.len(), 50);
    }

    #[test]
    fn heads_are_short() {
        assert_eq!([0.05, 0.3, 0.295, 0.005, 1.0].map(percent), ["5%", "30%", "30%", "0.5%", "100%"]);
    }
}
