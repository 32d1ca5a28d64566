//! What is measured, computed after the fact from the lives of the instances and the ends of the requests.

use std::collections::BTreeSet;

use breakeven::fleet::End;
use breakeven::measure::{
    ClassOutcome, FleetOutcome, Histogram, Loss, Losses, PoolOutcome, Quantity, TimelineBin, Usage,
};
use breakeven::scenario::{Fleet, PoolKind, Scenario};
use breakeven::unit::{Span, Time};

use super::pool::History;
use super::{Life, Request};

/// The part of time that is counted, in nanoseconds.
#[derive(Clone, Copy)]
struct Window {
    start: u64,
    end: u64,
}

impl Window {
    fn of_scenario(scenario: &Scenario) -> Window {
        Window { start: scenario.warm_up.nanos(), end: scenario.horizon.nanos() }
    }

    /// How much of the time from `from` to `to` lies within.
    fn of(self, from: Time, to: Time) -> u128 {
        let from = from.nanos().max(self.start);
        let to = to.nanos().min(self.end);
        u128::from(to.saturating_sub(from))
    }

    fn has(self, time: Time) -> bool {
        (self.start..self.end).contains(&time.nanos())
    }
}

const NEVER: Time = Time::from_nanos(u64::MAX);

/// The outcome of a fleet, without a timeline.
pub fn outcome(scenario: &Scenario, fleet: &Fleet, histories: &[History]) -> FleetOutcome {
    let window = Window::of_scenario(scenario);
    let pools = fleet
        .pools()
        .iter()
        .zip(histories)
        .map(|(kind, history)| pool_outcome(scenario, kind, history, window))
        .collect();
    let lives: Vec<Life> = histories.iter().flat_map(|history| history.lives.clone()).collect();
    FleetOutcome { pools, peak: peak(&lives, window) }
}

fn pool_outcome(scenario: &Scenario, kind: &PoolKind, history: &History, window: Window) -> PoolOutcome {
    let counted: Vec<(Request, End)> = history.requests().filter(|(request, _)| window.has(request.arrival)).collect();
    let waits = counted.iter().filter_map(|(request, end)| match end {
        End::Completed { start, .. } => Some(start.nanos() - request.arrival.nanos()),
        End::Rejected | End::TimedOut { .. } => None,
    });
    PoolOutcome {
        classes: (0..scenario.traffic.len())
            .map(|class| {
                let of_class = counted.iter().filter(|(request, _)| usize::from(request.class) == class);
                class_outcome(scenario, &of_class.copied().collect::<Vec<_>>())
            })
            .collect(),
        wait: quantity(waits.collect()),
        losses: losses(kind, counted.iter().map(|&(_, end)| end)),
        usage: usage(kind, history, window),
        timeline: None,
    }
}

/// Pools of these cases reject for one reason each, and only clients give up.
fn losses(kind: &PoolKind, ends: impl Iterator<Item = End>) -> Losses {
    let mut losses = Losses::default();
    for end in ends {
        match (end, kind) {
            (End::Rejected, PoolKind::Dedicated(_)) => losses.count(Loss::QueueLimit),
            (End::Rejected, PoolKind::Serverless(_)) => losses.count(Loss::MaxInstances),
            (End::TimedOut { .. }, _) => losses.count(Loss::ClientTimeout),
            (End::Completed { .. }, _) => {}
        }
    }
    losses
}

fn class_outcome(scenario: &Scenario, requests: &[(Request, End)]) -> ClassOutcome {
    let mut outcome = ClassOutcome::default();
    let mut latencies = Vec::new();
    let longest_good = scenario.slo.as_ref().and_then(|slo| slo.latency);
    for (request, end) in requests {
        outcome.requests.arrived += 1;
        match *end {
            End::Completed { completion, cold, .. } => {
                let latency = completion.nanos() - request.arrival.nanos();
                latencies.push(latency);
                outcome.requests.completed += 1;
                outcome.requests.cold += u64::from(cold);
                outcome.requests.good += u64::from(longest_good.is_none_or(|longest| latency <= longest.nanos()));
                outcome.requests.unfinished_at_horizon += u64::from(completion.nanos() > scenario.horizon.nanos());
            }
            End::Rejected => outcome.requests.rejected += 1,
            End::TimedOut { at } => {
                outcome.requests.timed_out += 1;
                outcome.requests.unfinished_at_horizon += u64::from(at.nanos() > scenario.horizon.nanos());
            }
        }
    }
    outcome.latency = quantity(latencies);
    outcome
}

fn quantity(nanos: Vec<u64>) -> Quantity {
    if nanos.is_empty() {
        return Quantity::default();
    }
    let histogram: Histogram = nanos.iter().copied().map(Span::from_nanos).collect();
    let least = nanos.iter().min().map(|&least| Span::from_nanos(least));
    let greatest = nanos.iter().max().map(|&greatest| Span::from_nanos(greatest));
    Quantity { histogram, sum: nanos.iter().map(|&value| u128::from(value)).sum(), range: least.zip(greatest) }
}

fn usage(kind: &PoolKind, history: &History, window: Window) -> Usage {
    let mut usage = Usage { peak: peak(&history.lives, window), ..Usage::default() };
    for (request, end) in history.requests() {
        if window.has(request.arrival) {
            usage.offered += u128::from(request.service.nanos());
        }
        match end {
            End::Completed { start, completion, .. } => {
                usage.waiting += window.of(request.arrival, start);
                usage.busy_slots += window.of(start, completion);
            }
            End::TimedOut { at } => usage.waiting += window.of(request.arrival, at),
            End::Rejected => {}
        }
    }
    for (instance, life) in (0..).zip(&history.lives) {
        let phases = phases(instance, life, history, window);
        usage.starting += phases.starting;
        usage.start_phases[3] += phases.starting;
        usage.busy += phases.busy;
        usage.idle += phases.idle;
        usage.ready_slots += (phases.busy + phases.idle) * u128::from(kind.slots());
        usage.started += u64::from(life.cold_start && window.has(life.created));
        usage.rounding += rounding(kind, life, &phases);
    }
    usage.covered_busy = covered_busy(kind, history, window);
    usage
}

/// How long an instance is in each phase of its life, within a window.
struct Phases {
    starting: u128,
    busy: u128,
    idle: u128,
}

fn phases(instance: u64, life: &Life, history: &History, window: Window) -> Phases {
    let busy = busy_time(instance, history, window);
    let ready = window.of(life.ready, life.stopped.unwrap_or(NEVER));
    Phases { starting: window.of(life.created, life.ready), busy, idle: ready - busy }
}

/// A bin of a time line measures what a window of its length would; what rounding adds to an instance's time in the
/// scenario's window falls due where it stops, at the latest in the last bin.
pub fn timeline(scenario: &Scenario, kind: &PoolKind, history: &History, bounds: &[(Time, Time)]) -> Vec<TimelineBin> {
    let whole = Window::of_scenario(scenario);
    let stops_in = |life: &Life, index: usize| {
        let stop = life.stopped.unwrap_or(NEVER);
        (bounds[index].0 <= stop || index == 0) && (stop < bounds[index].1 || index == bounds.len() - 1)
    };
    let bin = |index: usize| {
        let window = Window { start: bounds[index].0.nanos(), end: bounds[index].1.nanos() };
        let usage = usage(kind, history, window);
        let arrived = || history.requests().filter(|(request, _)| window.has(request.arrival));
        let stopped = (0..).zip(&history.lives).filter(|(_, life)| stops_in(life, index));
        TimelineBin {
            arrivals: arrived().count() as u64,
            served: arrived().filter(|(_, end)| matches!(end, End::Completed { .. })).count() as u64,
            starting: usage.starting,
            start_phases: usage.start_phases,
            busy: usage.busy,
            covered_busy: usage.covered_busy,
            ready: usage.busy + usage.idle,
            closed: 0,
            waiting: usage.waiting,
            held: 0,
            held_fallback: 0,
            rounding: stopped
                .map(|(instance, life)| rounding(kind, life, &phases(instance, life, history, whole)))
                .sum(),
        }
    };
    (0..bounds.len()).map(bin).collect()
}

/// How long an instance serves at least one request: the union of its services.
fn busy_time(instance: u64, history: &History, window: Window) -> u128 {
    let mut services: Vec<(Time, Time)> = history
        .requests()
        .filter_map(|(_, end)| match end {
            End::Completed { start, completion, instance: server, .. } if server == instance => {
                Some((start, completion))
            }
            _ => None,
        })
        .collect();
    services.sort();
    let mut busy = 0;
    let mut busy_until = Time::START;
    for (start, completion) in services {
        busy += window.of(start.max(busy_until), completion);
        busy_until = busy_until.max(completion);
    }
    busy
}

/// How many of the busy instances the minimum instances are, at most, at every instant: counted between one start or end of a
/// service and the next.
fn covered_busy(kind: &PoolKind, history: &History, window: Window) -> u128 {
    let PoolKind::Serverless(serverless) = kind else {
        return 0;
    };
    if serverless.tariff.min_instance_price.is_none() {
        return 0;
    }
    let services: Vec<(Time, Time, u64)> = history
        .requests()
        .filter_map(|(_, end)| match end {
            End::Completed { start, completion, instance, .. } => Some((start, completion, instance)),
            _ => None,
        })
        .collect();
    let mut instants: Vec<Time> = services.iter().flat_map(|&(start, completion, _)| [start, completion]).collect();
    instants.sort();
    let between = instants.windows(2).map(|instants| {
        let in_service = services.iter().filter(|&&(start, end, _)| start <= instants[0] && instants[1] <= end);
        let busy: BTreeSet<u64> = in_service.map(|&(.., instance)| instance).collect();
        window.of(instants[0], instants[1]) * u128::from(serverless.min_instances).min(busy.len() as u128)
    });
    between.sum()
}

/// What rounding up an instance's billed time adds to it; nothing to minimum instances with a price of their own, which are those
/// that never stop.
fn rounding(kind: &PoolKind, life: &Life, phases: &Phases) -> u128 {
    let PoolKind::Serverless(serverless) = kind else {
        return 0;
    };
    let Some(multiple) = serverless.tariff.rounding else {
        return 0;
    };
    if serverless.tariff.min_instance_price.is_some() && life.stopped.is_none() {
        return 0;
    }
    let bills = serverless.tariff.bills;
    let phases = [(bills.start[3], phases.starting), (bills.execute, phases.busy), (bills.idle, phases.idle)];
    let billed: u128 = phases.iter().filter(|(on, _)| *on).map(|(_, time)| time).sum();
    let mut rounded = billed / u128::from(multiple.nanos()) * u128::from(multiple.nanos());
    if rounded < billed {
        rounded += u128::from(multiple.nanos());
    }
    rounded - billed
}

/// The largest number of instances that exist together over more than no time of the window.
fn peak(lives: &[Life], window: Window) -> u64 {
    let end = |life: &Life| life.stopped.unwrap_or(NEVER);
    let mut instants: Vec<u64> = lives
        .iter()
        .flat_map(|life| [life.created.nanos(), end(life).nanos()])
        .map(|instant| instant.clamp(window.start, window.end))
        .chain([window.start, window.end])
        .collect();
    instants.sort_unstable();
    instants.dedup();
    let existing = |pair: &[u64]| {
        let throughout = |life: &&Life| life.created.nanos() <= pair[0] && end(life).nanos() >= pair[1];
        lives.iter().filter(throughout).count() as u64
    };
    instants.windows(2).map(existing).max().unwrap_or(0)
}
