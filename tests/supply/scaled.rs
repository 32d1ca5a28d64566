//! Dedicated instances that a scaler starts and takes away.

use breakeven::scenario::ScaleOut;
use breakeven::unit::{Span, Usd};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

use super::*;

/// Two fleets that differ in name only: serverless instances of which all is billed, and a group of machines paid while they
/// are held.
fn twins(traffic: &str, scaling: &str, most: u32) -> Scenario {
    let text = format!(
        "name = \"twins\"\nhorizon = \"4h\"\n[[traffic]]\nname = \"api\"\n{traffic}\n\
         [[fleet]]\nname = \"serverless\"\nkind = \"serverless\"\nprice = \"$1.00/h\"\ncold_start = \"40s\"\n\
         max_instances = {most}\n{scaling}\n\
         [[fleet]]\nname = \"group\"\nkind = \"dedicated\"\nprice = \"$1.00/h\"\nboot = \"40s\"\n\
         instances = {most}\n{scaling}\n"
    );
    match load_text(&text, "twins.toml", Path::new("."), &Overrides::default()) {
        Ok(loaded) => loaded.scenario,
        Err(problems) => panic!("{problems}"),
    }
}

/// The lines of a fleet with a scaler, and with a keep-alive time if that takes no instances away.
fn scaling(kind: &str, slots: u32) -> String {
    let removes = ScaleOut::of_kind(kind, slots).expect("a kind").removes_instances();
    let keep_alive = if removes { "" } else { "keep_alive = \"5min\"\n" };
    format!("scale_out = \"{kind}\"\nslots = {slots}\n{keep_alive}")
}

proptest! {
    #![proptest_config(ProptestConfig { rng_seed: RngSeed::Fixed(4), failure_persistence: None, ..ProptestConfig::with_cases(24) })]

    /// Whatever the scaler, machines that boot as long as instances start serve the same requests at the same times, and are
    /// held for as long as those are billed.
    #[test]
    fn a_group_of_machines_does_what_serverless_instances_do(
        per_hour in 1_u32..2_000,
        service in 1_u32..60,
        slots in 1_u32..4,
        least in 0_u32..3,
        most in 3_u32..12,
    ) {
        let traffic = format!(
            "rate = \"{per_hour}/h\"\nservice_time = {{ kind = \"exponential\", mean = \"{service}s\" }}\ntimeout = \"10min\""
        );
        for kind in ScaleOut::KINDS {
            let scaling = format!("{}min_instances = {}\n", scaling(kind, slots), least.max(u32::from(kind == "hpa")));
            let scenario = twins(&traffic, &scaling, most);
            let made = run(&scenario);
            let [serverless, group] = [0, 1].map(|fleet| &made[0].fleets[fleet].pools[0]);
            prop_assert_eq!(&serverless.classes, &group.classes, "{}", kind);
            prop_assert_eq!(&serverless.wait, &group.wait, "{}", kind);
            let of = |outcome: &PoolOutcome| {
                let usage = &outcome.usage;
                [usage.starting, usage.busy, usage.idle, usage.waiting, usage.started.into(), usage.peak.into()]
            };
            prop_assert_eq!(of(serverless), of(group), "{}", kind);
            let lived = group.usage.starting + group.usage.busy + group.usage.idle;
            prop_assert_eq!(group.usage.held, lived, "{}", kind);
        }
    }
}

#[test]
fn a_group_is_paid_while_its_machines_are_held() {
    // One request an hour, at half past: 2 min of boot, a minute of service, 7 min idle.
    let fleet = "instances = 4\nscale_out = \"per-request\"\nkeep_alive = \"7min\"\nboot = \"2min\"";
    let scenario = scenario("24h", 1, "rate = \"1/h\"\narrivals = \"regular\"\nservice_time = \"1min\"", fleet);
    let made = run(&scenario);
    assert_eq!(hours(pool(&made[0]).usage.held), 24.0 * 10.0 / 60.0);
    assert_eq!(lines(&scenario, &made[0]), [(Line::Instances, Usd::from_nanos(4_000_000_000))]);
}

#[test]
fn a_group_of_spot_machines_replaces_those_that_are_taken_away() {
    // 8 are wanted all the time. An order lives 5 h in the mean and boots 15 min, so a scaler that holds a number has them
    // ready for all but the boots: its looks come 20 s apart.
    let fleet = "instances = 20\nmin_instances = 8\nscale_out = \"hpa\"\npurchase = \"spot\"\nboot = \"15min\"\n\
                 interruptions = { every = \"5h\", notice = \"0s\" }";
    let scenario = scenario("200d", 20, "rate = \"1/h\"\nservice_time = \"1s\"", fleet);
    let made = run(&scenario);
    let held: Vec<f64> = made.iter().map(|made| hours(pool(made).usage.held) / (200.0 * 24.0)).collect();
    assert_near(&held, 8.0, 0.001, "machines that are held");
    let booting: Vec<f64> = made.iter().map(|made| hours(pool(made).usage.starting) / (200.0 * 24.0)).collect();
    // Of a life of 5 h, exponential, the boot is the first quarter of an hour: 5 h (1 - e^(-0.05)) of 5 h.
    assert_near(&booting, 8.0 * (1.0 - (-0.05_f64).exp()), 0.05, "machines that boot");
}

#[test]
fn a_group_rests_outside_of_its_hours_and_serves_whoever_waited() {
    let fleet = "instances = 3\nscale_out = \"slot-deficit\"\nkeep_alive = \"10min\"\nboot = \"1min\"\n\
                 schedule = \"Mon-Sun 08:00-20:00\"";
    let scenario = scenario("2d", 1, "rate = \"1/h\"\narrivals = \"regular\"\nservice_time = \"1min\"", fleet);
    let made = run(&scenario);
    let outcome = pool(&made[0]);
    assert_eq!(outcome.requests().completed, 48);
    // The first arrives at half past midnight and is served when a machine has booted at eight. Nobody comes after the second
    // evening, so those of its last hours are served on the third morning, after the window.
    let (_, longest) = outcome.wait.range.expect("requests were served");
    assert_eq!(longest, Span::from_nanos(11 * Span::HOUR.nanos() + 31 * Span::HOUR.nanos() / 60));
    assert!(hours(outcome.usage.held) < 24.0);
}

#[test]
fn an_empty_bucket_throttles_starts() {
    // 10 tokens at first and one a second: of 5 arrivals a second that each need an instance of their own, 10 and then one a
    // second are served.
    let text = "name = \"bucket\"\nhorizon = \"100s\"\n[[traffic]]\nname = \"api\"\nrate = \"5/s\"\narrivals = \"regular\"\n\
                service_time = \"1h\"\n[[fleet]]\nname = \"functions\"\nkind = \"serverless\"\nprice = \"$1.00/h\"\n\
                cold_start = \"1s\"\nkeep_alive = \"60s\"\n\
                scale_out = { kind = \"lambda-token-bucket\", rate = \"1/s\", burst = 10 }\n";
    let scenario = load_text(text, "bucket.toml", Path::new("."), &Overrides::default()).expect("a scenario").scenario;
    let outcome = pool(&run(&scenario)[0]).clone();
    // Arrivals at 0.1 s, 0.3 s and so on, the last at 99.9 s: 10 + 99 whole tokens by then.
    assert_eq!(outcome.requests().arrived, 500);
    assert_eq!(outcome.requests().completed, 109);
    assert_eq!(outcome.losses.of(Loss::StartRate), 391);
}
