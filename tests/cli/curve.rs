//! `breakeven curve`, and what its flags share with `run`.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{Workspace, contents, names};

const FILES: [&str; 11] = [
    ".breakeven",
    "cost.png",
    "cost.svg",
    "curve.json",
    "curve.parquet",
    "latency.png",
    "latency.svg",
    "report.json",
    "scenario.toml",
    "unit-cost.png",
    "unit-cost.svg",
];

/// A short curve of the small scenario.
const CURVE: [&str; 8] = ["curve", "small.toml", "--from", "50k/month", "--to", "2M/month", "--points", "5"];

#[test]
fn a_curve_shows_every_volume_and_writes_every_file() {
    let workspace = Workspace::new();
    let shown = workspace.stdout(&CURVE);
    for words in ["50.0k", "2.00M", "dedicated", "serverless → dedicated", "95% interval", "/month", "by the formula"]
    {
        assert!(shown.contains(words), "{words} is missing from {shown}");
    }
    assert!(shown.lines().all(|line| line.chars().count() <= 80), "wider than 80 columns: {shown}");
    assert_eq!(names(&workspace.path("output/small")), FILES);
    let frame = workspace.frame("output/small/curve.parquet");
    assert_eq!(frame.height(), 15, "a row a fleet and volume");
    let columns: BTreeSet<String> = frame.get_column_names().into_iter().map(ToString::to_string).collect();
    for name in ["requests_per_month", "instances", "meets_slo", "cost_per_month_usd", "latency_p99_s_high"] {
        assert!(columns.contains(name), "{name} is missing from {columns:?}");
    }
}

#[test]
fn a_curve_is_the_same_bytes_on_any_number_of_threads() {
    let workspace = Workspace::new();
    for threads in ["1", "3"] {
        workspace.run(&[&CURVE[..], &["--threads", threads, "--out", threads]].concat(), 0);
    }
    assert!(contents(&workspace.path("1")) == contents(&workspace.path("3")), "the folders differ");
}

#[test]
fn the_json_of_a_curve_is_its_file_and_a_point_is_what_a_run_of_that_volume_gives() {
    let workspace = Workspace::new();
    let output = workspace.run(&[&CURVE[..], &["--class", "chat", "--json", "--out", "curve"]].concat(), 0);
    assert_eq!(std::fs::read(workspace.path("curve/curve.json")).unwrap(), output.stdout);
    let curve: Value = serde_json::from_slice(&output.stdout).unwrap();
    let run = workspace.stdout(&["run", "small.toml", "--set", "traffic.chat.rate=2M/month", "--json"]);
    let run: Value = serde_json::from_str(&run).unwrap();
    for (of_curve, of_run) in curve["fleets"].as_array().unwrap().iter().zip(run["fleets"].as_array().unwrap()) {
        let point = &of_curve["points"][4];
        assert_eq!(point["requests_per_month"], 2e6);
        assert_eq!(point["cost_per_month_usd"], of_run["cost"]["per_month_usd"]);
        assert_eq!(point["latency_s"], of_run["latency_s"]);
        assert_eq!(point["meets_slo"], of_run["meets_slo"]);
    }
}

#[test]
fn fails_on_a_curve_that_cannot_be_drawn() {
    let workspace = Workspace::new();
    let cases = [
        (&["--from", "2M/month", "--to", "1M/month"][..], "--from is not below --to"),
        (&["--from", "10k"], "10k/s"),
        (&["--from", "0/month"], "above zero"),
        (&["--points", "1"], "--points"),
        (&["--class", "chta"], "no traffic class `chta`"),
        (&["--precision", "0"], "a share such as 1%"),
        (&["--precision", "1%", "--replications", "5"], "--replications"),
        (&["--precision", "1%", "--precision-of", "money"], "money"),
    ];
    for (arguments, words) in cases {
        let message = workspace.wrong(&[&["curve", "small.toml"], arguments].concat());
        assert!(message.contains(words), "{words} is missing from {message}");
    }
    assert!(!workspace.path("output").exists());
}

#[test]
fn precision_adds_replications_and_says_what_it_reached() {
    let workspace = Workspace::new();
    let shown = workspace.stdout(&["run", "small.toml", "--precision", "2%", "--precision-of", "p95"]);
    assert!(shown.contains("p95 known to"), "{shown}");
    let limited = ["run", "small.toml", "--precision", "0.01%", "--max-replications", "15", "--json"];
    let document: Value = serde_json::from_str(&workspace.stdout(&limited)).unwrap();
    assert_eq!(document["scenario"]["replications"], 15);
    assert_eq!(document["precision"]["asked"], 0.0001);
    assert!(document["precision"]["reached"].as_f64().unwrap() > 0.0001);
}

#[test]
fn fitted_instances_are_said_and_written_as_they_were_run() {
    let workspace = Workspace::new();
    let shown = workspace.stdout(&["run", "small.toml", "--set", "fleet.dedicated.instances=fit", "--out", "fit"]);
    assert!(shown.contains("enough to meet the objective") || shown.contains("the fewest that meet"), "{shown}");
    let again = workspace.run(&["run", "fit/scenario.toml", "--json", "--out", "again"], 0);
    let again: Value = serde_json::from_slice(&again.stdout).unwrap();
    let first: Value = serde_json::from_slice(&std::fs::read(workspace.path("fit/summary.json")).unwrap()).unwrap();
    assert_eq!(again["fleets"][0]["latency_s"], first["fleets"][0]["latency_s"]);
    assert_eq!(first["fleets"][0]["fit"]["meets"], true);
}
