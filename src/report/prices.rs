//! The table of prices of `breakeven catalog`, and its JSON.

use comfy_table::{Cell, CellAlignment, ColumnConstraint};
use serde::Serialize;

use crate::catalog::{Catalog, Certainty, Entry, PublishedEntry};

use super::table::{Look, new_table, written};

/// What `breakeven catalog --json` writes: `docs/schema/catalog.schema.json`.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CatalogDocument {
    /// The lowest price first.
    pub entries: Vec<PublishedEntry>,
}

impl CatalogDocument {
    /// The entries of a catalogue that are asked for.
    #[must_use]
    pub fn new(catalog: &Catalog, is_asked: impl Fn(&Entry) -> bool) -> CatalogDocument {
        CatalogDocument { entries: catalog.sorted(is_asked).into_iter().map(PublishedEntry::from).collect() }
    }
}

/// From this width on there is room for every column.
const WIDE: u16 = 108;

/// A row an entry, in their order, and how to read it.
#[must_use]
pub fn prices(entries: &[&Entry], look: Look) -> String {
    let is_wide = look.width >= WIDE;
    let mut heads = vec!["provider", "product", "gpu", "kind"];
    heads.extend(is_wide.then_some("region"));
    heads.extend(["$/GPU-h", "as of"]);
    heads.extend(is_wide.then_some("certainty"));
    let mut table = new_table(&heads, look);
    for (index, column) in table.column_iter_mut().enumerate() {
        match heads[index] {
            "$/GPU-h" => continue,
            "product" => drop(column.remove_constraint()),
            _ => drop(column.set_constraint(ColumnConstraint::ContentWidth)),
        }
        column.set_cell_alignment(CellAlignment::Left);
    }
    for entry in entries {
        table.add_row(row(entry, is_wide));
    }
    let mut text = written(&mut table);
    text.push('\n');
    if entries.iter().any(|entry| entry.certainty == Certainty::Recalled) {
        text.push_str("\n~ remembered, read in no source: look it up before you rest on it\n");
    }
    text
}

fn row(entry: &Entry, is_wide: bool) -> Vec<Cell> {
    let region = if is_wide { String::new() } else { format!(", {}", entry.region) };
    let condition = entry.condition.as_ref().map(|condition| format!(" ({condition})")).unwrap_or_default();
    let mark = if entry.certainty == Certainty::Recalled { "~" } else { "" };
    let mut cells = vec![
        Cell::new(&entry.provider),
        Cell::new(format!("{}{region}{condition}", entry.product)),
        Cell::new(entry.full_gpu()),
        Cell::new(entry.kind.name()),
    ];
    cells.extend(is_wide.then(|| Cell::new(&entry.region)));
    cells.push(Cell::new(format!("{mark}{:.4}", entry.price.of_an_hour().dollars())));
    cells.push(Cell::new(entry.as_of));
    cells.extend(is_wide.then(|| Cell::new(entry.certainty.name())));
    cells
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::Catalog;

    #[test]
    fn every_price_fits_any_terminal_whole() {
        let entries = Catalog::embedded().sorted(|_| true);
        for width in [80, 100, 108, 160] {
            let text = prices(&entries, Look { width, color: false });
            for line in text.lines() {
                assert!(textwrap::core::display_width(line) <= usize::from(width), "{width}: {line}");
            }
            for word in ["3.9492", "hugging-face", "RTX-PRO-6000", "2026-07-01", "serverless", "~6.5000"] {
                assert!(text.contains(word), "{width}: {word} is missing from\n{text}");
            }
            assert_eq!(text.contains("secondary"), width >= WIDE, "{width}");
        }
    }

    #[test]
    fn what_must_hold_for_a_price_stands_beside_its_product() {
        let entries = Catalog::embedded().sorted(|entry| entry.condition.is_some() && entry.is_gpu("H200"));
        let text = prices(&entries, Look { width: 160, color: false });
        assert!(text.contains("Serverless active worker (a worker that is always on)"), "{text}");
    }
}
