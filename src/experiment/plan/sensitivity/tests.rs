//! Problems whose answers are known.

use super::field::Field;
use super::*;
use crate::decide::fixture::{class, dedicated, deterministic, dollars_an_hour, scenario, serverless, serverless_pool};
use crate::experiment::Unwatched;
use crate::scenario::{
    Arrivals, BilledPhases, Fleet, FleetKind, Hazard, Interrupted, Interruptions, Origin, Overrides, PoolKind,
    Purchase, Scenario, Slo, load,
};
use crate::unit::{Span, Usd};

const REPLICATIONS: Range<u32> = 0..4;

fn plan(chosen: usize) -> SensitivityPlan {
    SensitivityPlan { chosen, replications: REPLICATIONS, thorough: false }
}

fn of(scenario: &Scenario, plan: &SensitivityPlan) -> Sensitivity {
    sensitivity(scenario, plan, &Unwatched).expect("drawn traffic")
}

fn effect_of(sensitivity: &Sensitivity, factor: Factor) -> &Effect {
    sensitivity.effects.iter().find(|effect| effect.factor == factor).expect("a factor of the scenario")
}

/// A day of one request a second and of a second.
fn day(scenario: Scenario) -> Scenario {
    Scenario { horizon: Span::from_nanos(25 * Span::HOUR.nanos()), warm_up: Span::HOUR, ..scenario }
}

/// `$6.00/h` while it executes, and nothing else.
fn execution_alone() -> Fleet {
    let mut fleet = serverless("execution");
    if let FleetKind::Single(PoolKind::Serverless(pool)) = &mut fleet.kind {
        pool.tariff.bills = BilledPhases { execute: true, ..BilledPhases::NONE };
    }
    fleet
}

/// The guide's arithmetic over three days, with the dedicated instance at $3.50 an hour: it is the cheaper one by an eighth.
fn guide() -> Scenario {
    let mut scenario = load(&Origin::Embedded("guide-arithmetic"), &Overrides::default()).expect("it loads").scenario;
    scenario.horizon = Span::from_nanos(3 * Span::DAY.nanos());
    if let FleetKind::Single(PoolKind::Dedicated(pool)) = &mut scenario.fleets[0].kind {
        pool.price = dollars_an_hour(7).scaled(0.5);
    }
    scenario
}

#[test]
fn half_the_volume_more_is_half_the_cost_more_where_execution_alone_is_billed() {
    let scenario = day(scenario(vec![execution_alone()]));
    let found = of(&scenario, &plan(0));
    let volume = effect_of(&found, Factor::Volume);
    let expected = 6.0 * 720.0;
    for (end, part) in [(&volume.low, -0.5), (&volume.high, 0.5)] {
        let change = end.change_usd_per_month;
        let (low, high) = (change.low.unwrap(), change.high.unwrap());
        assert!((low..=high).contains(&(part * expected)), "{change:?} leaves out {}", part * expected);
        assert!(high - low < 0.05 * expected, "and it is sharp: {change:?}");
    }
    // Twice as long a service is twice the work of the very same requests, so that this change is exact.
    let service = effect_of(&found, Factor::ServiceTime);
    let base = found.base.cost_per_month_usd.mean.unwrap();
    assert!((service.high.change_usd_per_month.mean.unwrap() / base - 0.5).abs() < 0.001, "{service:?}");
}

#[test]
fn a_fifth_more_of_the_only_price_is_a_fifth_more_of_the_cost() {
    for (fleet, factor) in [(dedicated("d", 2), Factor::DedicatedPrice), (execution_alone(), Factor::ServerlessPrice)] {
        let found = of(&day(scenario(vec![fleet])), &plan(0));
        let effect = effect_of(&found, factor);
        let base = found.base.cost_per_month_usd.mean.unwrap();
        for (end, part) in [(&effect.low, -0.2), (&effect.high, 0.2)] {
            let change = end.change_usd_per_month.mean.unwrap();
            assert!((change / base - part).abs() < 1e-9, "{factor:?}: {change} of {base}");
        }
        assert_eq!(effect.flips, [], "there is no other design");
    }
}

#[test]
fn the_choice_flips_where_the_guides_arithmetic_breaks_even() {
    let scenario = guide();
    let found = of(&scenario, &SensitivityPlan { chosen: 0, replications: 0..1, thorough: true });
    assert_eq!(found.base.cheapest, Some(0));
    let flip = |factor: Factor| {
        let [flip] = effect_of(&found, factor).flips[..] else { panic!("{factor:?} flips once") };
        assert_eq!((flip.from, flip.to), (Some(0), Some(1)));
        flip
    };
    // $4.00 an hour is where both cost the same.
    let dedicated = flip(Factor::DedicatedPrice);
    assert!((dedicated.at() - 4.0 / 3.5).abs() < 1e-8 && dedicated.before < dedicated.after, "{dedicated:?}");
    assert!((dedicated.cost_per_month_usd.unwrap() - 2_880.0).abs() < 1e-3);
    let serverless = flip(Factor::ServerlessPrice);
    // A fee of $0.002 is kept to a billionth of a dollar, so that the factor is known to half of that.
    let kept_to = 0.5e-9 / 0.002 + 1e-9;
    assert!((serverless.at() - 3.5 / 4.0).abs() <= kept_to && serverless.after < serverless.before, "{serverless:?}");
    // So many requests fewer cost so much less; this is simulated, and bracketed to a hundredth.
    let volume = flip(Factor::Volume);
    assert!((volume.after..=volume.before).contains(&(3.5 / 4.0)), "{volume:?}");
    assert!(volume.before - volume.after <= 0.01, "{volume:?}");
    assert_eq!(effect_of(&found, Factor::DedicatedPrice).searched, [0.25, 1.2], "on to the wide end, then none");
}

#[test]
fn a_change_beyond_the_ends_is_found_by_a_thorough_plan_alone() {
    let mut scenario = guide();
    if let FleetKind::Single(PoolKind::Dedicated(pool)) = &mut scenario.fleets[0].kind {
        pool.price = dollars_an_hour(1);
    }
    for (thorough, searched) in [(false, 1.2), (true, 4.0)] {
        let found = of(&scenario, &SensitivityPlan { chosen: 0, replications: 0..1, thorough });
        let effect = effect_of(&found, Factor::DedicatedPrice);
        // At exactly four times the price both cost the same, and the first of equal ones stays.
        assert_eq!((effect.flips.len(), effect.searched[1]), (0, searched));
        let volume = effect_of(&found, Factor::Volume).flips.first().copied();
        assert_eq!(volume.is_some(), thorough, "a quarter of the volume: {volume:?}");
        if let Some(volume) = volume {
            assert!((volume.after..=volume.before).contains(&0.25), "{volume:?}");
            assert!(volume.before / volume.after <= 1.011, "{volume:?}");
        }
    }
}

#[test]
fn what_a_scenario_does_not_have_is_not_varied() {
    let steady = day(deterministic(vec![dedicated("d", 2)]));
    assert_eq!(Factor::of(&steady), [Factor::Volume, Factor::ServiceTime, Factor::DedicatedPrice]);
    let bursts = Arrivals::OnOff { on: Span::MINUTE, off: Span::MINUTE, peak_over_mean: 1.5 };
    let bursty = Scenario { traffic: vec![class("api", bursts)], ..day(scenario(vec![serverless("s")])) };
    let expected = [
        Factor::Volume,
        Factor::Burstiness,
        Factor::ServiceTime,
        Factor::ColdStart,
        Factor::KeepAlive,
        Factor::ServerlessPrice,
    ];
    assert_eq!(Factor::of(&bursty), expected);
    let mut spot = dedicated("spot", 2);
    if let FleetKind::Single(PoolKind::Dedicated(pool)) = &mut spot.kind {
        pool.terms.purchase = Purchase::Spot;
        pool.terms.interruptions = Some(Interruptions {
            hazard: Some(Hazard::SharePerMonth(0.3)),
            notice: Span::MINUTE,
            requests: Interrupted::Retry,
            outages: None,
            fallback: None,
        });
    }
    let interrupted = day(deterministic(vec![spot]));
    let expected = [Factor::Volume, Factor::ServiceTime, Factor::InterruptionRate, Factor::SpotPrice];
    assert_eq!(Factor::of(&interrupted), expected);
    // Twice the rate is half the mean time between interruptions.
    let mean = |scenario: &Scenario| match scenario.fleets[0].pools()[0] {
        PoolKind::Dedicated(pool) => pool.terms.interruptions.as_ref().unwrap().hazard.unwrap().mean_nanos(),
        PoolKind::Serverless(_) => panic!("it is dedicated"),
    };
    let twice = Factor::InterruptionRate.applied(&interrupted, 2.0);
    assert!((mean(&twice) * 2.0 / mean(&interrupted) - 1.0).abs() < 1e-9);
}

#[test]
fn bursts_stay_within_the_range_of_the_model() {
    let peak = |peak_over_mean: f64, by: f64| {
        let bursts = Arrivals::OnOff { on: Span::MINUTE, off: Span::MINUTE, peak_over_mean };
        let scenario = Scenario { traffic: vec![class("api", bursts)], ..scenario(Vec::new()) };
        match &Factor::Burstiness.applied(&scenario, by).traffic[0].source {
            crate::scenario::Source::Synthetic { arrivals: Arrivals::OnOff { peak_over_mean, .. }, .. } => {
                *peak_over_mean
            }
            _ => panic!("it stays on-off"),
        }
    };
    assert_eq!([peak(1.5, 0.5), peak(1.5, 1.5), peak(1.75, 1.5)], [1.25, 1.75, 2.0], "twice the mean is all that fits");
}

/// Designs of one name, so that they share their random numbers: 1 to 8 instances, and serverless ones.
fn rivals() -> Scenario {
    let mut fleets: Vec<Fleet> = (1..=8).map(|instances| dedicated("d", instances)).collect();
    fleets.push(serverless("d"));
    let slo = Slo { p95: Some(Span::from_nanos(3 * Span::SECOND.nanos())), ..Slo::default() };
    Scenario { slo: Some(slo), ..day(scenario(fleets)) }
}

#[test]
fn a_change_is_where_all_candidates_together_say_it_is() {
    let scenario = rivals();
    let field = Field::new(&scenario, REPLICATIONS, &Unwatched).unwrap();
    let chosen = field.base().cheapest().expect("one meets the objective");
    let found = of(&scenario, &plan(chosen));
    let mut flips = 0;
    for effect in &found.effects {
        for flip in &effect.flips {
            let choice = |by: f64| field.at(effect.factor, by, &field.everyone()).unwrap().cheapest();
            assert_eq!((choice(flip.before), choice(flip.after)), (flip.from, flip.to), "{:?}", effect.factor);
            assert_ne!(flip.from, flip.to);
            flips += 1;
        }
        for end in [&effect.low, &effect.high] {
            assert!(end.regret_usd_per_month.mean.is_none_or(|regret| regret >= 0.0), "{end:?}");
            assert_eq!(end.regret_usd_per_month.mean.is_none(), end.meets_slo == Some(false));
        }
    }
    assert!(flips >= 3, "volume changes it both ways, and so does the service time: {flips}");
}

#[test]
fn what_a_factor_does_not_touch_stands_as_it_did() {
    let scenario = rivals();
    let field = Field::new(&scenario, 0..2, &Unwatched).unwrap();
    let varied = field.at(Factor::ColdStart, 1.5, &field.everyone()).unwrap();
    let last = scenario.fleets.len() - 1;
    assert_eq!(varied.0[..last], field.base().0[..last]);
    assert_ne!(varied.0[last], field.base().0[last]);
    // Billing again comes to what simulating again does.
    let again = field.at(Factor::ServerlessPrice, 1.2, &[last]).unwrap();
    let dearer = Factor::ServerlessPrice.applied(&scenario, 1.2);
    let simulated = Field::new(&dearer, 0..2, &Unwatched).unwrap();
    assert_eq!(again.of(last), simulated.base().of(last));
}

#[test]
fn a_service_that_a_price_may_close_is_simulated_again() {
    let mut capped = serverless_pool();
    if let PoolKind::Serverless(pool) = &mut capped {
        pool.tariff.spend_cap = Some(Usd::from_nanos(4_400_000_000_000));
    }
    let scenario = day(scenario(vec![Fleet { name: "capped".to_owned(), kind: FleetKind::Single(capped) }]));
    let field = Field::new(&scenario, 0..2, &Unwatched).unwrap();
    assert!(!field.is_billed_again(Factor::ServerlessPrice));
    let dearer = Factor::ServerlessPrice.applied(&scenario, 1.2);
    let simulated = Field::new(&dearer, 0..2, &Unwatched).unwrap();
    let varied = field.at(Factor::ServerlessPrice, 1.2, &[0]).unwrap();
    assert_eq!(varied.of(0), simulated.base().of(0));
    assert!(simulated.base().of(0).unwrap().loses, "the cap closes it");
}
