//! What a pool costs a month by the formula: fees by the month, and so much for each request.

use crate::scenario::{Dedicated, Extras, FreeTier, Instances, Purchase, Serverless};
use crate::unit::{Span, Usd};

use super::held::{Held, resources};

/// Seconds in a month of 720 h.
pub(super) const MONTH_S: f64 = (Span::MONTH.nanos() / Span::SECOND.nanos()) as f64;
pub(super) const MONTH: u128 = Span::MONTH.nanos() as u128;

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
        let held = Held::of(pool);
        let (always, grows) = always_held(pool, room_s);
        let mut cost = PoolCost::standing(&pool.extras, held.usd_of(always));
        cost.fixed_usd += egress * other_requests;
        if grows {
            // As many instances until they are busy all the time that they are there, then as many as are busy.
            let each_s = MONTH_S * held.there() * pool.capacity();
            let always_s = f64::from(always) * each_s;
            let per_second = if each_s > 0.0 { held.usd_of_one() / each_s } else { 0.0 };
            let more = per_second * (other_s - always_s).max(0.0);
            cost.fixed_usd += more;
            cost.fixed_capacity_usd += more;
            let covered_s = (always_s - other_s).clamp(0.0, room_s);
            cost.add_piece(covered_s / service_s, egress, 0.0);
            cost.add_piece((room_s - covered_s) / service_s, egress, per_second * service_s);
        } else {
            cost.add_piece(room_s / service_s, egress, 0.0);
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
        let mut cost =
            PoolCost::standing(&tariff.extras, of_minimum.unwrap_or(Usd::ZERO).times(minimum.into()).dollars());
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

    /// What is paid whatever comes: instances that are held, and the fees of a month.
    fn standing(extras: &Extras, capacity_usd: f64) -> PoolCost {
        let fees = [extras.plan_fee, extras.operations].into_iter().flatten().map(|fee| fee.cost(MONTH));
        let stored = extras.storage.iter().map(|storage| storage.cost(Span::MONTH));
        let fees: Usd = fees.chain(stored).sum();
        PoolCost { fixed_usd: capacity_usd + fees.dollars(), fixed_capacity_usd: capacity_usd, pieces: Vec::new() }
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

/// The instances that are held whatever comes, and whether there are more where those are busy: of a pool that is fitted as many as
/// it takes, of one that is scaled on demand as many as it may have.
fn always_held(pool: &Dedicated, room_s: f64) -> (u32, bool) {
    let is_committed = matches!(pool.terms.purchase, Purchase::Reserved(_));
    match (&pool.terms.autoscaling, pool.instances) {
        (Some(scaled), _) if !is_committed => (scaled.min_instances.min(counted_instances(pool)), true),
        (_, Instances::Fit) if room_s.is_infinite() => (1, true),
        _ => (counted_instances(pool), false),
    }
}

/// The instances that the formula counts.
pub(super) fn counted_instances(pool: &Dedicated) -> u32 {
    match pool.instances {
        Instances::Number(number) => number,
        Instances::Fit => 1,
    }
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
