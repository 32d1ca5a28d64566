//! A use case of the guide: what it recommends, beside the fleet that is simulated to be the cheapest that meets the need.

use std::cmp::Ordering;

use crate::decide::paired;
use crate::experiment::{Trial, Watch, simulate};
use crate::guide::UseCase;
use crate::measure::Estimate;
use crate::scenario::Loaded;
use crate::summary::Provenance;
use crate::trace::TraceError;

use super::standing::{Standing, months, standings};

/// A use case, simulated.
#[derive(Clone, Debug)]
pub struct Study {
    pub use_case: &'static UseCase,
    pub provenance: Provenance,
    pub trial: Trial,
    pub standings: Vec<Standing>,
    pub finding: Finding,
}

/// What is found of a use case. Fleets are places in the standings.
///
/// The fleets have two sides, those that the guide recommends and the others. Of each the best is the cheapest that meets the need.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Finding {
    /// The cheapest that meets the need, of all; `None` where none does.
    pub cheapest: Option<usize>,
    /// The best of the other side; `None` where none of it meets the need.
    pub against: Option<usize>,
    /// What the cheapest saves a month against it, paired over the replications.
    pub margin_usd_per_month: Estimate,
    /// Whether the interval of the margin leaves zero out.
    pub significant: bool,
    /// See [`agrees`].
    pub agrees: bool,
    pub deciding: Deciding,
}

/// What decides between the cheapest fleet and the other side.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Deciding {
    /// No fleet meets the need.
    NoneMeets,
    /// This fleet of the other side would cost less, and misses the need.
    Cheaper { fleet: usize },
    /// No fleet of the other side meets the need, this being the cheapest of them; they cost more besides.
    Missed { fleet: usize },
    /// There is no fleet of the other side.
    NoOther,
    /// Both meet the need; an hour that is held costs less.
    Price,
    /// Both meet the need; fewer hours are held.
    Hours,
    /// Both meet the need and cost the same.
    Nothing,
}

/// Simulates a use case.
///
/// # Errors
/// When a trace cannot be read.
pub fn study(use_case: &'static UseCase, loaded: &Loaded, watch: &dyn Watch) -> Result<Study, TraceError> {
    let provenance = Provenance::from(loaded);
    let trial = simulate(&loaded.scenario, &provenance, None, watch)?;
    let standings = standings(&trial);
    let finding = judge(use_case, &standings, months(&trial.scenario), !trial.scenario.varies());
    Ok(Study { use_case, provenance, trial, standings, finding })
}

/// What is found of fleets, `months` being a month / the window. `is_constant`: nothing varies between replications.
#[must_use]
pub fn judge(use_case: &UseCase, standings: &[Standing], months: f64, is_constant: bool) -> Finding {
    let all = || 0..standings.len();
    let meeting = |index: &usize| standings[*index].meets_need;
    let recommended = |index: usize| use_case.recommends(standings[index].way);
    let dearer = |a: &usize, b: &usize| compare(&standings[*a], &standings[*b]);
    let Some(cheapest) = all().filter(meeting).min_by(dearer) else {
        return Finding {
            cheapest: None,
            against: None,
            margin_usd_per_month: Estimate::NONE,
            significant: false,
            agrees: agrees(None, None),
            deciding: Deciding::NoneMeets,
        };
    };
    let others = || all().filter(|&index| recommended(index) != recommended(cheapest));
    let against = others().filter(meeting).min_by(dearer);
    let (margin, significant) = against.map_or((Estimate::NONE, false), |against| {
        paired(&standings[cheapest].bills, &standings[against].bills, months, is_constant)
    });
    let least = others().min_by(dearer);
    Finding {
        cheapest: Some(cheapest),
        against,
        margin_usd_per_month: margin,
        significant,
        agrees: agrees(Some(recommended(cheapest)), against.map(|_| significant)),
        deciding: deciding(standings, cheapest, against, least),
    }
}

/// Whether the guide agrees with what is simulated: the cheapest fleet that meets the need is one that it recommends, or the best
/// that it recommends is not significantly dearer. `recommended`: whether the cheapest is; `None`: no fleet meets the need, which the
/// guide did not foresee. `significant`: whether the cheapest saves significantly against the best of the other side; `None`: none
/// of that side meets the need.
#[must_use]
pub fn agrees(recommended: Option<bool>, significant: Option<bool>) -> bool {
    match (recommended, significant) {
        (None, _) => false,
        (Some(true), _) => true,
        (Some(false), significant) => significant == Some(false),
    }
}

fn compare(a: &Standing, b: &Standing) -> Ordering {
    a.cost().total_cmp(&b.cost())
}

fn deciding(standings: &[Standing], cheapest: usize, against: Option<usize>, least: Option<usize>) -> Deciding {
    let best = &standings[cheapest];
    match (against, least) {
        (_, None) => Deciding::NoOther,
        (_, Some(least)) if !standings[least].meets_need && standings[least].cost() < best.cost() => {
            Deciding::Cheaper { fleet: least }
        }
        (None, Some(least)) => Deciding::Missed { fleet: least },
        (Some(against), _) => factor(best, &standings[against]),
    }
}

/// A cost is the hours that are held times what one costs: of the two ratios the larger decides.
fn factor(best: &Standing, other: &Standing) -> Deciding {
    let price = other.usd_per_hour() / best.usd_per_hour();
    let hours = other.hours.held / best.hours.held;
    match price.total_cmp(&hours) {
        _ if price * hours <= 1.0 => Deciding::Nothing,
        Ordering::Greater => Deciding::Price,
        Ordering::Less | Ordering::Equal => Deciding::Hours,
    }
}

#[cfg(test)]
mod tests;
