//! Bills of made-up usage.

use proptest::prelude::*;

use super::*;
use crate::measure::{ClassOutcome, Quantity, RequestCounts, Usage};
use crate::scenario::{
    BilledPhases, Distribution, FleetKind, Hybrid, Instances, OverflowRule, Pool, Serverless, StartUp, Tariff,
};
use crate::unit::Price;

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
    let kind = FleetKind::Hybrid(Hybrid { overflow: OverflowRule::WhenFull, pools });
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

fn any_tariff() -> impl Strategy<Value = Tariff> {
    (0..10_000_000_000_000_u64, 0..10_000_000_i128, any::<[bool; 4]>()).prop_map(
        |(price, fee, [cold, execute, idle, round])| Tariff {
            price: Price::new(price, Span::HOUR),
            request_fee: Usd::from_nanos(fee),
            bills: BilledPhases { start: [cold; 4], execute, idle },
            rounding: round.then_some(Span::SECOND),
        },
    )
}

fn any_usage() -> impl Strategy<Value = Usage> {
    let nanos = || (0..u64::MAX).prop_map(u128::from);
    (nanos(), nanos(), nanos(), nanos()).prop_map(|(starting, busy, idle, rounding)| Usage {
        starting,
        start_phases: [0, 0, 0, starting],
        busy,
        idle,
        rounding,
        ..Usage::default()
    })
}

proptest! {
    #[test]
    fn every_line_is_rounded_once_and_they_sum_to_the_total(tariff in any_tariff(), usage in any_usage(), completed in 0..1_000_000_u64) {
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
        tariff in any_tariff(), usage in any_usage(), more in any_usage(), completed in 0..1_000_000_u64, further in 0..1_000_u64,
    ) {
        let kind = serverless(tariff);
        let before = of_pool(&kind, &outcome(usage, completed), Span::MONTH);
        let mut greater = usage;
        greater.add(&more);
        let after = of_pool(&kind, &outcome(greater, completed + further), Span::MONTH);
        prop_assert!(after.total() >= before.total());
        for (line, amount) in before.lines {
            prop_assert!(after.amount(line) >= amount);
        }
    }

    #[test]
    fn more_instances_or_a_longer_window_never_lower_a_bill(instances in 1..1_000_000_u32, nanos in 1..Span::LONGEST.nanos() / 2) {
        let bill = |instances, nanos| of_pool(&dedicated(instances), &outcome(Usage::default(), 0), Span::from_nanos(nanos)).total();
        prop_assert!(bill(instances, nanos) <= bill(instances + 1, nanos));
        prop_assert!(bill(instances, nanos) <= bill(instances, nanos * 2));
    }
}
