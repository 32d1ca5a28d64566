use super::*;
use crate::experiment::{Unwatched, simulate};
use crate::scenario::{Origin, Overrides, load};
use crate::summary::Provenance;

fn trial(set: &[&str], seed: u64, replications: u32) -> Trial {
    let overrides = Overrides {
        set: ["warm_up=0s"].iter().chain(set).map(|&set| set.to_owned()).collect(),
        seed: Some(seed),
        replications: Some(replications),
        horizon: Some("1d".to_owned()),
        ..Overrides::default()
    };
    let loaded = load(&Origin::default_scenario(), &overrides).expect("an embedded scenario");
    simulate(&loaded.scenario, &Provenance::from(&loaded), None, &Unwatched).expect("drawn traffic")
}

fn side(set: &[&str]) -> Side {
    Side::of(&trial(set, 1, 6))
}

fn change<'a>(comparison: &'a Comparison, first: &Side, name: &str) -> &'a FleetChange {
    comparison.fleets.iter().find(|change| first.fleets[change.fleet[0]].name == name).expect("a fleet of both")
}

fn delta(comparison: &Comparison, first: &Side, name: &str, figure: Figure) -> Delta {
    let index = Figure::ALL.iter().position(|&other| other == figure).expect("a figure");
    change(comparison, first, name).deltas[index]
}

#[test]
fn the_figures_of_a_side_are_those_of_the_document() {
    let trial = trial(&[], 1, 5);
    for (fleet, summary) in Side::of(&trial).fleets.iter().zip(&trial.document.fleets) {
        let latency = &summary.latency_s;
        let expected = [
            summary.cost.per_month_usd,
            latency.p50,
            latency.p95,
            latency.p99,
            summary.slo_attainment,
            summary.cold_ratio,
        ];
        for (figure, expected) in Figure::ALL.into_iter().zip(expected) {
            let found = fleet.figure(figure);
            for (found, expected) in [(found.mean, expected.mean), (found.low, expected.low)] {
                match (found, expected) {
                    (Some(found), Some(expected)) => {
                        assert!((found - expected).abs() <= 1e-9 * expected.abs().max(1.0), "{figure:?}");
                    }
                    (found, expected) => assert_eq!(found, expected, "{figure:?}"),
                }
            }
        }
    }
}

#[test]
fn a_side_does_not_differ_from_itself() {
    let side = side(&[]);
    let comparison = compare(&side, &side, &[]).unwrap();
    assert_eq!((comparison.pairing, &comparison.alone), (Pairing::Paired, &[vec![], vec![]]));
    for change in &comparison.fleets {
        for delta in &change.deltas {
            assert_eq!((delta.difference, delta.significant), (Estimate::exact(0.0), false));
        }
    }
}

#[test]
fn a_changed_price_changes_the_cost_by_exactly_what_it_is_worth_and_nothing_else() {
    // All but the fees of the serverless fleet is price x paid time.
    let (old, new) = (side(&["fleet.serverless.price=$4/h"]), side(&["fleet.serverless.price=$5/h"]));
    let comparison = compare(&old, &new, &[]).unwrap();
    let cost = delta(&comparison, &old, "serverless", Figure::CostPerMonth);
    let fleet = &old.fleets[change(&comparison, &old, "serverless").fleet[0]];
    let by_time: f64 = fleet.lines.iter().filter(|(line, _)| line != "request-fee").map(|(_, usd)| usd).sum();
    assert!(by_time > 0.0);
    // A line of the bill is rounded to a nano-dollar, and a month is 30 of these windows.
    let mean = cost.difference.mean.unwrap();
    assert!((mean - by_time / 4.0).abs() < 1e-6, "{mean} {by_time}");
    assert!(cost.significant);
    for figure in &Figure::ALL[1..] {
        let delta = delta(&comparison, &old, "serverless", *figure);
        assert_eq!((delta.difference, delta.significant), (Estimate::exact(0.0), false), "{figure:?}");
    }
    let dedicated = delta(&comparison, &old, "dedicated", Figure::CostPerMonth);
    assert_eq!(dedicated, Delta { difference: Estimate::exact(0.0), significant: false });
}

#[test]
fn a_paired_interval_is_narrower_than_that_of_independent_figures() {
    let (old, new) = (side(&["fleet.serverless.price=$4/h"]), side(&["fleet.serverless.price=$4.40/h"]));
    let independent = Side { seed: 2, ..new.clone() };
    let of = |other: &Side| delta(&compare(&old, other, &[]).unwrap(), &old, "serverless", Figure::CostPerMonth);
    let (paired, apart) = (of(&new), of(&independent));
    assert!((paired.difference.mean.unwrap() - apart.difference.mean.unwrap()).abs() < 1e-6);
    let [narrow, wide] = [paired, apart].map(|delta| delta.difference.half_width().unwrap());
    // The difference is a tenth of one bill; the independent interval is that of two bills.
    assert!(narrow < wide / 5.0, "{narrow} {wide}");
}

#[test]
fn other_seeds_or_numbers_of_replications_are_independent() {
    let base = side(&[]);
    for other in [Side::of(&trial(&[], 2, 6)), Side::of(&trial(&[], 1, 4))] {
        let comparison = compare(&base, &other, &[]).unwrap();
        assert_eq!(comparison.pairing, Pairing::Independent);
        let p95 = delta(&comparison, &base, "serverless", Figure::P95);
        assert!(p95.difference.low.is_some());
    }
}

#[test]
fn the_jackknife_of_pairs_sees_a_small_change_of_latency_that_independent_intervals_do_not() {
    let (old, new) = (side(&[]), side(&["traffic.api.service_time.mean=2.02s"]));
    let compared = compare(&old, &new, &[]).unwrap();
    let apart = compare(&old, &Side { seed: 2, ..new.clone() }, &[]).unwrap();
    let [paired, independent] = [&compared, &apart].map(|found| delta(found, &old, "serverless", Figure::P95));
    assert_eq!(paired.difference.mean, independent.difference.mean);
    assert!(paired.difference.half_width() < independent.difference.half_width(), "{paired:?} {independent:?}");
}

#[test]
fn one_replication_tells_nothing_of_what_varies() {
    let of = |price| Side::of(&trial(&[price], 1, 1));
    let (old, new) = (of("fleet.serverless.price=$4/h"), of("fleet.serverless.price=$5/h"));
    let cost = delta(&compare(&old, &new, &[]).unwrap(), &old, "serverless", Figure::CostPerMonth);
    assert!(cost.difference.mean.unwrap() > 0.0);
    assert!(!cost.significant);
}

#[test]
fn a_renamed_fleet_is_paired_as_it_is_told() {
    let base = side(&[]);
    let mut renamed = base.clone();
    renamed.fleets[0].name = "other".to_owned();
    let old = base.fleets[0].name.clone();
    let unpaired = compare(&base, &renamed, &[]).unwrap();
    assert_eq!(unpaired.alone, [vec![0], vec![0]]);
    let pair = |old: &str, new: &str| (old.to_owned(), new.to_owned());
    let paired = compare(&base, &renamed, &[pair(&old, "other")]).unwrap();
    assert_eq!((paired.alone, paired.fleets.len()), ([vec![], vec![]], base.fleets.len()));
    let unknown = compare(&base, &renamed, &[pair("nothing", "other")]).unwrap_err();
    assert!(unknown.to_string().contains("A has no fleet `nothing`"), "{unknown}");
    let twice = compare(&base, &renamed, &[pair(&old, "other"), pair(&old, "other")]).unwrap_err();
    assert_eq!(twice, PairError::Twice(old));
}
