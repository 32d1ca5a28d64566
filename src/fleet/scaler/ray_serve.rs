//! Ray Serve's replica autoscaler.
//!
//! ray-project/ray, `python/ray/serve/autoscaling_policy.py`: the requests last reported, divided by the target, are what is
//! called for; a share of the difference to the running replicas is made up for; and a number that is called for at more
//! ticks in a row than the delay has becomes the target. While no replica runs, any request makes the target one (times the
//! factor) at once. `_private/router.py`: handles report the mean of their requests at their own interval, and at once what they
//! have while no replica runs.
//!
//! Nothing but a report, a replica that becomes ready and the count of ticks changes what is decided, so ticks at which
//! none of that can matter are not looked at: they are counted. (A replica that is interrupted meanwhile is seen at the next
//! that is.)

#[cfg(test)]
mod tests;

use crate::scenario::{Decimal, RayServe, common_step};
use crate::unit::{Span, Time};

use super::mean::Mean;
use super::window::Samples;
use super::{Bounds, Cadence, Scaler, View};

pub(super) struct RayServeScaler {
    rule: RayServe,
    bounds: Bounds,
    samples: Samples,
    sampling: Cadence,
    reporting: Cadence,
    /// What handles have reported.
    reported: Mean,
    /// The last tick, and the next that is looked at.
    last: Time,
    next: Time,
    /// Decisions in a row for more, or for fewer.
    calls: Calls,
    wanted: u64,
}

/// Which way a number of decisions in a row went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Calls {
    way: Way,
    count: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    Up,
    Down,
    /// No decision for another number, or none at all while no replica runs.
    Neither,
}

impl RayServeScaler {
    pub fn new(rule: RayServe, bounds: Bounds) -> RayServeScaler {
        let step = common_step(&[rule.look_back, rule.metrics_interval]);
        RayServeScaler {
            rule,
            bounds,
            samples: Samples::new(step, rule.look_back),
            sampling: Cadence::new(step),
            reporting: Cadence::new(rule.metrics_interval),
            reported: Mean { integral: 0, time: rule.look_back },
            last: Time::START,
            next: Time::START + rule.interval,
            calls: Calls { way: Way::Neither, count: 0 },
            wanted: bounds.min,
        }
    }

    /// The first tick after a time.
    fn tick_after(&self, time: Time) -> Time {
        let interval = self.rule.interval.nanos();
        Time::from_nanos((time.nanos() / interval + 1).saturating_mul(interval))
    }

    /// What handles report by now.
    fn take_report(&mut self, view: &View) {
        if self.sampling.is_due(view.now) {
            self.samples.record(view.now, view.in_flight_time);
        }
        if self.reporting.is_due(view.now) {
            let time = self.rule.look_back.min(view.now.since_start());
            self.reported = Mean { integral: self.samples.growth(self.rule.look_back), time };
        }
        if view.ready == 0 && view.in_flight() > 0 {
            self.reported = Mean::in_flight(view);
        }
    }

    /// What is called for while so many replicas run, a share of the difference made up for.
    fn called_for(&self, running: u64) -> u64 {
        let (billion, target) = (u128::from(Decimal::ONE.billionths), u128::from(self.rule.target.billionths));
        // requests / target is wanted / one: running replicas are running x one.
        let wanted = self.reported.integral.saturating_mul(billion);
        let one = u128::from(self.reported.time.nanos()).saturating_mul(target).max(1);
        let runs = u128::from(running).saturating_mul(one);
        let share = |difference: u128, factor: Decimal, rounded_up: bool| {
            let (made_up, whole) =
                (difference.saturating_mul(u128::from(factor.billionths)), one.saturating_mul(billion));
            let instances = if rounded_up { made_up.div_ceil(whole) } else { made_up / whole };
            u64::try_from(instances).unwrap_or(u64::MAX)
        };
        let scaled = match wanted.checked_sub(runs) {
            Some(more) if more > 0 => running.saturating_add(share(more, self.rule.upscaling_factor, true)),
            _ => running.saturating_sub(share(runs - wanted, self.rule.downscaling_factor, false)),
        };
        // A factor shall not hold the last steps down.
        let is_stuck = scaled == running && wanted.div_ceil(one) < u128::from(running);
        self.bounds.clamp(if is_stuck { running - 1 } else { scaled })
    }

    /// A tick while replicas run.
    fn decide(&mut self, called_for: u64) {
        let ticks = |delay: Span| delay.nanos() / self.rule.interval.nanos();
        let (way, called_for, delay) = match called_for {
            more if more > self.wanted => (Way::Up, more, self.rule.upscale_delay),
            fewer if fewer < self.wanted && self.wanted == 1 => (Way::Down, fewer, self.rule.downscale_to_zero_delay),
            fewer if fewer < self.wanted => (Way::Down, fewer.max(1), self.rule.downscale_delay),
            same => (Way::Neither, same, Span::ZERO),
        };
        let count = if way == self.calls.way { self.calls.count + 1 } else { 1 };
        self.calls = match way {
            Way::Neither => Calls { way, count: 0 },
            _ if count > ticks(delay) => {
                self.wanted = called_for;
                Calls { way: Way::Neither, count: 0 }
            }
            _ => Calls { way, count },
        };
    }

    /// A tick while none runs.
    fn decide_from_none(&mut self) {
        if !self.reported.is_zero() {
            let one = self.rule.upscaling_factor.billionths.div_ceil(Decimal::ONE.billionths);
            self.wanted = self.wanted.max(one);
        }
    }

    /// The next tick at which something can change, seen from one at `now` that changed the number or did not.
    fn next_tick(&self, view: &View, has_changed: bool) -> Time {
        let tick = view.now + self.rule.interval;
        let is_none = view.present() == 0 && view.in_flight() == 0;
        if self.wanted == 0 && is_none {
            // A first request looks, too.
            return self.sampling.next;
        }
        if has_changed || view.ready == 0 || view.starting > 0 || self.wanted != view.ready {
            return tick;
        }
        let delay = match self.calls.way {
            Way::Neither => return self.sampling.next,
            Way::Up => self.rule.upscale_delay,
            Way::Down if self.wanted == 1 => self.rule.downscale_to_zero_delay,
            Way::Down => self.rule.downscale_delay,
        };
        // At the next tick but so many the count is above the delay's ticks.
        let interval = self.rule.interval.nanos();
        let left = (delay.nanos() / interval).saturating_sub(self.calls.count).saturating_mul(interval);
        self.sampling.next.min(tick + Span::from_nanos(left))
    }
}

impl Scaler for RayServeScaler {
    fn next_look(&self) -> Time {
        self.next
    }

    fn look(&mut self, view: &View) -> u64 {
        if view.now < self.next {
            // The first request is reported at once: the next tick sees it.
            self.reported = Mean::in_flight(view);
            self.next = self.next.min(self.tick_after(view.now));
            return self.wanted;
        }
        if self.calls.way != Way::Neither {
            let ticks = (view.now - self.last).nanos() / self.rule.interval.nanos();
            self.calls.count = self.calls.count.saturating_add(ticks.saturating_sub(1));
        }
        self.last = view.now;
        self.take_report(view);
        let before = self.wanted;
        if view.ready == 0 {
            self.decide_from_none();
        } else {
            self.decide(self.called_for(view.ready));
        }
        self.wanted = self.bounds.clamp(self.wanted);
        self.next = self.next_tick(view, self.wanted != before);
        self.wanted
    }

    fn looks_at_first_request(&self) -> bool {
        true
    }
}
