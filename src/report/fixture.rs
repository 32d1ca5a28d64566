//! Documents made up for the tests of tables and charts.

use crate::bill::Line;
use crate::measure::Estimate;
use crate::unit::{Span, Time, Usd};

use super::latency_curve::{ALL_CLASSES, CurvePoint, LatencyCurve};
use super::movement::{Movement, MovementBin};
use crate::summary::*;

/// A figure and an interval of this share of it to either side.
pub fn estimate(mean: f64, relative: f64) -> Estimate {
    Estimate { mean: Some(mean), low: Some(mean * (1.0 - relative)), high: Some(mean * (1.0 + relative)) }
}

/// A figure without an interval.
pub fn exact(mean: f64) -> Estimate {
    Estimate { mean: Some(mean), ..Estimate::default() }
}

/// A fleet with a median latency and lines of its bill for a month.
pub fn fleet(
    name: &str,
    kind: &'static str,
    median_s: f64,
    meets_slo: Option<bool>,
    lines: &[(Line, f64)],
) -> FleetSummary {
    let total: f64 = lines.iter().map(|(_, usd)| usd).sum();
    FleetSummary {
        name: name.to_owned(),
        kind,
        requests: requests(1_000_000.0),
        losses: Vec::new(),
        cold_ratio: if kind == "dedicated" { exact(0.0) } else { estimate(0.0321, 0.04) },
        slo_attainment: estimate(0.993, 0.001),
        meets_slo,
        latency_s: quantity(median_s),
        wait_s: quantity(median_s / 10.0),
        instances: InstancesSummary {
            mean: estimate(5.1, 0.01),
            busy: estimate(3.9, 0.01),
            idle: estimate(1.1, 0.02),
            starting: estimate(0.1, 0.1),
            peak: estimate(14.0, 0.1),
            started: estimate(32_100.0, 0.03),
            failed_starts: None,
            throttled_starts: None,
        },
        utilization: estimate(0.41, 0.01),
        cost: CostSummary {
            total_usd: estimate(total * 7.0 / 30.0, 0.01),
            per_month_usd: estimate(total, if kind == "dedicated" { 0.0 } else { 0.012 }),
            per_1000_requests_usd: estimate(total / 5_000.0, 0.01),
            per_busy_hour_usd: estimate(5.6, 0.01),
            lines: lines
                .iter()
                .map(|&(line, usd)| CostLine { line: line.name(), usd: estimate(usd * 7.0 / 30.0, 0.01) })
                .collect(),
        },
        fit: None,
        pools: Vec::new(),
        classes: Vec::new(),
        warnings: Vec::new(),
    }
}

pub fn requests(arrived: f64) -> RequestsSummary {
    RequestsSummary {
        arrived: estimate(arrived, 0.001),
        first_tries: None,
        completed: estimate(arrived, 0.001),
        rejected: exact(0.0),
        timed_out: exact(0.0),
        cold: estimate(arrived * 0.0321, 0.03),
        unfinished_at_horizon: exact(2.0),
    }
}

fn quantity(median_s: f64) -> QuantitySummary {
    QuantitySummary {
        mean: estimate(median_s * 1.3, 0.01),
        p50: estimate(median_s, 0.01),
        p90: estimate(median_s * 2.7, 0.01),
        p95: estimate(median_s * 3.5, 0.02),
        p99: estimate(median_s * 6.0, 0.04),
        p999: estimate(median_s * 11.0, 0.1),
        max: estimate(median_s * 30.0, 0.3),
    }
}

/// Three fleets of which the hybrid is the cheapest that meets the objective.
pub fn three_fleets() -> RunDocument {
    let mut hybrid = fleet(
        "hybrid",
        "hybrid",
        1.45,
        Some(true),
        &[(Line::Instances, 5_760.0), (Line::Execute, 900.0), (Line::Idle, 1_300.0), (Line::ColdStart, 410.0)],
    );
    hybrid.pools = vec![
        fleet("base", "dedicated", 1.4, None, &[(Line::Instances, 5_760.0)]),
        fleet(
            "burst",
            "serverless",
            1.9,
            None,
            &[(Line::Execute, 900.0), (Line::Idle, 1_300.0), (Line::ColdStart, 410.0)],
        ),
    ];
    let dedicated = fleet("dedicated", "dedicated", 1.41, Some(true), &[(Line::Instances, 11_520.0)]);
    let serverless = fleet(
        "serverless",
        "serverless",
        1.52,
        Some(false),
        &[(Line::Execute, 5_300.0), (Line::Idle, 2_200.0), (Line::ColdStart, 480.0), (Line::Rounding, 90.0)],
    );
    document(vec![dedicated, serverless, hybrid])
}

/// Fleets whose bills have every family of lines, and what is taken off them: a part, and all.
pub fn whole_bills() -> RunDocument {
    let all = [
        (Line::MinInstances, 1_200.0),
        (Line::Allocate, 90.0),
        (Line::Pull, 210.0),
        (Line::Load, 180.0),
        (Line::Initialize, 260.0),
        (Line::Execute, 2_400.0),
        (Line::Idle, 1_300.0),
        (Line::Rounding, 240.0),
        (Line::Cpu, 620.0),
        (Line::Memory, 240.0),
        (Line::RequestFee, 500.0),
        (Line::Egress, 320.0),
        (Line::Storage, 70.0),
        (Line::PlanFee, 250.0),
        (Line::Operations, 600.0),
        (Line::FreeTier, -450.0),
        (Line::Credits, -900.0),
    ];
    let held = [
        (Line::Instances, 5_760.0),
        (Line::Cpu, 900.0),
        (Line::Storage, 140.0),
        (Line::Operations, 2_000.0),
        (Line::Credits, -30.0),
    ];
    let free = [(Line::Execute, 410.0), (Line::Idle, 120.0), (Line::FreeTier, -330.0), (Line::Credits, -200.0)];
    document(vec![
        fleet("pay per use", "serverless", 1.52, Some(true), &all),
        fleet("dedicated", "dedicated", 1.41, Some(true), &held),
        fleet("a free start", "serverless", 1.9, Some(false), &free),
    ])
}

/// A run of these fleets; the cheapest are those that the fleets say, and every difference is significant.
pub fn document(fleets: Vec<FleetSummary>) -> RunDocument {
    let month = |fleet: &FleetSummary| fleet.cost.per_month_usd.mean.unwrap();
    let cheapest = |among: &dyn Fn(&&FleetSummary) -> bool| {
        let found = fleets.iter().filter(among).min_by(|a, b| month(a).total_cmp(&month(b)));
        found.map(|fleet| fleet.name.clone())
    };
    let mut comparisons = Vec::new();
    for (index, first) in fleets.iter().enumerate() {
        for second in &fleets[index + 1..] {
            let (fleet, against) = if month(first) <= month(second) { (first, second) } else { (second, first) };
            comparisons.push(Comparison {
                fleet: fleet.name.clone(),
                against: against.name.clone(),
                saving_usd_per_month: estimate(month(against) - month(fleet), 0.05),
                significant: true,
            });
        }
    }
    RunDocument {
        schema: "breakeven.run/1",
        version: "0.1.0",
        scenario: ScenarioSummary {
            name: "Variable API".to_owned(),
            sha256: "0".repeat(64),
            overrides: Vec::new(),
            seed: 1,
            replications: 10,
            window_s: 7.0 * 86_400.0,
        },
        catalog: Vec::new(),
        presets: Vec::new(),
        traffic: TrafficSummary { requests: estimate(1_209_600.0, 0.001), rate_per_s: estimate(2.0, 0.001) },
        warnings: Vec::new(),
        comparisons,
        cheapest: cheapest(&|_| true),
        cheapest_meeting_slo: cheapest(&|fleet| fleet.meets_slo == Some(true)),
        precision: None,
        fleets,
        jobs: Vec::new(),
    }
}

/// A curve a fleet, of exponential latencies with the fleet's median.
pub fn curves(document: &RunDocument, count: u64) -> Vec<LatencyCurve> {
    let quantiles = (0..=99)
        .map(|percent| f64::from(percent) / 100.0)
        .chain((1..=9).map(|step| 0.99 + f64::from(step) / 1e3))
        .chain((1..=9).map(|step| 0.999 + f64::from(step) / 1e4))
        .chain((1..=9).map(|step| 0.9999 + f64::from(step) / 1e5))
        .chain([1.0]);
    let quantiles: Vec<f64> = quantiles.collect();
    document
        .fleets
        .iter()
        .map(|fleet| LatencyCurve {
            fleet: fleet.name.clone(),
            class: ALL_CLASSES.to_owned(),
            count,
            points: quantiles
                .iter()
                .map(|&quantile| CurvePoint {
                    quantile,
                    latency_s: fleet
                        .latency_s
                        .p50
                        .mean
                        .filter(|_| count > 0)
                        .map(|median| 0.05 + median * -(1.0 - quantile).max(1e-6).log2()),
                })
                .collect(),
        })
        .collect()
}

/// A week of hours, busy by day.
pub fn movements(document: &RunDocument) -> Vec<Movement> {
    let hour = Span::HOUR.nanos();
    let bin = |index: u64, level: f64| {
        let wave = 1.0 + 0.8 * (std::f64::consts::TAU * (index as f64 - 15.0) / 24.0).cos();
        MovementBin {
            start: Time::from_nanos((24 + index) * hour),
            end: Time::from_nanos((25 + index) * hour),
            arrivals: (7_200.0 * wave) as u64 + index * 7_919 % 600,
            busy: 4.0 * wave * level,
            idle: 2.0 * level,
            starting: if index.is_multiple_of(24) { 1.0 } else { 0.1 },
            waiting: 0.2,
            cost_so_far: Usd::from_nanos(i128::from(index + 1) * 1_000_000_000),
        }
    };
    let fleets = document.fleets.iter().enumerate();
    fleets
        .map(|(index, fleet)| Movement {
            fleet: fleet.name.clone(),
            bins: (0..168).map(|hour| bin(hour, 1.0 + index as f64 * 0.2)).collect(),
        })
        .collect()
}

/// A class of jobs that is late on one fleet and never ends on another, and one without a deadline.
pub fn jobs() -> Vec<JobSummary> {
    let row = |job: &str, fleet: &str, cost: Estimate, hours: f64, in_time: Option<f64>| JobSummary {
        job: job.to_owned(),
        kind: "fine-tuning",
        fleet: fleet.to_owned(),
        count: if job == "fine-tune" { 1 } else { 12 },
        deadline_s: in_time.map(|_| 12.0 * 3_600.0),
        never_ending: exact(0.0),
        makespan_s: estimate(hours * 3_600.0, 0.02),
        completion_s: CompletionSummary {
            mean: estimate(hours * 3_600.0, 0.02),
            p50: estimate(hours * 3_500.0, 0.02),
            p95: estimate(hours * 4_000.0, 0.05),
            max: exact(hours * 5_000.0),
        },
        lost_gpu_hours: estimate(0.0042, 0.2),
        restarts: estimate(0.785, 0.1),
        deadline_met: in_time.map_or(Estimate::NONE, exact),
        meets_deadline: in_time.is_none_or(|share| share >= ENOUGH_IN_TIME),
        gpu_hours: estimate(124.0, 0.02),
        cost_usd: cost,
        cheapest: false,
    };
    let mut jobs = vec![
        row("fine-tune", "spot", estimate(104.0, 0.006), 8.1, Some(0.99)),
        row("fine-tune", "serverless", estimate(245.0, 0.006), 8.6, Some(1.0)),
        row("fine-tune", "slow-spot", estimate(31.0, 0.04), 20.0, Some(0.4)),
        row("fine-tune", "limited", Estimate::NONE, 0.5, Some(0.0)),
        row("search", "on-demand", exact(50.0), 3.0, None),
    ];
    (jobs[0].cheapest, jobs[4].cheapest) = (true, true);
    jobs[3].never_ending = exact(1.0);
    (jobs[3].gpu_hours, jobs[3].makespan_s) = (Estimate::NONE, Estimate::NONE);
    jobs
}
