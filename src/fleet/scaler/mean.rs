//! A mean beside a target, exactly.

use crate::scenario::Decimal;
use crate::unit::Span;

use super::{View, instances_for};

const BILLION: u128 = Decimal::ONE.billionths as u128;

/// A number in the mean: its integral over a time, divided by that time. What is too large for the arithmetic counts as the
/// largest that is not.
#[derive(Clone, Copy, Debug)]
pub(super) struct Mean {
    pub integral: u128,
    /// Above zero.
    pub time: Span,
}

impl Mean {
    /// The requests waiting and in service now.
    pub fn in_flight(view: &View) -> Mean {
        Mean { integral: u128::from(view.in_flight()), time: Span::NANOSECOND }
    }

    /// So many events in a time, a second.
    pub fn rate(events: u128, time: Span) -> Mean {
        Mean { integral: events.saturating_mul(u128::from(Span::SECOND.nanos())), time }
    }

    pub fn is_zero(self) -> bool {
        self.integral == 0
    }

    /// The mean divided by so many billionths an instance, rounded up.
    pub fn instances(self, per_instance: u128) -> u64 {
        instances_for(self.integral, self.time, per_instance)
    }

    /// Whether it is more than so many instances' share of billionths.
    pub fn exceeds(self, instances: u64, per_instance: u128) -> bool {
        self.numerator() > self.denominator(instances, per_instance)
    }

    /// Whether it is less than so many instances' share.
    pub fn is_below(self, instances: u64, per_instance: u128) -> bool {
        self.numerator() < self.denominator(instances, per_instance)
    }

    /// Whether its ratio to so many instances' share differs from 1 by no more than the tolerance.
    pub fn is_near(self, instances: u64, per_instance: u128, tolerance: Decimal) -> bool {
        let (mean, share) = (self.numerator(), self.denominator(instances, per_instance));
        mean.abs_diff(share).saturating_mul(BILLION) <= share.saturating_mul(u128::from(tolerance.billionths))
    }

    fn numerator(self) -> u128 {
        self.integral.saturating_mul(BILLION)
    }

    fn denominator(self, instances: u64, per_instance: u128) -> u128 {
        u128::from(self.time.nanos()).saturating_mul(u128::from(instances)).saturating_mul(per_instance)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mean_is_compared_exactly() {
        // 22 requests in 2 s are 11 in the mean: 1.1 times what 5 instances of 2 take.
        let two = 2 * BILLION;
        let mean = Mean { integral: 22, time: Span::from_nanos(2) };
        let tolerance = |billionths| Decimal { billionths };
        assert!(mean.is_near(5, two, tolerance(100_000_000)) && !mean.is_near(5, two, tolerance(99_999_999)));
        assert!(mean.exceeds(5, two) && !mean.exceeds(6, two) && mean.is_below(6, two));
        assert_eq!(mean.instances(two), 6);
        // 30 events in a minute are a half a second.
        let minute = Mean::rate(30, Span::MINUTE);
        assert!(!minute.exceeds(1, BILLION / 2) && !minute.is_below(1, BILLION / 2));
        assert!(Mean::rate(0, Span::SECOND).is_zero());
    }
}
