//! Pools fitted to an objective, against the exact sizes of M/M/c.

use breakeven::engine;
use breakeven::experiment::logarithmic_volumes;
use breakeven::measure::Estimate;
use breakeven::scenario::Scenario;

use super::{MONTH_S, draw, scenario, size};
use breakeven::validation::theory::{fewest_servers, most_load, share_slower_than};

/// Poisson traffic with exponential service of one second in the mean: M/M/c.
const ERLANG: &str = r#"
horizon = "2h"
warm_up = "10min"
[slo]
latency = "4s"
attainment = 0.95
[[traffic]]
name = "api"
rate = "1/s"
service_time = { kind = "exponential", mean = "1s" }
[[fleet]]
name = "fitted"
kind = "dedicated"
instances = "fit"
price = "$4.00/h"
"#;

/// The standard error of the share of good requests with so many instances, over as many replications as a search has but not the
/// same ones.
fn standard_error(scenario: &Scenario, load: f64, instances: u32) -> f64 {
    let mut fixed = breakeven::experiment::Volumes::new(scenario, None).expect("traffic").at(load * MONTH_S);
    fixed.fleets[0] = fixed.fleets[0].fitted_with(instances);
    let made = engine::run(&fixed, &engine::unwatched).expect("drawn traffic");
    let requests = made.iter().map(|made| made.fleets[0].together().requests());
    let good = Estimate::of_ratio(requests.map(|counts| (u128::from(counts.good), u128::from(counts.arrived))), 1.0);
    // Of ten replications: Student's t with nine degrees of freedom.
    good.half_width().expect("an interval") / 2.262
}

/// The loads at which the exact sizes can be told from their neighbours by the search. The rule, fixed beforehand: a load at which
/// the exact share of good requests, with the exact size or with one instance less, is closer to the goal than four standard errors
/// of the search, is raised by a hundredth, as often as need be.
fn tellable(scenario: &Scenario, time: f64, goal: f64, loads: &[f64]) -> Vec<f64> {
    let is_tellable = |load: f64| {
        let fewest = fewest_servers(load, time, goal);
        let stable = (fewest - 1..=fewest).filter(|&instances| f64::from(instances) > load);
        { stable }.all(|instances| {
            let gap = (share_slower_than(time, instances, load) - goal).abs();
            gap > 4.0 * standard_error(scenario, load, instances)
        })
    };
    let moved =
        |&load: &f64| std::iter::successors(Some(load), |load| Some(load * 1.01)).find(|&load| is_tellable(load));
    loads.iter().map(|load| moved(load).expect("a load between two steps")).collect()
}

#[track_caller]
fn assert_staircase(scenario: &Scenario, time: f64, goal: f64, loads: &[f64]) {
    let loads = tellable(scenario, time, goal, loads);
    assert!(loads.windows(2).all(|pair| pair[0] < pair[1]), "{loads:?}");
    let volumes: Vec<f64> = loads.iter().map(|load| load * MONTH_S).collect();
    let (curve, _) = draw(scenario, &volumes);
    let found: Vec<u32> = curve.points.iter().map(|point| size(&point.document.fleets[0])).collect();
    let exact: Vec<u32> = loads.iter().map(|&load| fewest_servers(load, time, goal)).collect();
    assert_eq!(found, exact, "at the loads {loads:?}");
    assert!(curve.points.iter().all(|point| point.document.fleets[0].fit.is_some_and(|fit| fit.meets)));
}

#[test]
fn fitted_sizes_are_those_of_erlang_c_where_a_share_must_be_fast_enough() {
    let loaded = scenario(ERLANG, &[]);
    assert_staircase(&loaded.scenario, 4.0, 0.05, &logarithmic_volumes(0.4, 16.0, 32));
}

#[test]
fn fitted_sizes_are_those_of_erlang_c_where_a_quantile_is_limited() {
    let text = ERLANG.replace("latency = \"4s\"\nattainment = 0.95", "p95 = \"3.5s\"");
    let loaded = scenario(&text, &[]);
    assert!(loaded.scenario.slo.as_ref().is_some_and(|slo| slo.p95.is_some() && slo.latency.is_none()));
    // For the standard errors of the share.
    let mut scenario = loaded.scenario;
    if let Some(slo) = &mut scenario.slo {
        slo.latency = slo.p95;
    }
    assert_staircase(&scenario, 3.5, 0.05, &logarithmic_volumes(0.4, 12.0, 30));
}

#[test]
fn a_fixed_pool_meets_its_objective_up_to_the_load_of_erlang_c() {
    let loaded = scenario(ERLANG, &["fleet.fitted.instances=4", "horizon=20h"]);
    let (curve, document) = draw(&loaded.scenario, &[1e6, 3e6, 1e7, 1.2e7]);
    let [limit] = &curve.limits[..] else { panic!("{:?}", curve.limits) };
    let exact = most_load(4, 4.0, 0.05) * MONTH_S;
    assert!(limit.meets_below);
    assert!((limit.requests_per_month / exact - 1.0).abs() < 0.02, "{limit:?}, {exact} by theory");
    assert_eq!(document.fleets[0].objective_limits[0].requests_per_month, limit.requests_per_month);
}
