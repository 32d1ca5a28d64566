//! What became of the jobs on a fleet in one replication, and what they used of it.

use crate::unit::{Span, Time};

/// Every job that ran on a fleet, and what was used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JobsOutcome {
    /// In the order of submission; at one time in the order of the classes.
    pub jobs: Vec<JobRecord>,
    pub usage: JobsUsage,
}

/// What became of a job.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JobRecord {
    /// The index of its class in the scenario.
    pub class: usize,
    pub submitted: Time,
    /// `None`: it never ends.
    pub completed: Option<Time>,
    /// Whether it is done within its deadline; `None` where it has none.
    pub met_deadline: Option<bool>,
    /// GPU time of the work that it asks for, in nanoseconds; likewise the next two.
    pub work: u128,
    /// From when it had each GPU to when it gave it back: starts, restarts, checkpoints and waiting for the others included.
    pub occupied: u128,
    /// Work that had to be done again.
    pub lost: u128,
    /// How often it began again.
    pub restarts: u32,
}

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

impl JobsOutcome {
    /// How long after its submission a job was done.
    #[must_use]
    pub fn completion(job: &JobRecord) -> Option<Span> {
        job.completed.map(|completed| completed - job.submitted)
    }
}
