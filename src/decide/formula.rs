//! The break-even formula of the guide "When to use serverless vs dedicated GPU": requests = hourly rate x hours / price per
//! request. It knows no queue, no cold start, no idle tail and no burst; beside the simulation it shows what those cost.
//!
//! Written for any pair of fleets: a fleet's cost by the formula is a broken line over the requests a month. Work goes to the
//! first pool until that is busy all the time, then to the next. A dedicated pool costs the same at any volume, one that is
//! fitted to the objective as many instances as the work keeps busy, at least one, and one that is scaled as many beyond its
//! minimum. Of hours, failures and outages it knows how much of the time an instance is there and paid for (`held`), not when:
//! work is taken to come when the instances are there. A serverless pool costs its fee and, where
//! execution is billed, the mean warm service time / speed x price for each request, cores and memory included. Fees by the month are
//! there at any volume, egress is paid by the request; free tiers and credits make the first requests of a month cheaper.

use crate::scenario::{Fleet, Instances, PoolKind};

use super::held::Held;
use super::pool_cost::{MONTH_S, Piece, PoolCost, PoolLoad, counted_instances};

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
    /// The part of it that is for instances held all the time, before any credits.
    fixed_capacity_usd: f64,
    /// In the order of volume; the last goes on for ever.
    pieces: Vec<Piece>,
}

impl FormulaCost {
    #[must_use]
    pub fn new(fleet: &Fleet, traffic: &FormulaTraffic) -> FormulaCost {
        let pools = fleet.pools();
        let mut cost = FormulaCost { fixed_usd: 0.0, fixed_capacity_usd: 0.0, pieces: Vec::new() };
        let mut other_work_s = traffic.other_work_s;
        for (index, kind) in pools.iter().enumerate() {
            let is_last = index + 1 == pools.len();
            let room_s = if is_last { f64::INFINITY } else { room_s(kind) };
            let other_s = other_work_s.min(room_s);
            other_work_s -= other_s;
            let share = if traffic.other_work_s > 0.0 { other_s / traffic.other_work_s } else { 0.0 };
            let other_requests = share * traffic.other_requests;
            let load = PoolLoad { service_s: traffic.service_s, room_s: room_s - other_s, other_s, other_requests };
            cost.add(match kind {
                PoolKind::Dedicated(pool) => PoolCost::of_dedicated(pool, &load),
                PoolKind::Serverless(pool) => PoolCost::of_serverless(pool, &load),
            });
        }
        cost
    }

    fn add(&mut self, pool: PoolCost) {
        self.fixed_usd += pool.fixed_usd;
        self.fixed_capacity_usd += pool.fixed_capacity_usd;
        self.pieces.extend(pool.pieces);
    }

    /// Dollars a month at a volume.
    #[must_use]
    pub fn at(&self, requests_per_month: f64) -> f64 {
        self.sum(self.fixed_usd, requests_per_month, |piece| piece.usd_per_request)
    }

    /// What of it is for instances held all the time, before any credits.
    pub(super) fn of_capacity_at(&self, requests_per_month: f64) -> f64 {
        self.sum(self.fixed_capacity_usd, requests_per_month, |piece| piece.capacity_usd_per_request)
    }

    fn sum(&self, fixed_usd: f64, requests_per_month: f64, slope: impl Fn(&Piece) -> f64) -> f64 {
        let (mut cost, mut left) = (fixed_usd, requests_per_month);
        for piece in &self.pieces {
            let part = left.min(piece.length);
            cost += part * slope(piece);
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
        let gap = difference(a.at(from), b.at(from));
        let slope = difference(a.slope(from), b.slope(from));
        // Where the lines meet, the slope says which is the cheaper from there on.
        let side = if gap == 0.0 { slope } else { gap };
        if side * sign < 0.0 {
            return Some(from);
        }
        if sign == 0.0 {
            sign = side;
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

/// a - b, but nothing where they differ by the rounding of floats alone.
fn difference(a: f64, b: f64) -> f64 {
    const ROUNDING: f64 = 1e-12;
    if (a - b).abs() <= ROUNDING * a.abs().max(b.abs()) { 0.0 } else { a - b }
}

/// How busy the instances of a dedicated fleet of one pool would be at a volume, as a share of the time that they are there; at most
/// 1 where there are as many as it takes. `None` for any other fleet.
#[must_use]
pub fn formula_utilization(fleet: &Fleet, traffic: &FormulaTraffic, requests_per_month: f64) -> Option<f64> {
    let [kind @ PoolKind::Dedicated(pool)] = fleet.pools()[..] else { return None };
    let busy = (requests_per_month * traffic.service_s + traffic.other_work_s) / room_s(kind);
    Some(if pool.instances == Instances::Fit { busy.min(1.0) } else { busy })
}

/// The work that a pool can do in a month, in seconds of service.
fn room_s(kind: &PoolKind) -> f64 {
    let (instances, there) = match kind {
        PoolKind::Dedicated(pool) => (Some(counted_instances(pool)), Held::of(pool).there()),
        PoolKind::Serverless(pool) => (pool.max_instances, 1.0),
    };
    instances.map_or(f64::INFINITY, |instances| f64::from(instances) * kind.capacity() * there * MONTH_S)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decide::fixture::{dedicated, dedicated_pool, dollars_an_hour, serverless, serverless_pool};
    use crate::scenario::{
        Autoscaling, Decimal, Dedicated, Egress, FleetKind, FreeTier, Hours, Hybrid, OverflowRule, Pool, Resource,
        ScaleOut, Schedule, Storage, Terms,
    };
    use crate::unit::{Price, Span, Usd};

    /// Requests of two seconds.
    const TRAFFIC: FormulaTraffic = FormulaTraffic { service_s: 2.0, other_requests: 0.0, other_work_s: 0.0 };
    /// A month of an instance at $4/h, and the requests that keep one busy for a month.
    const INSTANCE_USD: f64 = 2_880.0;
    const BUSY: f64 = MONTH_S / 2.0;

    fn by_fee(millis_of_a_dollar: i128) -> Fleet {
        let mut fleet = serverless("fee");
        if let FleetKind::Single(PoolKind::Serverless(pool)) = &mut fleet.kind {
            pool.tariff.bills.execute = false;
            pool.tariff.request_fee = Usd::from_nanos(millis_of_a_dollar * 1_000_000);
        }
        fleet
    }

    /// Billed by time at so much an hour.
    fn by_time(dollars: u64) -> PoolKind {
        let mut kind = serverless_pool();
        if let PoolKind::Serverless(pool) = &mut kind {
            pool.tariff.price = dollars_an_hour(dollars);
        }
        kind
    }

    fn fitted_pool() -> PoolKind {
        let PoolKind::Dedicated(pool) = dedicated_pool(1) else { unreachable!("a dedicated pool") };
        PoolKind::Dedicated(Dedicated { instances: Instances::Fit, ..pool })
    }

    fn fitted() -> Fleet {
        Fleet { name: "fitted".to_owned(), kind: FleetKind::Single(fitted_pool()) }
    }

    fn hybrid(base: PoolKind, burst: PoolKind) -> Fleet {
        let pools = [("base", base), ("burst", burst)];
        let pools = pools.map(|(name, kind)| Pool { name: name.to_owned(), kind }).to_vec();
        let kind = FleetKind::Hybrid(Hybrid::in_order(OverflowRule::WhenFull, pools));
        Fleet { name: "hybrid".to_owned(), kind }
    }

    fn between(a: &Fleet, b: &Fleet) -> Option<f64> {
        let [a, b] = [a, b].map(|fleet| FormulaCost::new(fleet, &TRAFFIC));
        let (found, reversed) = (formula_break_even(&a, &b), formula_break_even(&b, &a));
        assert_eq!(found, reversed);
        found
    }

    #[track_caller]
    fn assert_cost(fleet: &Fleet, traffic: &FormulaTraffic, requests: f64, expected: f64) {
        let cost = FormulaCost::new(fleet, traffic).at(requests);
        assert!((cost - expected).abs() < 1e-8, "{cost} for {requests} requests, not {expected}");
    }

    #[test]
    fn the_guides_example_is_exact() {
        assert_eq!(between(&by_fee(2), &dedicated("dedicated", 1)), Some(1_440_000.0));
        assert_eq!(between(&by_fee(2), &dedicated("dedicated", 3)), Some(4_320_000.0));
    }

    #[test]
    fn where_time_is_billed_a_request_costs_its_mean_service_time() {
        let found = between(&serverless("serverless"), &dedicated("dedicated", 1)).unwrap();
        assert!((found - INSTANCE_USD / (2.0 * 6.0 / 3_600.0)).abs() < 1e-6, "{found}");
        // Two requests at once share the price of an instance.
        let mut pool = serverless_pool();
        if let PoolKind::Serverless(pool) = &mut pool {
            pool.slots = 2;
        }
        let shared = Fleet { name: "shared".to_owned(), kind: FleetKind::Single(pool) };
        assert_cost(&shared, &TRAFFIC, 3_600.0, 6.0);
    }

    #[test]
    fn fleets_of_which_one_is_always_the_cheaper_never_break_even() {
        assert_eq!(between(&dedicated("one", 1), &dedicated("two", 2)), None);
        assert_eq!(between(&by_fee(1), &by_fee(2)), None);
        assert_eq!(between(&dedicated("one", 1), &dedicated("other", 1)), None);
        // As dear as a busy instance: they meet where that is busy all the time, and cost the same from there on.
        let same = Fleet { name: "same".to_owned(), kind: FleetKind::Single(by_time(4)) };
        assert_eq!(between(&same, &fitted()), None);
    }

    #[test]
    fn a_fitted_pool_has_as_many_instances_as_are_busy_and_at_least_one() {
        for (requests, instances) in [(0.0, 1.0), (BUSY, 1.0), (2.5 * BUSY, 2.5)] {
            assert_cost(&fitted(), &TRAFFIC, requests, instances * INSTANCE_USD);
        }
    }

    #[test]
    fn a_hybrid_sends_on_what_its_base_has_no_time_for() {
        let hybrid = hybrid(dedicated_pool(2), by_time(8));
        for (requests, expected) in [(BUSY, 2.0), (2.0 * BUSY, 2.0), (3.0 * BUSY, 4.0)] {
            assert_cost(&hybrid, &TRAFFIC, requests, expected * INSTANCE_USD);
        }
        let found = between(&hybrid, &dedicated("dedicated", 3)).unwrap();
        assert!((found - 2.5 * BUSY).abs() < 1e-3, "{found}");
    }

    #[test]
    fn traffic_whose_volume_stays_is_paid_for_at_every_volume() {
        // Half an instance's month of work, in requests of four seconds.
        let other_work_s = MONTH_S / 2.0;
        let traffic = FormulaTraffic { service_s: 2.0, other_requests: other_work_s / 4.0, other_work_s };
        assert_cost(&by_fee(2), &traffic, 1_000.0, (other_work_s / 4.0 + 1_000.0) * 0.002);
        let half = INSTANCE_USD / 2.0;
        assert_cost(&serverless("serverless"), &traffic, 0.0, half * 6.0 / 4.0);
        assert_cost(&fitted(), &traffic, 1.5 * BUSY, 2.0 * INSTANCE_USD);
        let hybrid = hybrid(dedicated_pool(1), by_time(8));
        assert_cost(&hybrid, &traffic, BUSY / 2.0, INSTANCE_USD);
        assert_cost(&hybrid, &traffic, BUSY, INSTANCE_USD + half * 2.0);
    }

    fn on_terms(instances: Instances, terms: Terms) -> PoolKind {
        PoolKind::Dedicated(Dedicated { terms, ..Dedicated::new(instances, dollars_an_hour(4)) })
    }

    fn single(kind: PoolKind) -> Fleet {
        Fleet { name: "single".to_owned(), kind: FleetKind::Single(kind) }
    }

    /// Half of every day.
    fn by_day() -> Terms {
        let hour = |hour| Span::from_nanos(hour * Span::HOUR.nanos());
        let hours = vec![Hours { days: [true; 7], from: hour(8), to: hour(20) }];
        Terms { schedule: Some(Schedule { hours, failure: 0.0, retry_after: Span::MINUTE }), ..Terms::default() }
    }

    #[test]
    fn instances_of_some_hours_cost_and_serve_so_much_less() {
        let two = on_terms(Instances::Number(2), by_day());
        assert_cost(&single(two.clone()), &TRAFFIC, BUSY, INSTANCE_USD);
        // What does not fit into their hours goes to the next pool.
        let hybrid = hybrid(two, by_time(8));
        for (requests, expected) in [(BUSY, 1.0), (2.0 * BUSY, 3.0)] {
            assert_cost(&hybrid, &TRAFFIC, requests, expected * INSTANCE_USD);
        }
        // A fitted fleet has twice as many of them.
        let fitted = single(on_terms(Instances::Fit, by_day()));
        for (requests, expected) in [(0.0, 0.5), (BUSY / 2.0, 0.5), (2.0 * BUSY, 2.0)] {
            assert_cost(&fitted, &TRAFFIC, requests, expected * INSTANCE_USD);
        }
    }

    #[test]
    fn a_scaled_fleet_costs_its_minimum_and_then_what_is_busy() {
        let scale_out = ScaleOut::of_kind("in-flight", 1).expect("a kind");
        let autoscaling = Some(Autoscaling { scale_out, min_instances: 1, keep_alive: Some(Span::MINUTE) });
        let scaled = single(on_terms(Instances::Number(4), Terms { autoscaling, ..Terms::default() }));
        for (requests, expected) in [(0.0, 1.0), (BUSY, 1.0), (2.5 * BUSY, 2.5)] {
            assert_cost(&scaled, &TRAFFIC, requests, expected * INSTANCE_USD);
        }
    }

    #[test]
    fn instances_are_busy_a_share_of_the_time_that_they_are_there() {
        let busy = |fleet: &Fleet| formula_utilization(fleet, &TRAFFIC, BUSY);
        assert_eq!(busy(&dedicated("dedicated", 2)), Some(0.5));
        assert_eq!(busy(&single(on_terms(Instances::Number(4), by_day()))), Some(0.5));
        assert_eq!(formula_utilization(&fitted(), &TRAFFIC, 3.0 * BUSY), Some(1.0), "as many as it takes");
        assert_eq!(busy(&serverless("serverless")), None);
    }

    fn with(fleet: Fleet, change: impl FnOnce(&mut crate::scenario::Serverless)) -> Fleet {
        let mut fleet = fleet;
        if let FleetKind::Single(PoolKind::Serverless(pool)) = &mut fleet.kind {
            change(pool);
        }
        fleet
    }

    fn monthly(dollars: u64) -> Option<Price> {
        Some(Price::new(dollars * 1_000_000_000_000, Span::MONTH))
    }

    const TEN: Decimal = Decimal { billionths: 10_000_000_000 };

    #[test]
    fn fees_by_the_month_are_paid_at_any_volume_and_egress_by_the_request() {
        let fleet = with(by_fee(2), |pool| {
            pool.tariff.extras.plan_fee = monthly(250);
            pool.tariff.extras.operations = monthly(180);
            pool.tariff.extras.storage =
                Some(Storage { gigabytes: TEN, price: Price::new(1_000_000_000_000, Span::MONTH) });
            let gigabytes_per_request = Decimal { billionths: 10_000_000 };
            pool.tariff.extras.egress = Some(Egress { gigabytes_per_request, price: Usd::from_nanos(100_000_000) });
        });
        for requests in [0.0, 1e6] {
            assert_cost(&fleet, &TRAFFIC, requests, 440.0 + 0.003 * requests);
        }
        let found = between(&fleet, &dedicated("dedicated", 1)).unwrap();
        assert!((found - (INSTANCE_USD - 440.0) / 0.003).abs() < 1e-6, "{found}");
    }

    #[test]
    fn cores_and_memory_are_part_of_the_price_of_time() {
        let core = Price::new(100_000_000_000, Span::HOUR);
        let cores = Some(Resource { units: TEN, price: core });
        let fleet = with(serverless("serverless"), |pool| pool.tariff.extras.cpu = cores);
        assert_cost(&fleet, &TRAFFIC, 1_800.0, 6.0 + 1.0);
        let mut fitted = fitted();
        if let FleetKind::Single(PoolKind::Dedicated(pool)) = &mut fitted.kind {
            pool.extras.memory = cores;
        }
        assert_cost(&fitted, &TRAFFIC, 2.5 * BUSY, 2.5 * (INSTANCE_USD + 720.0));
    }

    #[test]
    fn minimum_instances_with_a_price_are_held_like_dedicated_ones() {
        let held = with(serverless("held"), |pool| {
            pool.min_instances = 2;
            pool.tariff.min_instance_price = Some(dollars_an_hour(4));
        });
        for (requests, expected) in [(0.0, 2.0), (2.0 * BUSY, 2.0), (4.0 * BUSY, 2.0 + 2.0 * 1.5)] {
            assert_cost(&held, &TRAFFIC, requests, expected * INSTANCE_USD);
        }
    }

    #[test]
    fn a_free_tier_and_credits_make_the_first_requests_cheaper() {
        let free = with(serverless("free"), |pool| {
            pool.tariff.request_fee = Usd::from_nanos(1_000_000);
            // An hour: 1,800 requests of two seconds.
            pool.tariff.free_tier = Some(FreeTier { requests: 1_000, instance_time: Span::HOUR });
        });
        for (requests, expected) in [(1_000.0, 0.0), (1_800.0, 0.8), (3_600.0, 2.6 + 6.0)] {
            assert_cost(&free, &TRAFFIC, requests, expected);
        }
        let credited = with(by_fee(2), |pool| {
            pool.tariff.extras.plan_fee = monthly(10);
            pool.tariff.extras.credits = monthly(30);
        });
        for (requests, expected) in [(0.0, 0.0), (10_000.0, 0.0), (20_000.0, 20.0)] {
            assert_cost(&credited, &TRAFFIC, requests, expected);
        }
        let few = with(by_fee(2), |pool| {
            pool.tariff.extras.plan_fee = monthly(10);
            pool.tariff.extras.credits = monthly(4);
        });
        assert_cost(&few, &TRAFFIC, 1_000.0, 8.0);
        // What other traffic uses of a free tier is not there any more.
        let traffic = FormulaTraffic { service_s: 2.0, other_requests: 900.0, other_work_s: 1_800.0 };
        assert_cost(&free, &traffic, 900.0, 0.8);
        assert_cost(&free, &traffic, 1_800.0, 1.7 + 900.0 * 2.0 / 600.0);
    }

    #[test]
    fn lines_that_meet_where_one_bends_break_even_there_if_they_cross() {
        // The fee of the requests of a busy instance: as much as the instance, so that the lines meet where the burst begins.
        let fee = by_fee(2);
        let traffic = FormulaTraffic { service_s: MONTH_S / 1_440_000.0, ..TRAFFIC };
        let cross = |burst: u64| {
            let hybrid = hybrid(dedicated_pool(1), by_time(burst));
            formula_break_even(&FormulaCost::new(&fee, &traffic), &FormulaCost::new(&hybrid, &traffic))
        };
        let found = cross(2).expect("the burst is cheaper than the fee");
        assert!((found - 1_440_000.0).abs() < 1e-3, "{found}");
        assert_eq!(cross(8), None, "the burst is dearer than the fee, so the lines only touch");
    }
}
