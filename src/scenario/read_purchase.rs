//! The terms of a dedicated fleet, and its price.

use crate::catalog::Kind;
use crate::unit::{Price, Span};

use super::context::Context;
use super::fields::{Fields, choice};
use super::read_distribution::distribution;
use super::read_fleet::Remarks;
use super::read_interruptions::{failures, interruptions};
use super::read_price::dedicated_price;
use super::read_region::regions;
use super::read_scale_out::autoscaling;
use super::read_schedule::schedule;
use super::read_start::phases;
use super::tree::{Content, Node as Written};
use super::values::{decimal, integer, span};
use super::warning::Caveat;
use super::{Autoscaling, Commitment, Decimal, Node, Purchase, Region, ScaleOut, StartUp, Term, Terms, Upfront};

/// The words for a purchase, the default first, each with the kind of price that the catalogue has for it. Of commitments it
/// has none: theirs is the on-demand price less a discount.
const PURCHASES: [(&str, Kind); 4] = [
    ("on-demand", Kind::Dedicated),
    ("reserved-1y", Kind::Dedicated),
    ("reserved-3y", Kind::Dedicated),
    ("spot", Kind::Spot),
];

pub(super) const UPFRONT: [(&str, Upfront); 3] =
    [("none", Upfront::Nothing), ("partial", Upfront::Partial), ("all", Upfront::All)];

/// The most GPUs of a node or an instance.
const MOST_GPUS: u64 = 10_000;

/// What is paid for an instance, and on which terms.
pub(super) struct Sold {
    pub price: Price,
    pub terms: Terms,
}

/// Reads everything of a dedicated fleet but its instances and their queue. A fleet that has regions has no price of its own
/// when each of them has one.
pub(super) fn sold(fields: &mut Fields<'_>, slots: u32, remarks: &mut Remarks) -> Option<Sold> {
    let word = match fields.has("purchase") {
        true => fields.optional("purchase", purchase),
        false => Some(PURCHASES[0].0),
    };
    let node = node(fields);
    let kind = PURCHASES.iter().find(|(known, _)| Some(*known) == word).map(|&(_, kind)| kind);
    let written = regions(fields);
    let first_price = written.as_ref().and_then(|regions| regions.first_price());
    let price = match first_price {
        Some(price) if !fields.has("price") => Some(price),
        _ => dedicated_price(fields, kind, node.map_or(1, |node| node.gpus_of_instance), &mut remarks.prices),
    };
    let purchase = committed(fields, word, price, remarks);
    let listed = price;
    let price = match purchase {
        Some(Purchase::Reserved(commitment)) => Some(commitment.price()),
        _ => price,
    };
    let boot = fields.optional("boot", boot);
    let minimum_billing = fields.optional("minimum_billing", span).unwrap_or(Span::ZERO);
    let schedule = fields.optional("schedule", schedule);
    let interruptions = match word {
        Some("spot") | None => fields.optional("interruptions", interruptions),
        Some(_) => {
            fields.refuse("interruptions", "write purchase = \"spot\": only spot instances are taken away");
            None
        }
    };
    let failures = fields.optional("failures", failures);
    let autoscaling = autoscaling(fields, slots);
    let may_fail = schedule.as_ref().is_some_and(|schedule| schedule.failure > 0.0);
    let has_fallback = interruptions.as_ref().is_some_and(|interruptions| interruptions.fallback.is_some());
    for (is_written, what) in [(has_fallback, "a fallback"), (may_fail, "a failure to get capacity")] {
        check_autoscaling(fields, autoscaling.as_ref().filter(|_| is_written), what);
    }
    let regions: Vec<Region> = written.map_or_else(Vec::new, |regions| regions.priced(listed.unwrap_or(Price::FREE)));
    let usual = Terms::default();
    let terms = Terms {
        purchase: purchase?,
        node: node?,
        boot: boot.unwrap_or(usual.boot),
        minimum_billing,
        schedule,
        interruptions,
        failures,
        autoscaling,
        regions,
    };
    Some(Sold { price: price?, terms })
}

/// What is missing to a number of instances can be stood in for, or sought again, so the scaler must hold a number.
fn check_autoscaling(fields: &Fields<'_>, scaling: Option<&Autoscaling>, what: &str) {
    let Some(Autoscaling { scale_out, .. }) = scaling else { return };
    if !scale_out.removes_instances() {
        let holding = ScaleOut::KINDS
            .iter()
            .filter(|kind| ScaleOut::of_kind(kind, 1).is_some_and(|scale_out| scale_out.removes_instances()));
        let holding: Vec<String> = holding.map(|kind| format!("\"{kind}\"")).collect();
        fields.context.report(
            fields.place_of("scale_out"),
            format!("{what} beside the scaler \"{}\"", scale_out.kind()),
            "a scaler that holds a number of instances",
            format!("write one of {}, or leave out {what}", holding.join(", ")),
        );
    }
}

fn purchase(context: &Context, node: &Written) -> Option<&'static str> {
    choice(context, node, "how the instances are bought", &PURCHASES.map(|(word, _)| word))
}

/// The purchase of that name, with the commitment where it is one.
fn committed(
    fields: &mut Fields<'_>,
    word: Option<&'static str>,
    price: Option<Price>,
    remarks: &mut Remarks,
) -> Option<Purchase> {
    let term = match word? {
        "reserved-1y" => Term::OneYear,
        "reserved-3y" => Term::ThreeYears,
        other => {
            let mend = "write purchase = \"reserved-1y\" or \"reserved-3y\" for a commitment";
            fields.refuse("discount", mend);
            fields.refuse("upfront", mend);
            return Some(if other == "spot" { Purchase::Spot } else { Purchase::OnDemand });
        }
    };
    let discount = match fields.has("discount") {
        true => fields.optional("discount", discount),
        false => {
            let (percent, place) = (term.typical_discount().value() * 100.0, fields.place_of("purchase"));
            remarks.caveats.push((place, Caveat::TypicalDiscount { purchase: word?, percent: percent.round() }));
            Some(term.typical_discount())
        }
    };
    let upfront = fields.word("upfront", "the part of a commitment that is paid at its start", &UPFRONT);
    Some(Purchase::Reserved(Commitment { term, on_demand: price?, discount: discount?, upfront }))
}

fn discount(context: &Context, node: &Written) -> Option<Decimal> {
    let discount = decimal(context, node)?;
    if discount.billionths >= Decimal::ONE.billionths {
        let expected = "the share that is taken off the on-demand price, above 0 and below 1";
        context.report(node.place, context.written(node), expected, "write a share, such as 0.40");
        return None;
    }
    Some(discount)
}

fn node(fields: &mut Fields<'_>) -> Option<Node> {
    let gpus_of = |what| move |context: &Context, node: &Written| integer(1..=MOST_GPUS, what)(context, node);
    let of_instance = match fields.has("gpus") {
        true => fields.optional("gpus", gpus_of("the GPUs of an instance")),
        false => Some(1),
    };
    let of_node = match fields.has("node_gpus") {
        true => fields.optional("node_gpus", gpus_of("the GPUs of a node that is bought")),
        false => of_instance,
    };
    let (of_instance, of_node) = (of_instance?, of_node?);
    if !of_node.is_multiple_of(of_instance) && !of_instance.is_multiple_of(of_node) {
        fields.context.report(
            fields.place_of("node_gpus"),
            format!("instances of {of_instance} GPUs in nodes of {of_node}"),
            "nodes that instances fill, or instances that fill nodes",
            format!("write {}", fitting(of_instance, of_node)),
        );
        return None;
    }
    let to_u32 = |value| u32::try_from(value).ok();
    Some(Node { gpus: to_u32(of_node)?, gpus_of_instance: to_u32(of_instance)? })
}

/// The next larger instance that fills a node, or the node that an instance fills.
fn fitting(of_instance: u64, of_node: u64) -> String {
    let larger = (of_instance..=of_node).find(|gpus| of_node.is_multiple_of(*gpus));
    larger.map_or_else(|| format!("node_gpus = {of_instance}"), |gpus| format!("gpus = {gpus}"))
}

/// A start in phases, or a duration for all of it.
fn boot(context: &Context, node: &Written) -> Option<StartUp> {
    match &node.content {
        Content::Table(table) if table.get("kind").is_none() => phases(context, node),
        _ => distribution(context, node).map(StartUp::cold_start),
    }
}
