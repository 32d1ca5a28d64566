//! The candidates, and how they fare with a factor varied: what it does not touch is not simulated again.

use std::ops::Range;

use crate::bill;
use crate::engine;
use crate::experiment::Watch;
use crate::experiment::watch::simulated;
use crate::measure::Replication;
use crate::scenario::{Fleet, PoolKind, Scenario};
use crate::trace::TraceError;
use crate::unit::{Span, Usd};

use super::Factor;
use super::standing::{Standing, Standings};

/// The candidates of a scenario, simulated as they are. Whatever is varied, they serve the same replications of the same streams,
/// with the same random numbers, so that a difference is one of what is varied.
pub(super) struct Field<'a> {
    scenario: &'a Scenario,
    replications: Range<u32>,
    made: Vec<Replication>,
    base: Standings,
    watch: &'a dyn Watch,
}

impl<'a> Field<'a> {
    pub fn new(
        scenario: &'a Scenario,
        replications: Range<u32>,
        watch: &'a dyn Watch,
    ) -> Result<Field<'a>, TraceError> {
        let mut field = Field { scenario, replications, made: Vec::new(), base: Standings(Vec::new()), watch };
        field.made = field.simulate(scenario)?;
        let standing = |index| {
            let costs = bills(&scenario.fleets[index], &field.made, index, scenario.window());
            Some(Standing::new(scenario, &field.made, index, costs))
        };
        field.base = Standings((0..scenario.fleets.len()).map(standing).collect());
        Ok(field)
    }

    /// How they fare with every factor as it is.
    pub fn base(&self) -> &Standings {
        &self.base
    }

    /// All of them.
    pub fn everyone(&self) -> Vec<usize> {
        (0..self.scenario.fleets.len()).collect()
    }

    /// So many windows are a month.
    pub fn months(&self) -> f64 {
        Span::MONTH.nanos() as f64 / self.scenario.window().nanos() as f64
    }

    /// Whether a factor changes bills alone, so that what was simulated is billed again.
    pub fn is_billed_again(&self, factor: Factor) -> bool {
        let touched = || {
            let varied = factor.applied(self.scenario, factor.ends()[0]).fleets;
            self.scenario.fleets.iter().zip(varied).filter(|(was, is)| *was != is).map(|(was, _)| was)
        };
        factor.is_price() && !touched().any(has_spend_cap)
    }

    /// How some of them fare with a factor varied.
    pub fn at(&self, factor: Factor, by: f64, candidates: &[usize]) -> Result<Standings, TraceError> {
        let varied = factor.applied(self.scenario, by);
        let mut standings = vec![None; self.scenario.fleets.len()];
        let mut anew = Vec::new();
        for &index in candidates {
            let (was, is) = (&self.scenario.fleets[index], &varied.fleets[index]);
            if varied.traffic != self.scenario.traffic || (was != is && (!factor.is_price() || has_spend_cap(is))) {
                anew.push(index);
            } else if let Some(standing) = self.base.of(index) {
                let mut standing = standing.clone();
                if was != is {
                    standing.costs = bills(is, &self.made, index, varied.window());
                }
                standings[index] = Some(standing);
            }
        }
        if !anew.is_empty() {
            let fleets = anew.iter().map(|&index| varied.fleets[index].clone()).collect();
            let scenario = Scenario { fleets, ..varied };
            let made = self.simulate(&scenario)?;
            for (place, &index) in anew.iter().enumerate() {
                let costs = bills(&scenario.fleets[place], &made, place, scenario.window());
                standings[index] = Some(Standing::new(&scenario, &made, place, costs));
            }
        }
        Ok(Standings(standings))
    }

    fn simulate(&self, scenario: &Scenario) -> Result<Vec<Replication>, TraceError> {
        self.watch.planned(simulated(scenario, self.replications.len() as u32));
        engine::replicate(scenario, self.replications.clone(), &|advance| self.watch.advanced(advance))
    }
}

fn bills(fleet: &Fleet, made: &[Replication], index: usize, window: Span) -> Vec<Usd> {
    made.iter().map(|made| bill::of_fleet(fleet, &made.fleets[index], window).total()).collect()
}

fn has_spend_cap(fleet: &Fleet) -> bool {
    fleet.pools().into_iter().any(|kind| matches!(kind, PoolKind::Serverless(pool) if pool.tariff.spend_cap.is_some()))
}
