use super::*;
use crate::experiment::Unwatched;
use crate::guide::PORTFOLIOS;
use crate::scenario::{Overrides, load_text};

/// $720 a month against $10/h of service of one second: equal at 259,200 requests a month, 72 hours.
const API: &str = r#"
horizon = "1d"
replications = 2
[[traffic]]
name = "production"
rate = "200k/month"
arrivals = "regular"
service_time = "1s"
[[fleet]]
name = "serverless"
kind = "serverless"
price = "$10/h"
bills = ["execute"]
cold_start = "0s"
keep_alive = "1min"
[[fleet]]
name = "reserved"
kind = "dedicated"
instances = 1
price = "$1/h"
[[fleet]]
name = "hybrid"
kind = "hybrid"
[[fleet.pool]]
name = "core"
kind = "dedicated"
instances = 2
price = "$1/h"
[[fleet.pool]]
name = "burst"
kind = "serverless"
price = "$10/h"
cold_start = "0s"
keep_alive = "1min"
[[jobs]]
name = "tests"
count = 3
work = "1h"
"#;

fn loaded() -> Loaded {
    load_text(API, "test.toml", std::path::Path::new("."), &Overrides::default()).expect("a scenario")
}

#[test]
fn a_move_pays_from_the_first_month_whose_volume_is_beyond_the_break_even() {
    let growth = Growth { rate: 0.1, months: 6 };
    let production = PORTFOLIOS[0].workloads.iter().find(|workload| workload.name == "production").unwrap();
    let months: Vec<Month> = (0..=growth.months)
        .map(|month| of_month(production, &loaded(), month, growth.factor(month), &Unwatched).unwrap())
        .collect();
    // 200k x 1.1^2 = 242k, x 1.1^3 = 266k.
    let moves = moves(production, &months);
    let to = |fleet: &str| moves.iter().find(|made| made.to == fleet).expect("a move to every fleet");
    assert_eq!((to("reserved").pays_from, to("reserved").stays), (Some(3), true));
    let saves = to("reserved").saves_usd_per_month.mean.unwrap();
    let expected = 200_000.0 * 1.1_f64.powi(3) / 3_600.0 * 10.0 - 720.0;
    assert!((saves - expected).abs() < 1.0, "{saves} is not {expected}");
    // Its core grows with the volume: two instances or three.
    assert_eq!(to("hybrid").pays_from, None);
    assert_eq!(moves.len(), 2);
    assert_eq!(months[2].cheapest.as_deref(), Some("serverless"));
    assert_eq!(months[3].cheapest.as_deref(), Some("reserved"));
}

#[test]
fn a_grown_scenario_has_more_requests_and_jobs_and_a_larger_core() {
    let grown = grown(&loaded().scenario, 2.4);
    assert_eq!(grown.jobs[0].count, 7);
    let pools = grown.fleets[2].pools();
    let PoolKind::Dedicated(core) = pools[0] else { panic!("the core") };
    assert_eq!(core.instances, Instances::Number(5));
    let PoolKind::Dedicated(reserved) = grown.fleets[1].pools()[0] else { panic!("a dedicated fleet") };
    assert_eq!(reserved.instances, Instances::Number(1), "only what is fitted or a core grows");
}
