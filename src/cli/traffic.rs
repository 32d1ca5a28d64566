//! `breakeven traffic`: the requests of a scenario alone.

use std::fs::File;
use std::path::{Path, PathBuf};

use clap::Args as ClapArgs;

use crate::engine::{self, Advance};
use crate::experiment::Watch;
use crate::measure::Timeline;
use crate::report::chart::{self, RateChart};
use crate::report::folder::{OutputFolder, temporary_file};
use crate::report::request_file::{Format, RequestFile};
use crate::report::stream_document::{StreamDocument, summarize_stream};
use crate::report::{Error, files, spreadsheet, text};
use crate::scenario::{self, Loaded, Scenario};
use crate::traffic::{Block, Profile, RequestStream};
use crate::unit::Time;

use super::exit::Failure;
use super::flags::{self, OutputFlags, ScenarioFlags};
use super::progress::Progress;
use super::{interrupt, notes, results};

#[derive(ClapArgs, Clone, Debug)]
pub struct Args {
    #[command(flatten)]
    scenario: ScenarioFlags,
    #[command(flatten)]
    output: OutputFlags,

    /// Write the requests of the first replication: arrival_s, service_s, class
    #[arg(long, value_name = "FILE.csv|FILE.parquet")]
    write: Option<PathBuf>,
}

pub const EXAMPLES: &str = "\
Examples:
  breakeven traffic variable-api                     its rate, its bursts, a chart
  breakeven traffic mine.toml --write requests.parquet
  breakeven traffic mine.toml --horizon 1h --json";

/// Load, profile, write, show.
pub fn execute(args: &Args) -> Result<(), Failure> {
    let origin = args.scenario.origin()?;
    let loaded =
        scenario::load_traffic(&origin, &args.scenario.overrides()).map_err(|problems| flags::wrong(&problems))?;
    flags::needs_requests(&loaded)?;
    let requests = args.write.as_deref().map(RequestsTarget::claim).transpose()?;
    let folder = args.output.claim(&format!("{}-traffic", origin.stem()))?;
    let profiles = profile(&loaded.scenario, &args.output)?;
    let document = summarize(&loaded, &profiles);
    if let Some(requests) = requests {
        requests.write(&loaded.scenario, &args.output)?;
    }
    let place = folder.path().display().to_string();
    write(folder, &document, &loaded.scenario, &profiles, &args.output)?;
    show(&document, &place, args)
}

fn profile(scenario: &Scenario, output: &OutputFlags) -> Result<Vec<Profile>, Failure> {
    // As many bins of rate as a run's time line has, for round times.
    let bins = Timeline::new(Time::START, Time::START + scenario.horizon).bins.len();
    let progress = Progress::new("generating", output.quiet);
    progress.planned(scenario.horizon.nanos().saturating_mul(u64::from(scenario.replications)));
    Ok(output.on_threads(|| engine::profile_streams(scenario, bins, &|advance| progress.advanced(advance)))??)
}

fn summarize(loaded: &Loaded, profiles: &[Profile]) -> StreamDocument {
    let warnings: Vec<String> = loaded.warnings.iter().map(ToString::to_string).collect();
    summarize_stream(&loaded.scenario, &loaded.sha256, &loaded.overrides, &warnings, profiles)
}

fn write(
    folder: OutputFolder,
    document: &StreamDocument,
    scenario: &Scenario,
    profiles: &[Profile],
    output: &OutputFlags,
) -> Result<(), Failure> {
    results::publish(folder, document.schema, |path| {
        files::write_text(&path.join("summary.json"), &files::json(document)?)?;
        if let Some(first) = profiles.first() {
            spreadsheet::write_rates(&path.join("rate.csv"), &first.series)?;
            if !output.no_charts {
                let horizon_s = scenario.horizon.seconds();
                chart::save(&RateChart::new(&scenario.name, &first.series, horizon_s, scenario.starts), path)?;
            }
        }
        Ok(())
    })
}

fn show(document: &StreamDocument, place: &str, args: &Args) -> Result<(), Failure> {
    results::show(document, |look| text::stream_report(document, look), &args.output)?;
    notes::written(place, "summary.json, CSV", &args.output);
    if let Some(path) = &args.write {
        notes::requests(path, &args.output);
    }
    Ok(())
}

/// A file of requests that may be written.
struct RequestsTarget<'a> {
    path: &'a Path,
    format: Format,
}

impl RequestsTarget<'_> {
    fn claim(path: &Path) -> Result<RequestsTarget<'_>, Failure> {
        let wrong = |what: &str| Failure::Wrong(format!("error: --write {}: {what}", path.display()));
        let Some(format) = Format::of(path) else {
            return Err(wrong("the name must end in .csv or .parquet"));
        };
        if path.is_dir() {
            return Err(wrong("this is a folder"));
        }
        if !parent(path).is_dir() {
            return Err(wrong("the folder does not exist"));
        }
        Ok(RequestsTarget { path, format })
    }

    /// Writes the first replication beside its place, and moves it there when it is whole.
    fn write(&self, scenario: &Scenario, output: &OutputFlags) -> Result<(), Failure> {
        let failed = |cause| Error::Write { path: self.path.to_owned(), cause };
        let _held_off = interrupt::hold_off();
        let temporary = temporary_file(parent(self.path)).map_err(failed)?;
        let file = temporary.reopen().map_err(failed)?;
        self.stream(scenario, file, output)?;
        temporary.persist(self.path).map_err(|error| failed(error.error))?;
        Ok(())
    }

    fn stream(&self, scenario: &Scenario, file: File, output: &OutputFlags) -> Result<(), Failure> {
        let classes = scenario.traffic.iter().map(|class| class.name.clone()).collect();
        let mut requests = RequestFile::new(file, self.path, self.format, classes)?;
        let mut stream = RequestStream::new(scenario, 0)?;
        let progress = Progress::new("writing requests", output.quiet);
        progress.planned(scenario.horizon.nanos());
        let (mut block, mut reached) = (Block::default(), 0);
        loop {
            interrupt::check()?;
            stream.next_block(&mut block)?;
            let Some(last) = block.arrival.last() else { break };
            requests.write(&block)?;
            let _ = progress.advanced(Advance { nanos: last.nanos() - reached, requests: block.len() as u64 });
            reached = last.nanos();
        }
        Ok(requests.finish()?)
    }
}

fn parent(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if parent != Path::new("") => parent,
        _ => Path::new("."),
    }
}
