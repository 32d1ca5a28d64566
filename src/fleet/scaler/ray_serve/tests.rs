use proptest::prelude::*;

use super::super::harness::{Track, assert_wanted_at, config, seconds, tenths, wanted_of};
use super::*;
use crate::scenario::ScaleOut;

/// A tick.
const TENTH: Span = Span::from_nanos(100_000_000);

fn track(rule: RayServe) -> Track {
    Track::of(ScaleOut::RayServe(rule)).slots(1_000)
}

/// Reports every second of a mean over three, delays of 2 s and 4 s; two in flight an instance.
fn small() -> RayServe {
    RayServe {
        upscale_delay: seconds(2),
        downscale_delay: seconds(4),
        downscale_to_zero_delay: seconds(5),
        metrics_interval: seconds(1),
        look_back: seconds(3),
        ..RayServe::default()
    }
}

#[test]
fn a_step_is_followed_at_the_tick_after_the_delay_and_the_mean_decides_what_is_seen() {
    // The defaults: a report every 10 s of a mean over 30 s, 300 ticks up, 6000 down. Times in ticks.
    let rows = [
        (0, 8, 1),
        (100, 8, 1), // the first report, 8 in the 10 s that are known: four, for the first time
        (399, 8, 1), // the 300th
        (400, 2, 4), // the 301st
        (500, 2, 4), // (20 x 8 + 10 x 2) / 30 = 6: three, for the first time
        (6_499, 2, 4),
        (6_500, 0, 1), // 2: one
        (6_600, 0, 1), // (20 x 2) / 30 in the mean: one
        (6_800, 0, 1), // none, for the first time
        (12_799, 0, 1),
        (12_800, 0, 1), // there is a minimum
    ];
    assert_wanted_at(track(RayServe::default()).min(1), TENTH, &rows);
}

#[test]
fn a_ramp_counts_ticks_for_more_whatever_they_call_for() {
    // A second's mean is one more every second: reported at its end.
    let rule = RayServe { look_back: seconds(1), target: tenths(10), ..small() };
    let rows = [
        (0, 1, 1),
        (10, 2, 1), // one
        (20, 3, 1), // two, the first tick
        (30, 4, 1), // three, the eleventh
        (39, 4, 1), // three, the twentieth
        (40, 5, 4), // four, the 21st
        (50, 6, 4), // five, the first
        (60, 6, 4), // six
        (70, 6, 6), // six, the 21st
        (90, 6, 6),
    ];
    assert_wanted_at(track(rule).min(1), TENTH, &rows);
}

#[test]
fn a_spike_shorter_than_the_delay_is_nothing() {
    // 30 for half a second is 6 in the mean of 2.5 s more; three seconds' reports of 2 x 2.5 + 30 x 0.5 over 3 s: 6.67, four.
    let rows =
        [(0, 2, 1), (50, 30, 1), (55, 2, 1), (60, 2, 1), (79, 2, 1), (80, 2, 4), (90, 2, 4), (129, 2, 4), (130, 2, 1)];
    assert_wanted_at(track(small()).min(1), TENTH, &rows);
    let slower = RayServe { upscale_delay: seconds(3), ..small() };
    let rows = [(0, 2, 1), (50, 30, 1), (55, 2, 1), (80, 2, 1), (89, 2, 1), (90, 2, 1), (200, 2, 1)];
    assert_wanted_at(track(slower).min(1), TENTH, &rows);
}

#[test]
fn from_none_a_request_makes_one_at_the_next_tick_and_the_last_goes_after_its_own_delay() {
    let rows = [
        (0, 0, 0),
        (33, 0, 0),
        (34, 6, 0), // seen by the tick of 3.5 s
        (35, 6, 1), // and reported at once: three, when one runs
        (36, 6, 1), // the first tick for three
        (40, 6, 1), // 6 x 0.6 s / 3 s = 1.2: one
        (50, 6, 1), // 3.2: two, the first tick
        (60, 6, 1), // 5.2: three
        (70, 6, 3), // 6: three, the 21st
        (80, 0, 3),
        (90, 0, 3),  // 4: two, the first tick for fewer
        (100, 0, 3), // 2: one
        (110, 0, 3), // none
        (129, 0, 3),
        (130, 0, 1), // the 41st: one, for none is the next step
        (131, 0, 1), // the first for none
        (180, 0, 1),
        (181, 0, 0), // the 51st
        (185, 1, 0),
        (186, 1, 1),
    ];
    assert_wanted_at(track(small()), TENTH, &rows);
    let tripled = RayServe { upscaling_factor: tenths(25), ..small() };
    assert_wanted_at(track(tripled), TENTH, &[(0, 0, 0), (34, 1, 0), (35, 1, 3)]);
    // At most what there may be.
    assert_wanted_at(track(tripled).max(2), TENTH, &[(0, 0, 0), (34, 1, 0), (35, 1, 2)]);
}

#[test]
fn while_none_is_ready_nothing_is_decided_but_the_first() {
    // Ready at 8.5 s. Six wait then, as the last tick before reported; the report of 9 s has the mean, 6.
    let rows = [
        (0, 0, 0),
        (34, 6, 0),
        (35, 6, 1),
        (84, 6, 1),
        (85, 6, 1), // three, the first tick
        (104, 6, 1),
        (105, 6, 3), // the 21st
    ];
    assert_wanted_at(track(small()).starting(seconds(5)), TENTH, &rows);
}

#[test]
fn factors_make_up_for_a_share_of_the_difference() {
    // Eight in flight: four. Half of the way, rounded up: 1 + 1.5, 3 + 0.5.
    let rule = RayServe { upscaling_factor: tenths(5), downscaling_factor: tenths(5), ..small() };
    let rows = [
        (0, 8, 1),
        (10, 8, 1), // the first tick
        (29, 8, 1),
        (30, 8, 3), // the 21st
        (31, 8, 3), // the first
        (50, 8, 3),
        (51, 2, 4), // the 21st
        (60, 2, 4), // (8 x 2.1 + 2 x 0.9) / 3 = 6.2: 4 - 0.45, rounded up
        (70, 2, 4), // 4.2: 4 - 0.95, which is four, but no more than three are needed: three
        (71, 2, 4),
    ];
    // At 6 s 4 of 3.1 are needed, rounded up to four: as many as there are.
    assert_wanted_at(track(rule).min(1), TENTH, &rows);
    // Four when eight are in flight until 10 s, then two, of which all reports from 13 s on are.
    let rows = [
        (0, 8, 1),
        (100, 2, 4),
        (110, 2, 4), // (2 x 8 + 1 x 2) / 3 = 6: three are needed; 4 - 0.5, rounded up, is four, so three: the first tick
        (120, 2, 4), // (8 + 2 x 2) / 3 = 4: two; 4 - 1
        (130, 2, 4), // one; 4 - 1.5, rounded up
        (149, 2, 4),
        (150, 2, 3), // the 41st
        (151, 2, 3), // 3 - 1, the first
        (190, 2, 3),
        (191, 2, 2), // the 41st
        (192, 2, 2), // 2 - 0.5 is two, so one
        (231, 2, 2),
        (232, 2, 1),
    ];
    assert_wanted_at(track(rule).min(1), TENTH, &rows);
}

/// The autoscaler once more, plainly: every tick is looked at, everything is kept, floating point.
struct Plain {
    rule: RayServe,
    least: i64,
    most: i64,
    tick: u64,
    history: Vec<(u64, u128)>,
    total: f64,
    counter: i64,
    wanted: i64,
}

impl Scaler for Plain {
    fn next_look(&self) -> Time {
        Time::from_nanos(self.tick * self.rule.interval.nanos())
    }

    fn look(&mut self, view: &View) -> u64 {
        if view.now < self.next_look() {
            return self.wanted as u64;
        }
        let ticks = |span: Span| span.nanos() / self.rule.interval.nanos();
        self.history.push((self.tick, view.in_flight_time));
        if self.tick.is_multiple_of(ticks(self.rule.metrics_interval)) {
            let from = self.tick.saturating_sub(ticks(self.rule.look_back));
            let before = self.history.iter().find(|&&(tick, _)| tick == from).map_or(0, |&(_, integral)| integral);
            let time = (self.tick - from) * self.rule.interval.nanos();
            self.total = (view.in_flight_time - before) as f64 / time as f64;
        }
        let running = view.ready as i64;
        let in_flight = view.queued + view.in_service;
        if running == 0 {
            if in_flight > 0 {
                self.total = in_flight as f64;
            }
            if self.total > 0.0 {
                let one = (self.rule.upscaling_factor.billionths as f64 / 1e9).ceil() as i64;
                self.wanted = self.wanted.max(one).clamp(self.least, self.most);
            }
        } else {
            self.decide(running);
        }
        self.tick += 1;
        self.wanted as u64
    }

    fn looks_at_first_request(&self) -> bool {
        true
    }
}

impl Plain {
    fn decide(&mut self, running: i64) {
        let needed = self.total / (self.rule.target.billionths as f64 / 1e9);
        let difference = needed - running as f64;
        let factor = if difference > 0.0 { self.rule.upscaling_factor } else { self.rule.downscaling_factor };
        let mut desired = (running as f64 + factor.billionths as f64 / 1e9 * difference).ceil() as i64;
        if (needed.ceil() as i64) < running && desired == running {
            desired -= 1;
        }
        desired = desired.clamp(self.least, self.most);
        let ticks = |delay: Span| (delay.nanos() / self.rule.interval.nanos()) as i64;
        if desired > self.wanted {
            self.counter = self.counter.max(0) + 1;
            if self.counter > ticks(self.rule.upscale_delay) {
                (self.counter, self.wanted) = (0, desired);
            }
        } else if desired < self.wanted {
            self.counter = self.counter.min(0) - 1;
            let is_last = self.wanted == 1;
            let delay = if is_last { self.rule.downscale_to_zero_delay } else { self.rule.downscale_delay };
            if self.counter < -ticks(delay) {
                (self.counter, self.wanted) = (0, if is_last { desired } else { desired.max(1) });
            }
        } else {
            self.counter = 0;
        }
    }
}

proptest! {
    #![proptest_config(config())]
    #[test]
    fn ticks_that_are_not_looked_at_change_nothing(
        (up, down, last) in (0_u64..=40, 0_u64..=40, 0_u64..=40),
        // Powers of two, so that floating point is exact.
        (target, up_factor, down_factor) in (0_u32..=3, 1_u64..=5, 1_u64..=5),
        (report, back) in (prop::sample::select(vec![1_u64, 4, 10]), prop::sample::select(vec![1_u64, 2, 8, 16])),
        (least, more) in (0_u32..=2, 1_u32..=20),
        start in 0_u64..=25,
        load in prop::collection::vec((prop_oneof![Just(0), 0_u64..=30], 1_usize..=60), 1..20),
    ) {
        let quarters = |count: u64| Decimal { billionths: count * Decimal::ONE.billionths / 4 };
        let span = |ticks: u64| Span::from_nanos(ticks * TENTH.nanos());
        let rule = RayServe {
            target: Decimal { billionths: Decimal::ONE.billionths << target >> 1 },
            upscale_delay: span(up),
            downscale_delay: span(down),
            downscale_to_zero_delay: span(last),
            upscaling_factor: quarters(up_factor),
            downscaling_factor: quarters(down_factor),
            metrics_interval: span(report),
            look_back: span(back),
            interval: TENTH,
        };
        let (least, most) = (least, least + more);
        let track = track(rule).min(least).max(most).starting(span(start));
        let plain = Plain {
            rule,
            least: i64::from(least),
            most: i64::from(most),
            tick: 1,
            history: Vec::new(),
            total: 0.0,
            counter: 0,
            wanted: i64::from(least),
        };
        let load: Vec<u64> = load.into_iter().flat_map(|(in_flight, times)| vec![in_flight; times]).collect();
        let expected = wanted_of(track.run_with(Box::new(plain)), TENTH, &load);
        prop_assert_eq!(wanted_of(track.run(), TENTH, &load), expected);
    }
}
