use proptest::prelude::*;

use super::super::harness::{Track, assert_wanted_of_arrivals, config, seconds, wanted_of};
use super::*;
use crate::scenario::ScaleOut;
use crate::unit::Rate;

/// Three decisions for more, five for fewer.
fn small() -> SkyServe {
    SkyServe { upscale_delay: seconds(60), downscale_delay: seconds(100), ..SkyServe::default() }
}

fn track(rule: SkyServe) -> Track {
    Track::of(ScaleOut::SkyServe(rule))
}

#[test]
fn a_step_is_adopted_at_once_from_none_and_after_three_decisions_from_one() {
    // One a second an instance; a decision every 5 s while none is wanted, then every 20 s.
    let rows = [
        (0, 0, 0),
        (2, 3, 0),
        (5, 3, 1),  // 9 requests in the minute: 0.15 a second
        (25, 3, 1), // 69: two would do, for the first time
        (45, 3, 1), // 129: three
        (64, 3, 1),
        (65, 3, 3), // 180: three; the third decision for more
        (85, 0, 3),
        (105, 0, 3), // 120: two; the first decision for fewer
        (125, 0, 3), // 60: one
        (145, 0, 3), // none
        (165, 0, 3),
        (184, 0, 3),
        (185, 0, 0), // the fifth
        (200, 1, 0),
        (204, 1, 0),
        (205, 1, 1), // every 5 s again
    ];
    assert_wanted_of_arrivals(track(small()), &rows);
}

#[test]
fn a_ramp_counts_decisions_for_more_whatever_they_call_for() {
    // One more a second every 20 s: a minute's mean of the last three steps.
    let rows = [
        (0, 1, 1),
        (20, 2, 1),  // 20 requests: one
        (40, 3, 1),  // 60: one
        (60, 4, 1),  // 20 + 40 + 60 = 120: two
        (80, 5, 1),  // 180: three
        (100, 6, 4), // 240: four, the third
        (120, 7, 4), // five
        (140, 8, 4), // six
        (160, 8, 7), // seven
        (180, 8, 7), // 140 + 160 + 160 = 460: eight
    ];
    assert_wanted_of_arrivals(track(small()).min(1), &rows);
}

#[test]
fn a_spike_shorter_than_the_delay_is_nothing() {
    // A minute's window has it for three decisions.
    let rows = [
        (0, 1, 1),
        (60, 5, 1),
        (80, 1, 1),  // 40 + 100: three, the first
        (100, 1, 1), // the second
        (120, 1, 3), // the third
    ];
    assert_wanted_of_arrivals(track(small()).min(1), &rows);
    let slower = SkyServe { upscale_delay: seconds(80), ..small() };
    let rows = [
        (0, 1, 1),
        (60, 5, 1),
        (80, 1, 1),
        (100, 1, 1),
        (120, 1, 1), // the third of four
        (140, 1, 1), // 60: one
        (400, 1, 1),
    ];
    assert_wanted_of_arrivals(track(slower).min(1), &rows);
}

#[test]
fn a_decision_for_what_there_is_begins_both_counts_anew() {
    // Two decisions for more, one for as many, two for more: never three in a row.
    let rule = SkyServe { window: seconds(20), ..small() };
    let rows = [(0, 2, 1), (40, 1, 1), (60, 2, 1), (100, 1, 1), (160, 2, 1), (200, 2, 1), (220, 2, 2)];
    assert_wanted_of_arrivals(track(rule).min(1), &rows);
}

#[test]
fn the_defaults_are_skyserves() {
    let rows = [
        (0, 0, 1),
        (10, 2, 1),
        (40, 2, 1), // 60 requests: one
        (60, 2, 1), // 100: two, for the first time
        (339, 2, 1),
        (340, 2, 2), // the fifteenth
        (400, 0, 2),
        (420, 0, 2), // 80: two
        (440, 0, 2), // 40: one, for the first time
        (1_619, 0, 2),
        (1_620, 0, 1), // the sixtieth
    ];
    assert_wanted_of_arrivals(track(SkyServe::default()).min(1), &rows);
}

/// The autoscaler once more, plainly: a decision at a time, the time of every request kept.
struct Plain {
    rule: SkyServe,
    least: u64,
    most: u64,
    now: u64,
    arrivals: Vec<u64>,
    arrived: u64,
    seen: Time,
    counter: i64,
    wanted: u64,
}

impl Scaler for Plain {
    fn next_look(&self) -> Time {
        // Every second, to see when requests arrive.
        self.seen + Span::SECOND
    }

    fn look(&mut self, view: &View) -> u64 {
        // They arrive at whole seconds, after the look of that instant.
        let second = self.seen.nanos() / Span::SECOND.nanos();
        self.arrivals.extend((self.arrived..view.arrived).map(|_| second));
        (self.arrived, self.seen) = (view.arrived, view.now);
        let now = view.now.nanos() / Span::SECOND.nanos();
        if now < self.now {
            return self.wanted;
        }
        let window = self.rule.window.seconds();
        let recent = self.arrivals.iter().filter(|&&at| at as f64 >= now as f64 - window).count();
        let needed = (recent as f64 / window / self.rule.target.per_second()).ceil() as u64;
        let needed = needed.clamp(self.least, self.most);
        let interval = self.rule.interval.seconds();
        if self.wanted == 0 {
            self.wanted = needed;
        } else {
            let sign = (needed > self.wanted) as i64 - (needed < self.wanted) as i64;
            self.counter = if sign == 0 {
                0
            } else if sign * self.counter < 0 {
                sign
            } else {
                self.counter + sign
            };
            let delay = if sign > 0 { self.rule.upscale_delay } else { self.rule.downscale_delay };
            if sign != 0 && self.counter.abs() >= (delay.seconds() / interval) as i64 {
                (self.counter, self.wanted) = (0, needed);
            }
        }
        self.now += if self.wanted == 0 { self.rule.interval_at_zero.seconds() } else { interval } as u64;
        self.wanted
    }
}

proptest! {
    #![proptest_config(config())]
    #[test]
    fn the_decisions_are_those_of_a_plain_autoscaler(
        (window, up, down) in (1_u64..=12, 0_u64..=6, 0_u64..=9),
        (interval, quarters) in (1_u64..=4, 1_u64..=8),
        (least, more) in (0_u32..=2, 1_u32..=20),
        load in prop::collection::vec((prop_oneof![Just(0), 0_u64..=12], 1_usize..=90), 1..20),
    ) {
        let rule = SkyServe {
            // Windows that divide into halves and quarters, so that floating point is exact or far from a whole number.
            target: Rate::new(quarters * 250_000_000, Span::SECOND),
            window: seconds(5 * window),
            upscale_delay: seconds(5 * interval * up),
            downscale_delay: seconds(5 * interval * down),
            interval: seconds(5 * interval),
            interval_at_zero: seconds(5),
        };
        let plain = Plain {
            rule,
            least: u64::from(least),
            most: u64::from(least + more),
            now: if least == 0 { 5 } else { 5 * interval },
            arrivals: Vec::new(),
            arrived: 0,
            seen: Time::START,
            counter: 0,
            wanted: u64::from(least),
        };
        let track = track(rule).min(least).max(least + more);
        let load: Vec<u64> = load.into_iter().flat_map(|(arriving, times)| vec![arriving; times]).collect();
        let expected = wanted_of(track.run_with(Box::new(plain)), Span::SECOND, &load);
        prop_assert_eq!(wanted_of(track.run(), Span::SECOND, &load), expected);
    }
}
