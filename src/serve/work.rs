//! What takes time: simulations on threads of their own, a few at once, a few waiting; and how one ends whose client has gone.

use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::spawn_blocking;

use crate::engine::{Advance, Threads};
use crate::experiment::Watch;
use crate::trace::TraceError;

use super::refusal::Refusal;

/// A long one leaves room for a short one, and each has all threads when it is alone.
const AT_ONCE: usize = 2;
/// What is read and checked without a simulation.
const READ_AT_ONCE: usize = 4;
/// A simulation that takes longer is ended: what its work was estimated from must have been wrong.
const LONGEST: Duration = Duration::from_secs(1_800);

/// Who works, and who waits for it.
#[derive(Debug)]
pub(super) struct Work {
    idle: Arc<Mutex<Vec<Threads>>>,
    simulating: Line,
    reading: Line,
    /// The server is to stop.
    ended: Arc<AtomicBool>,
}

/// Work of one kind: some is done, some waits, and more is refused.
#[derive(Debug)]
struct Line {
    /// Of those at work and those who wait.
    places: Arc<Semaphore>,
    /// Of those at work.
    turns: Arc<Semaphore>,
}

/// A place in a line.
#[derive(Debug)]
pub(super) struct Place(#[expect(dead_code, reason = "it is held")] OwnedSemaphorePermit);

impl Line {
    fn new(at_once: usize, queue: usize) -> Line {
        Line { places: Arc::new(Semaphore::new(at_once + queue)), turns: Arc::new(Semaphore::new(at_once)) }
    }

    fn place(&self) -> Result<Place, Refusal> {
        Arc::clone(&self.places).try_acquire_owned().map(Place).map_err(|_| Refusal::Busy)
    }

    /// Does it when its turn comes. A caller that goes away leaves the line; what has begun is done to its end.
    async fn does<T: Send + 'static>(
        &self,
        place: Place,
        work: impl FnOnce() -> Result<T, Refusal> + Send + 'static,
    ) -> Result<T, Refusal> {
        let turn = Arc::clone(&self.turns).acquire_owned().await.map_err(|_| Refusal::Ended)?;
        let done = spawn_blocking(move || {
            let _held = (place, turn);
            work()
        });
        done.await.unwrap_or_else(|_| Err(Refusal::Failed("the program has a defect".to_owned())))
    }
}

impl Work {
    /// Starts the threads; `threads` are those of one simulation, one a processor when 0.
    pub fn start(threads: usize, queue: usize) -> Result<Work, String> {
        let pools = (0..AT_ONCE).map(|_| Threads::start(threads)).collect::<Result<Vec<_>, _>>()?;
        Ok(Work {
            idle: Arc::new(Mutex::new(pools)),
            simulating: Line::new(AT_ONCE, queue),
            reading: Line::new(READ_AT_ONCE, queue + READ_AT_ONCE),
            ended: Arc::default(),
        })
    }

    /// Reads or checks something, away from the threads that talk to clients.
    pub async fn read<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, Refusal> + Send + 'static,
    ) -> Result<T, Refusal> {
        self.reading.does(self.reading.place()?, work).await
    }

    /// A place in the line of simulations.
    pub fn place(&self) -> Result<Place, Refusal> {
        self.simulating.place()
    }

    /// Simulates something; when the caller goes away, the simulation ends at its next block.
    pub async fn simulate<T: Send + 'static>(
        &self,
        place: Place,
        work: impl FnOnce(&Asker) -> Result<T, Refusal> + Send + 'static,
    ) -> Result<T, Refusal> {
        let (idle, asker) = (Arc::clone(&self.idle), self.asker());
        let _gone = WhenGone(Arc::clone(&asker.gone));
        let simulate = move || {
            let threads = Lent::from(idle)?;
            threads.run(|| work(&asker))
        };
        self.simulating.does(place, simulate).await
    }

    fn asker(&self) -> Asker {
        Asker { gone: Arc::default(), ended: Arc::clone(&self.ended), until: Instant::now() + LONGEST }
    }

    /// Ends every simulation.
    pub fn give_up(&self) {
        self.ended.store(true, Ordering::SeqCst);
    }
}

/// Threads that come back when they are dropped, even by a panic.
struct Lent {
    threads: Option<Threads>,
    idle: Arc<Mutex<Vec<Threads>>>,
}

impl Lent {
    fn from(idle: Arc<Mutex<Vec<Threads>>>) -> Result<Lent, Refusal> {
        let threads = idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        match threads {
            Some(threads) => Ok(Lent { threads: Some(threads), idle }),
            // There are as many as turns.
            None => Err(Refusal::Busy),
        }
    }

    fn run<T: Send>(&self, work: impl FnOnce() -> Result<T, Refusal> + Send) -> Result<T, Refusal> {
        self.threads.as_ref().map_or(Err(Refusal::Busy), |threads| threads.run(work))
    }
}

impl Drop for Lent {
    fn drop(&mut self) {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).extend(self.threads.take());
    }
}

/// Tells a simulation that its client has gone, when the answer to it is dropped.
struct WhenGone(Arc<AtomicBool>);

impl Drop for WhenGone {
    fn drop(&mut self) {
        self.0.store(true, Ordering::SeqCst);
    }
}

/// Who waits for a simulation, as long as anybody does.
#[derive(Debug)]
pub(super) struct Asker {
    gone: Arc<AtomicBool>,
    ended: Arc<AtomicBool>,
    until: Instant,
}

impl Asker {
    fn waits(&self) -> bool {
        !self.gone.load(Ordering::Relaxed) && !self.ended.load(Ordering::Relaxed) && Instant::now() < self.until
    }

    /// What went wrong with a simulation.
    pub fn refusal(&self, error: &TraceError) -> Refusal {
        match error.is_given_up() && Instant::now() >= self.until {
            true => Refusal::TookTooLong(LONGEST),
            false => Refusal::of_trace(error),
        }
    }
}

impl Watch for Asker {
    fn advanced(&self, _: Advance) -> ControlFlow<()> {
        if self.waits() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    }
}
