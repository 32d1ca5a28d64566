//! Random numbers that are addressed, not shared: the k-th draw for a purpose depends on the seed, the replication, the
//! names of what draws and the purpose alone, so that adding or leaving out a fleet changes nothing for another.

mod distribution;
mod exponential;
mod gamma;

use rand::SeedableRng;
use rand_xoshiro::Xoshiro256PlusPlus;
use sha2::{Digest, Sha256};

pub use distribution::Sampler;
pub(crate) use gamma::GammaSampler;

/// The generator of every stream: xoshiro256++ 1.0 (Blackman and Vigna, 2019).
pub type Rng = Xoshiro256PlusPlus;

/// What a stream's draws are for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Gaps between the arrivals of a class, and the thinning of them.
    Arrivals,
    /// On and off times of a class.
    Bursts,
    /// How many requests a recorded one becomes, and when they arrive.
    Volume,
    ServiceTime,
    /// Cold starts, or the initialisation of instances that start in phases.
    ColdStart,
    Allocate,
    /// Whether an image is on the host of a start.
    CachedImage,
    PullCached,
    Pull,
    Load,
    StartFailure,
    /// Whether a GPU is free.
    Supply,
    IdleSelection,
    /// Of jobs.
    Work,
    /// How much of a back-off is taken off.
    Retry,
    /// Until a spot instance is interrupted.
    Interruption,
    /// Until a zone is out, and until it is back.
    Outage,
    OutageEnd,
    /// Until an instance fails, and until it is repaired.
    Failure,
    Repair,
    /// Whether capacity is had that is asked for.
    Capacity,
    /// Where requests come from.
    Origin,
}

impl Purpose {
    fn name(self) -> &'static str {
        match self {
            Purpose::Arrivals => "arrivals",
            Purpose::Bursts => "bursts",
            Purpose::Volume => "volume",
            Purpose::ServiceTime => "service-time",
            Purpose::ColdStart => "cold-start",
            Purpose::Allocate => "allocate",
            Purpose::CachedImage => "cached-image",
            Purpose::PullCached => "pull-cached",
            Purpose::Pull => "pull",
            Purpose::Load => "load",
            Purpose::StartFailure => "start-failure",
            Purpose::Supply => "supply",
            Purpose::IdleSelection => "idle-selection",
            Purpose::Work => "work",
            Purpose::Retry => "retry",
            Purpose::Interruption => "interruption",
            Purpose::Outage => "outage",
            Purpose::OutageEnd => "outage-end",
            Purpose::Failure => "failure",
            Purpose::Repair => "repair",
            Purpose::Capacity => "capacity",
            Purpose::Origin => "origin",
        }
    }
}

/// The stream of a purpose. `owner` is the path of names of what draws: `["traffic", class]`, `["fleet", fleet]`, `["fleet", fleet, pool]`.
#[must_use]
pub fn stream(seed: u64, replication: u32, owner: &[&str], purpose: Purpose) -> Rng {
    let mut hash = Sha256::new();
    hash.update(seed.to_le_bytes());
    hash.update(replication.to_le_bytes());
    for name in owner.iter().copied().chain([purpose.name()]) {
        // With the length before it, no two paths of names run together.
        hash.update((name.len() as u64).to_le_bytes());
        hash.update(name.as_bytes());
    }
    Rng::from_seed(hash.finalize().into())
}

#[cfg(test)]
mod tests {
    use rand::Rng as _;

    use super::*;

    #[test]
    fn every_part_of_the_address_makes_another_stream() {
        let first = |seed, replication, owner: &[&str], purpose| stream(seed, replication, owner, purpose).next_u64();
        let draws = [
            first(1, 0, &["fleet", "a"], Purpose::ColdStart),
            first(2, 0, &["fleet", "a"], Purpose::ColdStart),
            first(1, 1, &["fleet", "a"], Purpose::ColdStart),
            first(1, 0, &["fleet", "b"], Purpose::ColdStart),
            first(1, 0, &["fleet", "a"], Purpose::IdleSelection),
            first(1, 0, &["fleeta"], Purpose::ColdStart),
        ];
        let distinct: std::collections::BTreeSet<_> = draws.iter().collect();
        assert_eq!(distinct.len(), draws.len());
    }
}
