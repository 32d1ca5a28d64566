//! `breakeven report`: the page of a folder that another command filled.

use std::path::PathBuf;

use clap::Args as ClapArgs;

use crate::report::html::{self, NoReport};

use super::exit::Failure;
use super::terminal;

#[derive(ClapArgs, Clone, Debug)]
pub struct Args {
    /// The folder of a finished run, curve, matrix, sweep, plan, use-cases or advise
    #[arg(value_name = "DIR")]
    folder: PathBuf,

    /// No message; errors only
    #[arg(long)]
    quiet: bool,
}

pub const EXAMPLES: &str = "\
Examples:
  breakeven report output/variable-api              writes output/variable-api/report.html
  breakeven run mine.toml --html                    the same, as soon as it is simulated

One file without anything in it that is loaded from elsewhere: to read, to send, to print. Nothing is simulated.";

/// Read, write, say where.
pub fn execute(args: &Args) -> Result<(), Failure> {
    let path = html::write_page(&args.folder)?;
    match args.quiet {
        true => Ok(()),
        false => terminal::print(&format!("wrote {}\n", path.display())),
    }
}

impl From<NoReport> for Failure {
    fn from(error: NoReport) -> Failure {
        match error {
            NoReport::Failed(error) => error.into(),
            wrong => Failure::Wrong(format!("error: {wrong}")),
        }
    }
}
