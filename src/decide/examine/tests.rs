//! Caveats of made-up evidence.

use super::*;
use crate::decide::compare;
use crate::decide::fixture::{
    dedicated, dedicated_pool, deterministic, evidence, quantity, scenario, serverless, serverless_pool,
};
use crate::measure::RequestCounts;
use crate::scenario::{Hybrid, Pool, Throughput};
use crate::unit::Rate;

/// The caveats of a fleet whose pools are offered so many erlangs over two replications.
fn of_load(scenario: &Scenario, fleet: &Fleet, loads: &[f64]) -> Vec<Caveat> {
    let window = scenario.window().nanos() as f64;
    let mut evidence = evidence(fleet, &[1, 1]);
    evidence.wait = quantity([0, 1]);
    for (usage, load) in evidence.usage.iter_mut().zip(loads) {
        usage.offered = (2.0 * load * window) as u128;
    }
    examine_fleet(scenario, &evidence, false)
}

fn overloaded(pool: Option<&str>, arriving: f64, instances: u32) -> Vec<Caveat> {
    vec![Caveat::Overloaded { pool: pool.map(str::to_owned), arriving, instances }]
}

fn hybrid(overflow: OverflowRule, pools: [PoolKind; 2]) -> Fleet {
    let pools = ["base", "burst"].into_iter().zip(pools).map(|(name, kind)| Pool { name: name.to_owned(), kind });
    let kind = FleetKind::Hybrid(Hybrid::in_order(overflow, pools.collect()));
    Fleet { name: "hybrid".to_owned(), kind }
}

#[test]
fn work_for_more_instances_than_there_are_overloads_a_fleet() {
    let scenario = scenario(Vec::new());
    let four = dedicated("four", 4);
    assert_eq!(of_load(&scenario, &four, &[5.25]), overloaded(None, 5.25, 4));
    assert_eq!(of_load(&scenario, &four, &[3.5]), []);
}

#[test]
fn slots_multiply_what_an_instance_can_do() {
    let scenario = scenario(Vec::new());
    let PoolKind::Dedicated(mut pool) = dedicated_pool(4) else { panic!("a dedicated pool") };
    pool.slots = 2;
    let fleet = Fleet { name: "eight".to_owned(), kind: FleetKind::Single(PoolKind::Dedicated(pool)) };
    assert_eq!(of_load(&scenario, &fleet, &[7.0]), []);
    assert_eq!(of_load(&scenario, &fleet, &[10.0]), overloaded(None, 5.0, 4));
}

#[test]
fn slots_that_share_an_instance_do_what_its_throughput_allows() {
    let scenario = scenario(Vec::new());
    let PoolKind::Dedicated(mut pool) = dedicated_pool(4) else { panic!("a dedicated pool") };
    pool.slots = 4;
    pool.throughput = Throughput::Power { exponent: 0.5 };
    let fleet = Fleet { name: "eight".to_owned(), kind: FleetKind::Single(PoolKind::Dedicated(pool)) };
    assert_eq!(of_load(&scenario, &fleet, &[7.0]), []);
    assert_eq!(of_load(&scenario, &fleet, &[10.0]), overloaded(None, 5.0, 4));
}

#[test]
fn a_load_of_nearly_one_is_told_where_requests_wait() {
    let scenario = scenario(Vec::new());
    let fleet = dedicated("four", 4);
    assert_eq!(of_load(&scenario, &fleet, &[4.0]), [Caveat::NearlyOverloaded { pool: None, load: 1.0 }]);
    let mut evidence = evidence(&fleet, &[1]);
    evidence.usage[0].offered = 4 * u128::from(scenario.window().nanos());
    evidence.wait = quantity([0, 0]);
    assert_eq!(examine_fleet(&scenario, &evidence, false), []);
}

#[test]
fn a_queue_limit_rejection_a_timeout_or_unlimited_instances_bound_the_queue() {
    let scenario = scenario(Vec::new());
    let single = |kind| Fleet { name: "one".to_owned(), kind: FleetKind::Single(kind) };
    let PoolKind::Dedicated(mut limited) = dedicated_pool(1) else { panic!("a dedicated pool") };
    limited.queue_limit = Some(10);
    let PoolKind::Serverless(mut capped) = serverless_pool() else { panic!("a serverless pool") };
    capped.max_instances = Some(1);
    assert_eq!(of_load(&scenario, &single(PoolKind::Serverless(capped.clone())), &[2.0]), overloaded(None, 2.0, 1));
    capped.overflow = Overflow::Reject;
    for bounded in [PoolKind::Dedicated(limited), PoolKind::Serverless(capped), serverless_pool()] {
        assert_eq!(of_load(&scenario, &single(bounded), &[2.0]), []);
    }
    let mut impatient = scenario.clone();
    impatient.traffic[0].timeout = Some(Span::SECOND);
    assert_eq!(of_load(&impatient, &dedicated("one", 1), &[2.0]), []);
}

#[test]
fn a_hybrid_is_overloaded_in_its_last_pool_and_with_a_rate_rule_in_any() {
    let scenario = scenario(Vec::new());
    let pools = || [dedicated_pool(2), dedicated_pool(1)];
    let full = hybrid(OverflowRule::WhenFull, pools());
    assert_eq!(of_load(&scenario, &full, &[2.5, 0.5]), []);
    assert_eq!(of_load(&scenario, &full, &[1.5, 1.5]), overloaded(Some("burst"), 1.5, 1));
    let by_rate = hybrid(OverflowRule::RateOver(Rate::new(1_000_000_000, Span::SECOND)), pools());
    assert_eq!(of_load(&scenario, &by_rate, &[2.5, 0.5]), overloaded(Some("base"), 2.5, 2));
}

#[test]
fn lost_and_unfinished_requests_are_told_from_one_in_a_hundred_on() {
    let scenario = scenario(Vec::new());
    let fleet = serverless("any");
    let of = |rejected, timed_out, unfinished_at_horizon, all_lose| {
        let mut evidence = evidence(&fleet, &[1]);
        let (arrived, completed) = (1_000, 1_000 - rejected - timed_out);
        evidence.requests = RequestCounts {
            arrived,
            completed,
            rejected,
            timed_out,
            unfinished_at_horizon,
            ..RequestCounts::default()
        };
        examine_fleet(&scenario, &evidence, all_lose)
    };
    assert_eq!(of(5, 5, 10, false), []);
    assert_eq!(
        of(5, 6, 0, false),
        [Caveat::LosesRequests {
            for_good: None,
            rejected: 0.005,
            timed_out: 0.006,
            reasons: vec![],
            passed_over: true
        }]
    );
    assert_eq!(
        of(1_000, 0, 0, true),
        [
            Caveat::CompletesNone { arrived: 1_000 },
            Caveat::LosesRequests {
                for_good: None,
                rejected: 1.0,
                timed_out: 0.0,
                reasons: vec![],
                passed_over: false
            }
        ]
    );
    assert_eq!(of(0, 0, 11, false), [Caveat::Unfinished { share: 0.011 }]);
}

#[test]
fn quantiles_with_fewer_than_ten_samples_beyond_them_are_thin() {
    let names = |count: u64| {
        let Some(Caveat::ThinQuantiles { quantiles, .. }) = thin_quantiles(&quantity(1..=count), None, true) else {
            return Vec::new();
        };
        quantiles
    };
    assert_eq!(names(10_000), []);
    assert_eq!(names(9_999), [("p99.9", 9)]);
    assert_eq!(names(500), [("p99", 5), ("p99.9", 0)]);
    assert_eq!(names(1), [("p50", 0), ("p90", 0), ("p95", 0), ("p99", 0), ("p99.9", 0)]);
    assert_eq!(names(0), []);
}

#[test]
fn too_few_replications_tell_about_how_many_would_do() {
    let fleet = serverless("any");
    let scenario = scenario(vec![fleet.clone()]);
    let fleets = [evidence(&fleet, &[0; 4]), evidence(&fleet, &[1, -1, 3, 1])];
    let savings = compare(&scenario, &fleets);
    let caveats = examine_comparison(&scenario, &fleets, &savings, 1);
    // A month is two windows: differences 2, -2, 6, 2 with mean 2 and standard error 3.266 / 2; t_3 = 3.182.
    let [Caveat::TooFewReplications { needed, saving_usd_per_month, replications, .. }] = &caveats[..] else {
        panic!("{caveats:?}")
    };
    let half_width = 3.182_446 * 32.0_f64.sqrt() / 12.0_f64.sqrt();
    assert_eq!((*saving_usd_per_month, *replications), (2.0, 4));
    assert_eq!(*needed, (4.0 * (half_width / 2.0).powi(2)).ceil());
}

#[test]
fn significant_and_equal_bills_need_no_more_replications() {
    let fleet = serverless("any");
    let scenario = scenario(vec![fleet.clone()]);
    for costs in [[[1, 2, 3], [11, 12, 14]], [[1, 2, 3], [1, 2, 3]]] {
        let fleets = costs.map(|costs| evidence(&fleet, &costs));
        let savings = compare(&scenario, &fleets);
        assert_eq!(examine_comparison(&scenario, &fleets, &savings, 1), []);
    }
}

#[test]
fn one_replication_is_told_only_of_what_varies() {
    let fleet = serverless("any");
    let caveats = |scenario: &Scenario| examine_comparison(scenario, &[evidence(&fleet, &[1])], &[], 1);
    assert_eq!(caveats(&scenario(vec![fleet.clone()])), [Caveat::OneReplication]);
    assert_eq!(caveats(&deterministic(vec![fleet.clone()])), []);
}

#[test]
fn no_requests_and_fleets_that_all_lose_theirs_are_told_once() {
    let scenario = scenario(Vec::new());
    let fleet = serverless("any");
    let lossy = |rejected| {
        let mut evidence = evidence(&fleet, &[1, 1]);
        let (arrived, completed) = (10, 10 - rejected);
        evidence.requests = RequestCounts { arrived, completed, rejected, ..RequestCounts::default() };
        evidence
    };
    let caveats = |fleets: &[Evidence], requests| examine_comparison(&scenario, fleets, &[], requests);
    assert_eq!(caveats(&[lossy(1), lossy(2)], 10), [Caveat::AllLoseRequests]);
    assert_eq!(caveats(&[lossy(1), lossy(0)], 10), []);
    assert_eq!(caveats(&[lossy(1)], 10), []);
    assert_eq!(caveats(&[], 0), [Caveat::NoRequests]);
}

#[test]
fn credits_that_leave_nothing_to_pay_are_told() {
    let scenario = scenario(Vec::new());
    let mut fleet = dedicated("credited", 1);
    if let FleetKind::Single(PoolKind::Dedicated(pool)) = &mut fleet.kind {
        pool.extras.credits = Some(crate::unit::Price::new(30_000_000_000_000, Span::MONTH));
    }
    assert_eq!(
        examine_fleet(&scenario, &evidence(&fleet, &[0, 0]), false),
        [Caveat::CreditsCoverAll { credits_usd: 30.0 }]
    );
    assert_eq!(examine_fleet(&scenario, &evidence(&fleet, &[0, 1]), false), []);
    assert_eq!(examine_fleet(&scenario, &evidence(&dedicated("free", 1), &[0, 0]), false), []);
}

#[test]
fn a_pool_that_its_spend_cap_closed_says_for_how_long_and_what_it_turned_away() {
    let mut pool = serverless_pool();
    if let PoolKind::Serverless(pool) = &mut pool {
        pool.tariff.spend_cap = Some(Usd::from_nanos(500_000_000_000));
    }
    let fleet = hybrid(OverflowRule::WhenFull, [dedicated_pool(1), pool]);
    let scenario = scenario(Vec::new());
    let mut evidence = evidence(&fleet, &[1, 1]);
    evidence.requests = RequestCounts { arrived: 1_000, completed: 995, rejected: 5, ..RequestCounts::default() };
    assert_eq!(examine_fleet(&scenario, &evidence, false), []);
    (0..5).for_each(|_| evidence.losses.count(Loss::SpendCap));
    // A quarter of two windows.
    evidence.usage[1].closed = u128::from(scenario.window().nanos()) / 2;
    let pool = Some("burst".to_owned());
    let expected = Caveat::ClosedBySpendCap { pool, cap_usd: 500.0, closed: 0.25, turned_away: 0.005 };
    assert_eq!(examine_fleet(&scenario, &evidence, false), [expected]);
}
