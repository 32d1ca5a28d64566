//! The document of a plan: the shape of `plan.json`.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::bill;
use crate::catalog::{PublishedEntry, PublishedPreset};
use crate::decide::paired;
use crate::experiment::plan::{
    BestThere, CostOfPlanning, End, Examined, PlanAnswer, Regret, Review, label_in_size, resized, size,
};
use crate::measure::Estimate;
use crate::scenario::{Fleet, Plan, Scenario};
use crate::summary::{FleetSummary, Provenance, QuantitySummary, ScenarioSummary};
use crate::unit::{Span, Usd};

use super::foresight::{ForesightSummary, foresight_summary};
use super::growth::GrowthDocument;
use super::headroom::HeadRoomDocument;
use super::sensitivity::{SensitivityBase, SensitivityEntry, sensitivity_base, sensitivity_entries};

/// The schema that the document keeps to: `docs/schema/plan.schema.json`.
pub const PLAN_SCHEMA: &str = "breakeven.plan/1";

/// `breakeven.plan/1`.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PlanDocument {
    pub schema: &'static str,
    pub version: &'static str,
    pub scenario: ScenarioSummary,
    pub catalog: Vec<PublishedEntry>,
    pub presets: Vec<PublishedPreset>,
    pub asked: Asked,
    /// `None` where no design meets the objective, and where the whole frontier was asked for.
    pub recommendation: Option<Recommendation>,
    /// Those that were not told apart from the recommended one, the best first.
    pub indistinguishable: Vec<DesignSummary>,
    /// From the cheapest to the fastest.
    pub frontier: Vec<DesignSummary>,
    /// The best design of each family, in the order of the plan; where none of a family meets the objective, the closest.
    pub families: Vec<FamilySummary>,
    pub search: SearchSummary,
    /// What the traffic costs at least, whatever fleet serves it.
    pub lower_bound: ForesightSummary,
    /// The recommended design with every factor as it is, by the replications of `sensitivity`; `None` where it was not asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sensitivity_base: Option<SensitivityBase>,
    /// The largest swing of the cost first; empty where it was not asked for.
    pub sensitivity: Vec<SensitivityEntry>,
    /// The recommended design at other volumes; empty where it was not asked for.
    pub regret: Vec<RegretSummary>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub growth: Option<GrowthDocument>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub head_room: Option<HeadRoomDocument>,
    /// Every design that was looked at, in the order of the plan.
    pub designs: Vec<DesignEnd>,
    pub warnings: Vec<String>,
}

/// What the best is, and how sure the answer was to be.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Asked {
    /// `least-cost`, `least-latency` or `frontier`.
    pub objective: &'static str,
    pub budget_usd_per_month: Option<f64>,
    /// The share of requests that must complete in time; `None` where the objective says nothing of it.
    pub attainment: Option<f64>,
    /// The quantile of latency that the frontier trades for cost.
    pub latency: &'static str,
    pub indifference: f64,
    pub confidence: f64,
    pub most_replications: u32,
}

/// The design to buy.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Recommendation {
    #[serde(flatten)]
    pub design: DesignSummary,
    /// Whether it meets the objective beyond doubt, at the confidence that was asked for.
    pub surely_meets: bool,
    /// The most by which another design may be better, as a share of its cost (or latency), at that confidence.
    pub within: f64,
    /// The replications of the race that decided for it.
    pub race_replications: u32,
}

/// A design with its figures, from the scenario's own replications.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct DesignSummary {
    /// For people.
    pub name: String,
    /// The fleet of the scenario that it is made from, or those of its pools.
    pub family: String,
    pub kind: &'static str,
    /// What varies in its family, and what it is here, as it is written in the scenario.
    pub settings: BTreeMap<String, String>,
    pub cost_per_month_usd: Estimate,
    /// What it costs more than the recommended one, paired; `None` where none is recommended.
    pub more_than_recommended_usd_per_month: Option<Estimate>,
    pub latency_s: QuantitySummary,
    pub slo_attainment: Estimate,
    pub meets_slo: Option<bool>,
    pub utilization: Estimate,
    pub cold_ratio: Estimate,
    pub mean_instances: Estimate,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct FamilySummary {
    pub name: String,
    /// The keys that vary.
    pub varied: Vec<String>,
    pub designs: usize,
    pub best: Option<DesignSummary>,
}

/// What the search took.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct SearchSummary {
    pub designs: u64,
    /// Of these nothing was simulated: bounds said that they are not the best.
    pub discarded_by_bounds: u64,
    /// Designs times replications.
    pub simulated_replications: u64,
    pub simulated_requests: u64,
    /// What every design in as many replications as the last ones would have taken.
    pub factorial_replications: u64,
    pub factorial_requests: u64,
}

/// The recommended design at another volume, and the best that was found there.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RegretSummary {
    /// Times the scenario's volume.
    pub volume: f64,
    pub requests_per_month: f64,
    pub cost_per_month_usd: Estimate,
    pub meets_slo: Option<bool>,
    /// `None`: none meets the objective there.
    pub best: Option<String>,
    pub best_cost_per_month_usd: Option<Estimate>,
    /// What keeping the recommended one costs more; nothing where it misses the objective.
    pub regret_usd_per_month: Option<Estimate>,
}

/// How a design ended.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct DesignEnd {
    pub name: String,
    pub family: String,
    pub settings: BTreeMap<String, String>,
    /// `bounded`, `misses`, `beaten` or `left`.
    pub end: &'static str,
    pub replications: u32,
    /// What it costs at least by the bounds; `None`: it surely misses the objective.
    pub least_cost_usd_per_month: Option<f64>,
    /// The means of its replications in the race.
    pub cost_per_month_usd: Option<f64>,
    pub latency_s: Option<f64>,
    pub slo_attainment: Option<f64>,
}

impl PlanDocument {
    #[must_use]
    pub fn new(
        scenario: &Scenario,
        plan: &Plan,
        provenance: &Provenance,
        answer: &PlanAnswer,
        review: &Review,
    ) -> PlanDocument {
        let names: Vec<String> = review.candidates.iter().map(|candidate| candidate.label.clone()).collect();
        let maker = Maker { scenario, plan, answer, bills: bills(answer) };
        let designs = |places: &[usize]| places.iter().map(|&place| maker.design(place)).collect::<Vec<_>>();
        let families = plan.families.iter().zip(&answer.best_of_family);
        let run = &answer.trial.document;
        PlanDocument {
            schema: PLAN_SCHEMA,
            version: env!("CARGO_PKG_VERSION"),
            scenario: run.scenario.clone(),
            catalog: run.catalog.clone(),
            presets: run.presets.clone(),
            asked: Asked {
                objective: plan.objective.name(),
                budget_usd_per_month: plan.budget.map(|budget| budget.cost(Span::MONTH.nanos().into()).dollars()),
                attainment: scenario.slo.as_ref().and_then(|slo| slo.attainment),
                latency: Plan::LATENCIES[plan.latency],
                indifference: plan.indifference,
                confidence: plan.confidence,
                most_replications: plan.most_replications,
            },
            recommendation: answer.recommended.map(|place| maker.recommendation(place)),
            indistinguishable: designs(&answer.indistinguishable),
            frontier: designs(&answer.frontier),
            families: families
                .map(|(family, best)| FamilySummary {
                    name: family.name.clone(),
                    varied: family.varied.clone(),
                    designs: family.designs.len(),
                    best: best.map(|place| maker.design(place)),
                })
                .collect(),
            search: SearchSummary::of(&answer.search.cost),
            lower_bound: foresight_summary(&review.foresight, &answer.trial.scenario.fleets),
            sensitivity_base: review.sensitivity.as_ref().map(|found| sensitivity_base(found, &names)),
            sensitivity: review.sensitivity.as_ref().map_or(Vec::new(), |found| sensitivity_entries(found, &names)),
            regret: review.regret.iter().map(|regret| maker.regret(regret)).collect(),
            growth: review.growth.as_ref().map(|growth| GrowthDocument::new(growth, &|fleet| maker.name_of(fleet))),
            head_room: review.head_room.as_ref().map(HeadRoomDocument::new),
            designs: answer.search.designs.iter().map(|design| maker.end(design)).collect(),
            warnings: provenance.warnings.clone(),
        }
    }
}

impl SearchSummary {
    fn of(cost: &CostOfPlanning) -> SearchSummary {
        SearchSummary {
            designs: cost.designs,
            discarded_by_bounds: cost.bounded,
            simulated_replications: cost.simulated.replications,
            simulated_requests: cost.simulated.requests,
            factorial_replications: cost.factorial.replications,
            factorial_requests: cost.factorial.requests,
        }
    }

    /// How many times more requests simulating every design would have taken.
    #[must_use]
    pub fn saved(&self) -> f64 {
        self.factorial_requests as f64 / (self.simulated_requests as f64).max(1.0)
    }
}

/// By finalist, the bills of its replications.
fn bills(answer: &PlanAnswer) -> Vec<Vec<Usd>> {
    let scenario = &answer.trial.scenario;
    let of_fleet = |index: usize| {
        let outcomes = answer.trial.replications.iter().map(|made| &made.fleets[index]);
        outcomes.map(|outcome| bill::of_fleet(&scenario.fleets[index], outcome, scenario.window()).total()).collect()
    };
    (0..scenario.fleets.len()).map(of_fleet).collect()
}

struct Maker<'a> {
    scenario: &'a Scenario,
    plan: &'a Plan,
    answer: &'a PlanAnswer,
    bills: Vec<Vec<Usd>>,
}

impl Maker<'_> {
    fn settings(&self, design: &Examined) -> BTreeMap<String, String> {
        let family = &self.plan.families[design.family];
        family.varied.iter().cloned().zip(family.designs[design.design].values.iter().cloned()).collect()
    }

    fn design(&self, place: usize) -> DesignSummary {
        let design = &self.answer.search.designs[self.answer.finalists[place]];
        let fleet: &FleetSummary = &self.answer.trial.document.fleets[place];
        let months = Span::MONTH.nanos() as f64 / self.scenario.window().nanos() as f64;
        let is_constant = !self.scenario.varies();
        let more = self
            .answer
            .recommended
            .map(|recommended| paired(&self.bills[recommended], &self.bills[place], months, is_constant).0);
        DesignSummary {
            name: fleet.name.clone(),
            family: self.plan.families[design.family].name.clone(),
            kind: fleet.kind,
            settings: self.settings(design),
            cost_per_month_usd: fleet.cost.per_month_usd,
            more_than_recommended_usd_per_month: more.filter(|_| self.answer.recommended != Some(place)),
            latency_s: fleet.latency_s.clone(),
            slo_attainment: fleet.slo_attainment,
            meets_slo: fleet.meets_slo,
            utilization: fleet.utilization,
            cold_ratio: fleet.cold_ratio,
            mean_instances: fleet.instances.mean,
        }
    }

    fn recommendation(&self, place: usize) -> Recommendation {
        let race = &self.answer.search.race;
        Recommendation {
            design: self.design(place),
            surely_meets: race.is_sure,
            within: race.within,
            race_replications: race.ends[self.answer.finalists[place]].replications(),
        }
    }

    fn regret(&self, regret: &Regret) -> RegretSummary {
        let name = |best: &BestThere| {
            let design = &self.answer.search.designs[self.answer.finalists[best.finalist]];
            label_in_size(&self.plan.families[design.family], design.design, best.size)
        };
        let keeps = regret.meets != Some(false);
        RegretSummary {
            volume: regret.volume,
            requests_per_month: regret.requests_per_month,
            cost_per_month_usd: regret.cost_per_month_usd,
            meets_slo: regret.meets,
            best: regret.best.as_ref().map(name),
            best_cost_per_month_usd: regret.best.as_ref().map(|best| best.cost_per_month_usd),
            regret_usd_per_month: regret.best.as_ref().filter(|_| keeps).map(|best| best.regret_usd_per_month),
        }
    }

    /// Of a design in whatever size: the finalist that it is, but for its size.
    fn name_of(&self, fleet: &Fleet) -> String {
        let size = size(fleet);
        let is_same = |place: &usize| {
            let design = &self.answer.search.designs[self.answer.finalists[*place]];
            let own = &self.plan.families[design.family].designs[design.design].fleet;
            own == fleet || resized(own, size).as_ref() == Some(fleet)
        };
        match (0..self.answer.finalists.len()).find(is_same) {
            Some(place) => {
                let design = &self.answer.search.designs[self.answer.finalists[place]];
                label_in_size(&self.plan.families[design.family], design.design, size)
            }
            None => format!("{}, {size} instances", fleet.name),
        }
    }

    fn end(&self, design: &Examined) -> DesignEnd {
        let count = design.tallies.len() as f64;
        let months = Span::MONTH.nanos() as f64 / self.scenario.window().nanos() as f64;
        let known = !design.tallies.is_empty();
        let sum = |part: &dyn Fn(&crate::experiment::plan::Tally) -> f64| design.tallies.iter().map(part).sum::<f64>();
        let tries = sum(&|tally| tally.first_tries as f64);
        DesignEnd {
            name: design.label.clone(),
            family: self.plan.families[design.family].name.clone(),
            settings: self.settings(design),
            end: match design.end {
                End::Absent => "absent",
                End::Bounded => "bounded",
                End::Misses(_) => "misses",
                End::Beaten(_) => "beaten",
                End::Left(_) => "left",
            },
            replications: design.end.replications(),
            least_cost_usd_per_month: Some(design.bound_usd).filter(|bound| bound.is_finite()),
            cost_per_month_usd: known.then(|| sum(&|tally| tally.cost().dollars()) * months / count),
            latency_s: known
                .then(|| sum(&|tally| Span::from_nanos(tally.latency[self.plan.latency]).seconds()) / count),
            slo_attainment: (tries > 0.0).then(|| sum(&|tally| tally.good as f64) / tries),
        }
    }
}
