//! One thing that is known, and what the simulator makes of it.

use std::path::Path;

use serde::Serialize;
use statrs::distribution::{ContinuousCDF, StudentsT};

use crate::engine;
use crate::measure::{Estimate, PoolOutcome, Replication};
use crate::scenario::{Overrides, Scenario, load_text};
use crate::unit::Span;

/// Replications of a check that rests on chance.
pub(super) const REPLICATIONS: u32 = 20;

/// A figure beside what it should be.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Check {
    /// What is checked.
    pub what: String,
    /// Where the expected figure comes from.
    pub formula: &'static str,
    pub source: &'static str,
    /// What the figures are in; empty for shares and other plain numbers.
    pub unit: &'static str,
    /// `equals`: to the rounding of floats; `within`: it lies within the 99.9 % interval of what was measured; `at-most`: it is
    /// not exceeded.
    pub relation: Relation,
    pub expected: f64,
    /// With its 95 % interval, where it varies.
    pub measured: Estimate,
    pub verdict: Verdict,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Relation {
    Equals,
    Within,
    AtMost,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    Agrees,
    Disagrees,
}

/// What a check is about; the rest is measured.
pub(super) struct Known {
    pub what: String,
    pub formula: &'static str,
    pub source: &'static str,
    pub unit: &'static str,
    pub expected: f64,
}

impl Known {
    pub fn equals(self, measured: f64) -> Check {
        let agrees = (measured - self.expected).abs() <= 1e-9 * self.expected.abs();
        self.check(Relation::Equals, Estimate::exact(measured), agrees)
    }

    pub fn at_most(self, measured: f64) -> Check {
        let agrees = measured <= self.expected;
        self.check(Relation::AtMost, Estimate::exact(measured), agrees)
    }

    /// Of one value a replication. At 99.9 %, so that of dozens of checks of a sound program none fails by chance with a likelihood of a
    /// few percent.
    pub fn within(self, values: impl IntoIterator<Item = f64>) -> Check {
        let values: Vec<f64> = values.into_iter().collect();
        let measured = Estimate::of_mean(values.iter().copied());
        let wide = measured.half_width().unwrap_or(0.0) * wider(values.len());
        let agrees = measured.mean.is_some_and(|mean| (mean - self.expected).abs() <= wide);
        self.check(Relation::Within, measured, agrees)
    }

    fn check(self, relation: Relation, measured: Estimate, agrees: bool) -> Check {
        let Known { what, formula, source, unit, expected } = self;
        let verdict = if agrees { Verdict::Agrees } else { Verdict::Disagrees };
        Check { what, formula, source, unit, relation, expected, measured, verdict }
    }
}

/// How much wider an interval of 99.9 % is than one of 95 %.
fn wider(values: usize) -> f64 {
    StudentsT::new(0.0, 1.0, values.saturating_sub(1).max(1) as f64)
        .map_or(1.0, |student| student.inverse_cdf(0.9995) / student.inverse_cdf(0.975))
}

/// A scenario of one class and one fleet, and what came of it.
pub(super) struct Trial {
    pub scenario: Scenario,
    pub replications: Vec<Replication>,
}

impl Trial {
    /// `window_s` seconds after a tenth of that as warm-up; `traffic` are the keys of the class, `fleets` whole tables.
    pub fn new(seed: u64, window_s: u64, traffic: &str, fleets: &str) -> Trial {
        let text = format!(
            "horizon = \"{}s\"\nwarm_up = \"{}s\"\nreplications = {REPLICATIONS}\n[[traffic]]\nname = \"requests\"\n{traffic}\n{fleets}",
            window_s + window_s / 10,
            window_s / 10
        );
        Trial::of_text(seed, &text)
    }

    /// # Panics
    /// When the text is no scenario: a defect of the check that wrote it.
    pub fn of_text(seed: u64, text: &str) -> Trial {
        let overrides = Overrides { seed: Some(seed), ..Overrides::default() };
        let loaded = load_text(text, "validation.toml", Path::new(""), &overrides);
        let scenario = loaded.unwrap_or_else(|problems| panic!("{problems}")).scenario;
        let replications = engine::run(&scenario, &engine::unwatched).expect("the traffic is drawn, not read");
        Trial { scenario, replications }
    }

    /// A figure of the first fleet's first pool in every replication.
    pub fn pools<'a>(&'a self, figure: impl Fn(&PoolOutcome) -> f64 + 'a) -> impl Iterator<Item = f64> + 'a {
        self.replications.iter().map(move |replication| figure(&replication.fleets[0].pools[0]))
    }

    /// A time summed over the window, as a mean over it.
    pub fn mean(&self, nanos: u128) -> f64 {
        nanos as f64 / self.scenario.window().nanos() as f64
    }
}

/// The mean wait, in seconds, over completed requests.
pub(super) fn mean_wait_s(pool: &PoolOutcome) -> f64 {
    pool.wait.sum as f64 / Span::SECOND.nanos() as f64 / pool.wait.count() as f64
}

/// The mean latency, in seconds, over completed requests.
pub(super) fn mean_latency_s(pool: &PoolOutcome) -> f64 {
    let latency = pool.latency();
    latency.sum as f64 / Span::SECOND.nanos() as f64 / latency.count() as f64
}

/// The share of completed requests that waited.
pub(super) fn share_waiting(pool: &PoolOutcome) -> f64 {
    let at_once = pool.wait.histogram.buckets().filter(|&(wait, _)| wait == Span::ZERO).map(|(_, count)| count);
    1.0 - at_once.sum::<u64>() as f64 / pool.wait.count() as f64
}

/// The share of the requests that arrived.
pub(super) fn of_arrived(pool: &PoolOutcome, count: fn(&crate::measure::RequestCounts) -> u64) -> f64 {
    let requests = pool.requests();
    count(&requests) as f64 / requests.arrived as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known(expected: f64) -> Known {
        Known { what: String::new(), formula: "", source: "", unit: "", expected }
    }

    #[test]
    fn a_figure_agrees_only_where_it_should() {
        let verdict = |check: Check| check.verdict == Verdict::Agrees;
        assert!(verdict(known(2_880.0).equals(2_880.0 + 1e-10)) && !verdict(known(2_880.0).equals(2_880.01)));
        assert!(verdict(known(0.1).at_most(0.1)) && !verdict(known(0.1).at_most(0.100_1)));
        // 9, 10, 11: the 99.9 % interval is 10 +- 31.6 x 0.577 = 18.2.
        assert!(verdict(known(28.0).within([9.0, 10.0, 11.0])) && !verdict(known(28.4).within([9.0, 10.0, 11.0])));
        assert!(!verdict(known(5.0).within([6.0, 6.0])) && !verdict(known(5.0).within([])));
    }
}
