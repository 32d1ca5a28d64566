//! `breakeven run`: simulate every fleet of a scenario, bill it and report.

use clap::Args as ClapArgs;

use crate::experiment::{self, Trial};
use crate::report::files::RunFiles;
use crate::report::folder::OutputFolder;
use crate::report::text;
use crate::scenario::{self, Loaded};
use crate::summary::Provenance;

use super::exit::Failure;
use super::flags::{self, HtmlFlag, OutputFlags, PrecisionFlags, ScenarioFlags};
use super::progress::Progress;
use super::{notes, results};

#[derive(ClapArgs, Clone, Debug)]
pub struct Args {
    #[command(flatten)]
    scenario: ScenarioFlags,
    #[command(flatten)]
    precision: PrecisionFlags,
    #[command(flatten)]
    output: OutputFlags,
    #[command(flatten)]
    html: HtmlFlag,
}

pub const EXAMPLES: &str = "\
Examples:
  breakeven run                                     the embedded scenario variable-api
  breakeven run mine.toml --out results             a scenario of your own
  breakeven run mine.toml --set traffic.api.rate=4/s --fleet hybrid
  breakeven run mine.toml --precision 0.5% --precision-of p99
  breakeven run azure-conversation --json | jq .cheapest_meeting_slo";

/// Load, simulate, write, show.
pub fn execute(args: &Args, again: &str) -> Result<(), Failure> {
    let origin = args.scenario.origin()?;
    let loaded = scenario::load(&origin, &args.scenario.overrides()).map_err(|problems| flags::wrong(&problems))?;
    let folder = args.output.claim(&origin.stem())?;
    notes::obstacles(&loaded, &args.output);
    let trial = simulate(&loaded, args)?;
    let place = folder.path().display().to_string();
    write(folder, &trial, args, again)?;
    show(&trial, &place, args)
}

fn simulate(loaded: &Loaded, args: &Args) -> Result<Trial, Failure> {
    let progress = Progress::new("simulating", args.output.quiet);
    let precision = args.precision.precision();
    let simulate = || experiment::simulate(&loaded.scenario, &Provenance::from(loaded), precision.as_ref(), &progress);
    Ok(args.output.on_threads(simulate)??)
}

fn write(folder: OutputFolder, trial: &Trial, args: &Args, again: &str) -> Result<(), Failure> {
    let resolved = scenario::write_resolved(&trial.scenario, folder.path());
    let files = RunFiles {
        document: &trial.document,
        scenario: &trial.scenario,
        resolved: &resolved,
        replications: &trial.replications,
        jobs: &trial.jobs,
        charts: !args.output.no_charts,
        command: again,
    };
    results::publish_with_page(folder, trial.document.schema, args.html, |path| files.write(path))
}

fn show(trial: &Trial, place: &str, args: &Args) -> Result<(), Failure> {
    let output = &args.output;
    let report = |look| text::run_report(&trial.document, trial.scenario.slo.as_ref(), look);
    results::show(&trial.document, report, output)?;
    match trial.scenario.traffic.is_empty() {
        true => notes::written_exactly(place, "summary.json, CSV, Parquet", output),
        false => notes::written(place, "summary.json, CSV, Parquet", output),
    }
    notes::page(place, args.html, output);
    Ok(())
}
