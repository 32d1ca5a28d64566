//! Paths through the months: the cheapest one, by dynamic programming backwards from the last month; never to change; and to change
//! only when the objective is missed.

use super::months::{Commitments, Months};

/// What is held, month by month.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Path {
    pub steps: Vec<Step>,
    /// Dollars, of all months.
    pub total: f64,
}

/// A month of a path.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Step {
    /// By its index.
    pub design: usize,
    /// What is committed to in this month; its first month is a step with `is_new`.
    pub commitments: Option<Commitments>,
    pub is_new: bool,
    /// Dollars, with what a change to another family costs.
    pub cost: f64,
    pub meets: bool,
}

/// Of equal paths the one with fewer changes is taken; sums of dollars differ by rounding alone below this.
const EQUAL: f64 = 1e-6;

/// The cheapest path from every month on, given what is held when it begins. One commitment is held at a time: while it lasts, more
/// instances are on demand. From a month in which no design meets the objective there is no path.
pub struct Best<'a> {
    months: &'a Months,
    commitments: Vec<Commitments>,
    /// The longest term less the month in which it is taken.
    longest: usize,
    /// By month, one more than there are; then by state and by the design held before.
    value: Vec<Vec<f64>>,
}

impl Best<'_> {
    #[must_use]
    pub fn new(months: &Months) -> Best<'_> {
        let commitments = months.commitments();
        let terms = commitments.iter().map(|&held| months.offer(held).months as usize);
        let longest = terms.max().unwrap_or(1).saturating_sub(1).min(months.count());
        let mut best = Best { months, commitments, longest, value: Vec::new() };
        let states = (1 + best.commitments.len() * longest) * months.designs.len();
        best.value = vec![vec![f64::INFINITY; states]; months.count() + 1];
        best.value[months.count()].fill(0.0);
        for month in (0..months.count()).rev() {
            for design in 0..months.designs.len() {
                for held in best.states(month) {
                    let value = best.choose(month, design, held).map_or(f64::INFINITY, |(_, value)| value);
                    let place = best.place(design, held);
                    best.value[month][place] = value;
                }
            }
        }
        best
    }

    /// Dollars from a month on, with a design and no commitment; infinite where a month has no design that meets the objective.
    #[must_use]
    pub fn from(&self, month: usize, design: usize) -> f64 {
        self.value[month][self.place(design, None)]
    }

    /// The cheapest path from the first month on; `None` where there is none.
    #[must_use]
    pub fn path(&self, design: usize) -> Option<Path> {
        let mut path = Path::default();
        let (mut design, mut held) = (design, None);
        for month in 0..self.months.count() {
            let (step, _) = self.choose(month, design, held)?;
            design = step.design;
            held = self.after(month, step, held);
            path.total += step.cost;
            path.steps.push(step);
        }
        Some(path)
    }

    /// Nothing committed, or an index of a commitment with the months that are left of it.
    fn states(&self, month: usize) -> Vec<Option<(usize, usize)>> {
        let left = self.longest.min(self.months.count() - month);
        let held = (0..self.commitments.len()).flat_map(|index| (1..=left).map(move |left| Some((index, left))));
        std::iter::once(None).chain(held).collect()
    }

    fn place(&self, design: usize, held: Option<(usize, usize)>) -> usize {
        let state = held.map_or(0, |(index, left)| 1 + index * self.longest + left - 1);
        state * self.months.designs.len() + design
    }

    /// What is left after a month, of the months that there are.
    fn after(&self, month: usize, step: Step, held: Option<(usize, usize)>) -> Option<(usize, usize)> {
        let (index, left) = match (held, step.commitments) {
            (Some(held), _) => held,
            (None, Some(new)) => {
                let index = self.commitments.iter().position(|&commitments| commitments == new)?;
                (index, self.months.offer(new).months as usize)
            }
            (None, None) => return None,
        };
        let left = (left - 1).min(self.months.count() - month - 1);
        (left > 0).then_some((index, left))
    }

    /// The best step of a month, and the dollars from it on.
    fn choose(&self, month: usize, before: usize, held: Option<(usize, usize)>) -> Option<(Step, f64)> {
        let months = self.months;
        let new = |&commitments: &Commitments| held.is_none().then_some(Some(commitments));
        let kept = held.map(|(index, _)| self.commitments[index]);
        let mut best: Option<(Step, f64)> = None;
        // What changes nothing is tried first, and stays where nothing is better.
        let others = (0..months.designs.len()).filter(|&design| design != before);
        for design in std::iter::once(before).chain(others).filter(|&design| months.figures[month][design].meets) {
            let options = std::iter::once(kept).chain(self.commitments.iter().filter_map(new));
            for (place, commitments) in options.enumerate() {
                let cost = months.cost(month, design, commitments) + months.switch(before, design);
                let step = Step { design, commitments, is_new: place > 0, cost, meets: true };
                let value = cost + self.value[month + 1][self.place(design, self.after(month, step, held))];
                if value.is_finite() && best.is_none_or(|(_, least)| value < least - EQUAL) {
                    best = Some((step, value));
                }
            }
        }
        best
    }
}

/// The same design on demand in every month, whether it meets the objective or not.
#[must_use]
pub fn never_change(months: &Months, design: usize) -> Path {
    let step = |month: usize| {
        let cost = months.cost(month, design, None);
        Step { design, commitments: None, is_new: false, cost, meets: months.figures[month][design].meets }
    };
    summed((0..months.count()).map(step).collect())
}

/// On demand, and another design only in a month in which the one that is held misses the objective: then the cheapest of that month
/// that meets it. Where none does, what is held stays.
#[must_use]
pub fn change_when_missed(months: &Months, design: usize) -> Path {
    let mut held = design;
    let step = |month: usize| {
        let before = held;
        let meets = |&design: &usize| months.figures[month][design].meets;
        let cost = |design: usize| months.cost(month, design, None) + months.switch(before, design);
        if !meets(&held) {
            let others = (0..months.designs.len()).filter(meets);
            held = others.min_by(|&one, &other| cost(one).total_cmp(&cost(other))).unwrap_or(held);
        }
        Step { design: held, commitments: None, is_new: false, cost: cost(held), meets: meets(&held) }
    };
    summed((0..months.count()).map(step).collect())
}

fn summed(steps: Vec<Step>) -> Path {
    let total = steps.iter().map(|step| step.cost).sum();
    Path { steps, total }
}
