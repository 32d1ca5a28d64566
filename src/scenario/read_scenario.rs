//! The root of a scenario: its own keys, then classes and fleets, then what concerns several of them.

use std::collections::HashSet;
use std::ops::RangeInclusive;

use jiff::civil::{Date, DateTime, date};

use crate::unit::Span;

use super::context::Context;
use super::fields::Fields;
use super::own_prices;
use super::place::Place;
use super::read_fleet::{KeepAlive, Remarks, fleet};
use super::read_jobs::{check_fleets, jobs, on_fleets, warn_of_jobs};
use super::read_preset::rest_on_presets;
use super::read_price::rest_on;
use super::read_traffic::{ReadClass, class};
use super::set::name_of;
use super::tree::{Content, Node};
use super::values::{date_time, integer, list, number, positive_span, share, span, text};
use super::warning::Caveat;
use super::{Fleet, Scenario, Shape, Slo, Source, TrafficClass};

/// Independent repetitions.
const REPLICATIONS: RangeInclusive<u64> = 1..=100_000;
/// The seeds that a TOML integer can write.
const SEEDS: RangeInclusive<u64> = 0..=i64::MAX as u64;
const DEFAULT_SEED: u64 = 1;
/// The most classes, fleets or pools of a scenario.
const MOST_TABLES: usize = 1_000;

/// Which fleets of a scenario are simulated.
pub(super) enum FleetChoice<'a> {
    /// Those with these names, and where the names are written; all when there are none.
    Some(&'a [(String, Place)]),
    /// None is needed.
    Optional,
}

/// A Monday.
fn default_start() -> DateTime {
    date(2026, 1, 5).at(0, 0, 0, 0)
}

/// Reads a whole scenario; `stem` names one that does not name itself.
/// `today` is what the ages of the catalogue's prices are counted to.
pub(super) fn scenario(
    context: &Context,
    root: &Node,
    stem: &str,
    choice: &FleetChoice<'_>,
    today: Option<Date>,
) -> Option<Scenario> {
    let mut fields = Fields::of(context, root, "the scenario")?;
    let name = match fields.has("name") {
        true => fields.optional("name", super::values::name),
        false => Some(stem.to_owned()),
    };
    let description = fields.optional("description", text).unwrap_or_default();
    let horizon = fields.required("horizon", "8d", positive_span);
    let warm_up = fields.optional("warm_up", span).unwrap_or(Span::ZERO);
    let replications = fields.optional("replications", integer(REPLICATIONS, "independent repetitions"));
    let seed = fields.optional("seed", integer(SEEDS, "a seed")).unwrap_or(DEFAULT_SEED);
    let starts = fields.optional("starts", date_time).unwrap_or_else(default_start);
    let slo = fields.optional("slo", slo);
    // Read before everything else, and after it.
    fields.has(own_prices::KEY);
    fields.has(super::designs::PLAN);
    check_warm_up(&fields, warm_up, horizon);
    let jobs = match fields.has("jobs") {
        true => tables(&mut fields, "jobs", "a class of jobs", jobs),
        false => Some(Vec::new()),
    };
    let traffic = match fields.has("jobs") && !fields.has("traffic") {
        true => Some(Vec::new()),
        false => tables(&mut fields, "traffic", "a traffic class", |context, node| class(context, node, horizon)),
    };
    let fleets = match choice {
        FleetChoice::Optional if !fields.has("fleet") => Some(Vec::new()),
        _ => tables(&mut fields, "fleet", "a fleet", fleet),
    };
    let jobs_place = fields.place_of("jobs");
    let (warm_up_place, replications_place) = (fields.place_of("warm_up"), fields.place_of("replications"));
    fields.finish();
    let (horizon, traffic, fleets, jobs) = (horizon?, traffic?, fleets?, jobs?);
    let window = Span::from_nanos(horizon.nanos().saturating_sub(warm_up.nanos()));
    warn_of_periods(context, &traffic, window);
    let (fleets, remarks): (Vec<Fleet>, Vec<Remarks>) =
        fleets.into_iter().map(|read| (read.fleet, read.remarks)).unzip();
    if let FleetChoice::Some(_) = choice {
        check_fleets(context, &jobs, &fleets);
    }
    let fleets = chosen(context, fleets, remarks, choice, |remarks| {
        // Jobs are counted from the start on.
        if !traffic.is_empty() {
            warn_of_warm_up(context, &remarks.keep_alives, warm_up, warm_up_place);
        }
        check_objective_of_fitted(context, &remarks.fitted, slo.as_ref());
        rest_on_presets(context, &remarks.presets, today);
        check_requests_of_fitted(context, &remarks.fitted, !traffic.is_empty());
        rest_on(context, &remarks.prices, today);
        remarks.caveats.iter().for_each(|(place, caveat)| context.warn(Some(*place), caveat.clone()));
    });
    warn_of_jobs(context, &jobs, &fleets, !traffic.is_empty());
    let traffic: Vec<TrafficClass> = traffic.into_iter().map(|read| read.class).collect();
    let jobs = on_fleets(jobs, &fleets);
    if traffic.is_empty() && jobs.is_empty() && !context.has_problems() {
        let mend = "choose a dedicated or serverless fleet that the jobs name";
        context.report(jobs_place, "jobs", "jobs that run on a fleet that is simulated", mend);
    }
    let mut scenario = Scenario {
        name: name?,
        description,
        horizon,
        warm_up,
        replications: 1,
        seed,
        starts,
        slo,
        traffic,
        fleets,
        jobs,
    };
    let varies = scenario.varies();
    let replications = replications.and_then(|value| u32::try_from(value).ok());
    if let Some(replications) = replications.filter(|&replications| replications > 1 && !varies) {
        context.warn(Some(replications_place), Caveat::NothingVaries { replications });
    }
    scenario.replications = replications.unwrap_or(if varies { Scenario::USUAL_REPLICATIONS } else { 1 });
    Some(scenario)
}

/// The tables of a list that must not be empty, their names distinct.
fn tables<T>(
    fields: &mut Fields<'_>,
    key: &'static str,
    what: &str,
    mut read: impl FnMut(&'_ Context, &'_ Node) -> Option<T>,
) -> Option<Vec<T>> {
    let context = fields.context;
    let mend = format!("write a table with the header [[{key}]]");
    let Some(node) = fields.get(key) else {
        context.report(fields.place, format!("a scenario without `{key}`"), format!("at least one [[{key}]]"), mend);
        return None;
    };
    let nodes = list(context, node, &format!("tables, each under a header [[{key}]]"), &mend)?;
    if nodes.is_empty() || nodes.len() > MOST_TABLES {
        let expected = format!("1 to {MOST_TABLES} tables");
        context.report(node.place, format!("{} of [[{key}]]", nodes.len()), expected, mend);
        return None;
    }
    let tables: Vec<Option<T>> = nodes.iter().map(|node| read(context, node)).collect();
    report_duplicates(context, nodes, what);
    tables.into_iter().collect()
}

/// Reports every table that has the name of one before it.
pub(super) fn report_duplicates(context: &Context, nodes: &[Node], what: &str) {
    let mut names = HashSet::new();
    for node in nodes {
        let (Some(name), Content::Table(table)) = (name_of(node), &node.content) else {
            continue;
        };
        if !names.insert(name.clone()) {
            let place = table.get("name").map_or(node.place, |entry| entry.value.place);
            let expected = format!("another name: {what} of this name is above");
            context.report(place, format!("\"{name}\" again"), expected, format!("write \"{name}-2\""));
        }
    }
}

fn check_warm_up(fields: &Fields<'_>, warm_up: Span, horizon: Option<Span>) {
    if let Some(horizon) = horizon.filter(|&horizon| warm_up >= horizon) {
        fields.context.report(
            fields.place_of("warm_up"),
            format!("a warm-up of {warm_up}"),
            format!("less than the horizon, which is {horizon}"),
            "shorten the warm-up, or lengthen the horizon",
        );
    }
}

fn slo(context: &Context, node: &Node) -> Option<Slo> {
    let mut fields = Fields::of(context, node, "the objective")?;
    let latency_node = fields.get("latency");
    let slo = Slo {
        latency: latency_node.and_then(|node| positive_span(context, node)),
        attainment: fields.optional(
            "attainment",
            number(
                |share| share > 0.0 && share <= 1.0,
                "a share of the requests, above 0 and at most 1",
                "write a share, such as 0.99",
            ),
        ),
        p50: fields.optional("p50", positive_span),
        p90: fields.optional("p90", positive_span),
        p95: fields.optional("p95", positive_span),
        p99: fields.optional("p99", positive_span),
        p999: fields.optional("p999", positive_span),
        max_rejected: fields.optional("max_rejected", share),
        max_timed_out: fields.optional("max_timed_out", share),
    };
    if fields.has("attainment") && latency_node.is_none() {
        context.report(
            fields.place_of("attainment"),
            "a share without a latency",
            "`latency`, which a good request completes within",
            "add latency = \"2s\"",
        );
    }
    if let Some(latency) = slo.latency.filter(|_| !fields.has("attainment")) {
        let place = fields.place_of("latency");
        context.warn(Some(place), Caveat::LatencyWithoutAttainment { latency });
    }
    if fields.is_empty() {
        context.report(
            fields.place,
            "an empty objective",
            "at least one key",
            "add p95 = \"1.5s\", or leave out [slo]",
        );
    }
    fields.finish();
    Some(slo)
}

/// The fleets to simulate, `check` having been told the remarks on each.
fn chosen(
    context: &Context,
    fleets: Vec<Fleet>,
    remarks: Vec<Remarks>,
    choice: &FleetChoice<'_>,
    check: impl Fn(&Remarks),
) -> Vec<Fleet> {
    let wanted: &[(String, Place)] = match choice {
        FleetChoice::Some(names) => names,
        FleetChoice::Optional => &[],
    };
    for (name, place) in wanted {
        if !fleets.iter().any(|fleet| fleet.name == *name) {
            let names = fleets.iter().map(|fleet| fleet.name.as_str());
            let mend = match crate::unit::nearest(name, names.clone()) {
                Some(nearest) => format!("did you mean `{nearest}`?"),
                None => format!("the scenario has: {}", names.collect::<Vec<_>>().join(", ")),
            };
            context.report(*place, format!("`{name}`"), "the name of a fleet of the scenario", mend);
        }
    }
    let kept = fleets
        .into_iter()
        .zip(remarks)
        .filter(|(fleet, _)| wanted.is_empty() || wanted.iter().any(|(name, _)| *name == fleet.name));
    kept.map(|(fleet, remarks)| {
        check(&remarks);
        fleet
    })
    .collect()
}

/// The fewest instances that meet the objective exist only where there is one that can be missed.
fn check_objective_of_fitted(context: &Context, fitted: &[Place], slo: Option<&Slo>) {
    if slo.is_some_and(Slo::sets_conditions) {
        return;
    }
    for &place in fitted {
        let (found, mend) = match slo {
            None => (
                "\"fit\" in a scenario without an objective",
                "add [slo] with p95 = \"2s\", or write a number of instances",
            ),
            Some(_) => (
                "\"fit\" to an objective that cannot be missed",
                "add attainment = 0.99 to [slo], or write a number of instances",
            ),
        };
        context.report(place, found, "an objective that the fewest instances are found for", mend);
    }
}

/// The fewest instances are found for requests.
fn check_requests_of_fitted(context: &Context, fitted: &[Place], has_traffic: bool) {
    for &place in fitted.iter().filter(|_| !has_traffic) {
        let expected = "requests that the fewest instances are found for";
        let mend = "write a number of instances, such as 4";
        context.report(place, "\"fit\" in a scenario without [[traffic]]", expected, mend);
    }
}

fn warn_of_periods(context: &Context, classes: &[ReadClass], window: Span) {
    for ReadClass { class, shape_place } in classes {
        let Source::Synthetic { shape: Shape::Diurnal { weekend, .. }, .. } = &class.source else {
            continue;
        };
        let period = if *weekend == 1.0 { Span::DAY } else { Span::WEEK };
        if !window.nanos().is_multiple_of(period.nanos()) {
            let caveat = Caveat::WindowNotWholePeriods { class: class.name.clone(), window, period };
            context.warn(Some(*shape_place), caveat);
        }
    }
}

fn warn_of_warm_up(context: &Context, keep_alives: &[KeepAlive], warm_up: Span, place: Place) {
    let longest =
        keep_alives.iter().reduce(|longest, next| if next.keep_alive > longest.keep_alive { next } else { longest });
    if let Some(longest) = longest.filter(|longest| longest.keep_alive > warm_up) {
        let caveat =
            Caveat::WarmUpShorterThanKeepAlive { pool: longest.pool.clone(), warm_up, keep_alive: longest.keep_alive };
        let place = if warm_up == Span::ZERO { longest.place } else { place };
        context.warn(Some(place), caveat);
    }
}
