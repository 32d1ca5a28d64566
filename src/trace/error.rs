//! What may be wrong with a recorded file.

use std::fmt;

/// A recorded file that cannot be used: where, what was found, what was expected, and the mend.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TraceError {
    /// The file as the scenario writes it.
    pub file: String,
    /// The data row, from 1; the header is not counted.
    pub row: Option<u64>,
    /// The line of a text file, from 1.
    pub line: Option<u64>,
    pub column: Option<String>,
    pub fault: Box<Fault>,
}

/// One condition that a recorded file violates.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Nobody waits any more for what is made of it.
    GivenUp,
    /// The file does not exist.
    Missing,
    /// The file exists and cannot be read: its permissions, a folder, a damaged archive.
    Unreadable(String),
    /// The file holds no rows.
    Empty,
    /// No column has the name; `nearest` is the one that comes closest.
    NoColumn { columns: Vec<String>, nearest: Option<String> },
    /// Two columns have the name.
    ColumnTwice,
    /// A row has another number of fields than the header.
    FieldCount { found: u64, header: u64 },
    /// A cell that should hold a time.
    NotATime(String),
    /// A time of another kind than the first row's: a number among date-times, or the other way round.
    OtherKindOfTime(String),
    /// A time before t = 0 or before the first row's, or past the end of the clock.
    TimeOutOfRange(String),
    /// A time before the row above.
    Unsorted { found: String, above: String },
    /// A cell that should hold seconds of service.
    NotSeconds(String),
    /// A cell that should hold a count.
    NotACount(String),
    /// The column's type in a Parquet file cannot be read as what is asked for.
    ColumnType(String),
    /// More values than an empirical distribution keeps.
    TooManyValues { most: usize },
    /// A bin's start that is another one's.
    BinTwice(String),
    /// A bin's start that is not a whole number of bins after the first.
    BinMisplaced { found: String, bin: String },
}

impl TraceError {
    pub(super) fn of_file(file: &str, fault: Fault) -> TraceError {
        TraceError { file: file.to_owned(), row: None, line: None, column: None, fault: Box::new(fault) }
    }

    /// A simulation that was ended before its time, because nobody waits for it.
    #[must_use]
    pub fn given_up() -> TraceError {
        TraceError::of_file("the simulation", Fault::GivenUp)
    }

    #[must_use]
    pub fn is_given_up(&self) -> bool {
        *self.fault == Fault::GivenUp
    }

    /// Where in the file: `row 3 (line 4), column "arrival_s"`.
    #[must_use]
    pub fn place(&self) -> Option<String> {
        let row = self.row.map(|row| match self.line {
            Some(line) => format!("row {row} (line {line})"),
            None => format!("row {row}"),
        });
        let column = self.column.as_ref().map(|column| format!("column `{column}`"));
        let parts: Vec<String> = row.into_iter().chain(column).collect();
        (!parts.is_empty()).then(|| parts.join(", "))
    }

    /// What was found.
    #[must_use]
    pub fn found(&self) -> String {
        match &*self.fault {
            Fault::GivenUp => "nobody who waits for the answer".to_owned(),
            Fault::Missing => "no such file".to_owned(),
            Fault::Unreadable(reason) => format!("a file that cannot be read: {reason}"),
            Fault::Empty => "no rows".to_owned(),
            Fault::NoColumn { columns, .. } if columns.is_empty() => "no header".to_owned(),
            Fault::NoColumn { columns, .. } => format!("only the columns {}", listed(columns)),
            Fault::ColumnTwice => "two columns of that name".to_owned(),
            Fault::FieldCount { found, header } => format!("{found} fields under a header of {header}"),
            Fault::Unsorted { found, above } => format!("`{found}` after `{above}`"),
            Fault::ColumnType(found) => format!("a column of {found}"),
            Fault::TooManyValues { most } => format!("more than {most} values"),
            Fault::NotATime(found)
            | Fault::OtherKindOfTime(found)
            | Fault::TimeOutOfRange(found)
            | Fault::NotSeconds(found)
            | Fault::NotACount(found)
            | Fault::BinTwice(found)
            | Fault::BinMisplaced { found, .. } => match found.is_empty() {
                true => "an empty cell".to_owned(),
                false => format!("`{found}`"),
            },
        }
    }

    /// What was expected.
    #[must_use]
    pub fn expected(&self) -> String {
        match &*self.fault {
            Fault::GivenUp => "somebody who does".to_owned(),
            Fault::Missing | Fault::Unreadable(_) => "a CSV, gzipped CSV or Parquet file".to_owned(),
            Fault::Empty => "at least one row under the header".to_owned(),
            Fault::NoColumn { .. } => "a column of that name".to_owned(),
            Fault::ColumnTwice => "one column of that name".to_owned(),
            Fault::FieldCount { .. } => "as many fields as the header has".to_owned(),
            Fault::NotATime(_) => "seconds from t = 0, or a date and time".to_owned(),
            Fault::OtherKindOfTime(_) => "the same kind of time as in the first row".to_owned(),
            Fault::TimeOutOfRange(_) => "a time from t = 0 on, within 584 years".to_owned(),
            Fault::Unsorted { .. } => "rows sorted by time".to_owned(),
            Fault::NotSeconds(_) => "seconds, from 0 to ten years".to_owned(),
            Fault::NotACount(_) => "a whole number from 0 to 1,000,000,000,000".to_owned(),
            Fault::ColumnType(_) => "numbers, or text; for times also timestamps and dates".to_owned(),
            Fault::TooManyValues { most } => format!("at most {most} values to draw from"),
            Fault::BinTwice(_) => "each bin once".to_owned(),
            Fault::BinMisplaced { bin, .. } => format!("a whole number of bins of {bin} after the first"),
        }
    }

    /// What to do.
    #[must_use]
    pub fn mend(&self) -> String {
        match &*self.fault {
            Fault::GivenUp => "ask again".to_owned(),
            Fault::Missing => "write the path relative to the scenario's folder".to_owned(),
            Fault::Unreadable(_) => "check the file; its kind is recognised by its content".to_owned(),
            Fault::Empty => "export the trace again, or name another file".to_owned(),
            Fault::NoColumn { nearest: Some(nearest), .. } => format!("did you mean `{nearest}`?"),
            Fault::NoColumn { .. } => "name a column of the header, its first line".to_owned(),
            Fault::ColumnTwice => "rename one of them".to_owned(),
            Fault::FieldCount { .. } => "separate fields with commas, and quote those that hold one".to_owned(),
            Fault::NotATime(_) => "write 12.5 or 2026-01-05 00:00:12.5".to_owned(),
            Fault::OtherKindOfTime(_) => "write all rows as seconds, or all as date-times".to_owned(),
            Fault::TimeOutOfRange(_) => "count seconds from the start of the trace".to_owned(),
            Fault::Unsorted { .. } => "sort the file by this column".to_owned(),
            Fault::NotSeconds(_) => "write seconds without a unit, such as 0.25".to_owned(),
            Fault::NotACount(_) => "write a whole number, such as 374".to_owned(),
            Fault::ColumnType(_) => "name another column, or export this one as numbers".to_owned(),
            Fault::TooManyValues { .. } => "take a random sample of the rows".to_owned(),
            Fault::BinTwice(_) => "add the counts of rows that have the same start".to_owned(),
            Fault::BinMisplaced { .. } => "write the width of the file's bins as `bin`".to_owned(),
        }
    }
}

fn listed(columns: &[String]) -> String {
    const SHOWN: usize = 8;
    let mut names: Vec<String> = columns.iter().take(SHOWN).map(|name| format!("`{name}`")).collect();
    if columns.len() > SHOWN {
        names.push(format!("and {} more", columns.len() - SHOWN));
    }
    names.join(", ")
}

impl fmt::Display for TraceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.file)?;
        if let Some(place) = self.place() {
            write!(f, "{place}: ")?;
        }
        write!(f, "found {}, expected {}; {}", self.found(), self.expected(), self.mend())
    }
}

impl std::error::Error for TraceError {}
