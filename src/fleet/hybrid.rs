//! Several pools, tried in order, and the rule by which a request goes on to the next.

use std::collections::VecDeque;

use crate::measure::FleetOutcome;
use crate::scenario::{Dedicated, Hybrid, OverflowRule, PoolKind};
use crate::traffic::Block;
use crate::unit::{Span, Time};

use super::elastic::ElasticPool;
use super::fifo::FifoPool;
use super::meter::{Observer, Request};
use super::population::Population;
use super::setting::Setting;

pub(super) struct HybridFleet<O> {
    pools: Vec<PoolState<O>>,
    rule: OverflowRule,
    /// Arrivals of the last second, for [`OverflowRule::RateOver`].
    recent: VecDeque<Time>,
    /// Of all pools together.
    population: Population,
}

enum PoolState<O> {
    Fifo(Box<FifoPool<O>>),
    Elastic(Box<ElasticPool<O>>),
}

impl<O: Observer> HybridFleet<O> {
    pub fn new(hybrid: &Hybrid, setting: &Setting, fleet: &str, observer: impl Fn(u16) -> O) -> HybridFleet<O> {
        let at_first = |kind: &PoolKind| match kind {
            PoolKind::Dedicated(pool) => u64::from(pool.instances),
            PoolKind::Serverless(pool) => u64::from(pool.min_instances),
        };
        let count = hybrid.pools.iter().map(|pool| at_first(&pool.kind)).sum();
        let pools = hybrid.pools.iter().zip(0..).map(|(pool, index)| {
            let (owner, observer) = ([fleet, pool.name.as_str()], observer(index));
            match &pool.kind {
                PoolKind::Dedicated(dedicated) if fifo_knows_enough(dedicated, hybrid.overflow, setting) => {
                    PoolState::Fifo(Box::new(FifoPool::new(dedicated, setting, observer)))
                }
                PoolKind::Dedicated(dedicated) => {
                    PoolState::Elastic(Box::new(ElasticPool::dedicated(dedicated, setting, &owner, true, observer)))
                }
                PoolKind::Serverless(serverless) => {
                    PoolState::Elastic(Box::new(ElasticPool::serverless(serverless, setting, &owner, true, observer)))
                }
            }
        });
        HybridFleet {
            pools: pools.collect(),
            rule: hybrid.overflow,
            recent: VecDeque::new(),
            population: Population::new(setting.window, count, false),
        }
    }

    pub fn expect_gap(&mut self, mean: Span) {
        for pool in &mut self.pools {
            if let PoolState::Elastic(pool) = pool {
                pool.expect_gap(mean);
            }
        }
    }

    pub fn prepare(&mut self, block: &Block) {
        for pool in &mut self.pools {
            if let PoolState::Fifo(pool) = pool {
                pool.prepare(block);
            }
        }
    }

    /// Routes a request to the first pool that takes it; the last takes or rejects what is left.
    #[inline]
    pub fn accept(&mut self, request: &Request) {
        let above_rate = self.is_above_rate(request.arrival);
        let (last, before) = self.pools.split_last_mut().expect("a hybrid has pools");
        for pool in before {
            pool.advance(request.arrival);
            if !above_rate && !pool.passes_on(request.arrival, self.rule) {
                return pool.accept(request);
            }
        }
        last.advance(request.arrival);
        last.accept(request);
    }

    #[inline]
    fn is_above_rate(&mut self, now: Time) -> bool {
        let OverflowRule::RateOver(rate) = self.rule else {
            return false;
        };
        self.recent.push_back(now);
        while self.recent.front().is_some_and(|&arrival| arrival + Span::SECOND <= now) {
            self.recent.pop_front();
        }
        rate.is_exceeded_by(self.recent.len() as u64)
    }

    /// Brings every pool to the same time and adds up how many instances there were.
    pub fn synchronize(&mut self, until: Time) {
        self.pools.iter_mut().for_each(|pool| pool.advance(until));
        self.merge_populations();
    }

    fn merge_populations(&mut self) {
        let mut changes: Vec<(Time, i64)> = Vec::new();
        for pool in &mut self.pools {
            if let PoolState::Elastic(pool) = pool {
                changes.append(&mut pool.take_log());
            }
        }
        changes.sort_by_key(|&(time, _)| time);
        // The order within an instant does not matter to the peak, but a population must not pass below zero.
        for instant in changes.chunk_by(|a, b| a.0 == b.0) {
            self.population.change(instant[0].0, instant.iter().map(|&(_, by)| by).sum());
        }
    }

    pub fn finish(mut self) -> (FleetOutcome, Vec<O>) {
        for pool in &mut self.pools {
            if let PoolState::Elastic(pool) = pool {
                pool.drain();
            }
        }
        self.merge_populations();
        let finished = self.pools.into_iter().map(|pool| match pool {
            PoolState::Fifo(pool) => pool.finish(),
            PoolState::Elastic(pool) => pool.finish(),
        });
        let (pools, observers) = finished.unzip();
        (FleetOutcome { pools, peak: self.population.peak() }, observers)
    }
}

/// Whether the FIFO algorithm knows what the rule asks about: not who waits, and not how long if others time out.
fn fifo_knows_enough(pool: &Dedicated, rule: OverflowRule, setting: &Setting) -> bool {
    let answers = match rule {
        OverflowRule::WhenFull | OverflowRule::RateOver(_) => true,
        OverflowRule::WaitOver(_) => !setting.any_timeout(),
        OverflowRule::InFlightOver(_) => false,
    };
    answers && FifoPool::<()>::serves(pool, setting)
}

impl<O: Observer> PoolState<O> {
    #[inline]
    fn advance(&mut self, until: Time) {
        if let PoolState::Elastic(pool) = self {
            pool.advance(until);
        }
    }

    #[inline]
    fn accept(&mut self, request: &Request) {
        match self {
            PoolState::Fifo(pool) => pool.accept(request),
            PoolState::Elastic(pool) => pool.accept(request),
        }
    }

    /// Whether a pool that is not the last leaves an arrival to the next one.
    #[inline]
    fn passes_on(&mut self, now: Time, rule: OverflowRule) -> bool {
        let rejects = match self {
            PoolState::Fifo(pool) => pool.would_reject(now),
            PoolState::Elastic(pool) => pool.rejects(),
        };
        rejects
            || match rule {
                OverflowRule::WhenFull => self.is_full(now),
                OverflowRule::WaitOver(limit) => self.prospective_wait(now) > limit,
                OverflowRule::InFlightOver(limit) => self.in_flight() >= limit,
                OverflowRule::RateOver(_) => false,
            }
    }

    fn is_full(&self, now: Time) -> bool {
        match self {
            PoolState::Fifo(pool) => pool.is_full(now),
            PoolState::Elastic(pool) => pool.is_full(),
        }
    }

    fn prospective_wait(&mut self, now: Time) -> Span {
        match self {
            PoolState::Fifo(pool) => pool.prospective_wait(now),
            PoolState::Elastic(pool) => pool.prospective_wait(now),
        }
    }

    fn in_flight(&self) -> u64 {
        match self {
            PoolState::Fifo(_) => unreachable!("pools under an in-flight rule are elastic"),
            PoolState::Elastic(pool) => pool.in_flight(),
        }
    }
}
