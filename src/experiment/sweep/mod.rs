//! A scenario simulated at every cell of a grid.

mod axis;
mod grid;
mod mistakes;
mod quantity;
mod range;
mod shard;
mod spread;

use std::collections::BTreeMap;

use rayon::prelude::*;

use crate::scenario::{Loaded, Overrides, Problems, ScenarioFile};
use crate::summary::Provenance;
use crate::trace::{DataFile, TraceError};

use crate::experiment::trial::{Trial, simulate};
use crate::experiment::{Precision, Watch};

pub use axis::Axis;
pub use grid::{Grid, GridError};
pub use mistakes::Mistakes;
pub use quantity::{Unit, quantity};
pub use shard::Shard;
pub use spread::{AxisError, Spread};

/// What is simulated in every cell.
#[derive(Clone, Debug)]
pub struct Sweep {
    file: ScenarioFile,
    /// Those of all cells; what a cell sets goes over them.
    overrides: Overrides,
    grid: Grid,
    precision: Option<Precision>,
}

/// What the check of all cells found.
#[derive(Clone, Debug)]
pub struct Checked {
    /// The scenario of the first cell.
    pub first: Loaded,
    /// The data files of all cells, by the paths that the scenario writes.
    pub data_files: Vec<DataFile>,
}

/// Why a cell has no result.
#[derive(Debug, thiserror::Error)]
pub enum CellError {
    /// It loaded when all cells were checked: a data file is another one now.
    #[error("cell {cell} can no longer be loaded:\n{problems}")]
    Changed { cell: u64, problems: Problems },
    #[error(transparent)]
    Trace(#[from] TraceError),
}

/// Cells that are loaded together when all are checked.
const CHECKED_TOGETHER: u64 = 4_096;

impl Sweep {
    /// Where an axis takes whole numbers only, its range is rounded to them.
    #[must_use]
    pub fn new(file: ScenarioFile, overrides: Overrides, grid: Grid, precision: Option<Precision>) -> Sweep {
        let mut sweep = Sweep { file, overrides, grid, precision };
        for axis in 0..sweep.grid.axes().len() {
            if sweep.takes_whole_numbers_only(axis) {
                sweep.grid.round(axis);
            }
        }
        sweep
    }

    #[must_use]
    pub fn grid(&self) -> &Grid {
        &self.grid
    }

    #[must_use]
    pub fn precision(&self) -> Option<&Precision> {
        self.precision.as_ref()
    }

    #[must_use]
    pub fn overrides(&self) -> &Overrides {
        &self.overrides
    }

    #[must_use]
    pub fn sha256(&self) -> String {
        self.file.sha256()
    }

    /// Loads the scenario of every cell, on rayon's current pool.
    ///
    /// # Errors
    /// The mistakes of all cells.
    pub fn check(&self) -> Result<Checked, Box<Mistakes>> {
        let cells = self.grid.cells();
        let mut mistakes = Mistakes::new(cells);
        let mut data_files = BTreeMap::new();
        let mut first = None;
        for start in (0..cells).step_by(CHECKED_TOGETHER as usize) {
            let together: Vec<u64> = (start..cells.min(start + CHECKED_TOGETHER)).collect();
            let loaded: Vec<Result<Loaded, Problems>> = together.par_iter().map(|&cell| self.load(cell)).collect();
            for (cell, loaded) in together.into_iter().zip(loaded) {
                match loaded {
                    Ok(loaded) => {
                        let files = loaded.scenario.data_files().into_iter().chain(&loaded.prices_file);
                        data_files.extend(files.map(|file| (file.written.clone(), file.clone())));
                        first.get_or_insert(loaded);
                    }
                    Err(problems) => mistakes.add(cell, &self.grid, problems),
                }
            }
        }
        match first {
            Some(first) if mistakes.is_empty() => Ok(Checked { first, data_files: data_files.into_values().collect() }),
            _ => Err(Box::new(mistakes)),
        }
    }

    /// Simulates cells, on rayon's current pool. `keep` is given each result when it is there, from any thread and in no order.
    ///
    /// # Errors
    /// The first error of a cell or of `keep`; no further cells are begun then.
    pub fn run<E: From<CellError> + Send>(
        &self,
        cells: &[u64],
        watch: &dyn Watch,
        keep: &(dyn Fn(u64, Trial) -> Result<(), E> + Sync),
    ) -> Result<(), E> {
        watch.cells(cells.len() as u64);
        cells.par_iter().with_max_len(1).try_for_each(|&cell| {
            keep(cell, self.cell(cell, watch)?)?;
            watch.cell_done();
            Ok(())
        })
    }

    fn cell(&self, cell: u64, watch: &dyn Watch) -> Result<Trial, CellError> {
        let loaded = self.load(cell).map_err(|problems| CellError::Changed { cell, problems })?;
        Ok(simulate(&loaded.scenario, &Provenance::from(&loaded), self.precision.as_ref(), watch)?)
    }

    fn load(&self, cell: u64) -> Result<Loaded, Problems> {
        self.file.load_cell(&self.overrides, &self.grid.assignments(cell))
    }

    /// Whether the scenario refuses a fraction there and takes the whole number beside it, the other axes at their first values.
    fn takes_whole_numbers_only(&self, axis: usize) -> bool {
        let axes = self.grid.axes();
        let Some(whole) = &axes[axis].whole else { return false };
        let fraction = axes[axis].values.iter().find(|value| value.contains('.'));
        let (Some(fraction), Some(whole)) = (fraction, whole.get(1).or(whole.first())) else { return false };
        let mistakes = |value: &str| {
            let mut assignments = self.grid.assignments(0);
            assignments[axis] = format!("{}={value}", axes[axis].path);
            self.file.load_cell(&self.overrides, &assignments).map_or_else(|problems| problems.list().len(), |_| 0)
        };
        mistakes(fraction) > mistakes(whole)
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::experiment::{Axis, Unwatched};

    const SCENARIO: &str = r#"
horizon = "1h"
replications = 2
[[traffic]]
name = "api"
rate = "1/s"
service_time = "2s"
[[fleet]]
name = "dedicated"
kind = "dedicated"
instances = 3
price = "$1/h"
"#;

    fn sweep(over: &[&str]) -> Sweep {
        let file = ScenarioFile::of_text(SCENARIO, "test.toml", Path::new("."));
        let axes = over.iter().map(|axis| Axis::parse(axis).unwrap()).collect();
        Sweep::new(file, Overrides::default(), Grid::new(axes).unwrap(), None)
    }

    #[test]
    fn a_range_is_rounded_where_only_whole_numbers_are_taken() {
        let over = ["fleet.dedicated.instances=2..5:6", "traffic.api.shape.peak_over_mean=1..2:3"];
        let sweep = sweep(&[over[0], "traffic.api.shape.kind=diurnal", over[1]]);
        let values = |axis: usize| sweep.grid().axes()[axis].values.join(" ");
        assert_eq!((values(0).as_str(), values(2).as_str()), ("2 3 4 5", "1 1.5 2"));
    }

    #[test]
    fn every_cell_has_the_result_of_its_own_scenario() {
        let sweep = sweep(&["fleet.dedicated.instances=3,4", "fleet.dedicated.price=$1/h,$2/h"]);
        assert!(sweep.check().is_ok());
        let kept = std::sync::Mutex::new(Vec::new());
        let keep = |cell, trial: Trial| {
            let total = trial.document.fleets[0].cost.total_usd.mean;
            kept.lock().unwrap().push((cell, total, trial.document.scenario.overrides));
            Ok::<(), CellError>(())
        };
        sweep.run(&[3, 0], &Unwatched, &keep).unwrap();
        let mut kept = kept.into_inner().unwrap();
        kept.sort_by_key(|kept| kept.0);
        let written = |assignments: [&str; 2]| assignments.map(str::to_owned).to_vec();
        assert_eq!(
            kept,
            [
                (0, Some(3.0), written(["fleet.dedicated.instances=3", "fleet.dedicated.price=$1/h"])),
                (3, Some(8.0), written(["fleet.dedicated.instances=4", "fleet.dedicated.price=$2/h"]))
            ]
        );
    }

    #[test]
    fn fails_with_each_mistake_once_and_the_cells_that_it_is_in() {
        let sweep = sweep(&["traffic.api.rate=1/s,fast,2/s", "fleet.dedicatde.price=$1/h,$2/h"]);
        let text = sweep.check().unwrap_err().render(false);
        assert_eq!(text.matches("found `fast`").count(), 1, "{text}");
        assert!(text.contains("in cell 2 (traffic.api.rate=fast fleet.dedicatde.price=$1/h) and 1 more"), "{text}");
        assert!(text.contains("did you mean `dedicated`?"), "{text}");
        assert_eq!(text.matches("did you mean").count(), 1, "{text}");
        assert!(text.ends_with("2 mistakes in 6 of 6 cells of test.toml; nothing was run\n"), "{text}");
    }
}
