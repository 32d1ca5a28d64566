//! A design in other sizes: what it would be at another volume, and what lies beside it.

use crate::scenario::{Fleet, FleetKind, Instances, MOST_INSTANCES, PoolKind};

/// The size of a design: the instances of its first dedicated pool, or else those that its first serverless one keeps warm.
#[must_use]
pub fn size(fleet: &Fleet) -> u32 {
    let pools = fleet.pools();
    let dedicated = pools.iter().find_map(|pool| match pool {
        PoolKind::Dedicated(pool) => Some(pool.instances.number()),
        PoolKind::Serverless(_) => None,
    });
    dedicated.unwrap_or_else(|| match pools.first() {
        Some(PoolKind::Serverless(pool)) => pool.min_instances,
        _ => 0,
    })
}

/// Whether a design has dedicated instances.
#[must_use]
pub fn is_held(fleet: &Fleet) -> bool {
    fleet.pools().iter().any(|pool| matches!(pool, PoolKind::Dedicated(_)))
}

/// The design in another size; `None` where that is none: a dedicated pool has at least one instance, a serverless one keeps no
/// more warm than it may have.
#[must_use]
pub fn resized(fleet: &Fleet, size: u32) -> Option<Fleet> {
    let mut fleet = fleet.clone();
    let is_held = is_held(&fleet);
    let kinds: Vec<&mut PoolKind> = match &mut fleet.kind {
        FleetKind::Single(kind) => vec![kind],
        FleetKind::Hybrid(hybrid) => hybrid.pools.iter_mut().map(|pool| &mut pool.kind).collect(),
    };
    for kind in kinds {
        match kind {
            // Regions add up to the whole, and a scaled group has a least size.
            PoolKind::Dedicated(pool) if !pool.terms.regions.is_empty() || pool.terms.autoscaling.is_some() => {
                return None;
            }
            PoolKind::Dedicated(pool) => {
                if size == 0 || size > MOST_INSTANCES {
                    return None;
                }
                pool.instances = Instances::Number(size);
                return Some(fleet);
            }
            PoolKind::Serverless(pool) if !is_held => {
                if pool.max_instances.is_some_and(|most| size > most) {
                    return None;
                }
                pool.min_instances = size;
                return Some(fleet);
            }
            PoolKind::Serverless(_) => {}
        }
    }
    None
}
