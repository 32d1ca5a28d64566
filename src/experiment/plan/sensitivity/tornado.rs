//! A factor at its two ends: what the chosen design costs there, whether it still meets the objective, and which is the cheapest.

use crate::measure::Estimate;
use crate::trace::TraceError;

use super::field::Field;
use super::standing::Standings;
use super::threshold::{Flip, Point, search};
use super::{Factor, SensitivityPlan};

/// What a factor does.
#[derive(Clone, Debug, PartialEq)]
pub struct Effect {
    pub factor: Factor,
    pub low: Setting,
    pub high: Setting,
    /// Where the choice changes: below the base, then above, where it was found to.
    pub flips: Vec<Flip>,
    /// How far a change of the choice was looked for, below and above.
    pub searched: [f64; 2],
}

/// The chosen design with a factor at some value, and the choice there.
#[derive(Clone, Debug, PartialEq)]
pub struct Setting {
    /// What the factor is multiplied by.
    pub by: f64,
    /// Of the chosen design.
    pub cost_per_month_usd: Estimate,
    /// Against the base, paired by replication.
    pub change_usd_per_month: Estimate,
    /// Whether the chosen design meets the objective; `None`: there is none.
    pub meets_slo: Option<bool>,
    /// The cheapest candidate that meets the objective, by its index; `None`: none does.
    pub cheapest: Option<usize>,
    /// What the chosen design costs more than the cheapest, paired by replication. It does not exist where the chosen design
    /// misses the objective: then it is not money that keeping it costs.
    pub regret_usd_per_month: Estimate,
}

impl Setting {
    pub(super) fn new(by: f64, standings: &Standings, field: &Field, chosen: usize) -> Setting {
        let scale = field.months();
        let meets_slo = standings.of(chosen).and_then(|standing| standing.meets);
        let cheapest = standings.cheapest();
        let regret = cheapest.filter(|_| meets_slo != Some(false));
        Setting {
            by,
            cost_per_month_usd: standings.cost(chosen, scale),
            change_usd_per_month: standings.difference(chosen, (field.base(), chosen), scale),
            meets_slo,
            cheapest,
            regret_usd_per_month: regret
                .map_or(Estimate::NONE, |cheapest| standings.difference(chosen, (standings, cheapest), scale)),
        }
    }
}

impl Effect {
    /// From the lowest to the highest cost of the chosen design, of both ends and the base.
    #[must_use]
    pub fn swing_usd_per_month(&self) -> f64 {
        let changes = [&self.low, &self.high].map(|end| end.change_usd_per_month.mean.unwrap_or(0.0));
        changes.into_iter().fold(0.0, f64::max) - changes.into_iter().fold(0.0, f64::min)
    }
}

/// Both ends first, then where the choice changes.
pub(super) fn effect(field: &Field, factor: Factor, plan: &SensitivityPlan) -> Result<Effect, TraceError> {
    let everyone = field.everyone();
    let end = |by: f64| Ok(Point { by, standings: field.at(factor, by, &everyone)? });
    let [low, high] = factor.ends();
    let (low, high) = rayon::join(|| end(low), || end(high));
    let (low, high): (Point, Point) = (low?, high?);
    let setting = |point: &Point| Setting::new(point.by, &point.standings, field, plan.chosen);
    let (low_setting, high_setting) = (setting(&low), setting(&high));
    let (below, above) = rayon::join(|| search(field, factor, low, plan), || search(field, factor, high, plan));
    let ((below, lowest), (above, highest)) = (below?, above?);
    Ok(Effect {
        factor,
        low: low_setting,
        high: high_setting,
        flips: below.into_iter().chain(above).collect(),
        searched: [lowest, highest],
    })
}
