//! A cell of a recorded file becomes a time, a duration or a count.

use jiff::SignedDuration;
use jiff::civil::{Date, DateTime};

use crate::unit::{DecimalError, Span, scaled_decimal};

use super::Fault;

const BILLION: u64 = 1_000_000_000;
/// The largest count, so that sums and products of counts stay in range.
const MOST_COUNT: u64 = 1_000_000_000_000;
/// Where date-times are counted from.
pub const EPOCH: DateTime = Date::constant(1970, 1, 1).at(0, 0, 0, 0);

/// An instant as a file writes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Instant {
    /// Nanoseconds from t = 0.
    Counted(i128),
    /// Nanoseconds since 1970 on the file's own calendar.
    Dated(i128),
}

impl Instant {
    /// Nanoseconds from t = 0 or since 1970.
    pub fn nanos(self) -> i128 {
        match self {
            Instant::Counted(nanos) | Instant::Dated(nanos) => nanos,
        }
    }
}

/// Seconds from t = 0, or a date-time: `2026-01-05 00:00:12.5`, with a space or a `T`, and maybe `Z` or an offset.
pub fn instant(text: &str) -> Result<Instant, Fault> {
    match scaled_decimal(text, BILLION) {
        Ok(nanos) => Ok(Instant::Counted(nanos)),
        Err(DecimalError::TooLarge) => Err(Fault::TimeOutOfRange(text.to_owned())),
        Err(DecimalError::NotANumber) => {
            date_time(text).map(Instant::Dated).ok_or_else(|| Fault::NotATime(text.to_owned()))
        }
    }
}

/// Nanoseconds since 1970 of a date-time.
fn date_time(text: &str) -> Option<i128> {
    let (local, offset) = split_offset(text)?;
    let (whole, fraction) = match local.split_once('.') {
        Some((whole, fraction)) if fraction.bytes().all(|byte| byte.is_ascii_digit()) => (whole, fraction),
        Some(_) => return None,
        None => (local, "0"),
    };
    let whole: DateTime = whole.parse().ok()?;
    let fraction = scaled_decimal(&format!("0.{fraction}"), BILLION).ok()?;
    Some(whole.duration_since(EPOCH).as_nanos() + fraction - offset.as_nanos())
}

/// The local date-time and its offset from UTC, zero where none is written.
fn split_offset(text: &str) -> Option<(&str, SignedDuration)> {
    const DATE: usize = "2026-01-05".len();
    if let Some(local) = text.strip_suffix(['Z', 'z']) {
        return Some((local, SignedDuration::ZERO));
    }
    let Some(sign) = text.bytes().skip(DATE).position(|byte| byte == b'+' || byte == b'-') else {
        return Some((text, SignedDuration::ZERO));
    };
    // Bytes before a sign end a character, so both cuts are between characters.
    let (local, offset) = text.split_at(DATE + sign);
    let negative = offset.starts_with('-');
    let digits = offset[1..].replace(':', "");
    let (hours, minutes) = match digits.len() {
        2 => (digits.as_str(), "0"),
        4 => digits.split_at_checked(2)?,
        _ => return None,
    };
    let (hours, minutes): (u8, u8) = (hours.parse().ok()?, minutes.parse().ok()?);
    if hours > 23 || minutes > 59 {
        return None;
    }
    let length = SignedDuration::from_mins(i64::from(hours) * 60 + i64::from(minutes));
    Some((local, if negative { -length } else { length }))
}

/// Seconds of service, in nanoseconds.
pub fn seconds(text: &str) -> Result<u64, Fault> {
    let fault = || Fault::NotSeconds(text.to_owned());
    let nanos = scaled_decimal(text, BILLION).map_err(|_| fault())?;
    within(nanos, Span::LONGEST.nanos()).ok_or_else(fault)
}

/// A count: whole, also written `374.0`.
pub fn count(text: &str) -> Result<u64, Fault> {
    let fault = || Fault::NotACount(text.to_owned());
    let billionths = scaled_decimal(text, BILLION).map_err(|_| fault())?;
    let billion = i128::from(BILLION);
    if billionths % billion != 0 {
        return Err(fault());
    }
    within(billionths / billion, MOST_COUNT).ok_or_else(fault)
}

fn within(value: i128, most: u64) -> Option<u64> {
    u64::try_from(value).ok().filter(|&value| value <= most)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn date_times_are_read_to_the_nanosecond() {
        let second = 1_700_158_546_i128 * i128::from(BILLION);
        let cases = [
            ("2023-11-16 18:15:46.6805900", second + 680_590_000),
            ("2023-11-16T18:15:46Z", second),
            ("2023-11-16 18:15:46.1234567895", second + 123_456_790),
            ("2023-11-16T20:15:46+02:00", second),
            ("2023-11-16 16:45:46-0130", second),
            ("1969-12-31 23:59:59", -i128::from(BILLION)),
            ("1970-01-02", 86_400 * i128::from(BILLION)),
        ];
        for (text, expected) in cases {
            assert_eq!(instant(text), Ok(Instant::Dated(expected)), "{text}");
        }
    }

    #[test]
    fn numbers_are_seconds_from_the_start() {
        assert_eq!(instant("12.5"), Ok(Instant::Counted(12_500_000_000)));
        assert_eq!(instant("-1"), Ok(Instant::Counted(-1_000_000_000)));
    }

    #[test]
    fn counts_may_be_written_with_a_decimal_point() {
        assert_eq!(count("374.0"), Ok(374));
        assert!(count("374.5").is_err());
        assert!(count("-1").is_err());
    }

    #[test]
    fn fails_on_cells_that_are_something_else() {
        for text in ["", "12s", "yesterday", "2023-13-01 00:00:00", "2023-11-16 18:15:46+99", "NaN"] {
            assert_eq!(instant(text), Err(Fault::NotATime(text.to_owned())), "{text}");
        }
        assert!(seconds("inf").is_err());
        assert!(seconds("-0.5").is_err());
        assert!(seconds("1e10").is_err());
    }

    proptest! {
        #[test]
        fn no_text_panics(text in "\\PC{0,40}", date in "2023-11-16[ T0-9:.,+é-]{0,30}Z?") {
            let _ = (instant(&text), seconds(&text), count(&text), instant(&date));
        }
    }
}
