//! What a replication tells of a design, in a few numbers that are kept.

use serde::{Deserialize, Serialize};

use crate::bill;
use crate::decide::LOST_ONE_IN;
use crate::measure::{FleetOutcome, Histogram, QUANTILES, Quantity, RequestCounts};
use crate::scenario::{Fleet, Plan, PlanObjective, Scenario, Slo};
use crate::unit::{Span, Usd};

use super::race::Sample;

/// One design in one replication.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Tally {
    /// The bill of the window, in nano-dollars.
    pub cost: i64,
    /// Requests of the window.
    pub arrived: u64,
    pub first_tries: u64,
    pub completed: u64,
    pub good: u64,
    pub rejected: u64,
    pub timed_out: u64,
    pub cold: u64,
    /// p50, p90, p95, p99 and p99.9 of the latency, in nanoseconds; zero where nothing was completed.
    pub latency: [u64; 5],
    /// The completed requests within the objective's limit on each of them; zero where there is none.
    pub within: [u64; 5],
}

impl Tally {
    #[must_use]
    pub fn of(scenario: &Scenario, fleet: &Fleet, outcome: &FleetOutcome) -> Tally {
        let together = outcome.together();
        let RequestCounts { arrived, completed, good, rejected, timed_out, cold, .. } = together.requests();
        let latency = together.latency();
        let limits = scenario.slo.as_ref().map(Slo::quantile_limits).unwrap_or_default();
        let total = bill::of_fleet(fleet, outcome, scenario.window()).total();
        Tally {
            cost: i64::try_from(total.nanos()).unwrap_or(i64::MAX),
            arrived,
            first_tries: together.requests().first_tries(),
            completed,
            good,
            rejected,
            timed_out,
            cold,
            latency: QUANTILES.map(|(_, q)| latency.quantile(q).map_or(0, Span::nanos)),
            within: limits.map(|limit| limit.map_or(0, |limit| within(&latency, limit))),
        }
    }

    #[must_use]
    pub fn cost(&self) -> Usd {
        Usd::from_nanos(self.cost.into())
    }

    /// What the race is run by.
    #[must_use]
    pub fn sample(&self, scenario: &Scenario, plan: &Plan) -> Sample {
        let months = Span::MONTH.nanos() as f64 / scenario.window().nanos() as f64;
        let cost = self.cost().dollars() * months;
        let latency = Span::from_nanos(self.latency[plan.latency]).seconds();
        let metrics = match plan.objective {
            PlanObjective::LeastCost => vec![cost],
            PlanObjective::LeastLatency => vec![latency],
            PlanObjective::Frontier => vec![cost, latency],
        };
        let mut excess = self.excess(scenario.slo.as_ref());
        excess.extend(plan.budget.map(|budget| cost - budget.cost(Span::MONTH.nanos().into()).dollars()));
        Sample { metrics, excess }
    }

    /// By how many requests each condition is missed: zero or less in the mean where the pooled figures meet it, because each
    /// condition is one on sums over the replications. Without conditions at most 1 % of the requests may be lost, as for
    /// [`decide::cheapest`](crate::decide::cheapest).
    fn excess(&self, slo: Option<&Slo>) -> Vec<f64> {
        let count = |count: u64| count as f64;
        let Some(slo) = slo.filter(|slo| slo.sets_conditions()) else {
            return vec![count(self.first_tries - self.completed) - count(self.first_tries) / LOST_ONE_IN as f64];
        };
        let attained = slo.latency.and(slo.attainment).map(|least| least * count(self.first_tries) - count(self.good));
        let quantiles = QUANTILES.into_iter().zip(slo.quantile_limits()).zip(self.within);
        let quantiles = quantiles.filter_map(|(((_, q), limit), within)| {
            limit.map(|_| if self.completed == 0 { 1.0 } else { q * count(self.completed) - count(within) })
        });
        let rejected = slo.max_rejected.map(|most| count(self.rejected) - most * count(self.arrived));
        let timed_out = slo.max_timed_out.map(|most| count(self.timed_out) - most * count(self.arrived));
        attained.into_iter().chain(quantiles).chain(rejected).chain(timed_out).collect()
    }
}

/// Durations within a limit, or in the same bucket of the histogram, as [`decide::meets`](crate::decide::meets) takes them.
fn within(latency: &Quantity, limit: Span) -> u64 {
    let is_within = |value: Span| value <= limit || Histogram::takes_as_equal(value, limit);
    latency.histogram.buckets().filter(|&(value, _)| is_within(value)).map(|(_, count)| count).sum()
}
