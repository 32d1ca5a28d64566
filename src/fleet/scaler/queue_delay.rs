//! Instances are added while requests wait too long.
//!
//! RunPod, "Endpoint settings", queue delay: from no workers at all the first request adds one; further requests add
//! workers only when they have waited in the queue for the delay. How many are added at once is not documented. Here, at a
//! look at which the request at the head has waited longer than the delay, one and at most `extra_workers` more, as far as
//! more requests wait than slots start.

use crate::scenario::QueueDelay;
use crate::unit::Time;

use super::{Bounds, Cadence, Scaler, View};

pub(super) struct QueueDelayScaler {
    rule: QueueDelay,
    bounds: Bounds,
    slots: u64,
    cadence: Cadence,
}

impl QueueDelayScaler {
    pub fn new(rule: QueueDelay, bounds: Bounds, slots: u32) -> QueueDelayScaler {
        QueueDelayScaler { rule, bounds, slots: u64::from(slots.max(1)), cadence: Cadence::new(rule.interval) }
    }
}

impl Scaler for QueueDelayScaler {
    fn next_look(&self) -> Time {
        self.cadence.next
    }

    fn look(&mut self, view: &View) -> u64 {
        self.cadence.is_due(view.now);
        let present = view.present();
        let lacking = view.queued.div_ceil(self.slots).saturating_sub(view.starting);
        let added = if present == 0 {
            lacking.min(1)
        } else if view.head_wait.is_some_and(|wait| wait > self.rule.delay) {
            lacking.min(1 + u64::from(self.rule.extra_workers))
        } else {
            0
        };
        self.bounds.clamp(present.saturating_add(added))
    }

    fn looks_at_first_request(&self) -> bool {
        true
    }

    fn removes_instances(&self) -> bool {
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::unit::Span;

    #[test]
    fn instances_are_added_once_the_head_has_waited_too_long() {
        let mut scaler = QueueDelayScaler::new(QueueDelay::default(), Bounds { min: 0, max: 7 }, 2);
        // When, ready, starting, queued, how long the head has waited: wanted. Two slots an instance.
        let rows = [
            ("from none, the first request at once", 0.5, 0, 0, 1, Some(0), 1),
            ("a head that has waited for the delay and not longer", 4.0, 0, 1, 9, Some(4_000), 1),
            ("5 instances are needed, 1 starts: 1 and 2 extra", 5.0, 0, 1, 9, Some(4_001), 4),
            ("5 are needed, 4 start: 1 more", 6.0, 0, 4, 9, Some(5_000), 5),
            ("all that are needed start", 7.0, 0, 5, 9, Some(6_000), 5),
            ("nobody waits", 8.0, 5, 0, 0, None, 5),
            ("no more than the maximum", 9.0, 5, 0, 30, Some(4_500), 7),
            ("instances that are idle are left alone", 10.0, 7, 0, 0, None, 7),
        ];
        for (name, at, ready, starting, queued, wait, wanted) in rows {
            let now = Time::from_nanos((at * 1e9) as u64);
            let head_wait = wait.map(|millis: u64| Span::from_nanos(millis * 1_000_000));
            let view = View { now, ready, starting, queued, in_service: 0, in_flight_time: 0, arrived: 0, head_wait };
            assert_eq!(scaler.look(&view), wanted, "{name}");
        }
        assert_eq!(scaler.next_look(), Time::from_nanos(8_000_000_000));
    }
}
