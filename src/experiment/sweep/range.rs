//! A range of an axis, `FROM..TO:N[:log]`: values in even steps or even ratios, each written in the unit of the first.

use super::quantity::{self, Unit, quantity};
use super::spread::{AxisError, MOST_VALUES, Spread};

/// Significant digits of the values between the ends.
const DIGITS: usize = 6;

/// The ends and how many values there are, both ends among them.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Range {
    from: End,
    to: End,
    /// The last value in the unit of the first.
    last: f64,
    count: u32,
    pub spread: Spread,
}

/// One end: the number, and what is written around it.
#[derive(Clone, Debug, PartialEq)]
struct End {
    written: String,
    /// `$`, or nothing.
    before: &'static str,
    digits: String,
    /// The unit.
    after: String,
    unit: Unit,
    /// In the unit's base.
    value: f64,
}

/// Whether a value is meant as a range: dots after what begins like a number.
pub(super) fn is_range(value: &str) -> bool {
    value.contains("..") && value.strip_prefix('$').unwrap_or(value).starts_with(quantity::begins_number) && {
        // A path of a file, such as ../a.csv, begins with a dot too.
        !value.starts_with("..") && !value.starts_with("./")
    }
}

impl Range {
    /// # Errors
    /// When it is no range, with what to write instead.
    pub fn parse(written: &str) -> Result<Range, AxisError> {
        let (from, rest) = written.split_once("..").unwrap_or((written, ""));
        let from = End::parse(from)?;
        let mut parts = rest.split(':').map(str::trim);
        let to = End::parse(parts.next().unwrap_or_default())?;
        let range = format!("{}..{}", from.written, to.written);
        let count = parts.next().ok_or_else(|| AxisError::NoCount(range.clone()))?;
        let count = count
            .parse()
            .ok()
            .filter(|count| (2..=MOST_VALUES).contains(count))
            .ok_or_else(|| AxisError::BadCount { written: count.to_owned(), range: range.clone() })?;
        let scale: Vec<&str> = parts.collect();
        let spread = match scale[..] {
            [] => Spread::EvenSteps,
            ["log"] => Spread::EvenRatios,
            _ => return Err(AxisError::BadScale { written: scale.join(":"), range, count }),
        };
        Range::between(from, to, count, spread)
    }

    fn between(from: End, to: End, count: u32, spread: Spread) -> Result<Range, AxisError> {
        let ends = || (from.written.clone(), to.written.clone());
        if from.unit != to.unit {
            let (from, to) = ends();
            return Err(AxisError::UnlikeEnds { from, to });
        }
        if from.value == to.value {
            return Err(AxisError::NoWidth(from.written));
        }
        if spread == Spread::EvenRatios && (from.value <= 0.0 || to.value <= 0.0) {
            let (from, to) = ends();
            return Err(AxisError::NoRatio { from, to });
        }
        let last = if to.after == from.after { to.number() } else { to.value / from.size_of_unit() };
        Ok(Range { from, to, last, count, spread })
    }

    /// The values, each once: digits that are not written may have made two of them one.
    pub fn values(&self) -> Vec<String> {
        self.written(|between| self.from.write(&significant(between)))
    }

    /// The values rounded to whole numbers, each once; `None` unless the ends are whole numbers without a unit, and some
    /// value between them is not.
    pub fn whole(&self) -> Option<Vec<String>> {
        let whole = |end: &End| end.unit == Unit::Plain && end.value.fract() == 0.0;
        let fractional = || (1..self.count - 1).any(|index| significant(self.between_ends(index)).contains('.'));
        (whole(&self.from) && whole(&self.to) && fractional())
            .then(|| self.written(|between| format!("{:.0}", between.round())))
    }

    /// The ends, and what `write` makes of the values between them.
    fn written(&self, write: impl Fn(f64) -> String) -> Vec<String> {
        let mut values = vec![self.from.written.clone()];
        values.extend((1..self.count - 1).map(|index| write(self.between_ends(index))));
        values.push(self.last_in_first_unit());
        values.dedup();
        values
    }

    /// The value at an index between the ends, in the unit of the first. The logarithms are libm's: the same digits on any
    /// machine.
    fn between_ends(&self, index: u32) -> f64 {
        let (first, share) = (self.from.number(), f64::from(index) / f64::from(self.count - 1));
        match self.spread {
            Spread::EvenRatios => first * libm::pow(self.last / first, share),
            Spread::EvenSteps | Spread::Listed => first + (self.last - first) * share,
        }
    }

    /// The last value exactly: in the first one's unit where a few digits are enough for it.
    fn last_in_first_unit(&self) -> String {
        if self.to.after == self.from.after {
            return self.to.written.clone();
        }
        let converted = self.from.write(&significant(self.last));
        match quantity(&converted) {
            Some((_, value)) if value == self.to.value => converted,
            _ => self.to.written.clone(),
        }
    }
}

impl End {
    fn parse(written: &str) -> Result<End, AxisError> {
        let written = written.trim();
        let (unit, value) = quantity(written)
            .filter(|_| !written.starts_with(['"', '\'']))
            .ok_or_else(|| AxisError::NoQuantity { end: written.to_owned(), mend: quantity::mend(written) })?;
        let unsigned = written.strip_prefix('$');
        let (before, rest) = unsigned.map_or(("", written), |rest| ("$", rest));
        let end = match unit {
            Unit::Plain => rest.len(),
            _ => rest.find(|character| !quantity::begins_number(character)).unwrap_or(rest.len()),
        };
        let (digits, after) = rest.split_at(end);
        Ok(End {
            written: written.to_owned(),
            before,
            digits: digits.replace('_', ""),
            after: after.trim().to_owned(),
            unit,
            value,
        })
    }

    fn number(&self) -> f64 {
        self.digits.parse().unwrap_or(self.value)
    }

    fn write(&self, digits: &str) -> String {
        format!("{}{digits}{}", self.before, self.after)
    }

    /// One of what the number counts, in the unit's base.
    fn size_of_unit(&self) -> f64 {
        quantity(&self.write("1")).map_or(1.0, |(_, value)| value)
    }
}

/// A number to [`DIGITS`] significant digits, without an exponent and without zeros that say nothing.
fn significant(value: f64) -> String {
    let scientific = format!("{value:.*e}", DIGITS - 1);
    // A number's shortest decimal form is the digits that it was rounded to.
    scientific.parse::<f64>().map_or(scientific, |rounded| format!("{rounded}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::Axis;

    #[test]
    fn a_range_has_both_ends_and_even_steps_or_ratios_between_them() {
        for (written, expected) in [
            ("1/s..10/s:3", &["1/s", "5.5/s", "10/s"][..]),
            ("1/s..10/s:5:log", &["1/s", "1.77828/s", "3.16228/s", "5.62341/s", "10/s"]),
            ("1..16:5:log", &["1", "2", "4", "8", "16"]),
            ("0.2..0.8:4", &["0.2", "0.4", "0.6", "0.8"]),
            ("$1/h..$4/h:7", &["$1/h", "$1.5/h", "$2/h", "$2.5/h", "$3/h", "$3.5/h", "$4/h"]),
            ("$0.001..$0.1:3:log", &["$0.001", "$0.01", "$0.1"]),
            ("10k/month..1M/month:3:log", &["10k/month", "100k/month", "1000k/month"]),
            ("500ms..2s:4", &["500ms", "1000ms", "1500ms", "2000ms"]),
            ("60s..1h:3", &["60s", "1830s", "3600s"]),
            ("1/min..1/s:2", &["1/min", "60/min"]),
            ("3s..10ms:2", &["3s", "0.01s"]),
            ("-1..1:3", &["-1", "0", "1"]),
            ("4..1:4", &["4", "3", "2", "1"]),
            ("1e-3..1e-1:3:log", &["1e-3", "0.01", "1e-1"]),
            ("2 s .. 4 s : 3 : log", &["2 s", "2.82843s", "4 s"]),
            ("0.0000001s..0.0000002s:3", &["0.0000001s", "0.00000015s", "0.0000002s"]),
        ] {
            assert!(is_range(written), "{written}");
            assert_eq!(Range::parse(written).unwrap().values(), expected, "{written}");
        }
    }

    #[test]
    fn an_end_that_the_first_unit_cannot_write_in_a_few_digits_stays_as_it_is() {
        assert_eq!(Range::parse("1h..1s:2").unwrap().values(), ["1h", "1s"]);
    }

    #[test]
    fn whole_ends_can_be_rounded_to_whole_numbers_each_once() {
        let whole = |written: &str| Range::parse(written).unwrap().whole();
        let values = |values: &[&str]| Some(values.iter().map(|&value| value.to_owned()).collect::<Vec<_>>());
        assert_eq!(whole("1..4:6"), values(&["1", "2", "3", "4"]));
        assert_eq!(whole("1..100:4:log"), values(&["1", "5", "22", "100"]));
        assert_eq!(whole("1000000..2000000:4"), None, "six digits of them are whole already");
        assert_eq!(whole("1..16:5:log"), None);
        assert_eq!(whole("0.5..2:3"), None);
        assert_eq!(whole("1s..4s:3"), None);
    }

    #[test]
    fn fails_on_what_is_no_range_with_what_to_write_instead() {
        for (written, expected) in [
            ("a=1/s..10/s", "help: write 1/s..10/s:5, or 1/s..10/s:5:log"),
            ("a=1/s..10/s:1", "`1` is no number of values, from 2 to 100000"),
            ("a=1/s..10/s:log", "such as 1/s..10/s:5"),
            ("a=1/s..10/s:5:lin", "write 1/s..10/s:5 for even steps"),
            ("a=1/s..10/s:5:log:log", "`log:log` cannot follow"),
            ("a=1/s..10s:5", "`1/s` and `10s` are of different kinds"),
            ("a=1m..10min:5", "write \"1min\""),
            ("a=$1/hr..$4/h:7", "write \"$1/h\""),
            ("a=1s..:5", "``, an end"),
            ("a=10:00..15:00:5", "list the values"),
            ("a=0/s..10/s:5:log", "both ends must be above zero"),
            ("a=-1..10:5:log", "both ends must be above zero"),
            ("a=60s..1min:5", "help: write 60s alone"),
        ] {
            let message = Axis::parse(written).expect_err(written).to_string();
            assert!(message.contains(expected), "{written}: {message}");
        }
    }

    #[test]
    fn a_range_is_told_from_a_path_of_a_file() {
        for value in ["../a.csv", "./a..b", "a..b", "fit", "2.5"] {
            assert!(!is_range(value), "{value}");
        }
    }
}
