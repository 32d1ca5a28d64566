//! `breakeven scenarios`: the embedded scenarios, and a file to start one's own from.

use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use clap::{Args as ClapArgs, Subcommand};

use crate::report::table::{self, Look};
use crate::scenario::{self, Embedded, Origin, Overrides, SCENARIOS, STARTER};

use super::exit::Failure;
use super::flags;
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
        None => terminal::print(&list(terminal::look())?),
        Some(Action::Show { name }) => terminal::print(found(name)?.text),
        Some(Action::New { file }) => create(file),
    }
}

fn list(look: Look) -> Result<String, Failure> {
    let mut rows = Vec::new();
    for embedded in SCENARIOS {
        let loaded = scenario::load_traffic(&Origin::Embedded(embedded.name), &Overrides::default());
        let loaded = loaded.map_err(|problems| flags::wrong(&problems))?;
        rows.push([embedded.name.to_owned(), loaded.scenario.description]);
    }
    let listing = table::listing(["scenario", "what it asks"], rows, look);
    Ok(format!(
        "{listing}\n\nOne for each use case of the guide, such as use-cases/chatbot: see breakeven use-cases.\nThe workloads of three companies, such as stages/startup/production: see breakeven stages.\n"
    ))
}

fn found(name: &str) -> Result<Embedded, Failure> {
    Embedded::named(name).copied().ok_or_else(|| {
        let names: Vec<&str> = SCENARIOS.iter().map(|scenario| scenario.name).collect();
        Failure::Wrong(format!(
            "error: no embedded scenario is called `{name}`\n  help: there are {}",
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
    file.write_all(STARTER.text.as_bytes()).map_err(|error| failed(path, &error))?;
    let shown = path.display();
    terminal::print(&format!(
        "wrote {shown}\n\nnext:  edit it, then\n       breakeven check {shown}\n       breakeven run {shown}\n"
    ))
}

fn failed(path: &Path, error: &io::Error) -> Failure {
    Failure::Failed(format!("error: cannot write {}: {error}", path.display()))
}
