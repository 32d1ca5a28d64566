use super::*;
use crate::experiment::plan::Factor;
use crate::report::chart;

const PLAIN: Look = Look { width: 80, color: false };

fn estimate(mean: f64) -> Estimate {
    let half = mean.abs() * 0.02;
    Estimate { mean: Some(mean), low: Some(mean - half), high: Some(mean + half) }
}

fn at(by: f64, cost: f64, meets: bool, cheapest: Option<usize>, regret: f64) -> Setting {
    Setting {
        by,
        cost_per_month_usd: estimate(cost),
        change_usd_per_month: estimate(cost - 10_000.0),
        meets_slo: Some(meets),
        cheapest,
        regret_usd_per_month: if meets { estimate(regret) } else { Estimate::NONE },
    }
}

fn found() -> Sensitivity {
    let flip = |before, after, to, cost| Flip { before, after, from: Some(1), to, cost_per_month_usd: Some(cost) };
    let effects = vec![
        Effect {
            factor: Factor::Volume,
            low: at(0.5, 6_200.0, true, Some(0), 1_234.0),
            high: at(1.5, 14_900.0, false, None, 0.0),
            flips: vec![flip(0.711, 0.703, Some(0), 7_900.0), flip(1.352, 1.359, None, 13_200.0)],
            searched: [0.5, 1.5],
        },
        Effect {
            factor: Factor::ServerlessPrice,
            low: at(0.8, 9_200.0, true, Some(1), 0.0),
            high: at(1.2, 10_800.0, true, Some(1), 0.0),
            flips: vec![flip(3.1, 3.1, Some(2), 18_000.0)],
            searched: [0.25, 2.4],
        },
        Effect {
            factor: Factor::KeepAlive,
            low: at(0.5, 10_300.0, true, Some(1), 0.0),
            high: at(1.5, 10_150.0, true, Some(1), 0.0),
            flips: Vec::new(),
            searched: [0.25, 4.0],
        },
        Effect {
            factor: Factor::ColdStart,
            low: at(0.5, 10_000.0, true, Some(1), 0.0),
            high: at(1.5, 10_000.0, true, Some(1), 0.0),
            flips: Vec::new(),
            searched: [0.5, 1.5],
        },
    ];
    Sensitivity { chosen: 1, replications: 3, base: at(1.0, 10_000.0, true, Some(1), 0.0), effects }
}

fn names() -> Vec<String> {
    ["serverless", "hybrid of 2 and serverless", "dedicated (9)"].map(str::to_owned).to_vec()
}

fn made() -> (SensitivityBase, Vec<SensitivityEntry>) {
    (sensitivity_base(&found(), &names()), sensitivity_entries(&found(), &names()))
}

#[test]
fn the_report_reads_as_committed() {
    let (base, entries) = made();
    let report = sensitivity_report(&base, &entries, PLAIN);
    insta::assert_snapshot!(report);
    assert!(report.lines().all(|line| line.chars().count() <= 80));
}

#[test]
fn a_factor_is_told_in_words() {
    let words = [0.5, 0.875, 1.0, 8.0 / 7.0, 1.5, 2.0, 3.2, 0.125].map(change);
    assert_eq!(words, ["-50%", "-12.5%", "as it is", "+14.3%", "+50%", "+100%", "x3.2", "x0.125"]);
}

#[test]
fn the_list_has_the_choice_at_each_end_and_where_it_changes() {
    let (base, entries) = made();
    let list = serde_json::to_value(&entries).unwrap();
    assert_eq!(list[0]["factor"], "volume");
    assert_eq!((&list[0]["low"]["cheapest"], &list[0]["low"]["cheapest_index"]), (&"serverless".into(), &0.into()));
    assert!(list[0]["high"]["cheapest"].is_null() && list[0]["high"]["regret_usd_per_month"]["mean"].is_null());
    assert_eq!(list[0]["flips_at"][0]["from"], "hybrid of 2 and serverless");
    assert_eq!(list[0]["flips_at"][0]["change"], "-29.3%");
    let base = serde_json::to_value(&base).unwrap();
    assert_eq!((&base["chosen"], &base["by"]), (&"hybrid of 2 and serverless".into(), &1.0.into()));
    let rows = sensitivity_rows(&entries);
    assert!(rows.iter().all(|column| column.len() == 2 * entries.len()));
}

#[test]
fn the_chart_names_every_factor_and_where_the_choice_changes() {
    let (base, entries) = made();
    let folder = tempfile::tempdir().unwrap();
    let drawn = sensitivity_chart(&base, &entries, "Variable API");
    let [svg, _] = chart::save(&drawn, folder.path()).unwrap();
    let svg = std::fs::read_to_string(svg).unwrap();
    for word in ["volume", "keep-alive", "-29.3%: serverless", "+35.6%: none meets the objective", "as it is: $10k"] {
        assert!(svg.contains(&format!("\n{word}\n")), "{word}");
    }
    // A cost that hangs on nothing, and nothing at all, are drawn too.
    let still = TornadoChart { bars: drawn.bars[3..].to_vec(), ..drawn.clone() };
    let none = TornadoChart { bars: Vec::new(), ..drawn };
    for chart in [&still, &none] {
        let [svg, _] = chart::save(chart, folder.path()).unwrap();
        assert!(!std::fs::read_to_string(svg).unwrap().contains("NaN"));
    }
}

#[test]
fn a_chosen_design_that_is_not_the_choice_of_the_base_is_told() {
    let told = |base: Setting| {
        let sensitivity = Sensitivity { base, ..found() };
        let (base, entries) = (sensitivity_base(&sensitivity, &names()), sensitivity_entries(&sensitivity, &names()));
        sensitivity_report(&base, &entries, PLAIN).replace('\n', " ")
    };
    assert!(!told(found().base).contains("With nothing varied"));
    let dearer = told(at(1.0, 10_000.0, true, Some(0), 120.0));
    assert!(dearer.contains("is not the cheapest: serverless costs $120 a month less."), "{dearer}");
    let missed = told(at(1.0, 10_000.0, false, Some(2), 0.0));
    assert!(missed.contains("misses the objective: dedicated (9) is the cheapest that meets it."), "{missed}");
}
