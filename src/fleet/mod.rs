//! Fleets: state machines that serve blocks of requests. No money, no files.

mod record;

pub use record::{End, RequestRecord};
