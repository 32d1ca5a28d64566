//! Replications of a stream of requests alone, without fleets.

use std::ops::Range;

use rayon::prelude::*;

use crate::scenario::Scenario;
use crate::trace::TraceError;
use crate::traffic::{Block, Profile, RequestStream, profile};

use super::{Advance, Progress};

/// Profiles every replication's stream, with at most `bins` bins of rate, on rayon's current pool; the result is in the order of
/// replications. `progress` is told as [`super::run`] tells it, but once a replication.
///
/// # Errors
/// When a trace can no longer be read, or `progress` says that it is enough.
pub fn profile_streams(scenario: &Scenario, bins: usize, progress: &Progress) -> Result<Vec<Profile>, TraceError> {
    let profiled = |replication| {
        let profile = profile(scenario, replication, bins)?;
        match progress(Advance { nanos: scenario.horizon.nanos(), requests: profile.requests }).is_break() {
            true => Err(TraceError::given_up()),
            false => Ok(profile),
        }
    };
    (0..scenario.replications).into_par_iter().map(profiled).collect()
}

/// What is made of the stream of each replication, a block at a time, on rayon's current pool; the result is in the order of
/// replications.
///
/// # Errors
/// When a trace can no longer be read.
pub fn fold_streams<T: Send>(
    scenario: &Scenario,
    replications: Range<u32>,
    start: impl Fn() -> T + Sync,
    add: impl Fn(&mut T, &Block) + Sync,
) -> Result<Vec<T>, TraceError> {
    let folded = |replication| {
        let mut stream = RequestStream::new(scenario, replication)?;
        let (mut made, mut block) = (start(), Block::default());
        loop {
            stream.next_block(&mut block)?;
            if block.is_empty() {
                return Ok(made);
            }
            add(&mut made, &block);
        }
    };
    replications.into_par_iter().map(folded).collect()
}
