//! What GPUs cost: the entries that the program carries, a user's own over them, and the cheapest of those that are asked for.
//! And the presets: what platforms do and charge, as the keys of a serverless fleet. Knows no scenario.

mod entry;
mod gpu;
mod lookup;
mod preset;
mod published;
mod read;
mod stock;

pub use entry::{Certainty, Entry, Kind};
pub use lookup::{NotPriced, Wanted, WantedKey};
pub use preset::{Preset, PresetPrices};
pub use published::{ListedPreset, PublishedEntry, PublishedPreset};
pub(crate) use read::read as read_entries;
pub use stock::Catalog;
pub(crate) use stock::read_file;
