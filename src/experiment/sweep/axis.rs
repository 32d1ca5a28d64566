//! What a sweep varies: a path of the scenario, and the values that it takes.

use crate::scenario::split_assignment;

use super::quantity::{Unit, quantity};
use super::range::{self, Range};
use super::spread::{AxisError, Spread};

/// One path and its values, at least one and no two alike.
#[derive(Clone, Debug, PartialEq)]
pub struct Axis {
    /// As it is written, quoted names and all.
    pub path: String,
    /// The keys and names of the path.
    pub segments: Vec<String>,
    /// As they are written, or as a range wrote them.
    pub values: Vec<String>,
    pub spread: Spread,
    /// The values of a range rounded to whole numbers, where its ends are whole and not all of it is.
    pub whole: Option<Vec<String>>,
}

impl Axis {
    /// Reads `PATH=A,B,C` or `PATH=FROM..TO:N[:log]`. Commas within quotes, brackets and braces do not part values.
    ///
    /// # Errors
    /// When it is neither, with what to write instead.
    pub fn parse(written: &str) -> Result<Axis, AxisError> {
        let assignment = split_assignment(written).ok_or_else(|| AxisError::NotAnAxis(written.to_owned()))?;
        let path = assignment.path.to_owned();
        let listed = split_values(assignment.value).ok_or_else(|| AxisError::Unclosed(written.to_owned()))?;
        let axis = |values: Vec<String>| Axis {
            path: path.clone(),
            segments: assignment.segments.clone(),
            values,
            spread: Spread::Listed,
            whole: None,
        };
        if let [range] = listed[..]
            && range::is_range(range)
        {
            let range = Range::parse(range)?;
            return Ok(Axis { spread: range.spread, whole: range.whole(), ..axis(range.values()) });
        }
        for (index, &value) in listed.iter().enumerate() {
            if value.is_empty() {
                let between = if listed.len() > 1 { " before or after a comma" } else { "" };
                return Err(AxisError::NoValue { path, between });
            }
            if range::is_range(value) {
                return Err(AxisError::RangeInList(value.to_owned()));
            }
            if listed[..index].contains(&value) {
                return Err(AxisError::Repeated { path, value: value.to_owned() });
            }
        }
        Ok(axis(listed.into_iter().map(str::to_owned).collect()))
    }

    /// The axis of a path and values that were one before; `None` when the path is none.
    #[must_use]
    pub fn again(path: &str, values: Vec<String>, spread: Spread) -> Option<Axis> {
        let segments = split_assignment(&format!("{path}="))?.segments;
        Some(Axis { path: path.to_owned(), segments, values, spread, whole: None })
    }

    /// The unit of the values that are numbers, and each value as a number in it. `None` when no value is one, or when they
    /// have several units. A value that is no number (`fit`, `unlimited`) is `None` among them.
    #[must_use]
    pub fn numbers(&self) -> Option<(Unit, Vec<Option<f64>>)> {
        let read: Vec<Option<(Unit, f64)>> = self.values.iter().map(|value| quantity(value)).collect();
        let unit = read.iter().flatten().next()?.0;
        let alike = read.iter().flatten().all(|(other, _)| *other == unit);
        alike.then(|| (unit, read.iter().map(|value| value.map(|(_, number)| number)).collect()))
    }

    /// The assignment of one of its values: `PATH=VALUE`.
    #[must_use]
    pub fn assignment(&self, index: usize) -> String {
        format!("{}={}", self.path, self.values[index])
    }
}

/// The values between commas, trimmed; `None` when a quote or bracket is not closed.
fn split_values(text: &str) -> Option<Vec<&str>> {
    let mut values = Vec::new();
    let (mut start, mut depth) = (0, 0_u32);
    let mut quote = None;
    let mut characters = text.char_indices();
    while let Some((index, character)) = characters.next() {
        match (quote, character) {
            (Some('"'), '\\') => drop(characters.next()),
            (Some(open), _) if open == character => quote = None,
            (Some(_), _) => {}
            (None, '"' | '\'') => quote = Some(character),
            (None, '{' | '[') => depth += 1,
            (None, '}' | ']') => depth = depth.checked_sub(1)?,
            (None, ',') if depth == 0 => {
                values.push(text[start..index].trim());
                start = index + 1;
            }
            (None, _) => {}
        }
    }
    values.push(text[start..].trim());
    (quote.is_none() && depth == 0).then_some(values)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(written: &str) -> Vec<String> {
        Axis::parse(written).unwrap_or_else(|error| panic!("{written}: {error}")).values
    }

    fn message(written: &str) -> String {
        Axis::parse(written).expect_err(written).to_string()
    }

    #[test]
    fn a_list_is_parted_at_commas_outside_of_quotes_and_brackets() {
        for (written, expected) in [
            ("traffic.api.rate=1/s,2/s, 4/s", &["1/s", "2/s", "4/s"][..]),
            ("fleet.dedicated.instances=fit", &["fit"]),
            (
                "fleet.hybrid.overflow={ wait_over = \"2s\" },{ wait_over = \"5s\" }",
                &["{ wait_over = \"2s\" }", "{ wait_over = \"5s\" }"],
            ),
            ("fleet.s.bills=[\"execute\", \"idle\"],[\"execute\"]", &["[\"execute\", \"idle\"]", "[\"execute\"]"]),
            ("description=\"a, b\",'c, \"d\"'", &["\"a, b\"", "'c, \"d\"'"]),
            ("traffic.a.trace.file=../a.csv,../b.csv", &["../a.csv", "../b.csv"]),
        ] {
            assert_eq!(values(written), expected, "{written}");
        }
    }

    #[test]
    fn a_path_keeps_its_quoted_names() {
        let axis = Axis::parse("fleet.\"h100.eu\".price=$1/h,$2/h").unwrap();
        assert_eq!(axis.path, "fleet.\"h100.eu\".price");
        assert_eq!(axis.segments, ["fleet", "h100.eu", "price"]);
        assert_eq!(axis.assignment(1), "fleet.\"h100.eu\".price=$2/h");
    }

    #[test]
    fn values_are_numbers_in_the_unit_that_they_share() {
        let numbers = |written: &str| Axis::parse(written).unwrap().numbers();
        assert_eq!(numbers("a=30s,2min"), Some((Unit::Seconds, vec![Some(30.0), Some(120.0)])));
        assert_eq!(numbers("a=1,fit"), Some((Unit::Plain, vec![Some(1.0), None])));
        assert_eq!(numbers("a=1,2s"), None);
        assert_eq!(numbers("a=queue,reject"), None);
    }

    #[test]
    fn fails_on_what_is_no_list_with_what_to_write_instead() {
        for (written, expected) in [
            ("traffic.api.rate", "help: write, for example, traffic.api.rate=1/s,2/s,4/s"),
            ("=1/s", "is not a path and its values"),
            ("a=", "`a` has no value\n"),
            ("a=1,,2", "no value before or after a comma"),
            ("a=1,2,", "no value before or after a comma"),
            ("a={ wait_over = \"2s\"", "not closed"),
            ("a=1],2", "not closed"),
            ("a=1,2,1", "has the value `1` twice"),
            ("a=1,2..8:3", "`2..8:3` is a range in a list"),
        ] {
            assert!(message(written).contains(expected), "{written}: {}", message(written));
        }
    }
}
