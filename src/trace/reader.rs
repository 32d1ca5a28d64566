//! The rows of a trace, a few thousand at a time, checked as they are read.

use jiff::SignedDuration;
use jiff::civil::DateTime;

use crate::unit::{Span, Time};

use super::cell::{EPOCH, Instant};
use super::csv_rows::CsvRows;
use super::file::Kind;
use super::parquet_rows::ParquetRows;
use super::source::RowSource;
use super::{DataFile, Fault, TraceError};

/// Which columns of a trace are read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Columns {
    /// Of arrivals, or of the starts of bins.
    pub arrival: String,
    /// In the order in which [`Rows::values`] holds them.
    pub values: Vec<ValueColumn>,
}

/// A column of something other than times, by name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ValueColumn {
    /// Seconds, read exactly to the nearest nanosecond; at most [`crate::unit::Span::LONGEST`].
    Seconds(String),
    /// A whole number, at most 10^12.
    Count(String),
}

impl ValueColumn {
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            ValueColumn::Seconds(name) | ValueColumn::Count(name) => name,
        }
    }
}

impl Columns {
    /// The arrival column, then the value columns.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        std::iter::once(self.arrival.as_str()).chain(self.values.iter().map(ValueColumn::name))
    }
}

/// Rows as parallel columns.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rows {
    /// Sorted, over calls too. Numbers count seconds from t = 0, date-times from the first row's.
    pub arrival: Vec<Time>,
    /// One vector a [`ValueColumn`], each as long as `arrival`: nanoseconds for seconds, the count for a count.
    pub values: Vec<Vec<u64>>,
}

impl Rows {
    /// The most rows that one call of [`TraceReader::next`] gives.
    pub const CAPACITY: usize = 4096;

    #[must_use]
    pub fn len(&self) -> usize {
        self.arrival.len()
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.arrival.is_empty()
    }

    fn clear(&mut self, values: usize) {
        self.arrival.clear();
        self.values.resize_with(values, Vec::new);
        self.values.iter_mut().for_each(Vec::clear);
    }
}

/// A place in a file's rows that knows how to report what is wrong with the current one.
pub(super) struct RowCursor {
    file: String,
    /// The columns asked for.
    names: Vec<String>,
    pub(super) source: Box<dyn RowSource>,
    /// Rows read, so the number of the current one.
    row: u64,
}

impl RowCursor {
    /// Opens a file, before its first row.
    pub(super) fn open(file: &DataFile, names: &[&str]) -> Result<RowCursor, TraceError> {
        let source: Box<dyn RowSource> = match file.kind()? {
            Kind::Csv(bytes) => Box::new(CsvRows::open(file, bytes, names)?),
            Kind::Parquet(bytes) => Box::new(ParquetRows::open(file, bytes, names)?),
        };
        Ok(RowCursor {
            file: file.written.clone(),
            names: names.iter().map(|&name| name.to_owned()).collect(),
            source,
            row: 0,
        })
    }

    /// Goes to the next row; false at the end.
    pub(super) fn advance(&mut self) -> Result<bool, TraceError> {
        self.row += 1;
        self.source.advance().map_err(|fault| self.error(None, fault))
    }

    /// A fault of the current row, in the column of that number.
    pub(super) fn error(&self, column: Option<usize>, fault: Fault) -> TraceError {
        TraceError {
            file: self.file.clone(),
            row: Some(self.row),
            line: self.source.line(),
            column: column.and_then(|index| self.names.get(index)).cloned(),
            fault: Box::new(fault),
        }
    }
}

/// Streams a trace from its first row to its last.
pub struct TraceReader {
    cursor: RowCursor,
    values: Vec<ValueColumn>,
    /// The width of a row's bin, where a row is one.
    bin: Option<Span>,
    /// The first row's instant and the current one's.
    first: Option<Instant>,
    current: Option<Instant>,
}

impl TraceReader {
    /// Opens a CSV, gzipped CSV or Parquet file, whichever its content says it is.
    ///
    /// # Errors
    /// When the file is missing or unreadable, or lacks a column.
    pub fn open(file: &DataFile, columns: &Columns) -> Result<TraceReader, TraceError> {
        let names: Vec<&str> = columns.names().collect();
        Ok(TraceReader {
            cursor: RowCursor::open(file, &names)?,
            values: columns.values.clone(),
            bin: None,
            first: None,
            current: None,
        })
    }

    /// Opens a file whose rows are bins of that width; their starts (the `arrival` of `columns`) are distinct and
    /// whole numbers of bins after the first. A bin that has no row counts nothing.
    ///
    /// # Errors
    /// As [`TraceReader::open`].
    ///
    /// # Panics
    /// When `bin` is zero.
    pub fn open_bins(file: &DataFile, columns: &Columns, bin: Span) -> Result<TraceReader, TraceError> {
        assert!(bin > Span::ZERO, "a bin has a width");
        Ok(TraceReader { bin: Some(bin), ..TraceReader::open(file, columns)? })
    }

    /// Replaces `rows` with the next ones, at most [`Rows::CAPACITY`]; false and none at the end.
    ///
    /// # Errors
    /// When a cell cannot be read, a time is out of range, or the rows are not sorted by time.
    pub fn next(&mut self, rows: &mut Rows) -> Result<bool, TraceError> {
        rows.clear(self.values.len());
        while rows.len() < Rows::CAPACITY && self.cursor.advance()? {
            let arrival = self.arrival().map_err(|fault| self.cursor.error(Some(0), fault))?;
            rows.arrival.push(arrival);
            for (index, column) in self.values.iter().enumerate() {
                let value = match column {
                    ValueColumn::Seconds(_) => self.cursor.source.seconds(index + 1),
                    ValueColumn::Count(_) => self.cursor.source.count(index + 1),
                };
                rows.values[index].push(value.map_err(|fault| self.cursor.error(Some(index + 1), fault))?);
            }
        }
        Ok(!rows.is_empty())
    }

    /// The current row's time, after the checks on it.
    fn arrival(&mut self) -> Result<Time, Fault> {
        let instant = self.cursor.source.instant(0)?;
        let first = *self.first.get_or_insert(instant);
        let since = match (first, instant) {
            (Instant::Counted(_), Instant::Counted(nanos)) => nanos,
            (Instant::Dated(first), Instant::Dated(nanos)) => nanos - first,
            _ => return Err(Fault::OtherKindOfTime(shown(instant))),
        };
        let above = self.current.replace(instant);
        if let Some(above) = above.filter(|above| instant.nanos() < above.nanos()) {
            return Err(Fault::Unsorted { found: shown(instant), above: shown(above) });
        }
        if let Some(bin) = self.bin {
            if above == Some(instant) {
                return Err(Fault::BinTwice(shown(instant)));
            }
            if (instant.nanos() - first.nanos()) % i128::from(bin.nanos()) != 0 {
                return Err(Fault::BinMisplaced { found: shown(instant), bin: bin.to_string() });
            }
        }
        match u64::try_from(since) {
            Ok(nanos) => Ok(Time::from_nanos(nanos)),
            Err(_) => Err(Fault::TimeOutOfRange(shown(instant))),
        }
    }
}

/// An instant as a file would write it.
fn shown(instant: Instant) -> String {
    match instant {
        Instant::Counted(nanos) => {
            let sign = if nanos < 0 { "-" } else { "" };
            let (seconds, rest) = (nanos.unsigned_abs() / 1_000_000_000, nanos.unsigned_abs() % 1_000_000_000);
            let text = format!("{sign}{seconds}.{rest:09}");
            text.trim_end_matches('0').trim_end_matches('.').to_owned()
        }
        Instant::Dated(nanos) => dated(nanos).map_or_else(|| format!("{nanos} ns after 1970"), |at| at.to_string()),
    }
}

fn dated(nanos: i128) -> Option<DateTime> {
    let seconds = i64::try_from(nanos.div_euclid(1_000_000_000)).ok()?;
    let rest = i32::try_from(nanos.rem_euclid(1_000_000_000)).ok()?;
    EPOCH.checked_add(SignedDuration::new(seconds, rest)).ok()
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::super::Location;
    use super::*;

    fn file(text: &str) -> DataFile {
        embedded(text.as_bytes().to_vec())
    }

    fn embedded(bytes: Vec<u8>) -> DataFile {
        DataFile { written: "trace.csv".to_owned(), location: Location::Embedded(bytes.leak()) }
    }

    fn columns() -> Columns {
        Columns {
            arrival: "at".to_owned(),
            values: vec![ValueColumn::Seconds("service".to_owned()), ValueColumn::Count("tokens".to_owned())],
        }
    }

    fn read(file: &DataFile) -> Result<Rows, TraceError> {
        let mut reader = TraceReader::open(file, &columns())?;
        let (mut all, mut rows) = (Rows::default(), Rows::default());
        all.clear(2);
        while reader.next(&mut rows)? {
            all.arrival.append(&mut rows.arrival);
            for (all, values) in all.values.iter_mut().zip(&mut rows.values) {
                all.append(values);
            }
        }
        Ok(all)
    }

    fn nanos(rows: &Rows) -> Vec<u64> {
        rows.arrival.iter().map(|at| at.nanos()).collect()
    }

    #[test]
    fn columns_are_found_by_name_and_numbers_read_exactly() {
        let rows = read(&file("\u{feff}tokens, at ,other,service\n3,0.1,x,0.25\n4,700192.123456789,y,1e-3\n")).unwrap();
        assert_eq!(nanos(&rows), [100_000_000, 700_192_123_456_789]);
        assert_eq!(rows.values, [vec![250_000_000, 1_000_000], vec![3, 4]]);
    }

    #[test]
    fn date_times_count_from_the_first_row() {
        let text = "at,service,tokens\n2023-11-16 23:59:59.5,1,1\n2023-11-17T00:00:01Z,1,1\n";
        assert_eq!(nanos(&read(&file(text)).unwrap()), [0, 1_500_000_000]);
    }

    #[test]
    fn a_long_trace_comes_in_pieces_that_join_to_the_whole() {
        let count = 3 * Rows::CAPACITY + 5;
        let mut text = String::from("at,service,tokens\n");
        (0..count).for_each(|row| text.push_str(&format!("{row},1,{row}\n")));
        let member = |part: &str| {
            let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
            encoder.write_all(part.as_bytes()).unwrap();
            encoder.finish().unwrap()
        };
        let (start, end) = text.split_at(text.len() / 2);
        // Gzip files may be joined of several members, as log shippers do.
        let zipped = [member(start), member(end)].concat();
        let rows = read(&embedded(zipped)).unwrap();
        assert_eq!(rows.len(), count);
        assert_eq!(rows, read(&file(&text)).unwrap());
    }

    #[test]
    fn bins_may_be_missing() {
        let bins = file("at,service,tokens\n60,0,1\n180,0,2\n");
        let mut reader = TraceReader::open_bins(&bins, &columns(), Span::MINUTE).unwrap();
        let mut rows = Rows::default();
        assert_eq!(reader.next(&mut rows), Ok(true));
        assert_eq!(nanos(&rows), [60_000_000_000, 180_000_000_000]);
    }

    #[test]
    fn fails_at_the_row_and_column_at_fault() {
        let cases = [
            ("at,service,tokens\n1,1,1\n\n0.5,1,1\n", "trace.csv: row 2 (line 4), column `at`: found `0.5` after `1`"),
            ("at,service,tokens\n1,1,x\n", "row 1 (line 2), column `tokens`: found `x`"),
            ("at,service,tokens\n1,-1,1\n", "row 1 (line 2), column `service`: found `-1`"),
            ("at,service,tokens\n-1,1,1\n", "row 1 (line 2), column `at`: found `-1`"),
            ("at,service,tokens\n1,1,1\n2026-01-05 00:00:00,1,1\n", "found `2026-01-05T00:00:00`"),
            ("at,service,tokens\n1,1\n", "row 1 (line 2): found 2 fields under a header of 3"),
            ("at,service,token\n1,1,1\n", "column `tokens`: found only the columns"),
            ("at,at,service,tokens\n1,1,1,1\n", "found two columns of that name"),
            ("at,service,tokens\n1,,1\n", "column `service`: found an empty cell"),
        ];
        for (text, message) in cases {
            let error = read(&file(text)).unwrap_err().to_string();
            assert!(error.contains(message), "{error}\n{message}");
        }
    }

    #[test]
    fn fails_on_bins_that_are_not_whole_bins_apart() {
        for (text, fault) in [
            ("at,service,tokens\n0,0,1\n90,0,2\n", "found `90`"),
            ("at,service,tokens\n0,0,1\n0,0,2\n", "found `0`, expected each bin once"),
        ] {
            let mut reader = TraceReader::open_bins(&file(text), &columns(), Span::MINUTE).unwrap();
            let error = reader.next(&mut Rows::default()).unwrap_err().to_string();
            assert!(error.contains(fault), "{error}");
        }
    }

    #[test]
    fn fails_on_damaged_archives_without_a_panic() {
        for bytes in [b"PAR1".to_vec(), b"PAR1\x00\x00\x00\x00PAR1".to_vec(), vec![0x1f, 0x8b, 8], vec![0xff; 100]] {
            assert!(read(&embedded(bytes)).is_err());
        }
    }
}
