//! Scenarios and evidence made up for tests of verdicts and documents.

use crate::measure::{Histogram, Losses, Quantity, RequestCounts, Usage};
use crate::scenario::{
    Arrivals, Dedicated, Distribution, Fleet, FleetKind, Instances, PoolKind, Scenario, Serverless, ServiceTime, Shape,
    Source, StartUp, Tariff, TrafficClass,
};
use crate::unit::{Price, Rate, Span, Usd};

use super::Evidence;

pub fn dollars_an_hour(dollars: u64) -> Price {
    Price::new(dollars * 1_000_000_000_000, Span::HOUR)
}

pub fn dedicated(name: &str, instances: u32) -> Fleet {
    Fleet { name: name.to_owned(), kind: FleetKind::Single(dedicated_pool(instances)) }
}

pub fn dedicated_pool(instances: u32) -> PoolKind {
    PoolKind::Dedicated(Dedicated::new(Instances::Number(instances), dollars_an_hour(4)))
}

pub fn serverless(name: &str) -> Fleet {
    Fleet { name: name.to_owned(), kind: FleetKind::Single(serverless_pool()) }
}

pub fn serverless_pool() -> PoolKind {
    let start = StartUp::cold_start(Distribution::Constant(Span::SECOND));
    PoolKind::Serverless(Serverless::new(start, Span::MINUTE, Tariff::new(dollars_an_hour(6))))
}

pub fn class(name: &str, arrivals: Arrivals) -> TrafficClass {
    TrafficClass {
        name: name.to_owned(),
        source: Source::Synthetic { rate: Rate::new(1_000_000_000, Span::SECOND), shape: Shape::Constant, arrivals },
        service_time: ServiceTime::Drawn(Distribution::Constant(Span::SECOND)),
        timeout: None,
        retry: None,
    }
}

/// Poisson traffic of one class; a window of half a month.
pub fn scenario(fleets: Vec<Fleet>) -> Scenario {
    Scenario {
        name: "made up".to_owned(),
        description: String::new(),
        horizon: Span::from_nanos(16 * Span::DAY.nanos()),
        warm_up: Span::DAY,
        replications: 2,
        seed: 1,
        starts: jiff::civil::date(2026, 1, 5).at(0, 0, 0, 0),
        slo: None,
        traffic: vec![class("api", Arrivals::Poisson)],
        fleets,
        jobs: Vec::new(),
    }
}

/// The same with evenly spaced requests, so that nothing is random.
pub fn deterministic(fleets: Vec<Fleet>) -> Scenario {
    Scenario { traffic: vec![class("api", Arrivals::Regular)], ..scenario(fleets) }
}

/// Bills of these dollars, by replication; no requests.
pub fn evidence<'a>(fleet: &'a Fleet, dollars: &[i128]) -> Evidence<'a> {
    Evidence {
        fleet,
        requests: RequestCounts::default(),
        losses: Losses::default(),
        latency: Quantity::default(),
        wait: Quantity::default(),
        usage: vec![Usage::default(); fleet.pools().len()],
        costs: dollars.iter().map(|dollars| Usd::from_nanos(dollars * 1_000_000_000)).collect(),
    }
}

/// Durations in nanoseconds.
pub fn quantity(nanos: impl IntoIterator<Item = u64>) -> Quantity {
    let spans: Vec<Span> = nanos.into_iter().map(Span::from_nanos).collect();
    let histogram: Histogram = spans.iter().copied().collect();
    let sum = spans.iter().map(|span| u128::from(span.nanos())).sum();
    let range = spans.iter().min().copied().zip(spans.iter().max().copied());
    Quantity { histogram, sum, range }
}
