//! How figures are written for a person: sensible digits, units, and a dash for what does not exist.

use crate::measure::Estimate;

/// What stands for a figure that does not exist.
pub const NONE: &str = "–";

/// Writes a figure, or a dash.
#[must_use]
pub fn or_dash(value: Option<f64>, write: impl Fn(f64) -> String) -> String {
    value.map_or_else(|| NONE.to_owned(), write)
}

/// Money: `$0.00200`, `$31.40`, `$2,880`, `$12.3M`.
#[must_use]
pub fn dollars(amount: f64) -> String {
    let sign = if amount < 0.0 { "-" } else { "" };
    let size = amount.abs();
    let digits = if size == 0.0 {
        "0".to_owned()
    } else if size < 0.9995 {
        significant(size, 3)
    } else if size < 99.995 {
        format!("{size:.2}")
    } else if size < 9_999_999.5 {
        count(size)
    } else {
        scaled(size)
    };
    format!("{sign}${digits}")
}

/// A duration: `450 ns`, `12.3 µs`, `250 ms`, `1.41 s`, `3.20 min`, `5.10 h`, `3.40 d`.
#[must_use]
pub fn duration(seconds: f64) -> String {
    const MINUTE: f64 = 60.0;
    const HOUR: f64 = 3_600.0;
    const DAY: f64 = 86_400.0;
    let (scale, unit) = match seconds.abs() {
        0.0 => return "0 s".to_owned(),
        size if size < 0.9995e-6 => (1e-9, "ns"),
        size if size < 0.9995e-3 => (1e-6, "µs"),
        size if size < 0.9995 => (1e-3, "ms"),
        size if size < 2.0 * MINUTE => (1.0, "s"),
        size if size < 2.0 * HOUR => (MINUTE, "min"),
        size if size < 2.0 * DAY => (HOUR, "h"),
        _ => (DAY, "d"),
    };
    format!("{} {unit}", significant(seconds / scale, 3))
}

/// A duration without needless zeros, and in the largest unit of which it is whole halves: `7 d`, `1.5 h`, `90 ms`.
#[must_use]
pub fn round_duration(seconds: f64) -> String {
    for (unit, name) in [(86_400.0, "d"), (3_600.0, "h"), (60.0, "min")] {
        if seconds >= unit && (seconds / unit * 2.0).fract().abs() < 1e-9 {
            return format!("{} {name}", plain(seconds / unit));
        }
    }
    let written = duration(seconds);
    match written.split_once(' ') {
        Some((digits, unit)) => format!("{} {unit}", without_zeros(digits)),
        None => written,
    }
}

/// A share as a percentage that never rounds to the whole or to nothing: `0%`, `<0.01%`, `3.2%`, `41%`, `99.97%`.
#[must_use]
pub fn share(ratio: f64) -> String {
    let percent = ratio * 100.0;
    if percent == 0.0 || percent == 100.0 {
        return format!("{percent:.0}%");
    }
    if percent > 0.0 && percent < 0.005 {
        return "<0.01%".to_owned();
    }
    if (99.995..100.0).contains(&percent) {
        return ">99.99%".to_owned();
    }
    let decimals = match percent {
        p if !(0.095..99.95).contains(&p) => 2,
        p if !(9.95..99.0).contains(&p) => 1,
        _ => 0,
    };
    format!("{percent:.decimals$}%")
}

/// A share beside another one that it differs from: with as many digits as it takes to see that.
#[must_use]
pub fn share_unlike(ratio: f64, other: f64) -> String {
    let written = |ratio: f64, decimals: usize| format!("{:.decimals$}%", ratio * 100.0);
    let decimals = (0..12).find(|&decimals| written(ratio, decimals) != written(other, decimals));
    decimals.map_or_else(|| share(ratio), |decimals| written(ratio, decimals))
}

/// A whole number with thousands separated: `1,440,000`.
#[must_use]
pub fn count(value: f64) -> String {
    let digits = format!("{:.0}", value.abs());
    let mut written = String::from(if value <= -0.5 { "-" } else { "" });
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            written.push(',');
        }
        written.push(digit);
    }
    written
}

/// A large number in short: `950`, `1.44M`.
#[must_use]
pub fn scaled(value: f64) -> String {
    let (scale, unit) = match value.abs() {
        size if size < 9_999.5 => (1.0, ""),
        size if size < 999_500.0 => (1e3, "k"),
        size if size < 999.5e6 => (1e6, "M"),
        size if size < 999.5e9 => (1e9, "G"),
        _ => (1e12, "T"),
    };
    format!("{}{unit}", significant(value / scale, 3))
}

/// A number as it was written: `99`, `99.95`, no noise of binary fractions.
#[must_use]
pub fn plain(value: f64) -> String {
    without_zeros(&format!("{value:.6}")).to_owned()
}

/// Without the zeros that end the digits after a point.
#[must_use]
pub fn without_zeros(digits: &str) -> &str {
    if digits.contains('.') { digits.trim_end_matches('0').trim_end_matches('.') } else { digits }
}

/// A number to this many significant digits, all of those before the point kept.
#[must_use]
pub fn significant(value: f64, digits: i32) -> String {
    if value == 0.0 {
        return "0".to_owned();
    }
    // One power further where rounding carries: 9.996 is 10.0, not 10.00.
    let power = value.abs().log10().floor() as i32;
    let carried = value.abs() >= (10_f64.powi(digits) - 0.5) * 10_f64.powi(power + 1 - digits);
    let decimals = digits - 1 - power - i32::from(carried);
    format!("{value:.*}", decimals.clamp(0, 12) as usize)
}

/// Half the interval's width as a share of the figure: `±1%`, `±0.3%`. `None` where there is no interval, or one that is
/// narrower than the digits that are written.
#[must_use]
pub fn interval(estimate: &Estimate) -> Option<String> {
    let relative = relative_interval(estimate).filter(|&relative| relative >= 0.0005)?;
    let written = match relative * 100.0 {
        percent if percent < 0.95 => format!("{percent:.1}"),
        percent => format!("{percent:.0}"),
    };
    Some(format!("±{written}%"))
}

/// The larger half of the interval / the figure.
fn relative_interval(estimate: &Estimate) -> Option<f64> {
    let (mean, low, high) = (estimate.mean?, estimate.low?, estimate.high?);
    let half = (high - mean).max(mean - low);
    (mean != 0.0 && half > 0.0).then(|| half / mean.abs())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_beside_a_limit_shows_the_difference() {
        assert_eq!(share_unlike(0.97942, 0.98), "97.9%");
        assert_eq!(share_unlike(0.5, 0.98), "50%");
        assert_eq!(share_unlike(0.0010004, 0.001), "0.10004%");
    }

    #[test]
    fn money_keeps_the_digits_that_matter() {
        let written: Vec<String> = [0.0, 0.002, 0.46512, 0.9996, 31.4, 99.996, 2880.0, 12_345_678.0, -310.7]
            .into_iter()
            .map(dollars)
            .collect();
        assert_eq!(written, ["$0", "$0.00200", "$0.465", "$1.00", "$31.40", "$100", "$2,880", "$12.3M", "-$311"]);
    }

    #[test]
    fn durations_take_the_unit_that_reads_best() {
        let written: Vec<String> = [0.0, 4.5e-7, 1.23e-5, 0.25, 0.9996, 1.414, 15.0, 119.0, 192.0, 18_360.0, 293_760.0]
            .into_iter()
            .map(duration)
            .collect();
        assert_eq!(
            written,
            [
                "0 s", "450 ns", "12.3 µs", "250 ms", "1.00 s", "1.41 s", "15.0 s", "119 s", "3.20 min", "5.10 h",
                "3.40 d"
            ]
        );
    }

    #[test]
    fn a_share_never_rounds_to_nothing_or_to_the_whole() {
        let written: Vec<String> = [0.0, 0.000_01, 0.000_5, 0.0321, 0.41, 0.9876, 0.9934, 0.999_7, 0.999_999, 1.0]
            .into_iter()
            .map(share)
            .collect();
        assert_eq!(written, ["0%", "<0.01%", "0.05%", "3.2%", "41%", "99%", "99.3%", "99.97%", ">99.99%", "100%"]);
    }

    #[test]
    fn thousands_are_separated() {
        assert_eq!(
            [0.0, 999.0, 1_000.0, 1_440_000.0, -2_500.0].map(count),
            ["0", "999", "1,000", "1,440,000", "-2,500"]
        );
    }

    #[test]
    fn rounding_that_carries_keeps_three_digits() {
        assert_eq!(
            [9.996, 0.099_96, 99.96, 1234.0].map(|value| significant(value, 3)),
            ["10.0", "0.100", "100", "1234"]
        );
        assert_eq!([9_999.4, 1.44e6].map(scaled), ["9999", "1.44M"]);
    }

    #[test]
    fn an_interval_is_written_as_a_share_of_the_figure() {
        let estimate = |mean, low, high| Estimate { mean: Some(mean), low: Some(low), high: Some(high) };
        assert_eq!(interval(&estimate(200.0, 198.0, 202.0)).as_deref(), Some("±1%"));
        assert_eq!(interval(&estimate(200.0, 199.5, 200.5)).as_deref(), Some("±0.2%"));
        assert_eq!(interval(&estimate(200.0, 199.99, 200.01)), None);
        assert_eq!(interval(&estimate(0.0, -1.0, 1.0)), None);
        assert_eq!(interval(&Estimate { mean: Some(1.0), ..Estimate::default() }), None);
    }
}
