//! What a value of an axis measures, as its text tells.

use crate::scenario::{QuantityError, parse_price, parse_rate, parse_span, parse_usd};
use crate::unit::Span;

/// The unit in which a varied value is a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// None: a plain number.
    Plain,
    Seconds,
    PerSecond,
    UsdPerHour,
    Usd,
}

impl Unit {
    /// What the unit adds to the name of a column: `_s`, `_usd_per_h`; nothing for a plain number.
    #[must_use]
    pub fn suffix(self) -> &'static str {
        match self {
            Unit::Plain => "",
            Unit::Seconds => "_s",
            Unit::PerSecond => "_per_s",
            Unit::UsdPerHour => "_usd_per_h",
            Unit::Usd => "_usd",
        }
    }
}

/// The number that a value writes, and its unit; `None` for words, lists and tables.
#[must_use]
pub fn quantity(written: &str) -> Option<(Unit, f64)> {
    let text = unquoted(written);
    let plain = || text.starts_with(begins_number).then(|| text.replace('_', "").parse().ok())?;
    plain()
        .map(|number| (Unit::Plain, number))
        .or_else(|| parse_span(text).ok().map(|span: Span| (Unit::Seconds, span.seconds())))
        .or_else(|| parse_rate(text).ok().map(|rate| (Unit::PerSecond, rate.per_second())))
        .or_else(|| parse_price(text).ok().map(|price| (Unit::UsdPerHour, price.dollars_per_hour())))
        .or_else(|| parse_usd(text).ok().map(|amount| (Unit::Usd, amount.dollars())))
        .filter(|(_, number): &(Unit, f64)| number.is_finite())
}

/// What to write instead of a text that was meant as a quantity.
pub(super) fn mend(text: &str) -> String {
    let mend = |error: QuantityError| error.mend;
    let corrected = match (text.starts_with('$'), text.contains('/')) {
        (true, true) => parse_price(text).err().map(mend),
        (true, false) => parse_usd(text).err().map(mend),
        (false, true) => parse_rate(text).err().map(mend),
        (false, false) => parse_span(text).err().map(mend),
    };
    corrected.unwrap_or_else(|| "write a number, or a number and its unit".to_owned())
}

/// Whether a number, with or without a dollar sign, may begin with this.
pub(super) fn begins_number(first: char) -> bool {
    first.is_ascii_digit() || matches!(first, '+' | '-' | '.')
}

/// A text without the quotes around it.
fn unquoted(written: &str) -> &str {
    let written = written.trim();
    let inner = |quote| written.strip_prefix(quote)?.strip_suffix(quote);
    inner('"').or_else(|| inner('\'')).unwrap_or(written)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_tells_its_unit() {
        for (text, expected) in [
            ("0.25", Some((Unit::Plain, 0.25))),
            ("-3", Some((Unit::Plain, -3.0))),
            ("1_000", Some((Unit::Plain, 1_000.0))),
            ("250ms", Some((Unit::Seconds, 0.25))),
            ("\"2min\"", Some((Unit::Seconds, 120.0))),
            ("120/min", Some((Unit::PerSecond, 2.0))),
            ("10k/s", Some((Unit::PerSecond, 10_000.0))),
            ("$0.001/s", Some((Unit::UsdPerHour, 3.6))),
            ("$0.002", Some((Unit::Usd, 0.002))),
            ("fit", None),
            ("inf", None),
            ("15:00", None),
            ("{ wait_over = \"2s\" }", None),
            ("", None),
        ] {
            assert_eq!(quantity(text), expected, "{text}");
        }
    }

    #[test]
    fn what_was_meant_as_a_quantity_is_mended() {
        assert!(mend("5m").starts_with("write \"5min\""));
        assert_eq!(mend("2/sec"), "write \"2/s\"");
        assert_eq!(mend("$4/hr"), "write \"$4/h\"");
    }
}
