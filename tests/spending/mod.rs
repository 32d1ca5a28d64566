//! What is paid for minimum instances, and caps on what is spent: by hand, and what must always be true.

use std::path::Path;

use breakeven::bill::{self, Bill, Line};
use breakeven::engine::{self, replay_recorded};
use breakeven::fleet::{End, RequestRecord};
use breakeven::measure::{Loss, PoolOutcome};
use breakeven::scenario::{FleetKind, Overrides, PoolKind, Scenario, Serverless, load_text};
use breakeven::unit::{Span, Time, Usd, parse_usd};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

use crate::reference::build::{fleet, scenario as empty_scenario};
use crate::reference::cases::{Case, Kind, case};
use crate::reference::{Request, blocks_of};

/// A scenario of one class of evenly spaced requests, the first of them half a gap from the start, and one serverless fleet.
fn scenario(horizon: &str, rate: &str, service_time: &str, keys: &str) -> Scenario {
    let text = format!(
        "horizon = \"{horizon}\"\nreplications = 1\n[[traffic]]\nname = \"api\"\nrate = \"{rate}\"\n\
         arrivals = \"regular\"\nservice_time = \"{service_time}\"\n[[fleet]]\nname = \"x\"\nkind = \"serverless\"\n{keys}\n"
    );
    match load_text(&text, "spending.toml", Path::new("."), &Overrides::default()) {
        Ok(loaded) => loaded.scenario,
        Err(problems) => panic!("{problems}"),
    }
}

fn pool_of(scenario: &Scenario) -> &PoolKind {
    let FleetKind::Single(kind) = &scenario.fleets[0].kind else { panic!("a fleet of one pool") };
    kind
}

fn run(scenario: &Scenario) -> (PoolOutcome, Bill) {
    let outcome = engine::run(scenario, &engine::unwatched).expect("no trace is read")[0].fleets[0].pools[0].clone();
    let bill = bill::of_pool(pool_of(scenario), &outcome, scenario.window());
    (outcome, bill)
}

fn seconds(nanos: u128) -> f64 {
    nanos as f64 / Span::SECOND.nanos() as f64
}

fn usd(text: &str) -> Usd {
    parse_usd(text).expect("an amount")
}

/// Requests of 90 s arrive at 30, 90, 150, ... 570 s of ten minutes. One instance is busy from 30 s on, a second one for the first
/// half of each minute from 90 s on; it then idles for 10 s and stops.
#[test]
fn a_minimum_instance_covers_the_first_of_those_that_are_busy() {
    let keys = "price = \"$3.60/h\"\nmin_instance_price = \"$1.80/h\"\nmin_instances = 1\ncold_start = \"0s\"\n\
                keep_alive = \"10s\"\nrounding = \"1s\"";
    let (outcome, bill) = run(&scenario("10min", "1/min", "90s", keys));
    // Nine requests of 90 s, and 30 s of the tenth.
    assert_eq!(seconds(outcome.usage.busy), 9.0 * 90.0 + 30.0);
    assert_eq!(seconds(outcome.usage.covered_busy), 600.0 - 30.0);
    assert_eq!(seconds(outcome.usage.idle), 30.0 + 8.0 * 10.0);
    // The minimum instance is paid for 600 s at half of a tenth of a cent, the second one for what is left at that.
    let expected =
        [("min-instances", "$0.30"), ("cold-start", "$0"), ("execute", "$0.27"), ("idle", "$0.08"), ("rounding", "$0")];
    let lines: Vec<(&str, Usd)> = bill.lines.iter().map(|&(line, amount)| (line.name(), amount)).collect();
    assert_eq!(lines, expected.map(|(line, amount)| (line, usd(amount))));
}

/// A request of 5 s every 10 s costs half a cent, and the hour may cost $0.10 (its share of $72 a month). After 1, 2 and 3
/// minutes 6, 12 and 18 requests are done: $0.03, $0.06, $0.09. After 4 minutes it is $0.12, and the service stops.
#[test]
fn a_spend_cap_stops_the_service_at_the_minute_in_which_it_is_reached() {
    let keys = "price = \"$0.001/s\"\ncold_start = \"0s\"\nkeep_alive = \"1s\"\nbills = [\"execute\"]\n\
                spend_cap = \"$72/month\"";
    let (outcome, bill) = run(&scenario("1h", "360/h", "5s", keys));
    assert_eq!(bill.total(), usd("$0.12"));
    assert_eq!(outcome.requests().completed, 24);
    assert_eq!((outcome.requests().rejected, outcome.losses.of(Loss::SpendCap)), (336, 336));
    assert_eq!(seconds(outcome.usage.closed), 3_600.0 - 240.0);
}

/// One instance serves 50 s for $0.05, and a request comes every 30 s, the first after 15 s. At 60 s the $0.04 of the hour are
/// spent: who waits since 45 s is turned away, what is in service is served until 65 s, and nothing idles after it.
#[test]
fn at_the_cap_the_waiting_are_turned_away_and_those_in_service_are_served() {
    let keys = "price = \"$0.001/s\"\ncold_start = \"0s\"\nkeep_alive = \"10min\"\nmax_instances = 1\n\
                spend_cap = \"$28.80/month\"";
    let (outcome, bill) = run(&scenario("1h", "2/min", "50s", keys));
    assert_eq!(outcome.requests().completed, 1);
    assert_eq!(outcome.losses.of(Loss::SpendCap), 119);
    assert_eq!(seconds(outcome.usage.waiting), 15.0);
    assert_eq!(bill.lines, [(Line::ColdStart, Usd::ZERO), (Line::Execute, usd("$0.05")), (Line::Idle, Usd::ZERO)]);
}

/// An instance that starts when the cap is reached, by another one's work, is cancelled, and the request that waits for it lost.
#[test]
fn at_the_cap_starting_instances_are_cancelled() {
    // The first request starts an instance at 30 s, which is ready at 130 s; the second at 90 s. All phases are paid: at 120 s
    // 90 + 30 s are $0.12.
    let keys = "price = \"$0.001/s\"\ncold_start = \"100s\"\nkeep_alive = \"10min\"\nspend_cap = \"$86.40/month\"";
    let (outcome, bill) = run(&scenario("1h", "1/min", "1s", keys));
    assert_eq!((outcome.usage.started, outcome.requests().completed), (2, 0));
    assert_eq!(outcome.losses.of(Loss::SpendCap), 60);
    assert_eq!(bill.total(), usd("$0.12"));
}

/// A month pays for 360 requests of a minute at $1 an hour. Two months serve 360 each.
#[test]
fn a_new_month_opens_the_service_again() {
    let keys =
        "price = \"$1/h\"\ncold_start = \"0s\"\nkeep_alive = \"1s\"\nbills = [\"execute\"]\nspend_cap = \"$6/month\"";
    let (outcome, bill) = run(&scenario("60d", "1/h", "1min", keys));
    assert_eq!((outcome.requests().completed, outcome.losses.of(Loss::SpendCap)), (720, 720));
    assert_eq!(bill.total(), usd("$12"));
}

/// A minimum instance at $1 an hour is paid for half of each month, and starts anew at the second month's beginning.
#[test]
fn minimum_instances_come_back_with_the_month_and_are_not_paid_until_then() {
    let keys = "price = \"$1/h\"\nmin_instance_price = \"$1/h\"\nmin_instances = 1\ncold_start = \"1h\"\n\
                keep_alive = \"1s\"\nbills = [\"execute\"]\nspend_cap = \"$360/month\"";
    let (outcome, bill) = run(&scenario("60d", "1/month", "0s", keys));
    assert_eq!(bill.total(), usd("$720"));
    assert_eq!(seconds(outcome.usage.closed), 2.0 * 360.0 * 3_600.0);
    assert_eq!((outcome.usage.started, seconds(outcome.usage.starting)), (1, 3_600.0));
    // Ready for 15 days, then for 15 less an hour; in the middle of each month the pool is closed.
    assert_eq!(seconds(outcome.usage.idle), (2.0 * 360.0 - 1.0) * 3_600.0);
    assert_eq!(outcome.losses.of(Loss::SpendCap), 2);
}

/// What is paid by the month whatever happens is set aside first: $100 of the cap are the plan's.
#[test]
fn standing_charges_are_part_of_the_cap() {
    let keys = "price = \"$1/h\"\ncold_start = \"0s\"\nkeep_alive = \"1s\"\nbills = [\"execute\"]\nplan_fee = \"$100/month\"\n\
                spend_cap = \"$106/month\"";
    let (outcome, bill) = run(&scenario("30d", "1/h", "1min", keys));
    assert_eq!((outcome.requests().completed, bill.total()), (360, usd("$106")));
    let below = keys.replace("$106", "$99");
    let (outcome, bill) = run(&scenario("30d", "1/h", "1min", &below));
    assert_eq!((outcome.requests().completed, bill.total()), (0, usd("$100")));
}

/// With a free tier and credits there is more to use: 60 requests are free, and $1 pays for 60 more.
#[test]
fn what_is_free_or_credited_is_not_spent() {
    let keys = "price = \"$1/h\"\ncold_start = \"0s\"\nkeep_alive = \"1s\"\nbills = [\"execute\"]\n\
                free_tier = { instance_time = \"1h\" }\ncredits = \"$1/month\"\nspend_cap = \"$4/month\"";
    let (outcome, bill) = run(&scenario("30d", "1/h", "1min", keys));
    assert_eq!((outcome.requests().completed, bill.total()), (60 + 60 + 240, usd("$4")));
}

/// A hybrid passes over a pool that is closed.
#[test]
fn a_closed_pool_of_a_hybrid_is_passed_over() {
    let text = "horizon = \"1h\"\nreplications = 1\n[[traffic]]\nname = \"api\"\nrate = \"360/h\"\narrivals = \"regular\"\n\
                service_time = \"5s\"\n[[fleet]]\nname = \"x\"\nkind = \"hybrid\"\n[[fleet.pool]]\nname = \"capped\"\n\
                kind = \"serverless\"\nprice = \"$0.001/s\"\ncold_start = \"0s\"\nkeep_alive = \"1s\"\nbills = [\"execute\"]\n\
                spend_cap = \"$72/month\"\n[[fleet.pool]]\nname = \"rest\"\nkind = \"dedicated\"\ninstances = 1\nprice = \"$1/h\"\n";
    let loaded = load_text(text, "spending.toml", Path::new("."), &Overrides::default()).expect("a scenario");
    let made = engine::run(&loaded.scenario, &engine::unwatched).expect("no trace is read");
    let completed: Vec<u64> = made[0].fleets[0].pools.iter().map(|pool| pool.requests().completed).collect();
    assert_eq!(completed, [24, 336]);
}

fn config(cases: u32) -> ProptestConfig {
    ProptestConfig { cases, rng_seed: RngSeed::Fixed(7), failure_persistence: None, ..ProptestConfig::default() }
}

/// A fleet of the reference's cases under requests of some hours, without time-outs.
fn long_case() -> impl Strategy<Value = (Case, u64)> {
    let row = (0..=90_u64, 0..=120_u64);
    let requests = prop::collection::vec(row, 50..200).prop_map(|rows| {
        let mut now = Time::START;
        let request = |(gap, service): (u64, u64)| {
            now = now + Span::from_nanos(gap * Span::SECOND.nanos());
            Request { arrival: now, service: Span::from_nanos(service * Span::SECOND.nanos()), class: 0 }
        };
        rows.into_iter().map(request).collect::<Vec<_>>()
    });
    (case(Just(Kind::Serverless)), requests, 1..=100_u64).prop_map(|(case, requests, percent)| {
        let last = requests.last().map_or(Time::START, |request| request.arrival);
        let mut scenario = empty_scenario((last + Span::MINUTE).since_start());
        scenario.seed = case.scenario.seed;
        (Case { scenario, requests, ..case }, percent)
    })
}

fn serverless(case: &Case) -> Serverless {
    let FleetKind::Single(PoolKind::Serverless(pool)) = &case.fleet.kind else { panic!("a serverless fleet") };
    pool.clone()
}

fn replay(case: &Case, pool: &Serverless) -> (PoolOutcome, Vec<RequestRecord>, Bill) {
    let kind = PoolKind::Serverless(pool.clone());
    let blocks = blocks_of(&case.requests, case.longest_block);
    let (outcome, records) = replay_recorded(&case.scenario, &fleet(kind.clone()), 0, &blocks);
    let bill = bill::of_pool(&kind, &outcome.pools[0], case.scenario.window());
    (outcome.pools[0].clone(), records, bill)
}

/// What may be spent in the minute before the pool is closed, and on what is then in service: as many instances as there ever were
/// at once, for a minute and the longest service after it, what rounding adds to each that was started, and the fees of what was
/// completed from then on.
fn overshoot(case: &Case, pool: &Serverless, closed_at: Time, records: &[RequestRecord], outcome: &PoolOutcome) -> Usd {
    let longest = case.requests.iter().map(|request| request.service).max().unwrap_or(Span::ZERO);
    let last_minute = Time::from_nanos(closed_at.nanos().saturating_sub(Span::MINUTE.nanos()));
    let completed_late = |record: &&RequestRecord| match record.end {
        End::Completed { completion, .. } => completion >= last_minute,
        End::Rejected | End::TimedOut { .. } => false,
    };
    let late = records.iter().filter(completed_late).count() as u64;
    let in_use = u128::from(outcome.usage.peak) * u128::from((Span::MINUTE + longest).nanos());
    let lives = outcome.usage.started + u64::from(pool.min_instances);
    let time = in_use + u128::from(lives) * u128::from(pool.tariff.rounding.unwrap_or(Span::ZERO).nanos());
    let tariff = &pool.tariff;
    let parts = [tariff.extras.cpu, tariff.extras.memory].into_iter().flatten();
    let egress = tariff.extras.egress.map_or(Usd::ZERO, |egress| egress.cost(late));
    let minimum = tariff.min_instance_price.map_or(Usd::ZERO, |price| price.cost(time));
    let parts: Usd = parts.map(|part| part.cost(time)).sum();
    tariff.price.cost(time) + minimum + parts + tariff.request_fee.times(late) + egress + Usd::from_nanos(20)
}

proptest! {
    #![proptest_config(config(400))]

    #[test]
    fn a_bill_ends_above_its_cap_by_no_more_than_a_minute_and_what_is_in_service((case, percent) in long_case()) {
        let mut pool = serverless(&case);
        let (free, _, uncapped) = replay(&case, &pool);
        let month = i128::from(Span::MONTH.nanos()) / i128::from(case.scenario.window().nanos());
        let share = uncapped.total().nanos() * i128::from(percent) / 100;
        pool.tariff.spend_cap = Some(Usd::from_nanos((share * month).max(1)));
        let (outcome, records, bill) = replay(&case, &pool);
        let requests = outcome.requests();
        prop_assert_eq!(requests.arrived, case.requests.len() as u64);
        prop_assert_eq!(requests.arrived, requests.completed + requests.rejected + requests.timed_out);
        let by_reason: u64 = Loss::ALL.into_iter().map(|loss| outcome.losses.of(loss)).sum();
        prop_assert_eq!(by_reason, requests.rejected + requests.timed_out);
        let closed = outcome.usage.closed;
        prop_assert!(closed > 0 || outcome == free);
        let end = Time::START + case.scenario.horizon;
        let closed_at = Time::from_nanos(end.nanos() - closed as u64);
        prop_assert!(closed_at.nanos().is_multiple_of(Span::MINUTE.nanos()) || closed == 0);
        for record in &records {
            if let End::Completed { start, .. } = record.end {
                // At the same instant completions come first, and with them the head of the queue.
                prop_assert!(start <= closed_at || closed == 0, "a service begins after {closed_at:?}");
            }
        }
        let cap = pool.tariff.spend_cap_of(case.scenario.window()).unwrap();
        // What is paid for nothing but time is paid whatever the cap says.
        let nothing = bill::of_pool(&PoolKind::Serverless(pool.clone()), &PoolOutcome {
            usage: breakeven::measure::Usage { closed: u128::from(end.nanos()), ..Default::default() },
            ..PoolOutcome::default()
        }, case.scenario.window());
        let most = cap.max(nothing.total()) + overshoot(&case, &pool, closed_at, &records, &outcome);
        prop_assert!(bill.total() <= most, "{} for {cap}, at most {most}", bill.total());
    }
}

proptest! {
    #![proptest_config(config(1_500))]

    #[test]
    fn a_cap_that_is_never_reached_changes_nothing(case in case(Just(Kind::Serverless))) {
        // A look a minute at decades takes a while.
        prop_assume!(case.scenario.horizon < Span::WEEK);
        let mut pool = serverless(&case);
        let (without, records, _) = replay(&case, &pool);
        pool.tariff.spend_cap = Some(Usd::from_nanos(1_000_000_000_000 * 1_000_000_000));
        let (with, same_records, _) = replay(&case, &pool);
        prop_assert_eq!(with, without);
        let sorted = |mut records: Vec<RequestRecord>| {
            records.sort();
            records
        };
        prop_assert_eq!(sorted(same_records), sorted(records));
    }
}
