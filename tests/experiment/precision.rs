//! Replications until a figure is sharp enough.

use std::sync::Mutex;

use breakeven::experiment::{Metric, Precision, Trial, Unwatched, Watch, simulate};
use breakeven::scenario::Scenario;
use breakeven::summary::Provenance;

use super::{embedded, run, scenario};

const SCENARIO: &str = r#"
horizon = "1h"
[[traffic]]
name = "api"
rate = "1/s"
service_time = { kind = "exponential", mean = "2s" }
[[fleet]]
name = "dedicated"
kind = "dedicated"
instances = 4
price = "$4.00/h"
[[fleet]]
name = "serverless"
kind = "serverless"
price = "$7.20/h"
cold_start = "3s"
keep_alive = "10s"
"#;

/// Notes how many replications are begun at a time.
struct Looks {
    horizon: u64,
    replications: Mutex<Vec<u64>>,
}

impl Watch for Looks {
    fn planned(&self, nanos: u64) {
        self.replications.lock().unwrap().push(nanos / self.horizon);
    }
}

/// The trial, and how many replications there were when it looked.
fn sharpened(scenario: &Scenario, precision: &Precision) -> (Trial, Vec<u64>) {
    let looks = Looks { horizon: scenario.horizon.nanos(), replications: Mutex::default() };
    let trial = simulate(scenario, &Provenance::default(), Some(precision), &looks).unwrap();
    let looks = looks.replications.into_inner().unwrap();
    let after = looks.iter().scan(0, |made, more| {
        *made += more;
        Some(*made)
    });
    (trial, after.collect())
}

fn precision(metric: Metric, relative: f64, most_replications: u32) -> Precision {
    Precision { metric, relative, most_replications }
}

/// The largest relative half-width of a figure of these fleets, from the document alone.
fn reached(trial: &Trial, metric: Metric) -> f64 {
    let widths = trial.document.fleets.iter().map(|fleet| {
        let figure = metric.of(fleet);
        figure.half_width().map_or(0.0, |half_width| half_width / figure.mean.unwrap())
    });
    widths.fold(0.0, f64::max)
}

#[test]
fn a_precision_is_looked_for_after_10_20_40_and_so_on_replications_only() {
    let loaded = scenario(SCENARIO, &[]);
    for (metric, relative) in
        [(Metric::Cost, 0.005), (Metric::P99, 0.015), (Metric::MeanWait, 0.05), (Metric::Cost, 0.5)]
    {
        let (trial, looks) = sharpened(&loaded.scenario, &precision(metric, relative, 640));
        let doubling: Vec<u64> = (0..).map(|look| 10 << look).take(looks.len()).collect();
        assert_eq!(looks, doubling);
        let said = trial.document.precision.as_ref().unwrap();
        assert_eq!((said.of, said.asked), (metric.name(), relative));
        assert!((said.reached - reached(&trial, metric)).abs() < 1e-15, "{said:?}");
        assert!(said.reached <= relative, "{said:?}");
        let made = trial.replications.len() as u64;
        assert_eq!((made, u64::from(trial.document.scenario.replications)), (looks[looks.len() - 1], made));
        // Half as many were not enough.
        if made > 10 {
            let half = run(&Scenario { replications: made as u32 / 2, ..loaded.scenario.clone() });
            assert!(reached(&half, metric) > relative, "{metric:?}");
        }
        assert_eq!(made > 10, relative < 0.5, "{metric:?} took {made} replications");
    }
}

#[test]
fn no_more_replications_than_the_most_are_made_and_the_shortfall_is_said() {
    let loaded = scenario(SCENARIO, &[]);
    for (most, expected) in [(25, vec![10, 20, 25]), (10, vec![10]), (4, vec![4])] {
        let (trial, looks) = sharpened(&loaded.scenario, &precision(Metric::Cost, 1e-6, most));
        assert_eq!(looks, expected);
        let said = trial.document.precision.as_ref().unwrap();
        assert!(said.reached > said.asked && said.reached == reached(&trial, Metric::Cost), "{said:?}");
    }
}

#[test]
fn what_does_not_vary_is_simulated_once() {
    let loaded = embedded("guide-arithmetic", &["horizon=1d"]);
    let (trial, looks) = sharpened(&loaded.scenario, &precision(Metric::Cost, 1e-9, 640));
    assert_eq!((trial.replications.len(), looks), (1, vec![1]));
}

#[test]
fn the_replications_of_a_precision_are_those_of_the_scenario_and_more() {
    let loaded = scenario(SCENARIO, &[]);
    let plain = run(&loaded.scenario);
    let (sharp, _) = sharpened(&loaded.scenario, &precision(Metric::Cost, 0.005, 640));
    assert!(sharp.replications.len() > 10);
    assert!(sharp.replications[..10] == plain.replications[..], "the first ten differ");
    // And where ten are enough, every figure is the same.
    let (same, _) = sharpened(&loaded.scenario, &precision(Metric::Cost, 0.5, 640));
    assert!(same.document.fleets == plain.document.fleets, "the figures differ");
    let unwatched = simulate(&loaded.scenario, &Provenance::default(), None, &Unwatched).unwrap();
    assert_eq!(unwatched.document.precision, None);
}
