//! Advice: the guide's rules for some answers, and the simulation beside them.

use std::path::Path;

use crate::experiment::{self, Trial, Watch};
use crate::guide::{Answers, Choice, Flowchart, Path as Walk};
use crate::scenario::{FleetKind, Loaded, Overrides, PoolKind, Problems, Scenario, load_text};
use crate::summary::Provenance;
use crate::trace::TraceError;

use super::implied::{Implied, Unsaid, implied};
use super::observed::{Observed, observe};
use super::verdict::Verdict;

/// What there is to say of a workload.
#[derive(Clone, Debug)]
pub struct Advice {
    /// Given or read of the scenario.
    pub answers: Answers,
    pub path: Walk,
    pub source: Source,
    pub simulated: Option<Simulated>,
    /// Why not; `None` where it was, or was not asked for.
    pub unsaid: Option<Unsaid>,
}

/// Where the answers come from.
#[derive(Clone, Debug)]
pub enum Source {
    Answers,
    Scenario { name: String, observed: Box<Observed> },
}

/// What was simulated.
#[derive(Clone, Debug)]
pub struct Simulated {
    pub trial: Trial,
    /// What the scenario takes for granted that no answer said.
    pub assumptions: Vec<String>,
    pub verdict: Verdict,
}

/// Why there is no advice.
#[derive(Debug, thiserror::Error)]
pub enum AdviseError {
    #[error(transparent)]
    Problems(#[from] Problems),
    #[error(transparent)]
    Trace(#[from] TraceError),
}

impl Advice {
    /// What the rules come to: hard constraints leave dedicated instances alone, else the flowchart speaks.
    #[must_use]
    pub fn recommendation(&self) -> Option<Choice> {
        match self.answers.hard_constraints().is_empty() {
            true => self.path.recommendation,
            false => Some(Choice::Dedicated),
        }
    }

    /// Whether the rules and the simulation agree.
    #[must_use]
    pub fn agrees(&self) -> Option<bool> {
        self.simulated.as_ref()?.verdict.agrees
    }

    fn judged(mut self, trial: Trial, assumptions: Vec<String>) -> Advice {
        let constrained = !self.answers.hard_constraints().is_empty();
        let verdict = Verdict::new(&trial.document, self.recommendation(), constrained);
        self.simulated = Some(Simulated { trial, assumptions, verdict });
        self
    }
}

/// The rules alone.
#[must_use]
pub fn rules(answers: &Answers, source: Source) -> Advice {
    Advice { answers: answers.clone(), path: Flowchart::walk(answers), source, simulated: None, unsaid: None }
}

/// The rules, and the scenario that the answers imply, simulated.
///
/// # Errors
/// When an override is wrong.
pub fn advise(answers: &Answers, overrides: &Overrides, watch: &dyn Watch) -> Result<Advice, AdviseError> {
    let advice = rules(answers, Source::Answers);
    let Implied { text, mut assumptions, load, .. } = match implied(answers) {
        Ok(implied) => implied,
        Err(unsaid) => return Ok(Advice { unsaid: Some(unsaid), ..advice }),
    };
    let loaded = load_text(&text, "the implied scenario", Path::new(""), overrides)?;
    let (fitted, _) = experiment::fit(&loaded.scenario, watch)?;
    let (scenario, base) = with_base(&fitted, load.floor() as u32);
    if let Some(base) = base {
        assumptions.push(format!("the hybrid's base of {base} bears the mean load and keeps to the objective"));
    }
    let trial = experiment::simulate(&scenario, &Provenance::from(&loaded), None, watch)?;
    Ok(advice.judged(trial, assumptions))
}

/// The rules for what a scenario answers by itself, `typed` going over it; with `simulates` that scenario, simulated.
///
/// # Errors
/// When a trace cannot be read.
pub fn advise_scenario(
    typed: &Answers,
    loaded: &Loaded,
    simulates: bool,
    watch: &dyn Watch,
) -> Result<Advice, AdviseError> {
    let observed = observe(&loaded.scenario)?;
    let answers = typed.clone().or(observed.answers.clone());
    let source = Source::Scenario { name: loaded.scenario.name.clone(), observed: Box::new(observed) };
    let advice = rules(&answers, source);
    match (simulates, answers.training) {
        (false, _) => Ok(advice),
        (true, Some(true)) => Ok(Advice { unsaid: Some(Unsaid::Training), ..advice }),
        (true, _) => {
            let trial = experiment::simulate(&loaded.scenario, &Provenance::from(loaded), None, watch)?;
            Ok(advice.judged(trial, Vec::new()))
        }
    }
}

/// A scenario whose hybrid has at least so many instances in its base, and how many it has: the fewest that meet an objective may leave
/// nearly all work to the dearer pool.
fn with_base(scenario: &Scenario, least: u32) -> (Scenario, Option<String>) {
    let mut scenario = scenario.clone();
    let mut base = None;
    for fleet in &mut scenario.fleets {
        let FleetKind::Hybrid(hybrid) = &mut fleet.kind else { continue };
        let Some(PoolKind::Dedicated(pool)) = hybrid.pools.first_mut().map(|pool| &mut pool.kind) else { continue };
        if let crate::scenario::Instances::Number(number) = &mut pool.instances {
            *number = (*number).max(least);
            base = Some(if *number == 1 { "1 instance".to_owned() } else { format!("{number} instances") });
        }
    }
    (scenario, base)
}
