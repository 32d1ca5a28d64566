//! What the traffic costs at least: the bill of somebody who knows every request beforehand, at the prices of some designs.
//!
//! **Served without idle time and cold starts.** Every request is paid for the seconds that it is served, at the rate of the
//! cheapest pool of the designs: the price of a second of an instance over the seconds of service that it gets done in one with all
//! its slots in use (speed and throughput included), and its fees. What comes whatever is served (plans, operations, storage) is
//! added and what is free (free tiers, credits) taken off, for the design with the least of it. No design that serves all requests
//! costs less, because no instance gets more done in a second that is paid for, at no lower price:
//!
//! - of a pool that has several prices (spot instances and their fallback, minimum instances with a price of their own) the lowest
//!   counts; of a commitment its discounted price;
//! - rounding, minimum billing, whole nodes, boots, idle time and repeated work can only add to a bill, and are left out;
//! - where execution is not billed, a second of service costs nothing;
//! - work counts while its request would be in service if it began when it arrived. So the bound takes it that a design carries as
//!   much work out of its window as into it: one with a queue that grows to the end has not served what it does not pay for.
//!
//! **The least instances.** If no request waits, there must at every moment be as many instances as those in flight fill: their
//! number over the slots, rounded up. Its mean over time, at the price of an instance, is what such instances cost if they came and
//! went in no time; it is more than the first figure where slots stay empty, and holds for designs in which no request waits. Of a
//! design with several kinds of pools the lowest price, the most slots and the highest speed count.

use std::ops::Range;

use crate::engine;
use crate::measure::Estimate;
use crate::scenario::{Decimal, Dedicated, Extras, Fleet, FreeTier, PoolKind, Scenario, Serverless};
use crate::trace::TraceError;
use crate::traffic::{Block, Demand, HOURS, InFlight};
use crate::unit::{Price, Span, Time};

/// What the traffic of a scenario costs at least, and how much of it there is at once.
#[derive(Clone, Debug, PartialEq)]
pub struct Foresight {
    /// That it is measured over.
    pub replications: u32,
    /// Served without idle time and cold starts: dollars for a month of 720 hours, never below zero.
    pub served_usd_per_month: Estimate,
    /// The rates that requests are served at, the one with the most service first.
    pub rates: Vec<ServedRate>,
    /// Fees by the month less what is free, in dollars: a part of `served_usd_per_month`. Below zero where more is free.
    pub other_usd_per_month: f64,
    /// Of the design in which they cost the least.
    pub least_instances: LeastInstances,
    /// Requests in flight if each began when it arrived, at the service times of the traffic.
    pub in_flight: Estimate,
    pub peak_in_flight: u64,
    /// By the number in flight: the share of the time in which there are as many, over all replications.
    pub shares_in_flight: Vec<f64>,
    /// By hour of the day on the scenario's calendar: the mean number; `None` for hours that are not in the window.
    pub in_flight_by_hour: [Option<f64>; HOURS],
    demand: Demand,
}

/// A rate at which some requests are served.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ServedRate {
    /// Index of the design, and of its pool.
    pub fleet: usize,
    pub pool: usize,
    /// Dollars for an hour of service, as the traffic has it.
    pub usd_per_service_hour: f64,
    /// Fee and egress.
    pub usd_per_request: f64,
    /// Of all service.
    pub share: f64,
}

/// The instances that there must be if no request waits.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LeastInstances {
    /// Index of the design.
    pub fleet: usize,
    /// Requests served at once by one instance.
    pub slots: u32,
    pub usd_per_instance_hour: f64,
    /// Over time.
    pub mean: Estimate,
    /// The most at any time, over all replications.
    pub peak: u64,
    /// With what the design has to pay by the month less what is free, never below zero.
    pub usd_per_month: Estimate,
}

/// Measures what the traffic costs at least at the prices of some designs, at least one, over some replications.
///
/// # Errors
/// When a trace cannot be read.
///
/// # Panics
/// Without a design.
pub fn foresight(scenario: &Scenario, designs: &[Fleet], replications: Range<u32>) -> Result<Foresight, TraceError> {
    let designs: Vec<DesignTerms> = designs.iter().map(|fleet| DesignTerms::of(fleet, scenario.window())).collect();
    let rates: Vec<Rate> = (0..).zip(&designs).flat_map(|(fleet, design)| design.rates(fleet)).collect();
    let mut speeds = vec![Decimal::ONE];
    for design in &designs {
        if !speeds.contains(&design.speed) {
            speeds.push(design.speed);
        }
    }
    let start = || Tally {
        window: (Time::START + scenario.warm_up, Time::START + scenario.horizon),
        served: vec![Served::default(); rates.len()],
        in_flight: speeds.iter().map(|&speed| InFlight::new(scenario, speed)).collect(),
    };
    let tallies = engine::fold_streams(scenario, replications, start, |tally, block| tally.add(&rates, block))?;
    let measured: Vec<Measured> = tallies.into_iter().map(Tally::finish).collect();
    let other = designs.iter().map(|design| design.other_usd).min_by(f64::total_cmp).expect("a design");
    let to_month = Span::MONTH.seconds() / scenario.window().seconds();
    let usd = |measured: &Measured| {
        let served: f64 = rates.iter().zip(&measured.served).map(|(rate, served)| rate.usd(served)).sum();
        (served + other).max(0.0) * to_month
    };
    let mut demand = Demand::default();
    measured.iter().for_each(|measured| demand.add(&measured.demands[0]));
    Ok(Foresight {
        replications: measured.len() as u32,
        served_usd_per_month: Estimate::of_mean(measured.iter().map(usd)),
        rates: served_rates(&rates, &measured),
        other_usd_per_month: other * to_month,
        least_instances: least_instances(&designs, &speeds, &measured, to_month),
        in_flight: Estimate::of_mean(measured.iter().map(|measured| measured.demands[0].mean())),
        peak_in_flight: demand.peak(),
        shares_in_flight: demand.shares(),
        in_flight_by_hour: demand.means_by_hour(),
        demand,
    })
}

impl Foresight {
    /// The least number in flight that is not exceeded for at least this share of the time.
    ///
    /// With linear prices it is the base of a hybrid that costs the least, for the share 1 - dedicated price / serverless price: one
    /// dedicated instance more pays for itself as long as it is busy for a larger part of the time than its price is of the other
    /// (the newsvendor's critical fractile: Arrow, Harris and Marschak, Optimal inventory policy, Econometrica 19, 1951). It leaves
    /// out that a request which has overflowed stays where it is when the base has room again.
    #[must_use]
    pub fn fractile_in_flight(&self, share: f64) -> u64 {
        self.demand.fractile(share)
    }
}

/// Counts of one replication while it passes.
struct Tally {
    window: (Time, Time),
    /// By rate.
    served: Vec<Served>,
    /// By speed.
    in_flight: Vec<InFlight>,
}

/// Requests served at a rate: how many of the window, and their service within it.
#[derive(Clone, Copy, Debug, Default)]
struct Served {
    requests: u64,
    nanos: u128,
}

/// One replication.
struct Measured {
    served: Vec<Served>,
    demands: Vec<Demand>,
}

impl Tally {
    fn add(&mut self, rates: &[Rate], block: &Block) {
        let (from, to) = self.window;
        for (&arrival, &service) in block.arrival.iter().zip(&block.service) {
            let within = (arrival + service).min(to).saturating_since(arrival.max(from)).nanos();
            let served = Served { requests: u64::from(arrival >= from), nanos: u128::from(within) };
            let cost = |rate: &Rate| rate.usd(&served);
            let cheapest = (0..rates.len()).min_by(|&a, &b| cost(&rates[a]).total_cmp(&cost(&rates[b])));
            if let Some(sum) = cheapest.and_then(|cheapest| self.served.get_mut(cheapest)) {
                sum.requests += served.requests;
                sum.nanos += served.nanos;
            }
        }
        self.in_flight.iter_mut().for_each(|in_flight| in_flight.add(block));
    }

    fn finish(self) -> Measured {
        let demands = self.in_flight.into_iter().map(InFlight::finish).collect();
        Measured { served: self.served, demands }
    }
}

/// What a pool asks for requests, at least.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Rate {
    fleet: usize,
    pool: usize,
    usd_per_nano: f64,
    usd_per_request: f64,
}

impl Rate {
    fn usd(&self, served: &Served) -> f64 {
        self.usd_per_nano * served.nanos as f64 + self.usd_per_request * served.requests as f64
    }
}

/// What a design asks for, at least.
struct DesignTerms {
    pools: Vec<PoolTerms>,
    /// Of the window: fees less what is free.
    other_usd: f64,
    slots: u32,
    speed: Decimal,
    usd_per_instance_nano: f64,
}

#[derive(Clone, Copy)]
struct PoolTerms {
    usd_per_instance_nano: f64,
    usd_per_request: f64,
    capacity: f64,
    other_usd: f64,
}

impl DesignTerms {
    fn of(fleet: &Fleet, window: Span) -> DesignTerms {
        let kinds = fleet.pools();
        let pools: Vec<PoolTerms> = kinds.iter().map(|kind| PoolTerms::of(kind, window)).collect();
        let prices = pools.iter().map(|pool| pool.usd_per_instance_nano);
        DesignTerms {
            other_usd: pools.iter().map(|pool| pool.other_usd).sum(),
            slots: kinds.iter().map(|kind| kind.slots()).max().unwrap_or(1),
            speed: kinds.iter().map(|kind| kind.speed()).max_by_key(|speed| speed.billionths).unwrap_or(Decimal::ONE),
            usd_per_instance_nano: prices.min_by(f64::total_cmp).unwrap_or(0.0),
            pools,
        }
    }

    fn rates(&self, fleet: usize) -> impl Iterator<Item = Rate> + '_ {
        self.pools.iter().enumerate().map(move |(pool, terms)| Rate {
            fleet,
            pool,
            usd_per_nano: terms.usd_per_instance_nano / terms.capacity,
            usd_per_request: terms.usd_per_request,
        })
    }
}

impl PoolTerms {
    fn of(kind: &PoolKind, window: Span) -> PoolTerms {
        let extras = kind.extras();
        let egress = extras.egress.map_or(0.0, |egress| egress.cost(MANY).dollars() / MANY as f64);
        let (usd_per_instance_nano, fee) = match kind {
            PoolKind::Dedicated(pool) => (usd_per_nano(held_price(pool), extras), 0.0),
            PoolKind::Serverless(pool) => {
                let of_time = if pool.tariff.bills.execute { usd_per_nano(billed_price(pool), extras) } else { 0.0 };
                (of_time, pool.tariff.request_fee.dollars())
            }
        };
        let free = match kind {
            PoolKind::Dedicated(_) => 0.0,
            PoolKind::Serverless(pool) => free_usd(pool, window),
        };
        let credits = extras.credits.map_or(0.0, |credits| credits.cost(window.nanos().into()).dollars());
        PoolTerms {
            usd_per_instance_nano,
            usd_per_request: fee + egress,
            capacity: kind.capacity(),
            other_usd: standing_usd(extras, window) - free - credits,
        }
    }
}

const MANY: u64 = 1_000_000_000;

/// Of an instance with its cores and memory.
fn usd_per_nano(price: Price, extras: &Extras) -> f64 {
    let month = u128::from(Span::MONTH.nanos());
    let resources = [extras.cpu, extras.memory].into_iter().flatten().map(|resource| resource.cost(month).dollars());
    (price.cost(month).dollars() + resources.sum::<f64>()) / month as f64
}

/// The lowest price of an instance that serves.
fn held_price(pool: &Dedicated) -> Price {
    let fallback = pool.terms.interruptions.as_ref().and_then(|interruptions| interruptions.fallback);
    lower(pool.price, fallback.map(|fallback| fallback.price))
}

fn billed_price(pool: &Serverless) -> Price {
    let minimum = pool.tariff.min_instance_price.filter(|_| pool.min_instances > 0);
    lower(pool.tariff.price, minimum)
}

fn lower(price: Price, other: Option<Price>) -> Price {
    other.filter(|other| other.compare(price).is_lt()).unwrap_or(price)
}

/// Free requests and free time of a window, at what they would cost.
fn free_usd(pool: &Serverless, window: Span) -> f64 {
    let tariff = &pool.tariff;
    let free = tariff.free_tier.unwrap_or(FreeTier { requests: 0, instance_time: Span::ZERO });
    let of_time = usd_per_nano(tariff.price, &tariff.extras) * free.nanos_in(window) as f64;
    of_time + tariff.request_fee.times(free.requests_in(window)).dollars()
}

/// What is paid whatever is served.
fn standing_usd(extras: &Extras, window: Span) -> f64 {
    let fees = [extras.plan_fee, extras.operations].into_iter().flatten();
    let fees: f64 = fees.map(|fee| fee.cost(window.nanos().into()).dollars()).sum();
    fees + extras.storage.map_or(0.0, |storage| storage.cost(window).dollars())
}

/// The rates that served anything.
fn served_rates(rates: &[Rate], measured: &[Measured]) -> Vec<ServedRate> {
    let nanos = |index: usize| measured.iter().map(|measured| measured.served[index].nanos).sum::<u128>();
    let requests = |index: usize| measured.iter().map(|measured| measured.served[index].requests).sum::<u64>();
    let all: u128 = (0..rates.len()).map(nanos).sum();
    let rate = |(index, rate): (usize, &Rate)| {
        (requests(index) > 0 || nanos(index) > 0).then(|| ServedRate {
            fleet: rate.fleet,
            pool: rate.pool,
            usd_per_service_hour: rate.usd_per_nano * Span::HOUR.nanos() as f64,
            usd_per_request: rate.usd_per_request,
            share: if all > 0 { nanos(index) as f64 / all as f64 } else { 0.0 },
        })
    };
    let mut served: Vec<ServedRate> = rates.iter().enumerate().filter_map(rate).collect();
    served.sort_by(|a, b| b.share.total_cmp(&a.share));
    served
}

/// Of the design in which they cost the least on average, the first of equals.
fn least_instances(
    designs: &[DesignTerms],
    speeds: &[Decimal],
    measured: &[Measured],
    to_month: f64,
) -> LeastInstances {
    let of_design = |(fleet, design): (usize, &DesignTerms)| {
        let speed = speeds.iter().position(|&speed| speed == design.speed).unwrap_or(0);
        let mean = |measured: &Measured| measured.demands[speed].mean_of(design.slots);
        let peaks = measured.iter().map(|measured| measured.demands[speed].peak().div_ceil(design.slots.into()));
        let per_month = design.usd_per_instance_nano * Span::MONTH.nanos() as f64;
        let usd = |measured: &Measured| (mean(measured) * per_month + design.other_usd * to_month).max(0.0);
        LeastInstances {
            fleet,
            slots: design.slots,
            usd_per_instance_hour: design.usd_per_instance_nano * Span::HOUR.nanos() as f64,
            mean: Estimate::of_mean(measured.iter().map(mean)),
            peak: peaks.max().unwrap_or(0),
            usd_per_month: Estimate::of_mean(measured.iter().map(usd)),
        }
    };
    let cost = |least: &LeastInstances| least.usd_per_month.mean.unwrap_or(0.0);
    let all = designs.iter().enumerate().map(of_design);
    all.min_by(|a, b| cost(a).total_cmp(&cost(b))).expect("a design")
}
