//! How scalers are written: alone with their defaults or with keys, what they warn of, and what is wrong with broken ones.

use breakeven::scenario::{
    FleetKind, KnativeKpa, Loaded, Overrides, PoolKind, ScaleOut, Serverless, WindowedConcurrency, load_text,
    write_resolved,
};
use breakeven::unit::Span;
use proptest::prelude::*;
use tempfile::TempDir;

/// A scenario of one serverless fleet with these keys.
fn text(keys: &str) -> String {
    format!(
        "horizon = \"1d\"\nwarm_up = \"1h\"\n[[traffic]]\nname = \"api\"\nrate = \"1/s\"\nservice_time = \"1s\"\n\
         [[fleet]]\nname = \"s\"\nkind = \"serverless\"\ncold_start = \"5s\"\n{keys}\n"
    )
}

fn loaded(keys: &str) -> Loaded {
    let folder = TempDir::new().unwrap();
    match load_text(&text(keys), "scenario.toml", folder.path(), &Overrides::default()) {
        Ok(loaded) => loaded,
        Err(problems) => panic!("{keys}: {problems}"),
    }
}

/// The only fleet, which survives being written.
fn serverless(keys: &str) -> Serverless {
    let scenario = loaded(keys).scenario;
    let folder = TempDir::new().unwrap();
    let resolved = write_resolved(&scenario, folder.path());
    match load_text(&resolved, "scenario.toml", folder.path(), &Overrides::default()) {
        Ok(again) => {
            assert_eq!(again.scenario, scenario, "{resolved}");
            assert_eq!(again.render_warnings(false), "", "{resolved}");
        }
        Err(problems) => panic!("{problems}\n{resolved}"),
    }
    match scenario.fleets.into_iter().next().map(|fleet| fleet.kind) {
        Some(FleetKind::Single(PoolKind::Serverless(pool))) => pool,
        other => panic!("{other:?}"),
    }
}

/// What a kind needs besides its name.
fn beside(kind: &str) -> &'static str {
    match ScaleOut::of_kind(kind, 1) {
        Some(scaler) if scaler.removes_instances() => "",
        _ => "keep_alive = \"60s\"\n",
    }
}

/// The keys of a kind, each with its value, as they are written when nothing is left out.
fn keys_of(kind: &str) -> Vec<(String, toml_edit::Value)> {
    let scenario = loaded(&format!("{}scale_out = \"{kind}\"", beside(kind))).scenario;
    let document: toml_edit::DocumentMut = write_resolved(&scenario, TempDir::new().unwrap().path()).parse().unwrap();
    let fleet = document["fleet"].as_array_of_tables().and_then(|fleets| fleets.get(0)).unwrap();
    let table = fleet["scale_out"].as_inline_table();
    let entries = table.into_iter().flat_map(|table| table.iter());
    entries.filter(|(key, _)| *key != "kind").map(|(key, value)| (key.to_owned(), value.clone())).collect()
}

#[test]
fn every_kind_alone_has_its_documented_defaults_from_no_instances_on() {
    for kind in ScaleOut::KINDS {
        let pool = serverless(&format!("{}scale_out = \"{kind}\"", beside(kind)));
        assert_eq!(Some(pool.scale_out), ScaleOut::of_kind(kind, 1));
        assert_eq!(pool.min_instances, u32::from(kind == "hpa"), "{kind}");
        assert_eq!(pool.keep_alive.is_some(), !pool.scale_out.removes_instances(), "{kind}");
        let table = serverless(&format!("{}scale_out = {{ kind = \"{kind}\" }}", beside(kind)));
        assert_eq!(table.scale_out, pool.scale_out);
    }
}

#[test]
fn knatives_container_concurrency_is_the_number_of_slots() {
    let pool = serverless("slots = 80\nscale_out = \"knative-kpa\"");
    assert_eq!(pool.scale_out, ScaleOut::KnativeKpa(KnativeKpa::of_slots(80)));
    assert_ne!(KnativeKpa::of_slots(80).target, KnativeKpa::of_slots(1).target);
}

#[test]
fn defaults_go_by_the_keys_that_are_written() {
    let seconds = |count: u64| Span::from_nanos(count * Span::SECOND.nanos());
    let cerebrium = serverless(
        "scale_out = { kind = \"windowed-concurrency\", window = \"30s\", target_utilization = 1, max_scale_down_rate = 1, \
         scale_down_delay = \"60s\" }",
    );
    let ScaleOut::WindowedConcurrency(WindowedConcurrency { interval, .. }) = cerebrium.scale_out else { panic!() };
    assert_eq!(interval, seconds(30));
    let knative = serverless("scale_out = { kind = \"knative-kpa\", stable_window = \"2min\" }");
    let ScaleOut::KnativeKpa(KnativeKpa { panic_window, .. }) = knative.scale_out else { panic!() };
    assert_eq!(panic_window, seconds(12));
    let ray = serverless("scale_out = { kind = \"ray-serve\", downscale_delay = \"5min\" }");
    let ScaleOut::RayServe(ray) = ray.scale_out else { panic!() };
    assert_eq!(ray.downscale_to_zero_delay, seconds(300));
}

#[test]
fn a_key_of_another_scaler_has_no_effect_and_is_told() {
    for kind in ScaleOut::KINDS {
        let own: Vec<String> = keys_of(kind).into_iter().map(|(key, _)| key).collect();
        for other in ScaleOut::KINDS {
            for (key, value) in keys_of(other) {
                if own.contains(&key) {
                    continue;
                }
                let loaded = loaded(&format!("{}scale_out = {{ kind = \"{kind}\", {key} ={value} }}", beside(kind)));
                let warnings = loaded.render_warnings(false);
                assert!(warnings.contains(&format!("`{key}` has no effect")), "{kind} {other} {warnings}");
            }
        }
    }
}

#[test]
fn what_a_scaler_does_not_use_is_a_warning() {
    let cases = [
        "keep_alive = \"60s\"\nscale_out = \"knative-kpa\"",
        "min_instances = 0\nscale_out = \"hpa\"",
        "keep_alive = \"60s\"\nscale_out = { kind = \"per-request\", buffer = 2 }",
        "scale_out = { kind = \"keda\", cooldown = \"60s\", panic_window = \"6s\" }",
    ];
    let all: String = cases.iter().map(|keys| format!("# {keys}\n\n{}", loaded(keys).render_warnings(false))).collect();
    assert_snapshot("warnings_scalers", &all);
    assert_eq!(serverless("keep_alive = \"60s\"\nscale_out = \"knative-kpa\"").keep_alive, None);
    assert_eq!(serverless("min_instances = 0\nscale_out = \"hpa\"").min_instances, 1);
}

#[test]
fn fails_on_broken_scalers() {
    let cases = [
        "keep_alive = \"60s\"\nscale_out = \"knative\"",
        "scale_out = \"slot-deficit\"",
        "scale_out = { kind = \"knative-kpa\", stable_windw = \"60s\" }",
        "scale_out = { kind = \"hpa\", target = 0, tolerance = 1.5 }",
        "scale_out = { kind = \"hpa\", scale_down_window = 300, scale_up_period = \"1h\" }",
        "scale_out = { kind = \"windowed-concurrency\", target_utilization = \"70%\", max_scale_down_rate = 0 }",
        "scale_out = { kind = \"knative-kpa\", panic_window = \"2min\", max_scale_down_rate = 0.5 }",
        "scale_out = { kind = \"windowed-concurrency\", window = \"61s\", interval = \"7ns\" }",
        "scale_out = { kind = \"ray-serve\", metrics_interval = \"250ms\" }",
        "scale_out = { kind = \"skyserve\", target = 2, window = \"42s\" }",
        "scale_out = { kind = \"keda\", metric = \"request-rate\" }",
        "keep_alive = \"60s\"\nscale_out = { kind = \"lambda-token-bucket\", rate = \"1000 per 10s\", burst = 0 }",
        "keep_alive = \"60s\"\nscale_out = { buffer = 2 }",
    ];
    let folder = TempDir::new().unwrap();
    let section = |keys: &&str| match load_text(&text(keys), "scenario.toml", folder.path(), &Overrides::default()) {
        Ok(_) => panic!("a broken scenario was loaded:\n{keys}"),
        Err(problems) => format!("# {keys}\n\n{}\n", problems.render(false)),
    };
    assert_snapshot("broken_scalers", &cases.iter().map(section).collect::<String>());
}

fn assert_snapshot(name: &str, text: &str) {
    let mut settings = insta::Settings::clone_current();
    settings.set_omit_expression(true);
    settings.set_prepend_module_to_snapshot(false);
    settings.bind(|| insta::assert_snapshot!(name, text));
}

/// A table of a scaler with keys other than its defaults.
fn scaler() -> impl Strategy<Value = String> {
    let span = || (1_u64..100).prop_map(|count| format!("\"{count}s\""));
    let number = || (1_u64..2_000_000_000).prop_map(|millionths| format!("{}", millionths as f64 / 1e6));
    let count = || 1_u32..1_000;
    prop_oneof![
        (count(), any::<bool>())
            .prop_map(|(buffer, counts)| format!("kind = \"slot-deficit\", buffer = {buffer}, count_starting = {counts}")),
        (count(), count()).prop_map(|(rate, burst)| {
            format!("kind = \"lambda-token-bucket\", rate = \"{rate}.5/min\", burst = {burst}, target = 3")
        }),
        (span(), count(), span()).prop_map(|(delay, extra, interval)| {
            format!("kind = \"queue-delay\", delay = {delay}, extra_workers = {extra}, interval = {interval}")
        }),
        (number(), span()).prop_map(|(target, interval)| {
            format!("kind = \"in-flight\", target = {target}, interval = {interval}")
        }),
        (number(), span(), span(), 0.01..1.0).prop_map(|(target, window, delay, rate)| {
            format!(
                "kind = \"windowed-concurrency\", window = {window}, target = {target}, scale_down_delay = {delay}, \
                 max_scale_down_rate = {rate:?}, buffer = 3"
            )
        }),
        (number(), span(), count(), 1.0..9.0).prop_map(|(target, span, count, rate)| {
            format!(
                "kind = \"knative-kpa\", target = {target}, stable_window = {span}, panic_window = \"1s\", \
                 panic_threshold = {rate:?}, max_scale_up_rate = {rate:?}, scale_to_zero_grace = {span}, \
                 activation_scale = {count}, target_burst_capacity = \"unlimited\", scale_down_delay = {span}"
            )
        }),
        (number(), span(), count(), 0.0..0.99).prop_map(|(target, span, count, tolerance)| {
            format!(
                "kind = \"keda\", target = {target}, tolerance = {tolerance:?}, scale_up_window = {span}, \
                 scale_down_instances = {count}, metric = {{ kind = \"request-rate\", window = {span} }}, cooldown = {span}"
            )
        }),
        (number(), span(), number()).prop_map(|(target, delay, factor)| {
            format!("kind = \"ray-serve\", target = {target}, upscale_delay = {delay}, downscaling_factor = {factor}")
        }),
        (count(), span()).prop_map(|(target, delay)| {
            format!("kind = \"skyserve\", target = \"{target}/h\", window = \"2min\", downscale_delay = {delay}")
        }),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn any_scaler_survives_being_written(scaler in scaler(), min in 0_u32..3) {
        let beside = match scaler.contains("deficit") || scaler.contains("bucket") || scaler.contains("queue-delay")
            || scaler.contains("in-flight") {
            true => "keep_alive = \"7s\"\n",
            false => "",
        };
        serverless(&format!("{beside}min_instances = {min}\nmax_instances = 9\nscale_out = {{ {scaler} }}"));
    }
}
