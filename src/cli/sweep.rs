//! `breakeven sweep`: simulate a scenario at every combination of values of some of its paths.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use clap::Args as ClapArgs;

use crate::experiment::{Axis, CellError, Grid, Shard, Sweep, Trial};
use crate::report::sweep::chart::sweep_chart;
use crate::report::sweep::files::{Assembly, Made};
use crate::report::sweep::folder::{CellResult, SweepFolder};
use crate::report::sweep::layout::RESULT;
use crate::report::sweep::manifest::Manifest;
use crate::report::sweep::overview::Overview;
use crate::scenario::{self, ScenarioFile};

use super::exit::Failure;
use super::flags::{self, HtmlFlag, OutputFlags, PrecisionFlags, ScenarioFlags};
use super::progress::CellProgress;
use super::{interrupt, notes, results, terminal};

#[derive(ClapArgs, Clone, Debug)]
pub struct Args {
    #[command(flatten)]
    scenario: ScenarioFlags,

    /// Vary a path of the scenario; repeated, every combination is simulated
    ///
    /// Values are a list, A,B,C, or a range, FROM..TO:N in even steps and FROM..TO:N:log in even ratios. PATH is as for --set.
    #[arg(long, value_name = "PATH=VALUES", required = true)]
    over: Vec<String>,

    /// Only a part of the cells, counted from 1, such as 2/4; `breakeven merge` joins the parts
    #[arg(long, value_name = "I/N")]
    shard: Option<Shard>,

    #[command(flatten)]
    precision: PrecisionFlags,
    #[command(flatten)]
    output: OutputFlags,
    #[command(flatten)]
    html: HtmlFlag,
}

pub const EXAMPLES: &str = "\
Examples:
  breakeven sweep --over traffic.api.rate=0.2/s..5/s:9:log
  breakeven sweep mine.toml --over slo.p95=1s,2s,4s --over fleet.dedicated.instances=2..6:5
  breakeven sweep mine.toml --over fleet.serverless.price=$2/h..$5/h:7 --precision 1%
  breakeven sweep mine.toml --over 'fleet.hybrid.overflow={ wait_over = \"2s\" },{ wait_over = \"5s\" }'
  breakeven sweep mine.toml --over traffic.api.rate=1/s..9/s:40 --shard 2/4 --out part-2

Killed at any moment and started again, a sweep continues where it was.";

/// Check every cell, simulate those that are not done, put their files together, show.
pub fn execute(args: &Args, again: &str) -> Result<(), Failure> {
    let origin = args.scenario.origin()?;
    let file = ScenarioFile::read(&origin).map_err(|problems| flags::wrong(&problems))?;
    let sweep = Sweep::new(file, args.scenario.overrides(), grid(args)?, args.precision.precision());
    let cells = chosen_cells(&sweep, args.shard)?;
    let checked = args.output.on_threads(|| sweep.check())?;
    let checked = checked.map_err(|mistakes| Failure::Wrong(mistakes.render(terminal::color_of_errors())))?;
    flags::needs_requests(&checked.first)?;
    let manifest = Manifest::of(&sweep, &checked, args.shard)?;
    let folder = SweepFolder::open(&place(args, &origin.stem()), &manifest)?;
    simulate(&sweep, &folder, &cells, args)?;
    let resolved = scenario::write_resolved(&checked.first.scenario, folder.path());
    let title = "The scenario of the first cell, every default written out".to_owned();
    let made = Made { command: again.to_owned(), scenarios: vec![(title, resolved)] };
    let overview = assemble(&folder, &manifest, &cells, &sweep, (args, &made))?;
    show(&overview, folder.path(), &args.output)?;
    notes::page(&folder.path().display().to_string(), args.html, &args.output);
    Ok(())
}

/// The axes, all mistakes in them at once.
fn grid(args: &Args) -> Result<Grid, Failure> {
    let (mut axes, mut mistakes) = (Vec::new(), Vec::new());
    for over in &args.over {
        match Axis::parse(over) {
            Ok(axis) => axes.push(axis),
            Err(error) => mistakes.push(error.to_string()),
        }
    }
    let flagged = axes.iter().filter_map(|axis| Some((axis, flag_of(axis, args)?)));
    mistakes
        .extend(flagged.map(|(axis, flag)| {
            format!("{flag} and --over {} set the same\n  help: leave out one of them", axis.path)
        }));
    if mistakes.is_empty() {
        match Grid::new(axes) {
            Ok(grid) => return Ok(grid),
            Err(error) => mistakes.push(error.to_string()),
        }
    }
    let mistakes: Vec<String> = mistakes.iter().map(|mistake| format!("error: --over: {mistake}")).collect();
    Err(Failure::Wrong(mistakes.join("\n")))
}

/// The flag that sets what an axis varies.
fn flag_of(axis: &Axis, args: &Args) -> Option<&'static str> {
    let [key] = &axis.segments[..] else { return None };
    let flags = [
        ("seed", "--seed", args.scenario.seed.is_some()),
        ("replications", "--replications", args.scenario.replications.is_some()),
        ("replications", "--precision", args.precision.precision.is_some()),
        ("horizon", "--horizon", args.scenario.horizon.is_some()),
    ];
    flags.into_iter().find(|(of, _, given)| of == key && *given).map(|(_, flag, _)| flag)
}

fn chosen_cells(sweep: &Sweep, shard: Option<Shard>) -> Result<Vec<u64>, Failure> {
    let all = sweep.grid().cells();
    let cells: Vec<u64> = (0..all).filter(|&cell| shard.is_none_or(|shard| shard.has(cell))).collect();
    match shard {
        Some(shard) if cells.is_empty() => Err(Failure::Wrong(format!(
            "error: --shard {shard}: the sweep has only {all} cells\n  help: divide it into {all} parts at most"
        ))),
        _ => Ok(cells),
    }
}

/// Where the sweep works: parts of one in folders of their own.
fn place(args: &Args, stem: &str) -> PathBuf {
    let part = args.shard.map_or_else(String::new, |shard| format!("-{}-of-{}", shard.number(), shard.parts()));
    args.output.out.clone().unwrap_or_else(|| Path::new("output").join(format!("{stem}{part}")))
}

/// Simulates the cells that are not done, each kept as soon as it is.
fn simulate(sweep: &Sweep, folder: &SweepFolder, cells: &[u64], args: &Args) -> Result<(), Failure> {
    let done: BTreeSet<u64> = folder.done()?;
    let missing: Vec<u64> = cells.iter().copied().filter(|cell| !done.contains(cell)).collect();
    if missing.len() < cells.len() && !args.output.quiet {
        let done = cells.len() - missing.len();
        terminal::note(&format!("continuing: {done} of {} cells are done\n", cells.len()));
    }
    let progress = CellProgress::new(args.output.quiet);
    let keep = |cell: u64, trial: Trial| {
        let result = CellResult::new(sweep.grid(), cell, &trial)?;
        let _held_off = interrupt::hold_off();
        interrupt::check()?;
        Ok(folder.keep(&result)?)
    };
    args.output.on_threads(|| sweep.run::<Failure>(&missing, &progress, &keep))?
}

/// Ctrl-C is heeded between two cells, when no file that is being written stays behind.
fn assemble(
    folder: &SweepFolder,
    manifest: &Manifest,
    cells: &[u64],
    sweep: &Sweep,
    (args, made): (&Args, &Made),
) -> Result<Overview, Failure> {
    let _held_off = interrupt::hold_off();
    folder.remove_results()?;
    let mut assembly = Assembly::new(folder.path(), manifest, sweep.grid())?;
    for &cell in cells {
        interrupt::check()?;
        assembly.add(folder.path(), cell)?;
    }
    let overview = assembly.finish(!args.output.no_charts, made)?;
    results::page(folder.path(), args.html)?;
    Ok(overview)
}

/// The document, or the table and the answer; and where the files are.
pub(super) fn show(overview: &Overview, folder: &Path, output: &OutputFlags) -> Result<(), Failure> {
    if output.json {
        terminal::print_file(&folder.join(RESULT))?;
    } else {
        terminal::print(&overview.report(terminal::look()))?;
    }
    let charts = !output.no_charts && sweep_chart(overview).is_some();
    let output = OutputFlags { no_charts: !charts, ..output.clone() };
    notes::written(&folder.display().to_string(), "sweep.json, sweep.parquet", &output);
    Ok(())
}

impl From<CellError> for Failure {
    fn from(error: CellError) -> Failure {
        Failure::Failed(format!("error: {error}"))
    }
}
