//! Jobs on one fleet: long work that is interrupted, ended and begun again from its checkpoints. No money, no files, no threads.
//!
//! Jobs wait in one queue, in the order of their submission. The first one starts when all its GPUs can be had at once, and
//! holds them until it is done. What happens is in `docs/JOBS.md`; here `simulator` moves the clock from event to event,
//! `job` knows how far a job has come, `machines` what is held, and `supply` what can be had and when it is taken away.

mod agenda;
mod job;
mod machine;
mod machines;
mod outcome;
mod simulator;
mod supply;
#[cfg(test)]
mod tests;
mod zones;

pub use outcome::{JobRecord, JobsOutcome};

use crate::scenario::{Fleet, FleetKind, Scenario};

/// Every job of a scenario that runs on a fleet, followed to its end; `None` where no job runs on it.
#[must_use]
pub fn simulate(scenario: &Scenario, fleet: &Fleet, replication: u32) -> Option<JobsOutcome> {
    let FleetKind::Single(kind) = &fleet.kind else { return None };
    if !scenario.jobs.iter().any(|class| class.runs_on(fleet)) {
        return None;
    }
    Some(simulator::Simulator::new(scenario, fleet, kind, replication).run())
}
