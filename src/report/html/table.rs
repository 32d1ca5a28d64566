//! Tables: the cells of those at the terminal, laid out by the browser.

use std::fmt::Write as _;

use comfy_table::Table;
use serde::{Deserialize, Serialize};

use crate::report::number;

use super::escape::{escape, with_links};

/// What marks the best at the terminal.
const MARK: char = '◀';

/// The name of the row that sums up the others.
pub(super) const TOTAL: &str = "total";

/// A table.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct PageTable {
    pub heads: Vec<String>,
    pub rows: Vec<Vec<String>>,
    /// Whether a mark in a row is of the whole row.
    pub marks_rows: bool,
}

impl PageTable {
    #[must_use]
    pub fn new(heads: &[&str], rows: Vec<Vec<String>>) -> PageTable {
        PageTable { heads: heads.iter().map(|&head| head.to_owned()).collect(), rows, marks_rows: false }
    }

    /// Of a table for the terminal, in which a mark is of a cell.
    #[must_use]
    pub fn of(table: &Table) -> PageTable {
        let cells = |row: &comfy_table::Row| row.cell_iter().map(|cell| cell.content().trim().to_owned()).collect();
        PageTable {
            heads: table.header().map(cells).unwrap_or_default(),
            rows: table.row_iter().map(cells).collect(),
            marks_rows: false,
        }
    }

    /// Likewise, in which a mark is of a row.
    #[must_use]
    pub fn of_marked_rows(table: &Table) -> PageTable {
        PageTable { marks_rows: true, ..PageTable::of(table) }
    }

    pub(super) fn html(&self) -> String {
        let figures: Vec<bool> = (0..self.heads.len()).map(|column| self.has_figures(column)).collect();
        let mut html = String::from("<div class=\"table\" tabindex=\"0\"><table>\n<thead><tr>");
        for (head, is_figure) in self.heads.iter().zip(&figures) {
            let class = if *is_figure { " class=\"figure\"" } else { "" };
            let _ = write!(html, "<th scope=\"col\"{class}>{}</th>", escape(head));
        }
        html.push_str("</tr></thead>\n<tbody>\n");
        for row in &self.rows {
            let is_best = self.marks_rows && row.iter().any(|cell| cell.contains(MARK));
            let is_total = row.first().is_some_and(|name| name == TOTAL);
            html.push_str(match (is_best, is_total) {
                (true, _) => "<tr class=\"best\">",
                (_, true) => "<tr class=\"total\">",
                _ => "<tr>",
            });
            for (column, cell) in row.iter().enumerate() {
                let is_figure = figures.get(column).copied().unwrap_or_default();
                html.push_str(&self.cell(cell, column == 0, is_figure));
            }
            html.push_str("</tr>\n");
        }
        html.push_str("</tbody></table></div>\n");
        html
    }

    fn cell(&self, cell: &str, is_head: bool, is_figure: bool) -> String {
        let mut classes: Vec<&str> = Vec::new();
        classes.extend(is_figure.then_some("figure"));
        classes.extend((!self.marks_rows && cell.contains(MARK)).then_some("best"));
        classes.extend((cell.starts_with('[') || cell.ends_with("missed")).then_some("missed"));
        let class = if classes.is_empty() { String::new() } else { format!(" class=\"{}\"", classes.join(" ")) };
        let text = with_links(cell);
        match is_head {
            true => format!("<th scope=\"row\"{class}>{text}</th>"),
            false => format!("<td{class}>{text}</td>"),
        }
    }

    /// Whether a column is of figures, which are read from the right.
    fn has_figures(&self, column: usize) -> bool {
        let mut cells = self.rows.iter().filter_map(|row| row.get(column)).map(String::as_str).peekable();
        let is_blank = |cell: &str| cell.is_empty() || cell == number::NONE;
        let is_figure = |cell: &str| {
            let digits = cell.trim_start_matches(['$', '-', '−', '+', '<', '>', '~', '[', 'x', '×', '±', '0']);
            is_blank(cell)
                || digits.starts_with(|letter: char| letter.is_ascii_digit() || letter == '.' || letter == '%')
                || digits.is_empty()
        };
        let has_one = self.rows.iter().filter_map(|row| row.get(column)).any(|cell| !is_blank(cell));
        has_one && cells.peek().is_some() && cells.all(is_figure)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(rows: &[&[&str]]) -> PageTable {
        let rows = rows.iter().map(|row| row.iter().map(|&cell| cell.to_owned()).collect()).collect();
        PageTable::new(&["fleet", "$/month"], rows)
    }

    #[test]
    fn figures_are_read_from_the_right_and_words_from_the_left() {
        let html = table(&[&["a", "$1,200 ±1%"], &["b", "–"]]).html();
        assert!(html.contains("<th scope=\"col\">fleet</th><th scope=\"col\" class=\"figure\">$/month</th>"), "{html}");
        assert!(!table(&[&["a", "$1,200"], &["b", "none"]]).html().contains("figure"));
    }

    #[test]
    fn the_best_is_marked_as_at_the_terminal() {
        let cells = table(&[&["a", "$1 ◀"], &["b", "[$2]"]]);
        assert!(cells.html().contains("<td class=\"figure best\">$1 ◀</td>"), "{}", cells.html());
        assert!(cells.html().contains("<td class=\"figure missed\">[$2]</td>"), "{}", cells.html());
        let rows = PageTable { marks_rows: true, ..cells };
        assert_eq!(rows.html().matches("<tr class=\"best\">").count(), 1);
    }

    #[test]
    fn a_name_is_no_tag() {
        let html = table(&[&["<script>x</script>", "\"><img src=x>"]]).html();
        assert!(!html.contains("<script") && !html.contains("<img"), "{html}");
    }
}
