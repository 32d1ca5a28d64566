//! The checks of a validation for a person at a terminal.

use anstyle::{AnsiColor, Style};

use super::number;
use super::table::Look;
use super::text::{paragraph, styled};
use crate::validation::{Check, Relation, Verdict};

/// What is checked, formula and source, expected and measured, verdict: two lines a check.
#[must_use]
pub fn validation_report(checks: &[Check], look: Look) -> String {
    let mut text = String::new();
    for check in checks {
        let (mark, style) = match check.verdict {
            Verdict::Agrees => ("agrees   ", AnsiColor::Green.on_default()),
            Verdict::Disagrees => ("DISAGREES", AnsiColor::Red.on_default().bold()),
        };
        text.push_str(&styled(mark, style, look));
        indented(&mut text, &check.what, Style::new().bold(), look);
        text.push_str("         ");
        indented(&mut text, &figures(check), Style::new(), look);
        text.push_str("         ");
        indented(&mut text, &format!("{} ({})", check.formula, check.source), Style::new().dimmed(), look);
    }
    let agreeing = checks.iter().filter(|check| check.verdict == Verdict::Agrees).count();
    text.push('\n');
    paragraph(&mut text, &format!("{agreeing} of {} checks agree.", checks.len()), Style::new().bold(), look);
    text
}

/// `expected 0.368, measured 0.3682 ±0.3%`.
fn figures(check: &Check) -> String {
    let write = |value: f64| match check.unit {
        "$" => format!("${value:.2}"),
        "" => number::significant(value, 4),
        unit => format!("{} {unit}", number::significant(value, 4)),
    };
    let relation = match check.relation {
        Relation::AtMost => "at most ",
        Relation::Equals | Relation::Within => "",
    };
    let measured = number::or_dash(check.measured.mean, write);
    let interval = number::interval(&check.measured).map_or(String::new(), |interval| format!(" {interval}"));
    format!("expected {relation}{}, measured {measured}{interval}", write(check.expected))
}

/// Words wrapped beside the mark.
fn indented(text: &mut String, words: &str, style: Style, look: Look) {
    const INDENT: usize = 10;
    let room = usize::from(look.width).saturating_sub(INDENT).max(20);
    for (index, line) in textwrap::wrap(words, room).iter().enumerate() {
        text.push_str(if index == 0 { " " } else { "          " });
        text.push_str(&styled(line, style, look));
        text.push('\n');
    }
}
