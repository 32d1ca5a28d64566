//! How instances start: a wait for a free GPU, then phase after phase, each drawn from a stream of its own.

use breakeven::random::{Purpose, Rng, Sampler};
use breakeven::scenario::{Distribution, StartUp};
use breakeven::unit::{Span, Time};
use rand::RngExt as _;

/// A start as it will go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Start {
    /// While no GPU is free.
    pub throttled: Span,
    /// Allocate, pull, load, initialize, as far as it comes.
    pub phases: [Span; 4],
    /// At its end there is no instance.
    pub fails: bool,
}

impl Start {
    pub fn duration(&self) -> Span {
        self.phases.iter().fold(self.throttled, |sum, &phase| sum + phase)
    }

    /// When each phase is, of a start that begins at `from`.
    pub fn phases_from(&self, from: Time) -> [(Time, Time); 4] {
        let mut now = from + self.throttled;
        self.phases.map(|phase| {
            let begin = now;
            now = now + phase;
            (begin, now)
        })
    }
}

/// The starts of a pool.
#[derive(Clone, Debug)]
pub struct Starts {
    rule: StartUp,
    allocate: Draws,
    is_cached: Rng,
    hit: Draws,
    miss: Draws,
    load: Draws,
    initialize: Draws,
    fails: Rng,
    is_free: Rng,
}

#[derive(Clone, Debug)]
struct Draws {
    sampler: Sampler,
    rng: Rng,
}

impl Draws {
    fn draw(&mut self) -> Span {
        self.sampler.sample(&mut self.rng)
    }
}

impl Starts {
    /// `stream` is the pool's stream for a purpose.
    pub fn new(rule: &StartUp, stream: impl Fn(Purpose) -> Rng) -> Starts {
        let draws = |law: &Distribution, purpose| Draws { sampler: Sampler::new(law), rng: stream(purpose) };
        Starts {
            rule: rule.clone(),
            allocate: draws(&rule.allocate, Purpose::Allocate),
            is_cached: stream(Purpose::CachedImage),
            hit: draws(&rule.pull.hit, Purpose::PullCached),
            miss: draws(&rule.pull.miss, Purpose::Pull),
            load: draws(&rule.load, Purpose::Load),
            initialize: draws(&rule.initialize, Purpose::ColdStart),
            fails: stream(Purpose::StartFailure),
            is_free: stream(Purpose::Supply),
        }
    }

    pub fn draw(&mut self) -> Start {
        let mut throttled = Span::ZERO;
        if let Some(supply) = self.rule.supply {
            while !happens(supply.free, &mut self.is_free) {
                throttled = throttled + supply.retry_after;
            }
        }
        let allocate = self.allocate.draw();
        let is_cached = happens(self.rule.pull.cached, &mut self.is_cached);
        let pull = if is_cached { self.hit.draw() } else { self.miss.draw() };
        let phases = [allocate, pull, self.load.draw(), self.initialize.draw()];
        let start = Start { throttled, phases, fails: happens(self.rule.failure, &mut self.fails) };
        match self.rule.limit {
            Some(limit) => given_up_after(start, limit),
            None => start,
        }
    }
}

/// What is certain takes no draw.
fn happens(probability: f64, rng: &mut Rng) -> bool {
    probability == 1.0 || (probability > 0.0 && rng.random_bool(probability))
}

/// The start, given up once its phases have taken `limit`; the wait for a GPU does not count.
fn given_up_after(start: Start, limit: Span) -> Start {
    let total: u64 = start.phases.iter().map(|phase| phase.nanos()).sum();
    if total <= limit.nanos() {
        return start;
    }
    let mut left = limit.nanos();
    let phases = start.phases.map(|phase| {
        let part = phase.nanos().min(left);
        left -= part;
        Span::from_nanos(part)
    });
    Start { phases, fails: true, ..start }
}
