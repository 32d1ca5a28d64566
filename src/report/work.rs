//! A folder that a long piece of work is done in, a file at a time: one process works in it, it may be killed at any moment, and
//! whoever comes after finds every file whole.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;

use super::error::Error;
use super::folder::{self, ClaimError, MARKER, TEMPORARY, temporary_file};

/// Why work may not be done in a folder.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    #[error(transparent)]
    Claim(#[from] ClaimError),
    /// Hours of work might be lost.
    #[error(
        "the folder {path} holds {done} of another {work}, which is not done:\n{}\n  help: finish it with the same \
         command, choose another folder with --out, or remove it",
        .differences.iter().map(|line| format!("  - {line}")).collect::<Vec<_>>().join("\n"),
        path = .path.display()
    )]
    Another {
        path: PathBuf,
        /// `7 finished cells`.
        done: String,
        /// `sweep`.
        work: &'static str,
        differences: Vec<String>,
    },
    #[error(transparent)]
    Failed(#[from] Error),
}

/// A folder that this process alone works in, as long as it has it.
#[derive(Debug)]
pub struct WorkFolder {
    path: PathBuf,
    /// Locked.
    marker: File,
}

impl WorkFolder {
    /// Takes the folder, which is made where there is none.
    ///
    /// # Errors
    /// When it is not breakeven's, or when another process works in it.
    pub fn lock(path: &Path) -> Result<WorkFolder, OpenError> {
        folder::check(path)?;
        fs::create_dir_all(path).map_err(Error::writing(path))?;
        let at = path.join(MARKER);
        let marker = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(&at);
        let marker = marker.map_err(Error::writing(&at))?;
        match marker.try_lock() {
            Err(TryLockError::WouldBlock) => Err(ClaimError::Busy(path.to_owned()).into()),
            // A file system without locks.
            Err(TryLockError::Error(_)) | Ok(()) => Ok(WorkFolder { path: path.to_owned(), marker }),
        }
    }

    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Removes everything but the marker, the manifests first: without one, nothing that is left counts as done. Then the marker
    /// says what the folder is of.
    ///
    /// # Errors
    /// When a file cannot be removed or written.
    pub fn begin(&mut self, schema: &str, manifests: &[&str]) -> Result<(), Error> {
        for manifest in manifests.iter().map(|name| self.path.join(name)).filter(|path| path.exists()) {
            fs::remove_file(&manifest).map_err(Error::writing(&manifest))?;
        }
        for entry in fs::read_dir(&self.path).map_err(Error::writing(&self.path))? {
            let entry = entry.map_err(Error::writing(&self.path))?;
            let path = entry.path();
            if entry.file_name() == MARKER {
                continue;
            }
            let is_folder = entry.file_type().map_err(Error::writing(&path))?.is_dir();
            let removed = if is_folder { fs::remove_dir_all(&path) } else { fs::remove_file(&path) };
            removed.map_err(Error::writing(&path))?;
        }
        self.write_marker(schema).map_err(Error::writing(&self.path.join(MARKER)))
    }

    fn write_marker(&mut self, schema: &str) -> io::Result<()> {
        self.marker.set_len(0)?;
        self.marker.seek(SeekFrom::Start(0))?;
        self.marker.write_all(format!("{schema}\n").as_bytes())
    }

    /// Makes a folder in it, and removes what a killed process was writing here and there.
    ///
    /// # Errors
    /// When it cannot be made, or a file not be removed.
    pub fn tidy(&self, inner: &str) -> Result<(), Error> {
        let inner = self.path.join(inner);
        fs::create_dir_all(&inner).map_err(Error::writing(&inner))?;
        remove_temporary(&self.path).map_err(Error::writing(&self.path))?;
        remove_temporary(&inner).map_err(Error::writing(&inner))
    }

    /// Removes what an earlier end of the work wrote, before it is written again.
    ///
    /// # Errors
    /// When a file cannot be removed.
    pub fn remove(&self, names: &[&str]) -> Result<(), Error> {
        for name in names {
            let path = self.path.join(name);
            match fs::remove_file(&path) {
                Err(cause) if cause.kind() != io::ErrorKind::NotFound => return Err(Error::Write { path, cause }),
                _ => {}
            }
        }
        Ok(())
    }
}

/// Writes a file that has its name only when it is whole.
///
/// # Errors
/// When it cannot be written.
pub fn write_whole(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let mut file = temporary_file(folder).map_err(Error::writing(path))?;
    file.write_all(bytes).map_err(Error::writing(path))?;
    file.persist(path).map_err(|error| Error::Write { path: path.to_owned(), cause: error.error })?;
    Ok(())
}

/// Reads a file of JSON; `None` where there is none.
///
/// # Errors
/// When it is there and cannot be read.
pub fn read_json<T: DeserializeOwned>(path: &Path) -> Result<Option<T>, Error> {
    let failed = |cause: String| Error::Read { path: path.to_owned(), cause };
    match fs::read(path) {
        Ok(bytes) => serde_json::from_slice(&bytes).map(Some).map_err(|error| failed(error.to_string())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(failed(error.to_string())),
    }
}

fn remove_temporary(folder: &Path) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_name().to_str().is_some_and(|name| name.starts_with(TEMPORARY)) {
            fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}
