//! How an instance starts: its phases, or a cold start in one.

use crate::unit::Span;

use super::context::Context;
use super::fields::Fields;
use super::read_distribution::distribution;
use super::tree::{Content, Node};
use super::values::{decimal, number, positive_span, positive_span_or, share_of};
use super::{Decimal, Distribution, Pull, StartUp, Supply};

/// The start of a serverless instance, as `start` or as `cold_start`.
pub(super) fn start_up(fields: &mut Fields<'_>) -> Option<StartUp> {
    match (fields.get("start"), fields.get("cold_start")) {
        (Some(_), Some(node)) => {
            let expected = "`start` or `cold_start`, not both";
            fields.context.report(node.place, "`cold_start` beside `start`", expected, "leave out one of them");
            None
        }
        (Some(node), None) => phases(fields.context, node),
        (None, _) => fields.required("cold_start", "15s", distribution).map(StartUp::cold_start),
    }
}

/// A table of phases; a duration alone is one phase.
pub(super) fn phases(context: &Context, node: &Node) -> Option<StartUp> {
    let mut fields = Fields::of(context, node, "the start of an instance")?;
    let allocate = phase(&mut fields, "allocate", distribution);
    let pull = phase(&mut fields, "pull", pull);
    let load = phase(&mut fields, "load", load);
    let initialize = phase(&mut fields, "initialize", distribution);
    let failure = fields.optional("failure", share_of("the starts", "0.005")).unwrap_or(0.0);
    let limit = fields.optional("limit", positive_span_or("none")).flatten();
    let supply = fields.optional("supply", supply);
    fields.finish();
    let nothing = StartUp::immediate();
    Some(StartUp {
        allocate: allocate?.unwrap_or(nothing.allocate),
        pull: pull?.unwrap_or(nothing.pull),
        load: load?.unwrap_or(nothing.load),
        initialize: initialize?.unwrap_or(nothing.initialize),
        failure,
        limit,
        supply,
        is_short: false,
    })
}

/// A phase that may be left out; `None` only when it has a mistake.
fn phase<T>(
    fields: &mut Fields<'_>,
    key: &'static str,
    read: impl FnOnce(&Context, &Node) -> Option<T>,
) -> Option<Option<T>> {
    match fields.get(key) {
        Some(node) => read(fields.context, node).map(Some),
        None => Some(None),
    }
}

fn pull(context: &Context, node: &Node) -> Option<Pull> {
    let is_told_apart = |table: &super::tree::Table| table.get("miss").is_some() || table.get("cached").is_some();
    match &node.content {
        Content::Table(table) if is_told_apart(table) => {
            let mut fields = Fields::of(context, node, "the pull of an image")?;
            let cached = fields.required("cached", "0.8", share_of("the starts", "0.8"));
            let hit = fields.optional("hit", distribution);
            let miss = fields.required("miss", "5min", distribution);
            fields.finish();
            Some(Pull { cached: cached?, hit: hit.unwrap_or(Distribution::Constant(Span::ZERO)), miss: miss? })
        }
        _ => distribution(context, node).map(Pull::always),
    }
}

/// A duration, or gigabytes at a bandwidth.
fn load(context: &Context, node: &Node) -> Option<Distribution> {
    match &node.content {
        Content::Table(table) if table.get("gigabytes").is_some() || table.get("gigabytes_per_s").is_some() => {
            let mut fields = Fields::of(context, node, "the loading of weights")?;
            let gigabytes = fields.required("gigabytes", "16", decimal);
            let per_second = fields.required("gigabytes_per_s", "2.0", decimal);
            fields.finish();
            Some(Distribution::Constant(time_to_load(gigabytes?, per_second?)))
        }
        _ => distribution(context, node),
    }
}

/// To the nanosecond below, at most [`Span::LONGEST`].
fn time_to_load(gigabytes: Decimal, per_second: Decimal) -> Span {
    let second = u128::from(Span::SECOND.nanos());
    let nanos = u128::from(gigabytes.billionths) * second / u128::from(per_second.billionths);
    Span::from_nanos(u64::try_from(nanos).unwrap_or(u64::MAX)).min(Span::LONGEST)
}

fn supply(context: &Context, node: &Node) -> Option<Supply> {
    let mut fields = Fields::of(context, node, "the supply of GPUs")?;
    let free = number(
        |free| free > 0.0 && free <= 1.0,
        "the probability that a GPU is free, above 0 and at most 1",
        "write a number such as 0.95",
    );
    let free = fields.required("free", "0.95", free);
    let retry_after = fields.required("retry_after", "30s", positive_span);
    fields.finish();
    Some(Supply { free: free?, retry_after: retry_after? })
}
