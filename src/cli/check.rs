//! `breakeven check`: all mistakes and warnings of a scenario, nothing run.

use clap::Args as ClapArgs;

use crate::report::table::Look;
use crate::report::text;
use crate::scenario::{self, Loaded, Scenario};

use super::exit::Failure;
use super::flags::{self, ScenarioFlags};
use super::terminal;

#[derive(ClapArgs, Clone, Debug)]
pub struct Args {
    #[command(flatten)]
    scenario: ScenarioFlags,
}

pub const EXAMPLES: &str = "\
Examples:
  breakeven check mine.toml
  breakeven check mine.toml --set fleet.serverless.keep_alive=5s";

pub fn execute(args: &Args) -> Result<(), Failure> {
    let origin = args.scenario.origin()?;
    let loaded = scenario::load(&origin, &args.scenario.overrides()).map_err(|problems| flags::wrong(&problems))?;
    terminal::print(&findings(&loaded, terminal::look()))
}

fn findings(loaded: &Loaded, look: Look) -> String {
    let mut said = loaded.render_warnings(look.color);
    let green = anstyle::AnsiColor::Green.on_default().bold();
    text::labelled(&mut said, "ok: ", &contents(&loaded.scenario), green, look);
    said
}

/// `Variable API: 1 class of traffic, 3 fleets, 10 replications of 8d`.
fn contents(scenario: &Scenario) -> String {
    let parts = [
        (scenario.traffic.len(), "class of traffic", "classes of traffic"),
        (scenario.jobs.len(), "class of jobs", "classes of jobs"),
        (scenario.fleets.len(), "fleet", "fleets"),
    ];
    let parts: Vec<String> = parts
        .into_iter()
        .filter(|(count, _, _)| *count > 0)
        .map(|(count, one, many)| counted(count, one, many))
        .chain([counted(scenario.replications as usize, "replication", "replications")])
        .collect();
    format!("{}: {} of {}", scenario.name, parts.join(", "), scenario.horizon)
}

fn counted(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}
