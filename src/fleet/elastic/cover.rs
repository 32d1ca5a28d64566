//! How many of the busy instances are minimum ones, where those have a price of their own.

use crate::scenario::Serverless;
use crate::unit::Time;

use super::super::meter::{Meter, Observer};

/// Adds up min(busy instances, minimum instances) over time.
pub(super) struct Cover {
    minimum: u64,
    /// While the pool is closed it has no minimum instances.
    is_closed: bool,
    busy: u64,
    /// Since when `busy` instances are busy.
    since: Time,
}

impl Cover {
    /// `None` where no minimum instance has a price of its own.
    pub fn of(pool: &Serverless) -> Option<Cover> {
        let minimum = pool.tariff.min_instance_price.map_or(0, |_| u64::from(pool.min_instances));
        (minimum > 0).then_some(Cover { minimum, is_closed: false, busy: 0, since: Time::START })
    }

    pub fn minimum(&self) -> u64 {
        self.minimum
    }

    /// Accounts for what has been until `now`.
    pub fn account<O: Observer>(&mut self, now: Time, meter: &mut Meter<O>) {
        if now > self.since {
            let minimum = if self.is_closed { 0 } else { self.minimum };
            meter.covered(self.since, now, self.busy.min(minimum));
            self.since = now;
        }
    }

    /// The pool is closed, or open, from now on.
    pub fn set_closed(&mut self, is_closed: bool) {
        self.is_closed = is_closed;
    }

    /// So many instances more are busy from `now` on, or fewer.
    pub fn change<O: Observer>(&mut self, by: i64, now: Time, meter: &mut Meter<O>) {
        self.account(now, meter);
        self.busy = self.busy.checked_add_signed(by).expect("no less than no instance is busy");
    }
}
