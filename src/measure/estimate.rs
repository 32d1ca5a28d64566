//! A figure over the replications, with its 95 % confidence interval.
//!
//! Replications are independent and alike, so the interval of a mean is Student's. A ratio of sums, and a quantile of the pool
//! of all replications, is no mean; its interval is the jackknife's: leave out each replication in turn, and take the standard
//! error from how far the figure moves (Efron and Tibshirani, An Introduction to the Bootstrap, 1993, chapter 11). No interval
//! is cut off where the figure cannot go: a share near zero may have a negative lower end.

use std::cell::Cell;

use serde::Serialize;
use statrs::distribution::{ContinuousCDF, StudentsT};

/// How sure an interval is to cover the true figure.
const CONFIDENCE: f64 = 0.95;

/// Values that differ by less than this share of them differ by the rounding of floats alone.
const ROUNDING: f64 = 1e-12;

/// A point estimate and its 95 % confidence interval. No field is ever infinite or NaN.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Estimate {
    /// `None` where the figure does not exist (a quantile of no requests).
    pub mean: Option<f64>,
    /// `None` with one replication, or where nothing varies between them.
    pub low: Option<f64>,
    pub high: Option<f64>,
}

impl Estimate {
    /// A figure that does not exist.
    pub const NONE: Estimate = Estimate { mean: None, low: None, high: None };

    /// A figure without an interval.
    #[must_use]
    pub fn exact(figure: f64) -> Estimate {
        Estimate { mean: Some(figure).filter(|figure| figure.is_finite()), ..Estimate::NONE }
    }

    /// The mean of one value a replication, with Student's interval.
    #[must_use]
    pub fn of_mean(values: impl IntoIterator<Item = f64>) -> Estimate {
        let values: Vec<f64> = values.into_iter().collect();
        let Some(&first) = values.first() else { return Estimate::NONE };
        if !vary(&values) {
            return Estimate::exact(first);
        }
        let count = values.len() as f64;
        let mean = mean(&values);
        let standard_error = (squared_deviations(&values, mean) / ((count - 1.0) * count)).sqrt();
        Estimate::around(mean, standard_error, values.len())
    }

    /// The ratio of sums: of one (numerator, denominator) a replication, sum of numerators / sum of denominators / `unit`, with
    /// the jackknife's interval. It does not exist where the denominators sum to zero, and has no interval where those of all
    /// replications but one do.
    #[must_use]
    pub fn of_ratio(parts: impl IntoIterator<Item = (u128, u128)>, unit: f64) -> Estimate {
        let parts: Vec<(u128, u128)> = parts.into_iter().collect();
        let ratio = |(numerator, denominator): (u128, u128)| {
            (denominator > 0).then(|| numerator as f64 / denominator as f64 / unit)
        };
        let total = parts.iter().fold((0, 0), |sum, part| (sum.0 + part.0, sum.1 + part.1));
        let rest = parts.iter().map(|part| ratio((total.0 - part.0, total.1 - part.1)));
        Estimate::of_jackknife(ratio(total), rest)
    }

    /// A figure of all replications, with the interval that the jackknife gives from the same figure without each of them.
    #[must_use]
    pub fn of_jackknife(figure: Option<f64>, leaving_one_out: impl IntoIterator<Item = Option<f64>>) -> Estimate {
        let Some(figure) = figure else { return Estimate::NONE };
        match leaving_one_out.into_iter().collect::<Option<Vec<f64>>>() {
            Some(rest) if rest.len() > 1 && vary(&rest) => {
                let count = rest.len() as f64;
                let squares = squared_deviations(&rest, mean(&rest));
                Estimate::around(figure, ((count - 1.0) / count * squares).sqrt(), rest.len())
            }
            _ => Estimate::exact(figure),
        }
    }

    /// This figure less another one that is independent of it, with Welch's interval: the standard errors are those of both
    /// intervals, the degrees of freedom those of Welch and Satterthwaite (Welch, Biometrika 34, 1947). Each figure comes with
    /// the replications that its interval rests on; one without an interval counts as known exactly.
    #[must_use]
    pub fn less_independent(&self, replications: usize, other: &Estimate, others: usize) -> Estimate {
        let (Some(figure), Some(subtracted)) = (self.mean, other.mean) else { return Estimate::NONE };
        let difference = figure - subtracted;
        let variance = |estimate: &Estimate, count: usize| {
            let half_width = estimate.half_width().filter(|_| count > 1)?;
            Some((half_width / critical_value(count - 1)).powi(2))
        };
        let parts = [(variance(self, replications), replications), (variance(other, others), others)];
        let known = || parts.iter().filter_map(|&(variance, count)| Some((variance?, count as f64 - 1.0)));
        let total: f64 = known().map(|(variance, _)| variance).sum();
        if total == 0.0 {
            return Estimate::exact(difference);
        }
        let degrees = total * total / known().map(|(variance, degrees)| variance * variance / degrees).sum::<f64>();
        Estimate::reaching(difference, student(degrees) * total.sqrt())
    }

    /// Half the width of the interval.
    #[must_use]
    pub fn half_width(&self) -> Option<f64> {
        Some((self.high? - self.low?) / 2.0)
    }

    fn around(figure: f64, standard_error: f64, replications: usize) -> Estimate {
        Estimate::reaching(figure, critical_value(replications - 1) * standard_error)
    }

    /// As far as this to either side.
    fn reaching(figure: f64, half_width: f64) -> Estimate {
        if !(figure + half_width).is_finite() || !(figure - half_width).is_finite() {
            return Estimate::exact(figure);
        }
        Estimate { mean: Some(figure), low: Some(figure - half_width), high: Some(figure + half_width) }
    }
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

fn squared_deviations(values: &[f64], mean: f64) -> f64 {
    values.iter().map(|value| (value - mean) * (value - mean)).sum()
}

/// Whether the values differ by more than the rounding of floats.
fn vary(values: &[f64]) -> bool {
    let low = values.iter().copied().fold(f64::INFINITY, f64::min);
    let high = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    high - low > ROUNDING * low.abs().max(high.abs())
}

/// The two-sided critical value of Student's t: what a 95 % interval reaches to either side, in standard errors.
pub(crate) fn critical_value(degrees_of_freedom: usize) -> f64 {
    thread_local! {
        /// The last answer: all figures of a run ask for the same one.
        static LAST: Cell<(usize, f64)> = const { Cell::new((0, f64::INFINITY)) };
    }
    let (degrees, value) = LAST.get();
    if degrees == degrees_of_freedom {
        return value;
    }
    let value = student(degrees_of_freedom as f64);
    LAST.set((degrees_of_freedom, value));
    value
}

fn student(degrees_of_freedom: f64) -> f64 {
    match StudentsT::new(0.0, 1.0, degrees_of_freedom) {
        // To nine decimals, so that the last bits of a machine's logarithm do not reach the results.
        Ok(student) => (student.inverse_cdf(0.5 + CONFIDENCE / 2.0) * 1e9).round() / 1e9,
        Err(_) => f64::INFINITY,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rand::SeedableRng;
    use rand_distr::{Distribution, Exp1, Gamma, Normal};

    use super::*;
    use crate::random::Rng;

    fn close(a: f64, b: f64) -> bool {
        (a - b).abs() <= 1e-9 * a.abs().max(b.abs())
    }

    #[test]
    fn critical_values_are_those_of_the_tables() {
        // NIST/SEMATECH e-Handbook of Statistical Methods, table 1.3.6.7.2 (three decimals); R's qt(0.975, n) for the rest.
        let table = [(1, 12.706_205), (2, 4.302_653), (9, 2.262_157), (29, 2.045_230), (99, 1.984_217)];
        for (degrees, expected) in table {
            assert!((critical_value(degrees) - expected).abs() < 1e-6, "{degrees}: {}", critical_value(degrees));
        }
        // The library loses digits where Student's distribution is all but the normal one.
        assert!((critical_value(1_000_000) - 1.959_966).abs() < 1e-3, "{}", critical_value(1_000_000));
    }

    #[test]
    fn a_mean_has_the_interval_that_a_textbook_works_out() {
        // 1, 2, 3, 4: s^2 = 5/3, standard error = sqrt(5/12), t_3 = 3.182446.
        let estimate = Estimate::of_mean([1.0, 2.0, 3.0, 4.0]);
        let half_width = 3.182_446 * (5.0_f64 / 12.0).sqrt();
        assert_eq!(estimate.mean, Some(2.5));
        assert!((estimate.half_width().unwrap() - half_width).abs() < 1e-6);
        assert!(close(estimate.low.unwrap() + estimate.high.unwrap(), 5.0));
    }

    #[test]
    fn no_values_have_no_mean_and_what_does_not_vary_has_no_interval() {
        assert_eq!(Estimate::of_mean([]), Estimate::NONE);
        assert_eq!(Estimate::of_mean([7.0]), Estimate::exact(7.0));
        assert_eq!(Estimate::of_mean([0.1; 3]), Estimate::exact(0.1));
        assert_eq!(Estimate::of_mean([0.0; 3]), Estimate::exact(0.0));
        assert_eq!(Estimate::of_mean([f64::MAX, -f64::MAX]).low, None);
    }

    #[test]
    fn a_ratio_does_not_exist_without_a_denominator() {
        assert_eq!(Estimate::of_ratio([], 1.0), Estimate::NONE);
        assert_eq!(Estimate::of_ratio([(0, 0), (0, 0)], 1.0), Estimate::NONE);
    }

    #[test]
    fn a_ratio_that_hangs_on_one_replication_has_no_interval() {
        assert_eq!(Estimate::of_ratio([(3, 4), (0, 0)], 1.0), Estimate::exact(0.75));
        assert_eq!(Estimate::of_ratio([(3, 4)], 1.0), Estimate::exact(0.75));
    }

    #[test]
    fn a_ratio_that_is_the_same_in_every_replication_has_no_interval() {
        let parts = [1_u128, 3, 7].map(|count| (count * 3_333_333_333_333_333, count * 1_111));
        let estimate = Estimate::of_ratio(parts, 1e9);
        assert_eq!((estimate.low, estimate.high), (None, None));
    }

    #[test]
    fn the_difference_of_independent_figures_is_what_welch_works_out() {
        let (a, b) = ([1.0, 2.0, 3.0, 4.0], [2.0, 6.0, 11.0]);
        let variance = |values: &[f64]| {
            let mean = values.iter().sum::<f64>() / values.len() as f64;
            let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
            squares / (values.len() as f64 - 1.0) / values.len() as f64
        };
        let (va, vb) = (variance(&a), variance(&b));
        let degrees = (va + vb).powi(2) / (va * va / 3.0 + vb * vb / 2.0);
        let half_width = StudentsT::new(0.0, 1.0, degrees).unwrap().inverse_cdf(0.975) * (va + vb).sqrt();
        let difference = Estimate::of_mean(b).less_independent(3, &Estimate::of_mean(a), 4);
        assert!(close(difference.mean.unwrap(), 19.0 / 3.0 - 2.5), "{difference:?}");
        assert!((difference.half_width().unwrap() - half_width).abs() < 1e-6, "{difference:?}");
    }

    #[test]
    fn a_figure_known_exactly_adds_nothing_to_the_interval_of_a_difference() {
        let varies = Estimate::of_mean([1.0, 2.0, 3.0, 4.0]);
        let difference = varies.less_independent(4, &Estimate::exact(1.0), 9);
        assert!((difference.half_width().unwrap() - varies.half_width().unwrap()).abs() < 1e-6);
        let exact = Estimate::exact(3.0).less_independent(4, &Estimate::exact(1.0), 9);
        assert_eq!(exact, Estimate::exact(2.0));
        assert_eq!(Estimate::NONE.less_independent(4, &varies, 4), Estimate::NONE);
    }

    proptest! {
        #[test]
        fn a_jackknife_is_what_recomputing_without_each_replication_gives(
            parts in prop::collection::vec((0..1_000_000_u64, 1..1_000_000_u64), 2..20),
        ) {
            let ratio = |parts: &[(u64, u64)]| {
                parts.iter().map(|part| part.0 as f64).sum::<f64>() / parts.iter().map(|part| part.1 as f64).sum::<f64>()
            };
            let count = parts.len() as f64;
            let rest: Vec<f64> = (0..parts.len())
                .map(|left_out| ratio(&[&parts[..left_out], &parts[left_out + 1..]].concat()))
                .collect();
            // The other form of the jackknife: the variance of the mean of pseudo-values.
            let pseudo: Vec<f64> = rest.iter().map(|rest| count * ratio(&parts) - (count - 1.0) * rest).collect();
            let centre = pseudo.iter().sum::<f64>() / count;
            let variance = pseudo.iter().map(|value| (value - centre).powi(2)).sum::<f64>() / (count - 1.0) / count;
            let student = StudentsT::new(0.0, 1.0, count - 1.0).unwrap().inverse_cdf(0.975);
            let estimate = Estimate::of_ratio(parts.iter().map(|part| (part.0.into(), part.1.into())), 1.0);
            prop_assert!(close(estimate.mean.unwrap(), ratio(&parts)));
            let half_width = estimate.half_width().unwrap_or(0.0);
            prop_assert!((half_width - student * variance.sqrt()).abs() < 1e-9 * (1.0 + half_width), "{estimate:?}");
        }

        #[test]
        fn the_jackknife_of_a_mean_is_students_interval(values in prop::collection::vec(0..1_000_000_u64, 2..20)) {
            let student = Estimate::of_mean(values.iter().map(|&value| value as f64));
            let jackknife = Estimate::of_ratio(values.iter().map(|&value| (value.into(), 1)), 1.0);
            prop_assert!(close(student.mean.unwrap(), jackknife.mean.unwrap()));
            let (a, b) = (student.half_width().unwrap_or(0.0), jackknife.half_width().unwrap_or(0.0));
            prop_assert!((a - b).abs() < 1e-6 * (1.0 + a), "{student:?} {jackknife:?}");
        }
    }

    /// The share of 400 experiments whose interval covers the true figure.
    fn coverage(seed: u64, truth: f64, experiment: impl Fn(&mut Rng) -> Estimate) -> f64 {
        const EXPERIMENTS: u32 = 400;
        let mut rng = Rng::seed_from_u64(seed);
        let covers = |estimate: &Estimate| (estimate.low.unwrap()..=estimate.high.unwrap()).contains(&truth);
        let covered = (0..EXPERIMENTS).map(|_| experiment(&mut rng)).filter(covers).count();
        covered as f64 / f64::from(EXPERIMENTS)
    }

    #[test]
    fn the_interval_of_a_mean_covers_it_as_often_as_it_says() {
        let normal = Normal::new(10.0, 3.0).unwrap();
        let share = coverage(1, 10.0, |rng| Estimate::of_mean((0..10).map(|_| normal.sample(rng))));
        assert!((0.92..=0.98).contains(&share), "{share}");
    }

    #[test]
    fn the_interval_of_a_ratio_covers_it_as_often_as_it_says() {
        // A gamma number of requests, and a sum of that many exponential latencies of mean 2 s.
        let requests = Gamma::new(400.0, 1.0).unwrap();
        let share = coverage(2, 2.0, |rng| {
            let replication = |_| {
                let count = requests.sample(rng) as u64;
                let sum: f64 = (0..count).map(|_| 2e9 * <Exp1 as Distribution<f64>>::sample(&Exp1, rng)).sum();
                (sum as u128, u128::from(count))
            };
            let parts: Vec<(u128, u128)> = (0..10).map(replication).collect();
            Estimate::of_ratio(parts, 1e9)
        });
        assert!((0.92..=0.98).contains(&share), "{share}");
    }
}
