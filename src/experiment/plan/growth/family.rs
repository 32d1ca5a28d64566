//! Designs that differ in their size alone, and the sizes that growth calls for.

use crate::scenario::{
    Commitment, Dedicated, Fleet, FleetKind, Instances, MOST_INSTANCES, PoolKind, Purchase, Routing, Term,
};
use crate::unit::{Price, Span};

use super::months::{Hardware, Offer};

/// A year, as bills count months.
const YEAR: u32 = 12;

/// The pool of a fleet whose instances are bought on demand or reserved and are there all the time: what can be committed to.
pub(super) fn steady_pool(fleet: &Fleet) -> Option<&Dedicated> {
    let is_spread = matches!(&fleet.kind, FleetKind::Hybrid(hybrid) if hybrid.routing != Routing::InOrder);
    let steady = fleet.pools().into_iter().find_map(|kind| match kind {
        PoolKind::Dedicated(pool) if pool.terms.is_steady() && pool.terms.purchase != Purchase::Spot => Some(pool),
        _ => None,
    });
    steady.filter(|_| !is_spread)
}

/// The fleet with its steady pool bought on demand, and so many instances in it.
fn with_steady(fleet: &Fleet, change: impl Fn(&mut Dedicated)) -> Fleet {
    let mut fleet = fleet.clone();
    if steady_pool(&fleet).is_some() {
        let mut kinds: Vec<&mut PoolKind> = match &mut fleet.kind {
            FleetKind::Single(kind) => vec![kind],
            FleetKind::Hybrid(hybrid) => hybrid.pools.iter_mut().map(|pool| &mut pool.kind).collect(),
        };
        let steady = kinds.iter_mut().find_map(|kind| match kind {
            PoolKind::Dedicated(pool) if pool.terms.is_steady() && pool.terms.purchase != Purchase::Spot => Some(pool),
            _ => None,
        });
        steady.into_iter().for_each(change);
    }
    fleet
}

/// A reserved pool bought on demand.
pub(super) fn on_demand(fleet: &Fleet) -> Fleet {
    with_steady(fleet, |pool| {
        if let Purchase::Reserved(commitment) = pool.terms.purchase {
            pool.price = commitment.on_demand;
            pool.terms.purchase = Purchase::OnDemand;
        }
    })
}

/// With so many instances in its steady pool.
pub(super) fn sized(fleet: &Fleet, instances: Instances) -> Fleet {
    with_steady(fleet, |pool| pool.instances = instances)
}

pub(super) fn size(fleet: &Fleet) -> Option<u32> {
    steady_pool(fleet).map(|pool| pool.instances.number())
}

/// Whether the fleet is its steady pool alone, so that its size can be fitted to the objective.
pub(super) fn is_dedicated(fleet: &Fleet) -> bool {
    matches!(&fleet.kind, FleetKind::Single(_)) && steady_pool(fleet).is_some()
}

/// As many instances for so many times the volume, rounded up.
pub(super) fn grown(instances: u32, factor: f64) -> u32 {
    ((f64::from(instances) * factor - 1e-9).ceil() as u32).clamp(1, MOST_INSTANCES)
}

/// What a month of one instance costs on demand and committed to, by the typical discounts of both terms.
pub(super) fn hardware(on_demand: Price) -> Hardware {
    let month = |price: Price| price.cost(Span::MONTH.nanos().into()).dollars();
    let offer = |(term, months): (Term, u32)| {
        let discount = term.typical_discount();
        let upfront = crate::scenario::Upfront::Nothing;
        Offer { term, months, per_month: month(Commitment { term, on_demand, discount, upfront }.price()) }
    };
    let offers = [(Term::OneYear, YEAR), (Term::ThreeYears, 3 * YEAR)].map(offer).to_vec();
    Hardware { on_demand: month(on_demand), offers }
}
