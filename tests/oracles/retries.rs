//! Clients that try again where all servers are busy: the loss system with retrials, M/M/c/c with an orbit.
//!
//! A scenario's back-offs are uniform, never exponential, so that the Markov chain of the orbit is theirs only in the limit of
//! long back-offs, which is Cohen's fixed point: the simulation is held to the fixed point, and that to the chain.

use breakeven::engine::replay_recorded;
use breakeven::measure::PoolOutcome;
use breakeven::random::Rng;
use breakeven::scenario::Retry;
use breakeven::validation::theory::erlang_b;
use rand::SeedableRng as _;

use super::{REPLICATIONS, Service, System, assert_mean, counts, limited, poisson, system};
use crate::reference::build::seconds;

/// A loss system whose clients come back `limit` times after back-offs that are uniform between a tenth of `longest` seconds
/// and all of them.
fn retrying(servers: u32, load: f64, limit: u16, longest: u64, window: u64) -> System {
    let mut system = system(limited(servers, 0), load, Service::Exponential, window);
    let longest = seconds(longest);
    system.scenario.traffic[0].retry = Some(Retry { limit, backoff: longest, factor: 1.0, longest, jitter: 0.9 });
    system
}

/// The outcome of every replication. Requests go on arriving after the window, so that the last ones of the window come back
/// to servers that are as busy as ever.
fn pools(system: &System, tail: u64) -> Vec<PoolOutcome> {
    let replay = |replication| {
        let mut rng = Rng::seed_from_u64(u64::from(replication));
        let blocks = poisson(&mut rng, system.scenario.horizon + seconds(tail), system.rate, system.service);
        replay_recorded(&system.scenario, &system.fleet, replication, &blocks).0.pools.remove(0)
    };
    (0..REPLICATIONS).map(replay).collect()
}

/// More attempts than any client of these tests makes.
const FOR_EVER: u16 = Retry::MOST;

fn first_tries(pool: &PoolOutcome) -> f64 {
    (counts(pool).arrived - counts(pool).retries) as f64
}

fn retries_each(pool: &PoolOutcome) -> f64 {
    counts(pool).retries as f64 / first_tries(pool)
}

/// The mean number in the orbit of M/M/c/c with retrials after exponential times: the stationary state of the Markov chain
/// of (servers busy, clients in the orbit), the orbit cut off at `most`, by Gauss-Seidel iteration. A service takes 1.
fn mean_orbit(servers: usize, load: f64, retrial_rate: f64, most: usize) -> f64 {
    let mut states = vec![vec![1.0; most + 1]; servers + 1];
    let mut mean = 0.0;
    loop {
        for orbit in 0..=most {
            for busy in 0..=servers {
                let is_full = busy == servers;
                let may_join = is_full && orbit < most;
                let out = busy as f64
                    + if is_full { 0.0 } else { load + orbit as f64 * retrial_rate }
                    + if may_join { load } else { 0.0 };
                let mut inflow = 0.0;
                if busy > 0 {
                    inflow += load * states[busy - 1][orbit];
                    inflow +=
                        states[busy - 1].get(orbit + 1).map_or(0.0, |state| (orbit + 1) as f64 * retrial_rate * state);
                }
                if !is_full {
                    inflow += (busy + 1) as f64 * states[busy + 1][orbit];
                } else if orbit > 0 {
                    inflow += load * states[busy][orbit - 1];
                }
                states[busy][orbit] = inflow / out;
            }
        }
        let total: f64 = states.iter().flatten().sum();
        states.iter_mut().flatten().for_each(|state| *state /= total);
        let of_orbit = |orbit: usize| states.iter().map(|row| row[orbit]).sum::<f64>();
        let next: f64 = (0..=most).map(|orbit| orbit as f64 * of_orbit(orbit)).sum();
        if (next - mean).abs() <= 1e-12 * next {
            assert!(of_orbit(most) < 1e-9, "the orbit is cut off too soon");
            return next;
        }
        mean = next;
    }
}

/// One server: the mean orbit is load^2 / (1 - load) (1 + 1 / retrial rate) (Falin and Templeton, Retrial Queues, 1997,
/// section 1.2).
#[test]
fn the_chain_of_one_server_has_the_orbit_of_the_closed_form() {
    for (load, retrial_rate) in [(0.5, 0.2), (0.3, 1.0), (0.6, 3.0)] {
        let closed: f64 = load * load / (1.0 - load) * (1.0 + 1.0 / retrial_rate);
        let solved = mean_orbit(1, load, retrial_rate, 200);
        assert!((solved / closed - 1.0).abs() < 1e-6, "{solved}, {closed}");
    }
}

/// Whoever tries until served is served: the servers are busy for the offered load, and nobody is lost, whatever the
/// back-offs.
#[test]
fn clients_who_never_give_up_keep_the_servers_as_busy_as_their_work() {
    for (servers, load, longest) in [(1, 0.6, 2), (4, 3.0, 1)] {
        let system = retrying(servers, load, FOR_EVER, longest, 40_000);
        let pools = pools(&system, 100);
        assert_mean(&pools, |pool| system.mean_over_window(pool.usage.busy), load, 0.02);
        assert!(pools.iter().all(|pool| pool.requests().lost() == 0));
    }
}

/// The share of attempts that is blocked when they are as good as a Poisson stream: all attempts have the rate
/// a = load (1 + b + ... + b^limit), of which the share b = B(servers, a) is blocked (Cohen, Basic problems of telephone
/// traffic theory and the influence of repeated calls, 1957).
fn cohens_share_blocked(servers: u32, load: f64, limit: u16) -> f64 {
    (0..10_000).fold(0.0, |blocked, _| erlang_b(servers, load * attempts(blocked, limit)))
}

/// Attempts a request, each blocked with the same probability.
fn attempts(blocked: f64, limit: u16) -> f64 {
    (0..=limit).map(|tried| blocked.powi(tried.into())).sum()
}

#[test]
fn the_markov_chain_of_rare_retrials_has_cohens_fixed_point() {
    for (servers, load) in [(1, 0.4), (3, 1.2)] {
        let retries =
            |retrial_rate: f64, most| mean_orbit(servers as usize, load, retrial_rate, most) * retrial_rate / load;
        let limit = attempts(cohens_share_blocked(servers, load, FOR_EVER), FOR_EVER) - 1.0;
        // Half the rate, half the distance.
        let [near, nearer] = [(0.04, 100), (0.02, 150)].map(|(rate, most)| retries(rate, most) / limit - 1.0);
        assert!(nearer > 0.0 && nearer < 0.03 && (near / nearer - 2.0).abs() < 0.1, "{near}, {nearer}");
    }
}

/// Back-offs of hundreds of services make retries arrive like fresh requests.
#[test]
fn a_storm_of_patient_retries_settles_at_cohens_fixed_point() {
    for (servers, load, limit) in [(5, 4.0, 1), (5, 4.5, 3), (2, 2.0, 2), (1, 0.4, FOR_EVER)] {
        let blocked = cohens_share_blocked(servers, load, limit);
        let pools = pools(&retrying(servers, load, limit, 1_000, 60_000), 10_000);
        assert_mean(&pools, retries_each, attempts(blocked, limit) - 1.0, 0.03);
        if limit < FOR_EVER {
            let lost = |pool: &PoolOutcome| pool.requests().lost() as f64 / first_tries(pool);
            assert_mean(&pools, lost, blocked.powi(i32::from(limit) + 1), 0.05);
        }
    }
}
