//! What must always be true of the engine, whatever the scenario.

mod everything;
mod fleets;
mod runs;

use std::collections::BTreeMap;

use breakeven::bill;
use breakeven::engine::replay_recorded;
use breakeven::fleet::{End, RequestRecord};
use breakeven::scenario::{Dedicated, FleetKind, Instances, PoolKind};
use breakeven::unit::{Span, Time, Usd};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

use crate::reference::build::fleet;
use crate::reference::cases::{Case, Kind, any_kind, case};
use crate::reference::{blocks_of, simulate};

const REPLICATION: u32 = 0;

fn config(cases: u32) -> ProptestConfig {
    ProptestConfig {
        cases,
        rng_seed: RngSeed::Fixed(2),
        failure_persistence: None,
        max_shrink_iters: 2_000,
        ..ProptestConfig::default()
    }
}

fn records_of(case: &Case) -> Vec<RequestRecord> {
    replay_recorded(&case.scenario, &case.fleet, REPLICATION, &blocks_of(&case.requests, case.longest_block)).1
}

/// The start and the completion of every service, by the instance (and its pool) that served it.
fn services(records: &[RequestRecord]) -> BTreeMap<(u16, u64), Vec<(Time, Time)>> {
    let mut services: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for record in records {
        if let End::Completed { start, completion, instance, .. } = record.end {
            services.entry((record.pool, instance)).or_default().push((start, completion));
        }
    }
    services
}

proptest! {
    #![proptest_config(config(400))]

    #[test]
    fn starting_busy_and_idle_time_is_the_life_of_the_instances(case in case(any_kind())) {
        let blocks = blocks_of(&case.requests, case.longest_block);
        let (outcome, _) = replay_recorded(&case.scenario, &case.fleet, REPLICATION, &blocks);
        let lives = simulate(&case.scenario, &case.fleet, REPLICATION, &case.requests).lives;
        let (from, to) = (case.scenario.warm_up.nanos(), case.scenario.horizon.nanos());
        for ((kind, pool), lives) in case.fleet.pools().into_iter().zip(&outcome.pools).zip(lives) {
            let life: u128 = match kind {
                PoolKind::Dedicated(pool) => u128::from(pool.instances.number()) * u128::from(to - from),
                PoolKind::Serverless(_) => lives
                    .iter()
                    .map(|life| (life.created.nanos(), life.stopped.map_or(to, Time::nanos)))
                    .map(|(created, stopped)| u128::from(stopped.clamp(from, to) - created.clamp(from, to)))
                    .sum(),
            };
            let usage = pool.usage;
            prop_assert_eq!(usage.starting + usage.busy + usage.idle, life);
            prop_assert_eq!(usage.ready_slots, (usage.busy + usage.idle) * u128::from(kind.slots()));
            prop_assert!(usage.busy <= usage.busy_slots && usage.busy_slots <= usage.ready_slots);
        }
    }

    #[test]
    fn no_instance_serves_more_at_once_than_it_has_slots(case in case(any_kind())) {
        let slots: Vec<u32> = case.fleet.pools().iter().map(|kind| kind.slots()).collect();
        for ((pool, _), services) in services(&records_of(&case)) {
            for &(instant, _) in &services {
                let at_once = services.iter().filter(|&&(start, end)| start <= instant && instant < end).count();
                prop_assert!(at_once <= slots[usize::from(pool)] as usize);
            }
        }
    }

    #[test]
    fn no_request_is_served_faster_than_alone_nor_an_instance_beyond_its_throughput(case in case(Just(Kind::Sharing))) {
        // A speed is rounded to 2^-32 of the full one, which adds less than 1e-9 of it for so few slots.
        let (_, records) =
            replay_recorded(&case.scenario, &case.fleet, REPLICATION, &blocks_of(&case.requests, case.longest_block));
        let kinds = case.fleet.pools();
        let mut work: BTreeMap<(u16, u64), u128> = BTreeMap::new();
        // In a stream of equal arrivals and classes, who was served for how long is not known: the shortest service bounds it.
        for record in &records {
            let End::Completed { start, completion, instance, .. } = record.end else { continue };
            let same = |request: &&crate::reference::Request| {
                (request.arrival, request.class) == (record.arrival, record.class)
            };
            let least = case.requests.iter().filter(same).map(|request| request.service).min().expect("it arrived");
            prop_assert!(completion - start >= kinds[usize::from(record.pool)].speed().divides(least));
            *work.entry((record.pool, instance)).or_default() += u128::from(least.nanos());
        }
        for ((pool, instance), services) in services(&records) {
            let from = services.iter().map(|service| service.0).min().expect("a service");
            let to = services.iter().map(|service| service.1).max().expect("a service");
            let capacity = kinds[usize::from(pool)].capacity();
            let most = (to - from).nanos() as f64 * capacity * (1.0 + 1e-9) + services.len() as f64;
            prop_assert!(work[&(pool, instance)] as f64 <= most);
        }
    }

    #[test]
    fn nothing_happens_to_a_request_before_its_arrival_or_after_its_time_out(case in case(any_kind())) {
        let kinds = case.fleet.pools();
        for record in records_of(&case) {
            let timeout = case.scenario.traffic[usize::from(record.class)].timeout;
            let (longest_service, oldest) = match kinds[usize::from(record.pool)] {
                PoolKind::Serverless(pool) => (pool.execution_limit, pool.time_to_live),
                PoolKind::Dedicated(_) => (None, None),
            };
            let age = |limit: Span| record.arrival + limit;
            match record.end {
                End::Completed { start, completion, .. } => {
                    prop_assert!(record.arrival <= start && start <= completion);
                    prop_assert!(timeout.is_none_or(|timeout| start <= age(timeout)));
                    prop_assert!(oldest.is_none_or(|oldest| completion <= age(oldest)));
                    prop_assert!(longest_service.is_none_or(|longest| completion - start <= longest));
                }
                // If not by the client's patience or its age, its service was cut off.
                End::TimedOut { at } => {
                    let by_age = [timeout, oldest].into_iter().flatten().any(|limit| at == age(limit));
                    prop_assert!(by_age || longest_service.is_some_and(|longest| at >= age(longest)));
                    prop_assert!(oldest.is_none_or(|oldest| at <= age(oldest)));
                }
                End::Rejected => {}
            }
        }
    }

    #[test]
    fn how_the_requests_are_cut_into_blocks_changes_nothing(case in case(any_kind())) {
        let replay = |longest| {
            let blocks = blocks_of(&case.requests, longest);
            let (outcome, mut records) = replay_recorded(&case.scenario, &case.fleet, REPLICATION, &blocks);
            records.sort();
            (outcome, records)
        };
        prop_assert_eq!(replay(case.longest_block), replay(usize::MAX));
    }

    #[test]
    fn the_bins_of_a_time_line_add_up_to_the_usage(case in case(any_kind())) {
        let blocks = blocks_of(&case.requests, case.longest_block);
        let (outcome, _) = replay_recorded(&case.scenario, &case.fleet, REPLICATION, &blocks);
        for pool in &outcome.pools {
            let line = pool.timeline.as_ref().expect("of the first replication");
            let sum = |time: fn(&breakeven::measure::TimelineBin) -> u128| line.bins.iter().map(time).sum::<u128>();
            let arrived: u64 = pool.classes.iter().map(|class| class.requests.arrived).sum();
            prop_assert_eq!(line.bins.iter().map(|bin| bin.arrivals).sum::<u64>(), arrived);
            prop_assert_eq!(sum(|bin| bin.starting), pool.usage.starting);
            prop_assert_eq!(sum(|bin| bin.busy), pool.usage.busy);
            prop_assert_eq!(sum(|bin| bin.ready), pool.usage.busy + pool.usage.idle);
            prop_assert_eq!(sum(|bin| bin.waiting), pool.usage.waiting);
            prop_assert_eq!(sum(|bin| bin.covered_busy), pool.usage.covered_busy);
            prop_assert_eq!(sum(|bin| bin.rounding), pool.usage.rounding);
        }
    }

    #[test]
    fn the_lines_of_a_bill_sum_to_its_total(case in case(any_kind())) {
        let blocks = blocks_of(&case.requests, case.longest_block);
        let (outcome, _) = replay_recorded(&case.scenario, &case.fleet, REPLICATION, &blocks);
        for (kind, pool) in case.fleet.pools().into_iter().zip(&outcome.pools) {
            let bill = bill::of_pool(kind, pool, case.scenario.window());
            let nanos: i128 = bill.lines.iter().map(|(_, amount)| amount.nanos()).sum();
            prop_assert_eq!(bill.total().nanos(), nanos);
            prop_assert!(bill.total() >= Usd::ZERO);
            let is_taken_off = |line| matches!(line, bill::Line::FreeTier | bill::Line::Credits);
            let has_its_sign = |line, amount| if is_taken_off(line) { amount <= Usd::ZERO } else { amount >= Usd::ZERO };
            prop_assert!(bill.lines.iter().all(|&(line, amount)| has_its_sign(line, amount)));
            let mut lines: Vec<_> = bill.lines.iter().map(|&(line, _)| line).collect();
            lines.dedup();
            prop_assert_eq!(lines.len(), bill.lines.len());
        }
    }

    #[test]
    fn a_further_billed_phase_never_lowers_a_bill(case in case(Just(Kind::Serverless))) {
        // Each line is rounded to the nearest nano-dollar. The billed phase and what rounding adds to it may be exactly
        // what rounding alone added before, in two lines for one: hence at most one nano-dollar less.
        let least = |total: Usd| total - Usd::from_nanos(1);
        let FleetKind::Single(PoolKind::Serverless(pool)) = &case.fleet.kind else {
            return Err(TestCaseError::fail("a serverless fleet has one pool"));
        };
        let total = |bills| {
            let mut pool = pool.clone();
            pool.tariff.bills = bills;
            // Time that minimum instances pay at their own price may be what fills up a life to a whole unit.
            pool.tariff.min_instance_price = pool.tariff.min_instance_price.filter(|_| pool.tariff.rounding.is_none());
            let kind = PoolKind::Serverless(pool);
            let blocks = blocks_of(&case.requests, case.longest_block);
            let (outcome, _) = replay_recorded(&case.scenario, &fleet(kind.clone()), REPLICATION, &blocks);
            bill::of_pool(&kind, &outcome.pools[0], case.scenario.window()).total()
        };
        let bills = pool.tariff.bills;
        let before = total(bills);
        for more in [
            breakeven::scenario::BilledPhases { start: [true; 4], ..bills },
            breakeven::scenario::BilledPhases { execute: true, ..bills },
            breakeven::scenario::BilledPhases { idle: true, ..bills },
        ] {
            prop_assert!(total(more) >= least(before));
        }
    }

    #[test]
    fn more_dedicated_instances_never_raise_a_wait(mut case in case(Just(Kind::Dedicated)), more in 1..=2_u32) {
        // Without time-outs and queue limits every request is served, in the order of arrival.
        case.scenario.traffic.iter_mut().for_each(|class| class.timeout = None);
        let FleetKind::Single(PoolKind::Dedicated(pool)) = &case.fleet.kind else {
            return Err(TestCaseError::fail("a dedicated fleet has one pool"));
        };
        let starts = |instances: u32| {
            let pool = Dedicated { instances: Instances::Number(instances), queue_limit: None, ..pool.clone() };
            let blocks = blocks_of(&case.requests, case.longest_block);
            let kind = PoolKind::Dedicated(pool);
            let (_, records) = replay_recorded(&case.scenario, &fleet(kind), REPLICATION, &blocks);
            let start = |record: &RequestRecord| match record.end {
                End::Completed { start, .. } => (record.arrival, start),
                End::Rejected | End::TimedOut { .. } => panic!("every request is served"),
            };
            // Services begin in the order of arrival: sorted, the starts are in the order of the requests.
            let mut starts: Vec<(Time, Time)> = records.iter().map(start).collect();
            starts.sort_unstable();
            starts
        };
        let (few, many) = (starts(pool.instances.number()), starts(pool.instances.number() + more));
        for ((arrival, start), (same_arrival, sooner)) in few.into_iter().zip(many) {
            prop_assert_eq!(arrival, same_arrival);
            prop_assert!(sooner <= start);
        }
    }

    #[test]
    fn a_longer_keep_alive_never_adds_a_cold_start_to_a_lone_instance(case in case(Just(Kind::Serverless))) {
        // With one instance that rejects what it cannot serve at once and starts in no time, the requests it serves do not
        // depend on the keep-alive, so that a longer one only spares cold starts.
        let FleetKind::Single(PoolKind::Serverless(pool)) = &case.fleet.kind else {
            return Err(TestCaseError::fail("a serverless fleet has one pool"));
        };
        let cold = |keep_alive: Span| {
            let mut pool = pool.clone();
            pool.start = breakeven::scenario::StartUp::immediate();
            pool.overflow = breakeven::scenario::Overflow::Reject;
            (pool.max_instances, pool.min_instances, pool.keep_alive) = (Some(1), 0, Some(keep_alive));
            let blocks = blocks_of(&case.requests, case.longest_block);
            let kind = PoolKind::Serverless(pool);
            let (_, records) = replay_recorded(&case.scenario, &fleet(kind), REPLICATION, &blocks);
            records.iter().filter(|record| matches!(record.end, End::Completed { cold: true, .. })).count()
        };
        let keep_alive = pool.keep_alive.unwrap();
        prop_assert!(cold(keep_alive + Span::SECOND) <= cold(keep_alive));
    }
}
