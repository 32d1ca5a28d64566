//! Random scenarios, small but over all options. Most times are whole seconds, so that many events coincide. Their pools
//! are in `pools.rs`.

use std::fmt;

use breakeven::scenario::{Fleet, OverflowRule, PoolKind, Retry, Scenario, Slo};
use breakeven::unit::{Rate, Span, Time};
use proptest::prelude::*;
use proptest::sample::select;

use super::Request;
use super::build::{class, fleet, hybrid, scenario, seconds};
use super::pools::{Features, dedicated, serverless, sharing};

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
        let retries: Vec<_> = self.scenario.traffic.iter().map(|class| class.retry).collect();
        writeln!(f, "{:?}", self.fleet)?;
        write!(f, "horizon {}, warm-up {}, ", self.scenario.horizon, self.scenario.warm_up)?;
        write!(f, "seed {}, time-outs {timeouts:?}, retries {retries:?}, ", self.scenario.seed)?;
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
pub enum Grid {
    WholeSeconds,
    /// Mostly whole seconds.
    Mixed,
    Nanoseconds,
    /// Services, time-outs and starts of up to five years: sixty in one queue stay within the clock's 584 years.
    Years,
}

pub fn case(kind: impl Strategy<Value = Kind> + 'static) -> impl Strategy<Value = Case> {
    let years = Just(Grid::Years);
    case_on(
        prop_oneof![3 => Just(Grid::WholeSeconds), 1 => Just(Grid::Mixed), 1 => Just(Grid::Nanoseconds), 1 => years],
        kind,
    )
}

/// The same without those of years.
pub fn short_case(kind: impl Strategy<Value = Kind> + 'static) -> impl Strategy<Value = Case> {
    case_on(prop_oneof![3 => Just(Grid::WholeSeconds), 1 => Just(Grid::Mixed), 1 => Just(Grid::Nanoseconds)], kind)
}

fn case_on(
    grid: impl Strategy<Value = Grid> + 'static,
    kind: impl Strategy<Value = Kind> + 'static,
) -> impl Strategy<Value = Case> {
    (grid, kind, 1..=3_usize).prop_flat_map(|(grid, kind, classes)| {
        (kind.fleet(grid), requests(grid, classes), timing(grid, classes, kind), 1..=70_usize).prop_map(
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
    /// Any of those, with clients that try again.
    Retrying,
    /// Serverless, with starts in phases, which may fail.
    Starting,
    /// Serverless, with limits on waiting and service.
    Limited,
    /// Serverless, with every scaler that the reference model knows.
    Scaled,
    /// Any, with all of that at once.
    Everything,
}

/// Any of them.
pub fn any_kind() -> impl Strategy<Value = Kind> {
    select(vec![
        Kind::Dedicated,
        Kind::Serverless,
        Kind::Hybrid,
        Kind::Sharing,
        Kind::Retrying,
        Kind::Starting,
        Kind::Limited,
        Kind::Scaled,
        Kind::Everything,
    ])
}

impl Kind {
    fn fleet(self, grid: Grid) -> BoxedStrategy<Fleet> {
        let nothing = Features::default();
        match self {
            Kind::Dedicated => dedicated(grid).prop_map(fleet).boxed(),
            Kind::Serverless => serverless(grid, nothing).prop_map(fleet).boxed(),
            Kind::Hybrid => mixed(grid, prop_oneof![dedicated(grid), serverless(grid, nothing)].boxed()),
            Kind::Sharing => shared(grid, nothing),
            Kind::Retrying => {
                prop_oneof![Kind::Dedicated.fleet(grid), Kind::Serverless.fleet(grid), Kind::Hybrid.fleet(grid)].boxed()
            }
            Kind::Starting => serverless(grid, Features { starts: true, ..nothing }).prop_map(fleet).boxed(),
            Kind::Limited => serverless(grid, Features { limits: true, ..nothing }).prop_map(fleet).boxed(),
            Kind::Scaled => serverless(grid, Features { scalers: true, ..nothing }).prop_map(fleet).boxed(),
            Kind::Everything => {
                let all = Features { starts: true, limits: true, scalers: true };
                let pool = || prop_oneof![1 => dedicated(grid), 4 => serverless(grid, all)].boxed();
                prop_oneof![pool().prop_map(fleet), mixed(grid, pool()), shared(grid, all)].boxed()
            }
        }
    }

    fn tries_again(self) -> bool {
        matches!(self, Kind::Retrying | Kind::Everything)
    }
}

fn shared(grid: Grid, features: Features) -> BoxedStrategy<Fleet> {
    let pool = || prop_oneof![sharing(dedicated(grid)), sharing(serverless(grid, features))].boxed();
    let alone = || prop_oneof![dedicated(grid), serverless(grid, features)].boxed();
    prop_oneof![pool().prop_map(fleet), mixed(grid, prop_oneof![2 => pool(), 1 => alone()].boxed())].boxed()
}

fn mixed(grid: Grid, pool: BoxedStrategy<PoolKind>) -> BoxedStrategy<Fleet> {
    let pools = prop::collection::vec(pool, 2..=3);
    (overflow_rule(grid), pools).prop_map(|(rule, pools)| hybrid(rule, pools)).boxed()
}

/// A duration of at most `most` seconds.
pub fn span(grid: Grid, most: u64) -> BoxedStrategy<Span> {
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
    retries: Vec<Option<Retry>>,
    /// From the last arrival to the horizon, less a nanosecond.
    rest: Span,
    /// The warm-up's share of the horizon, in thousandths.
    warm_up: u64,
    good_latency: Option<Span>,
    seed: u64,
}

fn timing(grid: Grid, classes: usize, kind: Kind) -> impl Strategy<Value = Timing> {
    let retry = if kind.tries_again() { prop::option::weighted(0.8, retry(grid)).boxed() } else { Just(None).boxed() };
    (
        prop::collection::vec((prop::option::of(span(grid, 6)), retry), classes),
        span(grid, 8),
        prop_oneof![Just(0), 0..1_000_u64],
        prop::option::of(span(grid, 8)),
        0..1_000_u64,
    )
        .prop_map(|(classes, rest, warm_up, good_latency, seed)| {
            let (timeouts, retries) = classes.into_iter().unzip();
            Timing { timeouts, retries, rest, warm_up, good_latency, seed }
        })
}

/// How clients try again, often at the same instants.
fn retry(grid: Grid) -> impl Strategy<Value = Retry> {
    let growth = (select(vec![1.0, 1.5, 2.0, 3.0]), span(grid, 5));
    (1..=3_u16, span(grid, 3), growth, select(vec![0.0, 0.5, 0.9])).prop_map(
        |(limit, backoff, (factor, more), jitter)| {
            let backoff = backoff.max(Span::NANOSECOND);
            Retry { limit, backoff, factor, longest: backoff + more, jitter }
        },
    )
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
            .zip(self.timeouts.iter().zip(&self.retries))
            .map(|(index, (&timeout, &retry))| {
                let mut class = class(&format!("class {index}"));
                (class.timeout, class.retry) = (timeout, retry);
                class
            })
            .collect();
        scenario
    }
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
