//! How often the interval of a break-even point holds the true one.

use breakeven::experiment::Crossing;
use breakeven::scenario::Scenario;
use rayon::prelude::*;

use super::crossings::random_staircase;
use super::{MONTH_H, MONTH_S, draw, plausible, scenario};
use breakeven::validation::theory::most_load;

/// An instance at $4.00/h, used or not, against one that is paid for while it serves or by the request. What a request costs there
/// is known, so the true break-even is what a month of the instance costs / that.
struct Case {
    name: &'static str,
    loaded: Scenario,
    truth: f64,
}

const HEAD: &str = r#"
[[traffic]]
name = "api"
rate = "1M/month"
[traffic.service_time]
kind = "exponential"
mean = "3s"
[[fleet]]
name = "dedicated"
kind = "dedicated"
instances = 1
price = "$4.00/h"
[[fleet]]
name = "serverless"
kind = "serverless"
cold_start = "0s"
keep_alive = "0s"
"#;

fn cases() -> Vec<Case> {
    let month_usd = 4.0 * MONTH_H;
    let by_fee = |name, horizon: &str, replications: &str| {
        let text = format!("horizon = \"{horizon}\"\nreplications = {replications}\n{HEAD}request_fee = \"$0.002\"\n");
        Case { name, loaded: scenario(&text, &[]).scenario, truth: month_usd / 0.002 }
    };
    let by_time = |name, horizon: &str| {
        let tariff = "price = \"$7.20/h\"\nbills = [\"execute\"]\n";
        // After a warm-up of twenty service times the fleet is as busy as it ever is.
        let text = format!("horizon = \"{horizon}\"\nwarm_up = \"1min\"\n{HEAD}{tariff}");
        Case { name, loaded: scenario(&text, &[]).scenario, truth: month_usd / (3.0 * 7.2 / 3_600.0) }
    };
    vec![
        by_fee("a fee, sharp at the first look", "1h", "10"),
        by_fee("a fee, replications added", "10min", "10"),
        by_fee("a fee, few replications", "20min", "4"),
        by_time("time, sharp at the first look", "5h"),
        by_time("time, replications added", "1h"),
    ]
}

/// Whether the interval of a seed holds the truth; an end that lies outside of the curve is as far away as can be.
fn holds(case: &Case, seed: u64) -> bool {
    let (curve, _) = draw(&Scenario { seed, ..case.loaded.clone() }, &[case.truth / 1.4, case.truth * 1.4]);
    let [found] = &curve.break_even[..] else { panic!("{}, seed {seed}: {:?}", case.name, curve.break_even) };
    let volume = found.requests_per_month;
    volume.low.is_none_or(|low| low <= case.truth) && volume.high.is_none_or(|high| case.truth <= high)
}

fn holding(case: &Case, seeds: u64) -> u64 {
    (1..=seeds).into_par_iter().filter(|&seed| holds(case, seed)).count() as u64
}

#[test]
fn an_interval_of_a_break_even_point_holds_the_true_one_about_as_often_as_it_says() {
    let sharp_at_once = cases().into_iter().filter(|case| case.name.ends_with("first look"));
    for (case, seeds) in sharp_at_once.zip([60, 40]) {
        let holding = holding(&case, seeds);
        assert!(plausible(seeds).contains(&holding), "{}: {holding} of {seeds} intervals hold the truth", case.name);
    }
}

#[test]
#[ignore = "slow: a thousand curves; cargo test --release -- --ignored --nocapture intervals_of_break_even"]
fn intervals_of_break_even_points_hold_the_true_one_in_90_to_99_of_100_cases() {
    const SEEDS: u64 = 200;
    for case in cases() {
        let holding = holding(&case, SEEDS);
        println!("{}: {holding} of {SEEDS}", case.name);
        let share = holding as f64 / SEEDS as f64;
        assert!((0.90..=0.99).contains(&share), "{}: {share}", case.name);
    }
}

/// A fitted pool of M/M/c that crosses a fee where it grows from two instances to three: the true point is where two are just
/// enough by Erlang C.
#[test]
#[ignore = "slow: two hundred curves with a fitted pool; cargo test --release -- --ignored --nocapture steps_of_a_fitted_pool"]
fn intervals_of_steps_of_a_fitted_pool_hold_the_true_one_in_90_to_99_of_100_cases() {
    const SEEDS: u64 = 200;
    let holding = steps_holding(SEEDS);
    println!("a step of a fitted pool: {holding} of {SEEDS}");
    let share = holding as f64 / SEEDS as f64;
    assert!((0.90..=0.99).contains(&share), "{share}");
}

fn steps_holding(seeds: u64) -> u64 {
    let truth = most_load(2, 4.0, 0.05) * MONTH_S;
    // A second of the fee costs as much as 2.5 instances would at that load, which is between two and three.
    let scenario = random_staircase(2.5 * MONTH_S / truth, &["horizon=2h", "warm_up=10min"]);
    let holds = |&seed: &u64| {
        let (curve, _) = draw(&Scenario { seed, ..scenario.clone() }, &[truth * 0.86, truth * 1.16]);
        let steps: Vec<_> = curve.break_even.iter().filter(|found| found.kind == Crossing::Step).collect();
        let [found] = steps[..] else { panic!("seed {seed}: {:?}", curve.break_even) };
        let volume = found.requests_per_month;
        volume.low.is_none_or(|low| low <= truth) && volume.high.is_none_or(|high| truth <= high)
    };
    (1..=seeds).into_par_iter().filter(holds).count() as u64
}
