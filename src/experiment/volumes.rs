//! One scenario at any volume of its traffic.

use crate::decide::FormulaTraffic;
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
        let volumes = Volumes { scenario, means: class_means(scenario)?, class };
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
        scenario
    }

    /// What the guide's formula knows of the traffic.
    #[must_use]
    pub fn formula_traffic(&self) -> FormulaTraffic {
        let ((requests, work_s), (other_requests, other_work_s)) = (self.month(true), self.month(false));
        FormulaTraffic { service_s: (work_s / requests).max(f64::MIN_POSITIVE), other_requests, other_work_s }
    }
}

/// `count` volumes from one to another, evenly spaced on a logarithmic scale and, but for both ends, of four digits.
#[must_use]
pub fn logarithmic_volumes(from: f64, to: f64, count: usize) -> Vec<f64> {
    let (low, high) = (libm::log(from), libm::log(to));
    let last = count.saturating_sub(1);
    let volume = |index: usize| match index {
        0 => from,
        index if index == last => to,
        index => four_digits(libm::exp(low + (high - low) * index as f64 / last as f64)),
    };
    (0..count).map(volume).collect()
}

fn four_digits(value: f64) -> f64 {
    let magnitude = libm::pow(10.0, libm::floor(libm::log10(value)) - 3.0);
    (value / magnitude).round() * magnitude
}
