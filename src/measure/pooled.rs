//! A quantity over the replications: the pool of all of them, and what is left of it without each.

use std::borrow::Cow;

use crate::unit::Span;

use super::{Estimate, Quantity};

/// The quantiles of latency and wait that are reported and judged, with the names that people give them.
pub const QUANTILES: [(&str, f64); 5] = [("p50", 0.5), ("p90", 0.9), ("p95", 0.95), ("p99", 0.99), ("p99.9", 0.999)];

/// Nanoseconds in a second: figures are in seconds.
const NANOS: f64 = 1e9;

/// One quantity of every replication, and all of them merged. Pooling is done once; a replication is left out by subtraction.
#[derive(Clone, Debug)]
pub struct PooledQuantity<'a> {
    parts: Vec<Cow<'a, Quantity>>,
    pool: Quantity,
    /// By replication: the least and the greatest value of all the others.
    ranges_without: Vec<Option<(Span, Span)>>,
}

impl<'a> PooledQuantity<'a> {
    #[must_use]
    pub fn new(parts: Vec<Cow<'a, Quantity>>) -> PooledQuantity<'a> {
        let mut pool = Quantity::default();
        parts.iter().for_each(|part| pool.merge(part));
        let ranges_without = ranges_without(&parts);
        PooledQuantity { parts, pool, ranges_without }
    }

    /// All replications together.
    #[must_use]
    pub fn pool(&self) -> &Quantity {
        &self.pool
    }

    /// All replications together.
    #[must_use]
    pub fn into_pool(self) -> Quantity {
        self.pool
    }

    /// Sum of durations / number of them, in seconds; exact but for its interval.
    #[must_use]
    pub fn mean_s(&self) -> Estimate {
        Estimate::of_ratio(self.parts.iter().map(|part| (part.sum, u128::from(part.count()))), NANOS)
    }

    /// The nearest-rank quantile of the pool, in seconds, with the jackknife's interval.
    #[must_use]
    pub fn quantile_s(&self, q: f64) -> Estimate {
        Estimate::of_jackknife(self.pool.quantile(q).map(Span::seconds), self.quantiles_without_s(q))
    }

    /// By replication: the quantile of all the others, in seconds. What the jackknife rests on.
    #[must_use]
    pub fn quantiles_without_s(&self, q: f64) -> Vec<Option<f64>> {
        let parts = self.parts.iter().zip(&self.ranges_without);
        parts.map(|(part, &range)| self.pool.quantile_without(part, range, q).map(Span::seconds)).collect()
    }

    /// The greatest duration of all replications, in seconds. It has no interval: leaving a replication out moves the maximum
    /// either not at all or by an amount that tells nothing of its error.
    #[must_use]
    pub fn max_s(&self) -> Estimate {
        self.pool.range.map_or(Estimate::NONE, |(_, high)| Estimate::exact(high.seconds()))
    }
}

/// The range of all parts but each one: of those before it, then of those after it too.
fn ranges_without(parts: &[Cow<Quantity>]) -> Vec<Option<(Span, Span)>> {
    let mut ranges = vec![None; parts.len()];
    let (mut before, mut after) = (None, None);
    for (range, part) in ranges.iter_mut().zip(parts) {
        *range = before;
        before = Quantity::widest(before, part.range);
    }
    for (range, part) in ranges.iter_mut().zip(parts).rev() {
        *range = Quantity::widest(*range, after);
        after = Quantity::widest(after, part.range);
    }
    ranges
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rand::SeedableRng;
    use rand_distr::{Distribution, Exp1};

    use super::*;
    use crate::measure::Histogram;
    use crate::random::Rng;

    fn quantity(values: &[u64]) -> Quantity {
        let spans = || values.iter().map(|&value| Span::from_nanos(value));
        let histogram: Histogram = spans().collect();
        let sum = values.iter().map(|&value| u128::from(value)).sum();
        Quantity { histogram, sum, range: spans().min().zip(spans().max()) }
    }

    fn pooled(replications: &[Vec<u64>]) -> PooledQuantity<'static> {
        PooledQuantity::new(replications.iter().map(|values| Cow::Owned(quantity(values))).collect())
    }

    /// The order statistic of rank ceil(q x n), by sorting, in seconds.
    fn sorted_quantile(replications: &[&Vec<u64>], q: f64) -> Option<f64> {
        let mut values: Vec<u64> = replications.iter().copied().flatten().copied().collect();
        values.sort_unstable();
        let rank = ((q * values.len() as f64).ceil() as usize).max(1);
        values.get(rank - 1).map(|&value| value as f64 / 1e9)
    }

    #[test]
    fn nothing_measured_has_no_figures() {
        for pool in [pooled(&[]), pooled(&[vec![], vec![]])] {
            assert_eq!([pool.mean_s(), pool.quantile_s(0.5), pool.max_s()], [Estimate::NONE; 3]);
        }
    }

    #[test]
    fn one_value_in_every_replication_is_exact_and_has_no_interval() {
        let pool = pooled(&[vec![1_500_000_001; 4], vec![1_500_000_001; 9]]);
        assert_eq!([pool.mean_s(), pool.quantile_s(0.95), pool.max_s()], [Estimate::exact(1.500_000_001); 3]);
    }

    #[test]
    fn a_quantile_that_hangs_on_one_replication_has_no_interval() {
        assert_eq!(pooled(&[vec![5, 6], vec![]]).quantile_s(0.5), Estimate::exact(5e-9));
    }

    #[test]
    fn the_interval_of_a_quantile_covers_it_as_often_as_it_says() {
        // The 90th percentile of exponential durations with a mean of 1 s is ln 10 seconds.
        let mut rng = Rng::seed_from_u64(3);
        let mut experiment = || {
            let mut replication = || -> Vec<u64> {
                let draws = Exp1.sample_iter(&mut rng).take(500);
                draws.map(|seconds: f64| Span::from_draw(seconds * NANOS).nanos()).collect()
            };
            let replications: Vec<Vec<u64>> = (0..10).map(|_| replication()).collect();
            let estimate = pooled(&replications).quantile_s(0.9);
            (estimate.low.unwrap()..=estimate.high.unwrap()).contains(&10_f64.ln())
        };
        let covered = (0..400).filter(|_| experiment()).count();
        assert!((368..=392).contains(&covered), "{covered} of 400");
    }

    proptest! {
        #[test]
        fn quantiles_agree_with_sorting_and_so_do_their_jackknives(
            replications in prop::collection::vec(prop::collection::vec(0..20_000_000_000_u64, 1..60), 2..8), q in 0.0..=1.0_f64,
        ) {
            let pool = pooled(&replications);
            let everything: Vec<&Vec<u64>> = replications.iter().collect();
            let exact = sorted_quantile(&everything, q).unwrap();
            let estimate = pool.quantile_s(q);
            prop_assert!((estimate.mean.unwrap() - exact).abs() <= exact * 0.001);

            let rest = (0..replications.len()).map(|left_out| {
                let others: Vec<&Vec<u64>> =
                    replications.iter().enumerate().filter(|&(index, _)| index != left_out).map(|(_, other)| other).collect();
                sorted_quantile(&others, q)
            });
            let brute = Estimate::of_jackknife(Some(exact), rest);
            // Every value is read to 0.1 %, and the interval to that times t sqrt(n - 1), which is greatest for n = 2.
            let tolerance = 0.001 * pool.max_s().mean.unwrap() * 12.8;
            let (a, b) = (estimate.half_width().unwrap_or(0.0), brute.half_width().unwrap_or(0.0));
            prop_assert!((a - b).abs() <= tolerance, "{estimate:?} {brute:?}");
        }

        #[test]
        fn both_ends_and_the_mean_are_exact(
            replications in prop::collection::vec(prop::collection::vec(0..u64::MAX / 2, 1..20), 1..6),
        ) {
            let pool = pooled(&replications);
            let values: Vec<u64> = replications.concat();
            let (low, high) = (*values.iter().min().unwrap(), *values.iter().max().unwrap());
            prop_assert_eq!(pool.quantile_s(0.0).mean, Some(Span::from_nanos(low).seconds()));
            prop_assert_eq!(pool.quantile_s(1.0).mean, Some(Span::from_nanos(high).seconds()));
            prop_assert_eq!(pool.max_s().mean, Some(Span::from_nanos(high).seconds()));
            let sum: u128 = values.iter().map(|&value| u128::from(value)).sum();
            prop_assert_eq!(pool.mean_s().mean, Some(sum as f64 / values.len() as f64 / 1e9));
        }

        #[test]
        fn the_range_without_a_replication_is_that_of_the_others(
            replications in prop::collection::vec(prop::collection::vec(0..1_000_u64, 0..4), 1..6),
        ) {
            let parts: Vec<Cow<Quantity>> = replications.iter().map(|values| Cow::Owned(quantity(values))).collect();
            for (left_out, range) in ranges_without(&parts).into_iter().enumerate() {
                let mut others = replications.clone();
                others.remove(left_out);
                prop_assert_eq!(range, quantity(&others.concat()).range);
            }
        }
    }
}
