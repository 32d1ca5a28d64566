//! `breakeven catalog`, and what runs say of the prices that they rest on.

use serde_json::Value;

use super::{Workspace, of_fleet};

const OWN: &str = r#"[[entry]]
provider = "cellar"
gpu = "H100"
kind = "dedicated"
price = "$0.0003/s"
as_of = "2026-11-01"
source = "our accounts"
"#;

/// A dedicated fleet of the user's own prices beside a serverless one of the carried ones.
const PRICED: &str = r#"
name = "Priced"
catalog = "my-prices.toml"
horizon = "2h"
replications = 2

[[traffic]]
name = "api"
rate = "720/h"
service_time = "2s"

[[fleet]]
name = "ours"
kind = "dedicated"
instances = 2
provider = "cellar"
gpu = "H100"

[[fleet]]
name = "modal"
kind = "serverless"
cold_start = "5s"
keep_alive = "1min"
provider = "modal"
gpu = "H100"
"#;

fn entries(workspace: &Workspace, arguments: &[&str]) -> Vec<Value> {
    let text = workspace.stdout(&[&["catalog", "--json"], arguments].concat());
    let document: Value = serde_json::from_str(&text).unwrap();
    document["entries"].as_array().unwrap().clone()
}

fn priced() -> Workspace {
    let workspace = Workspace::new();
    workspace.write("my-prices.toml", OWN);
    workspace.write("priced.toml", PRICED);
    workspace
}

#[test]
fn the_catalogue_is_sorted_by_the_price_of_an_hour_and_narrowed_by_its_flags() {
    let workspace = Workspace::new();
    let all = entries(&workspace, &[]);
    let prices: Vec<f64> = all.iter().map(|entry| entry["price_per_hour_usd"].as_f64().unwrap()).collect();
    assert!(prices.is_sorted() && prices.len() > 100, "{} prices", prices.len());
    let serverless = entries(&workspace, &["--gpu", "h100", "--kind", "serverless"]);
    assert!(serverless.iter().all(|entry| entry["gpu"] == "H100" && entry["kind"] == "serverless"));
    let modal = serverless.iter().find(|entry| entry["provider"] == "modal").unwrap();
    assert_eq!((&modal["price"], modal["price_per_hour_usd"].as_f64()), (&"$0.001097/s".into(), Some(3.9492)));
    let lambda = entries(&workspace, &["--provider", "lambda", "--gpu", "A100"]);
    assert!(lambda.len() >= 2 && lambda.iter().all(|entry| entry["provider"] == "lambda"));
    assert!(entries(&workspace, &["--provider", "lambda", "--kind", "spot"]).is_empty());
}

#[test]
fn the_table_of_the_catalogue_fits_80_columns() {
    let workspace = Workspace::new();
    let shown = workspace.stdout(&["catalog", "--gpu", "H100", "--kind", "serverless"]);
    assert!(shown.contains("modal") && shown.contains("3.9492") && shown.contains("2026-07-01"), "{shown}");
    assert!(!shown.contains("lambda"), "{shown}");
    for line in shown.lines() {
        assert!(textwrap::core::display_width(line) <= 80, "{line}");
    }
    let none = workspace.stdout(&["catalog", "--provider", "lambda", "--kind", "spot"]);
    assert_eq!(none, "no price of the catalogue is all of this\n");
}

#[test]
fn fails_on_names_that_the_catalogue_does_not_have_with_the_nearest() {
    let workspace = Workspace::new();
    let message = workspace.wrong(&["catalog", "--gpu", "H1000", "--provider", "runpot"]);
    assert!(message.contains("did you mean H100?") && message.contains("did you mean runpod?"), "{message}");
    assert!(workspace.wrong(&["catalog", "--gpu", "--json"]).contains("--gpu"));
    assert!(workspace.wrong(&["catalog", "--kind", "reserved"]).contains("spot"));
}

#[test]
fn a_file_of_ones_own_is_shown_with_the_others_and_its_mistakes_are_told() {
    let workspace = priced();
    let cellar = entries(&workspace, &["--with", "my-prices.toml", "--provider", "cellar"]);
    assert_eq!(cellar.len(), 1);
    assert_eq!(cellar[0]["price_per_hour_usd"].as_f64(), Some(1.08));
    workspace.write("my-prices.toml", &OWN.replace("$0.0003/s", "$0.0003"));
    let message = workspace.wrong(&["catalog", "--with", "my-prices.toml"]);
    assert!(message.contains("my-prices.toml:5:9") && message.contains("write \"$0.0003/h\""), "{message}");
    assert!(workspace.wrong(&["run", "priced.toml"]).contains("my-prices.toml:5:9"));
    workspace.wrong(&["catalog", "--with", "absent.toml"]);
}

#[test]
fn a_run_tells_the_prices_that_it_rests_on() {
    let workspace = priced();
    let shown = workspace.stdout(&["run", "priced.toml"]);
    let own = "price: cellar H100, dedicated, global: $0.0003/s as of 2026-11-01 (documented)";
    assert!(shown.contains(own) && shown.contains("price: modal H100"), "{shown}");
    let json = workspace.stdout(&["run", "priced.toml", "--json"]);
    let document: Value = serde_json::from_str(&json).unwrap();
    let catalog = document["catalog"].as_array().unwrap();
    assert_eq!(catalog.len(), 2);
    assert_eq!((&catalog[0]["source"], &catalog[1]["price"]), (&"our accounts".into(), &"$0.001097/s".into()));
    let hourly = &document["fleets"][0]["cost"]["total_usd"]["mean"];
    assert_eq!(hourly.as_f64(), Some(2.0 * 2.0 * 1.08), "two instances for two hours at the user's price");
    let small = workspace.stdout(&["run", "small.toml", "--json"]);
    assert_eq!(serde_json::from_str::<Value>(&small).unwrap()["catalog"], Value::Array(Vec::new()));
}

#[test]
fn the_scenario_of_a_priced_run_gives_the_same_bills_without_the_catalogue() {
    let workspace = priced();
    workspace.run(&["run", "priced.toml", "--out", "a"], 0);
    workspace.write("my-prices.toml", "");
    workspace.run(&["run", "a/scenario.toml", "--out", "b"], 0);
    let [first, second] =
        ["a/fleets.parquet", "b/fleets.parquet"].map(|file| std::fs::read(workspace.path(file)).unwrap());
    assert!(first == second, "the figures differ");
}

#[test]
fn an_old_price_warns_on_the_day_that_is_given_and_never_by_the_clock() {
    let workspace = priced();
    let warnings = |today: &[&str]| {
        let text = workspace.stdout(&[&["run", "priced.toml", "--json"], today].concat());
        serde_json::from_str::<Value>(&text).unwrap()["warnings"].to_string()
    };
    assert!(!warnings(&[]).contains("days before"));
    let later = warnings(&["--today", "2027-04-01"]);
    assert!(later.contains("modal H100") && later.contains("274 days before 2027-04-01"), "{later}");
    assert!(!later.contains("cellar"), "{later}");
    let message = workspace.wrong(&["run", "priced.toml", "--today", "tomorrow"]);
    assert!(message.contains("year, month and day"), "{message}");
    for command in [&["curve", "--points", "2", "--max-replications", "2"][..], &["check"], &["traffic"]] {
        let arguments = [&command[..1], &["priced.toml", "--today", "2027-04-01"], &command[1..]].concat();
        workspace.run(&arguments, 0);
    }
}

#[test]
fn a_sweep_over_providers_bills_every_cell_by_its_own_and_starts_anew_when_the_users_prices_change() {
    let workspace = priced();
    let arguments = ["sweep", "priced.toml", "--over", "fleet.ours.provider=cellar,lambda,runpod", "--no-charts"];
    workspace.run(&[&arguments[..], &["--out", "sweep"]].concat(), 0);
    let costs = || {
        let mut costs = of_fleet(&workspace.frame("sweep/sweep.parquet"), "ours", "cost_usd");
        costs.dedup();
        costs
    };
    // Two instances for two hours.
    assert_eq!(costs(), [1.08, 3.29, 1.99].map(|hourly| 4.0 * hourly));
    workspace.write("my-prices.toml", &OWN.replace("0.0003", "0.0004"));
    workspace.run(&[&arguments[..], &["--out", "sweep"]].concat(), 0);
    assert_eq!(costs(), [1.44, 3.29, 1.99].map(|hourly| 4.0 * hourly));
}

const FILLED_IN: &str = r#"
name = "Filled in"
horizon = "2h"
replications = 2

[[traffic]]
name = "api"
rate = "30/h"
arrivals = "regular"
service_time = "2s"

[[fleet]]
name = "x"
preset = "modal"
gpu = "H100"
cold_start = "5s"
keep_alive = "10s"

[[fleet]]
name = "vast"
preset = "vast"
gpu = "H100"
"#;

/// The names of the presets and the providers of the prices of a document.
fn foundations(document: &Value) -> (Vec<&str>, Vec<&str>) {
    let all = |list: &'static str, key: &'static str| {
        let items = document[list].as_array().expect("a list").iter();
        items.map(|item| item[key].as_str().expect("a text")).collect()
    };
    (all("presets", "name"), all("catalog", "provider"))
}

#[test]
fn the_presets_are_listed_with_their_keys_and_gpus_and_narrowed_by_the_flags() {
    let workspace = Workspace::new();
    let list = |arguments: &[&str]| {
        let text = workspace.stdout(&[&["catalog", "--presets", "--json"], arguments].concat());
        serde_json::from_str::<Value>(&text).unwrap()["presets"].as_array().unwrap().clone()
    };
    let all = list(&[]);
    assert_eq!(all.len(), 18);
    let modal = all.iter().find(|preset| preset["name"] == "modal").unwrap();
    assert_eq!((&modal["keys"]["keep_alive"], &modal["keys"]["max_instances"]), (&"60s".into(), &10.into()));
    assert!(modal["gpus"].as_array().unwrap().contains(&"H100".into()));
    let names = |presets: &[Value]| presets.iter().map(|preset| preset["name"].to_string()).collect::<Vec<_>>();
    assert_eq!(names(&list(&["--provider", "runpod"])), ["\"runpod-active\"", "\"runpod-flex\""]);
    assert_eq!(
        names(&list(&["--gpu", "A10"])),
        ["baseten", "beam", "cerebrium", "hugging-face-endpoints", "modal"].map(|name| format!("\"{name}\""))
    );
    assert_eq!(workspace.stdout(&["catalog", "--presets", "--provider", "lambda"]), "no preset has such a price\n");
    let shown = workspace.stdout(&["catalog", "--presets", "--gpu", "H200"]);
    assert!(shown.contains("fal\n") && !shown.contains("knative"), "{shown}");
    assert!(workspace.wrong(&["catalog", "--presets", "--kind", "spot"]).contains("--kind"));
}

#[test]
fn a_run_a_curve_and_a_matrix_tell_the_presets_that_they_rest_on() {
    let workspace = Workspace::new();
    workspace.write("filled.toml", FILLED_IN);
    let shown = workspace.stdout(&["run", "filled.toml"]);
    assert!(shown.contains("preset: modal as of 2026-08-21 (documented): modal.com/docs/guide"), "{shown}");
    assert!(shown.contains("warning: the preset \"vast\" is in part inferred"), "{shown}");
    for command in [
        &["run"][..],
        &["curve", "--from", "10k/month", "--to", "100k/month", "--points", "2"],
        &["matrix", "--utilization", "5%..50%:2", "--duration", "1s..2s:2"],
    ] {
        let text = workspace.stdout(&[&command[..1], &["filled.toml", "--json"], &command[1..]].concat());
        let document: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(foundations(&document), (vec!["modal", "vast"], vec!["modal", "vast"]), "{command:?}");
    }
}

#[test]
fn a_sweep_tells_what_each_cell_and_all_of_them_rest_on() {
    let workspace = Workspace::new();
    workspace.write("filled.toml", FILLED_IN);
    let over = ["--over", "fleet.x.preset=modal,runpod-flex", "--over", "fleet.x.gpu=H100,A100"];
    let text =
        workspace.stdout(&[&["sweep", "filled.toml", "--json", "--fleet", "x", "--out", "o"], &over[..]].concat());
    let document: Value = serde_json::from_str(&text).unwrap();
    let gpus = |list: &Value| {
        let entries = list["catalog"].as_array().unwrap().iter();
        entries.map(|entry| format!("{} {}", entry["provider"], entry["gpu"]).replace('"', "")).collect::<Vec<_>>()
    };
    let cells: Vec<Vec<String>> = document["cells"].as_array().unwrap().iter().map(gpus).collect();
    assert_eq!(cells, [["modal H100"], ["modal A100-40"], ["runpod H100"], ["runpod A100-80"]]);
    assert_eq!(gpus(&document), cells.concat());
    assert_eq!(foundations(&document).0, ["modal", "runpod-flex"]);
    assert_eq!(foundations(&document["cells"][3]).0, ["runpod-flex"]);
    // What is merged of its parts is the same.
    let shard = |part: &str, out: &str| {
        workspace.stdout(
            &[&["sweep", "filled.toml", "--json", "--fleet", "x", "--shard", part, "--out", out], &over[..]].concat(),
        )
    };
    let parts = (shard("1/2", "p1"), shard("2/2", "p2"));
    assert_ne!(parts.0, parts.1);
    assert_eq!(workspace.stdout(&["merge", "p1", "p2", "--json", "--out", "m"]), text);
}
