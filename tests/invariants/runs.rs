//! Whole runs: their results depend on the scenario, the seed and nothing else, and are those of the reference model on
//! the run's own traffic.

use std::ops::ControlFlow;
use std::sync::atomic::{AtomicU64, Ordering};

use breakeven::engine::{Advance, replicate, replicate_by_fleet, run, unwatched};
use breakeven::measure::{FleetOutcome, Replication, RequestCounts};
use breakeven::scenario::{
    Arrivals, Dedicated, Distribution, Fleet, IdleSelection, OverflowRule, PoolKind, ScaleOut, Scenario, Serverless,
    ServiceTime, Shape, Source, Throughput, TrafficClass,
};
use breakeven::traffic::{Block, RequestStream};
use breakeven::unit::{Rate, Span};
use rayon::ThreadPoolBuilder;

use crate::reference::build::{class, dedicated, fleet, hybrid, per_second, scenario, seconds, serverless};
use crate::reference::{requests_of, simulate};

/// A bursty class with impatient clients over a diurnal one, and a fleet for every way to serve them.
fn busy_scenario() -> Scenario {
    let mut scenario = scenario(seconds(3_000));
    scenario.warm_up = seconds(500);
    scenario.replications = 5;
    let log_normal = |mean| Distribution::LogNormal { mean: seconds(mean), cv: 1.0 };
    let synthetic = |rate, shape, arrivals| Source::Synthetic { rate, shape, arrivals };
    let diurnal = Shape::Diurnal { peak_over_mean: 1.8, peak_at: Span::ZERO, weekend: 0.5 };
    scenario.traffic = vec![
        TrafficClass {
            source: synthetic(Rate::new(500_000_000, Span::SECOND), diurnal, Arrivals::Poisson),
            service_time: ServiceTime::Drawn(log_normal(3)),
            ..class("diurnal")
        },
        TrafficClass {
            source: synthetic(
                Rate::new(20_000_000_000, Span::MINUTE),
                Shape::Constant,
                Arrivals::OnOff { on: seconds(60), off: seconds(180), peak_over_mean: 3.0 },
            ),
            service_time: ServiceTime::Drawn(Distribution::Exponential { mean: seconds(4) }),
            timeout: Some(seconds(15)),
            ..class("bursty")
        },
    ];
    scenario.fleets = fleets(&log_normal(8));
    scenario
}

fn fleets(cold_start: &Distribution) -> Vec<Fleet> {
    let elastic = |scale_out, idle_selection, slots, max_instances| Serverless {
        scale_out,
        idle_selection,
        slots,
        max_instances,
        ..serverless(cold_start.clone(), seconds(30))
    };
    let kinds = [
        PoolKind::Dedicated(dedicated(4)),
        PoolKind::Dedicated(Dedicated { slots: 2, queue_limit: Some(5), ..dedicated(2) }),
        PoolKind::Serverless(elastic(ScaleOut::PerRequest, IdleSelection::MostRecentlyUsed, 1, None)),
        PoolKind::Serverless(elastic(ScaleOut::PerRequest, IdleSelection::Random, 2, Some(3))),
        PoolKind::Serverless(elastic(ScaleOut::slot_deficit(), IdleSelection::LeastRecentlyUsed, 2, Some(6))),
        PoolKind::Dedicated(Dedicated { slots: 4, throughput: Throughput::Power { exponent: 0.7 }, ..dedicated(2) }),
        PoolKind::Serverless(Serverless {
            throughput: Throughput::Power { exponent: 0.7 },
            ..elastic(ScaleOut::slot_deficit(), IdleSelection::MostRecentlyUsed, 4, Some(3))
        }),
    ];
    let mixed = |rule| {
        let small = elastic(ScaleOut::slot_deficit(), IdleSelection::Newest, 1, Some(1));
        hybrid(rule, vec![PoolKind::Dedicated(dedicated(1)), PoolKind::Serverless(small), kinds[3].clone()])
    };
    let rules = [
        OverflowRule::WhenFull,
        OverflowRule::WaitOver(seconds(2)),
        OverflowRule::RateOver(per_second(1)),
        OverflowRule::InFlightOver(2),
    ];
    let mut fleets: Vec<Fleet> = rules.into_iter().map(mixed).chain(kinds.iter().cloned().map(fleet)).collect();
    (0..).zip(&mut fleets).for_each(|(number, fleet): (u32, _)| fleet.name = format!("fleet {number}"));
    fleets
}

fn run_quietly(scenario: &Scenario) -> Vec<Replication> {
    run(scenario, &unwatched).expect("the traffic is drawn, not read")
}

#[test]
fn a_run_is_the_same_on_any_number_of_threads() {
    let scenario = busy_scenario();
    let on = |threads| {
        let pool = ThreadPoolBuilder::new().num_threads(threads).build().expect("threads");
        pool.install(|| run_quietly(&scenario))
    };
    let alone = on(1);
    assert!(alone == on(2) && alone == on(4));
    let text = |replications: &[Replication]| format!("{replications:?}");
    assert_eq!(text(&alone), text(&on(4)));
}

#[test]
fn a_run_of_the_busy_scenario_sees_every_fate_of_a_request() {
    let mut counts = RequestCounts::default();
    for fleet in run_quietly(&busy_scenario()).iter().flat_map(|replication| &replication.fleets) {
        // A rate is the fleet's: what the first pool passes on for it, a middle one does too.
        for pool in [&fleet.pools[0], &fleet.pools[fleet.pools.len() - 1]] {
            let arrived: u64 = pool.classes.iter().map(|class| class.requests.arrived).sum();
            assert!(arrived > 0, "a pool is never reached");
            pool.classes.iter().for_each(|class| counts.add(&class.requests));
        }
    }
    let RequestCounts { completed, rejected, timed_out, cold, unfinished_at_horizon, .. } = counts;
    assert!([completed, rejected, timed_out, cold, unfinished_at_horizon].iter().all(|&count| count > 0), "{counts:?}");
}

#[test]
fn a_run_with_another_seed_differs() {
    let scenario = busy_scenario();
    let other = Scenario { seed: scenario.seed + 1, ..scenario.clone() };
    let requests = |scenario| run_quietly(scenario).iter().map(|replication| replication.requests).collect::<Vec<_>>();
    assert_ne!(requests(&scenario), requests(&other));
    let first = requests(&scenario);
    assert!(first.windows(2).any(|pair| pair[0] != pair[1]), "replications repeat each other");
}

#[test]
fn a_fleet_does_not_depend_on_which_others_run_with_it() {
    let scenario = busy_scenario();
    let together = run_quietly(&scenario);
    let of_fleet = |replications: &[Replication], index: usize| -> Vec<FleetOutcome> {
        replications.iter().map(|replication| replication.fleets[index].clone()).collect()
    };
    for (index, fleet) in scenario.fleets.iter().enumerate() {
        let alone = Scenario { fleets: vec![fleet.clone()], ..scenario.clone() };
        assert!(of_fleet(&run_quietly(&alone), 0) == of_fleet(&together, index), "{} differs", fleet.name);
    }
    let mut reversed = scenario.clone();
    reversed.fleets.reverse();
    let reversed = run_quietly(&reversed);
    let last = scenario.fleets.len() - 1;
    assert!((0..=last).all(|index| of_fleet(&reversed, last - index) == of_fleet(&together, index)));
}

#[test]
fn a_run_agrees_with_the_reference_model() {
    let scenario = busy_scenario();
    let replications = run_quietly(&scenario);
    for (replication, outcome) in (0..2).zip(&replications) {
        let requests = requests_of(&blocks_of_run(&scenario, replication));
        let in_window = requests.iter().filter(|request| request.arrival.since_start() >= scenario.warm_up).count();
        assert_eq!(outcome.requests, in_window as u64);
        for (fleet, outcome) in scenario.fleets.iter().zip(&outcome.fleets) {
            let mut outcome = outcome.clone();
            outcome.pools.iter_mut().for_each(|pool| pool.timeline = None);
            let expected = simulate(&scenario, fleet, replication, &requests).outcome;
            assert!(outcome == expected, "{} differs", fleet.name);
        }
    }
}

fn blocks_of_run(scenario: &Scenario, replication: u32) -> Vec<Block> {
    let mut stream = RequestStream::new(scenario, replication).expect("the traffic is drawn, not read");
    let mut blocks = Vec::new();
    loop {
        let mut block = Block::default();
        stream.next_block(&mut block).expect("the traffic is drawn, not read");
        if block.is_empty() {
            return blocks;
        }
        blocks.push(block);
    }
}

#[test]
fn a_run_tells_its_whole_progress() {
    let scenario = busy_scenario();
    let (time, arrived) = (AtomicU64::new(0), AtomicU64::new(0));
    let progress = |advance: Advance| {
        time.fetch_add(advance.nanos, Ordering::Relaxed);
        arrived.fetch_add(advance.requests, Ordering::Relaxed);
        ControlFlow::Continue(())
    };
    run(&scenario, &progress).expect("the traffic is drawn, not read");
    assert_eq!(time.into_inner(), u64::from(scenario.replications) * scenario.horizon.nanos());
    let requests = (0..scenario.replications).map(|replication| {
        let blocks = blocks_of_run(&scenario, replication);
        blocks.iter().map(|block| block.len() as u64).sum::<u64>()
    });
    assert_eq!(arrived.into_inner(), requests.sum::<u64>());
}

#[test]
fn a_run_that_is_given_up_ends_within_a_block_of_each_thread() {
    const ENOUGH: u64 = 3;
    const THREADS: u64 = 2;
    // Hundreds of blocks a replication.
    let scenario = Scenario {
        traffic: vec![class("api").with_volume(1_000.0)],
        horizon: Span::from_nanos(3_600 * Span::SECOND.nanos()),
        ..busy_scenario()
    };
    let told = AtomicU64::new(0);
    let progress = |_: Advance| match told.fetch_add(1, Ordering::SeqCst) + 1 {
        blocks if blocks >= ENOUGH => ControlFlow::Break(()),
        _ => ControlFlow::Continue(()),
    };
    let pool = ThreadPoolBuilder::new().num_threads(THREADS as usize).build().expect("threads");
    let error = pool.install(|| run(&scenario, &progress)).expect_err("it was given up");
    assert!(error.is_given_up(), "{error}");
    let blocks = told.into_inner();
    assert!((ENOUGH..ENOUGH + THREADS).contains(&blocks), "{blocks} blocks were simulated");
}

#[test]
fn fleets_simulated_apart_are_the_same_as_together() {
    let scenario = busy_scenario();
    let together = replicate(&scenario, 1..2, &unwatched).expect("the traffic is drawn, not read");
    assert!(scenario.fleets.len() > 1);
    assert_eq!(vec![replicate_by_fleet(&scenario, 1, &unwatched).expect("the traffic is drawn, not read")], together);
}
