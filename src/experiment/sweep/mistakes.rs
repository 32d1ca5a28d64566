//! The mistakes of a sweep's cells, each shown once: one wrong value of an axis is in many cells.

use std::collections::HashMap;

use crate::scenario::{Problem, Problems};

use super::grid::Grid;

/// Mistakes that are shown; of the others their number is.
const SHOWN: usize = 5;

/// What is wrong with the cells of a grid.
#[derive(Clone, Debug)]
pub struct Mistakes {
    /// The cells of the whole grid.
    cells: u64,
    /// Those with a mistake.
    wrong_cells: u64,
    /// By where a mistake is and what it is: its place in `shown`, where it has one. A wrong path is one mistake, whatever the
    /// values that are set there.
    known: HashMap<Key, Option<usize>>,
    shown: Vec<Mistake>,
    file: String,
}

/// File, place, what was found, what was expected and the mend.
type Key = (String, Option<(usize, usize)>, String, String, String);

/// One mistake, and where it is first.
#[derive(Clone, Debug)]
struct Mistake {
    problems: Problems,
    /// Which of the problems it is.
    index: usize,
    cell: u64,
    assignments: String,
    /// Further cells that it is in.
    more: u64,
}

impl Mistakes {
    pub(super) fn new(cells: u64) -> Mistakes {
        Mistakes { cells, wrong_cells: 0, known: HashMap::new(), shown: Vec::new(), file: String::new() }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.wrong_cells == 0
    }

    /// Adds what is wrong with a cell.
    pub(super) fn add(&mut self, cell: u64, grid: &Grid, problems: Problems) {
        self.wrong_cells += 1;
        self.file = problems.file().to_owned();
        for (index, problem) in problems.list().iter().enumerate() {
            let key = key(problem);
            match self.known.get(&key) {
                Some(Some(shown)) => self.shown[*shown].more += 1,
                Some(None) => {}
                None => {
                    let place = (self.shown.len() < SHOWN).then_some(self.shown.len());
                    if place.is_some() {
                        let assignments = grid.assignments(cell).join(" ");
                        self.shown.push(Mistake { problems: problems.clone(), index, cell, assignments, more: 0 });
                    }
                    self.known.insert(key, place);
                }
            }
        }
    }

    /// The first few with the offending text underlined and the cells that they are in, and a last line that counts all.
    #[must_use]
    pub fn render(&self, colour: bool) -> String {
        let mut text = String::new();
        for mistake in &self.shown {
            text.push_str(mistake.problems.excerpts(colour)[mistake.index].trim_end());
            text.push_str(&format!("\n  in cell {} ({})", mistake.cell, mistake.assignments));
            match mistake.more {
                0 => text.push_str("\n\n"),
                more => text.push_str(&format!(" and {more} more\n\n")),
            }
        }
        let (count, of) = (self.known.len(), self.cells);
        let mistakes = if count == 1 { "mistake" } else { "mistakes" };
        let shown = if count > SHOWN { format!(", of which {SHOWN} are shown,") } else { String::new() };
        let file = &self.file;
        text.push_str(&format!(
            "{count} {mistakes}{shown} in {} of {of} cells of {file}; nothing was run\n",
            self.wrong_cells
        ));
        text
    }
}

fn key(problem: &Problem) -> Key {
    let Problem { file, line, column, found, expected, mend, .. } = problem;
    (file.clone(), line.zip(*column), found.clone(), expected.clone(), mend.clone())
}
