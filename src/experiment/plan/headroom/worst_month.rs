//! The worst month in 20.
//!
//! *Definition.* A month is as many simulated windows as come nearest to 720 hours, at least one, each a replication of its own; its
//! cost is theirs, scaled to 720 hours, and its latencies are theirs together. Of 20 such months, the worst is that of the highest
//! cost, and that of the highest p95, p99 and the lowest share of requests in time, each for itself: they may be different months.
//! Windows are taken as independent, so that a month that is bad as a whole (a trend, a season) is not in it; about one month in 21
//! is worse than the worst of 20.

use std::borrow::Cow;

use crate::bill;
use crate::engine;
use crate::experiment::watch::{Watch, simulated};
use crate::measure::{PoolOutcome, Quantity, Replication, RequestCounts};
use crate::scenario::Scenario;
use crate::trace::TraceError;
use crate::unit::Span;

use super::FIRST;

/// The months of which the worst is taken.
const MONTHS: u32 = 20;

/// The worst of 20 simulated months, and the usual one beside it.
#[derive(Clone, Debug, PartialEq)]
pub struct WorstMonth {
    pub months: u32,
    /// Simulated windows that make a month.
    pub windows_of_month: u32,
    /// Dollars: the highest of the months, and their mean.
    pub cost_usd: f64,
    pub mean_cost_usd: f64,
    /// Seconds: the highest of the months, and the median one's. `None` where no request completes.
    pub p95_s: Option<f64>,
    pub usual_p95_s: Option<f64>,
    pub p99_s: Option<f64>,
    pub usual_p99_s: Option<f64>,
    /// Requests in time / requests: the lowest of the months, and that of all together.
    pub attainment: Option<f64>,
    pub mean_attainment: Option<f64>,
}

pub(super) fn worst_of_20(scenario: &Scenario, watch: &dyn Watch) -> Result<WorstMonth, TraceError> {
    let window = scenario.window();
    let windows = (Span::MONTH.nanos() as f64 / window.nanos() as f64).round().max(1.0) as u32;
    let count = if scenario.varies() { MONTHS * windows } else { 1 };
    watch.planned(simulated(scenario, count));
    let made = engine::replicate(scenario, FIRST..FIRST + count, &|advance| watch.advanced(advance))?;
    // Where nothing varies every month is the same.
    let months: Vec<Month> = made.chunks(windows as usize).map(|windows| Month::of(scenario, windows)).collect();
    Ok(worst(&months, windows))
}

fn worst(months: &[Month], windows_of_month: u32) -> WorstMonth {
    let highest = |read: &dyn Fn(&Month) -> Option<f64>| months.iter().filter_map(read).reduce(f64::max);
    let median = |read: &dyn Fn(&Month) -> Option<f64>| {
        let mut values: Vec<f64> = months.iter().filter_map(read).collect();
        values.sort_by(f64::total_cmp);
        // The lower middle one of an even number.
        values.get(values.len().saturating_sub(1) / 2).copied()
    };
    let quantile = |q: f64| move |month: &Month| month.latency.quantile(q).map(Span::seconds);
    let mut all = RequestCounts::default();
    months.iter().for_each(|month| all.add(&month.requests));
    let costs = || months.iter().map(|month| month.cost_usd);
    WorstMonth {
        months: MONTHS,
        windows_of_month,
        cost_usd: costs().fold(f64::NEG_INFINITY, f64::max),
        mean_cost_usd: costs().sum::<f64>() / months.len() as f64,
        p95_s: highest(&quantile(0.95)),
        usual_p95_s: median(&quantile(0.95)),
        p99_s: highest(&quantile(0.99)),
        usual_p99_s: median(&quantile(0.99)),
        attainment: months.iter().filter_map(|month| attainment(&month.requests)).reduce(f64::min),
        mean_attainment: attainment(&all),
    }
}

fn attainment(requests: &RequestCounts) -> Option<f64> {
    let whole = requests.first_tries();
    (whole > 0).then(|| requests.good as f64 / whole as f64)
}

/// Some windows in a row.
struct Month {
    cost_usd: f64,
    requests: RequestCounts,
    latency: Quantity,
}

impl Month {
    fn of(scenario: &Scenario, windows: &[Replication]) -> Month {
        let window = scenario.window();
        let mut month = Month { cost_usd: 0.0, requests: RequestCounts::default(), latency: Quantity::default() };
        for replication in windows {
            let outcome = &replication.fleets[0];
            let whole: Cow<PoolOutcome> = outcome.together();
            month.cost_usd += bill::of_fleet(&scenario.fleets[0], outcome, window).total().dollars();
            month.requests.add(&whole.requests());
            month.latency.merge(&whole.latency());
        }
        let simulated = window.nanos() as f64 * windows.len() as f64;
        month.cost_usd *= Span::MONTH.nanos() as f64 / simulated;
        month
    }
}
