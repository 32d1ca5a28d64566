//! What a class asks of a fleet in the long run: known of what is drawn, read from what is recorded.

use crate::scenario::{Scenario, ServiceTime, Source, TrafficClass};
use crate::trace::TraceError;

use super::profile;

/// The long-run means of a class.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ClassMeans {
    /// Requests a second, over the horizon where they are recorded.
    pub rate_per_s: f64,
    /// Of a request, in seconds; zero where no request is recorded.
    pub service_s: f64,
}

impl ClassMeans {
    /// The mean number of slots that the class keeps busy.
    #[must_use]
    pub fn offered_load(&self) -> f64 {
        self.rate_per_s * self.service_s
    }
}

/// The means of every class, in the scenario's order.
///
/// # Errors
/// When a trace cannot be read.
pub fn class_means(scenario: &Scenario) -> Result<Vec<ClassMeans>, TraceError> {
    scenario.traffic.iter().map(|class| means(scenario, class)).collect()
}

fn means(scenario: &Scenario, class: &TrafficClass) -> Result<ClassMeans, TraceError> {
    if let (Source::Synthetic { rate, .. }, ServiceTime::Drawn(distribution)) = (&class.source, &class.service_time) {
        return Ok(ClassMeans { rate_per_s: rate.per_second(), service_s: distribution.mean_s() });
    }
    // As recorded, and then multiplied: nothing is drawn that need not be.
    let (recorded, volume) = class.as_recorded();
    let alone = Scenario { traffic: vec![recorded], fleets: Vec::new(), ..scenario.clone() };
    let profile = profile(&alone, 0, 1)?;
    // Of counts a bin the expected rate is known; recorded requests are as many as there are.
    let expected = profile.series.first().and_then(|bin| bin.expected_per_s);
    let service_s = match &class.service_time {
        ServiceTime::Drawn(distribution) => distribution.mean_s(),
        ServiceTime::Column { .. } | ServiceTime::Tokens { .. } => profile.mean_service_s.unwrap_or(0.0),
    };
    Ok(ClassMeans { rate_per_s: expected.unwrap_or(profile.rate_per_s) * volume, service_s })
}
