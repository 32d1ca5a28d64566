use super::super::harness::{Track, assert_wanted, seconds, tenths};
use super::*;
use crate::scenario::{Behavior, ScaleOut};
use crate::unit::Span;

mod plain;

fn track(rule: Hpa) -> Track {
    Track::of(ScaleOut::Hpa(rule)).min(1).slots(1_000)
}

/// No stabilisation and any change at once, both ways.
fn free() -> Hpa {
    let any = Behavior { window: Span::ZERO, percent: 100, instances: 1_000_000, period: seconds(15) };
    Hpa { scale_up: any, scale_down: any, ..Hpa::default() }
}

#[test]
fn a_step_is_climbed_by_the_larger_of_double_and_four_and_left_after_five_minutes() {
    // The defaults: one in flight an instance, a tolerance of a tenth.
    let rows = [
        (0, 20, 1),
        (15, 20, 5),  // 1 + 4
        (30, 20, 10), // 2 x 5
        (45, 20, 20), // 2 x 10
        (60, 22, 20),
        (75, 23, 20), // 22 / 20 = 1.1 is within the tolerance
        (90, 5, 23),  // 23 / 20 is not
        (105, 5, 23), // 5 is recommended; 23 was 15 s ago
        (375, 5, 23), // and 285 s ago
        (390, 5, 5),  // 300 s ago is not in the window; all may go at once
        (405, 0, 5),  //
        (690, 0, 5),  // 5 was recommended at 405 s
        (705, 0, 1),  // and never none
        (720, 50, 1),
        (735, 50, 5),
    ];
    assert_wanted(track(Hpa::default()), &rows);
}

#[test]
fn a_ramp_with_a_window_up_goes_by_the_lowest_of_it() {
    let rule = Hpa { scale_up: Behavior { window: seconds(30), ..free().scale_up }, ..free() };
    let rows = [
        (0, 2, 1),
        (15, 4, 1), // the one that there was is a recommendation of the window
        (30, 6, 1), // 4, and 1 at 15 s
        (45, 8, 4), // 6, and 4 at 30 s
        (60, 10, 6),
        (75, 9, 8),
        (90, 9, 9),
        (105, 9, 9),
    ];
    assert_wanted(track(rule), &rows);
}

#[test]
fn what_a_spike_called_for_holds_what_there_is_but_does_not_add_to_it() {
    let rows = [
        (0, 8, 1),
        (15, 1, 5), // 8 is recommended, 1 + 4 allowed
        (30, 1, 5), // between the lowest now, 1, and the highest of the window, 8
        (300, 1, 5),
        (315, 1, 1),
    ];
    assert_wanted(track(Hpa::default()), &rows);
    // Without a window down it is gone at once.
    assert_wanted(track(free()), &[(0, 8, 1), (15, 1, 8), (30, 1, 1), (45, 30, 1), (60, 1, 30), (75, 0, 1)]);
}

#[test]
fn the_tolerance_is_a_dead_band_with_its_bounds() {
    let rule = Hpa { target: tenths(20), tolerance: tenths(2), ..free() };
    let rows = [
        (0, 20, 1),
        (15, 24, 10), // 20 / 2
        (30, 25, 10), // 24 / 20 = 1.2 is within
        (45, 16, 13), // 25 / 20 = 1.25 is not: ceil(12.5)
        (60, 13, 8),  // 16 / 26 = 0.62 is not
        (75, 12, 8),  // 13 / 16 = 0.81 is within
        (90, 12, 6),  // 12 / 16 = 0.75 is not
    ];
    assert_wanted(track(rule), &rows);
}

#[test]
fn the_policies_count_the_changes_of_their_period() {
    let up = Behavior { window: Span::ZERO, percent: 50, instances: 1, period: seconds(60) };
    let rows = [
        (0, 100, 4),
        (15, 100, 6), // 4 x 1.5, more than 4 + 1
        (30, 100, 6), // 60 s ago there were 4
        (60, 100, 6),
        (75, 100, 9),   // 6 x 1.5
        (135, 100, 14), // ceil(13.5)
        (195, 100, 21),
    ];
    assert_wanted(track(Hpa { scale_up: up, ..free() }).min(4), &rows);
    let down = Behavior { window: Span::ZERO, percent: 10, instances: 2, period: seconds(30) };
    let rows = [
        (0, 40, 1),
        (15, 40, 40),
        (60, 1, 40),
        (75, 1, 36),  // 40 x 0.9, less than 40 - 2
        (90, 1, 36),  // 30 s ago there were 40
        (105, 1, 32), // floor(36 x 0.9 = 32.4)
        (135, 1, 28), // floor(28.8)
        (165, 1, 25), // floor(25.2)
        (195, 1, 22), // floor(22.5)
        (225, 1, 19), // floor(19.8)
        (255, 1, 17), // floor(17.1), as 19 - 2
        (285, 1, 15), // 15.3 and 15
        (315, 1, 13), // 13.5 and 13
    ];
    assert_wanted(track(Hpa { scale_down: down, ..free() }), &rows);
}

#[test]
fn instances_that_were_added_in_the_period_are_not_those_that_a_policy_down_counts() {
    // Of the 40 there were 1 at the start of the period: floor(1 x 0.9).
    let down = Behavior { window: Span::ZERO, percent: 10, instances: 0, period: seconds(30) };
    assert_wanted(track(Hpa { scale_down: down, ..free() }), &[(0, 40, 1), (15, 3, 40), (30, 3, 3)]);
    // Neither policy allows any change.
    let fixed = Behavior { window: Span::ZERO, percent: 0, instances: 0, period: seconds(30) };
    assert_wanted(track(Hpa { scale_up: fixed, ..free() }), &[(0, 40, 1), (15, 40, 1), (600, 40, 1)]);
}

#[test]
fn instances_that_start_count_without_load_when_more_are_wanted() {
    let rows = [
        (0, 4, 1),
        (15, 5, 4), // one is ready: 4 / 1
        (30, 4, 5), // three start: 5 / 4 = 1.25 of all
        (45, 4, 5), // four start: 4 / 5 of all is no reason for more, 4 / 1 of the ready one none for fewer
        (60, 4, 5), // one starts: 4 / 4
        (75, 4, 4), // all are ready: 4 / 5
    ];
    assert_wanted(track(free()).starting(seconds(40)), &rows);
}

#[test]
fn nothing_is_known_while_none_is_ready_and_there_is_at_least_one() {
    let rows = [(0, 9, 1), (15, 9, 1), (30, 9, 1), (45, 9, 1), (60, 9, 9)];
    // Ready after 50 s.
    assert_wanted(Track::of(ScaleOut::Hpa(free())).slots(9).starting(seconds(50)), &rows);
}

#[test]
fn no_more_than_the_maximum_are_wanted() {
    assert_wanted(track(free()).max(7), &[(0, 9, 1), (15, 9, 7), (30, 2, 7), (45, 2, 2)]);
}
