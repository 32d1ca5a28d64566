//! Instances whose slots share their throughput: processor sharing, and its generalisation to rates that depend on the
//! number in service.

use breakeven::engine::replay_recorded;
use breakeven::fleet::{End, RequestRecord};
use breakeven::measure::PoolOutcome;
use breakeven::random::Rng;
use breakeven::scenario::{Dedicated, PoolKind, ScaleOut, Serverless, Throughput};
use breakeven::validation::theory::{SharedInstance, mean_stay_where_all_share};
use rand::SeedableRng as _;

use super::{REPLICATIONS, Service, System, always_warm, assert_mean, poisson, share_waiting, system};
use crate::reference::build::dedicated;

/// One instance, so many slots that nobody waits for one, the throughput of one request for all.
fn one_server_shared_by_all() -> PoolKind {
    PoolKind::Dedicated(Dedicated { slots: 1_000, throughput: Throughput::Power { exponent: 0.0 }, ..dedicated(1) })
}

/// From arrival to completion, in seconds.
fn stay(pool: &PoolOutcome) -> f64 {
    let latency = &pool.classes[0].latency;
    latency.sum as f64 / 1e9 / latency.count() as f64
}

/// M/G/1-PS: the mean stay is E[S] / (1 - load) whatever the distribution of the service time (Kleinrock, Queueing Systems
/// II, 1976, section 4.4). The Pareto law has a finite variance, so that the intervals are what they say.
#[test]
fn one_server_shared_by_all_keeps_requests_as_m_g_1_ps_whatever_the_service_time() {
    let load = 0.7;
    let laws =
        [Service::Constant, Service::Exponential, Service::LogNormal { cv: 1.5 }, Service::Pareto { shape: 2.5 }];
    for service in laws {
        let pools = system(one_server_shared_by_all(), load, service, 200_000).pools();
        assert!(pools.iter().all(|pool| pool.wait.sum == 0), "the slots are too few");
        assert_mean(&pools, stay, mean_stay_where_all_share(load), 0.03);
    }
}

/// The shares of the arrivals of the window that find 0, 1, ... `most` requests in the system. Arrivals see time averages.
fn found_by_arrivals(system: &System, replication: u32, most: usize) -> Vec<f64> {
    let mut rng = Rng::seed_from_u64(u64::from(replication));
    let blocks = poisson(&mut rng, system.scenario.horizon, system.rate, system.service);
    let (_, mut records) = replay_recorded(&system.scenario, &system.fleet, replication, &blocks);
    let completion = |record: &RequestRecord| match record.end {
        End::Completed { completion, .. } => completion,
        End::Rejected | End::TimedOut { .. } => panic!("every request is served"),
    };
    let mut completions: Vec<_> = records.iter().map(completion).collect();
    completions.sort_unstable();
    records.sort_unstable();
    let mut counts = vec![0_u64; most + 1];
    let (mut gone, mut counted) = (0, 0_u64);
    for (before, record) in records.iter().enumerate() {
        while completions[gone] <= record.arrival {
            gone += 1;
        }
        if record.arrival.since_start() >= system.scenario.warm_up {
            counted += 1;
            if let Some(count) = counts.get_mut(before - gone) {
                *count += 1;
            }
        }
    }
    counts.into_iter().map(|count| count as f64 / counted as f64).collect()
}

#[test]
fn the_number_in_m_g_1_ps_is_geometric_whatever_the_service_time() {
    let (load, most): (f64, usize) = (0.6, 6);
    for service in [Service::Exponential, Service::LogNormal { cv: 1.5 }] {
        let system = system(one_server_shared_by_all(), load, service, 100_000);
        let found: Vec<Vec<f64>> =
            (0..REPLICATIONS).map(|replication| found_by_arrivals(&system, replication, most)).collect();
        for number in 0..=most {
            assert_mean(&found, |found| found[number], (1.0 - load) * load.powi(number as i32), 0.1);
        }
    }
}

#[test]
fn a_power_curve_serves_as_its_birth_and_death_process() {
    let (slots, load) = (8, 3.5);
    for exponent in [0.3, 0.7, 1.0] {
        // At the same share of what all slots get done together.
        let load = load * f64::from(slots).powf(exponent) / f64::from(slots).powf(0.7);
        let theory = SharedInstance::new(slots, load, |batch| f64::from(batch).powf(exponent));
        let throughput = Throughput::Power { exponent };
        let serverless = Serverless { slots, throughput: throughput.clone(), ..always_warm(1) };
        let pools = [
            PoolKind::Dedicated(Dedicated { slots, throughput, ..dedicated(1) }),
            PoolKind::Serverless(Serverless { scale_out: ScaleOut::slot_deficit(), ..serverless }),
        ];
        for kind in pools {
            let system = system(kind, load, Service::Exponential, 100_000);
            let pools = system.pools();
            assert_mean(&pools, share_waiting, theory.share_waiting, 0.03);
            // Little's law, and the occupied slots with those who wait are all in the system.
            assert_mean(&pools, stay, theory.mean_number / load, 0.02);
            let in_system = |pool: &PoolOutcome| pool.usage.busy_slots + pool.usage.waiting;
            assert_mean(&pools, |pool| system.mean_over_window(in_system(pool)), theory.mean_number, 0.02);
            assert_mean(&pools, |pool| system.mean_over_window(pool.usage.busy), 1.0 - theory.share_empty, 0.01);
            assert_mean(&pools, |pool| system.mean_over_window(pool.usage.offered), load, 0.01);
        }
    }
}
