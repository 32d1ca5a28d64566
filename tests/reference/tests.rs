//! The reference model against cases worked out by hand, each a sentence of the documented rules.

use breakeven::bill::Line;
use breakeven::fleet::End;
use breakeven::random::{Purpose, stream};
use breakeven::scenario::{
    Decimal, Dedicated, Fleet, IdleSelection, Measured, Overflow, OverflowRule, PoolKind, ScaleOut, Scenario,
    Serverless, Slo, Throughput,
};
use breakeven::unit::{Price, Rate, Span, Usd};
use rand::RngExt as _;

use super::build::{
    at, class, constant, dedicated, fleet, hybrid, per_second, request, request_of, scenario, seconds, serverless,
};
use super::{Request, Simulation, simulate};

/// Long enough for every case.
pub(super) fn long() -> Scenario {
    scenario(seconds(1_000))
}

/// A cold start of `cold_start` s and a keep-alive of `keep_alive` s.
pub(super) fn elastic(cold_start: u64, keep_alive: u64) -> Serverless {
    serverless(constant(cold_start), seconds(keep_alive))
}

fn limited(queue_limit: u64) -> Dedicated {
    Dedicated { queue_limit: Some(queue_limit), ..dedicated(1) }
}

pub(super) fn of(pool: impl Into<Kind>) -> Fleet {
    fleet(pool.into().0)
}

pub(super) struct Kind(PoolKind);

impl From<Dedicated> for Kind {
    fn from(pool: Dedicated) -> Kind {
        Kind(PoolKind::Dedicated(pool))
    }
}

impl From<Serverless> for Kind {
    fn from(pool: Serverless) -> Kind {
        Kind(PoolKind::Serverless(pool))
    }
}

fn with_timeouts(timeouts: &[Option<u64>]) -> Scenario {
    let mut scenario = long();
    scenario.traffic = timeouts
        .iter()
        .map(|timeout| {
            let mut class = class("requests");
            class.timeout = timeout.map(seconds);
            class
        })
        .collect();
    scenario
}

/// What became of every request: `2: 5..7 cold` on instance 2 from 5 s to 7 s, begun by its becoming ready. In a hybrid the
/// pool comes first.
pub(super) fn ends_in(scenario: &Scenario, fleet: &Fleet, requests: &[Request]) -> Vec<String> {
    let second = |time: breakeven::unit::Time| time.seconds();
    let end = |end: End| match end {
        End::Completed { start, completion, instance, cold } => {
            let cold = if cold { " cold" } else { "" };
            format!("{instance}: {}..{}{cold}", second(start), second(completion))
        }
        End::Rejected => "rejected".into(),
        End::TimedOut { at } => format!("timed out at {}", second(at)),
    };
    let simulation = simulate(scenario, fleet, 0, requests);
    let is_hybrid = fleet.pools().len() > 1;
    simulation
        .records
        .iter()
        .map(|record| match is_hybrid {
            true => format!("pool {}, {}", record.pool, end(record.end)),
            false => end(record.end),
        })
        .collect()
}

pub(super) fn ends(fleet: &Fleet, requests: &[Request]) -> Vec<String> {
    ends_in(&long(), fleet, requests)
}

#[test]
fn a_completion_comes_before_an_arrival_of_the_same_instant() {
    assert_eq!(ends(&of(limited(0)), &[request(0, 5), request(5, 1)]), ["0: 0..5", "0: 5..6"]);
}

#[test]
fn an_expiry_comes_before_an_arrival_of_the_same_instant() {
    // Ready at 1 s, idle at 2 s, stopped at 4 s.
    let fleet = of(elastic(1, 2));
    assert_eq!(ends(&fleet, &[request(0, 1), request(3, 1)]), ["0: 1..2 cold", "0: 3..4"]);
    assert_eq!(ends(&fleet, &[request(0, 1), request(4, 1)]), ["0: 1..2 cold", "1: 5..6 cold"]);
}

#[test]
fn an_expiry_of_the_present_instant_comes_before_its_later_arrivals() {
    assert_eq!(ends(&of(elastic(0, 0)), &[request(1, 0), request(1, 0)]), ["0: 1..1 cold", "1: 1..1 cold"]);
}

#[test]
fn a_service_that_takes_no_time_ends_before_the_next_arrival_of_its_instant() {
    assert_eq!(
        ends(&of(limited(0)), &[request(0, 0), request(0, 0), request(0, 1), request(0, 1)]),
        ["0: 0..0", "0: 0..0", "0: 0..1", "rejected"]
    );
}

#[test]
fn a_request_served_exactly_at_its_time_out_is_in_time() {
    let scenario = with_timeouts(&[Some(3)]);
    assert_eq!(ends_in(&scenario, &of(elastic(3, 9)), &[request(0, 1)]), ["0: 3..4 cold"]);
    assert_eq!(ends_in(&scenario, &of(elastic(4, 9)), &[request(0, 1)]), ["timed out at 3"]);
    assert_eq!(ends_in(&scenario, &of(dedicated(1)), &[request(0, 3), request(0, 1)]), ["0: 0..3", "0: 3..4"]);
}

#[test]
fn a_time_out_frees_its_place_before_an_arrival_of_the_same_instant() {
    let requests = [request(0, 5), request(0, 1), request(1, 1), request(2, 1)];
    assert_eq!(
        ends_in(&with_timeouts(&[Some(2)]), &of(limited(1)), &requests),
        ["0: 0..5", "timed out at 2", "rejected", "timed out at 4"]
    );
}

#[test]
fn the_start_for_a_request_that_left_goes_on() {
    let scenario = with_timeouts(&[Some(2), None]);
    // It becomes idle and serves an arrival of that instant at once.
    assert_eq!(ends_in(&scenario, &of(elastic(5, 9)), &[request(0, 1), request(5, 1)]), ["timed out at 2", "0: 5..6"]);
    // Or it serves the head of the queue.
    let single = Serverless { max_instances: Some(1), ..elastic(5, 9) };
    assert_eq!(
        ends_in(&scenario, &of(single), &[request(0, 1), request_of(1, 1, 1)]),
        ["timed out at 2", "0: 5..6 cold"]
    );
}

#[test]
fn a_request_waits_for_the_instance_started_for_it_unless_one_queue_is_shared() {
    let requests = [request(0, 1), request(10, 1), request(20, 1)];
    assert_eq!(ends(&of(elastic(10, 100)), &requests), ["0: 10..11 cold", "1: 20..21 cold", "0: 20..21"]);
    let shared = Serverless { scale_out: ScaleOut::slot_deficit(), ..elastic(10, 100) };
    // Instance 1 becomes ready with nobody to serve and is the most recently used one.
    assert_eq!(ends(&of(shared), &requests), ["0: 10..11 cold", "0: 11..12", "1: 20..21"]);
}

#[test]
fn a_slot_deficit_starts_an_instance_only_while_more_wait_than_slots_start() {
    let pool = Serverless { scale_out: ScaleOut::slot_deficit(), slots: 2, ..elastic(4, 9) };
    let simulation = simulate(&long(), &of(pool), 0, &[request(0, 1), request(0, 1), request(0, 1)]);
    assert_eq!(simulation.lives[0].len(), 2);
    assert_eq!(simulation.outcome.pools[0].usage.started, 2);
}

#[test]
fn at_max_instances_requests_queue_or_are_rejected() {
    let pool = |scale_out, overflow| Serverless { max_instances: Some(1), scale_out, overflow, ..elastic(2, 9) };
    let requests = [request(0, 1), request(1, 1), request(2, 1)];
    let queued = ["0: 2..3 cold", "0: 3..4", "0: 4..5"];
    let rejected = ["0: 2..3 cold", "rejected", "rejected"];
    for scale_out in [ScaleOut::PerRequest, ScaleOut::slot_deficit()] {
        assert_eq!(ends(&of(pool(scale_out, Overflow::Queue)), &requests), queued);
        assert_eq!(ends(&of(pool(scale_out, Overflow::Reject)), &requests), rejected);
    }
}

#[test]
fn a_request_may_claim_a_starting_slot_that_nobody_waits_for() {
    let pool = Serverless {
        max_instances: Some(1),
        scale_out: ScaleOut::slot_deficit(),
        overflow: Overflow::Reject,
        slots: 2,
        ..elastic(2, 9)
    };
    assert_eq!(
        ends(&of(pool), &[request(0, 1), request(1, 1), request(1, 1)]),
        ["0: 2..3 cold", "0: 2..3 cold", "rejected"]
    );
}

/// The instances that serve three requests at 0 s, for 3 s, 1 s and 2 s, and one at 5 s.
fn selected(idle_selection: IdleSelection) -> Vec<u64> {
    let pool = Serverless { min_instances: 3, idle_selection, ..elastic(1, 100) };
    let requests = [request(0, 3), request(0, 1), request(0, 2), request(5, 1)];
    simulate(&long(), &of(pool), 0, &requests)
        .records
        .iter()
        .map(|record| match record.end {
            End::Completed { instance, .. } => instance,
            End::Rejected | End::TimedOut { .. } => panic!("every request is served"),
        })
        .collect()
}

#[test]
fn idle_instances_are_selected_by_use_or_by_age() {
    assert_eq!(selected(IdleSelection::MostRecentlyUsed), [2, 1, 0, 2]);
    assert_eq!(selected(IdleSelection::LeastRecentlyUsed), [0, 1, 2, 1]);
    assert_eq!(selected(IdleSelection::Newest), [2, 1, 0, 2]);
    assert_eq!(selected(IdleSelection::Oldest), [0, 1, 2, 0]);
}

#[test]
fn a_random_selection_draws_only_where_there_is_a_choice() {
    let mut rng = stream(1, 0, &["fleet", "serverless"], Purpose::IdleSelection);
    let mut left = vec![0, 1, 2];
    let first = left.remove(rng.random_range(0..3_u64) as usize);
    let second = left.remove(rng.random_range(0..2_u64) as usize);
    let fourth = rng.random_range(0..3_u64);
    assert_eq!(selected(IdleSelection::Random), [first, second, left[0], fourth]);
}

#[test]
fn with_slots_the_fullest_instance_in_use_serves_first() {
    let pool = Serverless { min_instances: 2, slots: 2, ..elastic(1, 100) };
    let requests = [request(0, 9), request(0, 9), request(0, 2), request(0, 3), request(1, 1), request(4, 1)];
    assert_eq!(ends(&of(pool), &requests), ["1: 0..9", "1: 0..9", "0: 0..2", "0: 0..3", "2: 2..3 cold", "2: 4..5"]);
}

#[test]
fn a_ready_instance_takes_as_many_as_it_has_slots() {
    let pool = Serverless { max_instances: Some(1), slots: 2, ..elastic(3, 9) };
    assert_eq!(
        ends(&of(pool), &[request(0, 1), request(0, 1), request(0, 1)]),
        ["0: 3..4 cold", "0: 3..4 cold", "0: 4..5"]
    );
}

/// One instance whose two slots together are as fast as one.
fn halves() -> Dedicated {
    Dedicated { slots: 2, throughput: Throughput::Power { exponent: 0.0 }, ..dedicated(1) }
}

#[test]
fn requests_on_an_instance_share_its_throughput() {
    // The first is alone for 1 s, then both have half of it until 3 s, then the second all of it.
    assert_eq!(ends(&of(halves()), &[request(0, 2), request(1, 2)]), ["0: 0..3", "0: 1..4"]);
    // The third waits for a slot, at 3 s, and shares with the second, which has a second's work left.
    assert_eq!(ends(&of(halves()), &[request(0, 2), request(1, 2), request(1, 1)]), ["0: 0..3", "0: 1..5", "0: 3..5"]);
    // Alone for a second, then three quarters of the full speed each: 1.5 of two.
    let rows = [(1, 10), (2, 15)].map(|(batch, tenths)| Measured {
        batch,
        relative: Decimal { billionths: Decimal::ONE.billionths / 10 * tenths },
    });
    let table = Dedicated { throughput: Throughput::Table(rows.to_vec()), ..halves() };
    assert_eq!(ends(&of(table), &[request(0, 4), request(1, 3)]), ["0: 0..5", "0: 1..5"]);
}

#[test]
fn a_request_completes_at_the_first_nanosecond_at_which_its_work_is_done() {
    let request = |nanos| Request { service: Span::from_nanos(nanos), ..request(0, 0) };
    let pool = Dedicated { slots: 3, ..halves() };
    let simulation = simulate(&long(), &of(pool), 0, &[request(1), request(2), request(5)]);
    let completions = simulation.records.iter().map(|record| match record.end {
        End::Completed { completion, .. } => completion.nanos(),
        End::Rejected | End::TimedOut { .. } => panic!("every request is served"),
    });
    // A third, to the nearest 2^-32, is a little less than one: 3 ns are not enough for 1 ns of work, 4 are. Then the
    // second has 2 / 3 ns left, at half the speed, which takes until 6 ns, and the third 5 - 4 / 3 - 1 = 2 2 / 3 ns.
    assert_eq!(completions.collect::<Vec<_>>(), [4, 6, 9]);
}

#[test]
fn who_is_ahead_slows_down_those_who_are_waited_for() {
    // At 2 s the third takes the place of the second beside the first, and ends at 4 s: the fourth would wait as long.
    let requests = [request(0, 4), request(0, 1), request(0, 1), request(0, 1)];
    let pools = || vec![PoolKind::Dedicated(halves()), PoolKind::Dedicated(dedicated(1))];
    let last = |longest| ends(&hybrid(OverflowRule::WaitOver(longest), pools()), &requests).pop();
    assert_eq!(last(seconds(4)).as_deref(), Some("pool 0, 0: 4..6"));
    assert_eq!(last(Span::from_nanos(seconds(4).nanos() - 1)).as_deref(), Some("pool 1, 0: 0..1"));
}

#[test]
fn an_idle_instance_is_stopped_only_if_more_than_the_minimum_exist() {
    let pool = Serverless { min_instances: 1, ..elastic(10, 3) };
    let stopped = |requests: &[Request]| simulate(&long(), &of(pool.clone()), 0, requests).lives[0][0].stopped;
    assert_eq!(stopped(&[request(0, 1)]), None);
    // The instance that starts for the second request counts.
    assert_eq!(stopped(&[request(0, 1), request(0, 1)]), Some(at(4)));
}

#[test]
fn an_expiry_is_void_once_the_instance_has_served_again() {
    assert_eq!(
        ends(&of(elastic(1, 3)), &[request(0, 1), request(4, 3), request(9, 1)]),
        ["0: 1..2 cold", "0: 4..7", "0: 9..10"]
    );
}

#[test]
fn a_dedicated_pool_serves_on_the_instance_least_recently_used() {
    let requests = [request(0, 1), request(2, 1), request(4, 1)];
    assert_eq!(ends(&of(dedicated(2)), &requests), ["0: 0..1", "1: 2..3", "0: 4..5"]);
}

/// One dedicated instance, then serverless ones with a cold start of 3 s.
fn mixed(rule: OverflowRule) -> Fleet {
    let pools = vec![PoolKind::Dedicated(dedicated(1)), PoolKind::Serverless(elastic(3, 9))];
    hybrid(rule, pools)
}

#[test]
fn a_full_pool_passes_requests_on() {
    assert_eq!(
        ends(&mixed(OverflowRule::WhenFull), &[request(0, 2), request(1, 1), request(2, 1)]),
        ["pool 0, 0: 0..2", "pool 1, 0: 4..5 cold", "pool 0, 0: 2..3"]
    );
}

#[test]
fn a_pool_passes_on_what_it_would_reject() {
    let pools = vec![PoolKind::Dedicated(limited(1)), PoolKind::Dedicated(limited(0))];
    assert_eq!(
        ends(&hybrid(OverflowRule::InFlightOver(9), pools), &[request(0, 5); 4]),
        ["pool 0, 0: 0..5", "pool 0, 0: 5..10", "pool 1, 0: 0..5", "pool 1, rejected"]
    );
}

#[test]
fn a_pool_with_enough_in_flight_passes_requests_on() {
    assert_eq!(
        ends(&mixed(OverflowRule::InFlightOver(2)), &[request(0, 5), request(0, 5), request(1, 1), request(5, 1)]),
        ["pool 0, 0: 0..5", "pool 0, 0: 5..10", "pool 1, 0: 4..5 cold", "pool 0, 0: 10..11"]
    );
}

#[test]
fn a_request_that_would_wait_too_long_goes_on() {
    let requests = [request(0, 5), request(1, 1), request(2, 1), request(3, 1)];
    assert_eq!(
        ends(&mixed(OverflowRule::WaitOver(seconds(3))), &requests),
        ["pool 0, 0: 0..5", "pool 1, 0: 4..5 cold", "pool 0, 0: 5..6", "pool 0, 0: 6..7"]
    );
    // The wait for a serverless pool is the cold start.
    let pools = || vec![PoolKind::Serverless(elastic(3, 9)), PoolKind::Dedicated(dedicated(1))];
    let first = |longest| ends(&hybrid(OverflowRule::WaitOver(longest), pools()), &[request(0, 1)]);
    assert_eq!(first(seconds(3)), ["pool 0, 0: 3..4 cold"]);
    assert_eq!(first(Span::from_nanos(seconds(3).nanos() - 1)), ["pool 1, 0: 0..1"]);
}

#[test]
fn nobody_ahead_is_expected_to_time_out() {
    // The second request leaves at 4 s; still the third is expected to wait until 7 s, which is longer than 5 s.
    let fleet = mixed(OverflowRule::WaitOver(seconds(5)));
    let requests = [request(0, 5), request(0, 2), request_of(1, 1, 1)];
    assert_eq!(
        ends_in(&with_timeouts(&[Some(4), None]), &fleet, &requests),
        ["pool 0, 0: 0..5", "pool 0, timed out at 4", "pool 1, 0: 4..5 cold"]
    );
}

#[test]
fn a_rate_counts_the_second_that_ends_now() {
    let half = Request { arrival: at(1) + Span::from_nanos(500_000_000), ..request(1, 0) };
    let requests = [request(0, 0), request(1, 0), request(1, 0), half, request(3, 0)];
    let pools: Vec<u16> = simulate(&long(), &mixed(OverflowRule::RateOver(per_second(1))), 0, &requests)
        .records
        .iter()
        .map(|record| record.pool)
        .collect();
    // At 1 s the request of 0 s is past; at 1.5 s both of 1 s count, though one was passed on.
    assert_eq!(pools, [0, 0, 1, 1, 0]);
    let rare = Rate::new(59_000_000_000, Span::MINUTE);
    assert_eq!(simulate(&long(), &mixed(OverflowRule::RateOver(rare)), 0, &requests[..1]).records[0].pool, 1);
}

#[test]
fn a_request_belongs_to_the_window_by_its_arrival() {
    let mut scenario = scenario(seconds(10));
    scenario.warm_up = seconds(2);
    scenario.slo = Some(Slo { latency: Some(seconds(3)), ..Slo::default() });
    let requests = [request(1, 2), request(2, 4), request(3, 3), request(9, 1), request(9, 2)];
    let outcome = simulate(&scenario, &of(dedicated(5)), 0, &requests).outcome;
    let counts = outcome.pools[0].classes[0].requests;
    assert_eq!((counts.arrived, counts.completed, counts.good), (4, 4, 3));
    assert_eq!(counts.unfinished_at_horizon, 1);
    let usage = outcome.pools[0].usage;
    // 1 s of the first, 4 s, 3 s, and of the last two 1 s each.
    assert_eq!(usage.busy, u128::from(seconds(10).nanos()));
    assert_eq!(usage.offered, u128::from(seconds(10).nanos()));
    assert_eq!(usage.busy + usage.idle, 5 * u128::from(seconds(8).nanos()));
}

#[test]
fn instances_held_for_no_time_do_not_make_a_peak() {
    let usage = |keep_alive| {
        let simulation = simulate(&long(), &of(elastic(0, keep_alive)), 0, &[request(1, 0)]);
        simulation.outcome.pools[0].usage
    };
    assert_eq!((usage(0).started, usage(0).peak), (1, 0));
    assert_eq!((usage(1).started, usage(1).peak), (1, 1));
}

#[test]
fn a_peak_of_a_hybrid_is_the_peak_of_the_sum() {
    let pools = vec![PoolKind::Serverless(elastic(1, 1)), PoolKind::Serverless(elastic(1, 1))];
    // Each pool has one instance, for 3 s, at different times.
    let fleet = hybrid(OverflowRule::RateOver(per_second(1)), pools);
    let outcome = simulate(&long(), &fleet, 0, &[request(0, 1), request(9, 1), request(9, 1)]).outcome;
    assert_eq!((outcome.pools[0].usage.peak, outcome.pools[1].usage.peak, outcome.peak), (1, 1, 2));
}

pub(super) fn bill_of(simulation: &Simulation) -> Vec<(&'static str, String)> {
    let line = |(line, amount): (&Line, &Usd)| (line.name(), amount.to_string());
    simulation.bills[0].iter().map(line).collect()
}

#[test]
fn a_dedicated_pool_is_paid_for_the_whole_window_used_or_not() {
    let mut scenario = scenario(Span::HOUR);
    scenario.warm_up = Span::from_nanos(Span::HOUR.nanos() / 2);
    let simulation = simulate(&scenario, &of(dedicated(3)), 0, &[]);
    assert_eq!(bill_of(&simulation), [("instances", "$6.00".into())]);
}

#[test]
fn a_serverless_instance_is_paid_in_its_billed_phases_and_rounded_up() {
    // 2 s starting, 3 s busy, 5 s idle, at $0.001 a second.
    let mut pool = elastic(2, 5);
    pool.tariff.request_fee = Usd::from_nanos(10_000_000);
    let bill = |pool: &Serverless| bill_of(&simulate(&long(), &of(pool.clone()), 0, &[request(0, 3)]));
    let [cold_start, execute, idle] = [("cold-start", "$0.002"), ("execute", "$0.003"), ("idle", "$0.005")];
    let fee = ("request-fee", "$0.01");
    let lines = |lines: &[(&'static str, &str)]| -> Vec<(&'static str, String)> {
        lines.iter().map(|&(line, amount)| (line, amount.into())).collect()
    };
    assert_eq!(bill(&pool), lines(&[cold_start, execute, idle, fee]));
    pool.tariff.rounding = Some(seconds(4));
    assert_eq!(bill(&pool), lines(&[cold_start, execute, idle, ("rounding", "$0.002"), fee]));
    pool.tariff.bills.idle = false;
    assert_eq!(bill(&pool), lines(&[cold_start, execute, ("rounding", "$0.003"), fee]));
    (pool.tariff.bills.start, pool.tariff.bills.execute) = ([false; 4], false);
    assert_eq!(bill(&pool), lines(&[fee]));
}

#[test]
fn an_instance_that_outlives_the_window_is_paid_to_its_end() {
    let mut pool = elastic(2, 100);
    pool.tariff.rounding = Some(seconds(6));
    let simulation = simulate(&scenario(seconds(9)), &of(pool), 0, &[request(0, 3)]);
    let usage = simulation.outcome.pools[0].usage;
    assert_eq!(usage.idle, u128::from(seconds(4).nanos()));
    assert_eq!(usage.rounding, u128::from(seconds(3).nanos()));
}

#[test]
fn a_line_is_rounded_once_to_a_nano_dollar_half_to_even() {
    let bill = |window| {
        let mut pool = dedicated(1);
        // Half a nano-dollar a second.
        pool.price = Price::new(500, Span::SECOND);
        let simulation = simulate(&scenario(seconds(window)), &of(pool), 0, &[]);
        simulation.bills[0].get(&Line::Instances).copied()
    };
    assert_eq!(bill(1), None);
    assert_eq!(bill(2), Some(Usd::from_nanos(1)));
    assert_eq!(bill(3), Some(Usd::from_nanos(2)));
}
