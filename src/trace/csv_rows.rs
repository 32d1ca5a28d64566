//! Rows of a CSV file.

use std::io::{self, BufRead, BufReader, Read};

use csv::{ByteRecord, ErrorKind, Reader, ReaderBuilder};

use super::cell::{self, Instant};
use super::file::Kind;
use super::source::RowSource;
use super::{DataFile, Fault, TraceError};

/// A CSV file, after its header.
pub(super) struct CsvRows {
    reader: Reader<Box<dyn Read + Send>>,
    record: ByteRecord,
    /// The field of each column asked for.
    fields: Vec<usize>,
    /// Read again to tell a line.
    file: DataFile,
    /// Where the current row, and blank lines before it, start in the text.
    start: u64,
}

impl CsvRows {
    pub(super) fn open(file: &DataFile, bytes: Box<dyn Read + Send>, columns: &[&str]) -> Result<CsvRows, TraceError> {
        let mut reader = ReaderBuilder::new().buffer_capacity(1 << 16).from_reader(bytes);
        let header: Vec<String> = reader
            .byte_headers()
            .map_err(|error| TraceError::of_file(&file.written, fault_of(&error)))?
            .iter()
            .map(|name| String::from_utf8_lossy(name).trim().to_owned())
            .collect();
        if header.iter().all(String::is_empty) {
            return Err(TraceError::of_file(&file.written, Fault::Empty));
        }
        let fields = columns.iter().map(|name| file.find_column(&header, name)).collect::<Result<_, _>>()?;
        Ok(CsvRows { reader, record: ByteRecord::new(), fields, file: file.clone(), start: 0 })
    }

    /// The text of a cell; bytes that are no text are replaced, which no reader of a cell accepts.
    fn cell(&self, column: usize) -> std::borrow::Cow<'_, str> {
        let bytes = self.record.get(self.fields[column]).unwrap_or_default();
        String::from_utf8_lossy(bytes.trim_ascii())
    }
}

impl RowSource for CsvRows {
    fn advance(&mut self) -> Result<bool, Fault> {
        self.start = self.reader.position().byte();
        self.reader.read_byte_record(&mut self.record).map_err(|error| fault_of(&error))
    }

    fn line(&self) -> Option<u64> {
        let Ok(Kind::Csv(bytes)) = self.file.kind() else {
            return None;
        };
        line_at(BufReader::new(bytes), self.start).ok()
    }

    fn instant(&self, column: usize) -> Result<Instant, Fault> {
        cell::instant(&self.cell(column))
    }

    fn seconds(&self, column: usize) -> Result<u64, Fault> {
        cell::seconds(&self.cell(column))
    }

    fn count(&self, column: usize) -> Result<u64, Fault> {
        cell::count(&self.cell(column))
    }
}

/// The line of the first character from `start` on that ends no line. Only a faulty row asks, so a second pass is cheap
/// beside counting every line, which the CSV reader does not do exactly where lines are blank or end in CR LF.
fn line_at(bytes: impl BufRead, start: u64) -> io::Result<u64> {
    let mut line = 1;
    for (position, byte) in (0..).zip(bytes.bytes()) {
        match byte? {
            b'\n' => line += 1,
            b'\r' => {}
            _ if position >= start => break,
            _ => {}
        }
    }
    Ok(line)
}

fn fault_of(error: &csv::Error) -> Fault {
    match error.kind() {
        ErrorKind::UnequalLengths { expected_len, len, .. } => Fault::FieldCount { found: *len, header: *expected_len },
        ErrorKind::Io(error) => Fault::Unreadable(error.to_string()),
        _ => Fault::Unreadable(error.to_string()),
    }
}
