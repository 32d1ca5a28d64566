//! The command line: what was typed, resolved once into what the library needs. One file a subcommand.

mod advise;
mod again;
mod catalog;
mod check;
mod compare;
mod curve;
pub mod exit;
mod flags;
mod interrupt;
mod matrix;
mod merge;
mod mistakes;
mod notes;
mod plan;
mod progress;
mod prompt;
mod report;
mod results;
mod run;
mod scenarios;
mod serve;
mod stages;
mod sweep;
mod terminal;
mod traffic;
mod use_cases;
mod validate;

use std::ffi::OsString;

use clap::{Parser, Subcommand};

use exit::Failure;

const ABOUT: &str = "Which GPU fleet is cheapest at the latency you need?";

const LONG_ABOUT: &str = "\
Which GPU fleet is cheapest at the latency you need: serverless, dedicated, or a mix?

breakeven simulates every request of a scenario against every fleet, so that queues, cold starts, idle time and \
rounded bills are in the answer.";

const EXAMPLES: &str = "\
Examples:
  breakeven run                        compare the fleets of the embedded scenario
  breakeven curve                      at what volume does the answer change?
  breakeven plan                       which fleet to buy, of all sizes and settings?
  breakeven advise                     serverless or dedicated? Rules of thumb, and a simulation
  breakeven scenarios new mine.toml    write a commented scenario to start from
  breakeven check mine.toml            find all mistakes in it
  breakeven run mine.toml              simulate, bill, report

Exit status:
  0 done; 1 the run failed; 2 the scenario, a trace or the command line is wrong; 130 interrupted";

/// The command line of `breakeven`.
#[derive(Parser, Debug)]
#[command(name = "breakeven", version, about = ABOUT, long_about = LONG_ABOUT, after_help = EXAMPLES)]
pub struct CommandLine {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand, Debug)]
enum Command {
    /// Simulate the fleets of a scenario: cost, latency, and which is the cheapest
    #[command(after_help = run::EXAMPLES)]
    Run(run::Args),
    /// Simulate the fleets over a range of volumes: cost, latency, and where the cheapest changes
    #[command(after_help = curve::EXAMPLES)]
    Curve(curve::Args),
    /// Simulate the fleets by utilisation and length of a request, beside the guide's rule of thumb
    #[command(after_help = matrix::EXAMPLES)]
    Matrix(matrix::Args),
    /// Two scenarios or finished runs side by side: what changed, and what it does to cost and latency
    #[command(after_help = compare::EXAMPLES)]
    Compare(Box<compare::Args>),
    /// The guide's four mistakes, each simulated wrong and right, in dollars a month
    #[command(after_help = mistakes::EXAMPLES)]
    Mistakes(mistakes::Args),
    /// Search designs of fleets for the one to buy: the cheapest that meets the objective, and how sure that is
    #[command(after_help = plan::EXAMPLES)]
    Plan(plan::Args),
    /// Simulate a scenario at every combination of values of some of its paths
    #[command(after_help = sweep::EXAMPLES)]
    Sweep(sweep::Args),
    /// Join the parts of a sweep or a plan that `--shard` made
    #[command(after_help = merge::EXAMPLES)]
    Merge(merge::Args),
    /// The guide's rules for a workload, by your answers or a scenario, and the simulation beside them
    #[command(after_help = advise::EXAMPLES)]
    Advise(Box<advise::Args>),
    /// The report of a finished folder as one HTML file
    #[command(after_help = report::EXAMPLES)]
    Report(report::Args),
    /// Find all mistakes and warnings of a scenario without running it
    #[command(after_help = check::EXAMPLES)]
    Check(check::Args),
    /// What GPUs cost: the prices that scenarios may name, each with its source, date and certainty
    #[command(after_help = catalog::EXAMPLES)]
    Catalog(catalog::Args),
    /// List the embedded scenarios, print one, or write a file to start from
    #[command(after_help = scenarios::EXAMPLES)]
    Scenarios(scenarios::Args),
    /// Generate the requests of a scenario alone: their rate, their bursts, a file of them
    #[command(after_help = traffic::EXAMPLES)]
    Traffic(traffic::Args),
    /// The guide's use cases: what it recommends, and which fleet is simulated to be the cheapest
    #[command(after_help = use_cases::EXAMPLES)]
    UseCases(use_cases::Args),
    /// The guide's plans for companies of three sizes beside other plans, and when a move pays as one grows
    #[command(after_help = stages::EXAMPLES)]
    Stages(stages::Args),
    /// Serve a page of sliders and charts, and a JSON API, to a browser on this machine
    #[command(after_help = serve::EXAMPLES)]
    Serve(serve::Args),
    /// Hold the simulator against closed forms and measured workloads, on this machine
    #[command(after_help = validate::EXAMPLES)]
    Validate(validate::Args),
}

/// Does what a command line asks.
///
/// # Errors
/// See [`Failure`].
pub fn execute(arguments: impl IntoIterator<Item = OsString>) -> Result<(), Failure> {
    let arguments: Vec<OsString> = arguments.into_iter().collect();
    let again = again::again(&arguments);
    let line = CommandLine::try_parse_from(arguments)?;
    interrupt::install();
    match &line.command {
        Command::Run(args) => run::execute(args, &again),
        Command::Plan(args) => plan::execute(args, &again),
        Command::Sweep(args) => sweep::execute(args, &again),
        Command::Merge(args) => merge::execute(args),
        Command::Curve(args) => curve::execute(args, &again),
        Command::Matrix(args) => matrix::execute(args, &again),
        Command::Advise(args) => advise::execute(args, &again),
        Command::Compare(args) => compare::execute(args),
        Command::Mistakes(args) => mistakes::execute(args),
        Command::Report(args) => report::execute(args),
        Command::Check(args) => check::execute(args),
        Command::Catalog(args) => catalog::execute(args),
        Command::Scenarios(args) => scenarios::execute(args),
        Command::Traffic(args) => traffic::execute(args),
        Command::UseCases(args) => use_cases::execute(args, &again),
        Command::Stages(args) => stages::execute(args),
        Command::Serve(args) => serve::execute(args),
        Command::Validate(args) => validate::execute(args),
    }
}
