//! How much room a fleet has: how much more traffic it carries, how it comes out of a spike, what it does without some of its
//! instances, and how bad its worst month is. Each question may be asked alone; each is simulated in replications of its own,
//! the same ones for everything that is set side by side (common random numbers).

mod loss;
mod observe;
mod spike;
mod volume;
mod worst_month;

pub use loss::{HourFigures, Loss, LossAnswer, LossOutcome};
pub use spike::{STEADY_BINS, SpikeAnswer, SpikeQuestion};
pub use volume::{Condition, LargestVolume};
pub use worst_month::WorstMonth;

use crate::scenario::Scenario;
use crate::trace::TraceError;

use super::super::Watch;

/// The first replication of all that is asked here; those of other figures are all before it, those that choose (a number of
/// instances, the busiest time) after it.
const FIRST: u32 = 1 << 29;
/// The first replication of a choice.
const FIRST_OF_CHOICE: u32 = 1 << 30;
/// The fewest replications of an answer, where anything varies.
const FEWEST: u32 = 10;

/// What is asked of a fleet.
#[derive(Clone, Debug, PartialEq)]
pub struct HeadRoomQuestions {
    /// The largest volume within the objective.
    pub volume: bool,
    /// `None`: nothing of spikes.
    pub spike: Option<SpikeQuestion>,
    /// One instance, one zone and one region less, for the busiest hour.
    pub losses: bool,
    /// The worst of 20 months.
    pub worst_month: bool,
}

impl Default for HeadRoomQuestions {
    /// All of them.
    fn default() -> HeadRoomQuestions {
        HeadRoomQuestions { volume: true, spike: Some(SpikeQuestion::default()), losses: true, worst_month: true }
    }
}

/// The answers to what was asked.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct HeadRoom {
    /// `None` also where the scenario has no objective, or no traffic.
    pub volume: Option<LargestVolume>,
    /// One for each size of spike.
    pub spikes: Vec<SpikeAnswer>,
    /// One instance, one zone, one region.
    pub losses: Vec<LossAnswer>,
    pub worst_month: Option<WorstMonth>,
}

/// Answers what is asked of one of a scenario's fleets, by its index; the fleet has a number in every pool. Nothing is told of a
/// scenario without traffic.
///
/// # Errors
/// When a trace cannot be read.
pub fn head_room(
    scenario: &Scenario,
    fleet: usize,
    asked: &HeadRoomQuestions,
    watch: &dyn Watch,
) -> Result<HeadRoom, TraceError> {
    if scenario.traffic.is_empty() {
        return Ok(HeadRoom::default());
    }
    let alone = Scenario { fleets: vec![scenario.fleets[fleet].clone()], ..scenario.clone() };
    let volume = if asked.volume { volume::largest(&alone, watch)? } else { None };
    let spikes = match &asked.spike {
        Some(question) => spike::spikes(&alone, question, watch)?,
        None => Vec::new(),
    };
    let losses = if asked.losses { loss::losses(&alone, watch)? } else { Vec::new() };
    let worst_month = if asked.worst_month { Some(worst_month::worst_of_20(&alone, watch)?) } else { None };
    Ok(HeadRoom { volume, spikes, losses, worst_month })
}

/// The replications of an answer.
fn replications(scenario: &Scenario) -> u32 {
    if scenario.varies() { scenario.replications.max(FEWEST) } else { 1 }
}

#[cfg(test)]
mod tests;
