//! What must be true of fleets with everything switched on at once.

use std::collections::BTreeMap;

use breakeven::bill::{self, Line};
use breakeven::engine::{on_threads, replay_recorded, run, unwatched};
use breakeven::fleet::End;
use breakeven::measure::{FleetOutcome, Loss, Losses, PoolOutcome, Replication, Usage};
use breakeven::scenario::{Fleet, Node, PoolKind, Scenario};
use breakeven::unit::{Time, Usd};
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;

use super::config;
use super::fleets::any_fleet;
use crate::reference::cases::{Case, Kind, short_case};
use crate::reference::{Request, blocks_of};

/// The requests and clients of a case, and a fleet that the reference model need not know.
fn any_case() -> impl Strategy<Value = Case> {
    let requests = short_case(prop_oneof![Just(Kind::Everything), Just(Kind::Serverless)]);
    (requests, any_fleet()).prop_map(|(case, fleet)| Case { fleet, ..case })
}

fn replay(case: &Case) -> (FleetOutcome, Vec<breakeven::fleet::RequestRecord>) {
    replay_recorded(&case.scenario, &case.fleet, 0, &blocks_of(&case.requests, case.longest_block))
}

/// How many of something there are of each arrival and class.
fn tally(arrivals: impl Iterator<Item = (Time, u16)>) -> BTreeMap<(Time, u16), u64> {
    let mut tally = BTreeMap::new();
    arrivals.for_each(|arrival| *tally.entry(arrival).or_default() += 1);
    tally
}

fn check_class(case: &Case, outcome: &FleetOutcome, class: usize) -> Result<(), TestCaseError> {
    let is_counted = |request: &&Request| {
        usize::from(request.class) == class && request.arrival.since_start() >= case.scenario.warm_up
    };
    let first_tries = case.requests.iter().filter(is_counted).count() as u64;
    let (mut arrived, mut retries, mut completed) = (0, 0, 0);
    for counts in outcome.pools.iter().map(|pool| pool.classes[class].requests) {
        prop_assert_eq!(counts.arrived, counts.completed + counts.rejected + counts.timed_out);
        prop_assert!(counts.cold <= counts.completed && counts.good <= counts.completed);
        arrived += counts.arrived;
        retries += counts.retries;
        completed += counts.completed;
    }
    // Each request is tried for a first time once, and again only after a loss, as often as its client may.
    prop_assert_eq!(arrived - retries, first_tries);
    prop_assert!(completed <= first_tries);
    prop_assert!(retries <= arrived - completed);
    let most = case.scenario.traffic[class].retry.map_or(0, |retry| u64::from(retry.limit));
    prop_assert!(retries <= most * first_tries);
    Ok(())
}

fn check_usage(kind: &PoolKind, pool: &PoolOutcome) -> Result<(), TestCaseError> {
    let usage = &pool.usage;
    let lost: u64 = Loss::ALL.iter().map(|&loss| pool.losses.of(loss)).sum();
    prop_assert_eq!(lost, pool.requests().rejected + pool.requests().timed_out);
    prop_assert!(usage.start_phases.iter().sum::<u128>() <= usage.starting);
    prop_assert!(usage.failed_starts <= usage.started && usage.throttled_starts <= usage.started);
    prop_assert_eq!(usage.ready_slots, (usage.busy + usage.idle) * u128::from(kind.slots()));
    prop_assert!(usage.busy <= usage.busy_slots && usage.busy_slots <= usage.ready_slots);
    if let PoolKind::Dedicated(dedicated) = kind
        && !dedicated.terms.is_steady()
        && dedicated.terms.node == (Node { gpus: 1, gpus_of_instance: 1 })
    {
        // An instance is held from its order to its end: while it starts, serves and is idle.
        prop_assert_eq!(usage.held + usage.held_fallback, usage.starting + usage.busy + usage.idle);
    }
    Ok(())
}

fn check_bill(kind: &PoolKind, pool: &PoolOutcome, scenario: &Scenario) -> Result<(), TestCaseError> {
    let bill = bill::of_pool(kind, pool, scenario.window());
    prop_assert_eq!(bill.total(), bill.lines.iter().map(|&(_, amount)| amount).sum::<Usd>());
    prop_assert!(bill.total() >= Usd::ZERO);
    for &(line, amount) in &bill.lines {
        let is_taken_off = matches!(line, Line::FreeTier | Line::Credits);
        prop_assert!(if is_taken_off { amount <= Usd::ZERO } else { amount >= Usd::ZERO }, "{}", line.name());
    }
    Ok(())
}

proptest! {
    #![proptest_config(config(3_000))]

    #[test]
    fn nothing_is_lost_and_nothing_served_twice(case in any_case()) {
        let (outcome, records) = replay(&case);
        for class in 0..case.scenario.traffic.len() {
            check_class(&case, &outcome, class)?;
        }
        let attempts: u64 = outcome.pools.iter().map(|pool| pool.requests().arrived).sum();
        if case.scenario.warm_up.nanos() == 0 {
            prop_assert_eq!(records.len() as u64, attempts);
        }
        let is_completed = |end: &End| matches!(end, End::Completed { .. });
        prop_assert!(records.iter().filter(|record| is_completed(&record.end)).count() <= case.requests.len());
        if case.scenario.traffic.iter().all(|class| class.retry.is_none()) {
            let ended = tally(records.iter().map(|record| (record.arrival, record.class)));
            prop_assert_eq!(ended, tally(case.requests.iter().map(|request| (request.arrival, request.class))));
        }
        for record in &records {
            match record.end {
                End::Completed { start, completion, .. } => {
                    prop_assert!(record.arrival <= start && start <= completion);
                }
                End::TimedOut { at } => prop_assert!(record.arrival <= at),
                End::Rejected => {}
            }
        }
    }

    #[test]
    fn times_of_instances_add_up_and_bills_do(case in any_case()) {
        let (outcome, _) = replay(&case);
        for (kind, pool) in case.fleet.pools().into_iter().zip(&outcome.pools) {
            check_usage(kind, pool)?;
            check_bill(kind, pool, &case.scenario)?;
            prop_assert!(pool.usage.peak <= outcome.peak);
            let line = pool.timeline.as_ref().expect("of the first replication");
            let sum = |of: fn(&breakeven::measure::TimelineBin) -> u128| line.bins.iter().map(of).sum::<u128>();
            let lived = sum(|bin| bin.starting) + sum(|bin| bin.ready);
            prop_assert_eq!(lived, pool.usage.starting + pool.usage.busy + pool.usage.idle);
            prop_assert_eq!(sum(|bin| bin.busy), pool.usage.busy);
            prop_assert_eq!(sum(|bin| bin.waiting), pool.usage.waiting);
            prop_assert_eq!(sum(|bin| bin.held), pool.usage.held);
            prop_assert_eq!(sum(|bin| bin.rounding), pool.usage.rounding);
            prop_assert_eq!(line.bins.iter().map(|bin| bin.arrivals).sum::<u64>(), pool.requests().arrived);
        }
    }

    #[test]
    fn the_same_seed_gives_the_same_and_so_do_other_blocks(case in any_case()) {
        let sorted = |case: &Case| {
            let (outcome, mut records) = replay(case);
            records.sort();
            (outcome, records)
        };
        let first = sorted(&case);
        prop_assert_eq!(&sorted(&case), &first);
        prop_assert_eq!(&sorted(&Case { longest_block: usize::MAX, ..case }), &first);
    }
}

#[test]
fn the_cases_lose_instances_and_requests_in_every_way() {
    let mut runner = TestRunner::new(config(1));
    let (mut losses, mut usage) = (Losses::default(), Usage::default());
    for _ in 0..2_000 {
        let case = any_case().new_tree(&mut runner).expect("a case").current();
        for pool in replay(&case).0.pools {
            losses.add(&pool.losses);
            usage.add(&pool.usage);
        }
    }
    // A queue of an autoscaler's own is longer than any of these, and spending is not capped.
    let unknown = [Loss::Overload, Loss::SpendCap];
    for loss in Loss::ALL.into_iter().filter(|loss| !unknown.contains(loss)) {
        assert!(losses.of(loss) > 0, "{}", loss.name());
    }
    assert!(usage.held > 0 && usage.held_fallback > 0 && usage.rounding > 0 && usage.failed_starts > 0);
}

/// Whole runs of the case's classes through several fleets.
fn runs_on(scenario: &Scenario, threads: usize) -> Vec<Replication> {
    on_threads(threads, || run(scenario, &unwatched).expect("the traffic is drawn, not read")).expect("threads")
}

proptest! {
    #![proptest_config(config(60))]
    #[test]
    fn the_number_of_threads_does_not_matter(case in any_case(), fleets in prop::collection::vec(any_fleet(), 3)) {
        let named = |(number, fleet): (u32, Fleet)| Fleet { name: format!("fleet {number}"), ..fleet };
        let fleets = (0..).zip(fleets).map(named).collect();
        let scenario = Scenario { fleets, replications: 4, ..case.scenario };
        prop_assert!(runs_on(&scenario, 1) == runs_on(&scenario, 3));
    }
}
