//! The document of two scenarios side by side: the shape of `compare.json`.

use serde::Serialize;

use crate::experiment::compare::{Comparison, Delta, Figure, FleetChange, Pairing, Side, SideFleet};
use crate::measure::Estimate;
use crate::scenario::{Change, Difference};

/// The schema that the document keeps to: `docs/schema/compare.schema.json`.
pub const COMPARE_SCHEMA: &str = "breakeven.compare/1";

/// `breakeven.compare/1`. A difference is that of B less A.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CompareDocument {
    pub schema: &'static str,
    pub version: &'static str,
    pub a: CompareSide,
    pub b: CompareSide,
    /// `paired` by replication, or as of `independent` samples.
    pub intervals: &'static str,
    pub input: Vec<InputChange>,
    /// The fleets that both have.
    pub fleets: Vec<FleetComparison>,
    pub only_in_a: Vec<String>,
    pub only_in_b: Vec<String>,
    pub answer: AnswerChange,
    pub warnings: Vec<String>,
}

/// Where a side comes from.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CompareSide {
    /// As it was named on the command line.
    pub given: String,
    /// `simulated` for this comparison, or read from the `folder` of a finished run.
    pub source: &'static str,
    /// The scenario's name.
    pub name: String,
    pub sha256: String,
    pub overrides: Vec<String>,
    pub seed: u64,
    pub replications: u32,
    pub window_s: f64,
}

/// A key of the scenario that is not the same.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct InputChange {
    /// As `--set` takes it.
    pub path: String,
    /// `changed`, `only-in-a` or `only-in-b`.
    pub change: &'static str,
    pub a: Option<String>,
    pub b: Option<String>,
}

/// A fleet that both have.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct FleetComparison {
    pub name: String,
    /// Its name in B; another one where `--pair` says so.
    pub name_in_b: String,
    pub kind: String,
    pub kind_in_b: String,
    pub meets_slo: Option<bool>,
    pub meets_slo_in_b: Option<bool>,
    pub cost_per_month_usd: FigureChange,
    pub p50_s: FigureChange,
    pub p95_s: FigureChange,
    pub p99_s: FigureChange,
    pub slo_attainment: FigureChange,
    pub cold_ratio: FigureChange,
    /// The lines of both bills, in dollars a month.
    pub lines: Vec<LineChange>,
}

/// A figure of both, and by how much it differs.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct FigureChange {
    pub a: Estimate,
    pub b: Estimate,
    pub difference: Estimate,
    /// Whether the interval of the difference leaves zero out.
    pub significant: bool,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct LineChange {
    pub line: String,
    pub a_usd: f64,
    pub b_usd: f64,
}

/// The cheapest fleet that meets the objective, or the cheapest one without an objective.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct AnswerChange {
    pub a: Option<String>,
    pub b: Option<String>,
    pub has_objective: bool,
    pub has_objective_in_b: bool,
    /// Of the answers; `None` where one of them is missing.
    pub cost_per_month_usd: Option<FigureChange>,
}

/// All that a document is made of.
#[derive(Clone, Debug)]
pub struct Compared<'a> {
    pub sides: [(&'a Side, CompareSide); 2],
    pub differences: &'a [Difference],
    pub comparison: &'a Comparison,
    pub warnings: Vec<String>,
}

impl CompareDocument {
    #[must_use]
    pub fn new(compared: Compared) -> CompareDocument {
        let Compared { sides: [(first, a), (second, b)], differences, comparison, mut warnings } = compared;
        let names =
            |side: &Side, fleets: &[usize]| fleets.iter().map(|&fleet| side.fleets[fleet].name.clone()).collect();
        if comparison.fleets.is_empty() {
            warnings.push("no fleet is in both: pair them with --pair OLD=NEW".to_owned());
        }
        CompareDocument {
            schema: COMPARE_SCHEMA,
            version: env!("CARGO_PKG_VERSION"),
            a,
            b,
            intervals: match comparison.pairing {
                Pairing::Paired => "paired",
                Pairing::Independent => "independent",
            },
            input: differences.iter().map(input).collect(),
            fleets: comparison.fleets.iter().map(|change| fleet(first, second, change)).collect(),
            only_in_a: names(first, &comparison.alone[0]),
            only_in_b: names(second, &comparison.alone[1]),
            answer: answer(first, second, comparison.answer),
            warnings,
        }
    }
}

fn input(difference: &Difference) -> InputChange {
    let (change, a, b) = match difference.change.clone() {
        Change::Value { from, to } => ("changed", Some(from), Some(to)),
        Change::OnlyInFirst(value) => ("only-in-a", value, None),
        Change::OnlyInSecond(value) => ("only-in-b", None, value),
    };
    InputChange { path: difference.path.clone(), change, a, b }
}

fn fleet(first: &Side, second: &Side, change: &FleetChange) -> FleetComparison {
    let (a, b) = (&first.fleets[change.fleet[0]], &second.fleets[change.fleet[1]]);
    let [cost_per_month_usd, p50_s, p95_s, p99_s, slo_attainment, cold_ratio] =
        std::array::from_fn(|index| figure(Figure::ALL[index], a, b, change.deltas[index]));
    FleetComparison {
        name: a.name.clone(),
        name_in_b: b.name.clone(),
        kind: a.kind.clone(),
        kind_in_b: b.kind.clone(),
        meets_slo: a.meets_slo,
        meets_slo_in_b: b.meets_slo,
        cost_per_month_usd,
        p50_s,
        p95_s,
        p99_s,
        slo_attainment,
        cold_ratio,
        lines: lines(a, b),
    }
}

fn figure(figure: Figure, a: &SideFleet, b: &SideFleet, delta: Delta) -> FigureChange {
    let Delta { difference, significant } = delta;
    FigureChange { a: a.figure(figure), b: b.figure(figure), difference, significant }
}

/// In the order of the first bill, then what only the second has.
fn lines(a: &SideFleet, b: &SideFleet) -> Vec<LineChange> {
    let usd =
        |fleet: &SideFleet, line: &str| fleet.lines.iter().find(|(name, _)| name == line).map_or(0.0, |line| line.1);
    let more = b.lines.iter().filter(|(line, _)| a.lines.iter().all(|(other, _)| other != line));
    let all = a.lines.iter().chain(more);
    all.map(|(line, _)| LineChange { line: line.clone(), a_usd: usd(a, line), b_usd: usd(b, line) }).collect()
}

fn answer(first: &Side, second: &Side, delta: Option<Delta>) -> AnswerChange {
    let fleets = first.answer.map(|index| &first.fleets[index]).zip(second.answer.map(|index| &second.fleets[index]));
    let name = |side: &Side| side.answer.map(|index| side.fleets[index].name.clone());
    AnswerChange {
        a: name(first),
        b: name(second),
        has_objective: first.has_objective,
        has_objective_in_b: second.has_objective,
        cost_per_month_usd: fleets.zip(delta).map(|((a, b), delta)| figure(Figure::CostPerMonth, a, b, delta)),
    }
}
