//! What the simulation says beside the rules: the cheapest fleet that will do, whether the rules name its kind, and what decides.

use crate::guide::Choice;
use crate::measure::Estimate;
use crate::summary::{FleetSummary, RunDocument};
use crate::unit::Span;

/// Fleets are told by their places in the document.
#[derive(Clone, Debug, PartialEq)]
pub struct Verdict {
    /// The cheapest that meets the objective, of those that the hard constraints leave; where there is no objective, that serves its
    /// requests. `None` where none does.
    pub choice: Option<usize>,
    /// The same if there were no hard constraints.
    pub unconstrained: Option<usize>,
    /// Whether the rules name the kind of the choice; a hybrid is neither kind. `None` where there is no choice or no rule.
    pub agrees: Option<bool>,
    pub reason: Reason,
}

/// What decides.
#[derive(Clone, Debug, PartialEq)]
pub enum Reason {
    /// No fleet that the constraints leave meets the objective.
    NoneMeets,
    /// No fleet is of a kind to compare with.
    NoRival,
    /// The cheaper fleet's bill is lower, the most of it in one line.
    Bill {
        cheaper: usize,
        dearer: usize,
        /// Paired over the replications.
        saving_usd_per_month: Estimate,
        significant: bool,
        /// The line of the bill in which the dearer fleet pays the most beyond the cheaper one, and how much a month; `None` where the
        /// bills are equal.
        line: Option<(&'static str, f64)>,
    },
    /// The choice meets the objective; this fleet of the other kind does not.
    Objective { choice: usize, missed_by: usize },
    /// A fleet that the constraints leave out would be the cheapest.
    Constraint { choice: usize, instead_of: usize, costs_more_usd_per_month: f64 },
}

impl Verdict {
    /// `recommended` is what the rules say, `constrained` whether dedicated fleets alone are admitted.
    #[must_use]
    pub fn new(document: &RunDocument, recommended: Option<Choice>, constrained: bool) -> Verdict {
        let fleets = &document.fleets;
        let unconstrained = cheapest(fleets, |fleet| qualifies(fleets, fleet));
        let admitted = |fleet: &FleetSummary| !constrained || fleet.kind == Choice::Dedicated.name();
        let choice = cheapest(fleets, |fleet| qualifies(fleets, fleet) && admitted(fleet));
        let agrees = choice.zip(recommended).map(|(choice, kind)| fleets[choice].kind == kind.name());
        let reason = match (choice, unconstrained) {
            (None, _) => Reason::NoneMeets,
            (Some(choice), Some(instead_of)) if choice != instead_of => Reason::Constraint {
                choice,
                instead_of,
                costs_more_usd_per_month: month(&fleets[choice]) - month(&fleets[instead_of]),
            },
            (Some(choice), _) => reason(document, choice, recommended),
        };
        Verdict { choice, unconstrained, agrees, reason }
    }
}

/// Why the choice and not a fleet of the kind that the rules recommend, or where it is of that kind, of the other kind.
fn reason(document: &RunDocument, choice: usize, recommended: Option<Choice>) -> Reason {
    let fleets = &document.fleets;
    let kind = fleets[choice].kind;
    let other = match recommended {
        Some(recommended) if recommended.name() != kind => recommended.name(),
        _ if kind == Choice::Dedicated.name() => Choice::Serverless.name(),
        _ => Choice::Dedicated.name(),
    };
    let of_other = |fleet: &FleetSummary| fleet.kind == other;
    let rival = cheapest(fleets, |fleet| of_other(fleet) && qualifies(fleets, fleet));
    match rival.or_else(|| cheapest(fleets, of_other)) {
        None => Reason::NoRival,
        Some(rival) if qualifies(fleets, &fleets[rival]) => bill(document, choice, rival),
        Some(missed_by) => Reason::Objective { choice, missed_by },
    }
}

fn bill(document: &RunDocument, cheaper: usize, dearer: usize) -> Reason {
    let fleets = &document.fleets;
    let names = (&fleets[cheaper].name, &fleets[dearer].name);
    let paired = document.comparisons.iter().find_map(|pair| match (&pair.fleet, &pair.against) {
        (fleet, against) if (fleet, against) == names => Some((pair.saving_usd_per_month, pair.significant)),
        // Equal bills: either may stand first.
        (fleet, against) if (against, fleet) == names => Some((negated(pair.saving_usd_per_month), pair.significant)),
        _ => None,
    });
    let (saving_usd_per_month, significant) = paired.unwrap_or((Estimate::NONE, false));
    let line = deciding_line(&fleets[cheaper], &fleets[dearer], document.scenario.window_s);
    Reason::Bill { cheaper, dearer, saving_usd_per_month, significant, line }
}

fn negated(estimate: Estimate) -> Estimate {
    let negative = |value: Option<f64>| value.map(|value| -value);
    Estimate { mean: negative(estimate.mean), low: negative(estimate.high), high: negative(estimate.low) }
}

/// The line in which the dearer fleet pays the most beyond the cheaper one, in dollars a month.
fn deciding_line(cheaper: &FleetSummary, dearer: &FleetSummary, window_s: f64) -> Option<(&'static str, f64)> {
    let a_month = Span::MONTH.seconds() / window_s;
    let of = |fleet: &FleetSummary, name: &str| {
        fleet.cost.lines.iter().filter(|line| line.line == name).filter_map(|line| line.usd.mean).sum::<f64>() * a_month
    };
    let lines = dearer.cost.lines.iter().map(|line| (line.line, of(dearer, line.line) - of(cheaper, line.line)));
    lines.filter(|&(_, usd)| usd > 0.0).max_by(|a, b| a.1.total_cmp(&b.1))
}

/// Whether a fleet meets the objective; where there is none, whether it serves all but one request in a hundred.
fn qualifies(fleets: &[FleetSummary], fleet: &FleetSummary) -> bool {
    match fleets.iter().any(|fleet| fleet.meets_slo.is_some()) {
        true => fleet.meets_slo == Some(true),
        false => {
            let lost = fleet.requests.rejected.mean.unwrap_or(0.0) + fleet.requests.timed_out.mean.unwrap_or(0.0);
            lost <= 0.01 * fleet.requests.arrived.mean.unwrap_or(0.0)
        }
    }
}

/// Of equal ones the first.
fn cheapest(fleets: &[FleetSummary], admits: impl Fn(&FleetSummary) -> bool) -> Option<usize> {
    let admitted = fleets.iter().enumerate().filter(|(_, fleet)| admits(fleet));
    admitted.min_by(|(_, a), (_, b)| month(a).total_cmp(&month(b))).map(|(index, _)| index)
}

fn month(fleet: &FleetSummary) -> f64 {
    fleet.cost.per_month_usd.mean.unwrap_or(f64::INFINITY)
}
