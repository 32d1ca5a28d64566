//! The break-even formula of the guide "When to use serverless vs dedicated GPU": requests = hourly rate x hours / price per
//! request. It knows no queue, no cold start, no idle tail and no burst; beside the simulation it shows what those cost.
//!
//! Written for any pair of fleets: a fleet's cost by the formula is a broken line over the requests a month. Work goes to the
//! first pool until that is busy all the time, then to the next. A dedicated pool costs the same at any volume, one that is
//! fitted to the objective as many instances as the work keeps busy, at least one. A serverless pool costs its fee and, where
//! execution is billed, the mean warm service time x price for each request.

use crate::scenario::{Dedicated, Fleet, Instances, PoolKind, Serverless};
use crate::unit::Span;

/// What the formula knows of the traffic, a month of it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FormulaTraffic {
    /// The mean service time of the requests whose volume varies, in seconds; above zero.
    pub service_s: f64,
    /// Requests a month of the classes whose volume stays, and their service time together.
    pub other_requests: f64,
    pub other_work_s: f64,
}

/// A fleet's cost a month by the formula, over the requests a month whose volume varies.
#[derive(Clone, Debug, PartialEq)]
pub struct FormulaCost {
    /// Of no such request, in dollars.
    pub fixed_usd: f64,
    /// In the order of volume; the last goes on for ever.
    pieces: Vec<Piece>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
struct Piece {
    /// In requests a month.
    length: f64,
    usd_per_request: f64,
}

/// Seconds in a month of 720 h.
const MONTH_S: f64 = (Span::MONTH.nanos() / Span::SECOND.nanos()) as f64;

impl FormulaCost {
    #[must_use]
    pub fn new(fleet: &Fleet, traffic: &FormulaTraffic) -> FormulaCost {
        let pools = fleet.pools();
        let mut cost = FormulaCost { fixed_usd: 0.0, pieces: Vec::new() };
        let mut other_work_s = traffic.other_work_s;
        for (index, kind) in pools.iter().enumerate() {
            let is_last = index + 1 == pools.len();
            let room_s = if is_last { f64::INFINITY } else { room_s(kind) };
            let other_s = other_work_s.min(room_s);
            other_work_s -= other_s;
            cost.add_pool(kind, traffic, room_s, other_s);
        }
        cost
    }

    /// `other_s` of the work whose volume stays is done here; up to `room_s` of work is.
    fn add_pool(&mut self, kind: &PoolKind, traffic: &FormulaTraffic, room_s: f64, other_s: f64) {
        let free_s = room_s - other_s;
        match kind {
            PoolKind::Dedicated(pool) => {
                self.fixed_usd += monthly_usd(pool);
                match pool.instances {
                    Instances::Fit if room_s.is_infinite() => self.add_fitted(pool, traffic, other_s),
                    _ => self.add_piece(free_s / traffic.service_s, 0.0),
                }
            }
            PoolKind::Serverless(pool) => {
                let per_second = usd_per_busy_second(pool);
                let fee = pool.tariff.request_fee.dollars();
                let share = if traffic.other_work_s > 0.0 { other_s / traffic.other_work_s } else { 0.0 };
                self.fixed_usd += per_second * other_s + fee * share * traffic.other_requests;
                self.add_piece(free_s / traffic.service_s, fee + per_second * traffic.service_s);
            }
        }
    }

    /// One instance until it is busy all the time, then as many as are busy.
    fn add_fitted(&mut self, pool: &Dedicated, traffic: &FormulaTraffic, other_s: f64) {
        let per_second = pool.price.cost(u128::from(Span::MONTH.nanos())).dollars() / MONTH_S / f64::from(pool.slots);
        let one_s = MONTH_S * f64::from(pool.slots);
        self.fixed_usd += per_second * (other_s - one_s).max(0.0);
        self.add_piece((one_s - other_s).max(0.0) / traffic.service_s, 0.0);
        self.add_piece(f64::INFINITY, per_second * traffic.service_s);
    }

    fn add_piece(&mut self, length: f64, usd_per_request: f64) {
        if length > 0.0 {
            self.pieces.push(Piece { length, usd_per_request });
        }
    }

    /// Dollars a month at a volume.
    #[must_use]
    pub fn at(&self, requests_per_month: f64) -> f64 {
        let (mut cost, mut left) = (self.fixed_usd, requests_per_month);
        for piece in &self.pieces {
            let part = left.min(piece.length);
            cost += part * piece.usd_per_request;
            left -= part;
        }
        cost
    }

    fn slope(&self, requests_per_month: f64) -> f64 {
        let mut end = 0.0;
        let piece = self.pieces.iter().find(|piece| {
            end += piece.length;
            requests_per_month < end
        });
        piece.map_or(0.0, |piece| piece.usd_per_request)
    }

    /// Where the line bends.
    fn bends(&self) -> impl Iterator<Item = f64> {
        let mut end = 0.0;
        self.pieces.iter().map(move |piece| {
            end += piece.length;
            end
        })
    }
}

/// The least volume, in requests a month, at which the cheaper of two fleets becomes the dearer one by the formula; `None`
/// where that never happens.
#[must_use]
pub fn formula_break_even(a: &FormulaCost, b: &FormulaCost) -> Option<f64> {
    let mut bends: Vec<f64> = a.bends().chain(b.bends()).filter(|bend| bend.is_finite()).collect();
    bends.sort_unstable_by(f64::total_cmp);
    bends.push(f64::INFINITY);
    let (mut from, mut sign) = (0.0, 0.0);
    for to in bends {
        let (gap, slope) = (a.at(from) - b.at(from), a.slope(from) - b.slope(from));
        if sign == 0.0 {
            sign = if gap == 0.0 { slope } else { gap };
        }
        // A gap that the slope closes, within this piece.
        let closed_after = -gap / slope;
        if gap * sign > 0.0 && gap * slope < 0.0 && from + closed_after < to {
            return Some(from + closed_after);
        }
        from = to;
    }
    None
}

/// The work that a pool can do in a month, in seconds of service.
fn room_s(kind: &PoolKind) -> f64 {
    let instances = match kind {
        PoolKind::Dedicated(pool) => Some(by_formula(pool)),
        PoolKind::Serverless(pool) => pool.max_instances,
    };
    instances.map_or(f64::INFINITY, |instances| f64::from(instances) * f64::from(kind.slots()) * MONTH_S)
}

/// The instances that the formula counts.
fn by_formula(pool: &Dedicated) -> u32 {
    match pool.instances {
        Instances::Number(number) => number,
        Instances::Fit => 1,
    }
}

/// Of a dedicated pool, as the formula counts it.
fn monthly_usd(pool: &Dedicated) -> f64 {
    let instance_time = u128::from(by_formula(pool)) * u128::from(Span::MONTH.nanos());
    pool.price.cost(instance_time).dollars()
}

/// Of a serverless instance whose every slot is in use.
fn usd_per_busy_second(pool: &Serverless) -> f64 {
    let per_second = pool.tariff.price.cost(u128::from(Span::MONTH.nanos())).dollars() / MONTH_S;
    if pool.tariff.bills.execute { per_second / f64::from(pool.slots) } else { 0.0 }
}
