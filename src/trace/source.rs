//! What every kind of trace file can do: give its rows, one after the other.

use super::Fault;
use super::cell::Instant;

/// A file's rows, one after the other. Columns are numbered as asked for: the arrival is 0, the first value 1.
pub(super) trait RowSource: Send {
    /// Goes to the next row; false at the end.
    fn advance(&mut self) -> Result<bool, Fault>;
    /// The current row's line in a text file.
    fn line(&self) -> Option<u64>;
    fn instant(&self, column: usize) -> Result<Instant, Fault>;
    fn seconds(&self, column: usize) -> Result<u64, Fault>;
    fn count(&self, column: usize) -> Result<u64, Fault>;
}
