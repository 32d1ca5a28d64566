//! Recorded requests, more or fewer of them: each row becomes several requests, or only sometimes one.

use rand::RngExt;
use rand_distr::{Distribution as _, Exp1};

use crate::random::Rng;
use crate::scenario::{Decimal, Trace};
use crate::trace::{TraceError, ValueColumn};
use crate::unit::{Span, Time};

use super::process::ArrivalProcess;
use super::replay::ReplayedRows;

/// The value columns that a row has at most.
const MOST_VALUES: usize = 2;

/// The rows of a trace with `volume` requests for each.
pub(super) struct MultipliedRows {
    rows: ReplayedRows,
    values: usize,
    volume: Decimal,
    rng: Rng,
    horizon: Time,
    /// The row whose requests arrive, and the one after it.
    current: Option<RecordedRow>,
    next: Option<RecordedRow>,
    /// Requests of the current row that are still to come, and the share of its gap that has passed.
    left: u64,
    passed: f64,
    /// The first row's arrival, and the number of rows read.
    first: Time,
    read: u64,
}

#[derive(Clone, Copy, Debug)]
struct RecordedRow {
    at: Time,
    values: [u64; MOST_VALUES],
}

impl MultipliedRows {
    /// `values` are the columns to be read besides the arrival, at most two.
    pub(super) fn open(
        trace: &Trace,
        values: Vec<ValueColumn>,
        horizon: Time,
        rng: Rng,
    ) -> Result<MultipliedRows, TraceError> {
        let count = values.len();
        // Rows beyond the horizon are read too: the gap before the first of them is known from it.
        let mut rows = MultipliedRows {
            rows: ReplayedRows::open(trace, values, Time::END)?,
            values: count,
            volume: trace.volume,
            rng,
            horizon,
            current: None,
            next: None,
            left: 0,
            passed: 0.0,
            first: Time::START,
            read: 0,
        };
        rows.next = rows.read_row()?;
        rows.first = rows.next.map_or(Time::START, |row| row.at);
        Ok(rows)
    }

    /// The next request's arrival before the horizon.
    pub(super) fn next_arrival(&mut self) -> Result<Option<Time>, TraceError> {
        while self.left == 0 {
            let Some(row) = self.next.filter(|row| row.at < self.horizon) else {
                return Ok(None);
            };
            (self.current, self.next) = (Some(row), self.read_row()?);
            self.left = self.requests_of_a_row();
            self.passed = 0.0;
            if self.left > 0 {
                self.left -= 1;
                return Ok(Some(row.at));
            }
        }
        let Some(at) = self.place().filter(|&at| at < self.horizon) else {
            // All that is to come is later still.
            (self.left, self.next) = (0, None);
            return Ok(None);
        };
        self.left -= 1;
        Ok(Some(at))
    }

    /// What a value column holds in the row of the request just returned.
    pub(super) fn value(&self, column: usize) -> u64 {
        self.current.map_or(0, |row| row.values[column])
    }

    fn requests_of_a_row(&mut self) -> u64 {
        let (whole, rest) =
            (self.volume.billionths / Decimal::ONE.billionths, self.volume.billionths % Decimal::ONE.billionths);
        whole + u64::from(rest > 0 && self.rng.random_range(0..Decimal::ONE.billionths) < rest)
    }

    /// The earliest of the `left` instants that are uniform in what remains of the gap: 1 - U^(1/left) of it, with -ln U drawn as
    /// what it is, exponential. So they come sorted, and however many there are none is kept.
    fn place(&mut self) -> Option<Time> {
        let row = self.current?;
        let gap = match self.next {
            Some(next) => next.at - row.at,
            None => self.mean_gap(row.at),
        };
        let exponential: f64 = Exp1.sample(&mut self.rng);
        self.passed -= (1.0 - self.passed) * libm::expm1(-exponential / self.left as f64);
        // Rounded down, and so before the next row.
        let offset = (gap.nanos() as f64 * self.passed) as u64;
        Some(row.at + Span::from_nanos(offset.min(gap.nanos().saturating_sub(1))))
    }

    fn mean_gap(&self, last: Time) -> Span {
        Span::from_nanos((last - self.first).nanos() / self.read.saturating_sub(1).max(1))
    }

    fn read_row(&mut self) -> Result<Option<RecordedRow>, TraceError> {
        let Some(row) = self.rows.next_row()? else { return Ok(None) };
        self.read += 1;
        let mut values = [0; MOST_VALUES];
        for (column, value) in values.iter_mut().enumerate().take(self.values) {
            *value = self.rows.value(column, row);
        }
        Ok(Some(RecordedRow { at: row.at, values }))
    }
}

/// Of which only the arrivals count.
impl ArrivalProcess for MultipliedRows {
    fn fill(&mut self, count: usize, out: &mut Vec<Time>) -> Result<(), TraceError> {
        for _ in 0..count {
            let Some(at) = self.next_arrival()? else { break };
            out.push(at);
        }
        Ok(())
    }
}
