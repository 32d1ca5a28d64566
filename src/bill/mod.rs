//! Usage becomes money: pure functions of what was measured and a tariff. docs/BILLING.md says what each line is.
//!
//! A bill has a line for everything that the tariff can charge, even when it charges nothing, so that every replication of a
//! fleet has the same lines.

mod jobs;
mod line;
mod pay_per_use;

pub use jobs::{JobsBill, divided, of_jobs};
pub use line::Line;

use crate::measure::{FleetOutcome, PoolOutcome, Usage};
use crate::scenario::{Dedicated, Extras, Fleet, PoolKind, Purchase};
use crate::unit::{Span, Usd};

/// What a pool or a fleet costs, line by line; the lines sum to the total, which is never below zero.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bill {
    /// In the order of [`Line`], each at most once.
    pub lines: Vec<(Line, Usd)>,
}

impl Bill {
    #[must_use]
    pub fn total(&self) -> Usd {
        self.lines.iter().map(|&(_, amount)| amount).sum()
    }

    /// The amount on a line; nothing when the bill does not have it.
    #[must_use]
    pub fn amount(&self, line: Line) -> Usd {
        self.lines.iter().filter(|&&(other, _)| other == line).map(|&(_, amount)| amount).sum()
    }

    /// Adds another bill, line by line.
    pub fn add(&mut self, other: &Bill) {
        other.lines.iter().for_each(|&(line, amount)| self.charge(line, amount));
    }

    fn charge(&mut self, line: Line, amount: Usd) {
        match self.lines.binary_search_by_key(&line, |&(line, _)| line) {
            Ok(index) => self.lines[index].1 += amount,
            Err(index) => self.lines.insert(index, (line, amount)),
        }
    }

    fn take_off(&mut self, line: Line, amount: Usd) {
        self.charge(line, Usd::ZERO - amount);
    }
}

/// The bill of a fleet's window: the sum of its pools' bills.
#[must_use]
pub fn of_fleet(fleet: &Fleet, outcome: &FleetOutcome, window: Span) -> Bill {
    let mut bill = Bill::default();
    for (kind, pool) in fleet.pools().into_iter().zip(&outcome.pools) {
        bill.add(&of_pool(kind, pool, window));
    }
    bill
}

/// The bill of a pool's window.
#[must_use]
pub fn of_pool(kind: &PoolKind, outcome: &PoolOutcome, window: Span) -> Bill {
    so_far(kind, outcome, window, window)
}

/// The bill of a pool's window when so much of it has elapsed, from what was used up to then. What the whole window has free and
/// in credits is used up first, so that a bill never falls as time goes on.
#[must_use]
pub fn so_far(kind: &PoolKind, outcome: &PoolOutcome, elapsed: Span, window: Span) -> Bill {
    let mut bill = match kind {
        PoolKind::Dedicated(pool) => of_dedicated(pool, &outcome.usage, elapsed),
        PoolKind::Serverless(pool) => pay_per_use::charges(pool, outcome, elapsed),
    };
    charge_standing(&mut bill, kind.extras(), outcome, elapsed);
    if let PoolKind::Serverless(pool) = kind {
        pay_per_use::take_off_free_tier(&mut bill, pool, outcome, elapsed, window);
    }
    if bill.lines.is_empty() {
        // A fleet that charges for nothing says so.
        bill.charge(Line::Execute, Usd::ZERO);
    }
    if let Some(credits) = kind.extras().credits {
        let credits = credits.cost(window.nanos().into());
        bill.take_off(Line::Credits, credits.min(bill.total()));
    }
    bill
}

/// Paid for as long as instances are held, used or not; a commitment for the whole window.
fn of_dedicated(pool: &Dedicated, usage: &Usage, window: Span) -> Bill {
    let terms = &pool.terms;
    let always = u128::from(terms.node.paid_instances(pool.instances.number())) * u128::from(window.nanos());
    let committed = matches!(terms.purchase, Purchase::Reserved(_)) || terms.is_steady();
    let held = if committed { always } else { usage.held };
    let mut bill = Bill::default();
    let mut charged = held;
    bill.charge(Line::Instances, pool.price.cost(held));
    if let Some(fallback) = terms.interruptions.as_ref().and_then(|interruptions| interruptions.fallback) {
        bill.charge(Line::Fallback, fallback.price.cost(usage.held_fallback));
        charged += usage.held_fallback;
    }
    if terms.minimum_billing > Span::ZERO && !committed {
        bill.charge(Line::Rounding, pool.price.cost(usage.rounding));
        charged += usage.rounding;
    }
    charge_resources(&mut bill, &pool.extras, charged);
    bill
}

/// Cores and memory, for the time that their instances are billed for.
fn charge_resources(bill: &mut Bill, extras: &Extras, instance_time: u128) {
    for (line, resource) in [(Line::Cpu, &extras.cpu), (Line::Memory, &extras.memory)] {
        if let Some(resource) = resource {
            bill.charge(line, resource.cost(instance_time));
        }
    }
}

/// What does not depend on instances.
fn charge_standing(bill: &mut Bill, extras: &Extras, outcome: &PoolOutcome, elapsed: Span) {
    if let Some(egress) = &extras.egress {
        bill.charge(Line::Egress, egress.cost(outcome.requests().completed));
    }
    if let Some(storage) = &extras.storage {
        bill.charge(Line::Storage, storage.cost(elapsed));
    }
    for (line, fee) in [(Line::PlanFee, extras.plan_fee), (Line::Operations, extras.operations)] {
        if let Some(fee) = fee {
            bill.charge(line, fee.cost(elapsed.nanos().into()));
        }
    }
}

#[cfg(test)]
mod tests;
