//! As `tests.rs`: starts, limits, clients that try again, and scalers, worked out by hand.

use breakeven::measure::{Loss, PoolOutcome};
use breakeven::scenario::{
    Decimal, InFlight, Pull, QueueDelay, Retry, ScaleOut, Serverless, StartUp, WhenZero, WindowedConcurrency,
};
use breakeven::unit::{Rate, Span};

use super::build::{at, constant, request, seconds};
use super::tests::{bill_of, elastic, ends, ends_in, long, of};
use super::{Request, simulate};

/// Phases of 1 s, 2 s, 3 s and 4 s.
fn phased() -> StartUp {
    StartUp {
        allocate: constant(1),
        pull: Pull::always(constant(2)),
        load: constant(3),
        initialize: constant(4),
        ..StartUp::immediate()
    }
}

fn starting(start: StartUp) -> Serverless {
    Serverless { start, ..elastic(0, 0) }
}

fn outcome(pool: &Serverless, requests: &[Request]) -> PoolOutcome {
    simulate(&long(), &of(pool.clone()), 0, requests).outcome.pools.remove(0)
}

fn whole_seconds(nanos: u128) -> u128 {
    nanos / u128::from(Span::SECOND.nanos())
}

#[test]
fn a_start_goes_through_its_phases_of_which_some_are_billed() {
    let mut pool = starting(phased());
    assert_eq!(ends(&of(pool.clone()), &[request(0, 1)]), ["0: 10..11 cold"]);
    pool.tariff.bills.start = [false, true, false, true];
    let simulation = simulate(&long(), &of(pool), 0, &[request(0, 1)]);
    let lines = [("pull", "$0.002"), ("initialize", "$0.004"), ("execute", "$0.001")];
    assert_eq!(bill_of(&simulation), lines.map(|(line, amount)| (line, amount.to_owned())));
}

#[test]
fn a_start_that_takes_too_long_is_given_up_and_another_takes_its_place_a_hundred_times() {
    let pool = starting(StartUp { limit: Some(seconds(5)), ..phased() });
    let outcome = outcome(&pool, &[request(0, 1)]);
    assert_eq!((outcome.usage.started, outcome.usage.failed_starts), (100, 100));
    assert_eq!(outcome.losses.of(Loss::StartFailures), 1);
    // Each comes to 2 s of its load.
    assert_eq!(outcome.usage.start_phases.map(whole_seconds), [100, 200, 200, 0]);
    assert_eq!(whole_seconds(outcome.usage.waiting), 500);
    // Without anybody who waits there is no other one.
    let mut scenario = long();
    scenario.traffic[0].timeout = Some(seconds(4));
    let outcome = simulate(&scenario, &of(pool), 0, &[request(0, 1)]).outcome;
    assert_eq!(outcome.pools[0].usage.started, 1);
}

#[test]
fn limits_cut_services_off_and_drop_what_is_old() {
    let pool = |execution: Option<u64>, time_to_live: Option<u64>| {
        of(Serverless {
            execution_limit: execution.map(seconds),
            time_to_live: time_to_live.map(seconds),
            max_instances: Some(1),
            ..elastic(1, 9)
        })
    };
    let requests = [request(0, 3), request(0, 1), request(2, 1)];
    assert_eq!(ends(&pool(Some(3), None), &requests), ["0: 1..4 cold", "0: 4..5", "0: 5..6"]);
    assert_eq!(ends(&pool(Some(2), None), &requests), ["timed out at 3", "0: 3..4", "0: 4..5"]);
    // The first is dropped in service; the second begins just then, and is as old.
    assert_eq!(ends(&pool(None, Some(3)), &requests), ["timed out at 3", "timed out at 3", "0: 3..4"]);
}

#[test]
fn an_arrival_is_rejected_while_no_instance_is_ready_and_starts_one() {
    let pool = Serverless { when_zero: WhenZero::Reject, ..elastic(2, 9) };
    let requests = [request(0, 1), request(1, 1), request(2, 1), request(2, 1)];
    assert_eq!(ends(&of(pool.clone()), &requests), ["rejected", "rejected", "0: 2..3", "1: 4..5 cold"]);
    let outcome = outcome(&pool, &requests);
    assert_eq!((outcome.losses.of(Loss::NoInstance), outcome.usage.started), (2, 2));
}

#[test]
fn a_queue_limit_counts_those_who_wait_for_an_instance_of_their_own() {
    let pool = Serverless { queue_limit: Some(2), ..elastic(5, 9) };
    let requests = [request(0, 1); 3];
    assert_eq!(ends(&of(pool), &requests), ["0: 5..6 cold", "1: 5..6 cold", "rejected"]);
}

#[test]
fn clients_come_back_after_back_offs_that_grow_and_latency_counts_from_the_first_try() {
    let mut scenario = long();
    scenario.traffic[0].retry =
        Some(Retry { limit: 3, backoff: seconds(1), factor: 2.0, longest: seconds(3), jitter: 0.0 });
    let pool = Serverless { queue_limit: Some(0), min_instances: 1, max_instances: Some(1), ..elastic(0, 9) };
    // At 0 s, 1 s, 3 s and 6 s.
    let requests = [request(0, 6), request(0, 1)];
    let expected = ["0: 0..6", "rejected", "rejected", "rejected", "0: 6..7"];
    assert_eq!(ends_in(&scenario, &of(pool.clone()), &requests), expected);
    let simulation = simulate(&scenario, &of(pool.clone()), 0, &requests);
    let class = &simulation.outcome.pools[0].classes[0];
    assert_eq!((class.requests.arrived, class.requests.retries, class.requests.first_tries()), (5, 3, 2));
    assert_eq!(whole_seconds(class.latency.sum), 6 + 7);
    // After the third retry the client gives up.
    let longer = [request(0, 7), request(0, 1)];
    let gone = ends_in(&scenario, &of(pool), &longer);
    assert_eq!(gone, ["0: 0..7", "rejected", "rejected", "rejected", "rejected"]);
}

#[test]
fn a_bucket_of_tokens_throttles_starts() {
    let rate = Rate::new(500_000_000, Span::SECOND);
    let scale_out = ScaleOut::LambdaTokenBucket { rate, burst: 2, target: 1 };
    let pool = Serverless { scale_out, ..elastic(1, 0) };
    // Two at once; half a token at 1 s, and one at 2 s.
    let requests = [request(0, 9), request(0, 9), request(0, 9), request(1, 9), request(2, 9), request(2, 9)];
    let expected = ["0: 1..10 cold", "1: 1..10 cold", "rejected", "rejected", "2: 3..12 cold", "rejected"];
    assert_eq!(ends(&of(pool.clone()), &requests), expected);
    assert_eq!(outcome(&pool, &requests).losses.of(Loss::StartRate), 3);
}

#[test]
fn a_buffer_is_kept_idle_while_there_is_traffic() {
    let scale_out = ScaleOut::SlotDeficit { buffer: 1, count_starting: true };
    let pool = Serverless { scale_out, ..elastic(2, 9) };
    // One starts for the request and one for the buffer; the second request takes that and has another one started.
    assert_eq!(ends(&of(pool.clone()), &[request(0, 9), request(3, 1)]), ["0: 2..11 cold", "1: 3..4"]);
    assert_eq!(outcome(&pool, &[request(0, 9), request(3, 1)]).usage.started, 3);
}

#[test]
fn every_arrival_starts_an_instance_where_starting_ones_do_not_count() {
    let pool = |count_starting| {
        let scale_out = ScaleOut::SlotDeficit { buffer: 0, count_starting };
        Serverless { scale_out, slots: 2, ..elastic(2, 9) }
    };
    let requests = [request(0, 1), request(0, 1)];
    let started = |count_starting| outcome(&pool(count_starting), &requests).usage.started;
    assert_eq!((started(true), started(false)), (1, 2));
}

#[test]
fn an_instance_is_added_when_the_head_has_waited_too_long() {
    let rule = QueueDelay { delay: seconds(2), extra_workers: 1, interval: seconds(1) };
    let pool = Serverless { scale_out: ScaleOut::QueueDelay(rule), ..elastic(1, 99) };
    // From none one is started at once. The second has waited 2 s at 2 s, which is not longer; at 3 s two are added.
    let requests = [request(0, 20), request(0, 1), request(0, 1), request(0, 1)];
    assert_eq!(ends(&of(pool), &requests), ["0: 1..21 cold", "1: 4..5 cold", "2: 4..5 cold", "1: 5..6"]);
}

#[test]
fn as_many_instances_are_wanted_as_those_in_flight_need() {
    let rule = InFlight { target: Decimal { billionths: 1_500_000_000 }, interval: seconds(5) };
    let pool = Serverless { scale_out: ScaleOut::InFlight(rule), ..elastic(1, 99) };
    // The first look, at once, sees one; that at 5 s sees four, which need three.
    let requests = [request(0, 20); 4];
    assert_eq!(ends(&of(pool), &requests)[..3], ["0: 1..21 cold", "1: 6..26 cold", "2: 6..26 cold"]);
}

fn windowed(scale_down_delay: u64) -> Serverless {
    let rule = WindowedConcurrency {
        window: seconds(4),
        interval: seconds(4),
        target: Decimal::ONE,
        target_utilization: Decimal::ONE,
        scale_down_delay: seconds(scale_down_delay),
        max_scale_down_rate: Decimal::ONE,
        buffer: 0,
    };
    Serverless { scale_out: ScaleOut::WindowedConcurrency(rule), keep_alive: None, ..elastic(1, 0) }
}

#[test]
fn a_window_averages_the_requests_in_flight() {
    let fleet = of(windowed(100));
    assert_eq!(simulate(&long(), &fleet, 0, &[request(0, 9)]).outcome.pools[0].usage.started, 1);
    // At 4 s a mean of (4 + 3 + 3) / 4: two more are started for those who wait.
    let requests = [request(0, 9), request(1, 1), request(1, 1), request(4, 1)];
    assert_eq!(ends(&fleet, &requests)[..3], ["0: 1..10 cold", "1: 5..6 cold", "2: 5..6 cold"]);
}

#[test]
fn an_instance_in_use_that_is_too_much_serves_what_it_has_and_nobody_else() {
    // Two are in flight until 5 s and two from 7 s on: a mean of 2 at 4 s, of 1 at 8 s.
    let requests = [request(0, 4), request(0, 0), request(7, 5), request(7, 5), request(8, 1)];
    let fleet = of(windowed(0));
    let expected = ["0: 1..5 cold", "0: 5..5", "1: 7..12", "0: 7..12", "0: 12..13"];
    assert_eq!(ends(&fleet, &requests), expected);
    assert_eq!(simulate(&long(), &fleet, 0, &requests).lives[0][1].stopped, Some(at(12)));
    // With a delay of 5 s the two of 4 s count at 8 s still.
    assert_eq!(ends(&of(windowed(5)), &requests)[4], "1: 12..13");
}

#[test]
fn a_scenario_without_requests_starts_nothing() {
    for pool in [windowed(0), starting(phased())] {
        assert_eq!(simulate(&long(), &of(pool), 0, &[]).outcome.pools[0].usage.started, 0);
    }
}
