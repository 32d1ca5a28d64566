//! SkyServe's request rate autoscaler.
//!
//! skypilot-org/skypilot, `sky/serve/autoscalers.py`, with the constants of `sky/serve/constants.py`: what the requests of the
//! last window call for, `ceil(requests / window / target)` within the bounds, is adopted at once while no instance is wanted, and
//! otherwise when as many decisions in a row call for more (or for fewer) as the delay has decision intervals. A decision
//! that calls for what there is starts both counts anew, one that calls for the contrary only the other one.

#[cfg(test)]
mod tests;

use crate::scenario::SkyServe;
use crate::unit::{Span, Time};

use super::window::Samples;
use super::{Bounds, Cadence, Scaler, View};

pub(super) struct SkyServeScaler {
    rule: SkyServe,
    bounds: Bounds,
    /// Arrivals are looked up at each of these; a decision is at some of them.
    sampling: Cadence,
    arrivals: Samples,
    next_decision: Time,
    /// Decisions in a row that call for more, and for fewer.
    up: u64,
    down: u64,
    wanted: u64,
}

impl SkyServeScaler {
    pub fn new(rule: SkyServe, bounds: Bounds) -> SkyServeScaler {
        let mut scaler = SkyServeScaler {
            rule,
            bounds,
            sampling: Cadence::new(rule.interval_at_zero),
            arrivals: Samples::new(rule.interval_at_zero, rule.window),
            next_decision: Time::START,
            up: 0,
            down: 0,
            wanted: bounds.min,
        };
        // The decision at t = 0 sees no request.
        scaler.next_decision = Time::START + scaler.interval();
        scaler
    }

    fn interval(&self) -> Span {
        if self.wanted == 0 { self.rule.interval_at_zero } else { self.rule.interval }
    }

    /// `ceil(requests / window / target)`, within the bounds.
    fn called_for(&self) -> u64 {
        let (rate, billion) = (self.rule.target, 1_000_000_000);
        let requests = self.arrivals.growth(self.rule.window);
        let numerator = requests.saturating_mul(u128::from(rate.per().nanos())).saturating_mul(billion);
        let denominator = u128::from(self.rule.window.nanos()) * u128::from(rate.nano_events());
        self.bounds.clamp(u64::try_from(numerator.div_ceil(denominator.max(1))).unwrap_or(u64::MAX))
    }

    fn decide(&mut self) {
        let called_for = self.called_for();
        let decisions = |delay: Span| delay.nanos() / self.rule.interval.nanos();
        if self.wanted == 0 {
            self.wanted = called_for;
        } else if called_for > self.wanted {
            (self.up, self.down) = (self.up + 1, 0);
            if self.up >= decisions(self.rule.upscale_delay) {
                (self.up, self.wanted) = (0, called_for);
            }
        } else if called_for < self.wanted {
            (self.up, self.down) = (0, self.down + 1);
            if self.down >= decisions(self.rule.downscale_delay) {
                (self.down, self.wanted) = (0, called_for);
            }
        } else {
            (self.up, self.down) = (0, 0);
        }
    }
}

impl Scaler for SkyServeScaler {
    fn next_look(&self) -> Time {
        self.sampling.next
    }

    fn look(&mut self, view: &View) -> u64 {
        if self.sampling.is_due(view.now) {
            self.arrivals.record(view.now, u128::from(view.arrived));
        }
        if view.now >= self.next_decision {
            self.decide();
            self.next_decision = self.next_decision + self.interval();
        }
        self.wanted
    }
}
