//! One scenario at any volume of its traffic.

use crate::decide::FormulaTraffic;
use crate::experiment::spacing::in_even_ratios;
use crate::scenario::Scenario;
use crate::trace::TraceError;
use crate::traffic::{ClassMeans, class_means};
use crate::unit::Span;

/// A scenario whose volume can be set: that of all classes in their proportions, or of one class.
#[derive(Clone, Debug)]
pub struct Volumes<'a> {
    scenario: &'a Scenario,
    /// By class.
    means: Vec<ClassMeans>,
    /// The class whose volume is set; `None`: all of them.
    class: Option<usize>,
    /// Whether anything is drawn at random at some volume.
    vary: bool,
}

/// Why a volume cannot be set.
#[derive(Debug, thiserror::Error)]
pub enum VolumeError {
    #[error("the scenario has no traffic class `{name}`\n  help: it has: {known}")]
    UnknownClass { name: String, known: String },
    #[error("no request arrives, so there is no volume to change\n  help: give the traffic a rate above zero")]
    NoTraffic,
    #[error(transparent)]
    Trace(#[from] TraceError),
}

impl<'a> Volumes<'a> {
    /// `class` names the one class to change.
    ///
    /// # Errors
    /// See [`VolumeError`].
    pub fn new(scenario: &'a Scenario, class: Option<&str>) -> Result<Volumes<'a>, VolumeError> {
        let index = |name: &str| {
            scenario.traffic.iter().position(|class| class.name == name).ok_or_else(|| VolumeError::UnknownClass {
                name: name.to_owned(),
                known: scenario.traffic.iter().map(|class| class.name.as_str()).collect::<Vec<_>>().join(", "),
            })
        };
        let class = class.map(index).transpose()?;
        let volumes = Volumes { scenario, means: class_means(scenario)?, class, vary: vary(scenario) };
        if volumes.own() > 0.0 { Ok(volumes) } else { Err(VolumeError::NoTraffic) }
    }

    /// The scenario as it was given.
    #[must_use]
    pub fn scenario(&self) -> &Scenario {
        self.scenario
    }

    /// The class whose volume varies; `None`: all of them.
    #[must_use]
    pub fn class(&self) -> Option<&str> {
        self.class.map(|index| self.scenario.traffic[index].name.as_str())
    }

    fn varies(&self, index: usize) -> bool {
        self.class.is_none_or(|class| class == index)
    }

    /// Requests a month and their work, in seconds of service, of the classes whose volume varies, or of the others.
    fn month(&self, varying: bool) -> (f64, f64) {
        let classes = self.means.iter().enumerate().filter(|&(index, _)| self.varies(index) == varying);
        classes.fold((0.0, 0.0), |(requests, work_s), (_, means)| {
            let monthly = means.rate_per_s * Span::MONTH.seconds();
            (requests + monthly, work_s + monthly * means.service_s)
        })
    }

    /// The scenario's own volume, in requests a month.
    #[must_use]
    pub fn own(&self) -> f64 {
        self.month(true).0
    }

    /// The scenario at a volume.
    #[must_use]
    pub fn at(&self, requests_per_month: f64) -> Scenario {
        let factor = requests_per_month / self.own();
        let mut scenario = self.scenario.clone();
        for (index, class) in scenario.traffic.iter_mut().enumerate() {
            if self.varies(index) {
                *class = class.with_volume(factor);
            }
        }
        scenario.replications = self.replications();
        scenario
    }

    /// Whether anything is drawn at random at some volume.
    #[must_use]
    pub fn vary(&self) -> bool {
        self.vary
    }

    /// The replications of every volume.
    #[must_use]
    pub fn replications(&self) -> u32 {
        self.scenario.replications_of_variant(self.vary)
    }

    /// What the guide's formula knows of the traffic.
    #[must_use]
    pub fn formula_traffic(&self) -> FormulaTraffic {
        let ((requests, work_s), (other_requests, other_work_s)) = (self.month(true), self.month(false));
        FormulaTraffic { service_s: (work_s / requests).max(f64::MIN_POSITIVE), other_requests, other_work_s }
    }
}

/// Whether anything is drawn at random when every class has another volume.
fn vary(scenario: &Scenario) -> bool {
    /// Neither none nor a whole number of requests for each recorded one.
    const ANOTHER: f64 = 1.5;
    let traffic = scenario.traffic.iter().map(|class| class.with_volume(ANOTHER)).collect();
    Scenario { traffic, ..scenario.clone() }.varies()
}

/// `count` volumes from one to another, evenly spaced on a logarithmic scale and, but for both ends, of four digits.
#[must_use]
pub fn logarithmic_volumes(from: f64, to: f64, count: usize) -> Vec<f64> {
    let last = count.saturating_sub(1);
    let volume = |index: usize| match index {
        0 => from,
        index if index == last => to,
        index => four_digits(in_even_ratios(from, to, index, last)),
    };
    (0..count).map(volume).collect()
}

fn four_digits(value: f64) -> f64 {
    let magnitude = libm::pow(10.0, libm::floor(libm::log10(value)) - 3.0);
    (value / magnitude).round() * magnitude
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decide::fixture::{class, scenario};
    use crate::scenario::{Arrivals, Distribution, ServiceTime, Source};
    use crate::unit::Rate;

    /// `api` with one request a second and of a second, `batch` with 720 an hour of five seconds.
    fn two_classes() -> Scenario {
        let mut batch = class("batch", Arrivals::Poisson);
        if let Source::Synthetic { rate, .. } = &mut batch.source {
            *rate = Rate::new(720_000_000_000, Span::HOUR);
        }
        batch.service_time = ServiceTime::Drawn(Distribution::Constant(Span::from_nanos(5 * Span::SECOND.nanos())));
        Scenario { traffic: vec![class("api", Arrivals::Poisson), batch], ..scenario(Vec::new()) }
    }

    /// Requests a month, by class.
    fn monthly(scenario: &Scenario) -> Vec<f64> {
        let means = class_means(scenario).expect("drawn traffic");
        means.iter().map(|class| class.rate_per_s * Span::MONTH.seconds()).collect()
    }

    #[track_caller]
    fn assert_close(values: &[f64], expected: &[f64]) {
        let close = values.iter().zip(expected).all(|(value, expected)| (value / expected - 1.0).abs() < 1e-12);
        assert!(values.len() == expected.len() && close, "{values:?} is not {expected:?}");
    }

    #[test]
    fn all_classes_keep_their_proportions_at_any_volume() {
        let scenario = two_classes();
        let volumes = Volumes::new(&scenario, None).unwrap();
        assert_close(&[volumes.own()], &[1.2 * 2_592_000.0]);
        assert_close(&monthly(&volumes.at(12_000.0)), &[10_000.0, 2_000.0]);
        assert_close(&monthly(&volumes.at(volumes.own())), &monthly(&scenario));
        let FormulaTraffic { service_s, other_requests, other_work_s } = volumes.formula_traffic();
        assert_close(&[service_s], &[(1.0 + 0.2 * 5.0) / 1.2]);
        assert_eq!((other_requests, other_work_s), (0.0, 0.0));
    }

    #[test]
    fn a_class_that_is_named_changes_alone() {
        let scenario = two_classes();
        let volumes = Volumes::new(&scenario, Some("batch")).unwrap();
        assert_eq!(volumes.class(), Some("batch"));
        assert_close(&monthly(&volumes.at(6_000.0)), &[2_592_000.0, 6_000.0]);
        let FormulaTraffic { service_s, other_requests, other_work_s } = volumes.formula_traffic();
        assert_close(&[service_s, other_requests, other_work_s], &[5.0, 2_592_000.0, 2_592_000.0]);
    }

    #[test]
    fn fails_on_an_unknown_class_and_without_traffic() {
        let mut scenario = two_classes();
        let error = Volumes::new(&scenario, Some("bach")).map(|_| ()).unwrap_err().to_string();
        assert!(error.contains("`bach`") && error.contains("api, batch"), "{error}");
        scenario.traffic.iter_mut().for_each(|class| *class = class.with_volume(0.0));
        assert!(matches!(Volumes::new(&scenario, None), Err(VolumeError::NoTraffic)));
    }

    #[test]
    fn volumes_are_evenly_spaced_on_a_logarithmic_scale_from_end_to_end() {
        assert_close(&logarithmic_volumes(1e4, 1e7, 4), &[1e4, 1e5, 1e6, 1e7]);
        let volumes = logarithmic_volumes(10_001.5, 3e6, 25);
        assert_eq!((volumes[0], volumes[24], volumes.len()), (10_001.5, 3e6, 25));
        let step = libm::pow(3e6 / 10_001.5, 1.0 / 24.0);
        for pair in volumes.windows(2) {
            assert!((pair[1] / pair[0] / step - 1.0).abs() < 1e-3, "{pair:?}");
        }
        for volume in &volumes[1..24] {
            let digits = format!("{volume:.0}");
            assert!(digits[4..].chars().all(|digit| digit == '0'), "{volume} has more than four digits");
        }
    }
}
