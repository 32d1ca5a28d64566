//! M/M/c in closed form: what Poisson arrivals and exponential service come to with so many servers. `load` is the offered load in
//! Erlang: arrival rate x mean service time.

/// Erlang B: the share of arrivals that find all `servers` busy where nobody waits, by its recursion.
#[must_use]
pub fn erlang_b(servers: u32, load: f64) -> f64 {
    (1..=servers).fold(1.0, |blocked, server| load * blocked / (f64::from(server) + load * blocked))
}

/// Erlang C: the share of arrivals that wait where nobody is turned away.
#[must_use]
pub fn erlang_c(servers: u32, load: f64) -> f64 {
    let (blocked, servers) = (erlang_b(servers, load), f64::from(servers));
    servers * blocked / (servers - load * (1.0 - blocked))
}

/// M/M/c: the mean wait in mean service times.
#[must_use]
pub fn mean_wait(servers: u32, load: f64) -> f64 {
    erlang_c(servers, load) / (f64::from(servers) - load)
}

/// M/M/c under FIFO: the share of requests whose wait and service together take longer than `time` mean service times.
///
/// The share C that waits does so for an exponential time of rate c - load (in mean service times), then is served for one of rate
/// 1: their sum is longer than t with probability ((c - load) e^-t - e^(-(c - load) t)) / (c - load - 1), or (1 + t) e^-t
/// where the two rates are equal.
#[must_use]
pub fn share_slower_than(time: f64, servers: u32, load: f64) -> f64 {
    let (waits, drain) = (erlang_c(servers, load), f64::from(servers) - load);
    let of_those_that_wait = if (drain - 1.0).abs() < 1e-6 {
        (1.0 + time) * (-time).exp()
    } else {
        (drain * (-time).exp() - (-drain * time).exp()) / (drain - 1.0)
    };
    (1.0 - waits) * (-time).exp() + waits * of_those_that_wait
}

/// M/M/c: the fewest servers with which no more than `share` of the requests take longer than `time` mean service times, which
/// must be more than e^-time of them.
#[must_use]
pub fn fewest_servers(load: f64, time: f64, share: f64) -> u32 {
    let first = load.floor() as u32 + 1;
    (first..).find(|&servers| share_slower_than(time, servers, load) <= share).expect("enough servers leave no wait")
}

/// M/M/c: the load at which `servers` are just enough for that, by bisection.
#[must_use]
pub fn most_load(servers: u32, time: f64, share: f64) -> f64 {
    let (mut low, mut high) = (0.0, f64::from(servers));
    for _ in 0..60 {
        let middle = f64::midpoint(low, high);
        match share_slower_than(time, servers, middle) <= share {
            true => low = middle,
            false => high = middle,
        }
    }
    low
}

/// M/M/c: about how long it takes, in mean service times, until a queue has forgotten how it began: 1 / (sqrt(c) - sqrt(load))^2
/// (Morse, "Stochastic properties of waiting lines", Operations Research 3, 1955, for one server; of several an approximation).
#[must_use]
pub fn relaxation_time(servers: u32, load: f64) -> f64 {
    (f64::from(servers).sqrt() - load.sqrt()).powi(-2)
}
