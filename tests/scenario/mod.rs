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

use breakeven::scenario::{Caveat, Origin, Overrides, SCENARIOS, STAGE_SCENARIOS, USE_CASE_SCENARIOS, load};

/// What is told of the prices and platforms that a scenario takes from the catalogue, which grow old.
fn is_of_the_catalogue(caveat: &Caveat) -> bool {
    matches!(
        caveat,
        Caveat::PriceOld { .. } | Caveat::PriceRecalled { .. } | Caveat::PresetOld { .. } | Caveat::PresetUnsure { .. }
    )
}

#[test]
fn every_embedded_scenario_loads_without_a_warning_but_of_the_catalogue() {
    for scenario in SCENARIOS.into_iter().chain(USE_CASE_SCENARIOS).chain(STAGE_SCENARIOS) {
        let loaded = load(&Origin::Embedded(scenario.name), &Overrides::default());
        let loaded = loaded.unwrap_or_else(|problems| panic!("{problems}"));
        // That training without checkpoints never ends is what this one shows.
        let is_the_point = |caveat: &Caveat| {
            scenario.name == "mistakes/serverless-training" && matches!(caveat, Caveat::JobsNeverEnd { .. })
        };
        let warnings = loaded.warnings.iter().map(|warning| &warning.caveat);
        let warnings: Vec<&Caveat> = warnings.filter(|caveat| !is_the_point(caveat)).collect();
        assert!(warnings.iter().all(|caveat| is_of_the_catalogue(caveat)), "{}: {warnings:?}", scenario.name);
    }
}
