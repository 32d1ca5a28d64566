//! How clients try again.

use crate::unit::Span;

use super::Retry;
use super::context::Context;
use super::fields::Fields;
use super::tree::Node;
use super::values::{integer, number, positive_span};

/// `{ limit = 3, backoff = "1s", factor = 2.0, longest = "60s", jitter = 0.0 }`.
pub(super) fn retry(context: &Context, node: &Node) -> Option<Retry> {
    let mut fields = Fields::of(context, node, "how clients try again")?;
    let limit = integer(1..=u64::from(Retry::MOST), "attempts after the first");
    let limit = fields.required("limit", "3", limit).and_then(|limit| u16::try_from(limit).ok());
    let backoff = fields.optional("backoff", positive_span).unwrap_or(Span::SECOND);
    let factor = number(
        |factor| (1.0..=100.0).contains(&factor),
        "how much longer each back-off is than the one before, from 1 to 100",
        "write a number, such as 2.0",
    );
    let factor = fields.optional("factor", factor).unwrap_or(2.0);
    let longest = fields.optional("longest", positive_span).unwrap_or(Span::MINUTE).max(backoff);
    let jitter = number(
        |jitter| (0.0..=0.9).contains(&jitter),
        "the part of a back-off that is random, from 0 to 0.9",
        "write a number, such as 0.5",
    );
    let jitter = fields.optional("jitter", jitter).unwrap_or(0.0);
    fields.finish();
    Some(Retry { limit: limit?, backoff, factor, longest, jitter })
}
