//! What a bill has beside the price of instances and the fee per request. None of it is there unless it is written.

use crate::unit::{Price, Span, Usd};

use super::Decimal;

/// What any pool may pay beside its instances and requests.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Extras {
    /// Processor cores of an instance, for the time that the instance is billed for.
    pub cpu: Option<Resource>,
    /// Gibibytes of memory of an instance, likewise.
    pub memory: Option<Resource>,
    /// Of the provider's plan, used or not.
    pub plan_fee: Option<Price>,
    /// The effort of operating the fleet: people, mostly.
    pub operations: Option<Price>,
    pub storage: Option<Storage>,
    pub egress: Option<Egress>,
    /// Taken off the rest of the bill, as far as that goes.
    pub credits: Option<Price>,
}

/// So many cores or gibibytes of each instance, at a price for one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Resource {
    /// At most [`MOST_UNITS`].
    pub units: Decimal,
    /// Of one.
    pub price: Price,
}

/// What is stored all the time: images, weights.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Storage {
    pub gigabytes: Decimal,
    /// Of one gigabyte.
    pub price: Price,
}

/// What each completed request sends out.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Egress {
    /// At most [`MOST_GIGABYTES_PER_REQUEST`].
    pub gigabytes_per_request: Decimal,
    /// Of one gigabyte.
    pub price: Usd,
}

/// What a month is free of charge.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FreeTier {
    /// Requests without their fee.
    pub requests: u64,
    /// Time of instances that would be billed at the price.
    pub instance_time: Span,
}

/// The most cores or gibibytes of an instance.
pub const MOST_UNITS: u32 = 10_000;
/// The most that one request sends out.
pub const MOST_GIGABYTES_PER_REQUEST: u32 = 1_000;

impl Extras {
    pub const NONE: Extras = Extras {
        cpu: None,
        memory: None,
        plan_fee: None,
        operations: None,
        storage: None,
        egress: None,
        credits: None,
    };
}

impl Resource {
    /// Of so many nanoseconds of instances.
    #[must_use]
    pub fn cost(&self, nanos: u128) -> Usd {
        self.price.cost_of(self.units.billionths, nanos)
    }
}

impl Storage {
    #[must_use]
    pub fn cost(&self, time: Span) -> Usd {
        self.price.cost_of(self.gigabytes.billionths, time.nanos().into())
    }
}

impl Egress {
    /// Of so many requests.
    #[must_use]
    pub fn cost(&self, requests: u64) -> Usd {
        self.price.of_billionths(self.gigabytes_per_request.billionths, requests)
    }
}

impl FreeTier {
    /// Whole requests that are free in a window, rounded down.
    #[must_use]
    pub fn requests_in(&self, window: Span) -> u64 {
        u64::try_from(share_of_month(self.requests, window)).unwrap_or(u64::MAX)
    }

    /// Whole nanoseconds of instances that are free in a window, rounded down.
    #[must_use]
    pub fn nanos_in(&self, window: Span) -> u128 {
        share_of_month(self.instance_time.nanos(), window)
    }
}

/// The window's share of what a month has, rounded down.
fn share_of_month(of_month: u64, window: Span) -> u128 {
    u128::from(of_month) * u128::from(window.nanos()) / u128::from(Span::MONTH.nanos())
}
