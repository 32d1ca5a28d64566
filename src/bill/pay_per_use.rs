//! What is paid by the time of instances in billed phases, and by the request.

use crate::measure::{PoolOutcome, Usage};
use crate::scenario::Serverless;
use crate::unit::{Span, Usd};

use super::{Bill, Line, charge_resources};

/// Time that is on the bill, in nanoseconds of instances.
struct BilledTime {
    /// At the price, by line; empty where no phase is billed.
    at_price: Vec<(Line, u128)>,
    /// Of the minimum instances at their own price, if they have one.
    minimum: Option<u128>,
}

impl BilledTime {
    fn new(pool: &Serverless, usage: &Usage, elapsed: Span) -> BilledTime {
        let tariff = &pool.tariff;
        let open = u128::from(elapsed.nanos()).saturating_sub(usage.closed);
        let whole = u128::from(pool.min_instances) * open;
        let minimum = tariff.min_instance_price.map(|_| whole);
        // The minimum instances are busy for as much as they cover, and idle for the rest of the time that the pool is open.
        let covered = minimum.map_or((0, 0), |whole| (usage.covered_busy, whole.saturating_sub(usage.covered_busy)));
        let start_lines = match pool.start.is_short {
            true => [None, None, None, Some(Line::ColdStart)],
            false => [Line::Allocate, Line::Pull, Line::Load, Line::Initialize].map(Some),
        };
        let start = start_lines.into_iter().zip(tariff.bills.start).zip(usage.start_phases);
        let start = start.filter_map(|((line, billed), time)| Some((line?, billed, time)));
        let ready = [
            (Line::Execute, tariff.bills.execute, usage.busy.saturating_sub(covered.0)),
            (Line::Idle, tariff.bills.idle, usage.idle.saturating_sub(covered.1)),
        ];
        let billed = start.chain(ready).filter(|&(_, billed, _)| billed);
        let mut at_price: Vec<(Line, u128)> = billed.map(|(line, _, time)| (line, time)).collect();
        if tariff.rounding.is_some() && !at_price.is_empty() {
            at_price.push((Line::Rounding, usage.rounding));
        }
        BilledTime { at_price, minimum }
    }

    fn at_price(&self) -> u128 {
        self.at_price.iter().map(|&(_, time)| time).sum()
    }
}

/// All that is charged for instances and requests.
pub(super) fn charges(pool: &Serverless, outcome: &PoolOutcome, elapsed: Span) -> Bill {
    let tariff = &pool.tariff;
    let time = BilledTime::new(pool, &outcome.usage, elapsed);
    let mut bill = Bill::default();
    if let (Some(price), Some(minimum)) = (tariff.min_instance_price, time.minimum) {
        bill.charge(Line::MinInstances, price.cost(minimum));
    }
    if !tariff.price.is_free() {
        time.at_price.iter().for_each(|&(line, time)| bill.charge(line, tariff.price.cost(time)));
    }
    if !time.at_price.is_empty() || time.minimum.is_some() {
        charge_resources(&mut bill, &tariff.extras, time.at_price() + time.minimum.unwrap_or(0));
    }
    if tariff.request_fee > Usd::ZERO {
        bill.charge(Line::RequestFee, tariff.request_fee.times(outcome.requests().completed));
    }
    bill
}

/// Takes off all of each charge that what is left of the time and the requests would not cost.
pub(super) fn take_off_free_tier(
    bill: &mut Bill,
    pool: &Serverless,
    outcome: &PoolOutcome,
    elapsed: Span,
    window: Span,
) {
    let tariff = &pool.tariff;
    let Some(free) = tariff.free_tier else { return };
    let time = BilledTime::new(pool, &outcome.usage, elapsed);
    let left = time.at_price().saturating_sub(free.nanos_in(window));
    let charged: Usd = time.at_price.iter().map(|&(line, _)| bill.amount(line)).sum();
    let mut off = beyond(charged, tariff.price.cost(left));
    for (line, resource) in [(Line::Cpu, &tariff.extras.cpu), (Line::Memory, &tariff.extras.memory)] {
        let cost = resource.map_or(Usd::ZERO, |resource| resource.cost(left + time.minimum.unwrap_or(0)));
        off += beyond(bill.amount(line), cost);
    }
    let requests = outcome.requests().completed.saturating_sub(free.requests_in(window));
    off += beyond(bill.amount(Line::RequestFee), tariff.request_fee.times(requests));
    bill.take_off(Line::FreeTier, off);
}

/// What of a charge lies beyond what is to be paid of it. Lines that are rounded apart may sum to a little less than that.
fn beyond(charged: Usd, to_pay: Usd) -> Usd {
    charged - to_pay.min(charged)
}
