//! `breakeven matrix`.

use serde_json::Value;

use super::{Workspace, contents, names};

const FILES: [&str; 7] =
    [".breakeven", "matrix.json", "matrix.parquet", "matrix.png", "matrix.svg", "report.json", "scenario.toml"];

/// A small matrix of the small scenario.
const MATRIX: [&str; 7] =
    ["matrix", "small.toml", "--stretch-slo", "--utilization", "20%..80%:3", "--duration", "1s..20min:3"];

#[test]
fn a_matrix_shows_the_rules_and_writes_every_file() {
    let workspace = Workspace::new();
    let shown = workspace.stdout(&MATRIX);
    let words = shown.split_whitespace().collect::<Vec<_>>().join(" ");
    for part in [
        "utilisation of dedicated",
        "20 min",
        "80%",
        "the guide says serverless",
        "the guide and the simulation agree in",
    ] {
        assert!(words.contains(part), "{part} is missing from {shown}");
    }
    assert!(shown.lines().all(|line| line.chars().count() <= 80), "wider than 80 columns: {shown}");
    assert_eq!(names(&workspace.path("output/small")), FILES);
    let frame = workspace.frame("output/small/matrix.parquet");
    assert_eq!(frame.height(), 27, "a row a cell and fleet");
    for name in ["utilization", "duration_s", "fleet", "cost_per_month_usd", "meets_slo", "cheapest", "guide", "agrees"]
    {
        assert!(frame.column(name).is_ok(), "{name} is missing");
    }
}

#[test]
fn a_matrix_is_the_same_bytes_on_any_number_of_threads() {
    let workspace = Workspace::new();
    for threads in ["1", "3"] {
        workspace.run(&[&MATRIX[..], &["--threads", threads, "--out", threads]].concat(), 0);
    }
    assert!(contents(&workspace.path("1")) == contents(&workspace.path("3")), "the folders differ");
}

#[test]
fn the_json_of_a_matrix_is_its_file_and_a_cell_is_what_a_run_of_it_gives() {
    let workspace = Workspace::new();
    let arguments = [
        "matrix",
        "small.toml",
        "--fleet",
        "dedicated",
        "--utilization",
        "0.5",
        "--duration",
        "2s",
        "--no-charts",
        "--json",
        "--out",
        "out",
    ];
    let output = workspace.run(&arguments, 0);
    assert_eq!(
        names(&workspace.path("out")),
        [".breakeven", "matrix.json", "matrix.parquet", "report.json", "scenario.toml"]
    );
    assert_eq!(std::fs::read(workspace.path("out/matrix.json")).unwrap(), output.stdout);
    let matrix: Value = serde_json::from_slice(&output.stdout).unwrap();
    let cell = &matrix["cells"][0];
    // Two instances half busy with requests of two seconds.
    assert_eq!(cell["requests_per_month"].as_f64(), Some(0.5 * 30.0 * 86_400.0));
    assert_eq!(cell["cost_per_month_usd"]["dedicated"]["mean"].as_f64(), Some(2.0 * 4.0 * 720.0));
    assert_eq!((&cell["guide"], &cell["cheapest"]), (&Value::from("between"), &Value::from("dedicated")));
}

#[test]
fn fails_on_sides_of_a_matrix_that_cannot_be_with_what_to_write() {
    let workspace = Workspace::new();
    for (flag, values, example) in [
        ("--utilization", ["5%..95%", "0%..50%:3", "90%..10%:3", "5%..200%:4", "5%..95%:1"], "5%..95%:12"),
        ("--duration", ["1s..1h", "1..2:3", "1h..1s:3", "1us..1h:3", "1s..1h:101"], "1s"),
    ] {
        for value in values {
            let message = workspace.wrong(&["matrix", "small.toml", flag, value]);
            assert!(message.contains(flag) && message.contains(example), "{value}: {message}");
        }
    }
}

#[test]
fn fails_on_requests_that_take_no_time() {
    let workspace = Workspace::new();
    let text = super::SMALL
        .replace("{ kind = \"lognormal\", mean = \"2s\", cv = 1.0 }", "\"0s\"")
        .replace("\"5s\"\n\n", "\"0s\"\n\n");
    workspace.write("idle.toml", &text);
    let message = workspace.wrong(&["matrix", "idle.toml"]);
    assert!(message.contains("help: give the traffic a service time"), "{message}");
}
