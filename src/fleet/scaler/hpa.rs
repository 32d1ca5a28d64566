//! Kubernetes' horizontal pod autoscaler.
//!
//! kubernetes, `pkg/controller/podautoscaler`: `replica_calculator.go` recommends, for a metric of each pod,
//! `ceil(metric / target)` unless the ratio is within the tolerance. Pods that start have no metric; when more are wanted they
//! count as pods without any load, so that what they will take over is not ordered twice. `horizontal.go` first stabilises:
//! the number moves up no further than the lowest recommendation of a window and down no further than the highest; then it
//! limits the change in a period, by the larger of a percentage and a number.

mod controller;
#[cfg(test)]
mod tests;

use crate::scenario::Hpa;
use crate::unit::Time;

pub(super) use controller::Controller;

use super::mean::Mean;
use super::{Bounds, Cadence, Scaler, View};

pub(super) struct HpaScaler {
    rule: Hpa,
    controller: Controller,
    cadence: Cadence,
    /// Whether the pool begins with fewer instances than it can keep.
    begins_short: bool,
}

impl HpaScaler {
    pub fn new(rule: Hpa, bounds: Bounds) -> HpaScaler {
        let controller = Controller::new(rule, bounds.at_least_one(), bounds.min.max(1));
        HpaScaler { rule, controller, cadence: Cadence::new(rule.interval), begins_short: bounds.min == 0 }
    }

    /// What the metric calls for; nothing while no instance has one.
    fn recommended(&self, view: &View) -> Option<u64> {
        if view.ready == 0 {
            return None;
        }
        let (load, target) = (Mean::in_flight(view), u128::from(self.rule.target.billionths));
        let current = self.controller.wanted;
        let grows = load.exceeds(view.ready, target);
        let counted = if grows { view.present() } else { view.ready };
        if load.is_near(counted, target, self.rule.tolerance) || (grows && load.is_below(counted, target)) {
            return Some(current);
        }
        let needed = load.instances(target);
        Some(if grows { needed.max(current) } else { needed })
    }
}

impl Scaler for HpaScaler {
    fn next_look(&self) -> Time {
        if self.begins_short { Time::START } else { self.cadence.next }
    }

    fn look(&mut self, view: &View) -> u64 {
        self.begins_short = false;
        if self.cadence.is_due(view.now)
            && let Some(recommended) = self.recommended(view)
        {
            self.controller.follow(view.now, recommended);
        }
        self.controller.wanted
    }
}
