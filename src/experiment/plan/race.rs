//! A race: many designs on few replications, those that may still be the best on more.
//!
//! Every design is simulated on the same replications (common random numbers), so that designs are compared by the differences
//! within each. After 4, 6, 9, 13, ... replications there is a look, at which a design leaves the race that surely misses the
//! objective, or that is surely dearer than one that surely meets it. "Surely" is by Student's t at a level so small that all
//! looks at all designs together err with the probability that was allowed: half of it for a design's being dearer, divided by
//! the number of rivals and over the looks (the union bound, so that any dependence between designs is allowed for), half for
//! its missing the objective. Early looks have more of it: with few degrees of freedom a level is dear.
//!
//! Before that, one replication and then two are enough for what is far off. What chance does with one replication cannot be told
//! from it alone; it is taken to do no more than twice what it does at most with the scouts of the design's own family, which went
//! first (classical selection takes it to do as much with all: Bechhofer, "A single-sample multiple decision procedure", Annals of
//! Mathematical Statistics 25, 1954). Whether that held of those that were looked at later is part of the result.
//! So the best design stays in the race with the confidence that is stated. This is subset selection
//! (Gupta 1965) with paired differences and in several stages, as the screening of Nelson, Swann, Goldsman and Song, "Simple
//! procedures for selecting the best simulated system when the number of alternatives is large", Operations Research 49 (2001).
//! The race ends when no design that is left can be better than the chosen one by more than the indifference.

use std::collections::{BTreeMap, BTreeSet};

use statrs::distribution::{ContinuousCDF, StudentsT};

use spread::Spread;

/// What one replication tells of one design.
#[derive(Clone, Debug, PartialEq)]
pub struct Sample {
    /// What is to be small: one figure, or two where neither outweighs the other.
    pub metrics: Vec<f64>,
    /// Each is at most zero in the mean where its condition holds.
    pub excess: Vec<f64>,
}

/// Where the samples come from. Of each design the replications are the first of one sequence, the same for all.
pub trait Track {
    type Error;

    /// Simulates what is missing of the first `replications` of these designs.
    ///
    /// # Errors
    /// When they cannot be simulated.
    fn run(&mut self, designs: &[usize], replications: u32) -> Result<(), Self::Error>;

    /// A sample that was simulated.
    fn sample(&self, design: usize, replication: u32) -> &Sample;

    /// The family of a design: those of one are alike.
    fn family(&self, design: usize) -> usize;

    /// What the first metric of a design is never below in a replication of the scouts; infinite where it surely misses
    /// the objective; `None`: not known.
    fn bound(&self, design: usize, replication: u32) -> Option<f64>;
}

/// The rules of a race.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rules {
    /// How sure the best design is to stay in the race.
    pub confidence: f64,
    /// A share of the chosen design's metric.
    pub indifference: f64,
    pub most_replications: u32,
}

/// How a race ended.
#[derive(Clone, Debug, PartialEq)]
pub struct Race {
    /// The best by its mean of those that surely meet the objective; where none does, of those that meet it by their means;
    /// where none does either, none.
    pub chosen: Option<usize>,
    /// Whether the chosen one surely meets the objective.
    pub is_sure: bool,
    /// Those that were not told apart from the chosen one, it among them, from the best mean on. With two metrics all that
    /// are left.
    pub left: Vec<usize>,
    /// The most by which one of those that are left may be better than the chosen one, as a share of its metric, at the
    /// confidence of the race.
    pub within: f64,
    /// By design, how it ended.
    pub ends: Vec<End>,
    /// Of the designs that were looked at on enough replications, those whose figures vary more than the screens took all to.
    pub wilder: usize,
}

/// How a design ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// It did not take part: it is for another part of the search.
    Absent,
    /// A bound said so; nothing of it was simulated.
    Bounded,
    /// It surely misses the objective, after so many replications.
    Misses(u32),
    /// Another one is surely better.
    Beaten(u32),
    /// It stayed to the end.
    Left(u32),
}

impl End {
    /// The replications that it took part in.
    #[must_use]
    pub fn replications(self) -> u32 {
        match self {
            End::Absent | End::Bounded => 0,
            End::Misses(count) | End::Beaten(count) | End::Left(count) => count,
        }
    }
}

impl Rules {
    /// The replications at the first look: with fewer, Student's t at small levels is too wide to tell anything.
    pub const FIRST_LOOK: u32 = 4;

    /// The replications of scouts: bounds and screens rest on them.
    #[must_use]
    pub fn of_scouts(&self) -> u32 {
        const MOST: u32 = 9;
        self.most_replications.clamp(2, MOST)
    }

    /// The replications at each look.
    #[must_use]
    pub fn looks(&self) -> Vec<u32> {
        let most = self.most_replications.max(2);
        let mut looks = vec![Rules::FIRST_LOOK.min(most)];
        while let Some(&last) = looks.last()
            && last < most
        {
            looks.push(last.saturating_add(last.div_ceil(2)).min(most));
        }
        looks
    }

    /// The replications at which what is far off is discarded, where there are scouts.
    const SCREENS: [u32; 2] = [1, 2];

    /// The part of the allowed error that each of `looks` looks has, and that at the bounds and each screen have. All together have
    /// all of it.
    fn parts(looks: usize) -> (Vec<f64>, f64) {
        /// From one look to the next.
        const RATIO: f64 = 0.7;
        let weights: Vec<f64> = (0..looks as i32).map(|look| RATIO.powi(look)).collect();
        // Bounds and screens need the least: they know how much varies, and what they discard is far off.
        let least = RATIO.powi(looks as i32);
        let all = weights.iter().sum::<f64>() + least * (Rules::SCREENS.len() + 1) as f64;
        (weights.into_iter().map(|weight| weight / all).collect(), least / all)
    }

    /// The share of the allowed error that goes to a design's being beaten; the rest is for its missing the objective, and for
    /// another one's meeting it, half each.
    const SHARE_OF_COMPARISONS: f64 = 0.5;
}

/// Runs a race of the `entrants` among `designs` designs, of which `scouts` go first: the bounds of the others are compared with
/// them. The levels are those of all designs, so that a race of some of them discards no more than that of all.
///
/// # Errors
/// Those of the track.
pub fn race<T: Track>(
    designs: usize,
    (entrants, scouts): (&[usize], &[usize]),
    rules: &Rules,
    track: &mut T,
) -> Result<Race, T::Error> {
    let looks = rules.looks();
    let (parts, part_of_others) = Rules::parts(looks.len());
    let mut field = Field::new(designs, entrants, rules);
    track.run(scouts, rules.of_scouts())?;
    field.set_levels(part_of_others);
    field.discard_by_bounds(scouts, rules.of_scouts(), track);
    field.know_spreads(scouts, rules.of_scouts(), track);
    for screen in Rules::SCREENS.into_iter().filter(|&screen| screen < looks[0]) {
        let known = |design: &usize| !scouts.contains(design) && field.spreads.contains_key(&track.family(*design));
        let left: Vec<usize> = field.left().into_iter().filter(known).collect();
        track.run(&left, screen)?;
        field.screen(&left, screen, track);
    }
    for (&look, part) in looks.iter().zip(parts) {
        let left = field.left();
        track.run(&left, look)?;
        field.set_levels(part);
        field.look(look, track);
        if field.is_decided(look, track) {
            break;
        }
    }
    Ok(field.finish(track))
}

/// The designs in a race.
struct Field<'a> {
    rules: &'a Rules,
    ends: Vec<End>,
    is_left: Vec<bool>,
    meets: Vec<Meets>,
    /// One-sided levels.
    level_of_comparison: f64,
    level_of_conditions: f64,
    /// By family.
    spreads: BTreeMap<usize, Spread>,
    wilder: BTreeSet<usize>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Meets {
    Surely,
    Doubtful,
    No,
}

impl Field<'_> {
    fn new<'a>(designs: usize, entrants: &[usize], rules: &'a Rules) -> Field<'a> {
        let (mut ends, mut is_left) = (vec![End::Absent; designs], vec![false; designs]);
        for &entrant in entrants {
            (ends[entrant], is_left[entrant]) = (End::Left(0), true);
        }
        let meets = vec![Meets::Doubtful; designs];
        Field {
            rules,
            ends,
            is_left,
            meets,
            level_of_comparison: 0.0,
            level_of_conditions: 0.0,
            spreads: BTreeMap::new(),
            wilder: BTreeSet::new(),
        }
    }

    /// Divides what a look may err among the designs: by half for comparisons with each rival, a quarter for a design's missing
    /// the objective, a quarter for each rival's meeting it.
    fn set_levels(&mut self, part: f64) {
        let error = (1.0 - self.rules.confidence) * part;
        let designs = self.ends.len() as f64;
        self.level_of_comparison = error * Rules::SHARE_OF_COMPARISONS / (designs - 1.0).max(1.0);
        self.level_of_conditions = error * (1.0 - Rules::SHARE_OF_COMPARISONS) / 2.0 / designs.max(1.0);
    }

    fn left(&self) -> Vec<usize> {
        (0..self.is_left.len()).filter(|&design| self.is_left[design]).collect()
    }

    fn discard_by_bounds(&mut self, scouts: &[usize], replications: u32, track: &impl Track) {
        scouts.iter().for_each(|&scout| self.meets[scout] = self.judge(scout, replications, track));
        let good: Vec<usize> = scouts.iter().copied().filter(|&scout| self.meets[scout] == Meets::Surely).collect();
        for design in 0..self.is_left.len() {
            let bounds: Option<Vec<f64>> = (0..replications).map(|index| track.bound(design, index)).collect();
            let Some(bounds) = bounds else { continue };
            let is_hopeless = bounds.iter().all(|bound| bound.is_infinite());
            let beaten = |&scout: &usize| {
                let gaps = (0..).zip(&bounds).map(|(index, bound)| bound - track.sample(scout, index).metrics[0]);
                let gaps: Vec<f64> = gaps.collect();
                gaps.iter().all(|gap| gap.is_finite()) && lower(&gaps, self.level_of_comparison) > 0.0
            };
            // A scout is compared by its own figures.
            if self.is_left[design] && !scouts.contains(&design) && (is_hopeless || good.iter().any(beaten)) {
                self.is_left[design] = false;
                self.ends[design] = End::Bounded;
            }
        }
    }

    fn know_spreads(&mut self, scouts: &[usize], replications: u32, track: &impl Track) {
        let mut families: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        scouts.iter().for_each(|&scout| families.entry(track.family(scout)).or_default().push(scout));
        for (family, scouts) in families {
            let good: Vec<usize> = scouts.iter().copied().filter(|&scout| self.meets[scout] == Meets::Surely).collect();
            if let Some(spread) = Spread::of(&scouts, &good, replications, track) {
                self.spreads.insert(family, spread);
            }
        }
    }

    /// Takes out of the race what is far off its family by a replication or two.
    fn screen(&mut self, left: &[usize], replications: u32, track: &impl Track) {
        let count = f64::from(replications);
        for &design in left {
            let Some(spread) = self.spreads.get(&track.family(design)) else { continue };
            let level = self.level_of_conditions / spread.conditions().max(1) as f64;
            let misses = (0..spread.conditions()).any(|condition| {
                let sum: f64 = (0..replications).map(|index| track.sample(design, index).excess[condition]).sum();
                spread.is_excess(condition, sum / count, replications, level)
            });
            let gap = gaps(design, spread.best, 0, replications, track).iter().sum::<f64>() / count;
            if misses {
                (self.is_left[design], self.ends[design]) = (false, End::Misses(replications));
            } else if spread.is_sure && spread.is_gap(gap, replications, self.level_of_comparison) {
                (self.is_left[design], self.ends[design]) = (false, End::Beaten(replications));
            }
        }
    }

    /// Notes which designs vary more than the screens took them to, among those that are still in the race.
    fn check_spread(&mut self, left: &[usize], replications: u32, track: &impl Track) {
        // The best scouts may have left the race earlier, with as many replications as they had then.
        let replications = replications.min(self.rules.of_scouts());
        let wild = left.iter().copied().filter(|&design| {
            let Some(spread) = self.spreads.get(&track.family(design)) else { return false };
            let gaps = gaps(design, spread.best, 0, replications, track);
            let mean = gaps.iter().sum::<f64>() / gaps.len() as f64;
            let variance =
                gaps.iter().map(|gap| (gap - mean) * (gap - mean)).sum::<f64>() / (gaps.len() as f64 - 1.0).max(1.0);
            variance > spread.most_of_gap(mean).powi(2)
        });
        let wild: Vec<usize> = wild.collect();
        self.wilder.extend(wild);
    }

    fn judge(&self, design: usize, replications: u32, track: &impl Track) -> Meets {
        let conditions = track.sample(design, 0).excess.len();
        let mut meets = Meets::Surely;
        for condition in 0..conditions {
            let values: Vec<f64> =
                (0..replications).map(|index| track.sample(design, index).excess[condition]).collect();
            // One condition that surely does not hold is enough, so that each has its part of the level.
            if lower(&values, self.level_of_conditions / conditions as f64) > 0.0 {
                return Meets::No;
            }
            if -lower(&values.iter().map(|value| -value).collect::<Vec<_>>(), self.level_of_conditions) > 0.0 {
                meets = Meets::Doubtful;
            }
        }
        meets
    }

    /// Takes out of the race what surely does not belong into it.
    fn look(&mut self, replications: u32, track: &impl Track) {
        let left = self.left();
        for &design in &left {
            self.meets[design] = self.judge(design, replications, track);
            self.ends[design] = End::Left(replications);
            if self.meets[design] == Meets::No {
                self.is_left[design] = false;
                self.ends[design] = End::Misses(replications);
            }
        }
        self.check_spread(&left, replications, track);
        let mut good: Vec<usize> = left.iter().copied().filter(|&design| self.meets[design] == Meets::Surely).collect();
        // The best first: it beats most.
        good.sort_by(|&a, &b| mean(a, replications, track).total_cmp(&mean(b, replications, track)));
        for &design in left.iter().filter(|&&design| self.meets[design] != Meets::No) {
            if good.iter().any(|&rival| rival != design && self.beats(rival, design, replications, track)) {
                self.is_left[design] = false;
                self.ends[design] = End::Beaten(replications);
            }
        }
    }

    /// Whether a design is surely better than another one, in every metric.
    fn beats(&self, better: usize, worse: usize, replications: u32, track: &impl Track) -> bool {
        let metrics = track.sample(better, 0).metrics.len();
        (0..metrics).all(|metric| {
            let gaps = gaps(worse, better, metric, replications, track);
            lower(&gaps, self.level_of_comparison) > 0.0
        })
    }

    /// Whether more replications would not matter.
    fn is_decided(&self, replications: u32, track: &impl Track) -> bool {
        let left = self.left();
        if left.len() <= 1 && left.iter().all(|&design| self.meets[design] == Meets::Surely) {
            return true;
        }
        let two = left.first().is_some_and(|&design| track.sample(design, 0).metrics.len() > 1);
        if two {
            return left.iter().all(|&design| self.is_sharp(design, replications, track));
        }
        let Some(chosen) = self.chosen(replications, track) else { return left.is_empty() };
        self.meets[chosen] == Meets::Surely && self.within(chosen, replications, track) <= self.rules.indifference
    }

    /// Whether every metric of a design is known within the indifference.
    fn is_sharp(&self, design: usize, replications: u32, track: &impl Track) -> bool {
        let metrics = track.sample(design, 0).metrics.len();
        (0..metrics).all(|metric| {
            let values: Vec<f64> = (0..replications).map(|index| track.sample(design, index).metrics[metric]).collect();
            let mean = values.iter().sum::<f64>() / f64::from(replications);
            mean - lower(&values, (1.0 - self.rules.confidence) / 2.0) <= self.rules.indifference * mean.abs()
        })
    }

    fn chosen(&self, replications: u32, track: &impl Track) -> Option<usize> {
        let best = |admits: &dyn Fn(usize) -> bool| {
            let admitted = self.left().into_iter().filter(|&design| admits(design));
            admitted.min_by(|&a, &b| mean(a, replications, track).total_cmp(&mean(b, replications, track)))
        };
        best(&|design| self.meets[design] == Meets::Surely)
            .or_else(|| best(&|design| meets_by_means(design, replications, track)))
    }

    /// The most by which a design that is left may be better than the chosen one, as a share of the chosen one's metric.
    fn within(&self, chosen: usize, replications: u32, track: &impl Track) -> f64 {
        let metric = mean(chosen, replications, track).abs().max(f64::MIN_POSITIVE);
        let rivals = self.left().into_iter().filter(|&design| design != chosen);
        let most = rivals.map(|rival| {
            let gaps = gaps(rival, chosen, 0, replications, track);
            -lower(&gaps, self.level_of_comparison)
        });
        most.fold(0.0, f64::max) / metric
    }

    fn finish(self, track: &impl Track) -> Race {
        let mut left = self.left();
        let replications = left.iter().map(|&design| self.ends[design].replications()).max().unwrap_or(0);
        let chosen = if left.is_empty() { None } else { self.chosen(replications, track) };
        left.sort_by(|&a, &b| mean(a, replications, track).total_cmp(&mean(b, replications, track)));
        Race {
            chosen,
            is_sure: chosen.is_some_and(|chosen| self.meets[chosen] == Meets::Surely),
            within: chosen.map_or(0.0, |chosen| self.within(chosen, replications, track)),
            left,
            ends: self.ends,
            wilder: self.wilder.len(),
        }
    }
}

fn mean(design: usize, replications: u32, track: &impl Track) -> f64 {
    (0..replications).map(|index| track.sample(design, index).metrics[0]).sum::<f64>() / f64::from(replications.max(1))
}

/// Whether the means of the first replications of a design meet every condition.
pub(super) fn meets_by_means(design: usize, replications: u32, track: &impl Track) -> bool {
    let conditions = track.sample(design, 0).excess.len();
    let sum =
        |condition: usize| (0..replications).map(|index| track.sample(design, index).excess[condition]).sum::<f64>();
    (0..conditions).all(|condition| sum(condition) <= 0.0)
}

/// What one design has more of a metric than another one, by replication.
fn gaps(more: usize, less: usize, metric: usize, replications: u32, track: &impl Track) -> Vec<f64> {
    let of = |design: usize, index: u32| track.sample(design, index).metrics[metric];
    (0..replications).map(|index| of(more, index) - of(less, index)).collect()
}

/// What the mean that values are drawn around is above, but for a probability of `level`: the lower end of Student's one-sided
/// interval. The mean itself where nothing varies.
fn lower(values: &[f64], level: f64) -> f64 {
    let count = values.len() as f64;
    let mean = values.iter().sum::<f64>() / count;
    let variance = values.iter().map(|value| (value - mean) * (value - mean)).sum::<f64>() / (count - 1.0).max(1.0);
    if variance <= 0.0 {
        return mean;
    }
    if values.len() < 2 {
        return f64::NEG_INFINITY;
    }
    mean - critical_value(values.len() - 1, level) * (variance / count).sqrt()
}

/// What Student's t is above with a probability of `level`.
fn critical_value(degrees_of_freedom: usize, level: f64) -> f64 {
    use std::cell::Cell;
    thread_local! {
        /// The last two answers: a look asks for the same ones again and again.
        static LAST: Cell<[(usize, f64, f64); 2]> = const { Cell::new([(0, 0.0, 0.0); 2]) };
    }
    let last = LAST.get();
    if let Some(&(_, _, value)) = last.iter().find(|&&(degrees, of, _)| degrees == degrees_of_freedom && of == level) {
        return value;
    }
    let value = StudentsT::new(0.0, 1.0, degrees_of_freedom as f64)
        .map_or(f64::INFINITY, |student| (student.inverse_cdf(1.0 - level) * 1e9).round() / 1e9);
    LAST.set([(degrees_of_freedom, level, value), last[0]]);
    value
}

mod spread;
#[cfg(test)]
mod tests;
