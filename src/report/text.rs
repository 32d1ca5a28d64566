//! The report of a run for a person at a terminal.

use std::fmt::Write as _;

use anstyle::{AnsiColor, Style};

use crate::catalog::{PublishedEntry, PublishedPreset};
use crate::measure::Estimate;
use crate::scenario::Slo;

use super::answer::answer;
use super::number;
use super::stream_document::StreamDocument;
use super::table::{self, Look};
use super::{job_answer, job_table};
use crate::summary::{PrecisionSummary, RunDocument};

/// Traffic, the table of fleets, the answer, pools and classes, and what to beware of.
#[must_use]
pub fn run_report(document: &RunDocument, slo: Option<&Slo>, look: Look) -> String {
    let mut text = String::new();
    let bold = Style::new().bold();
    let dim = Style::new().dimmed();
    paragraph(&mut text, &document.scenario.name, bold, look);
    let scenario = &document.scenario;
    let traffic = traffic(&document.traffic.requests, &document.traffic.rate_per_s, scenario.window_s);
    let source = source(scenario.replications, scenario.seed, &scenario.overrides);
    let known = known_to(document.precision.as_ref());
    // Without fleets there is no traffic either: a scenario of jobs alone.
    match document.fleets.is_empty() && !document.jobs.is_empty() {
        true => paragraph(&mut text, &format!("{}, {source}", number_of_jobs(document)), dim, look),
        false => {
            paragraph(&mut text, &format!("{traffic}, {source}{known}"), dim, look);
            requests(&mut text, document, slo, look);
        }
    }
    jobs(&mut text, document, look);
    rest_on(&mut text, &document.catalog, &document.presets, look);
    warn(&mut text, &warnings(document), look);
    text
}

/// The fleets that serve the requests.
fn requests(text: &mut String, document: &RunDocument, slo: Option<&Slo>, look: Look) {
    section(text, &table::fleets(document, look));
    section(text, "");
    paragraph(text, &answer(document, slo), Style::new().bold(), look);
    for sentence in fits(document) {
        section(text, "");
        paragraph(text, &sentence, Style::new(), look);
    }
    let details = [table::pools(document, look), table::classes(document, look)];
    for table in details.into_iter().flatten() {
        section(text, &table);
    }
}

/// The jobs, with an answer for each class.
fn jobs(text: &mut String, document: &RunDocument, look: Look) {
    if document.jobs.is_empty() {
        return;
    }
    job_table::jobs(document, look).iter().for_each(|table| section(text, table));
    section(text, "");
    for sentence in job_answer::answers(document) {
        paragraph(text, &sentence, Style::new().bold(), look);
    }
}

/// `1 job`, or `12 jobs of 2 classes`.
pub(super) fn number_of_jobs(document: &RunDocument) -> String {
    let mut classes: Vec<(&str, u32)> = document.jobs.iter().map(|row| (row.job.as_str(), row.count)).collect();
    classes.dedup();
    let jobs: u64 = classes.iter().map(|&(_, count)| u64::from(count)).sum();
    let jobs = if jobs == 1 { "1 job".to_owned() } else { format!("{} jobs", number::count(jobs as f64)) };
    if classes.len() > 1 { format!("{jobs} of {} classes", classes.len()) } else { jobs }
}

/// `: cost known to 0.8%, as asked`.
pub(super) fn known_to(precision: Option<&PrecisionSummary>) -> String {
    let Some(&PrecisionSummary { of, asked, reached }) = precision else { return String::new() };
    let known = format!("; {of} known to {}", number::share(reached));
    if reached <= asked { known } else { format!("{known}, not {}", number::share(asked)) }
}

/// What was found for every pool whose instances are fitted.
pub(super) fn fits(document: &RunDocument) -> Vec<String> {
    let parts = document.fleets.iter().flat_map(|fleet| {
        let pools = fleet.pools.iter().map(move |pool| (format!("{} › {}", fleet.name, pool.name), pool.fit));
        std::iter::once((fleet.name.clone(), fleet.fit)).chain(pools)
    });
    let found = parts.filter_map(|(name, fit)| Some((name, fit?))).filter(|(_, fit)| fit.meets);
    found
        .map(|(name, fit)| match fit.instances {
            1 => format!("{name}: 1 instance is enough to meet the objective."),
            count => {
                format!("{name}: {} instances are the fewest that meet the objective.", number::count(f64::from(count)))
            }
        })
        .collect()
}

/// What a stream of requests is like.
#[must_use]
pub fn stream_report(document: &StreamDocument, look: Look) -> String {
    let (bold, dim) = (Style::new().bold(), Style::new().dimmed());
    let scenario = &document.scenario;
    let mut text = String::new();
    paragraph(&mut text, &scenario.name, bold, look);
    let traffic = traffic(&document.requests, &document.rate_per_s, scenario.horizon_s);
    let source = source(scenario.replications, scenario.seed, &scenario.overrides);
    paragraph(&mut text, &format!("{traffic}, warm-up included, {source}"), dim, look);
    section(&mut text, &table::stream_classes(document, look));
    section(&mut text, "");
    paragraph(&mut text, &load(document), bold, look);
    section(&mut text, &table::dispersion(document, look));
    let hint = "1 for a Poisson process of constant rate; more where the rate varies or requests come in bursts";
    paragraph(&mut text, hint, dim, look);
    warn(&mut text, &document.warnings, look);
    text
}

/// What the requests ask of a fleet.
fn load(document: &StreamDocument) -> String {
    let figure = |estimate: &Estimate, write: fn(f64) -> String| number::or_dash(estimate.mean, write);
    let short = |value| number::significant(value, 3);
    format!(
        "A request takes {} of service, so {} are in service at once on average where none has to wait; the fullest {} bring {}/s.",
        figure(&document.mean_service_s, number::duration),
        figure(&document.offered_load, short),
        number::round_duration(document.rate_bin_s),
        figure(&document.peak_rate_per_s, short)
    )
}

/// A paragraph a preset, and one a price of the catalogue.
pub(super) fn rest_on(text: &mut String, catalog: &[PublishedEntry], presets: &[PublishedPreset], look: Look) {
    if !catalog.is_empty() || !presets.is_empty() {
        section(text, "");
    }
    for PublishedPreset { name, source, as_of, certainty, .. } in presets {
        let words = format!("{name} as of {as_of} ({certainty}): {source}");
        labelled(text, "preset: ", &words, Style::new().dimmed(), look);
    }
    for entry in catalog {
        let PublishedEntry { provider, gpu, product, region, price, as_of, certainty, .. } = entry;
        let variant = entry.variant.as_ref().map(|variant| format!("-{variant}")).unwrap_or_default();
        let words = format!("{provider} {gpu}{variant}, {product}, {region}: {price} as of {as_of} ({certainty})");
        labelled(text, "price: ", &words, Style::new().dimmed(), look);
    }
}

/// A paragraph a warning.
pub(super) fn warn(text: &mut String, warnings: &[String], look: Look) {
    if !warnings.is_empty() {
        section(text, "");
    }
    for warning in warnings {
        labelled(text, "warning: ", warning, AnsiColor::Yellow.on_default().bold(), look);
    }
}

/// Every warning, those of one fleet with its name.
#[must_use]
pub fn warnings(document: &RunDocument) -> Vec<String> {
    let of_fleets = document
        .fleets
        .iter()
        .flat_map(|fleet| fleet.warnings.iter().map(move |warning| format!("{}: {warning}", fleet.name)));
    document.warnings.iter().cloned().chain(of_fleets).collect()
}

/// `1,209,600 requests in 7 d (2.00/s)`.
pub(super) fn traffic(requests: &Estimate, rate_per_s: &Estimate, length_s: f64) -> String {
    format!(
        "{} requests in {} ({}/s)",
        number::or_dash(requests.mean, number::count),
        number::round_duration(length_s),
        number::or_dash(rate_per_s.mean, |rate| number::significant(rate, 3)),
    )
}

/// `10 replications, seed 1, with fleet.dedicated.instances=3`.
pub(super) fn source(replications: u32, seed: u64, overrides: &[String]) -> String {
    let replications = match replications {
        1 => "one replication".to_owned(),
        count => format!("{count} replications"),
    };
    let mut words = format!("{replications}, seed {seed}");
    if !overrides.is_empty() {
        let _ = write!(words, ", with {}", overrides.join(" "));
    }
    words
}

/// A blank line, then the text; of an empty text the blank line alone.
pub(super) fn section(text: &mut String, body: &str) {
    text.push('\n');
    if !body.is_empty() {
        text.push_str(body);
        text.push('\n');
    }
}

pub(super) fn paragraph(text: &mut String, words: &str, style: Style, look: Look) {
    // At spaces alone: a unit such as requests/s stays whole.
    let options = textwrap::Options::new(usize::from(look.width)).word_separator(textwrap::WordSeparator::AsciiSpace);
    for line in textwrap::wrap(words, options) {
        let _ = writeln!(text, "{}", styled(&line, style, look));
    }
}

/// A label, and words wrapped beside it.
pub fn labelled(text: &mut String, label: &str, words: &str, style: Style, look: Look) {
    let indent = " ".repeat(label.len());
    let room = usize::from(look.width).saturating_sub(label.len()).max(20);
    for (index, line) in textwrap::wrap(words, room).iter().enumerate() {
        let head = if index == 0 { styled(label, style, look) } else { indent.clone() };
        let _ = writeln!(text, "{head}{line}");
    }
}

/// Text in a style, where there is colour.
#[must_use]
pub fn styled(text: &str, style: Style, look: Look) -> String {
    if look.color { format!("{style}{text}{style:#}") } else { text.to_owned() }
}

#[cfg(test)]
mod tests {
    use crate::report::fixture;

    use super::*;

    const PLAIN: Look = Look { width: 80, color: false };

    fn three_fleets() -> RunDocument {
        let mut document = fixture::three_fleets();
        document.warnings = vec![
            "the window of 7 d is not whole periods of something or other, so that this sentence has to be wrapped"
                .to_owned(),
        ];
        document.fleets[1].warnings = vec!["p99.9 rests on 3 samples".to_owned()];
        document
    }

    #[test]
    fn the_report_reads_as_committed() {
        insta::assert_snapshot!(run_report(&three_fleets(), None, PLAIN));
    }

    #[test]
    fn the_report_of_jobs_reads_as_committed() {
        let mut document = fixture::document(Vec::new());
        document.jobs = fixture::jobs();
        insta::assert_snapshot!(run_report(&document, None, PLAIN));
        for width in [80, 120] {
            let text = run_report(&document, None, Look { width, color: false });
            assert!(text.lines().all(|line| textwrap::core::display_width(line) <= usize::from(width)), "{text}");
        }
    }

    #[test]
    fn the_report_fits_its_width() {
        let mut document = three_fleets();
        document.fleets[0].name = "a fleet whose name is longer than it ought to be".to_owned();
        document.fleets[1].requests.rejected = fixture::exact(20_000.0);
        for width in [80, 100, 120, 160] {
            let text = run_report(&document, None, Look { width, color: false });
            for line in text.lines() {
                assert!(textwrap::core::display_width(line) <= usize::from(width), "{width}: {line}");
            }
        }
    }

    #[test]
    fn without_colour_there_is_no_escape() {
        let plain = run_report(&three_fleets(), None, PLAIN);
        let colored = run_report(&three_fleets(), None, Look { width: 80, color: true });
        assert!(!plain.contains('\u{1b}'));
        assert!(colored.contains("\u{1b}["));
    }

    #[test]
    fn what_does_not_exist_is_a_dash() {
        let mut document = three_fleets();
        document.fleets[0].latency_s.p99 = crate::measure::Estimate::default();
        document.fleets[0].utilization = crate::measure::Estimate::default();
        let text = run_report(&document, None, PLAIN);
        let row = text.lines().find(|line| line.starts_with("dedicated")).unwrap();
        assert_eq!(row.matches(number::NONE).count(), 2, "{row}");
        assert!(!text.contains("NaN"));
    }
}
