//! Usage becomes money: pure functions of what was measured and a tariff.
//!
//! A bill has a line for everything that the tariff can charge, even when it charges nothing, so that every replication of a
//! fleet has the same lines.

mod jobs;

pub use jobs::{JobsBill, divided, of_jobs};

use crate::measure::{FleetOutcome, PoolOutcome, Usage};
use crate::scenario::{Dedicated, Fleet, PoolKind, Purchase, Serverless};
use crate::unit::{Span, Usd};

/// What a pool or a fleet costs, line by line; the lines sum to the total.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bill {
    /// In the order of [`Line`], each at most once.
    pub lines: Vec<(Line, Usd)>,
}

/// A line of a bill.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Line {
    Instances,
    Fallback,
    ColdStart,
    Allocate,
    Pull,
    Load,
    Initialize,
    Execute,
    Idle,
    Rounding,
    RequestFee,
}

impl Line {
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Line::Instances => "instances",
            Line::Fallback => "fallback",
            Line::ColdStart => "cold-start",
            Line::Allocate => "allocate",
            Line::Pull => "pull",
            Line::Load => "load",
            Line::Initialize => "initialize",
            Line::Execute => "execute",
            Line::Idle => "idle",
            Line::Rounding => "rounding",
            Line::RequestFee => "request-fee",
        }
    }
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
        for &(line, amount) in &other.lines {
            match self.lines.binary_search_by_key(&line, |&(line, _)| line) {
                Ok(index) => self.lines[index].1 += amount,
                Err(index) => self.lines.insert(index, (line, amount)),
            }
        }
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
    match kind {
        PoolKind::Dedicated(pool) => of_dedicated(pool, &outcome.usage, window),
        PoolKind::Serverless(pool) => of_serverless(pool, outcome),
    }
}

/// Paid for as long as instances are held, used or not; a commitment for the whole window.
fn of_dedicated(pool: &Dedicated, usage: &Usage, window: Span) -> Bill {
    let terms = &pool.terms;
    let always = u128::from(terms.node.paid_instances(pool.instances.number())) * u128::from(window.nanos());
    let committed = matches!(terms.purchase, Purchase::Reserved(_)) || terms.is_steady();
    let held = if committed { always } else { usage.held };
    let mut lines = vec![(Line::Instances, pool.price.cost(held))];
    if let Some(fallback) = terms.interruptions.as_ref().and_then(|interruptions| interruptions.fallback) {
        lines.push((Line::Fallback, fallback.price.cost(usage.held_fallback)));
    }
    if terms.minimum_billing > Span::ZERO && !committed {
        lines.push((Line::Rounding, pool.price.cost(usage.rounding)));
    }
    Bill { lines }
}

/// Paid by the time in billed phases, and by the request.
fn of_serverless(pool: &Serverless, outcome: &PoolOutcome) -> Bill {
    let (usage, tariff) = (&outcome.usage, &pool.tariff);
    let bills = tariff.bills;
    let start_lines = match pool.start.is_short {
        true => [None, None, None, Some(Line::ColdStart)],
        false => [Line::Allocate, Line::Pull, Line::Load, Line::Initialize].map(Some),
    };
    let start = start_lines.into_iter().zip(bills.start).zip(usage.start_phases);
    let phases = start.filter_map(|((line, billed), time)| Some((line?, billed, time)));
    let phases = phases.chain([(Line::Execute, bills.execute, usage.busy), (Line::Idle, bills.idle, usage.idle)]);
    let mut lines = Vec::new();
    if !tariff.price.is_free() {
        let billed = phases.filter(|&(_, billed, _)| billed);
        lines.extend(billed.map(|(line, _, time)| (line, tariff.price.cost(time))));
        if tariff.rounding.is_some() && !lines.is_empty() {
            lines.push((Line::Rounding, tariff.price.cost(usage.rounding)));
        }
    }
    if tariff.request_fee > Usd::ZERO {
        lines.push((Line::RequestFee, tariff.request_fee.times(outcome.requests().completed)));
    }
    if lines.is_empty() {
        // A fleet that charges for nothing says so.
        lines.push((Line::Execute, Usd::ZERO));
    }
    Bill { lines }
}

#[cfg(test)]
mod tests;
