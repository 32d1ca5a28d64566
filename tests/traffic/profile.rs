//! The description of a stream.

use breakeven::scenario::{Arrivals, Shape};
use breakeven::traffic::profile;
use breakeven::unit::Span;

use super::*;

#[test]
fn a_poisson_stream_has_a_dispersion_of_one() {
    let source = synthetic(per_second(2), Shape::Constant, Arrivals::Poisson);
    let profile = profile(&scenario(20 * DAY, vec![class("api", source)]), 0, 10).unwrap();
    assert_eq!(profile.dispersion.len(), 3);
    for dispersion in profile.dispersion {
        let windows = (20 * DAY / dispersion.window.nanos()) as f64;
        let mean = 2.0 * dispersion.window.seconds();
        assert_within(dispersion.index.unwrap(), 1.0, ((2.0 + mean.recip()) / windows).sqrt());
    }
}

#[test]
fn a_regular_stream_is_described_exactly() {
    let regular = |name, rate| class(name, synthetic(per_second(rate), Shape::Constant, Arrivals::Regular));
    let profile = profile(&scenario(7 * SECOND, vec![regular("a", 1), regular("b", 3)]), 0, 3).unwrap();
    assert_eq!(profile.requests, 28);
    assert_eq!(profile.class_requests, [7, 21]);
    assert_eq!(profile.rate_per_s, 4.0);
    assert_eq!(profile.mean_service_s, Some(1.0));
    assert_eq!(profile.offered_load, 4.0);
    assert_eq!(profile.dispersion[0].index, Some(0.0));
    assert_eq!(profile.dispersion[1].index, None);
    let starts: Vec<u64> = profile.series.iter().map(|bin| bin.start.nanos()).collect();
    assert_eq!(starts, [0, 7 * SECOND / 3 + 1, 2 * (7 * SECOND / 3 + 1)]);
}

#[test]
fn expected_rates_are_those_of_the_shape() {
    let rate = milli_per_hour(360_000);
    let mut scenario = scenario(14 * DAY, vec![class("api", synthetic(rate, diurnal(1.8, 0.5), Arrivals::Regular))]);
    scenario.starts = monday();
    // Bins of 7/5 hours, which do not fit the shape's segments.
    let profile = profile(&scenario, 0, 240).unwrap();
    let bin_hours = 1.4;
    assert_eq!(profile.series.len(), 240);
    for (index, bin) in profile.series.iter().enumerate() {
        let integral = |index: usize| diurnal_integral(1.8, 0.5, index as f64 * bin_hours);
        let expected = 0.1 * (integral(index + 1) - integral(index)) / bin_hours;
        let found = bin.expected_per_s.unwrap();
        assert!((found - expected).abs() < 1e-9 * expected, "{found} instead of {expected}");
        // Regular arrivals are at most one off.
        assert!((bin.observed_per_s - expected).abs() * bin_hours * 3_600.0 <= 1.0 + 1e-6);
    }
    let peak = profile.series.iter().map(|bin| bin.observed_per_s).fold(0.0, f64::max);
    assert_eq!(profile.peak_rate_per_s, peak);
}

#[test]
fn no_requests_have_no_service_time_and_no_dispersion() {
    let source = synthetic(breakeven::unit::Rate::new(0, Span::SECOND), Shape::Constant, Arrivals::Poisson);
    let profile = profile(&scenario(DAY, vec![class("api", source)]), 0, 5).unwrap();
    assert_eq!((profile.requests, profile.mean_service_s), (0, None));
    assert!(profile.dispersion.iter().all(|dispersion| dispersion.index.is_none()));
}
