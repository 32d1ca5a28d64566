//! The document, the report and the chart of the guide's use cases.

use std::path::Path;
use std::sync::OnceLock;

use breakeven::advice::{Deciding, Study, study};
use breakeven::experiment::Unwatched;
use breakeven::guide::{USE_CASES, UseCase};
use breakeven::report::table::Look;
use breakeven::report::use_cases::{UseCasesDocument, use_cases_report};
use breakeven::scenario::{Origin, Overrides, USE_CASE_SCENARIOS, load, load_text};
use serde_json::Value;

use super::schema;

const SCHEMA: &str = include_str!("../../docs/schema/use-cases.schema.json");

/// All of them, as the program simulates them.
fn studies() -> &'static [Study] {
    static STUDIES: OnceLock<Vec<Study>> = OnceLock::new();
    STUDIES.get_or_init(|| {
        let of = |(use_case, name): (&'static UseCase, &'static str)| {
            let loaded = load(&Origin::Embedded(name), &Overrides::default()).expect("an embedded scenario");
            study(use_case, &loaded, &Unwatched).expect("no trace to read")
        };
        USE_CASES.iter().zip(USE_CASE_SCENARIOS.map(|embedded| embedded.name)).map(of).collect()
    })
}

fn of_text(name: &str, text: &str) -> Study {
    let use_case = USE_CASES.iter().find(|use_case| use_case.name == name).expect("a use case");
    let loaded = load_text(text, "test.toml", Path::new("."), &Overrides::default());
    study(use_case, &loaded.unwrap_or_else(|problems| panic!("{problems}")), &Unwatched).expect("no trace to read")
}

fn report(studies: &[Study], look: Look) -> String {
    use_cases_report(&UseCasesDocument::new(studies), look)
}

/// $4/h for two hours of work in a day against $8/h, which a limit ends before anything is saved.
const BATCH: &str = r#"
horizon = "1d"
[[jobs]]
name = "batch"
work = "2h"
deadline = "3h"
[[fleet]]
name = "on-demand"
kind = "dedicated"
instances = 1
price = "$4/h"
[[fleet]]
name = "serverless"
kind = "serverless"
price = "$8/h"
cold_start = "0s"
keep_alive = "0s"
execution_limit = "1h"
"#;

const API: &str = r#"
horizon = "1d"
replications = 2
slo = { p95 = "1500ms" }
[[traffic]]
name = "api"
rate = "1/min"
arrivals = "regular"
service_time = "1s"
[[fleet]]
name = "dedicated"
kind = "dedicated"
instances = 2
price = "$4/h"
[[fleet]]
name = "serverless"
kind = "serverless"
price = "$4/h"
cold_start = "1s"
keep_alive = "5s"
"#;

#[test]
fn documents_of_use_cases_keep_to_their_schema() {
    let schema: Value = serde_json::from_str(SCHEMA).expect("the schema is JSON");
    let none = of_text("chatbot", &API.replace("instances = 2", "instances = 1").replace("1500ms", "1ms"));
    for studies in [studies(), &[of_text("batch-processing", BATCH)], &[of_text("variable-api", API)], &[none]] {
        let value = serde_json::to_value(UseCasesDocument::new(studies)).expect("a document is JSON");
        assert_eq!(schema::problems(&schema, &value), [] as [&str; 0]);
        for use_case in value["use_cases"].as_array().unwrap() {
            assert_eq!(use_case["against"].is_null(), use_case["margin_usd_per_month"]["mean"].is_null());
            for fleet in use_case["fleets"].as_array().unwrap() {
                let hours = |name: &str| fleet[format!("{name}_hours_per_month")].as_f64().unwrap();
                let parts = hours("useful") + hours("idle") + hours("overhead");
                assert!((parts - hours("held")).abs() <= 1e-9 * (1.0 + parts), "{}: {fleet}", use_case["name"]);
                assert!(hours("overhead") > -1e-6, "{}: {fleet}", use_case["name"]);
            }
        }
    }
}

#[test]
fn a_margin_is_what_two_bills_differ_by_in_a_month() {
    let Study { standings, finding, .. } = of_text("variable-api", API);
    // Two instances all day; a start of a second, a second of work and five idle ones, once a minute.
    let bills = [2.0 * 4.0 * 720.0, 4.0 * 720.0 * 7.0 / 60.0];
    for (standing, expected) in standings.iter().zip(bills) {
        assert!((standing.cost() - expected).abs() < 1e-3 * expected, "{}", standing.cost());
    }
    // Serverless takes two seconds.
    assert_eq!((finding.cheapest, finding.deciding), (Some(0), Deciding::Cheaper { fleet: 1 }));
    assert!(!finding.agrees);
    let Study { finding, .. } = of_text("variable-api", &API.replace("1500ms", "2500ms"));
    let margin = finding.margin_usd_per_month.mean.unwrap();
    assert!((margin - (bills[0] - bills[1])).abs() < 1e-3 * margin, "{margin}");
    assert!(finding.significant && finding.agrees && finding.deciding == Deciding::Hours);
}

#[test]
fn jobs_that_never_end_are_said_to() {
    let study = of_text("batch-processing", BATCH);
    let document = UseCasesDocument::new(std::slice::from_ref(&study));
    let [use_case] = &document.use_cases[..] else { panic!("one use case") };
    assert_eq!((use_case.cheapest.as_deref(), use_case.agrees), (Some("on-demand"), false));
    assert_eq!(use_case.because, "it never ends on serverless");
    assert_eq!(use_case.need, "95% done within 3 h");
    // Two hours a day at $4.
    assert_eq!(use_case.fleets[0].cost_per_month_usd.mean, Some(240.0));
    let hours = &study.standings[0].hours;
    assert_eq!((hours.held, hours.useful, hours.idle), (60.0, 60.0, 0.0));
}

#[test]
fn every_use_case_has_a_fleet_that_meets_its_need_and_compares_the_sensible_ways() {
    for study in studies() {
        let name = study.use_case.name;
        assert!(study.finding.cheapest.is_some(), "{name}");
        let ways: Vec<&str> = study.standings.iter().map(|standing| standing.way.name()).collect();
        for way in ["on-demand", "reserved", "spot", "serverless"] {
            assert!(ways.contains(&way), "{name}: {way}");
        }
        // Hybrids run no jobs.
        assert_eq!(ways.contains(&"hybrid"), !study.trial.scenario.traffic.is_empty(), "{name}");
    }
}

#[test]
fn the_report_of_the_use_cases_reads_as_committed_and_fits_80_columns() {
    let text = report(studies(), Look { width: 80, color: false });
    assert!(text.lines().all(|line| line.chars().count() <= 80), "{text}");
    insta::assert_snapshot!(text);
}

#[test]
fn the_report_of_one_use_case_reads_as_committed_and_fits_80_columns() {
    for name in ["chatbot", "fine-tuning"] {
        let study = studies().iter().find(|study| study.use_case.name == name).expect("a use case");
        let [plain, colored] =
            [false, true].map(|color| report(std::slice::from_ref(study), Look { width: 80, color }));
        assert!(plain.lines().all(|line| line.chars().count() <= 80), "{plain}");
        assert_eq!(anstream::adapter::strip_str(&colored).to_string(), plain);
        insta::assert_snapshot!(format!("use_case_{name}"), plain);
    }
}
