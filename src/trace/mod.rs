//! Recorded traffic: files of rows, streamed so that a trace may be larger than memory.

mod cell;
mod csv_rows;
mod error;
mod file;
mod inspect;
mod parquet_rows;
mod reader;
mod source;

pub use error::{Fault, TraceError};
pub use file::{DataFile, Location};
pub use inspect::{TraceSummary, inspect, read_seconds};
pub use reader::{Columns, Rows, TraceReader, ValueColumn};
