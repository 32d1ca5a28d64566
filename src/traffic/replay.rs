//! Recorded traffic, replayed: its rows in simulated time, again and again where it repeats.

use crate::scenario::{Trace, TraceLayout};
use crate::trace::{Columns, Rows, TraceError, TraceReader, ValueColumn};
use crate::unit::{Span, Time};

use super::poisson::{Piece, Pieces};
use super::process::ArrivalProcess;
use super::shape::Segment;

/// The rows of a trace, a few thousand of them in memory.
pub(super) struct ReplayedRows {
    trace: Trace,
    columns: Columns,
    reader: TraceReader,
    rows: Rows,
    /// The next row in `rows`.
    next: usize,
    /// What has passed of recorded time before the current copy of the trace.
    passed: u128,
    /// Whether the current copy has had a row.
    has_rows: bool,
    horizon: Time,
}

/// A row in simulated time.
#[derive(Clone, Copy, Debug)]
pub(super) struct Row {
    /// Recorded time from the beginning of the first copy, in nanoseconds.
    recorded: u128,
    pub(super) at: Time,
    /// Of the current [`Rows`].
    pub(super) index: usize,
}

impl ReplayedRows {
    /// `values` are the columns to be read besides the arrival, or the bin's start.
    pub(super) fn open(trace: &Trace, values: Vec<ValueColumn>, horizon: Time) -> Result<ReplayedRows, TraceError> {
        let (TraceLayout::Requests { arrival: column } | TraceLayout::Counts { start: column, .. }) = &trace.layout;
        let columns = Columns { arrival: column.clone(), values };
        Ok(ReplayedRows {
            reader: open_reader(trace, &columns)?,
            trace: trace.clone(),
            columns,
            rows: Rows::default(),
            next: 0,
            passed: 0,
            has_rows: false,
            horizon,
        })
    }

    /// The next row before the horizon.
    #[inline]
    pub(super) fn next_row(&mut self) -> Result<Option<Row>, TraceError> {
        if self.next == self.rows.len() && !self.read_on()? {
            return Ok(None);
        }
        let recorded = self.passed + u128::from(self.rows.arrival[self.next].nanos());
        // Past the end of the clock is past the horizon; the rows are sorted, so this is the end, also when asked again.
        let Some(at) = self.trace.replayed(recorded).filter(|&at| at < self.horizon) else {
            return Ok(None);
        };
        let row = Row { recorded, at, index: self.next };
        self.next += 1;
        Ok(Some(row))
    }

    /// What a value column holds in a row just returned.
    #[inline]
    pub(super) fn value(&self, column: usize, row: Row) -> u64 {
        self.rows.values[column][row.index]
    }

    /// Reads more rows, from the beginning where the trace repeats; false at the end.
    fn read_on(&mut self) -> Result<bool, TraceError> {
        self.next = 0;
        if self.reader.next(&mut self.rows)? {
            self.has_rows = true;
            return Ok(true);
        }
        if !self.trace.repeat || !self.has_rows {
            return Ok(false);
        }
        self.reader = open_reader(&self.trace, &self.columns)?;
        self.passed += u128::from(self.trace.period.nanos());
        self.has_rows = self.reader.next(&mut self.rows)?;
        Ok(self.has_rows)
    }
}

fn open_reader(trace: &Trace, columns: &Columns) -> Result<TraceReader, TraceError> {
    match trace.layout {
        TraceLayout::Requests { .. } => TraceReader::open(&trace.file, columns),
        TraceLayout::Counts { bin, .. } => TraceReader::open_bins(&trace.file, columns, bin),
    }
}

/// One row a request, of which only the arrival counts.
impl ArrivalProcess for ReplayedRows {
    fn fill(&mut self, count: usize, out: &mut Vec<Time>) -> Result<(), TraceError> {
        for _ in 0..count {
            let Some(row) = self.next_row()? else { break };
            out.push(row.at);
        }
        Ok(())
    }
}

/// One row a bin: a Poisson process with the rate count / bin.
pub(super) struct ReplayedBins {
    rows: ReplayedRows,
    bin: Span,
}

impl ReplayedBins {
    pub(super) fn open(trace: &Trace, count: &str, bin: Span, horizon: Time) -> Result<ReplayedBins, TraceError> {
        let rows = ReplayedRows::open(trace, vec![ValueColumn::Count(count.to_owned())], horizon)?;
        Ok(ReplayedBins { rows, bin })
    }

    /// The next bin before the horizon, as a stretch of simulated time with one rate.
    pub(super) fn next_bin(&mut self) -> Result<Option<Segment>, TraceError> {
        let Some(row) = self.rows.next_row()? else {
            return Ok(None);
        };
        let trace = &self.rows.trace;
        let horizon = self.rows.horizon;
        let end = trace.replayed(row.recorded + u128::from(self.bin.nanos()));
        let end = end.map_or(horizon, |end| end.min(horizon));
        let length = self.bin.nanos() as f64 * (Trace::AS_RECORDED as f64 / trace.speed_billionths as f64);
        let rate = self.rows.value(0, row) as f64 * trace.volume.value() / length;
        Ok(Some(Segment::level(row.at.nanos(), end.nanos(), rate)))
    }
}

impl Pieces for ReplayedBins {
    fn next_piece(&mut self) -> Result<Option<Piece>, TraceError> {
        while let Some(segment) = self.next_bin()? {
            let piece = Piece::new(segment, 0.0, segment.length, 1.0);
            if piece.is_some() {
                return Ok(piece);
            }
        }
        Ok(None)
    }
}
