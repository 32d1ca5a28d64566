//! The best base of a hybrid: the newsvendor's critical fractile of the number in flight (Arrow, Harris and Marschak, Optimal inventory
//! policy, Econometrica 19, 1951). One dedicated instance more is worth its price if it is busy for a larger part of the time than
//! the dedicated price is of the serverless one.

use std::fmt::Write as _;
use std::fs;
use std::ops::RangeInclusive;
use std::path::Path;

use breakeven::bill;
use breakeven::engine;
use breakeven::experiment::plan::foresight;
use breakeven::random::Rng;
use breakeven::scenario::{Overrides, Scenario, load_text};
use breakeven::unit::Usd;
use rand::{RngExt as _, SeedableRng as _};
use tempfile::TempDir;

/// 1 - $2 / $6.
const CRITICAL: f64 = 2.0 / 3.0;

/// Hybrids of these bases in front of instances on demand that start in no time and are paid while they serve: linear prices.
fn with_bases(traffic: &str, bases: RangeInclusive<u64>, folder: &Path) -> Scenario {
    let mut text = traffic.to_owned();
    let on_demand = "kind = \"serverless\"\nprice = \"$6/h\"\ncold_start = \"0s\"\nkeep_alive = \"0s\"\n";
    for base in bases {
        let _ = match base {
            0 => write!(text, "[[fleet]]\nname = \"base 0\"\n{on_demand}"),
            _ => write!(
                text,
                "[[fleet]]\nname = \"base {base}\"\nkind = \"hybrid\"\n[[fleet.pool]]\nname = \"base\"\nkind = \"dedicated\"\n\
                 instances = {base}\nprice = \"$2/h\"\n[[fleet.pool]]\nname = \"burst\"\n{on_demand}"
            ),
        };
    }
    let loaded = load_text(&text, "newsvendor", folder, &Overrides::default());
    loaded.unwrap_or_else(|problems| panic!("{problems}")).scenario
}

/// What each fleet costs, all of them serving the same requests.
fn costs(scenario: &Scenario) -> Vec<Usd> {
    let made = engine::run(scenario, &engine::unwatched).expect("a trace that can be read");
    let fleets = scenario.fleets.iter().enumerate();
    let cost = |(index, fleet)| {
        made.iter().map(|made| bill::of_fleet(fleet, &made.fleets[index], scenario.window()).total()).sum()
    };
    fleets.map(cost).collect()
}

fn fractile(scenario: &Scenario) -> u64 {
    let found = foresight(scenario, &scenario.fleets[..1], 0..scenario.replications).expect("a trace that can be read");
    found.fractile_in_flight(CRITICAL)
}

/// The first of the cheapest.
fn cheapest(costs: &[Usd]) -> u64 {
    (0..).zip(costs).min_by_key(|&(_, cost)| cost).expect("a fleet").0
}

#[test]
fn of_requests_that_come_and_go_together_the_cheapest_base_is_the_fractile_exactly() {
    // A batch every second, each request of which is served for that second: whoever overflows would not have found room later, so
    // that a hybrid pays for the excess over its base and for nothing else.
    let folder = TempDir::new().expect("a folder");
    let mut rng = Rng::seed_from_u64(1);
    let mut found = Vec::new();
    for largest in [3_u32, 8, 14] {
        let mut rows = "arrival\n".to_owned();
        for second in 0..2_000 {
            let batch = rng.random_range(0..=largest) * rng.random_range(0..=1) + rng.random_range(0..=largest / 2);
            (0..batch).for_each(|_| rows += &format!("{second}\n"));
        }
        fs::write(folder.path().join("batches.csv"), rows).expect("a file");
        let traffic = "horizon = \"2000s\"\n[[traffic]]\nname = \"a\"\ntrace = { file = \"batches.csv\", arrival = \"arrival\" }\n\
                       service_time = \"1s\"\n";
        let scenario = with_bases(traffic, 0..=u64::from(largest) * 2, folder.path());
        assert_eq!(cheapest(&costs(&scenario)), fractile(&scenario));
        found.push(fractile(&scenario));
    }
    assert!(found.windows(2).all(|pair| pair[0] < pair[1]), "{found:?}");
}

#[test]
fn of_short_requests_on_a_daily_wave_the_fractile_is_as_good_as_the_cheapest_base() {
    let traffic = "horizon = \"1d\"\n[[traffic]]\nname = \"a\"\nrate = \"10/s\"\nshape = { kind = \"diurnal\", peak_over_mean = 1.8, \
                   peak_at = \"15:00\", weekend = 1.0 }\nservice_time = { kind = \"exponential\", mean = \"3s\" }\n";
    let bases = 25..=50;
    let scenario = with_bases(traffic, bases.clone(), Path::new(""));
    let costs = costs(&scenario);
    let (best, fractile) = (bases.start() + cheapest(&costs), fractile(&scenario));
    assert!(bases.start() < &best && &best < bases.end(), "{best}");
    // A request that has overflowed stays where it is though the base has room again: a little worse than the newsvendor.
    let cost = |base: u64| costs[(base - bases.start()) as usize].dollars();
    println!("best {best} at {:.2}, fractile {fractile} at {:.2}", cost(best), cost(fractile));
    assert!(best.abs_diff(fractile) <= 2 && cost(fractile) <= 1.001 * cost(best), "best {best}, fractile {fractile}");
}
