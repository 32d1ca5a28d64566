//! Scenarios of jobs: what their keys mean, what is told of them before they run, and what is wrong with broken ones.

use breakeven::scenario::{Checkpoint, JobClass, JobKind, Loaded, Overrides, Problems, load_text, write_resolved};
use breakeven::unit::{Span, Time};
use tempfile::TempDir;

const FLEETS: &str = r#"[[fleet]]
name = "spot"
kind = "dedicated"
instances = 4
price = "$1/h"
purchase = "spot"
interruptions = { every = "100h" }
[[fleet]]
name = "serverless"
kind = "serverless"
price = "$4/h"
cold_start = "1min"
keep_alive = "1min"
max_instances = 8
execution_limit = "1h"
[[fleet]]
name = "mix"
kind = "hybrid"
[[fleet.pool]]
name = "a"
kind = "dedicated"
instances = 1
price = "$1/h"
[[fleet.pool]]
name = "b"
kind = "dedicated"
instances = 1
price = "$1/h"
"#;

fn try_loading(jobs: &str, overrides: &Overrides) -> Result<Loaded, Problems> {
    let text = format!("horizon = \"10d\"\n[[jobs]]\nname = \"tune\"\n{jobs}\n{FLEETS}");
    load_text(&text, "scenario.toml", TempDir::new().unwrap().path(), overrides)
}

fn loaded(jobs: &str) -> Loaded {
    try_loading(jobs, &Overrides::default()).unwrap_or_else(|problems| panic!("{problems}"))
}

#[test]
fn every_key_is_read_and_written_back() {
    let minutes = |minutes: u64| Span::from_nanos(minutes * Span::MINUTE.nanos());
    let keys = "kind = \"search\"\ncount = 3\nwork = { kind = \"lognormal\", mean = \"40h\", cv = 0.5 }\ngpus = 2\nsubmit = \"1h\"\n\
                every = \"30min\"\ncheckpoint = { every = \"20min\", cost = \"1min\" }\nrestart = \"5min\"\ndeadline = \"3d\"\nfleets = [\"spot\"]";
    let scenario = loaded(keys).scenario;
    let class = &scenario.jobs[0];
    assert_eq!((class.kind, class.count, class.gpus), (JobKind::Search, 3, 2));
    assert_eq!(class.checkpoint, Some(Checkpoint { every: minutes(20), cost: minutes(1) }));
    assert_eq!(class.submitted(2), Time::START + minutes(120));
    let folder = TempDir::new().unwrap();
    for scenario in [scenario, loaded("work = \"30min\"").scenario] {
        let text = write_resolved(&scenario, folder.path());
        let again = load_text(&text, "scenario.toml", folder.path(), &Overrides::default());
        assert_eq!(again.unwrap_or_else(|problems| panic!("{problems}\n{text}")).scenario, scenario);
    }
}

#[test]
fn jobs_run_on_every_fleet_of_one_pool_unless_they_name_some() {
    let on = |class: &JobClass, loaded: &Loaded| {
        let fleets = loaded.scenario.fleets.iter().filter(|fleet| class.runs_on(fleet));
        fleets.map(|fleet| fleet.name.clone()).collect::<Vec<_>>()
    };
    let all = loaded("work = \"30min\"");
    assert_eq!(on(&all.scenario.jobs[0], &all), ["spot", "serverless"]);
    let some = loaded("work = \"30min\"\nfleets = [\"serverless\"]");
    assert_eq!(on(&some.scenario.jobs[0], &some), ["serverless"]);
}

#[test]
fn fleets_that_are_left_out_are_left_out_of_the_jobs() {
    let of = |jobs: &str, fleet: &str| {
        try_loading(jobs, &Overrides { fleets: vec![fleet.to_owned()], ..Overrides::default() })
    };
    let spot = of("work = \"30min\"\nfleets = [\"spot\", \"serverless\"]", "spot").unwrap();
    assert_eq!(spot.scenario.jobs[0].fleets, ["spot"]);
    assert!(of("work = \"30min\"\nfleets = [\"spot\"]", "serverless").is_err(), "nothing is left to simulate");
}

#[test]
fn jobs_that_never_end_are_told_before_they_run() {
    let traffic = "work = \"30min\"\n[[traffic]]\nname = \"api\"\nrate = \"1/s\"\nservice_time = \"1s\"";
    let cases = [
        ("work beyond the limit without checkpoints", "work = \"2h\""),
        ("work that may be beyond the limit", "work = { kind = \"exponential\", mean = \"10min\" }"),
        (
            "checkpoints beyond the limit",
            "work = \"2h\"\nrestart = \"5min\"\ncheckpoint = { every = \"50min\", cost = \"6min\" }",
        ),
        ("more GPUs than there are", "work = \"2h\"\ngpus = 8"),
        (
            "checkpoints within the limit",
            "work = \"2h\"\nrestart = \"5min\"\ncheckpoint = { every = \"50min\", cost = \"5min\" }",
        ),
        (
            "work within the limit on several GPUs",
            "work = { kind = \"uniform\", low = \"1h\", high = \"2h\" }\ngpus = 2",
        ),
        ("requests beside jobs", traffic),
    ];
    let section = |(name, jobs): &(&str, &str)| {
        let loaded = loaded(jobs);
        let requests = "the warm-up of"; // that of the requests is told elsewhere
        let told = loaded.render_warnings(false);
        let told = if told.is_empty() { "nothing\n".to_owned() } else { told };
        assert!(name.starts_with("requests") || !told.contains(requests), "{told}");
        format!("# {name}\n\n{told}")
    };
    snapshot("warnings_jobs", &cases.iter().map(section).collect::<String>());
}

#[test]
fn fails_on_jobs_that_cannot_be() {
    let cases = [
        ("no work", ""),
        ("a bare number of hours", "work = 40"),
        ("no jobs", "work = \"1h\"\ncount = 0"),
        ("a kind that is none", "work = \"1h\"\nkind = \"finetuning\""),
        ("a checkpoint without an interval", "work = \"1h\"\ncheckpoint = { cost = \"1min\" }"),
        ("a deadline of nothing", "work = \"1h\"\ndeadline = \"0s\""),
        ("a misspelt fleet", "work = \"1h\"\nfleets = [\"spott\"]"),
        ("a hybrid fleet", "work = \"1h\"\nfleets = [\"mix\"]"),
        ("an empty list of fleets", "work = \"1h\"\nfleets = []"),
        ("an unknown key", "work = \"1h\"\ncheckpoints = \"30min\""),
    ];
    let section = |(name, jobs): &(&str, &str)| match try_loading(jobs, &Overrides::default()) {
        Ok(_) => panic!("{name}: a broken scenario was loaded"),
        Err(problems) => format!("# {name}\n\n{}\n", problems.render(false)),
    };
    snapshot("broken_jobs", &cases.iter().map(section).collect::<String>());
}

#[test]
fn fails_to_fit_a_fleet_to_jobs() {
    let text = "horizon = \"1d\"\nslo.p95 = \"1s\"\n[[jobs]]\nname = \"j\"\nwork = \"1h\"\n[[fleet]]\nname = \"d\"\n\
                kind = \"dedicated\"\ninstances = \"fit\"\nprice = \"$1/h\"\n";
    let problems = load_text(text, "scenario.toml", TempDir::new().unwrap().path(), &Overrides::default()).unwrap_err();
    assert!(problems.to_string().contains("without [[traffic]]"), "{problems}");
}

fn snapshot(name: &str, text: &str) {
    let mut settings = insta::Settings::clone_current();
    settings.set_omit_expression(true);
    settings.set_prepend_module_to_snapshot(false);
    settings.bind(|| insta::assert_snapshot!(name, text));
}
