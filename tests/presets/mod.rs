//! Presets: what they fill in, what is written over them, what results say of them, and what a platform's bill comes to.

mod bills;
mod mistakes;

use std::path::Path;

use breakeven::catalog::{Catalog, Preset};
use breakeven::scenario::{Loaded, Overrides, PoolKind, Problems, Serverless, load_text, write_resolved};

/// A scenario's traffic, whose warm-up is as long as any preset's keep-alive.
const TRAFFIC: &str = r#"horizon = "4h"
warm_up = "2h"
[[traffic]]
name = "api"
rate = "1/min"
service_time = "2s"
"#;

/// A scenario of one fleet with these keys.
fn fleet(keys: &str) -> String {
    format!("{TRAFFIC}\n[[fleet]]\nname = \"x\"\n{keys}\n")
}

fn try_loading(text: &str, set: &[&str], today: Option<&str>) -> Result<Loaded, Problems> {
    let set = set.iter().map(|&set| set.to_owned()).collect();
    let today = today.map(|today| today.parse().expect("a date"));
    let overrides = Overrides { set, today, ..Overrides::default() };
    load_text(text, "scenario.toml", Path::new("."), &overrides)
}

fn loaded_with(text: &str, set: &[&str]) -> Loaded {
    try_loading(text, set, None).unwrap_or_else(|problems| panic!("{problems}"))
}

fn loaded(keys: &str) -> Loaded {
    loaded_with(&fleet(keys), &[])
}

/// The first serverless pool.
fn pool(loaded: &Loaded) -> Serverless {
    let pools = loaded.scenario.fleets.iter().flat_map(|fleet| fleet.pools());
    let serverless = pools.filter_map(|pool| match pool {
        PoolKind::Serverless(pool) => Some(pool.clone()),
        PoolKind::Dedicated(_) => None,
    });
    serverless.into_iter().next().expect("a serverless pool")
}

/// The families of GPUs that a preset has a price for.
fn gpus(preset: &Preset) -> Vec<&'static str> {
    Catalog::embedded().gpus(|entry| preset.prices.include(entry)).into_iter().collect()
}

#[test]
fn every_preset_fills_in_a_fleet_for_every_gpu_that_it_has_a_price_for() {
    for preset in Preset::all() {
        for gpu in gpus(preset) {
            let loaded = loaded(&format!("preset = \"{}\"\ngpu = \"{gpu}\"", preset.name));
            assert!(!pool(&loaded).tariff.price.is_free(), "{} {gpu}", preset.name);
            assert_eq!(loaded.catalog.len(), 1, "{} {gpu}: it rests on one price", preset.name);
            assert!(loaded.catalog[0].is_gpu(gpu), "{} {gpu}", preset.name);
            let used: Vec<&str> = loaded.presets.iter().map(|preset| preset.name).collect();
            assert_eq!(used, [preset.name]);
        }
    }
}

#[test]
fn every_preset_fills_in_a_fleet_with_a_written_price_and_any_gpu_or_none() {
    for preset in Preset::all() {
        for gpu in ["", "gpu = \"Z9000\"\nregion = \"roof\"\nproduct = \"desk\""] {
            let loaded = loaded(&format!("preset = \"{}\"\nprice = \"$1.25/h\"\n{gpu}", preset.name));
            assert_eq!(pool(&loaded).tariff.price.to_string(), "$1.25/h");
            assert!(loaded.catalog.is_empty() && loaded.presets.len() == 1, "{}", preset.name);
        }
    }
}

#[test]
fn a_family_is_any_of_its_gpus_at_the_cheapest_price_of_the_presets_product() {
    for (keys, price) in [
        ("preset = \"modal\"\ngpu = \"H100\"", "$0.001097/s"),
        ("preset = \"modal\"\ngpu = \"A100\"", "$0.000583/s"),
        ("preset = \"runpod-flex\"\ngpu = \"H100\"", "$0.00116/s"),
        ("preset = \"runpod-active\"\ngpu = \"H100\"", "$0.00093/s"),
        ("preset = \"float16-function\"\ngpu = \"h100\"", "$0.006/s"),
        ("preset = \"float16-spot\"\ngpu = \"H100\"", "$0.0012/s"),
        ("preset = \"vast\"\ngpu = \"H100\"", "$2.4024/h"),
        ("preset = \"cloud-run\"\ngpu = \"L4\"", "$0.0001867/s"),
        ("preset = \"cloud-run\"\ngpu = \"L4\"\nproduct = \"L4 with zonal redundancy\"", "$0.0002909/s"),
        ("preset = \"hugging-face-endpoints\"\ngpu = \"A100\"\nregion = \"gcp\"", "$3.60/h"),
    ] {
        assert_eq!(pool(&loaded(keys)).tariff.price.to_string(), price, "{keys}");
    }
}

#[test]
fn what_is_written_beside_a_preset_wins_and_leaves_the_rest_of_it() {
    let plain = pool(&loaded("preset = \"modal\"\ngpu = \"H100\""));
    let written = pool(&loaded("preset = \"modal\"\ngpu = \"H100\"\nkeep_alive = \"5s\"\nbills = [\"execute\"]"));
    assert_eq!(written.keep_alive.map(|time| time.to_string()).as_deref(), Some("5s"));
    let bills = written.tariff.bills;
    assert!(bills.execute && !bills.idle && bills.start == [false; 4]);
    let mut expected = plain.clone();
    (expected.keep_alive, expected.tariff.bills) = (written.keep_alive, bills);
    assert_eq!(written, expected);
    assert_eq!(plain.max_instances, Some(10));
}

#[test]
fn a_written_start_replaces_the_presets_whole() {
    for keys in ["start = { load = \"4s\" }", "cold_start = \"4s\""] {
        let with = pool(&loaded(&format!("preset = \"modal\"\ngpu = \"H100\"\n{keys}")));
        let without = pool(&loaded(&format!("kind = \"serverless\"\nkeep_alive = \"60s\"\n{keys}")));
        assert_eq!(with.start, without.start, "{keys}");
    }
}

#[test]
fn overrides_go_over_a_preset_key_by_key() {
    let text = fleet("preset = \"modal\"\ngpu = \"H100\"");
    let of = |set: &[&str]| pool(&loaded_with(&text, set));
    assert_eq!(of(&["fleet.x.keep_alive=5s"]).keep_alive.map(|time| time.to_string()).as_deref(), Some("5s"));
    assert_eq!(of(&["fleet.x.gpu=A100"]).tariff.price.to_string(), "$0.000583/s");
    assert_eq!(of(&["fleet.x.price=$9/h"]).tariff.price.to_string(), "$9.00/h");
    let flex = pool(&loaded("preset = \"runpod-flex\"\ngpu = \"H100\""));
    assert_eq!(of(&["fleet.x.preset=runpod-flex"]), flex);
    let larger = of(&["fleet.x.start.load.gigabytes=140"]);
    let written = of(&["fleet.x.start.load=70s"]);
    assert_eq!(larger, written, "140 GB at the preset's 2 GB/s");
    assert_eq!(larger.start.initialize, of(&[]).start.initialize);
    assert!(of(&["fleet.x.cold_start=3s"]).start.is_short);
    // The preset that is chosen last counts for keys that are set before it.
    let both = of(&["fleet.x.keep_alive=7s", "fleet.x.preset=runpod-flex"]);
    assert_eq!(
        (both.keep_alive.map(|time| time.to_string()), both.max_instances),
        (Some("7s".to_owned()), flex.max_instances)
    );
}

#[test]
fn a_preset_may_be_set_from_the_command_line_alone_and_fills_in_pools_too() {
    let text =
        fleet("kind = \"serverless\"\ngpu = \"H100\"\nprovider = \"modal\"\ncold_start = \"1s\"\nkeep_alive = \"9s\"");
    let set = loaded_with(&text.replace("provider = \"modal\"\n", ""), &["fleet.x.preset=runpod-flex"]);
    assert_eq!((pool(&set).tariff.price.to_string(), pool(&set).max_instances), ("$0.00116/s".to_owned(), Some(3)));
    let hybrid = loaded(
        "kind = \"hybrid\"\n[[fleet.pool]]\nname = \"base\"\nkind = \"dedicated\"\ninstances = 1\nprice = \"$2/h\"\n\
         [[fleet.pool]]\nname = \"burst\"\npreset = \"modal\"\ngpu = \"H100\"",
    );
    assert_eq!(pool(&hybrid), pool(&loaded("preset = \"modal\"\ngpu = \"H100\"")));
}

#[test]
fn a_preset_is_written_back_as_plain_keys_that_load_to_the_same_scenario() {
    for preset in Preset::all() {
        let loaded = loaded(&format!("preset = \"{}\"\nprice = \"$1.25/h\"", preset.name));
        let text = write_resolved(&loaded.scenario, Path::new("."));
        assert!(!text.contains("preset") && !text.contains("gpu ="), "{text}");
        assert_eq!(loaded_with(&text, &[]).scenario, loaded.scenario, "{}", preset.name);
    }
}

#[test]
fn an_old_preset_and_one_that_is_not_read_in_a_source_warn() {
    let warnings = |preset: &str, today: Option<&str>| {
        let text = fleet(&format!("preset = \"{preset}\"\nprice = \"$1/h\""));
        let loaded = try_loading(&text, &[], today).unwrap_or_else(|problems| panic!("{problems}"));
        loaded.warnings.iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    // Of 2026-08-21.
    assert_eq!(warnings("modal", None), [""; 0]);
    assert_eq!(warnings("modal", Some("2027-02-17")), [""; 0]);
    let [old] = &warnings("modal", Some("2027-02-18"))[..] else { panic!("one warning") };
    assert!(old.starts_with("the preset \"modal\" is of 2026-08-21, 181 days before 2027-02-18"), "{old}");
    let [unsure] = &warnings("vast", None)[..] else { panic!("one warning") };
    assert!(unsure.starts_with("the preset \"vast\" is in part inferred"), "{unsure}");
}

#[test]
fn fleets_that_are_left_out_rest_on_no_preset() {
    let text = fleet("preset = \"vast\"\ngpu = \"H100\"\n[[fleet]]\nname = \"y\"\npreset = \"modal\"\ngpu = \"H100\"");
    let overrides = Overrides { fleets: vec!["y".to_owned()], ..Overrides::default() };
    let loaded = load_text(&text, "scenario.toml", Path::new("."), &overrides).expect("a good scenario");
    let used: Vec<&str> = loaded.presets.iter().map(|preset| preset.name).collect();
    assert_eq!((used, loaded.warnings.len()), (vec!["modal"], 0));
}
