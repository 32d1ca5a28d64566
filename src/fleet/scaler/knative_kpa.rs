//! The Knative pod autoscaler, KServe's too.
//!
//! knative/serving: `pkg/autoscaler/scaling/autoscaler.go` decides from the mean concurrency over a stable and a panic window;
//! `pkg/autoscaler/aggregation/bucketing.go` has what a window is before it is full (a mean over what is known);
//! `pkg/reconciler/autoscaling/kpa` bounds the decision, keeps the initial scale and the last instance for its time, and puts
//! the activator in the path or takes it out of it. `pkg/autoscaler/scaling/multiscaler.go` looks at once when the activator
//! has a request for a revision at none.

mod path;
#[cfg(test)]
mod tests;
mod windows;

use crate::scenario::{Decimal, KnativeKpa};
use crate::unit::{Span, Time};

use super::mean::Mean;
use super::window::Largest;
use super::{Bounds, Cadence, Scaler, View, aim};
use path::Path;
use windows::Windows;

const ONE: u128 = Decimal::ONE.billionths as u128;

pub(super) struct KnativeKpaScaler {
    rule: KnativeKpa,
    slots: u64,
    /// Requests in flight that an instance is made for, and those that are aimed at, in billionths.
    total: u128,
    aim: u128,
    has_begun: bool,
    cadence: Cadence,
    windows: Windows,
    /// Since when the threshold of panic was last exceeded, while it panics.
    panics_since: Option<Time>,
    most_in_panic: u64,
    delayed: Largest,
    /// What it decided last; nothing before there is data.
    decided: Option<u64>,
    path: Path,
}

impl KnativeKpaScaler {
    pub fn new(rule: KnativeKpa, bounds: Bounds, slots: u32) -> KnativeKpaScaler {
        let slots = u64::from(slots.max(1));
        let most = slots.saturating_mul(Decimal::ONE.billionths);
        let total = Decimal { billionths: rule.target.billionths.min(most) };
        // At least a hundredth, as in the source.
        let least = ONE / 100;
        KnativeKpaScaler {
            rule,
            slots,
            total: u128::from(total.billionths),
            aim: aim(total, rule.target_utilization).max(least),
            has_begun: false,
            cadence: Cadence::new(rule.interval),
            windows: Windows::new(&rule),
            panics_since: None,
            most_in_panic: 0,
            delayed: Largest::new(rule.scale_down_delay),
            decided: None,
            path: Path::new(rule, bounds),
        }
    }

    /// At t = 0. It begins in panic if more than one instance is ready: it has no history to take one away by.
    fn begin(&mut self, view: &View) {
        self.has_begun = true;
        if view.ready > 1 {
            (self.panics_since, self.most_in_panic) = (Some(view.now), view.ready);
        }
        let initial = u128::from(self.rule.initial_scale) * self.total;
        self.path.lacks_capacity = match self.rule.target_burst_capacity {
            None => true,
            Some(0) => false,
            Some(capacity) => initial < u128::from(capacity) * ONE,
        };
        self.path.reconcile(view, None);
    }

    fn decide(&mut self, view: &View) -> u64 {
        let (stable, panic) = (self.windows.stable(view), self.windows.panic(view));
        let (for_stable, for_panic) = (stable.instances(self.aim), panic.instances(self.aim));
        let ready = u128::from(view.ready.max(1));
        self.watch_panic(view.now, for_panic, ready);
        let (stable, in_panic) = (self.limited(for_stable, ready), self.limited(for_panic, ready));
        let mut wanted = stable;
        if self.panics_since.is_some() {
            self.most_in_panic = self.most_in_panic.max(stable).max(in_panic);
            wanted = self.most_in_panic;
        }
        if self.rule.scale_down_delay > Span::ZERO {
            wanted = self.delayed.record(view.now, wanted);
        }
        self.path.lacks_capacity = self.lacks_capacity(view.ready, panic);
        wanted
    }

    /// Panic begins, goes on or is over.
    fn watch_panic(&mut self, now: Time, for_panic: u64, ready: u128) {
        let threshold = ready.saturating_mul(u128::from(self.rule.panic_threshold.billionths));
        if u128::from(for_panic).saturating_mul(ONE) >= threshold {
            self.panics_since = Some(now);
        } else if self.panics_since.is_some_and(|since| since + self.rule.stable_window < now) {
            (self.panics_since, self.most_in_panic) = (None, 0);
        }
    }

    /// Neither more nor fewer than the rates allow; at least the activation scale, if any.
    fn limited(&self, needed: u64, ready: u128) -> u64 {
        let to_u64 = |instances: u128| u64::try_from(instances).unwrap_or(u64::MAX);
        let most = to_u64(ready.saturating_mul(u128::from(self.rule.max_scale_up_rate.billionths)).div_ceil(ONE));
        let fewest = to_u64(ready.saturating_mul(ONE) / u128::from(self.rule.max_scale_down_rate.billionths).max(1));
        let limited = needed.max(fewest).min(most);
        if needed > 0 { limited.max(activation_scale(self.rule.activation_scale)) } else { limited }
    }

    /// Whether the instances could not take the burst that they shall, on top of what is in flight.
    fn lacks_capacity(&self, ready: u64, in_flight: Mean) -> bool {
        match self.rule.target_burst_capacity {
            None => true,
            Some(0) => false,
            Some(capacity) => {
                let time = u128::from(in_flight.time.nanos());
                let has = u128::from(ready).saturating_mul(self.total).saturating_mul(time);
                let burst = u128::from(capacity).saturating_mul(ONE).saturating_mul(time);
                has < burst.saturating_add(in_flight.integral.saturating_mul(ONE))
            }
        }
    }
}

/// An activation scale of one is none.
fn activation_scale(instances: u32) -> u64 {
    if instances > 1 { u64::from(instances) } else { 0 }
}

impl Scaler for KnativeKpaScaler {
    fn next_look(&self) -> Time {
        if self.has_begun { self.windows.next_sample() } else { Time::START }
    }

    fn look(&mut self, view: &View) -> u64 {
        if !self.has_begun {
            self.begin(view);
            return self.path.wanted;
        }
        let is_first_request = !self.windows.sample(view);
        if is_first_request || self.cadence.is_due(view.now) {
            if self.windows.have_data(view.now) {
                self.decided = Some(self.decide(view));
            }
            self.path.reconcile(view, self.decided);
        }
        self.path.wanted
    }

    fn looks_at_first_request(&self) -> bool {
        true
    }

    fn queue_limit(&self, ready: u64) -> Option<u64> {
        if ready == 0 || self.path.has_activator() {
            return Some(self.rule.activator_queue);
        }
        Some(ready.saturating_mul(u64::from(self.rule.queue_proxy_depth)).saturating_mul(self.slots))
    }
}
