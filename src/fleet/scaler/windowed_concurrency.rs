//! As many instances as the mean number of requests in flight over a window needs.
//!
//! Baseten, "Autoscaling": requests in flight are averaged over the window, once a window, and divided by what an instance
//! is to serve, target x target utilisation; excess instances are removed after the scale-down delay, at most a share of the
//! active ones in a step. Cerebrium, "Scaling apps": likewise, with a cooldown at reduced concurrency and a buffer that is
//! added only while there is traffic. A call wakes a deployment that has no instance at once.
//!
//! As is usual for a scale-down delay, what counts is the largest number wanted during it (Knative's rule).

use crate::scenario::{Decimal, WindowedConcurrency, common_step};
use crate::unit::Time;

use super::window::{Largest, Samples};
use super::{Bounds, Cadence, Scaler, View, aim, instances_for, instances_for_number};

pub(super) struct WindowedConcurrencyScaler {
    rule: WindowedConcurrency,
    bounds: Bounds,
    /// Requests in flight an instance, in billionths.
    aim: u128,
    cadence: Cadence,
    samples: Samples,
    sampling: Cadence,
    delayed: Largest,
    wanted: u64,
}

impl WindowedConcurrencyScaler {
    pub fn new(rule: WindowedConcurrency, bounds: Bounds) -> WindowedConcurrencyScaler {
        let step = common_step(&[rule.window, rule.interval]);
        WindowedConcurrencyScaler {
            rule,
            bounds,
            aim: aim(rule.target, rule.target_utilization),
            cadence: Cadence::new(rule.interval),
            samples: Samples::new(step, rule.window),
            sampling: Cadence::new(step),
            delayed: Largest::new(rule.scale_down_delay),
            wanted: bounds.min,
        }
    }

    /// With the buffer, if there is traffic.
    fn with_buffer(&self, needed: u64) -> u64 {
        if needed > 0 { needed.saturating_add(u64::from(self.rule.buffer)) } else { 0 }
    }

    fn decide(&self, view: &View, needed: u64, delayed: u64) -> u64 {
        let present = view.present();
        if needed >= present {
            return needed;
        }
        // floor(present x (1 - rate)).
        let one = u128::from(Decimal::ONE.billionths);
        let kept = u128::from(present) * (one - u128::from(self.rule.max_scale_down_rate.billionths).min(one)) / one;
        delayed.max(u64::try_from(kept).unwrap_or(u64::MAX)).min(present)
    }
}

impl Scaler for WindowedConcurrencyScaler {
    fn next_look(&self) -> Time {
        self.sampling.next
    }

    fn look(&mut self, view: &View) -> u64 {
        if !self.sampling.is_due(view.now) {
            // The first request.
            let needed = instances_for_number(view.in_flight().min(1), Decimal::ONE);
            self.wanted = self.bounds.clamp(self.wanted.max(self.with_buffer(needed)));
            return self.wanted;
        }
        self.samples.record(view.now, view.in_flight_time);
        if !self.cadence.is_due(view.now) {
            // A sample for the mean alone: between looks nothing is ordered.
            return view.present();
        }
        let integral = self.samples.growth(self.rule.window);
        let needed = self.bounds.clamp(self.with_buffer(instances_for(integral, self.rule.window, self.aim)));
        let delayed = self.delayed.record(view.now, needed);
        self.wanted = self.bounds.clamp(self.decide(view, needed, delayed));
        self.wanted
    }

    fn looks_at_first_request(&self) -> bool {
        true
    }
}

#[cfg(test)]
mod tests {
    use super::super::harness::{Track, assert_wanted};
    use super::*;
    use crate::scenario::ScaleOut;
    use crate::unit::Span;

    fn seconds(count: u64) -> Span {
        Span::from_nanos(count * Span::SECOND.nanos())
    }

    /// Windows of 10 s, a delay of 30 s, 2 in flight an instance of which a half is aimed at.
    fn small() -> WindowedConcurrency {
        WindowedConcurrency {
            window: seconds(10),
            interval: seconds(10),
            target: Decimal { billionths: 2_000_000_000 },
            target_utilization: Decimal { billionths: 500_000_000 },
            scale_down_delay: seconds(30),
            ..WindowedConcurrency::default()
        }
    }

    #[test]
    fn a_step_is_followed_once_a_window_and_left_in_steps_after_the_delay() {
        // In flight from this row on; the mean of the window before decides. At most a half of the instances go in a look.
        let rows = [
            (0, 8, 1),   // the first request, at once
            (10, 8, 8),  // 8 in flight / 1
            (20, 1, 8),  //
            (30, 1, 8),  // 1 is needed, 8 were at 20 s
            (40, 1, 8),  //
            (50, 1, 4),  // 30 s after the last that needed 8; half
            (60, 1, 2),  //
            (70, 1, 1),  //
            (80, 0, 1),  // the window had traffic
            (90, 0, 1),  // none is needed, one was at 80 s
            (100, 0, 1), //
            (110, 0, 0), // 30 s after
        ];
        assert_wanted(Track::of(ScaleOut::WindowedConcurrency(small())), &rows);
    }

    #[test]
    fn a_ramp_and_a_spike_are_averaged() {
        let rule = WindowedConcurrency { scale_down_delay: Span::ZERO, max_scale_down_rate: Decimal::ONE, ..small() };
        // A spike of 90 for 1 s in a window of 10 s is a mean of 9 + 0.9 x 1.
        let rows = [
            (0, 1, 1),
            (10, 2, 1),
            (20, 3, 2),
            (30, 4, 3),
            (40, 90, 4),
            (41, 1, 4),
            (50, 1, 10),
            (60, 0, 1),
            (70, 0, 0),
        ];
        assert_wanted(Track::of(ScaleOut::WindowedConcurrency(rule)), &rows);
    }

    #[test]
    fn a_buffer_is_added_only_while_there_is_traffic() {
        let rule = WindowedConcurrency {
            buffer: 2,
            scale_down_delay: Span::ZERO,
            max_scale_down_rate: Decimal::ONE,
            ..small()
        };
        let rows = [(0, 0, 0), (10, 1, 3), (20, 3, 3), (30, 0, 5), (40, 0, 0)];
        assert_wanted(Track::of(ScaleOut::WindowedConcurrency(rule)), &rows);
    }

    #[test]
    fn the_defaults_are_basetens() {
        // 10 in flight for a window at 0.7 an instance: ceil(14.3).
        let rows = [(0, 10, 1), (60, 10, 15), (120, 7, 15), (180, 7, 15)];
        assert_wanted(Track::of(ScaleOut::WindowedConcurrency(WindowedConcurrency::default())).max(20), &rows);
    }
}
