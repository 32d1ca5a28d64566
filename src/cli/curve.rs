//! `breakeven curve`: every fleet over a range of volumes, and where the answer changes.

use clap::Args as ClapArgs;

use crate::experiment::{CurvePlan, VolumeError, logarithmic_volumes};
use crate::report::curve::{CurveDocument, CurveFiles, curve_report};
use crate::report::folder::OutputFolder;
use crate::scenario::{self, Scenario, parse_rate};
use crate::summary::Provenance;
use crate::unit::Span;

use super::exit::Failure;
use super::flags::{self, HtmlFlag, OutputFlags, PrecisionFlags, ScenarioFlags};
use super::progress::CellProgress;
use super::{notes, results};

#[derive(ClapArgs, Clone, Debug)]
pub struct Args {
    #[command(flatten)]
    scenario: ScenarioFlags,

    /// The lowest volume
    #[arg(long, value_name = "RATE", default_value = "10k/month", value_parser = volume)]
    from: f64,

    /// The highest volume
    #[arg(long, value_name = "RATE", default_value = "10M/month", value_parser = volume)]
    to: f64,

    /// Volumes, evenly spaced on a logarithmic scale
    #[arg(long, value_name = "N", default_value_t = CurvePlan::USUAL_POINTS, value_parser = clap::value_parser!(u16).range(2..=1_000))]
    points: u16,

    /// Change the volume of this traffic class only [default: of all, in their proportions]
    #[arg(long, value_name = "NAME")]
    class: Option<String>,

    #[command(flatten)]
    precision: PrecisionFlags,
    #[command(flatten)]
    output: OutputFlags,
    #[command(flatten)]
    html: HtmlFlag,
}

pub const EXAMPLES: &str = "\
Examples:
  breakeven curve                                   the embedded scenario, 10k to 10M requests a month
  breakeven curve mine.toml --from 100k/month --to 2M/month --points 40
  breakeven curve mine.toml --set fleet.dedicated.instances=fit
  breakeven curve guide-arithmetic --json | jq '.break_even[0].requests_per_month'";

/// Load, simulate, look for break-even points, write, show.
pub fn execute(args: &Args, again: &str) -> Result<(), Failure> {
    if args.from >= args.to {
        return Err(Failure::Wrong(
            "error: --from is not below --to\n  help: write, for example, --from 10k/month --to 10M/month".to_owned(),
        ));
    }
    let origin = args.scenario.origin()?;
    let loaded = scenario::load(&origin, &args.scenario.overrides()).map_err(|problems| flags::wrong(&problems))?;
    flags::needs_requests(&loaded)?;
    let folder = args.output.claim(&origin.stem())?;
    let provenance = Provenance::from(&loaded);
    let document = simulate(&loaded.scenario, &provenance, args)?;
    let place = folder.path().display().to_string();
    write(folder, &document, &loaded.scenario, (args, again))?;
    results::show(&document, |look| curve_report(&document, look), &args.output)?;
    notes::written(&place, "curve.json, Parquet", &args.output);
    notes::page(&place, args.html, &args.output);
    Ok(())
}

fn write(
    folder: OutputFolder,
    document: &CurveDocument,
    scenario: &Scenario,
    (args, again): (&Args, &str),
) -> Result<(), Failure> {
    let resolved = scenario::write_resolved(scenario, folder.path());
    let files = CurveFiles {
        document,
        slo: scenario.slo.as_ref(),
        resolved: &resolved,
        charts: !args.output.no_charts,
        command: again,
    };
    results::publish_with_page(folder, document.schema, args.html, |path| files.write(path))
}

fn simulate(scenario: &Scenario, provenance: &Provenance, args: &Args) -> Result<CurveDocument, Failure> {
    let (plan, class) = (plan(args), args.class.as_deref());
    let progress = CellProgress::new(args.output.quiet);
    let simulate = || CurveDocument::simulate(scenario, class, provenance, &plan, &progress);
    args.output.on_threads(simulate)?.map_err(failure)
}

fn plan(args: &Args) -> CurvePlan {
    CurvePlan {
        volumes: logarithmic_volumes(args.from, args.to, usize::from(args.points)),
        precision: args.precision.precision(),
        most_replications: args.precision.max_replications.unwrap_or(CurvePlan::USUAL_MOST_REPLICATIONS),
    }
}

/// Requests a month.
fn volume(text: &str) -> Result<f64, String> {
    let rate = parse_rate(text).map_err(|error| format!("expected {}; {}", error.expected, error.mend))?;
    let monthly = rate.per_second() * Span::MONTH.seconds();
    if monthly > 0.0 { Ok(monthly) } else { Err("write a volume above zero, such as 10k/month".to_owned()) }
}

fn failure(error: VolumeError) -> Failure {
    match error {
        VolumeError::Trace(error) => error.into(),
        wrong => Failure::Wrong(format!("error: {wrong}")),
    }
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
    fn without_flags_the_usual_curve_is_simulated() {
        let args = Line::parse_from(["curve"]).args;
        assert_eq!(format!("{:?}", plan(&args)), format!("{:?}", CurvePlan::default()));
    }
}
