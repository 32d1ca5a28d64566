//! How much of a dedicated fleet the formula counts: what is paid for of its instances, and how long they are there.
//!
//! Shares of a long time: of the hours of a week, of the time between failures and repairs, and of that in which not every zone is
//! out. The rest of what takes instances away lasts no longer than a boot, and is left out: replacements that boot, capacity that
//! is sought again, the minimum that is billed.

use crate::scenario::{Dedicated, Extras, Outages, Purchase, availability};
use crate::unit::{Span, Usd};

use super::pool_cost::MONTH;

/// What of a dedicated pool's instances is there and is paid for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Held<'a> {
    pool: &'a Dedicated,
    /// The share of the time in which an instance can serve.
    there: f64,
    /// Of one that is not of the fallback: the share of the time that is paid for.
    paid: f64,
    /// The share of the time in which an on-demand instance stands in for one.
    stood_in: f64,
}

impl<'a> Held<'a> {
    pub fn of(pool: &'a Dedicated) -> Held<'a> {
        let terms = &pool.terms;
        let share = |part: Span, whole: Span| part.nanos() as f64 / whole.nanos() as f64;
        let on = terms.schedule.as_ref().map_or(1.0, |schedule| share(schedule.on_time_of_week(), Span::WEEK));
        let works = terms.failures.as_ref().map_or(1.0, |failures| {
            availability(failures.every, Span::from_draw(failures.repair.mean_s() * Span::SECOND.nanos() as f64))
        });
        let interruptions = terms.interruptions.as_ref();
        let is_had =
            interruptions.and_then(|interruptions| interruptions.outages.as_ref()).map_or(1.0, some_zone_is_up);
        let stands_in = interruptions.and_then(|interruptions| interruptions.fallback).is_some_and(|it| it.dynamic);
        let stood_in = if stands_in { on * (1.0 - is_had) } else { 0.0 };
        let there = on * works * is_had + stood_in;
        let paid = match terms.purchase {
            Purchase::Reserved(_) => 1.0,
            Purchase::OnDemand | Purchase::Spot => on * works * is_had,
        };
        Held { pool, there, paid, stood_in }
    }

    /// The share of the time in which an instance can serve.
    pub fn there(&self) -> f64 {
        self.there
    }

    /// What so many instances cost a month, in dollars: in whole nodes, those of the fallback that are always on-demand first.
    pub fn usd_of(&self, instances: u32) -> f64 {
        let node = self.pool.terms.node;
        let base = self.fallback().map_or(0, |(base, _)| base.min(instances));
        let of_base = self.fallback().map_or(0.0, |(_, usd)| usd) * node.paid_instances(base) as f64;
        of_base + self.usd_of_one() * node.paid_instances(instances - base) as f64
    }

    /// What one instance more costs a month, in dollars.
    pub fn usd_of_one(&self) -> f64 {
        let stand_in = self.fallback().map_or(0.0, |(_, usd)| usd);
        (self.pool.price.cost(MONTH) + resources(&self.pool.extras, MONTH)).dollars() * self.paid
            + stand_in * self.stood_in
    }

    /// How many on-demand instances there always are beside spot ones, and what one costs a month.
    fn fallback(&self) -> Option<(u32, f64)> {
        let fallback = self.pool.terms.interruptions.as_ref()?.fallback?;
        Some((fallback.base, (fallback.price.cost(MONTH) + resources(&self.pool.extras, MONTH)).dollars()))
    }
}

/// Zones are out independently of each other.
fn some_zone_is_up(outages: &Outages) -> f64 {
    let last = Span::from_draw(outages.last.mean_s() * Span::SECOND.nanos() as f64);
    let is_out = 1.0 - availability(outages.every, last);
    1.0 - (0..outages.zones).map(|_| is_out).product::<f64>()
}

/// Cores and memory of so many nanoseconds of instances.
pub(super) fn resources(extras: &Extras, nanos: u128) -> Usd {
    [extras.cpu, extras.memory].into_iter().flatten().map(|resource| resource.cost(nanos)).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decide::fixture::dollars_an_hour;
    use crate::scenario::{
        Commitment, Distribution, Failures, Fallback, Hours, Instances, Interrupted, Interruptions, Node, Schedule,
        Term, Terms, Upfront,
    };

    /// A month at $4/h.
    const INSTANCE_USD: f64 = 2_880.0;

    fn with(terms: Terms) -> Dedicated {
        Dedicated { terms, ..Dedicated::new(Instances::Number(4), dollars_an_hour(4)) }
    }

    #[track_caller]
    fn assert_held(terms: Terms, there: f64, instances: f64) {
        let pool = with(terms);
        let held = Held::of(&pool);
        assert!((held.there() - there).abs() < 1e-12, "{held:?}");
        assert!((held.usd_of(4) - instances * INSTANCE_USD).abs() < 1e-8, "{} of {INSTANCE_USD}", held.usd_of(4));
    }

    fn office() -> Option<Schedule> {
        let hour = |hour| Span::from_nanos(hour * Span::HOUR.nanos());
        let hours = Hours { days: std::array::from_fn(|day| day < 5), from: hour(8), to: hour(20) };
        Some(Schedule { hours: vec![hours], failure: 0.0, retry_after: Span::MINUTE })
    }

    fn spot(outages: Option<Outages>, fallback: Option<Fallback>) -> Terms {
        let interruptions =
            Interruptions { hazard: None, notice: Span::MINUTE, requests: Interrupted::Retry, outages, fallback };
        Terms { purchase: Purchase::Spot, interruptions: Some(interruptions), ..Terms::default() }
    }

    #[test]
    fn instances_without_terms_are_there_and_paid_for_all_the_time() {
        assert_held(Terms::default(), 1.0, 4.0);
    }

    #[test]
    fn a_schedule_is_paid_for_its_hours_and_a_commitment_for_all() {
        assert_held(Terms { schedule: office(), ..Terms::default() }, 60.0 / 168.0, 4.0 * 60.0 / 168.0);
        let (term, upfront, on_demand) = (Term::OneYear, Upfront::Nothing, dollars_an_hour(8));
        let commitment = Commitment { term, on_demand, discount: term.typical_discount(), upfront };
        let purchase = Purchase::Reserved(commitment);
        assert_held(Terms { purchase, schedule: office(), ..Terms::default() }, 60.0 / 168.0, 4.0);
    }

    #[test]
    fn nodes_are_paid_whole() {
        let node = Node { gpus: 8, gpus_of_instance: 1 };
        assert_held(Terms { node, ..Terms::default() }, 1.0, 8.0);
    }

    #[test]
    fn failed_instances_are_neither_there_nor_paid_for() {
        let repair = Distribution::Constant(Span::HOUR);
        let failures = Some(Failures { every: Span::from_nanos(9 * Span::HOUR.nanos()), repair });
        assert_held(Terms { failures, ..Terms::default() }, 0.9, 3.6);
    }

    #[test]
    fn spot_instances_are_missing_while_every_zone_is_out_unless_others_stand_in() {
        // A zone is out a tenth of the time, two of them together a hundredth.
        let outages = || Outages {
            zones: 2,
            every: Span::from_nanos(9 * Span::HOUR.nanos()),
            last: Distribution::Constant(Span::HOUR),
        };
        assert_held(spot(None, None), 1.0, 4.0);
        assert_held(spot(Some(outages()), None), 0.99, 3.96);
        // One on-demand instance at three times the price, and three spot ones.
        let fallback = Fallback { base: 1, dynamic: false, price: dollars_an_hour(12) };
        assert_held(spot(Some(outages()), Some(fallback)), 0.99, 3.0 + 3.0 * 0.99);
        let dynamic = Fallback { dynamic: true, ..fallback };
        assert_held(spot(Some(outages()), Some(dynamic)), 1.0, 3.0 + 3.0 * (0.99 + 0.01 * 3.0));
    }
}
