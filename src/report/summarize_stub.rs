use super::document::*;
use crate::bill;
use crate::measure::*;
use crate::scenario::*;
fn e(v: f64) -> Estimate {
    Estimate {
        mean: v.is_finite().then_some(v),
        low: v.is_finite().then_some(v * 0.99),
        high: v.is_finite().then_some(v * 1.01),
    }
}
fn q(x: &Quantity) -> QuantitySummary {
    let r = |p: f64| e(x.quantile(p).map_or(f64::NAN, |s| s.seconds()));
    QuantitySummary {
        mean: e(x.sum as f64 / 1e9 / x.count() as f64),
        p50: r(0.5),
        p90: r(0.9),
        p95: r(0.95),
        p99: r(0.99),
        p999: r(0.999),
        max: r(1.0),
    }
}
fn rq(c: &RequestCounts, n: f64) -> RequestsSummary {
    let f = |v: u64| e(v as f64 / n);
    RequestsSummary {
        arrived: f(c.arrived),
        completed: f(c.completed),
        rejected: f(c.rejected),
        timed_out: f(c.timed_out),
        cold: f(c.cold),
        unfinished_at_horizon: f(c.unfinished_at_horizon),
    }
}
pub fn summarize(s: &Scenario, sha: &str, o: &[String], w: &[String], reps: &[Replication]) -> RunDocument {
    let n = reps.len() as f64;
    let win = s.window();
    let mk = |name: &str, kind: &'static str, fi: usize, pools: std::ops::Range<usize>| -> FleetSummary {
        let mut counts = RequestCounts::default();
        let mut lat = Quantity::default();
        let mut wait = Quantity::default();
        let mut u = Usage::default();
        let mut b = bill::Bill::default();
        let mut peak = 0;
        let mut cls = vec![(RequestCounts::default(), Quantity::default()); s.traffic.len()];
        for r in reps {
            let f = &r.fleets[fi];
            peak += f.peak;
            for p in pools.clone() {
                let po = &f.pools[p];
                for (k, c) in po.classes.iter().enumerate() {
                    counts.add(&c.requests);
                    lat.merge(&c.latency);
                    cls[k].0.add(&c.requests);
                    cls[k].1.merge(&c.latency);
                }
                wait.merge(&po.wait);
                u.starting += po.usage.starting;
                u.busy += po.usage.busy;
                u.idle += po.usage.idle;
                u.busy_slots += po.usage.busy_slots;
                u.ready_slots += po.usage.ready_slots;
                u.started += po.usage.started;
                b.add(&bill::of_pool(s.fleets[fi].pools()[p], po, win));
            }
        }
        let tot = b.total().dollars() / n;
        let w_ns = win.nanos() as f64 * n;
        FleetSummary {
            name: name.into(),
            kind,
            requests: rq(&counts, n),
            cold_ratio: e(counts.cold as f64 / counts.completed as f64),
            slo_attainment: e(counts.good as f64 / counts.arrived as f64),
            meets_slo: s.slo.as_ref().map(|slo| {
                slo.attainment.is_none_or(|a| counts.good as f64 / counts.arrived as f64 >= a)
                    && slo.p95.is_none_or(|l| lat.quantile(0.95).is_some_and(|v| v <= l))
            }),
            latency_s: q(&lat),
            wait_s: q(&wait),
            instances: InstancesSummary {
                mean: e((u.starting + u.busy + u.idle) as f64 / w_ns),
                busy: e(u.busy as f64 / w_ns),
                idle: e(u.idle as f64 / w_ns),
                starting: e(u.starting as f64 / w_ns),
                peak: e(peak as f64 / n),
                started: e(u.started as f64 / n),
            },
            utilization: e(u.busy_slots as f64 / u.ready_slots as f64),
            cost: CostSummary {
                total_usd: e(tot),
                per_month_usd: e(tot * 2_592_000.0 / win.seconds()),
                per_1000_requests_usd: e(1000.0 * tot * n / counts.completed as f64),
                per_busy_hour_usd: e(tot * n / (u.busy as f64 / 3.6e12)),
                lines: b.lines.iter().map(|(l, a)| CostLine { line: l.name(), usd: e(a.dollars() / n) }).collect(),
            },
            pools: vec![],
            classes: cls
                .iter()
                .zip(&s.traffic)
                .map(|((c, l), t)| ClassSummary { name: t.name.clone(), latency_s: q(l), requests: rq(c, n) })
                .collect(),
            warnings: vec![],
        }
    };
    let fleets: Vec<FleetSummary> = s
        .fleets
        .iter()
        .enumerate()
        .map(|(i, f)| {
            let k = f.pools().len();
            let mut x = mk(&f.name, f.kind_name(), i, 0..k);
            if let FleetKind::Hybrid(h) = &f.kind {
                x.pools = h.pools.iter().enumerate().map(|(j, p)| mk(&p.name, p.kind.name(), i, j..j + 1)).collect();
            }
            x
        })
        .collect();
    let m = |f: &FleetSummary| f.cost.per_month_usd.mean.unwrap();
    let best = |ok: &dyn Fn(&&FleetSummary) -> bool| {
        fleets.iter().filter(ok).min_by(|a, b| m(a).total_cmp(&m(b))).map(|f| f.name.clone())
    };
    let total: u64 = reps.iter().map(|r| r.requests).sum();
    RunDocument {
        schema: "breakeven.run/1",
        version: env!("CARGO_PKG_VERSION"),
        scenario: ScenarioSummary {
            name: s.name.clone(),
            sha256: sha.into(),
            overrides: o.to_vec(),
            seed: s.seed,
            replications: s.replications,
            window_s: win.seconds(),
        },
        traffic: TrafficSummary { requests: e(total as f64 / n), rate_per_s: e(total as f64 / n / win.seconds()) },
        warnings: w.to_vec(),
        comparisons: vec![],
        cheapest: best(&|_| true),
        cheapest_meeting_slo: best(&|f| f.meets_slo == Some(true)),
        fleets,
    }
}
