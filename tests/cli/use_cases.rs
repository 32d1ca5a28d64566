//! `breakeven use-cases`.

use serde_json::Value;

use super::{Workspace, contents, names};

const FILES: [&str; 6] =
    [".breakeven", "report.json", "use-cases.json", "use-cases.parquet", "use-cases.png", "use-cases.svg"];

#[test]
fn a_use_case_shows_its_fleets_and_writes_every_file() {
    let workspace = Workspace::new();
    let shown = workspace.stdout(&["use-cases", "fine-tuning"]);
    let shown = shown.split_whitespace().collect::<Vec<_>>().join(" ");
    for part in ["on-demand", "reserved", "spot", "serverless", "as the guide says"] {
        assert!(shown.contains(part), "{part} is missing from {shown}");
    }
    assert_eq!(names(&workspace.path("output/use-cases")), FILES);
    let frame = workspace.frame("output/use-cases/use-cases.parquet");
    assert_eq!(frame.height(), 4, "a row a fleet");
    for name in ["use_case", "guide", "fleet", "way", "recommended", "meets_need", "cost_per_month_usd", "agrees"] {
        assert!(frame.column(name).is_ok(), "{name} is missing");
    }
}

#[test]
fn a_use_case_is_the_same_bytes_on_any_number_of_threads_and_another_seed_is_another() {
    let workspace = Workspace::new();
    for (folder, threads, seed) in [("a", "1", "7"), ("b", "3", "7"), ("c", "3", "8")] {
        workspace.run(
            &["use-cases", "fine-tuning", "--threads", threads, "--seed", seed, "--no-charts", "--out", folder],
            0,
        );
    }
    let [a, b, c] = ["a", "b", "c"].map(|folder| contents(&workspace.path(folder)));
    assert!(a == b && a != c);
}

#[test]
fn the_json_of_use_cases_is_its_file_and_its_costs_are_those_of_a_run() {
    let workspace = Workspace::new();
    let output = workspace.run(&["use-cases", "fine-tuning", "--no-charts", "--json", "--quiet", "--out", "out"], 0);
    assert!(output.stderr.is_empty());
    assert_eq!(std::fs::read(workspace.path("out/use-cases.json")).unwrap(), output.stdout);
    let document: Value = serde_json::from_slice(&output.stdout).unwrap();
    let run = workspace.run(&["run", "use-cases/fine-tuning", "--json"], 0);
    let run: Value = serde_json::from_slice(&run.stdout).unwrap();
    assert!(workspace.path("output/fine-tuning/summary.json").exists(), "named after the use case");
    // The horizon is four weeks, a month 30 days.
    for (fleet, job) in
        document["use_cases"][0]["fleets"].as_array().unwrap().iter().zip(run["jobs"].as_array().unwrap())
    {
        assert_eq!(fleet["name"], job["fleet"]);
        let (month, once) = (fleet["cost_per_month_usd"]["mean"].as_f64(), job["cost_usd"]["mean"].as_f64());
        assert!((month.unwrap() / once.unwrap() - 30.0 / 28.0).abs() < 1e-9, "{fleet} {job}");
    }
}

#[test]
fn fails_on_a_use_case_that_is_none_with_those_that_there_are() {
    let workspace = Workspace::new();
    let message = workspace.wrong(&["use-cases", "chatbots"]);
    assert!(message.contains("chatbot") && message.contains("fine-tuning"), "{message}");
    assert!(workspace.wrong(&["run", "use-cases/chatbots"]).contains("use-cases/chatbot"));
}
