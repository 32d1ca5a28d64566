//! The folder of results: written beside its place and moved there whole, so that a reader never sees half of it and
//! a failure leaves the previous one as it was.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use tempfile::{NamedTempFile, TempDir};

use super::error::Error;
use super::sweep::layout;

/// The file that says that breakeven wrote a folder, and may replace it.
pub const MARKER: &str = ".breakeven";

/// What the name of a file or folder that is being filled begins with.
pub(super) const TEMPORARY: &str = ".breakeven-";

/// Why a folder may not be written to.
#[derive(Debug, thiserror::Error)]
pub enum ClaimError {
    /// Something else lives there: take another folder, or empty this one.
    #[error(
        "the output folder {path} is not empty and breakeven did not write it\n  help: choose another one with --out, or remove it",
        path = .0.display()
    )]
    Foreign(PathBuf),
    #[error("the output folder {path} is not a folder\n  help: choose another one with --out", path = .0.display())]
    NotAFolder(PathBuf),
    /// It lacks a name of its own (`/`, `..`), so nothing can be put in its place.
    #[error("the output folder {path} cannot be replaced\n  help: name a folder, such as --out output/mine", path = .0.display())]
    Nameless(PathBuf),
    /// A sweep works in it.
    #[error("another breakeven works in the folder {path}\n  help: wait for it, or choose another folder with --out", path = .0.display())]
    Busy(PathBuf),
    /// Hours of work might be lost.
    #[error(
        "the output folder {path} holds a {work} that is not done\n  help: finish it with its own command, choose another folder with \
         --out, or remove it",
        path = .path.display()
    )]
    Unfinished { path: PathBuf, work: &'static str },
    #[error("cannot look into the output folder {path}: {cause}", path = .path.display())]
    Unreadable { path: PathBuf, cause: io::Error },
}

/// A folder that may be replaced: absent, empty, or written by breakeven.
#[derive(Debug)]
pub struct OutputFolder {
    path: PathBuf,
}

impl OutputFolder {
    /// Checks that the folder may be replaced; changes nothing.
    ///
    /// # Errors
    /// See [`ClaimError`].
    pub fn claim(path: &Path) -> Result<OutputFolder, ClaimError> {
        check(path)?;
        if is_locked(&path.join(MARKER)) {
            return Err(ClaimError::Busy(path.to_owned()));
        }
        for (is_unfinished, work) in
            [(layout::is_unfinished(path), "sweep"), (super::plan::is_unfinished(path), "plan")]
        {
            if is_unfinished {
                return Err(ClaimError::Unfinished { path: path.to_owned(), work });
            }
        }
        Ok(OutputFolder { path: path.to_owned() })
    }

    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// A new folder beside this one, to be filled and then published. It is removed when it is dropped unpublished.
    ///
    /// # Errors
    /// When the folder or its parents cannot be made.
    pub fn stage(self, schema: &str) -> Result<Staging, Error> {
        let parent = match self.path.parent() {
            Some(parent) if parent != Path::new("") => parent,
            _ => Path::new("."),
        };
        fs::create_dir_all(parent).map_err(Error::writing(parent))?;
        let folder = tempfile::Builder::new().prefix(TEMPORARY).tempdir_in(parent).map_err(Error::writing(parent))?;
        make_readable(folder.path()).map_err(Error::writing(folder.path()))?;
        let marker = folder.path().join(MARKER);
        fs::write(&marker, format!("{schema}\n")).map_err(Error::writing(&marker))?;
        Ok(Staging { folder, target: self.path })
    }
}

/// Checks that a folder is absent, empty or breakeven's.
///
/// # Errors
/// See [`ClaimError`].
pub(super) fn check(path: &Path) -> Result<(), ClaimError> {
    if path.file_name().is_none() {
        return Err(ClaimError::Nameless(path.to_owned()));
    }
    let unreadable = |cause| ClaimError::Unreadable { path: path.to_owned(), cause };
    match fs::symlink_metadata(path) {
        Err(cause) if cause.kind() == io::ErrorKind::NotFound => {}
        Err(cause) => return Err(unreadable(cause)),
        Ok(metadata) if !metadata.is_dir() => return Err(ClaimError::NotAFolder(path.to_owned())),
        Ok(_) => {
            let empty = fs::read_dir(path).map_err(unreadable)?.next().is_none();
            if !empty && !path.join(MARKER).is_file() {
                return Err(ClaimError::Foreign(path.to_owned()));
            }
        }
    }
    Ok(())
}

/// Whether a process holds the lock of a marker.
fn is_locked(marker: &Path) -> bool {
    fs::File::open(marker).is_ok_and(|file| matches!(file.try_lock_shared(), Err(fs::TryLockError::WouldBlock)))
}

/// A folder being filled.
#[derive(Debug)]
pub struct Staging {
    folder: TempDir,
    target: PathBuf,
}

impl Staging {
    #[must_use]
    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Puts the folder in its place: the old one aside, the new one in, the old one away. A failure puts the old one back.
    ///
    /// # Errors
    /// When a folder cannot be renamed.
    pub fn publish(self) -> Result<(), Error> {
        let failed = |cause| Error::Write { path: self.target.clone(), cause };
        let aside = self.folder.path().with_extension("old");
        let had_one = match fs::rename(&self.target, &aside) {
            Ok(()) => true,
            Err(cause) if cause.kind() == io::ErrorKind::NotFound => false,
            Err(cause) => return Err(failed(cause)),
        };
        if let Err(cause) = fs::rename(self.folder.path(), &self.target) {
            if had_one {
                fs::rename(&aside, &self.target).map_err(failed)?;
            }
            return Err(failed(cause));
        }
        // It has another name now; there is nothing left to remove.
        let _ = self.folder.keep();
        if had_one {
            fs::remove_dir_all(&aside).map_err(Error::writing(&aside))?;
        }
        Ok(())
    }
}

/// A file to be filled beside its place, as readable as any new file; removed when dropped, moved there by `persist`.
///
/// # Errors
/// When it cannot be made.
pub fn temporary_file(folder: &Path) -> io::Result<NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(TEMPORARY);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        builder.permissions(fs::Permissions::from_mode(0o666));
    }
    builder.tempfile_in(folder)
}

/// A temporary folder is its owner's alone; results are for everyone who may look.
#[cfg(unix)]
fn make_readable(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(path, fs::Permissions::from_mode(0o755))
}

#[cfg(not(unix))]
fn make_readable(_path: &Path) -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let mut names: Vec<String> =
            fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    fn publish(target: &Path, file: &str) {
        let staging = OutputFolder::claim(target).unwrap().stage("test/1").unwrap();
        fs::write(staging.path().join(file), file).unwrap();
        staging.publish().unwrap();
    }

    #[test]
    fn a_published_folder_replaces_the_previous_one_whole() {
        let root = tempfile::tempdir().unwrap();
        let target = root.path().join("deep/er");
        publish(&target, "first");
        publish(&target, "second");
        assert_eq!(names(&target), [MARKER, "second"]);
        assert_eq!(names(&root.path().join("deep")), ["er"], "nothing is left beside it");
    }

    #[test]
    fn a_dropped_folder_leaves_the_previous_one_as_it_was() {
        let root = tempfile::tempdir().unwrap();
        let target = root.path().join("out");
        publish(&target, "first");
        let staging = OutputFolder::claim(&target).unwrap().stage("test/1").unwrap();
        fs::write(staging.path().join("second"), "half").unwrap();
        drop(staging);
        assert_eq!(names(&target), [MARKER, "first"]);
        assert_eq!(names(root.path()), ["out"]);
    }

    #[test]
    fn an_empty_folder_may_be_replaced() {
        let root = tempfile::tempdir().unwrap();
        let target = root.path().join("out");
        fs::create_dir(&target).unwrap();
        publish(&target, "first");
        assert_eq!(names(&target), [MARKER, "first"]);
    }

    #[test]
    fn fails_on_a_folder_that_holds_something_else() {
        let root = tempfile::tempdir().unwrap();
        fs::write(root.path().join("thesis.tex"), "").unwrap();
        let claim = OutputFolder::claim(root.path());
        assert!(matches!(claim, Err(ClaimError::Foreign(_))), "{claim:?}");
    }

    #[test]
    fn fails_on_a_file_and_on_a_folder_without_a_name() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let claim = OutputFolder::claim(file.path());
        assert!(matches!(claim, Err(ClaimError::NotAFolder(_))), "{claim:?}");
        let claim = OutputFolder::claim(Path::new("/"));
        assert!(matches!(claim, Err(ClaimError::Nameless(_))), "{claim:?}");
    }
}
