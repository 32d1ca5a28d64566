//! Scenarios, fleets and requests made in code, each from the documented defaults.

use breakeven::scenario::{
    Arrivals, Dedicated, Distribution, Fleet, FleetKind, Hybrid, Instances, OverflowRule, Pool, PoolKind, Scenario,
    Serverless, ServiceTime, Shape, Source, StartUp, Tariff, TrafficClass,
};
use breakeven::unit::{Price, Rate, Span, Time};
use jiff::civil::date;

use super::Request;

pub fn seconds(seconds: u64) -> Span {
    Span::from_nanos(seconds * Span::SECOND.nanos())
}

pub fn at(seconds: u64) -> Time {
    Time::START + self::seconds(seconds)
}

pub fn constant(seconds: u64) -> Distribution {
    Distribution::Constant(self::seconds(seconds))
}

/// Dollars an hour.
pub fn dollars_per_hour(dollars: u64) -> Price {
    Price::new(dollars * 1_000_000_000_000, Span::HOUR)
}

pub fn per_second(events: u64) -> Rate {
    Rate::new(events * 1_000_000_000, Span::SECOND)
}

/// A request of the first class.
pub fn request(arrival: u64, service: u64) -> Request {
    request_of(0, arrival, service)
}

pub fn request_of(class: u16, arrival: u64, service: u64) -> Request {
    Request { arrival: at(arrival), service: seconds(service), class }
}

/// A class of Poisson arrivals, one a second, each served for a second.
pub fn class(name: &str) -> TrafficClass {
    TrafficClass {
        name: name.into(),
        source: Source::Synthetic { rate: per_second(1), shape: Shape::Constant, arrivals: Arrivals::Poisson },
        service_time: ServiceTime::Drawn(constant(1)),
        timeout: None,
        retry: None,
    }
}

/// One class without a time-out, no warm-up, no fleet.
pub fn scenario(horizon: Span) -> Scenario {
    Scenario {
        name: "test".into(),
        description: String::new(),
        horizon,
        warm_up: Span::ZERO,
        replications: 1,
        seed: 1,
        starts: date(2026, 1, 5).at(0, 0, 0, 0),
        slo: None,
        traffic: vec![class("requests")],
        fleets: Vec::new(),
        jobs: Vec::new(),
    }
}

/// One slot an instance, $4.00/h, an unlimited queue.
pub fn dedicated(instances: u32) -> Dedicated {
    Dedicated::new(Instances::Number(instances), dollars_per_hour(4))
}

/// The documented defaults, at $3.60/h.
pub fn serverless(cold_start: Distribution, keep_alive: Span) -> Serverless {
    // A tenth of a cent a second.
    let tariff = Tariff::new(Price::new(1_000_000_000, Span::SECOND));
    Serverless::new(StartUp::cold_start(cold_start), keep_alive, tariff)
}

/// A fleet of one pool, named by its kind.
pub fn fleet(kind: PoolKind) -> Fleet {
    Fleet { name: kind.name().into(), kind: FleetKind::Single(kind) }
}

pub fn hybrid(overflow: OverflowRule, pools: Vec<PoolKind>) -> Fleet {
    let pool = |(number, kind)| Pool { name: format!("pool {number}"), kind };
    Fleet {
        name: "hybrid".into(),
        kind: FleetKind::Hybrid(Hybrid::in_order(overflow, (0..).zip(pools).map(pool).collect())),
    }
}
