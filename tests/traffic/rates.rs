//! Rates and shapes: over the whole, by the hour, and to the nanosecond.

use breakeven::scenario::{Arrivals, Scenario, Shape};
use breakeven::unit::{Rate, Span, Time};
use proptest::prelude::*;

use super::*;

const ON: f64 = 120.0;
const OFF: f64 = 1_200.0;

fn processes() -> [Arrivals; 5] {
    [
        Arrivals::Poisson,
        Arrivals::Regular,
        Arrivals::Gamma { cv: 3.0 },
        Arrivals::Gamma { cv: 0.4 },
        Arrivals::OnOff {
            on: Span::from_nanos(ON as u64 * SECOND),
            off: Span::from_nanos(OFF as u64 * SECOND),
            peak_over_mean: 5.0,
        },
    ]
}

/// The standard deviation of the number of arrivals where `expected` are expected at a mean rate a second, at most.
fn deviation_of_count(arrivals: &Arrivals, expected: f64, rate: f64, peak_over_mean: f64) -> f64 {
    match arrivals {
        Arrivals::Regular => 0.25,
        Arrivals::Gamma { cv } => cv * expected.sqrt(),
        Arrivals::Poisson => expected.sqrt(),
        Arrivals::OnOff { peak_over_mean: burst, .. } => {
            // The rate is correlated over 1 / (1/on + 1/off); shaped, its variance is at most the shape's peak greater.
            let share = ON / (ON + OFF);
            let off_rate = (1.0 - share * burst) / (1.0 - share);
            let relaxation = ON * OFF / (ON + OFF);
            let of_rate = share * (1.0 - share) * (burst - off_rate).powi(2) * rate * relaxation;
            (expected * (1.0 + 2.0 * of_rate * peak_over_mean)).sqrt()
        }
    }
}

#[test]
fn the_long_run_rate_is_the_stated_one_for_every_shape_and_process() {
    const WEEKS: u64 = 4;
    let rate = milli_per_hour(360_000);
    let expected = rate.per_second() * (WEEKS * 7 * DAY) as f64 / 1e9;
    for (shape, peak) in
        [(Shape::Constant, 1.0), (diurnal(1.8, 0.5), 2.0), (diurnal(2.0, 0.0), 2.8), (diurnal(1.3, 2.0), 2.0)]
    {
        for process in processes() {
            let class = class("api", synthetic(rate, shape.clone(), process.clone()));
            let count = arrivals(&scenario(WEEKS * 7 * DAY, vec![class]), 0).len() as f64;
            assert_within(count, expected, deviation_of_count(&process, expected, rate.per_second(), peak));
        }
    }
}

#[test]
fn every_hour_of_the_week_has_its_share() {
    const WEEKS: usize = 12;
    let rate = milli_per_hour(400_000);
    for (process, dispersion) in [(Arrivals::Poisson, 1.0), (Arrivals::Gamma { cv: 0.5 }, 0.25)] {
        let class = class("api", synthetic(rate, diurnal(1.8, 0.5), process));
        let mut scenario = scenario(WEEKS as u64 * 7 * DAY, vec![class]);
        scenario.starts = monday();
        let mut counts = [0.0; 168];
        for arrival in arrivals(&scenario, 0) {
            counts[(arrival.nanos() / HOUR % 168) as usize] += 1.0;
        }
        let mut chi_square = 0.0;
        for (hour, count) in counts.iter().enumerate() {
            let integral = |hour: usize| diurnal_integral(1.8, 0.5, hour as f64);
            let expected = WEEKS as f64 * 400.0 * (integral(hour + 1) - integral(hour));
            chi_square += (count - expected).powi(2) / (dispersion * expected);
        }
        assert_within(chi_square, 168.0, (2.0 * 168.0_f64).sqrt());
    }
}

#[test]
fn regular_arrivals_are_those_of_the_closed_form_to_the_nanosecond() {
    let rate = milli_per_hour(360_000);
    for (peak, weekend) in [(1.8, 0.5), (2.0, 0.0), (1.0, 0.25)] {
        let class = class("api", synthetic(rate, diurnal(peak, weekend), Arrivals::Regular));
        let mut scenario = scenario(9 * DAY, vec![class]);
        scenario.starts = monday();
        let found = arrivals(&scenario, 0);
        let expected_until = |nanos: f64| 360.0 * diurnal_integral(peak, weekend, nanos / HOUR as f64);
        for (index, arrival) in found.iter().enumerate() {
            // Operational time there is index + 1/2: between 3 ns before and after, which allows for rounding here.
            let (nanos, middle) = (arrival.nanos() as f64, index as f64 + 0.5);
            let (before, after) = (expected_until(nanos - 3.0), expected_until(nanos + 3.0));
            let rounding = 1e-11 * middle;
            assert!(before - rounding <= middle && middle <= after + rounding, "{index}: {arrival:?}");
        }
        let all = expected_until((9 * DAY) as f64);
        assert!((found.len() as f64 - all).abs() <= 0.5, "{} of {all}", found.len());
    }
}

#[test]
fn regular_arrivals_of_a_constant_rate_are_exact() {
    let rate = Rate::new(1_440_000 * 1_000_000_000, Span::MONTH);
    let scenario =
        scenario(Span::MONTH.nanos(), vec![class("api", synthetic(rate, Shape::Constant, Arrivals::Regular))]);
    let found = arrivals(&scenario, 0);
    assert_eq!(found.len(), 1_440_000);
    for (index, arrival) in found.iter().enumerate() {
        assert_eq!(arrival.nanos(), 900_000_000 + index as u64 * 1_800_000_000);
    }
}

#[test]
fn a_weekend_of_zero_has_no_arrivals() {
    for process in processes() {
        let class = class("api", synthetic(milli_per_hour(100_000), diurnal(1.5, 0.0), process));
        let mut scenario = scenario(14 * DAY, vec![class]);
        scenario.starts = monday();
        let found = arrivals(&scenario, 0);
        assert!(found.iter().all(|at| at.nanos() / DAY % 7 < 5));
        assert!(found.iter().any(|at| at.nanos() / DAY == 7));
    }
}

#[test]
fn the_calendar_starts_where_the_scenario_says() {
    // From Friday noon on, a regular stream without weekends is that from Monday on, without its first four and a half days.
    let of = |starts, days_milli: u64| -> Scenario {
        let class = class("api", synthetic(milli_per_hour(90_000), diurnal(1.5, 0.0), Arrivals::Poisson));
        let mut scenario = scenario(days_milli * DAY / 1_000, vec![class]);
        scenario.starts = starts;
        scenario
    };
    let friday_noon = jiff::civil::date(2026, 1, 9).at(12, 0, 0, 0);
    let found = arrivals(&of(friday_noon, 3_500), 0);
    let (last_of_friday, first_of_monday) = (DAY / 2, DAY / 2 + 2 * DAY);
    assert!(found.iter().all(|at| at.nanos() < last_of_friday || at.nanos() >= first_of_monday));
    let friday = found.partition_point(|at| at.nanos() < last_of_friday);
    let integral = |hour: f64| diurnal_integral(1.5, 0.0, hour);
    let (of_friday, of_monday) = (90.0 * (integral(120.0) - integral(108.0)), 90.0 * integral(24.0));
    assert_within(friday as f64, of_friday, of_friday.sqrt());
    assert_within((found.len() - friday) as f64, of_monday, of_monday.sqrt());
}

#[test]
fn a_rate_of_zero_has_no_arrivals() {
    for process in processes() {
        for shape in [Shape::Constant, diurnal(1.8, 0.5)] {
            let class = class("api", synthetic(Rate::new(0, Span::SECOND), shape, process.clone()));
            assert_eq!(arrivals(&scenario(30 * DAY, vec![class]), 0), []);
        }
    }
}

fn any_source() -> impl Strategy<Value = Source> {
    let shape = prop_oneof![
        Just(Shape::Constant),
        (1.0..=2.0_f64, 0.0..2.0_f64).prop_map(|(peak, weekend)| diurnal(peak, weekend)),
    ];
    let process = prop::sample::select(processes().to_vec());
    (1..100_000_u64, shape, process).prop_map(|(rate, shape, process)| synthetic(milli_per_hour(rate), shape, process))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, rng_seed: prop::test_runner::RngSeed::Fixed(1), ..ProptestConfig::default() })]

    #[test]
    fn a_longer_horizon_only_adds_arrivals_past_the_shorter(source in any_source(), horizon in 1..10 * DAY, more in 0..3 * DAY) {
        let short = arrivals(&scenario(horizon, vec![class("api", source.clone())]), 3);
        let long = arrivals(&scenario(horizon + more, vec![class("api", source)]), 3);
        prop_assert!(long.is_sorted());
        prop_assert_eq!(&short[..], &long[..long.partition_point(|&at| at < Time::from_nanos(horizon))]);
    }
}
