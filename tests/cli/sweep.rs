//! Sweeps: the same bytes however often they are killed, on any number of threads and in any number of parts.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::{Child, Stdio};
use std::time::Duration;

use serde_json::Value;

use super::Workspace;

/// Twelve cells of two axes.
const OVER: [&str; 4] =
    ["--over", "traffic.chat.rate=360/h..1440/h:3:log", "--over", "fleet.serverless.keep_alive=10s,1min,5min,20min"];
const CELLS: usize = 12;

fn sweep<'a>(more: &[&'a str]) -> Vec<&'a str> {
    [&["sweep", "small.toml"][..], &OVER, more].concat()
}

/// Every file below a folder and its bytes.
fn tree(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                files.insert(path.strip_prefix(folder).unwrap().display().to_string(), fs::read(path).unwrap());
            }
        }
    }
    files
}

/// As [`tree`], without the cells.
fn results(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    tree(folder).into_iter().filter(|(name, _)| !name.starts_with("cells")).collect()
}

fn assert_same(one: &BTreeMap<String, Vec<u8>>, two: &BTreeMap<String, Vec<u8>>) {
    let names = |files: &BTreeMap<String, Vec<u8>>| files.keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(one), names(two));
    for (name, bytes) in one {
        assert!(bytes == &two[name], "{name} differs");
    }
}

/// A sweep that takes long enough to be killed within.
const LONG: [&str; 6] = ["--horizon", "400h", "--threads", "1", "--out", "long"];

/// A sweep that takes longer than the other commands of a test.
const LONGER: [&str; 6] = ["--horizon", "2000h", "--threads", "1", "--out", "long"];

/// Starts a long sweep and waits until so many cells are done.
fn begun(workspace: &Workspace, more: &[&str], cells: usize) -> Child {
    let mut command = workspace.command(&sweep(more));
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    for _ in 0..30_000 {
        let done = finished_cells(&workspace.path("long"));
        if done >= cells {
            return child;
        }
        assert_eq!(child.try_wait().unwrap(), None, "it ended with {done} cells");
        std::thread::sleep(Duration::from_millis(1));
    }
    panic!("no {cells} cells after half a minute");
}

fn finished_cells(folder: &Path) -> usize {
    fs::read_dir(folder.join("cells")).map_or(0, |entries| {
        entries.filter(|entry| entry.as_ref().unwrap().path().extension().is_some_and(|kind| kind == "json")).count()
    })
}

#[test]
fn a_sweep_shows_its_cells_and_the_answer_and_writes_every_file() {
    let workspace = Workspace::new();
    let shown = workspace.stdout(&sweep(&[]));
    for word in ["rate", "keep_alive", "720/h", "20min", "serverless", "the cheapest that meets the objective in"] {
        assert!(shown.contains(word), "{word} is missing from {shown}");
    }
    assert!(shown.lines().all(|line| textwrap::core::display_width(line) <= 80), "{shown}");
    let folder = workspace.path("output/small");
    let files: Vec<String> = results(&folder).into_keys().collect();
    assert_eq!(
        files,
        [".breakeven", "manifest.json", "report.json", "sweep.json", "sweep.parquet", "sweep.png", "sweep.svg"]
    );
    assert_eq!(tree(&folder).len(), files.len() + 2 * CELLS);
}

#[test]
fn a_sweep_that_was_killed_ends_with_the_same_bytes() {
    let workspace = Workspace::new();
    let mut child = begun(&workspace, &LONG, 2);
    child.kill().unwrap();
    child.wait().unwrap();
    let folder = workspace.path("long");
    let done = finished_cells(&folder);
    assert!((2..CELLS).contains(&done) && !folder.join("sweep.json").exists(), "{done} cells");
    // What a file of a cell may look like after a kill in the middle of it, and after a power cut.
    workspace.write("long/cells/.breakeven-half", "half");
    let first = fs::read_dir(folder.join("cells")).unwrap().find_map(|entry| {
        let path = entry.unwrap().path();
        path.extension().is_some_and(|kind| kind == "parquet").then_some(path)
    });
    fs::write(first.unwrap(), "PAR1 and then nothing").unwrap();

    let output = workspace.run(&sweep(&LONG), 0);
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains(&format!("continuing: {} of {CELLS} cells are done", done - 1)), "{said}");
    let uninterrupted: Vec<&str> = LONG.into_iter().map(|word| if word == "long" { "whole" } else { word }).collect();
    workspace.run(&sweep(&uninterrupted), 0);
    assert_same(&tree(&folder), &tree(&workspace.path("whole")));
    let again = workspace.run(&sweep(&LONG), 0);
    assert!(String::from_utf8(again.stderr).unwrap().contains(&format!("{CELLS} of {CELLS} cells are done")));
    assert_same(&tree(&folder), &tree(&workspace.path("whole")));
}

#[cfg(target_os = "linux")]
#[test]
fn an_interrupted_sweep_ends_with_130_and_keeps_its_cells() {
    let workspace = Workspace::new();
    let mut child = begun(&workspace, &LONG, 2);
    let sent = std::process::Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(sent.success());
    assert_eq!(child.wait().unwrap().code(), Some(130));
    let files = tree(&workspace.path("long"));
    let temporary: Vec<&String> = files.keys().filter(|name| name.contains(".breakeven-")).collect();
    assert_eq!(temporary, [] as [&String; 0], "nothing temporary is left");
    assert!(finished_cells(&workspace.path("long")) >= 2);
}

#[test]
fn fails_to_work_where_another_sweep_works_or_is_not_done() {
    let workspace = Workspace::new();
    let mut child = begun(&workspace, &LONGER, 1);
    for arguments in [sweep(&LONGER), vec!["run", "small.toml", "--out", "long"]] {
        let message = workspace.wrong(&arguments);
        assert!(message.contains("another breakeven works in the folder long"), "{message}");
    }
    child.kill().unwrap();
    child.wait().unwrap();
    let before = tree(&workspace.path("long"));
    let message = workspace.wrong(&sweep(&["--horizon", "300h", "--seed", "2", "--out", "long"]));
    for words in
        ["cells of another sweep", "horizon=2000h there, seed=2 horizon=300h here", "the seed: 1 there, 2 here"]
    {
        assert!(message.contains(words), "{words} is missing from {message}");
    }
    let message = workspace.wrong(&["run", "small.toml", "--out", "long"]);
    assert!(message.contains("holds a sweep that is not done"), "{message}");
    assert_same(&tree(&workspace.path("long")), &before);
}

#[test]
fn a_finished_sweep_and_another_commands_result_are_replaced() {
    let workspace = Workspace::new();
    workspace.run(&["run", "small.toml", "--out", "out"], 0);
    workspace.run(&sweep(&["--out", "out"]), 0);
    let over = ["sweep", "small.toml", "--over", "fleet.dedicated.instances=2,3", "--out"];
    workspace.run(&[&over[..], &["out"]].concat(), 0);
    workspace.run(&[&over[..], &["fresh"]].concat(), 0);
    assert_same(&tree(&workspace.path("out")), &tree(&workspace.path("fresh")));
    workspace.run(&[&over[..], &["out", "--no-charts"]].concat(), 0);
    assert!(!workspace.path("out/sweep.svg").exists(), "a chart stays behind");
}

#[test]
fn a_sweep_is_the_same_on_any_number_of_threads_and_in_parts() {
    let workspace = Workspace::new();
    workspace.run(&sweep(&["--threads", "1", "--out", "one"]), 0);
    workspace.run(&sweep(&["--threads", "2", "--out", "two"]), 0);
    assert_same(&tree(&workspace.path("one")), &tree(&workspace.path("two")));
    for part in ["1/5", "2/5", "3/5", "4/5", "5/5"] {
        workspace.run(&sweep(&["--shard", part, "--quiet"]), 0);
    }
    let parts: Vec<String> = [4, 1, 5, 2, 3].map(|part| format!("output/small-{part}-of-5")).to_vec();
    let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
    let merged = workspace.stdout(&[&["merge", "--json", "--out", "merged"][..], &parts].concat());
    assert_same(&results(&workspace.path("merged")), &results(&workspace.path("one")));
    assert_eq!(merged.as_bytes(), fs::read(workspace.path("one/sweep.json")).unwrap());
}

#[test]
fn json_is_all_of_standard_output_and_the_same_as_the_file() {
    let workspace = Workspace::new();
    let output = workspace.run(&sweep(&["--json", "--out", "out", "--shard", "2/3", "--set", "seed=7"]), 0);
    assert_eq!(fs::read(workspace.path("out/sweep.json")).unwrap(), output.stdout);
    let document: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((&document["schema"], &document["shard"]), (&"breakeven.sweep/1".into(), &"2/3".into()));
    assert_eq!((&document["scenario"]["overrides"][0], &document["scenario"]["seed"]), (&"seed=7".into(), &7.into()));
    let cells: Vec<u64> =
        document["cells"].as_array().unwrap().iter().map(|cell| cell["cell"].as_u64().unwrap()).collect();
    assert_eq!(cells, [1, 4, 7, 10]);
    assert!(!workspace.path("out/sweep.svg").exists(), "a part has no chart");
}

#[test]
fn a_cell_has_the_figures_of_a_run_and_the_varied_values_as_columns() {
    let workspace = Workspace::new();
    let over = [
        "--over",
        "fleet.dedicated.instances=1..4:3",
        "--over",
        "slo.p95=20s,fit",
        "--over",
        "fleet.serverless.price=$1/h,$0.001/s",
    ];
    let mistake = workspace.wrong(&[&["sweep", "small.toml"][..], &over].concat());
    assert!(mistake.contains("in cell 2 (fleet.dedicated.instances=1 slo.p95=fit"), "{mistake}");
    let over: Vec<&str> = over.into_iter().map(|word| word.strip_suffix(",fit").unwrap_or(word)).collect();
    workspace.run(&[&["sweep", "small.toml", "--out", "sweep"][..], &over].concat(), 0);
    let set = ["--set", "fleet.dedicated.instances=3", "--set", "fleet.serverless.price=$0.001/s"];
    workspace.run(&[&["run", "small.toml", "--out", "run"][..], &set].concat(), 0);

    let (cells, run) = (workspace.frame("sweep/sweep.parquet"), workspace.frame("run/fleets.parquet"));
    assert_eq!((cells.height(), run.height()), (3 * 2 * 9, 9), "a row a cell, fleet and replication");
    let names: Vec<&str> = cells.get_column_names().into_iter().map(|name| name.as_str()).collect();
    let varied = [
        "cell",
        "fleet.dedicated.instances",
        "slo.p95",
        "slo.p95_s",
        "fleet.serverless.price",
        "fleet.serverless.price_usd_per_h",
    ];
    assert_eq!(names[..varied.len()], varied);
    // Rounded from 2.5.
    let cell = cells.slice(3 * 9, 9);
    assert_eq!(cell.column("fleet.dedicated.instances").unwrap().i64().unwrap().get(8), Some(3));
    assert_eq!(cell.column("fleet.serverless.price").unwrap().str().unwrap().get(8), Some("$0.001/s"));
    assert_eq!(cell.column("fleet.serverless.price_usd_per_h").unwrap().f64().unwrap().get(8), Some(3.6));
    for column in run.columns() {
        let (name, same) = (column.name(), cell.column(column.name()).unwrap());
        assert!(same.equals_missing(column), "{name} differs");
    }
}

#[test]
fn fails_on_axes_that_are_wrong_with_what_to_write_instead() {
    let workspace = Workspace::new();
    for (arguments, words) in [
        (&["--over", "traffic.chat.rate"][..], "is not a path and its values"),
        (&["--over", "traffic.chat.rate=1/s..2/s"], "write 1/s..2/s:5"),
        (&["--over", "traffic.chat.rate=0/s..2/s:5:log"], "both ends must be above zero"),
        (&["--over", "traffic.chat.rate=1/s..2/s:1"], "no number of values"),
        (&["--over", "traffic.chat.rate=1/s,2"], "write \"2/s\""),
        (&["--over", "traffic.chats.rate=1/s,2/s"], "did you mean `chat`?"),
        (&["--over", "fleet.serverless.keepalive=1s,2s"], "did you mean `keep_alive`?"),
        (&["--over", "seed=1,2", "--over", "seed=3"], "`seed` is varied twice"),
        (&["--over", "seed=1,2", "--seed", "3"], "--seed and --over seed set the same"),
        (&["--over", "replications=1,2", "--precision", "1%"], "--precision and --over replications"),
        (&["--over", "seed=1,2", "--shard", "3/2"], "write I/N"),
        (&["--over", "seed=1,2", "--shard", "3/3"], "the sweep has only 2 cells"),
        (&[], "--over"),
    ] {
        let message = workspace.wrong(&[&["sweep", "small.toml"][..], arguments].concat());
        assert!(message.contains(words), "{arguments:?}: {message}");
    }
    assert!(!workspace.path("output").exists(), "a wrong command line writes nothing");
}

#[test]
fn fails_to_merge_what_does_not_belong_together() {
    let workspace = Workspace::new();
    for part in ["1/4", "3/4", "4/4"] {
        workspace.run(&sweep(&["--shard", part, "--out", &part[..1]]), 0);
    }
    workspace.run(&sweep(&["--shard", "2/4", "--seed", "2", "--out", "seed"]), 0);
    workspace.run(&["run", "small.toml", "--out", "run"], 0);
    let merge = |parts: &[&str]| workspace.wrong(&[&["merge", "--out", "merged"][..], parts].concat());
    for (parts, words) in [
        (&["1", "3", "4"][..], "cells 1, 5 and 9 are missing: shard 2/4 was not given"),
        (&["1", "seed", "3", "4"], "seed is of another sweep than 1:"),
        (&["1", "seed"], "the seed: 1 there, 2 here"),
        (&["1", "run"], "the folder run is no sweep's"),
        (&["1", "absent"], "the folder absent is no sweep's"),
    ] {
        assert!(merge(parts).contains(words), "{parts:?}: {}", merge(parts));
    }
    fs::remove_file(workspace.path("3/cells/000006.json")).unwrap();
    let message = merge(&["1", "3", "4"]);
    assert!(message.contains("shard 2/4 was not given; shard 3/4 (3) is not done"), "{message}");
    let manifest = fs::read_to_string(workspace.path("3/manifest.json")).unwrap();
    let version = format!("\"version\": \"{}\"", env!("CARGO_PKG_VERSION"));
    workspace.write("3/manifest.json", &manifest.replace(&version, "\"version\": \"0.0.9\""));
    assert!(merge(&["1", "3"]).contains("there, 0.0.9 here"), "{}", merge(&["1", "3"]));
    let message = workspace.wrong(&["merge", "1", "--out", "1"]);
    assert!(message.contains("is one of the parts"), "{message}");
    assert!(!workspace.path("merged").exists(), "a wrong merge writes nothing");
}

#[test]
fn a_sweep_of_another_data_file_does_not_continue() {
    let workspace = Workspace::new();
    let trace =
        "[[traffic]]\nname = \"chat\"\ntrace = { file = \"trace.csv\", arrival = \"at\" }\nservice_time = \"1s\"\n";
    let (head, rest) = super::SMALL.split_once("[[traffic]]").unwrap();
    let fleets = &rest[rest.find("[[fleet]]").unwrap()..];
    workspace.write("traced.toml", &format!("{head}{trace}{fleets}"));
    workspace.write("trace.csv", "at\n1\n2\n3\n");
    let sweep = ["sweep", "traced.toml", "--over", "fleet.dedicated.instances=1,2", "--out", "out"];
    workspace.run(&sweep, 0);
    // As if the last cell had not been simulated yet.
    for file in ["out/sweep.json", "out/cells/000001.json"] {
        fs::remove_file(workspace.path(file)).unwrap();
    }
    workspace.write("trace.csv", "at\n1\n2\n4\n");
    let message = workspace.wrong(&sweep);
    assert!(message.contains("data files: trace.csv ("), "{message}");
}
