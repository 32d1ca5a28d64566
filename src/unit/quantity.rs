//! Quantities as a scenario writes them: `250ms`, `1.44M/month`, `$4.00/h`, `$0.002`.

use super::{Price, Rate, Span, Usd, scaled_decimal};

/// Why a text is not the quantity asked for: what was expected, and the text to write instead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QuantityError {
    pub expected: String,
    pub mend: String,
}

const DURATION_UNITS: [(&str, Span); 12] = [
    ("ns", Span::NANOSECOND),
    ("us", Span::MICROSECOND),
    ("\u{b5}s", Span::MICROSECOND),
    ("ms", Span::MILLISECOND),
    ("s", Span::SECOND),
    ("min", Span::MINUTE),
    ("h", Span::HOUR),
    ("d", Span::DAY),
    ("day", Span::DAY),
    ("w", Span::WEEK),
    ("week", Span::WEEK),
    ("month", Span::MONTH),
];

/// The units after the slash of a rate or price: those of a duration from the second on.
const PER_UNITS: &[(&str, Span)] = DURATION_UNITS.split_at(4).1;

/// Spellings that are not accepted, and what they mean.
const MISSPELT_UNITS: [(&str, &str); 16] = [
    ("sec", "s"),
    ("secs", "s"),
    ("second", "s"),
    ("seconds", "s"),
    ("m", "min"),
    ("mins", "min"),
    ("minute", "min"),
    ("minutes", "min"),
    ("hr", "h"),
    ("hrs", "h"),
    ("hour", "h"),
    ("hours", "h"),
    ("days", "d"),
    ("weeks", "week"),
    ("mo", "month"),
    ("months", "month"),
];

/// A duration: a decimal number and a unit, at most ten years, to the nearest nanosecond (halves to the even one).
///
/// # Errors
/// When the number, the unit or the size is not one of a duration.
pub fn parse_span(text: &str) -> Result<Span, QuantityError> {
    let expected = "a duration with its unit (ns, us, ms, s, min, h, d, week, month)";
    let error = |mend: String| QuantityError { expected: expected.to_owned(), mend };
    let (number, unit) = split_number(text);
    if number.is_empty() {
        return Err(error("write a number and a unit, such as \"30s\"".to_owned()));
    }
    let Some(unit) = find_unit(unit, &DURATION_UNITS) else {
        let unit = corrected_unit(unit, "s");
        let ambiguous = match text.trim().ends_with('m') {
            true => ", where min stands for minutes (m may mean months as well)",
            false => "",
        };
        return Err(error(format!("write \"{number}{unit}\"{ambiguous}")));
    };
    let nanos = scaled_decimal(number, unit.nanos())
        .map_err(|_| error("write a number and a unit, such as \"30s\"".to_owned()))?;
    match u64::try_from(nanos) {
        Ok(nanos) if nanos <= Span::LONGEST.nanos() => Ok(Span::from_nanos(nanos)),
        Ok(_) => Err(QuantityError {
            expected: "a duration of at most ten years".to_owned(),
            mend: format!("write at most \"{}\"", Span::LONGEST),
        }),
        Err(_) if nanos > 0 => Err(QuantityError {
            expected: "a duration of at most ten years".to_owned(),
            mend: format!("write at most \"{}\"", Span::LONGEST),
        }),
        Err(_) => Err(QuantityError {
            expected: "a duration of zero or more".to_owned(),
            mend: format!("write \"{}\"", text.trim().trim_start_matches('-')),
        }),
    }
}

/// A rate of events: a decimal number, maybe `k`, `M` or `G`, a slash and a unit of time.
///
/// # Errors
/// When a part is missing or of another kind, or the rate is negative or above [`Rate::MOST_EVENTS`] per its unit.
pub fn parse_rate(text: &str) -> Result<Rate, QuantityError> {
    let error = |mend: String| QuantityError { expected: "a rate per s, min, h, day, week or month".to_owned(), mend };
    let example = || error("write a number and a unit, such as \"2/s\" or \"1.44M/month\"".to_owned());
    let (number, rest) = split_number(text);
    if number.is_empty() {
        return Err(example());
    }
    let Some((multiple, unit)) = rest.split_once('/') else {
        return Err(error(match multiplier(rest) {
            Some(_) => format!("write \"{number}{rest}/s\""),
            None => format!("write \"{number}/{}\"", corrected_unit(rest, "s")),
        }));
    };
    let Some(factor) = multiplier(multiple) else {
        return Err(error(format!("write \"{number}/s\"; k, M and G stand for thousands, millions and billions")));
    };
    let Some(per) = find_unit(unit, PER_UNITS) else {
        return Err(error(format!("write \"{number}{}/{}\"", multiple.trim(), corrected_unit(unit, "s"))));
    };
    // At most 10^18, which a u64 holds.
    let nano_events = scaled_decimal(number, factor * 1_000_000_000).map_err(|_| example())?;
    let most = i128::from(Rate::MOST_EVENTS) * 1_000_000_000;
    match u64::try_from(nano_events) {
        Ok(nano_events) if i128::from(nano_events) <= most => Ok(Rate::new(nano_events, per)),
        Ok(_) => Err(QuantityError {
            expected: format!("at most {} events per unit of time", Rate::MOST_EVENTS),
            mend: "write a lower rate".to_owned(),
        }),
        Err(_) => Err(QuantityError {
            expected: "a rate above zero".to_owned(),
            mend: "write a positive rate, such as \"2/s\"".to_owned(),
        }),
    }
}

/// An amount of money: `$` and a decimal number, to a billionth of a dollar.
///
/// # Errors
/// When it is not one, negative, or more than a million dollars.
pub fn parse_usd(text: &str) -> Result<Usd, QuantityError> {
    let expected = "an amount of dollars";
    let (amount, rest) = split_dollars(text, expected, "$0.002", "")?;
    if !rest.is_empty() {
        return Err(QuantityError { expected: expected.to_owned(), mend: format!("write \"${amount}\"") });
    }
    dollars(amount, 1_000_000_000).map(Usd::from_nanos)
}

/// A price of time: `$`, a decimal number, a slash and a unit of time, to 10^-12 dollars.
///
/// # Errors
/// When it is not one, negative, or more than [`Price::MOST_DOLLARS`].
pub fn parse_price(text: &str) -> Result<Price, QuantityError> {
    let expected = "a price per s, min, h, day, week or month";
    let (amount, rest) = split_dollars(text, expected, "$4.00/h", "/h")?;
    let unit = rest.strip_prefix('/').unwrap_or(rest);
    let Some(per) = find_unit(unit, PER_UNITS).filter(|_| rest.starts_with('/')) else {
        return Err(QuantityError {
            expected: expected.to_owned(),
            mend: format!("write \"${amount}/{}\"", corrected_unit(unit, "h")),
        });
    };
    let pico_dollars = dollars(amount, 1_000_000_000_000)?;
    let pico_dollars = u64::try_from(pico_dollars).map_err(|_| too_expensive())?;
    Ok(Price::new(pico_dollars, per))
}

/// A time of day, `15:00` or `15:00:30`, as the time since midnight.
///
/// # Errors
/// When it is not one.
pub fn parse_time_of_day(text: &str) -> Result<Span, QuantityError> {
    let error = || QuantityError {
        expected: "a time of day".to_owned(),
        mend: "write hours and minutes, such as \"15:00\"".to_owned(),
    };
    let two_digits = |part: &str, most: u64| -> Option<u64> {
        let digits = part.len() == 2 && part.bytes().all(|byte| byte.is_ascii_digit());
        part.parse().ok().filter(|&value| digits && value <= most)
    };
    let mut parts = text.trim().splitn(3, ':');
    let (hours, minutes, seconds) = (parts.next(), parts.next(), parts.next().unwrap_or("00"));
    let hours = hours.and_then(|part| two_digits(part, 23)).ok_or_else(error)?;
    let minutes = minutes.and_then(|part| two_digits(part, 59)).ok_or_else(error)?;
    let (whole, fraction) = seconds.split_once('.').unwrap_or((seconds, "0"));
    let seconds = two_digits(whole, 59).ok_or_else(error)?;
    if !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(error());
    }
    let fraction = scaled_decimal(&format!("0.{fraction}"), Span::SECOND.nanos()).map_err(|_| error())?;
    let nanos = i128::from((hours * 60 + minutes) * 60 + seconds) * i128::from(Span::SECOND.nanos()) + fraction;
    match u64::try_from(nanos) {
        Ok(nanos) if nanos < Span::DAY.nanos() => Ok(Span::from_nanos(nanos)),
        _ => Err(error()),
    }
}

/// The decimal number that a text starts with, and the rest, both trimmed.
fn split_number(text: &str) -> (&str, &str) {
    let text = text.trim();
    let is_part = |(index, character): (usize, char)| {
        character.is_ascii_digit() || character == '.' || (index == 0 && matches!(character, '+' | '-'))
    };
    let end = text.char_indices().find(|&at| !is_part(at)).map_or(text.len(), |(index, _)| index);
    let (number, rest) = text.split_at(end);
    if !number.bytes().any(|byte| byte.is_ascii_digit()) {
        return ("", text);
    }
    (number, rest.trim())
}

/// The number after the dollar sign, and what follows it.
fn split_dollars<'a>(
    text: &'a str,
    expected: &str,
    example: &str,
    unit: &str,
) -> Result<(&'a str, &'a str), QuantityError> {
    let error = |expected: &str, mend: String| QuantityError { expected: expected.to_owned(), mend };
    let trimmed = text.trim();
    let (negative, unsigned) = match trimmed.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, trimmed),
    };
    let (number, rest) = split_number(unsigned.strip_prefix('$').unwrap_or(unsigned));
    if number.is_empty() {
        return Err(error(expected, format!("write \"{example}\"")));
    }
    if negative || number.starts_with('-') {
        return Err(error("money of zero or more", format!("write \"{example}\"")));
    }
    if !unsigned.starts_with('$') {
        let rest = if rest.is_empty() { unit } else { rest };
        return Err(error(expected, format!("write \"${number}{rest}\"")));
    }
    Ok((number, rest))
}

/// Dollars in units of 1 / `scale`.
fn dollars(number: &str, scale: u64) -> Result<i128, QuantityError> {
    let most = i128::from(Price::MOST_DOLLARS) * i128::from(scale);
    match scaled_decimal(number, scale) {
        Ok(amount) if (0..=most).contains(&amount) => Ok(amount),
        Ok(_) | Err(crate::unit::DecimalError::TooLarge) => Err(too_expensive()),
        Err(crate::unit::DecimalError::NotANumber) => Err(QuantityError {
            expected: "a decimal number after the $".to_owned(),
            mend: "write digits with at most one point, such as \"$4.00\"".to_owned(),
        }),
    }
}

fn too_expensive() -> QuantityError {
    QuantityError {
        expected: format!("at most ${}", Price::MOST_DOLLARS),
        mend: "check the amount and its unit".to_owned(),
    }
}

fn multiplier(text: &str) -> Option<u64> {
    match text.trim() {
        "" => Some(1),
        "k" => Some(1_000),
        "M" => Some(1_000_000),
        "G" => Some(1_000_000_000),
        _ => None,
    }
}

fn find_unit(text: &str, units: &[(&str, Span)]) -> Option<Span> {
    let text = text.trim();
    units.iter().find(|(name, _)| *name == text).map(|&(_, span)| span)
}

/// The unit that was probably meant.
fn corrected_unit(written: &str, otherwise: &'static str) -> &'static str {
    let written = written.trim().to_lowercase();
    let known = DURATION_UNITS.iter().map(|&(name, _)| (name, name)).chain(MISSPELT_UNITS);
    known.filter(|(name, _)| *name == written).map(|(_, unit)| unit).next().unwrap_or(otherwise)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn mend<T: std::fmt::Debug>(result: Result<T, QuantityError>) -> String {
        result.unwrap_err().mend
    }

    #[test]
    fn durations_are_exact() {
        for (text, nanos) in [
            ("250ms", 250_000_000),
            ("2s", 2_000_000_000),
            ("1.5s", 1_500_000_000),
            ("5min", 300_000_000_000),
            ("10h", 36_000_000_000_000),
            ("30d", Span::MONTH.nanos()),
            ("1month", Span::MONTH.nanos()),
            ("2week", 2 * Span::WEEK.nanos()),
            ("7us", 7_000),
            ("0.5ns", 0),
            ("1.5ns", 2),
            (" 3 s ", 3_000_000_000),
            ("0s", 0),
        ] {
            assert_eq!(parse_span(text), Ok(Span::from_nanos(nanos)), "{text}");
        }
    }

    #[test]
    fn fails_on_durations_with_the_text_to_write_instead() {
        assert_eq!(mend(parse_span("15")), "write \"15s\"");
        assert_eq!(mend(parse_span("2 hours")), "write \"2h\"");
        assert!(mend(parse_span("5m")).starts_with("write \"5min\", where min"));
        assert_eq!(mend(parse_span("-5s")), "write \"5s\"");
        assert_eq!(mend(parse_span("11month00")), "write \"11s\"");
        assert_eq!(mend(parse_span("4000d")), "write at most \"3650d\"");
        assert_eq!(mend(parse_span("99999999999999999999999d")), "write at most \"3650d\"");
        for text in ["", "s", "NaN", "inf s", "1.2.3s", "1h30min", "-"] {
            assert!(parse_span(text).is_err(), "{text}");
        }
    }

    #[test]
    fn rates_are_kept_as_written() {
        let nano = 1_000_000_000;
        for (text, events, per) in [
            ("2/s", 2 * nano, Span::SECOND),
            ("120/min", 120 * nano, Span::MINUTE),
            ("10k/day", 10_000 * nano, Span::DAY),
            ("1.44M/month", 1_440_000 * nano, Span::MONTH),
            ("0.0000000015M/h", 1_500_000, Span::HOUR),
            ("3G/week", 3_000_000_000 * nano, Span::WEEK),
        ] {
            assert_eq!(parse_rate(text), Ok(Rate::new(events, per)), "{text}");
        }
    }

    #[test]
    fn fails_on_rates_with_the_text_to_write_instead() {
        assert_eq!(mend(parse_rate("2")), "write \"2/s\"");
        assert_eq!(mend(parse_rate("10k")), "write \"10k/s\"");
        assert_eq!(mend(parse_rate("2/sec")), "write \"2/s\"");
        assert_eq!(mend(parse_rate("5 min")), "write \"5/min\"");
        assert!(mend(parse_rate("5K/s")).contains("k, M and G"));
        for text in ["", "/s", "-2/s", "NaN/s", "1e3/s", "20G/s", "2//s"] {
            assert!(parse_rate(text).is_err(), "{text}");
        }
    }

    #[test]
    fn money_and_prices_are_exact() {
        assert_eq!(parse_usd("$0.002"), Ok(Usd::from_nanos(2_000_000)));
        assert_eq!(parse_price("$4.00/h"), Ok(Price::new(4_000_000_000_000, Span::HOUR)));
        assert_eq!(parse_price("$0.0011/s"), Ok(Price::new(1_100_000_000, Span::SECOND)));
        assert_eq!(parse_price("$2880/month"), Ok(Price::new(2_880_000_000_000_000, Span::MONTH)));
    }

    #[test]
    fn fails_on_money_with_the_text_to_write_instead() {
        assert_eq!(mend(parse_price("4.00/h")), "write \"$4.00/h\"");
        assert_eq!(mend(parse_price("4")), "write \"$4/h\"");
        assert_eq!(mend(parse_price("$4")), "write \"$4/h\"");
        assert_eq!(mend(parse_price("$4/hr")), "write \"$4/h\"");
        assert_eq!(mend(parse_usd("0.002")), "write \"$0.002\"");
        assert_eq!(mend(parse_usd("$0.002/h")), "write \"$0.002\"");
        for text in ["", "$", "-$1/h", "$-1/h", "$1000001/h", "$NaN/h", "$1.2.3/h", "\u{20ac}4/h"] {
            assert!(parse_price(text).is_err(), "{text}");
        }
    }

    #[test]
    fn times_of_day_are_before_midnight() {
        assert_eq!(parse_time_of_day("15:00"), Ok(Span::from_nanos(15 * Span::HOUR.nanos())));
        assert_eq!(parse_time_of_day("23:59:59.9").unwrap().nanos(), Span::DAY.nanos() - 100_000_000);
        for text in ["24:00", "15", "3:00", "15:60", "15:00:00.9999999999", "", "15:00pm"] {
            let result = parse_time_of_day(text);
            assert!(result.is_err() || text.contains('.'), "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_is_displayed_is_read_back(nanos in 0..=Span::LONGEST.nanos(), amount in 0..=1_000_000_000_000_000_000_u64, unit in 0..PER_UNITS.len()) {
            let per = PER_UNITS[unit].1;
            let span = Span::from_nanos(nanos);
            prop_assert_eq!(parse_span(&span.to_string()), Ok(span));
            let rate = Rate::new(amount, per);
            prop_assert_eq!(parse_rate(&rate.to_string()), Ok(rate));
            let price = Price::new(amount, per);
            prop_assert_eq!(parse_price(&price.to_string()), Ok(price));
            let usd = Usd::from_nanos(i128::from(amount / 1_000));
            prop_assert_eq!(parse_usd(&usd.to_string()), Ok(usd));
        }

        #[test]
        fn no_text_panics(text in "\\PC{0,20}", amount in "[-+$]{0,2}[0-9.]{0,45}[a-zA-Z/\u{b5} ]{0,6}") {
            for text in [text, amount] {
                let _ = (parse_span(&text), parse_rate(&text), parse_usd(&text), parse_price(&text), parse_time_of_day(&text));
            }
        }
    }
}
