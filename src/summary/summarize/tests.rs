//! Documents of made-up replications, against figures worked out by hand.

use super::*;
use crate::decide::fixture::{class, dedicated, dedicated_pool, quantity, scenario, serverless, serverless_pool};
use crate::scenario::{Arrivals, Hybrid, OverflowRule, Pool, Slo};

/// Hours in the window of the made-up scenario: half a month.
const WINDOW_H: u64 = 15 * 24;

fn hours(hours: u64) -> u128 {
    u128::from(hours) * u128::from(Span::HOUR.nanos())
}

/// A class whose requests take these seconds, a second more than they are served.
fn served(seconds: &[u64], rejected: u64, cold: u64) -> ClassOutcome {
    let completed = seconds.len() as u64;
    let good = seconds.iter().filter(|&&seconds| seconds <= 2).count() as u64;
    let arrived = completed + rejected;
    let requests = RequestCounts { arrived, completed, rejected, cold, good, ..RequestCounts::default() };
    ClassOutcome { requests, latency: quantity(seconds.iter().map(|seconds| seconds * 1_000_000_000)) }
}

fn pool(classes: Vec<ClassOutcome>, busy_h: u64, idle_h: u64, peak: u64) -> PoolOutcome {
    let completed: u64 = classes.iter().map(|class| class.requests.completed).sum();
    let (busy, idle) = (hours(busy_h), hours(idle_h));
    let usage = Usage { busy, idle, busy_slots: busy, ready_slots: busy + idle, peak, ..Usage::default() };
    PoolOutcome { classes, wait: quantity((0..completed).map(|_| 1_000_000_000)), usage, ..PoolOutcome::default() }
}

fn replication(fleets: Vec<FleetOutcome>) -> Replication {
    let arrived = |pool: &PoolOutcome| pool.requests().arrived;
    Replication { requests: fleets[0].pools.iter().map(arrived).sum(), fleets }
}

fn alone(pool: PoolOutcome) -> FleetOutcome {
    FleetOutcome { peak: pool.usage.peak, pools: vec![pool] }
}

fn summary(scenario: &Scenario, replications: &[Replication]) -> RunDocument {
    let provenance = Provenance {
        sha256: "abc".to_owned(),
        overrides: vec!["seed=2".to_owned()],
        warnings: vec!["of the file".to_owned()],
        catalog: Vec::new(),
    };
    summarize(scenario, &provenance, replications)
}

#[test]
fn every_figure_of_a_fleet_is_what_a_calculator_says() {
    let scenario = scenario(vec![serverless("serverless")]);
    let replications = [
        replication(vec![alone(pool(vec![served(&[1, 2, 3], 1, 2)], 10, 20, 4))]),
        replication(vec![alone(pool(vec![served(&[1, 4], 0, 1)], 14, 10, 6))]),
    ];
    let document = summary(&scenario, &replications);
    let fleet = &document.fleets[0];
    let mean = |estimate: Estimate| estimate.mean.unwrap();
    let close = |estimate: Estimate, expected: f64| {
        assert!((mean(estimate) - expected).abs() < 1e-12 * expected, "{estimate:?} is not {expected}");
    };
    close(document.traffic.requests, 3.0);
    close(document.traffic.rate_per_s, 3.0 / (WINDOW_H as f64 * 3_600.0));
    close(fleet.requests.arrived, 3.0);
    close(fleet.requests.completed, 2.5);
    close(fleet.requests.rejected, 0.5);
    close(fleet.cold_ratio, 3.0 / 5.0);
    close(fleet.slo_attainment, 3.0 / 6.0);
    close(fleet.latency_s.mean, 11.0 / 5.0);
    // Pooled and sorted: 1, 1, 2, 3, 4 s.
    assert!((mean(fleet.latency_s.p50) - 2.0).abs() <= 0.002);
    close(fleet.latency_s.p90, 4.0);
    close(fleet.latency_s.max, 4.0);
    close(fleet.wait_s.mean, 1.0);
    close(fleet.instances.mean, 27.0 / WINDOW_H as f64);
    close(fleet.instances.busy, 12.0 / WINDOW_H as f64);
    close(fleet.instances.idle, 15.0 / WINDOW_H as f64);
    close(fleet.instances.peak, 5.0);
    close(fleet.utilization, 24.0 / 54.0);
    // $6 an hour, for 30 h and 24 h.
    close(fleet.cost.total_usd, 162.0);
    close(fleet.cost.per_month_usd, 324.0);
    close(fleet.cost.per_1000_requests_usd, 1_000.0 * 324.0 / 5.0);
    close(fleet.cost.per_busy_hour_usd, 324.0 / 24.0);
    let lines: Vec<(&str, f64)> = fleet.cost.lines.iter().map(|line| (line.line, mean(line.usd))).collect();
    assert_eq!(lines, [("cold-start", 0.0), ("execute", 72.0), ("idle", 90.0)]);
}

#[test]
fn a_document_says_what_it_was_made_of() {
    let scenario = scenario(vec![serverless("serverless")]);
    let document = summary(&scenario, &[replication(vec![alone(pool(vec![served(&[1], 0, 0)], 1, 0, 1))])]);
    assert_eq!((document.schema, document.version), ("breakeven.run/1", env!("CARGO_PKG_VERSION")));
    assert_eq!(document.scenario.sha256, "abc");
    assert_eq!(document.scenario.overrides, ["seed=2"]);
    assert_eq!(document.scenario.window_s, WINDOW_H as f64 * 3_600.0);
    assert_eq!(document.warnings[0], "of the file");
}

#[test]
fn a_hybrid_merges_its_pools_class_by_class_and_keeps_its_own_peak() {
    let pools = [("base", dedicated_pool(1)), ("burst", serverless_pool())];
    let pools = pools.map(|(name, kind)| Pool { name: name.to_owned(), kind }).to_vec();
    let kind = FleetKind::Hybrid(Hybrid { overflow: OverflowRule::WhenFull, pools });
    let mut scenario = scenario(vec![Fleet { name: "hybrid".to_owned(), kind }]);
    scenario.traffic.push(class("batch", Arrivals::Poisson));
    let base = pool(vec![served(&[1, 1], 0, 0), served(&[2], 0, 0)], 100, 260, 1);
    let burst = pool(vec![served(&[5], 0, 1), served(&[], 2, 0)], 20, 10, 3);
    let document = summary(&scenario, &[replication(vec![FleetOutcome { pools: vec![base, burst], peak: 3 }])]);
    let hybrid = &document.fleets[0];
    assert_eq!(hybrid.requests.arrived, Estimate::exact(6.0));
    assert_eq!(hybrid.instances.peak, Estimate::exact(3.0));
    assert_eq!(hybrid.utilization, Estimate::exact(120.0 / 390.0));
    assert_eq!(hybrid.latency_s.max, Estimate::exact(5.0));
    assert_eq!(hybrid.cost.total_usd, Estimate::exact(4.0 * WINDOW_H as f64 + 6.0 * 30.0));
    let classes: Vec<(&str, Option<f64>, Option<f64>)> = hybrid
        .classes
        .iter()
        .map(|class| (class.name.as_str(), class.requests.completed.mean, class.latency_s.max.mean))
        .collect();
    assert_eq!(classes, [("api", Some(3.0), Some(5.0)), ("batch", Some(1.0), Some(2.0))]);
    let peaks: Vec<Option<f64>> = hybrid.pools.iter().map(|pool| pool.instances.peak.mean).collect();
    assert_eq!(peaks, [Some(1.0), Some(3.0)]);
    let burst = &hybrid.pools[1];
    assert_eq!((burst.classes[1].latency_s.mean, burst.classes[1].requests.rejected.mean), (Estimate::NONE, Some(2.0)));
}

#[test]
fn verdicts_and_caveats_reach_the_document() {
    let mut scenario = scenario(vec![dedicated("small", 1), dedicated("large", 2)]);
    let limit = Some(Span::from_nanos(2 * Span::SECOND.nanos()));
    scenario.slo = Some(Slo { p50: limit, ..Slo::default() });
    let mut slow = pool(vec![served(&[3, 4], 1, 0)], 300, 60, 1);
    slow.usage.offered = hours(2 * WINDOW_H);
    let fast = pool(vec![served(&[1, 1], 0, 0)], 300, 420, 2);
    let document = summary(&scenario, &[replication(vec![alone(slow), alone(fast)])]);
    assert_eq!(document.fleets.iter().map(|fleet| fleet.meets_slo).collect::<Vec<_>>(), [Some(false), Some(true)]);
    assert_eq!(
        (document.cheapest.as_deref(), document.cheapest_meeting_slo.as_deref()),
        (Some("large"), Some("large"))
    );
    let [comparison] = &document.comparisons[..] else { panic!("one pair") };
    assert_eq!((comparison.fleet.as_str(), comparison.against.as_str()), ("small", "large"));
    assert_eq!((comparison.saving_usd_per_month, comparison.significant), (Estimate::exact(2_880.0), true));
    insta::assert_snapshot!(document.fleets[0].warnings.join("\n"), @r"
    its queue grows without bound: 2.0 instances' worth of work arrive for 1; its latencies grow with the horizon, so give it more instances
    it loses 33.3% of its requests (33.3% rejected, 0.0% timed out), so it cannot be called the cheapest
    p50 rests on 1 sample beyond it, p90 on 0, p95 on 0, p99 on 0, p99.9 on 0; simulate a longer horizon or more replications
    ");
    insta::assert_snapshot!(document.warnings.join("\n"), @r"
    of the file
    one replication shows nothing of how far figures vary by chance, so there are no intervals: simulate 10
    ");
}

#[test]
fn nothing_simulated_is_a_document_without_figures() {
    let document = summary(&scenario(vec![dedicated("any", 1)]), &[]);
    let fleet = &document.fleets[0];
    assert_eq!((fleet.cost.total_usd, fleet.latency_s.p99), (Estimate::NONE, Estimate::NONE));
    assert!(fleet.cost.lines.is_empty());
}
