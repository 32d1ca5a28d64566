//! `breakeven advise`: the guide's rules for a workload, and what is simulated of it beside them.

use std::fs;
use std::io::{self, IsTerminal};
use std::path::{Path, PathBuf};

use clap::Args as ClapArgs;
use jiff::civil::Date;

use crate::advice::{self, Advice, AdviseError, Source};
use crate::engine;
use crate::guide::Answers;
use crate::report::advise::{AdviseDocument, advise_report};
use crate::report::files;
use crate::report::folder::OutputFolder;
use crate::report::html::{AdviseFiles, PAGE};
use crate::scenario::{self, AnswersFile, Origin, Overrides};

use super::exit::Failure;
use super::flags::{self, HtmlFlag, day};
use super::progress::Progress;
use super::{prompt, results, terminal};

#[derive(ClapArgs, Clone, Debug)]
pub struct Args {
    /// A scenario file or the name of an embedded one: what it says of itself is read, and it is what is simulated
    scenario: Option<String>,

    /// A TOML file of answers, with the keys that the flags below have in snake_case
    #[arg(long, value_name = "FILE.toml")]
    answers: Option<PathBuf>,

    #[command(flatten)]
    typed: AnswerFlags,

    /// Only the guide's rules; nothing is simulated
    #[arg(long)]
    rules_only: bool,

    /// Change the scenario that is simulated; may be repeated
    #[arg(long, value_name = "PATH=VALUE")]
    set: Vec<String>,

    /// Seed of all random numbers
    #[arg(long, value_name = "N")]
    seed: Option<u64>,

    /// Independent repetitions, which give the intervals
    #[arg(long, value_name = "N")]
    replications: Option<u32>,

    /// When arrivals stop, such as 8d or 12h
    #[arg(long, value_name = "D")]
    horizon: Option<String>,

    /// Warn of prices and presets of the catalogue that are more than 180 days old on this day
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = day)]
    today: Option<Date>,

    /// Threads [default: one a processor]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    threads: Option<u16>,

    /// Write one JSON document to standard output, and nothing else there
    #[arg(long)]
    json: bool,

    /// No progress bar
    #[arg(long)]
    quiet: bool,

    /// Write a report to read, send and print, too: report.html, one file, in a folder with its charts
    #[arg(long)]
    html: bool,

    /// Folder of the report [default: output/advise]
    #[arg(long, value_name = "DIR", requires = "html")]
    out: Option<PathBuf>,
}

/// The answers as they are typed; read by the reader of the answers file.
#[derive(ClapArgs, Clone, Debug)]
#[command(next_help_heading = "Answers, each of which may be left out")]
struct AnswerFlags {
    /// Is the work training, of any kind?
    #[arg(long, value_name = "true|false", num_args = 0..=1, default_missing_value = "true")]
    training: Option<String>,

    /// How long one request or task takes on a warm instance, such as 50ms or 20min
    #[arg(long, value_name = "D")]
    task_length: Option<String>,

    /// Within what time an answer is needed, such as 500ms
    #[arg(long, value_name = "D")]
    latency: Option<String>,

    /// Can the traffic be foreseen?
    #[arg(long, value_name = "true|false", num_args = 0..=1, default_missing_value = "true")]
    predictable: Option<String>,

    /// The share of the time that a dedicated GPU is expected to be busy, from 0 to 1
    #[arg(long, value_name = "SHARE")]
    utilization: Option<String>,

    /// What the team knows of infrastructure
    #[arg(long, value_name = "limited|strong")]
    expertise: Option<String>,

    /// The control of the machines that is needed; full control is a hard constraint
    #[arg(long, value_name = "full|standard")]
    control: Option<String>,

    /// Who runs the service
    #[arg(long, value_name = "limited|team")]
    devops: Option<String>,

    /// Whether the bill may vary
    #[arg(long, value_name = "variable|fixed")]
    budget: Option<String>,

    /// The isolation that is needed; strict isolation is a hard constraint
    #[arg(long, value_name = "strict|standard")]
    compliance: Option<String>,

    /// What is known of next year's traffic
    #[arg(long, value_name = "uncertain|clear")]
    growth: Option<String>,

    /// May some requests wait for a cold start?
    #[arg(long, value_name = "true|false", num_args = 0..=1, default_missing_value = "true")]
    cold_start_ok: Option<String>,

    /// Requests a month, a whole number
    #[arg(long, value_name = "N")]
    requests_per_month: Option<String>,

    /// What all GPUs may cost a month, such as $5000
    #[arg(long, value_name = "USD")]
    monthly_gpu_budget: Option<String>,
}

pub const EXAMPLES: &str = "\
Examples:
  breakeven advise                                  asks the questions, each of which may be skipped
  breakeven advise --answers mine.toml              answers from a file, such as
                                                      task_length = \"50ms\"
                                                      requests_per_month = 1440000
  breakeven advise --training false --latency 2s --predictable true --utilization 0.6 --task-length 300ms
  breakeven advise variable-api                     a scenario answers for itself and is simulated
  breakeven advise mine.toml --compliance strict    what it does not say, such as hard constraints, is added
  breakeven advise --answers mine.toml --rules-only --json | jq .flowchart

Without a scenario, what is simulated is what the answers imply: a serverless, a dedicated and a hybrid fleet of A100 GPUs of
80 GB at prices of the catalogue. It takes --task-length, and --requests-per-month or --utilization.";

/// Ask or read, simulate, show.
pub fn execute(args: &Args, again: &str) -> Result<(), Failure> {
    let folder = args.html.then(|| args.claim()).transpose()?;
    let typed = answers(args)?;
    let advice = match &args.scenario {
        Some(scenario) => of_scenario(scenario, &typed, args)?,
        None => of_answers(&typed, args)?,
    };
    let document = AdviseDocument::new(&advice);
    let place = folder.map(|folder| write(folder, &advice, &document, again)).transpose()?;
    match args.json {
        true => terminal::print(&files::json(&document)?),
        false => terminal::print(&advise_report(&advice, &document, terminal::look())),
    }?;
    if let Some(place) = place.filter(|_| !args.quiet) {
        terminal::note(&format!("\nreport: {}\n", place.join(PAGE).display()));
    }
    Ok(())
}

/// The report and its charts; says where.
fn write(folder: OutputFolder, advice: &Advice, document: &AdviseDocument, again: &str) -> Result<PathBuf, Failure> {
    let place = folder.path().to_owned();
    let simulated = advice.simulated.as_ref();
    let resolved = simulated.map(|simulated| scenario::write_resolved(&simulated.trial.scenario, &place));
    let files = AdviseFiles { advice, document, resolved: resolved.as_deref(), command: again };
    results::publish_with_page(folder, document.schema, HtmlFlag { html: true }, |path| files.write(path))?;
    Ok(place)
}

/// From the file and the flags; where there is neither, and no scenario, from the terminal.
fn answers(args: &Args) -> Result<Answers, Failure> {
    let typed = args.typed.pairs();
    let file = args.answers.as_ref().map(read_file).transpose()?;
    if args.scenario.is_none() && file.is_none() && typed.is_empty() {
        let is_asked = !args.json && io::stdin().is_terminal() && io::stdout().is_terminal();
        return if is_asked { prompt::ask() } else { Err(Failure::Wrong(NO_ANSWER.to_owned())) };
    }
    scenario::read_answers(file.as_ref(), &typed).map_err(|problems| flags::wrong(&problems))
}

const NO_ANSWER: &str = "error: no question is answered, and there is no terminal to ask at\n  help: name a scenario, or give answers \
                         with --answers FILE.toml or flags such as --task-length 50ms (see breakeven advise --help)";

fn read_file(path: &PathBuf) -> Result<AnswersFile, Failure> {
    let name = path.display().to_string();
    let text = fs::read_to_string(path).map_err(|error| {
        Failure::Wrong(format!("error: cannot read the answers {name}: {error}\n  help: check the path"))
    })?;
    Ok(AnswersFile { name, text })
}

fn of_scenario(text: &str, typed: &Answers, args: &Args) -> Result<Advice, Failure> {
    let origin = Origin::of(text).map_err(|error| Failure::Wrong(format!("error: {error}")))?;
    let loaded = scenario::load(&origin, &args.overrides()).map_err(|problems| flags::wrong(&problems))?;
    let progress = Progress::new("simulating", args.quiet);
    let advise = || advice::advise_scenario(typed, &loaded, !args.rules_only, &progress);
    args.on_threads(advise)?.map_err(failure)
}

fn of_answers(answers: &Answers, args: &Args) -> Result<Advice, Failure> {
    if args.rules_only {
        return Ok(advice::rules(answers, Source::Answers));
    }
    let progress = Progress::new("simulating", args.quiet);
    let advise = || advice::advise(answers, &args.overrides(), &progress);
    args.on_threads(advise)?.map_err(failure)
}

fn failure(error: AdviseError) -> Failure {
    match error {
        AdviseError::Problems(problems) => flags::wrong(&problems),
        AdviseError::Trace(error) => error.into(),
    }
}

impl Args {
    fn claim(&self) -> Result<OutputFolder, Failure> {
        let path = self.out.clone().unwrap_or_else(|| Path::new("output").join("advise"));
        Ok(OutputFolder::claim(&path)?)
    }

    fn overrides(&self) -> Overrides {
        Overrides {
            set: self.set.clone(),
            seed: self.seed,
            replications: self.replications,
            horizon: self.horizon.clone(),
            today: self.today,
            fleets: Vec::new(),
            plan: None,
        }
    }

    fn on_threads<T: Send>(&self, work: impl FnOnce() -> T + Send) -> Result<T, Failure> {
        let threads = usize::from(self.threads.unwrap_or(0));
        engine::on_threads(threads, work).map_err(|error| Failure::Failed(format!("error: {error}")))
    }
}

impl AnswerFlags {
    /// Those that were given, by the keys of the answers file.
    fn pairs(&self) -> Vec<(&'static str, String)> {
        let all = [
            ("training", &self.training),
            ("task_length", &self.task_length),
            ("latency", &self.latency),
            ("predictable", &self.predictable),
            ("utilization", &self.utilization),
            ("expertise", &self.expertise),
            ("control", &self.control),
            ("devops", &self.devops),
            ("budget", &self.budget),
            ("compliance", &self.compliance),
            ("growth", &self.growth),
            ("cold_start_ok", &self.cold_start_ok),
            ("requests_per_month", &self.requests_per_month),
            ("monthly_gpu_budget", &self.monthly_gpu_budget),
        ];
        all.into_iter().filter_map(|(key, value)| Some((key, value.clone()?))).collect()
    }
}
