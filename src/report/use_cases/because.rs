//! Why a fleet is the best for a use case, in a clause.

use crate::advice::{Deciding, Standing, Study};
use crate::report::answer::missed;
use crate::report::job_answer::{late, never_ends};
use crate::report::number;
use crate::scenario::{Scenario, Slo};
use crate::summary::ENOUGH_IN_TIME;
use crate::unit::Span;

/// What decides between the cheapest fleet and the other side.
pub(super) fn because(study: &Study) -> String {
    let standings = &study.standings;
    let finding = &study.finding;
    let Some(best) = finding.cheapest.map(|index| &standings[index]) else {
        let least = standings.iter().min_by(|a, b| a.cost().total_cmp(&b.cost()));
        return least.map_or_else(
            || "there is no fleet".to_owned(),
            |least| format!("no fleet meets the need; {}, the cheapest, {}", least.fleet, misses(study, least)),
        );
    };
    match finding.deciding {
        Deciding::NoneMeets => "no fleet meets the need".to_owned(),
        Deciding::Cheaper { fleet } => {
            let cheaper = &standings[fleet];
            let less = number::dollars(best.cost() - cheaper.cost());
            format!("{} would cost {less} less, but {}", cheaper.fleet, misses(study, cheaper))
        }
        Deciding::Missed { fleet } if standings[fleet].cost().is_finite() => {
            let other = &standings[fleet];
            let more = number::dollars(other.cost() - best.cost());
            format!("{} costs {more} more, and {}", other.fleet, misses(study, other))
        }
        Deciding::Missed { fleet } => misses(study, &standings[fleet]),
        Deciding::NoOther => "there is no other way to compare with".to_owned(),
        Deciding::Price => against(study).map_or_else(String::new, |other| price(best, other)),
        Deciding::Hours => against(study).map_or_else(String::new, |other| hours(best, other)),
        Deciding::Nothing => "both cost the same".to_owned(),
    }
}

fn against(study: &Study) -> Option<&Standing> {
    study.finding.against.map(|index| &study.standings[index])
}

fn price(best: &Standing, other: &Standing) -> String {
    let [cheap, dear] = [best, other].map(|standing| number::dollars(standing.usd_per_hour()));
    let more_hours = best.hours.held / other.hours.held - 1.0;
    let despite = match more_hours {
        more if more >= 0.01 => format!(", though it takes {} more of them", number::share(more)),
        _ => String::new(),
    };
    format!("an hour of {} costs {cheap}, of {} {dear}{despite}", best.fleet, other.fleet)
}

fn hours(best: &Standing, other: &Standing) -> String {
    let waste = |standing: &Standing| standing.hours.idle + standing.hours.overhead;
    let (line, most) = match other.hours.idle >= other.hours.overhead {
        true => ("idle time", other.hours.idle),
        false => ("starts and work done again", other.hours.overhead),
    };
    let [less, more] = [best, other].map(|standing| number::count(standing.hours.held));
    let (best_name, other_name) = (&best.fleet, &other.fleet);
    match waste(other) > waste(best) {
        true => format!(
            "{} of {other_name}'s {} a month are {line} (it is held for {more} h, {best_name} for {less} h)",
            number::dollars(most * other.usd_per_hour()),
            number::dollars(other.cost())
        ),
        false => format!("{best_name} is held for {less} h a month, {other_name} for {more} h"),
    }
}

/// How a fleet misses the need: `its p95 is 21.0 s, not 8 s`.
fn misses(study: &Study, standing: &Standing) -> String {
    let document = &study.trial.document;
    if let Some(fleet) = document.fleets.iter().find(|fleet| fleet.name == standing.fleet) {
        let of = |slo: &Slo| missed(fleet, slo).into_iter().next();
        return study.trial.scenario.slo.as_ref().and_then(of).unwrap_or_else(|| "misses the objective".to_owned());
    }
    let row = document.jobs.iter().find(|row| row.fleet == standing.fleet && !row.meets_deadline);
    row.map_or_else(
        || "meets it".to_owned(),
        |row| if row.cost_usd.mean.is_some() { late(row) } else { never_ends(row) },
    )
}

/// What a scenario asks of a fleet: `p95 within 8 s`.
pub(in crate::report) fn need(scenario: &Scenario) -> String {
    let within = |what: &str, limit: Span| format!("{what} within {}", number::round_duration(limit.seconds()));
    let percent = |share: f64| format!("{}%", number::plain(share * 100.0));
    if scenario.traffic.is_empty() {
        let deadlines = scenario.jobs.iter().filter_map(|class| class.deadline);
        let limits: Vec<String> =
            deadlines.map(|deadline| within(&format!("{} done", percent(ENOUGH_IN_TIME)), deadline)).collect();
        return if limits.is_empty() { "every job ends".to_owned() } else { limits.join(", ") };
    }
    let Some(slo) = &scenario.slo else { return "none".to_owned() };
    let quantiles = ["p50", "p90", "p95", "p99", "p99.9"].into_iter().zip(slo.quantile_limits());
    let mut limits: Vec<String> = quantiles.filter_map(|(name, limit)| Some(within(name, limit?))).collect();
    limits.extend(slo.attainment.zip(slo.latency).map(|(share, limit)| within(&percent(share), limit)));
    limits.extend(slo.max_rejected.map(|share| format!("at most {} rejected", percent(share))));
    limits.extend(slo.max_timed_out.map(|share| format!("at most {} timed out", percent(share))));
    limits.join(", ")
}
