//! Bills worked out by hand: evenly spaced requests, starts of a known length, and the arithmetic beside each case.

use std::collections::BTreeMap;

use breakeven::experiment::{Unwatched, simulate};
use breakeven::summary::Provenance;

use super::loaded_with;

/// A bill of a whole window: its lines and its total, in dollars.
struct Bill {
    lines: BTreeMap<&'static str, f64>,
    total: f64,
}

impl Bill {
    fn line(&self, name: &str) -> f64 {
        self.lines.get(name).copied().unwrap_or_else(|| panic!("no line {name}: {:?}", self.lines))
    }
}

/// The bill of a fleet with these keys for evenly spaced requests, the first of them half a gap from the start.
fn bill(horizon: &str, rate: &str, service_time: &str, keys: &str) -> Bill {
    let text = format!(
        "horizon = \"{horizon}\"\n[[traffic]]\nname = \"api\"\nrate = \"{rate}\"\narrivals = \"regular\"\n\
         service_time = \"{service_time}\"\n[[fleet]]\nname = \"x\"\n{keys}\n"
    );
    let loaded = loaded_with(&text, &[]);
    let trial = simulate(&loaded.scenario, &Provenance::from(&loaded), None, &Unwatched).expect("no trace is read");
    let cost = &trial.document.fleets[0].cost;
    let mean = |estimate: &breakeven::measure::Estimate| estimate.mean.expect("a figure");
    let lines = cost.lines.iter().map(|line| (line.line, mean(&line.usd))).collect();
    Bill { lines, total: mean(&cost.total_usd) }
}

/// Within what rounding each line to a nano-dollar may change.
#[track_caller]
fn assert_usd(found: f64, expected: f64, what: &str) {
    assert!((found - expected).abs() < 1e-8, "{what}: {found} is not {expected}");
}

/// A start of known phases: 3 + 10 + 8 + 15 s.
const START: &str = "start = { allocate = \"3s\", pull = \"10s\", load = \"8s\", initialize = \"15s\" }";

/// Six requests of 2.55 s a day, four hours apart, so that each has an instance of its own, which lives for the phases of
/// [`START`], the service, and the preset's keep-alive. Billed is what the platform bills of that, rounded up an instance.
/// The scaler is left out of it: every request starts an instance at once, and waits for it.
#[test]
fn every_presets_tariff_bills_what_the_platform_does() {
    const REQUESTS: f64 = 6.0;
    // The preset; its GPU or price; the billed seconds of an instance; the price of a second.
    let cases: [(&str, &str, f64, f64); 17] = [
        // Initialize 15 + execute 2.55 = 17.55 s, in whole milliseconds. The request fee is added below.
        ("aws-lambda", "price = \"$0.36/h\"", 17.55, 0.36 / 3600.0),
        // 3 + 10 + 8 + 15 + 2.55 + 300 = 338.55 s.
        ("azure-container-apps", "price = \"$3.60/h\"", 339.0, 3.60 / 3600.0),
        // 3 + 10 + 8 + 15 + 2.55 + 900 = 938.55 s are 16 minutes.
        ("baseten", "gpu = \"H100\"", 960.0, 6.50 / 3600.0),
        // 10 + 8 + 15 + 2.55 + 180 = 215.55 s: not the 3 s to allocate.
        ("beam", "gpu = \"A10\"", 216.0, 0.000292),
        // 8 + 15 + 2.55 + 60 = 85.55 s: neither to allocate nor to pull.
        ("cerebrium", "gpu = \"H100\"", 86.0, 0.000944),
        // 3 + 10 + 8 + 15 + 2.55 + 600 = 638.55 s, in tenths of a second.
        ("cloud-run", "gpu = \"L4\"", 638.6, 0.0001867),
        // 8 + 15 + 2.55 + 10 = 35.55 s.
        ("fal", "gpu = \"H200\"", 36.0, 4.50 / 3600.0),
        // 8 + 15 + 2.55 = 25.55 s: the container is shut down after the task.
        ("float16-function", "gpu = \"H100\"", 26.0, 0.006),
        // 8 + 15 + 2.55 + 30 = 55.55 s.
        ("float16-server", "gpu = \"H100\"", 56.0, 0.006),
        // As the function, at a fifth of its price.
        ("float16-spot", "gpu = \"H100\"", 26.0, 0.0012),
        // 10 + 8 + 15 + 2.55 + 3,600 = 3,635.55 s are 61 minutes.
        ("hugging-face-endpoints", "gpu = \"L4\"", 3660.0, 0.80 / 3600.0),
        // 3 + 10 + 8 + 15 + 2.55 + 90 = 128.55 s, to the nanosecond.
        ("knative", "price = \"$3.60/h\"", 128.55, 3.60 / 3600.0),
        // 8 + 15 + 2.55 + 300 = 325.55 s.
        ("koyeb", "gpu = \"H100\"", 326.0, 2.50 / 3600.0),
        // 10 + 8 + 15 + 2.55 + 60 = 95.55 s.
        ("modal", "gpu = \"H100\"", 96.0, 0.001097),
        // 3 + 10 + 8 + 15 + 2.55 + 180 = 218.55 s: set-up, active and idle.
        ("replicate-deployment", "gpu = \"H100\"", 219.0, 0.001525),
        // 8 + 15 + 2.55 + 5 = 30.55 s: start, execution and idle timeout.
        ("runpod-flex", "gpu = \"H100\"", 31.0, 0.00116),
        // 8 + 15 + 2.55 + 60 = 85.55 s: loading and ready.
        ("vast", "gpu = \"H100\"", 86.0, 2.4024 / 3600.0),
    ];
    for (preset, keys, seconds, price_per_s) in cases {
        let keys =
            format!("preset = \"{preset}\"\n{keys}\n{START}\nscale_out = \"per-request\"\nwhen_zero = \"queue\"");
        let bill = bill("1d", "6/day", "2550ms", &keys);
        let fees = if preset == "aws-lambda" { REQUESTS * 0.20 / 1e6 } else { 0.0 };
        assert_usd(bill.total, REQUESTS * seconds * price_per_s + fees, preset);
        assert_usd(bill.line("execute"), REQUESTS * 2.55 * price_per_s, preset);
    }
}

/// An active worker is there all day and paid all day: 86,400 s x $0.00093, whatever it serves.
#[test]
fn an_active_worker_of_runpod_is_paid_whether_it_serves_or_not() {
    let bill = bill("1d", "12/day", "2550ms", "preset = \"runpod-active\"\ngpu = \"H100\"");
    assert_usd(bill.total, 86_400.0 * 0.00093, "a day");
    assert_usd(bill.line("execute"), 12.0 * 2.55 * 0.00093, "twelve requests");
    assert_usd(bill.line("rounding"), 0.0, "a whole number of seconds");
}

/// A worker of RunPod: the pull of the image is not billed, 8 s of loading and 4.5 s of initializing are, as are the 2.3 s of
/// the execution and the 5 s of the idle timeout: 19.8 s, rounded up to 20 s. Thirty requests two minutes apart find it gone
/// each time, so the bill is 30 x 20 s x $0.00116 = $0.696, and its lines are the parts of that.
#[test]
fn a_worker_of_runpod_costs_its_start_its_execution_and_its_idle_tail_rounded_up() {
    let start = "start = { allocate = \"3s\", pull = \"10s\", load = \"8s\", initialize = \"4500ms\" }";
    let bill = bill("1h", "30/h", "2300ms", &format!("preset = \"runpod-flex\"\ngpu = \"H100\"\n{start}"));
    for (line, seconds) in
        [("load", 8.0), ("initialize", 4.5), ("execute", 2.3), ("idle", 5.0), ("rounding", 20.0 - 19.8)]
    {
        assert_usd(bill.line(line), 30.0 * seconds * 0.00116, line);
    }
    assert!(!bill.lines.contains_key("pull") && !bill.lines.contains_key("allocate"), "{:?}", bill.lines);
    assert_usd(bill.total, 0.696, "thirty workers of 20 s");
}

/// Requests of 2 s that come every three minutes, and containers that wait 60 s for the next one: 2 + 60 s are billed for each
/// 2 s of work, 31 times as much. Modal's H100 for 20 x 62 s is $1.36028; the work alone would be $0.04388.
#[test]
fn a_request_of_two_seconds_with_an_idle_tail_of_sixty_costs_31_times_its_work() {
    let bill = bill("1h", "20/h", "2s", "preset = \"modal\"\ngpu = \"H100\"\ncold_start = \"0s\"");
    assert_usd(bill.line("execute"), 20.0 * 2.0 * 0.001097, "the work");
    assert_usd(bill.total, 31.0 * 20.0 * 2.0 * 0.001097, "the bill");
}

/// The example of AWS Lambda's price list: a mobile backend, 3 million invocations a month of 120 ms with 1,536 MB. It computes
/// 3,000,000 x 0.12 s = 360,000 s, with 1.5 GB 540,000 GB-s, at $0.0000166667 a GB-s (so $0.09000018 an hour for 1.5 GB) $9.000018;
/// and 3 million requests at $0.20 a million are $0.60. The free tier takes 400,000 GB-s and a million requests off:
/// 140,000 GB-s and 2 million requests are $2.33 + $0.40 = $2.73, which is what the list comes to.
///
/// Source: aws.amazon.com/lambda/pricing, "Example 1: mobile application backend". Time to initialize is not in it.
#[test]
fn the_published_example_of_aws_lambda_comes_to_its_bill() {
    let keys = "preset = \"aws-lambda\"\nprice = \"$0.09000018/h\"\ncold_start = \"0s\"";
    let bill = bill("30d", "3M/month", "120ms", keys);
    assert_usd(bill.line("execute"), 540_000.0 * 0.000_016_666_7, "GB-seconds");
    assert_usd(bill.line("request-fee"), 3.0 * 0.20, "requests");
    assert_usd(bill.total, 9.600_018, "without the free tier");
    let free_tier = 400_000.0 * 0.000_016_666_7 + 1.0 * 0.20;
    assert_eq!(format!("{:.2}", bill.total - free_tier), "2.73");
}

/// A cold start of 5 s in place of the phases is one phase, and is billed where initializing is: five more seconds for each of
/// the 20 requests of 2 + 5 s at RunPod; nothing where only the execution is billed.
#[test]
fn a_written_cold_start_is_billed_where_initializing_is() {
    let keys = "preset = \"runpod-flex\"\ngpu = \"H100\"\ncold_start = \"5s\"";
    let billed = bill("1h", "20/h", "2s", keys);
    assert_usd(billed.line("cold-start"), 20.0 * 5.0 * 0.00116, "the start");
    assert_usd(billed.total, 20.0 * (5.0 + 2.0 + 5.0) * 0.00116, "the bill");
    let free = bill("1h", "20/h", "2s", &format!("{keys}\nbills = [\"load\", \"execute\"]"));
    assert_usd(free.total, 20.0 * 2.0 * 0.00116, "the execution alone");
}

/// An instance of Cloud Run with an L4 that is kept warm for an hour: the GPU is $0.0001867 a second, busy or not, $0.67212.
#[test]
fn an_hour_of_cloud_runs_l4_costs_the_same_busy_or_idle() {
    for service_time in ["1s", "50s"] {
        let keys = "preset = \"cloud-run\"\ngpu = \"L4\"\nmin_instances = 1\nmax_instances = 1";
        let bill = bill("1h", "60/h", service_time, keys);
        assert_usd(bill.total, 0.672_12, service_time);
    }
}
