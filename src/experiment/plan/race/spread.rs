//! How much the figures of a family vary between replications, as its scouts show it: what a single replication of another
//! design is judged by.

use super::{Track, critical_value, gaps, mean, meets_by_means};

/// What the scouts of a family tell.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Spread {
    /// The best of the scouts that surely meet the objective; where none does, of those that meet it by their means.
    pub best: usize,
    /// Whether it surely does.
    pub is_sure: bool,
    /// Of the difference of the first metric from that scout's.
    gap: Deviations,
    /// By condition.
    excess: Vec<Deviations>,
    degrees_of_freedom: usize,
}

/// Pairs of a scout's mean, without its sign, and its standard deviation, the least mean first.
#[derive(Clone, Debug, PartialEq)]
struct Deviations(Vec<(f64, f64)>);

/// The figures of other designs vary by no more than so many times as much.
const SAFETY: f64 = 2.0;
/// With fewer scouts than this, little is known.
const FEWEST: usize = 4;

impl Spread {
    /// `None` where nothing varies or there are few scouts; `good` are those that surely meet the objective.
    pub fn of(scouts: &[usize], good: &[usize], replications: u32, track: &impl Track) -> Option<Spread> {
        let cheapest = |scouts: &mut dyn Iterator<Item = usize>| {
            scouts.min_by(|&a, &b| mean(a, replications, track).total_cmp(&mean(b, replications, track)))
        };
        let sure = cheapest(&mut good.iter().copied());
        let by_means = scouts.iter().copied().filter(|&scout| meets_by_means(scout, replications, track));
        let best = sure.or_else(|| cheapest(&mut { by_means }))?;
        let others = scouts.iter().filter(|&&scout| scout != best);
        let gap = Deviations::of(others.map(|&scout| gaps(scout, best, 0, replications, track)));
        let conditions = track.sample(best, 0).excess.len();
        let excess: Vec<Deviations> = (0..conditions)
            .map(|condition| {
                let of = |index: u32, scout: usize| track.sample(scout, index).excess[condition];
                Deviations::of(scouts.iter().map(|&scout| (0..replications).map(|index| of(index, scout)).collect()))
            })
            .collect();
        let varies = |deviations: &Deviations| deviations.0.iter().any(|&(_, deviation)| deviation > 0.0);
        let known = scouts.len() >= FEWEST && replications > 2 && varies(&gap) && excess.iter().all(varies);
        let degrees_of_freedom = FEWEST * (replications as usize - 1);
        known.then_some(Spread { best, is_sure: sure.is_some(), gap, excess, degrees_of_freedom })
    }

    /// How many conditions there are.
    pub fn conditions(&self) -> usize {
        self.excess.len()
    }

    /// Whether a mean difference from the best scout is beyond chance, at a level.
    pub fn is_gap(&self, mean: f64, replications: u32, level: f64) -> bool {
        mean > self.margin(self.gap.at(mean), replications, level)
    }

    /// Whether a mean excess is beyond chance, at a level.
    pub fn is_excess(&self, condition: usize, mean: f64, replications: u32, level: f64) -> bool {
        mean > self.margin(self.excess[condition].at(mean), replications, level)
    }

    /// The most that a difference of this mean is taken to deviate by.
    pub fn most_of_gap(&self, mean: f64) -> f64 {
        SAFETY * self.gap.at(mean)
    }

    fn margin(&self, deviation: f64, replications: u32, level: f64) -> f64 {
        SAFETY * deviation * critical_value(self.degrees_of_freedom, level) / f64::from(replications).sqrt()
    }
}

impl Deviations {
    fn of(scouts: impl Iterator<Item = Vec<f64>>) -> Deviations {
        let mut pairs: Vec<(f64, f64)> = scouts
            .map(|values| {
                let count = values.len() as f64;
                let mean = values.iter().sum::<f64>() / count;
                let squares = values.iter().map(|value| (value - mean) * (value - mean)).sum::<f64>();
                (mean.abs(), (squares / (count - 1.0)).sqrt())
            })
            .collect();
        pairs.sort_by(|a, b| a.0.total_cmp(&b.0));
        Deviations(pairs)
    }

    /// The largest of those that are as far off or nearer, but for a factor of two; of the three nearest at least. What is far off
    /// varies more: it is told apart by its distance.
    fn at(&self, mean: f64) -> f64 {
        const NEAREST: usize = 3;
        const FACTOR: f64 = 2.0;
        let near = |(index, pair): &(usize, &(f64, f64))| *index < NEAREST || pair.0 <= FACTOR * mean.abs();
        self.0.iter().enumerate().filter(near).map(|(_, pair)| pair.1).fold(0.0, f64::max)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_near_is_judged_by_what_is_near_and_by_three_scouts_at_least() {
        let deviations = Deviations(vec![(1.0, 0.2), (2.0, 0.1), (8.0, 0.3), (100.0, 5.0), (300.0, 2.0)]);
        assert_eq!([0.5, 3.9, 60.0, 1_000.0].map(|mean| deviations.at(mean)), [0.3, 0.3, 5.0, 5.0]);
    }
}
