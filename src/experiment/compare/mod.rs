//! Two scenarios side by side: by how much every fleet's cost and latency differ, with intervals that are paired by replication
//! where both have the same seed and the same number of replications. With the same seed, replication r of both has the same
//! random numbers, so that what they do to both cancels out.

mod difference;
mod samples;

pub use difference::Delta;
pub use samples::{QuantileSamples, Samples};

use crate::measure::Estimate;
use crate::unit::Span;

use super::Trial;

/// One of two sides, simulated just now or read from a folder.
#[derive(Clone, Debug, PartialEq)]
pub struct Side {
    /// The scenario's.
    pub name: String,
    pub seed: u64,
    pub replications: u32,
    /// Whether replications differ: if not, one shows all that there is.
    pub varies: bool,
    pub fleets: Vec<SideFleet>,
    /// The cheapest fleet that meets the objective, or the cheapest one where there is no objective; by its index.
    pub answer: Option<usize>,
    /// Whether the answer had to meet an objective.
    pub has_objective: bool,
}

/// A fleet of a side.
#[derive(Clone, Debug, PartialEq)]
pub struct SideFleet {
    pub name: String,
    /// `dedicated`, `serverless` or `hybrid`.
    pub kind: String,
    /// `None` without an objective.
    pub meets_slo: Option<bool>,
    /// The mean of each line of the bill by its name, in dollars a month.
    pub lines: Vec<(String, f64)>,
    pub samples: Samples,
}

/// The figures that are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Figure {
    CostPerMonth,
    P50,
    P95,
    P99,
    Attainment,
    ColdRatio,
}

impl Figure {
    pub const ALL: [Figure; 6] =
        [Figure::CostPerMonth, Figure::P50, Figure::P95, Figure::P99, Figure::Attainment, Figure::ColdRatio];
}

/// What an interval of a difference rests on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pairing {
    /// Replication by replication: the same seed, as many replications.
    Paired,
    /// As of two independent samples (Welch).
    Independent,
}

/// Two sides, and what they differ by.
#[derive(Clone, Debug, PartialEq)]
pub struct Comparison {
    pub pairing: Pairing,
    /// In the order of the first side.
    pub fleets: Vec<FleetChange>,
    /// The fleets of each side that the other has not, by their index.
    pub alone: [Vec<usize>; 2],
    /// What the answer of the second costs a month more than that of the first.
    pub answer: Option<Delta>,
}

/// A fleet that both sides have.
#[derive(Clone, Debug, PartialEq)]
pub struct FleetChange {
    /// Its index in each side.
    pub fleet: [usize; 2],
    /// By [`Figure::ALL`]: second - first.
    pub deltas: [Delta; Figure::ALL.len()],
}

/// A pair of fleets that cannot be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PairError {
    #[error("{side} has no fleet `{name}`\n  help: it has: {known}")]
    Unknown { side: &'static str, name: String, known: String },
    #[error("the fleet `{0}` is paired twice\n  help: write --pair once for each fleet")]
    Twice(String),
}

/// Nanoseconds a month / nanoseconds of a window that is so many seconds long.
#[must_use]
pub fn months(window_s: f64) -> f64 {
    let window = (window_s * Span::SECOND.nanos() as f64).round();
    Span::MONTH.nanos() as f64 / window
}

impl Side {
    /// What was simulated of a scenario that has traffic.
    #[must_use]
    pub fn of(trial: &Trial) -> Side {
        let document = &trial.document;
        let months = months(document.scenario.window_s);
        let fleets = document.fleets.iter().enumerate().map(|(index, fleet)| SideFleet {
            name: fleet.name.clone(),
            kind: fleet.kind.to_owned(),
            meets_slo: fleet.meets_slo,
            lines: fleet
                .cost
                .lines
                .iter()
                .map(|line| (line.line.to_owned(), line.usd.mean.unwrap_or(0.0) * months))
                .collect(),
            samples: Samples::of(&trial.scenario, index, &trial.replications),
        });
        let mut side = Side {
            name: document.scenario.name.clone(),
            seed: document.scenario.seed,
            replications: document.scenario.replications,
            varies: trial.scenario.varies(),
            fleets: fleets.collect(),
            answer: None,
            has_objective: false,
        };
        side.answer_with(document.cheapest.as_deref(), document.cheapest_meeting_slo.as_deref());
        side
    }

    /// Finds the answer among the fleets, by the names that the document gives.
    pub fn answer_with(&mut self, cheapest: Option<&str>, cheapest_meeting_slo: Option<&str>) {
        self.has_objective = self.fleets.iter().any(|fleet| fleet.meets_slo.is_some());
        let name = if self.has_objective { cheapest_meeting_slo } else { cheapest };
        self.answer = name.and_then(|name| self.index(name));
    }

    fn index(&self, name: &str) -> Option<usize> {
        self.fleets.iter().position(|fleet| fleet.name == name)
    }

    fn find(&self, side: &'static str, name: &str) -> Result<usize, PairError> {
        self.index(name).ok_or_else(|| {
            let known: Vec<&str> = self.fleets.iter().map(|fleet| fleet.name.as_str()).collect();
            PairError::Unknown { side, name: name.to_owned(), known: known.join(", ") }
        })
    }
}

impl SideFleet {
    /// A figure with its own interval.
    #[must_use]
    pub fn figure(&self, figure: Figure) -> Estimate {
        self.samples.estimate(figure)
    }
}

/// Compares two sides. Fleets are paired by their names, but for `pairs` of a name in the first and one in the second.
///
/// # Errors
/// When a pair names a fleet that is not there, or one twice.
pub fn compare(first: &Side, second: &Side, pairs: &[(String, String)]) -> Result<Comparison, PairError> {
    let pairing = match first.seed == second.seed && first.replications == second.replications {
        true => Pairing::Paired,
        false => Pairing::Independent,
    };
    let matched = matched(first, second, pairs)?;
    let is_known = !first.varies && !second.varies;
    let delta = |figure, fleet: [usize; 2]| {
        let samples = [&first.fleets[fleet[0]].samples, &second.fleets[fleet[1]].samples];
        Delta::new(figure, samples, pairing, is_known)
    };
    let change = |&fleet: &[usize; 2]| FleetChange { fleet, deltas: Figure::ALL.map(|figure| delta(figure, fleet)) };
    let alone = [0, 1].map(|side| {
        let fleets = if side == 0 { &first.fleets } else { &second.fleets };
        (0..fleets.len()).filter(|&index| matched.iter().all(|pair| pair[side] != index)).collect()
    });
    let answer = first.answer.zip(second.answer).map(|(a, b)| delta(Figure::CostPerMonth, [a, b]));
    Ok(Comparison { pairing, fleets: matched.iter().map(change).collect(), alone, answer })
}

/// The fleets that both have, in the order of the first.
fn matched(first: &Side, second: &Side, pairs: &[(String, String)]) -> Result<Vec<[usize; 2]>, PairError> {
    let mut named: Vec<[usize; 2]> = Vec::new();
    for (old, new) in pairs {
        let pair = [first.find("A", old)?, second.find("B", new)?];
        if let Some(twice) = (0..2).find(|&side| named.iter().any(|other| other[side] == pair[side])) {
            return Err(PairError::Twice([old, new][twice].clone()));
        }
        named.push(pair);
    }
    let is_named = |side: usize, index: usize| named.iter().any(|pair| pair[side] == index);
    let by_name = (0..first.fleets.len()).filter(|&index| !is_named(0, index)).filter_map(|index| {
        let other = second.index(&first.fleets[index].name)?;
        (!is_named(1, other)).then_some([index, other])
    });
    let mut matched: Vec<[usize; 2]> = by_name.chain(named.iter().copied()).collect();
    matched.sort_unstable();
    Ok(matched)
}

#[cfg(test)]
mod tests;
