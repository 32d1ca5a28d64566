//! `breakeven scenarios`: the embedded scenarios, and a file to start one's own from.

use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use clap::{Args as ClapArgs, Subcommand};

use crate::report::table::{self, Look};
use crate::scenario::embedded::{self, Embedded};

use super::exit::Failure;
use super::terminal;

#[derive(ClapArgs, Clone, Debug)]
pub struct Args {
    #[command(subcommand)]
    action: Option<Action>,
}

#[derive(Subcommand, Clone, Debug)]
enum Action {
    /// Print an embedded scenario
    Show {
        /// As `breakeven scenarios` lists it
        name: String,
    },
    /// Write a commented scenario file to start from
    New {
        /// It must not exist yet
        file: PathBuf,
    },
}

pub const EXAMPLES: &str = "\
Examples:
  breakeven scenarios                     list the embedded scenarios
  breakeven scenarios show variable-api   print one
  breakeven scenarios new mine.toml       write a commented file to start from";

pub fn execute(args: &Args) -> Result<(), Failure> {
    match &args.action {
        None => terminal::print(&list(terminal::look())),
        Some(Action::Show { name }) => terminal::print(found(name)?.text),
        Some(Action::New { file }) => create(file),
    }
}

fn list(look: Look) -> String {
    let rows = embedded::ALL.iter().map(|scenario| [scenario.name, scenario.description]);
    let mut text = table::listing(["scenario", "what it asks"], rows, look);
    text.push('\n');
    text
}

fn found(name: &str) -> Result<&'static Embedded, Failure> {
    embedded::named(name).ok_or_else(|| {
        let names: Vec<&str> = embedded::ALL.iter().map(|scenario| scenario.name).collect();
        Failure::Wrong(format!(
            "error: no embedded scenario is called {name}\n  help: there are {}",
            names.join(", ")
        ))
    })
}

fn create(path: &Path) -> Result<(), Failure> {
    let mut file = File::create_new(path).map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => Failure::Wrong(format!(
            "error: {} exists already and is left as it is\n  help: name another file",
            path.display()
        )),
        _ => failed(path, &error),
    })?;
    file.write_all(embedded::STARTER.as_bytes())
        .map_err(|error| failed(path, &error))?;
    let shown = path.display();
    terminal::print(&format!(
        "wrote {shown}\n\nnext:  edit it, then\n       breakeven check {shown}\n       breakeven run {shown}\n"
    ))
}

fn failed(path: &Path, error: &io::Error) -> Failure {
    Failure::Failed(format!("error: cannot write {}: {error}", path.display()))
}
