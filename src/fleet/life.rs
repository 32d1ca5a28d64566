//! The account of one instance, from its start to its end.

use crate::scenario::{BilledPhases, Tariff};
use crate::unit::{Span, Time};

use super::meter::{Meter, Observer};

/// What the meters need to know of an instance when it stops.
#[derive(Clone, Copy, Debug)]
pub(super) struct Life {
    /// When its start is over; 0 for an instance kept warm from the start.
    pub ready: Time,
    /// The part of its start that is billed and within the window, in nanoseconds.
    pub billed_start: u64,
    /// Its busy time within the window so far, in nanoseconds; kept only where billed time is rounded.
    pub busy: u64,
}

/// How an instance's billed time is rounded.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rounding {
    unit: Span,
    bills: BilledPhases,
}

impl Rounding {
    pub fn of(tariff: &Tariff) -> Option<Rounding> {
        tariff.rounding.map(|unit| Rounding { unit, bills: tariff.bills })
    }
}

impl Life {
    /// Accounts for an instance that stops.
    pub fn end<O: Observer>(&self, at: Time, rounding: Option<Rounding>, meter: &mut Meter<O>) {
        meter.ready(self.ready, at, 1);
        if let Some(rounding) = rounding {
            let ready = meter.window().clip(self.ready, at);
            meter.rounded(rounding.adds(self.billed_start, self.busy, ready - self.busy), at);
        }
    }
}

impl Rounding {
    /// What it adds to a life of so many nanoseconds, of which those of the start are all billed.
    pub fn adds(&self, billed_start: u64, busy: u64, idle: u64) -> u64 {
        let Rounding { unit, bills } = self;
        let phases = [(true, billed_start), (bills.execute, busy), (bills.idle, idle)];
        let billed: u64 = phases.iter().filter(|(is_billed, _)| *is_billed).map(|&(_, nanos)| nanos).sum();
        billed.next_multiple_of(unit.nanos()) - billed
    }
}
