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
pub use stock::Catalog;
