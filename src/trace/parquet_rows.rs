//! Rows of a Parquet file, one row group in memory at a time.

use std::io::{Cursor, Read, SeekFrom};
use std::panic::{AssertUnwindSafe, catch_unwind};

use polars_arrow::array::{Array, PrimitiveArray, Utf8Array, Utf8ViewArray};
use polars_arrow::datatypes::{ArrowDataType, ArrowSchemaRef, Field, TimeUnit};
use polars_arrow::types::NativeType;
use polars_buffer::Buffer;
use polars_parquet::parquet::page::CompressedPage;
use polars_parquet::read::{
    BasicDecompressor, ColumnChunkMetadata, FileMetadata, PageReader, column_iter_to_arrays, infer_schema,
    read_metadata,
};

use super::cell::{self, Instant};
use super::file::ReadSeek;
use super::source::RowSource;
use super::{DataFile, Fault, TraceError};

/// A Parquet file. Its row groups are read whole: the writers' defaults are a million rows at most.
pub(super) struct ParquetRows {
    bytes: Box<dyn ReadSeek>,
    length: u64,
    metadata: FileMetadata,
    fields: Vec<Field>,
    /// The row group to be read next.
    next_group: usize,
    /// The columns asked for in the current row group.
    columns: Vec<Column>,
    rows: usize,
    /// The current row in the current group.
    row: usize,
}

/// One column of a row group.
enum Column {
    Integers(Vec<Option<i64>>),
    /// Each stands for the shortest decimal that names it, which is what a CSV export would hold.
    Floats(Vec<Option<f64>>),
    Texts(Vec<Option<Box<str>>>),
    /// Nanoseconds since 1970.
    Times(Vec<Option<i128>>),
}

impl ParquetRows {
    pub(super) fn open(
        file: &DataFile,
        mut bytes: Box<dyn ReadSeek>,
        columns: &[&str],
    ) -> Result<ParquetRows, TraceError> {
        let fault = |fault| TraceError::of_file(&file.written, fault);
        let (metadata, schema) = read_schema(&mut bytes).map_err(fault)?;
        let names: Vec<String> = schema.iter_values().map(|field| field.name.to_string()).collect();
        let mut fields = Vec::new();
        for name in columns {
            let index = file.find_column(&names, name)?;
            let Some((_, field)) = schema.get_at_index(index) else {
                continue;
            };
            if !is_readable(&field.dtype) {
                let mut error = fault(Fault::ColumnType(format!("{:?}", field.dtype)));
                error.column = Some((*name).to_owned());
                return Err(error);
            }
            fields.push(field.clone());
        }
        let length = bytes.seek(SeekFrom::End(0)).map_err(|error| fault(Fault::Unreadable(error.to_string())))?;
        Ok(ParquetRows { bytes, length, metadata, fields, next_group: 0, columns: Vec::new(), rows: 0, row: 0 })
    }

    /// Replaces the columns with those of the next row group; false at the end of the file.
    fn read_group(&mut self) -> Result<bool, Fault> {
        let Some(group) = self.metadata.row_groups.get(self.next_group) else {
            return Ok(false);
        };
        self.next_group += 1;
        self.columns.clear();
        self.row = 0;
        self.rows = group.num_rows();
        for field in &self.fields {
            let mut chunks = group
                .columns_under_root_iter(&field.name)
                .ok_or_else(|| Fault::Unreadable(format!("a row group lacks the column {}", field.name)))?;
            let chunk = match (chunks.next(), chunks.next()) {
                (Some(chunk), None) => chunk,
                _ => return Err(Fault::ColumnType("a nested type".to_owned())),
            };
            let arrays = read_chunk(&mut self.bytes, self.length, chunk, self.rows, field)?;
            let column = Column::of(&field.dtype, &arrays)?;
            if column.len() != self.rows {
                return Err(Fault::Unreadable(format!(
                    "the column {} has another length than its row group",
                    field.name
                )));
            }
            self.columns.push(column);
        }
        Ok(true)
    }
}

impl RowSource for ParquetRows {
    fn advance(&mut self) -> Result<bool, Fault> {
        self.row += 1;
        while self.row >= self.rows {
            if !self.read_group()? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn line(&self) -> Option<u64> {
        None
    }

    fn instant(&self, column: usize) -> Result<Instant, Fault> {
        match &self.columns[column] {
            Column::Times(times) => match times[self.row] {
                Some(nanos) => Ok(Instant::Dated(nanos)),
                None => Err(Fault::NotATime(String::new())),
            },
            Column::Integers(numbers) => match numbers[self.row] {
                Some(seconds) => Ok(Instant::Counted(i128::from(seconds) * 1_000_000_000)),
                None => Err(Fault::NotATime(String::new())),
            },
            Column::Floats(values) => match values[self.row].and_then(short_decimal) {
                Some(nanos) => Ok(Instant::Counted(i128::from(nanos))),
                None => cell::instant(&self.columns[column].text(self.row)),
            },
            Column::Texts(texts) => cell::instant(texts[self.row].as_deref().unwrap_or_default()),
        }
    }

    fn seconds(&self, column: usize) -> Result<u64, Fault> {
        if let Column::Floats(values) = &self.columns[column]
            && let Some(nanos) = values[self.row].and_then(short_decimal)
        {
            return Ok(nanos);
        }
        cell::seconds(&self.columns[column].text(self.row))
    }

    fn count(&self, column: usize) -> Result<u64, Fault> {
        cell::count(&self.columns[column].text(self.row))
    }
}

impl Column {
    fn len(&self) -> usize {
        match self {
            Column::Integers(values) => values.len(),
            Column::Floats(values) => values.len(),
            Column::Texts(values) => values.len(),
            Column::Times(values) => values.len(),
        }
    }

    /// A cell as text, empty where there is none.
    fn text(&self, row: usize) -> String {
        match self {
            Column::Integers(values) => values[row].map(|value| value.to_string()),
            Column::Floats(values) => values[row].map(|value| value.to_string()),
            Column::Texts(values) => values[row].as_deref().map(str::to_owned),
            Column::Times(values) => values[row].map(|nanos| format!("{nanos} ns after 1970")),
        }
        .unwrap_or_default()
    }

    fn of(dtype: &ArrowDataType, arrays: &[Box<dyn Array>]) -> Result<Column, Fault> {
        use ArrowDataType as T;
        Ok(match dtype {
            T::Int8 => integers::<i8>(arrays)?,
            T::Int16 => integers::<i16>(arrays)?,
            T::Int32 => integers::<i32>(arrays)?,
            T::Int64 => integers::<i64>(arrays)?,
            T::UInt8 => integers::<u8>(arrays)?,
            T::UInt16 => integers::<u16>(arrays)?,
            T::UInt32 => integers::<u32>(arrays)?,
            T::UInt64 => Column::Texts(primitives::<u64, _>(arrays, |value| value.to_string().into())?),
            T::Float32 => Column::Texts(primitives::<f32, _>(arrays, |value| value.to_string().into())?),
            T::Float64 => Column::Floats(primitives::<f64, _>(arrays, |value| value)?),
            T::Date32 => times::<i32>(arrays, 86_400_000_000_000)?,
            T::Date64 => times::<i64>(arrays, 1_000_000)?,
            T::Timestamp(unit, _) => times::<i64>(
                arrays,
                match unit {
                    TimeUnit::Second => 1_000_000_000,
                    TimeUnit::Millisecond => 1_000_000,
                    TimeUnit::Microsecond => 1_000,
                    TimeUnit::Nanosecond => 1,
                },
            )?,
            T::Utf8 | T::LargeUtf8 | T::Utf8View => Column::Texts(texts(arrays)?),
            other => return Err(Fault::ColumnType(format!("{other:?}"))),
        })
    }
}

/// The nanoseconds of seconds whose shortest decimal has at most 15 digits, at most nine of them after the point; `None`
/// otherwise. Two decimals of at most 15 digits never name the same float, so the one found here is the shortest.
fn short_decimal(seconds: f64) -> Option<u64> {
    const SHORT: f64 = 1e15;
    let nanos = (seconds * 1e9 + 0.5).trunc();
    ((0.0..SHORT).contains(&nanos) && nanos / 1e9 == seconds).then_some(nanos as u64)
}

fn is_readable(dtype: &ArrowDataType) -> bool {
    Column::of(dtype, &[]).is_ok()
}

fn unexpected_array() -> Fault {
    Fault::Unreadable("a column is not of the type that the file says".to_owned())
}

fn primitives<T: NativeType, U>(arrays: &[Box<dyn Array>], convert: impl Fn(T) -> U) -> Result<Vec<Option<U>>, Fault> {
    let mut values = Vec::new();
    for array in arrays {
        let array: &PrimitiveArray<T> = array.as_any().downcast_ref().ok_or_else(unexpected_array)?;
        values.extend(array.iter().map(|value| value.map(|&value| convert(value))));
    }
    Ok(values)
}

fn integers<T: NativeType + Into<i64>>(arrays: &[Box<dyn Array>]) -> Result<Column, Fault> {
    Ok(Column::Integers(primitives::<T, _>(arrays, Into::into)?))
}

fn times<T: NativeType + Into<i128>>(arrays: &[Box<dyn Array>], nanos: i128) -> Result<Column, Fault> {
    Ok(Column::Times(primitives::<T, _>(arrays, |value| value.into() * nanos)?))
}

fn texts(arrays: &[Box<dyn Array>]) -> Result<Vec<Option<Box<str>>>, Fault> {
    let mut values = Vec::new();
    let trimmed = |text: Option<&str>| text.map(|text| text.trim().into());
    for array in arrays {
        let array = array.as_any();
        if let Some(array) = array.downcast_ref::<Utf8ViewArray>() {
            values.extend(array.iter().map(trimmed));
        } else if let Some(array) = array.downcast_ref::<Utf8Array<i64>>() {
            values.extend(array.iter().map(trimmed));
        } else if let Some(array) = array.downcast_ref::<Utf8Array<i32>>() {
            values.extend(array.iter().map(trimmed));
        } else {
            return Err(unexpected_array());
        }
    }
    Ok(values)
}

fn read_schema(bytes: &mut Box<dyn ReadSeek>) -> Result<(FileMetadata, ArrowSchemaRef), Fault> {
    guarded(|| {
        let metadata = read_metadata(bytes).map_err(|error| Fault::Unreadable(error.to_string()))?;
        let schema = infer_schema(&metadata).map_err(|error| Fault::Unreadable(error.to_string()))?;
        Ok((metadata, schema.into()))
    })
}

fn read_chunk(
    bytes: &mut Box<dyn ReadSeek>,
    length: u64,
    chunk: &ColumnChunkMetadata,
    rows: usize,
    field: &Field,
) -> Result<Vec<Box<dyn Array>>, Fault> {
    guarded(|| {
        let unreadable = |reason: &dyn std::fmt::Display| Fault::Unreadable(reason.to_string());
        let range = chunk.byte_range();
        if range.end > length {
            return Err(Fault::Unreadable("it ends before a column does".to_owned()));
        }
        let mut compressed = Vec::new();
        bytes.seek(SeekFrom::Start(range.start)).map_err(|error| unreadable(&error))?;
        bytes
            .by_ref()
            .take(range.end - range.start)
            .read_to_end(&mut compressed)
            .map_err(|error| unreadable(&error))?;
        let compressed = Buffer::from_vec(compressed);
        check_pages(compressed.clone(), chunk, rows)?;
        let pages = PageReader::new(Cursor::new(compressed), chunk, Vec::new(), LARGEST_PAGE);
        let column = BasicDecompressor::new(pages, Vec::new());
        let types = vec![&chunk.descriptor().descriptor.primitive_type];
        let (arrays, _) =
            column_iter_to_arrays(vec![column], types, field.clone(), None).map_err(|error| unreadable(&error))?;
        Ok(arrays)
    })
}

/// Checks what the headers of a chunk's pages say of their sizes, which the decoder allocates without a question.
fn check_pages(compressed: Buffer<u8>, chunk: &ColumnChunkMetadata, rows: usize) -> Result<(), Fault> {
    let damaged = || Fault::Unreadable("a page of it has an impossible size".to_owned());
    let mut values = 0_usize;
    for page in PageReader::new(Cursor::new(compressed), chunk, Vec::new(), LARGEST_PAGE) {
        let size = match page.map_err(|_| damaged())? {
            CompressedPage::Data(page) => {
                values = values.checked_add(page.num_values()).ok_or_else(damaged)?;
                page.uncompressed_size()
            }
            CompressedPage::Dict(_) => 0,
        };
        if size > LARGEST_PAGE || values > rows {
            return Err(damaged());
        }
    }
    if values == rows { Ok(()) } else { Err(damaged()) }
}

/// Writers aim at a megabyte a page.
const LARGEST_PAGE: usize = 1 << 28;

/// The Parquet decoder panics on some damaged files; to a user that is a file that cannot be read.
fn guarded<T>(read: impl FnOnce() -> Result<T, Fault>) -> Result<T, Fault> {
    catch_unwind(AssertUnwindSafe(read))
        .unwrap_or_else(|_| Err(Fault::Unreadable("its Parquet encoding is damaged".to_owned())))
}

#[cfg(test)]
mod tests {
    use polars::prelude::{Column, DataFrame};
    use polars_io::parquet::write::ParquetWriter;

    use super::super::{Columns, Location, Rows, TraceReader, ValueColumn};
    use super::*;

    const ROWS: usize = 10_000;

    /// A Parquet file with row groups of 3,000 rows.
    fn parquet(columns: Vec<Column>) -> DataFile {
        let mut frame = DataFrame::new(columns[0].len(), columns).unwrap();
        let mut bytes = Vec::new();
        ParquetWriter::new(&mut bytes).with_row_group_size(Some(3_000)).finish(&mut frame).unwrap();
        DataFile { written: "trace.parquet".to_owned(), location: Location::Embedded(bytes.leak()) }
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
        all.values = vec![Vec::new(), Vec::new()];
        while reader.next(&mut rows)? {
            all.arrival.append(&mut rows.arrival);
            for (all, values) in all.values.iter_mut().zip(&mut rows.values) {
                all.append(values);
            }
        }
        Ok(all)
    }

    #[test]
    fn a_file_of_several_row_groups_reads_as_its_csv_export_does() {
        let at: Vec<f64> = (0..ROWS).map(|row| row as f64 / 10.0).collect();
        let service: Vec<f32> = (0..ROWS).map(|row| row as f32 / 1e3).collect();
        let tokens: Vec<u32> = (0..ROWS as u32).collect();
        let mut text = String::from("at,service,tokens\n");
        for ((at, service), tokens) in at.iter().zip(&service).zip(&tokens) {
            text.push_str(&format!("{at},{service},{tokens}\n"));
        }
        let csv = DataFile { written: "trace.csv".to_owned(), location: Location::Embedded(text.into_bytes().leak()) };
        let file = parquet(vec![
            Column::new("tokens".into(), &tokens),
            Column::new("at".into(), &at),
            Column::new("service".into(), &service),
        ]);
        assert_eq!(read(&file), read(&csv));
    }

    #[test]
    fn floats_are_read_as_the_shortest_decimal_that_names_them() {
        let mut value = 0.1_f64;
        for step in 0..100_000_u32 {
            let written: String = value.to_string();
            let through_text = cell::seconds(&written).ok();
            if let Some(nanos) = short_decimal(value) {
                assert_eq!(Some(nanos), through_text, "{written}");
            }
            value = match step % 4 {
                0 => (value * 1e9).trunc() / 1e9,
                1 => value * 1.7,
                2 => f64::from_bits(value.to_bits() + 1),
                _ if value > 2e5 => value / 3e7,
                _ => value,
            };
        }
        assert_eq!(short_decimal(0.3), Some(300_000_000));
        assert_eq!(short_decimal(0.1 + 0.2), None);
        assert_eq!(short_decimal(f64::NAN), None);
    }

    #[test]
    fn integers_are_seconds_and_texts_are_read_as_in_a_csv_file() {
        let file = parquet(vec![
            Column::new("at".into(), ["2026-01-05 00:00:00", "2026-01-05 00:00:01.5"]),
            Column::new("service".into(), [3_i64, 4]),
            Column::new("tokens".into(), ["5", "6"]),
        ]);
        let rows = read(&file).unwrap();
        assert_eq!(rows.arrival[1].nanos(), 1_500_000_000);
        assert_eq!(rows.values, [vec![3_000_000_000, 4_000_000_000], vec![5, 6]]);
    }

    #[test]
    fn fails_at_the_row_and_column_at_fault() {
        let numbers = || Column::new("service".into(), [1.0, 1.0]);
        let tokens = || Column::new("tokens".into(), [1_i64, 1]);
        let cases = [
            (
                vec![Column::new("at".into(), [2.0, 1.5]), numbers(), tokens()],
                "trace.parquet: row 2, column `at`: found `1.5` after `2`",
            ),
            (
                vec![Column::new("at".into(), [Some(2.0), None]), numbers(), tokens()],
                "row 2, column `at`: found an empty cell",
            ),
            (
                vec![Column::new("at".into(), [1.0, 2.0]), numbers(), Column::new("tokens".into(), [1.5, 1.0])],
                "row 1, column `tokens`: found `1.5`",
            ),
            (
                vec![Column::new("at".into(), [true, true]), numbers(), tokens()],
                "column `at`: found a column of Boolean",
            ),
        ];
        for (columns, message) in cases {
            let error = read(&parquet(columns)).unwrap_err().to_string();
            assert!(error.contains(message), "{error}\n{message}");
        }
    }

    #[test]
    fn fails_on_damaged_files_without_a_panic() {
        let at: Vec<f64> = (0..ROWS).map(|row| row as f64).collect();
        let tokens: Vec<i64> = (0..ROWS as i64).collect();
        let file = parquet(vec![
            Column::new("at".into(), &at),
            Column::new("service".into(), &at),
            Column::new("tokens".into(), &tokens),
        ]);
        let Location::Embedded(bytes) = file.location else {
            panic!("the file is in memory");
        };
        const DAMAGES: usize = 500;
        for place in (0..bytes.len()).step_by(bytes.len() / DAMAGES) {
            let mut damaged = bytes.to_vec();
            damaged[place] ^= 0x55;
            // Some damage only changes a value: what matters is that reading comes back.
            let _ =
                read(&DataFile { written: "trace.parquet".to_owned(), location: Location::Embedded(damaged.leak()) });
        }
    }
}
