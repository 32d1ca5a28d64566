//! Draws from the distributions of a scenario.
//!
//! The same bits on every machine: nothing here calls the platform's mathematical library. The ziggurats of `rand_distr`
//! do in their rare branches (about one draw in a hundred), but there only to compare, except in the tail (one draw in
//! thousands), whose logarithm may differ in the last place; a draw is rounded to the nanosecond, which hides nearly all of that.

use std::sync::Arc;

use rand::RngExt;
use rand_distr::{Distribution as _, Exp1, StandardNormal};

use crate::scenario::{Decimal, Distribution};
use crate::unit::Span;

use super::Rng;
use super::exponential::exp;
use super::gamma::GammaSampler;

/// A distribution made ready to draw from.
#[derive(Clone, Debug)]
pub struct Sampler {
    law: Law,
}

/// Means, scales and logarithms are of nanoseconds.
#[derive(Clone, Debug)]
enum Law {
    /// Uses no randomness.
    Constant(Span),
    Exponential {
        mean: f64,
    },
    LogNormal {
        mu: f64,
        sigma: f64,
    },
    Gamma {
        mean: f64,
        unit: GammaSampler,
    },
    Weibull {
        scale: f64,
        inverse_shape: f64,
    },
    /// The logarithm of the least value.
    Pareto {
        mu: f64,
        inverse_shape: f64,
    },
    /// Whole nanoseconds, both ends included.
    Uniform {
        low: u64,
        high: u64,
    },
    Empirical {
        values: Arc<[Span]>,
        scale: Decimal,
    },
    Sum(Vec<Sampler>),
}

impl Sampler {
    #[must_use]
    pub fn new(distribution: &Distribution) -> Sampler {
        let nanos = |span: &Span| span.nanos() as f64;
        let law = match distribution {
            constant if constant.is_constant() => Law::Constant(constant_value(constant)),
            Distribution::Constant(span) => Law::Constant(*span),
            Distribution::Exponential { mean } => Law::Exponential { mean: nanos(mean) },
            Distribution::LogNormal { mean, cv } => {
                let variance = libm::log1p(cv * cv);
                Law::LogNormal { mu: libm::log(nanos(mean)) - variance / 2.0, sigma: variance.sqrt() }
            }
            Distribution::Gamma { mean, cv } => Law::Gamma { mean: nanos(mean), unit: GammaSampler::unit_mean(*cv) },
            Distribution::Weibull { mean, cv } => {
                let inverse_shape = weibull_inverse_shape(*cv);
                Law::Weibull { scale: nanos(mean) / libm::tgamma(1.0 + inverse_shape), inverse_shape }
            }
            Distribution::Uniform { low, high } => Law::Uniform { low: low.nanos(), high: high.nanos() },
            Distribution::Pareto { mean, shape } => {
                Law::Pareto { mu: libm::log(nanos(mean) * (shape - 1.0) / shape), inverse_shape: shape.recip() }
            }
            Distribution::Empirical { values, scale, .. } => {
                Law::Empirical { values: Arc::clone(values), scale: *scale }
            }
            Distribution::Phases(phases) => Law::Sum(phases.iter().map(Sampler::new).collect()),
        };
        Sampler { law }
    }

    /// The next draw, at most [`Span::LONGEST`].
    pub fn sample(&mut self, rng: &mut Rng) -> Span {
        match &mut self.law {
            Law::Constant(span) => *span,
            Law::Exponential { mean } => Span::from_draw(exponential(rng) * *mean),
            Law::LogNormal { mu, sigma } => Span::from_draw(exp(*mu + *sigma * normal(rng))),
            Law::Gamma { mean, unit } => Span::from_draw(unit.sample(rng) * *mean),
            Law::Weibull { scale, inverse_shape } => {
                // The inverse of the distribution function, with -ln U drawn as what it is: exponential.
                Span::from_draw(libm::pow(exponential(rng), *inverse_shape) * *scale)
            }
            Law::Pareto { mu, inverse_shape } => Span::from_draw(exp(*mu + *inverse_shape * exponential(rng))),
            Law::Uniform { low, high } => Span::from_nanos(rng.random_range(*low..=*high)),
            Law::Empirical { values, scale } => scale.times(values[rng.random_range(0..values.len() as u64) as usize]),
            Law::Sum(phases) => sum(phases.iter_mut().map(|phase| phase.sample(rng))),
        }
    }

    /// Appends `count` draws to `out`: those that as many calls of [`Sampler::sample`] would return.
    pub fn fill(&mut self, rng: &mut Rng, count: usize, out: &mut Vec<Span>) {
        match self.law {
            Law::Constant(span) => out.extend(std::iter::repeat_n(span, count)),
            Law::Exponential { mean } => fill_by_parts(rng, count, out, exponential, |e| e * mean),
            Law::LogNormal { mu, sigma } => fill_by_parts(rng, count, out, normal, |z| exp(mu + sigma * z)),
            Law::Pareto { mu, inverse_shape } => {
                fill_by_parts(rng, count, out, exponential, |e| exp(mu + inverse_shape * e));
            }
            _ => out.extend((0..count).map(|_| self.sample(rng))),
        }
    }
}

/// Appends `count` draws, made into nanoseconds by `nanos`: drawing waits for the generator and has a loop of its own, the
/// arithmetic after it vectorises (in two loops: in one it was measured not to).
fn fill_by_parts(
    rng: &mut Rng,
    count: usize,
    out: &mut Vec<Span>,
    draw: impl Fn(&mut Rng) -> f64,
    nanos: impl Fn(f64) -> f64,
) {
    const PART: usize = 512;
    let mut part = [0.0; PART];
    let mut left = count;
    while left > 0 {
        let draws = &mut part[..left.min(PART)];
        draws.iter_mut().for_each(|slot| *slot = draw(rng));
        draws.iter_mut().for_each(|value| *value = nanos(*value));
        out.extend(draws.iter().map(|value| Span::from_draw(*value)));
        left -= draws.len();
    }
}

#[inline]
fn exponential(rng: &mut Rng) -> f64 {
    Exp1.sample(rng)
}

#[inline]
fn normal(rng: &mut Rng) -> f64 {
    StandardNormal.sample(rng)
}

/// At most [`Span::LONGEST`].
fn sum(spans: impl Iterator<Item = Span>) -> Span {
    spans.fold(Span::ZERO, |sum, span| (sum + span).min(Span::LONGEST))
}

/// What every draw of a constant distribution is.
fn constant_value(distribution: &Distribution) -> Span {
    match distribution {
        Distribution::Constant(span)
        | Distribution::Uniform { low: span, .. }
        | Distribution::Exponential { mean: span }
        | Distribution::LogNormal { mean: span, .. }
        | Distribution::Gamma { mean: span, .. }
        | Distribution::Weibull { mean: span, .. }
        | Distribution::Pareto { mean: span, .. } => *span,
        Distribution::Empirical { values, scale, .. } => scale.times(values.first().copied().unwrap_or_default()),
        Distribution::Phases(phases) => sum(phases.iter().map(constant_value)),
    }
}

/// 1/k of the Weibull distribution whose coefficient of variation is `cv`: the root of
/// ln(1 + cv^2) = ln G(1 + 2x) - 2 ln G(1 + x), G the gamma function, by bisection (the right side rises with x).
fn weibull_inverse_shape(cv: f64) -> f64 {
    let target = libm::log1p(cv * cv);
    let log_ratio = |x: f64| libm::lgamma(1.0 + 2.0 * x) - 2.0 * libm::lgamma(1.0 + x);
    let mut high = 1.0;
    // G overflows beyond a shape of 1/170, whose coefficient of variation no draws could show.
    while log_ratio(high) < target && high < 128.0 {
        high *= 2.0;
    }
    let mut low = 0.0;
    loop {
        let middle = f64::midpoint(low, high);
        if middle <= low || middle >= high {
            return middle;
        }
        if log_ratio(middle) < target {
            low = middle;
        } else {
            high = middle;
        }
    }
}
