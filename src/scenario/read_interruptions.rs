//! Interruptions of spot instances, and failures.

use crate::unit::Span;

use super::context::Context;
use super::fields::{Fields, choice};
use super::read_distribution::distribution;
use super::tree::Node;
use super::values::{flag, integer, number, positive_span, price, span};
use super::{Failures, Fallback, Hazard, Interrupted, Interruptions, MOST_INSTANCES, Outages};

/// What is warned of an interruption where nothing is written: two minutes, as at AWS.
const USUAL_NOTICE: Span = Span::from_nanos(2 * Span::MINUTE.nanos());
/// The zones of a region where nothing is written.
const USUAL_ZONES: u32 = 3;
const MOST_ZONES: u64 = 1_000;

pub(super) const REQUESTS: [(&str, Interrupted); 2] = [("retry", Interrupted::Retry), ("lose", Interrupted::Lose)];

pub(super) fn interruptions(context: &Context, node: &Node) -> Option<Interruptions> {
    let mut fields = Fields::of(context, node, "the interruptions of spot instances")?;
    let hazard = hazard(&mut fields);
    let notice = fields.optional("notice", span).unwrap_or(USUAL_NOTICE);
    let requests = fields.optional("requests", |context, node| {
        choice(context, node, "what becomes of interrupted requests", &REQUESTS.map(|(word, _)| word))
    });
    let requests = REQUESTS.iter().find(|(word, _)| Some(*word) == requests).map_or(REQUESTS[0].1, |&(_, value)| value);
    let has_outages = fields.has("outages");
    let outages = fields.optional("outages", outages);
    let fallback = fields.optional("fallback", fallback);
    if hazard.is_none() && !has_outages && !fields.has("every") && !fields.has("share_per_month") {
        fields.missing("every", "4500h");
    }
    fields.finish();
    Some(Interruptions { hazard, notice, requests, outages, fallback })
}

fn hazard(fields: &mut Fields<'_>) -> Option<Hazard> {
    let every = fields.optional("every", positive_span).map(Hazard::Every);
    if fields.has("every") {
        fields.refuse("share_per_month", "leave it out: every is the mean time between interruptions");
        return every;
    }
    let share = number(
        |share| share > 0.0 && share < 1.0,
        "the share of instances that are interrupted within a month, above 0 and below 1",
        "write a share, such as 0.15",
    );
    fields.optional("share_per_month", share).map(Hazard::SharePerMonth)
}

fn outages(context: &Context, node: &Node) -> Option<Outages> {
    let mut fields = Fields::of(context, node, "the outages of zones")?;
    let zones = fields.optional("zones", integer(1..=MOST_ZONES, "zones"));
    let every = fields.required("every", "200h", positive_span);
    let last = fields.required("last", "2h", distribution);
    fields.finish();
    let zones = zones.and_then(|zones| u32::try_from(zones).ok()).unwrap_or(USUAL_ZONES);
    Some(Outages { zones, every: every?, last: last? })
}

fn fallback(context: &Context, node: &Node) -> Option<Fallback> {
    let mut fields = Fields::of(context, node, "the fallback to on-demand instances")?;
    let base = fields.optional("base", integer(0..=u64::from(MOST_INSTANCES), "on-demand instances"));
    let dynamic = fields.optional("dynamic", flag).unwrap_or(false);
    let price = fields.required("price", "$4.00/h", price);
    if !fields.has("base") && !dynamic {
        fields.missing("base", "1");
    }
    fields.finish();
    let base = base.and_then(|base| u32::try_from(base).ok()).unwrap_or(0);
    Some(Fallback { base, dynamic, price: price? })
}

pub(super) fn failures(context: &Context, node: &Node) -> Option<Failures> {
    let mut fields = Fields::of(context, node, "the failures of instances")?;
    let every = fields.required("every", "1000h", positive_span);
    let repair = fields.required("repair", "2h", distribution);
    fields.finish();
    Some(Failures { every: every?, repair: repair? })
}
