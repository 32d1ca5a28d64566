//! Durations that may vary: plain, or drawn from a distribution.

use crate::trace::{DataFile, Location, TraceError, read_seconds};
use crate::unit::Span;

use super::context::{Context, DataFolder};
use super::embedded;
use super::fields::Fields;
use super::tree::{Content, Node};
use super::values::{decimal, list, number, positive_span, span, text};
use super::{Decimal, Distribution};

/// The kinds of distributions.
pub(super) const KINDS: [&str; 9] =
    ["constant", "exponential", "lognormal", "gamma", "weibull", "uniform", "pareto", "empirical", "phases"];

/// A plain duration or a distribution.
pub(super) fn distribution(context: &Context, node: &Node) -> Option<Distribution> {
    if is_plain(node) {
        return span(context, node).map(Distribution::Constant);
    }
    let (kind, fields) = Fields::of_kind(context, node, "a duration or distribution", &KINDS)?;
    of_kind(kind, fields)
}

/// Whether the node is a duration and not the name of a kind: a text that starts with no letter, or no text or table at all.
pub(super) fn is_plain(node: &Node) -> bool {
    match &node.content {
        Content::Text(text) => !text.starts_with(|first: char| first.is_alphabetic()),
        Content::Table(_) => false,
        _ => true,
    }
}

/// The rest of a distribution of which the kind is known.
pub(super) fn of_kind(kind: &str, mut fields: Fields<'_>) -> Option<Distribution> {
    let distribution = match kind {
        "constant" => fields.required("value", "2s", span).map(Distribution::Constant),
        "exponential" => fields.required("mean", "2s", positive_span).map(|mean| Distribution::Exponential { mean }),
        "lognormal" => mean_and_cv(&mut fields).map(|(mean, cv)| Distribution::LogNormal { mean, cv }),
        "gamma" => mean_and_cv(&mut fields).map(|(mean, cv)| Distribution::Gamma { mean, cv }),
        "weibull" => mean_and_cv(&mut fields).map(|(mean, cv)| Distribution::Weibull { mean, cv }),
        "uniform" => uniform(&mut fields),
        "pareto" => pareto(&mut fields),
        "empirical" => empirical(&mut fields),
        _ => phases(&mut fields),
    };
    fields.finish();
    distribution
}

fn mean_and_cv(fields: &mut Fields<'_>) -> Option<(Span, f64)> {
    let mean = fields.required("mean", "2s", positive_span);
    let cv = fields.required(
        "cv",
        "1.0",
        number(
            |cv| cv == 0.0 || (0.001..=100.0).contains(&cv),
            "a coefficient of variation: 0, or from 0.001 to 100",
            "write the standard deviation divided by the mean, such as 1.0",
        ),
    );
    Some((mean?, cv?))
}

fn uniform(fields: &mut Fields<'_>) -> Option<Distribution> {
    let low = fields.required("low", "1s", span);
    let high = fields.required("high", "3s", span);
    let (low, high) = (low?, high?);
    if low > high {
        let expected = format!("a `low` of at most `high`, which is {high}");
        fields.context.report(fields.place_of("low"), format!("\"{low}\""), expected, "swap low and high");
        return None;
    }
    Some(Distribution::Uniform { low, high })
}

fn pareto(fields: &mut Fields<'_>) -> Option<Distribution> {
    let mean = fields.required("mean", "2s", positive_span);
    let shape = fields.required(
        "shape",
        "2.5",
        number(
            |shape| shape > 1.0 && shape <= 1_000_000.0,
            "a tail exponent above 1, so that the mean exists, up to 1000000",
            "write a shape such as 2.5; the smaller, the heavier the tail",
        ),
    );
    Some(Distribution::Pareto { mean: mean?, shape: shape? })
}

fn empirical(fields: &mut Fields<'_>) -> Option<Distribution> {
    let file = fields.required("file", "durations.csv", data_file);
    let column = fields.required("column", "service_s", text);
    let scale = fields.optional("scale", decimal).unwrap_or(Decimal::ONE);
    let (file, column) = (file?, column?);
    match read_seconds(&file, &column) {
        Ok(values) => Some(Distribution::Empirical { file, column, scale, values }),
        Err(error) => {
            report_trace(fields, &error, "column");
            None
        }
    }
}

fn phases(fields: &mut Fields<'_>) -> Option<Distribution> {
    let example = "[\"1s\", { kind = \"exponential\", mean = \"2s\" }]";
    let phases = fields.required("phases", example, |context, node| {
        let expected = "a list of durations and distributions";
        let nodes = list(context, node, expected, &format!("write {example}"))?;
        if nodes.is_empty() {
            context.report(node.place, "an empty list", expected, format!("write {example}"));
            return None;
        }
        let phases: Vec<Option<Distribution>> = nodes.iter().map(|node| distribution(context, node)).collect();
        phases.into_iter().collect::<Option<Vec<_>>>()
    });
    phases.map(Distribution::Phases)
}

/// A data file: a path relative to the scenario's folder, or `embedded:` and the name of one that the program carries.
pub(super) fn data_file(context: &Context, node: &Node) -> Option<DataFile> {
    let written = text(context, node)?;
    let embedded_name = match (written.strip_prefix(embedded::DATA_PREFIX), &context.data) {
        (Some(name), _) => Some(name),
        (None, DataFolder::Embedded | DataFolder::Sealed) => Some(written.as_str()),
        (None, DataFolder::Disk(_)) => None,
    };
    if let Some(name) = embedded_name {
        let Some(bytes) = embedded::data(name) else {
            let names: Vec<String> = embedded::data_names().map(|name| format!("\"embedded:{name}\"")).collect();
            let expected = "the name of an embedded data file";
            context.report(node.place, context.written(node), expected, format!("write {}", names.join(" or ")));
            return None;
        };
        return Some(DataFile {
            written: format!("{}{name}", embedded::DATA_PREFIX),
            location: Location::Embedded(bytes),
        });
    }
    let DataFolder::Disk(folder) = &context.data else {
        return None;
    };
    let path = folder.join(&written);
    // The real path, so that the file is found again from another folder; a missing file is reported when it is read.
    let location = Location::Disk(path.canonicalize().unwrap_or(path));
    Some(DataFile { written, location })
}

/// Reports what is wrong with a data file at the key that it concerns: `file`, or the one that names the column at fault.
pub(super) fn report_trace(fields: &Fields<'_>, error: &TraceError, column_key: &str) {
    use crate::trace::Fault;
    let key = match *error.fault {
        Fault::NoColumn { .. } | Fault::ColumnTwice | Fault::ColumnType(_) => column_key,
        Fault::BinMisplaced { .. } => "bin",
        _ => "file",
    };
    let found = match (&*error.fault, error.place()) {
        (Fault::Missing, _) => format!("no file {}", error.file),
        (Fault::Unreadable(reason), _) => format!("{}, which cannot be read ({reason})", error.file),
        (_, Some(place)) if key == "file" => format!("{} in {place} of {}", error.found(), error.file),
        _ => format!("{} in {}", error.found(), error.file),
    };
    fields.context.report(fields.place_of(key), found, error.expected(), error.mend());
}
