//! Where recorded data lies: on disk, or embedded in the program with an embedded scenario.

use std::fs::File;
use std::io::{self, Cursor, Read, Seek, SeekFrom};
use std::path::PathBuf;

use flate2::read::MultiGzDecoder;

use super::{Fault, TraceError};

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

/// A file's bytes, read from any place in it.
pub(super) trait ReadSeek: Read + Seek + Send {}
impl<T: Read + Seek + Send> ReadSeek for T {}

/// What a file is by its first bytes.
pub(super) enum Kind {
    /// Text, already decompressed.
    Csv(Box<dyn Read + Send>),
    Parquet(Box<dyn ReadSeek>),
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

    /// Opens the file and tells its kind by its first bytes.
    pub(super) fn kind(&self) -> Result<Kind, TraceError> {
        self.sniff().map_err(|error| {
            let fault = match error.kind() {
                io::ErrorKind::NotFound => Fault::Missing,
                _ => Fault::Unreadable(error.to_string()),
            };
            TraceError::of_file(&self.written, fault)
        })
    }

    fn sniff(&self) -> io::Result<Kind> {
        const GZIP: &[u8] = &[0x1f, 0x8b];
        const PARQUET: &[u8] = b"PAR1";
        let mut bytes: Box<dyn ReadSeek> = match &self.location {
            Location::Disk(path) => Box::new(File::open(path)?),
            Location::Embedded(bytes) => Box::new(Cursor::new(*bytes)),
        };
        let mut start = Vec::new();
        bytes.by_ref().take(PARQUET.len() as u64).read_to_end(&mut start)?;
        bytes.seek(SeekFrom::Start(0))?;
        Ok(if start == PARQUET {
            Kind::Parquet(bytes)
        } else if start.starts_with(GZIP) {
            Kind::Csv(Box::new(MultiGzDecoder::new(io::BufReader::with_capacity(1 << 16, bytes))))
        } else {
            Kind::Csv(Box::new(bytes))
        })
    }

    /// The index of a named column.
    pub(super) fn find_column(&self, columns: &[String], name: &str) -> Result<usize, TraceError> {
        let mut found = (0..columns.len()).filter(|&index| columns[index] == name);
        let fault = match (found.next(), found.next()) {
            (Some(index), None) => return Ok(index),
            (Some(_), Some(_)) => Fault::ColumnTwice,
            (None, _) => Fault::NoColumn {
                columns: columns.to_vec(),
                nearest: crate::unit::nearest(name, columns.iter().map(String::as_str)).map(str::to_owned),
            },
        };
        let mut error = TraceError::of_file(&self.written, fault);
        error.column = Some(name.to_owned());
        Err(error)
    }
}
