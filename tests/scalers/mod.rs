//! Every kind of scaler in a fleet, from outside: it serves what comes, does the same again, and takes instances away.

use std::path::Path;

use breakeven::engine::replay_recorded;
use breakeven::fleet::{End, RequestRecord};
use breakeven::measure::{FleetOutcome, TimelineBin};
use breakeven::scenario::{Overrides, ScaleOut, Scenario, load_text};
use breakeven::traffic::Block;
use breakeven::unit::{Span, Time};

/// A serverless fleet of instances with eight slots that start in 20 s. Its requests are given apart.
fn scenario(fleet: &str) -> Scenario {
    let text = format!(
        "name = \"scalers\"\nhorizon = \"8h\"\n[[traffic]]\nname = \"api\"\nrate = \"1/s\"\nservice_time = \"2s\"\n\
         [[fleet]]\nname = \"scaled\"\nkind = \"serverless\"\nprice = \"$1.00/h\"\ncold_start = \"20s\"\nslots = 8\n{fleet}\n"
    );
    match load_text(&text, "scalers.toml", Path::new("."), &Overrides::default()) {
        Ok(loaded) => loaded.scenario,
        Err(problems) => panic!("{problems}\n{text}"),
    }
}

/// The lines of a kind by itself, with a keep-alive time if it takes no instances away.
fn bare(kind: &str) -> String {
    let removes = ScaleOut::of_kind(kind, 8).is_some_and(|scale_out| scale_out.removes_instances());
    format!("scale_out = \"{kind}\"{}", if removes { "" } else { "\nkeep_alive = \"5min\"" })
}

/// Requests at so many milliseconds, served in so many seconds.
fn block(requests: impl IntoIterator<Item = (u64, u64)>) -> Block {
    let mut block = Block::default();
    for (millis, seconds) in requests {
        block.arrival.push(Time::from_nanos(millis * Span::MILLISECOND.nanos()));
        block.service.push(Span::from_nanos(seconds * Span::SECOND.nanos()));
        block.class.push(0);
    }
    block
}

/// An hour of one request a second, an hour of four, four hours of none, and one more; each of 2 s.
fn two_steps_and_silence() -> Block {
    let (hour, last) = (3_600_000, 6 * 3_600_000 + 7_300);
    let steps = (0..hour).step_by(1_000).chain((hour..2 * hour).step_by(250));
    block(steps.chain([last]).map(|millis| (millis, 2)))
}

fn replay(scenario: &Scenario, requests: &Block) -> (FleetOutcome, Vec<RequestRecord>) {
    replay_recorded(scenario, &scenario.fleets[0], 0, std::slice::from_ref(requests))
}

/// Instances that start or are ready, in the mean over the part of the time line before an instant.
fn instances_before(outcome: &FleetOutcome, hours: u64) -> f64 {
    let timeline = outcome.pools[0].timeline.as_ref().expect("the first replication has one");
    let end = hours * Span::HOUR.nanos();
    let bin = timeline.bin.nanos();
    let TimelineBin { starting, ready, .. } = timeline.bins[(end / bin - 1) as usize];
    (starting + ready) as f64 / bin as f64
}

#[test]
fn every_kind_by_itself_serves_all_requests_and_does_the_same_again() {
    let requests = two_steps_and_silence();
    for kind in ScaleOut::KINDS {
        let scenario = scenario(&bare(kind));
        let (outcome, records) = replay(&scenario, &requests);
        let counts = outcome.pools[0].requests();
        assert_eq!((counts.arrived, counts.completed), (18_001, 18_001), "{kind}");
        let (again, same_records) = replay(&scenario, &requests);
        assert_eq!(outcome, again, "{kind}");
        assert_eq!(records, same_records, "{kind}");
    }
}

#[test]
fn every_kind_has_more_instances_at_four_times_the_load_and_as_few_as_it_can_in_the_silence() {
    let requests = two_steps_and_silence();
    for kind in ScaleOut::KINDS {
        let (outcome, _) = replay(&scenario(&bare(kind)), &requests);
        let [low, high, silent] = [1, 2, 6].map(|hours| instances_before(&outcome, hours));
        // Requests of two seconds at four a second are eight at once, which one instance can take: what starts instances only when
        // requests have to wait has one or two. The others go by their targets.
        let by_waiting = ["per-request", "slot-deficit", "lambda-token-bucket", "queue-delay"].contains(&kind);
        assert!(low >= 1.0 && high >= if by_waiting { low } else { 2.0 * low }, "{kind}: {low} and {high}");
        assert!(by_waiting || outcome.pools[0].usage.peak >= 2, "{kind}");
        assert_eq!(silent, if kind == "hpa" { 1.0 } else { 0.0 }, "{kind}");
    }
}

#[test]
fn every_kind_is_woken_again_as_soon_as_it_looks() {
    let requests = two_steps_and_silence();
    // The last request comes at 6 h and 7.3 s. How long until an instance is ordered: at once, or at the next look.
    let at_the_next_look = [("ray-serve", 0.1), ("keda", 22.7), ("skyserve", 2.7)];
    for kind in ScaleOut::KINDS {
        let (_, records) = replay(&scenario(&bare(kind)), &requests);
        let last = records.iter().max_by_key(|record| record.arrival).expect("requests");
        let End::Completed { start, cold, .. } = last.end else { panic!("{kind}: {last:?}") };
        let look = at_the_next_look.iter().find(|(other, _)| *other == kind).map_or(0.0, |&(_, look)| look);
        let expected = if kind == "hpa" { 0.0 } else { 20.0 + look };
        assert_eq!((start - last.arrival).seconds(), expected, "{kind}");
        assert_eq!(cold, kind != "hpa", "{kind}");
    }
}

#[test]
fn an_instance_that_is_taken_away_ends_what_it_serves_and_begins_nothing() {
    // Sixteen at once are two instances of eight. Ten minutes later each has one that lasts for an hour, which are one instance.
    let at_once = (0..16).map(|number| (10_000 + number, if number % 8 == 0 { 3_600 } else { 600 }));
    let requests = block(at_once.chain([(1_800_000, 5), (1_800_001, 5)]));
    let scenario = scenario("scale_out = { kind = \"hpa\", target = 8, scale_down_window = \"0s\" }");
    let (outcome, records) = replay(&scenario, &requests);
    let served: Vec<(u64, f64)> = records
        .iter()
        .map(|record| match record.end {
            End::Completed { instance, completion, .. } => (instance, completion.seconds()),
            _ => panic!("{record:?}"),
        })
        .collect();
    let on_second: Vec<f64> = served.iter().filter(|(instance, _)| *instance == 1).map(|&(_, end)| end).collect();
    // Ordered at 15 s and ready at 35 s: the second eight, one until the end, the two of half an hour none.
    assert_eq!(on_second.len(), 8);
    assert!(on_second.iter().all(|&end| end == 635.0 || end == 3_635.0), "{on_second:?}");
    let usage = &outcome.pools[0].usage;
    assert_eq!((usage.started, usage.peak), (1, 2));
    // One instance all the time, and the second one until its last request has ended.
    let seconds = |nanos: u128| nanos as f64 / 1e9;
    assert_eq!(seconds(usage.starting + usage.busy + usage.idle), 8.0 * 3_600.0 + (3_635.0 - 15.0));
}

#[test]
fn a_request_that_is_turned_away_at_none_wakes_what_looks_at_requests() {
    let requests = block((0..60).map(|number| (1_000 * number + 500, 1)));
    for kind in ["queue-delay", "in-flight", "windowed-concurrency", "knative-kpa", "ray-serve"] {
        let scenario = scenario(&format!("when_zero = \"reject\"\n{}", bare(kind)));
        let counts = replay(&scenario, &requests).0.pools[0].requests();
        // Knative's initial instance is ready at 20 s, the others' first one 20 s after the first request or the tick after.
        let rejected = if kind == "knative-kpa" {
            20
        } else if kind == "ray-serve" {
            21
        } else {
            20
        };
        assert_eq!((counts.rejected, counts.completed), (rejected, 60 - rejected), "{kind}");
    }
}

#[test]
fn no_more_wait_than_knatives_queues_take() {
    // Eight slots for two seconds; a hundred arrive at once. The activator holds 30.
    let kpa =
        |keys: &str| format!("min_instances = 1\nmax_instances = 1\nscale_out = {{ kind = \"knative-kpa\", {keys} }}");
    let at_once = block((0..100).map(|number| (100_000 + number, 2)));
    let of = |keys: &str| replay(&scenario(&kpa(keys)), &at_once).0.pools[0].requests().completed;
    assert_eq!(of("activator_queue = 30"), 8 + 30);
    // Out of the path, each proxy holds twice its slots.
    assert_eq!(of("target_burst_capacity = 0, queue_proxy_depth = 2"), 8 + 16);
}
