//! Draws against the closed forms of their distributions.

use std::sync::Arc;

use breakeven::random::{Purpose, Rng, Sampler, stream};
use breakeven::scenario::{Decimal, Distribution};
use breakeven::trace::{DataFile, Location};
use breakeven::unit::Span;
use proptest::prelude::*;
use statrs::distribution::{ContinuousCDF, Exp, Gamma, LogNormal, Pareto, Weibull};

use super::*;

const MEAN: Span = Span::from_nanos(2 * SECOND);
const DRAWS: usize = 200_000;

fn rng() -> Rng {
    stream(11, 0, &["test"], Purpose::ServiceTime)
}

/// Draws in seconds.
fn draws(distribution: &Distribution) -> Vec<f64> {
    let mut spans = Vec::new();
    Sampler::new(distribution).fill(&mut rng(), DRAWS, &mut spans);
    spans.into_iter().map(Span::seconds).collect()
}

/// Asserts the mean and the coefficient of variation, with standard errors from the samples' own fourth moment.
#[track_caller]
fn assert_moments(samples: &[f64], expected_mean: f64, cv: f64) {
    let n = samples.len() as f64;
    assert_within(mean(samples), expected_mean, cv * expected_mean / n.sqrt());
    let variance_expected = (cv * expected_mean).powi(2);
    let fourth = mean(&samples.iter().map(|x| (x - expected_mean).powi(4)).collect::<Vec<_>>());
    let variance_error = ((fourth - variance_expected.powi(2)) / n).sqrt();
    assert_within(variance(samples), variance_expected, variance_error);
}

fn empirical(seconds: &[u64]) -> Distribution {
    Distribution::Empirical {
        file: DataFile { written: String::new(), location: Location::Embedded(b"") },
        column: String::new(),
        scale: Decimal::ONE,
        values: seconds.iter().map(|&s| Span::from_nanos(s * SECOND)).collect::<Arc<[Span]>>(),
    }
}

#[test]
fn exponential_draws_follow_their_law() {
    let samples = draws(&Distribution::Exponential { mean: MEAN });
    assert_moments(&samples, 2.0, 1.0);
    assert_distributed(samples, |x| Exp::new(0.5).unwrap().cdf(x));
}

#[test]
fn lognormal_draws_follow_their_law() {
    for cv in [0.1_f64, 1.0] {
        let samples = draws(&Distribution::LogNormal { mean: MEAN, cv });
        assert_moments(&samples, 2.0, cv);
        let variance = (1.0 + cv * cv).ln();
        let law = LogNormal::new(2.0_f64.ln() - variance / 2.0, variance.sqrt()).unwrap();
        assert_distributed(samples, |x| law.cdf(x));
    }
}

#[test]
fn gamma_draws_follow_their_law() {
    for cv in [0.3_f64, 1.0, 2.0] {
        let samples = draws(&Distribution::Gamma { mean: MEAN, cv });
        assert_moments(&samples, 2.0, cv);
        let shape = cv.powi(-2);
        let law = Gamma::new(shape, shape / 2.0).unwrap();
        assert_distributed(samples, |x| law.cdf(x));
    }
}

#[test]
fn weibull_draws_follow_their_law() {
    // A shape of 1/2 has cv = sqrt(5) (from G(5) / G(3)^2 = 6), a shape of 1 has 1, a shape of 2 has sqrt(4/pi - 1).
    let cases = [
        (0.5, 5.0_f64.sqrt(), 1.0),
        (1.0, 1.0, 2.0),
        (2.0, (4.0 / std::f64::consts::PI - 1.0).sqrt(), 4.0 / std::f64::consts::PI.sqrt()),
    ];
    for (shape, cv, scale) in cases {
        let samples = draws(&Distribution::Weibull { mean: MEAN, cv });
        assert_moments(&samples, 2.0, cv);
        let law = Weibull::new(shape, scale).unwrap();
        assert_distributed(samples, |x| law.cdf(x));
    }
    for cv in [0.01, 0.25] {
        assert_moments(&draws(&Distribution::Weibull { mean: MEAN, cv }), 2.0, cv);
    }
}

#[test]
fn pareto_draws_follow_their_law() {
    // With a shape of 9 the fourth moment is steady enough to tell the error of the variance.
    for shape in [9.0_f64, 2.5] {
        let samples = draws(&Distribution::Pareto { mean: MEAN, shape });
        if shape > 8.0 {
            assert_moments(&samples, 2.0, (shape * (shape - 2.0)).sqrt().recip());
        }
        let law = Pareto::new(2.0 * (shape - 1.0) / shape, shape).unwrap();
        assert_distributed(samples, |x| law.cdf(x));
    }
}

#[test]
fn uniform_draws_reach_both_ends_equally_often() {
    let (low, high) = (Span::from_nanos(5), Span::from_nanos(9));
    let mut counts = [0.0; 5];
    for seconds in draws(&Distribution::Uniform { low, high }) {
        counts[(seconds * 1e9).round() as usize - 5] += 1.0;
    }
    for count in counts {
        assert_within(count, DRAWS as f64 / 5.0, (DRAWS as f64 * 0.2 * 0.8).sqrt());
    }
}

#[test]
fn empirical_draws_are_the_values_equally_often() {
    let samples = draws(&empirical(&[1, 1, 4, 9]));
    for (value, share) in [(1.0, 0.5), (4.0, 0.25), (9.0, 0.25)] {
        let count = samples.iter().filter(|&&sample| sample == value).count() as f64;
        assert_within(count, DRAWS as f64 * share, (DRAWS as f64 * share * (1.0 - share)).sqrt());
    }
}

#[test]
fn phases_add_up() {
    let phases = Distribution::Phases(vec![
        Distribution::Constant(Span::from_nanos(3 * SECOND)),
        Distribution::Exponential { mean: MEAN },
        Distribution::Exponential { mean: MEAN },
    ]);
    let samples: Vec<f64> = draws(&phases).iter().map(|x| x - 3.0).collect();
    let law = Gamma::new(2.0, 0.5).unwrap();
    assert_distributed(samples, |x| law.cdf(x));
}

#[test]
fn constant_draws_use_no_randomness() {
    let span = Span::from_nanos(7);
    let constants = [
        Distribution::Constant(span),
        Distribution::Uniform { low: span, high: span },
        Distribution::LogNormal { mean: span, cv: 0.0 },
        Distribution::Gamma { mean: span, cv: 0.0 },
        Distribution::Weibull { mean: span, cv: 0.0 },
        Distribution::Phases(vec![
            Distribution::Constant(Span::from_nanos(4)),
            Distribution::Constant(Span::from_nanos(3)),
        ]),
    ];
    for distribution in constants {
        let mut rng = rng();
        assert_eq!(Sampler::new(&distribution).sample(&mut rng), span, "{distribution:?}");
        assert_eq!(rng, self::rng(), "{distribution:?}");
    }
}

fn extreme_distribution() -> impl Strategy<Value = Distribution> {
    let mean = (0..=Span::LONGEST.nanos(), 0..59_u32).prop_map(|(nanos, shift)| Span::from_nanos(nanos >> shift));
    let cv = prop_oneof![0.0..3.0_f64, Just(1e-12), Just(1e12), Just(1e200), Just(f64::MIN_POSITIVE)];
    (mean, cv, 0..6_u8).prop_map(|(mean, cv, kind)| match kind {
        0 => Distribution::Exponential { mean },
        1 => Distribution::LogNormal { mean, cv },
        2 => Distribution::Gamma { mean, cv },
        3 => Distribution::Weibull { mean, cv },
        4 => Distribution::Pareto { mean, shape: 1.0 + cv },
        _ => Distribution::Phases(vec![
            Distribution::Exponential { mean },
            Distribution::Uniform { low: Span::ZERO, high: mean },
        ]),
    })
}

proptest! {
    #![proptest_config(ProptestConfig { rng_seed: prop::test_runner::RngSeed::Fixed(3), ..ProptestConfig::default() })]

    #[test]
    fn draws_in_any_portions_are_the_draws_one_by_one(
        distribution in extreme_distribution(), portions in prop::collection::vec(0..50_usize, 1..5),
    ) {
        let (mut together, mut filled) = (Sampler::new(&distribution), Vec::new());
        let mut generator = rng();
        portions.iter().for_each(|&count| together.fill(&mut generator, count, &mut filled));
        let (mut single, mut generator) = (Sampler::new(&distribution), rng());
        for span in filled {
            prop_assert!(span <= Span::LONGEST);
            prop_assert_eq!(single.sample(&mut generator), span);
        }
    }
}
