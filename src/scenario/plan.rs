//! What a plan searches: designs of fleets, and what the best of them is.

use crate::unit::Price;

use super::Fleet;

/// The search of a plan. Made by the loader only, which checks what the fields' documentation promises.
#[derive(Clone, Debug, PartialEq)]
pub struct Plan {
    pub objective: PlanObjective,
    /// The most that a month may cost; there is one for [`PlanObjective::LeastLatency`].
    pub budget: Option<Price>,
    /// The quantile of latency that is the least under a budget, and that the frontier trades for cost; one of
    /// [`Plan::LATENCIES`] by its index.
    pub latency: usize,
    /// Designs whose figures differ by less than this share are as good as each other, in (0, 1).
    pub indifference: f64,
    /// How sure the answer is to be as good as the best but for the indifference, in [0.5, 1).
    pub confidence: f64,
    /// The most replications that a design is given, at least 2.
    pub most_replications: u32,
    /// At least one, each with at least one design.
    pub families: Vec<DesignFamily>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PlanObjective {
    /// The least cost a month among the designs that meet the objective.
    LeastCost,
    /// The least latency among those that also keep to a budget.
    LeastLatency,
    /// Every design that no other one beats in both.
    Frontier,
}

impl PlanObjective {
    /// Every objective with the word that names it.
    pub const ALL: [(&'static str, PlanObjective); 3] = [
        ("least-cost", PlanObjective::LeastCost),
        ("least-latency", PlanObjective::LeastLatency),
        ("frontier", PlanObjective::Frontier),
    ];

    #[must_use]
    pub fn name(self) -> &'static str {
        PlanObjective::ALL.iter().find(|(_, objective)| *objective == self).map_or("", |&(name, _)| name)
    }
}

/// Designs that are made from one fleet of the scenario, or from a hybrid of several.
#[derive(Clone, Debug, PartialEq)]
pub struct DesignFamily {
    /// The fleet's name, or those of the pools.
    pub name: String,
    /// What varies between its designs, as keys of the fleet: `instances`, `burst.keep_alive`.
    pub varied: Vec<String>,
    pub designs: Vec<Design>,
}

/// One fleet that could be bought.
#[derive(Clone, Debug, PartialEq)]
pub struct Design {
    /// What each of the family's varied keys is here, as it is written.
    pub values: Vec<String>,
    /// Of the family's name: random numbers are addressed by it, and so the designs of a family share theirs.
    pub fleet: Fleet,
}

impl Plan {
    /// The quantiles that are reported of a latency, in their order.
    pub const LATENCIES: [&'static str; 5] = ["p50", "p90", "p95", "p99", "p99.9"];
    pub const USUAL_LATENCY: usize = 3;
    pub const INDIFFERENCE: f64 = 0.01;
    pub const CONFIDENCE: f64 = 0.95;
    pub const MOST_REPLICATIONS: u32 = 64;
    /// More designs than anybody means to write.
    pub const MOST_DESIGNS: usize = 20_000;

    /// Of all families.
    #[must_use]
    pub fn designs(&self) -> usize {
        self.families.iter().map(|family| family.designs.len()).sum()
    }
}
