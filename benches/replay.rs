//! What one simulated request costs, generation, meters and histograms included. Read every figure as a ratio to
//! `yardstick`, the bare cost of drawing one exponential gap and one lognormal service time, of the same run:
//!
//!     cargo bench --bench replay

use breakeven::fleet::FleetSimulator;
use breakeven::random::{self, Purpose};
use breakeven::scenario::{
    Arrivals, Dedicated, Distribution, Fleet, FleetKind, Hybrid, Instances, KnativeKpa, OverflowRule, Pool, PoolKind,
    ScaleOut, Scenario, Serverless, ServiceTime, Shape, Source, StartUp, Tariff, Throughput, TrafficClass,
};
use breakeven::traffic::{Block, RequestStream};
use breakeven::unit::{Price, Rate, Span};
use divan::counter::ItemsCount;
use divan::{Bencher, black_box};
use rand_distr::{Distribution as _, Exp1, LogNormal};

/// About so many requests a sample.
const REQUESTS: u64 = 1_000_000;
const MEAN_SERVICE: Span = Span::from_nanos(2 * Span::SECOND.nanos());
/// 10,000 a second keep 700 instances of one slot busy.
const SHORT_SERVICE: Span = Span::from_nanos(70 * Span::MILLISECOND.nanos());

fn main() {
    divan::main();
}

#[divan::bench(sample_count = 20)]
fn yardstick(bencher: Bencher) {
    // A mean of 2 s and a coefficient of variation of 1.
    let variance = 2_f64.ln();
    let service = LogNormal::new(2_f64.ln() - variance / 2.0, variance.sqrt()).expect("finite parameters");
    let mut draws = random::stream(1, 0, &["traffic", "api"], Purpose::Arrivals);
    bencher.counter(ItemsCount::new(REQUESTS)).bench_local(|| {
        for _ in 0..REQUESTS {
            let gap: f64 = Exp1.sample(&mut draws);
            black_box((gap, service.sample(&mut draws)));
        }
    });
}

#[divan::bench(sample_count = 20)]
fn generation(bencher: Bencher) {
    simulate(bencher, 60, Vec::new());
}

#[divan::bench(sample_count = 20, args = [60, 1_000])]
fn dedicated(bencher: Bencher, busy: u32) {
    simulate(bencher, busy, vec![FleetKind::Single(instances(busy + busy / 30))]);
}

#[divan::bench(sample_count = 20, args = [60, 1_000])]
fn serverless(bencher: Bencher, busy: u32) {
    simulate(bencher, busy, vec![FleetKind::Single(on_demand())]);
}

/// Eight slots an instance, each as fast as if it were alone.
#[divan::bench(sample_count = 20, args = [60, 1_000])]
fn independent_slots(bencher: Bencher, busy: u32) {
    simulate(bencher, busy, vec![FleetKind::Single(of_eight_slots(busy / 7, Throughput::Independent))]);
}

/// Eight slots an instance, which together work 8^0.7 = 4.3 times as fast as one.
#[divan::bench(sample_count = 20, args = [60, 1_000])]
fn shared_slots(bencher: Bencher, busy: u32) {
    let throughput = Throughput::Power { exponent: 0.7 };
    simulate(bencher, busy, vec![FleetKind::Single(of_eight_slots(busy / 4, throughput))]);
}

#[divan::bench(sample_count = 20, args = [60, 1_000])]
fn all_three(bencher: Bencher, busy: u32) {
    let base = Pool { name: "base".into(), kind: instances(busy * 4 / 5) };
    let burst = Pool { name: "burst".into(), kind: on_demand() };
    let hybrid = Hybrid::in_order(OverflowRule::WhenFull, vec![base, burst]);
    let kinds =
        vec![FleetKind::Single(instances(busy + busy / 30)), FleetKind::Single(on_demand()), FleetKind::Hybrid(hybrid)];
    simulate(bencher, busy, kinds);
}

/// 1,000 replicas at 10,000 requests/s, at 70 % of what their slots take: the container concurrency.
#[divan::bench(sample_count = 20, args = [1, 29])]
fn knative(bencher: Bencher, slots: u32) {
    let plain = KnativeKpa::of_slots(slots);
    let scale_out = ScaleOut::KnativeKpa(KnativeKpa { initial_scale: 1_000, ..plain });
    let start = StartUp::cold_start(Distribution::Constant(Span::SECOND));
    let tariff = Tariff::new(Price::FREE);
    let fleet = Serverless { scale_out, slots, keep_alive: None, ..Serverless::new(start, Span::ZERO, tariff) };
    let (busy, service) = if slots == 1 { (700, SHORT_SERVICE) } else { (20_000, MEAN_SERVICE) };
    simulate_services(bencher, busy, service, vec![FleetKind::Single(PoolKind::Serverless(fleet))]);
}

fn simulate(bencher: Bencher, busy: u32, kinds: Vec<FleetKind>) {
    simulate_services(bencher, busy, MEAN_SERVICE, kinds);
}

/// Generates a stream that keeps `busy` instances busy on average and replays it into every fleet.
fn simulate_services(bencher: Bencher, busy: u32, service: Span, kinds: Vec<FleetKind>) {
    let scenario = scenario(busy, service, kinds);
    // The first replication records a time line besides; this is any other.
    let replication = 1;
    let requests = requests(&scenario, replication);
    bencher.counter(ItemsCount::new(requests)).bench_local(|| {
        let mut stream = RequestStream::new(&scenario, replication).expect("no trace to open");
        let simulator = |fleet| FleetSimulator::new(&scenario, fleet, replication, |_| ());
        let mut fleets: Vec<FleetSimulator> = scenario.fleets.iter().map(simulator).collect();
        let mut block = Block::default();
        loop {
            stream.next_block(&mut block).expect("no trace to read");
            if block.is_empty() {
                break;
            }
            fleets.iter_mut().for_each(|fleet| fleet.replay(black_box(&block)));
        }
        fleets.into_iter().map(|fleet| fleet.finish().0).collect::<Vec<_>>()
    });
}

fn requests(scenario: &Scenario, replication: u32) -> u64 {
    let mut stream = RequestStream::new(scenario, replication).expect("no trace to open");
    let mut block = Block::default();
    let mut requests = 0;
    loop {
        stream.next_block(&mut block).expect("no trace to read");
        if block.is_empty() {
            return requests;
        }
        requests += block.len() as u64;
    }
}

fn scenario(busy: u32, service: Span, kinds: Vec<FleetKind>) -> Scenario {
    // busy = rate x mean service time
    let rate = Rate::new(u64::from(busy) * 1_000_000_000, service);
    let service_time = ServiceTime::Drawn(Distribution::LogNormal { mean: service, cv: 1.0 });
    let api = TrafficClass {
        name: "api".into(),
        source: Source::Synthetic { rate, shape: Shape::Constant, arrivals: Arrivals::Poisson },
        service_time,
        timeout: None,
        retry: None,
    };
    Scenario {
        name: "bench".into(),
        description: String::new(),
        horizon: Span::from_nanos(REQUESTS * service.nanos() / u64::from(busy)),
        warm_up: Span::ZERO,
        replications: 2,
        seed: 1,
        starts: jiff::civil::date(2026, 1, 5).at(0, 0, 0, 0),
        slo: None,
        traffic: vec![api],
        jobs: Vec::new(),
        fleets: kinds
            .into_iter()
            .zip(0..)
            .map(|(kind, index)| Fleet { name: format!("fleet {index}"), kind })
            .collect(),
    }
}

fn instances(instances: u32) -> PoolKind {
    PoolKind::Dedicated(Dedicated::new(Instances::Number(instances), Price::FREE))
}

fn of_eight_slots(instances: u32, throughput: Throughput) -> PoolKind {
    let plain = Dedicated::new(Instances::Number(instances), Price::FREE);
    PoolKind::Dedicated(Dedicated { slots: 8, throughput, ..plain })
}

fn on_demand() -> PoolKind {
    let cold_start = Distribution::LogNormal { mean: Span::from_nanos(15 * Span::SECOND.nanos()), cv: 0.35 };
    let start = StartUp::cold_start(cold_start);
    PoolKind::Serverless(Serverless::new(start, Span::MINUTE, Tariff::new(Price::FREE)))
}
