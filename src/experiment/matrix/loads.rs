//! One scenario at any utilisation and any length of its requests.

use crate::scenario::{FleetKind, Instances, PoolKind, Scenario, Source};
use crate::trace::TraceError;
use crate::traffic::class_means;
use crate::unit::Span;

/// A warm-up of so many mean service times lets what was there at the start be forgotten.
const SERVICE_TIMES_OF_WARM_UP: f64 = 3.0;
/// A start that is a smaller share of the window than this does not show.
const NEGLIGIBLE: f64 = 0.01;

/// A scenario whose load and length of requests can be set, with its shapes kept.
#[derive(Clone, Debug)]
pub struct Loads<'a> {
    scenario: &'a Scenario,
    /// Of all classes together.
    rate_per_s: f64,
    /// Of a request of any class.
    service_s: f64,
    /// The fleet that a utilisation is of, and the seconds of service that it gets done in a second.
    fleet: Option<usize>,
    capacity: f64,
}

/// Why a load cannot be set.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    #[error("no request arrives, so there is no load to change\n  help: give the traffic a rate above zero")]
    NoTraffic,
    #[error(
        "every request is served in no time, so there is no duration to change\n  help: give the traffic a service time"
    )]
    NoWork,
    #[error(transparent)]
    Trace(#[from] TraceError),
}

impl Loads<'_> {
    /// The requests that a window should have, so that rare long ones give figures.
    pub const FEWEST_REQUESTS: f64 = 1_000.0;
}

impl<'a> Loads<'a> {
    /// A utilisation is that of the first dedicated fleet with all its instances; of one instance where their number is fitted,
    /// and of one slot where there is no dedicated fleet.
    ///
    /// # Errors
    /// See [`LoadError`].
    pub fn new(scenario: &'a Scenario) -> Result<Loads<'a>, LoadError> {
        let means = class_means(scenario)?;
        let rate_per_s: f64 = means.iter().map(|class| class.rate_per_s).sum();
        let load: f64 = means.iter().map(|class| class.offered_load()).sum();
        if rate_per_s <= 0.0 {
            return Err(LoadError::NoTraffic);
        }
        if load <= 0.0 {
            return Err(LoadError::NoWork);
        }
        let dedicated = scenario.fleets.iter().enumerate().find_map(|(index, fleet)| match &fleet.kind {
            FleetKind::Single(PoolKind::Dedicated(pool)) => Some((index, pool)),
            FleetKind::Single(PoolKind::Serverless(_)) | FleetKind::Hybrid(_) => None,
        });
        let capacity = dedicated.map_or(1.0, |(_, pool)| {
            let instances = match pool.instances {
                Instances::Number(number) => number,
                Instances::Fit => 1,
            };
            f64::from(instances) * pool.capacity()
        });
        let fleet = dedicated.map(|(index, _)| index);
        Ok(Loads { scenario, rate_per_s, service_s: load / rate_per_s, fleet, capacity })
    }

    /// The scenario as it was given.
    #[must_use]
    pub fn scenario(&self) -> &Scenario {
        self.scenario
    }

    /// The name of the dedicated fleet that a utilisation is of.
    #[must_use]
    pub fn utilization_of(&self) -> Option<&str> {
        self.fleet.map(|index| self.scenario.fleets[index].name.as_str())
    }

    /// The requests a second that ask for a share of what the fleet can do.
    #[must_use]
    pub fn rate_per_s(&self, utilization: f64, duration: Span) -> f64 {
        utilization * self.capacity / duration.seconds()
    }

    /// The scenario with requests that take `duration` on average and a load of `utilization`, the classes in their
    /// proportions; with `stretch_slo` the limits on latency and the clients' patience in theirs to the mean service time. Its
    /// window is repeated until it has 1,000 requests, and its warm-up lengthened by windows until it is three mean service
    /// times long or what is left of the start does not show, as far as the longest horizon allows. A scenario with a trace that
    /// does not repeat keeps its window.
    #[must_use]
    pub fn at(&self, utilization: f64, duration: Span, stretch_slo: bool) -> Scenario {
        let longer = duration.seconds() / self.service_s;
        let rate_per_s = self.rate_per_s(utilization, duration);
        let mut scenario = self.scenario.clone();
        for class in &mut scenario.traffic {
            *class = class.with_volume(rate_per_s / self.rate_per_s).with_service_scaled(longer);
            if stretch_slo {
                *class = class.with_timeout_scaled(longer);
            }
        }
        if stretch_slo {
            scenario.slo = scenario.slo.map(|slo| slo.stretched(longer));
        }
        lengthen(&mut scenario, rate_per_s, duration);
        scenario.replications = self.scenario.replications_of_variant(scenario.varies());
        scenario
    }
}

fn lengthen(scenario: &mut Scenario, rate_per_s: f64, duration: Span) {
    let ends = |source: &Source| matches!(source, Source::Trace(trace) if !trace.repeat);
    if scenario.traffic.iter().any(|class| ends(&class.source)) {
        return;
    }
    let (window, warm_up) = (scenario.window(), scenario.warm_up);
    // Converted, a count beyond the range is the largest there is.
    let counted = (Loads::FEWEST_REQUESTS / (rate_per_s * window.seconds())).ceil().max(1.0) as u64;
    let missing_s = SERVICE_TIMES_OF_WARM_UP * duration.seconds() - warm_up.seconds();
    let shows = missing_s > NEGLIGIBLE * counted as f64 * window.seconds();
    let before = if shows { (missing_s / window.seconds()).ceil() as u64 } else { 0 };
    let most = (Span::LONGEST.nanos() - warm_up.nanos()) / window.nanos();
    let before = before.min(most.saturating_sub(1));
    let counted = counted.min(most.saturating_sub(before)).max(1);
    let whole = |windows: u64| Span::from_nanos(windows * window.nanos());
    scenario.warm_up = warm_up + whole(before);
    scenario.horizon = scenario.warm_up + whole(counted);
}
