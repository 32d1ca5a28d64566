//! What is legal in a scenario and yet worth telling.

use std::fmt;

use jiff::civil::Date;
use miette::Severity;

use crate::unit::{Span, Usd};

use super::place::{Place, SourceText};
use super::problem::Excerpt;

/// A caveat and where it comes from.
#[derive(Clone, Debug, PartialEq)]
pub struct Warning {
    pub caveat: Caveat,
    pub(super) place: Option<Place>,
}

/// One thing that may make a result mean something else than it seems to.
#[derive(Clone, Debug, PartialEq)]
pub enum Caveat {
    /// The window covers some hours or days more often than others, so its mean rate is not `rate`.
    WindowNotWholePeriods { class: String, window: Span, period: Span },
    /// At the window's start no idle instance can have been stopped yet.
    WarmUpShorterThanKeepAlive { pool: String, warm_up: Span, keep_alive: Span },
    /// Nothing arrives in the rest of the horizon.
    TraceEndsEarly { class: String, end: Span, horizon: Span },
    /// Rows at or past the horizon are not simulated.
    RowsLeftOut { class: String, left_out: u64, rows: u64 },
    /// Without a share of requests that must meet it, a latency decides nothing.
    LatencyWithoutAttainment { latency: Span },
    /// A price of the catalogue may have changed since.
    PriceOld { offer: String, as_of: Date, age_days: i32, today: Date, source: String },
    /// A price of the catalogue that was remembered and not read.
    PriceRecalled { offer: String },
    /// A platform may do and charge something else since.
    PresetOld { preset: &'static str, as_of: Date, age_days: i32, today: Date, source: String },
    /// What a platform does and charges is not all read in a source.
    PresetUnsure { preset: &'static str, certainty: &'static str, note: String },
    /// A commitment that does not say its discount, in per cent.
    TypicalDiscount { purchase: &'static str, percent: f64 },
    /// A scenario has both, and a fleet serves them apart.
    JobsBesideRequests,
    /// A job needs more GPUs at once than a fleet has.
    JobsTooLarge { jobs: String, fleet: String, needs: u32, has: u64 },
    /// Jobs that an execution limit ends before they come further: all of them, or those that are long.
    JobsNeverEnd { jobs: String, fleet: String, limit: Span, checkpoint: Option<Span>, all: bool },
    /// A key that has no effect beside the scaler of the fleet.
    KeyNotUsed { key: &'static str, scaler: &'static str },
    /// `min_instances = 0` of a scaler that cannot start from none.
    NeverNone { scaler: &'static str, least: u32 },
    /// Every replication gives the same figures.
    NothingVaries { replications: u32 },
    /// A price of minimum instances, of which there are none.
    NoMinimumInstances { pool: String },
    /// A month's limit that is reached without a request.
    SpendCapBelowStanding { pool: String, cap: Usd, standing: Usd },
    /// A month's limit that does not pay for an instance for an hour.
    SpendCapBelowAnHour { pool: String, cap: Usd, hour: Usd },
}

impl Caveat {
    /// Whether it is told before anything is run: what comes of it may take hours to be seen.
    #[must_use]
    pub fn is_told_first(&self) -> bool {
        matches!(self, Caveat::JobsNeverEnd { .. } | Caveat::JobsTooLarge { .. })
    }
}

/// What to do about a price that may be wrong.
const OWN_PRICE: &str = "write it as price, or as an entry of your own file (catalog = \"my-prices.toml\")";

/// What to do about a preset that may be wrong.
const OWN_KEYS: &str = "write what differs beside the preset";

impl Caveat {
    /// What to do about it.
    #[must_use]
    pub fn advice(&self) -> String {
        match self {
            Caveat::WindowNotWholePeriods { period, .. } => {
                format!("make horizon minus warm_up a multiple of {period}")
            }
            Caveat::WarmUpShorterThanKeepAlive { keep_alive, .. } => {
                format!("write a warm_up of {keep_alive} or more")
            }
            Caveat::TraceEndsEarly { .. } => "shorten the horizon, or write repeat = true".to_owned(),
            Caveat::RowsLeftOut { .. } => "lengthen the horizon to replay them all".to_owned(),
            Caveat::LatencyWithoutAttainment { .. } => {
                "write attainment = 0.99, or a quantile such as p95 instead of latency".to_owned()
            }
            Caveat::PriceOld { source, .. } => format!("look it up ({source}) and {OWN_PRICE}"),
            Caveat::PriceRecalled { .. } => format!("look it up and {OWN_PRICE}"),
            Caveat::PresetOld { source, .. } => format!("look it up ({source}) and {OWN_KEYS}"),
            Caveat::PresetUnsure { .. } => format!("compare it with a bill, and {OWN_KEYS}"),
            Caveat::TypicalDiscount { percent, .. } => {
                format!("write that of the contract, such as discount = {:.2}", percent / 100.0)
            }
            Caveat::JobsBesideRequests => {
                "compare requests and jobs apart, or give each its own fleets (fleets = [\"spot\"])".to_owned()
            }
            Caveat::JobsTooLarge { needs, .. } => {
                format!("give the fleet {needs} GPUs or more, or leave it out of the jobs' fleets")
            }
            Caveat::JobsNeverEnd { checkpoint: None, limit, .. } => {
                format!(
                    "add checkpoint = {{ every = \"10min\" }} to the jobs, well below {limit}, or name other fleets"
                )
            }
            Caveat::JobsNeverEnd { limit, .. } => {
                format!("shorten the checkpoints: a restart, the work and the checkpoint must take {limit} or less")
            }
            Caveat::KeyNotUsed { key: "keep_alive", .. } => {
                "leave it out: the scaler takes instances away itself".to_owned()
            }
            Caveat::KeyNotUsed { .. } => "leave it out, or choose the scaler that it belongs to".to_owned(),
            Caveat::NeverNone { least, .. } => {
                format!("write min_instances = {least}, or scale with \"keda\", which goes down to none")
            }
            Caveat::NothingVaries { .. } => "write replications = 1".to_owned(),
            Caveat::NoMinimumInstances { .. } => "write min_instances = 1 or more, or leave it out".to_owned(),
            Caveat::SpendCapBelowStanding { standing, .. } => {
                format!("write a limit above {standing}, or lower what is paid all the time")
            }
            Caveat::SpendCapBelowAnHour { .. } => "write a higher limit".to_owned(),
        }
    }
}

impl fmt::Display for Caveat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Caveat::WindowNotWholePeriods { class, window, period } => write!(
                f,
                "the window of {window} is not a whole number of periods ({period}) of the shape of `{class}`: its mean rate differs from the stated one"
            ),
            Caveat::WarmUpShorterThanKeepAlive { pool, warm_up, keep_alive } => write!(
                f,
                "the warm-up of {warm_up} is shorter than the keep-alive of {keep_alive} of `{pool}`: the window starts before the pool is in its usual state"
            ),
            Caveat::TraceEndsEarly { class, end, horizon } => {
                write!(f, "the trace of `{class}` ends at {end}: nothing arrives from then to the horizon of {horizon}")
            }
            Caveat::RowsLeftOut { class, left_out, rows } => {
                write!(f, "{left_out} of {rows} rows of the trace of `{class}` are at or past the horizon and left out")
            }
            Caveat::LatencyWithoutAttainment { latency } => write!(
                f,
                "the objective names a latency of {latency} but no share of requests that must meet it: it is reported and decides nothing"
            ),
            Caveat::PriceOld { offer, as_of, age_days, today, .. } => {
                write!(f, "the price of {offer} is of {as_of}, {age_days} days before {today}")
            }
            Caveat::PriceRecalled { offer } => write!(f, "the price of {offer} is remembered, not read in a source"),
            Caveat::PresetOld { preset, as_of, age_days, today, .. } => {
                write!(f, "the preset \"{preset}\" is of {as_of}, {age_days} days before {today}")
            }
            Caveat::PresetUnsure { preset, certainty, note } => {
                write!(f, "the preset \"{preset}\" is in part {certainty}, not read in a source: {note}")
            }
            Caveat::TypicalDiscount { purchase, percent } => {
                write!(f, "{purchase} without a discount is taken at {percent}% off, a typical figure")
            }
            Caveat::JobsBesideRequests => f.write_str(
                "requests and jobs do not share instances: each of them has every fleet for itself, and its own bill",
            ),
            Caveat::JobsTooLarge { jobs, fleet, needs, has } => {
                write!(
                    f,
                    "the jobs of `{jobs}` never start on `{fleet}`: each needs {needs} GPUs at once, and it has {has}"
                )
            }
            Caveat::JobsNeverEnd { jobs, fleet, limit, checkpoint, all } => {
                let which = if *all { "the jobs" } else { "long jobs" };
                let why = match checkpoint {
                    None => "without checkpoints all work is lost there",
                    Some(_) => "no checkpoint is written by then",
                };
                write!(f, "{which} of `{jobs}` never end on `{fleet}`: an execution is ended after {limit}, and {why}")
            }
            Caveat::NoMinimumInstances { pool } => {
                write!(f, "`{pool}` has a price for minimum instances and no such instance: nothing is paid at it")
            }
            Caveat::SpendCapBelowStanding { pool, cap, standing } => write!(
                f,
                "the spend cap of `{pool}`, {cap} a month, is at most what it pays without a request, {standing}: the cap stops it"
            ),
            Caveat::SpendCapBelowAnHour { pool, cap, hour } => write!(
                f,
                "the spend cap of `{pool}`, {cap} a month, does not pay for one instance for an hour, which is {hour}"
            ),
            Caveat::KeyNotUsed { key, scaler } => write!(f, "`{key}` has no effect with the scaler \"{scaler}\""),
            Caveat::NeverNone { scaler, least } => {
                write!(f, "the scaler \"{scaler}\" cannot start from none: min_instances is {least}")
            }
            Caveat::NothingVaries { replications } => {
                write!(f, "nothing in this scenario varies: its {replications} replications all give the same figures")
            }
        }
    }
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}; {}", self.caveat, self.caveat.advice())
    }
}

/// Warnings as they are shown on a terminal.
pub(super) fn render(warnings: &[Warning], sources: &[SourceText], colour: bool) -> String {
    let mut text = String::new();
    for warning in warnings {
        let label = warning.place.map(|place| (place.source, place.start..place.end));
        let (message, advice) = (warning.caveat.to_string(), warning.caveat.advice());
        Excerpt::new(Severity::Warning, message, Some(advice), label, sources).render(colour, &mut text);
    }
    text
}
