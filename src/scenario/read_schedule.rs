//! The hours in which a fleet is on: `"Mon-Fri 08:00-20:00"`, or a table with several of them.

use crate::unit::{Span, parse_time_of_day};

use super::context::Context;
use super::fields::Fields;
use super::schedule::DAYS;
use super::tree::{Content, Node};
use super::values::{number, positive_span, text};
use super::{Hours, Schedule};

/// After which an instance is asked for again where nothing is written.
const USUAL_RETRY: Span = Span::from_nanos(10 * Span::MINUTE.nanos());

pub(super) fn schedule(context: &Context, node: &Node) -> Option<Schedule> {
    if let Content::Text(_) | Content::List(_) = &node.content {
        return Some(Schedule { hours: all_hours(context, node)?, failure: 0.0, retry_after: USUAL_RETRY });
    }
    let mut fields = Fields::of(context, node, "a schedule")?;
    let hours = fields.required("hours", "[\"Mon-Fri 08:00-20:00\"]", all_hours);
    let failure = number(
        |failure| (0.0..1.0).contains(&failure),
        "the probability that an instance is not had when it is asked for, from 0 on and below 1",
        "write a number such as 0.05",
    );
    let failure = fields.optional("failure", failure).unwrap_or(0.0);
    let retry_after = fields.optional("retry_after", positive_span).unwrap_or(USUAL_RETRY);
    fields.finish();
    Some(Schedule { hours: hours?, failure, retry_after })
}

fn all_hours(context: &Context, node: &Node) -> Option<Vec<Hours>> {
    match &node.content {
        Content::List(nodes) if !nodes.is_empty() => nodes.iter().map(|node| hours(context, node)).collect(),
        Content::List(_) => {
            context.report(node.place, "an empty list", "hours of a week", "write [\"Mon-Fri 08:00-20:00\"]");
            None
        }
        _ => Some(vec![hours(context, node)?]),
    }
}

fn hours(context: &Context, node: &Node) -> Option<Hours> {
    let written = text(context, node)?;
    let hours = parse_hours(&written);
    if hours.is_none() {
        let expected = "hours of a week: days, times of day, or both";
        let mend = "write \"Mon-Fri 08:00-20:00\", \"Sat,Sun\" or \"22:00-06:00\"";
        context.report(node.place, context.written(node), expected, mend);
    }
    hours
}

/// `Mon-Fri 08:00-20:00`; every day where none is named, the whole day where no time is.
fn parse_hours(text: &str) -> Option<Hours> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let (days, times) = match words[..] {
        [times] if times.starts_with(|first: char| first.is_ascii_digit()) => (None, Some(times)),
        [days] => (Some(days), None),
        [days, times] => (Some(days), Some(times)),
        _ => return None,
    };
    let days = match days {
        Some(days) => parse_days(days)?,
        None => [true; 7],
    };
    let (from, to) = match times {
        Some(times) => {
            let (from, to) = times.split_once('-')?;
            (parse_time_of_day(from).ok()?, end_of_hours(to)?)
        }
        None => (Span::ZERO, Span::DAY),
    };
    Some(Hours { days, from, to })
}

fn end_of_hours(text: &str) -> Option<Span> {
    if text == "24:00" { Some(Span::DAY) } else { parse_time_of_day(text).ok() }
}

/// `Mon-Fri`, `Sat,Sun`, `Fri-Mon,Wed`.
fn parse_days(text: &str) -> Option<[bool; 7]> {
    let mut days = [false; 7];
    let day = |name: &str| DAYS.iter().position(|day| day.eq_ignore_ascii_case(name));
    for range in text.split(',') {
        let (first, last) = range.split_once('-').unwrap_or((range, range));
        let (first, last) = (day(first)?, day(last)?);
        let count = (last + DAYS.len() - first) % DAYS.len();
        (0..=count).for_each(|step| days[(first + step) % DAYS.len()] = true);
    }
    Some(days)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_are_read_in_every_form() {
        let shown = |text: &str| parse_hours(text).map(|hours| hours.to_string());
        let forms = [
            ("Mon-Fri 08:00-20:00", "Mon-Fri 08:00-20:00"),
            ("22:00-06:00", "Mon-Sun 22:00-06:00"),
            ("sat,sun", "Sat-Sun 00:00-24:00"),
            ("Fri-Mon 00:00-24:00", "Mon,Fri-Sun 00:00-24:00"),
            ("Wed 07:30-07:45:30", "Wed 07:30-07:45:30"),
        ];
        for (written, expected) in forms {
            assert_eq!(shown(written).as_deref(), Some(expected), "{written}");
            assert_eq!(shown(expected).as_deref(), Some(expected), "{written} again");
        }
        for broken in ["", "Mon-Fry", "08:00", "Mon 8-20", "Mon 25:00-26:00", "Mon 24:00-06:00", "Mon 08:00-20:00 x"] {
            assert_eq!(shown(broken), None, "{broken}");
        }
    }
}
