//! Paths of small problems beside all that there are, and growth whose path can be worked out by hand.

use rand::{RngExt, SeedableRng};

use super::*;
use crate::decide::fixture::{dedicated, deterministic, scenario, serverless};
use crate::experiment::Unwatched;
use crate::random::Rng;
use crate::scenario::{FleetKind, PoolKind, Slo, Term};
use crate::unit::Span;

fn offer(months: u32, per_month: f64) -> Offer {
    Offer { term: Term::OneYear, months, per_month }
}

/// Two hardwares with two offers, four designs in three families, some months of which miss the objective.
fn random_months(rng: &mut Rng) -> Months {
    let mut dollars = |most: f64| (rng.random::<f64>() * most * 100.0).round() / 100.0;
    let hardware = [0, 1].map(|_| {
        let on_demand = 20.0 + dollars(80.0);
        let offers = vec![offer(2, on_demand * (0.4 + dollars(0.5))), offer(3, on_demand * (0.2 + dollars(0.5)))];
        Hardware { on_demand, offers }
    });
    let designs = vec![
        Holding { family: 0, instances: Some((0, 1)) },
        Holding { family: 0, instances: Some((0, 3)) },
        Holding { family: 1, instances: Some((1, 2)) },
        Holding { family: 2, instances: None },
    ];
    let switching_cost = [0.0, 25.0][usize::from(rng.random::<f64>() < 0.5)];
    // Months so few that the longer term is not always offered.
    let count = if rng.random::<f64>() < 0.3 { 2 } else { 5 };
    let figure = |_: usize| {
        let running = (rng.random::<f64>() * 25_000.0).round() / 100.0;
        MonthFigures { running, meets: rng.random::<f64>() < 0.7 }
    };
    let figures: Vec<MonthFigures> = (0..count * 4).map(figure).collect();
    Months {
        designs,
        hardware: hardware.to_vec(),
        figures: figures.chunks(4).map(<[_]>::to_vec).collect(),
        switching_cost,
    }
}

/// What a month holds: a design, and what is newly committed to in it.
type Choice = (usize, Option<Commitments>);

/// The dollars of a sequence of choices, added up from the meaning of the words; `None` where it is not allowed.
fn cost_of(months: &Months, before: usize, choices: &[Choice]) -> Option<f64> {
    let mut total = 0.0;
    let mut held = before;
    // The commitment with the month in which it ends.
    let mut committed: Option<(Commitments, usize)> = None;
    for (month, &(design, new)) in choices.iter().enumerate() {
        committed = committed.filter(|&(_, end)| month < end);
        if let Some(new) = new {
            let term = months.hardware[new.hardware].offers[new.offer].months as usize;
            let end = month + term;
            if committed.is_some() || term > months.figures.len() {
                return None;
            }
            committed = Some((new, end));
        }
        let figures = &months.figures[month][design];
        if !figures.meets {
            return None;
        }
        let mut on_demand = months.designs[design].instances;
        if let Some((held, _)) = committed {
            total += f64::from(held.instances) * months.hardware[held.hardware].offers[held.offer].per_month;
            if let Some((hardware, instances)) = &mut on_demand
                && *hardware == held.hardware
            {
                *instances -= held.instances.min(*instances);
            }
        }
        total += figures.running;
        total += on_demand.map_or(0.0, |(hardware, count)| f64::from(count) * months.hardware[hardware].on_demand);
        if months.designs[design].family != months.designs[held].family {
            total += months.switching_cost;
        }
        held = design;
    }
    Some(total)
}

/// The least of all sequences, tried one by one. Any number of instances may be committed to, up to the largest design.
fn least(months: &Months, before: usize, choices: &mut Vec<Choice>) -> f64 {
    if choices.len() == months.figures.len() {
        return cost_of(months, before, choices).unwrap_or(f64::INFINITY);
    }
    let mut best = f64::INFINITY;
    for design in 0..months.designs.len() {
        let mut options = vec![None];
        for hardware in 0..2 {
            for offer in 0..2 {
                options.extend((1..=3).map(|instances| Some(Commitments { hardware, offer, instances })));
            }
        }
        for new in options {
            choices.push((design, new));
            // What is not allowed so far is not followed.
            if cost_of(months, before, choices).is_some() {
                best = best.min(least(months, before, choices));
            }
            choices.pop();
        }
    }
    best
}

#[test]
fn the_best_path_is_the_least_of_all_that_there_are() {
    let mut rng = Rng::seed_from_u64(11);
    let (mut found, mut committed, mut none) = (0, 0, 0);
    for _ in 0..30 {
        let months = random_months(&mut rng);
        let expected = least(&months, 0, &mut Vec::new());
        let best = Best::new(&months);
        match best.path(0) {
            None => {
                assert!(expected.is_infinite());
                none += 1;
            }
            Some(path) => {
                assert!((path.total - expected).abs() < 1e-6, "{} is not {expected}: {months:?}", path.total);
                assert!((best.from(0, 0) - expected).abs() < 1e-6);
                let choices: Vec<Choice> =
                    path.steps.iter().map(|step| (step.design, step.commitments.filter(|_| step.is_new))).collect();
                let added = cost_of(&months, 0, &choices).expect("a path that is allowed");
                assert!((added - path.total).abs() < 1e-6, "its steps add up to it");
                found += 1;
                committed += u32::from(path.steps.iter().any(|step| step.is_new));
            }
        }
    }
    assert!(found > 20 && committed > 10, "{found} paths, {committed} with a commitment, {none} without a path");
}

#[test]
fn no_path_costs_less_than_the_best_one() {
    let mut rng = Rng::seed_from_u64(12);
    for _ in 0..200 {
        let months = random_months(&mut rng);
        let Some(best) = Best::new(&months).path(0) else { continue };
        for other in [never_change(&months, 0), change_when_missed(&months, 0)] {
            let meets = other.steps.iter().all(|step| step.meets);
            assert!(!meets || other.total >= best.total - 1e-6, "{other:?} {best:?}");
            let sum: f64 = other.steps.iter().map(|step| step.cost).sum();
            assert!((other.total - sum).abs() < 1e-9);
        }
    }
}

#[test]
fn what_does_not_change_is_committed_to_from_the_start_for_as_long_as_it_is_held() {
    let hardware = vec![Hardware { on_demand: 100.0, offers: vec![offer(12, 60.0), offer(36, 45.0)] }];
    let designs = vec![Holding { family: 0, instances: Some((0, 9)) }];
    let of = |count: usize| {
        let figures = vec![vec![MonthFigures { running: 0.0, meets: true }]; count];
        Months { designs: designs.clone(), hardware: hardware.clone(), figures, switching_cost: 0.0 }
    };
    let total = |count: usize| Best::new(&of(count)).path(0).unwrap().total;
    assert_eq!(total(11), 11.0 * 900.0, "no term fits");
    assert_eq!(total(12), 12.0 * 540.0);
    assert_eq!(total(18), 18.0 * 540.0, "the second year runs on past the months");
    assert_eq!((total(35), total(36)), (35.0 * 540.0, 36.0 * 405.0));
    let months = of(18);
    let steps = Best::new(&months).path(0).unwrap().steps;
    assert_eq!(
        steps.iter().filter(|step| step.is_new).count(),
        2,
        "a term is taken when the one before has ended: {steps:?}"
    );
}

/// A second of service, once a second, evenly: n times the volume needs n instances exactly.
fn evenly(fleets: Vec<Fleet>) -> Scenario {
    let slo = Slo { p99: Some(Span::from_nanos(2 * Span::SECOND.nanos())), ..Slo::default() };
    let hours = |hours: u64| Span::from_nanos(hours * Span::HOUR.nanos());
    Scenario { horizon: hours(4), warm_up: hours(1), slo: Some(slo), ..deterministic(fleets) }
}

fn plan(rate: f64, months: u32) -> GrowthPlan {
    GrowthPlan { chosen: 0, rate, months, volumes: 4, replications: 0..1, switching_cost_usd: 0.0 }
}

#[test]
fn sizes_follow_the_volume_and_are_rounded_up_between_those_that_were_simulated() {
    // Three times the volume over 24 months; instances at $4.00 an hour.
    let rate = libm::pow(3.0, 1.0 / 23.0) - 1.0;
    let found = plan_growth(&evenly(vec![dedicated("d", 1)]), &plan(rate, 24), &Unwatched).unwrap();
    assert_eq!(found.volumes.len(), 4);
    assert!((found.factors[23] - 3.0).abs() < 1e-9);
    let path = found.best.as_ref().expect("a number of instances meets the objective");
    let sizes: Vec<u32> =
        path.steps.iter().map(|step| found.months.designs[step.design].instances.unwrap().1).collect();
    for (size, factor) in sizes.iter().zip(&found.factors) {
        assert!(f64::from(*size) >= factor.floor() && *size <= 3, "{size} at {factor}");
    }
    assert_eq!((sizes[0], sizes[23]), (1, 3));
    // Never to change costs one instance and misses from the first volume that needs two.
    assert!((found.never_change.total - 24.0 * 4.0 * 720.0).abs() < 1e-6);
    assert!(!found.never_change.steps[23].meets && found.never_change.steps[0].meets);
    // Instances that are needed all the time are committed to.
    assert!(path.total < found.change_when_missed.total);
    assert!(found.change_when_missed.steps.iter().all(|step| step.meets));
    // Later is never cheaper, but for what misses the objective meanwhile.
    for pair in found.late.windows(2) {
        assert!(pair[1].missed > 0 || pair[1].costs_usd >= pair[0].costs_usd - 1e-6, "{:?}", found.late);
    }
    assert!(found.late[0].costs_usd >= -1e-6 && found.late[0].months == 1);
}

#[test]
fn a_path_without_growth_is_the_cheapest_design_of_today() {
    let mut idle = serverless("s");
    if let FleetKind::Single(PoolKind::Serverless(pool)) = &mut idle.kind {
        pool.tariff.price = crate::decide::fixture::dollars_an_hour(1);
    }
    let found = plan_growth(&evenly(vec![dedicated("d", 1), idle]), &plan(0.0, 6), &Unwatched).unwrap();
    assert_eq!((found.volumes.len(), found.designs.len()), (1, 2));
    let path = found.best.expect("both meet the objective");
    assert!(path.steps.iter().all(|step| step.design == 1 && step.commitments.is_none()));
    assert_eq!(found.change_when_missed.steps, found.never_change.steps, "the dedicated one never misses it");
    let a_month = 4.0 * 720.0 - path.steps[0].cost;
    assert!((found.late[0].costs_usd - a_month).abs() < 1e-6, "a month later is what a month of it costs more");
}

#[test]
fn costs_between_two_volumes_lie_between_their_own() {
    let mut serverless_alone = scenario(vec![serverless("s")]);
    serverless_alone.horizon = Span::from_nanos(6 * Span::HOUR.nanos());
    serverless_alone.warm_up = Span::HOUR;
    let found = plan_growth(&serverless_alone, &plan(0.1, 13), &Unwatched).unwrap();
    let costs: Vec<f64> = found.never_change.steps.iter().map(|step| step.cost).collect();
    assert!(costs.windows(2).all(|pair| pair[0] < pair[1]), "more requests cost more: {costs:?}");
    let growth = costs[12] / costs[0];
    assert!(growth < found.factors[12] && growth > found.factors[12] / 2.0, "busier instances idle less: {growth}");
}
