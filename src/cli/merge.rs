//! `breakeven merge`: join the parts of a sweep or of a plan.

use std::path::{Path, PathBuf};

use clap::Args as ClapArgs;

use crate::report::folder::OutputFolder;
use crate::report::html;
use crate::report::plan::{JoinError, PlanParts};
use crate::report::sweep::document::SWEEP_SCHEMA;
use crate::report::sweep::files::{Assembly, Made};
use crate::report::sweep::merge::{MergeError, Parts};
use crate::report::sweep::overview::Overview;

use super::exit::Failure;
use super::flags::{HtmlFlag, OutputFlags};
use super::{interrupt, notes, results, sweep, terminal};

#[derive(ClapArgs, Clone, Debug)]
pub struct Args {
    /// Folders that `breakeven sweep --shard I/N` wrote, or breakeven plan, one a part
    #[arg(value_name = "DIR", required = true)]
    parts: Vec<PathBuf>,

    /// Folder of the joined results
    #[arg(long, value_name = "DIR")]
    out: PathBuf,

    /// Write no charts
    #[arg(long)]
    no_charts: bool,

    /// Write one JSON document to standard output, and nothing else there
    #[arg(long)]
    json: bool,

    /// No messages; results and errors only
    #[arg(long)]
    quiet: bool,

    #[command(flatten)]
    html: HtmlFlag,
}

pub const EXAMPLES: &str = "\
Examples:
  breakeven merge part-1 part-2 part-3 part-4 --out output/whole
  breakeven merge output/mine-*-of-4 --out output/mine

The result has the same bytes as that of the sweep in one piece. Parts of a plan are joined to a folder in which the plan of
the whole goes on: breakeven plan mine.toml --out output/mine";

/// Find every cell, put the files together, show.
pub fn execute(args: &Args) -> Result<(), Failure> {
    if let Some(part) = args.parts.iter().find(|part| is_same(part, &args.out)) {
        let part = part.display();
        return Err(Failure::Wrong(format!("error: --out {part} is one of the parts\n  help: choose another folder")));
    }
    if PlanParts::are_given(&args.parts) {
        return join_plan(args);
    }
    let folder = OutputFolder::claim(&args.out)?;
    let parts = Parts::of(&args.parts)?;
    let overview = write(folder, &parts, args)?;
    sweep::show(&overview, &args.out, &args.output())?;
    notes::page(&args.out.display().to_string(), args.html, &args.output());
    Ok(())
}

/// What the parts of a plan have simulated, in one folder; the plan of the whole decides.
fn join_plan(args: &Args) -> Result<(), Failure> {
    let _held_off = interrupt::hold_off();
    PlanParts::of(&args.parts)?.join(&args.out)?;
    if !args.quiet {
        let out = args.out.display();
        terminal::note(&format!(
            "joined in {out}; decide with the same breakeven plan and --out {out}, without --shard\n"
        ));
    }
    Ok(())
}

fn write(folder: OutputFolder, parts: &Parts, args: &Args) -> Result<Overview, Failure> {
    let _held_off = interrupt::hold_off();
    let staging = folder.stage(SWEEP_SCHEMA)?;
    parts.manifest.write(staging.path())?;
    let mut assembly = Assembly::new(staging.path(), &parts.manifest, &parts.grid)?;
    for (cell, place) in parts.cells() {
        interrupt::check()?;
        assembly.add(place, cell)?;
    }
    let overview = assembly.finish(!args.no_charts, &made(&args.parts))?;
    results::page(staging.path(), args.html)?;
    staging.publish()?;
    Ok(overview)
}

/// As the first part says it that says it: all were made by one command.
fn made(parts: &[PathBuf]) -> Made {
    let told = parts.iter().find_map(|part| html::kept(part).ok());
    told.map_or_else(Made::default, |page| Made {
        command: page.assumptions.command,
        scenarios: page.assumptions.scenarios,
    })
}

fn is_same(one: &Path, two: &Path) -> bool {
    one.canonicalize().ok().zip(two.canonicalize().ok()).is_some_and(|(one, two)| one == two)
}

impl Args {
    fn output(&self) -> OutputFlags {
        let out = Some(self.out.clone());
        OutputFlags { threads: None, out, no_charts: self.no_charts, json: self.json, quiet: self.quiet }
    }
}

impl From<MergeError> for Failure {
    fn from(error: MergeError) -> Failure {
        match error {
            MergeError::Failed(error) => error.into(),
            error => Failure::Wrong(format!("error: {error}")),
        }
    }
}

impl From<JoinError> for Failure {
    fn from(error: JoinError) -> Failure {
        match error {
            JoinError::Open(error) => error.into(),
            JoinError::Failed(error) => error.into(),
            error => Failure::Wrong(format!("error: {error}")),
        }
    }
}
