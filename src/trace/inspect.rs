//! One pass over a recorded file before anything is simulated: every row is read and checked.

use std::sync::Arc;

use crate::unit::{Span, Time};

use super::reader::RowCursor;
use super::{DataFile, Fault, Rows, TraceError, TraceReader};

/// The most values that an empirical distribution is drawn from.
const MOST_VALUES: usize = 1_000_000;

/// What a pass over a trace tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TraceSummary {
    /// At least 1.
    pub rows: u64,
    /// The first row's time and the last one's.
    pub first: Time,
    pub last: Time,
    /// The rows that the pass was asked to count.
    pub counted: u64,
}

/// Reads every remaining row of a trace once, and counts those whose time `counts` says so of.
///
/// # Errors
/// When the file is empty, or a row is not as it should be.
pub fn inspect(
    file: &DataFile,
    mut reader: TraceReader,
    counts: impl Fn(Time) -> bool,
) -> Result<TraceSummary, TraceError> {
    let mut rows = Rows::default();
    let mut summary: Option<TraceSummary> = None;
    while reader.next(&mut rows)? {
        let (Some(&first), Some(&last)) = (rows.arrival.first(), rows.arrival.last()) else {
            break;
        };
        let before = summary.unwrap_or(TraceSummary { rows: 0, first, last, counted: 0 });
        summary = Some(TraceSummary {
            rows: before.rows + rows.len() as u64,
            first: before.first,
            last,
            counted: before.counted + rows.arrival.iter().filter(|&&arrival| counts(arrival)).count() as u64,
        });
    }
    summary.ok_or_else(|| TraceError::of_file(&file.written, Fault::Empty))
}

/// All values of one column of seconds.
///
/// # Errors
/// When the file is missing, unreadable or empty, lacks the column, a cell is not seconds, or there are more than a million.
pub fn read_seconds(file: &DataFile, column: &str) -> Result<Arc<[Span]>, TraceError> {
    let mut cursor = RowCursor::open(file, &[column])?;
    let mut values = Vec::new();
    while cursor.advance()? {
        if values.len() == MOST_VALUES {
            return Err(cursor.error(Some(0), Fault::TooManyValues { most: MOST_VALUES }));
        }
        let nanos = cursor.source.seconds(0).map_err(|fault| cursor.error(Some(0), fault))?;
        values.push(Span::from_nanos(nanos));
    }
    if values.is_empty() {
        return Err(TraceError::of_file(&file.written, Fault::Empty));
    }
    Ok(values.into())
}
