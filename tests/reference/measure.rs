//! What is measured, computed after the fact from the lives of the instances and the ends of the requests.

use std::collections::BTreeSet;

use breakeven::fleet::End;
use breakeven::measure::{ClassOutcome, FleetOutcome, Histogram, Losses, PoolOutcome, Quantity, TimelineBin, Usage};
use breakeven::scenario::{Fleet, PoolKind, Scenario};
use breakeven::unit::{Span, Time};

use super::history::{Followed, History, Life};
use super::speed::on_gpu;

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

/// A request belongs to the window by the arrival of its first attempt.
fn counted(history: &History, window: Window) -> impl Iterator<Item = &Followed> {
    history.requests.iter().filter(move |followed| window.has(followed.attempt.first_arrival))
}

fn pool_outcome(scenario: &Scenario, kind: &PoolKind, history: &History, window: Window) -> PoolOutcome {
    let waits = counted(history, window).filter_map(|followed| match followed.fate.end {
        End::Completed { start, .. } => Some((start - followed.attempt.first_arrival).nanos()),
        End::Rejected | End::TimedOut { .. } => None,
    });
    let mut losses = Losses::default();
    counted(history, window).filter_map(|followed| followed.fate.loss).for_each(|loss| losses.count(loss));
    let class = |index: usize| {
        let is_of_class = |followed: &&Followed| usize::from(followed.attempt.request.class) == index;
        class_outcome(scenario, counted(history, window).filter(is_of_class))
    };
    PoolOutcome {
        classes: (0..scenario.traffic.len()).map(class).collect(),
        wait: quantity(waits.collect()),
        losses,
        usage: usage(kind, history, window),
        timeline: None,
    }
}

fn class_outcome<'a>(scenario: &Scenario, attempts: impl Iterator<Item = &'a Followed>) -> ClassOutcome {
    let mut outcome = ClassOutcome::default();
    let mut latencies = Vec::new();
    let longest_good = scenario.slo.as_ref().and_then(|slo| slo.latency);
    for Followed { attempt, fate, .. } in attempts {
        let counts = &mut outcome.requests;
        counts.arrived += 1;
        counts.retries += u64::from(attempt.tries_before > 0);
        counts.unfinished_at_horizon += u64::from(fate.at.since_start() > scenario.horizon);
        match fate.end {
            End::Completed { completion, cold, .. } => {
                let latency = completion - attempt.first_arrival;
                latencies.push(latency.nanos());
                counts.completed += 1;
                counts.cold += u64::from(cold);
                counts.good += u64::from(longest_good.is_none_or(|longest| latency <= longest));
            }
            End::Rejected => counts.rejected += 1,
            End::TimedOut { .. } => counts.timed_out += 1,
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
    let offered =
        counted(history, window).map(|followed| u128::from(on_gpu(kind, followed.attempt.request.service).nanos()));
    usage.offered = offered.sum();
    for Followed { attempt, service, fate, .. } in &history.requests {
        let start = service.map(|(_, start)| start);
        usage.waiting += window.of(attempt.request.arrival, start.unwrap_or(fate.at));
        usage.busy_slots += start.map_or(0, |start| window.of(start, fate.at));
    }
    for (instance, life) in history.lives.iter().enumerate() {
        let phases = phases(instance, life, history, window);
        usage.starting += phases.starting;
        usage.start_phases.iter_mut().zip(phases.start).for_each(|(sum, phase)| *sum += phase);
        usage.busy += phases.busy;
        usage.idle += phases.idle;
        usage.ready_slots += (phases.busy + phases.idle) * u128::from(kind.slots());
        usage.rounding += rounding(kind, life, &phases);
        if let Some(start) = life.start
            && window.has(life.created)
        {
            usage.started += 1;
            usage.failed_starts += u64::from(life.has_failed() && life.end().nanos() <= window.end);
            usage.throttled_starts += u64::from(start.throttled > Span::ZERO);
        }
    }
    usage.covered_busy = covered_busy(kind, history, window);
    usage
}

/// How long an instance is in each phase of its life, within a window.
struct Phases {
    starting: u128,
    /// The part of it in each phase of the start.
    start: [u128; 4],
    busy: u128,
    idle: u128,
}

fn phases(instance: usize, life: &Life, history: &History, window: Window) -> Phases {
    let busy = busy_time(instance, history, window);
    let ready = life.ready.map_or(0, |ready| window.of(ready, life.end()));
    let over = life.started_until();
    let start = life.start.map_or([0; 4], |start| {
        start.phases_from(life.created).map(|(begin, end)| window.of(begin.min(over), end.min(over)))
    });
    Phases { starting: window.of(life.created, over), start, busy, idle: ready - busy }
}

/// A bin of a time line measures what a window of its length would; what rounding adds to an instance's time in the
/// scenario's window falls due where it stops, at the latest in the last bin.
pub fn timeline(scenario: &Scenario, kind: &PoolKind, history: &History, bounds: &[(Time, Time)]) -> Vec<TimelineBin> {
    let whole = Window::of_scenario(scenario);
    let last = bounds.len() - 1;
    // What is before the first bin or after the last one counts there.
    let is_in =
        |time: Time, index: usize| (bounds[index].0 <= time || index == 0) && (time < bounds[index].1 || index == last);
    let bin = |index: usize| {
        let window = Window { start: bounds[index].0.nanos(), end: bounds[index].1.nanos() };
        let usage = usage(kind, history, window);
        let arrived = || counted(history, whole).filter(|followed| is_in(followed.attempt.request.arrival, index));
        let stopped = history.lives.iter().enumerate().filter(|(_, life)| is_in(life.end(), index));
        TimelineBin {
            arrivals: arrived().count() as u64,
            served: arrived().filter(|followed| matches!(followed.fate.end, End::Completed { .. })).count() as u64,
            starting: usage.starting,
            start_phases: usage.start_phases,
            busy: usage.busy,
            covered_busy: usage.covered_busy,
            closed: 0,
            ready: usage.busy + usage.idle,
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
fn busy_time(instance: usize, history: &History, window: Window) -> u128 {
    let mut services: Vec<(Time, Time)> = history
        .requests
        .iter()
        .filter_map(|followed| followed.service.map(|(server, start)| (server, start, followed.fate.at)))
        .filter(|&(server, ..)| server == instance)
        .map(|(_, start, end)| (start, end))
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
    let service = |followed: &Followed| followed.service.map(|(instance, start)| (start, followed.fate.at, instance));
    let services: Vec<(Time, Time, usize)> = history.requests.iter().filter_map(service).collect();
    let mut instants: Vec<Time> = services.iter().flat_map(|&(start, end, _)| [start, end]).collect();
    instants.sort();
    let between = instants.windows(2).map(|instants| {
        let in_service = services.iter().filter(|&&(start, end, _)| start <= instants[0] && instants[1] <= end);
        let busy: BTreeSet<usize> = in_service.map(|&(.., instance)| instance).collect();
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
    let start = bills.start.into_iter().zip(phases.start);
    let all = start.chain([(bills.execute, phases.busy), (bills.idle, phases.idle)]);
    let billed: u128 = all.filter(|(on, _)| *on).map(|(_, time)| time).sum();
    let mut rounded = billed / u128::from(multiple.nanos()) * u128::from(multiple.nanos());
    if rounded < billed {
        rounded += u128::from(multiple.nanos());
    }
    rounded - billed
}

/// The largest number of instances that exist together over more than no time of the window.
fn peak(lives: &[Life], window: Window) -> u64 {
    let mut instants: Vec<u64> = lives
        .iter()
        .flat_map(|life| [life.created.nanos(), life.end().nanos()])
        .map(|instant| instant.clamp(window.start, window.end))
        .chain([window.start, window.end])
        .collect();
    instants.sort_unstable();
    instants.dedup();
    let existing = |pair: &[u64]| {
        let throughout = |life: &&Life| life.created.nanos() <= pair[0] && life.end().nanos() >= pair[1];
        lives.iter().filter(throughout).count() as u64
    };
    instants.windows(2).map(existing).max().unwrap_or(0)
}
