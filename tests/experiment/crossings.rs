//! Where two fleets cost the same: constructed cases whose crossings are known.

use breakeven::experiment::{BreakEven, Crossing, logarithmic_volumes};
use breakeven::scenario::Scenario;

use super::{MONTH_H, MONTH_S, draw, scenario};
use breakeven::validation::theory::most_load;

/// A month of an instance, in dollars.
const INSTANCE_USD: f64 = 4.0 * MONTH_H;

/// One second of service, and two fleets; `FEE` stands for the fee of a request.
const STAIRCASE: &str = r#"
horizon = "10h"
[slo]
latency = "1s"
attainment = 1.0
[[traffic]]
name = "api"
rate = "1/s"
arrivals = "regular"
service_time = "1s"
[[fleet]]
name = "fitted"
kind = "dedicated"
instances = "fit"
price = "$4.00/h"
[[fleet]]
name = "fee"
kind = "serverless"
price = "$0/h"
request_fee = "FEE"
cold_start = "0s"
keep_alive = "0s"
"#;

const FITTED: usize = 0;
const FEE: usize = 1;

/// A crossing that should be found: the load, its kind, and which fleet is the cheaper below.
type Expected = (f64, Crossing, usize);

/// The crossings of `share` x the cost of a busy instance per unit of load with a staircase whose steps are at these loads. The tread
/// of n instances meets the line at the load n / share, if it reaches as far; the step to n + 1 crosses the line if that lies between.
fn crossings(share: f64, steps: &[f64]) -> Vec<Expected> {
    let mut expected = Vec::new();
    let mut from = 0.0;
    for (instances, &to) in (1..).map(f64::from).zip(steps) {
        let level = instances / share;
        if from < level && level < to {
            expected.push((level, Crossing::Smooth, FEE));
        }
        if level < to && to < (instances + 1.0) / share {
            expected.push((to, Crossing::Step, FITTED));
        }
        from = to;
    }
    expected
}

/// With `share` of an instance's cost to pay for each second of service.
fn staircase(share: f64, set: &[&str]) -> Scenario {
    let fee = share * INSTANCE_USD / MONTH_S;
    scenario(&STAIRCASE.replace("\"FEE\"", &format!("\"${fee:.9}\"")), set).scenario
}

/// The same with random arrivals and service, and 95 of 100 requests to be done in four seconds: the sizes are those of M/M/c.
pub fn random_staircase(share: f64, set: &[&str]) -> Scenario {
    let random = [
        "traffic.api.arrivals=poisson",
        "traffic.api.service_time={ kind = \"exponential\", mean = \"1s\" }",
        "slo.latency=4s",
        "slo.attainment=0.95",
    ];
    staircase(share, &[&random, set].concat())
}

#[track_caller]
fn assert_found(found: &[BreakEven], expected: &[Expected], closeness: impl Fn(Crossing) -> f64) {
    let shown: Vec<_> = found.iter().map(|found| (found.requests_per_month, found.kind, found.between)).collect();
    assert_eq!(found.len(), expected.len(), "{shown:?}, not {expected:?}");
    for (found, &(load, kind, below)) in found.iter().zip(expected) {
        let ratio = found.requests_per_month.mean.unwrap() / (load * MONTH_S);
        assert!((ratio - 1.0).abs() < closeness(kind), "load {}, not {load}: {shown:?}", ratio * load);
        assert_eq!((found.kind, found.between), (kind, [below, 1 - below]), "{shown:?}");
    }
}

#[test]
fn every_crossing_of_a_staircase_that_is_known_to_the_nanosecond_is_found_in_order() {
    // Regular requests of a second each never wait while there are no fewer instances than the load.
    let steps: Vec<f64> = (1..12).map(f64::from).collect();
    let expected = crossings(1.3, &steps);
    assert_eq!(expected.len(), 7);
    // However coarse the curve is, and wherever its points lie.
    for volumes in [logarithmic_volumes(1e6, 2.6e7, 25), logarithmic_volumes(1e6, 2.7e7, 3), vec![0.9e6, 2.2e7]] {
        let (curve, document) = draw(&staircase(1.3, &[]), &volumes);
        let closeness = |kind| if kind == Crossing::Smooth { 0.000_5 } else { 0.005 };
        assert_found(&curve.break_even, &expected, closeness);
        let exact = curve.break_even.iter().all(|found| found.requests_per_month.half_width().is_none());
        assert!(exact, "nothing varies");
        let [pair] = &document.pairs[..] else { panic!("{:?}", document.pairs) };
        assert_eq!((&*pair.stays_cheaper, pair.break_even_points), ("fitted", 7));
        assert_eq!(pair.from_requests_per_month, curve.break_even[6].requests_per_month.mean);
        // The cheapest fleet changes at each of them.
        let borders: Vec<f64> = curve.break_even.iter().filter_map(|found| found.requests_per_month.mean).collect();
        let [from, to] = [volumes[0], volumes[volumes.len() - 1]];
        let ends = [&[from], &borders[..], &[to]].concat();
        let ranges = &document.cheapest;
        assert_eq!(ranges.len(), 8, "{ranges:?}");
        for ((range, ends), cheapest) in ranges.iter().zip(ends.windows(2)).zip(["fee", "fitted"].into_iter().cycle()) {
            assert_eq!([range.from_requests_per_month, range.to_requests_per_month], ends, "{ranges:?}");
            assert_eq!(range.fleet.as_deref(), Some(cheapest), "{ranges:?}");
        }
    }
}

#[test]
fn every_crossing_of_the_staircase_of_erlang_c_is_found_within_its_interval() {
    let scenario = random_staircase(1.9, &["horizon=4h", "warm_up=10min"]);
    let steps: Vec<f64> = (1..9).map(|servers| most_load(servers, 4.0, 0.05)).collect();
    let expected = crossings(1.9, &steps);
    assert!(expected.len() >= 3, "{expected:?}");
    let (curve, document) = draw(&scenario, &logarithmic_volumes(5e5, 1.8e7, 6));
    assert_found(&curve.break_even, &expected, |_| 0.03);
    for (found, (load, ..)) in curve.break_even.iter().zip(&expected) {
        let (volume, truth) = (found.requests_per_month, load * MONTH_S);
        assert!(volume.low.unwrap() <= truth && truth <= volume.high.unwrap(), "{truth} by theory: {volume:?}");
    }
    assert_eq!(document.pairs[0].stays_cheaper, "fitted");
    let order: Vec<_> = curve.break_even.iter().map(|found| found.requests_per_month.mean.unwrap()).collect();
    assert!(order.is_sorted());
}

#[test]
fn two_fleets_of_which_one_is_always_the_cheaper_have_no_break_even_point() {
    let set = ["fleet.fitted.instances=2", "fleet.fee.request_fee=$0.1"];
    let (curve, document) = draw(&staircase(1.0, &set), &logarithmic_volumes(1e5, 1e7, 9));
    assert!(curve.break_even.is_empty(), "{:?}", curve.break_even);
    assert!(document.break_even.is_empty());
    let [pair] = &document.pairs[..] else { panic!("{:?}", document.pairs) };
    assert_eq!((&*pair.stays_cheaper, pair.from_requests_per_month, pair.break_even_points), ("fitted", None, 0));
}

#[test]
fn two_fleets_of_the_same_cost_have_no_break_even_point() {
    let twin = STAIRCASE.replace("name = \"fee\"\nkind = \"serverless\"", "name = \"twin\"\nkind = \"dedicated\"");
    let (head, _) = twin.split_once("price = \"$0/h\"").unwrap();
    let text = format!("{head}instances = 3\nprice = \"$4.00/h\"\n");
    let loaded = scenario(&text, &["fleet.fitted.instances=3", "traffic.api.arrivals=poisson", "horizon=1h"]);
    let (curve, document) = draw(&loaded.scenario, &logarithmic_volumes(1e5, 1e7, 5));
    assert!(curve.break_even.is_empty(), "{:?}", curve.break_even);
    assert_eq!(document.pairs[0].formula_requests_per_month, None);
}

#[test]
fn a_crossing_at_a_point_of_the_curve_is_found_once_whichever_fleet_is_written_first() {
    // A fee of $0.002, so that both cost the same to the cent.
    let mut scenario = staircase(1.8, &["fleet.fitted.instances=1", "horizon=1d"]);
    let truth = 1.44e6;
    for _ in 0..2 {
        let (curve, _) = draw(&scenario, &[3e5, truth, 5e6]);
        let found: Vec<f64> = curve.break_even.iter().filter_map(|found| found.requests_per_month.mean).collect();
        assert!(found.len() == 1 && (found[0] / truth - 1.0).abs() < 1e-3, "{found:?}, not {truth}");
        scenario.fleets.reverse();
    }
}

/// While nothing overflows, a hybrid costs what its base does.
#[test]
fn fleets_that_cost_the_same_until_one_becomes_dearer_do_not_cross() {
    let twin = "[[fleet]]\nname = \"twin\"\nkind = \"hybrid\"\n[[fleet.pool]]\nname = \"base\"\nkind = \"dedicated\"\n\
                instances = 1\nprice = \"$4.00/h\"\n[[fleet.pool]]\nname = \"burst\"\nkind = \"serverless\"\n\
                price = \"$4.00/h\"\ncold_start = \"1s\"\nkeep_alive = \"1s\"\n";
    let (head, _) = STAIRCASE.split_once("[[fleet]]\nname = \"fee\"").unwrap();
    let mut scenario = scenario(&format!("{head}{twin}"), &["fleet.fitted.instances=1"]).scenario;
    for _ in 0..2 {
        let (curve, _) = draw(&scenario, &logarithmic_volumes(1e5, 1e7, 9));
        let costs =
            |point: usize| [0, 1].map(|fleet| curve.points[point].document.fleets[fleet].cost.per_month_usd.mean);
        assert!(costs(0)[0] == costs(0)[1] && costs(8)[0] != costs(8)[1]);
        assert!(curve.break_even.is_empty(), "{:?}", curve.break_even);
        scenario.fleets.reverse();
    }
}

/// Few requests an hour, so that the costs of ten replications are far from those of more.
#[test]
fn a_crossing_that_moves_beyond_the_end_of_the_curve_is_reported_at_the_end() {
    let truth = 0.5 * MONTH_S;
    let set = ["fleet.fitted.instances=1", "traffic.api.arrivals=poisson", "horizon=60s", "replications=4"];
    let scenario = staircase(2.0, &set);
    for seed in 0..12 {
        let scenario = Scenario { seed, ..scenario.clone() };
        for volumes in [[truth / 8.0, truth], [truth, truth * 8.0]] {
            let (curve, _) = draw(&scenario, &volumes);
            for found in &curve.break_even {
                let volume = found.requests_per_month.mean.unwrap();
                assert!(volumes[0] <= volume && volume <= volumes[1], "seed {seed}: {volume} is not on {volumes:?}");
            }
        }
    }
}
