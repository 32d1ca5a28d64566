//! As many instances as the requests in flight need.
//!
//! RunPod, "Endpoint settings", request count: `ceil((requestsInQueue + requestsInProgress) / scalerValue)`. Beam, beta9
//! `pkg/abstractions/endpoint/autoscaler.go`: `ceil(TasksInFlight / tasks per container)`, at most the maximum, every second
//! or when triggered: here by a request that finds no container. The desired number is absolute, so starting ones count.

use crate::scenario::InFlight;
use crate::unit::Time;

use super::{Bounds, Cadence, Scaler, View, instances_for_number};

pub(super) struct InFlightScaler {
    rule: InFlight,
    bounds: Bounds,
    cadence: Cadence,
}

impl InFlightScaler {
    pub fn new(rule: InFlight, bounds: Bounds) -> InFlightScaler {
        InFlightScaler { rule, bounds, cadence: Cadence::new(rule.interval) }
    }
}

impl Scaler for InFlightScaler {
    fn next_look(&self) -> Time {
        self.cadence.next
    }

    fn look(&mut self, view: &View) -> u64 {
        self.cadence.is_due(view.now);
        self.bounds.clamp(instances_for_number(view.in_flight(), self.rule.target))
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
    use super::super::harness::{Track, assert_wanted};
    use super::*;
    use crate::scenario::{Decimal, ScaleOut};

    #[test]
    fn a_step_a_ramp_and_a_spike_are_followed_every_second() {
        let rule = InFlight { target: Decimal { billionths: 3_000_000_000 }, ..InFlight::default() };
        let track = Track::of(ScaleOut::InFlight(rule)).max(40);
        // At most 40; an instance for each 3 requests.
        let rows = [
            (0, 0, 0),
            (1, 7, 1), // the first request, at once
            (2, 7, 3),
            (3, 9, 3),
            (4, 10, 3),
            (5, 12, 4),
            (6, 300, 4),
            (7, 1, 40),
            (8, 0, 1),
            (9, 0, 0),
        ];
        assert_wanted(track, &rows);
    }

    #[test]
    fn a_minimum_is_kept() {
        assert_wanted(
            Track::of(ScaleOut::InFlight(InFlight::default())).min(2),
            &[(0, 0, 2), (1, 1, 2), (2, 3, 2), (3, 3, 3)],
        );
    }
}
