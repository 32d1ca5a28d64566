//! How a candidate fares in one setting, and which is the cheapest there.

use crate::decide;
use crate::experiment::pooled::Pooled;
use crate::measure::{Estimate, QUANTILES, Replication};
use crate::scenario::{Scenario, Slo};
use crate::unit::Usd;

/// A candidate in one setting.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Standing {
    /// Whether it meets the objective, by all replications together; `None`: there is none.
    pub meets: Option<bool>,
    /// How far it is from just meeting the objective, above zero where it does: a guide to where that changes, and no verdict.
    pub slack: f64,
    /// Whether it loses more than 1 % of its requests.
    pub loses: bool,
    /// By replication: the total of its bill.
    pub costs: Vec<Usd>,
}

impl Standing {
    /// Of a fleet of some replications, with these bills.
    pub fn new(scenario: &Scenario, made: &[Replication], fleet: usize, costs: Vec<Usd>) -> Standing {
        let pooled = Pooled::of(made, fleet);
        let slo = scenario.slo.as_ref();
        Standing {
            slack: slo.map_or(0.0, |slo| slack(slo, &pooled)),
            meets: slo.and_then(|slo| decide::meets(slo, &pooled.requests, &pooled.latency)),
            loses: decide::loses_too_many(&pooled.requests),
            costs,
        }
    }

    pub fn total(&self) -> Usd {
        self.costs.iter().copied().sum()
    }
}

/// The least slack of any condition, each as a share of its limit.
fn slack(slo: &Slo, pooled: &Pooled) -> f64 {
    let requests = &pooled.requests;
    let quantiles = QUANTILES.into_iter().zip(slo.quantile_limits()).filter_map(|((_, q), limit)| {
        let read = pooled.latency.quantile(q)?.seconds();
        Some(libm::log(limit?.seconds() / read.max(f64::MIN_POSITIVE)))
    });
    let lost = |limit: Option<f64>, count: u64| {
        limit.map(|most| (most - count as f64 / requests.arrived.max(1) as f64) / most.max(f64::EPSILON))
    };
    let attained = slo.latency.and(slo.attainment).map(|least| {
        let late = 1.0 - requests.good as f64 / requests.first_tries().max(1) as f64;
        (1.0 - least - late) / (1.0 - least).max(f64::EPSILON)
    });
    let shares = [attained, lost(slo.max_rejected, requests.rejected), lost(slo.max_timed_out, requests.timed_out)];
    quantiles.chain(shares.into_iter().flatten()).fold(f64::MAX, f64::min)
}

/// The candidates in one setting, by their index; `None` where one is left out.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Standings(pub Vec<Option<Standing>>);

impl Standings {
    pub fn of(&self, candidate: usize) -> Option<&Standing> {
        self.0.get(candidate)?.as_ref()
    }

    /// Takes over those that another has.
    pub fn merge(&mut self, other: Standings) {
        for (mine, theirs) in self.0.iter_mut().zip(other.0) {
            if theirs.is_some() {
                *mine = theirs;
            }
        }
    }

    /// The rule of [`decide::cheapest_meeting`]; where there is no objective to meet, that of [`decide::cheapest`].
    pub fn cheapest(&self) -> Option<usize> {
        let present = || self.0.iter().enumerate().filter_map(|(index, standing)| Some((index, standing.as_ref()?)));
        let is_judged = present().any(|(_, standing)| standing.meets.is_some());
        let least = |admits: &dyn Fn(&Standing) -> bool| {
            let admitted = present().filter(|(_, standing)| admits(standing));
            admitted.min_by_key(|(_, standing)| standing.total()).map(|(index, _)| index)
        };
        match is_judged {
            true => least(&|standing| standing.meets == Some(true)),
            false => least(&|standing| !standing.loses).or_else(|| least(&|_| true)),
        }
    }

    /// What one costs more in this setting than another, or itself, does in another one, paired by replication; `scale` makes a
    /// month of a window.
    pub fn difference(&self, one: usize, other: (&Standings, usize), scale: f64) -> Estimate {
        let (Some(dear), Some(cheap)) = (self.of(one), other.0.of(other.1)) else { return Estimate::NONE };
        let paired = dear.costs.iter().zip(&cheap.costs);
        Estimate::of_mean(paired.map(|(&dear, &cheap)| (dear - cheap).dollars() * scale))
    }

    /// What one costs a month.
    pub fn cost(&self, candidate: usize, scale: f64) -> Estimate {
        let costs = self.of(candidate).map(|standing| &standing.costs[..]).unwrap_or_default();
        Estimate::of_mean(costs.iter().map(|cost| cost.dollars() * scale))
    }
}
