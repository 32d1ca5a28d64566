//! The engine against closed forms of queueing theory: the mean over independent replications lies within its own 99.9 %
//! confidence interval of the theory, and that interval is narrow.

mod newsvendor;
mod retries;
mod sharing;

use std::f64::consts::{PI, TAU};

use breakeven::engine::replay_recorded;
use breakeven::measure::{FleetOutcome, PoolOutcome};
use breakeven::random::Rng;
use breakeven::scenario::{
    Arrivals, Dedicated, Distribution, Fleet, Overflow, OverflowRule, PoolKind, ScaleOut, Scenario, Serverless,
    ServiceTime, Shape, Source, TrafficClass,
};
use breakeven::traffic::Block;
use breakeven::unit::{Rate, Span, Time};
use rand::SeedableRng as _;
use rand::distr::Distribution as Law;
use rand_distr::{Exp, LogNormal, Pareto};
use statrs::distribution::{ContinuousCDF as _, StudentsT};

use crate::reference::build::{class, dedicated, fleet, hybrid, scenario, seconds, serverless};
use breakeven::validation::theory::{
    erlang_b, erlang_c, mean_wait, mean_wait_of_one_server, share_that_gives_up, states_of_a_limited_queue,
};

const REPLICATIONS: u32 = 20;

/// How long requests are served: a second in the mean.
#[derive(Clone, Copy, Debug)]
enum Service {
    Constant,
    Exponential,
    LogNormal { cv: f64 },
    Pareto { shape: f64 },
}

impl Service {
    fn draw(self, rng: &mut Rng) -> f64 {
        match self {
            Service::Constant => 1.0,
            Service::Exponential => Exp::new(1.0).expect("a rate").sample(rng),
            Service::LogNormal { cv } => LogNormal::from_mean_cv(1.0, cv).expect("a mean and a variation").sample(rng),
            Service::Pareto { shape } => Pareto::new((shape - 1.0) / shape, shape).expect("a mean").sample(rng),
        }
    }
}

/// Poisson arrivals from t = 0 to the horizon, `rate` a second: a generator of the tests' own.
fn poisson(rng: &mut Rng, horizon: Span, rate: f64, service: Service) -> Vec<Block> {
    let gaps = Exp::new(rate).expect("a rate");
    let mut blocks = vec![Block::default()];
    let mut now = 0.0;
    loop {
        now += gaps.sample(rng);
        let arrival = Time::START + Span::from_draw(now * 1e9);
        if arrival.since_start() >= horizon {
            return blocks;
        }
        if blocks[blocks.len() - 1].len() == Block::CAPACITY {
            blocks.push(Block::default());
        }
        let last = blocks.len() - 1;
        blocks[last].arrival.push(arrival);
        blocks[last].service.push(Span::from_draw(service.draw(rng) * 1e9));
        blocks[last].class.push(0);
    }
}

/// A system to be simulated for so many seconds after a tenth of that as warm-up.
struct System {
    fleet: Fleet,
    scenario: Scenario,
    rate: f64,
    service: Service,
}

fn system(kind: PoolKind, rate: f64, service: Service, window: u64) -> System {
    let mut scenario = scenario(seconds(window + window / 10));
    scenario.warm_up = seconds(window / 10);
    System { fleet: fleet(kind), scenario, rate, service }
}

impl System {
    /// The outcome of every replication.
    fn outcomes(&self) -> Vec<FleetOutcome> {
        (0..REPLICATIONS)
            .map(|replication| {
                let mut rng = Rng::seed_from_u64(u64::from(replication));
                let blocks = poisson(&mut rng, self.scenario.horizon, self.rate, self.service);
                replay_recorded(&self.scenario, &self.fleet, replication, &blocks).0
            })
            .collect()
    }

    /// The outcome of its only pool in every replication.
    fn pools(&self) -> Vec<PoolOutcome> {
        self.outcomes().into_iter().flat_map(|outcome| outcome.pools).collect()
    }

    /// A sum of times over the window, as a mean over it.
    fn mean_over_window(&self, nanos: u128) -> f64 {
        nanos as f64 / self.scenario.window().nanos() as f64
    }
}

/// Asserts that the mean of `figure` over the replications is `theory`, and known to `precision` of it.
#[track_caller]
fn assert_mean<T>(outcomes: &[T], figure: impl Fn(&T) -> f64, theory: f64, precision: f64) {
    let figures: Vec<f64> = outcomes.iter().map(figure).collect();
    let count = figures.len() as f64;
    let mean = figures.iter().sum::<f64>() / count;
    let variance = figures.iter().map(|figure| (figure - mean).powi(2)).sum::<f64>() / (count - 1.0);
    let student = StudentsT::new(0.0, 1.0, count - 1.0).expect("several replications");
    let half_width = student.inverse_cdf(0.9995) * (variance / count).sqrt();
    println!("theory {theory:.6}, mean {mean:.6} +- {half_width:.6} ({:.2} %)", 100.0 * half_width / theory);
    assert!((mean - theory).abs() <= half_width, "theory {theory}, mean {mean} +- {half_width}");
    assert!(half_width < precision * theory, "{half_width} is more than {precision} of {theory}");
}

fn counts(pool: &PoolOutcome) -> breakeven::measure::RequestCounts {
    pool.classes[0].requests
}

/// In seconds, over completed requests.
fn wait(pool: &PoolOutcome) -> f64 {
    pool.wait.sum as f64 / 1e9 / pool.wait.count() as f64
}

/// Of completed requests.
fn share_waiting(pool: &PoolOutcome) -> f64 {
    let at_once: u64 =
        pool.wait.histogram.buckets().filter(|&(wait, _)| wait == Span::ZERO).map(|(_, count)| count).sum();
    1.0 - at_once as f64 / pool.wait.count() as f64
}

fn share_rejected(pool: &PoolOutcome) -> f64 {
    counts(pool).rejected as f64 / counts(pool).arrived as f64
}

fn limited(servers: u32, queue_limit: u64) -> PoolKind {
    PoolKind::Dedicated(Dedicated { queue_limit: Some(queue_limit), ..dedicated(servers) })
}

/// Serverless instances that start in no time and never stop once they are `servers`.
fn always_warm(servers: u32) -> Serverless {
    Serverless {
        min_instances: servers,
        max_instances: Some(servers),
        ..serverless(Distribution::Constant(Span::ZERO), seconds(60))
    }
}

#[test]
fn one_server_waits_as_m_m_1() {
    let load = 0.7;
    let system = system(PoolKind::Dedicated(dedicated(1)), load, Service::Exponential, 300_000);
    let pools = system.pools();
    assert_mean(&pools, wait, mean_wait(1, load), 0.03);
    assert_mean(&pools, share_waiting, load, 0.01);
    assert_mean(&pools, |pool| system.mean_over_window(pool.usage.busy), load, 0.01);
    // Little's law: the mean number waiting is the arrival rate x the mean wait.
    assert_mean(&pools, |pool| system.mean_over_window(pool.usage.waiting), load * mean_wait(1, load), 0.03);
}

#[test]
fn several_servers_wait_as_erlang_c() {
    let (servers, load) = (8, 6.4);
    let pools = [
        PoolKind::Dedicated(dedicated(servers)),
        PoolKind::Dedicated(Dedicated { slots: 4, ..dedicated(2) }),
        PoolKind::Serverless(always_warm(servers)),
        PoolKind::Serverless(Serverless { slots: 4, scale_out: ScaleOut::slot_deficit(), ..always_warm(2) }),
    ];
    for kind in pools {
        let pools = system(kind, load, Service::Exponential, 50_000).pools();
        assert_mean(&pools, share_waiting, erlang_c(servers, load), 0.02);
        assert_mean(&pools, wait, mean_wait(servers, load), 0.03);
    }
}

#[test]
fn without_a_queue_servers_block_as_erlang_b_whatever_the_service_time() {
    let (servers, load) = (5, 4.0);
    let rejecting = Serverless { overflow: Overflow::Reject, ..always_warm(servers) };
    for service in [Service::Exponential, Service::LogNormal { cv: 2.0 }, Service::Constant] {
        for kind in [limited(servers, 0), PoolKind::Serverless(rejecting.clone())] {
            let pools = system(kind, load, service, 40_000).pools();
            assert_mean(&pools, share_rejected, erlang_b(servers, load), 0.02);
        }
    }
}

#[test]
fn a_limited_queue_blocks_and_waits_as_m_m_c_k() {
    let (servers, places, load) = (3, 4, 2.7);
    let states = states_of_a_limited_queue(servers, places, load);
    let blocked = states[states.len() - 1];
    // An arrival that finds n >= c waits for n - c + 1 of the completions, of which there are c a second.
    let waits = (servers..servers + places).map(|found| {
        let completions = f64::from(found - servers + 1);
        states[found as usize] / (1.0 - blocked) * completions / f64::from(servers)
    });
    let pools = system(limited(servers, u64::from(places)), load, Service::Exponential, 50_000).pools();
    assert_mean(&pools, share_rejected, blocked, 0.02);
    assert_mean(&pools, wait, waits.sum(), 0.02);
}

#[test]
fn one_server_waits_as_pollaczek_and_khinchine_say() {
    let load = 0.6;
    for (service, cv) in [(Service::LogNormal { cv: 1.5 }, 1.5), (Service::Constant, 0.0)] {
        let pools = system(PoolKind::Dedicated(dedicated(1)), load, service, 400_000).pools();
        assert_mean(&pools, wait, mean_wait_of_one_server(load, cv), 0.03);
    }
}

#[test]
fn impatient_clients_give_up_as_m_m_1_with_a_deadline() {
    let (load, patience) = (0.9, 2);
    let mut system = system(PoolKind::Dedicated(dedicated(1)), load, Service::Exponential, 50_000);
    system.scenario.traffic[0].timeout = Some(seconds(patience));
    let gives_up = |pool: &PoolOutcome| counts(pool).timed_out as f64 / counts(pool).arrived as f64;
    assert_mean(&system.pools(), gives_up, share_that_gives_up(load, patience as f64), 0.03);
}

/// A lone instance that rejects what it cannot serve at once. The gap from a completion to the next arrival is
/// exponential, whatever happened before, and that arrival is the next to be served: cold if the gap is longer than the
/// keep-alive. From a service's arrival to its completion, everyone else is rejected.
#[test]
fn a_lone_instance_starts_cold_as_often_as_a_gap_outlasts_its_keep_alive() {
    let (rate, keep_alive, cold_start): (f64, u64, u64) = (0.5, 3, 2);
    let pool = Serverless {
        max_instances: Some(1),
        overflow: Overflow::Reject,
        ..serverless(Distribution::Constant(seconds(cold_start)), seconds(keep_alive))
    };
    let cold = (-rate * keep_alive as f64).exp();
    let mean_occupied = 1.0 + cold * cold_start as f64;
    let mean_idle = (1.0 - cold) / rate;
    let pools = system(PoolKind::Serverless(pool), rate, Service::LogNormal { cv: 1.0 }, 100_000).pools();
    let completed = |pool: &PoolOutcome| counts(pool).completed as f64;
    assert_mean(&pools, |pool| counts(pool).cold as f64 / completed(pool), cold, 0.02);
    let rejected_each = rate * mean_occupied;
    assert_mean(&pools, share_rejected, rejected_each / (1.0 + rejected_each), 0.02);
    assert_mean(&pools, |pool| pool.usage.idle as f64 / 1e9 / completed(pool), mean_idle, 0.02);
    assert_mean(&pools, |pool| pool.usage.starting as f64 / 1e9 / completed(pool), cold * cold_start as f64, 0.02);
}

#[test]
fn unlimited_instances_are_as_busy_as_m_g_infinity() {
    let rate = 20.0;
    for service in [Service::Constant, Service::LogNormal { cv: 2.0 }] {
        let pool = serverless(Distribution::Constant(Span::ZERO), seconds(5));
        let system = system(PoolKind::Serverless(pool), rate, service, 20_000);
        let pools = system.pools();
        assert_mean(&pools, |pool| system.mean_over_window(pool.usage.busy), rate, 0.01);
        assert!(pools.iter().all(|pool| pool.wait.sum == 0));
    }
}

/// Every request starts an instance of its own, so that the starting instances are an M/G/infinity system too.
#[test]
fn without_a_keep_alive_every_request_starts_an_instance() {
    let (rate, cold_start) = (10.0, 4);
    let pool = serverless(Distribution::Constant(seconds(cold_start)), Span::ZERO);
    let system = system(PoolKind::Serverless(pool), rate, Service::Exponential, 20_000);
    let pools = system.pools();
    assert!(pools.iter().all(|pool| counts(pool).cold == counts(pool).completed && pool.usage.idle == 0));
    assert_mean(&pools, |pool| system.mean_over_window(pool.usage.starting), rate * cold_start as f64, 0.01);
}

/// M(t)/G/infinity with arrival rate `rate` (1 + a cos(w t)) and exponential service of mean E has the mean occupancy
/// rate E (1 + a cos(w t - phi) / sqrt(1 + (w E)^2)), tan(phi) = w E: the peak lags behind that of the arrivals and is
/// flatter (Eick, Massey and Whitt, 1993). The window is a quarter of a day, over which the cosine has the mean
/// 2 / pi (sin(w t - phi) from its start to its end).
#[test]
fn unlimited_instances_follow_a_day_as_m_t_g_infinity() {
    let (rate, amplitude, mean_service) = (Rate::new(500_000_000, Span::SECOND), 0.9, seconds(7_200));
    let mut scenario = scenario(Span::from_nanos(Span::DAY.nanos() * 9 / 4));
    scenario.warm_up = Span::from_nanos(2 * Span::DAY.nanos());
    scenario.replications = REPLICATIONS;
    scenario.traffic = vec![TrafficClass {
        source: Source::Synthetic {
            rate,
            shape: Shape::Diurnal { peak_over_mean: 1.0 + amplitude, peak_at: Span::ZERO, weekend: 1.0 },
            arrivals: Arrivals::Poisson,
        },
        service_time: ServiceTime::Drawn(Distribution::Exponential { mean: mean_service }),
        ..class("diurnal")
    }];
    scenario.fleets =
        vec![fleet(PoolKind::Serverless(serverless(Distribution::Constant(Span::ZERO), Span::from_nanos(1))))];
    let lag = TAU / Span::DAY.seconds() * mean_service.seconds();
    let phase = lag.atan();
    let mean_cosine = ((TAU / 4.0 - phase).sin() - (-phase).sin()) * 2.0 / PI;
    let theory = rate.per_second() * mean_service.seconds() * (1.0 + amplitude / lag.hypot(1.0) * mean_cosine);
    let replications =
        breakeven::engine::run(&scenario, &breakeven::engine::unwatched).expect("the traffic is drawn, not read");
    let window = scenario.window().nanos() as f64;
    assert_mean(&replications, |run| run.fleets[0].pools[0].usage.busy as f64 / window, theory, 0.01);
}

#[test]
fn a_hybrid_sends_on_what_its_first_pool_blocks() {
    let (servers, load) = (6, 5.0);
    let burst = serverless(Distribution::Constant(Span::ZERO), seconds(1));
    let pools = vec![PoolKind::Dedicated(dedicated(servers)), PoolKind::Serverless(burst)];
    let mut system = system(PoolKind::Dedicated(dedicated(1)), load, Service::LogNormal { cv: 1.0 }, 40_000);
    system.fleet = hybrid(OverflowRule::WhenFull, pools);
    let outcomes = system.outcomes();
    let blocked = erlang_b(servers, load);
    let arrived = |outcome: &FleetOutcome, pool: usize| counts(&outcome.pools[pool]).arrived as f64;
    let sent_on = |outcome: &FleetOutcome| arrived(outcome, 1) / (arrived(outcome, 0) + arrived(outcome, 1));
    assert_mean(&outcomes, sent_on, blocked, 0.02);
    let busy = |outcome: &FleetOutcome| system.mean_over_window(outcome.pools[1].usage.busy);
    assert_mean(&outcomes, busy, load * blocked, 0.03);
}
