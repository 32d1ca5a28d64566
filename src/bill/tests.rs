//! Bills of made-up usage.

use proptest::prelude::*;

use super::*;
use crate::measure::{ClassOutcome, Quantity, RequestCounts, Usage};
use crate::scenario::{
    BilledPhases, Decimal, Distribution, Egress, FleetKind, FreeTier, Hybrid, Instances, OverflowRule, Pool, Resource,
    Serverless, StartUp, Storage, Tariff,
};
use crate::unit::{Price, parse_price, parse_usd};

const FOUR_DOLLARS: u64 = 4_000_000_000_000;

fn dedicated(instances: u32) -> PoolKind {
    let price = Price::new(FOUR_DOLLARS, Span::HOUR);
    PoolKind::Dedicated(Dedicated::new(Instances::Number(instances), price))
}

fn serverless(tariff: Tariff) -> PoolKind {
    let start = StartUp::cold_start(Distribution::Constant(Span::SECOND));
    PoolKind::Serverless(Serverless::new(start, Span::MINUTE, tariff))
}

fn tariff() -> Tariff {
    let price = Price::new(FOUR_DOLLARS, Span::HOUR);
    Tariff::new(price)
}

fn outcome(usage: Usage, completed: u64) -> PoolOutcome {
    let requests = RequestCounts { arrived: completed + 1, completed, rejected: 1, ..RequestCounts::default() };
    let class = ClassOutcome { requests, latency: Quantity::default() };
    PoolOutcome { classes: vec![class], usage, ..PoolOutcome::default() }
}

fn hours(hours: u128) -> u128 {
    hours * u128::from(Span::HOUR.nanos())
}

fn names(bill: &Bill) -> Vec<&'static str> {
    bill.lines.iter().map(|(line, _)| line.name()).collect()
}

#[test]
fn one_instance_and_a_request_fee_break_even_at_the_guides_volume() {
    let window = Span::MONTH;
    let instance = of_pool(&dedicated(1), &outcome(Usage::default(), 0), window);
    let by_request = Tariff { price: Price::FREE, request_fee: Usd::from_nanos(2_000_000), ..tariff() };
    let requests = of_pool(&serverless(by_request), &outcome(Usage::default(), 1_440_000), window);
    assert_eq!(instance.total().to_string(), "$2880.00");
    assert_eq!(requests.total(), instance.total());
    assert_eq!(names(&requests), ["request-fee"]);
}

#[test]
fn every_phase_has_its_line_and_unbilled_ones_have_none() {
    let usage = Usage {
        starting: hours(1),
        start_phases: [0, 0, 0, hours(1)],
        busy: hours(2),
        idle: hours(3),
        rounding: hours(4),
        ..Usage::default()
    };
    let bill_of = |tariff| of_pool(&serverless(tariff), &outcome(usage, 7), Span::MONTH);
    let dollars = |bill: &Bill| -> Vec<f64> { bill.lines.iter().map(|(_, amount)| amount.dollars()).collect() };

    let all = bill_of(Tariff { rounding: Some(Span::SECOND), request_fee: Usd::from_nanos(1_000_000_000), ..tariff() });
    assert_eq!(names(&all), ["cold-start", "execute", "idle", "rounding", "request-fee"]);
    assert_eq!(dollars(&all), [4.0, 8.0, 12.0, 16.0, 7.0]);

    let execute_only = bill_of(Tariff { bills: BilledPhases { execute: true, ..BilledPhases::NONE }, ..tariff() });
    assert_eq!((names(&execute_only), dollars(&execute_only)), (vec!["execute"], vec![8.0]));
}

#[test]
fn lines_do_not_depend_on_what_was_used() {
    let kind = serverless(Tariff { rounding: Some(Span::SECOND), ..tariff() });
    let unused = of_pool(&kind, &outcome(Usage::default(), 0), Span::MONTH);
    assert_eq!(names(&unused), ["cold-start", "execute", "idle", "rounding"]);
    assert_eq!(unused.total(), Usd::ZERO);
}

#[test]
fn a_pool_that_charges_nothing_has_a_line_that_says_so() {
    let usage = Usage { busy: hours(1), ..Usage::default() };
    for free in [Tariff { price: Price::FREE, ..tariff() }, Tariff { bills: BilledPhases::NONE, ..tariff() }] {
        let bill = of_pool(&serverless(free), &outcome(usage, 9), Span::MONTH);
        assert_eq!(bill.lines, [(Line::Execute, Usd::ZERO)]);
    }
}

#[test]
fn a_hybrid_pays_the_sum_of_its_pools_bills() {
    let pools = [("base", dedicated(2)), ("more", dedicated(1)), ("burst", serverless(tariff()))];
    let pools: Vec<Pool> = pools.map(|(name, kind)| Pool { name: name.to_owned(), kind }).to_vec();
    let kind = FleetKind::Hybrid(Hybrid::in_order(OverflowRule::WhenFull, pools));
    let fleet = Fleet { name: "hybrid".to_owned(), kind };
    let usage = Usage { busy: hours(1), ..Usage::default() };
    let outcome = FleetOutcome { pools: vec![outcome(usage, 1); 3], peak: 4 };
    let bill = of_fleet(&fleet, &outcome, Span::HOUR);
    assert_eq!(names(&bill), ["instances", "cold-start", "execute", "idle"]);
    assert_eq!(bill.amount(Line::Instances).dollars(), 12.0);
    let apart: Usd =
        fleet.pools().iter().zip(&outcome.pools).map(|(kind, pool)| of_pool(kind, pool, Span::HOUR).total()).sum();
    assert_eq!(bill.total(), apart);
}

fn price(text: &str) -> Price {
    parse_price(text).unwrap()
}

fn usd(text: &str) -> Usd {
    parse_usd(text).unwrap()
}

fn whole(units: u64) -> Decimal {
    Decimal { billionths: units * Decimal::ONE.billionths }
}

fn written(bill: &Bill) -> Vec<String> {
    bill.lines.iter().map(|(line, amount)| format!("{} {amount}", line.name())).collect()
}

/// The worked examples of docs/BILLING.md: figures of the providers' price pages there.
#[test]
fn cores_and_memory_make_cloud_runs_gpu_cost_as_much_as_its_page_says() {
    let cores = Resource { units: whole(4), price: price("$0.000018/s") };
    let memory = Resource { units: whole(16), price: price("$0.000002/s") };
    let extras = Extras { cpu: Some(cores), memory: Some(memory), ..Extras::NONE };
    let tariff = Tariff { extras: extras.clone(), ..Tariff::new(price("$0.0001867/s")) };
    let usage = Usage { busy: hours(1), ..Usage::default() };
    let bill = of_pool(&serverless(tariff), &outcome(usage, 0), Span::HOUR);
    let all = ["cold-start $0.00", "execute $0.67212", "idle $0.00", "cpu $0.2592", "memory $0.1152"];
    assert_eq!(written(&bill), all);
    assert_eq!(bill.total().to_string(), "$1.04652");
    // A dedicated instance pays for them all the time.
    let PoolKind::Dedicated(pool) = dedicated(2) else { unreachable!("a dedicated pool") };
    let bill = of_pool(&PoolKind::Dedicated(Dedicated { extras, ..pool }), &outcome(usage, 0), Span::HOUR);
    assert_eq!(written(&bill), ["instances $8.00", "cpu $0.5184", "memory $0.2304"]);
}

#[test]
fn credits_take_off_the_bill_as_far_as_it_goes() {
    let extras = Extras {
        plan_fee: Some(price("$250/month")),
        operations: Some(price("$2000/month")),
        credits: Some(price("$100/month")),
        ..Extras::NONE
    };
    let tariff = Tariff { extras: extras.clone(), ..Tariff { bills: BilledPhases::NONE, ..tariff() } };
    let half = Span::from_nanos(Span::MONTH.nanos() / 2);
    let bill = of_pool(&serverless(tariff.clone()), &outcome(Usage::default(), 0), half);
    assert_eq!(written(&bill), ["plan-fee $125.00", "operations $1000.00", "credits -$50.00"]);
    let extras = Extras { plan_fee: None, operations: Some(price("$20/month")), ..extras };
    let bill = of_pool(&serverless(Tariff { extras, ..tariff }), &outcome(Usage::default(), 0), half);
    assert_eq!((written(&bill), bill.total()), (vec!["operations $10.00".into(), "credits -$10.00".into()], Usd::ZERO));
}

#[test]
fn credits_alone_are_worth_nothing() {
    let extras = Extras { credits: Some(price("$100/month")), ..Extras::NONE };
    let tariff = Tariff { extras, bills: BilledPhases::NONE, ..tariff() };
    let bill = of_pool(&serverless(tariff), &outcome(Usage::default(), 0), Span::MONTH);
    assert_eq!(written(&bill), ["execute $0.00", "credits $0.00"]);
}

#[test]
fn minimum_instances_pay_their_own_price_and_the_others_the_usual_one() {
    // Two of them for ten hours, busy for five together; three hours of others busy, one idle.
    let usage = Usage {
        start_phases: [0, 0, 0, hours(1)],
        busy: hours(8),
        covered_busy: hours(5),
        idle: hours(16),
        ..Usage::default()
    };
    let tariff = Tariff { min_instance_price: Some(price("$3.00/h")), ..tariff() };
    let PoolKind::Serverless(pool) = serverless(tariff) else { unreachable!("a serverless pool") };
    let kind = PoolKind::Serverless(Serverless { min_instances: 2, ..pool });
    let window = Span::from_nanos(10 * Span::HOUR.nanos());
    let bill = of_pool(&kind, &outcome(usage, 0), window);
    assert_eq!(written(&bill), ["min-instances $60.00", "cold-start $4.00", "execute $12.00", "idle $4.00"]);
}

#[test]
fn cores_of_minimum_instances_are_paid_for_the_whole_window() {
    let usage = Usage { busy: hours(3), covered_busy: hours(2), idle: hours(8), ..Usage::default() };
    let cpu = Some(Resource { units: whole(2), price: price("$1/h") });
    let extras = Extras { cpu, ..Extras::NONE };
    let tariff = Tariff { min_instance_price: Some(price("$3/h")), bills: BilledPhases::NONE, extras, ..tariff() };
    let PoolKind::Serverless(pool) = serverless(tariff.clone()) else { unreachable!("a serverless pool") };
    let kind = PoolKind::Serverless(Serverless { min_instances: 1, ..pool });
    let window = Span::from_nanos(10 * Span::HOUR.nanos());
    assert_eq!(written(&of_pool(&kind, &outcome(usage, 0), window)), ["min-instances $30.00", "cpu $20.00"]);
    let none = Tariff { min_instance_price: None, ..tariff };
    assert_eq!(written(&of_pool(&serverless(none), &outcome(usage, 0), window)), ["execute $0.00"]);
}

#[test]
fn storage_is_paid_by_the_month_and_egress_by_the_request() {
    let storage = Storage { gigabytes: whole(100), price: price("$0.07/month") };
    let egress = Egress { gigabytes_per_request: Decimal { billionths: 1_000_000 }, price: usd("$0.09") };
    let extras = Extras { storage: Some(storage), egress: Some(egress), ..Extras::NONE };
    let tariff = Tariff { price: Price::FREE, request_fee: usd("$0.002"), extras, ..tariff() };
    let bill = of_pool(&serverless(tariff), &outcome(Usage::default(), 1_000_000), Span::MONTH);
    assert_eq!(written(&bill), ["request-fee $2000.00", "egress $90.00", "storage $7.00"]);
}

#[test]
fn a_free_tier_takes_off_what_the_free_requests_and_the_free_time_cost() {
    let free =
        |requests, hours: u64| FreeTier { requests, instance_time: Span::from_nanos(hours * Span::HOUR.nanos()) };
    let cpu = Some(Resource { units: whole(2), price: price("$1/h") });
    let extras = Extras { cpu, ..Extras::NONE };
    let usage = Usage { start_phases: [0, 0, 0, hours(10)], busy: hours(60), idle: hours(30), ..Usage::default() };
    let bill = |free_tier, window| {
        let extras = extras.clone();
        let tariff = Tariff { free_tier: Some(free_tier), request_fee: usd("$0.01"), extras, ..tariff() };
        of_pool(&serverless(tariff), &outcome(usage, 1_000), window)
    };
    // 100 h at $4 and two cores at $1, and $10 of fees: 50 h and 400 requests of it are free.
    let month = bill(free(400, 50), Span::MONTH);
    assert_eq!((month.amount(Line::FreeTier), month.total()), (usd("$0") - usd("$304"), usd("$306")));
    let half = bill(free(400, 50), Span::from_nanos(Span::MONTH.nanos() / 2));
    assert_eq!(half.total(), usd("$458"));
    let all = bill(free(1_000_000, 1_000), Span::MONTH);
    assert_eq!((all.amount(Line::FreeTier), all.total()), (usd("$0") - usd("$610"), Usd::ZERO));
}

fn plain_tariff() -> impl Strategy<Value = Tariff> {
    (0..10_000_000_000_000_u64, 0..10_000_000_i128, any::<[bool; 4]>()).prop_map(
        |(price, fee, [cold, execute, idle, round])| Tariff {
            request_fee: Usd::from_nanos(fee),
            bills: BilledPhases { start: [cold; 4], execute, idle },
            rounding: round.then_some(Span::SECOND),
            ..Tariff::new(Price::new(price, Span::HOUR))
        },
    )
}

fn any_price() -> impl Strategy<Value = Price> {
    let per = prop::sample::select(vec![Span::SECOND, Span::HOUR, Span::WEEK, Span::MONTH]);
    (0..10_000_000_000_000_u64, per).prop_map(|(pico_dollars, per)| Price::new(pico_dollars, per))
}

fn any_decimal() -> impl Strategy<Value = Decimal> {
    (1..100_000_000_000_u64).prop_map(|billionths| Decimal { billionths })
}

fn any_extras() -> impl Strategy<Value = Extras> {
    let maybe_price = || prop::option::of(any_price());
    let resource =
        || prop::option::of((any_decimal(), any_price()).prop_map(|(units, price)| Resource { units, price }));
    let storage = (any_decimal(), any_price()).prop_map(|(gigabytes, price)| Storage { gigabytes, price });
    let egress = (any_decimal(), 0..10_000_000_i128)
        .prop_map(|(gigabytes_per_request, nanos)| Egress { gigabytes_per_request, price: Usd::from_nanos(nanos) });
    let used = (prop::option::of(storage), prop::option::of(egress));
    (resource(), resource(), maybe_price(), maybe_price(), used, maybe_price()).prop_map(
        |(cpu, memory, plan_fee, operations, (storage, egress), credits)| {
            // Of the size of a bill of decades of instances.
            let credits = credits.map(|credits| Price::new(credits.pico_dollars() * 10_000, credits.per()));
            Extras { cpu, memory, plan_fee, operations, storage, egress, credits }
        },
    )
}

/// With anything of everything, and up to three minimum instances.
fn any_serverless() -> impl Strategy<Value = PoolKind> {
    let free = (0..2_000_000_u64, 0..Span::LONGEST.nanos())
        .prop_map(|(requests, nanos)| FreeTier { requests, instance_time: Span::from_nanos(nanos) });
    let more = (prop::option::of(any_price()), prop::option::of(free), any_extras(), 0..=3_u32);
    (plain_tariff(), more).prop_map(|(plain, (min_instance_price, free_tier, extras, min_instances))| {
        let tariff = Tariff { min_instance_price, free_tier, extras, ..plain };
        let PoolKind::Serverless(pool) = serverless(tariff) else { unreachable!("a serverless pool") };
        PoolKind::Serverless(Serverless { min_instances, ..pool })
    })
}

fn any_usage() -> impl Strategy<Value = Usage> {
    let nanos = || (0..u64::MAX).prop_map(u128::from);
    (nanos(), nanos(), nanos(), nanos()).prop_map(|(starting, busy, idle, rounding)| Usage {
        starting,
        start_phases: [0, 0, 0, starting],
        busy,
        covered_busy: busy / 2,
        idle,
        rounding,
        ..Usage::default()
    })
}

proptest! {
    #[test]
    fn every_line_is_rounded_once_and_they_sum_to_the_total(tariff in plain_tariff(), usage in any_usage(), completed in 0..1_000_000_u64) {
        let bill = of_pool(&serverless(tariff.clone()), &outcome(usage, completed), Span::MONTH);
        let sum: i128 = bill.lines.iter().map(|(_, amount)| amount.nanos()).sum();
        prop_assert_eq!(bill.total().nanos(), sum);
        // The exact bill in pico-dollars x hours, at most half a nano-dollar away for each line of time.
        let BilledPhases { start: [.., cold_start], execute, idle } = tariff.bills;
        let any = cold_start || execute || idle;
        let billed = [(usage.starting, cold_start), (usage.busy, execute), (usage.idle, idle), (usage.rounding, any && tariff.rounding.is_some())];
        let time: u128 = billed.iter().filter(|(_, billed)| *billed).map(|(time, _)| time).sum();
        let hour = i128::from(Span::HOUR.nanos());
        let exact = time as i128 * i128::from(tariff.price.pico_dollars())
            + tariff.request_fee.nanos() * i128::from(completed) * 1_000 * hour;
        prop_assert!((sum * 1_000 * hour - exact).abs() <= 4 * 500 * hour);
    }

    #[test]
    fn more_usage_never_lowers_a_bill(
        kind in any_serverless(), usage in any_usage(), more in any_usage(), completed in 0..1_000_000_u64, further in 0..1_000_u64,
    ) {
        let before = of_pool(&kind, &outcome(usage, completed), Span::MONTH);
        let mut greater = usage;
        greater.add(&more);
        let after = of_pool(&kind, &outcome(greater, completed + further), Span::MONTH);
        prop_assert!(after.total() >= before.total());
        for (line, amount) in before.lines {
            let is_charged = !matches!(line, Line::FreeTier | Line::Credits);
            prop_assert!(!is_charged || after.amount(line) >= amount);
        }
    }

    #[test]
    fn a_second_or_a_request_more_never_lowers_a_bill(
        kind in any_serverless(), seconds in prop::array::uniform4(0..100_000_000_u64), completed in 0..2_000_000_u64, grown in 0..4_usize,
    ) {
        let usage = |seconds: [u64; 4]| {
            let [cold, busy, idle, rounding] = seconds.map(|seconds| u128::from(seconds * Span::SECOND.nanos()));
            let start_phases = [0, 0, 0, cold];
            Usage { starting: cold, start_phases, busy, covered_busy: busy / 3, idle, rounding, ..Usage::default() }
        };
        let total = |seconds, completed| of_pool(&kind, &outcome(usage(seconds), completed), Span::MONTH).total();
        let mut more = seconds;
        more[grown] += 1;
        prop_assert!(total(more, completed) >= total(seconds, completed));
        prop_assert!(total(seconds, completed + 1) >= total(seconds, completed));
    }

    #[test]
    fn what_is_taken_off_is_never_more_than_what_it_is_taken_off_from(
        kind in any_serverless(), usage in any_usage(), completed in 0..1_000_000_u64,
    ) {
        let bill = of_pool(&kind, &outcome(usage, completed), Span::MONTH);
        prop_assert_eq!(bill.lines.iter().map(|(_, amount)| amount.nanos()).sum::<i128>(), bill.total().nanos());
        prop_assert!(bill.total() >= Usd::ZERO);
        for &(line, amount) in &bill.lines {
            let is_taken_off = matches!(line, Line::FreeTier | Line::Credits);
            prop_assert!(if is_taken_off { amount <= Usd::ZERO } else { amount >= Usd::ZERO }, "{line:?}: {amount}");
        }
        prop_assert!(bill.lines.is_sorted_by(|(a, _), (b, _)| a < b));
    }

    #[test]
    fn a_bill_never_falls_as_time_goes_on(
        kind in any_serverless(), usage in any_usage(), completed in 0..1_000_000_u64, at in 0..Span::MONTH.nanos(),
    ) {
        let outcome = outcome(usage, completed);
        let earlier = so_far(&kind, &outcome, Span::from_nanos(at), Span::MONTH).total();
        let later = Span::from_nanos((at + Span::DAY.nanos()).min(Span::MONTH.nanos()));
        // The minimum instances are idle for the rest of the time, so that it is there in the usage.
        let mut usage = usage;
        usage.idle += 3 * u128::from(later.nanos() - at);
        let grown = PoolOutcome { usage, ..outcome };
        prop_assert!(so_far(&kind, &grown, later, Span::MONTH).total() >= earlier);
    }

    #[test]
    fn more_instances_or_a_longer_window_never_lower_a_bill(instances in 1..1_000_000_u32, nanos in 1..Span::LONGEST.nanos() / 2) {
        let bill = |instances, nanos| of_pool(&dedicated(instances), &outcome(Usage::default(), 0), Span::from_nanos(nanos)).total();
        prop_assert!(bill(instances, nanos) <= bill(instances + 1, nanos));
        prop_assert!(bill(instances, nanos) <= bill(instances, nanos * 2));
    }
}
