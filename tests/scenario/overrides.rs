//! What `--set` and the other flags do to a scenario, and that no text makes the loader panic.

use std::path::Path;

use breakeven::scenario::{
    Arrivals, FleetKind, Loaded, Origin, Overrides, PoolKind, SCENARIOS, STAGE_SCENARIOS, STARTER, Shape, Source,
    USE_CASE_SCENARIOS, load, load_text, load_traffic,
};
use breakeven::unit::{Price, Span};
use proptest::prelude::*;

fn with(set: &[&str]) -> Loaded {
    let overrides = Overrides { set: set.iter().map(|&text| text.to_owned()).collect(), ..Overrides::default() };
    match load(&Origin::default_scenario(), &overrides) {
        Ok(loaded) => loaded,
        Err(problems) => panic!("{problems}"),
    }
}

#[test]
fn a_path_reaches_every_value_by_the_names_of_the_tables() {
    let loaded = with(&[
        "traffic.api.rate=4/s",
        "traffic.api.shape.peak_over_mean=1.5",
        "traffic.api.arrivals=poisson",
        "fleet.serverless.keep_alive=5s",
        "fleet.\"hybrid\".pool.burst.price = $4/h",
        "slo.latency=1s",
        "slo.p95=\"900ms\"",
        "seed=3",
    ]);
    let scenario = &loaded.scenario;
    let Source::Synthetic { rate, shape, arrivals } = &scenario.traffic[0].source else {
        panic!("the default scenario has a rate");
    };
    assert_eq!(rate.to_string(), "4/s");
    assert!(matches!(shape, Shape::Diurnal { peak_over_mean: 1.5, .. }));
    assert_eq!(*arrivals, Arrivals::Poisson);
    assert_eq!(scenario.slo.as_ref().and_then(|slo| slo.latency), Some(Span::SECOND));
    assert_eq!(scenario.slo.as_ref().and_then(|slo| slo.p95), Some(Span::from_nanos(900_000_000)));
    assert_eq!(scenario.seed, 3);
    let FleetKind::Single(PoolKind::Serverless(serverless)) = &scenario.fleets[1].kind else {
        panic!("the second fleet is serverless");
    };
    assert_eq!(serverless.keep_alive.map(|span| span.to_string()), Some("5s".to_owned()));
    let FleetKind::Hybrid(hybrid) = &scenario.fleets[2].kind else {
        panic!("the third fleet is a hybrid");
    };
    let PoolKind::Serverless(burst) = &hybrid.pools[1].kind else {
        panic!("the second pool is serverless");
    };
    assert_eq!(burst.tariff.price, Price::new(4_000_000_000_000, Span::HOUR));
    assert_eq!(loaded.overrides.len(), 8);
}

#[test]
fn a_key_that_the_file_leaves_out_is_added() {
    let loaded = with(&["fleet.dedicated.queue_limit=7", "traffic.api.timeout=never"]);
    let FleetKind::Single(PoolKind::Dedicated(dedicated)) = &loaded.scenario.fleets[0].kind else {
        panic!("the first fleet is dedicated");
    };
    assert_eq!(dedicated.queue_limit, Some(7));
    assert_eq!(loaded.scenario.traffic[0].timeout, None);
}

#[test]
fn flags_come_after_set_and_are_stored_alike() {
    let overrides = Overrides {
        set: vec!["seed=2".to_owned()],
        seed: Some(5),
        replications: Some(4),
        horizon: Some("15d".to_owned()),
        today: Some(jiff::civil::date(2026, 11, 24)),
        fleets: vec!["hybrid".to_owned()],
        plan: None,
    };
    let loaded = load(&Origin::default_scenario(), &overrides).unwrap();
    assert_eq!(loaded.scenario.seed, 5);
    assert_eq!(loaded.scenario.replications, 4);
    assert_eq!(loaded.scenario.horizon, Span::from_nanos(15 * Span::DAY.nanos()));
    assert_eq!(loaded.scenario.fleets.len(), 1);
    assert_eq!(
        loaded.overrides,
        ["seed=2", "seed=5", "replications=4", "horizon=15d", "fleet=hybrid", "today=2026-11-24"]
    );
}

#[test]
fn a_name_with_a_dot_is_quoted() {
    let text = STARTER.text.replacen("name = \"dedicated\"", "name = \"my.fleet\"", 1);
    let overrides = Overrides { set: vec!["fleet.\"my.fleet\".instances=9".to_owned()], ..Overrides::default() };
    let loaded = load_text(&text, "scenario.toml", Path::new("."), &overrides).unwrap();
    assert_eq!(loaded.scenario.fleets[0].pools()[0].most_instances(), Some(9));
}

#[test]
fn replications_default_to_one_where_nothing_varies() {
    let guide = Origin::Embedded("guide-arithmetic");
    assert_eq!(load(&guide, &Overrides::default()).unwrap().scenario.replications, 1);
    for varying in [
        "traffic.api.arrivals=poisson",
        "traffic.api.service_time={ kind = \"exponential\", mean = \"50ms\" }",
        "fleet.serverless.idle_selection=random",
        "fleet.serverless.cold_start={ kind = \"gamma\", mean = \"1s\", cv = 0.5 }",
    ] {
        let overrides = Overrides { set: vec![varying.to_owned()], ..Overrides::default() };
        assert_eq!(load(&guide, &overrides).unwrap().scenario.replications, 10, "{varying}");
    }
}

#[test]
fn traffic_alone_needs_no_fleets() {
    let path = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(path.path(), "horizon = \"1h\"\n[[traffic]]\nname = \"a\"\nrate = \"1/s\"\nservice_time = \"1s\"\n")
        .unwrap();
    let origin = Origin::of(path.path().to_str().unwrap()).unwrap();
    assert!(load_traffic(&origin, &Overrides::default()).is_ok());
    assert!(load(&origin, &Overrides::default()).is_err());
}

#[test]
fn a_path_that_exists_wins_over_an_embedded_name() {
    assert_eq!(Origin::of("bursty"), Ok(Origin::Embedded("bursty")));
    assert_eq!(Origin::of("scenarios/bursty.toml"), Ok(Origin::File("scenarios/bursty.toml".into())));
    let error = Origin::of("burst").unwrap_err().to_string();
    assert!(error.contains("did you mean `bursty`?"), "{error}");
}

#[test]
fn an_embedded_scenario_is_the_same_as_its_file() {
    for embedded in SCENARIOS.into_iter().chain(USE_CASE_SCENARIOS).chain(STAGE_SCENARIOS) {
        let path = format!("scenarios/{}.toml", embedded.name);
        let from_file = load(&Origin::of(&path).unwrap(), &Overrides::default()).unwrap();
        let from_program = load(&Origin::Embedded(embedded.name), &Overrides::default()).unwrap();
        assert_eq!(from_file.sha256, from_program.sha256);
        assert_eq!(from_file.scenario.horizon, from_program.scenario.horizon);
    }
}

/// An embedded scenario with some of its text cut out, doubled, or replaced.
fn mutated() -> impl Strategy<Value = String> {
    let edit = (
        any::<prop::sample::Index>(),
        0_usize..20,
        prop::sample::select(vec![
            "",
            "\"",
            "=",
            "[",
            "]]",
            "{",
            "}",
            "-",
            "1e999",
            "nan",
            "inf",
            "0",
            "\n",
            "#",
            ".",
            "9999999999999999999",
            "\u{0}",
            "é",
            "kind",
            "[[fleet]]\n",
        ]),
    );
    (0..SCENARIOS.len(), prop::collection::vec(edit, 1..6)).prop_map(|(scenario, edits)| {
        let mut text: Vec<char> = SCENARIOS[scenario].text.chars().collect();
        for (place, length, insert) in edits {
            let start = place.index(text.len());
            let end = (start + length).min(text.len());
            text.splice(start..end, insert.chars());
        }
        text.into_iter().collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn no_scenario_and_no_override_panics(text in mutated(), set in prop::collection::vec("[a-z.\"'=\\[\\]{} 0-9/$é_-]{0,30}", 0..2)) {
        let overrides = Overrides { set, ..Overrides::default() };
        match load_text(&text, "scenario.toml", Path::new("scenarios"), &overrides) {
            Ok(loaded) => drop(loaded.render_warnings(true)),
            Err(problems) => prop_assert!(!problems.render(true).is_empty()),
        }
    }
}
