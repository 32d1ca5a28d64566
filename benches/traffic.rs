//! What a request costs to generate, beside the bare cost of its two draws.

use breakeven::scenario::{Arrivals, Distribution, Scenario, ServiceTime, Shape, Source, TrafficClass};
use breakeven::traffic::{Block, RequestStream};
use breakeven::unit::{Rate, Span};
use divan::counter::ItemsCount;
use divan::{Bencher, black_box};
use rand::SeedableRng;
use rand_distr::{Distribution as _, Exp1, LogNormal};
use rand_xoshiro::Xoshiro256PlusPlus;

/// Per second and class.
const RATE: u64 = 100;
const HORIZON: Span = Span::from_nanos(10_000 * Span::SECOND.nanos());

fn main() {
    divan::main();
}

fn class(index: usize, shape: &Shape, arrivals: &Arrivals) -> TrafficClass {
    TrafficClass {
        name: format!("class {index}"),
        source: Source::Synthetic {
            rate: Rate::new(RATE * 1_000_000_000, Span::SECOND),
            shape: shape.clone(),
            arrivals: arrivals.clone(),
        },
        service_time: ServiceTime::Drawn(Distribution::LogNormal { mean: Span::SECOND, cv: 1.0 }),
        timeout: None,
        retry: None,
    }
}

fn scenario(classes: usize, shape: &Shape, arrivals: &Arrivals) -> Scenario {
    Scenario {
        name: String::new(),
        description: String::new(),
        horizon: HORIZON,
        warm_up: Span::ZERO,
        replications: 1,
        seed: 1,
        starts: jiff::civil::date(2026, 1, 5).at(0, 0, 0, 0),
        slo: None,
        traffic: (0..classes).map(|index| class(index, shape, arrivals)).collect(),
        jobs: Vec::new(),
        fleets: Vec::new(),
    }
}

fn diurnal() -> Shape {
    Shape::Diurnal { peak_over_mean: 1.8, peak_at: Span::from_nanos(15 * Span::HOUR.nanos()), weekend: 0.5 }
}

fn generate(bencher: Bencher, classes: usize, shape: &Shape, arrivals: &Arrivals) {
    let scenario = scenario(classes, shape, arrivals);
    let count = || {
        let mut stream = RequestStream::new(&scenario, 0).expect("no trace to read");
        let (mut block, mut requests) = (Block::default(), 0);
        loop {
            stream.next_block(&mut block).expect("no trace to read");
            if black_box(&block).is_empty() {
                return requests;
            }
            requests += block.len();
        }
    };
    bencher.counter(ItemsCount::new(count())).bench(count);
}

/// The yardstick: one exponential gap and one lognormal service time a request.
#[divan::bench]
fn bare_draws(bencher: Bencher) {
    let requests = RATE * HORIZON.nanos() / Span::SECOND.nanos();
    let service = LogNormal::new(0.0, 0.8).expect("a positive deviation");
    bencher.counter(ItemsCount::new(requests)).bench(|| {
        let mut rng = Xoshiro256PlusPlus::seed_from_u64(1);
        (0..requests).fold((0.0, 0.0), |(time, sum), _| {
            let gap: f64 = Exp1.sample(&mut rng);
            (time + gap, sum + service.sample(&mut rng))
        })
    });
}

#[divan::bench]
fn constant_poisson(bencher: Bencher) {
    generate(bencher, 1, &Shape::Constant, &Arrivals::Poisson);
}

#[divan::bench]
fn constant_regular(bencher: Bencher) {
    generate(bencher, 1, &Shape::Constant, &Arrivals::Regular);
}

#[divan::bench]
fn diurnal_poisson(bencher: Bencher) {
    generate(bencher, 1, &diurnal(), &Arrivals::Poisson);
}

#[divan::bench]
fn diurnal_regular(bencher: Bencher) {
    generate(bencher, 1, &diurnal(), &Arrivals::Regular);
}

#[divan::bench]
fn diurnal_gamma(bencher: Bencher) {
    generate(bencher, 1, &diurnal(), &Arrivals::Gamma { cv: 3.0 });
}

#[divan::bench]
fn diurnal_bursts(bencher: Bencher) {
    let arrivals = Arrivals::OnOff {
        on: Span::from_nanos(120 * Span::SECOND.nanos()),
        off: Span::from_nanos(1_200 * Span::SECOND.nanos()),
        peak_over_mean: 5.0,
    };
    generate(bencher, 1, &diurnal(), &arrivals);
}

#[divan::bench(args = [2, 3, 10])]
fn superposed_poisson(bencher: Bencher, classes: usize) {
    generate(bencher, classes, &Shape::Constant, &Arrivals::Poisson);
}
