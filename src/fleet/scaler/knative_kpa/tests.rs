use super::super::harness::{Track, assert_wanted, seconds, tenths};
use super::*;
use crate::scenario::ScaleOut;

mod plain;

/// Two slots of which a half is aimed at: an instance for each request in flight. Windows of 20 s and 4 s, a look every 2 s, the
/// activator in the path only at no instances.
fn small() -> KnativeKpa {
    KnativeKpa {
        target_utilization: tenths(5),
        stable_window: seconds(20),
        panic_window: seconds(4),
        scale_to_zero_grace: seconds(6),
        target_burst_capacity: Some(0),
        ..KnativeKpa::of_slots(2)
    }
}

fn track(rule: KnativeKpa) -> Track {
    Track::of(ScaleOut::KnativeKpa(rule)).slots(2)
}

#[test]
fn a_step_moves_the_mean_of_the_stable_window() {
    // It panics at ten times the instances, so never.
    let rule = KnativeKpa { stable_window: seconds(10), panic_threshold: tenths(100), ..small() };
    let rows = [
        (0, 2, 1),  // the initial scale
        (2, 2, 2),  // 2 in the 2 s that are known
        (20, 7, 2), //
        (22, 7, 3), // (8 x 2 + 2 x 7) / 10
        (24, 7, 4), // (6 x 2 + 4 x 7) / 10
        (26, 7, 5),
        (28, 7, 6),
        (30, 7, 7),
        (40, 1, 7),
        (42, 1, 6), // (8 x 7 + 2 x 1) / 10 = 5.8
        (44, 1, 5), // 4.6
        (46, 1, 4), // 3.4
        (48, 1, 3), // 2.2
        (50, 1, 1), // not less than a half of 3, rounded down
    ];
    assert_wanted(track(rule), &rows);
}

#[test]
fn a_ramp_is_followed_with_the_delay_of_the_window() {
    let rule = KnativeKpa { stable_window: seconds(10), panic_threshold: tenths(100), ..small() };
    // One more in flight every 2 s: the mean is that of the last five steps.
    let rows = [
        (0, 1, 1),
        (2, 2, 1),
        (4, 3, 2),  // (1 + 2) / 2 = 1.5, in the 4 s that are known
        (6, 4, 2),  // (1 + 2 + 3) / 3
        (8, 5, 3),  // 2.5
        (10, 6, 3), // 3
        (12, 7, 4), // (2 + 3 + 4 + 5 + 6) / 5
        (14, 8, 5),
        (16, 9, 6),
    ];
    assert_wanted(track(rule), &rows);
}

#[test]
fn a_spike_is_met_in_panic_which_takes_none_away_until_it_is_over() {
    let rows = [
        (0, 1, 1),
        (40, 9, 1),
        (42, 9, 5), // panic (2 x 1 + 2 x 9) / 4 = 5, five times the one that is ready; stable 1.8
        (44, 1, 9), // panic 9, 1.8 times the five: it panics on
        (46, 1, 9), // panic 5, stable 2.6: none is taken away
        (62, 1, 9), // 20 s after the threshold was exceeded last
        (64, 1, 4), // over; a half of 9, rounded down
        (66, 1, 2),
        (68, 1, 1),
    ];
    assert_wanted(track(small()), &rows);
}

#[test]
fn panic_is_extended_while_the_threshold_is_exceeded() {
    let rows = [
        (0, 1, 1),
        (40, 9, 1),
        (42, 1, 5),  // panic 5
        (44, 1, 5),  // panic 5, once the five
        (60, 40, 5), //
        (62, 1, 21), // panic (2 x 1 + 2 x 40) / 4 = 20.5, 4.2 times the five: 20 s from now
        (64, 1, 21), // panic 20.5, once the 21
        (82, 1, 21),
        (84, 1, 10),
    ];
    assert_wanted(track(small()), &rows);
}

#[test]
fn it_begins_in_panic_if_more_than_one_is_ready() {
    // Three in flight are 1.5 times the two that are ready: that is no panic, but there is none to be left either until 20 s are over.
    let rows = [(0, 3, 2), (2, 0, 3), (4, 0, 3), (20, 0, 3), (22, 0, 2)];
    assert_wanted(track(small()).min(2), &rows);
    // From one on the known mean is followed: 3 x 2 s in 4 s, in 6 s.
    let rows = [(0, 3, 1), (2, 0, 3), (4, 0, 2), (6, 0, 1)];
    let calm = KnativeKpa { panic_threshold: tenths(100), ..small() };
    assert_wanted(track(calm), &rows);
}

#[test]
fn the_rates_limit_a_look() {
    let rule = KnativeKpa { max_scale_up_rate: tenths(11), max_scale_down_rate: tenths(15), ..small() };
    let rows = [
        (0, 20, 1),
        (2, 20, 2), // ceil(1.1)
        (4, 20, 3), // ceil(2.2)
        (6, 20, 4),
        (20, 20, 11),
        (22, 20, 13), // ceil(1.1 x 11 = 12.1)
        (24, 20, 15), // ceil(14.3)
        (26, 20, 17), // ceil(16.5)
        (28, 20, 19),
        (30, 20, 20),
    ];
    assert_wanted(track(rule), &rows);
    let rule =
        KnativeKpa { stable_window: seconds(4), panic_window: seconds(2), max_scale_up_rate: tenths(1_000), ..rule };
    let rows = [
        (0, 20, 1),
        (2, 20, 20),
        (4, 0, 20),
        (6, 0, 20), // in panic since 2 s
        (8, 0, 13), // over; floor(20 / 1.5)
    ];
    assert_wanted(track(rule), &rows);
    let calm = KnativeKpa { panic_threshold: tenths(1_000), ..rule };
    let rows = [
        (0, 20, 1),
        (2, 20, 20),
        (8, 0, 20),
        (10, 0, 13), // a mean of 10; floor(20 / 1.5)
        (12, 0, 8),  // floor(8.7)
        (14, 0, 5),  // floor(5.3)
        (16, 0, 3),  // floor(3.3)
        (18, 0, 2),
        (20, 0, 1),
    ];
    assert_wanted(track(calm), &rows);
}

#[test]
fn fewer_are_wanted_only_after_the_delay() {
    let rule = KnativeKpa {
        stable_window: seconds(10),
        panic_threshold: tenths(100),
        scale_down_delay: seconds(6),
        ..small()
    };
    let rows = [
        (0, 6, 1),
        (2, 6, 6),
        (20, 1, 6),
        (22, 1, 6), // 5
        (24, 1, 6), // 4, and 6 was wanted at 20 s
        (26, 1, 5), // 3, and 5 at 22 s
        (28, 1, 4), // 2, and 4 at 24 s
        (30, 1, 3), // floor(4 / 2) = 2, and 3 at 26 s
    ];
    assert_wanted(track(rule), &rows);
}

#[test]
fn the_last_instance_goes_when_nothing_came_for_the_window_and_the_activator_has_been_in_the_path_for_the_grace() {
    let rows = [
        (0, 1, 1),
        (10, 0, 1),
        (28, 0, 1), // the mean is 1 x 2 s / 20 s
        (30, 0, 1), // none is wanted: the activator goes into the path
        (34, 0, 1),
        (36, 0, 0),  // 6 s later
        (200, 5, 1), // the first request, which is all that is known
        (202, 5, 5), // 5 in the 2 s since
    ];
    assert_wanted(track(small()), &rows);
    // With the activator always in the path the grace is over before.
    let proxied = KnativeKpa { target_burst_capacity: None, ..small() };
    assert_wanted(track(proxied), &[(0, 1, 1), (10, 0, 1), (30, 0, 1), (32, 0, 0)]);
    let retained = KnativeKpa { scale_to_zero_retention: seconds(8), ..proxied };
    assert_wanted(track(retained), &[(0, 1, 1), (10, 0, 1), (30, 0, 1), (36, 0, 1), (38, 0, 0)]);
    // A request within the grace: the mean is 1 x 1 s / 20 s.
    assert_wanted(track(small()), &[(0, 1, 1), (10, 0, 1), (33, 1, 1), (34, 1, 1), (36, 0, 1), (56, 0, 1), (62, 0, 0)]);
}

#[test]
fn a_first_request_soon_after_the_end_is_a_mean_of_the_whole_window() {
    // 0.4 in flight an instance: ceil(1 / 0.4) = 3.
    let rule = KnativeKpa { target_utilization: tenths(2), target_burst_capacity: None, ..small() };
    let rows = [
        (0, 1, 1),
        (2, 0, 3), // panic
        (22, 0, 3),
        (24, 0, 1), // over; a half of 3
        (26, 0, 1), // none is wanted
        (28, 0, 0),
        // Data until 28 s: 1 for a second of the 20 s of the stable window, but all that is known of the panic window, whose 4 s
        // passed without any.
        (40, 1, 3),
    ];
    assert_wanted(track(rule), &rows);
    // Without panic the stable window decides, 0.05 / 0.4, until the request has been there for long enough.
    let calm = KnativeKpa { panic_threshold: tenths(40), ..rule };
    let rows = [(0, 0, 1), (22, 0, 1), (24, 0, 0), (40, 1, 1), (48, 1, 1), (50, 1, 2), (56, 1, 2), (58, 1, 3)];
    assert_wanted(track(calm), &rows);
}

#[test]
fn an_activation_brings_as_many_as_the_activation_scale() {
    let rule = KnativeKpa { activation_scale: 3, initial_scale: 0, ..small() };
    // Three are wanted as long as any is, and none when there is no traffic: not less than a half of three, then of one.
    let rows = [(0, 0, 0), (10, 1, 3), (12, 1, 3), (60, 0, 3), (80, 0, 1), (82, 0, 1), (86, 0, 1), (88, 0, 0)];
    assert_wanted(track(rule), &rows);
}

#[test]
fn the_initial_scale_is_kept_until_it_has_been_ready() {
    let rule = KnativeKpa { initial_scale: 4, stable_window: seconds(10), ..small() };
    let rows = [
        (0, 0, 4),
        (2, 0, 4),
        (4, 0, 4),  // ready since 3 s
        (6, 0, 2),  // a half
        (8, 0, 1),  // a half
        (12, 0, 1), // active since 4 s
        (14, 0, 1), // for a stable window: inactive
        (18, 0, 1),
        (20, 0, 0), // for the grace
    ];
    assert_wanted(track(rule).starting(seconds(3)), &rows);
    let none = KnativeKpa { initial_scale: 0, ..rule };
    assert_wanted(track(none), &[(0, 0, 0), (100, 0, 0)]);
    assert_wanted(track(KnativeKpa { initial_scale: 9, ..rule }).max(3), &[(0, 0, 3), (2, 0, 3), (4, 0, 1)]);
}

#[test]
fn instances_that_start_are_not_taken_away_for_want_of_requests() {
    // The request that woke it has given up; the instance is ready after 30 s, and stays for a stable window.
    let rule = KnativeKpa { initial_scale: 0, target_burst_capacity: None, ..small() };
    let rows = [(0, 0, 0), (10, 1, 1), (14, 0, 1), (38, 0, 1), (40, 0, 1), (58, 0, 1), (60, 0, 1), (62, 0, 0)];
    assert_wanted(track(rule).starting(seconds(30)), &rows);
}

#[test]
fn the_queue_is_the_activators_while_it_is_in_the_path() {
    // Two slots, a burst of 5: 2 x 4 - 5 - 2 is not below zero, 2 x 3 - 5 - 2 is.
    let rule = KnativeKpa { target_burst_capacity: Some(5), ..small() };
    for (instances, limit) in [(4, 4 * 10 * 2), (3, 10_000)] {
        let mut run = track(rule).min(instances).max(instances).run();
        run.set(2);
        run.advance(Time::START + seconds(10));
        assert_eq!(run.scaler.queue_limit(u64::from(instances)), Some(limit), "{instances}");
        assert_eq!(run.scaler.queue_limit(0), Some(10_000));
    }
    let mut never = track(KnativeKpa { target_burst_capacity: Some(0), queue_proxy_depth: 3, ..rule }).min(1).run();
    never.advance(Time::START + seconds(10));
    assert_eq!(never.scaler.queue_limit(1), Some(6));
    let mut always = track(KnativeKpa { target_burst_capacity: None, activator_queue: 7, ..rule }).min(100).run();
    always.advance(Time::START + seconds(10));
    assert_eq!(always.scaler.queue_limit(100), Some(7));
}

#[test]
fn the_defaults_are_knatives() {
    // One slot at 0.7: a first request panics, for 1 / 0.7 is two.
    let rows = [(0, 0, 1), (58, 0, 1), (60, 0, 1), (62, 0, 1), (64, 0, 0), (200, 1, 2), (202, 1, 2)];
    assert_wanted(Track::of(ScaleOut::KnativeKpa(KnativeKpa::of_slots(1))), &rows);
}
