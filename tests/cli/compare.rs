//! `breakeven compare`: scenarios and folders side by side.

use serde_json::Value;

use super::{Workspace, contents, names};

const WHAT_IF: [&str; 6] = ["compare", "small.toml", "small.toml", "--set-b", "fleet.serverless.price=$5/h", "--quiet"];

fn json(workspace: &Workspace, arguments: &[&str]) -> Value {
    let output = workspace.run(&[arguments, &["--json", "--quiet"]].concat(), 0);
    serde_json::from_slice(&output.stdout).expect("JSON alone")
}

/// The document without where the sides are from.
fn figures(mut document: Value) -> Value {
    let object = document.as_object_mut().expect("an object");
    ["a", "b", "warnings"].iter().for_each(|key| drop(object.remove(*key)));
    document
}

#[test]
fn a_what_if_writes_every_file_and_json_is_the_same_as_the_file() {
    let workspace = Workspace::new();
    let output = workspace.run(&[&WHAT_IF[..], &["--json"]].concat(), 0);
    let folder = workspace.path("output/compare");
    assert_eq!(names(&folder), [".breakeven", "change.png", "change.svg", "compare.json", "compare.parquet"]);
    assert_eq!(std::fs::read(folder.join("compare.json")).unwrap(), output.stdout);
    let document: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(document["input"].as_array().unwrap().len(), 1);
    assert_eq!(document["input"][0]["path"], "fleet.serverless.price");
    assert_eq!(document["intervals"], "paired");
    assert_eq!(workspace.frame("output/compare/compare.parquet").height(), 3 * 6, "a row a fleet and figure");
    let none = workspace.run(&[&WHAT_IF[..], &["--no-charts", "--out", "plain"]].concat(), 0);
    assert!(none.stderr.is_empty());
    assert_eq!(names(&workspace.path("plain")), [".breakeven", "compare.json", "compare.parquet"]);
}

#[test]
fn folders_give_the_same_figures_as_their_scenarios() {
    let workspace = Workspace::new();
    let price = ["--set", "fleet.serverless.price=$5/h"];
    workspace.run(&["run", "small.toml", "--quiet", "--out", "old"], 0);
    workspace.run(&[&["run", "small.toml", "--quiet", "--out", "new"], &price[..]].concat(), 0);
    let simulated = figures(json(&workspace, &WHAT_IF[..5]));
    assert_eq!(figures(json(&workspace, &["compare", "old", "new"])), simulated);
    let mixed = ["compare", "old", "small.toml", "--set-b", "fleet.serverless.price=$5/h"];
    assert_eq!(figures(json(&workspace, &mixed)), simulated);
    assert_eq!(json(&workspace, &mixed)["a"]["source"], "folder");
}

#[test]
fn a_comparison_is_the_same_bytes_on_any_number_of_threads() {
    let workspace = Workspace::new();
    for threads in ["1", "3"] {
        workspace.run(&[&WHAT_IF[..], &["--threads", threads, "--out", threads]].concat(), 0);
    }
    assert!(contents(&workspace.path("1")) == contents(&workspace.path("3")), "the folders differ");
}

#[test]
fn a_precision_of_both_ends_with_as_many_replications_of_both() {
    let workspace = Workspace::new();
    let precise = ["--precision", "2%", "--max-replications", "40", "--set-b", "traffic.chat.rate=60/h"];
    let document = json(&workspace, &[&["compare", "small.toml", "small.toml"], &precise[..]].concat());
    assert_eq!(document["a"]["replications"], document["b"]["replications"]);
    assert_eq!(document["intervals"], "paired");
    assert_eq!(document["input"].as_array().unwrap().len(), 1, "the replications are not told as a change");
}

#[test]
fn the_report_says_what_changed_and_has_colour_only_where_it_is_wanted() {
    let workspace = Workspace::new();
    let shown = workspace.stdout(&WHAT_IF);
    for words in ["fleet.serverless.price", "$3.95/h → $5.00/h", "paired by replication", "beyond chance"] {
        assert!(shown.contains(words), "{words} is missing from {shown}");
    }
    assert!(!shown.contains('\u{1b}'));
    let colored = workspace.command(&WHAT_IF).env("CLICOLOR_FORCE", "1").output().unwrap();
    assert!(String::from_utf8_lossy(&colored.stdout).contains('\u{1b}'));
    let plain = workspace.command(&WHAT_IF).env("CLICOLOR_FORCE", "1").env("NO_COLOR", "1").output().unwrap();
    assert!(!String::from_utf8_lossy(&plain.stdout).contains('\u{1b}'));
    assert!(workspace.stdout(&["compare", "--help"]).contains("two finished runs"));
}

#[test]
fn fails_on_what_is_no_finished_run_with_what_to_write() {
    let workspace = Workspace::new();
    let compare = |a: &str, more: &[&str]| workspace.wrong(&[&["compare", a, "small.toml"], more].concat());
    std::fs::create_dir(workspace.path("empty")).unwrap();
    assert!(compare("empty", &[]).contains("breakeven run --out"));
    workspace.run(&["traffic", "small.toml", "--quiet", "--out", "other"], 0);
    assert!(compare("other", &[]).contains("another command"));
    workspace.run(&["run", "small.toml", "--quiet", "--out", "run"], 0);
    assert!(compare("run", &["--set-a", "seed=2"]).contains("--set-a cannot change"));
    assert!(compare("run", &["--pair", "dedicated=nothing"]).contains("it has: dedicated, serverless, hybrid"));
    assert!(compare("run", &["--pair", "dedicated"]).contains("serverless=modal"));
    assert!(workspace.wrong(&["compare", "run", "run", "--seed", "2"]).contains("--seed has nothing to change"));
    let summary = workspace.path("run/summary.json");
    let text = std::fs::read_to_string(&summary).unwrap();
    std::fs::write(&summary, text.replace("breakeven.run/1", "breakeven.run/2")).unwrap();
    assert!(compare("run", &[]).contains("breakeven.run/2"));
    std::fs::write(&summary, &text[..text.len() / 2]).unwrap();
    assert!(compare("run", &[]).contains("simulate it again"));
    std::fs::write(&summary, &text).unwrap();
    std::fs::remove_file(workspace.path("run/fleets.parquet")).unwrap();
    assert!(compare("run", &[]).contains("fleets.parquet cannot be read"));
    assert!(compare("nowhere", &[]).contains("a finished run is named by its folder"));
}
