//! `breakeven run`: simulate every fleet of a scenario, bill it and report.

use clap::Args as ClapArgs;

use crate::engine;
use crate::measure::Replication;
use crate::report::files::{self, RunFiles};
use crate::report::folder::OutputFolder;
use crate::report::{self, RunDocument, text};
use crate::scenario::{self, Loaded, Scenario};

use super::exit::Failure;
use super::flags::{self, OutputFlags, ScenarioFlags};
use super::progress::Progress;
use super::{interrupt, notes, terminal};

#[derive(ClapArgs, Clone, Debug)]
pub struct Args {
    #[command(flatten)]
    scenario: ScenarioFlags,
    #[command(flatten)]
    output: OutputFlags,
}

pub const EXAMPLES: &str = "\
Examples:
  breakeven run                                     the embedded scenario variable-api
  breakeven run mine.toml --out results             a scenario of your own
  breakeven run mine.toml --set traffic.api.rate=4/s --fleet hybrid
  breakeven run azure-conversation --json | jq .cheapest_meeting_slo";

/// Load, simulate, summarize, write, show.
pub fn execute(args: &Args) -> Result<(), Failure> {
    let origin = args.scenario.origin()?;
    let loaded = scenario::load(&origin, &args.scenario.overrides()).map_err(|problems| flags::wrong(&problems))?;
    let folder = args.output.claim(&origin.stem())?;
    let replications = simulate(&loaded.scenario, &args.output)?;
    let document = summarize(&loaded, &replications);
    let place = folder.path().display().to_string();
    write(folder, &document, &loaded.scenario, &replications, &args.output)?;
    show(&document, &loaded.scenario, &place, &args.output)
}

fn simulate(scenario: &Scenario, output: &OutputFlags) -> Result<Vec<Replication>, Failure> {
    let progress = Progress::new("simulating", scenario.horizon, scenario.replications, output.quiet);
    Ok(output.on_threads(|| engine::run(scenario, &|nanos| progress.advance(nanos)))??)
}

fn summarize(loaded: &Loaded, replications: &[Replication]) -> RunDocument {
    let warnings = loaded.warnings.iter().map(ToString::to_string).collect::<Vec<_>>();
    report::summarize(&loaded.scenario, &loaded.sha256, &loaded.overrides, &warnings, replications)
}

fn write(
    folder: OutputFolder,
    document: &RunDocument,
    scenario: &Scenario,
    replications: &[Replication],
    output: &OutputFlags,
) -> Result<(), Failure> {
    let resolved = scenario::write_resolved(scenario, folder.path());
    let files = RunFiles { document, scenario, resolved: &resolved, replications, charts: !output.no_charts };
    let _held_off = interrupt::hold_off();
    let staging = folder.stage(document.schema)?;
    files.write(staging.path())?;
    interrupt::check()?;
    staging.publish()?;
    Ok(())
}

fn show(document: &RunDocument, scenario: &Scenario, place: &str, output: &OutputFlags) -> Result<(), Failure> {
    if output.json {
        terminal::print(&files::json(document)?)?;
    } else {
        terminal::print(&text::run_report(document, scenario.slo.as_ref(), terminal::look()))?;
    }
    notes::written(place, "summary.json, CSV, Parquet", output);
    Ok(())
}
