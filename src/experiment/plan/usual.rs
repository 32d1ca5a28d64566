//! The search space of a scenario that writes none: its fleets, and hybrids of them, over their usual knobs.

use crate::scenario::{Dedicated, Fleet, FleetKind, Hybrid, MOST_INSTANCES, PoolKind, Routing, Scenario, Serverless};
use crate::trace::TraceError;
use crate::traffic::class_means;
use crate::unit::Span;

use super::bound::Demand;
use super::track::FIRST;

/// Keep-alives that are tried beside the one that is written, shortest first.
const KEEP_ALIVES: [&str; 12] = ["2s", "5s", "10s", "15s", "20s", "30s", "45s", "1min", "90s", "2min", "5min", "10min"];
/// Every number of instances is tried up to this many; of more, steps of a few percent.
const EVERY_NUMBER: u32 = 48;
/// Hybrids of two fleets, where the scenario has none.
const MOST_PAIRS: usize = 4;

/// A `[plan]` as TOML: every dedicated fleet over its size, every serverless one over keep-alive and minimum instances, hybrids
/// over the base and the keep-alive of what goes beyond it.
///
/// # Errors
/// When a trace cannot be read.
pub fn usual_plan(scenario: &Scenario) -> Result<String, TraceError> {
    let means = class_means(scenario)?;
    let load: f64 = means.iter().map(|class| class.offered_load()).sum();
    // Where clients try again, more may be in flight than arrive: a guess.
    let peak = Demand::of(scenario, FIRST, Vec::new())?.most_in_flight().map_or(4.0 * load, |most| most as f64);
    let sizes = Sizes { load, peak };
    let mut text = "[plan]\n".to_owned();
    for fleet in &scenario.fleets {
        text.push_str(&sizes.family(fleet));
    }
    if !scenario
        .fleets
        .iter()
        .any(|fleet| matches!(&fleet.kind, FleetKind::Hybrid(Hybrid { routing: Routing::InOrder, .. })))
    {
        text.push_str(&sizes.pairs(&scenario.fleets));
    }
    Ok(text)
}

/// How many slots the traffic keeps busy: in the mean, and at most.
struct Sizes {
    load: f64,
    peak: f64,
}

impl Sizes {
    fn family(&self, fleet: &Fleet) -> String {
        let name = &fleet.name;
        let keys = match &fleet.kind {
            FleetKind::Single(PoolKind::Dedicated(pool)) => self.of_dedicated(pool),
            FleetKind::Single(PoolKind::Serverless(pool)) => self.of_serverless(pool, &KEEP_ALIVES),
            FleetKind::Hybrid(Hybrid { routing: Routing::Nearest(_), .. }) => String::new(),
            FleetKind::Hybrid(hybrid) => self.of_hybrid(hybrid),
        };
        format!("\n[[plan.design]]\nfleet = {name:?}\n{keys}")
    }

    /// Up to as many as leave no request waiting, ever: the most that are in flight in a replication.
    fn of_dedicated(&self, pool: &Dedicated) -> String {
        let most = (self.peak / f64::from(pool.slots)).ceil().clamp(1.0, f64::from(MOST_INSTANCES)) as u32;
        let values: Vec<String> = steps(1, most).iter().map(u32::to_string).collect();
        format!("instances = [{}]\n", values.join(", "))
    }

    fn of_serverless(&self, pool: &Serverless, keep_alives: &[&str]) -> String {
        let mut keys = String::new();
        if let Some(own) = pool.keep_alive {
            keys.push_str(&format!("keep_alive = [{}]\n", with_own(own, keep_alives).join(", ")));
        }
        let busy = self.load / pool.capacity();
        let mut warm: Vec<u32> = [0.0, 1.0, busy / 2.0, busy, busy * 1.5].map(|number| number.round() as u32).to_vec();
        warm.push(pool.min_instances);
        warm.retain(|&number| pool.max_instances.is_none_or(|most| number <= most));
        warm.sort_unstable();
        warm.dedup();
        let warm: Vec<String> = warm.iter().map(u32::to_string).collect();
        keys.push_str(&format!("min_instances = [{}]\n", warm.join(", ")));
        keys
    }

    /// What goes beyond a base needs few instances that are always warm.
    fn of_burst(&self, pool: &Serverless) -> String {
        let mut warm = vec![0, 1, 2, pool.min_instances];
        warm.retain(|&number| pool.max_instances.is_none_or(|most| number <= most));
        warm.sort_unstable();
        warm.dedup();
        let warm: Vec<String> = warm.iter().map(u32::to_string).collect();
        let keep_alive = pool
            .keep_alive
            .map_or_else(String::new, |own| format!("keep_alive = [{}]\n", with_own(own, &KEEP_ALIVES).join(", ")));
        format!("{keep_alive}min_instances = [{}]\n", warm.join(", "))
    }

    fn of_hybrid(&self, hybrid: &Hybrid) -> String {
        let pools = hybrid.pools.iter().map(|pool| (pool.name.as_str(), &pool.kind));
        self.of_pools(pools)
    }

    /// The first dedicated pool in all its sizes; the keep-alive of the others.
    fn of_pools<'a>(&self, pools: impl Iterator<Item = (&'a str, &'a PoolKind)>) -> String {
        let mut sized = false;
        let mut keys = String::new();
        for (name, kind) in pools {
            let of_pool = match kind {
                PoolKind::Dedicated(pool) if !sized => {
                    sized = true;
                    self.of_dedicated(pool)
                }
                PoolKind::Dedicated(_) => String::new(),
                PoolKind::Serverless(pool) => self.of_burst(pool),
            };
            keys.extend(of_pool.lines().map(|line| format!("pool.{name:?}.{line}\n")));
        }
        keys
    }

    fn pairs(&self, fleets: &[Fleet]) -> String {
        let single = |fleet: &'_ Fleet| match &fleet.kind {
            FleetKind::Single(kind) => Some(kind.clone()),
            FleetKind::Hybrid(_) => None,
        };
        let of_kind = |serverless: bool| {
            let kinds = fleets.iter().filter_map(|fleet| Some((fleet.name.as_str(), single(fleet)?)));
            kinds.filter(|(_, kind)| matches!(kind, PoolKind::Serverless(_)) == serverless).collect::<Vec<_>>()
        };
        let (dedicated, serverless) = (of_kind(false), of_kind(true));
        let pairs = dedicated.iter().flat_map(|base| serverless.iter().map(move |burst| (base, burst)));
        pairs
            .take(MOST_PAIRS)
            .map(|((base, base_kind), (burst, burst_kind))| {
                let keys = self.of_pools([(*base, base_kind), (*burst, burst_kind)].into_iter());
                format!("\n[[plan.design]]\nfleet = [{base:?}, {burst:?}]\n{keys}")
            })
            .collect()
    }
}

/// Some keep-alives and the fleet's own, quoted, the shortest first.
fn with_own(own: Span, others: &[&str]) -> Vec<String> {
    let others = others.iter().filter_map(|text| Some((crate::scenario::parse_span(text).ok()?, (*text).to_owned())));
    let mut all: Vec<(Span, String)> = others.chain([(own, own.to_string())]).collect();
    all.sort();
    all.dedup_by_key(|(span, _)| *span);
    all.into_iter().map(|(_, text)| format!("\"{text}\"")).collect()
}

/// Every number, or steps of a few percent where there are many.
fn steps(least: u32, most: u32) -> Vec<u32> {
    let mut steps = Vec::new();
    let mut next = least;
    while next <= most {
        steps.push(next);
        next += (next / EVERY_NUMBER).max(1);
    }
    steps
}
