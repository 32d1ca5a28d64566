//! What a capacity review asks of a plan's answer: how far it is from what could be, what it hangs on, what a wrong forecast costs,
//! how to grow, and how much room it leaves.

use std::ops::Range;

use crate::experiment::Watch;
use crate::scenario::{Fleet, Plan, Scenario};
use crate::trace::TraceError;
use crate::unit::Span;

use super::answer::PlanAnswer;
use super::foresight::{Foresight, foresight};
use super::growth::{GrowthPlan, PlanGrowth, plan_growth};
use super::headroom::{HeadRoom, HeadRoomQuestions, SpikeQuestion, head_room};
use super::label::label_in_size;
use super::regret::{Regret, regret};
use super::resize::{resized, size};
use super::sensitivity::{Sensitivity, SensitivityPlan, sensitivity};

/// The first replication of a review: those of figures, of the race, of fits and of head-room are others.
const FIRST: u32 = 3 << 27;

/// What is asked.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ReviewQuestions {
    /// What the cost and the choice hang on, and what a wrong forecast costs.
    pub sensitivity: bool,
    /// Whether a change of the choice is looked for far beyond the ends of a factor.
    pub thorough: bool,
    pub growth: Option<GrowthQuestion>,
    /// How much room there is, with spikes of this length.
    pub head_room: Option<Span>,
}

/// A volume that grows.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct GrowthQuestion {
    /// Of a month: 0.05 is a twentieth more every month.
    pub rate: f64,
    pub months: u32,
}

/// The answers to what was asked.
#[derive(Clone, Debug)]
pub struct Review {
    pub foresight: Foresight,
    /// The designs that sensitivity chooses among, the recommended one first.
    pub candidates: Vec<Candidate>,
    pub sensitivity: Option<Sensitivity>,
    pub regret: Vec<Regret>,
    pub growth: Option<PlanGrowth>,
    pub head_room: Option<HeadRoom>,
}

/// A design beside the recommended one.
#[derive(Clone, Debug, PartialEq)]
pub struct Candidate {
    pub label: String,
    pub fleet: Fleet,
}

/// Asks what is asked of the recommended design; where none is, only what the traffic costs at least.
///
/// # Errors
/// When a trace cannot be read.
pub fn review(
    scenario: &Scenario,
    plan: &Plan,
    answer: &PlanAnswer,
    questions: &ReviewQuestions,
    watch: &dyn Watch,
) -> Result<Review, TraceError> {
    let foresight = foresight(scenario, &answer.trial.scenario.fleets, 0..scenario.replications)?;
    let candidates = candidates(plan, answer);
    let mut review =
        Review { foresight, candidates, sensitivity: None, regret: Vec::new(), growth: None, head_room: None };
    if answer.recommended.is_none() {
        return Ok(review);
    }
    let fleets = review.candidates.iter().map(|candidate| candidate.fleet.clone()).collect();
    let rivals = Scenario { fleets, ..scenario.clone() };
    let replications = FIRST..FIRST + replications_of(scenario);
    if questions.sensitivity {
        let asked = SensitivityPlan { chosen: 0, replications: replications.clone(), thorough: questions.thorough };
        review.sensitivity = Some(sensitivity(&rivals, &asked, watch)?);
        review.regret = regret(scenario, answer, replications.clone(), watch)?;
    }
    if let Some(GrowthQuestion { rate, months }) = questions.growth {
        let asked = growth_plan(rate, months, replications);
        review.growth = Some(plan_growth(&few(plan, answer, scenario), &asked, watch)?);
    }
    if let Some(last) = questions.head_room {
        let spike = SpikeQuestion { last, ..SpikeQuestion::default() };
        let asked = HeadRoomQuestions { spike: Some(spike), ..HeadRoomQuestions::default() };
        review.head_room = Some(head_room(&rivals, 0, &asked, watch)?);
    }
    Ok(review)
}

/// Two are enough for differences on the same requests.
fn replications_of(scenario: &Scenario) -> u32 {
    if scenario.varies() { 2 } else { 1 }
}

fn growth_plan(rate: f64, months: u32, replications: Range<u32>) -> GrowthPlan {
    const VOLUMES: usize = 6;
    GrowthPlan { chosen: 0, rate, months, volumes: VOLUMES, replications, switching_cost_usd: 0.0 }
}

/// The recommended design and the best of each other family.
fn few(plan: &Plan, answer: &PlanAnswer, scenario: &Scenario) -> Scenario {
    let places = answer.recommended.into_iter().chain(answer.best_of_family.iter().flatten().copied());
    let mut fleets: Vec<Fleet> = Vec::new();
    for place in places {
        let fleet = own_fleet(plan, answer, place);
        if !fleets.contains(fleet) {
            fleets.push(fleet.clone());
        }
    }
    Scenario { fleets, ..scenario.clone() }
}

/// The fleet of a finalist under its own name.
fn own_fleet<'a>(plan: &'a Plan, answer: &PlanAnswer, place: usize) -> &'a Fleet {
    let design = &answer.search.designs[answer.finalists[place]];
    &plan.families[design.family].designs[design.design].fleet
}

/// The recommended design, those that are as good, the best of each family, and all of these in the next sizes.
fn candidates(plan: &Plan, answer: &PlanAnswer) -> Vec<Candidate> {
    /// More cost time and tell little.
    const MOST: usize = 12;
    let best = answer.best_of_family.iter().flatten().copied();
    let rivals = answer.indistinguishable.iter().copied().take(2);
    let places: Vec<usize> = answer.recommended.into_iter().chain(best).chain(rivals).collect();
    let mut candidates: Vec<Candidate> = Vec::new();
    let mut add = |candidate: Candidate| {
        if candidates.len() < MOST && !candidates.iter().any(|other| other.fleet == candidate.fleet) {
            candidates.push(candidate);
        }
    };
    for &place in &places {
        let label = answer.search.designs[answer.finalists[place]].label.clone();
        add(Candidate { label, fleet: own_fleet(plan, answer, place).clone() });
    }
    for change in [1_i64, -1, 2] {
        for &place in &places {
            let fleet = own_fleet(plan, answer, place);
            let Ok(size) = u32::try_from(i64::from(size(fleet)) + change) else { continue };
            let design = &answer.search.designs[answer.finalists[place]];
            if let Some(fleet) = resized(fleet, size) {
                add(Candidate { label: label_in_size(&plan.families[design.family], design.design, size), fleet });
            }
        }
    }
    candidates
}
