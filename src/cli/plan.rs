//! `breakeven plan`: the fleet to buy.

use std::path::{Path, PathBuf};

use clap::Args as ClapArgs;
use clap::builder::PossibleValuesParser;

use crate::experiment::Shard;
use crate::experiment::plan::{
    Archive, GrowthQuestion, PlanAnswer, Review, ReviewQuestions, Tally, answer, review, search, usual_plan,
};
use crate::report::plan::{PlanDocument, PlanFiles, PlanFolder, PlanManifest, plan_report};
use crate::scenario::{self, Loaded, Origin, Overrides, Plan, PlanObjective, Scenario, parse_span};
use crate::summary::Provenance;
use crate::unit::Span;

use super::exit::Failure;
use super::flags::{self, HtmlFlag, OutputFlags, ScenarioFlags};
use super::progress::Progress;
use super::{interrupt, notes, results, terminal};

#[derive(ClapArgs, Clone, Debug)]
pub struct Args {
    #[command(flatten)]
    scenario: ScenarioFlags,

    /// What the best is [default: least-cost; with --budget least-latency]
    #[arg(long, value_name = "WHAT", value_parser = PossibleValuesParser::new(PlanObjective::ALL.map(|(name, _)| name)))]
    objective: Option<String>,

    /// The most that a month may cost, such as $5000/month
    #[arg(long, value_name = "PRICE")]
    budget: Option<String>,

    /// The quantile of latency that is weighed against cost
    #[arg(long, value_name = "QUANTILE", value_parser = PossibleValuesParser::new(Plan::LATENCIES))]
    latency: Option<String>,

    /// Designs that differ by less than this share are as good as each other, such as 1%
    #[arg(long, value_name = "SHARE", value_parser = flags::share)]
    indifference: Option<f64>,

    /// How sure the answer is to be, such as 95%
    #[arg(long, value_name = "SHARE", value_parser = flags::share)]
    confidence: Option<f64>,

    /// The most replications of a design in the search [default: 64]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(2..=100_000))]
    max_replications: Option<u32>,

    /// Only the search: not what the cost and the choice hang on, nor what a wrong forecast costs
    #[arg(long)]
    quick: bool,

    /// Look for changes of the choice far beyond half and one and a half times of a factor
    #[arg(long, conflicts_with = "quick")]
    thorough: bool,

    /// The volume grows so much a month: when to add, reserve and switch
    #[arg(long, value_name = "SHARE", value_parser = flags::share)]
    growth: Option<f64>,

    /// The months of --growth
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=120), default_value_t = 36, requires = "growth")]
    months: u32,

    /// How much room the fleet has: the largest volume, spikes, lost instances, the worst month
    #[arg(long)]
    head_room: bool,

    /// The length of the spikes of --head-room
    #[arg(long, value_name = "D", value_parser = length, default_value = "10min", requires = "head_room")]
    spike: Span,

    /// Search only a part of the designs, counted from 1, such as 2/4; `breakeven merge` joins the parts
    #[arg(long, value_name = "I/N")]
    shard: Option<Shard>,

    #[command(flatten)]
    output: OutputFlags,
    #[command(flatten)]
    html: HtmlFlag,
}

pub const EXAMPLES: &str = "\
Examples:
  breakeven plan                                   the embedded scenario, over its usual knobs
  breakeven plan mine.toml --budget $5000/month    the least latency for the money
  breakeven plan mine.toml --objective frontier    cost against p99, nothing decided
  breakeven plan mine.toml --indifference 2% --confidence 99%
  breakeven plan mine.toml --growth 5% --head-room what a capacity review asks
  breakeven plan mine.toml --shard 2/4 --out part-2

What is searched is written in the scenario under [plan]; without it, the fleets of the scenario and hybrids of them are
searched over size, keep-alive, minimum instances and base. Killed at any moment and started again, a plan continues.";

/// Load, search, simulate what was found, write, show.
pub fn execute(args: &Args, again: &str) -> Result<(), Failure> {
    let origin = args.scenario.origin()?;
    let (loaded, plan) = load(&origin, args)?;
    let manifest = PlanManifest::of(&loaded, &plan, args.shard)?;
    let folder = PlanFolder::open(&place(args, &origin.stem()), &manifest)?;
    let provenance = Provenance::from(&loaded);
    let found = args.output.on_threads(|| run(&loaded.scenario, &plan, &provenance, &folder, args))??;
    let Some((answer, review)) = found else {
        part_done(&folder, args);
        return Ok(());
    };
    let document = PlanDocument::new(&loaded.scenario, &plan, &provenance, &answer, &review);
    write(&folder, &document, &answer, &loaded.scenario, (args, again))?;
    results::show(&document, |look| plan_report(&document, look), &args.output)?;
    let place = folder.path().display().to_string();
    notes::written(&place, "plan.json, Parquet", &args.output);
    notes::page(&place, args.html, &args.output);
    Ok(())
}

/// The scenario, and what it says is searched, or what usually is.
fn load(origin: &Origin, args: &Args) -> Result<(Loaded, Plan), Failure> {
    let overrides = overrides(args);
    let mut loaded = scenario::load(origin, &overrides).map_err(|problems| flags::wrong(&problems))?;
    flags::needs_requests(&loaded)?;
    if loaded.plan.is_none() {
        let usual = usual_plan(&loaded.scenario)?;
        let overrides = Overrides { plan: Some(usual), ..overrides };
        loaded = scenario::load(origin, &overrides).map_err(|problems| flags::wrong(&problems))?;
    }
    let plan = loaded.plan.take().ok_or_else(|| {
        Failure::Wrong(
            "error: the plan has no designs\n  help: add [[plan.design]] with fleet = \"dedicated\" and instances = \"1..20\""
                .to_owned(),
        )
    })?;
    Ok((loaded, plan))
}

/// The flags of a plan are keys of `[plan]`.
fn overrides(args: &Args) -> Overrides {
    let mut overrides = args.scenario.overrides();
    let objective = args.objective.clone().or_else(|| args.budget.as_ref().map(|_| "least-latency".to_owned()));
    let keys = [
        ("objective", objective),
        ("budget", args.budget.clone()),
        ("latency", args.latency.clone()),
        ("indifference", args.indifference.map(|share| share.to_string())),
        ("confidence", args.confidence.map(|share| share.to_string())),
        ("most_replications", args.max_replications.map(|most| most.to_string())),
    ];
    let set = keys.into_iter().filter_map(|(key, value)| Some(format!("plan.{key}={}", value?)));
    overrides.set.extend(set);
    overrides
}

/// Where the plan works: parts of one in folders of their own.
fn place(args: &Args, stem: &str) -> PathBuf {
    let part = args.shard.map_or_else(String::new, |shard| format!("-{}-of-{}", shard.number(), shard.parts()));
    args.output.out.clone().unwrap_or_else(|| Path::new("output").join(format!("{stem}{part}")))
}

/// What was found; of a part, nothing is decided.
fn run(
    scenario: &Scenario,
    plan: &Plan,
    provenance: &Provenance,
    folder: &PlanFolder,
    args: &Args,
) -> Result<Option<(PlanAnswer, Review)>, Failure> {
    let kept = folder.kept()?;
    if !kept.is_empty() && !args.output.quiet {
        terminal::note(&format!("continuing: {} runs are done\n", kept.len()));
    }
    let progress = Progress::new("searching", args.output.quiet);
    let found = search(scenario, plan, args.shard, (&Kept { folder }, kept), &progress)?;
    drop(progress);
    if args.shard.is_some() {
        return Ok(None);
    }
    let progress = Progress::new("simulating", args.output.quiet);
    let answer = answer(scenario, plan, found, provenance, &progress)?;
    drop(progress);
    let progress = Progress::new("reviewing", args.output.quiet);
    let review = review(scenario, plan, &answer, &questions(args), &progress)?;
    Ok(Some((answer, review)))
}

fn questions(args: &Args) -> ReviewQuestions {
    ReviewQuestions {
        sensitivity: !args.quick,
        thorough: args.thorough,
        growth: args.growth.map(|rate| GrowthQuestion { rate, months: args.months }),
        head_room: args.head_room.then_some(args.spike),
    }
}

/// Every replication is kept as soon as it is simulated.
struct Kept<'a> {
    folder: &'a PlanFolder,
}

impl Archive for Kept<'_> {
    type Error = Failure;

    fn keep(&self, replication: u32, tallies: &[(usize, Tally)]) -> Result<(), Failure> {
        let _held_off = interrupt::hold_off();
        interrupt::check()?;
        Ok(self.folder.keep(replication, tallies)?)
    }
}

fn part_done(folder: &PlanFolder, args: &Args) {
    if !args.output.quiet {
        let place = folder.path().display();
        terminal::note(&format!(
            "this part is done; when all are, join them and decide:\n  breakeven merge PARTS... --out DIR, then the same \
             breakeven plan with --out DIR\n\nwritten to {place}\n"
        ));
    }
}

fn write(
    folder: &PlanFolder,
    document: &PlanDocument,
    answer: &PlanAnswer,
    scenario: &Scenario,
    (args, again): (&Args, &str),
) -> Result<(), Failure> {
    let _held_off = interrupt::hold_off();
    interrupt::check()?;
    folder.remove_results()?;
    let resolved = answer.recommended_alone(scenario).map(|alone| scenario::write_resolved(&alone, folder.path()));
    let charts = !args.output.no_charts;
    let files = PlanFiles { document, answer, resolved: resolved.as_deref(), scenario, charts, command: again };
    files.write(folder.path())?;
    results::page(folder.path(), args.html)
}

/// A span above zero.
fn length(text: &str) -> Result<Span, String> {
    let span = parse_span(text).map_err(|error| format!("expected {}; {}", error.expected, error.mend))?;
    if span > Span::ZERO { Ok(span) } else { Err("write a length above zero, such as 10min".to_owned()) }
}
