//! From what was measured to the document of a run: the only place where figures become estimates.

use std::borrow::Cow;

use crate::bill::{self, Bill, Line};
use crate::decide::{self, Evidence, Saving};
use crate::measure::{
    ClassOutcome, Estimate, FleetOutcome, Loss, Losses, PoolOutcome, PooledQuantity, QUANTILES, Quantity, Replication,
    RequestCounts, Usage,
};
use crate::scenario::{Fleet, FleetKind, PoolKind, Scenario};
use crate::unit::{Span, Usd};

use super::document::{
    ClassSummary, Comparison, CostLine, CostSummary, FleetSummary, InstancesSummary, LossSummary, Provenance,
    QuantitySummary, RequestsSummary, RunDocument, ScenarioSummary, TrafficSummary,
};

/// The schema that the document keeps to: `docs/schema/run.schema.json`.
pub const RUN_SCHEMA: &str = "breakeven.run/1";

/// Nano-dollars in a dollar.
const NANO_DOLLARS: f64 = 1e9;

/// The document of a run but for its jobs ([`super::summarize_jobs`]); `replications` are those that [`crate::engine::run`] made of this very scenario.
#[must_use]
pub fn summarize(scenario: &Scenario, provenance: &Provenance, replications: &[Replication]) -> RunDocument {
    let (mut fleets, evidence): (Vec<FleetSummary>, Vec<Evidence>) = scenario
        .fleets
        .iter()
        .enumerate()
        .map(|(index, fleet)| {
            let outcomes = replications.iter().filter_map(|replication| replication.fleets.get(index)).collect();
            summarize_fleet(scenario, fleet, outcomes)
        })
        .unzip();
    judge(scenario, &mut fleets, &evidence);
    let savings = decide::compare(scenario, &evidence);
    let requests = replications.iter().map(|replication| replication.requests).sum();
    let caveats = decide::examine_comparison(scenario, &evidence, &savings, requests);
    let name = |index: usize| scenario.fleets[index].name.clone();
    let meeting = scenario.slo.as_ref().and_then(|slo| decide::cheapest_meeting(&evidence, slo));
    RunDocument {
        schema: RUN_SCHEMA,
        version: env!("CARGO_PKG_VERSION"),
        scenario: ScenarioSummary {
            name: scenario.name.clone(),
            sha256: provenance.sha256.clone(),
            overrides: provenance.overrides.clone(),
            seed: scenario.seed,
            replications: scenario.replications,
            window_s: scenario.window().seconds(),
        },
        catalog: provenance.catalog.clone(),
        presets: provenance.presets.clone(),
        traffic: traffic(scenario, replications),
        fleets,
        jobs: Vec::new(),
        warnings: provenance.warnings.iter().cloned().chain(caveats.iter().map(ToString::to_string)).collect(),
        comparisons: savings.iter().map(|saving| comparison(scenario, saving)).collect(),
        cheapest: decide::cheapest(&evidence).map(name),
        cheapest_meeting_slo: meeting.map(name),
        precision: None,
    }
}

fn traffic(scenario: &Scenario, replications: &[Replication]) -> TrafficSummary {
    let requests = || replications.iter().map(|replication| replication.requests as f64);
    let window_s = scenario.window().seconds();
    TrafficSummary {
        requests: Estimate::of_mean(requests()),
        rate_per_s: Estimate::of_mean(requests().map(|count| count / window_s)),
    }
}

fn comparison(scenario: &Scenario, saving: &Saving) -> Comparison {
    Comparison {
        fleet: scenario.fleets[saving.fleet].name.clone(),
        against: scenario.fleets[saving.against].name.clone(),
        saving_usd_per_month: saving.per_month_usd,
        significant: saving.significant,
    }
}

/// What can be said of a fleet only once all are known: whether it meets the objective, and its caveats.
fn judge(scenario: &Scenario, fleets: &mut [FleetSummary], evidence: &[Evidence]) {
    let all_lose = evidence.iter().all(|fleet| decide::loses_too_many(&fleet.requests));
    for (summary, evidence) in fleets.iter_mut().zip(evidence) {
        let slo = scenario.slo.as_ref();
        summary.meets_slo = slo.and_then(|slo| decide::meets(slo, &evidence.requests, &evidence.latency));
        let caveats = decide::examine_fleet(scenario, evidence, all_lose);
        summary.warnings.splice(0..0, caveats.iter().map(ToString::to_string));
    }
}

/// One fleet, with its pools when it is a hybrid.
fn summarize_fleet<'a>(
    scenario: &Scenario,
    fleet: &'a Fleet,
    outcomes: Vec<&FleetOutcome>,
) -> (FleetSummary, Evidence<'a>) {
    let window = scenario.window();
    let part = Part {
        outcomes: outcomes.iter().map(|outcome| outcome.together()).collect(),
        bills: outcomes.iter().map(|outcome| bill::of_fleet(fleet, outcome, window)).collect(),
    };
    let latency = part.latency();
    let wait = part.wait();
    let mut summary = part.summarize(scenario, &fleet.name, fleet.kind_name(), &latency, &wait);
    if let FleetKind::Hybrid(hybrid) = &fleet.kind {
        let pools = hybrid.pools.iter().enumerate();
        summary.pools =
            pools.map(|(index, pool)| summarize_pool(scenario, &pool.name, &pool.kind, index, &outcomes)).collect();
    }
    let usage = |pool: usize| {
        let mut sum = Usage::default();
        outcomes.iter().filter_map(|outcome| outcome.pools.get(pool)).for_each(|outcome| sum.add(&outcome.usage));
        sum
    };
    let evidence = Evidence {
        fleet,
        requests: part.requests(),
        losses: part.all_losses(),
        latency: latency.into_pool(),
        wait: wait.into_pool(),
        usage: (0..fleet.pools().len()).map(usage).collect(),
        costs: part.bills.iter().map(Bill::total).collect(),
    };
    (summary, evidence)
}

fn summarize_pool(
    scenario: &Scenario,
    name: &str,
    kind: &PoolKind,
    index: usize,
    outcomes: &[&FleetOutcome],
) -> FleetSummary {
    let pool_outcomes = || outcomes.iter().filter_map(|outcome| outcome.pools.get(index));
    let part = Part {
        outcomes: pool_outcomes().map(Cow::Borrowed).collect(),
        bills: pool_outcomes().map(|outcome| bill::of_pool(kind, outcome, scenario.window())).collect(),
    };
    part.summarize(scenario, name, kind.name(), &part.latency(), &part.wait())
}

/// A fleet or a pool: its outcome and its bill in every replication.
struct Part<'a> {
    outcomes: Vec<Cow<'a, PoolOutcome>>,
    bills: Vec<Bill>,
}

impl Part<'_> {
    fn summarize(
        &self,
        scenario: &Scenario,
        name: &str,
        kind: &'static str,
        latency: &PooledQuantity,
        wait: &PooledQuantity,
    ) -> FleetSummary {
        let counts: Vec<RequestCounts> = self.outcomes.iter().map(|outcome| outcome.requests()).collect();
        let ratio = |part: fn(&RequestCounts) -> (u64, u64)| {
            Estimate::of_ratio(counts.iter().map(part).map(|(part, whole)| (part.into(), whole.into())), 1.0)
        };
        let mut caveats: Vec<_> = decide::thin_quantiles(latency.pool(), None, scenario.varies()).into_iter().collect();
        let (classes, thin) = self.classes(scenario);
        caveats.extend(thin);
        FleetSummary {
            name: name.to_owned(),
            kind,
            requests: requests(&counts),
            losses: self.losses(),
            cold_ratio: ratio(|counts| (counts.cold, counts.completed)),
            slo_attainment: ratio(|counts| (counts.good, counts.first_tries())),
            meets_slo: None,
            latency_s: quantity(latency),
            wait_s: quantity(wait),
            instances: self.instances(scenario.window()),
            utilization: Estimate::of_ratio(self.usages().map(|usage| (usage.busy_slots, usage.ready_slots)), 1.0),
            cost: self.cost(scenario.window(), &counts),
            fit: None,
            pools: Vec::new(),
            classes,
            warnings: caveats.iter().map(ToString::to_string).collect(),
        }
    }

    fn usages(&self) -> impl Iterator<Item = &Usage> {
        self.outcomes.iter().map(|outcome| &outcome.usage)
    }

    fn requests(&self) -> RequestCounts {
        let mut total = RequestCounts::default();
        self.outcomes.iter().for_each(|outcome| total.add(&outcome.requests()));
        total
    }

    /// Of all replications together.
    fn all_losses(&self) -> Losses {
        let mut total = Losses::default();
        self.outcomes.iter().for_each(|outcome| total.add(&outcome.losses));
        total
    }

    /// The reasons for which some request was lost in some replication.
    fn losses(&self) -> Vec<LossSummary> {
        let total = self.all_losses();
        let happened = Loss::ALL.into_iter().filter(|&loss| total.of(loss) > 0);
        let summary = |loss: Loss| LossSummary {
            reason: loss.name(),
            status: loss.status(),
            requests: Estimate::of_mean(self.outcomes.iter().map(|outcome| outcome.losses.of(loss) as f64)),
        };
        happened.map(summary).collect()
    }

    fn latency(&self) -> PooledQuantity<'_> {
        PooledQuantity::new(self.outcomes.iter().map(|outcome| outcome.latency()).collect())
    }

    fn wait(&self) -> PooledQuantity<'_> {
        PooledQuantity::new(self.outcomes.iter().map(|outcome| Cow::Borrowed(&outcome.wait)).collect())
    }

    /// By class: its figures, and its quantiles that rest on too few samples where there are several classes.
    fn classes(&self, scenario: &Scenario) -> (Vec<ClassSummary>, Vec<decide::Caveat>) {
        let mut caveats = Vec::new();
        let summaries = scenario.traffic.iter().enumerate().map(|(index, class)| {
            let outcomes = || self.outcomes.iter().filter_map(|outcome| outcome.classes.get(index));
            let latency = PooledQuantity::new(outcomes().map(latency_of).collect());
            let counts: Vec<RequestCounts> = outcomes().map(|outcome| outcome.requests).collect();
            if scenario.traffic.len() > 1 {
                caveats.extend(decide::thin_quantiles(latency.pool(), Some(&class.name), scenario.varies()));
            }
            ClassSummary { name: class.name.clone(), latency_s: quantity(&latency), requests: requests(&counts) }
        });
        (summaries.collect(), caveats)
    }

    fn instances(&self, window: Span) -> InstancesSummary {
        let window = window.nanos() as f64;
        let average =
            |time: fn(&Usage) -> u128| Estimate::of_mean(self.usages().map(|usage| time(usage) as f64 / window));
        let mean = |count: fn(&Usage) -> u64| Estimate::of_mean(self.usages().map(|usage| count(usage) as f64));
        let some = |count: fn(&Usage) -> u64| self.usages().any(|usage| count(usage) > 0).then(|| mean(count));
        InstancesSummary {
            mean: average(|usage| usage.starting + usage.idle + usage.busy),
            busy: average(|usage| usage.busy),
            idle: average(|usage| usage.idle),
            starting: average(|usage| usage.starting),
            peak: mean(|usage| usage.peak),
            started: mean(|usage| usage.started),
            failed_starts: some(|usage| usage.failed_starts),
            throttled_starts: some(|usage| usage.throttled_starts),
        }
    }

    fn cost(&self, window: Span, counts: &[RequestCounts]) -> CostSummary {
        let totals: Vec<Usd> = self.bills.iter().map(Bill::total).collect();
        let months = Span::MONTH.nanos() as f64 / window.nanos() as f64;
        // Thousands of requests and hours multiply the exact numerator, so that round bills stay round.
        let nano_dollars = |times: u128| totals.iter().map(move |total| total.nanos().unsigned_abs() * times);
        let completed = counts.iter().map(|counts| u128::from(counts.completed));
        let seconds_in_an_hour = u128::from(Span::HOUR.nanos() / Span::SECOND.nanos());
        let busy = self.usages().map(|usage| usage.busy);
        CostSummary {
            total_usd: Estimate::of_mean(totals.iter().map(|total| total.dollars())),
            per_month_usd: Estimate::of_mean(totals.iter().map(|total| total.dollars() * months)),
            per_1000_requests_usd: Estimate::of_ratio(nano_dollars(1_000).zip(completed), NANO_DOLLARS),
            // Nano-dollars a nanosecond are dollars a second.
            per_busy_hour_usd: Estimate::of_ratio(nano_dollars(seconds_in_an_hour).zip(busy), 1.0),
            lines: self.lines(),
        }
    }

    /// Every replication's bill has the same lines.
    fn lines(&self) -> Vec<CostLine> {
        let lines: Vec<Line> =
            self.bills.first().map_or(Vec::new(), |bill| bill.lines.iter().map(|&(line, _)| line).collect());
        let usd = |line| Estimate::of_mean(self.bills.iter().map(|bill| bill.amount(line).dollars()));
        lines.into_iter().map(|line| CostLine { line: line.name(), usd: usd(line) }).collect()
    }
}

fn latency_of(outcome: &ClassOutcome) -> Cow<'_, Quantity> {
    Cow::Borrowed(&outcome.latency)
}

fn requests(counts: &[RequestCounts]) -> RequestsSummary {
    let mean = |count: fn(&RequestCounts) -> u64| Estimate::of_mean(counts.iter().map(|counts| count(counts) as f64));
    let tried_again = counts.iter().any(|counts| counts.retries > 0);
    RequestsSummary {
        arrived: mean(|counts| counts.arrived),
        first_tries: tried_again.then(|| mean(|counts| counts.arrived - counts.retries)),
        completed: mean(|counts| counts.completed),
        rejected: mean(|counts| counts.rejected),
        timed_out: mean(|counts| counts.timed_out),
        cold: mean(|counts| counts.cold),
        unfinished_at_horizon: mean(|counts| counts.unfinished_at_horizon),
    }
}

fn quantity(pooled: &PooledQuantity) -> QuantitySummary {
    let [p50, p90, p95, p99, p999] = QUANTILES.map(|(_, q)| pooled.quantile_s(q));
    QuantitySummary { mean: pooled.mean_s(), p50, p90, p95, p99, p999, max: pooled.max_s() }
}

#[cfg(test)]
mod tests;
