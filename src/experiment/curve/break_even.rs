//! The volumes at which two fleets cost the same.
//!
//! Between two points of a curve where the cheaper fleet has changed, the paired difference is followed to its zero. The interval
//! of the break-even point is the set of volumes at which the 95 % interval of the difference contains zero: the true point is in
//! it as often as the interval of the difference covers the true difference there. Replications are added until it is narrow.
//!
//! A fitted fleet is a staircase. Between points of different sizes the range is halved until the sizes are equal, or the cost
//! of one is sure to be below the other's all the way (costs are taken to rise with the volume), or the step is located; a step
//! may be a crossing too, and its interval is the set of volumes at which the smaller size neither meets nor misses the objective
//! beyond doubt.

use crate::measure::Estimate;
use crate::trace::TraceError;

use super::pair::{Comparison, Pair, Sizes};
use super::root::zero;

/// A step of a staircase is located to this share of the volume.
const STEP: f64 = 0.005;
/// A zero is located to this share of the volume, the ends of an interval to this share.
const ZERO: f64 = 0.000_1;
const END: f64 = 0.001;
/// How much farther than where the slope has an end of an interval it is looked for, so that it is on this side.
const BEYOND: f64 = 1.2;
/// The stride to a volume farther out.
const FARTHER: f64 = 1.2;
/// Values asked for on the way to one zero.
const MOST_VALUES: u32 = 12;
/// The half-width at which an interval is narrow enough, as a share of the volume.
const NARROW: f64 = 0.02;

/// A volume at which the cheaper of two fleets becomes the dearer one.
#[derive(Clone, Debug)]
pub struct BreakEven {
    /// The fleet that is the cheaper below it, and the one above, by their index in the scenario.
    pub between: [usize; 2],
    /// In requests a month. No interval where nothing varies; an end is missing where it lies outside of the curve.
    pub requests_per_month: Estimate,
    pub kind: Crossing,
    /// The instances of each fleet's fitted pool there.
    pub instances: [Option<u32>; 2],
    /// Whether each meets the objective there.
    pub meets: [Option<bool>; 2],
    /// What each line of each fleet's bill comes to there, in dollars a month.
    pub lines: [Vec<(crate::bill::Line, f64)>; 2],
    pub replications: u32,
}

/// How two cost curves cross.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Crossing {
    Smooth,
    /// A fitted fleet grows by an instance.
    Step,
}

/// A pair at a volume whose difference is known.
#[derive(Clone, Copy, Debug)]
pub(super) struct Known {
    pub volume: f64,
    pub sizes: Sizes,
    /// What the first costs more than the second.
    pub gap: f64,
    pub costs: [f64; 2],
    pub replications: u32,
}

impl Known {
    /// Where two fleets cost the same to the cent, neither has become the cheaper one.
    fn take_side_of(&mut self, other: &Known) {
        if self.gap == 0.0 {
            self.gap = f64::MIN_POSITIVE.copysign(other.gap);
        }
    }
}

/// Points at which both cost the same take the side of the last one before them that is not such a point, those at the beginning
/// the side of the first one after them.
fn take_sides(points: &mut [Known]) {
    for index in 1..points.len() {
        let before = points[index - 1];
        if before.gap != 0.0 {
            points[index].take_side_of(&before);
        }
    }
    for index in (1..points.len()).rev() {
        let after = points[index];
        if after.gap != 0.0 {
            points[index - 1].take_side_of(&after);
        }
    }
}

impl From<&Comparison> for Known {
    fn from(comparison: &Comparison) -> Known {
        Known {
            volume: comparison.volume,
            sizes: comparison.sizes,
            gap: comparison.gap(),
            costs: comparison.costs(),
            replications: comparison.replications,
        }
    }
}

/// The search for a pair's break-even points.
pub(super) struct Finder<'a> {
    pub pair: Pair<'a>,
    pub replications: u32,
    pub most_replications: u32,
    /// The ends of the curve.
    pub range: (f64, f64),
}

impl Finder<'_> {
    /// All crossings between points of a curve, in the order of volume.
    pub fn all(&self, points: &[Known]) -> Result<Vec<BreakEven>, TraceError> {
        let mut points = points.to_vec();
        take_sides(&mut points);
        let mut found = Vec::new();
        for ends in points.windows(2) {
            self.explore(&ends[0], &ends[1], &mut found)?;
        }
        Ok(found)
    }

    fn explore(&self, a: &Known, b: &Known, found: &mut Vec<BreakEven>) -> Result<(), TraceError> {
        let changes = (a.gap > 0.0) != (b.gap > 0.0);
        if a.sizes == b.sizes {
            if changes {
                found.push(self.smooth(a, b)?);
            }
            return Ok(());
        }
        if apart(a, b) {
            return Ok(());
        }
        if b.volume / a.volume < 1.0 + STEP {
            if changes {
                found.push(self.step(a, b)?);
            }
            return Ok(());
        }
        let middle = (a.volume * b.volume).sqrt();
        let sizes = self.pair.fit(middle, [a.sizes, b.sizes])?;
        let mut middle = Known::from(&self.pair.compare(middle, sizes, self.replications)?);
        middle.take_side_of(a);
        self.explore(a, &middle, found)?;
        self.explore(&middle, b, found)
    }

    /// A crossing between two volumes at which the sizes are the same.
    fn smooth(&self, a: &Known, b: &Known) -> Result<BreakEven, TraceError> {
        let mut replications = self.replications;
        let sign = if a.gap > 0.0 { 1.0 } else { -1.0 };
        loop {
            let compare = |volume: f64| self.pair.compare(volume, a.sizes, replications);
            let end = |known: &Known| match known.replications == replications {
                true => Ok((known.volume, known.gap)),
                false => compare(known.volume).map(|found| (found.volume, found.gap())),
            };
            let (mut low, mut high) = (end(a)?, end(b)?);
            // With other replications the zero may be a little outside.
            while sign * low.1 <= 0.0 && low.0 > self.range.0 {
                low.0 = (low.0 / FARTHER).max(self.range.0);
                low.1 = compare(low.0)?.gap();
            }
            while sign * high.1 >= 0.0 && high.0 < self.range.1 {
                high.0 = (high.0 * FARTHER).min(self.range.1);
                high.1 = compare(high.0)?.gap();
            }
            let mut latest = None;
            let at = match (sign * low.1 > 0.0, sign * high.1 < 0.0) {
                // It is beyond the end of the curve.
                (false, _) => low.0,
                (_, false) => high.0,
                (true, true) => {
                    let gap = |volume| {
                        let found = latest.insert(compare(volume)?);
                        Ok(near_zero(found.gap(), found))
                    };
                    zero(low, high, ZERO, MOST_VALUES, gap)?
                }
            };
            let at = match latest {
                Some(found) if found.volume == at => found,
                _ => compare(at)?,
            };
            if at.difference.half_width().is_none() {
                return Ok(self.found(&at, sign, Estimate::exact(at.volume), Crossing::Smooth));
            }
            let below = self.decided(&at, low, sign, &compare)?;
            let above = self.decided(&at, high, -sign, &compare)?;
            let estimate = Estimate { mean: Some(at.volume), low: below, high: above };
            match self.replications_wanted(&estimate, replications) {
                Some(more) => replications = more,
                None => return Ok(self.found(&at, sign, estimate, Crossing::Smooth)),
            }
        }
    }

    /// The volume nearest to a zero from which on, towards the `outer` volume (with the difference there) and beyond, the difference
    /// has its `sign` beyond doubt; `None` outside of the curve. It is looked for from where the slope has it, ever farther.
    fn decided(
        &self,
        at: &Comparison,
        outer: (f64, f64),
        sign: f64,
        compare: &impl Fn(f64) -> Result<Comparison, TraceError>,
    ) -> Result<Option<f64>, TraceError> {
        let sure = |found: &Comparison| sign * found.gap() - found.half_width();
        let width = libm::log(outer.0 / at.volume);
        let end = if width < 0.0 { self.range.0 } else { self.range.1 };
        if at.volume == end {
            return Ok(None);
        }
        // A fitted fleet has another size farther out.
        let last = if at.sizes == [None, None] { end } else { outer.0 };
        let slope = ((outer.1 - at.gap()) / width).abs();
        let mut distance = (at.half_width() / slope).clamp(END, FARTHER - 1.0).copysign(width);
        let mut inner = (at.volume, sure(at).min(-f64::MIN_POSITIVE));
        loop {
            let next = at.volume * libm::exp(distance * BEYOND);
            let next = if width < 0.0 { next.max(last) } else { next.min(last) };
            let value = sure(&compare(next)?);
            if value > 0.0 {
                let found =
                    zero(inner, (next, value), END, MOST_VALUES, |volume| compare(volume).map(|found| sure(&found)));
                return found.map(Some);
            }
            if next == last {
                return Ok((last != end).then_some(last));
            }
            inner = (next, value.min(-f64::MIN_POSITIVE));
            distance *= 2.0;
        }
    }

    /// As many replications as the interval needs to be narrow, the number being doubled again and again; `None` when it is, or
    /// when no more may be made.
    fn replications_wanted(&self, estimate: &Estimate, made: u32) -> Option<u32> {
        let half_width = match (estimate.low, estimate.high) {
            // An end outside of the curve is farther than any that is wanted.
            (None, _) | (_, None) => f64::INFINITY,
            (Some(low), Some(high)) => (high - low) / 2.0 / estimate.mean?,
        };
        if half_width <= NARROW || made >= self.most_replications {
            return None;
        }
        let needed = f64::from(made) * (half_width / NARROW).powi(2);
        let mut more = made.saturating_mul(2);
        while f64::from(more) < needed && more < self.most_replications {
            more = more.saturating_mul(2);
        }
        Some(more.min(self.most_replications))
    }

    /// A crossing where a fitted fleet grows, between two volumes that are a step apart.
    fn step(&self, a: &Known, b: &Known) -> Result<BreakEven, TraceError> {
        let volume = (a.volume * b.volume).sqrt();
        let grown = (0..2).find(|&index| a.sizes[index] != b.sizes[index]);
        let (mut low, mut high) = (None, None);
        if let Some((index, size)) = grown.and_then(|index| Some((index, a.sizes[index]?))) {
            let certainty = |volume: f64| {
                let scenario = self.pair.volumes.at(volume);
                self.pair.search(&scenario, index)?.certainty(size)
            };
            low = self.doubt_ends(a.volume, true, &certainty)?;
            high = self.doubt_ends(b.volume, false, &certainty)?;
        }
        let estimate = match self.pair.varies() {
            true => Estimate { mean: Some(volume), low, high },
            false => Estimate::exact(volume),
        };
        let sign = if a.gap > 0.0 { 1.0 } else { -1.0 };
        let at = self.pair.compare(volume, a.sizes, self.replications)?;
        Ok(self.found(&at, sign, estimate, Crossing::Step))
    }

    /// The nearest volume below `from` at which a size is sure to do, or above it at which it is sure not to; `None` outside of the
    /// curve.
    fn doubt_ends(
        &self,
        from: f64,
        does: bool,
        certainty: &impl Fn(f64) -> Result<Option<bool>, TraceError>,
    ) -> Result<Option<f64>, TraceError> {
        let (mut doubtful, mut stride) = (from, 1.0 + STEP);
        loop {
            let next = if does { doubtful / stride } else { doubtful * stride };
            if next < self.range.0 || next > self.range.1 {
                return Ok(None);
            }
            if certainty(next)? == Some(does) {
                let mut sure = next;
                while (sure / doubtful).max(doubtful / sure) > 1.0 + STEP {
                    let middle = (sure * doubtful).sqrt();
                    if certainty(middle)? == Some(does) {
                        sure = middle;
                    } else {
                        doubtful = middle;
                    }
                }
                return Ok(Some(sure));
            }
            (doubtful, stride) = (next, stride * stride);
        }
    }

    fn found(&self, at: &Comparison, sign: f64, requests_per_month: Estimate, kind: Crossing) -> BreakEven {
        // The dearer one below is the cheaper one above.
        let order = if sign > 0.0 { [1, 0] } else { [0, 1] };
        BreakEven {
            between: order.map(|index| self.pair.fleets[index]),
            requests_per_month,
            kind,
            instances: order.map(|index| at.sizes[index]),
            meets: order.map(|index| at.meets[index]),
            lines: order.map(|index| at.lines[index].clone()),
            replications: at.replications,
        }
    }
}

/// Zero for a value that chance alone would move by much more.
fn near_zero(value: f64, found: &Comparison) -> f64 {
    /// Of the half-width of the difference.
    const NEAR: f64 = 0.03;
    if value.abs() <= NEAR * found.half_width() { 0.0 } else { value }
}

/// Whether one fleet is the cheaper all the way between two volumes, if costs only rise.
fn apart(a: &Known, b: &Known) -> bool {
    let highest = |index: usize| a.costs[index].max(b.costs[index]);
    let lowest = |index: usize| a.costs[index].min(b.costs[index]);
    highest(0) < lowest(1) || highest(1) < lowest(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decide::fixture::{scenario, serverless};
    use crate::experiment::{Unwatched, Volumes};
    use crate::scenario::Scenario;

    fn known(gap: f64, costs: [f64; 2]) -> Known {
        Known { volume: 1.0, sizes: [None, None], gap, costs, replications: 10 }
    }

    fn with_finder<T>(scenario: &Scenario, most_replications: u32, ask: impl Fn(&Finder) -> T) -> T {
        let volumes = Volumes::new(scenario, None).expect("traffic");
        let pair = Pair { volumes: &volumes, fleets: [0, 1], watch: &Unwatched };
        ask(&Finder { pair, replications: 10, most_replications, range: (1e4, 1e7) })
    }

    #[test]
    fn points_of_the_same_cost_are_on_the_side_of_their_neighbours() {
        let sides = |gaps: &[f64]| {
            let mut points: Vec<Known> = gaps.iter().map(|&gap| known(gap, [0.0; 2])).collect();
            take_sides(&mut points);
            points.iter().map(|point| if point.gap == 0.0 { 0 } else { point.gap.signum() as i32 }).collect::<Vec<_>>()
        };
        assert_eq!(sides(&[5.0, 0.0, -5.0]), [1, 1, -1]);
        assert_eq!(sides(&[5.0, 0.0, 0.0, 5.0]), [1, 1, 1, 1]);
        assert_eq!(sides(&[0.0, 0.0, -5.0]), [-1, -1, -1]);
        assert_eq!(sides(&[5.0, -5.0, 0.0]), [1, -1, -1]);
        assert_eq!(sides(&[0.0, 0.0]), [0, 0]);
    }

    #[test]
    fn costs_that_only_rise_are_apart_where_one_ends_below_the_other() {
        assert!(apart(&known(-3.0, [1.0, 4.0]), &known(-5.0, [3.0, 8.0])));
        assert!(apart(&known(3.0, [4.0, 1.0]), &known(5.0, [8.0, 3.0])));
        assert!(!apart(&known(-3.0, [1.0, 4.0]), &known(-3.0, [5.0, 8.0])));
    }

    #[test]
    fn replications_are_doubled_until_the_interval_should_be_narrow() {
        let estimate = |low, high| Estimate { mean: Some(1e6), low, high };
        let half = |share: f64| estimate(Some(1e6 * (1.0 - share)), Some(1e6 * (1.0 + share)));
        let scenario = scenario(vec![serverless("a"), serverless("b")]);
        let wanted = |estimate: Estimate, made| {
            with_finder(&scenario, 160, |finder| finder.replications_wanted(&estimate, made))
        };
        assert_eq!(wanted(half(NARROW * 0.99), 10), None);
        assert_eq!(wanted(half(NARROW * 1.01), 10), Some(20));
        // Three times as wide as it should be: nine times as many.
        assert_eq!(wanted(half(NARROW * 3.0), 10), Some(160));
        assert_eq!(wanted(half(NARROW * 2.5), 10), Some(80));
        assert_eq!(wanted(half(NARROW * 3.0), 160), None, "no more than the most");
        assert_eq!(wanted(estimate(None, Some(1e6)), 10), Some(160), "an end outside of the curve");
    }
}
