//! The flags that commands share, and what they resolve to.

use std::path::{Path, PathBuf};

use clap::Args;
use clap::builder::PossibleValuesParser;
use jiff::civil::Date;

use crate::engine;
use crate::experiment::{Metric, Precision};
use crate::report::folder::OutputFolder;
use crate::scenario::{self, Embedded, Loaded, Origin, Overrides, Problems};

use super::exit::Failure;
use super::terminal;

/// Which scenario, and what of it to change.
#[derive(Args, Clone, Debug)]
pub struct ScenarioFlags {
    /// A scenario file, or the name of an embedded scenario (see `breakeven scenarios`) [default: variable-api]
    pub scenario: Option<String>,

    /// Change the scenario; may be repeated
    ///
    /// PATH goes by names, as in traffic.api.rate=4/s, fleet.serverless.keep_alive=5s,
    /// fleet.hybrid.pool.burst.price=$4/h or slo.p95=1s. A name with a dot is quoted.
    #[arg(long, value_name = "PATH=VALUE")]
    pub set: Vec<String>,

    /// Seed of all random numbers
    #[arg(long, value_name = "N")]
    pub seed: Option<u64>,

    /// Independent repetitions, which give the intervals
    #[arg(long, value_name = "N")]
    pub replications: Option<u32>,

    /// When arrivals stop, such as 8d or 12h
    #[arg(long, value_name = "D")]
    pub horizon: Option<String>,

    /// Warn of prices and presets of the catalogue that are more than 180 days old on this day
    ///
    /// The system's clock is not asked, so that results stay the same [default: the day of the newest price that is carried]
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = day)]
    pub today: Option<Date>,

    /// Simulate only this fleet; may be repeated
    #[arg(long, value_name = "NAME")]
    pub fleet: Vec<String>,
}

/// How sharply a figure is to be known.
#[derive(Args, Clone, Debug)]
pub struct PrecisionFlags {
    /// Add replications until the 95% interval of every fleet's figure is within this share of it, such as 1%
    ///
    /// The first look is after 10 replications, then after twice as many, again and again.
    #[arg(long, value_name = "SHARE", value_parser = share, conflicts_with = "replications")]
    pub precision: Option<f64>,

    /// The figure that must be as sharp
    #[arg(long, value_name = "FIGURE", value_parser = PossibleValuesParser::new(Metric::ALL.map(|(name, _)| name)), default_value = "cost")]
    pub precision_of: String,

    /// The most replications that are made for it [default: 640; for a break-even point 160]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(2..=100_000))]
    pub max_replications: Option<u32>,
}

impl PrecisionFlags {
    /// What was asked for, if anything was.
    pub fn precision(&self) -> Option<Precision> {
        let metric = Metric::ALL.iter().find(|(name, _)| *name == self.precision_of)?.1;
        let most_replications = self.max_replications.unwrap_or(Precision::MOST);
        Some(Precision { metric, relative: self.precision?, most_replications })
    }
}

pub fn day(text: &str) -> Result<Date, String> {
    text.parse().map_err(|_| "write year, month and day, such as 2026-11-24".to_owned())
}

/// `1%` or `0.01`, above zero and below one.
pub fn share(text: &str) -> Result<f64, String> {
    number_or_percent(text)
        .filter(|share| *share > 0.0 && *share < 1.0)
        .ok_or_else(|| "write a share such as 1% or 0.01".to_owned())
}

/// `30%` or `0.3`.
pub fn number_or_percent(text: &str) -> Option<f64> {
    let (number, scale) = text.strip_suffix('%').map_or((text, 1.0), |percent| (percent, 100.0));
    number.trim().parse::<f64>().ok().map(|number| number / scale)
}

/// How to run, and where results go.
#[derive(Args, Clone, Debug)]
pub struct OutputFlags {
    /// Threads [default: one a processor]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    pub threads: Option<u16>,

    /// Folder of the results [default: output/ and the scenario's name]
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,

    /// Write no charts
    #[arg(long)]
    pub no_charts: bool,

    /// Write one JSON document to standard output, and nothing else there
    #[arg(long)]
    pub json: bool,

    /// No progress bar and no messages; results and errors only
    #[arg(long)]
    pub quiet: bool,
}

/// A report beside the results.
#[derive(Args, Clone, Copy, Debug)]
pub struct HtmlFlag {
    /// Write a report to read, send and print, too: report.html, one file
    #[arg(long)]
    pub html: bool,
}

impl ScenarioFlags {
    /// The file, or the embedded scenario.
    pub fn origin(&self) -> Result<Origin, Failure> {
        match &self.scenario {
            None => Ok(Origin::default_scenario()),
            Some(text) => Origin::of(text).map_err(|error| Failure::Wrong(format!("error: {error}"))),
        }
    }

    pub fn overrides(&self) -> Overrides {
        Overrides {
            set: self.set.clone(),
            seed: self.seed,
            replications: self.replications,
            horizon: self.horizon.clone(),
            today: self.today,
            fleets: self.fleet.clone(),
            plan: None,
        }
    }
}

/// An embedded scenario, with these changes.
pub fn embedded(name: &str, seed: Option<u64>, today: Option<Date>) -> Result<Loaded, Failure> {
    let embedded = Embedded::named(name)
        .ok_or_else(|| Failure::Failed(format!("error: no embedded scenario is called `{name}`")))?;
    let overrides = Overrides { seed, today, ..Overrides::default() };
    scenario::load(&Origin::Embedded(embedded.name), &overrides).map_err(|problems| wrong(&problems))
}

/// Mistakes as they are shown on standard error.
pub fn wrong(problems: &Problems) -> Failure {
    Failure::Wrong(problems.render(terminal::color_of_errors()))
}

/// Refuses a scenario of jobs alone, where a command is about requests.
pub fn needs_requests(loaded: &Loaded) -> Result<(), Failure> {
    match loaded.scenario.traffic.is_empty() {
        false => Ok(()),
        true => Err(Failure::Wrong(
            "error: the scenario has jobs and no [[traffic]], and this command is about requests\n  help: use breakeven run, \
             or add [[traffic]]"
                .to_owned(),
        )),
    }
}

impl OutputFlags {
    /// The folder of the results, if it may be replaced. `name` is what it is called under `output/` where the user says
    /// nothing.
    pub fn claim(&self, name: &str) -> Result<OutputFolder, Failure> {
        let path = self.out.clone().unwrap_or_else(|| Path::new("output").join(name));
        Ok(OutputFolder::claim(&path)?)
    }

    /// Runs on as many threads as were asked for.
    pub fn on_threads<T: Send>(&self, work: impl FnOnce() -> T + Send) -> Result<T, Failure> {
        let threads = usize::from(self.threads.unwrap_or(0));
        engine::on_threads(threads, work).map_err(|error| Failure::Failed(format!("error: {error}")))
    }
}
