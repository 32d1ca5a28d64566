//! The folder that a sweep works in: what it is of, and the finished cells. It may be killed at any moment: a file has its
//! name only when it is whole, and a cell is there when the last of its files is.

use std::collections::BTreeSet;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use crate::experiment::{Grid, Trial};

use super::document::{self, SWEEP_SCHEMA};
use super::layout::{CELLS, MANIFEST, RESULTS, done, is_unfinished, json_path, rows_path};
use super::manifest::Manifest;
use super::rows;
use crate::report::Error;
use crate::report::folder::{self, ClaimError, MARKER, TEMPORARY, temporary_file};

/// Why a sweep may not work in a folder.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    #[error(transparent)]
    Claim(#[from] ClaimError),
    /// Hours of work might be lost.
    #[error(
        "the folder {path} holds {done} finished cells of another sweep, which is not done:\n{}\n  help: finish it with the same \
         command, choose another folder with --out, or remove it",
        .differences.iter().map(|line| format!("  - {line}")).collect::<Vec<_>>().join("\n"),
        path = .path.display()
    )]
    Another { path: PathBuf, done: usize, differences: Vec<String> },
    #[error(transparent)]
    Failed(#[from] Error),
}

/// A folder that this process alone works in, as long as it has it.
#[derive(Debug)]
pub struct SweepFolder {
    path: PathBuf,
    /// Locked.
    _marker: File,
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
    /// When it is not breakeven's, when another process works in it, or when it holds cells of another sweep that is not done.
    pub fn open(path: &Path, manifest: &Manifest) -> Result<SweepFolder, OpenError> {
        folder::check(path)?;
        fs::create_dir_all(path).map_err(Error::writing(path))?;
        let mut marker = lock(path)?;
        let same = match Manifest::read(path)? {
            Some(old) if old == *manifest => true,
            Some(old) => {
                if is_unfinished(path) {
                    let done = done(path)?.len();
                    let mut differences = old.differences(manifest);
                    if old.shard != manifest.shard {
                        let part = |shard: &Option<String>| shard.clone().unwrap_or_else(|| "the whole".to_owned());
                        differences.push(format!(
                            "the part: {} there, {} here",
                            part(&old.shard),
                            part(&manifest.shard)
                        ));
                    }
                    return Err(OpenError::Another { path: path.to_owned(), done, differences });
                }
                false
            }
            None => false,
        };
        if !same {
            clear(path)?;
            write_marker(&mut marker).map_err(Error::writing(&path.join(MARKER)))?;
            manifest.write(path)?;
        }
        let cells = path.join(CELLS);
        fs::create_dir_all(&cells).map_err(Error::writing(&cells))?;
        remove_temporary(path).map_err(Error::writing(path))?;
        remove_temporary(&cells).map_err(Error::writing(&cells))?;
        Ok(SweepFolder { path: path.to_owned(), _marker: marker })
    }

    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The cells that are done.
    ///
    /// # Errors
    /// When the folder cannot be read.
    pub fn done(&self) -> Result<BTreeSet<u64>, Error> {
        done(&self.path)
    }

    /// Keeps a cell: its rows, then its JSON, which says that it is done.
    ///
    /// # Errors
    /// When a file cannot be written.
    pub fn keep(&self, result: &CellResult) -> Result<(), Error> {
        write_whole(&rows_path(&self.path, result.cell), &result.rows)?;
        write_whole(&json_path(&self.path, result.cell), result.json.as_bytes())
    }

    /// Removes what an earlier end of the sweep wrote, before it is written again.
    ///
    /// # Errors
    /// When a file cannot be removed.
    pub fn remove_results(&self) -> Result<(), Error> {
        for name in RESULTS {
            let path = self.path.join(name);
            match fs::remove_file(&path) {
                Err(cause) if cause.kind() != io::ErrorKind::NotFound => return Err(Error::Write { path, cause }),
                _ => {}
            }
        }
        Ok(())
    }
}

fn write_whole(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let mut file = temporary_file(folder).map_err(Error::writing(path))?;
    file.write_all(bytes).map_err(Error::writing(path))?;
    file.persist(path).map_err(|error| Error::Write { path: path.to_owned(), cause: error.error })?;
    Ok(())
}

/// The marker, locked until it is dropped or the process ends.
fn lock(folder: &Path) -> Result<File, OpenError> {
    let path = folder.join(MARKER);
    let marker = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(&path);
    let marker = marker.map_err(Error::writing(&path))?;
    match marker.try_lock() {
        Err(TryLockError::WouldBlock) => Err(ClaimError::Busy(folder.to_owned()).into()),
        // A file system without locks.
        Err(TryLockError::Error(_)) | Ok(()) => Ok(marker),
    }
}

fn write_marker(marker: &mut File) -> io::Result<()> {
    marker.set_len(0)?;
    marker.seek(SeekFrom::Start(0))?;
    marker.write_all(format!("{SWEEP_SCHEMA}\n").as_bytes())
}

/// Removes everything but the marker, the manifest first: without it, nothing that is left counts as cells of a sweep.
fn clear(folder: &Path) -> Result<(), Error> {
    let manifest = folder.join(MANIFEST);
    if manifest.exists() {
        fs::remove_file(&manifest).map_err(Error::writing(&manifest))?;
    }
    for entry in fs::read_dir(folder).map_err(Error::writing(folder))? {
        let entry = entry.map_err(Error::writing(folder))?;
        let path = entry.path();
        if entry.file_name() == MARKER {
            continue;
        }
        let is_folder = entry.file_type().map_err(Error::writing(&path))?.is_dir();
        let removed = if is_folder { fs::remove_dir_all(&path) } else { fs::remove_file(&path) };
        removed.map_err(Error::writing(&path))?;
    }
    Ok(())
}

/// Removes the files that a killed process was writing.
fn remove_temporary(folder: &Path) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_name().to_str().is_some_and(|name| name.starts_with(TEMPORARY)) {
            fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}
