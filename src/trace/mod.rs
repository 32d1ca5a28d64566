//! Recorded traffic: files of rows, streamed so that a trace may be larger than memory.

mod file;

pub use file::{DataFile, Location};
