//! Serverless and hybrid pools against what can be derived of them.

use std::f64::consts::{PI, TAU};

use super::check::{Check, Known, Trial};
use super::theory::erlang_b;
use crate::unit::Span;

fn serverless(keys: &str) -> String {
    format!("[[fleet]]\nname = \"serverless\"\nkind = \"serverless\"\nprice = \"$4.00/h\"\n{keys}")
}

/// Occupancy, cold starts and what a full pool sends on.
pub(super) fn checks(seed: u64) -> Vec<Check> {
    let mut checks = vec![busy(seed), follows_the_day(seed), sends_on(seed)];
    checks.extend(lone_instance(seed));
    checks
}

fn busy(seed: u64) -> Check {
    let traffic = "rate = \"20/s\"\nservice_time = { kind = \"lognormal\", mean = \"1s\", cv = 2.0 }";
    let trial = Trial::new(seed, 20_000, traffic, &serverless("cold_start = \"0s\"\nkeep_alive = \"5s\""));
    let known = Known {
        what: "M/G/infinity at 20 requests/s of 1 s: mean number busy".to_owned(),
        formula: "rate x mean service time",
        source: "Little 1961",
        unit: "",
        expected: 20.0,
    };
    known.within(trial.pools(|pool| trial.mean(pool.usage.busy)))
}

/// A quarter of a day after two whole ones, over which the cosine has a mean that is known.
fn follows_the_day(seed: u64) -> Check {
    let (rate, service_s, amplitude) = (0.5, 7_200.0, 0.9);
    let text = format!(
        "horizon = \"54h\"\nwarm_up = \"48h\"\nreplications = {}\n[[traffic]]\nname = \"diurnal\"\nrate = \"{rate}/s\"\nshape = {{ kind = \
         \"diurnal\", peak_over_mean = {}, peak_at = \"00:00\", weekend = 1.0 }}\nservice_time = {{ kind = \"exponential\", mean = \
         \"{service_s}s\" }}\n{}",
        super::check::REPLICATIONS,
        1.0 + amplitude,
        serverless("cold_start = \"0s\"\nkeep_alive = \"1s\"")
    );
    let trial = Trial::of_text(seed, &text);
    let lag = TAU / Span::DAY.seconds() * service_s;
    let phase = lag.atan();
    let mean_cosine = ((TAU / 4.0 - phase).sin() + phase.sin()) * 2.0 / PI;
    let known = Known {
        what: "M(t)/G/infinity, a diurnal rate and requests of 2 h: mean number busy in the hours after the peak"
            .to_owned(),
        formula: "rate E (1 + a cos(w t - phi) / sqrt(1 + (w E)^2)), tan(phi) = w E",
        source: "Eick, Massey and Whitt 1993",
        unit: "",
        expected: rate * service_s * (1.0 + amplitude / lag.hypot(1.0) * mean_cosine),
    };
    known.within(trial.pools(|pool| trial.mean(pool.usage.busy)))
}

/// The gap from a completion to the next arrival is exponential; that arrival is cold if the gap outlasts the keep-alive.
fn lone_instance(seed: u64) -> Vec<Check> {
    let (rate, keep_alive_s) = (0.5_f64, 3.0);
    let traffic = format!("rate = \"{rate}/s\"\nservice_time = {{ kind = \"lognormal\", mean = \"1s\", cv = 1.0 }}");
    let keys =
        format!("cold_start = \"2s\"\nkeep_alive = \"{keep_alive_s}s\"\nmax_instances = 1\noverflow = \"reject\"");
    let trial = Trial::new(seed, 100_000, &traffic, &serverless(&keys));
    let cold = (-rate * keep_alive_s).exp();
    let cold_starts = Known {
        what: "one instance, kept alive for 3 s, 0.5 requests/s: share of cold starts".to_owned(),
        formula: "exp(-rate x keep-alive)",
        source: "the memoryless gap from a completion to the next arrival",
        unit: "",
        expected: cold,
    };
    let idle = Known {
        what: "the same: idle time billed for each request".to_owned(),
        formula: "(1 - exp(-rate x keep-alive)) / rate",
        source: "the mean of that gap, cut off at the keep-alive",
        unit: "s",
        expected: (1.0 - cold) / rate,
    };
    let completed = |pool: &crate::measure::PoolOutcome| pool.requests().completed as f64;
    vec![
        cold_starts.within(trial.pools(|pool| pool.requests().cold as f64 / completed(pool))),
        idle.within(trial.pools(|pool| pool.usage.idle as f64 / Span::SECOND.nanos() as f64 / completed(pool))),
    ]
}

fn sends_on(seed: u64) -> Check {
    let pools = "[[fleet]]\nname = \"hybrid\"\nkind = \"hybrid\"\n[[fleet.pool]]\nname = \"base\"\nkind = \"dedicated\"\ninstances = 6\nprice = \
                 \"$4/h\"\n[[fleet.pool]]\nname = \"burst\"\nkind = \"serverless\"\ncold_start = \"0s\"\nkeep_alive = \"1s\"";
    let traffic = "rate = \"5/s\"\nservice_time = { kind = \"lognormal\", mean = \"1s\", cv = 1.0 }";
    let trial = Trial::new(seed, 40_000, traffic, pools);
    let known = Known {
        what: "hybrid of 6 instances at load 5: share sent on to serverless".to_owned(),
        formula: "Erlang B",
        source: "Erlang 1917",
        unit: "",
        expected: erlang_b(6, 5.0),
    };
    let sent_on = trial.replications.iter().map(|made| {
        let arrived = |pool: usize| made.fleets[0].pools[pool].requests().arrived as f64;
        arrived(1) / (arrived(0) + arrived(1))
    });
    known.within(sent_on)
}
