//! What all replications together tell of one fleet: all that a verdict on it rests on.

use crate::measure::{Losses, Quantity, RequestCounts, Usage};
use crate::scenario::Fleet;
use crate::unit::Usd;

#[derive(Clone, Debug)]
pub struct Evidence<'a> {
    pub fleet: &'a Fleet,
    /// Of all replications together.
    pub requests: RequestCounts,
    /// Of all replications together.
    pub losses: Losses,
    /// Of all replications together.
    pub latency: Quantity,
    /// Of all replications together.
    pub wait: Quantity,
    /// By pool: the sum over the replications.
    pub usage: Vec<Usage>,
    /// By replication: the total of the fleet's bill.
    pub costs: Vec<Usd>,
}

impl Evidence<'_> {
    /// The sum over the replications, as many for every fleet: what the order of fleets by mean cost is decided by, exactly.
    #[must_use]
    pub fn total_cost(&self) -> Usd {
        self.costs.iter().copied().sum()
    }
}
