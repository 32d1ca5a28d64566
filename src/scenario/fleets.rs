//! The fleets of a checked scenario, and the pools that they are made of.

use crate::unit::{Price, Rate, Span, Usd};

use super::{Decimal, Extras, FreeTier, Nearest, ScaleOut, StartPhase, StartUp, Terms, Throughput};

/// A fleet: one pool, or several with a rule that routes requests between them.
#[derive(Clone, Debug, PartialEq)]
pub struct Fleet {
    pub name: String,
    pub kind: FleetKind,
}

#[derive(Clone, Debug, PartialEq)]
#[expect(clippy::large_enum_variant, reason = "a scenario has a handful of them")]
pub enum FleetKind {
    Single(PoolKind),
    Hybrid(Hybrid),
}

impl Fleet {
    /// `dedicated`, `serverless` or `hybrid`; regions are dedicated.
    #[must_use]
    pub fn kind_name(&self) -> &'static str {
        match &self.kind {
            FleetKind::Single(kind) => kind.name(),
            FleetKind::Hybrid(Hybrid { routing: Routing::InOrder, .. }) => "hybrid",
            FleetKind::Hybrid(Hybrid { routing: Routing::Nearest(_), .. }) => "dedicated",
        }
    }

    /// The pools in the order in which a request tries them: one, unless it is a hybrid.
    #[must_use]
    pub fn pools(&self) -> Vec<&PoolKind> {
        match &self.kind {
            FleetKind::Single(kind) => vec![kind],
            FleetKind::Hybrid(hybrid) => hybrid.pools.iter().map(|pool| &pool.kind).collect(),
        }
    }

    /// The pool whose number of instances is fitted to the objective, by its index; at most one of a fleet.
    #[must_use]
    pub fn fitted_pool(&self) -> Option<usize> {
        self.pools()
            .iter()
            .position(|kind| matches!(kind, PoolKind::Dedicated(pool) if pool.instances == Instances::Fit))
    }

    /// The fleet with a number of instances in its fitted pool; the fleet itself where there is none.
    #[must_use]
    pub fn fitted_with(&self, instances: u32) -> Fleet {
        let mut fleet = self.clone();
        let kinds: Vec<&mut PoolKind> = match &mut fleet.kind {
            FleetKind::Single(kind) => vec![kind],
            FleetKind::Hybrid(hybrid) => hybrid.pools.iter_mut().map(|pool| &mut pool.kind).collect(),
        };
        for kind in kinds {
            match kind {
                PoolKind::Dedicated(pool) if pool.instances == Instances::Fit => {
                    pool.instances = Instances::Number(instances);
                }
                _ => {}
            }
        }
        fleet
    }
}

/// How many instances a dedicated pool has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Instances {
    /// In 1..=[`MOST_INSTANCES`].
    Number(u32),
    /// The fewest with which its fleet meets the objective. A number takes its place before anything is simulated.
    Fit,
}

impl Instances {
    /// The number of instances.
    ///
    /// # Panics
    /// When the pool is yet to be fitted: a defect of the program, which fits every pool before it simulates one.
    #[must_use]
    pub fn number(self) -> u32 {
        match self {
            Instances::Number(number) => number,
            Instances::Fit => panic!("a pool is fitted before it is simulated"),
        }
    }
}

/// A number of instances, ready from 0 to the end unless their terms say otherwise.
#[derive(Clone, Debug, PartialEq)]
pub struct Dedicated {
    pub instances: Instances,
    /// Requests served at once by one instance, in 1..=[`MOST_SLOTS`].
    pub slots: u32,
    pub throughput: Throughput,
    /// As [`PoolKind::speed`].
    pub speed: Decimal,
    /// Per instance, for the whole window, used or not; of a commitment, its discount taken off.
    pub price: Price,
    /// An arrival that finds this many waiting is rejected.
    pub queue_limit: Option<u64>,
    /// How the instances are sold, and what may take them away.
    pub terms: Terms,
    pub extras: Extras,
}

impl Dedicated {
    /// Instances of one slot at a price, with an unlimited queue, there from 0 to the end.
    #[must_use]
    pub fn new(instances: Instances, price: Price) -> Dedicated {
        let (throughput, terms) = (Throughput::Independent, Terms::default());
        let (speed, extras) = (Decimal::ONE, Extras::NONE);
        Dedicated { instances, slots: 1, throughput, speed, price, queue_limit: None, terms, extras }
    }

    /// As [`PoolKind::capacity`].
    #[must_use]
    pub fn capacity(&self) -> f64 {
        self.throughput.capacity(self.slots) * self.speed.value()
    }
}

/// Instances that are started on demand and stopped when idle.
#[derive(Clone, Debug, PartialEq)]
pub struct Serverless {
    pub start: StartUp,
    /// Idle time after which an instance is stopped; `None` only where the scaler takes instances away itself.
    pub keep_alive: Option<Span>,
    /// Kept warm from t = 0 on; at most `max_instances`.
    pub min_instances: u32,
    /// At least 1, at most [`MOST_INSTANCES`]; `None`: unlimited.
    pub max_instances: Option<u32>,
    pub scale_out: ScaleOut,
    pub idle_selection: IdleSelection,
    pub overflow: Overflow,
    /// An arrival that finds no free slot and this many waiting is rejected.
    pub queue_limit: Option<u64>,
    pub when_zero: WhenZero,
    /// A service that takes longer is cut off then, and has timed out; a job begins again from its last checkpoint.
    pub execution_limit: Option<Span>,
    /// A request that is older, from its arrival on, is dropped, waiting or in service, and has timed out.
    pub time_to_live: Option<Span>,
    pub slots: u32,
    pub throughput: Throughput,
    /// As [`PoolKind::speed`].
    pub speed: Decimal,
    pub tariff: Tariff,
}

impl Serverless {
    /// The documented defaults.
    #[must_use]
    pub fn new(start: StartUp, keep_alive: Span, tariff: Tariff) -> Serverless {
        Serverless {
            start,
            keep_alive: Some(keep_alive),
            min_instances: 0,
            max_instances: None,
            scale_out: ScaleOut::PerRequest,
            idle_selection: IdleSelection::MostRecentlyUsed,
            overflow: Overflow::Queue,
            queue_limit: None,
            when_zero: WhenZero::Queue,
            execution_limit: None,
            time_to_live: None,
            slots: 1,
            throughput: Throughput::Independent,
            speed: Decimal::ONE,
            tariff,
        }
    }

    /// As [`PoolKind::capacity`].
    #[must_use]
    pub fn capacity(&self) -> f64 {
        self.throughput.capacity(self.slots) * self.speed.value()
    }
}

/// How a serverless fleet is paid.
#[derive(Clone, Debug, PartialEq)]
pub struct Tariff {
    /// Per instance, while it is in a billed phase.
    pub price: Price,
    /// Per request served.
    pub request_fee: Usd,
    pub bills: BilledPhases,
    /// Each instance's billed time is rounded up to a multiple of this; `None`: exact.
    pub rounding: Option<Span>,
    /// What the minimum instances pay for the whole window, busy or idle, in place of `price`; `None`: they pay as any other.
    pub min_instance_price: Option<Price>,
    pub free_tier: Option<FreeTier>,
    /// The service stops once a month's bill has come to this; above zero.
    pub spend_cap: Option<Usd>,
    pub extras: Extras,
}

impl Tariff {
    /// A price for all phases, exact, without a fee or anything else.
    #[must_use]
    pub fn new(price: Price) -> Tariff {
        Tariff {
            price,
            request_fee: Usd::ZERO,
            bills: BilledPhases::ALL,
            rounding: None,
            min_instance_price: None,
            free_tier: None,
            spend_cap: None,
            extras: Extras::NONE,
        }
    }
}

impl Tariff {
    /// What a part of a month, or a whole one, may cost, rounded down; `None`: whatever it does.
    #[must_use]
    pub fn spend_cap_of(&self, part: Span) -> Option<Usd> {
        let of = |cap: Usd| cap.nanos() * i128::from(part.nanos()) / i128::from(Span::MONTH.nanos());
        self.spend_cap.map(|cap| Usd::from_nanos(of(cap)))
    }
}

/// The phases of an instance's life that are on the bill. While it waits for a free GPU it is never billed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BilledPhases {
    /// By [`StartPhase`], in the order of [`StartPhase::ALL`].
    pub start: [bool; 4],
    pub execute: bool,
    pub idle: bool,
}

impl BilledPhases {
    pub const ALL: BilledPhases = BilledPhases { start: [true; 4], execute: true, idle: true };
    pub const NONE: BilledPhases = BilledPhases { start: [false; 4], execute: false, idle: false };

    #[must_use]
    pub fn has(self, phase: StartPhase) -> bool {
        self.start[phase as usize]
    }
}

/// Which idle instance serves next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IdleSelection {
    MostRecentlyUsed,
    LeastRecentlyUsed,
    Newest,
    Oldest,
    Random,
}

/// What happens to an arrival when `max_instances` exist and none has a free slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Overflow {
    Queue,
    Reject,
}

/// What happens to an arrival while no instance is ready.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WhenZero {
    /// It waits for one, as it would for a free slot.
    Queue,
    /// It is rejected; an instance is started all the same.
    Reject,
}

/// Pools tried in order.
#[derive(Clone, Debug, PartialEq)]
pub struct Hybrid {
    pub overflow: OverflowRule,
    pub routing: Routing,
    /// At least two, their names distinct; the regions of a dedicated fleet may be one.
    pub pools: Vec<Pool>,
}

impl Hybrid {
    /// Pools that are tried in their order.
    #[must_use]
    pub fn in_order(overflow: OverflowRule, pools: Vec<Pool>) -> Hybrid {
        Hybrid { overflow, routing: Routing::InOrder, pools }
    }
}

/// Which pool a request tries first.
#[derive(Clone, Debug, PartialEq)]
pub enum Routing {
    InOrder,
    /// The pools are the regions of a dedicated fleet: a request goes to the nearest that has a free slot, else it waits in the
    /// one that it comes from. A round trip to another region is one to the own and one from there.
    Nearest(Vec<RegionTraffic>),
}

/// The traffic of a region.
#[derive(Clone, Debug, PartialEq)]
pub struct RegionTraffic {
    pub nearest: Nearest,
    /// The round trip between the region and its clients.
    pub network: Span,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Pool {
    pub name: String,
    pub kind: PoolKind,
}

#[derive(Clone, Debug, PartialEq)]
#[expect(clippy::large_enum_variant, reason = "a scenario has a handful of them")]
pub enum PoolKind {
    Dedicated(Dedicated),
    Serverless(Serverless),
}

impl PoolKind {
    /// Whether its cold starts or its choice among idle instances are drawn at random.
    #[must_use]
    pub fn varies(&self) -> bool {
        match self {
            PoolKind::Dedicated(pool) => pool.terms.varies(),
            PoolKind::Serverless(pool) => !pool.start.is_constant() || pool.idle_selection == IdleSelection::Random,
        }
    }

    /// `dedicated` or `serverless`.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            PoolKind::Dedicated(_) => "dedicated",
            PoolKind::Serverless(_) => "serverless",
        }
    }

    /// Requests served at once by one instance.
    #[must_use]
    pub fn slots(&self) -> u32 {
        match self {
            PoolKind::Dedicated(pool) => pool.slots,
            PoolKind::Serverless(pool) => pool.slots,
        }
    }

    /// How the requests in service on one instance share it.
    #[must_use]
    pub fn throughput(&self) -> &Throughput {
        match self {
            PoolKind::Dedicated(pool) => &pool.throughput,
            PoolKind::Serverless(pool) => &pool.throughput,
        }
    }

    /// How fast its GPU is, relative to the service times of the traffic and the work of the jobs, in (0, [`MOST_SPEED`]]: what
    /// takes S there takes [`Decimal::divides`] of S here. Starts and limits are not scaled.
    #[must_use]
    pub fn speed(&self) -> Decimal {
        match self {
            PoolKind::Dedicated(pool) => pool.speed,
            PoolKind::Serverless(pool) => pool.speed,
        }
    }

    /// The seconds of service, as the traffic has them, that one instance with all its slots in use gets done in a second: as
    /// many as it has slots, unless they share its throughput, times its speed.
    #[must_use]
    pub fn capacity(&self) -> f64 {
        match self {
            PoolKind::Dedicated(pool) => pool.capacity(),
            PoolKind::Serverless(pool) => pool.capacity(),
        }
    }

    /// What the pool pays beside its instances' time and its fee per request.
    #[must_use]
    pub fn extras(&self) -> &Extras {
        match self {
            PoolKind::Dedicated(pool) => &pool.extras,
            PoolKind::Serverless(pool) => &pool.tariff.extras,
        }
    }

    /// The most instances that the pool may have; `None`: unlimited.
    #[must_use]
    pub fn most_instances(&self) -> Option<u32> {
        match self {
            PoolKind::Dedicated(pool) => Some(pool.instances.number()),
            PoolKind::Serverless(pool) => pool.max_instances,
        }
    }
}

/// When a request goes on to the next pool.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum OverflowRule {
    WhenFull,
    WaitOver(Span),
    RateOver(Rate),
    InFlightOver(u64),
}

/// The most instances that a pool may be given.
pub const MOST_INSTANCES: u32 = 1_000_000;
/// The highest speed of a pool.
pub const MOST_SPEED: u64 = 1_000;
/// The most requests that one instance may serve at once.
pub const MOST_SLOTS: u32 = 10_000;
