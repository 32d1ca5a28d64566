//! Several classes in one stream.

use breakeven::scenario::{Arrivals, Distribution, ServiceTime, Shape, TrafficClass};
use breakeven::traffic::Block;
use breakeven::unit::{Span, Time};
use proptest::prelude::*;

use super::*;

fn lognormal(name: &str, rate: u64, arrivals: Arrivals) -> TrafficClass {
    let mut class = class(name, synthetic(milli_per_hour(rate), diurnal(1.5, 0.5), arrivals));
    class.service_time = ServiceTime::Drawn(Distribution::LogNormal { mean: Span::SECOND, cv: 1.0 });
    class
}

/// A class's own requests within a stream.
fn of_class(block: &Block, class: u16) -> Vec<(Time, Span)> {
    let rows = block.arrival.iter().zip(&block.service).zip(&block.class);
    rows.filter(|&(_, &of)| of == class).map(|((&arrival, &service), _)| (arrival, service)).collect()
}

#[test]
fn simultaneous_requests_come_in_the_order_of_their_classes() {
    let regular = |name, rate| class(name, synthetic(per_second(rate), Shape::Constant, Arrivals::Regular));
    // Odd multiples of a rate share its instants.
    let scenario = scenario(3_000 * SECOND, vec![regular("c", 1), regular("a", 3), regular("b", 1)]);
    let block = requests(&scenario, 0);
    assert_eq!(block.len(), 15_000);
    for second in block.class.chunks(5) {
        assert_eq!(second, [1, 0, 1, 2, 1]);
    }
}

#[test]
fn service_times_do_not_depend_on_the_arrivals() {
    let services = |arrivals| requests(&scenario(DAY, vec![lognormal("api", 900_000, arrivals)]), 0).service;
    let (poisson, regular) = (services(Arrivals::Poisson), services(Arrivals::Regular));
    let common = poisson.len().min(regular.len());
    assert!(common > 20_000);
    assert_eq!(poisson[..common], regular[..common]);
}

#[test]
fn a_replication_can_be_made_again_and_is_like_no_other() {
    let scenario = scenario(DAY, vec![lognormal("api", 900_000, Arrivals::Poisson)]);
    assert_eq!(requests(&scenario, 4), requests(&scenario, 4));
    let (one, other) = (requests(&scenario, 4), requests(&scenario, 5));
    assert_ne!(one.arrival[0], other.arrival[0]);
    assert_ne!(one.service[0], other.service[0]);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, rng_seed: prop::test_runner::RngSeed::Fixed(2), ..ProptestConfig::default() })]

    #[test]
    fn every_class_is_in_the_stream_as_it_is_alone(
        rates in prop::collection::vec(1..400_000_u64, 1..9), kinds in prop::collection::vec(0..3_usize, 9),
    ) {
        let kind = |index: usize| [Arrivals::Poisson, Arrivals::Regular, Arrivals::Gamma { cv: 2.0 }][kinds[index]].clone();
        let classes: Vec<TrafficClass> =
            rates.iter().enumerate().map(|(index, &rate)| lognormal(&format!("class {index}"), rate, kind(index))).collect();
        let together = requests(&scenario(DAY, classes.clone()), 0);
        let keys: Vec<(Time, u16)> = together.arrival.iter().copied().zip(together.class.iter().copied()).collect();
        prop_assert!(keys.is_sorted());
        for (index, class) in (0..).zip(classes) {
            prop_assert_eq!(of_class(&together, index), of_class(&requests(&scenario(DAY, vec![class]), 0), 0));
        }
    }
}
