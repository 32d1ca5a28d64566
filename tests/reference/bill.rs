//! What a pool costs, in the reference model's own exact arithmetic.

use std::collections::BTreeMap;

use breakeven::bill::Line;
use breakeven::measure::PoolOutcome;
use breakeven::scenario::PoolKind;
use breakeven::unit::{Price, Span, Usd};

/// The lines of a pool's bill that are not zero.
pub fn lines(kind: &PoolKind, outcome: &PoolOutcome, window: Span) -> BTreeMap<Line, Usd> {
    let usage = &outcome.usage;
    let completed: u64 = outcome.classes.iter().map(|class| class.requests.completed).sum();
    let lines = match kind {
        PoolKind::Dedicated(pool) => {
            let used = u128::from(pool.instances.number()) * u128::from(window.nanos());
            vec![(Line::Instances, cost(pool.price, used))]
        }
        PoolKind::Serverless(pool) => {
            let tariff = &pool.tariff;
            let billed = |phase: bool, time: u128| if phase { cost(tariff.price, time) } else { Usd::ZERO };
            let fees = i128::from(completed) * tariff.request_fee.nanos();
            vec![
                (Line::ColdStart, billed(tariff.bills.start[3], usage.start_phases[3])),
                (Line::Execute, billed(tariff.bills.execute, usage.busy)),
                (Line::Idle, billed(tariff.bills.idle, usage.idle)),
                (Line::Rounding, cost(tariff.price, usage.rounding)),
                (Line::RequestFee, Usd::from_nanos(fees)),
            ]
        }
    };
    lines.into_iter().filter(|&(_, amount)| amount != Usd::ZERO).collect()
}

/// Time at a price, to the nearest nano-dollar, halves to the even one.
fn cost(price: Price, nanos: u128) -> Usd {
    // Pico-dollars are nano-dollars / 1,000.
    let numerator = nanos * u128::from(price.pico_dollars());
    let denominator = u128::from(price.per().nanos()) * 1_000;
    let (below, rest) = (numerator / denominator, numerator % denominator);
    let up = match (2 * rest).cmp(&denominator) {
        std::cmp::Ordering::Less => false,
        std::cmp::Ordering::Equal => below % 2 == 1,
        std::cmp::Ordering::Greater => true,
    };
    Usd::from_nanos(i128::try_from(below + u128::from(up)).expect("a test's bill is small"))
}
