//! `breakeven compare A B`: two scenarios or finished runs side by side.

use std::path::Path;

use clap::Args as ClapArgs;
use jiff::civil::Date;

use crate::experiment::compare::{Side, compare};
use crate::experiment::{self, Precision, Trial};
use crate::report::compare::{CompareDocument, CompareSide, Compared, FinishedRun, compare_report, write_compare};
use crate::scenario::{self, Loaded, Origin, Overrides, Resolved, differences};
use crate::summary::Provenance;

use super::exit::Failure;
use super::flags::{self, OutputFlags, PrecisionFlags};
use super::progress::Progress;
use super::{notes, results};

#[derive(ClapArgs, Clone, Debug)]
pub struct Args {
    /// A scenario file, the name of an embedded scenario, or a folder that `breakeven run` wrote
    a: String,

    /// What it is compared with, likewise
    b: String,

    /// Compare this fleet of A with that one of B; may be repeated [default: fleets of the same name]
    #[arg(long, value_name = "OLD=NEW", value_parser = pair)]
    pair: Vec<(String, String)>,

    /// Change both scenarios; may be repeated
    #[arg(long, value_name = "PATH=VALUE")]
    set: Vec<String>,

    /// Change A only; may be repeated
    #[arg(long, value_name = "PATH=VALUE")]
    set_a: Vec<String>,

    /// Change B only; may be repeated
    #[arg(long, value_name = "PATH=VALUE")]
    set_b: Vec<String>,

    /// Seed of all random numbers, of both
    #[arg(long, value_name = "N")]
    seed: Option<u64>,

    /// Independent repetitions, of both
    #[arg(long, value_name = "N")]
    replications: Option<u32>,

    /// When arrivals stop, of both
    #[arg(long, value_name = "D")]
    horizon: Option<String>,

    /// Warn of prices and presets of the catalogue that are more than 180 days old on this day
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = flags::day)]
    today: Option<Date>,

    #[command(flatten)]
    precision: PrecisionFlags,
    #[command(flatten)]
    output: OutputFlags,
}

pub const EXAMPLES: &str = "\
Examples:
  breakeven compare old.toml new.toml                what changed, and what it costs
  breakeven compare variable-api variable-api --set-b traffic.api.rate=2/s
  breakeven compare output/monday output/friday      two finished runs, read and not simulated
  breakeven compare output/monday mine.toml --pair serverless=modal
  breakeven compare a.toml b.toml --json | jq '.fleets[] | {name, cost_per_month_usd}'

Intervals are paired by replication where both have the same seed and as many replications.";

/// Which of the two.
const LETTERS: [&str; 2] = ["A", "B"];

/// What an argument names.
enum Given {
    Scenario(Box<Loaded>),
    Folder(Box<FinishedRun>),
}

/// One side, ready to be compared.
struct Ready {
    side: Side,
    summary: CompareSide,
    resolved: Resolved,
    warnings: Vec<String>,
}

/// Load or read, simulate what is not finished, write, show.
pub fn execute(args: &Args) -> Result<(), Failure> {
    let given = [given(args, 0)?, given(args, 1)?];
    if given.iter().all(|given| matches!(given, Given::Folder(_))) {
        refuse_changes(args)?;
    }
    let folder = args.output.claim("compare")?;
    let trials = simulate(&given, args)?;
    let mut sides = Vec::new();
    for (index, (given, trial)) in given.iter().zip(&trials).enumerate() {
        sides.push(ready([&args.a, &args.b][index], given, trial.as_ref())?);
    }
    let document = document(&sides, args)?;
    let place = folder.path().display().to_string();
    results::publish(folder, document.schema, |path| write_compare(&document, !args.output.no_charts, path))?;
    results::show(&document, |look| compare_report(&document, look), &args.output)?;
    notes::written(&place, "compare.json, Parquet", &args.output);
    Ok(())
}

/// A finished run's folder, or a scenario. A name that is both is the scenario's.
fn given(args: &Args, index: usize) -> Result<Given, Failure> {
    let (text, own) = [(&args.a, &args.set_a), (&args.b, &args.set_b)][index];
    let origin = Origin::of(text).map_err(|error| {
        Failure::Wrong(format!("error: {error}\n  help: a finished run is named by its folder, such as output/mine"))
    })?;
    if let Origin::File(path) = &origin
        && path.is_dir()
    {
        if !own.is_empty() {
            let flag = ["--set-a", "--set-b"][index];
            return Err(Failure::Wrong(format!(
                "error: {} is a finished run, which {flag} cannot change\n  help: name its scenario instead",
                LETTERS[index]
            )));
        }
        let run = FinishedRun::read(path).map_err(|error| Failure::Wrong(format!("error: {error}")))?;
        return Ok(Given::Folder(Box::new(run)));
    }
    let overrides = Overrides {
        set: args.set.iter().chain(own).cloned().collect(),
        seed: args.seed,
        replications: args.replications,
        horizon: args.horizon.clone(),
        today: args.today,
        fleets: Vec::new(),
        plan: None,
    };
    let loaded = scenario::load(&origin, &overrides).map_err(|problems| flags::wrong(&problems))?;
    flags::needs_requests(&loaded)?;
    Ok(Given::Scenario(Box::new(loaded)))
}

/// Flags that say how to simulate, where nothing is simulated.
fn refuse_changes(args: &Args) -> Result<(), Failure> {
    let flags = [
        ("--set", !args.set.is_empty()),
        ("--seed", args.seed.is_some()),
        ("--replications", args.replications.is_some()),
        ("--horizon", args.horizon.is_some()),
        ("--precision", args.precision.precision.is_some()),
    ];
    match flags.iter().find(|(_, is_given)| *is_given) {
        None => Ok(()),
        Some((flag, _)) => Err(Failure::Wrong(format!(
            "error: {flag} has nothing to change: A and B are finished runs\n  help: leave it out, or name a scenario"
        ))),
    }
}

/// Each scenario as `breakeven run` simulates it. Where a precision asks for more replications of one, the other gets as many, so
/// that they pair.
fn simulate(given: &[Given; 2], args: &Args) -> Result<[Option<Trial>; 2], Failure> {
    let progress = Progress::new("simulating", args.output.quiet);
    let precision = args.precision.precision();
    let trial = |given: &Given, precision: Option<&Precision>, replications: Option<u32>| {
        let Given::Scenario(loaded) = given else { return Ok(None) };
        let mut scenario = loaded.scenario.clone();
        scenario.replications = replications.unwrap_or(scenario.replications);
        experiment::simulate(&scenario, &Provenance::from(&**loaded), precision, &progress).map(Some)
    };
    let both = || {
        let mut trials = [trial(&given[0], precision.as_ref(), None)?, trial(&given[1], precision.as_ref(), None)?];
        if precision.is_some()
            && let [Some(a), Some(b)] = &trials
        {
            let counts = [a.scenario.replications, b.scenario.replications];
            let most = counts[0].max(counts[1]);
            if let Some(fewer) = counts.iter().position(|&count| count < most) {
                trials[fewer] = trial(&given[fewer], None, Some(most))?;
            }
        }
        Ok::<_, crate::trace::TraceError>(trials)
    };
    Ok(args.output.on_threads(both)??)
}

fn ready(written: &str, given: &Given, trial: Option<&Trial>) -> Result<Ready, Failure> {
    match (given, trial) {
        (Given::Folder(run), _) => Ok(Ready {
            side: run.side.clone(),
            summary: summary(written, "folder", &run.side, (&run.sha256, &run.overrides, run.window_s)),
            resolved: run.resolved.clone(),
            warnings: Vec::new(),
        }),
        (Given::Scenario(loaded), Some(trial)) => {
            let side = Side::of(trial);
            let here = Path::new("").to_path_buf();
            let window_s = trial.scenario.window().seconds();
            let jobs = (!trial.jobs.is_empty()).then(|| "its jobs are not compared, only its requests".to_owned());
            Ok(Ready {
                summary: summary(written, "simulated", &side, (&loaded.sha256, &loaded.overrides, window_s)),
                side,
                resolved: Resolved { text: scenario::write_resolved(&trial.scenario, Path::new(".")), folder: here },
                warnings: trial.document.warnings.iter().cloned().chain(jobs).collect(),
            })
        }
        (Given::Scenario(_), None) => Err(Failure::Failed("error: a scenario was not simulated".to_owned())),
    }
}

fn summary(
    written: &str,
    source: &'static str,
    side: &Side,
    (sha256, overrides, window_s): (&String, &[String], f64),
) -> CompareSide {
    CompareSide {
        given: written.to_owned(),
        source,
        name: side.name.clone(),
        sha256: sha256.clone(),
        overrides: overrides.to_vec(),
        seed: side.seed,
        replications: side.replications,
        window_s,
    }
}

fn document(sides: &[Ready], args: &Args) -> Result<CompareDocument, Failure> {
    let [a, b] = sides else { return Err(Failure::Failed("error: two sides are compared".to_owned())) };
    let differences = differences(&a.resolved, &b.resolved).map_err(|side| {
        let folder = [&args.a, &args.b][side];
        Failure::Wrong(format!(
            "error: the scenario.toml of {folder} is not TOML\n  help: simulate it again: breakeven run SCENARIO --out {folder}"
        ))
    })?;
    let comparison =
        compare(&a.side, &b.side, &args.pair).map_err(|error| Failure::Wrong(format!("error: {error}")))?;
    let warnings = warnings(a, b);
    Ok(CompareDocument::new(Compared {
        sides: [(&a.side, a.summary.clone()), (&b.side, b.summary.clone())],
        differences: &differences,
        comparison: &comparison,
        warnings,
    }))
}

/// Those of both once, then those of one with its letter.
fn warnings(a: &Ready, b: &Ready) -> Vec<String> {
    let shared = a.warnings.iter().filter(|warning| b.warnings.contains(warning)).cloned();
    let alone = [(0, a, b), (1, b, a)].into_iter().flat_map(|(index, one, other)| {
        let own = one.warnings.iter().filter(|warning| !other.warnings.contains(warning));
        own.map(move |warning| format!("{}: {warning}", LETTERS[index]))
    });
    shared.chain(alone).collect()
}

fn pair(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((old, new)) if !old.trim().is_empty() && !new.trim().is_empty() => {
            Ok((old.trim().to_owned(), new.trim().to_owned()))
        }
        _ => Err("write the fleet's name in A, =, and its name in B, such as serverless=modal".to_owned()),
    }
}
