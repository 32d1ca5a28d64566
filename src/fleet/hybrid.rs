//! Several pools: tried in order, by a rule by which a request goes on to the next, or by how near they are.

use std::collections::VecDeque;

use crate::measure::FleetOutcome;
use crate::scenario::{Hybrid, OverflowRule, PoolKind, Routing};
use crate::traffic::Block;
use crate::unit::{Span, Time};

use super::meter::{Observer, Request};
use super::pool::{Pool, Question, requests};
use super::population::Population;
use super::regions::Regions;
use super::setting::Setting;

pub(super) struct HybridFleet<O> {
    pools: Vec<Pool<O>>,
    rule: OverflowRule,
    /// Of a fleet that is spread over regions, which the pools are then.
    regions: Option<Regions>,
    /// Arrivals of the last second, for [`OverflowRule::RateOver`].
    recent: VecDeque<Time>,
    /// Of all pools together.
    population: Population,
}

impl<O: Observer> HybridFleet<O> {
    pub fn new(hybrid: &Hybrid, setting: &Setting, fleet: &str, observer: impl Fn(u16) -> O) -> HybridFleet<O> {
        let at_first = |kind: &PoolKind| match kind {
            PoolKind::Dedicated(pool) if pool.terms.is_steady() => u64::from(pool.instances.number()),
            // They tell of their first instances like of all others.
            PoolKind::Dedicated(_) => 0,
            PoolKind::Serverless(pool) => u64::from(pool.min_instances),
        };
        let count = hybrid.pools.iter().map(|pool| at_first(&pool.kind)).sum();
        // Each region is asked whether it has a free slot.
        let last = if hybrid.routing == Routing::InOrder { hybrid.pools.len() - 1 } else { hybrid.pools.len() };
        let setting = &setting.over_network(hybrid.routing != Routing::InOrder);
        let pools = hybrid.pools.iter().enumerate().map(|(index, pool)| {
            let question = if index == last { Question::Nothing } else { Question::PassesOn(hybrid.overflow) };
            let owner = [fleet, pool.name.as_str()];
            Pool::new(&pool.kind, question, setting, &owner, true, observer(index as u16))
        });
        HybridFleet {
            pools: pools.collect(),
            rule: hybrid.overflow,
            regions: Regions::of(hybrid, setting, fleet),
            recent: VecDeque::new(),
            population: Population::new(setting.window, count, false),
        }
    }

    pub fn expect_gap(&mut self, mean: Span) {
        self.pools.iter_mut().for_each(|pool| pool.expect_gap(mean));
    }

    /// Serves all the requests of a block, then brings every pool to the same time.
    pub fn replay(&mut self, block: &Block) {
        self.pools.iter_mut().for_each(|pool| pool.prepare(block));
        match self.regions {
            Some(_) => requests(block).for_each(|request| self.accept_nearest(&request)),
            None => requests(block).for_each(|request| self.accept_in_order(&request)),
        }
        if let Some(&last) = block.arrival.last() {
            self.advance(last);
            self.merge_populations();
        }
    }

    /// Brings every pool to the same time.
    pub fn advance(&mut self, until: Time) {
        self.pools.iter_mut().for_each(|pool| pool.advance(until));
    }

    pub fn pools(&mut self) -> &mut [Pool<O>] {
        &mut self.pools
    }

    /// Routes a request.
    pub fn accept(&mut self, request: &Request) {
        match self.regions {
            Some(_) => self.accept_nearest(request),
            None => self.accept_in_order(request),
        }
    }

    /// Routes a request to the first pool that takes it; the last takes or rejects what is left.
    #[inline(always)]
    fn accept_in_order(&mut self, request: &Request) {
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

    /// Routes a request to the nearest region that has a free slot; it waits in its own if none has.
    #[inline(never)]
    fn accept_nearest(&mut self, request: &Request) {
        let Some(regions) = &self.regions else { return };
        let home = regions.home(request);
        let of = |region| Request { network: regions.round_trip(home, region), ..*request };
        for &region in regions.by_distance_from(home) {
            let pool = &mut self.pools[region];
            pool.advance(request.arrival);
            if !pool.passes_on(request.arrival, OverflowRule::WhenFull) {
                return pool.accept(&of(region));
            }
        }
        self.pools[home].accept(&of(home));
    }

    #[inline]
    fn is_above_rate(&mut self, now: Time) -> bool {
        let OverflowRule::RateOver(rate) = self.rule else { return false };
        self.recent.push_back(now);
        while self.recent.front().is_some_and(|&arrival| arrival + Span::SECOND <= now) {
            self.recent.pop_front();
        }
        rate.is_exceeded_by(self.recent.len() as u64)
    }

    /// Adds up how many instances there were.
    pub fn merge_populations(&mut self) {
        let mut changes: Vec<(Time, i64)> = self.pools.iter_mut().flat_map(Pool::take_log).collect();
        changes.sort_by_key(|&(time, _)| time);
        // The order within an instant does not matter to the peak, but a population must not pass below zero.
        for instant in changes.chunk_by(|a, b| a.0 == b.0) {
            self.population.change(instant[0].0, instant.iter().map(|&(_, by)| by).sum());
        }
    }

    pub fn finish(mut self) -> (FleetOutcome, Vec<O>) {
        self.pools.iter_mut().for_each(Pool::drain);
        self.merge_populations();
        let (pools, observers) = self.pools.into_iter().map(Pool::finish).unzip();
        (FleetOutcome { pools, peak: self.population.peak() }, observers)
    }
}
