use serde_json::json;

use super::super::manifest::{AxisManifest, Manifest, ScenarioManifest};
use super::*;
use crate::experiment::Spread;

const PLAIN: Look = Look { width: 80, color: false };

fn manifest(axes: &[(&str, &[&str])], spread: Spread) -> Manifest {
    let axis = |&(path, values): &(&str, &[&str])| AxisManifest {
        path: path.to_owned(),
        values: values.iter().map(|&value| value.to_owned()).collect(),
        spread,
    };
    Manifest {
        schema: String::new(),
        version: "0.1.0".to_owned(),
        scenario: ScenarioManifest {
            name: "Variable API".to_owned(),
            sha256: String::new(),
            overrides: Vec::new(),
            seed: 1,
        },
        data: Vec::new(),
        axes: axes.iter().map(axis).collect(),
        precision: None,
        shard: None,
    }
}

/// A cell of two fleets: the first costs $100, the second `cost`, and those in `met` meet the objective.
pub fn cell(cell: u64, cost: f64, met: [bool; 2], significant: bool) -> String {
    let fleet = |name: &str, cost: f64, met: bool| {
        let cost = json!({"mean": cost, "low": null, "high": null});
        json!({"name": name, "meets_slo": met, "cost_per_month_usd": cost, "warnings": []})
    };
    let best = match met {
        [true, true] => Some(if cost < 100.0 { "spot" } else { "owned" }),
        [true, false] => Some("owned"),
        [false, true] => Some("spot"),
        [false, false] => None,
    };
    json!({
        "cell": cell,
        "replications": 10,
        "fleets": [fleet("owned", 100.0, met[0]), fleet("spot", cost, met[1])],
        "comparisons": [{"fleet": "spot", "against": "owned", "significant": significant}],
        "cheapest": "spot",
        "cheapest_meeting_slo": best,
        "warnings": [],
        "catalog": [],
        "presets": [],
    })
    .to_string()
}

fn overview(axes: &[(&str, &[&str])], cells: &[String]) -> Overview {
    spread_overview(axes, Spread::Listed, cells)
}

/// Of axes whose values come about in one way.
pub fn spread_overview(axes: &[(&str, &[&str])], spread: Spread, cells: &[String]) -> Overview {
    let manifest = manifest(axes, spread);
    let grid = manifest.grid(std::path::Path::new("")).unwrap();
    let mut overview = Overview::new(&manifest, &grid);
    cells.iter().for_each(|cell| overview.add(&grid, cell).unwrap());
    overview
}

#[test]
fn the_lowest_bill_is_told_where_the_fleets_are_varied_and_not_where_the_traffic_is() {
    let both = [true, true];
    let cells = [cell(0, 70.0, both, true), cell(1, 60.0, both, true), cell(2, 120.0, [false, true], true)];
    let base = ("fleet.mix.pool.base.instances", &["1", "2", "3"][..]);
    let lowest = "The lowest bill of all cells: spot at instances 2, $60.00 a month.";
    assert_eq!(overview(&[base], &cells).lowest().as_deref(), Some(lowest));
    assert!(overview(&[base], &cells).report(PLAIN).contains(lowest));
    assert_eq!(overview(&[RATES], &cells).lowest(), None);
    assert_eq!(overview(&[base], &cells[..1]).lowest(), None, "of one cell there is nothing to choose");
    let none = [cell(0, 70.0, [false; 2], true), cell(1, 60.0, [false; 2], true), cell(2, 50.0, [false; 2], true)];
    assert_eq!(overview(&[base], &none).lowest(), None, "none meets the objective");
}

const RATES: (&str, &[&str]) = ("traffic.api.rate", &["1/s", "2/s", "4/s"]);

#[test]
fn the_answer_counts_cells_and_names_the_stretches_of_a_single_axis() {
    let both = [true, true];
    let cells = [cell(0, 50.0, both, true), cell(1, 80.0, both, false), cell(2, 120.0, both, true)];
    assert_eq!(
        overview(&[RATES], &cells).answer(),
        "spot is the cheapest that meets the objective in 2 of 3 cells, owned in 1: spot from 1/s to 2/s, owned at 4/s. In one \
         cell the next fleet may be as cheap."
    );
    let cells = [cell(0, 50.0, both, true), cell(1, 50.0, [false, false], true), cell(2, 50.0, [true, false], true)];
    assert_eq!(
        overview(&[RATES], &cells).answer(),
        "owned is the cheapest that meets the objective in 1 of 3 cells, spot in 1, none in 1: spot at 1/s, none at 2/s, owned at \
         4/s."
    );
}

#[test]
fn the_answer_says_all_and_none() {
    let all = |met| (0..3).map(|index| cell(index, 50.0, met, true)).collect::<Vec<_>>();
    assert_eq!(
        overview(&[RATES], &all([true, true])).answer(),
        "spot is the cheapest that meets the objective in all 3 cells."
    );
    assert_eq!(overview(&[RATES], &all([false, false])).answer(), "No fleet meets the objective in any of 3 cells.");
}

#[test]
fn the_table_marks_the_best_says_what_misses_and_stops_after_some_rows() {
    let values: Vec<String> = (0..50).map(|value| value.to_string()).collect();
    let values: Vec<&str> = values.iter().map(String::as_str).collect();
    let cells: Vec<String> = (0..50).map(|index| cell(index, 50.0, [true, index > 0], true)).collect();
    let overview = overview(&[("fleet.\"a.b\".slots", &values)], &cells);
    let text = overview.report(PLAIN);
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines[1], "50 cells of fleet.\"a.b\".slots, 10 replications each, seed 1; $/month");
    assert_eq!(lines[3].split_whitespace().collect::<Vec<_>>(), ["slots", "owned", "spot"]);
    assert_eq!(lines[5].split_whitespace().collect::<Vec<_>>(), ["0", "$100", "◀", "$50.00", "missed"]);
    assert_eq!(lines[6].split_whitespace().collect::<Vec<_>>(), ["1", "$100", "$50.00", "◀"]);
    assert_eq!(lines[45], "... 10 more in sweep.parquet");
}

#[test]
fn axes_are_named_by_as_little_as_tells_them_apart() {
    let axes = [
        ("fleet.a.price", &["$1/h"][..]),
        ("fleet.b.price", &["$1/h"]),
        ("fleet.b.pool.burst.keep_alive", &["1s"]),
        ("seed", &["1"]),
    ];
    let overview = overview(&axes, &[]);
    assert_eq!(axis_names(&overview.axes), ["a.price", "b.price", "keep_alive", "seed"]);
}

#[test]
fn warnings_are_counted_and_the_first_is_shown() {
    let plain = cell(0, 50.0, [true, true], true);
    let warned = |index: u64| {
        let text = cell(index, 50.0, [true, true], true);
        text.replacen("\"warnings\":[]", "\"warnings\":[\"p999 rests on 3 samples\"]", 1)
    };
    let report = overview(&[RATES], &[plain.clone(), warned(1), warned(2)]).report(PLAIN);
    assert!(report.contains("warning: in 2 cells (sweep.json), the first in cell 1: owned: p999 rests on"), "{report}");
    assert!(!overview(&[RATES], &[plain]).report(PLAIN).contains("warning"));
}

#[test]
fn a_precision_is_told_by_its_worst_cell() {
    let with = |index: u64, reached: f64| {
        let precision = json!({"of": "cost", "asked": 0.01, "reached": reached});
        cell(index, 50.0, [true, true], true).replacen('{', &format!("{{\"precision\":{precision},"), 1)
    };
    let source = overview(&[RATES], &[with(0, 0.004), with(1, 0.009)]).source();
    assert!(source.contains("; cost known to 0.9% or better; $/month"), "{source}");
    let source = overview(&[RATES], &[with(0, 0.02), with(1, 0.009), with(2, 0.03)]).source();
    assert!(source.contains("; cost known to 3.0% or better, in 2 cells not to 1.0%"), "{source}");
}

#[test]
fn equal_costs_are_unsure_even_after_one_replication() {
    let once = |cost: f64| cell(0, cost, [true, true], false).replace("\"replications\":10", "\"replications\":1");
    let unsure = |cost: f64| overview(&[("seed", &["1"])], &[once(cost)]).points[0].is_unsure();
    assert_eq!([unsure(100.0), unsure(99.0)], [true, false]);
}
