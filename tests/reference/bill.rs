//! What a pool costs, in the reference model's own exact arithmetic.

use std::collections::BTreeMap;

use breakeven::bill::Line;
use breakeven::measure::PoolOutcome;
use breakeven::scenario::{Decimal, Extras, PoolKind, Serverless};
use breakeven::unit::{Price, Span, Usd};

/// The lines of a pool's bill that are not zero.
pub fn lines(kind: &PoolKind, outcome: &PoolOutcome, window: Span) -> BTreeMap<Line, Usd> {
    let completed: u64 = outcome.classes.iter().map(|class| class.requests.completed).sum();
    let (mut lines, extras) = match kind {
        PoolKind::Dedicated(pool) => {
            let used = u128::from(pool.instances.number()) * u128::from(window.nanos());
            let mut lines = BTreeMap::from([(Line::Instances, pay(pool.price, used))]);
            lines.extend(of_parts(&pool.extras, used));
            (lines, &pool.extras)
        }
        PoolKind::Serverless(pool) => (pay_per_use(pool, outcome, completed, window), &pool.tariff.extras),
    };
    lines.extend(of_months(extras, completed, window));
    let rest: i128 = lines.values().sum();
    if let Some(credits) = extras.credits {
        lines.insert(Line::Credits, -rest.min(pay(credits, window.nanos().into())));
    }
    let lines = lines.into_iter().filter(|&(_, nanos)| nanos != 0);
    lines.map(|(line, nanos)| (line, Usd::from_nanos(nanos))).collect()
}

/// Nano-dollars by line: a line for each phase, and for what is added to phases and requests.
fn pay_per_use(pool: &Serverless, outcome: &PoolOutcome, completed: u64, window: Span) -> BTreeMap<Line, i128> {
    let (tariff, usage) = (&pool.tariff, &outcome.usage);
    // The minimum instances with a price of their own: what they cost, and how long they were busy and idle.
    let whole = u128::from(pool.min_instances) * u128::from(window.nanos());
    let minimum = tariff.min_instance_price.map(|price| (pay(price, whole), usage.covered_busy));
    let (busy, idle) = match minimum {
        Some((_, covered)) => (usage.busy - covered, usage.idle.saturating_sub(whole - covered)),
        None => (usage.busy, usage.idle),
    };
    // A cold start is all of a start in one line; otherwise each phase has its own.
    let start = match pool.start.is_short {
        true => vec![(Line::ColdStart, 3)],
        false => vec![(Line::Allocate, 0), (Line::Pull, 1), (Line::Load, 2), (Line::Initialize, 3)],
    };
    let start = start.into_iter().filter(|&(_, phase)| tariff.bills.start[phase]);
    let mut phases: Vec<(Line, u128)> = start.map(|(line, phase)| (line, usage.start_phases[phase])).collect();
    phases.extend([
        (Line::Execute, if tariff.bills.execute { busy } else { 0 }),
        (Line::Idle, if tariff.bills.idle { idle } else { 0 }),
        (Line::Rounding, usage.rounding),
    ]);
    let billed: u128 = phases.iter().map(|&(_, nanos)| nanos).sum();
    let fees = |requests: u64| i128::from(requests) * tariff.request_fee.nanos();
    let mut lines: BTreeMap<Line, i128> =
        phases.iter().map(|&(line, nanos)| (line, pay(tariff.price, nanos))).collect();
    let of_phases: i128 = lines.values().sum();
    let always = if minimum.is_some() { whole } else { 0 };
    lines.extend(of_parts(&tariff.extras, billed + always));
    lines.extend(minimum.map(|(cost, _)| (Line::MinInstances, cost)));
    lines.insert(Line::RequestFee, fees(completed));
    if let Some(free) = tariff.free_tier {
        // What is left to pay for, each charge apart; never more than the charge.
        let of_window = |of_month: u128| of_month * u128::from(window.nanos()) / u128::from(Span::MONTH.nanos());
        let free_nanos = of_window(free.instance_time.nanos().into());
        let left = billed.saturating_sub(free_nanos);
        let free_requests = of_window(free.requests.into());
        let paying = u128::from(completed).checked_sub(free_requests).map_or(0, |paying| paying as u64);
        let mut off = of_phases - pay(tariff.price, left).min(of_phases);
        for (line, nanos) in of_parts(&tariff.extras, left + always) {
            off += lines[&line] - nanos;
        }
        off += fees(completed) - fees(paying);
        lines.insert(Line::FreeTier, -off);
    }
    lines
}

/// Cores and memory of so much time of instances.
fn of_parts(extras: &Extras, nanos: u128) -> Vec<(Line, i128)> {
    let parts = [(Line::Cpu, extras.cpu), (Line::Memory, extras.memory)].into_iter();
    parts.filter_map(|(line, part)| part.map(|part| (line, pay_times(part.price, part.units, nanos)))).collect()
}

fn of_months(extras: &Extras, completed: u64, window: Span) -> Vec<(Line, i128)> {
    let nanos = u128::from(window.nanos());
    let mut lines = Vec::new();
    if let Some(fee) = extras.plan_fee {
        lines.push((Line::PlanFee, pay(fee, nanos)));
    }
    if let Some(effort) = extras.operations {
        lines.push((Line::Operations, pay(effort, nanos)));
    }
    if let Some(storage) = extras.storage {
        lines.push((Line::Storage, pay_times(storage.price, storage.gigabytes, nanos)));
    }
    if let Some(egress) = extras.egress {
        let (times, of) = fraction(egress.gigabytes_per_request);
        let each = u128::try_from(egress.price.nanos()).expect("a price is not negative");
        lines.push((Line::Egress, nearest(u128::from(completed) * each * times, of)));
    }
    lines
}

/// Time at a price.
fn pay(price: Price, nanos: u128) -> i128 {
    pay_times(price, Decimal::ONE, nanos)
}

/// Time of so many units at a price of one.
fn pay_times(price: Price, units: Decimal, nanos: u128) -> i128 {
    let (times, of) = fraction(units);
    // Pico-dollars are nano-dollars / 1,000.
    nearest(nanos * u128::from(price.pico_dollars()) * times, u128::from(price.per().nanos()) * 1_000 * of)
}

/// A decimal in lowest terms.
fn fraction(decimal: Decimal) -> (u128, u128) {
    let (a, b) = (u128::from(decimal.billionths), 1_000_000_000);
    let (mut greatest, mut rest) = (a, b);
    while rest > 0 {
        (greatest, rest) = (rest, greatest % rest);
    }
    (a / greatest, b / greatest)
}

/// To the nearest integer, halves to the even one.
fn nearest(numerator: u128, denominator: u128) -> i128 {
    let (below, rest) = (numerator / denominator, numerator % denominator);
    let up = match (2 * rest).cmp(&denominator) {
        std::cmp::Ordering::Less => false,
        std::cmp::Ordering::Equal => below % 2 == 1,
        std::cmp::Ordering::Greater => true,
    };
    i128::try_from(below + u128::from(up)).expect("a test's bill is small")
}
