//! `breakeven use-cases`: what the guide recommends for nine use cases, beside what is simulated.

use std::path::Path;

use clap::Args as ClapArgs;
use clap::builder::PossibleValuesParser;
use jiff::civil::Date;

use crate::advice::{self, Study};
use crate::guide::{USE_CASES, UseCase};
use crate::report::use_cases::{UseCasesDocument, use_cases_report, write_use_cases};
use crate::scenario::{self, Loaded};

use super::exit::Failure;
use super::flags::{self, HtmlFlag, OutputFlags};
use super::progress::Progress;
use super::{notes, results};

#[derive(ClapArgs, Clone, Debug)]
pub struct Args {
    /// Only this use case [default: all]
    #[arg(value_parser = PossibleValuesParser::new(USE_CASES.map(|use_case| use_case.name)))]
    name: Option<String>,

    /// Seed of all random numbers
    #[arg(long, value_name = "N")]
    seed: Option<u64>,

    /// Warn of prices and presets of the catalogue that are more than 180 days old on this day
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = flags::day)]
    today: Option<Date>,

    #[command(flatten)]
    output: OutputFlags,
    #[command(flatten)]
    html: HtmlFlag,
}

pub const EXAMPLES: &str = "\
Examples:
  breakeven use-cases                               all nine
  breakeven use-cases chatbot                       one, with its fleets
  breakeven scenarios show use-cases/chatbot        what is simulated, and why it has that size
  breakeven run use-cases/chatbot                   the same fleets in full
  breakeven use-cases --json | jq '.use_cases[] | select(.agrees | not)'";

/// Load, simulate, write, show.
pub fn execute(args: &Args, again: &str) -> Result<(), Failure> {
    let is_asked = |use_case: &&UseCase| args.name.as_deref().is_none_or(|name| name == use_case.name);
    let asked: Vec<(&'static UseCase, Loaded)> = USE_CASES
        .iter()
        .filter(is_asked)
        .map(|use_case| Ok((use_case, load(use_case, args)?)))
        .collect::<Result<_, Failure>>()?;
    let folder = args.output.claim("use-cases")?;
    let studies = simulate(&asked, &args.output)?;
    let document = UseCasesDocument::new(&studies);
    let place = folder.path().display().to_string();
    let scenarios = asked.iter().map(|(use_case, loaded)| {
        (format!("use-cases/{}", use_case.name), scenario::write_resolved(&loaded.scenario, folder.path()))
    });
    let made = (scenarios.collect(), again);
    let charts = !args.output.no_charts;
    let fill = |path: &Path| write_use_cases(&document, made, charts, path);
    results::publish_with_page(folder, document.schema, args.html, fill)?;
    results::show(&document, |look| use_cases_report(&document, look), &args.output)?;
    notes::written(&place, "use-cases.json, Parquet", &args.output);
    notes::page(&place, args.html, &args.output);
    Ok(())
}

fn load(use_case: &UseCase, args: &Args) -> Result<Loaded, Failure> {
    flags::embedded(&format!("use-cases/{}", use_case.name), args.seed, args.today)
}

fn simulate(asked: &[(&'static UseCase, Loaded)], output: &OutputFlags) -> Result<Vec<Study>, Failure> {
    let progress = Progress::new("simulating", output.quiet);
    let all = || asked.iter().map(|(use_case, loaded)| advice::study(use_case, loaded, &progress)).collect();
    let studies: Result<Vec<Study>, _> = output.on_threads(all)?;
    Ok(studies?)
}
