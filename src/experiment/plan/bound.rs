//! What a design costs at least, without simulating it: from the requests alone.
//!
//! Work is conserved: an instance gets no more done in a second than it can, and a month must bring at least the work of the
//! requests that the objective asks for. An instance that is held is paid for whether it works or not. And a hybrid whose first
//! pool takes a request only where a slot is free leaves to the next ones, at every moment, what is in flight beyond its slots:
//! if every request began when it arrives, so many would be in service at once that the first pool has no slot for the rest.
//! A serverless pool that starts an instance for every request that finds none has, at every moment, as many as there were requests
//! in flight at any time within its keep-alive before: an instance that served or started then has not been idle for as long yet.
//! Where arrivals are Poisson and service is exponential, Erlang C says what share of the requests a dedicated fleet serves in time.
//! What is in service at the ends of the window counts as if nothing had waited: as much is carried in as out, in the mean.
//! Least usage becomes a least bill by the same formulas as any usage, because a bill never falls as usage grows.

use crate::bill;
use crate::decide::erlang::{relaxation_time, share_slower_than};
use crate::measure::{HistogramRecorder, PoolOutcome, Usage};
use crate::scenario::{
    Arrivals, Decimal, Dedicated, Distribution, Fleet, FleetKind, Hybrid, Instances, OverflowRule, PoolKind, Purchase,
    Routing, ScaleOut, Scenario, Serverless, ServiceTime, Shape, Source, Terms, TrafficClass, WhenZero,
};
use crate::trace::TraceError;
use crate::traffic::{Block, RequestStream};
use crate::unit::{Span, Time};

use super::in_flight::{InFlight, Levels};

/// What one replication's requests ask of any fleet.
#[derive(Clone, Debug, PartialEq)]
pub struct Demand {
    /// The window, in nanoseconds.
    window: u128,
    /// The service time of the window's requests, in nanoseconds.
    work: u128,
    /// The least part of it with which enough requests are served.
    least_work: u128,
    /// The same for those that are to be served within a time limit, and that limit.
    timely: Option<(u128, Span)>,
    erlang: Option<Erlang>,
    /// The requests in flight, if every one began when it arrives; a client that gives up sooner is there for as long. `None`
    /// where clients try again: a request may then begin much later.
    levels: Option<Levels>,
}

/// Requests that come and are served as Erlang has it, and what is asked of them.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Erlang {
    /// Offered, in servers.
    load: f64,
    /// The limit and the window, in mean service times.
    limit: f64,
    window: f64,
    /// The share that may take longer.
    allowed: f64,
}

impl Erlang {
    /// `None` where Erlang C does not hold exactly.
    fn of(scenario: &Scenario) -> Option<Erlang> {
        let slo = scenario.slo.as_ref()?;
        let (limit, attainment) = (slo.latency?, slo.attainment?);
        let mut classes = scenario.traffic.iter().map(|class| {
            let TrafficClass { source, service_time, timeout: None, retry: None, .. } = class else { return None };
            let Source::Synthetic { rate, shape: Shape::Constant, arrivals: Arrivals::Poisson } = source else {
                return None;
            };
            let ServiceTime::Drawn(Distribution::Exponential { mean }) = service_time else { return None };
            Some((rate.per_second(), mean.seconds()))
        });
        let (first, mean) = classes.next()??;
        let rate = classes
            .try_fold(first, |sum, class| class.filter(|&(_, other)| other == mean).map(|(rate, _)| sum + rate))?;
        Some(Erlang {
            load: rate * mean,
            limit: limit.seconds() / mean,
            window: scenario.window().seconds() / mean,
            allowed: 1.0 - attainment,
        })
    }

    /// Whether so many servers miss the objective by so much that chance does not help them. Nothing is said of a window that is
    /// short beside the time in which a queue settles, nor of one that never does.
    fn is_too_much_for(&self, servers: u32) -> bool {
        const BY: f64 = 1.25;
        const TIMES_TO_SETTLE: f64 = 100.0;
        f64::from(servers) > self.load
            && self.window > TIMES_TO_SETTLE * relaxation_time(servers, self.load)
            && share_slower_than(self.limit, servers, self.load) > self.allowed * BY
    }
}

impl Demand {
    /// Makes the requests of a replication; `keep_alives` are those that bounds will be asked for.
    ///
    /// # Errors
    /// When a trace cannot be read.
    pub fn of(scenario: &Scenario, replication: u32, keep_alives: Vec<Span>) -> Result<Demand, TraceError> {
        let (from, to) = (Time::START + scenario.warm_up, Time::START + scenario.horizon);
        let mut in_flight = InFlight::new(from, to, keep_alives);
        let patience: Vec<Span> = scenario.traffic.iter().map(|class| class.timeout.unwrap_or(Span::LONGEST)).collect();
        let mut services = HistogramRecorder::new();
        let mut work = 0;
        let mut stream = RequestStream::new(scenario, replication)?;
        let mut block = Block::default();
        loop {
            stream.next_block(&mut block)?;
            if block.is_empty() {
                break;
            }
            let requests = block.arrival.iter().zip(&block.service).zip(&block.class);
            for ((&arrival, &service), &class) in requests {
                in_flight.arrive(arrival, service.min(patience[usize::from(class)]));
                if arrival >= from {
                    services.record(service);
                    work += u128::from(service.nanos());
                }
            }
        }
        let tries_again = scenario.traffic.iter().any(|class| class.retry.is_some());
        let levels = (!tries_again).then(|| in_flight.finish());
        let services = services.finish();
        let shortest = |share: f64| -> u128 {
            // A thousandth less, which is more than the width of a bucket.
            let mut left = (share * services.count() as f64) as u64;
            let work: u128 = services
                .buckets()
                .map(|(service, count)| {
                    let taken = count.min(left);
                    left -= taken;
                    u128::from(service.nanos()) * u128::from(taken)
                })
                .sum();
            work - work / 1_000
        };
        let least_work = shortest(least_served(scenario));
        let slo = scenario.slo.as_ref();
        let timely = slo.and_then(|slo| Some((shortest(slo.attainment?), slo.latency?)));
        let erlang = Erlang::of(scenario);
        Ok(Demand { window: scenario.window().nanos().into(), work, least_work, timely, erlang, levels })
    }

    /// The most requests in flight in the window, if every one began when it arrives: with as many slots none waits. `None` where
    /// clients try again.
    #[must_use]
    pub fn most_in_flight(&self) -> Option<usize> {
        self.levels.as_ref().map(Levels::most)
    }

    /// The least bill of a design's window in dollars, if it meets the objective; infinite where it surely cannot.
    #[must_use]
    pub fn least_cost(&self, fleet: &Fleet, window: Span) -> f64 {
        let falls_short = self.timely.is_some_and(|(work, limit)| self.falls_short(fleet, work, limit));
        if falls_short
            || self.erlang.is_some_and(|erlang| servers(fleet).is_some_and(|count| erlang.is_too_much_for(count)))
        {
            return f64::INFINITY;
        }
        let pools = fleet.pools();
        let bills = pools.iter().enumerate().map(|(index, pool)| {
            let usage = match pool {
                PoolKind::Dedicated(_) => Usage::default(),
                PoolKind::Serverless(pool) => {
                    let alive = self.least_alive(fleet, index, pool);
                    self.least_usage(pool, self.least_of_pool(fleet, index), alive)
                }
            };
            bill::of_pool(pool, &PoolOutcome { usage, ..PoolOutcome::default() }, window).total().dollars()
        });
        bills.sum()
    }

    /// Whether a fleet of a limited number of instances cannot do the work in the window and so long after it.
    fn falls_short(&self, fleet: &Fleet, work: u128, limit: Span) -> bool {
        let instances: Option<f64> =
            fleet.pools().iter().map(|pool| Some(most_instances(pool)? * pool.capacity())).sum();
        let time = (self.window + u128::from(limit.nanos())) as f64;
        instances.is_some_and(|instances| instances * time < work as f64)
    }

    /// The least service time that comes to a pool.
    fn least_of_pool(&self, fleet: &Fleet, index: usize) -> u128 {
        let pools = fleet.pools();
        let others = || pools.iter().enumerate().filter(|&(other, _)| other != index).map(|(_, pool)| *pool);
        let lost = self.work.saturating_sub(self.least_work);
        match &fleet.kind {
            FleetKind::Single(_) => self.least_work,
            FleetKind::Hybrid(Hybrid { overflow: OverflowRule::WhenFull, routing: Routing::InOrder, .. })
                if index > 0 && index + 1 == pools.len() =>
            {
                let beyond = slots_before(fleet, index).zip(self.levels.as_ref());
                beyond.map_or(0, |(slots, levels)| levels.beyond(slots)).saturating_sub(lost)
            }
            FleetKind::Hybrid(_) => {
                let capacity =
                    others().map(|pool| most_instances(pool).map(|most| most * pool.capacity())).sum::<Option<f64>>();
                let done = capacity.map_or(u128::MAX, |capacity| (capacity * self.window as f64).ceil() as u128);
                self.least_work.saturating_sub(done)
            }
        }
    }

    /// The least time that the instances of a pool are there for, starting, busy or idle; zero where nothing is known.
    fn least_alive(&self, fleet: &Fleet, index: usize, pool: &Serverless) -> u128 {
        let starts_for_each = matches!(pool.scale_out, ScaleOut::PerRequest | ScaleOut::SlotDeficit { .. });
        let start = &pool.start;
        let starts_always = start.failure == 0.0 && start.supply.is_none() && start.limit.is_none();
        let is_open = pool.queue_limit.is_none() && pool.when_zero == WhenZero::Queue && !is_cut(pool);
        let is_last = index + 1 == fleet.pools().len();
        let (Some(levels), Some(keep_alive), Some(before)) =
            (&self.levels, pool.keep_alive, slots_before(fleet, index))
        else {
            return 0;
        };
        let has_room = pool.max_instances.is_none_or(|most| levels.most() <= most as usize);
        if !(starts_for_each && starts_always && is_open && is_last && has_room && pool.slots == 1) {
            return 0;
        }
        let warm = pool.min_instances;
        let beyond = levels.kept_beyond(keep_alive, before + warm as usize);
        beyond.map_or(0, |beyond| beyond + u128::from(warm) * self.window)
    }

    /// The instances that are kept warm are there all the time; all together are busy for as long as the work takes.
    fn least_usage(&self, pool: &Serverless, work: u128, alive: u128) -> Usage {
        if is_cut(pool) {
            return Usage::default();
        }
        let busy = (work as f64 / pool.capacity()) as u128;
        let warm = u128::from(pool.min_instances) * self.window;
        // A phase that is not billed may be all that there is beside the work.
        let bills = &pool.tariff.bills;
        let all = bills.idle && bills.execute && bills.start.iter().all(|&billed| billed);
        let there = if all { alive.max(warm) } else { warm };
        Usage { busy, covered_busy: busy.min(warm), idle: there.saturating_sub(busy), ..Usage::default() }
    }
}

/// Whether requests or the pool may end before their time.
fn is_cut(pool: &Serverless) -> bool {
    pool.execution_limit.is_some() || pool.time_to_live.is_some() || pool.tariff.spend_cap.is_some()
}

/// The slots of the pools before one, where each of them takes a request only if it has a slot for it at once.
fn slots_before(fleet: &Fleet, index: usize) -> Option<usize> {
    let passes_on = match &fleet.kind {
        FleetKind::Single(_) => true,
        FleetKind::Hybrid(hybrid) => hybrid.overflow == OverflowRule::WhenFull && hybrid.routing == Routing::InOrder,
    };
    // On a faster GPU a request is in flight for less time than was counted.
    let are_slow =
        fleet.pools().into_iter().take(index + 1).all(|pool| speed_of(pool).billionths <= Decimal::ONE.billionths);
    let before = fleet.pools().into_iter().take(index);
    let slots = before.map(|pool| most_instances(pool).map(|most| most as usize * slots_of(pool) as usize)).sum();
    if passes_on && are_slow { slots } else { None }
}

/// The least share of the requests that must be completed for the objective to be met.
fn least_served(scenario: &Scenario) -> f64 {
    let Some(slo) = scenario.slo.as_ref().filter(|slo| slo.sets_conditions()) else {
        return 1.0 - 1.0 / crate::decide::LOST_ONE_IN as f64;
    };
    // Attempts that are lost are not requests that are where clients try again.
    let tries_again = scenario.traffic.iter().any(|class| class.retry.is_some());
    let not_lost = match (slo.max_rejected, slo.max_timed_out) {
        (Some(rejected), Some(timed_out)) if !tries_again => 1.0 - rejected - timed_out,
        _ => 0.0,
    };
    slo.latency.and(slo.attainment).unwrap_or(0.0).max(not_lost)
}

fn most_instances(pool: &PoolKind) -> Option<f64> {
    match pool {
        PoolKind::Dedicated(pool) => most_of_dedicated(pool).map(f64::from),
        PoolKind::Serverless(pool) => pool.max_instances.map(f64::from),
    }
}

/// On-demand instances that stand in for spot ones may be there beside them.
fn most_of_dedicated(pool: &Dedicated) -> Option<u32> {
    match (pool.instances, &pool.terms.purchase) {
        (Instances::Number(number), Purchase::OnDemand | Purchase::Reserved(_)) => Some(number),
        _ => None,
    }
}

/// The servers of a fleet that is one M/M/c queue.
fn servers(fleet: &Fleet) -> Option<u32> {
    let FleetKind::Single(PoolKind::Dedicated(pool)) = &fleet.kind else { return None };
    let Terms { schedule, interruptions, failures, autoscaling, regions, .. } = &pool.terms;
    let comes_and_goes = schedule.is_some() || interruptions.is_some() || failures.is_some() || autoscaling.is_some();
    let is_plain = pool.slots == 1
        && pool.speed == Decimal::ONE
        && pool.queue_limit.is_none()
        && !comes_and_goes
        && regions.is_empty();
    most_of_dedicated(pool).filter(|_| is_plain)
}

fn speed_of(pool: &PoolKind) -> Decimal {
    match pool {
        PoolKind::Dedicated(pool) => pool.speed,
        PoolKind::Serverless(pool) => pool.speed,
    }
}

fn slots_of(pool: &PoolKind) -> u32 {
    match pool {
        PoolKind::Dedicated(pool) => pool.slots,
        PoolKind::Serverless(pool) => pool.slots,
    }
}
