//! What a fleet sells to jobs: how many machines, how they start, and what takes them away. It draws; it holds nothing.

use crate::fleet::{Chance, DrawnStart, Draws, Setting, StartUps};
use crate::random::Purpose;
use crate::scenario::{
    BilledPhases, Dedicated, Distribution, Failures, Fallback, Hazard, PoolKind, Purchase, Scenario, Serverless,
};
use crate::unit::Span;

use super::zones::Zones;

/// The rules and the draws of one fleet.
pub(super) struct Supply {
    /// Of one machine.
    pub gpus: u32,
    /// Instances that one machine is paid as.
    pub instances: u64,
    /// Machines; `None`: as many as are needed.
    pub machines: Option<usize>,
    /// As many machines are ready from 0 on and stay, needed or not.
    pub standing: usize,
    pub minimum_billing: Span,
    pub serverless: Option<Terms>,
    pub spot: Option<Spot>,
    starts: StartUps,
    /// Whether a machine is refused that is asked for, and after how long it is asked for again.
    capacity: Option<(Chance, Span)>,
    /// Times between failures, and repairs.
    failures: Option<(Draws, Draws)>,
}

/// How a serverless instance is used and paid.
#[derive(Clone, Copy, Debug)]
pub(super) struct Terms {
    pub keep_alive: Span,
    pub limit: Option<Span>,
    pub bills: BilledPhases,
    pub rounding: Option<Span>,
}

/// What takes spot instances away.
pub(super) struct Spot {
    hazard: Option<Draws>,
    pub notice: Span,
    pub has_outages: bool,
    pub zones: Zones,
    pub fallback: Option<Fallback>,
}

impl Supply {
    pub fn new(scenario: &Scenario, kind: &PoolKind, fleet: &str, replication: u32) -> Supply {
        let setting = Setting::new(scenario, replication);
        let owner = [fleet, "jobs"];
        match kind {
            PoolKind::Dedicated(pool) => Supply::dedicated(pool, &setting, &owner),
            PoolKind::Serverless(pool) => Supply::serverless(pool, &setting, &owner),
        }
    }

    fn dedicated(pool: &Dedicated, setting: &Setting, owner: &[&str]) -> Supply {
        let (terms, instances) = (&pool.terms, pool.instances.number());
        let node = terms.node;
        // A machine is a node of several instances, or an instance of several nodes.
        let gpus = node.gpus.max(node.gpus_of_instance);
        let of_machine = gpus / node.gpus_of_instance;
        let machines = (node.paid_instances(instances) / u64::from(of_machine)) as usize;
        let exponential = |mean| Distribution::Exponential { mean };
        let failures = terms.failures.as_ref().map(|Failures { every, repair }| {
            let fails = Draws::new(&exponential(*every), setting, owner, Purpose::Failure);
            (fails, Draws::new(repair, setting, owner, Purpose::Repair))
        });
        let capacity = terms
            .schedule
            .as_ref()
            .map(|schedule| (Chance::new(schedule.failure, setting, owner, Purpose::Capacity), schedule.retry_after));
        Supply {
            gpus,
            instances: u64::from(of_machine),
            machines: Some(machines),
            standing: if matches!(terms.purchase, Purchase::Reserved(_)) { machines } else { 0 },
            minimum_billing: terms.minimum_billing,
            serverless: None,
            spot: (terms.purchase == Purchase::Spot).then(|| Spot::new(pool, setting, owner)),
            starts: StartUps::new(&terms.boot, setting, owner),
            capacity,
            failures,
        }
    }

    fn serverless(pool: &Serverless, setting: &Setting, owner: &[&str]) -> Supply {
        let terms = Terms {
            keep_alive: pool.keep_alive.unwrap_or(Span::ZERO),
            limit: pool.execution_limit,
            bills: pool.tariff.bills,
            rounding: pool.tariff.rounding,
        };
        Supply {
            gpus: 1,
            instances: 1,
            machines: pool.max_instances.map(|most| most as usize),
            standing: pool.min_instances as usize,
            minimum_billing: Span::ZERO,
            serverless: Some(terms),
            spot: None,
            starts: StartUps::new(&pool.start, setting, owner),
            capacity: None,
            failures: None,
        }
    }

    /// Until a machine that is asked for starts (none is free), and its start.
    pub fn start(&mut self) -> (Span, DrawnStart) {
        let start = self.starts.take();
        let mut wait = start.throttled;
        if let Some((is_refused, retry_after)) = &mut self.capacity {
            while wait < Span::LONGEST && is_refused.happens() {
                wait = wait + *retry_after;
            }
        }
        (wait, start)
    }

    /// How long a machine that is ready runs until it fails.
    pub fn until_failure(&mut self) -> Option<Span> {
        self.failures.as_mut().map(|(fails, _)| fails.draw())
    }

    pub fn repair(&mut self) -> Span {
        self.failures.as_mut().map_or(Span::ZERO, |(_, repair)| repair.draw())
    }

    /// How long a spot machine that is ready runs until it is warned.
    pub fn until_warning(&mut self) -> Option<Span> {
        self.spot.as_mut().and_then(|spot| spot.hazard.as_mut()).map(Draws::draw)
    }
}

impl Spot {
    fn new(pool: &Dedicated, setting: &Setting, owner: &[&str]) -> Spot {
        let interruptions = pool.terms.interruptions.as_ref();
        let hazard = interruptions.and_then(|interruptions| interruptions.hazard);
        let outages = interruptions.and_then(|interruptions| interruptions.outages.as_ref());
        let draws = |hazard: Hazard| {
            let mean = Span::from_nanos(hazard.mean_nanos() as u64);
            Draws::new(&Distribution::Exponential { mean }, setting, owner, Purpose::Interruption)
        };
        Spot {
            hazard: hazard.map(draws),
            notice: interruptions.map_or(Span::ZERO, |interruptions| interruptions.notice),
            has_outages: outages.is_some(),
            zones: Zones::new(outages, setting, owner),
            fallback: interruptions.and_then(|interruptions| interruptions.fallback),
        }
    }

    /// Whether a machine of that index is always an on-demand one.
    pub fn is_base(&self, machine: usize, instances: u64) -> bool {
        self.fallback.is_some_and(|fallback| (machine as u64) < u64::from(fallback.base).div_ceil(instances))
    }

    /// Whether a machine can be had: a spot one, or an on-demand one in its place.
    pub fn is_to_be_had(&self) -> bool {
        self.zones.any_up() || self.fallback.is_some_and(|fallback| fallback.dynamic)
    }
}
