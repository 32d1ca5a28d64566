//! Where recorded data lies: on disk, or embedded in the program with an embedded scenario.

use std::fs::File;
use std::io::{self, Read};
use std::path::PathBuf;

/// A file named in a scenario, found but not yet read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DataFile {
    /// As the scenario writes it.
    pub written: String,
    pub location: Location,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Location {
    /// On disk, resolved against the scenario's folder.
    Disk(PathBuf),
    Embedded(&'static [u8]),
}

impl DataFile {
    /// The file's bytes, still compressed where they are.
    ///
    /// # Errors
    /// When the file cannot be opened.
    pub fn open(&self) -> io::Result<Box<dyn Read + Send>> {
        match &self.location {
            Location::Disk(path) => Ok(Box::new(File::open(path)?)),
            Location::Embedded(bytes) => Ok(Box::new(*bytes)),
        }
    }
}
