//! The folder that a sweep works in: what it is of, and the finished cells. It may be killed at any moment: a file has its
//! name only when it is whole, and a cell is there when the last of its files is.

use std::collections::BTreeSet;
use std::path::Path;

use crate::experiment::{Grid, Trial};

use super::document::{self, SWEEP_SCHEMA};
use super::layout::{CELLS, MANIFEST, RESULTS, done, is_unfinished, json_path, rows_path};
use super::manifest::Manifest;
use super::rows;
use crate::report::Error;
use crate::report::work::{OpenError, WorkFolder, write_whole};

/// A folder that this process alone works in, as long as it has it.
#[derive(Debug)]
pub struct SweepFolder {
    folder: WorkFolder,
}

/// A cell's result, ready to be written.
#[derive(Debug)]
pub struct CellResult {
    cell: u64,
    json: String,
    rows: Vec<u8>,
}

impl CellResult {
    /// # Errors
    /// When it cannot be written as JSON or Parquet.
    pub fn new(grid: &Grid, cell: u64, trial: &Trial) -> Result<CellResult, Error> {
        let json = format!("{}\n", document::cell(grid, cell, trial)?);
        Ok(CellResult { cell, json, rows: rows::of_cell(grid, cell, trial)? })
    }
}

impl SweepFolder {
    /// Makes the folder that of this sweep. Cells of the very same sweep stay; a finished one of another sweep and the results
    /// of other commands are removed.
    ///
    /// # Errors
    /// When it is not breakeven's, when another process works in it, or when it holds work of another kind that is not done.
    pub fn open(path: &Path, manifest: &Manifest) -> Result<SweepFolder, OpenError> {
        let mut folder = WorkFolder::lock(path)?;
        let same = match Manifest::read(path)? {
            Some(old) if old == *manifest => true,
            Some(old) => {
                if is_unfinished(path) {
                    let done = format!("{} finished cells", done(path)?.len());
                    let mut differences = old.differences(manifest);
                    if old.shard != manifest.shard {
                        let part = |shard: &Option<String>| shard.clone().unwrap_or_else(|| "the whole".to_owned());
                        differences.push(format!(
                            "the part: {} there, {} here",
                            part(&old.shard),
                            part(&manifest.shard)
                        ));
                    }
                    return Err(OpenError::Another { path: path.to_owned(), done, work: "sweep", differences });
                }
                false
            }
            None => {
                crate::report::plan::refuse_unfinished(path)?;
                false
            }
        };
        if !same {
            folder.begin(SWEEP_SCHEMA, &[MANIFEST])?;
            manifest.write(path)?;
        }
        folder.tidy(CELLS)?;
        Ok(SweepFolder { folder })
    }

    #[must_use]
    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// The cells that are done.
    ///
    /// # Errors
    /// When the folder cannot be read.
    pub fn done(&self) -> Result<BTreeSet<u64>, Error> {
        done(self.path())
    }

    /// Keeps a cell: its rows, then its JSON, which says that it is done.
    ///
    /// # Errors
    /// When a file cannot be written.
    pub fn keep(&self, result: &CellResult) -> Result<(), Error> {
        write_whole(&rows_path(self.path(), result.cell), &result.rows)?;
        write_whole(&json_path(self.path(), result.cell), result.json.as_bytes())
    }

    /// Removes what an earlier end of the sweep wrote, before it is written again.
    ///
    /// # Errors
    /// When a file cannot be removed.
    pub fn remove_results(&self) -> Result<(), Error> {
        self.folder.remove(&RESULTS)
    }
}
