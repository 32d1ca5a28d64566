//! Evenly spaced arrivals of a constant rate, in whole numbers.

use crate::trace::TraceError;
use crate::unit::{Rate, Time};

use super::process::ArrivalProcess;

/// The instants of [`Rate::evenly_spaced`], each from the one before without a division.
pub(super) struct Even {
    /// The next instant is whole + rest / denominator, exactly; rest < denominator.
    whole: u128,
    rest: u128,
    /// The gap, likewise.
    step_whole: u128,
    step_rest: u128,
    denominator: u128,
    /// Arrivals are before it.
    horizon: u128,
}

impl Even {
    pub(super) fn new(rate: Rate, horizon: Time) -> Even {
        let half_gap = u128::from(rate.per().nanos()) * 1_000_000_000;
        let denominator = 2 * u128::from(rate.nano_events());
        if denominator == 0 {
            // A rate of zero: the first arrival is never.
            return Even::new(Rate::new(1, rate.per()), Time::START);
        }
        Even {
            whole: half_gap / denominator,
            rest: half_gap % denominator,
            step_whole: 2 * half_gap / denominator,
            step_rest: 2 * half_gap % denominator,
            denominator,
            horizon: u128::from(horizon.nanos()),
        }
    }

    /// To the nearest nanosecond, halves to the even one.
    fn rounded(&self) -> u128 {
        let other = self.denominator - self.rest;
        let up = self.rest > other || (self.rest == other && self.whole % 2 == 1);
        self.whole + u128::from(up)
    }
}

impl ArrivalProcess for Even {
    fn fill(&mut self, count: usize, out: &mut Vec<Time>) -> Result<(), TraceError> {
        for _ in 0..count {
            let arrival = self.rounded();
            if arrival >= self.horizon {
                break;
            }
            out.push(Time::from_nanos(arrival as u64));
            self.whole += self.step_whole;
            self.rest += self.step_rest;
            if self.rest >= self.denominator {
                self.rest -= self.denominator;
                self.whole += 1;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use crate::unit::Span;

    use super::*;

    proptest! {
        #[test]
        fn every_instant_is_that_of_the_closed_form(
            nano_events in 1..10_000_000_000_000_000_000_u64,
            per in prop::sample::select(vec![Span::SECOND, Span::MINUTE, Span::HOUR, Span::DAY, Span::MONTH]),
        ) {
            let rate = Rate::new(nano_events, per);
            let mut arrivals = Vec::new();
            Even::new(rate, Time::from_nanos(u64::MAX)).fill(1_000, &mut arrivals).unwrap();
            for (index, arrival) in arrivals.iter().enumerate() {
                prop_assert_eq!(Some(*arrival), rate.evenly_spaced(index as u64));
            }
        }
    }

    #[test]
    fn a_rate_of_zero_has_no_arrivals() {
        let mut arrivals = Vec::new();
        let horizon = Time::START + Span::LONGEST;
        Even::new(Rate::new(0, Span::SECOND), horizon).fill(1, &mut arrivals).unwrap();
        assert_eq!(arrivals, []);
    }
}
