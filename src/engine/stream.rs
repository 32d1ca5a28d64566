//! Replications of a stream of requests alone, without fleets.

use rayon::prelude::*;

use crate::measure::{StreamMeter, StreamOutcome};
use crate::scenario::Scenario;
use crate::trace::TraceError;
use crate::traffic::{Block, RequestStream};
use crate::unit::Time;

/// Measures every replication's stream on rayon's current pool; the result is in the order of replications.
/// `progress` is told as [`super::run`] tells it.
///
/// # Errors
/// When a trace can no longer be read.
pub fn measure_streams(scenario: &Scenario, progress: &(dyn Fn(u64) + Sync)) -> Result<Vec<StreamOutcome>, TraceError> {
    (0..scenario.replications).into_par_iter().map(|index| measure(scenario, index, progress)).collect()
}

fn measure(
    scenario: &Scenario,
    replication: u32,
    progress: &(dyn Fn(u64) + Sync),
) -> Result<StreamOutcome, TraceError> {
    let (from, to) = (Time::START + scenario.warm_up, Time::START + scenario.horizon);
    let mut meter = StreamMeter::new(from, to, scenario.traffic.len());
    let mut stream = RequestStream::new(scenario, replication)?;
    let (mut block, mut reached) = (Block::default(), 0);
    loop {
        stream.next_block(&mut block)?;
        let Some(last) = block.arrival.last() else { break };
        meter.record(&block);
        progress(last.nanos() - reached);
        reached = last.nanos();
    }
    progress(scenario.horizon.nanos() - reached);
    Ok(meter.finish())
}
