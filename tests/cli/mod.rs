//! The program as its users call it: exit codes, what goes where, and that files are replaced whole.

mod advise;
mod catalog;
mod compare;
mod curve;
mod html;
mod jobs;
mod matrix;
mod mistakes;
mod plan;
mod stages;
mod sweep;
mod use_cases;
mod validate;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use polars::prelude::{DataFrame, ParquetReader, SerReader};
use serde_json::Value;
use tempfile::TempDir;

const PROGRAM: &str = env!("CARGO_BIN_EXE_breakeven");

/// Two classes and all kinds of fleets, over in a moment.
const SMALL: &str = r#"
name = "Small"
horizon = "2h"
replications = 3

[slo]
p95 = "20s"

[[traffic]]
name = "chat"
rate = "720/h"
service_time = { kind = "lognormal", mean = "2s", cv = 1.0 }
timeout = "30s"

[[traffic]]
name = "batch"
rate = "60/h"
service_time = "5s"

[[fleet]]
name = "dedicated"
kind = "dedicated"
instances = 2
price = "$4.00/h"

[[fleet]]
name = "serverless"
kind = "serverless"
price = "$3.95/h"
cold_start = "5s"
keep_alive = "1min"
request_fee = "$0.0001"
rounding = "1s"

[[fleet]]
name = "hybrid"
kind = "hybrid"
[[fleet.pool]]
name = "base"
kind = "dedicated"
instances = 1
price = "$4.00/h"
[[fleet.pool]]
name = "burst"
kind = "serverless"
price = "$3.95/h"
cold_start = "5s"
keep_alive = "1min"
"#;

const FILES: [&str; 14] = [
    ".breakeven",
    "cost.png",
    "cost.svg",
    "fleets.parquet",
    "latency.parquet",
    "latency.png",
    "latency.svg",
    "report.json",
    "scenario.toml",
    "summary.csv",
    "summary.json",
    "timeline.parquet",
    "timeline.png",
    "timeline.svg",
];

/// A folder of its own to run the program in.
struct Workspace {
    folder: TempDir,
}

impl Workspace {
    /// With the small scenario as `small.toml`.
    fn new() -> Workspace {
        let workspace = Workspace { folder: tempfile::tempdir().unwrap() };
        workspace.write("small.toml", SMALL);
        workspace
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn write(&self, name: &str, text: &str) {
        fs::write(self.path(name), text).unwrap();
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(PROGRAM);
        command.current_dir(self.folder.path()).args(arguments);
        for variable in ["NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE"] {
            command.env_remove(variable);
        }
        command
    }

    /// Runs to the end with this exit code.
    fn run(&self, arguments: &[&str], code: i32) -> Output {
        let output = self.command(arguments).output().unwrap();
        let errors = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {errors}");
        output
    }

    fn stdout(&self, arguments: &[&str]) -> String {
        String::from_utf8(self.run(arguments, 0).stdout).unwrap()
    }

    /// Fails with code 2 and nothing on standard output; returns the message.
    fn wrong(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments, 2);
        assert!(output.stdout.is_empty(), "standard output of {arguments:?}");
        String::from_utf8(output.stderr).unwrap()
    }

    fn frame(&self, file: &str) -> DataFrame {
        ParquetReader::new(fs::File::open(self.path(file)).unwrap()).finish().unwrap()
    }
}

/// Every file of a folder and its bytes.
fn contents(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    fs::read_dir(folder)
        .unwrap()
        .map(|entry| {
            let path = entry.unwrap().path();
            (path.file_name().unwrap().to_str().unwrap().to_owned(), fs::read(path).unwrap())
        })
        .collect()
}

fn names(folder: &Path) -> Vec<String> {
    contents(folder).into_keys().collect()
}

#[test]
fn a_run_shows_every_fleet_and_writes_every_file() {
    let workspace = Workspace::new();
    let shown = workspace.stdout(&["run", "small.toml"]);
    for word in ["dedicated", "serverless", "hybrid › base", "hybrid › burst", "$/month", "p95", "hybrid › chat"]
    {
        assert!(shown.contains(word), "{word} is missing from {shown}");
    }
    assert_eq!(names(&workspace.path("output/small")), FILES);
    assert_eq!(fs::read_dir(workspace.path("output")).unwrap().count(), 1, "nothing temporary is left");
}

#[test]
fn json_is_all_of_standard_output_and_the_same_as_the_file() {
    let workspace = Workspace::new();
    let output = workspace.run(&["run", "small.toml", "--json", "--out", "results"], 0);
    let document: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(document["schema"], "breakeven.run/1");
    assert_eq!(document["fleets"].as_array().unwrap().len(), 3);
    assert_eq!(fs::read(workspace.path("results/summary.json")).unwrap(), output.stdout);
}

#[test]
fn results_are_the_same_bytes_on_any_number_of_threads() {
    let workspace = Workspace::new();
    for threads in ["1", "2", "4"] {
        workspace.run(&["run", "small.toml", "--threads", threads, "--out", threads], 0);
    }
    let [one, two, four] = ["1", "2", "4"].map(|threads| contents(&workspace.path(threads)));
    assert!(one == two && two == four, "the folders differ");
}

#[test]
fn output_is_replaced_whole() {
    let workspace = Workspace::new();
    workspace.run(&["run", "small.toml"], 0);
    workspace.run(&["run", "small.toml", "--no-charts", "--quiet"], 0);
    let without_charts: Vec<&str> =
        FILES.into_iter().filter(|name| !name.ends_with("svg") && !name.ends_with("png")).collect();
    assert_eq!(names(&workspace.path("output/small")), without_charts);
}

#[test]
fn quiet_says_nothing_on_standard_error() {
    let workspace = Workspace::new();
    let output = workspace.run(&["run", "small.toml", "--quiet"], 0);
    assert_eq!(String::from_utf8(output.stderr).unwrap(), "");
    assert!(!output.stdout.is_empty());
}

#[test]
fn fails_on_a_wrong_scenario_and_leaves_the_previous_output() {
    let workspace = Workspace::new();
    workspace.run(&["run", "small.toml"], 0);
    let before = contents(&workspace.path("output/small"));
    workspace.write("small.toml", &SMALL.replace("\"720/h\"", "720").replace("keep_alive", "keep_alife"));
    let message = workspace.wrong(&["run", "small.toml"]);
    assert!(message.contains("small.toml") && message.contains("keep_alife"), "{message}");
    assert!(contents(&workspace.path("output/small")) == before, "the previous output has changed");
}

#[test]
fn fails_on_a_wrong_command_line() {
    let workspace = Workspace::new();
    for arguments in [
        &["run", "small.toml", "--fleets", "x"][..],
        &["run", "small.toml", "--threads", "0"],
        &["run", "small.toml", "--fleet", "nope"],
        &["run", "small.toml", "--set", "traffic.chat.rate=fast"],
        &["run", "small.toml", "--seed", "-1"],
        &["run", "absent.toml"],
        &["check", "absent.toml"],
        &["scenarios", "show", "absent"],
        &["simulate"],
        &[],
    ] {
        let message = workspace.wrong(arguments);
        assert!(!message.is_empty(), "{arguments:?} fails without a word");
    }
    assert!(!workspace.path("output").exists(), "a wrong command line writes nothing");
}

#[test]
fn fails_on_an_output_folder_of_others_before_simulating() {
    let workspace = Workspace::new();
    fs::create_dir(workspace.path("thesis")).unwrap();
    workspace.write("thesis/chapter.txt", "years of work");
    // It would take days: the folder is looked at first.
    let message = workspace.wrong(&["run", "small.toml", "--horizon", "3650d", "--out", "thesis"]);
    assert!(message.contains("breakeven did not write it"), "{message}");
    assert_eq!(names(&workspace.path("thesis")), ["chapter.txt"]);
    assert!(workspace.wrong(&["run", "small.toml", "--out", "small.toml"]).contains("not a folder"));
}

#[cfg(target_os = "linux")]
#[test]
fn an_interrupt_ends_with_130_and_leaves_the_previous_output() {
    let workspace = Workspace::new();
    workspace.run(&["run", "small.toml"], 0);
    let before = contents(&workspace.path("output/small"));
    let mut child = Command::new(PROGRAM)
        .current_dir(workspace.folder.path())
        .args(["run", "small.toml", "--horizon", "3650d", "--set", "traffic.chat.rate=1000/s"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    wait_until_it_catches_interrupts(child.id());
    let sent = Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(sent.success());
    assert_eq!(child.wait().unwrap().code(), Some(130));
    assert!(contents(&workspace.path("output/small")) == before, "the previous output has changed");
    assert_eq!(fs::read_dir(workspace.path("output")).unwrap().count(), 1, "nothing temporary is left");
}

/// Before its handler is installed, the system would end the program with another status.
#[cfg(target_os = "linux")]
fn wait_until_it_catches_interrupts(process: u32) {
    const INTERRUPT: u64 = 1 << (2 - 1);
    for _ in 0..1_000 {
        let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap();
        let caught = status.lines().find_map(|line| line.strip_prefix("SigCgt:")).unwrap();
        if u64::from_str_radix(caught.trim(), 16).unwrap() & INTERRUPT != 0 {
            return;
        }
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    panic!("no handler after ten seconds");
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    let workspace = Workspace::new();
    let mut child = Command::new(PROGRAM)
        .current_dir(workspace.folder.path())
        .args(["run", "small.toml", "--quiet"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert!(output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn colour_is_for_terminals_or_who_forces_it() {
    let workspace = Workspace::new();
    let escapes = |variables: &[(&str, &str)], arguments: &[&str]| {
        let mut command = workspace.command(arguments);
        command.envs(variables.iter().copied());
        let output = command.output().unwrap();
        [output.stdout, output.stderr].concat().contains(&0x1b)
    };
    let run = ["run", "small.toml"];
    assert!(!escapes(&[], &run));
    assert!(escapes(&[("CLICOLOR_FORCE", "1")], &run));
    assert!(!escapes(&[("NO_COLOR", "1")], &run));
    assert!(!escapes(&[], &["run", "small.toml", "--set", "seed=x"]));
}

#[test]
fn the_report_of_every_embedded_scenario_fits_80_columns() {
    let workspace = Workspace::new();
    for scenario in ["variable-api", "guide-arithmetic", "azure-conversation", "bursty", "starter"] {
        let shown = workspace.stdout(&["run", scenario, "--replications", "2", "--no-charts"]);
        for line in shown.lines() {
            assert!(textwrap::core::display_width(line) <= 80, "{scenario}: {line}");
        }
    }
}

#[test]
fn a_new_scenario_is_right_and_is_never_written_over() {
    let workspace = Workspace::new();
    let said = workspace.stdout(&["scenarios", "new", "mine.toml"]);
    assert!(said.contains("breakeven run mine.toml"), "{said}");
    assert!(workspace.stdout(&["check", "mine.toml"]).contains("ok"));
    workspace.write("mine.toml", "my own work");
    workspace.wrong(&["scenarios", "new", "mine.toml"]);
    assert_eq!(fs::read_to_string(workspace.path("mine.toml")).unwrap(), "my own work");
}

#[test]
fn every_embedded_scenario_is_listed_and_shown_as_a_right_file() {
    let workspace = Workspace::new();
    let list = workspace.stdout(&["scenarios"]);
    for scenario in breakeven::scenario::SCENARIOS {
        assert!(list.contains(scenario.name), "{} is not listed", scenario.name);
        let shown = workspace.stdout(&["scenarios", "show", scenario.name]);
        assert_eq!(shown, scenario.text);
        assert!(workspace.stdout(&["check", scenario.name]).contains("ok"));
    }
}

#[test]
fn the_scenario_of_a_run_gives_the_same_results_again() {
    let workspace = Workspace::new();
    workspace.run(&["run", "small.toml", "--set", "fleet.dedicated.instances=3", "--seed", "7", "--out", "a"], 0);
    workspace.run(&["run", "a/scenario.toml", "--out", "b"], 0);
    let [first, second] = ["a/fleets.parquet", "b/fleets.parquet"].map(|file| fs::read(workspace.path(file)).unwrap());
    assert!(first == second, "the figures differ");
}

#[test]
fn the_parquet_files_agree_with_the_document() {
    let workspace = Workspace::new();
    let output = workspace.run(&["run", "small.toml", "--json", "--out", "out"], 0);
    let document: Value = serde_json::from_slice(&output.stdout).unwrap();
    let fleets = workspace.frame("out/fleets.parquet");
    let timeline = workspace.frame("out/timeline.parquet");
    let latency = workspace.frame("out/latency.parquet");
    assert_eq!(fleets.height(), 3 * 3, "a row a fleet and replication");
    for fleet in document["fleets"].as_array().unwrap() {
        let name = fleet["name"].as_str().unwrap();
        let costs = of_fleet(&fleets, name, "cost_usd");
        let mean = costs.iter().sum::<f64>() / costs.len() as f64;
        assert_close(mean, &fleet["cost"]["total_usd"]["mean"]);
        let arrived = of_fleet(&fleets, name, "arrived");
        assert_close(arrived.iter().sum::<f64>() / 3.0, &fleet["requests"]["arrived"]["mean"]);
        let so_far = of_fleet(&timeline, name, "cost_so_far_usd");
        assert!(so_far.windows(2).all(|pair| pair[0] <= pair[1]), "{name}: a bill never shrinks");
        assert!((so_far[so_far.len() - 1] - costs[0]).abs() < 1e-6, "{name}: the last bin has the whole bill");
        assert_close(of_fleet(&timeline, name, "arrivals").iter().sum::<f64>(), &Value::from(arrived[0]));
        let quantiles = of_fleet(&latency, name, "latency_s");
        let per_class = quantiles.len() / 3;
        assert!(quantiles[..per_class].windows(2).all(|pair| pair[0] <= pair[1]), "{name}: quantiles ascend");
    }
}

/// A column's values in the rows of a fleet, as numbers.
fn of_fleet(frame: &DataFrame, fleet: &str, column: &str) -> Vec<f64> {
    let names = frame.column("fleet").unwrap().str().unwrap();
    let values = frame.column(column).unwrap().cast(&polars::prelude::DataType::Float64).unwrap();
    let values = values.f64().unwrap();
    names.iter().zip(values.iter()).filter(|(name, _)| *name == Some(fleet)).filter_map(|(_, value)| value).collect()
}

fn assert_close(value: f64, expected: &Value) {
    let expected = expected.as_f64().unwrap();
    assert!((value - expected).abs() <= 1e-9 * expected.abs().max(1.0), "{value} is not {expected}");
}

#[test]
fn help_has_examples_and_goes_to_standard_output() {
    let workspace = Workspace::new();
    for command in ["run", "sweep", "merge", "check", "catalog", "scenarios", "traffic"] {
        let help = workspace.stdout(&[command, "--help"]);
        assert!(help.contains("Examples:") && help.contains(&format!("breakeven {command}")), "{help}");
    }
    assert!(workspace.stdout(&["--version"]).starts_with("breakeven 0."));
}

#[test]
fn a_stream_of_requests_is_described_and_written_in_both_formats() {
    let workspace = Workspace::new();
    let shown = workspace.stdout(&["traffic", "small.toml", "--write", "requests.csv"]);
    assert!(shown.contains("variance / mean") && shown.contains("chat") && shown.contains("batch"), "{shown}");
    assert_eq!(
        names(&workspace.path("output/small-traffic")),
        [".breakeven", "rate.csv", "rate.png", "rate.svg", "summary.json"]
    );
    let output = workspace.run(&["traffic", "small.toml", "--json", "--write", "requests.parquet"], 0);
    let document: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(document["schema"], "breakeven.traffic/1");

    let text = fs::read_to_string(workspace.path("requests.csv")).unwrap();
    let rows: Vec<Vec<&str>> = text.lines().skip(1).map(|line| line.split(',').collect()).collect();
    let frame = workspace.frame("requests.parquet");
    assert_eq!(frame.height(), rows.len());
    let [arrival, service] = ["arrival_s", "service_s"].map(|name| frame.column(name).unwrap().f64().unwrap().clone());
    let class = frame.column("class").unwrap().str().unwrap();
    for (index, row) in rows.iter().enumerate() {
        assert_eq!(row[0].parse(), Ok(arrival.get(index).unwrap()), "arrival of row {index}");
        assert_eq!(row[1].parse(), Ok(service.get(index).unwrap()), "service of row {index}");
        assert_eq!(row[2], class.get(index).unwrap(), "class of row {index}");
    }
}

#[test]
fn written_requests_replayed_as_a_trace_give_the_figures_of_the_first_replication() {
    let workspace = Workspace::new();
    let one_class = SMALL.replace("timeout = \"30s\"", "");
    let (before, rest) = one_class.split_once("[[traffic]]\nname = \"batch\"").unwrap();
    let fleets = &rest[rest.find("[[fleet]]").unwrap()..];
    workspace.write("drawn.toml", &format!("{before}{fleets}"));
    let (head, _) = before.split_once("[[traffic]]").unwrap();
    for format in ["csv", "parquet"] {
        let file = format!("requests.{format}");
        workspace.run(&["traffic", "drawn.toml", "--write", &file], 0);
        let trace = format!(
            "[[traffic]]\nname = \"chat\"\ntrace = {{ file = \"{file}\", arrival = \"arrival_s\" }}\n\
             service_time = {{ kind = \"column\", column = \"service_s\" }}\n"
        );
        workspace.write("replayed.toml", &format!("{head}{trace}{fleets}"));
        let figures = ["drawn.toml", "replayed.toml"].map(|scenario| {
            workspace.run(&["run", scenario, "--replications", "1", "--no-charts", "--out", "out"], 0);
            fs::read(workspace.path("out/fleets.parquet")).unwrap()
        });
        assert!(figures[0] == figures[1], "replayed from {format}, the figures differ");
    }
}

#[test]
fn fails_on_a_file_of_requests_that_cannot_be_written() {
    let workspace = Workspace::new();
    for file in ["requests.txt", "requests", "absent/requests.csv"] {
        let message = workspace.wrong(&["traffic", "small.toml", "--write", file]);
        assert!(message.contains(file), "{message}");
    }
    fs::create_dir(workspace.path("folder.csv")).unwrap();
    assert!(workspace.wrong(&["traffic", "small.toml", "--write", "folder.csv"]).contains("folder"));
}
