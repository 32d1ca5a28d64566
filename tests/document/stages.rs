//! The document and the report of the guide's companies.

use std::sync::OnceLock;

use breakeven::advice::{Growth, Path, StageStudy, growth_paths, study_stage};
use breakeven::experiment::Unwatched;
use breakeven::guide::{PORTFOLIOS, Portfolio};
use breakeven::report::stages::{StagesDocument, stages_report};
use breakeven::report::table::Look;
use breakeven::scenario::{Embedded, Loaded, Origin, Overrides, load};
use serde_json::Value;

use super::schema;

const SCHEMA: &str = include_str!("../../docs/schema/stages.schema.json");

const GROWTH: Growth = Growth { rate: 0.5, months: 3 };

fn workloads(portfolio: &Portfolio) -> Vec<Loaded> {
    let of = |name: &str| {
        let embedded = Embedded::named(&format!("stages/{}/{name}", portfolio.stage)).expect("a scenario");
        load(&Origin::Embedded(embedded.name), &Overrides::default()).expect("an embedded scenario")
    };
    portfolio.workloads.iter().map(|workload| of(workload.name)).collect()
}

/// All companies, as the program simulates them, and a startup that grows fast.
fn simulated() -> &'static (Vec<StageStudy>, Vec<Path>) {
    static SIMULATED: OnceLock<(Vec<StageStudy>, Vec<Path>)> = OnceLock::new();
    SIMULATED.get_or_init(|| {
        let study = |portfolio| study_stage(portfolio, &workloads(portfolio), &Unwatched).expect("no trace to read");
        let paths = growth_paths(&PORTFOLIOS[0], &workloads(&PORTFOLIOS[0]), GROWTH, &Unwatched);
        (PORTFOLIOS.iter().map(study).collect(), paths.expect("no trace to read"))
    })
}

fn document() -> StagesDocument {
    let (studies, paths) = simulated();
    StagesDocument::new(studies, Some(("startup", GROWTH, paths)))
}

#[test]
fn the_document_of_the_stages_keeps_to_its_schema() {
    let schema: Value = serde_json::from_str(SCHEMA).expect("the schema is JSON");
    let (studies, _) = simulated();
    for document in [document(), StagesDocument::new(&studies[1..2], None)] {
        let value = serde_json::to_value(document).expect("a document is JSON");
        assert_eq!(schema::problems(&schema, &value), [] as [&str; 0]);
    }
}

#[test]
fn every_company_is_within_its_budget_and_meets_its_needs_under_every_plan() {
    for stage in document().stages {
        assert!(stage.within_budget, "{}", stage.name);
        let mean = |plan: &str| {
            let found = stage.plans.iter().find(|found| found.plan == plan).expect("a plan");
            assert!(found.meets_need, "{}: {plan}", stage.name);
            found.cost_per_month_usd.mean.expect("a cost")
        };
        let best = mean("best");
        for plan in ["guide", "serverless", "dedicated"] {
            assert!(mean(plan) >= best * (1.0 - 1e-9), "{}: {plan}", stage.name);
        }
        // A plan is the sum of its workloads.
        for plan in &stage.plans {
            let parts = stage.workloads.iter().zip(&plan.fleets).map(|(workload, name)| {
                let fleet = workload.fleets.iter().find(|fleet| Some(&fleet.name) == name.as_ref());
                fleet.expect("a fleet").cost_per_month_usd.mean.expect("a cost")
            });
            let (sum, cost) = (parts.sum::<f64>(), plan.cost_per_month_usd.mean.unwrap());
            assert!((sum / cost - 1.0).abs() < 1e-9, "{}: {} {sum} {cost}", stage.name, plan.plan);
        }
    }
}

#[test]
fn the_present_of_a_company_that_grows_is_what_it_is_without_growth() {
    let document = document();
    let growth = document.growth.expect("it grows");
    for (path, workload) in growth.workloads.iter().zip(&document.stages[0].workloads) {
        let volumes: Vec<f64> = path.months.iter().map(|month| month.volume).collect();
        assert_eq!(volumes, [1.0, 1.5, 2.25, 3.375]);
        for (month, present) in path.months[0].fleets.iter().zip(&workload.fleets) {
            assert_eq!((&month.name, month.cost_per_month_usd), (&present.name, present.cost_per_month_usd));
        }
    }
}

#[test]
fn the_report_of_the_stages_reads_as_committed_and_fits_80_columns() {
    let [plain, colored] = [false, true].map(|color| stages_report(&document(), Look { width: 80, color }));
    assert!(plain.lines().all(|line| line.chars().count() <= 80), "{plain}");
    assert_eq!(anstream::adapter::strip_str(&colored).to_string(), plain);
    insta::assert_snapshot!(plain);
}
