//! How a fleet comes out of a spike of its traffic.
//!
//! *Recovery.* The same replication is simulated with the spike and without it, and requests are counted by the bin of their
//! arrival. The fleet is back in the first bin after the spike's end from which on, for [`STEADY_BINS`] bins, the share of
//! requests that complete within the limit is at least as high as without the spike. As the requests after the spike and their
//! service times are the same in both, a queue that has emptied gives the very same shares, so that chance moves nothing. The
//! recovery time is from the end of the spike to the start of that bin, known to the length of a bin.

use rayon::prelude::*;

use crate::engine::Advance;
use crate::experiment::watch::{Watch, simulated};
use crate::measure::{Estimate, QUANTILES};
use crate::scenario::{Scenario, Slo};
use crate::trace::TraceError;
use crate::traffic::class_means;
use crate::unit::{Span, Time};

use super::observe::{Bin, Bins, Extra, LEAST_LEAD, brought_forward, busiest, replay};
use super::{FIRST, replications};

/// So many bins in a row must be as good as without the spike.
pub const STEADY_BINS: usize = 3;
/// Requests that a bin should have on average, so that a share of them says something.
const REQUESTS_OF_BIN: f64 = 20.0;
/// The lengths of a bin: from this, in doublings.
const SHORTEST_BIN: Span = Span::from_nanos(10 * Span::SECOND.nanos());

/// What is asked of spikes.
#[derive(Clone, Debug, PartialEq)]
pub struct SpikeQuestion {
    /// Times the usual traffic, above 1.
    pub times: Vec<f64>,
    /// How long the spike lasts.
    pub last: Span,
    /// For how long after its end the fleet is watched.
    pub follow: Span,
}

impl Default for SpikeQuestion {
    /// 2, 5 and 10 times the traffic for ten minutes.
    fn default() -> SpikeQuestion {
        SpikeQuestion {
            times: vec![2.0, 5.0, 10.0],
            last: Span::from_nanos(10 * Span::MINUTE.nanos()),
            follow: Span::from_nanos(6 * Span::HOUR.nanos()),
        }
    }
}

/// What a spike did.
#[derive(Clone, Debug, PartialEq)]
pub struct SpikeAnswer {
    /// Times the usual traffic.
    pub times: f64,
    pub last_s: f64,
    /// When it began, since t = 0: at the busiest time of the window.
    pub at_s: f64,
    /// What a request had to complete within to count as in time, in seconds: the objective's latency or first quantile; the
    /// fleet's usual p95 where the objective limits no latency.
    pub within_s: f64,
    /// The length of a bin: how closely recovery is known.
    pub bin_s: f64,
    /// From the spike's end, in seconds, over the replications that recovered; does not exist where none did.
    pub recovery_s: Estimate,
    /// The longest of them.
    pub longest_recovery_s: Option<f64>,
    /// Replications that had not recovered when they were watched no longer, and all of them.
    pub not_recovered: u32,
    pub replications: u32,
    /// Requests that were lost or late / requests, from the spike's start until recovery (or the end).
    pub missed: Estimate,
    /// The same stretch without the spike.
    pub missed_without: Estimate,
    /// The longest wait of any request from the spike's start on, in any replication.
    pub longest_wait_s: f64,
}

pub(super) fn spikes(
    scenario: &Scenario,
    question: &SpikeQuestion,
    watch: &dyn Watch,
) -> Result<Vec<SpikeAnswer>, TraceError> {
    let busiest = busiest(scenario, question.last)?;
    let horizon = (busiest + question.last + question.follow).since_start();
    // The window is the spike and what follows; the objective and the clients stay.
    let lead = scenario.warm_up.max(LEAST_LEAD);
    let scenario = Scenario { horizon, warm_up: busiest.since_start(), ..scenario.clone() };
    let (scenario, at) = brought_forward(&scenario, busiest, lead);
    let end = at + question.last;
    let means = class_means(&scenario)?;
    let rate = means.iter().map(|class| class.rate_per_s).sum::<f64>();
    let bin = bin_length(rate, question.last);
    let study = Study { busiest, at, end, bin, watch, limit: Span::ZERO, scenario: &scenario };
    let study = Study { limit: study.limit()?, ..study };
    let usual = study.all(None)?;
    let answers = question.times.iter().map(|&times| {
        let struck = study.all(Some(&Extra { volume: times - 1.0, within: at..end }))?;
        Ok(study.answer(times, &struck, &usual))
    });
    answers.collect()
}

/// Long enough for some requests, short enough to be a part of the spike where it can.
fn bin_length(rate_per_s: f64, last: Span) -> Span {
    let mut bin = SHORTEST_BIN;
    while rate_per_s * bin.seconds() < REQUESTS_OF_BIN && bin < last {
        bin = Span::from_nanos(bin.nanos() * 2);
    }
    bin
}

struct Study<'a> {
    scenario: &'a Scenario,
    /// When the spike is on the scenario's own clock, and when it is as it is simulated.
    busiest: Time,
    at: Time,
    end: Time,
    bin: Span,
    limit: Span,
    watch: &'a dyn Watch,
}

impl Study<'_> {
    /// What counts as in time.
    fn limit(&self) -> Result<Span, TraceError> {
        let named = |slo: &Slo| slo.latency.or_else(|| slo.quantile_limits().into_iter().flatten().next());
        if let Some(limit) = self.scenario.slo.as_ref().and_then(named) {
            return Ok(limit);
        }
        let p95 = QUANTILES.iter().find(|(name, _)| *name == "p95").map_or(0.95, |&(_, q)| q);
        let (outcome, _) = replay(self.scenario, &self.scenario.fleets[0], FIRST, Time::START, None, || ())?;
        Ok(outcome.together().latency().quantile(p95).unwrap_or(Span::SECOND))
    }

    /// The bins from the spike's start on of every replication, then those from its end on.
    fn all(&self, extra: Option<&Extra>) -> Result<Vec<Stretch>, TraceError> {
        let count = replications(self.scenario);
        self.watch.planned(simulated(self.scenario, count));
        (FIRST..FIRST + count).into_par_iter().map(|replication| self.one(replication, extra)).collect()
    }

    fn one(&self, replication: u32, extra: Option<&Extra>) -> Result<Stretch, TraceError> {
        let bins_of = |length: Span| length.nanos().div_ceil(self.bin.nanos()) as usize;
        let after = bins_of((Time::START + self.scenario.horizon).saturating_since(self.end));
        let during = Bins::new(self.at, self.end - self.at, 1, self.limit);
        let observer = || Stretches { during: during.clone(), after: Bins::new(self.end, self.bin, after, self.limit) };
        let (_, observers) =
            replay(self.scenario, &self.scenario.fleets[0], replication, Time::START, extra, observer)?;
        let _ = self.watch.advanced(Advance { nanos: self.scenario.horizon.nanos(), requests: 0 });
        let (during, after) = observers.into_iter().map(|observer| (observer.during, observer.after)).unzip();
        let during = Bins::together(during).first().copied().unwrap_or_default();
        Ok(Stretch { during, after: Bins::together(after) })
    }

    fn answer(&self, times: f64, struck: &[Stretch], usual: &[Stretch]) -> SpikeAnswer {
        let recovered: Vec<Option<usize>> =
            struck.iter().zip(usual).map(|(struck, usual)| recovery(&struck.after, &usual.after)).collect();
        let seconds = |bin: usize| bin as f64 * self.bin.seconds();
        let known = || recovered.iter().flatten().map(|&bin| seconds(bin));
        let missed = |stretches: &[Stretch]| {
            let parts = stretches.iter().zip(&recovered).map(|(stretch, &until)| {
                let sum = stretch.until(until);
                (u128::from(sum.requests - sum.in_time), u128::from(sum.requests))
            });
            Estimate::of_ratio(parts, 1.0)
        };
        let longest = struck.iter().map(|stretch| stretch.until(None).longest_wait).max().unwrap_or(Span::ZERO);
        SpikeAnswer {
            times,
            last_s: (self.end - self.at).seconds(),
            at_s: self.busiest.seconds(),
            within_s: self.limit.seconds(),
            bin_s: self.bin.seconds(),
            recovery_s: Estimate::of_mean(known()),
            longest_recovery_s: known().reduce(f64::max),
            not_recovered: recovered.iter().filter(|bin| bin.is_none()).count() as u32,
            replications: struck.len() as u32,
            missed: missed(struck),
            missed_without: missed(usual),
            longest_wait_s: longest.seconds(),
        }
    }
}

/// One replication: the spike, and the bins after it.
struct Stretch {
    during: Bin,
    after: Vec<Bin>,
}

impl Stretch {
    /// From the spike's start up to a bin after it, or to the end.
    fn until(&self, bin: Option<usize>) -> Bin {
        let mut sum = self.during;
        self.after.iter().take(bin.unwrap_or(self.after.len())).for_each(|bin| sum.add(bin));
        sum
    }
}

/// The first bin from which on [`STEADY_BINS`] are as good as without the spike.
fn recovery(struck: &[Bin], usual: &[Bin]) -> Option<usize> {
    let as_good = |(struck, usual): (&Bin, &Bin)| {
        // Shares of whole numbers, compared without division: in_time / requests.
        let product = |a: u64, b: u64| u128::from(a) * u128::from(b);
        product(struck.in_time, usual.requests) >= product(usual.in_time, struck.requests)
    };
    let good: Vec<bool> = struck.iter().zip(usual).map(as_good).collect();
    (0..good.len())
        .find(|&bin| good[bin..].len() >= STEADY_BINS && good[bin..bin + STEADY_BINS].iter().all(|&good| good))
}

/// The spike and what comes after it.
struct Stretches {
    during: Bins,
    after: Bins,
}

impl crate::fleet::Observer for Stretches {
    const ASKS_FOR_INSTANCES: bool = false;

    fn completed(&mut self, arrival: Time, class: u16, start: Time, completion: Time, instance: u64, cold: bool) {
        self.during.completed(arrival, class, start, completion, instance, cold);
        self.after.completed(arrival, class, start, completion, instance, cold);
    }

    fn rejected(&mut self, arrival: Time, class: u16) {
        self.during.rejected(arrival, class);
        self.after.rejected(arrival, class);
    }

    fn timed_out(&mut self, arrival: Time, class: u16, at: Time) {
        self.during.timed_out(arrival, class, at);
        self.after.timed_out(arrival, class, at);
    }
}
