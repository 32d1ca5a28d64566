use super::*;
use crate::advice::standing::Hours;
use crate::scenario::{Overrides, load_text};
use crate::unit::Usd;

const DEVELOPMENT: Workload = Workload { name: "development", words: "serverless", plan: "serverless" };
const PRODUCTION: Workload = Workload { name: "production", words: "hybrid", plan: "hybrid" };

fn standing(fleet: &str, way: Way, bills: &[i128], meets_need: bool) -> Standing {
    Standing {
        fleet: fleet.to_owned(),
        way,
        bills: bills.iter().map(|&dollars| Usd::from_nanos(dollars * 1_000_000_000)).collect(),
        cost_per_month_usd: Estimate::of_mean(bills.iter().map(|&dollars| dollars as f64)),
        meets_need,
        hours: Hours::default(),
    }
}

/// Over a window of a month / `parts`.
fn study(workload: &'static Workload, parts: u32, standings: Vec<Standing>) -> WorkloadStudy {
    let text = format!(
        "horizon = \"{}d\"\n[[traffic]]\nname = \"a\"\nrate = \"1/s\"\nservice_time = \"1s\"\n[[fleet]]\nname = \"f\"\n\
         kind = \"dedicated\"\ninstances = 1\nprice = \"$1/h\"\n",
        30 / parts
    );
    let loaded = load_text(&text, "test.toml", std::path::Path::new("."), &Overrides::default()).expect("a scenario");
    WorkloadStudy { workload, provenance: Provenance::default(), scenario: loaded.scenario, standings }
}

#[test]
fn a_month_is_the_sum_of_the_workloads_and_what_the_plan_saves_is_paired() {
    let development = vec![
        standing("on-demand", Way::OnDemand, &[50, 60], true),
        standing("serverless", Way::Serverless, &[10, 20], true),
    ];
    let production = vec![
        standing("on-demand", Way::OnDemand, &[400, 500], true),
        standing("reserved", Way::Reserved, &[100, 200], false),
        standing("spot", Way::Spot, &[200, 300], true),
        standing("serverless", Way::Serverless, &[900, 1_000], true),
        standing("hybrid", Way::Hybrid, &[300, 410], true),
    ];
    let costs = plan_costs(&[study(&DEVELOPMENT, 1, development), study(&PRODUCTION, 2, production)]);
    let cost = |plan: Plan| costs.iter().find(|cost| cost.plan == plan).expect("every plan");
    // Production's window is half a month, so its bills count twice.
    assert_eq!(cost(Plan::Guide).cost_per_month_usd, Estimate::of_mean([610.0, 840.0]));
    assert_eq!(cost(Plan::Serverless).cost_per_month_usd, Estimate::of_mean([1_810.0, 2_020.0]));
    assert_eq!(cost(Plan::Serverless).guide_saves_usd_per_month, Estimate::of_mean([1_200.0, 1_180.0]));
    // Reserved would be cheaper and misses the need; spot is not what the plan means.
    assert_eq!(cost(Plan::Dedicated).fleets, [Some(0), Some(0)]);
    assert_eq!(cost(Plan::Best).fleets, [Some(1), Some(2)]);
    assert_eq!(cost(Plan::Best).guide_saves_usd_per_month, Estimate::of_mean([-200.0, -220.0]));
    assert!(costs.iter().all(|cost| cost.meets_need));
    assert_eq!(cost(Plan::Guide).guide_saves_usd_per_month, Estimate::exact(0.0));
}

#[test]
fn a_plan_whose_fleets_all_miss_the_need_says_so_and_one_without_a_fleet_has_no_cost() {
    let standings = vec![standing("serverless", Way::Serverless, &[10, 20], false)];
    let costs = plan_costs(&[study(&DEVELOPMENT, 1, standings)]);
    assert_eq!(costs.iter().map(|cost| cost.meets_need).collect::<Vec<_>>(), [false; 4]);
    assert_eq!((costs[1].fleets[0], costs[2].fleets[0]), (Some(0), None));
    assert_eq!((costs[0].cost_per_month_usd.mean, costs[2].cost_per_month_usd), (Some(15.0), Estimate::NONE));
}
