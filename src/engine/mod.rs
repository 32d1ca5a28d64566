//! The only place that knows about threads: replications of one stream of blocks against every fleet.

mod jobs;
mod stream;

use std::ops::{ControlFlow, Range};

use rayon::prelude::*;

use crate::fleet::{FleetSimulator, Recorder, RequestRecord};
use crate::measure::{FleetOutcome, Replication};
use crate::scenario::{Fleet, Scenario};
use crate::trace::TraceError;
use crate::traffic::{Block, RequestStream};
use crate::unit::Time;

pub use jobs::{JobsReplication, run_jobs};
pub use stream::{fold_streams, profile_streams};

/// Does `work` on a pool of `threads` threads, one a processor when 0.
///
/// # Errors
/// Says why when the threads cannot be started.
pub fn on_threads<T: Send>(threads: usize, work: impl FnOnce() -> T + Send) -> Result<T, String> {
    Ok(Threads::start(threads)?.run(work))
}

/// Threads that are kept for one simulation after another.
#[derive(Debug)]
pub struct Threads(rayon::ThreadPool);

impl Threads {
    /// As many as this, one a processor when 0.
    ///
    /// # Errors
    /// Says why when they cannot be started.
    pub fn start(threads: usize) -> Result<Threads, String> {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
        pool.map(Threads).map_err(|error| format!("cannot start threads: {error}"))
    }

    /// Does `work` on them.
    pub fn run<T: Send>(&self, work: impl FnOnce() -> T + Send) -> T {
        self.0.install(work)
    }
}

/// Is told how far replications are, from any thread, and says whether they go on. When it says no, every replication ends after
/// the block that it is at, and the whole is [`TraceError::given_up`].
pub type Progress<'a> = dyn Fn(Advance) -> ControlFlow<()> + Sync + 'a;

/// Progress that nobody watches.
pub fn unwatched(_: Advance) -> ControlFlow<()> {
    ControlFlow::Continue(())
}

/// How far a replication has moved on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Advance {
    /// Simulated time; over a whole run these add up to replications x horizon.
    pub nanos: u64,
    /// Requests that arrived meanwhile; every fleet serves them.
    pub requests: u64,
}

/// Simulates every replication of a scenario on rayon's current pool; the result is in the order of replications.
/// `progress` is told from any thread, a block at a time.
///
/// # Errors
/// When a trace can no longer be read, or `progress` says that it is enough.
pub fn run(scenario: &Scenario, progress: &Progress) -> Result<Vec<Replication>, TraceError> {
    replicate(scenario, 0..scenario.replications, progress)
}

/// As [`run`], the replications of these indices.
///
/// # Errors
/// When a trace can no longer be read, or `progress` says that it is enough.
pub fn replicate(
    scenario: &Scenario,
    replications: Range<u32>,
    progress: &Progress,
) -> Result<Vec<Replication>, TraceError> {
    replications.into_par_iter().map(|index| replication(scenario, index, progress)).collect()
}

/// One replication whose fleets are simulated in parallel, each with the stream made anew: the same as [`replicate`] gives, sooner
/// where there are threads to spare and in more work. `progress` is told by every fleet.
///
/// # Errors
/// As [`replicate`].
pub fn replicate_by_fleet(scenario: &Scenario, index: u32, progress: &Progress) -> Result<Replication, TraceError> {
    let alone = |fleet: &Fleet| {
        let scenario = Scenario { fleets: vec![fleet.clone()], ..scenario.clone() };
        replication(&scenario, index, progress)
    };
    let made: Vec<Replication> = scenario.fleets.par_iter().map(alone).collect::<Result<_, _>>()?;
    let requests = made.first().map_or(0, |made| made.requests);
    Ok(Replication { requests, fleets: made.into_iter().flat_map(|made| made.fleets).collect() })
}

/// One replication: every block is made once and replayed into every fleet while it is in the cache.
fn replication(scenario: &Scenario, replication: u32, progress: &Progress) -> Result<Replication, TraceError> {
    let mut stream = RequestStream::new(scenario, replication)?;
    let simulator = |fleet| FleetSimulator::new(scenario, fleet, replication, |_| ());
    let mut fleets: Vec<FleetSimulator> = scenario.fleets.iter().map(simulator).collect();
    let mut block = Block::default();
    let (mut requests, mut reached) = (0, 0);
    let warm_up = Time::START + scenario.warm_up;
    loop {
        stream.next_block(&mut block)?;
        let Some(last) = block.arrival.last() else { break };
        fleets.iter_mut().for_each(|fleet| fleet.replay(&block));
        requests += (block.len() - block.arrival.partition_point(|&arrival| arrival < warm_up)) as u64;
        if progress(Advance { nanos: last.nanos() - reached, requests: block.len() as u64 }).is_break() {
            return Err(TraceError::given_up());
        }
        reached = last.nanos();
    }
    if progress(Advance { nanos: scenario.horizon.nanos() - reached, requests: 0 }).is_break() {
        return Err(TraceError::given_up());
    }
    let fleets = fleets.into_iter().map(|fleet| fleet.finish().0).collect();
    Ok(Replication { requests, fleets })
}

/// Replays blocks into one fleet and keeps what became of every request (in no particular order): what a test compares.
#[must_use]
pub fn replay_recorded(
    scenario: &Scenario,
    fleet: &Fleet,
    replication: u32,
    blocks: &[Block],
) -> (FleetOutcome, Vec<RequestRecord>) {
    let recorder = |pool| Recorder { pool, ..Recorder::default() };
    let mut simulator = FleetSimulator::new(scenario, fleet, replication, recorder);
    blocks.iter().for_each(|block| simulator.replay(block));
    let (outcome, recorders) = simulator.finish();
    (outcome, recorders.into_iter().flat_map(|recorder| recorder.records).collect())
}
