//! A fleet: its pools, and the rule that routes a request to one of them.

use breakeven::scenario::{Fleet, FleetKind, OverflowRule, PoolKind, Scenario};
use breakeven::unit::{Rate, Span, Time};

use super::Request;
use super::clients::{Attempt, Clients};
use super::history::History;
use super::pool::Pool;

/// Follows every request to its end. At each instant everything else happens first, then the requests of the stream arrive,
/// then those that are tried again; whatever an arrival brings about at once happens before the next one.
pub fn run(scenario: &Scenario, fleet: &Fleet, replication: u32, requests: &[Request]) -> Vec<History> {
    let mut pools = pools_of(scenario, fleet, replication);
    let mut clients = Clients::new(scenario, fleet, replication);
    let mut arrived: Vec<Request> = Vec::new();
    let mut stream = requests.iter().copied().peekable();
    let horizon = Time::START + scenario.horizon;
    let mut now = Time::START;
    loop {
        let event = pools.iter().filter_map(Pool::next_event).min();
        let arrival = stream.peek().map(|request| request.arrival);
        let is_over = arrival.is_none() && clients.nobody_comes_back();
        if is_over && pools.iter().all(|pool| pool.is_done(horizon)) {
            break;
        }
        let Some(next) = [event, arrival, clients.next()].into_iter().flatten().min() else {
            clients.decide();
            continue;
        };
        if next > now {
            clients.decide();
            now = clients.next().map_or(next, |attempt| next.min(attempt));
        }
        if event == Some(now) {
            let pool = pools.iter_mut().find(|pool| pool.next_event() == event).expect("it has the event");
            pool.step();
        } else if arrival == Some(now) || clients.next() == Some(now) {
            let attempt = match arrival {
                Some(arrival) if arrival == now => Attempt::first(stream.next().expect("a request arrives")),
                _ => clients.take(),
            };
            arrived.push(attempt.request);
            let chosen = route(fleet, &pools, attempt, &arrived);
            pools[chosen].arrive(arrived.len() - 1, attempt);
        }
        pools.iter_mut().for_each(|pool| clients.lose(pool.take_losses()));
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
fn route(fleet: &Fleet, pools: &[Pool], attempt: Attempt, arrived: &[Request]) -> usize {
    let FleetKind::Hybrid(hybrid) = &fleet.kind else {
        return 0;
    };
    let last = pools.len() - 1;
    (0..last)
        .find(|&index| {
            let (pool, kind) = (&pools[index], &hybrid.pools[index].kind);
            let rejects = pool.would_reject(attempt.request.arrival);
            !rejects && !passes_on(hybrid.overflow, pool, kind, attempt, arrived)
        })
        .unwrap_or(last)
}

fn passes_on(rule: OverflowRule, pool: &Pool, kind: &PoolKind, attempt: Attempt, arrived: &[Request]) -> bool {
    match rule {
        OverflowRule::WhenFull => {
            let may_grow = matches!(kind, PoolKind::Serverless(_)) && !pool.has_max_instances();
            !pool.has_free_slot() && !may_grow
        }
        OverflowRule::InFlightOver(limit) => pool.in_flight() >= limit,
        OverflowRule::WaitOver(longest) => pool.foreseen_wait(attempt) > longest,
        OverflowRule::RateOver(rate) => exceeds(arrivals_within_a_second(arrived, attempt.request.arrival), rate),
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
