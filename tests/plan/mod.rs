//! Plans: known optima are found, bounds never discard the best, parts join to the whole.

mod selection;
mod space;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Mutex;

use breakeven::experiment::plan::{Archive, End, Forgetful, Search, Tally, search};
use breakeven::experiment::{Shard, Unwatched};
use breakeven::scenario::{Loaded, Overrides, Plan, Scenario, load_text};
use breakeven::trace::TraceError;
use breakeven::validation::theory::fewest_servers;

/// A scenario and its plan.
fn loaded(text: &str) -> (Scenario, Plan) {
    let Loaded { scenario, plan, .. } = match load_text(text, "plan.toml", Path::new("."), &Overrides::default()) {
        Ok(loaded) => loaded,
        Err(problems) => panic!("{problems}"),
    };
    (scenario, plan.expect("a plan"))
}

fn searched(scenario: &Scenario, plan: &Plan) -> Search {
    search(scenario, plan, None, (&Forgetful, BTreeMap::new()), &Unwatched).expect("drawn traffic")
}

/// What the chosen design's varied keys are.
fn chosen<'a>(plan: &'a Plan, search: &Search) -> &'a [String] {
    let design = &search.designs[search.race.chosen.expect("a design is chosen")];
    &plan.families[design.family].designs[design.design].values
}

/// Poisson arrivals and exponential service of a second: M/M/c.
fn markovian(rate: f64, limit: &str, attainment: f64, seed: u64) -> String {
    format!(
        r#"
horizon = "21000s"
warm_up = "1000s"
seed = {seed}
[slo]
latency = "{limit}"
attainment = {attainment}
[[traffic]]
name = "api"
rate = "{rate}/s"
service_time = {{ kind = "exponential", mean = "1s" }}
[[fleet]]
name = "machines"
kind = "dedicated"
instances = 1
price = "$1/h"
[plan]
[[plan.design]]
fleet = "machines"
instances = "1..24"
"#
    )
}

#[test]
fn the_fewest_servers_are_those_of_erlang_c() {
    for (rate, limit, attainment) in [(3.3, "4s", 0.95), (8.0, "5s", 0.98), (12.4, "4s", 0.97)] {
        let seconds: f64 = limit.trim_end_matches('s').parse().unwrap();
        let fewest = fewest_servers(rate, seconds, 1.0 - attainment);
        let (scenario, plan) = loaded(&markovian(rate, limit, attainment, 5));
        let found = searched(&scenario, &plan);
        assert!(found.race.is_sure, "{:?}", found.race);
        assert_eq!(chosen(&plan, &found), [fewest.to_string()], "{rate}/s within {limit}");
    }
}

#[test]
fn erlang_c_and_the_work_discard_what_is_too_small_and_the_scouts_what_is_too_dear() {
    let (scenario, plan) = loaded(&markovian(8.0, "5s", 0.98, 9));
    let found = searched(&scenario, &plan);
    let fewest = fewest_servers(8.0, 5.0, 0.02) as usize;
    let is_bounded = |servers: usize| found.designs[servers - 1].end == End::Bounded;
    // With as many servers as the load, the queue grows slowly: that one is simulated. Below it the work is too much.
    assert!((1..8).all(is_bounded), "{:?}", found.race.ends);
    assert!((9..fewest).filter(|&servers| is_bounded(servers)).count() + 1 >= fewest - 9, "{:?}", found.race.ends);
    // A bisection's scouts are simulated, whatever they cost.
    assert!((fewest + 1..=24).filter(|&servers| !is_bounded(servers)).count() <= 5, "{:?}", found.race.ends);
    assert!(!is_bounded(fewest));
}

/// Keeps what it is told in memory.
#[derive(Default)]
struct Memory(Mutex<BTreeMap<(usize, u32), Tally>>);

impl Archive for Memory {
    type Error = TraceError;

    fn keep(&self, replication: u32, tallies: &[(usize, Tally)]) -> Result<(), TraceError> {
        let mut kept = self.0.lock().unwrap();
        for (design, tally) in tallies {
            let old = kept.insert((*design, replication), tally.clone());
            assert!(old.is_none(), "design {design} was simulated twice in replication {replication}");
        }
        Ok(())
    }
}

#[test]
fn parts_on_several_machines_and_a_search_that_goes_on_end_as_one_in_one_piece() {
    let (scenario, plan) = loaded(&space::mixed(3));
    let whole = searched(&scenario, &plan);
    let mut kept = BTreeMap::new();
    for part in ["1/3", "2/3", "3/3"] {
        let shard: Shard = part.parse().unwrap();
        let memory = Memory::default();
        search(&scenario, &plan, Some(shard), (&memory, BTreeMap::new()), &Unwatched).unwrap();
        kept.extend(memory.0.into_inner().unwrap());
    }
    let memory = Memory::default();
    let joined = search(&scenario, &plan, None, (&memory, kept.clone()), &Unwatched).unwrap();
    assert_eq!((&joined.race, joined.cost), (&whole.race, whole.cost));
    assert_eq!(joined.designs, whole.designs);
    let more = memory.0.into_inner().unwrap();
    assert!(more.len() * 4 < kept.len(), "{} more after {}", more.len(), kept.len());
    // A search of which half is kept simulates the other half alone.
    let half: BTreeMap<_, _> = kept.into_iter().step_by(2).collect();
    let memory = Memory::default();
    let again = search(&scenario, &plan, None, (&memory, half.clone()), &Unwatched).unwrap();
    assert_eq!(again.designs, whole.designs);
    assert!(memory.0.into_inner().unwrap().keys().all(|key| !half.contains_key(key)));
}

#[test]
fn every_design_of_a_family_has_the_random_numbers_of_its_fleet() {
    // The same keep-alive written twice, in other words: the two designs cannot be told apart by their figures.
    let text = space::mixed(11).replace(r#"keep_alive = ["1s", "10s", "1min"]"#, r#"keep_alive = ["10s", "10000ms"]"#);
    let (scenario, plan) = loaded(&text);
    let found = searched(&scenario, &plan);
    let family = plan.families.iter().position(|family| family.name == "elastic").unwrap();
    let designs: Vec<_> = found.designs.iter().filter(|design| design.family == family).collect();
    let half = designs.len() / 2;
    for (one, other) in designs[..half].iter().zip(&designs[half..]) {
        let common = one.tallies.len().min(other.tallies.len());
        assert_eq!(one.tallies[..common], other.tallies[..common], "{} and {}", one.label, other.label);
    }
}
