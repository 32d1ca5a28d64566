//! Replications of the jobs on every fleet, in parallel.

use rayon::prelude::*;

use crate::jobs::{self, JobsOutcome};
use crate::scenario::Scenario;
use crate::trace::TraceError;

use super::{Advance, Progress};

/// What became of the jobs in one replication.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JobsReplication {
    /// By fleet, in the scenario's order; `None` where no job runs.
    pub fleets: Vec<Option<JobsOutcome>>,
}

/// Simulates the jobs of every replication on rayon's current pool; empty where the scenario has none. `progress` is asked before
/// each whether to go on, and told of no advance.
///
/// # Errors
/// When `progress` says that it is enough.
pub fn run_jobs(scenario: &Scenario, progress: &Progress) -> Result<Vec<JobsReplication>, TraceError> {
    if scenario.jobs.is_empty() {
        return Ok(Vec::new());
    }
    let replication = |index| {
        if progress(Advance { nanos: 0, requests: 0 }).is_break() {
            return Err(TraceError::given_up());
        }
        let fleets = scenario.fleets.par_iter().map(|fleet| jobs::simulate(scenario, fleet, index));
        Ok(JobsReplication { fleets: fleets.collect() })
    };
    (0..scenario.replications).into_par_iter().map(replication).collect()
}
