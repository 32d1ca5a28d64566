use super::super::harness::{Track, assert_wanted, assert_wanted_of_arrivals, seconds, tenths};
use super::*;
use crate::scenario::{Behavior, Hpa, ScaleOut};
use crate::unit::Span;

/// Two in flight an instance, a cooldown of a minute.
fn small() -> Keda {
    Keda { cooldown: seconds(60), hpa: Hpa { target: tenths(20), ..Hpa::default() }, ..Keda::default() }
}

fn track(rule: Keda) -> Track {
    Track::of(ScaleOut::Keda(rule)).slots(100)
}

#[test]
fn a_step_wakes_one_at_a_poll_and_is_followed_at_the_looks_of_the_autoscaler() {
    let rows = [
        (0, 0, 0),
        (5, 9, 0),  // no look at the first request
        (15, 9, 0), // the autoscaler does not work on none
        (30, 9, 1), // KEDA's poll
        (45, 9, 5), // 9 / 2, as the 1 + 4 that are allowed
        (60, 0, 5),
        (75, 0, 5),  // none is recommended, and 5 was in the last 300 s
        (90, 0, 5),  // 30 s after the last activity
        (105, 0, 5), //
        (120, 0, 0), // the cooldown is over, whatever the autoscaler keeps
        (135, 0, 0),
        (150, 0, 0),
    ];
    assert_wanted(track(small()), &rows);
}

#[test]
fn a_ramp_is_shared_out_among_the_instances_that_there_shall_be() {
    let rows = [
        (0, 2, 0),
        (30, 4, 1),
        (45, 6, 2),   // 4 / 2
        (60, 8, 3),   // 6 / 4
        (75, 9, 4),   // 8 / 6
        (90, 11, 5),  // 9 / 8 = 1.125
        (105, 11, 5), // 11 / 10 is within the tolerance
        (120, 12, 5),
        (135, 12, 6), // 12 / 10
    ];
    assert_wanted(track(small()), &rows);
    // Those that start count: 4 / 2 is what the two take, once they are wanted.
    assert_wanted(track(small()).starting(seconds(100)), &[(0, 4, 0), (30, 4, 1), (45, 4, 2), (60, 4, 2), (150, 4, 2)]);
}

#[test]
fn a_spike_between_two_polls_is_not_seen() {
    let rows = [(0, 0, 0), (31, 50, 0), (59, 0, 0), (60, 0, 0), (89, 1, 0), (90, 0, 1), (120, 0, 1), (150, 0, 0)];
    assert_wanted(track(small()), &rows);
}

#[test]
fn the_cooldown_is_counted_from_the_last_poll_with_activity() {
    // The requests end at 61 s, the last poll that saw them was at 60 s.
    let rows = [(0, 1, 0), (30, 1, 1), (61, 0, 1), (90, 0, 1), (119, 0, 1), (120, 0, 0)];
    assert_wanted(track(small()), &rows);
    // A minimum stays.
    assert_wanted(track(small()).min(2), &[(0, 0, 2), (300, 0, 2), (330, 9, 2), (345, 9, 5), (660, 0, 5), (975, 0, 2)]);
}

#[test]
fn recommendations_of_before_the_last_instance_went_are_remembered() {
    // Eight at 45 s hold what there is; one that comes back stays one.
    let at_once = Behavior { window: Span::ZERO, percent: 100, instances: 100, period: seconds(15) };
    let rule = Keda { hpa: Hpa { scale_up: at_once, ..small().hpa }, ..small() };
    let rows = [
        (0, 16, 0),
        (30, 16, 1),
        (45, 0, 8),
        (90, 0, 0), // the last activity was at 30 s
        (100, 2, 0),
        (120, 2, 1),
        (135, 6, 1),
        (150, 1, 3),
        (165, 1, 3), // 3 at 150 s
        (435, 1, 3),
        (450, 1, 1),
    ];
    assert_wanted(track(rule), &rows);
}

#[test]
fn azures_rule_counts_the_requests_of_fifteen_seconds() {
    // Azure Container Apps: the requests of the last 15 s, divided by 15, and by a target of 10.
    let http = Keda {
        polling_interval: seconds(15),
        metric: KedaMetric::RequestRate { window: seconds(15) },
        hpa: Hpa { target: tenths(100), ..Hpa::default() },
        ..small()
    };
    let rows = [
        (0, 0, 0),
        (10, 30, 0),
        (15, 30, 1), // 5 x 30 / 15 = 10 a second: one, by KEDA
        (30, 45, 3), // 30 a second
        (45, 0, 5),  // 45 a second: ceil(4.5)
        (60, 0, 5),
        (90, 0, 5),
        (105, 0, 0), // the last activity was seen at 45 s
    ];
    assert_wanted_of_arrivals(track(http), &rows);
}

#[test]
fn a_window_that_no_look_divides_is_followed_exactly() {
    // Seven seconds at looks every 15 s: of the requests from 8 s on.
    let rule = Keda {
        polling_interval: seconds(15),
        metric: KedaMetric::RequestRate { window: seconds(7) },
        hpa: Hpa { target: tenths(10), ..Hpa::default() },
        ..small()
    };
    assert_wanted_of_arrivals(track(rule), &[(0, 1, 0), (7, 0, 0), (15, 0, 0), (22, 4, 0), (30, 4, 1), (45, 4, 4)]);
    assert_wanted_of_arrivals(track(rule), &[(0, 1, 0), (9, 0, 0), (15, 0, 1)]);
}
