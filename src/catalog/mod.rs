//! What GPUs cost: the entries that the program carries, a user's own over them, and the cheapest of those that are asked for.
//! Knows no scenario.

mod entry;
mod gpu;
mod lookup;
mod published;
mod read;
mod stock;

pub use entry::{Certainty, Entry, Kind};
pub use lookup::{NotPriced, Wanted, WantedKey};
pub use published::PublishedEntry;
pub(crate) use read::read as read_entries;
pub use stock::Catalog;
pub(crate) use stock::read_file;
