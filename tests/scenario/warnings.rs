//! What is legal and yet told, as a snapshot.

use std::fs;

use breakeven::scenario::{Overrides, load_text};
use tempfile::TempDir;

const FLEET: &str = r#"
[[fleet]]
name = "serverless"
kind = "serverless"
cold_start = "15s"
keep_alive = "60s"
"#;

const TRAFFIC: &str = "[[traffic]]\nname = \"api\"\nrate = \"1/s\"\nservice_time = \"1s\"\n";

/// The warnings of each scenario under its name, as a snapshot.
fn assert_warnings(snapshot: &str, folder: &TempDir, cases: &[(&str, String)]) {
    let mut all = String::new();
    for (name, text) in cases {
        let loaded = load_text(text, "scenario.toml", folder.path(), &Overrides::default());
        let loaded = loaded.unwrap_or_else(|problems| panic!("{name}: {problems}"));
        all.push_str(&format!("# {name}\n\n{}", loaded.render_warnings(false)));
    }
    let mut settings = insta::Settings::clone_current();
    settings.set_omit_expression(true);
    settings.set_prepend_module_to_snapshot(false);
    settings.bind(|| insta::assert_snapshot!(snapshot, all));
}

#[test]
fn costs_that_cannot_mean_what_they_say_warn() {
    let with = |keys: &str| format!("horizon = \"1d\"\nwarm_up = \"1min\"\n{TRAFFIC}{FLEET}price = \"$4/h\"\n{keys}\n");
    let cases = [
        ("a price for no instance", with("min_instance_price = \"$3.35/h\"")),
        ("a cap below the plan", with("plan_fee = \"$250/month\"\nspend_cap = \"$250/month\"")),
        ("a cap below a minimum instance", with("min_instances = 1\nspend_cap = \"$2000/month\"")),
        (
            "a cap below a minimum instance and its cores",
            with(
                "min_instances = 1\nmin_instance_price = \"$1/h\"\ncpu = { cores = 4, price = \"$0.5/h\" }\nspend_cap = \"$2000/month\"",
            ),
        ),
        ("a cap below an hour", with("spend_cap = \"$3/month\"")),
        ("a cap that is none of these", with("min_instances = 1\nbills = [\"execute\"]\nspend_cap = \"$2000/month\"")),
    ];
    assert_warnings("warnings_costs", &TempDir::new().unwrap(), &cases);
}

#[test]
fn caveats_are_shown_with_their_place_and_advice() {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("trace.csv"), "at\n0\n10\n4000\n").unwrap();
    let diurnal = "[[traffic]]\nname = \"api\"\nrate = \"1/s\"\nservice_time = \"1s\"\nshape = { kind = \"diurnal\", \
                   peak_over_mean = 1.5, weekend = 0.5 }\n";
    let trace =
        "[[traffic]]\nname = \"replay\"\nservice_time = \"1s\"\ntrace = { file = \"trace.csv\", arrival = \"at\" }\n";
    let cases = [
        ("days that are not a week", format!("horizon = \"8d\"\nwarm_up = \"2d\"\n{diurnal}{FLEET}")),
        (
            "whole days without a weekend",
            format!("horizon = \"8d\"\nwarm_up = \"2d\"\n{}{FLEET}", diurnal.replace("0.5 }", "1 }")),
        ),
        ("a short warm-up", format!("horizon = \"7d\"\nwarm_up = \"0s\"\n{diurnal}{FLEET}")),
        (
            "a warm-up shorter than the keep-alive",
            format!("horizon = \"7d1\"\nwarm_up = \"59s\"\n{trace}{FLEET}").replace("7d1", "4100s"),
        ),
        ("rows past the horizon", format!("horizon = \"1h\"\nwarm_up = \"1min\"\n{trace}{FLEET}")),
        ("a horizon past the rows", format!("horizon = \"1d\"\nwarm_up = \"1min\"\n{trace}{FLEET}")),
        (
            "a trace that repeats",
            format!(
                "horizon = \"1d\"\nwarm_up = \"1min\"\n{}{FLEET}",
                trace.replace("\"at\" }", "\"at\", repeat = true }")
            ),
        ),
        ("a latency alone", format!("horizon = \"6000s\"\nwarm_up = \"1min\"\nslo.latency = \"1s\"\n{trace}{FLEET}")),
        (
            "replications of what does not vary",
            format!("horizon = \"6000s\"\nwarm_up = \"1min\"\nreplications = 5\n{trace}{FLEET}"),
        ),
    ];
    assert_warnings("warnings", &folder, &cases);
}
