//! `breakeven stages`.

use serde_json::Value;

use super::{Workspace, contents, names};

/// A startup that grows for a month.
const STARTUP: [&str; 5] = ["stages", "startup", "--months", "1", "--quiet"];

#[test]
fn a_stage_writes_every_file_and_its_json_is_its_file() {
    let workspace = Workspace::new();
    let output = workspace.run(&[&STARTUP[..], &["--json", "--growth", "20%"]].concat(), 0);
    assert!(output.stderr.is_empty());
    let folder = workspace.path("output/stages");
    assert_eq!(names(&folder), [".breakeven", "growth.parquet", "stages.json", "stages.parquet"]);
    assert_eq!(std::fs::read(folder.join("stages.json")).unwrap(), output.stdout);
    let document: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(document["growth"]["rate"], 0.2);
    assert_eq!(workspace.frame("output/stages/stages.parquet").height(), 4, "a row a plan");
    // Two months of three workloads with three, four and five fleets.
    assert_eq!(workspace.frame("output/stages/growth.parquet").height(), 2 * (3 + 4 + 5));
}

#[test]
fn a_stage_is_the_same_bytes_on_any_number_of_threads_and_only_the_startup_grows_unasked() {
    let workspace = Workspace::new();
    for threads in ["1", "3"] {
        workspace.run(&[&STARTUP[..], &["--threads", threads, "--out", threads]].concat(), 0);
    }
    assert!(contents(&workspace.path("1")) == contents(&workspace.path("3")), "the folders differ");
    let output = workspace.run(&["stages", "enterprise", "--json", "--quiet"], 0);
    let document: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert!(document["growth"].is_null());
}

#[test]
fn fails_on_a_stage_or_a_growth_that_is_none_with_what_to_write() {
    let workspace = Workspace::new();
    assert!(workspace.wrong(&["stages", "start-up"]).contains("startup"));
    assert!(workspace.wrong(&["stages", "--growth", "0%"]).contains("such as 10%"));
    assert!(workspace.wrong(&["stages", "--months", "0"]).contains("1..=120"));
}
