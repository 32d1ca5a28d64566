//! The document and the report of two scenarios side by side.

use breakeven::experiment::compare::{Side, compare};
use breakeven::experiment::{Unwatched, simulate};
use breakeven::report::compare::{CompareDocument, CompareSide, Compared, compare_report};
use breakeven::report::table::Look;
use breakeven::scenario::{Origin, Overrides, Resolved, differences, load, write_resolved};
use breakeven::summary::Provenance;
use serde_json::Value;

use super::schema;

const SCHEMA: &str = include_str!("../../docs/schema/compare.schema.json");

/// The default scenario over a day, with these changes.
fn side(set: &[&str]) -> (Side, CompareSide, Resolved) {
    let short = ["warm_up=0s", "horizon=1d", "replications=5"];
    let set = short.iter().chain(set).map(|&set| set.to_owned()).collect();
    let loaded = load(&Origin::default_scenario(), &Overrides { set, ..Overrides::default() }).expect("it loads");
    let trial = simulate(&loaded.scenario, &Provenance::from(&loaded), None, &Unwatched).expect("drawn traffic");
    let side = Side::of(&trial);
    let summary = CompareSide {
        given: "variable-api".to_owned(),
        source: "simulated",
        name: side.name.clone(),
        sha256: loaded.sha256.clone(),
        overrides: loaded.overrides[short.len()..].to_vec(),
        seed: side.seed,
        replications: side.replications,
        window_s: trial.document.scenario.window_s,
    };
    let folder = std::path::PathBuf::from("/results");
    (side, summary, Resolved { text: write_resolved(&loaded.scenario, &folder), folder })
}

fn document(changes: &[&str]) -> CompareDocument {
    let ((a, first, old), (b, second, new)) = (side(&[]), side(changes));
    CompareDocument::new(Compared {
        differences: &differences(&old, &new).expect("both are TOML"),
        comparison: &compare(&a, &b, &[]).expect("no pairs"),
        sides: [(&a, first), (&b, second)],
        warnings: vec!["A: an example of a warning".to_owned()],
    })
}

#[test]
fn the_document_of_a_comparison_keeps_to_its_schema() {
    let schema: Value = serde_json::from_str(SCHEMA).expect("the schema is JSON");
    let no_answer = ["slo.attainment=1.0", "slo.latency=1ms"];
    for changes in [&["traffic.api.rate=0.5/s", "seed=2"][..], &no_answer, &[]] {
        let value = serde_json::to_value(document(changes)).expect("a document is JSON");
        assert_eq!(schema::problems(&schema, &value), [] as [&str; 0]);
    }
}

#[test]
fn the_report_of_a_comparison_reads_as_committed_and_fits_80_columns() {
    let document = document(&["traffic.api.rate=0.5/s", "fleet.serverless.keep_alive=5s"]);
    let [plain, colored] = [false, true].map(|color| compare_report(&document, Look { width: 80, color }));
    assert!(plain.lines().all(|line| line.chars().count() <= 80), "{plain}");
    // A coloured table is padded to its end.
    let stripped = anstream::adapter::strip_str(&colored).to_string();
    assert!(stripped.lines().map(str::trim_end).eq(plain.lines().map(str::trim_end)), "{stripped}");
    insta::assert_snapshot!(plain);
}
