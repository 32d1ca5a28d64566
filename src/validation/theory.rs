//! Closed forms of queueing theory. `load` is the offered load in Erlang: arrival rate x mean service time.

pub use crate::decide::erlang::{erlang_b, erlang_c, fewest_servers, mean_wait, most_load, share_slower_than};

/// M/M/c/K: the share of time with n = 0..=servers + places requests in the system, of which arrivals see the same.
#[must_use]
pub fn states_of_a_limited_queue(servers: u32, places: u32, load: f64) -> Vec<f64> {
    let mut weights = vec![1.0];
    for state in 1..=servers + places {
        let served_at_once = f64::from(state.min(servers));
        weights.push(weights[weights.len() - 1] * load / served_at_once);
    }
    let sum: f64 = weights.iter().sum();
    weights.into_iter().map(|weight| weight / sum).collect()
}

/// M/G/1 (Pollaczek-Khinchine): the mean wait in mean service times; `cv` is the service time's coefficient of variation.
#[must_use]
pub fn mean_wait_of_one_server(load: f64, cv: f64) -> f64 {
    load / (1.0 - load) * (1.0 + cv * cv) / 2.0
}

/// M/M/1 whose clients give up after `patience` mean service times: the share that does.
///
/// The work that an arrival finds has the density f(x) = load P0 e^(-(1 - load) x) up to the patience T and
/// load P0 e^(load T - x) beyond, which solves the level-crossing equation
/// f(x) = load (P0 e^-x + integral over y in [0, min(x, T)] of f(y) e^-(x - y)), as arrivals that find more than T bring
/// no work. Those that find more than T give up: P0 load e^(-(1 - load) T).
#[must_use]
pub fn share_that_gives_up(load: f64, patience: f64) -> f64 {
    let drift = 1.0 - load;
    let beyond = load * (-drift * patience).exp();
    let up_to_patience = load * (1.0 - (-drift * patience).exp()) / drift;
    beyond / (1.0 + up_to_patience + beyond)
}

/// M/G/1-PS: the mean time from arrival to completion in mean service times.
#[must_use]
pub fn mean_stay_where_all_share(load: f64) -> f64 {
    1.0 / (1.0 - load)
}

/// An instance of several slots whose requests, of exponential service times, share its throughput f(n); those who find no
/// free slot wait. A birth and death process: n are in the system in proportion to load^n / (f(1) ... f(n)), with f(n) =
/// f(slots) where there are more than slots.
pub struct SharedInstance {
    pub mean_number: f64,
    pub share_empty: f64,
    /// Of arrivals.
    pub share_waiting: f64,
}

impl SharedInstance {
    pub fn new(slots: u32, load: f64, throughput: impl Fn(u32) -> f64) -> SharedInstance {
        let mut weight = 1.0;
        let (mut total, mut number) = (1.0, 0.0);
        for state in 1..slots {
            weight *= load / throughput(state);
            total += weight;
            number += f64::from(state) * weight;
        }
        // From here on each state weighs `ratio` times the one before: the sums of a geometric series.
        let ratio = load / throughput(slots);
        let full = weight * ratio;
        let waiting = full / (1.0 - ratio);
        total += waiting;
        number += waiting * (f64::from(slots) + ratio / (1.0 - ratio));
        SharedInstance { mean_number: number / total, share_empty: 1.0 / total, share_waiting: waiting / total }
    }
}

/// A job that writes checkpoints, on instances that are taken away without notice after exponential times. All times are in
/// one unit.
#[derive(Clone, Copy, Debug)]
pub struct CheckpointedJob {
    pub work: f64,
    /// Work between two checkpoints, above zero.
    pub every: f64,
    /// What a checkpoint takes.
    pub cost: f64,
    /// What beginning again takes.
    pub restart: f64,
}

impl CheckpointedJob {
    /// The expected time from the order for the first instance to the end of the job, where an instance that is taken away
    /// after `mean_time` is replaced in `boot` (docs/JOBS.md derives it).
    #[must_use]
    pub fn completion(self, mean_time: f64, boot: f64) -> f64 {
        let CheckpointedJob { work, every, cost, restart } = self;
        let rate = 1.0 / mean_time;
        let stretches = (work / every).ceil();
        let last = work - (stretches - 1.0) * every;
        let sum = (stretches - 1.0) * (rate * (every + cost)).exp_m1() + (rate * last).exp_m1();
        boot + (rate * restart).exp() * (mean_time + boot) * sum
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn assert_close(left: f64, right: f64) {
        assert!((left - right).abs() < 1e-9, "{left} is not {right}");
    }

    #[test]
    fn one_server_is_the_simplest_case_of_all() {
        assert_close(erlang_b(1, 0.7), 0.7 / 1.7);
        assert_close(erlang_c(1, 0.7), 0.7);
        assert_close(mean_wait(1, 0.7), mean_wait_of_one_server(0.7, 1.0));
    }

    #[test]
    fn one_server_is_left_after_an_exponential_time() {
        for time in [0.0, 0.5, 2.0, 9.0] {
            assert_close(share_slower_than(time, 1, 0.7), (-0.3 * time).exp());
        }
        assert_close(share_slower_than(1.5, 50, 0.1), (-1.5_f64).exp());
    }

    #[test]
    fn the_share_that_takes_longer_sums_to_the_mean_wait_and_service() {
        // In the second case those that wait do so as long as a service takes.
        for (servers, load) in [(4, 3.5), (4, 3.0), (4, 2.9), (9, 3.0)] {
            let step = 0.001;
            let sum: f64 =
                (0..60_000).map(|index| share_slower_than((f64::from(index) + 0.5) * step, servers, load)).sum();
            assert!((sum * step - 1.0 - mean_wait(servers, load)).abs() < 1e-6, "{servers} servers, load {load}");
        }
    }

    #[test]
    fn the_most_load_is_where_one_more_server_is_needed() {
        for servers in [1, 2, 7] {
            let most = most_load(servers, 4.0, 0.05);
            assert_eq!(fewest_servers(most * (1.0 - 1e-9), 4.0, 0.05), servers);
            assert_eq!(fewest_servers(most * (1.0 + 1e-9), 4.0, 0.05), servers + 1);
        }
    }

    #[test]
    fn a_limited_queue_lies_between_no_queue_and_an_endless_one() {
        assert_close(states_of_a_limited_queue(4, 0, 3.0)[4], erlang_b(4, 3.0));
        let waits: f64 = states_of_a_limited_queue(4, 500, 3.0)[4..].iter().sum();
        assert_close(waits, erlang_c(4, 3.0));
    }

    #[test]
    fn a_shared_instance_is_one_server_or_as_many_as_it_has_slots_at_the_ends_of_the_curve() {
        let one = SharedInstance::new(6, 0.7, |_| 1.0);
        assert_close(one.mean_number, 0.7 * mean_stay_where_all_share(0.7));
        assert_close(one.share_empty, 0.3);
        let six = SharedInstance::new(6, 4.5, f64::from);
        assert_close(six.share_waiting, erlang_c(6, 4.5));
        assert_close(six.mean_number, 4.5 + 4.5 * mean_wait(6, 4.5));
    }

    #[test]
    fn nobody_gives_up_who_waits_for_ever_and_all_who_find_work_do_who_never_wait() {
        assert_close(share_that_gives_up(0.7, 1_000.0), 0.0);
        assert_close(share_that_gives_up(0.7, 0.0), erlang_b(1, 0.7));
    }
}
