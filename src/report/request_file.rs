//! A stream of requests as a file, written block by block, so that its length is bounded by the disk and not by memory:
//! CSV or Parquet with `arrival_s`, `service_s` and `class`, as a trace is read.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;

use polars::prelude::{Column, DataFrame, DataType, ParquetWriter, PolarsResult, Schema};
use polars_io::parquet::write::BatchedWriter;

use crate::traffic::Block;

use super::error::Error;
use super::parquet::column;

/// The kinds of file, by the ending of its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    Csv,
    Parquet,
}

impl Format {
    /// `None` when the name ends in neither `.csv` nor `.parquet`.
    #[must_use]
    pub fn of(path: &Path) -> Option<Format> {
        match path.extension()?.to_str()? {
            "csv" => Some(Format::Csv),
            "parquet" => Some(Format::Parquet),
            _ => None,
        }
    }
}

/// A file being written.
pub struct RequestFile {
    /// For messages.
    path: std::path::PathBuf,
    classes: Vec<String>,
    sink: Sink,
}

enum Sink {
    Csv(Box<csv::Writer<File>>),
    Parquet { writer: Box<BatchedWriter<BufWriter<File>>>, rows: Block },
}

/// Rows of a group of a Parquet file: large enough to compress well, and all that is kept in memory.
const GROUP: usize = 1 << 17;

impl RequestFile {
    /// Begins a file. `classes` are the names that the blocks' classes index.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn new(file: File, path: &Path, format: Format, classes: Vec<String>) -> Result<RequestFile, Error> {
        let sink = match format {
            Format::Csv => {
                let mut writer = csv::Writer::from_writer(file);
                writer.write_record(COLUMNS).map_err(|cause| failed(path, cause.into()))?;
                Sink::Csv(Box::new(writer))
            }
            Format::Parquet => Sink::Parquet {
                writer: Box::new(batched(file).map_err(|cause| refused(path, cause))?),
                rows: Block::default(),
            },
        };
        Ok(RequestFile { path: path.to_owned(), classes, sink })
    }

    /// Appends a block.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn write(&mut self, block: &Block) -> Result<(), Error> {
        match &mut self.sink {
            Sink::Csv(writer) => write_csv(writer, block, &self.classes).map_err(|cause| failed(&self.path, cause)),
            Sink::Parquet { writer, rows } => {
                rows.arrival.extend(&block.arrival);
                rows.service.extend(&block.service);
                rows.class.extend(&block.class);
                if rows.len() >= GROUP {
                    write_group(writer, rows, &self.classes).map_err(|cause| refused(&self.path, cause))?;
                }
                Ok(())
            }
        }
    }

    /// Writes what is left.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn finish(self) -> Result<(), Error> {
        match self.sink {
            Sink::Csv(mut writer) => writer.flush().map_err(|cause| failed(&self.path, cause)),
            Sink::Parquet { mut writer, mut rows } => {
                if !rows.is_empty() {
                    write_group(&mut writer, &mut rows, &self.classes).map_err(|cause| refused(&self.path, cause))?;
                }
                writer.finish().map_err(|cause| refused(&self.path, cause))?;
                Ok(())
            }
        }
    }
}

const COLUMNS: [&str; 3] = ["arrival_s", "service_s", "class"];

fn failed(path: &Path, cause: io::Error) -> Error {
    Error::writing(path)(cause)
}

fn refused(path: &Path, cause: polars::prelude::PolarsError) -> Error {
    Error::Parquet { path: path.to_owned(), cause }
}

fn batched(file: File) -> PolarsResult<BatchedWriter<BufWriter<File>>> {
    let types = [DataType::Float64, DataType::Float64, DataType::String];
    let schema: Schema = COLUMNS.into_iter().map(Into::into).zip(types).collect();
    ParquetWriter::new(BufWriter::new(file)).set_parallel(false).batched(&schema)
}

fn write_group(writer: &mut BatchedWriter<BufWriter<File>>, rows: &mut Block, classes: &[String]) -> PolarsResult<()> {
    let columns: Vec<Column> = vec![
        column(COLUMNS[0], rows.arrival.iter().map(|time| time.seconds())),
        column(COLUMNS[1], rows.service.iter().map(|span| span.seconds())),
        column(COLUMNS[2], rows.class.iter().map(|&class| classes[usize::from(class)].as_str())),
    ];
    writer.write_batch(&DataFrame::new_infer_height(columns)?)?;
    rows.clear();
    Ok(())
}

fn write_csv<W: Write>(writer: &mut csv::Writer<W>, block: &Block, classes: &[String]) -> io::Result<()> {
    for ((arrival, service), class) in block.arrival.iter().zip(&block.service).zip(&block.class) {
        writer.write_record([
            decimal_seconds(arrival.nanos()).as_str(),
            decimal_seconds(service.nanos()).as_str(),
            classes[usize::from(*class)].as_str(),
        ])?;
    }
    Ok(())
}

/// Nanoseconds as exact decimal seconds: `0`, `1.5`, `0.000000001`.
fn decimal_seconds(nanos: u64) -> String {
    let (seconds, fraction) = (nanos / 1_000_000_000, nanos % 1_000_000_000);
    if fraction == 0 {
        return seconds.to_string();
    }
    let digits = format!("{fraction:09}");
    format!("{seconds}.{}", digits.trim_end_matches('0'))
}

#[cfg(test)]
mod tests {
    use polars::prelude::{ParquetReader, SerReader};

    use crate::unit::{Span, Time};

    use super::*;

    /// More than one group of rows.
    fn write(path: &Path) {
        let file = File::create(path).unwrap();
        let classes = vec!["api".to_owned(), "batch, nightly".to_owned()];
        let mut requests = RequestFile::new(file, path, Format::of(path).unwrap(), classes).unwrap();
        for index in 0..(GROUP as u64 / 4 + 3) {
            let block = Block {
                arrival: (0..4).map(|row| Time::from_nanos((index * 4 + row) * 1_500_000_000)).collect(),
                service: vec![Span::from_nanos(1), Span::SECOND, Span::ZERO, Span::MINUTE],
                class: vec![0, 1, 0, 1],
            };
            requests.write(&block).unwrap();
        }
        requests.finish().unwrap();
    }

    #[test]
    fn a_csv_file_holds_exact_decimals() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("requests.csv");
        write(&path);
        let text = std::fs::read_to_string(path).unwrap();
        let first: Vec<&str> = text.lines().take(4).collect();
        assert_eq!(first, ["arrival_s,service_s,class", "0,0.000000001,api", "1.5,1,\"batch, nightly\"", "3,0,api"]);
        assert_eq!(text.lines().count(), 1 + GROUP + 12);
    }

    #[test]
    fn a_parquet_file_reads_back_row_by_row() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("requests.parquet");
        write(&path);
        let frame = ParquetReader::new(File::open(path).unwrap()).finish().unwrap();
        assert_eq!(frame.shape(), (GROUP + 12, 3));
        let arrival = frame.column("arrival_s").unwrap().f64().unwrap();
        assert_eq!(arrival.get(GROUP + 11), Some((GROUP as f64 + 11.0) * 1.5));
        let class = frame.column("class").unwrap().str().unwrap();
        assert_eq!((class.get(0), class.get(1)), (Some("api"), Some("batch, nightly")));
    }

    #[test]
    fn other_endings_are_no_format() {
        assert_eq!(Format::of(Path::new("requests.txt")), None);
        assert_eq!(Format::of(Path::new("csv")), None);
    }
}
