//! What a pool costs a month by the formula: fees by the month, and so much for each request.

use crate::scenario::{Dedicated, Extras, FreeTier, Instances, Serverless};
use crate::unit::{Span, Usd};

/// Seconds in a month of 720 h.
pub(super) const MONTH_S: f64 = (Span::MONTH.nanos() / Span::SECOND.nanos()) as f64;
const MONTH: u128 = Span::MONTH.nanos() as u128;

/// The work that comes to a pool in a month.
#[derive(Clone, Copy, Debug)]
pub(super) struct PoolLoad {
    /// The mean service time of the requests whose volume varies, in seconds.
    pub service_s: f64,
    /// The most work of those that goes to the pool, in seconds of service.
    pub room_s: f64,
    /// Of the requests whose volume stays: their work, in seconds, and how many they are.
    pub other_s: f64,
    pub other_requests: f64,
}

/// Dollars a month: a broken line over the requests whose volume varies.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct PoolCost {
    /// Of no such request.
    pub fixed_usd: f64,
    /// The part of it that is for instances held all the time.
    pub fixed_capacity_usd: f64,
    /// In the order of volume.
    pub pieces: Vec<Piece>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Piece {
    /// In requests a month, above zero.
    pub length: f64,
    pub usd_per_request: f64,
    /// The part of it that is for instances held all the time.
    pub capacity_usd_per_request: f64,
}

impl PoolCost {
    pub fn of_dedicated(pool: &Dedicated, load: &PoolLoad) -> PoolCost {
        let PoolLoad { service_s, room_s, other_s, other_requests } = *load;
        let egress = egress_usd(&pool.extras);
        let an_instance = pool.price.cost(MONTH) + resources(&pool.extras, MONTH);
        let mut cost = PoolCost::standing(&pool.extras, counted_instances(pool), an_instance);
        cost.fixed_usd += egress * other_requests;
        match pool.instances {
            // One instance until it is busy all the time, then as many as are busy.
            Instances::Fit if room_s.is_infinite() => {
                let per_second = an_instance.dollars() / MONTH_S / pool.capacity();
                let one_s = MONTH_S * pool.capacity();
                let more = per_second * (other_s - one_s).max(0.0);
                cost.fixed_usd += more;
                cost.fixed_capacity_usd += more;
                cost.add_piece((one_s - other_s).max(0.0) / service_s, egress, 0.0);
                cost.add_piece(f64::INFINITY, egress, per_second * service_s);
            }
            _ => cost.add_piece(room_s / service_s, egress, 0.0),
        }
        cost.less(pool.extras.credits.map_or(0.0, |credits| credits.cost(MONTH).dollars()))
    }

    pub fn of_serverless(pool: &Serverless, load: &PoolLoad) -> PoolCost {
        let PoolLoad { service_s, room_s, other_s, other_requests } = *load;
        let tariff = &pool.tariff;
        let free = tariff.free_tier.unwrap_or(FreeTier { requests: 0, instance_time: Span::ZERO });
        let (fee, egress) = (tariff.request_fee.dollars(), egress_usd(&tariff.extras));
        let per_second = usd_per_busy_second(pool);
        // Minimum instances with a price of their own are paid for already, and so is free time; then time costs.
        let of_minimum = tariff.min_instance_price.map(|price| price.cost(MONTH) + resources(&tariff.extras, MONTH));
        let minimum = of_minimum.map_or(0, |_| pool.min_instances);
        let paid_s = (f64::from(minimum) * MONTH_S + free.instance_time.seconds()) * pool.capacity();
        let free_requests = free.requests as f64;
        let mut cost = PoolCost::standing(&tariff.extras, minimum, of_minimum.unwrap_or(Usd::ZERO));
        cost.fixed_usd += per_second * (other_s - paid_s).max(0.0)
            + fee * (other_requests - free_requests).max(0.0)
            + egress * other_requests;
        let time_from = (paid_s - other_s).max(0.0) / service_s;
        let fee_from = (free_requests - other_requests).max(0.0);
        let end = room_s / service_s;
        let mut cuts = [time_from.min(end), fee_from.min(end), end];
        cuts.sort_unstable_by(f64::total_cmp);
        let mut from = 0.0;
        for to in cuts {
            let of_time = if from >= time_from { per_second * service_s } else { 0.0 };
            let of_fee = if from >= fee_from { fee } else { 0.0 };
            cost.add_piece(to - from, of_fee + egress + of_time, 0.0);
            from = to;
        }
        cost.less(tariff.extras.credits.map_or(0.0, |credits| credits.cost(MONTH).dollars()))
    }

    /// What is paid whatever comes: so many instances, and the fees of a month.
    fn standing(extras: &Extras, instances: u32, an_instance: Usd) -> PoolCost {
        let capacity = an_instance.times(instances.into());
        let fees = [extras.plan_fee, extras.operations].into_iter().flatten().map(|fee| fee.cost(MONTH));
        let stored = extras.storage.iter().map(|storage| storage.cost(Span::MONTH));
        let fixed = fees.chain(stored).fold(capacity, |sum, fee| sum + fee);
        PoolCost { fixed_usd: fixed.dollars(), fixed_capacity_usd: capacity.dollars(), pieces: Vec::new() }
    }

    fn add_piece(&mut self, length: f64, other_usd: f64, capacity_usd: f64) {
        if length > 0.0 {
            let usd_per_request = other_usd + capacity_usd;
            self.pieces.push(Piece { length, usd_per_request, capacity_usd_per_request: capacity_usd });
        }
    }

    /// With credits, which take off the bill as far as it goes.
    fn less(mut self, credits_usd: f64) -> PoolCost {
        let mut left = credits_usd - self.fixed_usd;
        self.fixed_usd = (self.fixed_usd - credits_usd).max(0.0);
        let mut pieces = Vec::new();
        for piece in self.pieces {
            let free = |length: f64| Piece { length, usd_per_request: 0.0, ..piece };
            let covered = if left > 0.0 { left / piece.usd_per_request } else { 0.0 };
            if covered >= piece.length {
                left -= piece.usd_per_request * piece.length;
                pieces.push(free(piece.length));
                continue;
            }
            left = 0.0;
            pieces.extend((covered > 0.0).then(|| free(covered)));
            pieces.push(Piece { length: piece.length - covered, ..piece });
        }
        self.pieces = pieces;
        self
    }
}

/// The instances that the formula counts.
pub(super) fn counted_instances(pool: &Dedicated) -> u32 {
    match pool.instances {
        Instances::Number(number) => number,
        Instances::Fit => 1,
    }
}

/// Cores and memory of so many nanoseconds of instances.
fn resources(extras: &Extras, nanos: u128) -> Usd {
    [extras.cpu, extras.memory].into_iter().flatten().map(|resource| resource.cost(nanos)).sum()
}

/// Of a request's response.
fn egress_usd(extras: &Extras) -> f64 {
    const MANY: u64 = 1_000_000_000;
    extras.egress.map_or(0.0, |egress| egress.cost(MANY).dollars() / MANY as f64)
}

/// Of a serverless instance whose every slot is in use.
fn usd_per_busy_second(pool: &Serverless) -> f64 {
    let tariff = &pool.tariff;
    let per_second = (tariff.price.cost(MONTH) + resources(&tariff.extras, MONTH)).dollars() / MONTH_S;
    if tariff.bills.execute { per_second / pool.capacity() } else { 0.0 }
}
