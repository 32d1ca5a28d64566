//! Reading single values: quantities, numbers, names. Each reports what is wrong and then reads as `None`.

use std::ops::RangeInclusive;

use jiff::civil::DateTime;

use crate::unit::{Price, Rate, Span, Usd, scaled_decimal};

use super::Decimal;
use super::context::Context;
use super::quantity::{self, QuantityError};
use super::tree::{Content, Node};

/// A quantity written as a text; a bare number is read as if it were in quotes, so that the message shows its mend.
fn quantity<T>(context: &Context, node: &Node, parse: impl Fn(&str) -> Result<T, QuantityError>) -> Option<T> {
    let (text, is_text) = match &node.content {
        Content::Text(text) => (text.clone(), true),
        Content::Moment(text) => (text.clone(), true),
        Content::Integer(number) => (number.to_string(), false),
        Content::Float(number) => (number.to_string(), false),
        _ => (String::new(), false),
    };
    match parse(&text) {
        Ok(value) if is_text => Some(value),
        // A bare number never is a quantity: no unit accepts it.
        Ok(_) => {
            context.report(node.place, context.written(node), "a text in quotes", format!("write \"{text}\""));
            None
        }
        Err(error) => {
            context.report(node.place, context.written(node), error.expected, error.mend);
            None
        }
    }
}

pub(super) fn span(context: &Context, node: &Node) -> Option<Span> {
    quantity(context, node, quantity::parse_span)
}

pub(super) fn positive_span(context: &Context, node: &Node) -> Option<Span> {
    let span = span(context, node)?;
    if span == Span::ZERO {
        context.report(
            node.place,
            context.written(node),
            "a duration longer than zero",
            "write a positive duration, such as \"1s\"",
        );
        return None;
    }
    Some(span)
}

/// A duration of at most `most`, which is `name`.
pub(super) fn span_at_most(most: Span, name: &str) -> impl Fn(&Context, &Node) -> Option<Span> {
    move |context, node| {
        let span = span(context, node)?;
        if span > most {
            let expected = format!("a duration of at most {name}");
            context.report(node.place, context.written(node), expected, format!("write \"{most}\" or less"));
            return None;
        }
        Some(span)
    }
}

/// A duration, or `word`, which reads as none.
pub(super) fn span_or(word: &'static str) -> impl Fn(&Context, &Node) -> Option<Option<Span>> {
    move |context, node| match &node.content {
        Content::Text(text) if text == word => Some(None),
        _ => span(context, node).map(Some),
    }
}

/// A positive duration, or `word`, which reads as none.
pub(super) fn positive_span_or(word: &'static str) -> impl Fn(&Context, &Node) -> Option<Option<Span>> {
    move |context, node| match &node.content {
        Content::Text(text) if text == word => Some(None),
        _ => {
            let span = span(context, node)?;
            if span == Span::ZERO {
                let expected = format!("a duration longer than zero, or \"{word}\"");
                context.report(node.place, context.written(node), expected, format!("write \"{word}\""));
                return None;
            }
            Some(Some(span))
        }
    }
}

pub(super) fn time_of_day(context: &Context, node: &Node) -> Option<Span> {
    quantity(context, node, quantity::parse_time_of_day)
}

/// A rate above zero.
pub(super) fn rate(context: &Context, node: &Node) -> Option<Rate> {
    let rate = quantity(context, node, quantity::parse_rate)?;
    if rate.nano_events() == 0 {
        context.report(
            node.place,
            context.written(node),
            "a rate above zero",
            "write a positive rate, such as \"2/s\"",
        );
        return None;
    }
    Some(rate)
}

pub(super) fn price(context: &Context, node: &Node) -> Option<Price> {
    quantity(context, node, quantity::parse_price)
}

pub(super) fn usd(context: &Context, node: &Node) -> Option<Usd> {
    quantity(context, node, quantity::parse_usd)
}

/// A whole number in a range.
pub(super) fn integer(range: RangeInclusive<u64>, what: &str) -> impl Fn(&Context, &Node) -> Option<u64> {
    move |context, node| {
        let (least, most) = (range.start(), range.end());
        let value = match &node.content {
            Content::Integer(value) => u64::try_from(*value).ok().filter(|value| range.contains(value)),
            _ => None,
        };
        if value.is_none() {
            let expected = format!("{what}: a whole number from {least} to {most}");
            let mend = match &node.content {
                Content::Integer(value) if i128::from(*value) < i128::from(*least) => format!("write {least} or more"),
                Content::Integer(_) => format!("write {most} or less"),
                Content::Text(text) if text.trim().parse().is_ok_and(|value| range.contains(&value)) => {
                    format!("write {} without quotes", text.trim())
                }
                Content::Float(value) if value.fract() == 0.0 && *value >= 0.0 => format!("write {value:.0}"),
                _ => format!("write a whole number, such as {}", (*least).max(1)),
            };
            context.report(node.place, context.written(node), expected, mend);
        }
        value
    }
}

/// A whole number in a range, or `word`, which reads as none.
pub(super) fn integer_or(
    word: &'static str,
    range: RangeInclusive<u64>,
    what: &str,
) -> impl Fn(&Context, &Node) -> Option<Option<u64>> {
    let read = integer(range, what);
    move |context, node| match &node.content {
        Content::Text(text) if text == word => Some(None),
        _ => read(context, node).map(Some),
    }
}

/// A finite number for which `holds`; `expected` says for which.
pub(super) fn number(
    holds: impl Fn(f64) -> bool,
    expected: &str,
    mend: &str,
) -> impl Fn(&Context, &Node) -> Option<f64> {
    move |context, node| {
        let value = match &node.content {
            Content::Integer(value) => Some(*value as f64),
            Content::Float(value) => Some(*value),
            _ => None,
        };
        let value = value.filter(|&value| value.is_finite() && holds(value));
        if value.is_none() {
            let unquoted = match &node.content {
                Content::Text(text) => unquoted(text).filter(|&value| holds(value)),
                _ => None,
            };
            let mend = match unquoted {
                Some(value) => format!("write {value} without quotes"),
                None => mend.to_owned(),
            };
            context.report(node.place, context.written(node), expected, mend);
        }
        value
    }
}

/// The number in a text, per cents too.
fn unquoted(text: &str) -> Option<f64> {
    let text = text.trim();
    let value = match text.strip_suffix('%') {
        Some(percent) => percent.trim().parse::<f64>().ok().map(|value| value / 100.0),
        None => text.parse().ok(),
    };
    value.filter(|value: &f64| value.is_finite())
}

/// A share of all requests.
pub(super) fn share(context: &Context, node: &Node) -> Option<f64> {
    share_of("the requests", "0.001")(context, node)
}

/// A share of something, from 0 to 1.
pub(super) fn share_of(what: &str, example: &str) -> impl Fn(&Context, &Node) -> Option<f64> {
    let expected = format!("a share of {what}, from 0 to 1");
    let mend = format!("write a share, such as {example}");
    move |context, node| number(|share| (0.0..=1.0).contains(&share), &expected, &mend)(context, node)
}

/// A positive number, kept exactly to a billionth.
pub(super) fn decimal(context: &Context, node: &Node) -> Option<Decimal> {
    const MOST: u64 = 1_000_000_000;
    let billionths = billionths(context, node).filter(|&value| value > 0 && value <= MOST * 1_000_000_000);
    if billionths.is_none() {
        let expected = format!("a number above 0, at most {MOST}, without a unit");
        context.report(node.place, context.written(node), expected, "write a number, such as 60 or 1.5");
    }
    billionths.map(|billionths| Decimal { billionths })
}

/// A number from one whole number to another, kept exactly to a billionth; `expected` says which.
pub(super) fn decimal_within(
    range: RangeInclusive<u64>,
    expected: &str,
    mend: &str,
) -> impl Fn(&Context, &Node) -> Option<Decimal> {
    let (least, most) = (range.start() * 1_000_000_000, range.end() * 1_000_000_000);
    move |context, node| {
        let billionths = billionths(context, node).filter(|value| (least..=most).contains(value));
        if billionths.is_none() {
            context.report(node.place, context.written(node), expected, mend);
        }
        billionths.map(|billionths| Decimal { billionths })
    }
}

/// The billionths of a number that is not negative.
fn billionths(context: &Context, node: &Node) -> Option<u64> {
    match &node.content {
        Content::Integer(value) => u64::try_from(*value).ok().and_then(|value| value.checked_mul(1_000_000_000)),
        // The digits themselves, not the float that they were read as.
        Content::Float(_) => {
            let text = context.sources[node.place.source].slice(node.place).replace('_', "");
            scaled_decimal(text.trim(), 1_000_000_000).ok().and_then(|value| u64::try_from(value).ok())
        }
        _ => None,
    }
}

pub(super) fn flag(context: &Context, node: &Node) -> Option<bool> {
    match &node.content {
        Content::Flag(flag) => Some(*flag),
        _ => {
            context.report(node.place, context.written(node), "true or false", "write true or false without quotes");
            None
        }
    }
}

pub(super) fn text(context: &Context, node: &Node) -> Option<String> {
    match &node.content {
        Content::Text(text) => Some(text.clone()),
        _ => {
            let mend = match &node.content {
                Content::Integer(_) | Content::Float(_) | Content::Flag(_) | Content::Moment(_) => {
                    format!("write \"{}\"", context.written(node).trim_matches('`'))
                }
                _ => "write a text in quotes".to_owned(),
            };
            context.report(node.place, context.written(node), "a text in quotes", mend);
            None
        }
    }
}

/// A name: a text that can stand in a table and in a path of keys.
pub(super) fn name(context: &Context, node: &Node) -> Option<String> {
    const LONGEST: usize = 60;
    let name = text(context, node)?;
    let fits = !name.is_empty() && name.chars().count() <= LONGEST;
    if !fits || name.trim() != name || name.contains(char::is_control) {
        let expected = format!("a name of 1 to {LONGEST} characters, without spaces around it");
        context.report(node.place, context.written(node), expected, "write a short name, such as \"api\"");
        return None;
    }
    Some(name)
}

/// A date and time on the scenario's own calendar, which has no time zone.
pub(super) fn date_time(context: &Context, node: &Node) -> Option<DateTime> {
    /// Far enough from the calendar's end for the longest horizon.
    const YEARS: RangeInclusive<i16> = 1..=9000;
    let written = match &node.content {
        Content::Text(text) | Content::Moment(text) => text.trim(),
        _ => "",
    };
    let moment: Option<DateTime> = written.parse().ok();
    let moment = moment.filter(|moment| YEARS.contains(&moment.year()));
    if moment.is_none() {
        let mend = match written.trim_end_matches(['Z', 'z']).parse::<DateTime>() {
            Ok(local) => format!("write \"{local}\": the calendar has no time zone"),
            Err(_) => "write \"2026-01-05T00:00:00\"".to_owned(),
        };
        let expected = "a date and time from year 1 to 9000, without a time zone";
        context.report(node.place, context.written(node), expected, mend);
    }
    moment
}

/// The items of a list.
pub(super) fn list<'a>(context: &Context, node: &'a Node, what: &str, mend: &str) -> Option<&'a [Node]> {
    match &node.content {
        Content::List(nodes) => Some(nodes),
        _ => {
            context.report(node.place, context.written(node), what, mend);
            None
        }
    }
}
