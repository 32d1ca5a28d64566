//! Fleets and pools.

use crate::unit::{Price, Span, Usd};

use super::context::Context;
use super::fields::{Fields, choice};
use super::place::Place;
use super::presets;
use super::read_costs::{OnDemand, extras, on_demand, refuse_on_demand, refuse_on_hybrid};
use super::read_preset::{UsedPreset, preset, refuses_preset};
use super::read_price::{CatalogPrice, serverless_price};
use super::read_purchase::{Sold, sold};
use super::read_region::instances_of_regions;
use super::read_scale_out::{Scaling, check_min_instances, scaling};
use super::read_start::start_up;
use super::read_throughput::{speed, throughput};
use super::tree::{Content, Node};
use super::values::{integer, integer_or, list, name, positive_span_or, rate, span, usd};
use super::warning::Caveat;
use super::{
    Autoscaling, BilledPhases, Dedicated, Fleet, FleetKind, Hybrid, IdleSelection, Instances, MOST_INSTANCES,
    MOST_SLOTS, Overflow, OverflowRule, Pool, PoolKind, Purchase, Region, RegionTraffic, Routing, Serverless,
    StartPhase, Tariff, Terms, Throughput, WhenZero,
};

/// A fleet, and what of it is to be checked against the rest of the scenario.
pub(super) struct ReadFleet {
    pub fleet: Fleet,
    pub remarks: Remarks,
}

#[derive(Default)]
pub(super) struct Remarks {
    /// Of each serverless pool.
    pub keep_alives: Vec<KeepAlive>,
    /// From the catalogue.
    pub prices: Vec<CatalogPrice>,
    pub presets: Vec<UsedPreset>,
    /// Where a number of instances is written as `"fit"`.
    pub fitted: Vec<Place>,
    /// What is worth telling if the fleet is simulated.
    pub caveats: Vec<(Place, Caveat)>,
}

/// A keep-alive to be compared with the warm-up.
pub(super) struct KeepAlive {
    /// `serverless`, or `hybrid.burst`.
    pub pool: String,
    pub keep_alive: Span,
    pub place: Place,
}

pub(super) fn fleet(context: &Context, node: &Node) -> Option<ReadFleet> {
    let mut fields = Fields::of(context, node, "a fleet")?;
    let name = fields.required("name", "serverless", name);
    let kinds = ["dedicated", "serverless", "hybrid"];
    let kind =
        fields.required("kind", "serverless", |context, node| choice(context, node, "the kind of a fleet", &kinds));
    let mut remarks = Remarks::default();
    let shown = name.clone().unwrap_or_default();
    let kind = match kind? {
        "hybrid" => hybrid(&mut fields, &shown, &mut remarks).map(FleetKind::Hybrid),
        kind => pool_kind(&mut fields, kind, &shown, &mut remarks).map(spread_over_regions),
    };
    fields.finish();
    let fleet = Fleet { name: name?, kind: kind? };
    Some(ReadFleet { fleet, remarks })
}

fn pool_kind(fields: &mut Fields<'_>, kind: &'static str, name: &str, remarks: &mut Remarks) -> Option<PoolKind> {
    fields.rename(format!("a {kind} fleet"));
    if kind == "dedicated" {
        return dedicated(fields, remarks).map(PoolKind::Dedicated);
    }
    let serverless = serverless(fields, remarks)?;
    super::read_costs::warn(fields, name, &serverless);
    remarks.keep_alives.extend(serverless.keep_alive.map(|keep_alive| KeepAlive {
        pool: name.to_owned(),
        keep_alive,
        place: fields.place_of("keep_alive"),
    }));
    Some(PoolKind::Serverless(serverless))
}

fn dedicated(fields: &mut Fields<'_>, remarks: &mut Remarks) -> Option<Dedicated> {
    let instances = match instances_of_regions(fields) {
        Some(sum) if !fields.has("instances") => u32::try_from(sum).ok().map(Instances::Number),
        Some(sum) => fields.optional("instances", |context, node| instances_as_of_regions(context, node, sum)),
        None => fields.required("instances", "4", instances),
    };
    if instances == Some(Instances::Fit) {
        remarks.fitted.push(fields.place_of("instances"));
    }
    let slots = fields.optional("slots", slots).unwrap_or(1);
    let throughput = fields.optional("throughput", throughput).unwrap_or(Throughput::Independent);
    let speed = speed(fields);
    let sold = sold(fields, slots, remarks);
    if let Some(Sold { terms: Terms { autoscaling: Some(Autoscaling { min_instances, .. }), .. }, .. }) = &sold
        && let Some(Instances::Number(most)) = instances
    {
        check_min_instances(fields, *min_instances, "instances", Some(most));
    }
    let queue_limit = queue_limit(fields);
    let extras = extras(fields);
    refuse_on_demand(fields);
    let Sold { price, terms } = sold?;
    Some(Dedicated { instances: instances?, slots, throughput, speed, price, queue_limit, terms, extras })
}

/// Beside regions, a number of instances says the same as theirs together.
fn instances_as_of_regions(context: &Context, node: &Node, sum: u64) -> Option<Instances> {
    let written = instances(context, node)?;
    let agrees = matches!(written, Instances::Number(number) if u64::from(number) == sum);
    if !agrees {
        let expected = format!("the instances of the regions together, which are {sum}");
        context.report(node.place, context.written(node), expected, "leave it out: each region has its own");
        return None;
    }
    Some(written)
}

fn queue_limit(fields: &mut Fields<'_>) -> Option<u64> {
    fields.optional("queue_limit", integer_or("unlimited", 0..=MOST_WAITING, "how many requests may wait")).flatten()
}

/// The largest queue limit and in-flight limit.
const MOST_WAITING: u64 = 1_000_000_000_000;

fn instances(context: &Context, node: &Node) -> Option<Instances> {
    match &node.content {
        Content::Text(text) if text == "fit" => Some(Instances::Fit),
        Content::Text(_) => {
            let expected = format!("a number of instances from 1 to {MOST_INSTANCES}, or \"fit\"");
            let mend = "write a number, such as 4, or \"fit\" for the fewest that meet the objective";
            context.report(node.place, context.written(node), expected, mend);
            None
        }
        _ => to_u32(integer(1..=u64::from(MOST_INSTANCES), "a number of instances")(context, node))
            .map(Instances::Number),
    }
}

fn slots(context: &Context, node: &Node) -> Option<u32> {
    to_u32(integer(1..=u64::from(MOST_SLOTS), "requests served at once by one instance")(context, node))
}

fn to_u32(value: Option<u64>) -> Option<u32> {
    value.and_then(|value| u32::try_from(value).ok())
}

fn serverless(fields: &mut Fields<'_>, remarks: &mut Remarks) -> Option<Serverless> {
    let start = start_up(fields);
    let slots = fields.optional("slots", slots).unwrap_or(1);
    let Scaling { scale_out, keep_alive, min_instances } = scaling(fields, slots);
    let most = u64::from(MOST_INSTANCES);
    let max_instances =
        fields.optional("max_instances", integer_or("unlimited", 1..=most, "the most instances")).flatten();
    let max_instances = to_u32(max_instances);
    check_min_instances(fields, min_instances, "max_instances", max_instances);
    let idle_selection = fields.word("idle_selection", "a rule to choose an idle instance", &IDLE_SELECTION);
    let overflow = fields.word("overflow", "what happens at max_instances", &OVERFLOW);
    let queue_limit = queue_limit(fields);
    let when_zero = fields.word("when_zero", "what happens while no instance is ready", &WHEN_ZERO);
    let execution_limit = fields.optional("execution_limit", positive_span_or("none")).flatten();
    let time_to_live = fields.optional("time_to_live", positive_span_or("none")).flatten();
    let throughput = fields.optional("throughput", throughput).unwrap_or(Throughput::Independent);
    let speed = speed(fields);
    let price = match fields.has(presets::KEY) {
        true => preset(fields, remarks),
        false => serverless_price(fields, &mut remarks.prices),
    };
    let tariff = tariff(fields, price.unwrap_or(Price::FREE));
    Some(Serverless {
        start: start?,
        keep_alive: keep_alive?,
        min_instances,
        max_instances,
        scale_out: scale_out?,
        idle_selection,
        overflow,
        queue_limit,
        when_zero,
        execution_limit,
        time_to_live,
        slots,
        throughput,
        speed,
        tariff,
    })
}

/// The words of an option, its default first.
type Words<T, const N: usize> = [(&'static str, T); N];

pub(crate) const IDLE_SELECTION: Words<IdleSelection, 5> = [
    ("most-recently-used", IdleSelection::MostRecentlyUsed),
    ("least-recently-used", IdleSelection::LeastRecentlyUsed),
    ("newest", IdleSelection::Newest),
    ("oldest", IdleSelection::Oldest),
    ("random", IdleSelection::Random),
];

pub(crate) const OVERFLOW: Words<Overflow, 2> = [("queue", Overflow::Queue), ("reject", Overflow::Reject)];

pub(crate) const WHEN_ZERO: Words<WhenZero, 2> = [("queue", WhenZero::Queue), ("reject", WhenZero::Reject)];

impl Fields<'_> {
    /// An option that is one of some words, or a table of that kind; the first word is the default.
    pub(super) fn word<T: Copy, const N: usize>(&mut self, key: &'static str, what: &str, words: &Words<T, N>) -> T {
        let names: Vec<&'static str> = words.iter().map(|&(name, _)| name).collect();
        let chosen = self.optional(key, |context, node| {
            let (kind, fields) = Fields::of_kind(context, node, what, &names)?;
            fields.finish();
            Some(kind)
        });
        words.iter().find(|&&(name, _)| Some(name) == chosen).map_or(words[0].1, |&(_, value)| value)
    }
}

fn tariff(fields: &mut Fields<'_>, price: Price) -> Tariff {
    let request_fee = fields.optional("request_fee", usd).unwrap_or(Usd::ZERO);
    let bills = fields.optional("bills", bills).unwrap_or(BilledPhases::ALL);
    let rounding = fields.optional("rounding", positive_span_or("exact")).flatten();
    let OnDemand { min_instance_price, free_tier, spend_cap } = on_demand(fields);
    let extras = extras(fields);
    Tariff { price, request_fee, bills, rounding, min_instance_price, free_tier, spend_cap, extras }
}

fn bills(context: &Context, node: &Node) -> Option<BilledPhases> {
    let example = "write bills = [\"cold-start\", \"execute\", \"idle\"], or those that are billed";
    let mut billed = BilledPhases::NONE;
    for node in list(context, node, "a list of billed phases", example)? {
        let names = ["cold-start", "allocate", "pull", "load", "initialize", "execute", "idle"];
        let phases = match choice(context, node, "a billed phase", &names) {
            Some("cold-start") => &mut billed.start[..],
            Some("execute") => std::slice::from_mut(&mut billed.execute),
            Some("idle") => std::slice::from_mut(&mut billed.idle),
            Some(name) => {
                let index = StartPhase::ALL.iter().position(|phase| phase.name() == name);
                index.map(|index| std::slice::from_mut(&mut billed.start[index])).unwrap_or_default()
            }
            None => continue,
        };
        if phases.iter().any(|&is_billed| is_billed) {
            context.report(node.place, context.written(node), "each billed phase once", "leave out the second one");
        }
        phases.fill(true);
    }
    Some(billed)
}

fn hybrid(fields: &mut Fields<'_>, fleet: &str, remarks: &mut Remarks) -> Option<Hybrid> {
    fields.rename("a hybrid fleet");
    refuses_preset(fields, "write it in a [[fleet.pool]] of kind \"serverless\"");
    refuse_on_hybrid(fields);
    let overflow = match fields.get("overflow") {
        Some(node) => overflow_rule(fields.context, node),
        None => Some(OverflowRule::WhenFull),
    };
    let context = fields.context;
    let pools = match fields.get("pool") {
        Some(node) => {
            let nodes = list(context, node, "pools, each under a header [[fleet.pool]]", "write [[fleet.pool]]")?;
            if nodes.len() < 2 {
                let expected = "at least two pools, tried in order";
                context.report(node.place, format!("{} pool", nodes.len()), expected, "add another [[fleet.pool]]");
            }
            let pools: Vec<Option<Pool>> = nodes.iter().map(|node| pool(context, node, fleet, remarks)).collect();
            super::report_duplicates(context, nodes, "a pool");
            if let [_, second, ..] = remarks.fitted[..] {
                let expected = "one pool of a hybrid that is fitted to the objective";
                context.report(second, "\"fit\" again", expected, "write a number of instances here, such as 4");
            }
            pools.into_iter().collect::<Option<Vec<Pool>>>()
        }
        None => {
            context.report(
                fields.place,
                "a hybrid fleet without pools",
                "at least two pools, tried in order",
                "add two tables with the header [[fleet.pool]]",
            );
            None
        }
    };
    Some(Hybrid::in_order(overflow?, pools?))
}

/// A dedicated fleet that has regions is a pool in each, and requests go to the nearest. Each pool keeps the terms of all.
fn spread_over_regions(kind: PoolKind) -> FleetKind {
    let regions = match &kind {
        PoolKind::Dedicated(pool) if !pool.terms.regions.is_empty() => &pool.terms.regions,
        _ => return FleetKind::Single(kind),
    };
    let PoolKind::Dedicated(whole) = &kind else { return FleetKind::Single(kind) };
    let pools = regions.iter().map(|region| {
        let mut pool =
            Dedicated { instances: Instances::Number(region.instances), price: region.price, ..whole.clone() };
        if let Purchase::Reserved(commitment) = &mut pool.terms.purchase {
            commitment.on_demand = region.price;
            pool.price = commitment.price();
        }
        Pool { name: region.name.clone(), kind: PoolKind::Dedicated(pool) }
    });
    let origin = |region: &Region| RegionTraffic { nearest: region.nearest.clone(), network: region.network };
    let routing = Routing::Nearest(regions.iter().map(origin).collect());
    FleetKind::Hybrid(Hybrid { overflow: OverflowRule::WhenFull, routing, pools: pools.collect() })
}

fn pool(context: &Context, node: &Node, fleet: &str, remarks: &mut Remarks) -> Option<Pool> {
    let mut fields = Fields::of(context, node, "a pool")?;
    let name = fields.required("name", "burst", name);
    let kind = fields.required("kind", "serverless", |context, node| {
        choice(context, node, "the kind of a pool", &["dedicated", "serverless"])
    });
    let shown = format!("{fleet}.{}", name.as_deref().unwrap_or_default());
    let kind = pool_kind(&mut fields, kind?, &shown, remarks);
    if let Some(PoolKind::Dedicated(pool)) = &kind
        && !pool.terms.regions.is_empty()
    {
        let mend = "give a fleet of kind \"dedicated\" the regions, and leave out the other pools";
        context.report(fields.place_of("region"), "regions of a pool", "a pool of a hybrid in one place", mend);
    }
    fields.finish();
    Some(Pool { name: name?, kind: kind? })
}

fn overflow_rule(context: &Context, node: &Node) -> Option<OverflowRule> {
    let what = "when a request goes to the next pool";
    let example = "write \"when-full\", { wait_over = \"2s\" }, { rate_over = \"1000/s\" } or { in_flight_over = 40 }";
    if let Content::Text(rule) = &node.content {
        if rule == "when-full" {
            return Some(OverflowRule::WhenFull);
        }
        context.report(node.place, context.written(node), "an overflow rule", example);
        return None;
    }
    let mut fields = Fields::of(context, node, what)?;
    let wait = fields.get("wait_over").map(|node| span(context, node).map(OverflowRule::WaitOver));
    let rate = fields.get("rate_over").map(|node| rate(context, node).map(OverflowRule::RateOver));
    let in_flight = fields.get("in_flight_over").map(|node| {
        integer(1..=MOST_WAITING, "requests waiting or in service")(context, node).map(OverflowRule::InFlightOver)
    });
    let full =
        fields.get("kind").map(|node| choice(context, node, what, &["when-full"]).map(|_| OverflowRule::WhenFull));
    let rules: Vec<Option<OverflowRule>> = [wait, rate, in_flight, full].into_iter().flatten().collect();
    let place = fields.place;
    fields.finish();
    match rules.len() {
        1 => rules.into_iter().next().flatten(),
        count => {
            context.report(place, format!("{count} rules"), "one overflow rule", example);
            None
        }
    }
}
