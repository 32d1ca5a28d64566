use super::*;
use crate::decide::fixture::{dedicated, serverless};
use crate::experiment::plan::{Commitments, GrowthPlan, Hardware, Holding, Late, MonthFigures, Offer};
use crate::report::chart;

const PLAIN: Look = Look { width: 80, color: false };

/// Fourteen months: serverless at first, then two and three instances, two of them reserved for a year.
fn found() -> PlanGrowth {
    let offer = Offer { term: Term::OneYear, months: 12, per_month: 1_728.0 };
    let months = Months {
        designs: vec![
            Holding { family: 0, instances: None },
            Holding { family: 1, instances: Some((0, 2)) },
            Holding { family: 1, instances: Some((0, 3)) },
        ],
        hardware: vec![Hardware { on_demand: 2_880.0, offers: vec![offer] }],
        figures: vec![vec![MonthFigures { running: 0.0, meets: true }; 3]; 14],
        switching_cost: 500.0,
    };
    let reserved = Commitments { hardware: 0, offer: 0, instances: 2 };
    let step = |month: usize| {
        let (design, commitments) = match month {
            0 => (0, None),
            1..8 => (1, Some(reserved)),
            8..13 => (2, Some(reserved)),
            _ => (2, None),
        };
        let cost = months.cost(month, design, commitments) + if month == 0 { 3_200.0 } else { 0.0 };
        Step { design, commitments, is_new: month == 1, cost, meets: true }
    };
    let steps: Vec<Step> = (0..14).map(step).collect();
    let never =
        (0..14).map(|month| Step { cost: 3_200.0 + 400.0 * month as f64, meets: month < 9, ..steps[0] }).collect();
    let summed = |steps: Vec<Step>| Path { total: steps.iter().map(|step| step.cost).sum(), steps };
    PlanGrowth {
        plan: GrowthPlan {
            chosen: 0,
            rate: 0.05,
            months: 14,
            volumes: 4,
            replications: 0..3,
            switching_cost_usd: 500.0,
        },
        designs: vec![serverless("serverless"), dedicated("dedicated", 2), dedicated("dedicated", 3)],
        today: 0,
        volumes: vec![1.0, 1.24, 1.52, 1.89],
        factors: (0..14).map(|month| 1.05_f64.powi(month)).collect(),
        months,
        best: Some(summed(steps.clone())),
        never_change: summed(never),
        change_when_missed: summed(steps.iter().map(|step| Step { cost: step.cost * 1.25, ..*step }).collect()),
        late: vec![Late { months: 1, costs_usd: 90.0, missed: 0 }, Late { months: 12, costs_usd: 8_100.0, missed: 3 }],
    }
}

fn name(fleet: &Fleet) -> String {
    match fleet.pools()[0] {
        crate::scenario::PoolKind::Dedicated(pool) => format!("{} ({})", fleet.name, pool.instances.number()),
        crate::scenario::PoolKind::Serverless(_) => fleet.name.clone(),
    }
}

fn document() -> GrowthDocument {
    GrowthDocument::new(&found(), &name)
}

#[test]
fn the_report_reads_as_committed() {
    let report = growth_report(&document(), PLAIN);
    insta::assert_snapshot!(report);
    assert!(report.lines().all(|line| line.chars().count() <= 80), "{report}");
    let none = GrowthDocument { best: None, waiting_costs_usd: None, late: Vec::new(), ..document() };
    assert!(growth_report(&none, PLAIN).replace('\n', " ").contains("there is no path"));
}

#[test]
fn actions_are_told_where_something_is_done() {
    let document = document();
    let months = &document.best.as_ref().unwrap().months;
    let actions: Vec<(u32, &str)> =
        months.iter().filter(|step| !step.action.is_empty()).map(|step| (step.month, step.action.as_str())).collect();
    let expected =
        [(2, "switch to dedicated (2); reserve 2 for a year"), (9, "add 1 instance"), (14, "the commitment has ended")];
    assert_eq!(actions, expected);
    assert_eq!(document.never_change.misses_from, Some(10));
    let written = serde_json::to_value(&document).unwrap();
    assert_eq!(written["best"]["months"][1]["committed"]["purchase"], "reserved-1y");
}

#[test]
fn the_chart_draws_every_path() {
    let folder = tempfile::tempdir().unwrap();
    let [svg, _] = chart::save(&growth_chart(&document(), "Variable API"), folder.path()).unwrap();
    let svg = std::fs::read_to_string(svg).unwrap();
    for words in ["the cheapest path", "never change", "dotted: misses the objective"] {
        assert!(svg.contains(&format!("\n{words}\n")), "{words}");
    }
    assert!(!svg.contains("NaN"));
}
