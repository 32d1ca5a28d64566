//! `breakeven mistakes`: the guide's four mistakes, each simulated wrong and right.

use clap::Args as ClapArgs;
use clap::builder::PossibleValuesParser;

use crate::advice::{MistakeSummary, examine_mistake, scenario_of};
use crate::guide::Mistake;
use crate::report::files;
use crate::report::folder::OutputFolder;
use crate::report::mistakes::{MistakesDocument, mistakes_report};
use crate::scenario::{self, Origin, Overrides};

use super::exit::Failure;
use super::flags::{self, OutputFlags};
use super::progress::Progress;
use super::{notes, results};

#[derive(ClapArgs, Clone, Debug)]
pub struct Args {
    /// Only this one; all four where none is named
    #[arg(value_name = "NAME", value_parser = PossibleValuesParser::new(Mistake::ALL.map(Mistake::name)))]
    mistakes: Vec<String>,

    /// Seed of all random numbers [default: that of each scenario]
    #[arg(long, value_name = "N")]
    seed: Option<u64>,

    /// Independent repetitions, which give the intervals [default: those of each scenario]
    #[arg(long, value_name = "N")]
    replications: Option<u32>,

    #[command(flatten)]
    output: OutputFlags,
}

pub const EXAMPLES: &str = "\
Examples:
  breakeven mistakes                               all four, each wrong and right
  breakeven mistakes cold-starts --seed 2          one of them, with other random numbers
  breakeven mistakes --json | jq '.mistakes[] | [.name, .saving_usd_per_month.mean]'
  breakeven run mistakes/over-provisioned          the scenario of one, to see all of its figures

Each is an embedded scenario, mistakes/NAME, with the wrong and the right as fleets of it.";

/// Load, simulate, write, show.
pub fn execute(args: &Args) -> Result<(), Failure> {
    let folder = args.output.claim("mistakes")?;
    let document = MistakesDocument::new(simulate(args)?);
    let place = folder.path().display().to_string();
    write(folder, &document)?;
    results::show(&document, |look| mistakes_report(&document, look), &args.output)?;
    notes::written_exactly(&place, "mistakes.json", &args.output);
    Ok(())
}

fn simulate(args: &Args) -> Result<Vec<MistakeSummary>, Failure> {
    let overrides = Overrides { seed: args.seed, replications: args.replications, ..Overrides::default() };
    let asked = |mistake: &Mistake| args.mistakes.is_empty() || args.mistakes.iter().any(|name| name == mistake.name());
    let mut found = Vec::new();
    for mistake in Mistake::ALL.into_iter().filter(asked) {
        let loaded = scenario::load(&Origin::Embedded(scenario_of(mistake)), &overrides);
        let loaded = loaded.map_err(|problems| flags::wrong(&problems))?;
        let progress = Progress::new(mistake.title(), args.output.quiet);
        found.push(args.output.on_threads(|| examine_mistake(mistake, &loaded, &progress))??);
    }
    Ok(found)
}

fn write(folder: OutputFolder, document: &MistakesDocument) -> Result<(), Failure> {
    results::publish(folder, document.schema, |path| {
        files::write_text(&path.join("mistakes.json"), &files::json(document)?)
    })
}
