//! Is the simulator right, on this machine? Closed forms, the guide's arithmetic and measured workloads, each beside what is
//! simulated.

mod check;
mod elastic;
mod guide;
mod measured;
mod queues;
mod scalers;
mod supply;
pub mod theory;

use rayon::prelude::*;

pub use check::{Check, Relation, Verdict};

/// Every check, in a fixed order, on rayon's current pool; `done` is told after each group of them.
#[must_use]
pub fn validate(seed: u64, done: &(dyn Fn() + Sync)) -> Vec<Check> {
    let groups: [fn(u64) -> Vec<Check>; GROUPS] =
        [guide::checks, queues::checks, elastic::checks, scalers::checks, supply::checks, measured::checks];
    let checks = groups.into_par_iter().map(|group| {
        let checks = group(seed);
        done();
        checks
    });
    checks.collect::<Vec<_>>().concat()
}

/// How many groups of checks there are.
pub const GROUPS: usize = 6;
