//! What is where in the folder of a sweep.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use crate::report::Error;

/// The folder of finished cells.
pub const CELLS: &str = "cells";

/// The file's name.
pub const MANIFEST: &str = "manifest.json";

/// The document, which says that a sweep is done.
pub const RESULT: &str = "sweep.json";

/// The rows of all cells.
pub const ROWS: &str = "sweep.parquet";

/// Every file of a finished sweep but the marker and the manifest, the document first.
pub const RESULTS: [&str; 6] = [RESULT, ROWS, "sweep.svg", "sweep.png", "report.json", "report.html"];

/// Whether a folder holds cells of a sweep that is not done.
pub(in crate::report) fn is_unfinished(folder: &Path) -> bool {
    let begun = folder.join(MANIFEST).exists() && !folder.join(RESULT).exists();
    begun && done(folder).is_ok_and(|done| !done.is_empty())
}

/// The cells that are done in the folder of a sweep.
///
/// # Errors
/// When the folder cannot be read.
pub fn done(folder: &Path) -> Result<BTreeSet<u64>, Error> {
    let cells = folder.join(CELLS);
    let failed = |error: io::Error| Error::Read { path: cells.clone(), cause: error.to_string() };
    let entries = match fs::read_dir(&cells) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(BTreeSet::new()),
        entries => entries.map_err(failed)?,
    };
    let mut done = BTreeSet::new();
    for entry in entries {
        let name = entry.map_err(failed)?.file_name();
        let cell = name.to_str().and_then(|name| name.strip_suffix(".json")?.parse().ok());
        if let Some(cell) = cell.filter(|&cell| is_whole(folder, cell)) {
            done.insert(cell);
        }
    }
    Ok(done)
}

/// Whether both files of a cell end as they should: after a power cut a file may have its name and not its bytes.
fn is_whole(folder: &Path, cell: u64) -> bool {
    let ends = |path: PathBuf, end: &[u8]| -> io::Result<bool> {
        let mut file = File::open(path)?;
        let mut last = vec![0; end.len()];
        file.seek(SeekFrom::End(-(end.len() as i64)))?;
        file.read_exact(&mut last)?;
        Ok(last == end)
    };
    ends(json_path(folder, cell), b"}\n").unwrap_or(false) && ends(rows_path(folder, cell), b"PAR1").unwrap_or(false)
}

/// The file of a cell's rows.
#[must_use]
pub fn rows_path(folder: &Path, cell: u64) -> PathBuf {
    folder.join(CELLS).join(format!("{cell:06}.parquet"))
}

/// The file of a cell's object in `sweep.json`.
#[must_use]
pub fn json_path(folder: &Path, cell: u64) -> PathBuf {
    folder.join(CELLS).join(format!("{cell:06}.json"))
}
