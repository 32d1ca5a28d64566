//! The answer in one sentence: which fleet, at what cost, and how sure that is.

use crate::measure::Histogram;
use crate::scenario::Slo;
use crate::unit::Span;

use super::number;
use crate::summary::{Comparison, FleetSummary, RunDocument};

/// One sentence that answers what the scenario asks.
#[must_use]
pub fn answer(document: &RunDocument, slo: Option<&Slo>) -> String {
    // An objective that decides nothing (a latency without a share of requests that must keep to it) is none.
    let slo = slo.filter(|_| document.fleets.iter().any(|fleet| fleet.meets_slo.is_some()));
    let sentence = match (&document.fleets[..], slo) {
        ([], _) => "No fleet was simulated".to_owned(),
        _ if document.traffic.requests.mean.unwrap_or(0.0) == 0.0 => {
            "No request arrived in the window, so there is nothing to serve or compare".to_owned()
        }
        ([only], slo) => single(only, slo),
        (_, None) => cheapest(document),
        (_, Some(slo)) => match named(document, document.cheapest_meeting_slo.as_deref()) {
            Some(best) => cheapest_meeting(document, best, slo),
            None => none_meets(document, slo),
        },
    };
    format!("{sentence}.")
}

/// What of the objective a fleet misses, with the figure it reaches; empty when all is met.
#[must_use]
pub fn missed(fleet: &FleetSummary, slo: &Slo) -> Vec<String> {
    let latency = &fleet.latency_s;
    let quantiles = [
        ("p50", latency.p50, slo.p50),
        ("p90", latency.p90, slo.p90),
        ("p95", latency.p95, slo.p95),
        ("p99", latency.p99, slo.p99),
        ("p99.9", latency.p999, slo.p999),
    ];
    let mut missed = Vec::new();
    for (name, figure, limit) in quantiles {
        let Some(limit) = limit else { continue };
        match figure.mean {
            // As the verdict has it: a limit in the same bucket of the histogram is met.
            Some(seconds) if seconds <= limit.seconds() || Histogram::takes_as_equal(span(seconds), limit) => {}
            Some(seconds) => missed.push(format!(
                "its {name} is {}, not {}",
                number::duration(seconds),
                number::round_duration(limit.seconds())
            )),
            None => missed.push(format!("it has no {name}, as it completes no request")),
        }
    }
    if let (Some(latency), Some(attainment)) = (slo.latency, slo.attainment) {
        let good = fleet.slo_attainment.mean.unwrap_or(0.0);
        if good < attainment {
            missed.push(format!(
                "{} of its requests complete within {}, not {}",
                number::share_unlike(good, attainment),
                number::round_duration(latency.seconds()),
                percent(attainment)
            ));
        }
    }
    let limits = [
        ("rejects", fleet.requests.rejected, slo.max_rejected),
        ("times out on", fleet.requests.timed_out, slo.max_timed_out),
    ];
    for (loses, lost, limit) in limits {
        let Some(limit) = limit else { continue };
        let share = lost.mean.unwrap_or(0.0) / fleet.requests.arrived.mean.unwrap_or(1.0).max(1.0);
        if share > limit {
            let share = number::share_unlike(share, limit);
            missed.push(format!("it {loses} {share} of its requests, not {}", percent(limit)));
        }
    }
    missed
}

/// The duration that a figure of the document stands for.
fn span(seconds: f64) -> Span {
    Span::from_draw(seconds * 1e9)
}

/// A limit as it was written.
fn percent(limit: f64) -> String {
    format!("{}%", number::plain(limit * 100.0))
}

fn single(fleet: &FleetSummary, slo: Option<&Slo>) -> String {
    let costs = format!("{} costs {}", fleet.name, monthly(fleet));
    match (fleet.meets_slo, slo) {
        (Some(true), _) => format!("{costs} and meets the objective"),
        (Some(false), Some(slo)) => format!("{costs} and misses the objective{}", because(fleet, slo)),
        _ => {
            let per_1000 = number::or_dash(fleet.cost.per_1000_requests_usd.mean, number::dollars);
            format!("{costs}, {per_1000} per 1,000 requests")
        }
    }
}

/// Without an objective.
fn cheapest(document: &RunDocument) -> String {
    let Some(best) = named(document, document.cheapest.as_deref()) else {
        return "No fleet is the cheapest".to_owned();
    };
    let rivals = document.fleets.iter().filter(|fleet| fleet.name != best.name);
    let Some(second) = rivals.min_by(|a, b| month(a).total_cmp(&month(b))) else {
        return single(best, None);
    };
    // A cheaper fleet is passed over only when it loses requests.
    if month(second) < month(best) {
        return format!(
            "{} is the cheapest fleet that serves its requests: {}; {} costs less, {}, but loses {} of them",
            best.name,
            monthly(best),
            second.name,
            monthly(second),
            lost(second)
        );
    }
    against(document, best, second, "is the cheapest fleet", "cost")
}

fn cheapest_meeting(document: &RunDocument, best: &FleetSummary, slo: &Slo) -> String {
    let rivals = document.fleets.iter().filter(|fleet| fleet.meets_slo == Some(true) && fleet.name != best.name);
    let sentence = match rivals.min_by(|a, b| month(a).total_cmp(&month(b))) {
        Some(second) => against(
            document,
            best,
            second,
            "is the cheapest fleet that meets the objective",
            "meet the objective and cost",
        ),
        None => format!("{} is the only fleet that meets the objective: {}", best.name, monthly(best)),
    };
    let cheaper = document
        .fleets
        .iter()
        .filter(|fleet| fleet.meets_slo == Some(false) && month(fleet) < month(best))
        .min_by(|a, b| month(a).total_cmp(&month(b)));
    match cheaper {
        Some(fleet) => format!(
            "{sentence}; {} would be cheaper, {}, but misses it{}",
            fleet.name,
            monthly(fleet),
            because(fleet, slo)
        ),
        None => sentence,
    }
}

fn none_meets(document: &RunDocument, slo: &Slo) -> String {
    match named(document, document.cheapest.as_deref()) {
        Some(fleet) => format!(
            "No fleet meets the objective; the cheapest, {}, at {}, misses it{}",
            fleet.name,
            monthly(fleet),
            because(fleet, slo)
        ),
        None => "No fleet meets the objective".to_owned(),
    }
}

/// The best fleet and the next one, honest about what the replications can tell.
fn against(document: &RunDocument, best: &FleetSummary, second: &FleetSummary, is: &str, both: &str) -> String {
    let saving = comparison(document, &best.name, &second.name);
    if month(best) == month(second) {
        return format!("{} and {} {both} the same: {}", best.name, second.name, monthly(best));
    }
    match saving {
        Some(comparison) if !comparison.significant => format!(
            "{} ({}) and {} ({}) {both} nearly the same: {} cannot tell which is the cheaper",
            best.name,
            monthly(best),
            second.name,
            monthly(second),
            match document.scenario.replications {
                1 => "one replication".to_owned(),
                count => format!("{count} replications"),
            }
        ),
        comparison => {
            let interval = comparison.and_then(|comparison| number::interval(&comparison.saving_usd_per_month));
            format!(
                "{} {is}: {}, {}{} less than {}",
                best.name,
                monthly(best),
                number::dollars(month(second) - month(best)),
                interval.map_or_else(String::new, |interval| format!(" {interval}")),
                second.name
            )
        }
    }
}

fn comparison<'a>(document: &'a RunDocument, one: &str, other: &str) -> Option<&'a Comparison> {
    document.comparisons.iter().find(|comparison| {
        (comparison.fleet == one && comparison.against == other)
            || (comparison.fleet == other && comparison.against == one)
    })
}

fn named<'a>(document: &'a RunDocument, name: Option<&str>) -> Option<&'a FleetSummary> {
    document.fleets.iter().find(|fleet| Some(fleet.name.as_str()) == name)
}

fn month(fleet: &FleetSummary) -> f64 {
    fleet.cost.per_month_usd.mean.unwrap_or(f64::INFINITY)
}

/// `$8,370 ±1% a month`.
fn monthly(fleet: &FleetSummary) -> String {
    let cost = &fleet.cost.per_month_usd;
    let interval = number::interval(cost).map_or_else(String::new, |interval| format!(" {interval}"));
    format!("{}{interval} a month", number::or_dash(cost.mean, number::dollars))
}

fn lost(fleet: &FleetSummary) -> String {
    let lost: f64 = [fleet.requests.rejected.mean, fleet.requests.timed_out.mean].iter().flatten().sum();
    number::share(lost / fleet.requests.arrived.mean.unwrap_or(1.0).max(1.0))
}

/// The first thing missed, and how many more.
fn because(fleet: &FleetSummary, slo: &Slo) -> String {
    match &missed(fleet, slo)[..] {
        [] => String::new(),
        [only] => format!(" ({only})"),
        [first, rest @ ..] => format!(" ({first}, and {} more)", rest.len()),
    }
}

#[cfg(test)]
mod tests {
    use crate::bill::Line;
    use crate::report::fixture;

    use super::*;

    fn objective() -> Slo {
        Slo { p95: Some(Span::from_nanos(5_200_000_000)), ..Slo::default() }
    }

    #[test]
    fn the_cheapest_that_meets_the_objective_is_named_with_what_is_cheaper_and_why_not() {
        assert_eq!(
            answer(&fixture::three_fleets(), Some(&objective())),
            "hybrid is the cheapest fleet that meets the objective: $8,370 ±1% a month, $3,150 ±5% less than dedicated; \
             serverless would be cheaper, $8,070 ±1% a month, but misses it (its p95 is 5.32 s, not 5.2 s)."
        );
    }

    #[test]
    fn fleets_that_the_replications_cannot_tell_apart_are_not_ranked() {
        let mut document = fixture::three_fleets();
        document.comparisons.iter_mut().for_each(|comparison| comparison.significant = false);
        assert_eq!(
            answer(&document, None),
            "serverless ($8,070 ±1% a month) and hybrid ($8,370 ±1% a month) cost nearly the same: 10 replications \
             cannot tell which is the cheaper."
        );
    }

    #[test]
    fn equal_bills_are_called_the_same() {
        let fleets =
            ["one", "two"].map(|name| fixture::fleet(name, "dedicated", 1.0, None, &[(Line::Instances, 2_880.0)]));
        assert_eq!(answer(&fixture::document(fleets.to_vec()), None), "one and two cost the same: $2,880 a month.");
    }

    #[test]
    fn when_none_meets_the_objective_the_sentence_says_so() {
        let mut document = fixture::three_fleets();
        document.cheapest_meeting_slo = None;
        document.fleets.iter_mut().for_each(|fleet| fleet.meets_slo = Some(false));
        let said = answer(&document, Some(&objective()));
        assert!(
            said.starts_with(
                "No fleet meets the objective; the cheapest, serverless, at $8,070 ±1% a month, misses it (its p95"
            ),
            "{said}"
        );
    }

    #[test]
    fn a_cheaper_fleet_that_loses_requests_is_not_the_cheapest() {
        let mut document = fixture::three_fleets();
        document.cheapest = Some("hybrid".to_owned());
        document.fleets[1].requests.rejected = fixture::exact(50_000.0);
        let said = answer(&document, None);
        assert!(said.ends_with("serverless costs less, $8,070 ±1% a month, but loses 5.0% of them."), "{said}");
    }

    #[test]
    fn one_fleet_alone_is_judged_by_the_objective() {
        let fleet = |meets| fixture::fleet("api", "dedicated", 1.6, meets, &[(Line::Instances, 2_880.0)]);
        let said = |meets, slo: Option<&Slo>| answer(&fixture::document(vec![fleet(meets)]), slo);
        assert_eq!(said(None, None), "api costs $2,880 a month, $0.576 per 1,000 requests.");
        assert_eq!(said(Some(true), Some(&objective())), "api costs $2,880 a month and meets the objective.");
        assert_eq!(
            said(Some(false), Some(&objective())),
            "api costs $2,880 a month and misses the objective (its p95 is 5.60 s, not 5.2 s)."
        );
    }

    #[test]
    fn no_traffic_is_said_and_not_ranked() {
        let mut document = fixture::three_fleets();
        document.traffic.requests = fixture::exact(0.0);
        assert!(answer(&document, None).starts_with("No request arrived"));
    }
}
