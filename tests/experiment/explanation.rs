//! What lies between the formula and the simulation at a break-even point: the terms add up, and each is what the bills say.

use breakeven::experiment::{BreakEven, Volumes, logarithmic_volumes};
use breakeven::report::curve::BreakEvenSummary;
use breakeven::scenario::Scenario;
use breakeven::summary::FleetSummary;

use super::{MONTH_H, MONTH_S, draw_with, embedded, line, run, scenario};

/// Every line of a bill, and every kind of fleet.
const ALL_LINES: &str = r#"
horizon = "10h"
warm_up = "1h"
replications = 4
[slo]
latency = "8s"
attainment = 0.95
[[traffic]]
name = "api"
rate = "1/s"
service_time = { kind = "lognormal", mean = "2s", cv = 1.0 }
[[fleet]]
name = "fixed"
kind = "dedicated"
instances = 3
price = "$4.00/h"
[[fleet]]
name = "fitted"
kind = "dedicated"
instances = "fit"
price = "$4.00/h"
[[fleet]]
name = "serverless"
kind = "serverless"
price = "$4.50/h"
cold_start = "3s"
keep_alive = "10s"
rounding = "10s"
request_fee = "$0.0002"
[[fleet]]
name = "hybrid"
kind = "hybrid"
[[fleet.pool]]
name = "base"
kind = "dedicated"
instances = "fit"
price = "$4.00/h"
[[fleet.pool]]
name = "burst"
kind = "serverless"
price = "$9.00/h"
cold_start = "3s"
keep_alive = "10s"
max_instances = 1
"#;

/// By the formula, in dollars a month: for dedicated instances, and for requests.
type Formula = fn(load: f64, requests: f64) -> [f64; 2];

/// Of the fleets above, written out: a request takes two seconds.
const ALL_LINES_BY_FORMULA: [Formula; 4] = [
    |_, _| [3.0 * 4.0 * MONTH_H, 0.0],
    |load, _| [load.max(1.0) * 4.0 * MONTH_H, 0.0],
    |load, requests| [0.0, load * 4.5 * MONTH_H + requests * 0.0002],
    |load, _| [4.0 * MONTH_H, (load - 1.0).max(0.0) * 9.0 * MONTH_H],
];

/// Of the embedded default, whose requests take two seconds too.
const DEFAULT_BY_FORMULA: [Formula; 3] = [
    |_, _| [9.0 * 2.89 * MONTH_H, 0.0],
    |load, _| [0.0, load * 0.001_097 * MONTH_S],
    |load, _| [2.0 * 2.89 * MONTH_H, (load - 2.0).max(0.0) * 0.001_097 * MONTH_S],
];

/// Where a run of the break-even's own volume, sizes and replications puts the money of its two fleets.
fn fleets_at(scenario: &Scenario, found: &BreakEven) -> ([FleetSummary; 2], f64) {
    let volumes = Volumes::new(scenario, None).expect("traffic");
    let mut there = volumes.at(found.requests_per_month.mean.expect("a volume"));
    there.replications = found.replications;
    for (index, size) in found.between.into_iter().zip(found.instances) {
        if let Some(size) = size {
            there.fleets[index] = there.fleets[index].fitted_with(size);
        }
    }
    there.fleets = found.between.map(|index| there.fleets[index].clone()).to_vec();
    let document = run(&there).document;
    let months = document.scenario.window_s / MONTH_S;
    let [first, second] = &document.fleets[..] else { panic!("two fleets") };
    ([first.clone(), second.clone()], months)
}

#[track_caller]
fn assert_explained(scenario: &Scenario, found: &BreakEven, said: &BreakEvenSummary, formulas: &[Formula]) {
    let explained = &said.explained_usd_per_month;
    let sum: f64 = explained.values().sum();
    let expected = said.formula_difference_usd_per_month + said.simulated_difference_usd_per_month;
    assert!((sum - expected).abs() < 1e-6, "the terms sum to {sum}, not {expected}: {said:?}");

    let (fleets, months) = fleets_at(scenario, found);
    let requests = found.requests_per_month.mean.expect("a volume");
    let by_formula = found.between.map(|index| formulas[index](requests * 2.0 / MONTH_S, requests));
    let a_month = |fleet: usize, name: &str| {
        let has = fleets[fleet].cost.lines.iter().any(|line| line.line == name);
        if has { line(&fleets[fleet], name).mean.expect("a figure") / months } else { 0.0 }
    };
    let more = |figure: &dyn Fn(usize) -> f64| figure(0) - figure(1);
    let terms = [
        ("idle", more(&|fleet| a_month(fleet, "idle"))),
        ("cold_start", more(&|fleet| a_month(fleet, "cold-start"))),
        ("rounding", more(&|fleet| a_month(fleet, "rounding"))),
        ("capacity", more(&|fleet| a_month(fleet, "instances") - by_formula[fleet][0])),
        ("served", more(&|fleet| a_month(fleet, "execute") + a_month(fleet, "request-fee") - by_formula[fleet][1])),
    ];
    for (name, theory) in terms {
        let term = explained.get(name).copied().unwrap_or(0.0);
        assert!((term - theory).abs() < 1e-5, "{name} is {term}, not {theory}: {said:?}");
    }
    let formula_difference = more(&|fleet| -by_formula[fleet].iter().sum::<f64>());
    assert!(
        (said.formula_difference_usd_per_month - formula_difference).abs() < 1e-5,
        "{formula_difference}: {said:?}"
    );
}

#[track_caller]
fn assert_all_explained(scenario: &Scenario, volumes: &[f64], formulas: &[Formula]) -> Vec<BreakEvenSummary> {
    // However well a volume is known, it is explained.
    let (curve, document) = draw_with(scenario, volumes, 8);
    assert_eq!(curve.break_even.len(), document.break_even.len());
    for (found, said) in curve.break_even.iter().zip(&document.break_even) {
        assert_explained(scenario, found, said, formulas);
    }
    document.break_even
}

#[test]
fn what_a_break_even_costs_beyond_the_formula_is_what_the_bills_say_line_by_line() {
    let loaded = scenario(ALL_LINES, &[]);
    let said = assert_all_explained(&loaded.scenario, &logarithmic_volumes(1e5, 8e6, 7), &ALL_LINES_BY_FORMULA);
    for kind in ["crossing", "step"] {
        assert!(said.iter().any(|said| said.kind == kind), "no {kind}: {said:?}");
    }
    for term in ["idle", "cold_start", "rounding", "capacity", "served"] {
        assert!(said.iter().any(|said| said.explained_usd_per_month.contains_key(term)), "nothing has {term}");
    }
    for fleet in ["fixed", "fitted", "serverless", "hybrid"] {
        assert!(said.iter().any(|said| said.between.iter().any(|name| name == fleet)), "{fleet} breaks even with none");
    }
}

#[test]
fn the_break_evens_of_the_default_scenario_are_explained() {
    let loaded = embedded("variable-api", &["horizon=18h", "warm_up=12h", "replications=2"]);
    let said = assert_all_explained(&loaded.scenario, &logarithmic_volumes(3e5, 1e7, 4), &DEFAULT_BY_FORMULA);
    assert!(said.len() >= 2, "{said:?}");
}
