//! What a simulated request costs, as against the bare cost of drawing it.
use breakeven::fleet::FleetSimulator;
use breakeven::random::{self, Purpose};
use breakeven::scenario::*;
use breakeven::traffic::Block;
use breakeven::unit::*;
use divan::Bencher;
use divan::counter::ItemsCount;
use rand_distr::{Distribution as _, Exp1, LogNormal};

fn main() {
    divan::main();
}
const REQUESTS: usize = 1_000_000;

fn blocks(busy: f64) -> Vec<Block> {
    let mut rng = random::stream(1, 0, &["traffic", "x"], Purpose::Arrivals);
    let rate = busy / 2.0;
    let sigma2 = 2f64.ln();
    let ln = LogNormal::new(2f64.ln() - sigma2 / 2.0, sigma2.sqrt()).unwrap();
    let mut t = 0.0;
    (0..REQUESTS / Block::CAPACITY)
        .map(|_| {
            let mut b = Block::default();
            for _ in 0..Block::CAPACITY {
                let e: f64 = Exp1.sample(&mut rng);
                t += e / rate * 1e9;
                b.arrival.push(Time::from_nanos(t as u64));
                b.service.push(Span::from_draw(ln.sample(&mut rng) * 1e9));
                b.class.push(0);
            }
            b
        })
        .collect()
}

fn scenario(kinds: Vec<FleetKind>) -> Scenario {
    Scenario {
        name: "x".into(),
        description: String::new(),
        horizon: Span::from_nanos(3650 * 86400 * 1_000_000_000),
        warm_up: Span::from_nanos(1),
        replications: 2,
        seed: 1,
        starts: jiff::civil::date(2026, 1, 5).at(0, 0, 0, 0),
        slo: None,
        traffic: vec![TrafficClass {
            name: "x".into(),
            source: Source::Synthetic {
                rate: Rate::new(1, Span::SECOND),
                shape: Shape::Constant,
                arrivals: Arrivals::Poisson,
            },
            service_time: ServiceTime::Drawn(Distribution::Constant(Span::SECOND)),
            timeout: None,
        }],
        fleets: kinds.into_iter().enumerate().map(|(i, kind)| Fleet { name: format!("f{i}"), kind }).collect(),
    }
}
fn dedicated(n: u32) -> PoolKind {
    PoolKind::Dedicated(Dedicated { instances: n, slots: 1, price: Price::FREE, queue_limit: None })
}
fn serverless() -> PoolKind {
    PoolKind::Serverless(Serverless {
        cold_start: Distribution::Constant(Span::from_nanos(15_000_000_000)),
        keep_alive: Span::MINUTE,
        min_instances: 0,
        max_instances: None,
        scale_out: ScaleOut::PerRequest,
        idle_selection: IdleSelection::MostRecentlyUsed,
        overflow: Overflow::Queue,
        slots: 1,
        tariff: Tariff {
            price: Price::FREE,
            request_fee: Usd::ZERO,
            bills: BilledPhases { cold_start: true, execute: true, idle: true },
            rounding: None,
        },
    })
}
fn hybrid(n: u32) -> FleetKind {
    FleetKind::Hybrid(Hybrid {
        overflow: OverflowRule::WhenFull,
        pools: vec![Pool { name: "a".into(), kind: dedicated(n) }, Pool { name: "b".into(), kind: serverless() }],
    })
}

#[divan::bench(sample_count = 10)]
fn draw(b: Bencher) {
    b.counter(ItemsCount::new(REQUESTS)).bench_local(|| {
        let mut rng = random::stream(1, 0, &["traffic", "x"], Purpose::Arrivals);
        let sigma2 = 2f64.ln();
        let ln = LogNormal::new(2f64.ln() - sigma2 / 2.0, sigma2.sqrt()).unwrap();
        let mut s = 0.0;
        for _ in 0..REQUESTS {
            let e: f64 = Exp1.sample(&mut rng);
            s += e + ln.sample(&mut rng);
        }
        s
    });
}
fn go(b: Bencher, busy: f64, kinds: Vec<FleetKind>) {
    let blocks = blocks(busy);
    let s = scenario(kinds);
    b.counter(ItemsCount::new(REQUESTS)).bench_local(|| {
        let mut sims: Vec<FleetSimulator> = s.fleets.iter().map(|f| FleetSimulator::new(&s, f, 1, |_| ())).collect();
        for block in &blocks {
            for sim in &mut sims {
                sim.replay(block);
            }
        }
        sims.into_iter().map(|s| s.finish().0).collect::<Vec<_>>()
    });
}
#[divan::bench(sample_count = 10)]
fn dedicated_60(b: Bencher) {
    go(b, 60.0, vec![FleetKind::Single(dedicated(62))]);
}
#[divan::bench(sample_count = 10)]
fn serverless_60(b: Bencher) {
    go(b, 60.0, vec![FleetKind::Single(serverless())]);
}
#[divan::bench(sample_count = 10)]
fn serverless_1000(b: Bencher) {
    go(b, 1000.0, vec![FleetKind::Single(serverless())]);
}
#[divan::bench(sample_count = 10)]
fn dedicated_1000(b: Bencher) {
    go(b, 1000.0, vec![FleetKind::Single(dedicated(1050))]);
}
#[divan::bench(sample_count = 10)]
fn all_three_1000(b: Bencher) {
    go(b, 1000.0, vec![FleetKind::Single(dedicated(1050)), FleetKind::Single(serverless()), hybrid(900)]);
}
