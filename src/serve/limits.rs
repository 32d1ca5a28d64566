//! How much work a request asks for, estimated before any of it is done.
//!
//! Work is counted in requests, times the fleets that serve each and the replications: on one processor some ten million a second.
//! What costs time without requests is counted as the requests that would take as long.

use crate::experiment::{CurvePlan, Loads, MatrixPlan, Volumes};
use crate::scenario::{Arrivals, Decimal, Fleet, Instances, PoolKind, Scenario, Source, Trace, TrafficClass};
use crate::traffic::profile;
use crate::unit::Span;

use super::refusal::Refusal;

/// What a curve or a matrix, which is many runs, may take for what a run may.
const RUNS_OF_MANY: u64 = 64;
/// A replication of a pool, of no requests, takes as long as this many, and what is kept of it (its histograms by class, its time
/// line) as much memory as so many may have: some hundred KiB.
const LEAST: f64 = 10_000.0;
/// A search for the fewest instances simulates its fleet about so often, with at least [`FEWEST_OF_SEARCH`] replications.
const LOOKS_OF_SEARCH: f64 = 8.0;
const FEWEST_OF_SEARCH: u32 = 10;
/// A serverless fleet's scaler may look at it so often in simulated time.
const LOOK: Span = Span::SECOND;

/// What a request may ask for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    /// Bytes of a body.
    pub body: usize,
    /// Of a run.
    pub requests: u64,
}

impl Limits {
    /// Refuses a scenario that is too much work.
    pub fn check_run(&self, scenario: &Scenario) -> Result<(), Refusal> {
        self.check(work(scenario)?, self.requests)
    }

    /// Refuses a curve that is too much work.
    pub fn check_curve(&self, volumes: &Volumes, plan: &CurvePlan) -> Result<(), Refusal> {
        let scenario = volumes.scenario();
        let own = Scenario { replications: volumes.replications(), ..scenario.clone() };
        let factor: f64 = plan.volumes.iter().map(|volume| (volume / volumes.own()).max(0.0)).sum();
        self.check_many(work(&own)? * factor.max(1.0))
    }

    /// Refuses a matrix that is too much work.
    pub fn check_matrix(&self, loads: &Loads, plan: &MatrixPlan) -> Result<(), Refusal> {
        let own = work(loads.scenario())?.max(1.0) / requests(loads.scenario())?.max(LEAST);
        let cells = plan.durations.iter().flat_map(|&duration| {
            plan.utilizations.iter().map(move |&utilization| {
                let horizon = loads.at(utilization, duration, plan.stretch_slo).horizon.seconds();
                (loads.rate_per_s(utilization, duration) * horizon).max(LEAST)
            })
        });
        self.check_many(cells.sum::<f64>() * own)
    }

    fn check_many(&self, requests: f64) -> Result<(), Refusal> {
        self.check(requests, self.requests.saturating_mul(RUNS_OF_MANY))
    }

    fn check(&self, requests: f64, limit: u64) -> Result<(), Refusal> {
        // Beyond the largest number it is that one.
        let requests = requests.ceil() as u64;
        if requests <= limit {
            return Ok(());
        }
        let text = format!(
            "this would simulate about {requests} requests, times fleets and replications, and {limit} are allowed; ask for less \
             traffic, a shorter horizon or fewer replications, or start the server with --max-requests {}",
            requests.div_ceil((limit / self.requests.max(1)).max(1))
        );
        Err(Refusal::TooLarge { requests, limit, text })
    }
}

/// The work of a scenario.
fn work(scenario: &Scenario) -> Result<f64, Refusal> {
    let requests = requests(scenario)?;
    let replications = f64::from(scenario.replications);
    let of_fleet = |fleet: &Fleet| {
        let searched = match fleet.fitted_pool() {
            Some(_) => LOOKS_OF_SEARCH * f64::from(scenario.replications.max(FEWEST_OF_SEARCH)),
            None => 0.0,
        };
        (requests + fleet.pools().iter().map(|pool| of_pool(scenario, pool)).sum::<f64>()) * (replications + searched)
    };
    let jobs: f64 = scenario.jobs.iter().map(|class| f64::from(class.count)).sum();
    let fleets = scenario.fleets.iter().map(of_fleet).sum::<f64>().max((requests + LEAST) * replications);
    Ok(fleets + jobs * scenario.fleets.len() as f64 * replications)
}

/// What a pool costs without requests: its instances, and what looks at it by the clock.
fn of_pool(scenario: &Scenario, pool: &PoolKind) -> f64 {
    let least = LEAST * scenario.traffic.len().max(1) as f64;
    let more = match pool {
        PoolKind::Dedicated(pool) => match pool.instances {
            Instances::Number(number) => f64::from(number),
            Instances::Fit => 0.0,
        },
        PoolKind::Serverless(pool) => {
            let looks =
                if pool.scale_out.removes_instances() { scenario.horizon.seconds() / LOOK.seconds() } else { 0.0 };
            f64::from(pool.min_instances) + looks
        }
    };
    least + more
}

/// The requests of one replication, and the changes of rate that take as long.
fn requests(scenario: &Scenario) -> Result<f64, Refusal> {
    scenario.traffic.iter().map(|class| of_class(scenario, class)).sum()
}

fn of_class(scenario: &Scenario, class: &TrafficClass) -> Result<f64, Refusal> {
    let horizon = scenario.horizon.seconds();
    match &class.source {
        Source::Synthetic { rate, arrivals, .. } => {
            let changes = match arrivals {
                Arrivals::OnOff { on, off, .. } => 2.0 * horizon / (*on + *off).seconds().max(f64::MIN_POSITIVE),
                Arrivals::Poisson | Arrivals::Regular | Arrivals::Gamma { .. } => 0.0,
            };
            Ok(rate.per_second() * horizon + changes)
        }
        Source::Trace(trace) => Ok(recorded(scenario, class, trace)? * passes(scenario, trace) * trace.volume.value()),
    }
}

/// The requests that are recorded.
fn recorded(scenario: &Scenario, class: &TrafficClass, trace: &Trace) -> Result<f64, Refusal> {
    let once = Trace { repeat: false, speed_billionths: Trace::AS_RECORDED, volume: Decimal::ONE, ..trace.clone() };
    let traffic = vec![TrafficClass { source: Source::Trace(once), ..class.clone() }];
    let horizon = trace.period.max(Span::SECOND);
    let alone =
        Scenario { traffic, horizon, warm_up: Span::ZERO, fleets: Vec::new(), jobs: Vec::new(), ..scenario.clone() };
    Ok(profile(&alone, 0, 1)?.requests as f64)
}

/// How often a trace is replayed.
fn passes(scenario: &Scenario, trace: &Trace) -> f64 {
    if !trace.repeat {
        return 1.0;
    }
    let speed = trace.speed_billionths as f64 / Trace::AS_RECORDED as f64;
    (scenario.horizon.seconds() * speed / trace.period.seconds().max(f64::MIN_POSITIVE)).max(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine;
    use crate::scenario::{Embedded, Origin, Overrides, load};

    fn scenario(name: &str, set: &[&str]) -> Scenario {
        let set = set.iter().map(|&text| text.to_owned()).collect();
        let name = Embedded::named(name).expect("an embedded scenario").name;
        load(&Origin::Embedded(name), &Overrides { set, ..Overrides::default() }).expect("it loads").scenario
    }

    /// What was simulated, beside the estimate.
    fn simulated_and_estimated(scenario: &Scenario) -> (f64, f64) {
        let made = engine::replicate(scenario, 0..1, &engine::unwatched).expect("it runs");
        (made[0].requests as f64, requests(scenario).expect("it can be read"))
    }

    #[test]
    fn the_estimate_is_about_what_arrives() {
        let all = ["horizon=2d", "warm_up=0s"];
        for (name, set) in [
            ("guide-arithmetic", &["horizon=2d"][..]),
            ("azure-conversation", &[]),
            ("azure-conversation", &["traffic.conversation.trace.repeat=true", "horizon=6h"]),
            ("azure-conversation", &["traffic.conversation.trace.volume=3"]),
        ] {
            let set: Vec<&str> =
                set.iter().copied().chain(all.into_iter().filter(|text| text.starts_with("warm_up"))).collect();
            let (simulated, estimated) = simulated_and_estimated(&scenario(name, &set));
            assert!((estimated / simulated - 1.0).abs() < 0.1, "{name} {set:?}: {estimated}, simulated {simulated}");
        }
    }

    #[test]
    fn what_would_take_for_ever_is_refused_at_once() {
        let limits = Limits { body: 0, requests: 50_000_000 };
        for set in [
            &["traffic.api.rate=1000000/s"][..],
            &["replications=100000", "traffic.api.rate=0/s"],
            &["traffic.api.arrivals={ kind = \"on-off\", on = \"1us\", off = \"1us\", peak_over_mean = 2.0 }"],
            &["horizon=10000d", "traffic.api.rate=0/s", "fleet.serverless.scale_out=hpa"],
        ] {
            let refused = limits.check_run(&scenario("variable-api", set));
            assert!(matches!(refused, Err(Refusal::TooLarge { .. })), "{set:?}: {refused:?}");
        }
        assert!(limits.check_run(&scenario("variable-api", &[])).is_ok());
    }
}
