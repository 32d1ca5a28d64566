//! Why the rules and the simulation agree or not, in a sentence or two.

use crate::advice::{Advice, Reason, Simulated};
use crate::measure::Estimate;
use crate::report::answer::missed;
use crate::report::number;
use crate::report::table::with_interval;
use crate::summary::FleetSummary;

/// What decides, as documents have it: `bill`, `latency`, `constraint` or `rules`.
pub(super) fn decided_by(advice: &Advice) -> Option<&'static str> {
    let Some(simulated) = &advice.simulated else {
        return advice.recommendation().map(|_| if is_constrained(advice) { "constraint" } else { "rules" });
    };
    match &simulated.verdict.reason {
        Reason::Bill { .. } => Some("bill"),
        Reason::Objective { .. } | Reason::NoneMeets => Some("latency"),
        Reason::Constraint { .. } => Some("constraint"),
        Reason::NoRival => None,
    }
}

fn is_constrained(advice: &Advice) -> bool {
    !advice.answers.hard_constraints().is_empty()
}

/// One or more whole sentences.
pub(super) fn because(advice: &Advice) -> String {
    let rules = rules(advice);
    let Some(simulated) = &advice.simulated else {
        let why =
            advice.unsaid.map_or_else(|| "nothing was simulated, as asked".to_owned(), |unsaid| unsaid.to_string());
        return format!("{rules}; {why}.");
    };
    let decides = decides(simulated, advice);
    match simulated.verdict.agrees {
        Some(true) => format!("{rules}, and the simulation agrees: {decides}."),
        Some(false) => format!("{rules}; the simulation disagrees: {decides}."),
        None => format!("{rules}. Simulated, {decides}."),
    }
}

/// `The flowchart ends at dedicated`.
fn rules(advice: &Advice) -> String {
    let constraints = advice.answers.hard_constraints();
    match (constraints.is_empty(), advice.path.recommendation, advice.path.unanswered) {
        (false, ..) => format!("Asked for {}, the rules say dedicated, whatever the price", constraints.join(" and ")),
        (_, Some(end), None) => format!("The flowchart ends at {}", end.name()),
        (_, Some(end), Some(_)) => format!("The flowchart ends at {} either way", end.name()),
        (_, None, Some(key)) => format!("The flowchart cannot go on without an answer to {key}"),
        (_, None, None) => "The flowchart ends nowhere".to_owned(),
    }
}

fn decides(simulated: &Simulated, advice: &Advice) -> String {
    let fleets = &simulated.trial.document.fleets;
    match &simulated.verdict.reason {
        Reason::NoneMeets => none_meets(simulated, advice),
        Reason::NoRival => match simulated.verdict.choice {
            Some(choice) => format!("{}, and no fleet is of the other kind", costs(&fleets[choice])),
            None => "there is no fleet".to_owned(),
        },
        Reason::Bill { cheaper, dearer, saving_usd_per_month, significant, line } => {
            let bill = Bill {
                cheaper: &fleets[*cheaper],
                dearer: &fleets[*dearer],
                saving: saving_usd_per_month,
                significant: *significant,
                line: *line,
            };
            bill.words()
        }
        Reason::Objective { choice, missed_by } => {
            let why = misses(&fleets[*missed_by], simulated);
            format!(
                "{} and meets the objective, which {} misses: {why}",
                costs(&fleets[*choice]),
                fleets[*missed_by].name
            )
        }
        Reason::Constraint { choice, instead_of, costs_more_usd_per_month } => format!(
            "{} is the cheapest that it leaves, {}. {} would do for {} less, which is what the constraint costs",
            fleets[*choice].name,
            monthly(&fleets[*choice]),
            fleets[*instead_of].name,
            number::dollars(*costs_more_usd_per_month)
        ),
    }
}

/// A pair of fleets of which one costs less.
struct Bill<'a> {
    cheaper: &'a FleetSummary,
    dearer: &'a FleetSummary,
    saving: &'a Estimate,
    significant: bool,
    line: Option<(&'static str, f64)>,
}

impl Bill<'_> {
    fn words(&self) -> String {
        let Bill { cheaper, dearer, saving, .. } = self;
        let Some((line, usd)) = self.line.filter(|_| saving.mean != Some(0.0)) else {
            return format!("{} and {} cost the same, {}", cheaper.name, dearer.name, monthly(cheaper));
        };
        let doubt = if self.significant { "" } else { "; it may be chance" };
        format!(
            "{}, {} less than {}, which pays {} more in the line {line}{doubt}",
            costs(cheaper),
            with_interval(saving, number::dollars),
            dearer.name,
            number::dollars(usd)
        )
    }
}

fn none_meets(simulated: &Simulated, advice: &Advice) -> String {
    let fleets = simulated.trial.document.fleets.iter();
    let constrained = is_constrained(advice);
    let of_kind: Vec<String> = fleets
        .filter(|fleet| !constrained || fleet.kind == "dedicated")
        .map(|fleet| format!("{}: {}", fleet.name, misses(fleet, simulated)))
        .collect();
    let which = if constrained { "no fleet that the constraint leaves" } else { "no fleet" };
    match of_kind.is_empty() {
        true => format!("{which} was simulated"),
        false => format!("{which} meets the objective ({})", of_kind.join("; ")),
    }
}

/// What of the objective a fleet misses; without an objective, that it loses requests.
fn misses(fleet: &FleetSummary, simulated: &Simulated) -> String {
    let missed = simulated.trial.scenario.slo.as_ref().map(|slo| missed(fleet, slo)).unwrap_or_default();
    if missed.is_empty() { "it loses more than 1% of its requests".to_owned() } else { missed.join(" and ") }
}

/// `dedicated costs $1,145 a month at a p99 of 85.7 ms`.
fn costs(fleet: &FleetSummary) -> String {
    let latency = fleet.latency_s.p99.mean.map(|p99| format!(" at a p99 of {}", number::duration(p99)));
    format!("{} costs {}{}", fleet.name, monthly(fleet), latency.unwrap_or_default())
}

fn monthly(fleet: &FleetSummary) -> String {
    format!("{} a month", with_interval(&fleet.cost.per_month_usd, number::dollars))
}
