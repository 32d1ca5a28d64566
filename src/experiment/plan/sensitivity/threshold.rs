//! Where the choice changes as a factor moves away from the base, closed in from both sides with the same random numbers at every
//! step.

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
    /// The mean cost of the chosen design at `after`, in proportion between the base and the end.
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
    let flip = close_in(field, factor, (near, far), tolerance, plan.chosen)?;
    Ok((Some(flip), looked_to))
}

/// Closes in on a change between two values; fewer and fewer candidates can be the choice there.
fn close_in(
    field: &Field,
    factor: Factor,
    (near, far): (Point, Point),
    tolerance: f64,
    chosen: usize,
) -> Result<Flip, TraceError> {
    let from = field.base().cheapest();
    let mut to = far.standings.cheapest();
    let choices = [from, to];
    let cost = CostLine::new(&near, &far, chosen);
    let (mut near, mut far) = (near, far);
    let mut moved = Moves::default();
    while (far.by - near.by).abs() > tolerance {
        let by = moved.next(&near, &far, choices, tolerance);
        let here = field.at(factor, by, &contenders(&near.standings, &far.standings, choices))?;
        let choice = here.cheapest();
        moved.note(choice == from);
        let side = if choice == from {
            &mut near
        } else {
            to = choice;
            &mut far
        };
        side.by = by;
        // Who was not simulated here keeps the standing of a step before, which bounds what it would be here.
        side.standings.merge(here);
    }
    let cost = cost.at(far.by, field.months());
    Ok(Flip { before: near.by, after: far.by, from, to, cost_per_month_usd: cost })
}

/// The cost of a candidate between two points, in proportion.
struct CostLine {
    by: [f64; 2],
    /// Dollars a window.
    costs: Option<[f64; 2]>,
}

impl CostLine {
    fn new(near: &Point, far: &Point, candidate: usize) -> CostLine {
        let mean = |point: &Point| point.standings.cost(candidate, 1.0).mean;
        CostLine { by: [near.by, far.by], costs: mean(near).zip(mean(far)).map(|(near, far)| [near, far]) }
    }

    fn at(&self, by: f64, months: f64) -> Option<f64> {
        let [near, far] = self.costs?;
        Some((near + (far - near) * (by - self.by[0]) / (self.by[1] - self.by[0])) * months)
    }
}

/// Which side of a bracket has moved lately.
#[derive(Clone, Copy, Debug, Default)]
struct Moves {
    /// Whether the last one was the near side.
    last: Option<bool>,
    /// So many times in a row.
    in_a_row: u32,
}

impl Moves {
    fn note(&mut self, is_near: bool) {
        self.in_a_row = if self.last == Some(is_near) { self.in_a_row + 1 } else { 1 };
        self.last = Some(is_near);
    }

    /// Where to look next: where the chord of what decides the choice crosses zero, a little to the side that has not moved, so
    /// that both close in; the middle where a side has moved twice in a row, or nothing is known.
    fn next(&self, near: &Point, far: &Point, choices: [Option<usize>; 2], tolerance: f64) -> f64 {
        let Some(share) = chord(&near.standings, &far.standings, choices).filter(|_| self.in_a_row < 2) else {
            return f64::midpoint(near.by, far.by);
        };
        let width = far.by - near.by;
        let aside = 0.45 * tolerance / width.abs();
        let share = if self.last == Some(false) { share - aside } else { share + aside };
        near.by + width * share.clamp(0.02, 0.98)
    }
}

/// How far from near to far the base's choice ceases to be the choice, if what decides it changes in proportion: whether it meets the
/// objective, or else whether it costs less than the other choice.
fn chord(near: &Standings, far: &Standings, [from, to]: [Option<usize>; 2]) -> Option<f64> {
    let [here, there] = [near.of(from?)?, far.of(from?)?];
    let (here, there) = match there.meets {
        Some(false) => (here.slack, there.slack),
        _ => {
            let saving = |setting: &Standings, from: &Standing| {
                Some(setting.of(to?)?.total().dollars() - from.total().dollars())
            };
            (saving(near, here)?, saving(far, there)?)
        }
    };
    let share = here / (here - there);
    (here >= 0.0 && there <= 0.0 && share.is_finite()).then_some(share)
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
