//! Utilisation by duration, against closed forms.

use std::path::Path;

use breakeven::experiment::{
    Loads, MatrixCell, MatrixPlan, Unwatched, linear_utilizations, logarithmic_durations, matrix,
};
use breakeven::scenario::{Overrides, Scenario, Slo, load_text};
use breakeven::summary::Provenance;
use breakeven::traffic::class_means;
use breakeven::unit::Span;
use proptest::prelude::*;

const HEAD: &str = "horizon = \"4h\"\nwarm_up = \"1h\"\n";

const API: &str = "[[traffic]]\nname = \"api\"\nrate = \"1/s\"\narrivals = \"regular\"\nservice_time = \"1s\"\n";

/// $4 an hour, used or not, against $8 an hour of service.
const FLEETS: &str = r#"
[[fleet]]
name = "dedicated"
kind = "dedicated"
instances = 1
price = "$4/h"
[[fleet]]
name = "serverless"
kind = "serverless"
price = "$8/h"
bills = ["execute"]
cold_start = "0s"
keep_alive = "1min"
"#;

const TWO_CLASSES: &str = r#"
[[traffic]]
name = "chat"
rate = "2/s"
service_time = { kind = "lognormal", mean = "2s", cv = 1.0 }
timeout = "30s"
[[traffic]]
name = "batch"
rate = "1/min"
service_time = { kind = "phases", phases = ["1min", { kind = "gamma", mean = "3min", cv = 2.0 }] }
"#;

fn scenario(parts: &[&str]) -> Scenario {
    let loaded = load_text(&parts.concat(), "scenario.toml", Path::new("."), &Overrides::default());
    loaded.unwrap_or_else(|problems| panic!("{problems}")).scenario
}

fn cells(scenario: &Scenario, utilizations: Vec<f64>, durations: Vec<Span>) -> Vec<MatrixCell> {
    let loads = Loads::new(scenario).expect("traffic");
    let plan = MatrixPlan { utilizations, durations, stretch_slo: false, precision: None };
    matrix(&loads, &Provenance::default(), &plan, &Unwatched).expect("no trace to read")
}

fn cost(cell: &MatrixCell, fleet: usize) -> f64 {
    cell.document.fleets[fleet].cost.per_month_usd.mean.unwrap()
}

#[test]
fn the_cheapest_changes_at_the_utilisation_that_is_the_ratio_of_the_prices() {
    let scenario = scenario(&[HEAD, API, FLEETS]);
    let durations = logarithmic_durations(Span::from_nanos(100_000_000), Span::HOUR, 4);
    for cell in cells(&scenario, linear_utilizations(0.1, 0.9, 9), durations) {
        let (dedicated, serverless) = (4.0 * 720.0, cell.utilization * 8.0 * 720.0);
        // Of a thousand requests or more, one may be counted in this window or in the next.
        let tolerance = serverless * 1.1e-3;
        assert!((cost(&cell, 0) - dedicated).abs() < 1e-9, "{}", cost(&cell, 0));
        assert!((cost(&cell, 1) - serverless).abs() <= tolerance, "{} is not {serverless}", cost(&cell, 1));
        let margin = cell.margin.as_ref().expect("two fleets");
        let saved = margin.saving_usd_per_month.mean.unwrap();
        assert!((saved - (dedicated - serverless).abs()).abs() <= tolerance, "{saved}");
        if cell.utilization != 0.5 {
            assert_eq!(cell.cheapest, Some(usize::from(cell.utilization < 0.5)), "{}", cell.utilization);
            assert!(margin.significant);
        }
    }
}

#[test]
fn a_dedicated_fleet_costs_the_same_everywhere_and_a_serverless_one_more_where_there_is_more_to_do() {
    let fleets = FLEETS.replace("bills = [\"execute\"]", "").replace("\"0s\"", "\"2s\"").replace("\"1min\"", "\"0s\"");
    let scenario = scenario(&[HEAD, API, &fleets]);
    let cells =
        cells(&scenario, linear_utilizations(0.1, 0.9, 5), logarithmic_durations(Span::SECOND, Span::MINUTE, 3));
    for row in cells.chunks(5) {
        assert!(row.iter().all(|cell| (cost(cell, 0) - 2_880.0).abs() < 1e-9));
        assert!(
            row.is_sorted_by(|a, b| cost(a, 1) < cost(b, 1)),
            "{:?}",
            row.iter().map(|cell| cost(cell, 1)).collect::<Vec<_>>()
        );
    }
}

#[test]
fn a_fleet_that_misses_the_objective_never_is_the_cheapest_nor_the_next() {
    let slo = "slo = { p95 = \"1500ms\" }\n";
    // A cold start of a second at every request keeps serverless from it.
    let fleets = FLEETS.replace("\"0s\"", "\"1s\"").replace("\"1min\"", "\"0s\"");
    let scenario = scenario(&[HEAD, slo, API, &fleets]);
    let [cell] = &cells(&scenario, vec![0.1], vec![Span::SECOND])[..] else { panic!("one cell") };
    assert!(cost(cell, 1) < cost(cell, 0));
    assert_eq!((cell.cheapest, &cell.margin, &cell.qualifying[..]), (Some(0), &None, &[0][..]));
}

#[test]
fn a_fitted_fleet_is_sized_in_every_cell_and_a_utilisation_is_of_one_instance() {
    let fleets = FLEETS.replace("instances = 1", "instances = \"fit\"\nslots = 2");
    let poisson = API.replace("\"regular\"", "\"poisson\"");
    let scenario = scenario(&[HEAD, "slo = { p95 = \"1100ms\" }\n", &poisson, &fleets]);
    let loads = Loads::new(&scenario).unwrap();
    assert_eq!(loads.rate_per_s(0.75, Span::SECOND), 1.5);
    let cells = cells(&scenario, vec![0.05, 0.95], vec![Span::SECOND]);
    let sizes: Vec<u32> = cells.iter().map(|cell| cell.document.fleets[0].fit.unwrap().instances).collect();
    // 0.1 requests in service on average leave the second slot free; 1.9 need more than two slots.
    assert_eq!(sizes[0], 1);
    assert!(sizes[1] > 1, "{sizes:?}");
}

proptest! {
    #[test]
    fn any_load_and_duration_are_as_asked(utilization in 0.01..1.0_f64, log_s in -2.0..4.0_f64) {
        let fleets = FLEETS.replace("instances = 1", "instances = 3\nslots = 4");
        let scenario = scenario(&[HEAD, TWO_CLASSES, &fleets]);
        let loads = Loads::new(&scenario).unwrap();
        let duration = Span::from_draw(10.0_f64.powf(log_s) * 1e9);
        let scaled = loads.at(utilization, duration, false);
        let means = class_means(&scaled).unwrap();
        let load: f64 = means.iter().map(|class| class.offered_load()).sum();
        let rate: f64 = means.iter().map(|class| class.rate_per_s).sum();
        prop_assert!((load / (utilization * 12.0) - 1.0).abs() < 1e-6, "{}", load);
        prop_assert!((load / rate / duration.seconds() - 1.0).abs() < 1e-6, "{}", load / rate);
        // The classes stay in their proportions.
        prop_assert!((means[0].rate_per_s / means[1].rate_per_s / 120.0 - 1.0).abs() < 1e-6);
        prop_assert!((means[1].service_s / means[0].service_s / 120.0 - 1.0).abs() < 1e-6);
        prop_assert_eq!(scaled.window().nanos() % scenario.window().nanos(), 0);
        prop_assert!(scaled.horizon <= Span::LONGEST);
        prop_assert!(rate * scaled.window().seconds() >= 999.0);
        let start_s = 3.0 * duration.seconds();
        prop_assert!(scaled.warm_up.seconds() >= start_s || start_s - scaled.warm_up.seconds() <= 0.011 * scaled.window().seconds());
    }
}

#[test]
fn the_longest_horizon_bounds_the_windows() {
    let scenario = scenario(&[HEAD, API, FLEETS]);
    let scaled = Loads::new(&scenario).unwrap().at(0.001, Span::from_nanos(100 * Span::DAY.nanos()), false);
    assert!(scaled.horizon <= Span::LONGEST && scaled.warm_up < scaled.horizon);
    assert!(scaled.window().nanos() + scenario.horizon.nanos() > Span::LONGEST.nanos() / 2);
    let enough = Loads::new(&scenario).unwrap().at(0.5, Span::SECOND, false);
    assert_eq!((enough.horizon, enough.warm_up), (scenario.horizon, scenario.warm_up));
}

#[test]
fn limits_of_time_are_stretched_in_proportion_and_shares_are_not() {
    let slo = "slo = { latency = \"12s\", attainment = 0.9, p50 = \"3s\", max_timed_out = 0.5 }\n";
    let scenario = scenario(&[HEAD, slo, TWO_CLASSES, FLEETS]);
    let loads = Loads::new(&scenario).unwrap();
    let means = class_means(&scenario).unwrap();
    let mean_s = means.iter().map(|class| class.offered_load()).sum::<f64>()
        / means.iter().map(|class| class.rate_per_s).sum::<f64>();
    let thrice = Span::from_draw(mean_s * 3e9);
    let near = |found: Option<Span>, seconds: f64| (found.unwrap().seconds() / seconds - 1.0).abs() < 1e-6;
    let stretched = loads.at(0.5, thrice, true);
    let Slo { latency, attainment, p50, max_timed_out, .. } = stretched.slo.unwrap();
    assert!(near(latency, 36.0) && near(p50, 9.0) && near(stretched.traffic[0].timeout, 90.0));
    assert_eq!((attainment, max_timed_out, stretched.traffic[1].timeout), (Some(0.9), Some(0.5), None));
    let plain = loads.at(0.5, thrice, false);
    assert_eq!((plain.slo, plain.traffic[0].timeout), (scenario.slo.clone(), scenario.traffic[0].timeout));
}

#[test]
fn a_trace_is_scaled_by_its_volume_and_keeps_its_window_unless_it_repeats() {
    let folder = tempfile::tempdir().unwrap();
    let rows: String = (0..100).map(|row| format!("{row},{}\n", 1 + row % 3)).collect();
    std::fs::write(folder.path().join("trace.csv"), format!("at,service\n{rows}")).unwrap();
    let text = |repeat: bool| {
        format!(
            "horizon = \"100s\"\n[[traffic]]\nname = \"replay\"\ntrace = {{ file = \"trace.csv\", arrival = \"at\", repeat = {repeat} }}\n\
             service_time = {{ kind = \"column\", column = \"service\" }}\n{FLEETS}"
        )
    };
    for repeat in [false, true] {
        let loaded = load_text(&text(repeat), "scenario.toml", folder.path(), &Overrides::default()).unwrap();
        assert_eq!(loaded.scenario.replications, 1, "nothing varies");
        let loads = Loads::new(&loaded.scenario).unwrap();
        let scaled = loads.at(0.5, Span::MINUTE, false);
        assert_eq!(scaled.window() > loaded.scenario.window(), repeat);
        assert_eq!(scaled.replications, Scenario::USUAL_REPLICATIONS, "how many requests a row becomes is drawn");
        let [means] = class_means(&scaled).unwrap()[..] else { panic!("one class") };
        assert!((means.service_s - 60.0).abs() < 1e-3 && (means.offered_load() - 0.5).abs() < 1e-2, "{means:?}");
    }
}

#[test]
fn without_a_dedicated_fleet_a_utilisation_is_of_one_slot() {
    let (_, serverless) = FLEETS.split_once("price = \"$4/h\"").unwrap();
    let scenario = scenario(&[HEAD, API, serverless]);
    let loads = Loads::new(&scenario).unwrap();
    assert_eq!((loads.utilization_of(), loads.rate_per_s(0.5, Span::SECOND)), (None, 0.5));
}
