//! What jobs cost on a fleet.

use crate::measure::JobsUsage;
use crate::scenario::{Dedicated, PoolKind, Purchase, Serverless};
use crate::unit::{Span, Usd};

/// The bill of all jobs of a fleet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct JobsBill {
    pub total: Usd,
    /// GPU time that is paid, in nanoseconds.
    pub gpu_time: u128,
}

/// The bill of the jobs on a fleet. On-demand and spot instances are paid while they are held; a commitment is paid to the
/// horizon, or to the last completion where that is later, used or not; a serverless fleet is paid by its phases.
#[must_use]
pub fn of_jobs(kind: &PoolKind, usage: &JobsUsage, horizon: Span) -> JobsBill {
    match kind {
        PoolKind::Dedicated(pool) => of_dedicated(pool, usage, horizon),
        PoolKind::Serverless(pool) => of_serverless(pool, usage),
    }
}

fn of_dedicated(pool: &Dedicated, usage: &JobsUsage, horizon: Span) -> JobsBill {
    let terms = &pool.terms;
    let fallback = terms.interruptions.as_ref().and_then(|interruptions| interruptions.fallback);
    let (total, instance_time) = match terms.purchase {
        Purchase::Reserved(_) => {
            let committed = horizon.max(usage.end.since_start());
            let instances = terms.node.paid_instances(pool.instances.number());
            let time = u128::from(instances) * u128::from(committed.nanos());
            (pool.price.cost(time), time)
        }
        Purchase::OnDemand | Purchase::Spot => {
            let stood_in = fallback.map_or(Usd::ZERO, |fallback| fallback.price.cost(usage.held_on_demand));
            (pool.price.cost(usage.held) + stood_in, usage.held + usage.held_on_demand)
        }
    };
    JobsBill { total, gpu_time: instance_time * u128::from(terms.node.gpus_of_instance) }
}

fn of_serverless(pool: &Serverless, usage: &JobsUsage) -> JobsBill {
    let bills = pool.tariff.bills;
    let starts = usage.start_phases.iter().zip(bills.start);
    let phases = starts.map(|(&time, is_billed)| (time, is_billed));
    let phases = phases.chain([(usage.executing, bills.execute), (usage.idle, bills.idle), (usage.rounding, true)]);
    let billed: Vec<u128> = phases.filter(|(_, is_billed)| *is_billed).map(|(time, _)| time).collect();
    let time: Usd = billed.iter().map(|&time| pool.tariff.price.cost(time)).sum();
    JobsBill { total: time + pool.tariff.request_fee.times(usage.executions), gpu_time: billed.iter().sum() }
}

/// A whole amount divided in the proportion of `parts`, exactly: what the parts get adds up to it. All of it goes to the last
/// where the parts are nothing.
#[must_use]
pub fn divided(whole: i128, parts: &[u128]) -> Vec<i128> {
    let total: u128 = parts.iter().sum();
    let (mut sum, mut given) = (0_u128, 0_i128);
    let mut shares = Vec::with_capacity(parts.len());
    for (index, part) in parts.iter().enumerate() {
        sum += part;
        let is_last = index + 1 == parts.len();
        let so_far = if is_last { whole } else { proportion(whole, sum, total) };
        shares.push(so_far - given);
        given = so_far;
    }
    shares
}

/// whole x part / total; 0 where the total is. Both are first made small enough that the product fits.
fn proportion(whole: i128, part: u128, total: u128) -> i128 {
    let excess = u128::BITS - total.leading_zeros();
    let shift = excess.saturating_sub(62);
    let (part, total) = ((part >> shift) as i128, (total >> shift) as i128);
    if total == 0 { 0 } else { whole / total * part + whole % total * part / total }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn an_amount_is_divided_in_proportion() {
        assert_eq!(divided(100, &[1, 3]), [25, 75]);
        assert_eq!(divided(100, &[0, 0]), [0, 100]);
        assert_eq!(divided(10, &[1, 1, 1]), [3, 3, 4]);
    }

    proptest! {
        #[test]
        fn what_is_divided_adds_up(whole in 0..1_i128 << 80, parts in prop::collection::vec(0..1_u128 << 90, 1..6)) {
            let shares = divided(whole, &parts);
            prop_assert_eq!(shares.iter().sum::<i128>(), whole);
            prop_assert!(shares.iter().all(|&share| share >= 0));
        }
    }
}
