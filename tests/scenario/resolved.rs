//! What is written back loads to the same scenario.

use std::fs;
use std::path::Path;

use breakeven::scenario::{
    Distribution, Loaded, Origin, Overrides, SCENARIOS, STAGE_SCENARIOS, Scenario, ServiceTime, Source,
    USE_CASE_SCENARIOS, load, write_resolved,
};
use proptest::prelude::*;
use tempfile::TempDir;

/// Writes a scenario into a folder, and loads it from there.
fn written_and_loaded(scenario: &Scenario, folder: &Path) -> Scenario {
    let text = write_resolved(scenario, folder);
    fs::create_dir_all(folder).unwrap();
    let path = folder.join("scenario.toml");
    fs::write(&path, &text).unwrap();
    match load(&Origin::File(path), &Overrides::default()) {
        Ok(loaded) => loaded.scenario,
        Err(problems) => panic!("{problems}\n{text}"),
    }
}

/// Without what a file's path is called, and the period of a trace that does not repeat.
fn comparable(mut scenario: Scenario) -> Scenario {
    for class in &mut scenario.traffic {
        if let Source::Trace(trace) = &mut class.source {
            trace.file.written.clear();
        }
        if let ServiceTime::Drawn(Distribution::Empirical { file, .. }) = &mut class.service_time {
            file.written.clear();
        }
    }
    scenario
}

#[test]
fn every_embedded_scenario_survives_being_written() {
    let folder = TempDir::new().unwrap();
    for scenario in SCENARIOS.into_iter().chain(USE_CASE_SCENARIOS).chain(STAGE_SCENARIOS) {
        let Loaded { scenario, .. } = load(&Origin::Embedded(scenario.name), &Overrides::default()).unwrap();
        assert_eq!(written_and_loaded(&scenario, folder.path()), scenario);
    }
}

#[test]
fn a_trace_on_disk_is_found_from_the_folder_that_the_scenario_is_written_to() {
    let folder = TempDir::new().unwrap();
    let (from, to) = (folder.path().join("a/b"), folder.path().join("c/out"));
    fs::create_dir_all(&from).unwrap();
    fs::write(from.join("trace.csv"), "at,service\n0,1\n5,2\n").unwrap();
    let text = r#"
        horizon = "10s"
        [[traffic]]
        name = "replay"
        trace = { file = "trace.csv", arrival = "at", repeat = true, speed = 1.5, volume = 2.25 }
        service_time = { kind = "column", column = "service", scale = 0.125 }
        [[traffic]]
        name = "drawn"
        rate = "1/s"
        service_time = { kind = "empirical", file = "trace.csv", column = "service", scale = 3 }
        [[fleet]]
        name = "dedicated"
        kind = "dedicated"
        instances = 1
        price = "$4/h"
    "#;
    fs::write(from.join("scenario.toml"), text).unwrap();
    let loaded = load(&Origin::File(from.join("scenario.toml")), &Overrides::default()).unwrap();
    assert!(write_resolved(&loaded.scenario, &to).contains("../../a/b/trace.csv"));
    let again = written_and_loaded(&loaded.scenario, &to);
    assert_eq!(comparable(again), comparable(loaded.scenario));
}

/// A table of a duration that may vary.
fn distribution() -> impl Strategy<Value = String> {
    let span = || (1_u64..1_000_000_000_000).prop_map(|nanos| format!("{nanos}ns"));
    let cv = || prop_oneof![Just(0.0), 0.001..100.0];
    let leaf = prop_oneof![
        span().prop_map(|span| format!("\"{span}\"")),
        span().prop_map(|mean| format!("{{ kind = \"exponential\", mean = \"{mean}\" }}")),
        (span(), cv(), prop::sample::select(vec!["lognormal", "gamma", "weibull"]))
            .prop_map(|(mean, cv, kind)| format!("{{ kind = \"{kind}\", mean = \"{mean}\", cv = {cv:?} }}")),
        (0_u64..1_000, 1_000_u64..2_000)
            .prop_map(|(low, high)| format!("{{ kind = \"uniform\", low = \"{low}us\", high = \"{high}us\" }}")),
        (span(), 1.001..50.0)
            .prop_map(|(mean, shape)| format!("{{ kind = \"pareto\", mean = \"{mean}\", shape = {shape:?} }}")),
    ];
    leaf.prop_recursive(2, 8, 3, |inner| {
        prop::collection::vec(inner, 1..4)
            .prop_map(|phases| format!("{{ kind = \"phases\", phases = [{}] }}", phases.join(", ")))
    })
}

fn throughput() -> impl Strategy<Value = String> {
    let curve = prop_oneof![
        Just("\"independent\"".to_owned()),
        (0.0..=1.0).prop_map(|exponent: f64| format!("{{ kind = \"power\", exponent = {exponent:?} }}")),
        (0_u64..500_000_000).prop_map(|more| {
            format!("{{ kind = \"table\", batch = [1, 2, 7], relative = [1, 1.{more:09}, 2.{more:09}] }}")
        }),
    ];
    let speed =
        prop_oneof![Just(String::new()), (1_u64..1_000_000_000).prop_map(|more| format!("\nspeed = 1.{more:09}"))];
    (curve, speed).prop_map(|(curve, speed)| curve + &speed)
}

/// The keys of what a bill has beside instances and requests, each there or not.
fn extras() -> impl Strategy<Value = String> {
    let billionth = (1_u64..1_000_000_000_000).prop_map(|n| format!("{}.{:09}", n / 1_000_000_000, n % 1_000_000_000));
    let key = move |write: fn(String) -> String| prop::option::of(billionth.clone().prop_map(write));
    let parts = [
        key(|n| format!("cpu = {{ cores = {n}, price = \"${n}/s\" }}")),
        key(|n| format!("memory = {{ gib = {n}, price = \"${n}/h\" }}")),
        key(|n| format!("plan_fee = \"${n}/month\"")),
        key(|n| format!("operations = \"${n}/week\"")),
        key(|n| format!("storage = {{ gigabytes = {n}, price = \"${n}/month\" }}")),
        key(|n| format!("egress = {{ gigabytes_per_request = {n}, price = \"${n}\" }}")),
        key(|n| format!("credits = \"${n}/month\"")),
    ];
    parts.to_vec().prop_map(|keys| keys.into_iter().flatten().map(|key| key + "\n").collect())
}

/// Those of a serverless pool alone.
fn on_demand() -> impl Strategy<Value = String> {
    let key = |write: fn(u64) -> String| prop::option::of((1_u64..1_000_000_000_000).prop_map(write));
    let parts = [
        key(|n| format!("min_instance_price = \"$0.{n:012}/h\"")),
        key(|n| format!("free_tier = {{ requests = {n} }}")),
        key(|n| format!("spend_cap = \"$1.{n:012}/month\"")),
    ];
    parts.to_vec().prop_map(|keys| keys.into_iter().flatten().map(|key| key + "\n").collect())
}

fn serverless() -> impl Strategy<Value = String> {
    let options = (0_u32..5, 5_u32..100, 1_u32..10, 0_u64..1_000_000_000);
    let words = (
        prop::sample::select(vec!["per-request", "slot-deficit"]),
        prop::sample::select(vec!["most-recently-used", "least-recently-used", "newest", "oldest", "random"]),
        prop::sample::select(vec!["queue", "reject"]),
        prop::sample::select(vec!["[]", "[\"execute\"]", "[\"idle\", \"cold-start\"]"]),
        prop::sample::select(vec!["exact", "1s", "100ms"]),
        throughput(),
        (extras(), on_demand()).prop_map(|(extras, on_demand)| extras + &on_demand),
    );
    (distribution(), options, words).prop_map(|(cold_start, (min, max, slots, nanos), words)| {
        let (scale_out, idle, overflow, bills, rounding, throughput, costs) = words;
        format!(
            "kind = \"serverless\"\ncold_start = {cold_start}\nkeep_alive = \"{nanos}ns\"\nprice = \"$0.{nanos:09}/s\"\n\
             request_fee = \"$0.{nanos:09}\"\nmin_instances = {min}\nmax_instances = {max}\nslots = {slots}\n\
             scale_out = \"{scale_out}\"\nidle_selection = \"{idle}\"\noverflow = \"{overflow}\"\nbills = {bills}\n\
             rounding = \"{rounding}\"\nthroughput = {throughput}\n{costs}"
        )
    })
}

fn scenario() -> impl Strategy<Value = String> {
    let arrivals = prop_oneof![
        Just("\"poisson\"".to_owned()),
        Just("\"regular\"".to_owned()),
        (0.001..100.0).prop_map(|cv| format!("{{ kind = \"gamma\", cv = {cv:?} }}")),
        (1.0..2.0)
            .prop_map(|peak| format!("{{ kind = \"on-off\", on = \"3s\", off = \"3s\", peak_over_mean = {peak:?} }}")),
    ];
    let shape = (1.0..2.0, 0_u32..24, 0.0..3.0).prop_map(|(peak, hour, weekend)| {
        format!("{{ kind = \"diurnal\", peak_over_mean = {peak:?}, peak_at = \"{hour:02}:30:05.5\", weekend = {weekend:?} }}")
    });
    let overflow = prop::sample::select(vec![
        "\"when-full\"",
        "{ wait_over = \"2s\" }",
        "{ rate_over = \"2.5/min\" }",
        "{ in_flight_over = 7 }",
    ]);
    let name = "[a-z\"\\\\é.]{1,8}";
    let pools = (serverless(), extras());
    (name, arrivals, shape, distribution(), pools, overflow, 1_u64..1_000_000_000_000).prop_map(
        |(name, arrivals, shape, service, (serverless, extras), overflow, nanos)| {
            let name = toml_edit::Value::from(name);
            format!(
                "name = {name}\nhorizon = \"{nanos}ns\"\nstarts = \"2024-02-29T12:00:00.5\"\n[slo]\np95 = \"{nanos}ns\"\n\
                 max_rejected = 0.1\n[[traffic]]\nname = {name}\nrate = \"0.{nanos:012}k/week\"\nshape = {shape}\n\
                 arrivals = {arrivals}\nservice_time = {service}\ntimeout = \"{nanos}ns\"\n\
                 [[fleet]]\nname = \"s\"\n{serverless}\n[[fleet]]\nname = \"h\"\nkind = \"hybrid\"\noverflow = {overflow}\n\
                 [[fleet.pool]]\nname = \"d\"\nkind = \"dedicated\"\ninstances = 3\nprice = \"$1.25/day\"\nqueue_limit = 0\nspeed = 17.25\n{extras}\
                 [[fleet.pool]]\nname = \"s\"\n{serverless}\n"
            )
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn any_scenario_survives_being_written(text in scenario()) {
        let folder = TempDir::new().unwrap();
        let path = folder.path().join("scenario.toml");
        fs::write(&path, &text).unwrap();
        let loaded = load(&Origin::File(path), &Overrides::default());
        let loaded = loaded.map_err(|problems| TestCaseError::fail(format!("{problems}")))?;
        let again = written_and_loaded(&loaded.scenario, &folder.path().join("out"));
        prop_assert_eq!(again, loaded.scenario);
    }
}
