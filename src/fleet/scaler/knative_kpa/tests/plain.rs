//! The decisions once more, plainly: the whole history in a vector, floating point.

use proptest::prelude::*;

use super::super::super::harness::{Track, config, seconds, tenths, wanted_of};
use super::super::super::{Scaler, View};
use crate::scenario::{Decimal, KnativeKpa, ScaleOut};
use crate::unit::{Span, Time};

/// A minimum above none keeps the way to none and the activator out of it.
struct Plain {
    aim: f64,
    stable: usize,
    panic: usize,
    threshold: f64,
    up: f64,
    down: f64,
    delay: usize,
    minimum: f64,
    now: u64,
    /// The mean number in flight in every two seconds so far.
    history: Vec<f64>,
    integral: u128,
    panic_time: Option<u64>,
    max_panic: f64,
    decisions: Vec<f64>,
}

impl Scaler for Plain {
    fn next_look(&self) -> Time {
        Time::START + seconds(self.now)
    }

    fn look(&mut self, view: &View) -> u64 {
        if self.now == 0 {
            self.now = 2;
            if view.ready > 1 {
                (self.panic_time, self.max_panic) = (Some(0), view.ready as f64);
            }
            return self.minimum as u64;
        }
        self.history.push((view.in_flight_time - self.integral) as f64 / 2e9);
        self.integral = view.in_flight_time;
        let mean = |window: usize| {
            let known: Vec<f64> = self.history.iter().rev().take(window / 2).copied().collect();
            known.iter().sum::<f64>() / known.len() as f64
        };
        let ready = (view.ready as f64).max(1.0);
        let (stable, panic) = ((mean(self.stable) / self.aim).ceil(), (mean(self.panic) / self.aim).ceil());
        let within = |wanted: f64| wanted.max((ready / self.down).floor()).min((self.up * ready).ceil());
        if panic / ready >= self.threshold {
            self.panic_time = Some(self.now);
        } else if self.panic_time.is_some_and(|at| at + (self.stable as u64) < self.now) {
            self.panic_time = None;
            self.max_panic = 0.0;
        }
        let mut decision = within(stable);
        if self.panic_time.is_some() {
            self.max_panic = self.max_panic.max(within(stable)).max(within(panic));
            decision = self.max_panic;
        }
        self.decisions.push(decision);
        let recent = self.decisions.iter().rev().take((self.delay / 2).max(1));
        self.now += 2;
        recent.fold(self.minimum, |most, &one| most.max(one)) as u64
    }
}

proptest! {
    #![proptest_config(config())]
    #[test]
    fn the_decisions_are_those_of_a_plain_autoscaler(
        // Halves and quarters, and whole windows: floating point is exact, or far from a whole number.
        (aim, stable, panic, delay) in (1_u64..=4, 5_usize..=30, 1_usize..=5, 0_usize..=10),
        (threshold, up, down) in (3_u64..=12, 4_u64..=40, 2_u64..=8),
        (minimum, start) in (1_u32..=5, 0_u64..=9),
        load in prop::collection::vec((0_u64..=30, 1_usize..=12), 1..30),
    ) {
        let quarters = |count: u64| Decimal { billionths: count * Decimal::ONE.billionths / 4 };
        let halves = |count: u64| Decimal { billionths: count * Decimal::ONE.billionths / 2 };
        let windows = (2 * stable, 2 * panic.min(stable));
        let rule = KnativeKpa {
            target: quarters(aim),
            target_utilization: tenths(10),
            stable_window: seconds(windows.0 as u64),
            panic_window: seconds(windows.1 as u64),
            panic_threshold: halves(threshold),
            max_scale_up_rate: quarters(up),
            max_scale_down_rate: halves(down),
            scale_down_delay: seconds(2 * delay as u64),
            ..KnativeKpa::of_slots(8)
        };
        let plain = Plain {
            aim: aim as f64 / 4.0,
            stable: windows.0,
            panic: windows.1,
            threshold: threshold as f64 / 2.0,
            up: up as f64 / 4.0,
            down: down as f64 / 2.0,
            delay: 2 * delay,
            minimum: f64::from(minimum),
            now: 0,
            history: Vec::new(),
            integral: 0,
            panic_time: None,
            max_panic: 0.0,
            decisions: Vec::new(),
        };
        let track = Track::of(ScaleOut::KnativeKpa(rule)).slots(8).min(minimum).starting(seconds(start));
        let load: Vec<u64> = load.into_iter().flat_map(|(in_flight, times)| vec![in_flight; times]).collect();
        let expected = wanted_of(track.run_with(Box::new(plain)), Span::SECOND, &load);
        prop_assert_eq!(wanted_of(track.run(), Span::SECOND, &load), expected);
    }
}
