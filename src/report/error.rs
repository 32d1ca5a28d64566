//! What can go wrong when results are written.

use std::io;
use std::path::{Path, PathBuf};

/// Each variant names what could not be written; the cause is in its message.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The disk is full, a folder is not writable, a name is too long.
    #[error("cannot write {path}: {cause}", path = .path.display())]
    Write { path: PathBuf, cause: io::Error },
    /// A file that breakeven wrote before cannot be read again.
    #[error("cannot read {path}: {cause}\n  help: remove it and start again", path = .path.display())]
    Read { path: PathBuf, cause: String },
    /// The Parquet writer refused, nearly always for want of disk space.
    #[error("cannot write {path}: {cause}", path = .path.display())]
    Parquet { path: PathBuf, cause: polars::prelude::PolarsError },
    /// A chart could not be drawn; a defect of the program.
    #[error("cannot draw the chart {name}: {cause}")]
    Chart { name: &'static str, cause: String },
    /// The document could not be written as JSON; a defect of the program.
    #[error("cannot write the results as JSON: {0}")]
    Json(#[from] serde_json::Error),
}

impl Error {
    /// For `map_err`: an input or output error with the path that it happened to.
    pub fn writing(path: &Path) -> impl FnOnce(io::Error) -> Error + '_ {
        move |cause| Error::Write { path: path.to_owned(), cause }
    }
}
