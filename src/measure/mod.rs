//! What happened, counted where it happens: histograms, counters, usage and timelines, and the statistics of them.

mod estimate;
mod histogram;
mod jobs_usage;
mod loss;
mod outcome;
mod pooled;
mod timeline;

pub use estimate::Estimate;
pub(crate) use estimate::critical_value;
pub use histogram::{Histogram, HistogramRecorder};
pub use jobs_usage::JobsUsage;
pub use loss::{Loss, Losses};
pub use outcome::{ClassOutcome, FleetOutcome, PoolOutcome, Quantity, Replication, RequestCounts, Usage};
pub use pooled::{PooledQuantity, QUANTILES};
pub use timeline::{Timeline, TimelineBin};
