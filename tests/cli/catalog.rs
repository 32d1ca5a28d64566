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
