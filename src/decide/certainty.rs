//! Whether an objective is met beyond doubt, missed beyond doubt, or neither.

use crate::measure::{Estimate, Histogram, PooledQuantity, QUANTILES, RequestCounts};
use crate::scenario::Slo;
use crate::unit::Span;

/// `Some(true)` when the 95 % interval of every figure that the objective limits is within its limit, `Some(false)` when that of
/// one is wholly beyond it, `None` in between. A figure without an interval counts as it is. As for [`meets`](super::meets), a quantile
/// in the same bucket of the histogram as its limit is within it.
#[must_use]
pub fn surely_meets(slo: &Slo, requests: &[RequestCounts], latency: &PooledQuantity) -> Option<bool> {
    let ratio = |part: fn(&RequestCounts) -> u64, whole: fn(&RequestCounts) -> u64| {
        let parts = requests.iter().map(|counts| (u128::from(part(counts)), u128::from(whole(counts))));
        Estimate::of_ratio(parts, 1.0)
    };
    let quantiles = QUANTILES.into_iter().zip(slo.quantile_limits()).filter_map(|((_, q), limit)| {
        let limit = limit?;
        let within = |seconds: f64| {
            seconds <= limit.seconds() || Histogram::takes_as_equal(Span::from_draw(seconds * 1e9), limit)
        };
        let (low, high) = ends(&latency.quantile_s(q));
        Some(surely(high, low, within))
    });
    let at_most = |part: fn(&RequestCounts) -> u64, most: f64| {
        let (low, high) = ends(&ratio(part, |counts| counts.arrived));
        surely(high, low, |share| share <= most)
    };
    let attained = slo.latency.and(slo.attainment).map(|least| {
        let (low, high) = ends(&ratio(|counts| counts.good, RequestCounts::first_tries));
        surely(low, high, |share| share >= least)
    });
    let rejected = slo.max_rejected.map(|most| at_most(|counts| counts.rejected, most));
    let timed_out = slo.max_timed_out.map(|most| at_most(|counts| counts.timed_out, most));
    let verdicts: Vec<Option<bool>> = quantiles.chain(attained).chain(rejected).chain(timed_out).collect();
    if verdicts.contains(&Some(false)) {
        return Some(false);
    }
    verdicts.iter().all(|verdict| *verdict == Some(true)).then_some(true)
}

/// The ends of an interval, both the figure itself where it has none.
fn ends(figure: &Estimate) -> (Option<f64>, Option<f64>) {
    (figure.low.or(figure.mean), figure.high.or(figure.mean))
}

/// Whether what must hold of a figure holds of both ends of its interval, or of neither; of no figure it does not.
fn surely(worst: Option<f64>, best: Option<f64>, holds: impl Fn(f64) -> bool) -> Option<bool> {
    let (Some(worst), Some(best)) = (worst, best) else { return Some(false) };
    match (holds(worst), holds(best)) {
        (true, _) => Some(true),
        (_, false) => Some(false),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use super::*;
    use crate::decide::fixture::quantity;
    use crate::unit::Span;

    fn attainment(goods: &[u64], least: f64) -> Option<bool> {
        let counts = |&good: &u64| RequestCounts { arrived: 100, completed: 100, good, ..RequestCounts::default() };
        let requests: Vec<RequestCounts> = goods.iter().map(counts).collect();
        let slo = Slo { latency: Some(Span::SECOND), attainment: Some(least), ..Slo::default() };
        surely_meets(&slo, &requests, &PooledQuantity::new(Vec::new()))
    }

    #[test]
    fn an_interval_on_one_side_of_its_limit_is_beyond_doubt() {
        // 95, 96, 97: mean 0.96, half-width 4.3 x 0.0058 = 0.025.
        let goods = [95, 96, 97];
        assert_eq!(attainment(&goods, 0.93), Some(true));
        assert_eq!(attainment(&goods, 0.96), None);
        assert_eq!(attainment(&goods, 0.99), Some(false));
    }

    #[test]
    fn one_missed_limit_decides_and_one_doubtful_limit_leaves_doubt() {
        let latencies: Vec<_> = (1..=9).map(|seed| quantity((1..=100).map(|n| (n + seed) * 10_000_000))).collect();
        let latency = PooledQuantity::new(latencies.iter().map(Cow::Borrowed).collect());
        let judge = |p50: u64, p99: u64| {
            let limit = |millis: u64| Some(Span::from_nanos(millis * 1_000_000));
            surely_meets(&Slo { p50: limit(p50), p99: limit(p99), ..Slo::default() }, &[], &latency)
        };
        assert_eq!(judge(700, 1_200), Some(true));
        assert_eq!(judge(700, 500), Some(false));
        assert_eq!(judge(550, 1_200), None, "the median is about 0.55 s");
        assert_eq!(judge(550, 500), Some(false));
    }

    #[test]
    fn a_quantile_that_the_histogram_cannot_tell_from_its_limit_is_within_it() {
        // Near the lower end of a bucket, whose middle is read.
        let limit = 999_500_000;
        let replication = |most: &u64| quantity([vec![1], vec![limit; 98], vec![most << 33]].concat());
        let latencies: Vec<_> = [1, 2, 3].iter().map(replication).collect();
        let latency = PooledQuantity::new(latencies.iter().map(Cow::Borrowed).collect());
        assert!(latency.pool().quantile(0.95).is_some_and(|read| read > Span::from_nanos(limit)));
        let judge =
            |nanos: u64| surely_meets(&Slo { p95: Some(Span::from_nanos(nanos)), ..Slo::default() }, &[], &latency);
        assert_eq!(judge(limit), Some(true));
        assert_eq!(judge(limit - 2_000_000), Some(false));
    }

    #[test]
    fn a_quantile_of_no_requests_meets_nothing() {
        let slo = Slo { p95: Some(Span::SECOND), ..Slo::default() };
        assert_eq!(surely_meets(&slo, &[], &PooledQuantity::new(Vec::new())), Some(false));
    }
}
