//! The engine against the reference model: request by request, figure by figure, line by line.

use std::collections::BTreeMap;

use breakeven::bill::{self, Line};
use breakeven::engine::replay_recorded;
use breakeven::fleet::{End, RequestRecord};
use breakeven::measure::{Loss, Losses, Usage};
use breakeven::scenario::{Dedicated, Fleet, FleetKind, PoolKind, Throughput};
use breakeven::unit::{Time, Usd};
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::{RngSeed, TestRunner};

use crate::reference::cases::{Case, Kind, any_kind, case};
use crate::reference::{blocks_of, simulate, timelines};

/// Any replication: it addresses the streams of cold starts and idle selections.
const REPLICATION: u32 = 3;

fn config(cases: u32) -> ProptestConfig {
    ProptestConfig {
        cases,
        rng_seed: RngSeed::Fixed(1),
        failure_persistence: None,
        max_shrink_iters: 2_000,
        ..ProptestConfig::default()
    }
}

fn assert_agreement(case: &Case) -> Result<(), TestCaseError> {
    let expected = simulate(&case.scenario, &case.fleet, REPLICATION, &case.requests);
    let blocks = blocks_of(&case.requests, case.longest_block);
    let (outcome, records) = replay_recorded(&case.scenario, &case.fleet, REPLICATION, &blocks);
    prop_assert_eq!(records.len(), expected.records.len());
    for (index, kind) in (0..).zip(case.fleet.pools()) {
        assert_pool_agreement(kind, of_pool(index, &records), of_pool(index, &expected.records))?;
    }
    for (pool, expected) in outcome.pools.iter().zip(&expected.outcome.pools) {
        prop_assert_eq!(pool.usage, expected.usage);
        for (class, expected) in pool.classes.iter().zip(&expected.classes) {
            prop_assert_eq!(class.requests, expected.requests);
        }
        prop_assert_eq!(pool.losses, expected.losses);
    }
    prop_assert_eq!(&outcome, &expected.outcome);
    for ((kind, pool), expected) in case.fleet.pools().iter().zip(&outcome.pools).zip(&expected.bills) {
        let bill = bill::of_pool(kind, pool, case.scenario.window());
        prop_assert_eq!(&lines_of(&bill), expected);
    }
    Ok(())
}

fn of_pool(pool: u16, records: &[RequestRecord]) -> Vec<RequestRecord> {
    records.iter().copied().filter(|record| record.pool == pool).collect()
}

/// Compares the records of one pool, `expected` in the order of arrival.
fn assert_pool_agreement(
    kind: &PoolKind,
    mut records: Vec<RequestRecord>,
    mut expected: Vec<RequestRecord>,
) -> Result<(), TestCaseError> {
    let mut by_number = numbered_by_first_free(kind, &expected);
    records.sort();
    expected.sort();
    by_number.sort();
    if records != by_number {
        prop_assert_eq!(records, expected);
    }
    Ok(())
}

/// Of several instances of a dedicated pool that become free at the same instant, the first in the order of events serves
/// the queue's head; an engine that keeps no events may as well take the lowest number. No figure depends on it: with one
/// slot an instance, these are the records with every request served by the instance that is free first, the lowest
/// number among equals.
fn numbered_by_first_free(kind: &PoolKind, expected: &[RequestRecord]) -> Vec<RequestRecord> {
    let mut records = expected.to_vec();
    let PoolKind::Dedicated(Dedicated { instances, slots: 1, .. }) = kind else {
        return records;
    };
    let mut free_from = vec![Time::START; instances.number() as usize];
    for record in &mut records {
        if let End::Completed { completion, instance, .. } = &mut record.end {
            let first = (0..free_from.len()).min_by_key(|&server| free_from[server]).expect("an instance");
            free_from[first] = *completion;
            *instance = first as u64;
        }
    }
    records
}

/// The lines of a bill that are not zero.
fn lines_of(bill: &bill::Bill) -> BTreeMap<Line, Usd> {
    bill.lines.iter().copied().filter(|&(_, amount)| amount != Usd::ZERO).collect()
}

proptest! {
    #![proptest_config(config(300))]
    #[test]
    fn time_lines_agree_with_the_reference_model(case in case(any_kind())) {
        let (outcome, _) = replay_recorded(&case.scenario, &case.fleet, 0, &blocks_of(&case.requests, case.longest_block));
        let lines: Vec<_> = outcome.pools.iter().map(|pool| pool.timeline.as_ref().expect("of replication 0")).collect();
        let bounds: Vec<_> = (0..lines[0].bins.len()).map(|index| lines[0].bounds(index)).collect();
        let expected = timelines(&case.scenario, &case.fleet, 0, &case.requests, &bounds);
        for (line, expected) in lines.into_iter().zip(expected) {
            prop_assert_eq!(&line.bins, &expected);
        }
    }
}

proptest! {
    #![proptest_config(config(2_000))]
    #[test]
    fn dedicated_fleets_agree_with_the_reference_model(case in case(Just(Kind::Dedicated))) {
        assert_agreement(&case)?;
    }
}

proptest! {
    #![proptest_config(config(6_000))]
    #[test]
    fn serverless_fleets_agree_with_the_reference_model(case in case(Just(Kind::Serverless))) {
        assert_agreement(&case)?;
    }
}

proptest! {
    #![proptest_config(config(6_000))]
    #[test]
    fn hybrid_fleets_agree_with_the_reference_model(case in case(Just(Kind::Hybrid))) {
        assert_agreement(&case)?;
    }
}

proptest! {
    #![proptest_config(config(8_000))]
    #[test]
    fn fleets_that_share_their_instances_agree_with_the_reference_model(case in case(Just(Kind::Sharing))) {
        assert_agreement(&case)?;
    }
}

proptest! {
    #![proptest_config(config(6_000))]
    #[test]
    fn clients_that_try_again_agree_with_the_reference_model(case in case(Just(Kind::Retrying))) {
        assert_agreement(&case)?;
    }
}

proptest! {
    #![proptest_config(config(6_000))]
    #[test]
    fn starts_in_phases_agree_with_the_reference_model(case in case(Just(Kind::Starting))) {
        assert_agreement(&case)?;
    }
}

proptest! {
    #![proptest_config(config(6_000))]
    #[test]
    fn limits_agree_with_the_reference_model(case in case(Just(Kind::Limited))) {
        assert_agreement(&case)?;
    }
}

proptest! {
    #![proptest_config(config(6_000))]
    #[test]
    fn scalers_agree_with_the_reference_model(case in case(Just(Kind::Scaled))) {
        assert_agreement(&case)?;
    }
}

proptest! {
    #![proptest_config(config(8_000))]
    #[test]
    fn everything_at_once_agrees_with_the_reference_model(case in case(Just(Kind::Everything))) {
        assert_agreement(&case)?;
    }
}

#[test]
fn the_cases_see_every_fate_that_the_reference_model_knows() {
    let mut runner = TestRunner::new(config(1));
    let (mut losses, mut usage, mut retries) = (Losses::default(), Usage::default(), 0);
    for _ in 0..2_000 {
        let case = case(Just(Kind::Everything)).new_tree(&mut runner).expect("a case").current();
        for pool in simulate(&case.scenario, &case.fleet, REPLICATION, &case.requests).outcome.pools {
            losses.add(&pool.losses);
            usage.add(&pool.usage);
            retries += pool.requests().retries;
        }
    }
    // Proxies are a platform's own, spending is not capped, and nothing takes instances away.
    let unknown = [Loss::Overload, Loss::SpendCap, Loss::Interrupted];
    for loss in Loss::ALL {
        assert_eq!(losses.of(loss) == 0, unknown.contains(&loss), "{}", loss.name());
    }
    assert!(retries > 0 && usage.failed_starts > 0 && usage.throttled_starts > 0);
    assert!(usage.start_phases.iter().all(|&phase| phase > 0));
}

/// The fleet with every pool of several slots given a curve that changes nothing.
fn with_an_exponent_of_one(mut fleet: Fleet) -> Fleet {
    let kinds: Vec<&mut PoolKind> = match &mut fleet.kind {
        FleetKind::Single(kind) => vec![kind],
        FleetKind::Hybrid(hybrid) => hybrid.pools.iter_mut().map(|pool| &mut pool.kind).collect(),
    };
    for kind in kinds {
        let throughput = match kind {
            PoolKind::Dedicated(pool) => &mut pool.throughput,
            PoolKind::Serverless(pool) => &mut pool.throughput,
        };
        *throughput = Throughput::Power { exponent: 1.0 };
    }
    fleet
}

proptest! {
    #![proptest_config(config(3_000))]
    #[test]
    fn an_exponent_of_one_serves_every_request_as_independent_slots_do(
        case in case(prop_oneof![Just(Kind::Dedicated), Just(Kind::Serverless), Just(Kind::Hybrid)]),
    ) {
        let blocks = blocks_of(&case.requests, case.longest_block);
        let replay = |fleet: &Fleet| {
            let (outcome, mut records) = replay_recorded(&case.scenario, fleet, 0, &blocks);
            records.sort();
            (outcome, records)
        };
        prop_assert_eq!(replay(&with_an_exponent_of_one(case.fleet.clone())), replay(&case.fleet));
    }
}
