//! The only place that knows about threads: replications of one stream of blocks against every fleet.

use crate::fleet::RequestRecord;
use crate::measure::{FleetOutcome, Replication};
use crate::scenario::{Fleet, Scenario};
use crate::traffic::Block;

/// Simulates every replication of a scenario on rayon's current pool; the result is in the order of replications.
/// `progress` is told, now and then and from any thread, how much more of all replications' time has passed, in nanoseconds.
///
/// # Errors
/// When a trace can no longer be read.
pub fn run(_scenario: &Scenario, _progress: &(dyn Fn(u64) + Sync)) -> Result<Vec<Replication>, std::io::Error> {
    todo!()
}

/// Replays blocks into one fleet and keeps what became of every request (in no particular order): what a test compares.
#[must_use]
pub fn replay_recorded(
    _scenario: &Scenario,
    _fleet: &Fleet,
    _replication: u32,
    _blocks: &[Block],
) -> (FleetOutcome, Vec<RequestRecord>) {
    todo!()
}
