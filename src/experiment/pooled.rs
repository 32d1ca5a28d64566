//! One fleet over all replications.

use crate::measure::{Quantity, Replication, RequestCounts};

/// The requests of a fleet, their latency and their wait, over all replications.
#[derive(Clone, Debug, Default)]
pub(super) struct Pooled {
    pub requests: RequestCounts,
    pub latency: Quantity,
    pub wait: Quantity,
}

impl Pooled {
    pub fn of(replications: &[Replication], fleet: usize) -> Pooled {
        let mut pooled = Pooled::default();
        for replication in replications {
            let whole = replication.fleets[fleet].together();
            pooled.requests.add(&whole.requests());
            pooled.latency.merge(&whole.latency());
            pooled.wait.merge(&whole.wait);
        }
        pooled
    }
}
