//! What happened, counted where it happens: histograms, counters, usage and timelines, and the statistics of them.

mod estimate;
mod histogram;
mod outcome;
mod pooled;
mod stream;
mod timeline;

pub use estimate::{CONFIDENCE, Estimate};
pub use histogram::Histogram;
pub use outcome::{ClassOutcome, FleetOutcome, PoolOutcome, Quantity, Replication, RequestCounts, Usage};
pub use pooled::PooledQuantity;
pub use stream::{Dispersion, StreamMeter, StreamOutcome};
pub use timeline::{Timeline, TimelineBin};
