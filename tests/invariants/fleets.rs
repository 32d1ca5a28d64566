//! Random fleets with everything that a scenario may say of them, also what the reference model does not know: every scaler
//! with its defaults, interruptions, outages, failures, hours, regions and minimum billing.

use breakeven::scenario::{
    Autoscaling, Dedicated, Distribution, Failures, Fallback, Fleet, FleetKind, Hazard, Hours, Hybrid, Interrupted,
    Interruptions, Nearest, Node, Outages, OverflowRule, Pool, PoolKind, Purchase, RegionTraffic, Routing, ScaleOut,
    Schedule, Serverless, StartUp, Terms,
};
use proptest::prelude::*;
use proptest::sample::select;

use crate::reference::build::{constant, dollars_per_hour, fleet, seconds};
use crate::reference::cases::Grid;
use crate::reference::pools::{Features, dedicated, serverless, sharing};

const ALL: Features = Features { starts: true, limits: true, scalers: true };

pub fn any_fleet() -> impl Strategy<Value = Fleet> {
    let pool = || prop_oneof![any_serverless(), sold().prop_map(PoolKind::Dedicated)].boxed();
    let pool = move || prop_oneof![3 => pool(), 1 => sharing(pool())];
    let several = prop::collection::vec(pool(), 2..=3);
    let rules = select(vec![OverflowRule::WhenFull, OverflowRule::WaitOver(seconds(2)), OverflowRule::InFlightOver(3)]);
    let hybrid = (rules, several).prop_map(|(rule, pools)| crate::reference::build::hybrid(rule, pools));
    prop_oneof![3 => pool().prop_map(fleet), 1 => hybrid, 1 => regions()]
}

/// With any scaler, half of the time with its defaults.
fn any_serverless() -> BoxedStrategy<PoolKind> {
    let own = serverless(Grid::Mixed, ALL);
    let usual = (serverless(Grid::Mixed, ALL), select(ScaleOut::KINDS.to_vec())).prop_map(|(kind, scaler)| {
        let PoolKind::Serverless(pool) = kind else { return kind };
        let scale_out = ScaleOut::of_kind(scaler, pool.slots).expect("a kind");
        let min_instances = pool.min_instances.max(scale_out.least_instances());
        let max_instances = pool.max_instances.map(|most| most.max(min_instances));
        let keep_alive = if scale_out.removes_instances() { None } else { pool.keep_alive };
        PoolKind::Serverless(Serverless { scale_out, min_instances, max_instances, keep_alive, ..pool })
    });
    prop_oneof![own, usual].boxed()
}

/// Dedicated instances on any terms.
fn sold() -> BoxedStrategy<Dedicated> {
    let plain = dedicated(Grid::Mixed).prop_map(|kind| match kind {
        PoolKind::Dedicated(pool) => pool,
        PoolKind::Serverless(_) => unreachable!("the strategy makes dedicated pools"),
    });
    (plain, terms())
        .prop_map(|(pool, mut terms)| {
            if let Some(scaling) = &mut terms.autoscaling {
                scaling.min_instances = scaling.min_instances.min(pool.instances.number());
            }
            Dedicated { terms, ..pool }
        })
        .boxed()
}

/// Things happen every few seconds, so that they happen in cases of a minute.
fn terms() -> impl Strategy<Value = Terms> {
    let node = select(vec![(1, 1), (1, 1), (8, 1), (8, 4), (4, 8)]);
    let node = node.prop_map(|(gpus, gpus_of_instance)| Node { gpus, gpus_of_instance });
    let goes_wrong = (prop::option::of(interruptions()), prop::option::weighted(0.3, failures()));
    let scaled = (prop::option::weighted(0.3, schedule()), prop::option::weighted(0.3, autoscaling()));
    (node, 0..=4_u64, select(vec![0, 0, 60]), goes_wrong, scaled).prop_map(
        |(node, boot, minimum, (interruptions, failures), (schedule, autoscaling))| Terms {
            purchase: if interruptions.is_some() { Purchase::Spot } else { Purchase::OnDemand },
            node,
            boot: StartUp::cold_start(constant(boot)),
            minimum_billing: seconds(minimum),
            schedule,
            interruptions,
            failures,
            autoscaling,
            regions: Vec::new(),
        },
    )
}

fn interruptions() -> impl Strategy<Value = Interruptions> {
    let hazard = (5..=30_u64).prop_map(|every| Some(Hazard::Every(seconds(every))));
    let outages = (1..=3_u32, 10..=40_u64, 1..=6_u64).prop_map(|(zones, every, last)| Outages {
        zones,
        every: seconds(every),
        last: Distribution::Exponential { mean: seconds(last) },
    });
    let fallback =
        (0..=2_u32, any::<bool>()).prop_map(|(base, dynamic)| Fallback { base, dynamic, price: dollars_per_hour(5) });
    let requests = select(vec![Interrupted::Retry, Interrupted::Lose]);
    (hazard, 0..=3_u64, requests, prop::option::of(outages), prop::option::of(fallback)).prop_map(
        |(hazard, notice, requests, outages, fallback)| Interruptions {
            hazard,
            notice: seconds(notice),
            requests,
            outages,
            fallback,
        },
    )
}

fn failures() -> impl Strategy<Value = Failures> {
    (5..=30_u64, 1..=5_u64).prop_map(|(every, repair)| Failures { every: seconds(every), repair: constant(repair) })
}

/// Some seconds of the first minute of every day: t = 0 is a midnight.
fn schedule() -> impl Strategy<Value = Schedule> {
    (0..=20_u64, 1..=40_u64, select(vec![0.0, 0.5]), 1..=3_u64).prop_map(|(from, length, failure, retry_after)| {
        let hours = Hours { days: [true; 7], from: seconds(from), to: seconds(from + length) };
        Schedule { hours: vec![hours], failure, retry_after: seconds(retry_after) }
    })
}

fn autoscaling() -> impl Strategy<Value = Autoscaling> {
    (select(ScaleOut::KINDS.to_vec()), 0..=2_u32, 0..=6_u64).prop_map(|(kind, min_instances, keep_alive)| {
        let scale_out = ScaleOut::of_kind(kind, 1).expect("a kind");
        let keep_alive = (!scale_out.removes_instances()).then(|| seconds(keep_alive));
        Autoscaling { scale_out, min_instances: min_instances.max(scale_out.least_instances()), keep_alive }
    })
}

/// Dedicated instances in two or three places.
fn regions() -> impl Strategy<Value = Fleet> {
    let region = (sold(), 0..=3_u64, 1..=4_u32).prop_map(|(pool, network, share)| {
        (pool, RegionTraffic { nearest: Nearest::Share(f64::from(share)), network: seconds(network) })
    });
    prop::collection::vec(region, 2..=3).prop_map(|regions| {
        let (pools, traffic): (Vec<_>, Vec<_>) = regions.into_iter().unzip();
        let pool = |(number, pool)| Pool { name: format!("region {number}"), kind: PoolKind::Dedicated(pool) };
        let pools = (0..).zip(pools).map(pool).collect();
        let routing = Routing::Nearest(traffic);
        Fleet {
            name: "regions".into(),
            kind: FleetKind::Hybrid(Hybrid { overflow: OverflowRule::WhenFull, routing, pools }),
        }
    })
}
