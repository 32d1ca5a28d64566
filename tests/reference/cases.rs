//! Random scenarios, small but over all options. Most times are whole seconds, so that many events coincide.

use std::fmt;

use breakeven::scenario::{
    BilledPhases, Decimal, Dedicated, Distribution, Egress, Extras, Fleet, FreeTier, IdleSelection, Instances,
    Measured, Overflow, OverflowRule, PoolKind, Resource, ScaleOut, Scenario, Serverless, Slo, StartUp, Storage,
    Tariff, Throughput,
};
use breakeven::trace::{DataFile, Location};
use breakeven::unit::{Price, Rate, Span, Time, Usd};
use proptest::prelude::*;
use proptest::sample::select;

use super::Request;
use super::build::{class, fleet, hybrid, scenario, seconds};

/// A fleet, the requests that it serves and the length of the blocks in which they come.
#[derive(Clone)]
pub struct Case {
    pub scenario: Scenario,
    pub fleet: Fleet,
    pub requests: Vec<Request>,
    pub longest_block: usize,
}

impl fmt::Debug for Case {
    /// Short enough to work through by hand.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let timeouts: Vec<_> = self.scenario.traffic.iter().map(|class| class.timeout).collect();
        writeln!(f, "{:?}", self.fleet)?;
        write!(f, "horizon {}, warm-up {}, ", self.scenario.horizon, self.scenario.warm_up)?;
        write!(f, "seed {}, time-outs {timeouts:?}, ", self.scenario.seed)?;
        writeln!(f, "objective {:?}, blocks of {}", self.scenario.slo, self.longest_block)?;
        for request in &self.requests {
            let arrival = request.arrival.since_start();
            writeln!(f, "class {} at {arrival} for {}", request.class, request.service)?;
        }
        Ok(())
    }
}

/// How the times of a case are chosen.
#[derive(Clone, Copy, Debug)]
enum Grid {
    WholeSeconds,
    /// Mostly whole seconds.
    Mixed,
    Nanoseconds,
    /// Services, time-outs and starts of up to five years: sixty in one queue stay within the clock's 584 years.
    Years,
}

pub fn case(kind: impl Strategy<Value = Kind> + 'static) -> impl Strategy<Value = Case> {
    let grid = prop_oneof![3 => Just(Grid::WholeSeconds), 1 => Just(Grid::Mixed), 1 => Just(Grid::Nanoseconds), 1 => Just(Grid::Years)];
    (grid, kind, 1..=3_usize).prop_flat_map(|(grid, kind, classes)| {
        (kind.fleet(grid), requests(grid, classes), timing(grid, classes), 1..=70_usize).prop_map(
            |(fleet, requests, timing, longest_block)| Case {
                scenario: timing.scenario(&requests),
                fleet,
                requests,
                longest_block,
            },
        )
    })
}

/// The kind of fleet of a case.
#[derive(Clone, Copy, Debug)]
pub enum Kind {
    Dedicated,
    Serverless,
    Hybrid,
    /// Any of those, with pools whose slots share their instances.
    Sharing,
}

/// Any of them.
pub fn any_kind() -> impl Strategy<Value = Kind> {
    prop_oneof![Just(Kind::Dedicated), Just(Kind::Serverless), Just(Kind::Hybrid), Just(Kind::Sharing)]
}

impl Kind {
    fn fleet(self, grid: Grid) -> BoxedStrategy<Fleet> {
        match self {
            Kind::Dedicated => dedicated(grid).prop_map(fleet).boxed(),
            Kind::Serverless => serverless(grid).prop_map(fleet).boxed(),
            Kind::Hybrid => mixed(grid, prop_oneof![dedicated(grid), serverless(grid)].boxed()),
            Kind::Sharing => {
                let pool = || prop_oneof![sharing(dedicated(grid)), sharing(serverless(grid))].boxed();
                let hybrid = mixed(grid, prop_oneof![4 => pool(), 1 => dedicated(grid), 1 => serverless(grid)].boxed());
                prop_oneof![pool().prop_map(fleet), hybrid].boxed()
            }
        }
    }
}

fn mixed(grid: Grid, pool: BoxedStrategy<PoolKind>) -> BoxedStrategy<Fleet> {
    let pools = prop::collection::vec(pool, 2..=3);
    (overflow_rule(grid), pools).prop_map(|(rule, pools)| hybrid(rule, pools)).boxed()
}

/// A pool with more slots, which share their instances.
fn sharing(pool: BoxedStrategy<PoolKind>) -> BoxedStrategy<PoolKind> {
    (pool, 1..=6_u32, throughput())
        .prop_map(|(mut kind, more_slots, shared)| {
            let (slots, throughput) = match &mut kind {
                PoolKind::Dedicated(pool) => (&mut pool.slots, &mut pool.throughput),
                PoolKind::Serverless(pool) => (&mut pool.slots, &mut pool.throughput),
            };
            (*slots, *throughput) = (more_slots, shared);
            kind
        })
        .boxed()
}

/// A curve that is not that of independent slots.
fn throughput() -> impl Strategy<Value = Throughput> {
    let exponent = prop_oneof![Just(0.0), Just(0.5), Just(1.0), 0.0..1.0];
    let power = exponent.prop_map(|exponent| Throughput::Power { exponent });
    // Each step adds some batch sizes, and at most as much throughput, in tenths.
    let steps = prop::collection::vec((1..=3_u32, 0..=10_u64), 0..=3);
    let table = steps.prop_map(|steps| {
        let mut row = Measured { batch: 1, relative: Decimal::ONE };
        let mut rows = vec![row];
        for (batch, tenths) in steps {
            row.batch += batch;
            row.relative.billionths += Decimal::ONE.billionths / 10 * tenths * u64::from(batch);
            rows.push(row);
        }
        Throughput::Table(rows)
    });
    prop_oneof![2 => power, 1 => table]
}

/// A duration of at most `most` seconds.
fn span(grid: Grid, most: u64) -> BoxedStrategy<Span> {
    let whole = (0..=most).prop_map(seconds);
    let any = (0..=seconds(most).nanos()).prop_map(Span::from_nanos);
    match grid {
        Grid::WholeSeconds => whole.boxed(),
        Grid::Mixed => prop_oneof![3 => whole, 1 => any].boxed(),
        Grid::Nanoseconds => any.boxed(),
        Grid::Years => {
            (0..=most).prop_map(move |years| Span::from_nanos(Span::LONGEST.nanos() / 2 / most.max(1) * years)).boxed()
        }
    }
}

fn requests(grid: Grid, classes: usize) -> impl Strategy<Value = Vec<Request>> {
    // Busy streams and quiet ones: where gaps are short nothing expires, where they are long nothing queues.
    (0..=4_u64, 0..=6_u64, 0..=60_usize).prop_flat_map(move |(gap, service, count)| {
        // Arrivals of years would not end before the longest horizon.
        let gap = match grid {
            Grid::Years => (0..=gap).prop_map(|days| Span::from_nanos(days * Span::DAY.nanos())).boxed(),
            Grid::WholeSeconds | Grid::Mixed | Grid::Nanoseconds => span(grid, gap),
        };
        let row = (gap, span(grid, service), 0..classes as u16);
        prop::collection::vec(row, count).prop_map(|rows| {
            let mut now = Time::START;
            let mut requests: Vec<Request> = rows
                .into_iter()
                .map(|(gap, service, class)| {
                    now = now + gap;
                    Request { arrival: now, service, class }
                })
                .collect();
            requests.sort_by_key(|request| (request.arrival, request.class));
            requests
        })
    })
}

/// What a scenario adds to its fleet and its requests.
#[derive(Clone, Debug)]
struct Timing {
    timeouts: Vec<Option<Span>>,
    /// From the last arrival to the horizon, less a nanosecond.
    rest: Span,
    /// The warm-up's share of the horizon, in thousandths.
    warm_up: u64,
    good_latency: Option<Span>,
    seed: u64,
}

fn timing(grid: Grid, classes: usize) -> impl Strategy<Value = Timing> {
    (
        prop::collection::vec(prop::option::of(span(grid, 6)), classes),
        span(grid, 8),
        prop_oneof![Just(0), 0..1_000_u64],
        prop::option::of(span(grid, 8)),
        0..1_000_u64,
    )
        .prop_map(|(timeouts, rest, warm_up, good_latency, seed)| Timing {
            timeouts,
            rest,
            warm_up,
            good_latency,
            seed,
        })
}

impl Timing {
    fn scenario(self, requests: &[Request]) -> Scenario {
        let last = requests.last().map_or(Time::START, |request| request.arrival);
        // Arrivals stop before the horizon; on a grid of whole seconds it lies on the grid unless `rest` is zero.
        let horizon = (last + self.rest.max(Span::NANOSECOND)).since_start().min(Span::LONGEST);
        let mut scenario = scenario(horizon);
        let exact = u128::from(horizon.nanos()) * u128::from(self.warm_up) / 1_000;
        let whole_seconds = exact as u64 / Span::SECOND.nanos() * Span::SECOND.nanos();
        scenario.warm_up = Span::from_nanos(if self.seed.is_multiple_of(2) { whole_seconds } else { exact as u64 });
        scenario.seed = self.seed;
        scenario.slo = self.good_latency.map(|latency| Slo { latency: Some(latency), ..Slo::default() });
        scenario.traffic = (0..)
            .zip(&self.timeouts)
            .map(|(index, &timeout)| {
                let mut class = class(&format!("class {index}"));
                class.timeout = timeout;
                class
            })
            .collect();
        scenario
    }
}

fn price() -> impl Strategy<Value = Price> {
    let per = select(vec![Span::SECOND, Span::MINUTE, Span::HOUR, Span::MONTH]);
    (0..10_000_000_000_000_u64, per).prop_map(|(pico_dollars, per)| Price::new(pico_dollars, per))
}

fn dedicated(_grid: Grid) -> BoxedStrategy<PoolKind> {
    (1..=4_u32, 1..=3_u32, price(), prop::option::of(0..=3_u64), extras())
        .prop_map(|(instances, slots, price, queue_limit, extras)| {
            let throughput = Throughput::Independent;
            let plain = Dedicated::new(Instances::Number(instances), price);
            PoolKind::Dedicated(Dedicated { slots, throughput, queue_limit, extras, ..plain })
        })
        .boxed()
}

fn serverless(grid: Grid) -> BoxedStrategy<PoolKind> {
    let size = (0..=2_u32, prop::option::weighted(0.8, 1..=4_u32), 1..=3_u32);
    let rules = (
        prop_oneof![Just(ScaleOut::PerRequest), Just(ScaleOut::slot_deficit())],
        select(vec![
            IdleSelection::MostRecentlyUsed,
            IdleSelection::LeastRecentlyUsed,
            IdleSelection::Newest,
            IdleSelection::Oldest,
            IdleSelection::Random,
        ]),
        prop_oneof![Just(Overflow::Queue), Just(Overflow::Reject)],
    );
    (cold_start(grid), span(grid, 6), size, rules, tariff())
        .prop_map(|(cold_start, keep_alive, (min, max, slots), rules, tariff)| {
            PoolKind::Serverless(Serverless {
                min_instances: min,
                max_instances: max.map(|max| max.max(min)),
                scale_out: rules.0,
                idle_selection: rules.1,
                overflow: rules.2,
                slots,
                ..Serverless::new(StartUp::cold_start(cold_start), keep_alive, tariff)
            })
        })
        .boxed()
}

fn cold_start(grid: Grid) -> BoxedStrategy<Distribution> {
    let constant = span(grid, 5).prop_map(Distribution::Constant);
    let empirical = prop::collection::vec(span(grid, 5), 1..=4).prop_map(|values| Distribution::Empirical {
        file: DataFile { written: String::new(), location: Location::Embedded(b"") },
        column: String::new(),
        scale: Decimal::ONE,
        values: values.into(),
    });
    let mean = (1..=4_u64).prop_map(|mean| Distribution::Exponential { mean: seconds(mean) });
    match grid {
        Grid::WholeSeconds => prop_oneof![constant, empirical].boxed(),
        Grid::Mixed | Grid::Nanoseconds | Grid::Years => prop_oneof![constant, empirical, mean].boxed(),
    }
}

fn tariff() -> impl Strategy<Value = Tariff> {
    let rounding = select(vec![
        None,
        Some(Span::from_nanos(7)),
        Some(Span::from_nanos(100 * Span::MILLISECOND.nanos())),
        Some(Span::SECOND),
        Some(Span::MINUTE),
    ]);
    // A month's, of which a case of a minute has a 43,200th.
    let free = (0..3_000_000_u64, 0..Span::LONGEST.nanos() / 50)
        .prop_map(|(requests, nanos)| FreeTier { requests, instance_time: Span::from_nanos(nanos) });
    let more = (prop::option::weighted(0.2, free), extras(), prop::option::weighted(0.3, price()));
    (price(), 0..3_000_000_i128, any::<[bool; 3]>(), rounding, more).prop_map(
        |(price, fee, bills, rounding, (free_tier, extras, min_instance_price))| Tariff {
            request_fee: Usd::from_nanos(fee),
            bills: BilledPhases { start: [bills[0]; 4], execute: bills[1], idle: bills[2] },
            rounding,
            min_instance_price,
            free_tier,
            extras,
            ..Tariff::new(price)
        },
    )
}

/// What a bill has beside instances and requests: nothing in most cases.
fn extras() -> impl Strategy<Value = Extras> {
    let decimal = || select(vec![1_000_000, 250_000_000, 1_000_000_000, 1_500_000_000, 16_000_000_000]);
    let decimal = move || decimal().prop_map(|billionths| Decimal { billionths });
    let resource = move || (decimal(), price()).prop_map(|(units, price)| Resource { units, price });
    let storage = (decimal(), price()).prop_map(|(gigabytes, price)| Storage { gigabytes, price });
    let egress = (decimal(), 0..3_000_000_i128)
        .prop_map(|(gigabytes_per_request, nanos)| Egress { gigabytes_per_request, price: Usd::from_nanos(nanos) });
    let parts = (prop::option::of(resource()), prop::option::of(resource()));
    let fees = (prop::option::of(price()), prop::option::of(price()), prop::option::weighted(0.3, price()));
    let used = (prop::option::of(storage), prop::option::of(egress));
    let some = (parts, fees, used).prop_map(|((cpu, memory), (plan_fee, operations, credits), (storage, egress))| {
        Extras { cpu, memory, plan_fee, operations, storage, egress, credits }
    });
    prop_oneof![3 => Just(Extras::NONE), 1 => some]
}

fn overflow_rule(grid: Grid) -> impl Strategy<Value = OverflowRule> {
    let rate = prop_oneof![
        (0..=4_u64).prop_map(|rate| Rate::new(rate * 1_000_000_000, Span::SECOND)),
        (0..=200_u64).prop_map(|rate| Rate::new(rate * 1_000_000_000, Span::MINUTE)),
    ];
    prop_oneof![
        Just(OverflowRule::WhenFull),
        span(grid, 6).prop_map(OverflowRule::WaitOver),
        rate.prop_map(OverflowRule::RateOver),
        (0..=5_u64).prop_map(OverflowRule::InFlightOver),
    ]
}
