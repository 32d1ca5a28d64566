//! Looks for what to be wary of.

use crate::measure::{Loss, Losses, QUANTILES, Quantity};
use crate::scenario::{Fleet, FleetKind, Overflow, OverflowRule, PoolKind, Scenario};
use crate::unit::{Span, Usd};

use super::held::Held;
use super::{Caveat, Evidence, Saving, loses_too_many};

/// With fewer samples beyond a quantile, its own error is a large part of it.
const FEWEST_BEYOND: u64 = 10;

/// From this load on, a queue is still filling after most horizons: its relaxation time grows as 1 / (1 - load)^2.
const NEARLY_ALL: f64 = 0.98;

/// The share of requests that may end after the horizon unremarked.
const FEW_UNFINISHED: f64 = 0.01;

/// The quantiles of a latency that rest on fewer than 10 samples beyond them; `None` when there are none such.
#[must_use]
pub fn thin_quantiles(latency: &Quantity, class: Option<&str>, varies: bool) -> Option<Caveat> {
    let thin = QUANTILES.into_iter().filter_map(|(name, q)| Some((name, latency.samples_beyond(q)?)));
    let quantiles: Vec<(&'static str, u64)> = thin.filter(|&(_, beyond)| beyond < FEWEST_BEYOND).collect();
    let class = class.map(str::to_owned);
    (!quantiles.is_empty()).then_some(Caveat::ThinQuantiles { class, quantiles, varies })
}

/// What to be wary of in one fleet's figures, its quantiles apart. `all_lose`: no fleet loses few requests.
#[must_use]
pub fn examine_fleet(scenario: &Scenario, evidence: &Evidence, all_lose: bool) -> Vec<Caveat> {
    let requests = &evidence.requests;
    let share = |count: u64| count as f64 / requests.arrived.max(1) as f64;
    let mut caveats = saturation(scenario, evidence);
    if requests.arrived > 0 && requests.completed == 0 {
        caveats.push(Caveat::CompletesNone { arrived: requests.arrived });
    }
    if loses_too_many(requests) {
        let of_requests = requests.lost() as f64 / requests.first_tries().max(1) as f64;
        caveats.push(Caveat::LosesRequests {
            for_good: (requests.retries > 0).then_some(of_requests),
            rejected: share(requests.rejected),
            timed_out: share(requests.timed_out),
            reasons: reasons(&evidence.losses, requests.arrived),
            passed_over: !all_lose,
        });
    }
    caveats.extend(credits_cover_all(evidence));
    caveats.extend(closed_by_spend_cap(scenario, evidence));
    if share(requests.unfinished_at_horizon) > FEW_UNFINISHED {
        caveats.push(Caveat::Unfinished { share: share(requests.unfinished_at_horizon) });
    }
    caveats
}

/// Why requests were lost, each reason with its share of those that arrived, the largest first.
fn reasons(losses: &Losses, arrived: u64) -> Vec<(Loss, f64)> {
    let mut counts: Vec<(Loss, u64)> = Loss::ALL.into_iter().map(|loss| (loss, losses.of(loss))).collect();
    counts.retain(|&(_, count)| count > 0);
    counts.sort_by_key(|&(_, count)| std::cmp::Reverse(count));
    counts.into_iter().map(|(loss, count)| (loss, count as f64 / arrived.max(1) as f64)).collect()
}

/// Whether credits leave nothing to pay in any replication.
fn credits_cover_all(evidence: &Evidence) -> Option<Caveat> {
    let month = u128::from(Span::MONTH.nanos());
    let pools = evidence.fleet.pools();
    let credits: Usd = pools.iter().filter_map(|kind| kind.extras().credits).map(|credits| credits.cost(month)).sum();
    let is_all = credits > Usd::ZERO && !evidence.costs.is_empty() && evidence.total_cost() == Usd::ZERO;
    is_all.then(|| Caveat::CreditsCoverAll { credits_usd: credits.dollars() })
}

/// The pools that a spend cap has closed in any replication.
fn closed_by_spend_cap(scenario: &Scenario, evidence: &Evidence) -> Vec<Caveat> {
    let turned_away = evidence.losses.of(Loss::SpendCap) as f64 / evidence.requests.arrived.max(1) as f64;
    let all = evidence.costs.len() as f64 * scenario.window().nanos() as f64;
    let pools = evidence.fleet.pools().into_iter().zip(&evidence.usage).enumerate();
    let closed = pools.filter_map(|(index, (kind, usage))| {
        let PoolKind::Serverless(pool) = kind else { return None };
        let cap_usd = pool.tariff.spend_cap.filter(|_| usage.closed > 0)?.dollars();
        let pool = match &evidence.fleet.kind {
            FleetKind::Single(_) => None,
            FleetKind::Hybrid(hybrid) => Some(hybrid.pools[index].name.clone()),
        };
        Some(Caveat::ClosedBySpendCap { pool, cap_usd, closed: usage.closed as f64 / all, turned_away })
    });
    closed.collect()
}

/// What to be wary of in the comparison of the fleets.
#[must_use]
pub fn examine_comparison(scenario: &Scenario, fleets: &[Evidence], savings: &[Saving], requests: u64) -> Vec<Caveat> {
    let mut caveats = Vec::new();
    let replications = fleets.first().map_or(0, |fleet| fleet.costs.len());
    if requests == 0 && !scenario.traffic.is_empty() {
        caveats.push(Caveat::NoRequests);
    }
    if replications == 1 && scenario.varies() {
        caveats.push(Caveat::OneReplication);
    }
    if fleets.len() > 1 && fleets.iter().all(|fleet| loses_too_many(&fleet.requests)) {
        caveats.push(Caveat::AllLoseRequests);
    }
    caveats.extend(savings.iter().filter_map(|saving| too_few_replications(fleets, saving)));
    caveats
}

/// The width of an interval falls as the square root of the number of replications.
fn too_few_replications(fleets: &[Evidence], saving: &Saving) -> Option<Caveat> {
    let estimate = saving.per_month_usd;
    let (mean, low, high) = (estimate.mean?, estimate.low?, estimate.high?);
    if saving.significant || mean <= 0.0 {
        return None;
    }
    let replications = fleets[saving.fleet].costs.len();
    let wider = estimate.half_width()? / mean;
    let needed = (replications as f64 * wider * wider).ceil().max(replications as f64 + 1.0);
    Some(Caveat::TooFewReplications {
        fleet: fleets[saving.fleet].fleet.name.clone(),
        against: fleets[saving.against].fleet.name.clone(),
        saving_usd_per_month: mean,
        low,
        high,
        replications,
        needed,
    })
}

/// Pools that are asked for all, or nearly all, that they can do, while nothing bounds their queue.
fn saturation(scenario: &Scenario, evidence: &Evidence) -> Vec<Caveat> {
    let some_wait_for_ever = scenario.traffic.iter().any(|class| class.timeout.is_none());
    if !some_wait_for_ever {
        return Vec::new();
    }
    let replications = evidence.costs.len() as f64;
    let instants = replications * scenario.window().nanos() as f64;
    let waits = evidence.wait.range.is_some_and(|(_, longest)| longest > Span::ZERO);
    let mut caveats = Vec::new();
    for (index, name) in takes_everything(evidence.fleet) {
        let (kind, Some(usage)) = (evidence.fleet.pools()[index], evidence.usage.get(index)) else { continue };
        let Some(instances) = kind.most_instances().filter(|_| queues_without_limit(kind)) else { continue };
        // Instances that are there for some of the time can do so much less.
        let there = if let PoolKind::Dedicated(pool) = kind { Held::of(pool).there() } else { 1.0 };
        let arriving =
            usage.offered as f64 / instants / kind.throughput().capacity(kind.slots()) / there.max(f64::MIN_POSITIVE);
        let load = arriving / f64::from(instances);
        let pool = name.map(str::to_owned);
        if load > 1.0 {
            caveats.push(Caveat::Overloaded { pool, arriving, instances });
        } else if load >= NEARLY_ALL && waits {
            caveats.push(Caveat::NearlyOverloaded { pool, load });
        }
    }
    caveats
}

/// The pools, by index and a hybrid's by name too, that requests go to however long their queue is: the last one, and with
/// `rate_over` every one. The other rules leave a pool whose queue is long to itself.
fn takes_everything(fleet: &Fleet) -> Vec<(usize, Option<&str>)> {
    match &fleet.kind {
        FleetKind::Single(_) => vec![(0, None)],
        FleetKind::Hybrid(hybrid) => {
            let names = hybrid.pools.iter().map(|pool| Some(pool.name.as_str())).enumerate();
            let passed_over = match hybrid.overflow {
                OverflowRule::RateOver(_) => 0,
                OverflowRule::WhenFull | OverflowRule::WaitOver(_) | OverflowRule::InFlightOver(_) => {
                    hybrid.pools.len().saturating_sub(1)
                }
            };
            names.skip(passed_over).collect()
        }
    }
}

fn queues_without_limit(kind: &PoolKind) -> bool {
    match kind {
        PoolKind::Dedicated(pool) => pool.queue_limit.is_none(),
        PoolKind::Serverless(pool) => pool.overflow == Overflow::Queue,
    }
}

#[cfg(test)]
mod tests;
