//! What the jobs of a scenario used of a fleet in one replication.

use crate::unit::Time;

/// What the jobs used of a fleet, in nanoseconds of instances: what a bill is made of.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct JobsUsage {
    /// When the last job was done, or given up.
    pub end: Time,
    /// Dedicated: instances held, whole nodes of them, each time for the minimum that is billed at least.
    pub held: u128,
    /// The same, of on-demand instances that stood in for spot ones.
    pub held_on_demand: u128,
    /// Serverless: starting, by [`crate::scenario::StartPhase`].
    pub start_phases: [u128; 4],
    /// Serverless: held by a job.
    pub executing: u128,
    /// Serverless: ready, and held by none.
    pub idle: u128,
    /// Serverless: what rounding adds to the billed time of instances.
    pub rounding: u128,
    /// Serverless: executions begun, one an instance.
    pub executions: u64,
}
