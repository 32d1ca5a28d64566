//! Float16's modes against a dedicated H100: how busy that must be to pay.

use breakeven::experiment::{Curve, logarithmic_volumes};
use breakeven::measure::Estimate;
use breakeven::scenario::Loaded;

use super::{MONTH_S, draw, embedded};

/// $4.00 an hour against $0.006 a second, which is $21.60 an hour.
const BUSY_SHARE: f64 = 4.00 / (0.006 * 3_600.0);
/// Mean service time of the scenario's tasks.
const SERVICE_S: f64 = 5.0;

/// Where two fleets cost the same: how much of the time one instance would be busy.
fn busy_share(loaded: &Loaded, curve: &Curve, names: [&str; 2]) -> Estimate {
    let place = |name| loaded.scenario.fleets.iter().position(|fleet| fleet.name == name).expect("a fleet");
    let mut between = names.map(place);
    between.sort_unstable();
    let is_pair = |pair: &[usize; 2]| {
        let mut pair = *pair;
        pair.sort_unstable();
        pair == between
    };
    let found: Vec<Estimate> =
        curve.break_even.iter().filter(|found| is_pair(&found.between)).map(|found| found.requests_per_month).collect();
    let [volume] = found[..] else { panic!("{names:?} cross {} times", found.len()) };
    let share = |volume: f64| volume * SERVICE_S / MONTH_S;
    Estimate { mean: volume.mean.map(share), low: volume.low.map(share), high: volume.high.map(share) }
}

#[test]
fn the_formula_breaks_even_where_a_dedicated_h100_is_busy_18_5_percent_of_the_time() {
    assert_eq!(format!("{:.1}", BUSY_SHARE * 100.0), "18.5");
    let loaded = embedded("float16-h100", &["replications=2"]);
    let (_, document) = draw(&loaded.scenario, &logarithmic_volumes(1e4, 1e5, 2));
    let found = document.break_even.iter().find(|found| found.cheaper_below == "function").expect("a crossing");
    assert_eq!(found.cheaper_above, "dedicated");
    let volume = found.formula_requests_per_month.expect("a formula");
    assert!((volume * SERVICE_S / MONTH_S - BUSY_SHARE).abs() < 1e-9, "{volume}");
    assert!((volume - 96_000.0).abs() < 1e-3, "{volume}");
}

#[test]
fn simulated_without_what_the_formula_leaves_out_it_is_18_5_percent_too() {
    let set = ["fleet.function.start={ initialize = \"0s\" }", "fleet.function.rounding=exact"];
    let mut loaded = embedded("float16-h100", &set);
    loaded.scenario.fleets.retain(|fleet| ["function", "dedicated"].contains(&fleet.name.as_str()));
    let (curve, _) = draw(&loaded.scenario, &logarithmic_volumes(5e4, 2e5, 3));
    let share = busy_share(&loaded, &curve, ["function", "dedicated"]);
    let (low, high) = (share.low.unwrap(), share.high.unwrap());
    assert!(low <= BUSY_SHARE && BUSY_SHARE <= high && high / low < 1.05, "{share:?}");
}

#[test]
fn simulated_as_it_is_a_function_breaks_even_far_below_and_spot_mode_just_above() {
    let loaded = embedded("float16-h100", &[]);
    let (curve, document) = draw(&loaded.scenario, &logarithmic_volumes(1e4, 2e5, 6));
    let function = busy_share(&loaded, &curve, ["function", "dedicated"]);
    assert!(function.low.unwrap() > 0.035 && function.high.unwrap() < 0.045, "{function:?}");
    let spot = busy_share(&loaded, &curve, ["spot", "dedicated"]);
    assert!(spot.low.unwrap() > BUSY_SHARE && spot.high.unwrap() < 0.21, "{spot:?}");
    // A server is kept, and paid, for half a minute after every task.
    let cost = |name: &str| {
        let fleet = document.fleets.iter().find(|fleet| fleet.name == name).expect("a fleet");
        fleet.points.iter().map(|point| point.cost_per_month_usd.mean.unwrap()).collect::<Vec<f64>>()
    };
    assert!(cost("server").iter().zip(cost("dedicated")).all(|(&server, dedicated)| server > dedicated));
}
