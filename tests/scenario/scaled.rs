//! Traffic of another volume, requests of another length.

use breakeven::random::{Purpose, Sampler, stream};
use breakeven::scenario::{
    Arrivals, Decimal, Distribution, Scenario, ServiceTime, Shape, Source, Trace, TraceLayout, TrafficClass,
};
use breakeven::trace::{DataFile, Location};
use breakeven::traffic::class_means;
use breakeven::unit::{Rate, Span};
use proptest::prelude::*;

fn file(text: &'static str) -> DataFile {
    DataFile { written: String::new(), location: Location::Embedded(text.as_bytes()) }
}

fn per_s(tokens: u64) -> Decimal {
    Decimal { billionths: tokens * Decimal::ONE.billionths }
}

/// Not uniform, whose draws are of whole nanoseconds and so of another range when scaled.
fn leaf() -> impl Strategy<Value = Distribution> {
    let span = || (1_000_000_u64..100_000_000_000).prop_map(Span::from_nanos);
    let cv = || 0.1..3.0;
    prop_oneof![
        span().prop_map(Distribution::Constant),
        span().prop_map(|mean| Distribution::Exponential { mean }),
        (span(), cv()).prop_map(|(mean, cv)| Distribution::LogNormal { mean, cv }),
        (span(), cv()).prop_map(|(mean, cv)| Distribution::Gamma { mean, cv }),
        (span(), cv()).prop_map(|(mean, cv)| Distribution::Weibull { mean, cv }),
        (span(), 1.5..10.0).prop_map(|(mean, shape)| Distribution::Pareto { mean, shape }),
        prop::collection::vec(span(), 1..5).prop_map(|values| Distribution::Empirical {
            file: file(""),
            column: String::new(),
            scale: Decimal::ONE,
            values: values.into(),
        }),
    ]
}

fn distribution() -> impl Strategy<Value = Distribution> {
    prop_oneof![leaf(), prop::collection::vec(leaf(), 1..4).prop_map(Distribution::Phases)]
}

fn draws(distribution: &Distribution) -> Vec<Span> {
    let mut drawn = Vec::new();
    Sampler::new(distribution).fill(&mut stream(1, 0, &["a"], Purpose::ServiceTime), 100, &mut drawn);
    drawn
}

proptest! {
    #[test]
    fn every_draw_is_scaled_so_that_the_mean_is_and_the_shape_is_not(
        distribution in distribution(), factor in 0.01..100.0_f64,
    ) {
        let scaled = distribution.scaled(factor);
        let mean = distribution.mean_s() * factor;
        prop_assert!((scaled.mean_s() - mean).abs() <= 1e-6 * mean, "{} is not {mean}", scaled.mean_s());
        for (draw, long) in draws(&distribution).into_iter().zip(draws(&scaled)) {
            let expected = draw.nanos() as f64 * factor;
            // Each of up to three phases is rounded to a nanosecond on either side.
            let rounding = 1.5 * (factor + 1.0);
            prop_assert!((long.nanos() as f64 - expected).abs() <= 1e-6 * expected + rounding, "{draw} became {long}");
        }
    }

    #[test]
    fn a_factor_of_one_changes_nothing(distribution in distribution()) {
        prop_assert_eq!(distribution.scaled(1.0), distribution);
    }

    #[test]
    fn no_factor_leaves_the_range_of_the_model(
        factor in any::<f64>(), nanos in 1..=Span::LONGEST.nanos(), billionths in 1..=Decimal::MOST.billionths,
    ) {
        let mean = Span::from_nanos(nanos);
        let Distribution::Exponential { mean } = (Distribution::Exponential { mean }).scaled(factor) else {
            panic!("the kind stays");
        };
        prop_assert!((Span::NANOSECOND..=Span::LONGEST).contains(&mean));
        let scaled = Decimal { billionths }.scaled(factor);
        prop_assert!((1..=Decimal::MOST.billionths).contains(&scaled.billionths));
    }

    #[test]
    fn a_decimal_times_a_span_is_exact(whole in 1..1_000_u64, nanos in 0..1_000_000_000_000_u64) {
        prop_assert_eq!(per_s(whole).times(Span::from_nanos(nanos)), Span::from_nanos(whole * nanos));
    }
}

#[test]
fn the_bounds_of_a_uniform_distribution_are_scaled() {
    let uniform = |low, high| Distribution::Uniform { low: Span::from_nanos(low), high: Span::from_nanos(high) };
    assert_eq!(uniform(10, 30).scaled(2.5), uniform(25, 75));
}

#[test]
fn tokens_take_longer_at_lower_speeds() {
    let tokens = |prompt_per_s, output_per_s, overhead| ServiceTime::Tokens {
        prompt: "p".to_owned(),
        output: "o".to_owned(),
        prompt_per_s: per_s(prompt_per_s),
        output_per_s: per_s(output_per_s),
        overhead: Span::from_nanos(overhead),
    };
    assert_eq!(tokens(8_000, 60, 20).scaled(4.0), tokens(2_000, 15, 80));
}

#[test]
fn the_longest_duration_is_the_most_that_scaling_gives() {
    let half = Decimal { billionths: Decimal::ONE.billionths / 2 };
    assert_eq!(per_s(2).times(Span::LONGEST), Span::LONGEST);
    assert_eq!(half.times(Span::from_nanos(5)), Span::from_nanos(2));
    assert_eq!(Distribution::Constant(Span::LONGEST).scaled(7.0), Distribution::Constant(Span::LONGEST));
}

fn scenario(class: TrafficClass) -> Scenario {
    Scenario {
        name: String::new(),
        description: String::new(),
        horizon: Span::from_nanos(10 * Span::SECOND.nanos()),
        warm_up: Span::ZERO,
        replications: 1,
        seed: 7,
        starts: jiff::civil::date(2026, 1, 5).at(0, 0, 0, 0),
        slo: None,
        traffic: vec![class],
        fleets: Vec::new(),
        jobs: Vec::new(),
    }
}

fn recorded(text: &'static str, layout: TraceLayout) -> Source {
    Source::Trace(Trace {
        file: file(text),
        layout,
        repeat: false,
        period: Span::ZERO,
        speed_billionths: Trace::AS_RECORDED,
        volume: Decimal::ONE,
    })
}

#[test]
fn the_long_run_means_of_a_scaled_class_are_scaled() {
    let requests = TraceLayout::Requests { arrival: "at".to_owned() };
    let counts = TraceLayout::Counts { start: "at".to_owned(), count: "n".to_owned(), bin: Span::SECOND };
    let column = ServiceTime::Column { column: "service".to_owned(), scale: Decimal::ONE };
    let tokens = ServiceTime::Tokens {
        prompt: "p".to_owned(),
        output: "o".to_owned(),
        prompt_per_s: per_s(1_000),
        output_per_s: per_s(10),
        overhead: Span::SECOND,
    };
    let drawn = ServiceTime::Drawn(Distribution::Exponential { mean: Span::SECOND });
    let synthetic = Source::Synthetic {
        rate: Rate::new(3_000_000_000, Span::SECOND),
        shape: Shape::Constant,
        arrivals: Arrivals::Poisson,
    };
    let rows = "at,service,p,o\n0,0.5,100,10\n1,1.5,300,20\n";
    let cases = [
        (synthetic, drawn.clone()),
        (recorded(rows, requests.clone()), column),
        (recorded(rows, requests.clone()), tokens),
        (recorded(rows, requests), drawn.clone()),
        (recorded("at,n\n0,30\n1,10\n", counts), drawn),
    ];
    for (source, service_time) in cases {
        let class =
            TrafficClass { name: "a".to_owned(), source, service_time, timeout: Some(Span::MINUTE), retry: None };
        let [base] = class_means(&scenario(class.clone())).unwrap()[..] else { panic!("one class") };
        for (volume, length) in [(2.5, 4.0), (0.25, 0.125), (1_000.0, 60.0)] {
            let scaled = class.with_volume(volume).with_service_scaled(length);
            assert_eq!(scaled.timeout, class.timeout);
            let [means] = class_means(&scenario(scaled)).unwrap()[..] else { panic!("one class") };
            let close = |found: f64, expected: f64| (found - expected).abs() <= 1e-6 * expected;
            assert!(close(means.rate_per_s, base.rate_per_s * volume), "{means:?} of {class:?}");
            assert!(close(means.service_s, base.service_s * length), "{means:?} of {class:?}");
            assert!(close(means.offered_load(), base.offered_load() * volume * length), "{means:?} of {class:?}");
        }
    }
}
