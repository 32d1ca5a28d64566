//! Dedicated pools against queueing theory. Requests arrive at random (Poisson) and take a second in the mean.

use super::check::{Check, Known, Trial, mean_wait_s, of_arrived, share_waiting};
use super::theory::{
    erlang_b, erlang_c, mean_wait, mean_wait_of_one_server, share_that_gives_up, states_of_a_limited_queue,
};

const EXPONENTIAL: &str = "service_time = { kind = \"exponential\", mean = \"1s\" }";

fn traffic(load: f64, service: &str) -> String {
    format!("rate = \"{load}/s\"\n{service}")
}

fn dedicated(instances: u32, more: &str) -> String {
    format!(
        "[[fleet]]\nname = \"dedicated\"\nkind = \"dedicated\"\ninstances = {instances}\nprice = \"$4.00/h\"\n{more}"
    )
}

/// Erlang's formulas and their kin.
pub(super) fn checks(seed: u64) -> Vec<Check> {
    let mut checks = one_instance(seed);
    checks.extend(several_instances(seed));
    checks
}

fn one_instance(seed: u64) -> Vec<Check> {
    let single = Trial::new(seed, 300_000, &traffic(0.7, EXPONENTIAL), &dedicated(1, ""));
    let one = Known {
        what: "M/M/1 at load 0.7: mean wait".to_owned(),
        formula: "load / (1 - load) service times",
        source: "Erlang 1917; Kleinrock, Queueing Systems I, 1975",
        unit: "s",
        expected: mean_wait(1, 0.7),
    };
    let mut checks = vec![one.within(single.pools(mean_wait_s))];
    let general = [
        ("constant", "service_time = \"1s\"", 0.0),
        ("lognormal, CV 1.5", "service_time = { kind = \"lognormal\", mean = \"1s\", cv = 1.5 }", 1.5),
    ];
    for (name, service, cv) in general {
        let trial = Trial::new(seed, 300_000, &traffic(0.6, service), &dedicated(1, ""));
        let known = Known {
            what: format!("M/G/1 at load 0.6, service {name}: mean wait"),
            formula: "load / (1 - load) x (1 + CV^2) / 2 service times",
            source: "Pollaczek 1930, Khinchine 1932",
            unit: "s",
            expected: mean_wait_of_one_server(0.6, cv),
        };
        checks.push(known.within(trial.pools(mean_wait_s)));
    }
    let impatient = format!("{}\ntimeout = \"2s\"", traffic(0.9, EXPONENTIAL));
    let trial = Trial::new(seed, 50_000, &impatient, &dedicated(1, ""));
    let known = Known {
        what: "M/M/1 at load 0.9, clients wait for 2 s at most: share that gives up".to_owned(),
        formula: "the level-crossing equation of the work that an arrival finds",
        source: "Baccelli, Boyer and Hebuterne 1984",
        unit: "",
        expected: share_that_gives_up(0.9, 2.0),
    };
    checks.push(known.within(trial.pools(|pool| of_arrived(pool, |requests| requests.timed_out))));
    checks
}

fn several_instances(seed: u64) -> Vec<Check> {
    let known =
        |what: &str, formula, source, unit, expected| Known { what: what.to_owned(), formula, source, unit, expected };
    let eight = Trial::new(seed, 50_000, &traffic(6.4, EXPONENTIAL), &dedicated(8, ""));
    let blocking = Trial::new(
        seed,
        40_000,
        &traffic(4.0, "service_time = { kind = \"lognormal\", mean = \"1s\", cv = 2.0 }"),
        &dedicated(5, "queue_limit = 0"),
    );
    let limited = Trial::new(seed, 50_000, &traffic(2.7, EXPONENTIAL), &dedicated(3, "queue_limit = 4"));
    let rejected = |pool: &crate::measure::PoolOutcome| of_arrived(pool, |requests| requests.rejected);
    let states = states_of_a_limited_queue(3, 4, 2.7);
    vec![
        known("M/M/8 at load 6.4: share that waits", "Erlang C", "Erlang 1917", "", erlang_c(8, 6.4))
            .within(eight.pools(share_waiting)),
        known(
            "M/M/8 at load 6.4: mean wait",
            "Erlang C / (c - load) service times",
            "Erlang 1917",
            "s",
            mean_wait(8, 6.4),
        )
        .within(eight.pools(mean_wait_s)),
        known(
            "M/G/5/5 at load 4, service lognormal, CV 2: share rejected",
            "Erlang B, whatever the service time",
            "Erlang 1917, Sevastyanov 1957",
            "",
            erlang_b(5, 4.0),
        )
        .within(blocking.pools(rejected)),
        known(
            "M/M/3 at load 2.7 with 4 places to wait: share rejected",
            "the birth-death chain of M/M/c/K",
            "Kleinrock, Queueing Systems I, 1975",
            "",
            states[states.len() - 1],
        )
        .within(limited.pools(rejected)),
    ]
}
