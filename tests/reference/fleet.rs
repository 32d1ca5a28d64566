//! A fleet: its pools, and the rule that routes a request to one of them.

use breakeven::scenario::{Fleet, FleetKind, OverflowRule, PoolKind, Scenario};
use breakeven::unit::{Rate, Span, Time};

use super::Request;
use super::pool::{Answer, History, Pool};

/// Follows every request to its end. Pools meet only where an arrival is routed, after all else of its instant, so each
/// keeps its own events.
pub fn run(scenario: &Scenario, fleet: &Fleet, replication: u32, requests: &[Request]) -> Vec<History> {
    let mut pools = pools_of(scenario, fleet, replication);
    for (number, &request) in requests.iter().enumerate() {
        for pool in &mut pools {
            while pool.next_event().is_some_and(|time| time <= request.arrival) {
                pool.step();
            }
        }
        let chosen = route(fleet, &pools, &requests[..=number]);
        pools[chosen].arrive(number, request);
    }
    for pool in &mut pools {
        while pool.next_event().is_some() {
            pool.step();
        }
    }
    pools.into_iter().zip(0..).map(|(pool, index)| pool.into_history(index)).collect()
}

fn pools_of(scenario: &Scenario, fleet: &Fleet, replication: u32) -> Vec<Pool> {
    match &fleet.kind {
        FleetKind::Single(kind) => vec![Pool::new(scenario, kind, replication, &["fleet", &fleet.name])],
        FleetKind::Hybrid(hybrid) => hybrid
            .pools
            .iter()
            .map(|pool| Pool::new(scenario, &pool.kind, replication, &["fleet", &fleet.name, &pool.name]))
            .collect(),
    }
}

/// The pool that takes the last of the requests arrived so far: the first that neither passes it on nor would reject it,
/// else the last.
fn route(fleet: &Fleet, pools: &[Pool], arrived: &[Request]) -> usize {
    let FleetKind::Hybrid(hybrid) = &fleet.kind else {
        return 0;
    };
    let last = pools.len() - 1;
    (0..last)
        .find(|&index| {
            let (pool, kind) = (&pools[index], &hybrid.pools[index].kind);
            pool.answer() != Answer::Reject && !passes_on(hybrid.overflow, pool, kind, arrived)
        })
        .unwrap_or(last)
}

fn passes_on(rule: OverflowRule, pool: &Pool, kind: &PoolKind, arrived: &[Request]) -> bool {
    let request = arrived[arrived.len() - 1];
    match rule {
        OverflowRule::WhenFull => {
            let may_grow = matches!(kind, PoolKind::Serverless(_)) && !pool.has_max_instances();
            !pool.has_free_slot() && !may_grow
        }
        OverflowRule::InFlightOver(limit) => pool.in_flight() >= limit,
        OverflowRule::WaitOver(longest) => pool.foreseen_wait(request) > longest,
        OverflowRule::RateOver(rate) => exceeds(arrivals_within_a_second(arrived, request.arrival), rate),
    }
}

/// How many arrived in (now - 1 s, now].
fn arrivals_within_a_second(arrived: &[Request], now: Time) -> u64 {
    let recent = |request: &&Request| request.arrival + Span::SECOND > now;
    arrived.iter().filter(recent).count() as u64
}

/// Whether `count` > rate x 1 s.
fn exceeds(count: u64, rate: Rate) -> bool {
    // A rate is nano_events / 10^9 in every `per` nanoseconds, a second 10^9 of them.
    u128::from(count) * u128::from(rate.per().nanos()) > u128::from(rate.nano_events())
}
