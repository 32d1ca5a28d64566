//! What a scenario answers of the guide's questions by itself.

use crate::guide::Answers;
use crate::scenario::{FleetKind, Instances, PoolKind, Scenario, Slo};
use crate::trace::TraceError;
use crate::traffic::class_means;
use crate::unit::Span;

use super::predictability::{Predictability, predictability};

/// What was read of a scenario.
#[derive(Clone, Debug, PartialEq)]
pub struct Observed {
    pub answers: Answers,
    /// `None` without traffic.
    pub predictability: Option<Predictability>,
    /// What the utilisation is of: a number of instances, and whether the scenario gives it or it is the fewest that could bear the work.
    pub instances: Option<(u32, bool)>,
}

/// Reads a scenario: training where it has jobs alone, else the length of a request, the traffic, the utilisation and the objective.
///
/// The utilisation is the work that arrives over what the first dedicated fleet can do; where its number of instances is fitted, or no
/// fleet is dedicated, over the fewest instances that could bear the work.
///
/// # Errors
/// When a trace cannot be read.
pub fn observe(scenario: &Scenario) -> Result<Observed, TraceError> {
    if scenario.traffic.is_empty() {
        let answers = Answers { training: Some(true), ..Answers::default() };
        return Ok(Observed { answers, predictability: None, instances: None });
    }
    let means = class_means(scenario)?;
    let rate_per_s: f64 = means.iter().map(|class| class.rate_per_s).sum();
    let load: f64 = means.iter().map(|class| class.offered_load()).sum();
    let found = predictability(scenario)?;
    let (instances, given, slots) = capacity(scenario, load);
    let length = (rate_per_s > 0.0).then(|| rounded(load / rate_per_s)).filter(|&length| length > Span::ZERO);
    let answers = Answers {
        training: Some(false),
        task_length: length,
        latency: scenario.slo.as_ref().and_then(tightest),
        predictable: Some(found.predictable),
        utilization: Some((load / (f64::from(instances) * slots)).min(1.0)),
        requests_per_month: Some((rate_per_s * Span::MONTH.seconds()).round() as u64),
        ..Answers::default()
    };
    Ok(Observed { answers, predictability: Some(found), instances: Some((instances, given)) })
}

/// A mean as a duration that can be read: in milliseconds from a second on, in microseconds below.
fn rounded(seconds: f64) -> Span {
    let unit = if seconds >= 1.0 { Span::MILLISECOND } else { Span::MICROSECOND };
    Span::from_nanos((seconds / unit.seconds()).round() as u64 * unit.nanos())
}

/// The instances of the first dedicated fleet, whether they are given, and what one of them can do.
fn capacity(scenario: &Scenario, load: f64) -> (u32, bool, f64) {
    let pool = scenario.fleets.iter().find_map(|fleet| match &fleet.kind {
        FleetKind::Single(PoolKind::Dedicated(pool)) => Some(pool),
        FleetKind::Single(PoolKind::Serverless(_)) | FleetKind::Hybrid(_) => None,
    });
    let slots = pool.map_or(1.0, |pool| pool.capacity());
    match pool.map(|pool| pool.instances) {
        Some(Instances::Number(number)) => (number, true, slots),
        Some(Instances::Fit) | None => ((load / slots).ceil().max(1.0) as u32, false, slots),
    }
}

/// The shortest limit of an objective: what most requests are asked to keep to.
fn tightest(slo: &Slo) -> Option<Span> {
    slo.quantile_limits().into_iter().chain([slo.latency]).flatten().min()
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::scenario::{Overrides, SCENARIOS, load_text};

    fn of(name: &str, set: &[&str]) -> Observed {
        let text = SCENARIOS.iter().find(|scenario| scenario.name == name).unwrap().text;
        let overrides = Overrides { set: set.iter().map(|&text| text.to_owned()).collect(), ..Overrides::default() };
        observe(&load_text(text, name, Path::new(""), &overrides).unwrap().scenario).unwrap()
    }

    #[test]
    fn the_guides_own_example_is_busy_a_thirty_sixth_of_the_time() {
        let found = of("guide-arithmetic", &[]);
        let answers = &found.answers;
        assert_eq!((answers.training, answers.latency), (Some(false), None));
        assert_eq!(answers.task_length, Some(Span::from_nanos(50 * Span::MILLISECOND.nanos())));
        assert_eq!(answers.requests_per_month, Some(1_440_000));
        assert!((answers.utilization.unwrap() - 1.0 / 36.0).abs() < 1e-9, "{answers:?}");
        assert_eq!((answers.predictable, found.instances), (Some(true), Some((1, true))));
    }

    #[test]
    fn the_bursty_api_is_unpredictable_and_its_objective_is_the_tightest_limit() {
        let found = of("variable-api", &["slo.p95=5s"]);
        assert_eq!(
            (found.answers.predictable, found.answers.latency),
            (Some(false), Some(Span::from_nanos(5_000_000_000)))
        );
        // One request a second of two seconds, on nine instances.
        assert!((found.answers.utilization.unwrap() - 2.0 / 9.0).abs() < 1e-6, "{found:?}");
        let fitted = of("variable-api", &["fleet.dedicated.instances=fit", "traffic.api.rate=1.2/s"]);
        assert_eq!(fitted.instances, Some((3, false)));
        assert!((fitted.answers.utilization.unwrap() - 0.8).abs() < 1e-6, "{fitted:?}");
    }

    #[test]
    fn jobs_alone_are_training() {
        let found = of("fine-tune", &[]);
        assert_eq!(found.answers, Answers { training: Some(true), ..Answers::default() });
        assert_eq!(found.predictability, None);
    }
}
