//! Random pools.

use breakeven::scenario::{
    BilledPhases, Decimal, Dedicated, Distribution, Egress, Extras, FreeTier, IdleSelection, InFlight, Instances,
    Measured, Overflow, PoolKind, Pull, QueueDelay, Resource, ScaleOut, Serverless, StartUp, Storage, Supply, Tariff,
    Throughput, WhenZero, WindowedConcurrency,
};
use breakeven::trace::{DataFile, Location};
use breakeven::unit::{Price, Rate, Span, Usd};
use proptest::prelude::*;
use proptest::sample::select;

use super::build::seconds;
use super::cases::{Grid, span};

/// What serverless pools may have beyond one cold start, two rules to scale out and no limits.
#[derive(Clone, Copy, Debug, Default)]
pub struct Features {
    pub starts: bool,
    pub limits: bool,
    pub scalers: bool,
}

/// A pool with more slots, which share their instances.
pub fn sharing(pool: BoxedStrategy<PoolKind>) -> BoxedStrategy<PoolKind> {
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

fn price() -> impl Strategy<Value = Price> {
    let per = select(vec![Span::SECOND, Span::MINUTE, Span::HOUR, Span::MONTH]);
    (0..10_000_000_000_000_u64, per).prop_map(|(pico_dollars, per)| Price::new(pico_dollars, per))
}

/// As fast as the traffic says in most cases, so that many events coincide.
fn speed(grid: Grid) -> impl Strategy<Value = Decimal> {
    let speeds = match grid {
        Grid::WholeSeconds => vec![500_000_000, 2_000_000_000],
        Grid::Mixed | Grid::Nanoseconds => vec![500_000_000, 700_000_000, 1_500_000_000, 2_000_000_000, 3_000_000_001],
        // Slower, they would not end before the clock.
        Grid::Years => vec![1_500_000_000, 2_000_000_000],
    };
    prop_oneof![3 => Just(Decimal::ONE), 2 => select(speeds).prop_map(|billionths| Decimal { billionths })]
}

pub fn dedicated(grid: Grid) -> BoxedStrategy<PoolKind> {
    (1..=4_u32, 1..=3_u32, speed(grid), price(), prop::option::of(0..=3_u64), extras())
        .prop_map(|(instances, slots, speed, price, queue_limit, extras)| {
            let throughput = Throughput::Independent;
            let plain = Dedicated::new(Instances::Number(instances), price);
            PoolKind::Dedicated(Dedicated { slots, throughput, speed, queue_limit, extras, ..plain })
        })
        .boxed()
}

pub fn serverless(grid: Grid, features: Features) -> BoxedStrategy<PoolKind> {
    let size = (0..=2_u32, prop::option::weighted(0.8, 1..=4_u32), 1..=3_u32, speed(grid));
    let rules = (
        if features.scalers { scale_out(grid) } else { simple_scale_out() },
        select(vec![
            IdleSelection::MostRecentlyUsed,
            IdleSelection::LeastRecentlyUsed,
            IdleSelection::Newest,
            IdleSelection::Oldest,
            IdleSelection::Random,
        ]),
        prop_oneof![Just(Overflow::Queue), Just(Overflow::Reject)],
    );
    let start = match features.starts {
        true => prop_oneof![1 => cold_start(grid), 4 => phases(grid)].boxed(),
        false => cold_start(grid),
    };
    let limits = if features.limits { limits(grid) } else { Just(Limits::default()).boxed() };
    (start, span(grid, 6), size, rules, (tariff(), limits))
        .prop_map(|(start, keep_alive, (min, max, slots, speed), rules, (mut tariff, limits))| {
            if start.is_short {
                tariff.bills.start = [tariff.bills.start[3]; 4];
            }
            let looks =
                matches!(rules.0, ScaleOut::QueueDelay(_) | ScaleOut::InFlight(_) | ScaleOut::WindowedConcurrency(_));
            if looks {
                // Which instances are left as minimum ones depends on how long the looks go on after all requests.
                tariff.min_instance_price = None;
            }
            PoolKind::Serverless(Serverless {
                queue_limit: limits.queue,
                when_zero: limits.when_zero,
                execution_limit: limits.execution,
                time_to_live: limits.time_to_live,
                min_instances: min,
                max_instances: max.map(|max| max.max(min)),
                scale_out: rules.0,
                idle_selection: rules.1,
                overflow: rules.2,
                slots,
                speed,
                ..Serverless::new(start, keep_alive, tariff)
            })
        })
        .boxed()
}

fn cold_start(grid: Grid) -> BoxedStrategy<StartUp> {
    phase(grid).prop_map(StartUp::cold_start).boxed()
}

/// A start in phases, which may fail.
fn phases(grid: Grid) -> BoxedStrategy<StartUp> {
    let share = || select(vec![0.0, 0.5, 1.0]);
    let pull = (share(), phase(grid), phase(grid)).prop_map(|(cached, hit, miss)| Pull { cached, hit, miss });
    let supply =
        (select(vec![0.3, 0.7, 1.0]), 1..=3_u64).prop_map(|(free, wait)| Supply { free, retry_after: seconds(wait) });
    let failure = (
        prop_oneof![3 => Just(0.0), 2 => select(vec![0.3, 0.7]), 1 => Just(1.0)],
        prop::option::weighted(0.3, span(grid, 9)),
        prop::option::weighted(0.3, supply),
    );
    let failure = match grid {
        // A hundred failures of years each would outlast the clock.
        Grid::Years => Just((0.0, None, None)).boxed(),
        _ => failure.boxed(),
    };
    (phase(grid), pull, phase(grid), phase(grid), failure)
        .prop_map(|(allocate, pull, load, initialize, (failure, limit, supply))| {
            let limit = limit.map(|limit| limit.max(Span::NANOSECOND));
            StartUp { allocate, pull, load, initialize, failure, limit, supply, is_short: false }
        })
        .boxed()
}

#[derive(Clone, Copy, Debug)]
struct Limits {
    queue: Option<u64>,
    when_zero: WhenZero,
    execution: Option<Span>,
    time_to_live: Option<Span>,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits { queue: None, when_zero: WhenZero::Queue, execution: None, time_to_live: None }
    }
}

fn limits(grid: Grid) -> BoxedStrategy<Limits> {
    let limit = move |most| prop::option::of(span(grid, most).prop_map(|limit| limit.max(Span::NANOSECOND)));
    let when_zero = prop_oneof![3 => Just(WhenZero::Queue), 1 => Just(WhenZero::Reject)];
    (prop::option::of(0..=4_u64), when_zero, limit(5), limit(8))
        .prop_map(|(queue, when_zero, execution, time_to_live)| Limits { queue, when_zero, execution, time_to_live })
        .boxed()
}

fn simple_scale_out() -> BoxedStrategy<ScaleOut> {
    prop_oneof![Just(ScaleOut::PerRequest), Just(ScaleOut::slot_deficit())].boxed()
}

/// The scalers that the reference model knows.
fn scale_out(grid: Grid) -> BoxedStrategy<ScaleOut> {
    let deficit = (0..=2_u32, any::<bool>())
        .prop_map(|(buffer, count_starting)| ScaleOut::SlotDeficit { buffer, count_starting });
    let per = select(vec![Span::SECOND, Span::MINUTE]);
    let bucket = (0..=60_000_000_000_u64, per, 1..=3_u64, 1..=3_u32).prop_map(|(starts, per, burst, target)| {
        ScaleOut::LambdaTokenBucket { rate: Rate::new(starts, per), burst, target }
    });
    let on_arrival = prop_oneof![1 => Just(ScaleOut::PerRequest), 3 => deficit, 3 => bucket];
    // Looks of seconds would not come to an end in years.
    match grid {
        Grid::Years => on_arrival.boxed(),
        _ => prop_oneof![3 => on_arrival, 4 => by_looks(grid)].boxed(),
    }
}

fn by_looks(grid: Grid) -> impl Strategy<Value = ScaleOut> {
    let interval = move || {
        let least = Span::from_nanos(200 * Span::MILLISECOND.nanos());
        span(grid, 3).prop_map(move |interval| if interval < least { Span::SECOND } else { interval })
    };
    let share = |tenths: Vec<u64>| {
        select(tenths).prop_map(|tenths| Decimal { billionths: tenths * Decimal::ONE.billionths / 10 })
    };
    let target = move || share(vec![3, 5, 10, 15, 20, 30]);
    let queue_delay = (span(grid, 4), 0..=2_u32, interval()).prop_map(|(delay, extra_workers, interval)| QueueDelay {
        delay,
        extra_workers,
        interval,
    });
    let in_flight = (target(), interval()).prop_map(|(target, interval)| InFlight { target, interval });
    // Both are whole multiples of a step, as the mean is sampled.
    let times = (interval(), 1..=4_u64, 1..=4_u64, span(grid, 6));
    let shares = (target(), share(vec![3, 5, 7, 10]), share(vec![3, 5, 10]), 0..=2_u32);
    let windowed = (times, shares).prop_map(|((step, window, interval, scale_down_delay), shares)| {
        let (target, target_utilization, max_scale_down_rate, buffer) = shares;
        let steps = |steps: u64| Span::from_nanos(steps * step.nanos());
        WindowedConcurrency {
            window: steps(window),
            interval: steps(interval),
            target,
            target_utilization,
            scale_down_delay,
            max_scale_down_rate,
            buffer,
        }
    });
    prop_oneof![
        1 => queue_delay.prop_map(ScaleOut::QueueDelay),
        1 => in_flight.prop_map(ScaleOut::InFlight),
        2 => windowed.prop_map(ScaleOut::WindowedConcurrency),
    ]
}

/// How long one phase of a start takes.
fn phase(grid: Grid) -> BoxedStrategy<Distribution> {
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
    (price(), 0..3_000_000_i128, any::<([bool; 4], [bool; 2])>(), rounding, more).prop_map(
        |(price, fee, bills, rounding, (free_tier, extras, min_instance_price))| Tariff {
            request_fee: Usd::from_nanos(fee),
            bills: BilledPhases { start: bills.0, execute: bills.1[0], idle: bills.1[1] },
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
