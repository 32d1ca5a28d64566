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
/// When a trace cannot be read, or the watch says that it is enough.
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
    trial.jobs = engine::run_jobs(&trial.scenario, &|advance| watch.advanced(advance))?;
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
    let mut growing = Growing::new(scenario, provenance, watch)?;
    let Some(precision) = precision.filter(|_| scenario.varies()) else {
        growing.grow(scenario.replications)?;
        return Ok(growing.into_trial());
    };
    let mut replications = Precision::FIRST_LOOK.min(precision.most_replications);
    loop {
        growing.grow(replications)?;
        let reached = precision.reached(&growing.document());
        if reached <= precision.relative || replications >= precision.most_replications {
            let mut trial = growing.into_trial();
            trial.document.precision =
                Some(PrecisionSummary { of: precision.metric.name(), asked: precision.relative, reached });
            return Ok(trial);
        }
        replications = replications.saturating_mul(2).min(precision.most_replications);
    }
}

/// A scenario with requests whose replications are made a few at a time: what is shown of few is a first look at what many give.
pub struct Growing<'a> {
    /// With a number in every pool, and the replications that were made.
    scenario: Scenario,
    fits: Vec<Fit>,
    provenance: &'a Provenance,
    replications: Vec<Replication>,
    watch: &'a dyn Watch,
}

impl<'a> Growing<'a> {
    /// Fits what is to be fitted.
    ///
    /// # Errors
    /// When a trace cannot be read, or the watch says that it is enough.
    pub fn new(
        scenario: &Scenario,
        provenance: &'a Provenance,
        watch: &'a dyn Watch,
    ) -> Result<Growing<'a>, TraceError> {
        let (scenario, fits) = fit(scenario, watch)?;
        Ok(Growing {
            scenario: Scenario { replications: 0, ..scenario },
            fits,
            provenance,
            replications: Vec::new(),
            watch,
        })
    }

    /// Makes the replications that are lacking to so many.
    ///
    /// # Errors
    /// As [`Growing::new`].
    pub fn grow(&mut self, replications: u32) -> Result<(), TraceError> {
        let made = self.replications.len() as u32;
        self.watch.planned(simulated(&self.scenario, replications.saturating_sub(made)));
        let more = engine::replicate(&self.scenario, made..replications, &|advance| self.watch.advanced(advance))?;
        self.keep(more);
        Ok(())
    }

    /// Makes one more, as soon as can be: its fleets in parallel, at the price of more work.
    ///
    /// # Errors
    /// As [`Growing::new`].
    pub fn grow_by_one(&mut self) -> Result<(), TraceError> {
        let made = self.replications.len() as u32;
        let one = engine::replicate_by_fleet(&self.scenario, made, &|advance| self.watch.advanced(advance))?;
        self.keep(vec![one]);
        Ok(())
    }

    fn keep(&mut self, more: Vec<Replication>) {
        self.replications.extend(more);
        self.scenario.replications = self.replications.len() as u32;
    }

    #[must_use]
    pub fn scenario(&self) -> &Scenario {
        &self.scenario
    }

    #[must_use]
    pub fn replications(&self) -> &[Replication] {
        &self.replications
    }

    /// Of the requests, by the replications so far.
    #[must_use]
    pub fn document(&self) -> RunDocument {
        let mut document = summarize(&self.scenario, self.provenance, &self.replications);
        note_fits(&mut document, &self.fits);
        document
    }

    fn into_trial(self) -> Trial {
        let document = self.document();
        Trial { scenario: self.scenario, replications: self.replications, jobs: Vec::new(), document }
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
