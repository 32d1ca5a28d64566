//! Jobs against times worked out by hand, against the renewal formula of `docs/JOBS.md`, and what always holds.

use std::path::Path;

use proptest::prelude::*;

use crate::bill::of_jobs;
use crate::scenario::{FleetKind, Overrides, Scenario, availability, load_text};
use crate::unit::{Span, Time};
use crate::validation::theory::CheckpointedJob;

use super::{JobsOutcome, simulate};

const HOUR: f64 = 3_600.0;

fn scenario(text: &str) -> Scenario {
    let text = format!("horizon = \"10d\"\n{text}");
    match load_text(&text, "jobs.toml", Path::new("."), &Overrides::default()) {
        Ok(loaded) => loaded.scenario,
        Err(problems) => panic!("{problems}"),
    }
}

/// Jobs with these keys on a fleet with these, in one replication.
fn outcome(jobs: &str, fleet: &str) -> JobsOutcome {
    replication(&one_fleet(jobs, fleet), 0)
}

fn one_fleet(jobs: &str, fleet: &str) -> Scenario {
    scenario(&format!("{jobs}\n[[fleet]]\nname = \"f\"\n{fleet}"))
}

fn replication(scenario: &Scenario, index: u32) -> JobsOutcome {
    simulate(scenario, &scenario.fleets[0], index).expect("jobs run on it")
}

/// When the jobs are done, in minutes; `None` for one that never ends.
fn done(outcome: &JobsOutcome) -> Vec<Option<f64>> {
    outcome.jobs.iter().map(|job| job.completed.map(|at| at.seconds() / 60.0)).collect()
}

fn minutes(nanos: u128) -> f64 {
    nanos as f64 / Span::MINUTE.nanos() as f64
}

fn dollars(scenario: &Scenario, outcome: &JobsOutcome) -> String {
    let FleetKind::Single(kind) = &scenario.fleets[0].kind else { panic!("one pool") };
    of_jobs(kind, &outcome.usage, scenario.horizon).total.to_string()
}

const ON_DEMAND: &str = "kind = \"dedicated\"\nprice = \"$6/h\"\ninstances = 4\n";
const SERVERLESS: &str =
    "kind = \"serverless\"\nprice = \"$6/h\"\ncold_start = \"1min\"\nkeep_alive = \"5min\"\nexecution_limit = \"1h\"\n";

fn job(keys: &str) -> String {
    format!("[[jobs]]\nname = \"j\"\n{keys}")
}

#[test]
fn a_checkpoint_is_written_after_every_stretch_but_the_last() {
    let whole = outcome(&job("work = \"10h\"\ncheckpoint = { every = \"1h\", cost = \"6min\" }"), ON_DEMAND);
    assert_eq!(done(&whole), [Some(10.0 * 60.0 + 9.0 * 6.0)]);
    let longer = outcome(&job("work = \"10h\"\ncheckpoint = { every = \"7h\", cost = \"6min\" }"), ON_DEMAND);
    assert_eq!(done(&longer), [Some(10.0 * 60.0 + 6.0)]);
    let none = outcome(&job("work = \"10h\"\nsubmit = \"30min\""), &format!("{ON_DEMAND}boot = \"2min\""));
    assert_eq!(done(&none), [Some(30.0 + 2.0 + 600.0)]);
}

#[test]
fn a_job_starts_when_all_its_gpus_are_free_and_nobody_overtakes_it() {
    let pairs = outcome(&job("count = 3\nwork = \"2h\"\ngpus = 2"), ON_DEMAND);
    assert_eq!(done(&pairs), [Some(60.0), Some(60.0), Some(120.0)]);
    let mixed = "[[jobs]]\nname = \"a\"\nwork = \"2h\"\ngpus = 2\n[[jobs]]\nname = \"b\"\nwork = \"4h\"\ngpus = 4\n\
                 [[jobs]]\nname = \"c\"\nwork = \"1h\"\n";
    assert_eq!(done(&outcome(mixed, ON_DEMAND)), [Some(60.0), Some(120.0), Some(180.0)]);
    let spaced = outcome(&job("count = 3\nevery = \"90min\"\nwork = \"1h\""), ON_DEMAND);
    assert_eq!(done(&spaced), [Some(60.0), Some(150.0), Some(240.0)]);
}

#[test]
fn an_instance_that_is_given_back_goes_to_the_next_job_without_a_boot() {
    let fleet = ON_DEMAND.replace("instances = 4", "instances = 1\nboot = \"3min\"");
    let scenario = one_fleet(&job("count = 2\nwork = \"1h\""), &fleet);
    let outcome = replication(&scenario, 0);
    assert_eq!(done(&outcome), [Some(63.0), Some(123.0)]);
    assert_eq!((minutes(outcome.usage.held), dollars(&scenario, &outcome)), (123.0, "$12.30".to_owned()));
}

#[test]
fn an_execution_limit_takes_the_work_since_the_last_checkpoint_and_a_cold_start_is_paid_again() {
    let keys = "work = \"2h\"\ncheckpoint = { every = \"20min\" }\nrestart = \"2min\"";
    let scenario = one_fleet(&job(keys), SERVERLESS);
    let outcome = replication(&scenario, 0);
    // 1 min start, 60 min: three checkpoints, the last one just in time. 1 + 2 min, 58 min: two, and 18 min lost. 1 + 2 + 20 min.
    assert_eq!(done(&outcome), [Some(61.0 + 61.0 + 23.0)]);
    let (job, usage) = (&outcome.jobs[0], &outcome.usage);
    assert_eq!((job.restarts, minutes(job.lost)), (2, 18.0));
    assert_eq!((minutes(usage.start_phases[3]), minutes(usage.executing)), (3.0, 60.0 + 60.0 + 22.0));
    assert_eq!((minutes(usage.idle), usage.executions), (5.0, 3), "the instance idles once all is done");
    assert_eq!(dollars(&scenario, &outcome), "$15.00");
}

#[test]
fn a_job_that_cannot_save_within_the_limit_never_ends() {
    for keys in ["", "checkpoint = { every = \"59min\", cost = \"2min\" }", "checkpoint = { every = \"70min\" }"] {
        let outcome = outcome(&job(&format!("work = \"2h\"\n{keys}")), SERVERLESS);
        assert_eq!(done(&outcome), [None], "{keys}");
    }
    // It saves once, before it has to restart, and never again.
    let once = outcome(&job("work = \"3h\"\nrestart = \"10min\"\ncheckpoint = { every = \"55min\" }"), SERVERLESS);
    assert_eq!((done(&once), once.jobs[0].restarts), (vec![None], 1));
    assert_eq!(done(&outcome(&job("work = \"1h\""), SERVERLESS)), [Some(61.0)], "done as the limit is reached");
}

#[test]
fn a_job_larger_than_the_fleet_never_ends_and_keeps_nobody_waiting() {
    let jobs = "[[jobs]]\nname = \"large\"\nwork = \"1h\"\ngpus = 5\n[[jobs]]\nname = \"small\"\nwork = \"1h\"\n";
    assert_eq!(done(&outcome(jobs, ON_DEMAND)), [None, Some(60.0)]);
}

#[test]
fn nodes_are_held_and_paid_whole() {
    let fleet = "kind = \"dedicated\"\nprice = \"$2/h\"\ninstances = 9\nnode_gpus = 8\n";
    let nine = one_fleet(&job("count = 9\nwork = \"1h\""), fleet);
    let outcome = replication(&nine, 0);
    assert_eq!(done(&outcome), vec![Some(60.0); 9]);
    assert_eq!(dollars(&nine, &outcome), "$32.00", "two nodes of eight");
    let eight = one_fleet(&job("count = 8\nwork = \"1h\""), fleet);
    assert_eq!(dollars(&eight, &replication(&eight, 0)), "$16.00");
}

#[test]
fn what_is_held_for_less_is_paid_for_the_minimum_and_a_commitment_is_paid_whatever_is_used() {
    let jobs = job("work = \"10s\"");
    let short = one_fleet(&jobs, &format!("{ON_DEMAND}minimum_billing = \"60s\""));
    assert_eq!(dollars(&short, &replication(&short, 0)), "$0.10");
    let reserved = one_fleet(&jobs, &format!("{ON_DEMAND}purchase = \"reserved-1y\"\ndiscount = 0.5"));
    let outcome = replication(&reserved, 0);
    assert_eq!(done(&outcome), [Some(1.0 / 6.0)]);
    assert_eq!(dollars(&reserved, &outcome), "$2880.00", "4 x $3 x 240 h");
    let late = one_fleet(&job("work = \"480h\""), &format!("{ON_DEMAND}purchase = \"reserved-1y\"\ndiscount = 0.5"));
    assert_eq!(dollars(&late, &replication(&late, 0)), "$5760.00", "to the last completion");
}

#[test]
fn outside_its_hours_a_fleet_runs_nothing_and_the_end_of_the_hours_is_known_beforehand() {
    let fleet = format!("{ON_DEMAND}schedule = \"08:00-09:00\"");
    let keys = "work = \"100min\"\ncheckpoint = { every = \"10h\", cost = \"5min\" }\nrestart = \"1min\"";
    let two_days = outcome(&job(keys), &fleet);
    // 55 min and a last checkpoint; on the next day a restart and 45 min.
    assert_eq!((done(&two_days), two_days.jobs[0].lost), (vec![Some(32.0 * 60.0 + 46.0)], 0));
    assert_eq!(minutes(two_days.usage.held), 60.0 + 46.0);
    assert_eq!(done(&outcome(&job("work = \"100min\""), &fleet)), [None], "ten years of mornings");
}

/// The mean of figures, and its standard error.
fn mean(figures: &[f64]) -> (f64, f64) {
    let count = figures.len() as f64;
    let mean = figures.iter().sum::<f64>() / count;
    let squares: f64 = figures.iter().map(|figure| (figure - mean).powi(2)).sum();
    (mean, (squares / (count - 1.0) / count).sqrt())
}

/// Four standard errors: a right simulator fails one such comparison in 16,000.
fn assert_close(figures: &[f64], expected: f64, what: &str) {
    let (mean, error) = mean(figures);
    assert!(error < 0.02 * expected, "{what}: {mean} +- {error} is too blunt for {expected}");
    assert!((mean - expected).abs() < 4.0 * error, "{what}: {mean} +- {error}, expected {expected}");
}

fn completion_hours(outcome: &JobsOutcome) -> Vec<f64> {
    outcome.jobs.iter().map(|job| (job.completed.expect("it ends") - job.submitted).seconds() / HOUR).collect()
}

#[test]
fn completion_on_spot_instances_is_that_of_the_renewal_formula() {
    // Mean time between interruptions, checkpoint interval and cost, restart, boot: minutes.
    let cases =
        [(600, 60, 5, 10, 7), (240, 30, 1, 0, 0), (120, 45, 2, 5, 20), (3_000, 600, 1, 30, 3), (90, 300, 1, 0, 1)];
    for (every, interval, cost, restart, boot) in cases {
        let jobs = job(&format!(
            "count = 3000\nwork = \"500min\"\nrestart = \"{restart}min\"\ncheckpoint = {{ every = \"{interval}min\", cost = \"{cost}min\" }}"
        ));
        let fleet = format!(
            "kind = \"dedicated\"\nprice = \"$1/h\"\ninstances = 3000\npurchase = \"spot\"\nboot = \"{boot}min\"\n\
             interruptions = {{ every = \"{every}min\", notice = \"0s\" }}"
        );
        let hours = |minutes: u32| f64::from(minutes) / 60.0;
        let (work, interval_h, restart_h) = (hours(500), hours(interval), hours(restart));
        let job = CheckpointedJob { work, every: interval_h, cost: hours(cost), restart: restart_h };
        let expected = job.completion(hours(every), hours(boot));
        assert_close(
            &completion_hours(&outcome(&jobs, &fleet)),
            expected,
            &format!("every {every}, interval {interval}"),
        );
    }
}

#[test]
fn a_gang_is_interrupted_as_often_as_all_its_instances() {
    let jobs = job(
        "count = 1000\nwork = \"40h\"\ngpus = 4\ncheckpoint = { every = \"30min\", cost = \"1min\" }\nrestart = \"5min\"",
    );
    let fleet = "kind = \"dedicated\"\nprice = \"$1/h\"\ninstances = 4000\npurchase = \"spot\"\n\
                 interruptions = { every = \"12h\", notice = \"0s\" }";
    let job = CheckpointedJob { work: 10.0, every: 0.5, cost: 1.0 / 60.0, restart: 5.0 / 60.0 };
    let expected = job.completion(3.0, 0.0);
    assert_close(&completion_hours(&outcome(&jobs, fleet)), expected, "4 instances");
}

#[test]
fn a_notice_that_a_checkpoint_fits_into_loses_no_work() {
    let jobs = job("count = 200\nwork = \"20h\"\ncheckpoint = { every = \"5h\", cost = \"1min\" }");
    let fleet = |notice: &str| {
        format!(
            "kind = \"dedicated\"\nprice = \"$1/h\"\ninstances = 200\npurchase = \"spot\"\n\
             interruptions = {{ every = \"10h\", notice = \"{notice}\" }}"
        )
    };
    let lost = |notice| outcome(&jobs, &fleet(notice)).jobs.iter().map(|job| job.lost).sum::<u128>();
    assert_eq!(lost("1min"), 0);
    assert!(lost("59s") > 0);
    let free = jobs.replace("1min", "0s");
    assert_eq!(outcome(&free, &fleet("0s")).jobs.iter().map(|job| job.lost).sum::<u128>(), 0, "it takes no time");
}

#[test]
fn work_takes_as_much_longer_as_the_instances_are_available() {
    let jobs = job("work = \"400h\"\ncheckpoint = { every = \"1s\" }");
    let fleets = [
        // Each fails and is repaired.
        "instances = 1\nfailures = { every = \"10h\", repair = { kind = \"uniform\", low = \"1h\", high = \"3h\" } }",
        // The only zone has outages.
        "instances = 1\npurchase = \"spot\"\ninterruptions = { notice = \"0s\", outages = { zones = 1, every = \"10h\", last = \"2h\" } }",
    ];
    let hour = |hours: u64| Span::from_nanos(hours * Span::HOUR.nanos());
    let expected = 400.0 / availability(hour(10), hour(2));
    for fleet in fleets {
        let scenario = one_fleet(&jobs, &format!("kind = \"dedicated\"\nprice = \"$1/h\"\n{fleet}"));
        let hours: Vec<f64> = (0..400).flat_map(|index| completion_hours(&replication(&scenario, index))).collect();
        assert_close(&hours, expected, fleet);
    }
}

#[test]
fn an_on_demand_instance_stands_in_while_no_zone_has_spot_ones() {
    let fleet = |fallback: &str| {
        format!(
            "kind = \"dedicated\"\nprice = \"$1/h\"\ninstances = 2\npurchase = \"spot\"\n\
             interruptions = {{ outages = {{ zones = 1, every = \"10h\", last = \"5h\" }}{fallback} }}"
        )
    };
    let jobs = job("count = 2\nwork = \"100h\"\ncheckpoint = { every = \"10min\", cost = \"1min\" }");
    let without = outcome(&jobs, &fleet(""));
    let with = outcome(&jobs, &fleet(", fallback = { dynamic = true, price = \"$3/h\" }"));
    assert!(without.usage.end > with.usage.end);
    assert_eq!(without.usage.held_on_demand, 0);
    assert!(with.usage.held_on_demand > 0 && with.usage.held > 0);
    let base = outcome(&jobs, &fleet(", fallback = { base = 2, price = \"$3/h\" }"));
    assert_eq!((base.usage.held, base.jobs[0].restarts), (0, 0), "on-demand instances are never taken away");
}

fn any_fleet() -> impl Strategy<Value = String> {
    let spot = (1_u32..6, 1_u32..40, 0_u32..10, 0_u32..4, any::<bool>()).prop_map(|(instances, every, notice, boot, dynamic)| {
        format!(
            "kind = \"dedicated\"\nprice = \"$1/h\"\ninstances = {instances}\npurchase = \"spot\"\nboot = \"{boot}min\"\n\
             minimum_billing = \"60s\"\ninterruptions = {{ every = \"{every}h\", notice = \"{notice}min\", \
             outages = {{ zones = 2, every = \"20h\", last = {{ kind = \"exponential\", mean = \"2h\" }} }}, \
             fallback = {{ base = 1, dynamic = {dynamic}, price = \"$3/h\" }} }}"
        )
    });
    let failing = (1_u32..6, prop::sample::select(vec!["on-demand", "reserved-1y"]), 1_u32..3).prop_map(|(instances, purchase, node)| {
        format!(
            "kind = \"dedicated\"\nprice = \"$1/h\"\ninstances = {instances}\npurchase = \"{purchase}\"\nnode_gpus = {node}\n\
             boot = {{ allocate = \"1min\", initialize = {{ kind = \"exponential\", mean = \"2min\" }}, failure = 0.2 }}\n\
             failures = {{ every = \"30h\", repair = {{ kind = \"exponential\", mean = \"2h\" }} }}\n\
             schedule = {{ hours = [\"06:00-24:00\"], failure = 0.1 }}"
        )
    });
    let serverless = (1_u32..6, 0_u32..2, 2_u32..20).prop_map(|(most, least, limit)| {
        format!(
            "kind = \"serverless\"\nprice = \"$1/h\"\ncold_start = {{ kind = \"exponential\", mean = \"1min\" }}\nkeep_alive = \"2min\"\n\
             max_instances = {most}\nmin_instances = {least}\nexecution_limit = \"{limit}h\"\nrounding = \"1s\""
        )
    });
    prop_oneof![spot, failing, serverless]
}

fn any_jobs() -> impl Strategy<Value = String> {
    let class = (1_u32..6, 1_u32..4, 1_u32..300, 0_u32..90, prop::option::of((1_u32..120, 0_u32..5)), 0_u32..10);
    prop::collection::vec(class, 1..3).prop_map(|classes| {
        let text = classes.into_iter().enumerate().map(|(index, (count, gpus, work, every, checkpoint, restart))| {
            let checkpoint = checkpoint.map_or_else(String::new, |(every, cost)| {
                format!("checkpoint = {{ every = \"{every}min\", cost = \"{cost}min\" }}\n")
            });
            format!(
                "[[jobs]]\nname = \"j{index}\"\ncount = {count}\ngpus = {gpus}\nevery = \"{every}min\"\nrestart = \"{restart}min\"\n\
                 work = {{ kind = \"exponential\", mean = \"{work}min\" }}\ndeadline = \"1d\"\n{checkpoint}"
            )
        });
        text.collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn every_job_ends_once_or_never_and_what_it_takes_adds_up(jobs in any_jobs(), fleet in any_fleet(), index in 0_u32..50) {
        let scenario = one_fleet(&jobs, &fleet);
        let outcome = replication(&scenario, index);
        let total: u32 = scenario.jobs.iter().map(|class| class.count).sum();
        prop_assert_eq!(outcome.jobs.len(), total as usize);
        let FleetKind::Single(kind) = &scenario.fleets[0].kind else { panic!("one pool") };
        for job in &outcome.jobs {
            let class = &scenario.jobs[job.class];
            let wall = job.work / u128::from(class.gpus);
            match job.completed {
                Some(completed) => {
                    prop_assert!(u128::from((completed - job.submitted).nanos()) >= wall);
                    prop_assert!(completed <= outcome.usage.end);
                    // Work, and what was lost of it, was done on GPUs that it had.
                    prop_assert!(job.occupied >= job.work + job.lost);
                    let in_time = completed <= job.submitted + Span::DAY;
                    prop_assert_eq!(job.met_deadline, Some(in_time));
                }
                None => prop_assert_eq!(job.met_deadline, Some(false)),
            }
            if job.restarts == 0 {
                prop_assert_eq!(job.lost, if job.completed.is_some() { 0 } else { job.lost });
            }
        }
        let bill = of_jobs(kind, &outcome.usage, scenario.horizon);
        let worked: u128 = outcome.jobs.iter().filter(|job| job.completed.is_some()).map(|job| job.work + job.lost).sum();
        prop_assert!(bill.gpu_time >= worked, "{} < {}", bill.gpu_time, worked);
        if let Some(gpus) = kind.gpus() {
            let occupied: u128 = outcome.jobs.iter().map(|job| job.occupied).sum();
            prop_assert!(occupied <= u128::from(gpus) * u128::from((outcome.usage.end - Time::START).nanos()));
        }
        prop_assert_eq!(replication(&scenario, index), outcome);
    }
}
