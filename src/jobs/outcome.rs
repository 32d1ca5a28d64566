//! What became of the jobs on a fleet in one replication.

use crate::measure::JobsUsage;
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

impl JobsOutcome {
    /// How long after its submission a job was done.
    #[must_use]
    pub fn completion(job: &JobRecord) -> Option<Span> {
        job.completed.map(|completed| completed - job.submitted)
    }
}
