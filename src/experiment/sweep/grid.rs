//! The cells of a sweep: every combination of its axes' values, in row-major order, the last axis the fastest.

use super::axis::Axis;

/// At least one axis, and at most [`Grid::MOST_CELLS`] cells.
#[derive(Clone, Debug, PartialEq)]
pub struct Grid {
    axes: Vec<Axis>,
}

/// Why axes make no grid; the message says what to do instead.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum GridError {
    #[error("there is nothing to vary\n  help: write --over PATH=A,B,C")]
    Empty,
    #[error("`{0}` is varied twice\n  help: give all its values in one --over")]
    SamePath(String),
    #[error("`{later}` would replace what `{earlier}` sets\n  help: write `{later}` before `{earlier}`")]
    Hidden { earlier: String, later: String },
    #[error("`{path}` is varied as a whole\n  help: vary a key of it, such as {path}.NAME.price")]
    Whole { path: String },
    #[error("there are more than {most} cells\n  help: give fewer values", most = Grid::MOST_CELLS)]
    TooManyCells,
}

impl Grid {
    /// The most cells.
    pub const MOST_CELLS: u64 = 1_000_000;

    /// # Errors
    /// When there is no axis, when one would undo another, or when there are too many cells.
    pub fn new(axes: Vec<Axis>) -> Result<Grid, GridError> {
        if axes.is_empty() {
            return Err(GridError::Empty);
        }
        for (index, later) in axes.iter().enumerate() {
            if matches!(later.segments[..], [ref key] if key == "fleet" || key == "traffic") {
                return Err(GridError::Whole { path: later.path.clone() });
            }
            for earlier in &axes[..index] {
                if earlier.segments == later.segments {
                    return Err(GridError::SamePath(later.path.clone()));
                }
                if earlier.segments.starts_with(&later.segments) {
                    return Err(GridError::Hidden { earlier: earlier.path.clone(), later: later.path.clone() });
                }
            }
        }
        let cells = axes.iter().try_fold(1_u64, |cells, axis| cells.checked_mul(axis.values.len() as u64));
        match cells {
            Some(cells) if cells <= Grid::MOST_CELLS => Ok(Grid { axes }),
            _ => Err(GridError::TooManyCells),
        }
    }

    #[must_use]
    pub fn axes(&self) -> &[Axis] {
        &self.axes
    }

    /// How many there are.
    #[must_use]
    pub fn cells(&self) -> u64 {
        self.axes.iter().map(|axis| axis.values.len() as u64).product()
    }

    /// The index of a cell's value along each axis.
    #[must_use]
    pub fn position(&self, cell: u64) -> Vec<usize> {
        let mut rest = cell;
        let mut position: Vec<usize> = self
            .axes
            .iter()
            .rev()
            .map(|axis| {
                let count = axis.values.len() as u64;
                let index = rest % count;
                rest /= count;
                index as usize
            })
            .collect();
        position.reverse();
        position
    }

    /// What a cell sets: `PATH=VALUE` for each axis.
    #[must_use]
    pub fn assignments(&self, cell: u64) -> Vec<String> {
        self.axes.iter().zip(self.position(cell)).map(|(axis, index)| axis.assignment(index)).collect()
    }

    /// Takes the rounded values of an axis, where it has them.
    pub(super) fn round(&mut self, axis: usize) {
        if let Some(whole) = self.axes[axis].whole.take() {
            self.axes[axis].values = whole;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grid(axes: &[&str]) -> Result<Grid, GridError> {
        Grid::new(axes.iter().map(|axis| Axis::parse(axis).unwrap()).collect())
    }

    #[test]
    fn the_last_axis_is_the_fastest() {
        let grid = grid(&["a=1,2", "b.c=x", "d=p,q,r"]).unwrap();
        assert_eq!(grid.cells(), 6);
        let cells: Vec<String> = (0..6).map(|cell| grid.assignments(cell).join(" ")).collect();
        assert_eq!(
            cells,
            ["a=1 b.c=x d=p", "a=1 b.c=x d=q", "a=1 b.c=x d=r", "a=2 b.c=x d=p", "a=2 b.c=x d=q", "a=2 b.c=x d=r"]
        );
        assert_eq!(grid.position(4), [1, 0, 1]);
    }

    #[test]
    fn a_table_may_be_varied_before_its_keys() {
        assert!(
            grid(&["fleet.a.cold_start={ kind = \"exponential\", mean = \"1s\" }", "fleet.a.cold_start.mean=1s,2s"])
                .is_ok()
        );
    }

    #[test]
    fn fails_on_axes_that_undo_each_other() {
        let same = grid(&["fleet.a.price=$1/h,$2/h", "fleet.\"a\".price=$3/h"]);
        assert_eq!(same, Err(GridError::SamePath("fleet.\"a\".price".to_owned())));
        let hidden = grid(&["fleet.a.cold_start.mean=1s,2s", "fleet.a.cold_start=1s"]);
        assert!(matches!(hidden, Err(GridError::Hidden { .. })), "{hidden:?}");
        assert!(matches!(grid(&["fleet=[]"]), Err(GridError::Whole { .. })));
        assert_eq!(grid(&[]), Err(GridError::Empty));
    }

    #[test]
    fn fails_on_more_cells_than_anyone_waits_for() {
        let thousand: String = (0..1_001).map(|value| format!("{value},")).collect();
        let thousand = thousand.trim_end_matches(',');
        let (a, b) = (format!("a={thousand}"), format!("b={thousand}"));
        assert_eq!(grid(&[&a, &b]), Err(GridError::TooManyCells));
        assert!(grid(&[&a]).is_ok());
    }
}
