//! Scalers under a load that does not change, against the number of instances that their rule comes to; and limits on starts.

use super::check::{Check, Known, Trial};

/// Regular arrivals, each at the very time at which an earlier request completes: as many are in flight at all times.
const TRAFFIC: &str = "rate = \"10/s\"\narrivals = \"regular\"\nservice_time = \"2s\"";

/// 10 a second of 2 s each.
const IN_FLIGHT: f64 = 20.0;

/// Where each rule settles, and how many starts a bucket lets through.
pub(super) fn checks(seed: u64) -> Vec<Check> {
    let kubernetes = "Kubernetes, Horizontal Pod Autoscaling";
    let rules = [
        Rule {
            scaler: "in-flight",
            keys: "target = 3",
            formula: "ceil(in flight / target)",
            source: "RunPod and Beam, Autoscaling",
            expected: (IN_FLIGHT / 3.0).ceil(),
        },
        Rule {
            scaler: "windowed-concurrency",
            keys: "target = 4, scale_down_delay = \"60s\"",
            formula: "ceil(mean in flight / (target x 0.7))",
            source: "Baseten, Autoscaling",
            expected: (IN_FLIGHT / (4.0 * 0.7)).ceil(),
        },
        Rule {
            scaler: "knative-kpa",
            keys: "target = 4",
            formula: "ceil(mean in flight / (target x 0.7))",
            source: "Knative, autoscaler.go",
            expected: (IN_FLIGHT / (4.0 * 0.7)).ceil(),
        },
        Rule {
            scaler: "hpa",
            keys: "target = 3",
            formula: "ceil(instances x (in flight / instances) / target)",
            source: kubernetes,
            expected: (IN_FLIGHT / 3.0).ceil(),
        },
        Rule {
            scaler: "keda",
            keys: "target = 3",
            formula: "ceil(in flight / target)",
            source: kubernetes,
            expected: (IN_FLIGHT / 3.0).ceil(),
        },
        Rule {
            scaler: "ray-serve",
            keys: "target = 3",
            formula: "ceil(mean in flight / target)",
            source: "Ray Serve, autoscaling_policy.py",
            expected: (IN_FLIGHT / 3.0).ceil(),
        },
        Rule {
            scaler: "skyserve",
            keys: "target = \"1.5/s\"",
            formula: "ceil(requests a second / target)",
            source: "SkyServe, autoscalers.py",
            expected: (10.0_f64 / 1.5).ceil(),
        },
    ];
    let mut checks: Vec<Check> = rules.iter().map(|rule| rule.check(seed)).collect();
    checks.push(throttled(seed));
    checks
}

struct Rule {
    scaler: &'static str,
    keys: &'static str,
    formula: &'static str,
    source: &'static str,
    expected: f64,
}

impl Rule {
    fn check(&self, seed: u64) -> Check {
        let Rule { scaler, keys, formula, source, expected } = *self;
        // That one leaves idle instances alone: with as many slots as its target, none is idle.
        let settling = if scaler == "in-flight" { "slots = 3\nkeep_alive = \"60s\"\n" } else { "slots = 8\n" };
        let fleet = format!(
            "[[fleet]]\nname = \"scaled\"\nkind = \"serverless\"\nprice = \"$1/h\"\ncold_start = \"5s\"\n{settling}\
             scale_out = {{ kind = \"{scaler}\", {keys} }}\n"
        );
        // Half an hour, after hours in which the slowest rule has settled.
        let text = format!(
            "horizon = \"150min\"\nwarm_up = \"120min\"\nreplications = 1\n[[traffic]]\nname = \"requests\"\n{TRAFFIC}\n{fleet}"
        );
        let trial = Trial::of_text(seed, &text);
        let known = Known {
            what: format!("{scaler} with {keys}, {IN_FLIGHT} requests in flight all the time: instances"),
            formula,
            source,
            unit: "",
            expected,
        };
        let instances: Vec<f64> = trial.pools(|pool| trial.mean(pool.usage.busy + pool.usage.idle)).collect();
        known.equals(instances[0])
    }
}

/// More arrivals than tokens, each of which needs an instance of its own.
fn throttled(seed: u64) -> Check {
    let (rate, burst, seconds, per_second) = (1, 10, 100, 5);
    let text = format!(
        "horizon = \"{seconds}s\"\nreplications = 1\n[[traffic]]\nname = \"requests\"\nrate = \"{per_second}/s\"\narrivals = \"regular\"\n\
         service_time = \"1h\"\n[[fleet]]\nname = \"functions\"\nkind = \"serverless\"\nprice = \"$1/h\"\ncold_start = \"1s\"\n\
         keep_alive = \"60s\"\nscale_out = {{ kind = \"lambda-token-bucket\", rate = \"{rate}/s\", burst = {burst} }}\n"
    );
    let trial = Trial::of_text(seed, &text);
    // The last arrival is half a gap before the end.
    let last = f64::from(seconds) - 0.5 / f64::from(per_second);
    let started = f64::from(burst) + (f64::from(rate) * last).floor();
    let known = Known {
        what: format!(
            "a bucket of {burst} starts, {rate} more a second, {per_second} requests a second for {seconds} s: requests throttled"
        ),
        formula: "arrivals - burst - floor(rate x time)",
        source: "AWS, Lambda scaling behavior",
        unit: "",
        expected: f64::from(seconds * per_second) - started,
    };
    let rejected: Vec<f64> = trial.pools(|pool| pool.requests().rejected as f64).collect();
    known.equals(rejected[0])
}
