//! Clients that try again where all servers are busy: the loss system with retrials, M/M/c/c with an orbit.

use breakeven::measure::PoolOutcome;
use breakeven::scenario::Retry;
use breakeven::validation::theory::erlang_b;

use super::{Service, System, assert_mean, counts, limited, system};
use crate::reference::build::seconds;

/// A loss system whose clients come back `limit` times after back-offs that are uniform between a tenth of `longest` seconds
/// and all of them.
fn retrying(servers: u32, load: f64, limit: u16, longest: u64, window: u64) -> System {
    let mut system = system(limited(servers, 0), load, Service::Exponential, window);
    let longest = seconds(longest);
    system.scenario.traffic[0].retry = Some(Retry { limit, backoff: longest, factor: 1.0, longest, jitter: 0.9 });
    system
}

/// The mean of such back-offs, as a part of the longest.
const MEAN_BACK_OFF: f64 = 0.55;
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
        let pools = system.pools();
        assert_mean(&pools, |pool| system.mean_over_window(pool.usage.busy), load, 0.02);
        assert!(pools.iter().all(|pool| pool.requests().lost() == 0));
    }
}

/// A client in the orbit tries again at the retrial rate: retries a request = rate x mean orbit / arrival rate. The law of
/// the back-offs matters little when they are long against a service, and here they are fifty times as long in the mean.
#[test]
fn clients_who_never_give_up_retry_as_the_markov_chain_says() {
    for (servers, load) in [(1, 0.4), (3, 1.8)] {
        let mean_back_off = 50.0;
        let longest = (mean_back_off / MEAN_BACK_OFF * 1e9).round() as u64;
        let mut system = retrying(servers, load, FOR_EVER, 1, 100_000);
        let longest = breakeven::unit::Span::from_nanos(longest);
        if let Some(retry) = &mut system.scenario.traffic[0].retry {
            (retry.backoff, retry.longest) = (longest, longest);
        }
        let orbit = mean_orbit(servers as usize, load, 1.0 / mean_back_off, 400);
        assert_mean(&system.pools(), retries_each, orbit / mean_back_off / load, 0.02);
    }
}

/// Long back-offs make retries arrive like fresh requests. All attempts are then a Poisson stream of rate
/// a = load (1 + b + ... + b^limit), of which the share b = B(servers, a) is blocked (Cohen's equation; Cohen, Basic problems
/// of telephone traffic theory and the influence of repeated calls, 1957).
#[test]
fn a_storm_of_patient_retries_settles_at_cohens_fixed_point() {
    for (servers, load, limit) in [(5, 4.0, 1_u16), (5, 4.5, 3), (2, 2.0, 2)] {
        let attempts = |blocked: f64| (0..=limit).map(|tried| blocked.powi(tried.into())).sum::<f64>();
        let mut blocked = 0.0;
        for _ in 0..10_000 {
            blocked = erlang_b(servers, load * attempts(blocked));
        }
        let pools = retrying(servers, load, limit, 1_000, 60_000).pools();
        assert_mean(&pools, retries_each, attempts(blocked) - 1.0, 0.02);
        let lost = |pool: &PoolOutcome| pool.requests().lost() as f64 / first_tries(pool);
        assert_mean(&pools, lost, blocked.powi(i32::from(limit) + 1), 0.05);
    }
}
