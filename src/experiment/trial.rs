//! One scenario, simulated as it asks to be: its pools fitted, its replications as many as its precision needs.

use crate::engine::{self, JobsReplication};
use crate::measure::Replication;
use crate::scenario::Scenario;
use crate::summary::{FitSummary, PrecisionSummary, Provenance, RunDocument, summarize, summarize_jobs};
use crate::trace::TraceError;

use super::fit::{Fit, fit};
use super::watch::simulated;
use super::{Precision, Watch};

/// What was simulated, and what came of it.
#[derive(Clone, Debug)]
pub struct Trial {
    /// With a number in every pool, and the replications that were made.
    pub scenario: Scenario,
    /// Empty where the scenario has no traffic.
    pub replications: Vec<Replication>,
    /// Empty where it has no jobs.
    pub jobs: Vec<JobsReplication>,
    pub document: RunDocument,
}

/// Fits what is to be fitted, then simulates the scenario's replications, and its jobs in as many; with a precision instead first 10, then twice as many
/// again and again until it is reached. To look only then, and not after every replication, keeps the interval from being
/// taken at a moment when it happens to be narrow.
///
/// # Errors
/// When a trace cannot be read.
pub fn simulate(
    scenario: &Scenario,
    provenance: &Provenance,
    precision: Option<&Precision>,
    watch: &dyn Watch,
) -> Result<Trial, TraceError> {
    let mut trial = match scenario.traffic.is_empty() {
        true => without_requests(scenario, provenance),
        false => simulate_requests(scenario, provenance, precision, watch)?,
    };
    trial.jobs = engine::run_jobs(&trial.scenario);
    trial.document.jobs = summarize_jobs(&trial.scenario, &trial.jobs);
    Ok(trial)
}

/// Of fleets that have nothing to serve nothing is told.
fn without_requests(scenario: &Scenario, provenance: &Provenance) -> Trial {
    let document = summarize(&Scenario { fleets: Vec::new(), ..scenario.clone() }, provenance, &[]);
    Trial { scenario: scenario.clone(), replications: Vec::new(), jobs: Vec::new(), document }
}

fn simulate_requests(
    scenario: &Scenario,
    provenance: &Provenance,
    precision: Option<&Precision>,
    watch: &dyn Watch,
) -> Result<Trial, TraceError> {
    let (mut scenario, fits) = fit(scenario, watch)?;
    let precision = precision.filter(|_| scenario.varies());
    if let Some(precision) = precision {
        scenario.replications = Precision::FIRST_LOOK.min(precision.most_replications);
    }
    let mut replications = Vec::new();
    loop {
        let made = replications.len() as u32;
        watch.planned(simulated(&scenario, scenario.replications - made));
        let more = engine::replicate(&scenario, made..scenario.replications, &|advance| watch.advanced(advance))?;
        replications.extend(more);
        let mut document = summarize(&scenario, provenance, &replications);
        let Some(precision) = precision else {
            note_fits(&mut document, &fits);
            return Ok(Trial { scenario, replications, jobs: Vec::new(), document });
        };
        let reached = precision.reached(&document);
        if reached <= precision.relative || scenario.replications >= precision.most_replications {
            note_fits(&mut document, &fits);
            document.precision =
                Some(PrecisionSummary { of: precision.metric.name(), asked: precision.relative, reached });
            return Ok(Trial { scenario, replications, jobs: Vec::new(), document });
        }
        scenario.replications = scenario.replications.saturating_mul(2).min(precision.most_replications);
    }
}

/// Tells each pool of the document what was found for it.
fn note_fits(document: &mut RunDocument, fits: &[Fit]) {
    for fit in fits {
        let fleet = &mut document.fleets[fit.fleet];
        let summary = FitSummary { instances: fit.instances, meets: fit.meets };
        if !fit.meets {
            fleet.warnings.push(format!(
                "no number of instances meets the objective: with {} no request waits, and it is missed all the same",
                fit.instances
            ));
        }
        match fleet.pools.get_mut(fit.pool) {
            Some(pool) => pool.fit = Some(summary),
            None => fleet.fit = Some(summary),
        }
    }
}
