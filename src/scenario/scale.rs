//! The same traffic, more or less of it, or of longer or shorter requests: what a curve over volumes and a matrix are made of.
//!
//! A factor is at least zero. What would leave the range that the model documents stays at its end.

use crate::unit::{Span, divide_half_even};

use super::{Decimal, Distribution, ServiceTime, Slo, Source, TrafficClass};

impl TrafficClass {
    /// The class with its volume multiplied. Its shape and its bursts stay as long and as deep as they are.
    #[must_use]
    pub fn with_volume(&self, factor: f64) -> TrafficClass {
        let mut class = self.clone();
        match &mut class.source {
            // As it is written, to the last digit.
            _ if factor == 1.0 => {}
            Source::Synthetic { rate, .. } => *rate = rate.scaled(factor),
            Source::Trace(trace) => trace.volume = trace.volume.scaled(factor),
        }
        class
    }

    /// The class with every service time multiplied. The client's patience stays as it is.
    #[must_use]
    pub fn with_service_scaled(&self, factor: f64) -> TrafficClass {
        TrafficClass { service_time: self.service_time.scaled(factor), ..self.clone() }
    }

    /// The class with the client's patience multiplied, where it has an end.
    #[must_use]
    pub fn with_timeout_scaled(&self, factor: f64) -> TrafficClass {
        TrafficClass { timeout: self.timeout.map(|timeout| times(timeout, factor)), ..self.clone() }
    }

    /// The class with one request for each recorded one, and how many times more it has.
    #[must_use]
    pub fn as_recorded(&self) -> (TrafficClass, f64) {
        let mut class = self.clone();
        let volume = match &mut class.source {
            Source::Synthetic { .. } => Decimal::ONE,
            Source::Trace(trace) => std::mem::replace(&mut trace.volume, Decimal::ONE),
        };
        (class, volume.value())
    }
}

impl Slo {
    /// The objective with every limit on latency multiplied; shares of requests stay as they are.
    #[must_use]
    pub fn stretched(&self, factor: f64) -> Slo {
        let longer = |limit: Option<Span>| limit.map(|limit| times(limit, factor).max(Span::NANOSECOND));
        Slo {
            latency: longer(self.latency),
            attainment: self.attainment,
            p50: longer(self.p50),
            p90: longer(self.p90),
            p95: longer(self.p95),
            p99: longer(self.p99),
            p999: longer(self.p999),
            max_rejected: self.max_rejected,
            max_timed_out: self.max_timed_out,
        }
    }
}

impl ServiceTime {
    /// Every service time multiplied.
    #[must_use]
    pub fn scaled(&self, factor: f64) -> ServiceTime {
        match self {
            ServiceTime::Drawn(distribution) => ServiceTime::Drawn(distribution.scaled(factor)),
            ServiceTime::Column { column, scale } => {
                ServiceTime::Column { column: column.clone(), scale: scale.scaled(factor) }
            }
            ServiceTime::Tokens { prompt, output, prompt_per_s, output_per_s, overhead } => ServiceTime::Tokens {
                prompt: prompt.clone(),
                output: output.clone(),
                prompt_per_s: prompt_per_s.scaled(factor.recip()),
                output_per_s: output_per_s.scaled(factor.recip()),
                overhead: times(*overhead, factor),
            },
        }
    }
}

impl Distribution {
    /// The mean, in seconds.
    #[must_use]
    pub fn mean_s(&self) -> f64 {
        match self {
            Distribution::Constant(value) => value.seconds(),
            Distribution::Exponential { mean }
            | Distribution::LogNormal { mean, .. }
            | Distribution::Gamma { mean, .. }
            | Distribution::Weibull { mean, .. }
            | Distribution::Pareto { mean, .. } => mean.seconds(),
            Distribution::Uniform { low, high } => f64::midpoint(low.seconds(), high.seconds()),
            Distribution::Empirical { values, scale, .. } => {
                values.iter().map(|value| scale.times(*value).seconds()).sum::<f64>() / values.len().max(1) as f64
            }
            Distribution::Phases(phases) => phases.iter().map(Distribution::mean_s).sum(),
        }
    }

    /// Every draw multiplied: the shape, and with it the coefficient of variation, stays.
    #[must_use]
    pub fn scaled(&self, factor: f64) -> Distribution {
        let mut scaled = self.clone();
        match &mut scaled {
            Distribution::Constant(value) => *value = times(*value, factor),
            Distribution::Exponential { mean }
            | Distribution::LogNormal { mean, .. }
            | Distribution::Gamma { mean, .. }
            | Distribution::Weibull { mean, .. }
            | Distribution::Pareto { mean, .. } => *mean = times(*mean, factor).max(Span::NANOSECOND),
            Distribution::Uniform { low, high } => {
                (*low, *high) = (times(*low, factor), times(*high, factor));
            }
            Distribution::Empirical { scale, .. } => *scale = scale.scaled(factor),
            Distribution::Phases(phases) => phases.iter_mut().for_each(|phase| *phase = phase.scaled(factor)),
        }
        scaled
    }
}

impl Decimal {
    pub const ONE: Decimal = Decimal { billionths: 1_000_000_000 };
    pub const MOST: Decimal = Decimal { billionths: 1_000_000_000 * Decimal::ONE.billionths };

    #[must_use]
    pub fn value(self) -> f64 {
        self.billionths as f64 / Decimal::ONE.billionths as f64
    }

    /// So many times a span, to the nearest nanosecond, halves to the even one; at most [`Span::LONGEST`].
    #[inline]
    #[must_use]
    pub fn times(self, span: Span) -> Span {
        if self == Decimal::ONE {
            return span;
        }
        let product = i128::from(span.nanos()) * i128::from(self.billionths);
        let nanos = divide_half_even(product, i128::from(Decimal::ONE.billionths));
        Span::from_nanos(u64::try_from(nanos).unwrap_or(u64::MAX)).min(Span::LONGEST)
    }

    /// A span divided by the number, to the nearest nanosecond, halves to the even one; at most [`Span::LONGEST`].
    #[inline]
    #[must_use]
    pub fn divides(self, span: Span) -> Span {
        let Some(billionths) = span.nanos().checked_mul(Decimal::ONE.billionths) else {
            return self.divides_long(span);
        };
        // Of less than 18 s: in 64 bits, which take a fraction of the time.
        let (quotient, remainder) = (billionths / self.billionths, billionths % self.billionths);
        let rest = self.billionths - remainder;
        let up = remainder > rest || (remainder == rest && quotient % 2 == 1);
        Span::from_nanos(quotient + u64::from(up)).min(Span::LONGEST)
    }

    fn divides_long(self, span: Span) -> Span {
        let billionths = i128::from(span.nanos()) * i128::from(Decimal::ONE.billionths);
        let nanos = divide_half_even(billionths, i128::from(self.billionths));
        Span::from_nanos(u64::try_from(nanos).unwrap_or(u64::MAX)).min(Span::LONGEST)
    }

    /// The number multiplied, to the nearest billionth; at least one billionth, at most 10^9.
    #[must_use]
    pub fn scaled(self, factor: f64) -> Decimal {
        if factor == 1.0 {
            return self;
        }
        let most = Decimal::MOST.billionths;
        let billionths = (self.billionths as f64 * factor).round().clamp(1.0, most as f64) as u64;
        Decimal { billionths: billionths.clamp(1, most) }
    }
}

/// A span multiplied, to the nearest nanosecond.
fn times(span: Span, factor: f64) -> Span {
    if factor == 1.0 { span } else { Span::from_draw(span.nanos() as f64 * factor) }
}
