//! What a curve says at its points, against closed forms.

use breakeven::experiment::logarithmic_volumes;
use breakeven::scenario::Scenario;

use super::{MONTH_S, draw, embedded, line, plausible, run, scenario, widening};

#[test]
fn the_guides_example_breaks_even_where_the_guide_says() {
    let loaded = embedded("guide-arithmetic", &[]);
    let (curve, document) = draw(&loaded.scenario, &logarithmic_volumes(1e5, 4e6, 6));
    let [found] = &curve.break_even[..] else { panic!("{:?}", curve.break_even) };
    let volume = found.requests_per_month;
    assert!((volume.mean.unwrap() / 1_440_000.0 - 1.0).abs() < 0.005, "{volume:?}");
    assert_eq!((volume.low, volume.high), (None, None), "nothing varies");
    let [said] = &document.break_even[..] else { panic!("{:?}", document.break_even) };
    assert_eq!(said.formula_requests_per_month, Some(1_440_000.0));
    assert_eq!((&*said.cheaper_below, &*said.cheaper_above), ("serverless", "dedicated"));
}

#[test]
fn the_guides_example_with_random_arrivals_has_an_interval_around_its_break_even() {
    let loaded = embedded("guide-arithmetic", &["traffic.api.arrivals=poisson", "horizon=1d"]);
    let (curve, document) = draw(&loaded.scenario, &logarithmic_volumes(5e5, 5e6, 4));
    let [found] = &curve.break_even[..] else { panic!("{:?}", curve.break_even) };
    let volume = found.requests_per_month;
    let (low, high) = (volume.low.unwrap(), volume.high.unwrap());
    assert!(low <= 1_440_000.0 && 1_440_000.0 <= high, "{volume:?}");
    assert!(high / low < 1.01, "{volume:?}");
    assert_eq!(document.break_even[0].requests_per_month, volume);
}

/// A fee for every request, and nothing else to pay.
const FEE: &str = r#"
horizon = "3d"
[[traffic]]
name = "api"
rate = "1M/month"
service_time = "50ms"
[[fleet]]
name = "fee"
kind = "serverless"
request_fee = "$0.002"
cold_start = "100ms"
keep_alive = "1s"
"#;

#[test]
fn the_cost_of_a_fee_is_linear_in_the_volume() {
    let loaded = scenario(FEE, &["traffic.api.arrivals=regular"]);
    let (_, document) = draw(&loaded.scenario, &logarithmic_volumes(1e4, 1e7, 25));
    for point in &document.fleets[0].points {
        // As many as arrive in three days, the first after half a gap.
        let served = (point.requests_per_month / 10.0).round();
        let cost = point.cost_per_month_usd.mean.unwrap();
        assert!((cost - served * 10.0 * 0.002).abs() < 1e-6, "{cost} at {}", point.requests_per_month);
    }
}

#[test]
fn the_cost_of_a_fee_for_random_requests_is_linear_within_its_interval() {
    const POINTS: u64 = 100;
    let loaded = scenario(FEE, &["horizon=1d"]);
    let volumes = logarithmic_volumes(1e4, 2e5, POINTS as usize);
    // The points of one curve share their random numbers; each of these has a seed of its own.
    let holds = (0..).zip(&volumes).filter(|&(seed, &volume)| {
        let (curve, _) = draw(&Scenario { seed, ..loaded.scenario.clone() }, &[volume, volume * 1.1]);
        let cost = curve.points[0].document.fleets[0].cost.per_month_usd;
        let truth = volume * 0.002;
        cost.low.unwrap() <= truth && truth <= cost.high.unwrap()
    });
    let holding = holds.count() as u64;
    assert!(plausible(POINTS).contains(&holding), "{holding} of {POINTS} intervals hold the line");
}

/// One instance that rejects what it cannot serve at once, and is kept warm for 30 s after each service. A request is served when it
/// comes after the last completion: the gap until then is exponential of mean 1/rate, whatever was before. Of it the
/// instance is idle until the request comes or the 30 s are over, (1 - e^(-rate T)) / rate in the mean; with probability e^(-rate T)
/// the request finds it gone and it starts anew. So a cycle from completion to completion takes, in the mean,
/// 1 / rate + e^(-rate T) C + S, of which each line of the bill has its part.
const LONE_INSTANCE: &str = r#"
horizon = "4d"
warm_up = "1h"
replications = 20
[[traffic]]
name = "api"
rate = "100k/month"
service_time = { kind = "exponential", mean = "2s" }
[[fleet]]
name = "lone"
kind = "serverless"
price = "$3.60/h"
cold_start = "10s"
keep_alive = "30s"
max_instances = 1
overflow = "reject"
"#;

#[test]
fn a_lone_instance_that_is_kept_warm_costs_what_its_cycle_of_idle_and_busy_times_says() {
    let (cold_start_s, keep_alive_s, service_s, usd_per_s) = (10.0, 30.0, 2.0, 0.001);
    let loaded = scenario(LONE_INSTANCE, &[]);
    let (curve, document) = draw(&loaded.scenario, &logarithmic_volumes(8e3, 2e6, 24));
    let widening = widening(loaded.scenario.replications);
    for (point, said) in curve.points.iter().zip(&document.fleets[0].points) {
        let rate = point.requests_per_month / MONTH_S;
        let cold = (-rate * keep_alive_s).exp();
        let cycle_s = 1.0 / rate + cold * cold_start_s + service_s;
        let parts = [("idle", (1.0 - cold) / rate), ("cold-start", cold * cold_start_s), ("execute", service_s)];
        let fleet = &point.document.fleets[0];
        let window_s = point.document.scenario.window_s;
        let lines = parts.map(|(name, part_s)| (name, line(fleet, name), part_s / cycle_s * window_s * usd_per_s));
        let month = parts.iter().map(|part| part.1).sum::<f64>() / cycle_s * MONTH_S * usd_per_s;
        for (name, figure, theory) in lines.into_iter().chain([("month", said.cost_per_month_usd, month)]) {
            let (mean, half_width) = (figure.mean.unwrap(), figure.half_width().unwrap_or(0.0) * widening);
            let place =
                format!("{name} at {:.0}: {mean} +- {half_width}, {theory} by theory", point.requests_per_month);
            // At a high volume no request comes so late that it finds the instance gone.
            assert!((mean - theory).abs() <= half_width.max(1e-6 * month), "{place}");
            // A line that is next to nothing is known to a part of the whole.
            assert!(half_width < 0.03 * theory.max(0.02 * month), "{place}");
        }
    }
}

/// Execution alone is billed, so that the mean service time x price is the price of a request.
#[test]
fn the_formula_of_a_fleet_billed_by_time_is_what_it_costs_where_only_execution_is_billed() {
    let text = FEE.replace("request_fee = \"$0.002\"", "price = \"$7.20/h\"\nbills = [\"execute\"]");
    let loaded = scenario(&text, &["traffic.api.service_time={ kind = \"exponential\", mean = \"3s\" }", "warm_up=1h"]);
    let (_, document) = draw(&loaded.scenario, &logarithmic_volumes(2e4, 2e6, 8));
    for point in &document.fleets[0].points {
        let theory = point.requests_per_month * 3.0 * 7.2 / 3_600.0;
        assert!((point.formula_cost_per_month_usd / theory - 1.0).abs() < 1e-12, "{point:?}");
        let cost = point.cost_per_month_usd;
        let half_width = cost.half_width().unwrap() * widening(point.replications);
        assert!((cost.mean.unwrap() - theory).abs() <= half_width, "{theory} by theory: {cost:?}");
    }
}

#[test]
fn a_point_at_the_scenarios_own_volume_is_its_run() {
    let loaded = scenario(LONE_INSTANCE, &["horizon=5h"]);
    let (curve, _) = draw(&loaded.scenario, &[5e4, 1e5, 2e5]);
    assert!(curve.points[1].document == run(&loaded.scenario).document, "the figures differ");
}
