//! The verdict: the cheapest fleet, and the cheapest that meets the objective. It goes by point estimates; how sure they are is
//! for [`compare`](super::compare) and the caveats to say.

use crate::measure::{Histogram, QUANTILES, Quantity, RequestCounts};
use crate::scenario::Slo;

use super::Evidence;

/// A fleet that loses more than one request in so many is cheap for serving less, not for serving well.
pub const LOST_ONE_IN: u64 = 100;

/// Whether more than 1 % of the requests that arrived were never completed, however often they were tried.
#[must_use]
pub fn loses_too_many(requests: &RequestCounts) -> bool {
    u128::from(requests.lost()) * u128::from(LOST_ONE_IN) > u128::from(requests.first_tries())
}

/// Whether everything that the objective names holds: shares of the requests that arrived, quantiles of the latency of those
/// that completed. `None` when the objective sets no condition, or no request arrived to judge by.
///
/// A quantile in the same bucket of the histogram as its limit, within 0.1 % of it, meets it: where service takes exactly the
/// limit, so does the quantile, and the histogram cannot tell them apart.
#[must_use]
pub fn meets(slo: &Slo, requests: &RequestCounts, latency: &Quantity) -> Option<bool> {
    if !slo.sets_conditions() || requests.arrived == 0 {
        return None;
    }
    let fast = QUANTILES.into_iter().zip(slo.quantile_limits()).all(|((_, q), limit)| {
        limit.is_none_or(|limit| {
            latency.quantile(q).is_some_and(|read| read <= limit || Histogram::takes_as_equal(read, limit))
        })
    });
    let of_arrived = |count: u64| count as f64 / requests.arrived as f64;
    let attained = slo
        .attainment
        .is_none_or(|least| slo.latency.is_none() || requests.good as f64 / requests.first_tries() as f64 >= least);
    let rejected = slo.max_rejected.is_none_or(|most| of_arrived(requests.rejected) <= most);
    let timed_out = slo.max_timed_out.is_none_or(|most| of_arrived(requests.timed_out) <= most);
    Some(fast && attained && rejected && timed_out)
}

/// The fleet of the lowest mean cost, by its index; of equal ones the first. Fleets that lose more than 1 % of their requests
/// are passed over, unless all do.
#[must_use]
pub fn cheapest(fleets: &[Evidence]) -> Option<usize> {
    let least = |serves: &dyn Fn(&Evidence) -> bool| least_cost(fleets, serves);
    least(&|fleet| !loses_too_many(&fleet.requests)).or_else(|| least(&|_| true))
}

/// The fleet of the lowest mean cost among those that meet the objective, by its index; of equal ones the first.
#[must_use]
pub fn cheapest_meeting(fleets: &[Evidence], slo: &Slo) -> Option<usize> {
    least_cost(fleets, &|fleet| meets(slo, &fleet.requests, &fleet.latency) == Some(true))
}

fn least_cost(fleets: &[Evidence], admits: &dyn Fn(&Evidence) -> bool) -> Option<usize> {
    let admitted = fleets.iter().enumerate().filter(|(_, fleet)| admits(fleet));
    admitted.min_by_key(|(_, fleet)| fleet.total_cost()).map(|(index, _)| index)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decide::fixture::{dedicated, evidence, quantity};
    use crate::unit::Span;

    fn counts(completed: u64, rejected: u64, timed_out: u64, good: u64) -> RequestCounts {
        let arrived = completed + rejected + timed_out;
        RequestCounts { arrived, completed, rejected, timed_out, good, ..RequestCounts::default() }
    }

    fn millis(millis: u64) -> Option<Span> {
        Some(Span::from_nanos(millis * 1_000_000))
    }

    #[test]
    fn every_condition_of_an_objective_can_be_met_and_missed() {
        // Latencies of 1 ms to 1000 ms; 990 of 1,000 requests complete, 980 of them in time.
        let latency = quantity((1..=990).map(|millis| millis * 1_000_000));
        let requests = counts(990, 4, 6, 980);
        let none = Slo::default();
        let cases = [
            (Slo { p50: millis(495), ..none.clone() }, Slo { p50: millis(494), ..none.clone() }),
            (Slo { p90: millis(891), ..none.clone() }, Slo { p90: millis(889), ..none.clone() }),
            (Slo { p95: millis(941), ..none.clone() }, Slo { p95: millis(938), ..none.clone() }),
            (Slo { p99: millis(981), ..none.clone() }, Slo { p99: millis(978), ..none.clone() }),
            (Slo { p999: millis(990), ..none.clone() }, Slo { p999: millis(987), ..none.clone() }),
            (
                Slo { latency: millis(980), attainment: Some(0.98), ..none.clone() },
                Slo { latency: millis(980), attainment: Some(0.981), ..none.clone() },
            ),
            (Slo { max_rejected: Some(0.004), ..none.clone() }, Slo { max_rejected: Some(0.0039), ..none.clone() }),
            (Slo { max_timed_out: Some(0.006), ..none.clone() }, Slo { max_timed_out: Some(0.0059), ..none.clone() }),
        ];
        for (met, missed) in cases {
            assert_eq!(meets(&met, &requests, &latency), Some(true), "{met:?}");
            assert_eq!(meets(&missed, &requests, &latency), Some(false), "{missed:?}");
        }
    }

    #[test]
    fn one_missed_condition_misses_the_objective() {
        let slo = Slo { p50: millis(10), max_rejected: Some(0.0), ..Slo::default() };
        let latency = quantity([1_000_000]);
        assert_eq!(meets(&slo, &counts(1, 0, 0, 1), &latency), Some(true));
        assert_eq!(meets(&slo, &counts(1, 1, 0, 1), &latency), Some(false));
    }

    #[test]
    fn a_latency_without_a_share_is_no_condition() {
        let slo = Slo { latency: millis(1), ..Slo::default() };
        assert_eq!(meets(&slo, &counts(1, 0, 0, 0), &quantity([2_000_000])), None);
        assert_eq!(cheapest_meeting(&[], &slo), None);
    }

    #[test]
    fn a_fleet_that_completes_nothing_misses_a_quantile_and_no_requests_are_no_verdict() {
        let slo = Slo { p95: millis(1), ..Slo::default() };
        assert_eq!(meets(&slo, &counts(0, 5, 0, 0), &Quantity::default()), Some(false));
        assert_eq!(meets(&slo, &counts(0, 0, 0, 0), &Quantity::default()), None);
    }

    #[test]
    fn a_service_time_of_exactly_the_limit_meets_it() {
        // The middle of the bucket of 1.5 s is above 1.5 s, and one slower request keeps the range from telling.
        let latency = quantity(std::iter::repeat_n(1_500_000_000, 999).chain([30_000_000_000]));
        let slo = Slo { p95: millis(1_500), ..Slo::default() };
        assert!(latency.quantile(0.95) > slo.p95);
        assert_eq!(meets(&slo, &counts(1_000, 0, 0, 1_000), &latency), Some(true));
    }

    #[test]
    fn the_cheapest_is_passed_over_when_it_loses_more_than_one_request_in_a_hundred() {
        let fleets = [dedicated("a", 1), dedicated("b", 2)];
        let of = |a: RequestCounts, b: RequestCounts| {
            let mut evidence = [evidence(&fleets[0], &[1, 1]), evidence(&fleets[1], &[2, 2])];
            (evidence[0].requests, evidence[1].requests) = (a, b);
            cheapest(&evidence)
        };
        assert_eq!(of(counts(99, 1, 0, 0), counts(100, 0, 0, 0)), Some(0));
        assert_eq!(of(counts(98, 1, 1, 0), counts(100, 0, 0, 0)), Some(1));
        assert_eq!(of(counts(98, 1, 1, 0), counts(50, 50, 0, 0)), Some(0));
        assert_eq!(cheapest(&[]), None);
    }

    #[test]
    fn of_equally_cheap_fleets_the_first_is_named() {
        let fleets = [dedicated("a", 1), dedicated("b", 1), dedicated("c", 1)];
        let evidence = [evidence(&fleets[0], &[3, 3]), evidence(&fleets[1], &[1, 3]), evidence(&fleets[2], &[2, 2])];
        assert_eq!(cheapest(&evidence), Some(1));
    }

    #[test]
    fn the_cheapest_that_meets_the_objective_may_be_a_dearer_one_or_none() {
        let fleets = [dedicated("a", 1), dedicated("b", 2)];
        let mut evidence = [evidence(&fleets[0], &[1]), evidence(&fleets[1], &[2])];
        for (fleet, nanos) in evidence.iter_mut().zip([20_000_000, 10_000_000]) {
            fleet.requests = counts(1, 0, 0, 1);
            fleet.latency = quantity([nanos]);
        }
        let within = |limit| cheapest_meeting(&evidence, &Slo { p50: millis(limit), ..Slo::default() });
        assert_eq!([within(20), within(10), within(9)], [Some(0), Some(1), None]);
    }
}
