use super::*;
use crate::advice::standing::Hours;
use crate::guide::{Recommended, Way};
use crate::unit::Usd;

const SPOT: UseCase = UseCase { name: "any", words: "dedicated + spot", recommended: &[Recommended::Spot] };

/// A fleet of these bills in dollars, over a window of half a month, that holds so many hours.
fn standing(way: Way, bills: &[i128], meets_need: bool, held: f64) -> Standing {
    Standing {
        fleet: way.name().to_owned(),
        way,
        bills: bills.iter().map(|&dollars| Usd::from_nanos(dollars * 1_000_000_000)).collect(),
        cost_per_month_usd: Estimate::of_mean(bills.iter().map(|&dollars| dollars as f64 * 2.0)),
        meets_need,
        hours: Hours { held, useful: 10.0, idle: held - 10.0, overhead: 0.0 },
    }
}

fn found(standings: &[Standing]) -> Finding {
    judge(&SPOT, standings, 2.0, false)
}

#[test]
fn the_guide_agrees_where_what_it_recommends_is_the_cheapest_or_not_significantly_dearer() {
    let cases = [
        (None, None, false),
        (None, Some(true), false),
        (None, Some(false), false),
        (Some(true), None, true),
        (Some(true), Some(true), true),
        (Some(true), Some(false), true),
        (Some(false), None, false),
        (Some(false), Some(true), false),
        (Some(false), Some(false), true),
    ];
    for (recommended, significant, expected) in cases {
        assert_eq!(agrees(recommended, significant), expected, "{recommended:?} {significant:?}");
    }
}

#[test]
fn the_margin_is_paired_a_month_long_and_against_the_best_of_the_other_side() {
    // The bills vary by dollars and their difference by cents. The dearer serverless fleet and the second spot one play no part.
    let fleets = [
        standing(Way::Spot, &[100, 200, 300], true, 100.0),
        standing(Way::OnDemand, &[110, 209, 311], true, 200.0),
        standing(Way::Serverless, &[500, 600, 701], true, 100.0),
        standing(Way::Spot, &[101, 201, 301], true, 100.0),
    ];
    let finding = found(&fleets);
    assert_eq!((finding.cheapest, finding.against), (Some(0), Some(1)));
    assert_eq!(finding.margin_usd_per_month, Estimate::of_mean([20.0, 18.0, 22.0]));
    assert!(finding.significant && finding.agrees);
    // Seen from the other side it is the same margin, and the guide is wrong.
    let other = UseCase { recommended: &[Recommended::Serverless], ..SPOT };
    let finding = judge(&other, &fleets, 2.0, false);
    assert_eq!((finding.cheapest, finding.against, finding.agrees), (Some(0), Some(2), false));
    assert_eq!(finding.margin_usd_per_month, Estimate::of_mean([800.0, 800.0, 802.0]));
}

#[test]
fn a_saving_that_may_be_none_does_not_refute_the_guide() {
    let finding = found(&[standing(Way::Spot, &[10, 20], true, 9.0), standing(Way::OnDemand, &[11, 15], true, 9.0)]);
    assert_eq!((finding.cheapest, finding.against), (Some(1), Some(0)));
    assert!(!finding.significant && finding.agrees);
}

#[test]
fn what_decides_is_the_need_where_a_cheaper_fleet_misses_it_and_else_the_larger_ratio() {
    let spot = || standing(Way::Spot, &[100; 3], true, 100.0);
    let decided = |other: Standing| found(&[spot(), other]).deciding;
    assert_eq!(decided(standing(Way::Serverless, &[50; 3], false, 100.0)), Deciding::Cheaper { fleet: 1 });
    assert_eq!(decided(standing(Way::Serverless, &[150; 3], false, 100.0)), Deciding::Missed { fleet: 1 });
    // Twice the cost: with as many hours it is the price, with twice as many the hours.
    assert_eq!(decided(standing(Way::OnDemand, &[200; 3], true, 100.0)), Deciding::Price);
    assert_eq!(decided(standing(Way::OnDemand, &[200; 3], true, 200.0)), Deciding::Hours);
    assert_eq!(decided(standing(Way::OnDemand, &[200; 3], true, 150.0)), Deciding::Hours);
    assert_eq!(decided(standing(Way::OnDemand, &[100; 3], true, 150.0)), Deciding::Nothing);
    assert_eq!(found(&[spot()]).deciding, Deciding::NoOther);
}

#[test]
fn jobs_that_never_end_are_no_margin_and_fleets_that_miss_the_need_are_never_the_cheapest() {
    let endless = Standing { cost_per_month_usd: Estimate::NONE, ..standing(Way::Serverless, &[], false, 0.0) };
    let finding = found(&[standing(Way::Spot, &[100; 3], true, 100.0), endless.clone()]);
    assert_eq!((finding.cheapest, finding.against, finding.deciding), (Some(0), None, Deciding::Missed { fleet: 1 }));
    assert_eq!((finding.margin_usd_per_month, finding.agrees), (Estimate::NONE, true));
    let finding = found(&[standing(Way::Spot, &[1; 3], false, 100.0), endless]);
    assert_eq!((finding.cheapest, finding.agrees, finding.deciding), (None, false, Deciding::NoneMeets));
}
