//! Who wants to know how far an experiment is.

use std::ops::ControlFlow;

use crate::engine::Advance;
use crate::scenario::Scenario;

/// Is told what is to come and what is done, from any thread.
pub trait Watch: Sync {
    /// So many nanoseconds of simulated time are to come.
    fn planned(&self, _nanos: u64) {}

    /// A replication has moved on; whether it should go on.
    fn advanced(&self, _advance: Advance) -> ControlFlow<()> {
        ControlFlow::Continue(())
    }

    /// So many cells are to come.
    fn cells(&self, _count: u64) {}

    /// A cell is done.
    fn cell_done(&self) {}
}

/// Nobody does.
#[derive(Clone, Copy, Debug)]
pub struct Unwatched;

impl Watch for Unwatched {}

/// The simulated time of so many replications.
pub(super) fn simulated(scenario: &Scenario, replications: u32) -> u64 {
    scenario.horizon.nanos().saturating_mul(u64::from(replications))
}
