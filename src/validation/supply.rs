//! Instances that fail, are taken away, rest out of hours or run jobs, against what can be derived of them.

use std::path::Path;

use super::check::{Check, Known, REPLICATIONS, Trial};
use super::theory::CheckpointedJob;
use crate::jobs::{JobsOutcome, simulate};
use crate::measure::PoolOutcome;
use crate::scenario::{Overrides, availability, load_text};
use crate::unit::Span;

fn dedicated(keys: &str) -> String {
    format!("[[fleet]]\nname = \"dedicated\"\nkind = \"dedicated\"\nprice = \"$1.00/h\"\n{keys}")
}

/// Availability, interruptions, hours and jobs with checkpoints.
pub(super) fn checks(seed: u64) -> Vec<Check> {
    vec![available(seed), booting(seed), out_of_hours(seed), on_spot(seed), on_failing_instances(seed)]
}

const RARE: &str = "rate = \"1/h\"\nservice_time = \"1s\"";

fn available(seed: u64) -> Check {
    let (up_h, down_h, instances) = (20, 5, 20);
    let hours = |hours: u64| Span::from_nanos(hours * Span::HOUR.nanos());
    let fleet = format!(
        "instances = {instances}\nfailures = {{ every = \"{up_h}h\", repair = {{ kind = \"lognormal\", mean = \"{down_h}h\", cv = 1.0 }} }}"
    );
    let trial = Trial::new(seed, 100 * 86_400, RARE, &dedicated(&fleet));
    let known = Known {
        what: format!("{instances} instances that fail every {up_h} h and are down for {down_h} h: mean number up"),
        formula: "instances x MTBF / (MTBF + MTTR)",
        source: "the renewal-reward theorem (Ross, Stochastic Processes, 1996)",
        unit: "",
        expected: f64::from(instances) * availability(hours(up_h), hours(down_h)),
    };
    known.within(trial.pools(|pool| trial.mean(pool.usage.held)))
}

/// An instance boots anew after each interruption.
fn booting(seed: u64) -> Check {
    let (every_h, boot_h, instances) = (6.0_f64, 0.25, 20);
    let fleet = format!(
        "instances = {instances}\npurchase = \"spot\"\nboot = \"{boot_h}h\"\ninterruptions = {{ every = \"{every_h}h\", notice = \"0s\" }}"
    );
    let trial = Trial::new(seed, 100 * 86_400, RARE, &dedicated(&fleet));
    let known = Known {
        what: format!(
            "{instances} spot instances taken away every {every_h} h, replaced in {boot_h} h: mean number that boots"
        ),
        formula: "instances x (1 - exp(-boot / mean life)), a life being exponential and beginning with the boot",
        source: "the renewal-reward theorem (Ross, Stochastic Processes, 1996)",
        unit: "",
        expected: f64::from(instances) * -(-boot_h / every_h).exp_m1(),
    };
    known.within(trial.pools(|pool| trial.mean(pool.usage.starting)))
}

fn out_of_hours(seed: u64) -> Check {
    let text = format!(
        "starts = \"2026-01-05T00:00:00\"\nhorizon = \"14d\"\nreplications = 1\n[[traffic]]\nname = \"requests\"\n{RARE}\n{}",
        dedicated("instances = 3\nschedule = \"Mon-Fri 08:00-20:00\"")
    );
    let trial = Trial::of_text(seed, &text);
    let known = Known {
        what: "3 instances in office hours, Monday to Friday from 8 to 20, for two weeks: hours that are paid for"
            .to_owned(),
        formula: "instances x days x hours",
        source: "arithmetic",
        unit: "h",
        expected: f64::from(3 * 10 * 12),
    };
    let paid: Vec<f64> = trial.pools(|pool: &PoolOutcome| pool.usage.held as f64 / Span::HOUR.nanos() as f64).collect();
    known.equals(paid[0])
}

/// Jobs on so many instances, in every replication.
fn jobs(seed: u64, jobs: u32, keys: &str, instances: u32, fleet: &str) -> Vec<JobsOutcome> {
    let text = format!(
        "horizon = \"10d\"\nreplications = {REPLICATIONS}\n[[jobs]]\nname = \"job\"\ncount = {jobs}\n{keys}\n{}",
        dedicated(&format!("instances = {instances}\n{fleet}"))
    );
    let overrides = Overrides { seed: Some(seed), ..Overrides::default() };
    let loaded = load_text(&text, "validation.toml", Path::new(""), &overrides);
    let scenario = loaded.unwrap_or_else(|problems| panic!("{problems}")).scenario;
    let fleet = &scenario.fleets[0];
    (0..REPLICATIONS).map(|index| simulate(&scenario, fleet, index).expect("a fleet that runs jobs")).collect()
}

/// From the submission of all of them to the completion of each, in hours.
fn completion_h(outcome: &JobsOutcome) -> impl Iterator<Item = f64> {
    outcome.jobs.iter().map(|job| (job.completed.expect("it ends") - job.submitted).seconds() / 3_600.0)
}

fn on_spot(seed: u64) -> Check {
    let job = CheckpointedJob { work: 20.0, every: 1.0, cost: 0.1, restart: 0.2 };
    let (mean_time, boot) = (5.0, 0.1);
    let CheckpointedJob { work, every, cost, restart } = job;
    let keys = format!(
        "work = \"{work}h\"\nrestart = \"{restart}h\"\ncheckpoint = {{ every = \"{every}h\", cost = \"{cost}h\" }}"
    );
    let fleet = format!(
        "purchase = \"spot\"\nboot = \"{boot}h\"\ninterruptions = {{ every = \"{mean_time}h\", notice = \"0s\" }}"
    );
    let known = Known {
        what: format!(
            "a job of {work} h on a spot instance taken away every {mean_time} h, a checkpoint every hour: completion"
        ),
        formula: "boot + e^(l R) (1/l + boot) sum (e^(l s) - 1), l the rate, R the restart, s a stretch with its checkpoint",
        source: "the renewal argument of docs/JOBS.md; Daly 2006 without a boot",
        unit: "h",
        expected: job.completion(mean_time, boot),
    };
    // Each has an instance of its own.
    let made = jobs(seed, 300, &keys, 300, &fleet);
    known.within(made.iter().map(|outcome| completion_h(outcome).sum::<f64>() / 300.0))
}

fn on_failing_instances(seed: u64) -> Check {
    let (work, up, down) = (100.0, 10.0, 2.0);
    let fleet = format!("failures = {{ every = \"{up}h\", repair = \"{down}h\" }}");
    let keys = format!("work = \"{work}h\"\ncheckpoint = {{ every = \"1min\" }}");
    let known = Known {
        what: format!(
            "a job of {work} h that loses next to nothing, on an instance up for {up} h and down for {down} h: completion"
        ),
        formula: "(1/l + MTTR) sum (e^(l s) - 1), l the failure rate, s a stretch; near work / availability",
        source: "the renewal argument of docs/JOBS.md",
        unit: "h",
        expected: CheckpointedJob { work, every: 1.0 / 60.0, cost: 0.0, restart: 0.0 }.completion(up, down) - down,
    };
    // One after the other, on the only instance.
    let made = jobs(seed, 20, &keys, 1, &fleet);
    known.within(made.iter().map(|outcome| completion_h(outcome).fold(0.0, f64::max) / 20.0))
}
