//! Bills worked out by hand: evenly spaced requests, starts of a known length, and the arithmetic beside each case.

use std::collections::BTreeMap;

use breakeven::catalog::Preset;
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

/// The seconds of its phases, without those of the keep-alive.
const PHASES: [(&str, f64); 5] =
    [("allocate", 3.0), ("pull", 10.0), ("load", 8.0), ("initialize", 15.0), ("execute", 2.55)];

/// What a platform bills of a life.
struct Tariff {
    preset: &'static str,
    /// Its GPU, or a price.
    priced: &'static str,
    price_per_s: f64,
    /// How many of [`PHASES`] it does not bill, which come first.
    unbilled: usize,
    /// How long an instance idles; `None`: it is shut down after its request.
    idle_s: Option<f64>,
    /// The billed time of a life, rounded up as the platform does.
    life_s: f64,
}

/// By name; `runpod-active` has a test of its own.
const TARIFFS: [Tariff; 17] = {
    const fn tariff(preset: &'static str, priced: &'static str, price_per_s: f64, unbilled: usize) -> Tariff {
        Tariff { preset, priced, price_per_s, unbilled, idle_s: None, life_s: 0.0 }
    }
    [
        // Initialize 15 + execute 2.55 = 17.55 s, in whole milliseconds. The request fee is added below.
        Tariff { life_s: 17.55, ..tariff("aws-lambda", "price = \"$0.36/h\"", 0.36 / 3600.0, 3) },
        // 3 + 10 + 8 + 15 + 2.55 + 300 = 338.55 s.
        Tariff {
            idle_s: Some(300.0),
            life_s: 339.0,
            ..tariff("azure-container-apps", "price = \"$3.60/h\"", 3.60 / 3600.0, 0)
        },
        // 3 + 10 + 8 + 15 + 2.55 + 900 = 938.55 s are 16 minutes.
        Tariff { idle_s: Some(900.0), life_s: 960.0, ..tariff("baseten", "gpu = \"H100\"", 6.50 / 3600.0, 0) },
        // 10 + 8 + 15 + 2.55 + 180 = 215.55 s: not the 3 s to allocate.
        Tariff { idle_s: Some(180.0), life_s: 216.0, ..tariff("beam", "gpu = \"A10\"", 0.000292, 1) },
        // 8 + 15 + 2.55 + 60 = 85.55 s: neither to allocate nor to pull.
        Tariff { idle_s: Some(60.0), life_s: 86.0, ..tariff("cerebrium", "gpu = \"H100\"", 0.000944, 2) },
        // 3 + 10 + 8 + 15 + 2.55 + 600 = 638.55 s, in tenths of a second.
        Tariff { idle_s: Some(600.0), life_s: 638.6, ..tariff("cloud-run", "gpu = \"L4\"", 0.0001867, 0) },
        // 8 + 15 + 2.55 + 10 = 35.55 s.
        Tariff { idle_s: Some(10.0), life_s: 36.0, ..tariff("fal", "gpu = \"H200\"", 4.50 / 3600.0, 2) },
        // 8 + 15 + 2.55 = 25.55 s: the container is shut down after the task.
        Tariff { life_s: 26.0, ..tariff("float16-function", "gpu = \"H100\"", 0.006, 2) },
        // 8 + 15 + 2.55 + 30 = 55.55 s.
        Tariff { idle_s: Some(30.0), life_s: 56.0, ..tariff("float16-server", "gpu = \"H100\"", 0.006, 2) },
        // As the function, at a fifth of its price.
        Tariff { life_s: 26.0, ..tariff("float16-spot", "gpu = \"H100\"", 0.0012, 2) },
        // 10 + 8 + 15 + 2.55 + 3,600 = 3,635.55 s are 61 minutes.
        Tariff {
            idle_s: Some(3600.0),
            life_s: 3660.0,
            ..tariff("hugging-face-endpoints", "gpu = \"L4\"", 0.80 / 3600.0, 1)
        },
        // 3 + 10 + 8 + 15 + 2.55 + 90 = 128.55 s, to the nanosecond.
        Tariff { idle_s: Some(90.0), life_s: 128.55, ..tariff("knative", "price = \"$3.60/h\"", 3.60 / 3600.0, 0) },
        // 8 + 15 + 2.55 + 300 = 325.55 s.
        Tariff { idle_s: Some(300.0), life_s: 326.0, ..tariff("koyeb", "gpu = \"H100\"", 2.50 / 3600.0, 2) },
        // 10 + 8 + 15 + 2.55 + 60 = 95.55 s.
        Tariff { idle_s: Some(60.0), life_s: 96.0, ..tariff("modal", "gpu = \"H100\"", 0.001097, 1) },
        // 3 + 10 + 8 + 15 + 2.55 + 180 = 218.55 s: set-up, active and idle.
        Tariff { idle_s: Some(180.0), life_s: 219.0, ..tariff("replicate-deployment", "gpu = \"H100\"", 0.001525, 0) },
        // 8 + 15 + 2.55 + 5 = 30.55 s: start, execution and idle timeout.
        Tariff { idle_s: Some(5.0), life_s: 31.0, ..tariff("runpod-flex", "gpu = \"H100\"", 0.00116, 2) },
        // 8 + 15 + 2.55 + 60 = 85.55 s: loading and ready.
        Tariff { idle_s: Some(60.0), life_s: 86.0, ..tariff("vast", "gpu = \"H100\"", 2.4024 / 3600.0, 2) },
    ]
};

/// Six requests of 2.55 s a day, four hours apart, so that each has an instance of its own, which lives for the phases of
/// [`START`], the service, and as long as the platform keeps it. Billed is what the platform bills of that, line by line, rounded up
/// an instance. The scaler is left out of it: every request starts an instance at once, and waits for it.
#[test]
fn every_presets_tariff_bills_what_the_platform_does() {
    const REQUESTS: f64 = 6.0;
    for Tariff { preset, priced, price_per_s, unbilled, idle_s, life_s } in &TARIFFS {
        // Where the scaler takes instances away, it does so about as long after the last request.
        let kept = Preset::find(preset).expect("a preset").text.contains("\nkeep_alive = ");
        let keep_alive = if kept { String::new() } else { format!("keep_alive = \"{}s\"\n", idle_s.unwrap_or(0.0)) };
        let keys = format!(
            "preset = \"{preset}\"\n{priced}\n{START}\nscale_out = \"per-request\"\nwhen_zero = \"queue\"\n{keep_alive}"
        );
        let bill = bill("1d", "6/day", "2550ms", &keys);
        let per_life = |line: &str| bill.lines.get(line).map(|usd| usd / REQUESTS);
        let phases = PHASES.iter().copied().chain([("idle", idle_s.unwrap_or(0.0))]).enumerate();
        let mut exact_s = 0.0;
        for (index, (line, seconds)) in phases {
            let is_billed = index >= *unbilled && (line != "idle" || idle_s.is_some());
            assert_eq!(per_life(line).is_some(), is_billed, "{preset}: {line}");
            if is_billed {
                exact_s += seconds;
                assert_usd(bill.line(line), REQUESTS * seconds * price_per_s, &format!("{preset}: {line}"));
            }
        }
        // Knative's machines are paid to the nanosecond.
        assert_eq!(per_life("rounding").is_none(), *preset == "knative", "{preset}");
        assert_usd(per_life("rounding").unwrap_or(0.0), (life_s - exact_s) * price_per_s, preset);
        let fees = if *preset == "aws-lambda" { REQUESTS * 0.20 / 1e6 } else { 0.0 };
        assert_usd(bill.total, REQUESTS * life_s * price_per_s + fees, preset);
    }
    let all: Vec<&str> = TARIFFS.iter().map(|tariff| tariff.preset).chain(["runpod-active"]).collect();
    assert!(Preset::NAMES.iter().all(|name| all.contains(name)) && all.len() == Preset::NAMES.len());
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
    let without = bill("30d", "3M/month", "120ms", keys);
    assert_usd(without.line("execute"), 540_000.0 * 0.000_016_666_7, "GB-seconds");
    assert_usd(without.line("request-fee"), 3.0 * 0.20, "requests");
    assert_usd(without.total, 9.600_018, "without the free tier");
    // 400,000 GB-s of 1.5 GB, to the millisecond.
    let free_tier = "free_tier = { requests = 1_000_000, instance_time = \"266666667ms\" }";
    let bill = bill("30d", "3M/month", "120ms", &format!("{keys}\n{free_tier}"));
    assert_usd(bill.line("free-tier"), -(400_000.0 * 0.000_016_666_7 + 0.20), "the free tier");
    assert_usd(bill.total, 140_000.0 * 0.000_016_666_7 + 2.0 * 0.20, "the bill");
    assert_eq!(format!("{:.2}", bill.total), "2.73");
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

/// An instance of Cloud Run with an L4 that is kept warm for an hour: the GPU is $0.0001867 a second, busy or not, $0.67212; its 4 vCPU
/// at $0.000018 are $0.2592 and its 16 GiB at $0.000002 $0.1152, together $1.04652. Prices of us-central1, instance-based billing,
/// without zonal redundancy: SKUs of the Cloud Billing API as a public document quotes them, August 2026.
#[test]
fn an_hour_of_cloud_runs_l4_costs_the_same_busy_or_idle_with_its_cores_and_memory() {
    const PARTS: &str = "cpu = { cores = 4, price = \"$0.000018/s\" }\nmemory = { gib = 16, price = \"$0.000002/s\" }";
    for service_time in ["1s", "50s"] {
        let keys = "preset = \"cloud-run\"\ngpu = \"L4\"\nmin_instances = 1\nmax_instances = 1";
        let gpu = bill("1h", "60/h", service_time, keys);
        assert_usd(gpu.total, 0.672_12, service_time);
        let all_in = bill("1h", "60/h", service_time, &format!("{keys}\n{PARTS}"));
        assert_usd(all_in.line("cpu"), 0.259_2, "cores");
        assert_usd(all_in.line("memory"), 0.115_2, "memory");
        assert_usd(all_in.total, 1.046_52, "all in");
    }
}
