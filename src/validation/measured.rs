//! Against measured reality: twenty workloads on AWS Lambda.
//!
//! The model is that of SimFaaS: Poisson arrivals, exponential service, one request an instance, the newest idle instance first,
//! idle ones kept for ten minutes. A cold request takes longer by the difference of the measured means. Measured and simulated
//! figures are compared as SimFaaS compares them: the mean over the workloads of the relative error.

use super::check::{Check, Known, Trial};

const DATA: &str = include_str!("data/aws_lambda_experiments.csv");
const SOURCE: &str = "measured on AWS Lambda: N. Mahmoudi and H. Khazaei, SimFaaS, 2021";

/// What was measured of one workload; times in milliseconds.
#[derive(Clone, Copy, Debug, serde::Deserialize)]
struct Workload {
    #[serde(rename = "ArrivalRate")]
    rate_per_s: f64,
    #[serde(rename = "ServiceTimeWarm")]
    warm_ms: f64,
    #[serde(rename = "ServiceTimeCold")]
    cold_ms: f64,
    #[serde(rename = "AverageInstanceCount")]
    instances: f64,
    #[serde(rename = "ColdStartProbability")]
    cold_share: f64,
}

/// The mean relative errors of the share of cold starts and of the mean number of instances.
pub(super) fn checks(seed: u64) -> Vec<Check> {
    let workloads = workloads();
    let errors: Vec<(f64, f64)> = workloads.iter().map(|workload| errors(seed, workload)).collect();
    let mean = |part: fn(&(f64, f64)) -> f64| errors.iter().map(part).sum::<f64>() / errors.len().max(1) as f64;
    let known = |what: &str, expected| Known {
        what: format!("{} measured workloads of AWS Lambda: mean error of the {what}", workloads.len()),
        formula: "mean of |simulated - measured| / measured",
        source: SOURCE,
        unit: "",
        expected,
    };
    vec![
        known("share of cold starts", 0.136).at_most(mean(|error| error.0)),
        known("mean number of instances", 0.033).at_most(mean(|error| error.1)),
    ]
}

/// # Panics
/// When the carried file is not what it was: a defect of the program.
fn workloads() -> Vec<Workload> {
    let mut reader = csv::ReaderBuilder::new().comment(Some(b'#')).from_reader(DATA.as_bytes());
    reader.deserialize().collect::<Result<_, _>>().expect("the carried file has these columns")
}

fn errors(seed: u64, workload: &Workload) -> (f64, f64) {
    /// Requests of a replication: the rarest cold starts are one in a thousand of them.
    const REQUESTS: f64 = 200_000.0;
    let window_s = (REQUESTS / workload.rate_per_s).ceil();
    let text = format!(
        "horizon = \"{}s\"\nwarm_up = \"{}s\"\nreplications = {}\n[[traffic]]\nname = \"requests\"\nrate = \"{:.9}/s\"\nservice_time = {{ kind = \
         \"exponential\", mean = \"{}ms\" }}\n[[fleet]]\nname = \"lambda\"\nkind = \"serverless\"\ncold_start = \"{}ms\"\nkeep_alive = \
         \"10min\"\nidle_selection = \"newest\"",
        window_s + 6_000.0,
        6_000,
        super::check::REPLICATIONS,
        workload.rate_per_s,
        workload.warm_ms,
        workload.cold_ms - workload.warm_ms
    );
    let trial = Trial::of_text(seed, &text);
    let mean = |values: Vec<f64>| values.iter().sum::<f64>() / values.len() as f64;
    let cold = mean(trial.pools(|pool| pool.requests().cold as f64 / pool.requests().completed as f64).collect());
    let instances =
        mean(trial.pools(|pool| trial.mean(pool.usage.starting + pool.usage.busy + pool.usage.idle)).collect());
    let relative = |simulated: f64, measured: f64| (simulated - measured).abs() / measured;
    (relative(cold, workload.cold_share), relative(instances, workload.instances))
}
