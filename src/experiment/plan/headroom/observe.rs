//! One fleet over a stretch of its traffic, with more requests superposed, and what becomes of each told to an observer.

use std::ops::Range;

use jiff::SignedDuration;

use crate::fleet::{FleetSimulator, Observer};
use crate::measure::FleetOutcome;
use crate::scenario::{Fleet, Scenario, Source};
use crate::trace::TraceError;
use crate::traffic::{Block, RequestStream};
use crate::unit::{Span, Time};

use super::FIRST_OF_CHOICE;

/// The requests that are put on top of a scenario's own within a stretch of time: of every class an independent copy with a
/// multiple of its volume, its shape and its service times. A Poisson class with `times - 1` times its volume on top is one of
/// `times` its rate, exactly; bursts of the copy are its own. It is the same stretch of the same copy whatever else is asked.
#[derive(Clone, Debug)]
pub(super) struct Extra {
    /// Of the volume, above 0: 4 makes 5 times the traffic.
    pub volume: f64,
    pub within: Range<Time>,
}

impl Extra {
    /// All its requests in one replication, in order.
    fn requests(&self, scenario: &Scenario, replication: u32) -> Result<Block, TraceError> {
        let mut all: Vec<(Time, u16, Span)> = Vec::new();
        for (index, class) in (0_u16..).zip(&scenario.traffic) {
            let mut copy = class.with_volume(self.volume);
            // Random numbers are addressed by name: the copy has its own.
            copy.name.push_str(" (spike)");
            let alone = Scenario { traffic: vec![copy], horizon: self.within.end.since_start(), ..scenario.clone() };
            let (alone, start) = brought_forward(&alone, self.within.start, Span::ZERO);
            let shift = self.within.start - start;
            let mut stream = RequestStream::new(&alone, replication)?;
            let mut block = Block::default();
            loop {
                stream.next_block(&mut block)?;
                if block.is_empty() {
                    break;
                }
                let rows =
                    block.arrival.iter().zip(&block.service).map(|(&arrival, &service)| (arrival + shift, service));
                let within = rows.filter(|(arrival, _)| self.within.contains(arrival));
                all.extend(within.map(|(arrival, service)| (arrival, index, service)));
            }
        }
        all.sort_unstable();
        Ok(Block {
            arrival: all.iter().map(|row| row.0).collect(),
            class: all.iter().map(|row| row.1).collect(),
            service: all.iter().map(|row| row.2).collect(),
        })
    }
}

/// The scenario as if it began so long before a moment, and where that moment then is: the same shapes and schedules, fewer requests to
/// simulate. Of recorded traffic, and of a moment that is earlier, the scenario as it is.
pub(super) fn brought_forward(scenario: &Scenario, at: Time, lead: Span) -> (Scenario, Time) {
    let is_recorded = scenario.traffic.iter().any(|class| matches!(class.source, Source::Trace(_)));
    let skipped = Span::from_nanos(at.nanos().saturating_sub(lead.nanos()));
    let starts = scenario.starts.checked_add(SignedDuration::from_nanos(skipped.nanos().cast_signed()));
    match starts {
        Ok(starts) if !is_recorded => {
            let horizon = Span::from_nanos(scenario.horizon.nanos().saturating_sub(skipped.nanos()));
            let earlier = |time: Span| Span::from_nanos(time.nanos().saturating_sub(skipped.nanos()));
            let warm_up = earlier(scenario.warm_up);
            (Scenario { starts, horizon, warm_up, ..scenario.clone() }, Time::START + earlier(at.since_start()))
        }
        _ => (scenario.clone(), at),
    }
}

fn copy_row(from: &Block, row: usize, to: &mut Block) {
    to.arrival.push(from.arrival[row]);
    to.service.push(from.service[row]);
    to.class.push(from.class[row]);
}

/// Replays one replication's requests from `from` on into a fleet, with the extra ones among them, and follows each to its end.
pub(super) fn replay<O: Observer>(
    scenario: &Scenario,
    fleet: &Fleet,
    replication: u32,
    from: Time,
    extra: Option<&Extra>,
    observer: impl Fn() -> O,
) -> Result<(FleetOutcome, Vec<O>), TraceError> {
    let extra = extra.map_or_else(|| Ok(Block::default()), |extra| extra.requests(scenario, replication))?;
    let mut simulator = FleetSimulator::new(scenario, fleet, replication, |_| observer());
    let mut stream = RequestStream::new(scenario, replication)?;
    let (mut block, mut merged, mut added) = (Block::default(), Block::default(), 0);
    loop {
        stream.next_block(&mut block)?;
        merged.clear();
        let is_end = block.is_empty();
        for row in 0..block.len() {
            while added < extra.len() && extra.arrival[added] < block.arrival[row] {
                copy_row(&extra, added, &mut merged);
                added += 1;
            }
            if block.arrival[row] >= from {
                copy_row(&block, row, &mut merged);
            }
        }
        if is_end {
            (added..extra.len()).for_each(|row| copy_row(&extra, row, &mut merged));
        }
        if !merged.is_empty() {
            simulator.replay(&merged);
        }
        if is_end {
            return Ok(simulator.finish());
        }
    }
}

/// How long a fleet is simulated before what is measured, at least; a scenario's warm-up says how much longer.
pub(super) const LEAST_LEAD: Span = Span::HOUR;

/// The start of the stretch of a length, of those side by side from the start of the window on, in which most requests arrive.
/// The replications that choose it are no others' figures. Of a window shorter than the stretch it is the window's start.
pub(super) fn busiest(scenario: &Scenario, length: Span) -> Result<Time, TraceError> {
    /// Enough to tell the busy hours of a shape.
    const REPLICATIONS: u32 = 3;
    let start = Time::START + scenario.warm_up;
    let stretches = (scenario.window().nanos() / length.nanos().max(1)).max(1) as usize;
    let mut counts = vec![0_u64; stretches];
    let mut block = Block::default();
    for replication in FIRST_OF_CHOICE..FIRST_OF_CHOICE + REPLICATIONS {
        let mut stream = RequestStream::new(scenario, replication)?;
        loop {
            stream.next_block(&mut block)?;
            if block.is_empty() {
                break;
            }
            for arrival in block.arrival.iter().filter(|&&arrival| arrival >= start) {
                let stretch = ((*arrival - start).nanos() / length.nanos().max(1)) as usize;
                if let Some(count) = counts.get_mut(stretch) {
                    *count += 1;
                }
            }
        }
    }
    // Of equal ones the first.
    let busiest = (0..stretches).rev().max_by_key(|&stretch| counts[stretch]).unwrap_or(0);
    Ok(start + Span::from_nanos(busiest as u64 * length.nanos()))
}

/// What became of the requests that arrived within a bin.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Bin {
    /// Attempts.
    pub requests: u64,
    /// Completed within the latency that is asked for.
    pub in_time: u64,
    /// Neither rejected nor given up.
    pub completed: u64,
    /// From arrival to the start of service, or to giving up.
    pub longest_wait: Span,
}

impl Bin {
    pub fn add(&mut self, other: &Bin) {
        self.requests += other.requests;
        self.in_time += other.in_time;
        self.completed += other.completed;
        self.longest_wait = self.longest_wait.max(other.longest_wait);
    }
}

/// An observer that counts by the time of arrival, from an instant on. The way over a network is not part of what it sees.
#[derive(Clone, Debug)]
pub(super) struct Bins {
    pub from: Time,
    pub bin: Span,
    /// In time is what completes within this.
    pub limit: Span,
    pub bins: Vec<Bin>,
}

impl Bins {
    pub fn new(from: Time, bin: Span, count: usize, limit: Span) -> Bins {
        Bins { from, bin, limit, bins: vec![Bin::default(); count] }
    }

    fn at(&mut self, arrival: Time) -> Option<&mut Bin> {
        let since = arrival.nanos().checked_sub(self.from.nanos())?;
        self.bins.get_mut((since / self.bin.nanos()) as usize)
    }

    /// Those of several pools together.
    pub fn together(parts: Vec<Bins>) -> Vec<Bin> {
        let mut parts = parts.into_iter();
        let mut whole = parts.next().map(|first| first.bins).unwrap_or_default();
        for part in parts {
            whole.iter_mut().zip(&part.bins).for_each(|(bin, more)| bin.add(more));
        }
        whole
    }
}

impl Observer for Bins {
    const ASKS_FOR_INSTANCES: bool = false;

    fn completed(&mut self, arrival: Time, _: u16, start: Time, completion: Time, _: u64, _: bool) {
        let limit = self.limit;
        if let Some(bin) = self.at(arrival) {
            bin.requests += 1;
            bin.completed += 1;
            bin.in_time += u64::from(completion - arrival <= limit);
            bin.longest_wait = bin.longest_wait.max(start - arrival);
        }
    }

    fn rejected(&mut self, arrival: Time, _: u16) {
        if let Some(bin) = self.at(arrival) {
            bin.requests += 1;
        }
    }

    fn timed_out(&mut self, arrival: Time, _: u16, at: Time) {
        if let Some(bin) = self.at(arrival) {
            bin.requests += 1;
            bin.longest_wait = bin.longest_wait.max(at.saturating_since(arrival));
        }
    }
}
