//! Pools whose GPUs are faster or slower than the service times of the traffic.

use std::path::Path;

use breakeven::decide::{FormulaCost, FormulaTraffic};
use breakeven::engine::replay_recorded;
use breakeven::fleet::{End, RequestRecord};
use breakeven::jobs;
use breakeven::measure::FleetOutcome;
use breakeven::scenario::{Decimal, Fleet, FleetKind, OverflowRule, Overrides, PoolKind, load_text};
use breakeven::unit::Span;
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

use crate::reference::Request;
use crate::reference::build::{at, constant, dedicated, fleet, hybrid, request, scenario, seconds, serverless};
use crate::reference::cases::{Case, any_kind, short_case};
use crate::reference::{blocks_of, requests_of};

const TWICE: Decimal = Decimal { billionths: 2 * Decimal::ONE.billionths };
const HALF: Decimal = Decimal { billionths: Decimal::ONE.billionths / 2 };

fn kinds(fleet: &mut Fleet) -> Vec<&mut PoolKind> {
    match &mut fleet.kind {
        FleetKind::Single(kind) => vec![kind],
        FleetKind::Hybrid(hybrid) => hybrid.pools.iter_mut().map(|pool| &mut pool.kind).collect(),
    }
}

fn at_speed(fleet: &Fleet, speed: Decimal) -> Fleet {
    let mut fleet = fleet.clone();
    for kind in kinds(&mut fleet) {
        match kind {
            PoolKind::Dedicated(pool) => pool.speed = speed,
            PoolKind::Serverless(pool) => pool.speed = speed,
        }
    }
    fleet
}

fn replay(case: &Case, fleet: &Fleet, requests: &[Request]) -> (FleetOutcome, Vec<RequestRecord>) {
    let blocks = blocks_of(requests, case.longest_block);
    assert_eq!(requests_of(&blocks), requests);
    let (outcome, mut records) = replay_recorded(&case.scenario, fleet, 0, &blocks);
    records.sort();
    (outcome, records)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, rng_seed: RngSeed::Fixed(1), failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn a_fleet_of_twice_the_speed_is_one_with_services_of_half_the_length(case in short_case(any_kind())) {
        let longer: Vec<Request> = case.requests.iter().map(|request| {
            Request { service: Span::from_nanos(2 * request.service.nanos()), ..*request }
        }).collect();
        let plain = replay(&case, &at_speed(&case.fleet, Decimal::ONE), &case.requests);
        prop_assert_eq!(replay(&case, &at_speed(&case.fleet, TWICE), &longer), plain);
    }
}

/// When each request starts and completes, in whole seconds, and in which pool, in the order of arrivals.
fn served(fleet: &Fleet, requests: &[Request]) -> Vec<(u16, u64, u64)> {
    let (_, mut records) = replay_recorded(&scenario(seconds(1_000)), fleet, 0, &blocks_of(requests, 2));
    records.sort();
    let served = records.iter().map(|record| match record.end {
        End::Completed { start, completion, .. } => {
            let whole = |time: breakeven::unit::Time| time.nanos() / Span::SECOND.nanos();
            (record.pool, whole(start), whole(completion))
        }
        End::Rejected | End::TimedOut { .. } => panic!("nothing is lost"),
    });
    served.collect()
}

#[test]
fn one_instance_of_twice_the_speed_by_hand() {
    let requests = [request(0, 4), request(1, 6), request(10, 2)];
    let plain = fleet(PoolKind::Dedicated(dedicated(1)));
    assert_eq!(served(&plain, &requests), [(0, 0, 4), (0, 4, 10), (0, 10, 12)]);
    assert_eq!(served(&at_speed(&plain, TWICE), &requests), [(0, 0, 2), (0, 2, 5), (0, 10, 11)]);
    assert_eq!(served(&at_speed(&plain, HALF), &requests), [(0, 0, 8), (0, 8, 20), (0, 20, 24)]);
}

#[test]
fn a_hybrid_has_a_gpu_of_its_own_in_each_pool() {
    // A base of twice the speed, and slow instances on demand that start for three seconds: starts are as long on any GPU.
    let mut pools = [PoolKind::Dedicated(dedicated(1)), PoolKind::Serverless(serverless(constant(3), seconds(60)))];
    if let [PoolKind::Dedicated(base), PoolKind::Serverless(burst)] = &mut pools {
        (base.speed, burst.speed) = (TWICE, HALF);
    }
    let fleet = hybrid(OverflowRule::WhenFull, pools.to_vec());
    let requests = [request(0, 4), request(1, 4), request(2, 4), request(3, 4)];
    assert_eq!(served(&fleet, &requests), [(0, 0, 2), (1, 4, 12), (0, 2, 4), (1, 6, 14)]);
}

#[test]
fn what_is_offered_to_a_pool_is_time_on_its_gpu_and_a_limit_is_too() {
    let mut pool = serverless(constant(0), seconds(60));
    (pool.speed, pool.execution_limit) = (HALF, Some(seconds(5)));
    let (outcome, records) = replay_recorded(
        &scenario(seconds(100)),
        &fleet(PoolKind::Serverless(pool)),
        0,
        &blocks_of(&[request(0, 2), request(50, 3)], 9),
    );
    // Four seconds and six, of which the last is cut off.
    let usage = &outcome.pools[0].usage;
    assert_eq!((usage.offered, usage.busy), (u128::from(seconds(10).nanos()), u128::from(seconds(9).nanos())));
    assert!(records.iter().any(|record| record.end == End::TimedOut { at: at(55) }));
}

#[test]
fn services_are_rounded_to_the_nearest_nanosecond_halves_to_the_even_one() {
    let divided = |billionths, nanos| Decimal { billionths }.divides(Span::from_nanos(nanos)).nanos();
    assert_eq!([1, 2, 3, 5, 7].map(|nanos| divided(2_000_000_000, nanos)), [0, 1, 2, 2, 4]);
    assert_eq!([1, 2, 3, 4].map(|nanos| divided(1_500_000_000, nanos)), [1, 1, 2, 3]);
    assert_eq!(divided(1_000_000_000, 123), 123);
    assert_eq!(divided(1, Span::LONGEST.nanos()), Span::LONGEST.nanos(), "ten years are the longest");
}

proptest! {
    #[test]
    fn the_long_division_and_the_short_one_agree(billionths in 1..=1_000_000_000_000_u64, nanos in 0..=2 * Span::MINUTE.nanos()) {
        let exact = breakeven::unit::divide_half_even(i128::from(nanos) * 1_000_000_000, i128::from(billionths));
        let expected = exact.min(i128::from(Span::LONGEST.nanos()));
        prop_assert_eq!(i128::from(Decimal { billionths }.divides(Span::from_nanos(nanos)).nanos()), expected);
    }
}

fn loaded(fleet: &str) -> breakeven::scenario::Scenario {
    let text = format!(
        "horizon = \"1d\"\n[[traffic]]\nname = \"a\"\nrate = \"1/s\"\nservice_time = \"2s\"\n[[jobs]]\nname = \"j\"\nwork = \
         \"3h\"\n[[fleet]]\nname = \"f\"\n{fleet}"
    );
    match load_text(&text, "speed", Path::new(""), &Overrides::default()) {
        Ok(loaded) => loaded.scenario,
        Err(problems) => panic!("{problems}"),
    }
}

#[test]
fn the_formula_pays_for_the_seconds_that_the_gpu_takes() {
    let traffic = FormulaTraffic { service_s: 2.0, other_requests: 0.0, other_work_s: 0.0 };
    let cost = |keys: &str, requests| FormulaCost::new(&loaded(keys).fleets[0], &traffic).at(requests);
    let on_demand = "kind = \"serverless\"\nprice = \"$3.60/h\"\ncold_start = \"1s\"\nkeep_alive = \"1s\"\n";
    // A tenth of a cent a second, two seconds each.
    assert!((cost(on_demand, 1e6) - 2_000.0).abs() < 1e-6);
    assert!((cost(&format!("{on_demand}speed = 2.5\n"), 1e6) - 800.0).abs() < 1e-6);
    // A month of one instance is busy with 1,296,000 requests; of twice that, two are, or one of twice the speed.
    let fitted = "kind = \"dedicated\"\nprice = \"$1/h\"\ninstances = \"fit\"\n";
    let slo = |keys: &str| {
        let mut fleet = loaded(&keys.replace("\"fit\"", "1")).fleets.remove(0);
        for kind in kinds(&mut fleet) {
            if let PoolKind::Dedicated(pool) = kind {
                pool.instances = breakeven::scenario::Instances::Fit;
            }
        }
        FormulaCost::new(&fleet, &traffic).at(2_592_000.0)
    };
    assert!((slo(fitted) - 1_440.0).abs() < 1e-6);
    assert!((slo(&format!("{fitted}speed = 2\n")) - 720.0).abs() < 1e-6);
}

#[test]
fn jobs_are_done_so_much_sooner() {
    let keys = "kind = \"dedicated\"\nprice = \"$1/h\"\ninstances = 1\n";
    for (speed, hours) in [("", 3.0), ("speed = 2\n", 1.5), ("speed = 0.5\n", 6.0)] {
        let scenario = loaded(&format!("{keys}{speed}"));
        let outcome = jobs::simulate(&scenario, &scenario.fleets[0], 0).expect("jobs run");
        let completed = outcome.jobs[0].completed.expect("it is done");
        assert!((completed.seconds() / 3_600.0 - hours).abs() < 1e-9, "{speed}");
    }
}
