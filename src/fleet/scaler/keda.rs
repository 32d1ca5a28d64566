//! KEDA: a scaled object polled for activity, and the horizontal pod autoscaler that KEDA makes for it.
//!
//! kedacore/keda, `pkg/scaling/executor/scale_scaledobjects.go`: at a poll with activity an object at none goes to one; at one
//! without, an object that may go to none does once the last activity is as long ago as the cooldown. From one on, the
//! autoscaler works on an external metric with an average value (kubernetes, `GetExternalPerPodMetricReplicas`):
//! `ceil(total / target)`, unless the total is within the tolerance of what the instances there shall be would take,
//! starting ones as well. Both have their own cadence; at an instant at which both look, KEDA does first, and if it
//! changes the number the autoscaler follows at its next look.

#[cfg(test)]
mod tests;

use crate::scenario::{Keda, KedaMetric, common_step};
use crate::unit::{Span, Time};

use super::hpa::Controller;
use super::mean::Mean;
use super::window::Samples;
use super::{Bounds, Cadence, Scaler, View};

pub(super) struct KedaScaler {
    rule: Keda,
    /// Whether the last instances may go.
    may_be_none: bool,
    controller: Controller,
    polling: Cadence,
    syncing: Cadence,
    arrivals: Option<Arrivals>,
    last_active: Time,
}

/// The requests that arrived, at the steps of a window.
struct Arrivals {
    window: Span,
    samples: Samples,
    sampling: Cadence,
}

impl KedaScaler {
    pub fn new(rule: Keda, bounds: Bounds) -> KedaScaler {
        let arrivals = match rule.metric {
            KedaMetric::InFlight => None,
            KedaMetric::RequestRate { window } => {
                let step = common_step(&[window, rule.polling_interval, rule.hpa.interval]);
                Some(Arrivals { window, samples: Samples::new(step, window), sampling: Cadence::new(step) })
            }
        };
        KedaScaler {
            rule,
            may_be_none: bounds.min == 0,
            controller: Controller::new(rule.hpa, bounds.at_least_one(), bounds.min),
            polling: Cadence::new(rule.polling_interval),
            syncing: Cadence::new(rule.hpa.interval),
            arrivals,
            last_active: Time::START,
        }
    }

    fn metric(&mut self, view: &View) -> Mean {
        match &mut self.arrivals {
            None => Mean::in_flight(view),
            Some(Arrivals { window, samples, sampling }) => {
                if sampling.is_due(view.now) {
                    samples.record(view.now, u128::from(view.arrived));
                }
                Mean::rate(samples.growth(*window), *window)
            }
        }
    }

    /// KEDA's part; whether it changes the number.
    fn poll(&mut self, now: Time, is_active: bool) -> bool {
        let wanted = &mut self.controller.wanted;
        let before = *wanted;
        if is_active {
            self.last_active = now;
            *wanted = before.max(1);
        } else if self.may_be_none && now.saturating_since(self.last_active) >= self.rule.cooldown {
            *wanted = 0;
        }
        *wanted != before
    }

    /// What the autoscaler recommends.
    fn recommended(&self, metric: Mean) -> u64 {
        let (current, target) = (self.controller.wanted, u128::from(self.rule.hpa.target.billionths));
        if metric.is_near(current, target, self.rule.hpa.tolerance) { current } else { metric.instances(target) }
    }
}

impl Scaler for KedaScaler {
    fn next_look(&self) -> Time {
        let next = self.polling.next.min(self.syncing.next);
        self.arrivals.as_ref().map_or(next, |arrivals| next.min(arrivals.sampling.next))
    }

    fn look(&mut self, view: &View) -> u64 {
        let metric = self.metric(view);
        let (polls, syncs) = (self.polling.is_due(view.now), self.syncing.is_due(view.now));
        let has_changed = polls && self.poll(view.now, !metric.is_zero());
        if syncs && !has_changed && self.controller.wanted > 0 {
            let recommended = self.recommended(metric);
            self.controller.follow(view.now, recommended);
        }
        self.controller.wanted
    }
}
