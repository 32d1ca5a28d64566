//! Where the choice changes as a factor moves away from the base: by bisection, with the same random numbers at every step.

use crate::trace::TraceError;

use super::field::Field;
use super::standing::{Standing, Standings};
use super::{Factor, SensitivityPlan};

/// A change of the choice lies between two values of a factor.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Flip {
    /// The value nearer to the base: the choice is still `from`.
    pub before: f64,
    /// The value beyond: it no longer is.
    pub after: f64,
    /// The choice of the base, by its index; `None`: no candidate meets the objective.
    pub from: Option<usize>,
    /// The choice at `after`; `None`: no candidate meets the objective.
    pub to: Option<usize>,
    /// The mean cost of the chosen design at `after`.
    pub cost_per_month_usd: Option<f64>,
}

impl Flip {
    /// The middle of the two values.
    #[must_use]
    pub fn at(&self) -> f64 {
        f64::midpoint(self.before, self.after)
    }
}

/// How the candidates fare at a value of a factor.
pub(super) struct Point {
    pub by: f64,
    pub standings: Standings,
}

/// How closely a change is located: this share of the range between the factor's ends, or, beyond them, of the value.
const CLOSELY: f64 = 0.01;
/// Where bills alone change, which costs next to nothing.
const EXACTLY: f64 = 1e-9;
/// Beyond the ends the factor is doubled, or halved, at each step.
const STEP: f64 = 2.0;

/// The first change found between the base and an end, or, of a thorough plan, beyond it; and how far was looked.
pub(super) fn search(
    field: &Field,
    factor: Factor,
    end: Point,
    plan: &SensitivityPlan,
) -> Result<(Option<Flip>, f64), TraceError> {
    let from = field.base().cheapest();
    let [low, high] = factor.ends();
    let reached = end.by;
    let mut near = Point { by: 1.0, standings: field.base().clone() };
    let mut far = end;
    let mut tolerance = CLOSELY * (high - low);
    let [lowest, highest] = factor.wide_ends();
    while far.standings.cheapest() == from {
        let next = if reached > 1.0 { (far.by * STEP).min(highest) } else { (far.by / STEP).max(lowest) };
        if !plan.thorough || next == far.by {
            return Ok((None, far.by));
        }
        let standings = field.at(factor, next, &field.everyone())?;
        near = std::mem::replace(&mut far, Point { by: next, standings });
        tolerance = CLOSELY * near.by.min(far.by);
    }
    if field.is_billed_again(factor) {
        tolerance = EXACTLY;
    }
    let looked_to = far.by;
    let flip = bisect(field, factor, (near, far), tolerance, plan.chosen)?;
    Ok((Some(flip), looked_to))
}

/// Closes in on a change between two values. At each step the choice of the base is simulated first: only where it still meets the
/// objective does it take others to tell whether one of them is cheaper.
fn bisect(
    field: &Field,
    factor: Factor,
    (near, far): (Point, Point),
    tolerance: f64,
    chosen: usize,
) -> Result<Flip, TraceError> {
    let from = field.base().cheapest();
    let to = far.standings.cheapest();
    let (mut near, mut far) = (near, far);
    let mut contenders = contenders(&near.standings, &far.standings, [from, to]);
    while (far.by - near.by).abs() > tolerance {
        let by = f64::midpoint(near.by, far.by);
        let mut here = field.at(factor, by, from.as_slice())?;
        let meets = from.and_then(|from| here.of(from)).is_none_or(|standing| standing.meets != Some(false));
        if meets {
            let limit = from.and_then(|from| here.of(from)).map(|standing| standing.total());
            let cheaper = |&index: &usize| {
                let least =
                    [&near, &far].iter().filter_map(|point| point.standings.of(index)).map(Standing::total).min();
                Some(index) != from && limit.is_none_or(|limit| least.is_none_or(|least| least <= limit))
            };
            let rivals: Vec<usize> = contenders.iter().copied().filter(cheaper).collect();
            here.merge(field.at(factor, by, &rivals)?);
        }
        // Who was not simulated here keeps the standing of a step before, which bounds what it would be here.
        let side = if meets && here.cheapest() == from { &mut near } else { &mut far };
        side.by = by;
        side.standings.merge(here);
        contenders = self::contenders(&near.standings, &far.standings, [from, to]);
    }
    if !contenders.contains(&chosen) {
        contenders.push(chosen);
    }
    let standings = field.at(factor, far.by, &contenders)?;
    let cost = standings.cost(chosen, field.months());
    Ok(Flip { before: near.by, after: far.by, from, to: standings.cheapest(), cost_per_month_usd: cost.mean })
}

/// The candidates that may be the choice between two settings, given the choice at the base and at the end: those that meet the
/// objective in one of them, and in one of them cost no more than those two choices do at most. Where costs rise or fall
/// throughout, and whether the objective is met changes at most once, no other can be.
fn contenders(near: &Standings, far: &Standings, choices: [Option<usize>; 2]) -> Vec<usize> {
    let costs = |index: usize| [near, far].map(|setting| setting.of(index).map(Standing::total));
    let most = match choices {
        [Some(one), Some(other)] => [one, other].into_iter().flat_map(costs).flatten().max(),
        // Whoever meets the objective is the choice where the other setting has none.
        _ => None,
    };
    let is_contender = |&index: &usize| {
        let meets = [near, far].iter().any(|setting| setting.of(index).is_some_and(|it| it.meets != Some(false)));
        let affordable = costs(index).into_iter().flatten().any(|cost| most.is_none_or(|most| cost <= most));
        choices.contains(&Some(index)) || (meets && affordable)
    };
    (0..near.0.len()).filter(is_contender).collect()
}
