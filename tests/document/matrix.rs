//! The document and the report of a matrix.

use std::path::Path;

use breakeven::experiment::{
    Loads, MatrixPlan, Unwatched, linear_utilizations, logarithmic_durations, matrix as simulate_matrix,
};
use breakeven::report::matrix::{MatrixDocument, matrix_chart, matrix_report};
use breakeven::report::table::Look;
use breakeven::scenario::{Overrides, load_text};
use breakeven::summary::Provenance;
use breakeven::unit::Span;
use serde_json::Value;

use super::schema;

const SCHEMA: &str = include_str!("../../docs/schema/matrix.schema.json");

/// Nothing varies: serverless bills what it serves at twice the price, the hybrid is one instance with bursts.
const STEADY: &str = r#"
name = "steady"
horizon = "4h"
warm_up = "1h"
slo = { p95 = "30min" }
[[traffic]]
name = "api"
rate = "1/s"
arrivals = "regular"
service_time = "1s"
[[fleet]]
name = "dedicated"
kind = "dedicated"
instances = 1
price = "$4/h"
[[fleet]]
name = "serverless"
kind = "serverless"
price = "$8/h"
bills = ["execute"]
cold_start = "0s"
keep_alive = "1min"
"#;

fn document(text: &str, sides: [usize; 2], stretch_slo: bool) -> MatrixDocument {
    document_in(Path::new("."), text, sides, stretch_slo)
}

fn document_in(folder: &Path, text: &str, [columns, rows]: [usize; 2], stretch_slo: bool) -> MatrixDocument {
    let loaded =
        load_text(text, "scenario.toml", folder, &Overrides::default()).unwrap_or_else(|problems| panic!("{problems}"));
    let loads = Loads::new(&loaded.scenario).expect("traffic");
    let plan = MatrixPlan {
        utilizations: linear_utilizations(0.1, 0.9, columns),
        durations: logarithmic_durations(Span::SECOND, Span::HOUR, rows),
        stretch_slo,
        precision: None,
    };
    let provenance = Provenance::from(&loaded);
    let cells = simulate_matrix(&loads, &provenance, &plan, &Unwatched).expect("no trace to read");
    MatrixDocument::new(&loads, &provenance, &plan, &cells)
}

#[test]
fn a_document_of_a_matrix_keeps_to_its_schema() {
    let schema = serde_json::from_str(SCHEMA).expect("the schema is JSON");
    let fitted = super::VARIABLE.replace("instances = 5", "instances = \"fit\"");
    let serverless_only = STEADY.replace(
        "kind = \"dedicated\"\ninstances = 1\nprice = \"$4/h\"",
        "kind = \"serverless\"\nprice = \"$4/h\"\ncold_start = \"1s\"\nkeep_alive = \"1s\"",
    );
    for (text, stretches) in
        [(super::VARIABLE, true), (super::VARIABLE, false), (&fitted, true), (&serverless_only, false), (STEADY, false)]
    {
        let document = document(text, [3, 2], stretches);
        let value = serde_json::to_value(&document).expect("a document is JSON");
        assert_eq!(schema::problems(&schema, &value), [] as [&str; 0]);
        let cells = value["cells"].as_array().unwrap();
        assert_eq!(cells.len(), 6);
        for cell in cells {
            let sized = cell["instances"].as_object().unwrap();
            assert_eq!(sized.contains_key("dedicated"), text == fitted.as_str(), "{sized:?}");
            assert_eq!(cell["cost_per_month_usd"].as_object().unwrap().len(), document.fleets.len());
            let Some(winner) = cell["cheapest"].as_str() else {
                assert_eq!((&cell["margin_usd_per_month"], &cell["agrees"]), (&Value::Null, &Value::Null));
                continue;
            };
            assert_eq!(cell["meets_slo"][winner], Value::Bool(true));
        }
        assert_eq!(value["utilization_of"].is_null(), text == serverless_only.as_str());
    }
}

#[test]
fn agreement_is_the_share_of_the_cells_that_the_guide_speaks_of() {
    let document = document(STEADY, [9, 4], true);
    let answers: Vec<bool> = document.cells.iter().filter_map(|cell| cell.agrees).collect();
    let agreeing = answers.iter().filter(|&&agrees| agrees).count();
    // 1 s and 15.3 s are short; 3.9 min is between; 1 h is long. 0.1 and 0.2 are low, 0.6 to 0.9 high. Serverless is the cheaper
    // below one half: the guide is right but for long jobs at low utilisation.
    assert_eq!((agreeing, answers.len()), (2 * 2 + 2 * 4 + 4, 3 * 6));
    assert_eq!(document.agreement, Some(16.0 / 18.0));
}

#[test]
fn without_a_fleet_that_meets_the_objective_there_is_no_cheapest_and_no_agreement() {
    let document = document(&STEADY.replace("30min", "1ms"), [2, 2], true);
    assert!(document.cells.iter().all(|cell| cell.cheapest.is_none() && cell.margin_usd_per_month.is_none()));
    assert_eq!(document.agreement, None);
    let text = matrix_report(&document, Look { width: 80, color: false });
    assert!(text.contains("no fleet meets the objective in any of"), "{text}");
}

#[test]
fn a_trace_too_short_for_long_requests_is_warned_of() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("trace.csv"), "at\n0\n30\n60\n").unwrap();
    let trace = "trace = { file = \"trace.csv\", arrival = \"at\" }";
    let text = STEADY.replace("rate = \"1/s\"\narrivals = \"regular\"", trace);
    let text = text.replace("\"4h\"\nwarm_up = \"1h\"", "\"90s\"");
    let document = document_in(folder.path(), &text, [2, 2], false);
    for words in ["in 4 of 4 cells fewer than 1,000 requests", "in 2 of 4 cells the window is shorter than 10 mean"] {
        assert!(document.warnings.iter().any(|warning| warning.starts_with(words)), "{words}: {:?}", document.warnings);
    }
}

#[test]
fn the_report_of_a_matrix_reads_as_committed_and_fits_80_columns() {
    let text = matrix_report(&document(STEADY, [12, 6], false), Look { width: 80, color: false });
    assert!(text.lines().all(|line| line.chars().count() <= 80), "{text}");
    insta::assert_snapshot!(text);
}

#[test]
fn the_chart_shows_the_winner_of_every_cell_and_what_it_saves() {
    let document = document(STEADY, [3, 2], false);
    let chart = matrix_chart(&document);
    assert_eq!((chart.x_values, chart.y_values), (vec![0.1, 0.5, 0.9], vec![1.0, 3600.0]));
    let cells: Vec<_> =
        chart.cells.iter().map(|cell| (cell.column, cell.row, cell.winner, cell.text.as_str())).collect();
    // A tenth of $8/h is 80 % less than $4/h, which are 44 % less than nine tenths.
    assert_eq!([cells[0], cells[2]], [(0, 0, Some(1), "80%"), (2, 0, Some(0), "44%")]);
    assert_eq!(cells[3..], [(0, 1, None, ""), (1, 1, None, ""), (2, 1, None, "")]);
    let guides: Vec<_> = chart.guides.iter().map(|guide| (guide.value, guide.label.as_str())).collect();
    assert_eq!(guides, [(0.3, "30%"), (0.5, "50%"), (60.0, "1 min"), (600.0, "10 min")]);
    assert_eq!(chart.quadrants.lower_left, "guide: serverless");
}

#[test]
fn a_wide_matrix_is_shown_in_blocks_and_colour_changes_no_word() {
    let document = document(STEADY, [20, 2], false);
    let [plain, colored] = [false, true].map(|color| matrix_report(&document, Look { width: 80, color }));
    assert!(plain.lines().all(|line| line.chars().count() <= 80), "{plain}");
    assert_eq!(plain.matches("utilisation of dedicated").count(), 2);
    assert!(colored.contains("\u{1b}["));
    assert_eq!(anstream::adapter::strip_str(&colored).to_string(), plain);
}
