//! `breakeven matrix`: utilisation by duration, the cheapest fleet of each, beside the guide's rule of thumb.

use std::path::Path;

use clap::Args as ClapArgs;

use crate::experiment::{LoadError, MatrixPlan, linear_utilizations, logarithmic_durations};
use crate::report::folder::OutputFolder;
use crate::report::matrix::{MatrixDocument, matrix_report, write_matrix};
use crate::scenario::{self, Scenario, parse_span};
use crate::summary::Provenance;
use crate::unit::Span;

use super::exit::Failure;
use super::flags::{self, HtmlFlag, OutputFlags, PrecisionFlags, ScenarioFlags};
use super::progress::CellProgress;
use super::{notes, results};

/// The most values along one side.
const MOST_VALUES: usize = 100;

#[derive(ClapArgs, Clone, Debug)]
pub struct Args {
    #[command(flatten)]
    scenario: ScenarioFlags,

    /// Utilisations of the first dedicated fleet, evenly spaced: from, to, and how many
    ///
    /// Of one instance where the fleet's number is fitted, or where no fleet is dedicated.
    #[arg(long, value_name = "FROM..TO:N", default_value = "5%..95%:12", value_parser = utilizations)]
    utilization: Values<f64>,

    /// Mean service times, evenly spaced on a logarithmic scale: from, to, and how many
    #[arg(long, value_name = "FROM..TO:N", default_value = "1s..1h:12", value_parser = durations)]
    duration: Values<Span>,

    /// Let the objective's limits on latency and the clients' patience grow with the duration
    ///
    /// In the proportion that they have to the scenario's own mean service time.
    #[arg(long)]
    stretch_slo: bool,

    #[command(flatten)]
    precision: PrecisionFlags,
    #[command(flatten)]
    output: OutputFlags,
    #[command(flatten)]
    html: HtmlFlag,
}

pub const EXAMPLES: &str = "\
Examples:
  breakeven matrix                                  the embedded scenario
  breakeven matrix mine.toml --stretch-slo          an hour's job may take hours where a second's may take seconds
  breakeven matrix mine.toml --utilization 10%..90%:9 --duration 50ms..30min:8
  breakeven matrix guide-arithmetic --json | jq .agreement

A cell with fewer than 1,000 requests in the scenario's window is simulated over as many windows as it takes. Its warm-up is
lengthened by whole windows where it is shorter than three mean service times and that would show.";

/// Values along a side of the matrix.
#[derive(Clone, Debug, PartialEq)]
struct Values<T>(Vec<T>);

/// Load, simulate, write, show.
pub fn execute(args: &Args, again: &str) -> Result<(), Failure> {
    let origin = args.scenario.origin()?;
    let loaded = scenario::load(&origin, &args.scenario.overrides()).map_err(|problems| flags::wrong(&problems))?;
    flags::needs_requests(&loaded)?;
    let folder = args.output.claim(&origin.stem())?;
    let provenance = Provenance::from(&loaded);
    let document = simulate(&loaded.scenario, &provenance, &plan(args), &args.output)?;
    let place = folder.path().display().to_string();
    write(folder, &document, &loaded.scenario, (args, again))?;
    show(&document, &place, args)
}

fn plan(args: &Args) -> MatrixPlan {
    MatrixPlan {
        utilizations: args.utilization.0.clone(),
        durations: args.duration.0.clone(),
        stretch_slo: args.stretch_slo,
        precision: args.precision.precision(),
    }
}

fn simulate(
    scenario: &Scenario,
    provenance: &Provenance,
    plan: &MatrixPlan,
    output: &OutputFlags,
) -> Result<MatrixDocument, Failure> {
    let progress = CellProgress::new(output.quiet);
    output.on_threads(|| MatrixDocument::simulate(scenario, provenance, plan, &progress))?.map_err(failure)
}

fn write(
    folder: OutputFolder,
    document: &MatrixDocument,
    scenario: &Scenario,
    (args, again): (&Args, &str),
) -> Result<(), Failure> {
    let resolved = scenario::write_resolved(scenario, folder.path());
    let charts = !args.output.no_charts;
    let fill = |path: &Path| write_matrix(document, (&resolved, again), charts, path);
    results::publish_with_page(folder, document.schema, args.html, fill)
}

fn show(document: &MatrixDocument, place: &str, args: &Args) -> Result<(), Failure> {
    results::show(document, |look| matrix_report(document, look), &args.output)?;
    notes::written(place, "matrix.json, Parquet", &args.output);
    notes::page(place, args.html, &args.output);
    Ok(())
}

fn failure(error: LoadError) -> Failure {
    match error {
        LoadError::Trace(error) => error.into(),
        wrong => Failure::Wrong(format!("error: {wrong}")),
    }
}

fn utilizations(text: &str) -> Result<Values<f64>, String> {
    let example = "5%..95%:12";
    let share = |text: &str| {
        flags::number_or_percent(text).filter(|share| *share > 0.0 && *share <= 1.0).ok_or_else(|| {
            format!("expected utilisations above 0% and of at most 100%, found `{text}`; write, for example, {example}")
        })
    };
    let (from, to, count) = range(text, example, share)?;
    Ok(Values(linear_utilizations(from, to, count)))
}

fn durations(text: &str) -> Result<Values<Span>, String> {
    let example = "1s..1h:12";
    let duration = |text: &str| {
        let span = parse_span(text).map_err(|error| format!("expected {}; {}", error.expected, error.mend))?;
        if span < Span::MILLISECOND {
            return Err(format!("expected durations of at least 1ms, found `{text}`; write, for example, {example}"));
        }
        Ok(span)
    };
    let (from, to, count) = range(text, example, duration)?;
    Ok(Values(logarithmic_durations(from, to, count)))
}

/// `FROM..TO:N`, or one value.
fn range<T: PartialOrd + Copy>(
    text: &str,
    example: &str,
    read: impl Fn(&str) -> Result<T, String>,
) -> Result<(T, T, usize), String> {
    let Some((from, rest)) = text.split_once("..") else {
        let only = read(text.trim())?;
        return Ok((only, only, 1));
    };
    let (to, count) =
        rest.rsplit_once(':').ok_or_else(|| format!("expected FROM..TO:N; write, for example, {example}"))?;
    let count = count.trim().parse::<usize>().ok().filter(|count| (2..=MOST_VALUES).contains(count));
    let count = count.ok_or_else(|| {
        format!("expected a number of values from 2 to {MOST_VALUES} after the colon; write, for example, {example}")
    })?;
    let (from, to) = (read(from.trim())?, read(to.trim())?);
    if from >= to {
        return Err(format!("expected a range that rises; write, for example, {example}"));
    }
    Ok((from, to, count))
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        args: Args,
    }

    #[test]
    fn without_flags_the_usual_matrix_is_simulated() {
        let args = Line::parse_from(["matrix"]).args;
        assert_eq!(format!("{:?}", plan(&args)), format!("{:?}", MatrixPlan::default()));
    }

    #[test]
    fn ranges_are_read_with_their_units() {
        assert_eq!(utilizations("10%..0.5:5").map(|values| values.0), Ok(vec![0.1, 0.2, 0.3, 0.4, 0.5]));
        assert_eq!(
            durations("1s..100s:2").map(|values| values.0),
            Ok(vec![Span::SECOND, Span::from_nanos(100_000_000_000)])
        );
        assert_eq!(durations("1min").map(|values| values.0), Ok(vec![Span::MINUTE]));
    }

    #[test]
    fn fails_on_ranges_with_what_to_write() {
        for text in
            ["", "5%..95%", "5%..95%:1", "5%..95%:1000", "0%..95%:3", "5%..101%:3", "95%..5%:3", "a..b:3", "NaN..1:2"]
        {
            let error = utilizations(text).unwrap_err();
            assert!(error.contains("write, for example, 5%..95%:12"), "{text}: {error}");
        }
        for text in ["1h..1s:3", "1..2:3", "0s..1h:3", "1s..1h", "1us..1h:4"] {
            let error = durations(text).unwrap_err();
            assert!(error.contains("write"), "{text}: {error}");
        }
    }
}
