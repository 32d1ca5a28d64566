//! Replications of a stream of requests alone, without fleets.

use rayon::prelude::*;

use crate::scenario::Scenario;
use crate::trace::TraceError;
use crate::traffic::{Profile, profile};

use super::Advance;

/// Profiles every replication's stream, with at most `bins` bins of rate, on rayon's current pool; the result is in the order of
/// replications. `progress` is told as [`super::run`] tells it, but once a replication.
///
/// # Errors
/// When a trace can no longer be read.
pub fn profile_streams(
    scenario: &Scenario,
    bins: usize,
    progress: &(dyn Fn(Advance) + Sync),
) -> Result<Vec<Profile>, TraceError> {
    let profiled = |replication| {
        let profile = profile(scenario, replication, bins)?;
        progress(Advance { nanos: scenario.horizon.nanos(), requests: profile.requests });
        Ok(profile)
    };
    (0..scenario.replications).into_par_iter().map(profiled).collect()
}
