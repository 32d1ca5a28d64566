//! Decimal text read exactly, without a float on the way.

use super::divide_half_even;

/// Significant digits that are kept; further ones only break ties.
const KEPT_DIGITS: u32 = 20;
/// The largest power of ten that an `i128` holds.
const MOST_POWER: u32 = 38;

/// Why a text is not a decimal number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DecimalError {
    NotANumber,
    /// The scaled number leaves 127 bits.
    TooLarge,
}

/// The decimal number that `text` writes (`15`, `-0.25`, `.5`, `1e-3`), times `factor`, to the nearest integer, halves to the even one.
///
/// # Errors
/// When `text` is anything else (`NaN`, `inf`, hexadecimal, digits grouped with `_` or `,`), or the product leaves 127 bits.
pub fn scaled_decimal(text: &str, factor: u64) -> Result<i128, DecimalError> {
    let (negative, digits) = match text.as_bytes().first() {
        Some(b'-') => (true, &text[1..]),
        Some(b'+') => (false, &text[1..]),
        _ => (false, text),
    };
    let (digits, exponent) = split_exponent(digits)?;
    let (mantissa, exponent) = read_mantissa(digits, exponent)?;
    let product = mantissa.checked_mul(i128::from(factor)).ok_or(DecimalError::TooLarge)?;
    let magnitude = times_power_of_ten(product, exponent)?;
    Ok(if negative { -magnitude } else { magnitude })
}

/// `digits` and the power of ten after an `e`.
fn split_exponent(text: &str) -> Result<(&str, i64), DecimalError> {
    let Some((digits, exponent)) = text.split_once(['e', 'E']) else {
        return Ok((text, 0));
    };
    let unsigned = exponent.strip_prefix(['-', '+']).unwrap_or(exponent);
    if unsigned.is_empty() || unsigned.len() > 6 || !unsigned.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(DecimalError::NotANumber);
    }
    let exponent = exponent.parse().map_err(|_| DecimalError::NotANumber)?;
    Ok((digits, exponent))
}

/// The digits without their point, and the power of ten that they are to be multiplied with.
fn read_mantissa(digits: &str, mut exponent: i64) -> Result<(i128, i64), DecimalError> {
    let (mut mantissa, mut kept, mut any, mut point) = (0_i128, 0, false, false);
    let mut dropped = false;
    for byte in digits.bytes() {
        match byte {
            b'.' if !point => point = true,
            b'0'..=b'9' => {
                any = true;
                if kept < KEPT_DIGITS {
                    mantissa = mantissa * 10 + i128::from(byte - b'0');
                    kept += u32::from(mantissa != 0);
                    exponent -= i64::from(point);
                } else {
                    dropped |= byte != b'0';
                    exponent += i64::from(!point);
                }
            }
            _ => return Err(DecimalError::NotANumber),
        }
    }
    if !any {
        return Err(DecimalError::NotANumber);
    }
    if dropped {
        // One more digit says that the number is a little more than what was kept.
        return Ok((mantissa * 10 + 1, exponent - 1));
    }
    Ok((mantissa, exponent))
}

fn times_power_of_ten(product: i128, exponent: i64) -> Result<i128, DecimalError> {
    if product == 0 {
        return Ok(0);
    }
    let power = u32::try_from(exponent.unsigned_abs()).unwrap_or(u32::MAX);
    if exponent >= 0 {
        let factor = 10_i128.checked_pow(power).ok_or(DecimalError::TooLarge)?;
        return product.checked_mul(factor).ok_or(DecimalError::TooLarge);
    }
    if power > MOST_POWER {
        // Less than a half, whatever an `i128` holds.
        return Ok(0);
    }
    Ok(divide_half_even(product, 10_i128.pow(power)))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const BILLION: u64 = 1_000_000_000;

    #[test]
    fn decimals_are_read_exactly() {
        let cases = [
            ("15", 15_000_000_000),
            ("0.1", 100_000_000),
            (".5", 500_000_000),
            ("1.", 1_000_000_000),
            ("-0.25", -250_000_000),
            ("+3", 3_000_000_000),
            ("1e-3", 1_000_000),
            ("2.5E3", 2_500_000_000_000),
            ("0e999", 0),
            ("1e-999999", 0),
            ("700192.123456789", 700_192_123_456_789),
        ];
        for (text, expected) in cases {
            assert_eq!(scaled_decimal(text, BILLION), Ok(expected), "{text}");
        }
    }

    #[test]
    fn digits_beyond_the_last_go_to_the_nearest_halves_to_the_even_one() {
        let cases = [
            ("0.0000000005", 0),
            ("0.0000000015", 2),
            ("0.0000000025", 2),
            ("0.00000000250000000000000000000000001", 3),
            ("0.1000000000000000055511151231257827", 100_000_000),
            ("0.00000000049999999999999999999999999999999999", 0),
        ];
        for (text, expected) in cases {
            assert_eq!(scaled_decimal(text, BILLION), Ok(expected), "{text}");
        }
    }

    #[test]
    fn fails_on_what_is_not_a_decimal() {
        for text in ["", "-", ".", "NaN", "inf", "1_000", "1,5", "0x10", "1e", "1e+", "1e1.5", "1.2.3", " 1", "1 "] {
            assert_eq!(scaled_decimal(text, 1), Err(DecimalError::NotANumber), "{text:?}");
        }
    }

    #[test]
    fn fails_on_what_leaves_the_range() {
        for text in ["1e40", "1e999999", "99999999999999999999999999999999999999999"] {
            assert_eq!(scaled_decimal(text, BILLION), Err(DecimalError::TooLarge), "{text}");
        }
    }

    proptest! {
        #[test]
        fn a_whole_number_of_billionths_survives_being_written(nanos in any::<u64>()) {
            let text = format!("{}.{:09}", nanos / BILLION, nanos % BILLION);
            prop_assert_eq!(scaled_decimal(&text, BILLION), Ok(i128::from(nanos)));
        }

        #[test]
        fn no_text_panics(text in "[-+]?[0-9.]{0,60}([eE][-+]?[0-9]{0,7})?", factor in any::<u64>()) {
            let _ = scaled_decimal(&text, factor);
        }
    }
}
