//! Scenarios of jobs, as their users run them.

use std::fs;

use serde_json::Value;

use super::Workspace;

/// Jobs on two fleets, on one of which they never end.
const JOBS: &str = r#"
name = "Jobs"
horizon = "1d"
replications = 5
[[jobs]]
name = "tune"
count = 2
work = "5h"
deadline = "12h"
[[fleet]]
name = "spot"
kind = "dedicated"
instances = 2
price = "$1/h"
purchase = "spot"
interruptions = { every = "50h" }
[[fleet]]
name = "limited"
kind = "serverless"
price = "$4/h"
cold_start = "1min"
keep_alive = "1min"
execution_limit = "1h"
"#;

#[test]
fn a_scenario_of_jobs_alone_is_checked_and_run() {
    let workspace = Workspace::new();
    workspace.write("jobs.toml", JOBS);
    assert!(workspace.stdout(&["check", "jobs.toml"]).contains("1 class of jobs, 2 fleets"));
    let output = workspace.run(&["run", "jobs.toml", "--json", "--out", "out"], 0);
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(told.contains("never end on `limited`"), "it is told before anything is run: {told}");
    let document: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(document["jobs"].as_array().map(Vec::len), Some(2));
    let frame = workspace.frame("out/jobs.parquet");
    assert_eq!(frame.height(), 2 * 5, "a row a class, fleet and replication");
    let csv = fs::read_to_string(workspace.path("out/jobs.csv")).unwrap();
    assert_eq!(csv.lines().count(), 1 + 2);
    assert!(!workspace.path("out/fleets.parquet").exists(), "no fleet served requests");
    let again = workspace.run(&["run", "out/scenario.toml", "--json", "--out", "again", "--threads", "1"], 0);
    let again: Value = serde_json::from_slice(&again.stdout).unwrap();
    assert_eq!(again["jobs"], document["jobs"], "on any number of threads");
}

#[test]
fn the_answer_names_the_fleet_that_is_in_time() {
    let workspace = Workspace::new();
    workspace.write("jobs.toml", JOBS);
    // Lines are broken wherever they are full.
    let report = |scenario: &str| {
        let text = workspace.stdout(&["run", scenario, "--out", "out"]);
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    let (jobs, tuned) = (report("jobs.toml"), report("fine-tune"));
    assert!(jobs.contains("tune: spot is the only fleet that is in time, at $"), "{jobs}");
    assert!(jobs.contains("never ends on limited"), "{jobs}");
    assert!(tuned.contains("fine-tune: spot is the cheapest at $"), "{tuned}");
}

#[test]
fn fails_where_a_command_is_about_requests_and_there_are_jobs_alone() {
    let workspace = Workspace::new();
    workspace.write("jobs.toml", JOBS);
    for command in ["curve", "matrix", "traffic"] {
        assert!(workspace.wrong(&[command, "jobs.toml"]).contains("no [[traffic]]"), "{command}");
    }
    assert!(workspace.wrong(&["sweep", "jobs.toml", "--over", "seed=1,2"]).contains("no [[traffic]]"));
}
