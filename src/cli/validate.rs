//! `breakeven validate`: the closed forms and measured workloads that the simulator is held against, on this machine.

use clap::Args as ClapArgs;

use crate::engine::{self, Advance};
use crate::experiment::Watch;
use crate::report::files;
use crate::report::validation::validation_report;
use crate::unit::Span;
use crate::validation::{self, GROUPS, Verdict};

use super::exit::Failure;
use super::progress::Progress;
use super::terminal;

#[derive(ClapArgs, Clone, Debug)]
pub struct Args {
    /// Seed of all random numbers
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u64).range(..=i64::MAX as u64))]
    seed: u64,

    /// Threads [default: one a processor]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    threads: Option<u16>,

    /// Write one JSON list of the checks to standard output, and nothing else there
    #[arg(long)]
    json: bool,

    /// No progress bar
    #[arg(long)]
    quiet: bool,
}

pub const EXAMPLES: &str = "\
Examples:
  breakeven validate                               every check on a line
  breakeven validate --seed 2                      with other random numbers
  breakeven validate --json | jq '.[].verdict'     for a program

Exit status: 0 when every check agrees, 1 when one does not.";

/// Simulates what is known, and compares.
pub fn execute(args: &Args) -> Result<(), Failure> {
    let progress = Progress::new("validating", args.quiet);
    // Groups of checks take about as long as each other.
    let group = Span::SECOND.nanos();
    progress.planned(GROUPS as u64 * group);
    let done = || {
        let _ = progress.advanced(Advance { nanos: group, requests: 0 });
    };
    let validate = || validation::validate(args.seed, &done);
    let checks = engine::on_threads(usize::from(args.threads.unwrap_or(0)), validate);
    let checks = checks.map_err(|error| Failure::Failed(format!("error: {error}")))?;
    drop(progress);
    match args.json {
        true => terminal::print(&files::json(&checks)?)?,
        false => terminal::print(&validation_report(&checks, terminal::look()))?,
    }
    match checks.iter().filter(|check| check.verdict == Verdict::Disagrees).count() {
        0 => Ok(()),
        1 => Err(Failure::Failed("error: one check disagrees".to_owned())),
        count => Err(Failure::Failed(format!("error: {count} checks disagree"))),
    }
}
