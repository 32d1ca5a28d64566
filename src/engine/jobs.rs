//! Replications of the jobs on every fleet, in parallel.

use rayon::prelude::*;

use crate::jobs::{self, JobsOutcome};
use crate::scenario::Scenario;

/// What became of the jobs in one replication.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JobsReplication {
    /// By fleet, in the scenario's order; `None` where no job runs.
    pub fleets: Vec<Option<JobsOutcome>>,
}

/// Simulates the jobs of every replication on rayon's current pool; empty where the scenario has none.
#[must_use]
pub fn run_jobs(scenario: &Scenario) -> Vec<JobsReplication> {
    if scenario.jobs.is_empty() {
        return Vec::new();
    }
    let replication = |index| {
        let fleets = scenario.fleets.par_iter().map(|fleet| jobs::simulate(scenario, fleet, index));
        JobsReplication { fleets: fleets.collect() }
    };
    (0..scenario.replications).into_par_iter().map(replication).collect()
}
