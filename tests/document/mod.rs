//! The document of a run, from a scenario's text to its JSON, against the published schema.

mod advise;
mod compare;
mod matrix;
mod mistakes;
mod schema;
pub use schema::problems as schema_problems;
mod stages;
mod use_cases;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Mutex;

use breakeven::catalog::{Catalog, ListedPreset, Preset, PublishedEntry};
use breakeven::engine;
use breakeven::experiment::{
    Axis, CellError, CurvePlan, Grid, Metric, Precision, Sweep, Unwatched, Volumes, curve, logarithmic_volumes,
    simulate,
};
use breakeven::report::curve::CurveDocument;
use breakeven::report::presets::PresetsDocument;
use breakeven::report::prices::CatalogDocument;
use breakeven::report::stream_document::summarize_stream;
use breakeven::report::sweep::document::{self as sweep_document, Foundations};
use breakeven::report::sweep::manifest::Manifest;
use breakeven::scenario::{Overrides, ScenarioFile, load_text};
use breakeven::summary::{FleetSummary, JobSummary, Provenance, RunDocument};
use serde_json::{Value, json};

const SCHEMA: &str = include_str!("../../docs/schema/run.schema.json");
const CATALOG_SCHEMA: &str = include_str!("../../docs/schema/catalog.schema.json");
const CURVE_SCHEMA: &str = include_str!("../../docs/schema/curve.schema.json");
const SWEEP_SCHEMA: &str = include_str!("../../docs/schema/sweep.schema.json");
const PRESETS_SCHEMA: &str = include_str!("../../docs/schema/presets.schema.json");
const TRAFFIC_SCHEMA: &str = include_str!("../../docs/schema/traffic.schema.json");

/// Random traffic of two classes, an objective, and three fleets with every line that a bill can have.
const VARIABLE: &str = r#"
name = "variable"
horizon = "3h"
warm_up = "1h"
replications = 4
slo = { latency = "20s", attainment = 0.5, p95 = "60s", max_rejected = 0.2 }
[[traffic]]
name = "api"
rate = "1/s"
service_time = { kind = "exponential", mean = "2s" }
[[traffic]]
name = "batch"
rate = "2/min"
arrivals = { kind = "regular" }
service_time = "5s"
timeout = "30s"
[[fleet]]
name = "dedicated"
kind = "dedicated"
instances = 5
price = "$4/h"
queue_limit = 20
[[fleet]]
name = "serverless"
kind = "serverless"
price = "$6/h"
request_fee = "$0.0001"
cold_start = { kind = "lognormal", mean = "15s", cv = 0.3 }
keep_alive = "30s"
max_instances = 6
rounding = "1s"
[[fleet]]
name = "hybrid"
kind = "hybrid"
[[fleet.pool]]
name = "base"
kind = "dedicated"
instances = 2
price = "$4/h"
[[fleet.pool]]
name = "burst"
kind = "serverless"
price = "$6/h"
cold_start = "15s"
keep_alive = "30s"
"#;

/// $0.002 a request against one instance for $4.00 an hour, at the volume where the two break even.
const GUIDE: &str = r#"
name = "guide"
horizon = "30d"
[[traffic]]
name = "api"
rate = "1.44M/month"
arrivals = { kind = "regular" }
service_time = "900ms"
[[fleet]]
name = "dedicated"
kind = "dedicated"
instances = 1
price = "$4.00/h"
[[fleet]]
name = "per-request"
kind = "serverless"
request_fee = "$0.002"
cold_start = "0s"
keep_alive = "1min"
"#;

fn document_of(text: &str, overrides: &Overrides) -> RunDocument {
    let loaded =
        load_text(text, "test.toml", Path::new("."), overrides).unwrap_or_else(|problems| panic!("{problems}"));
    let trial = simulate(&loaded.scenario, &Provenance::from(&loaded), None, &Unwatched);
    trial.expect("no trace is read").document
}

fn document(text: &str) -> RunDocument {
    document_of(text, &Overrides::default())
}

fn json_of(document: &RunDocument) -> Value {
    serde_json::to_value(document).expect("a document is JSON")
}

fn problems(value: &Value) -> Vec<String> {
    schema::problems(&serde_json::from_str(SCHEMA).expect("the schema is JSON"), value)
}

fn mean(value: &Value) -> f64 {
    value["mean"].as_f64().expect("an estimate with a mean")
}

#[test]
fn a_document_keeps_to_its_schema() {
    let nothing_arrives = VARIABLE.replace("1/s", "1/month").replace("2/min", "1/month");
    let one = Overrides { replications: Some(1), ..Overrides::default() };
    for document in [document(VARIABLE), document_of(VARIABLE, &one), document(&nothing_arrives), document(GUIDE)] {
        assert_eq!(problems(&json_of(&document)), [] as [&str; 0]);
    }
}

/// Jobs of two classes on a fleet that interrupts them and one on which some never end, with traffic beside them or not.
fn with_jobs(text: &str) -> String {
    format!(
        "{text}\n[[jobs]]\nname = \"tune\"\ncount = 3\nwork = \"5h\"\ncheckpoint = {{ every = \"10min\" }}\ndeadline = \"8h\"\n\
         [[jobs]]\nname = \"batch\"\nwork = {{ kind = \"exponential\", mean = \"2h\" }}\n\
         [[fleet]]\nname = \"spot\"\nkind = \"dedicated\"\ninstances = 2\nprice = \"$1/h\"\npurchase = \"spot\"\n\
         interruptions = {{ every = \"3h\", notice = \"0s\" }}\n[[fleet]]\nname = \"limited\"\nkind = \"serverless\"\n\
         price = \"$4/h\"\ncold_start = \"1min\"\nkeep_alive = \"0s\"\nexecution_limit = \"1h\"\n"
    )
}

#[test]
fn documents_with_jobs_keep_to_the_schema_and_their_cheapest_fleet_is_in_time() {
    let alone = document(&with_jobs("horizon = \"3h\"\nreplications = 20"));
    let beside = document(&with_jobs(VARIABLE));
    assert_eq!((alone.fleets.len(), beside.fleets.len()), (0, 5));
    for document in [&alone, &beside] {
        assert_eq!(problems(&json_of(document)), [] as [&str; 0]);
        for rows in document.jobs.chunk_by(|a, b| a.job == b.job) {
            let cost = |row: &JobSummary| row.cost_usd.mean.unwrap_or(f64::INFINITY);
            let in_time = rows.iter().filter(|row| row.meets_deadline);
            let least = in_time.map(cost).fold(f64::INFINITY, f64::min);
            let best: Vec<&JobSummary> = rows.iter().filter(|row| row.cheapest).collect();
            assert!(best.len() == 1 && best[0].meets_deadline && cost(best[0]) == least, "{rows:?}");
        }
    }
    let row = |job: &str, fleet: &str| {
        alone.jobs.iter().find(|row| row.job == job && row.fleet == fleet).expect("a row a class and fleet")
    };
    assert_eq!(row("tune", "limited").restarts.mean, Some(3.0 * 4.0), "five executions each");
    let endless = row("batch", "limited");
    assert!(endless.never_ending.mean.is_some_and(|share| share > 0.0 && share < 1.0));
    assert_eq!((endless.cost_usd.mean, endless.makespan_s.mean, endless.meets_deadline), (None, None, false));
}

/// The variable scenario with a price of the catalogue in place of a written one.
fn priced() -> String {
    let priced = VARIABLE.replacen("price = \"$4/h\"", "provider = \"lambda\"\ngpu = \"H100\"", 1);
    assert_ne!(priced, VARIABLE);
    priced
}

#[test]
fn documents_with_prices_of_the_catalogue_keep_to_their_schemas() {
    let value = json_of(&document(&priced()));
    assert_eq!(problems(&value), [] as [&str; 0]);
    assert_eq!(
        (&value["catalog"][0]["provider"], &value["catalog"][0]["price"]),
        (&json!("lambda"), &json!("$3.29/h"))
    );
    let entries = Catalog::embedded().sorted(|_| true).into_iter().map(PublishedEntry::from).collect();
    let value = serde_json::to_value(CatalogDocument { entries }).expect("a document is JSON");
    let schema = serde_json::from_str(CATALOG_SCHEMA).expect("the schema is JSON");
    assert_eq!(schema::problems(&schema, &value), [] as [&str; 0]);
}

#[test]
fn documents_with_presets_keep_to_their_schemas() {
    let text = VARIABLE.replacen("kind = \"serverless\"\nprice = \"$6/h\"", "preset = \"modal\"\ngpu = \"H100\"", 1);
    assert_ne!(text, VARIABLE);
    let value = json_of(&document(&text));
    assert_eq!(problems(&value), [] as [&str; 0]);
    let modal = &value["presets"][0];
    assert_eq!(
        (&modal["name"], &modal["as_of"], &modal["certainty"]),
        (&json!("modal"), &json!("2026-08-21"), &json!("documented"))
    );
    assert_eq!(value["catalog"][0]["price"], json!("$0.001097/s"));
    let presets = Preset::all().iter().map(|preset| ListedPreset::new(preset, Catalog::embedded())).collect();
    let value = serde_json::to_value(PresetsDocument { presets }).expect("a document is JSON");
    let schema = serde_json::from_str(PRESETS_SCHEMA).expect("the schema is JSON");
    assert_eq!(schema::problems(&schema, &value), [] as [&str; 0]);
}

#[test]
fn a_document_of_traffic_keeps_to_its_schema() {
    let schema = serde_json::from_str(TRAFFIC_SCHEMA).expect("the schema is JSON");
    let nothing_arrives = VARIABLE.replace("1/s", "1/month").replace("2/min", "1/month");
    for text in [VARIABLE, &nothing_arrives, GUIDE] {
        let loaded = load_text(text, "scenario.toml", Path::new("."), &Overrides::default()).expect("a good scenario");
        let profiles = engine::profile_streams(&loaded.scenario, 100, &engine::unwatched).expect("no trace to read");
        let document = summarize_stream(&loaded.scenario, &loaded.sha256, &loaded.overrides, &[], &profiles);
        let value = serde_json::to_value(&document).expect("a document is JSON");
        assert_eq!(schema::problems(&schema, &value), [] as [&str; 0]);
        assert_eq!(value["classes"].as_array().map(Vec::len), Some(loaded.scenario.traffic.len()));
    }
}

#[test]
fn a_document_of_a_curve_keeps_to_its_schema() {
    let schema = serde_json::from_str(CURVE_SCHEMA).expect("the schema is JSON");
    let fitted = VARIABLE.replace("instances = 5", "instances = \"fit\"");
    let priced = priced();
    for (text, class) in [(VARIABLE, None), (VARIABLE, Some("api")), (&fitted, None), (&priced, None), (GUIDE, None)] {
        let loaded = load_text(text, "scenario.toml", Path::new("."), &Overrides::default()).expect("a good scenario");
        let volumes = Volumes::new(&loaded.scenario, class).expect("traffic");
        let own = volumes.own();
        let plan = CurvePlan {
            volumes: logarithmic_volumes(own / 4.0, own * 4.0, 3),
            precision: None,
            most_replications: loaded.scenario.replications,
        };
        let provenance = Provenance::from(&loaded);
        let curve = curve(&volumes, &provenance, &plan, &Unwatched).expect("no trace to read");
        let document = CurveDocument::new(&volumes, &provenance, &curve);
        let value = serde_json::to_value(&document).expect("a document is JSON");
        assert_eq!(schema::problems(&schema, &value), [] as [&str; 0]);
        assert_eq!(value["class"].as_str(), class);
        for fleet in value["fleets"].as_array().unwrap() {
            let sized = fleet["points"].as_array().unwrap().iter().all(|point| point["instances"].is_u64());
            assert_eq!(sized, fleet["kind"] != "serverless");
        }
    }
}

#[test]
fn the_document_of_a_run_tells_what_was_fitted_and_how_precisely() {
    let fitted = VARIABLE.replace("instances = 5", "instances = \"fit\"");
    let loaded = load_text(&fitted, "scenario.toml", Path::new("."), &Overrides::default()).expect("a good scenario");
    let precision = Precision { metric: Metric::P50, relative: 0.05, most_replications: 20 };
    let trial = simulate(&loaded.scenario, &Provenance::from(&loaded), Some(&precision), &Unwatched);
    let value = json_of(&trial.expect("no trace to read").document);
    assert_eq!(problems(&value), [] as [&str; 0]);
    assert_eq!((&value["precision"]["of"], &value["precision"]["asked"]), (&json!("p50"), &json!(0.05)));
    assert_eq!(
        value["fleets"][0]["fit"]["instances"].as_f64(),
        value["fleets"][0]["instances"]["peak"]["mean"].as_f64()
    );
}

#[test]
fn a_document_of_a_sweep_keeps_to_its_schema() {
    let file = ScenarioFile::of_text(VARIABLE, "test.toml", Path::new("."));
    let over =
        ["fleet.dedicated.instances=5,fit", "traffic.api.service_time.cv=1..2.5:2", "traffic.api.timeout=never,1min"];
    let axes = over.map(|axis| Axis::parse(axis).expect("an axis")).to_vec();
    let overrides =
        Overrides { set: vec!["traffic.api.service_time.kind=lognormal".to_owned()], ..Overrides::default() };
    let precision = Precision { metric: Metric::Cost, relative: 0.5, most_replications: 10 };
    let sweep = Sweep::new(file, overrides, Grid::new(axes).expect("a grid"), Some(precision));
    let checked = sweep.check().expect("good cells");
    let manifest = Manifest::of(&sweep, &checked, None).expect("no data files");
    let cells = Mutex::new(BTreeMap::new());
    let keep = |cell, trial| {
        let text = sweep_document::cell(sweep.grid(), cell, &trial).expect("a cell is JSON");
        cells.lock().expect("no panic").insert(cell, text);
        Ok::<(), CellError>(())
    };
    sweep.run(&(0..8).collect::<Vec<_>>(), &Unwatched, &keep).expect("no trace is read");
    let cells: Vec<String> = cells.into_inner().expect("no panic").into_values().collect();
    let head = sweep_document::head(&manifest, sweep.grid()).expect("a head is JSON");
    let value: Value = serde_json::from_str(&format!(
        "{head}{}{}",
        cells.join(","),
        sweep_document::end(&Foundations::default()).expect("JSON")
    ))
    .expect("JSON");
    let schema = serde_json::from_str(SWEEP_SCHEMA).expect("the schema is JSON");
    assert_eq!(schema::problems(&schema, &value), [] as [&str; 0]);
    let values =
        json!({"fleet.dedicated.instances": "fit", "traffic.api.service_time.cv": 2.5, "traffic.api.timeout": "never"});
    assert_eq!(value["cells"][6]["values"], values);
    assert_eq!(
        (&value["cells"][0]["fleets"][0]["instances"], value["cells"].as_array().map(Vec::len)),
        (&json!(5), Some(8))
    );
    assert!(value["cells"][6]["fleets"][0]["instances"].is_u64(), "a fitted number");
    assert_eq!(value["cells"][0]["fleets"][1]["instances"], Value::Null);
}

#[test]
fn fails_to_keep_to_the_schema_when_anything_is_missing_added_or_of_another_kind() {
    let whole = json_of(&document(GUIDE));
    let spoilt = |pointer: &str, spoil: &dyn Fn(&mut Value)| {
        let mut value = whole.clone();
        spoil(value.pointer_mut(pointer).expect("a place in the document"));
        problems(&value)
    };
    let remove =
        |key: &'static str| move |value: &mut Value| drop(value.as_object_mut().map(|object| object.remove(key)));
    let set = |with: Value| move |value: &mut Value| *value = with.clone();
    type Spoil = Box<dyn Fn(&mut Value)>;
    let cases: [(&str, Spoil, &str); 8] = [
        ("", Box::new(remove("warnings")), "$: required"),
        ("/fleets/0/latency_s", Box::new(remove("p999")), "$.fleets[0].latency_s: required"),
        ("/scenario", Box::new(|value| value["more"] = json!(1)), "$.scenario: additionalProperties"),
        ("/schema", Box::new(set(json!("breakeven.run/2"))), "$.schema: const"),
        ("/fleets/1/cost/lines/0/line", Box::new(set(json!("tax"))), "$.fleets[1].cost.lines[0].line: enum"),
        ("/fleets/1/cost/lines", Box::new(set(json!([]))), "$.fleets[1].cost.lines: minItems"),
        ("/fleets/0/utilization/mean", Box::new(set(json!("0.5"))), "$.fleets[0].utilization.mean: type"),
        ("/scenario/replications", Box::new(set(json!(0))), "$.scenario.replications: minimum"),
    ];
    for (pointer, spoil, expected) in cases {
        let found = spoilt(pointer, &*spoil);
        assert!(found.len() == 1 && found[0].starts_with(expected), "{pointer}: {found:?}");
    }
}

#[test]
fn the_guides_two_bills_are_equal_to_the_cent() {
    let document = json_of(&document(GUIDE));
    assert_eq!(document["scenario"]["replications"], 1);
    for fleet in document["fleets"].as_array().unwrap() {
        let exact = |mean: f64| json!({"mean": mean, "low": null, "high": null});
        assert_eq!(fleet["cost"]["total_usd"], exact(2_880.0));
        assert_eq!(fleet["cost"]["per_month_usd"], exact(2_880.0));
        assert_eq!(fleet["cost"]["per_1000_requests_usd"], exact(2.0));
        assert_eq!(fleet["cost"]["per_busy_hour_usd"], exact(8.0));
        assert_eq!(fleet["latency_s"]["p99"], exact(0.9));
        assert_eq!(fleet["requests"]["arrived"], exact(1_440_000.0));
        assert_eq!(fleet["meets_slo"], Value::Null);
    }
    assert_eq!(
        document["comparisons"],
        json!([{ "fleet": "dedicated", "against": "per-request", "significant": false,
                 "saving_usd_per_month": {"mean": 0.0, "low": null, "high": null} }])
    );
    assert_eq!((&document["cheapest"], &document["cheapest_meeting_slo"]), (&json!("dedicated"), &Value::Null));
}

#[test]
fn figures_of_a_fleet_agree_with_each_other() {
    let document = json_of(&document(VARIABLE));
    let window_h = document["scenario"]["window_s"].as_f64().unwrap() / 3_600.0;
    let close = |a: f64, b: f64| (a - b).abs() <= 1e-9 * a.abs().max(b.abs());
    let fleets = document["fleets"].as_array().unwrap();
    for fleet in fleets.iter().chain(fleets[2]["pools"].as_array().unwrap()) {
        let (requests, cost, instances) = (&fleet["requests"], &fleet["cost"], &fleet["instances"]);
        let ended = mean(&requests["completed"]) + mean(&requests["rejected"]) + mean(&requests["timed_out"]);
        assert!(close(mean(&requests["arrived"]), ended));
        let lines: f64 = cost["lines"].as_array().unwrap().iter().map(|line| mean(&line["usd"])).sum();
        let total = mean(&cost["total_usd"]);
        assert!(close(lines, total));
        assert!(close(mean(&cost["per_month_usd"]), total * 720.0 / window_h));
        assert!(close(mean(&cost["per_1000_requests_usd"]), 1_000.0 * total / mean(&requests["completed"])));
        assert!(close(mean(&cost["per_busy_hour_usd"]), total / (mean(&instances["busy"]) * window_h)));
        let parts = mean(&instances["busy"]) + mean(&instances["idle"]) + mean(&instances["starting"]);
        assert!(close(mean(&instances["mean"]), parts));
        assert!(close(mean(&fleet["cold_ratio"]), mean(&requests["cold"]) / mean(&requests["completed"])));
        let latency = ["p50", "p90", "p95", "p99", "p999", "max"].map(|name| mean(&fleet["latency_s"][name]));
        assert!(latency.is_sorted(), "{latency:?}");
        let by_class: f64 =
            fleet["classes"].as_array().unwrap().iter().map(|class| mean(&class["requests"]["cold"])).sum();
        assert!(close(by_class, mean(&requests["cold"])));
    }
}

#[test]
fn what_varies_has_an_interval_around_it_and_what_does_not_has_none() {
    let document = document(VARIABLE);
    let [dedicated, serverless, hybrid] = &document.fleets[..] else { panic!("three fleets") };
    let covers = |estimate: breakeven::measure::Estimate| estimate.low < estimate.mean && estimate.mean < estimate.high;
    for fleet in [dedicated, serverless, hybrid] {
        assert!(covers(fleet.latency_s.mean) && covers(fleet.latency_s.p95) && covers(fleet.requests.arrived));
        assert!(covers(fleet.utilization) && covers(fleet.cost.per_1000_requests_usd));
        assert_eq!(fleet.latency_s.max.low, None);
    }
    assert_eq!((dedicated.cost.total_usd.mean, dedicated.cost.total_usd.low), (Some(40.0), None));
    assert!(covers(serverless.cost.total_usd) && covers(hybrid.cost.total_usd));
}

#[test]
fn a_hybrids_figures_are_those_of_its_pools_together() {
    let document = document(VARIABLE);
    let [.., hybrid] = &document.fleets[..] else { panic!("three fleets") };
    let sum = |figure: &dyn Fn(&FleetSummary) -> Option<f64>| hybrid.pools.iter().filter_map(figure).sum::<f64>();
    let close = |whole: Option<f64>, parts: f64| whole.is_some_and(|whole| (whole - parts).abs() < 1e-9 * parts.abs());
    assert!(close(hybrid.requests.arrived.mean, sum(&|pool| pool.requests.arrived.mean)));
    assert!(close(hybrid.cost.total_usd.mean, sum(&|pool| pool.cost.total_usd.mean)));
    assert!(close(hybrid.instances.mean.mean, sum(&|pool| pool.instances.mean.mean)));
    assert!(hybrid.instances.peak.mean <= Some(sum(&|pool| pool.instances.peak.mean)));
    let names: Vec<&str> = hybrid.cost.lines.iter().map(|line| line.line).collect();
    assert_eq!(names, ["instances", "cold-start", "execute", "idle"]);
    let kinds: Vec<(&str, &str, Option<bool>)> =
        hybrid.pools.iter().map(|pool| (pool.name.as_str(), pool.kind, pool.meets_slo)).collect();
    assert_eq!(kinds, [("base", "dedicated", None), ("burst", "serverless", None)]);
}

#[test]
fn a_fleets_figures_are_the_same_whatever_it_is_compared_with() {
    let all = document(VARIABLE);
    for fleet in &all.fleets {
        let alone = document_of(VARIABLE, &Overrides { fleets: vec![fleet.name.clone()], ..Overrides::default() });
        assert_eq!(alone.fleets.len(), 1);
        let figures = |fleet: &FleetSummary| FleetSummary { warnings: Vec::new(), ..fleet.clone() };
        assert_eq!(figures(&alone.fleets[0]), figures(fleet));
    }
}

#[test]
fn without_requests_there_are_no_figures_but_the_bill() {
    let text = VARIABLE.replace("rate = \"1/s\"", "rate = \"1/month\"\narrivals = { kind = \"regular\" }");
    let document = document(&text.replace("2/min", "1/month"));
    let dedicated = &document.fleets[0];
    assert_eq!((dedicated.latency_s.p95.mean, dedicated.slo_attainment.mean, dedicated.meets_slo), (None, None, None));
    assert_eq!(dedicated.cost.total_usd.mean, Some(40.0));
    assert!(document.warnings.iter().any(|warning| warning.starts_with("no request arrives in the window")));
}
