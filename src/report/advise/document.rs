//! The document of advice: the shape of `advise --json`.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Value, json};

use super::because::{because, decided_by};
use crate::advice::{Advice, Predictability, Reason, Simulated, Source};
use crate::catalog::{PublishedEntry, PublishedPreset};
use crate::guide::{Answers, GuideVerdict, Plan, QUICK_REFERENCE, Question, Stage, guide};
use crate::measure::Estimate;
use crate::report::text::warnings;
use crate::summary::{CostLine, FleetSummary, ScenarioSummary, TrafficSummary};

/// The schema that the document keeps to: `docs/schema/advise.schema.json`.
pub const ADVISE_SCHEMA: &str = "breakeven.advise/1";

/// `breakeven.advise/1`. What was not answered is null.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct AdviseDocument {
    pub schema: &'static str,
    pub version: &'static str,
    /// By key, as an answers file has them; given or read of the scenario.
    pub answers: BTreeMap<&'static str, Value>,
    /// What was measured where a scenario was given.
    pub observed: Option<ObservedSummary>,
    pub flowchart: FlowchartSummary,
    pub matrix: Option<MatrixSummary>,
    pub questions: Vec<QuestionSummary>,
    pub quick_reference: Vec<FactorSummary>,
    pub stage: Option<StageSummary>,
    /// The answers that no price outvotes, in words.
    pub hard_constraints: Vec<&'static str>,
    /// What the rules come to: the flowchart's end, but for hard constraints.
    pub recommendation: Option<&'static str>,
    pub simulated: Option<SimulatedSummary>,
    /// Whether the rules and the simulation name the same kind of fleet.
    pub agrees: Option<bool>,
    /// `bill`, `latency`, `constraint` or, where nothing was simulated, `rules`.
    pub decided_by: Option<&'static str>,
    pub because: String,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ObservedSummary {
    pub scenario: String,
    /// What the utilisation is of.
    pub instances: Option<u32>,
    /// Whether the scenario gives their number; else they are the fewest that could bear the work.
    pub instances_given: Option<bool>,
    pub predictability: Option<Predictability>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct FlowchartSummary {
    pub path: Vec<StepSummary>,
    /// The key of the question at which the path stops for want of an answer.
    pub unanswered: Option<&'static str>,
    pub recommendation: Option<&'static str>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct StepSummary {
    /// The key of the answer.
    pub id: &'static str,
    pub question: &'static str,
    /// `yes` or `no`.
    pub answer: &'static str,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct MatrixSummary {
    pub utilization: f64,
    pub task_length_s: f64,
    /// `serverless`, `dedicated`, `either` or `between`.
    pub guide: &'static str,
    pub words: &'static str,
    #[serde(skip)]
    pub verdict: GuideVerdict,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct QuestionSummary {
    pub id: &'static str,
    pub question: &'static str,
    pub answer: Value,
    pub favours: Option<&'static str>,
    /// What the guide adds.
    pub remark: Option<&'static str>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct FactorSummary {
    pub factor: &'static str,
    pub id: &'static str,
    pub serverless: &'static str,
    pub dedicated: &'static str,
    /// The user's column.
    pub yours: Option<&'static str>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct StageSummary {
    pub name: &'static str,
    pub range: &'static str,
    pub plan: PlanSummary,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PlanSummary {
    pub development: &'static str,
    pub testing: Option<&'static str>,
    pub training: Option<&'static str>,
    pub production: &'static str,
    pub aim: &'static str,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SimulatedSummary {
    pub scenario: ScenarioSummary,
    /// What the scenario takes for granted that no answer said.
    pub assumptions: Vec<String>,
    pub catalog: Vec<PublishedEntry>,
    pub presets: Vec<PublishedPreset>,
    pub traffic: TrafficSummary,
    /// Of the fleets that the hard constraints leave; without an objective, that serves its requests.
    pub cheapest_meeting_slo: Option<String>,
    /// `serverless`, `dedicated` or `hybrid`.
    pub cheapest_kind: Option<&'static str>,
    /// The same if there were no hard constraints.
    pub cheapest_without_constraints: Option<String>,
    /// What the cheapest saves against the fleet that decides; null where the bill does not decide.
    pub margin_usd_per_month: Option<Estimate>,
    pub fleets: Vec<FleetAdvice>,
    pub warnings: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct FleetAdvice {
    pub name: String,
    pub kind: &'static str,
    /// Whether the hard constraints leave it.
    pub admitted: bool,
    pub meets_slo: Option<bool>,
    pub cost_per_month_usd: Estimate,
    pub latency_s: LatencyAdvice,
    pub slo_attainment: Estimate,
    pub cold_ratio: Estimate,
    pub utilization: Estimate,
    /// Of the window; they sum to its total.
    pub lines: Vec<CostLine>,
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct LatencyAdvice {
    pub mean: Estimate,
    pub p50: Estimate,
    pub p95: Estimate,
    pub p99: Estimate,
}

impl AdviseDocument {
    #[must_use]
    pub fn new(advice: &Advice) -> AdviseDocument {
        let values = values(&advice.answers);
        let constraints = advice.answers.hard_constraints();
        AdviseDocument {
            schema: ADVISE_SCHEMA,
            version: env!("CARGO_PKG_VERSION"),
            observed: observed(&advice.source),
            flowchart: flowchart(advice),
            matrix: matrix(&advice.answers),
            questions: Question::ALL.iter().map(|question| summary_of(question, &advice.answers, &values)).collect(),
            quick_reference: quick_reference(&advice.answers),
            stage: advice.answers.monthly_gpu_budget.map(|budget| stage(Stage::of(budget))),
            recommendation: advice.recommendation().map(|choice| choice.name()),
            simulated: advice.simulated.as_ref().map(|simulated| summary(simulated, !constraints.is_empty())),
            agrees: advice.agrees(),
            decided_by: decided_by(advice),
            because: because(advice),
            hard_constraints: constraints,
            answers: values,
        }
    }
}

/// Every key with its answer as a file has it, or null.
fn values(answers: &Answers) -> BTreeMap<&'static str, Value> {
    BTreeMap::from([
        ("training", json!(answers.training)),
        ("task_length", json!(answers.task_length.map(|span| span.to_string()))),
        ("latency", json!(answers.latency.map(|span| span.to_string()))),
        ("predictable", json!(answers.predictable)),
        ("utilization", json!(answers.utilization)),
        ("expertise", json!(answers.expertise.map(|word| word.name()))),
        ("control", json!(answers.control.map(|word| word.name()))),
        ("devops", json!(answers.devops.map(|word| word.name()))),
        ("budget", json!(answers.budget.map(|word| word.name()))),
        ("compliance", json!(answers.compliance.map(|word| word.name()))),
        ("growth", json!(answers.growth.map(|word| word.name()))),
        ("cold_start_ok", json!(answers.cold_start_ok)),
        ("requests_per_month", json!(answers.requests_per_month)),
        ("monthly_gpu_budget", json!(answers.monthly_gpu_budget.map(|usd| usd.to_string()))),
    ])
}

fn observed(source: &Source) -> Option<ObservedSummary> {
    let Source::Scenario { name, observed } = source else { return None };
    Some(ObservedSummary {
        scenario: name.clone(),
        instances: observed.instances.map(|(count, _)| count),
        instances_given: observed.instances.map(|(_, given)| given),
        predictability: observed.predictability,
    })
}

fn flowchart(advice: &Advice) -> FlowchartSummary {
    let step = |step: &crate::guide::Step| StepSummary {
        id: step.id,
        question: step.question,
        answer: if step.yes { "yes" } else { "no" },
    };
    FlowchartSummary {
        path: advice.path.steps.iter().map(step).collect(),
        unanswered: advice.path.unanswered,
        recommendation: advice.path.recommendation.map(|choice| choice.name()),
    }
}

fn matrix(answers: &Answers) -> Option<MatrixSummary> {
    let (utilization, task_length) = answers.utilization.zip(answers.task_length)?;
    let verdict = guide(utilization, task_length);
    let (guide, words) = (verdict.name(), verdict.words());
    Some(MatrixSummary { utilization, task_length_s: task_length.seconds(), guide, words, verdict })
}

fn summary_of(question: &Question, answers: &Answers, values: &BTreeMap<&'static str, Value>) -> QuestionSummary {
    let favours = question.favours(answers);
    QuestionSummary {
        id: question.id,
        question: question.question,
        answer: values.get(question.id).cloned().unwrap_or(Value::Null),
        favours: favours.map(|favours| favours.name()),
        remark: favours.and_then(|favours| question.remark(favours)),
    }
}

fn quick_reference(answers: &Answers) -> Vec<FactorSummary> {
    let row = |factor: &crate::guide::Factor| FactorSummary {
        factor: factor.factor,
        id: factor.id,
        serverless: factor.serverless,
        dedicated: factor.dedicated,
        yours: factor.column(answers).map(|column| column.name()),
    };
    QUICK_REFERENCE.iter().map(row).collect()
}

fn stage(stage: Stage) -> StageSummary {
    let Plan { development, testing, training, production, aim } = stage.plan();
    let plan = PlanSummary { development, testing, training, production, aim };
    StageSummary { name: stage.name(), range: stage.range(), plan }
}

fn summary(simulated: &Simulated, constrained: bool) -> SimulatedSummary {
    let document = &simulated.trial.document;
    let verdict = &simulated.verdict;
    let name = |index: Option<usize>| index.map(|index| document.fleets[index].name.clone());
    SimulatedSummary {
        scenario: document.scenario.clone(),
        assumptions: simulated.assumptions.clone(),
        catalog: document.catalog.clone(),
        presets: document.presets.clone(),
        traffic: document.traffic.clone(),
        cheapest_meeting_slo: name(verdict.choice),
        cheapest_kind: verdict.choice.map(|index| document.fleets[index].kind),
        cheapest_without_constraints: name(verdict.unconstrained),
        margin_usd_per_month: match &verdict.reason {
            Reason::Bill { saving_usd_per_month, .. } => Some(*saving_usd_per_month),
            Reason::NoneMeets | Reason::NoRival | Reason::Objective { .. } | Reason::Constraint { .. } => None,
        },
        fleets: document.fleets.iter().map(|fleet| fleet_advice(fleet, constrained)).collect(),
        warnings: warnings(document),
    }
}

fn fleet_advice(fleet: &FleetSummary, constrained: bool) -> FleetAdvice {
    let latency = &fleet.latency_s;
    FleetAdvice {
        name: fleet.name.clone(),
        kind: fleet.kind,
        admitted: !constrained || fleet.kind == "dedicated",
        meets_slo: fleet.meets_slo,
        cost_per_month_usd: fleet.cost.per_month_usd,
        latency_s: LatencyAdvice { mean: latency.mean, p50: latency.p50, p95: latency.p95, p99: latency.p99 },
        slo_attainment: fleet.slo_attainment,
        cold_ratio: fleet.cold_ratio,
        utilization: fleet.utilization,
        lines: fleet.cost.lines.clone(),
    }
}
