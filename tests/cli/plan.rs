//! Plans: what they show and write, that they go on where they were, and that parts join to the whole.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde_json::Value;

use super::Workspace;

/// A space of a dozen designs, searched in a moment.
const PLAN: &str = r#"
[plan]
most_replications = 12
[[plan.design]]
fleet = "dedicated"
instances = "1..5"
[[plan.design]]
fleet = "serverless"
keep_alive = ["5s", "1min"]
[[plan.design]]
fleet = "hybrid"
pool.base.instances = "1..3"
pool.burst.keep_alive = ["5s", "1min"]
"#;

fn workspace() -> Workspace {
    let workspace = Workspace::new();
    workspace.write("planned.toml", &(super::SMALL.to_owned() + PLAN));
    workspace
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).expect("JSON")
}

/// The results in a folder: its files without the replications that were kept.
fn results(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_file());
    entries.map(|path| (path.file_name().unwrap().to_string_lossy().into_owned(), fs::read(&path).unwrap())).collect()
}

fn kept(folder: &Path) -> usize {
    fs::read_dir(folder.join("tallies")).unwrap().count()
}

#[test]
fn a_plan_says_what_to_buy_and_writes_every_file() {
    let workspace = workspace();
    let shown = workspace.stdout(&["plan", "planned.toml"]);
    for words in
        ["Buy ", "With 95% confidence", "frontier of cost and p99", "13 designs of 3 families", "hangs on", "regret"]
    {
        assert!(shown.contains(words), "{words} is missing from {shown}");
    }
    assert!(shown.lines().all(|line| textwrap::core::display_width(line) <= 80), "{shown}");
    let files: Vec<String> = results(&workspace.path("output/planned")).into_keys().collect();
    let expected = [
        ".breakeven",
        "frontier.png",
        "frontier.svg",
        "plan-manifest.json",
        "plan.json",
        "plan.parquet",
        "report.json",
        "scenario.toml",
        "sensitivity.parquet",
        "timeline.parquet",
        "timeline.png",
        "timeline.svg",
        "tornado.png",
        "tornado.svg",
    ];
    assert_eq!(files, expected);
}

#[test]
fn a_run_of_the_recommended_fleet_gives_the_figures_of_the_plan() {
    let workspace = workspace();
    let plan = json(&workspace.stdout(&["plan", "planned.toml", "--quick", "--json", "--out", "plan"]));
    let run = json(&workspace.stdout(&["run", "plan/scenario.toml", "--json", "--out", "run"]));
    let (bought, fleet) = (&plan["recommendation"], &run["fleets"][0]);
    assert_eq!(run["fleets"].as_array().map(Vec::len), Some(1));
    assert_eq!(bought["cost_per_month_usd"], fleet["cost"]["per_month_usd"]);
    assert_eq!(bought["latency_s"], fleet["latency_s"]);
    assert_eq!(bought["meets_slo"], fleet["meets_slo"]);
    assert!(
        plan["lower_bound"]["served_usd_per_month"]["mean"].as_f64() < bought["cost_per_month_usd"]["mean"].as_f64()
    );
}

#[test]
fn a_plan_goes_on_where_it_was_and_ends_with_the_same_bytes_on_any_number_of_threads() {
    let workspace = workspace();
    let plan = |more: &[&'static str]| [&["plan", "planned.toml", "--quick"][..], more].concat();
    workspace.run(&plan(&["--out", "whole", "--threads", "1"]), 0);
    workspace.run(&plan(&["--out", "again", "--threads", "2"]), 0);
    assert_eq!(results(&workspace.path("whole")), results(&workspace.path("again")));
    // As if it had been killed: some replications are kept, and no result.
    let folder = workspace.path("again");
    let tallies: Vec<_> = fs::read_dir(folder.join("tallies")).unwrap().map(|entry| entry.unwrap().path()).collect();
    tallies.iter().step_by(2).for_each(|path| fs::remove_file(path).unwrap());
    fs::remove_file(folder.join("plan.json")).unwrap();
    let refused = workspace.wrong(&["run", "small.toml", "--out", "again"]);
    assert!(refused.contains("a plan that is not done"), "{refused}");
    let other = workspace.wrong(&plan(&["--out", "again", "--seed", "2"]));
    assert!(other.contains("another plan") && other.contains("the seed"), "{other}");
    let output = workspace.run(&plan(&["--out", "again"]), 0);
    assert!(String::from_utf8_lossy(&output.stderr).contains("continuing:"));
    assert_eq!(results(&workspace.path("whole")), results(&folder));
}

#[test]
fn parts_join_to_the_bytes_of_the_whole() {
    let workspace = workspace();
    let plan = |more: &[&'static str]| [&["plan", "planned.toml", "--quick"][..], more].concat();
    workspace.run(&plan(&["--out", "whole"]), 0);
    for (shard, out) in [("1/2", "one"), ("2/2", "two")] {
        let output = workspace.run(&plan(&["--shard", shard, "--out", out]), 0);
        assert!(output.stdout.is_empty(), "a part decides nothing");
        assert!(!workspace.path(out).join("plan.json").exists());
    }
    workspace.run(&["merge", "one", "two", "--out", "joined"], 0);
    let before = kept(&workspace.path("joined"));
    workspace.run(&plan(&["--out", "joined"]), 0);
    assert!(before > 0 && kept(&workspace.path("joined")) >= before);
    let (whole, joined) = (results(&workspace.path("whole")), results(&workspace.path("joined")));
    assert_eq!(whole, joined);
    fs::create_dir(workspace.path("empty")).unwrap();
    let wrong = workspace.wrong(&["merge", "one", "empty", "--out", "other"]);
    assert!(wrong.contains("is no plan's"), "{wrong}");
}

#[test]
fn a_budget_buys_the_least_latency_and_a_frontier_decides_nothing() {
    let workspace = workspace();
    let quick = ["plan", "planned.toml", "--quick", "--json"];
    let rich = json(&workspace.stdout(&[&quick[..], &["--budget", "$9000/month", "--out", "rich"]].concat()));
    let poor = json(&workspace.stdout(&[&quick[..], &["--budget", "$6000/month", "--out", "poor"]].concat()));
    let figure = |plan: &Value, path: &str| plan.pointer(path).and_then(Value::as_f64).expect("a figure");
    for (plan, budget) in [(&rich, 9_000.0), (&poor, 6_000.0)] {
        assert_eq!(plan["asked"]["objective"], "least-latency");
        assert!(figure(plan, "/recommendation/cost_per_month_usd/mean") <= budget);
    }
    assert!(figure(&rich, "/recommendation/latency_s/p99/mean") <= figure(&poor, "/recommendation/latency_s/p99/mean"));
    let frontier = json(&workspace.stdout(&[&quick[..], &["--objective", "frontier", "--out", "frontier"]].concat()));
    assert_eq!(frontier["recommendation"], Value::Null);
    let points: Vec<(f64, f64)> = frontier["frontier"]
        .as_array()
        .unwrap()
        .iter()
        .map(|point| (figure(point, "/cost_per_month_usd/mean"), figure(point, "/latency_s/p99/mean")))
        .collect();
    assert!(points.len() > 2, "{points:?}");
    assert!(points.windows(2).all(|pair| pair[0].0 <= pair[1].0 && pair[0].1 > pair[1].1), "{points:?}");
}

#[test]
fn a_review_answers_what_was_asked_and_keeps_to_its_schema() {
    let workspace = workspace();
    let shown = workspace.stdout(&["plan", "planned.toml", "--growth", "10%", "--months", "12", "--head-room"]);
    for words in
        ["Growing 10% a month for 12 months", "most volume:", "back after", "one instance", "worst month in 20"]
    {
        assert!(shown.contains(words), "{words} is missing from {shown}");
    }
    assert!(shown.lines().all(|line| textwrap::core::display_width(line) <= 80), "{shown}");
    let schema = json(include_str!("../../docs/schema/plan.schema.json"));
    let folder = workspace.path("output/planned");
    let whole = json(&fs::read_to_string(folder.join("plan.json")).unwrap());
    assert_eq!(crate::document::schema_problems(&schema, &whole), [] as [&str; 0]);
    for more in [&["--quick"][..], &["--objective", "frontier"], &["--set", "slo.p95=1ms"]] {
        let text = workspace.stdout(&[&["plan", "planned.toml", "--json", "--out", "other"][..], more].concat());
        assert_eq!(crate::document::schema_problems(&schema, &json(&text)), [] as [&str; 0], "{more:?}");
    }
}

#[test]
fn without_a_plan_the_usual_one_is_searched() {
    let workspace = Workspace::new();
    let plan = json(&workspace.stdout(&["plan", "small.toml", "--quick", "--json"]));
    let families: Vec<&str> =
        plan["families"].as_array().unwrap().iter().filter_map(|family| family["name"].as_str()).collect();
    assert_eq!(families, ["dedicated", "serverless", "hybrid"]);
    assert!(plan["search"]["designs"].as_u64() > Some(100));
    let alone = json(&workspace.stdout(&["plan", "small.toml", "--quick", "--json", "--fleet", "dedicated"]));
    assert_eq!(alone["families"].as_array().map(Vec::len), Some(1));
}

#[test]
fn mistakes_in_a_plan_are_told_once_at_their_place() {
    let workspace = Workspace::new();
    let broken = r#"
[plan]
objective = "least-latency"
indiference = 0.01
[[plan.design]]
fleet = "dedicatde"
[[plan.design]]
fleet = "serverless"
keep_alive = ["5s", "ten", "1min"]
min_instances = [0, 1]
[[plan.design]]
fleet = "hybrid"
pool.bas.instances = "1..3"
[[plan.design]]
fleet = "dedicated"
instances = "5..2"
"#;
    workspace.write("broken.toml", &(super::SMALL.to_owned() + broken));
    let message = workspace.wrong(&["plan", "broken.toml"]);
    for words in [
        "the plan without `budget`",
        "did you mean `indifference`?",
        "did you mean \"dedicated\"?",
        "found `\"ten\"`",
        "did you mean `base`?",
        "a range of whole numbers that rises",
    ] {
        assert_eq!(message.matches(words).count(), 1, "{words}: {message}");
    }
    assert_eq!(workspace.wrong(&["check", "broken.toml"]).lines().last(), message.lines().last());
    let wrong = workspace.wrong(&["plan", "small.toml", "--indifference", "2"]);
    assert!(wrong.contains("write a share such as 1% or 0.01"), "{wrong}");
}
