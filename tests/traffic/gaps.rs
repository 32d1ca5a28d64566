//! Gaps between arrivals, in operational time: the integral of the rate, in which every shape is constant.

use breakeven::scenario::{Arrivals, Shape};

use super::*;

const PER_HOUR: f64 = 400.0;

/// Gaps in operational time of a diurnal stream.
fn operational_gaps(process: Arrivals) -> Vec<f64> {
    let rate = milli_per_hour(PER_HOUR as u64 * 1_000);
    let mut scenario = scenario(28 * DAY, vec![class("api", synthetic(rate, diurnal(1.9, 0.3), process))]);
    scenario.starts = monday();
    let at: Vec<f64> = arrivals(&scenario, 0)
        .into_iter()
        .map(|arrival| PER_HOUR * diurnal_integral(1.9, 0.3, hours(arrival)))
        .collect();
    at.windows(2).map(|pair| pair[1] - pair[0]).collect()
}

/// Asserts that neighbouring gaps are uncorrelated.
fn assert_uncorrelated(gaps: &[f64]) {
    let mean = mean(gaps);
    let products = gaps.windows(2).map(|pair| (pair[0] - mean) * (pair[1] - mean));
    let correlation = products.sum::<f64>() / (variance(gaps) * gaps.len() as f64);
    assert_within(correlation, 0.0, (gaps.len() as f64).sqrt().recip());
}

#[test]
fn poisson_gaps_are_exponential_in_operational_time() {
    let gaps = operational_gaps(Arrivals::Poisson);
    assert_uncorrelated(&gaps);
    assert_distributed(gaps, |gap| 1.0 - (-gap).exp());
}

#[test]
fn gamma_gaps_have_their_mean_and_variation_in_operational_time() {
    for cv in [0.2_f64, 1.0, 3.0] {
        let gaps = operational_gaps(Arrivals::Gamma { cv });
        let n = gaps.len() as f64;
        assert_uncorrelated(&gaps);
        assert_within(mean(&gaps), 1.0, cv / n.sqrt());
        // The excess kurtosis of a gamma distribution is 6 cv^2.
        assert_within(variance(&gaps), cv * cv, cv * cv * ((6.0 * cv * cv + 2.0) / n).sqrt());
    }
}

#[test]
fn gamma_arrivals_are_stationary_from_the_start() {
    const CV: f64 = 3.0;
    const REPLICATIONS: u32 = 20_000;
    let source = synthetic(per_second(1), Shape::Constant, Arrivals::Gamma { cv: CV });
    let scenario = scenario(100 * SECOND, vec![class("api", source)]);
    let (mut first, mut early, mut later) = (Vec::new(), Vec::new(), Vec::new());
    for replication in 0..REPLICATIONS {
        let found = arrivals(&scenario, replication);
        let before = |nanos: u64| found.partition_point(|at| at.nanos() < nanos) as f64;
        first.push(found.first().map_or(100.0, |at| at.seconds()));
        early.push(before(SECOND / 2));
        later.push(before(10 * SECOND) - before(9 * SECOND));
    }
    // The mean count is rate x time from t = 0 on, which a stream that began with an arrival would exceed.
    assert_mean(&early, 0.5);
    assert_mean(&later, 1.0);
    // The mean of the time to the next arrival is (1 + cv^2) / 2; hardly any is longer than the horizon.
    assert_mean(&first, f64::midpoint(1.0, CV * CV));
}
