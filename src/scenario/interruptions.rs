//! What takes instances away: interruptions of spot instances, outages of their zones, and failures.

use crate::unit::{Price, Span};

use super::Distribution;

/// How spot instances are taken away.
#[derive(Clone, Debug, PartialEq)]
pub struct Interruptions {
    /// Of one instance, whatever the others do; `None`: only outages take it away.
    pub hazard: Option<Hazard>,
    /// From the warning until the instance is gone.
    pub notice: Span,
    /// What becomes of the requests in service at the end of the notice.
    pub requests: Interrupted,
    pub outages: Option<Outages>,
    /// `None`: nothing stands in for spot instances that are not there.
    pub fallback: Option<Fallback>,
}

/// A constant rate at which one instance is interrupted: times between interruptions are exponential.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Hazard {
    /// The mean time between interruptions.
    Every(Span),
    /// The share of instances that are interrupted within a month of 730 h, above 0 and below 1, as providers publish it.
    SharePerMonth(f64),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Interrupted {
    Retry,
    Lose,
}

/// Zones that lose all their instances at once, independently of each other.
#[derive(Clone, Debug, PartialEq)]
pub struct Outages {
    /// The instances are spread evenly over as many zones, at least 1.
    pub zones: u32,
    /// The mean time from the end of an outage of a zone to its next one; exponential.
    pub every: Span,
    pub last: Distribution,
}

/// On-demand instances beside the spot ones: the fallback of SkyServe
/// (docs.skypilot.co, "Using Spot Instances": `base_ondemand_fallback_replicas`, `dynamic_ondemand_fallback`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fallback {
    /// As many of the instances are always on-demand ones.
    pub base: u32,
    /// Whether an on-demand instance stands in for every spot instance that is not ready, until it is.
    pub dynamic: bool,
    /// Of an on-demand instance.
    pub price: Price,
}

/// Instances that fail and are repaired.
#[derive(Clone, Debug, PartialEq)]
pub struct Failures {
    /// The mean time from a repair to the next failure; exponential.
    pub every: Span,
    pub repair: Distribution,
}

impl Interruptions {
    pub(super) fn varies(&self) -> bool {
        self.hazard.is_some() || self.outages.is_some()
    }
}

impl Hazard {
    /// The month of the providers' figures: a twelfth of 365 days.
    const MONTH_HOURS: f64 = 730.0;

    /// The mean time between interruptions of one instance, in nanoseconds. A share p a month is a rate of -ln(1 - p) / 730 h.
    #[must_use]
    pub fn mean_nanos(self) -> f64 {
        match self {
            Hazard::Every(every) => every.nanos() as f64,
            Hazard::SharePerMonth(share) => Hazard::MONTH_HOURS * Span::HOUR.nanos() as f64 / -libm::log1p(-share),
        }
    }
}

/// The share of time that something is there which fails after `between` on average and is back `repair` later on average:
/// MTBF / (MTBF + MTTR), whatever the distributions (the renewal reward theorem).
#[must_use]
pub fn availability(between_failures: Span, repair: Span) -> f64 {
    let (up, down) = (between_failures.seconds(), repair.seconds());
    if up + down == 0.0 { 1.0 } else { up / (up + down) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_a_month_are_the_mean_times_of_an_exponential() {
        // The means that go with 5 %, 15 % and 30 % a month, in hours.
        for (share, hours) in [(0.05, 14_232.0), (0.15, 4_491.8), (0.30, 2_046.7)] {
            let mean = Hazard::SharePerMonth(share).mean_nanos() / Span::HOUR.nanos() as f64;
            assert!((mean / hours - 1.0).abs() < 1e-4, "{share}: {mean} h");
            // And back: the share of instances that do not live a month.
            let interrupted = 1.0 - (-730.0 / mean).exp();
            assert!((interrupted - share).abs() < 1e-12);
        }
    }

    #[test]
    fn availability_is_the_share_of_a_cycle_that_is_up() {
        assert_eq!(availability(Span::from_nanos(3), Span::from_nanos(1)), 0.75);
        assert_eq!(availability(Span::HOUR, Span::ZERO), 1.0);
        assert_eq!(availability(Span::ZERO, Span::HOUR), 0.0);
    }
}
