//! Loading scenarios: the embedded ones, overrides, and what is written back.

mod broken;
mod jobs;
mod overrides;
mod prices;
mod resolved;
mod scaled;
mod scalers;
mod terms;
mod warnings;

use breakeven::scenario::{Origin, Overrides, SCENARIOS, load};

#[test]
fn every_embedded_scenario_loads_without_a_warning() {
    for scenario in SCENARIOS {
        match load(&Origin::Embedded(scenario.name), &Overrides::default()) {
            Ok(loaded) => assert_eq!(loaded.render_warnings(false), "", "{}", scenario.name),
            Err(problems) => panic!("{problems}"),
        }
    }
}
