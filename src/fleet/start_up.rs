//! The starts of a pool's instances, drawn one after the other.

use rand::RngExt;

use crate::random::{Purpose, Rng, Sampler};
use crate::scenario::{Distribution, StartUp, Supply};
use crate::unit::{Span, Time};

use super::setting::Setting;

/// What draws the starts of a pool.
pub(crate) struct StartUps {
    allocate: Draws,
    pull: PullDraws,
    load: Draws,
    initialize: Draws,
    failure: Chance,
    limit: Option<Span>,
    supply: Option<(Supply, Chance)>,
    /// The next one, when a router has asked for it.
    peeked: Option<DrawnStart>,
}

/// A start that has been drawn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct DrawnStart {
    /// While no GPU is free.
    pub throttled: Span,
    /// By [`crate::scenario::StartPhase`], as far as it comes.
    pub phases: [Span; 4],
    /// At the end of the last phase that it comes to, there is no instance.
    pub fails: bool,
}

impl DrawnStart {
    /// From the order for it until the instance is ready, or has failed.
    pub fn duration(&self) -> Span {
        self.phases.iter().fold(self.throttled, |sum, &phase| sum + phase)
    }

    /// When each phase begins and ends of a start that begins at `from` and is over at `until`, if not before. A phase that it
    /// does not come to ends before it begins.
    pub fn spans(&self, from: Time, until: Time) -> [(Time, Time); 4] {
        let mut begin = from + self.throttled;
        self.phases.map(|duration| {
            let (begins, ends) = (begin, begin + duration);
            begin = ends;
            (begins, ends.min(until))
        })
    }

    /// It is given up after `limit` of its phases.
    fn cut(&mut self, limit: Span) {
        let mut left = limit;
        for phase in &mut self.phases {
            if *phase > left {
                *phase = left;
                self.fails = true;
            }
            left = Span::from_nanos(left.nanos() - phase.nanos());
        }
    }
}

impl StartUps {
    pub fn new(start: &StartUp, setting: &Setting, owner: &[&str]) -> StartUps {
        let draws = |distribution: &Distribution, purpose| Draws::new(distribution, setting, owner, purpose);
        let chance = |probability, purpose| Chance::new(probability, setting, owner, purpose);
        StartUps {
            allocate: draws(&start.allocate, Purpose::Allocate),
            pull: PullDraws {
                cached: chance(start.pull.cached, Purpose::CachedImage),
                hit: draws(&start.pull.hit, Purpose::PullCached),
                miss: draws(&start.pull.miss, Purpose::Pull),
            },
            load: draws(&start.load, Purpose::Load),
            initialize: draws(&start.initialize, Purpose::ColdStart),
            failure: chance(start.failure, Purpose::StartFailure),
            limit: start.limit,
            supply: start.supply.map(|supply| (supply, chance(supply.free, Purpose::Supply))),
            peeked: None,
        }
    }

    /// The next start.
    pub fn take(&mut self) -> DrawnStart {
        match self.peeked.take() {
            Some(start) => start,
            None => self.draw(),
        }
    }

    /// The next start, which stays the next one.
    pub fn peek(&mut self) -> DrawnStart {
        if self.peeked.is_none() {
            self.peeked = Some(self.draw());
        }
        self.peeked.unwrap_or_default()
    }

    fn draw(&mut self) -> DrawnStart {
        let throttled = match &mut self.supply {
            Some((supply, is_free)) => {
                let mut waited = Span::ZERO;
                while !is_free.happens() && waited < Span::LONGEST {
                    waited = waited + supply.retry_after;
                }
                waited
            }
            None => Span::ZERO,
        };
        let phases = [self.allocate.draw(), self.pull.draw(), self.load.draw(), self.initialize.draw()];
        let mut start = DrawnStart { throttled, phases, fails: self.failure.happens() };
        if let Some(limit) = self.limit {
            start.cut(limit);
        }
        start
    }
}

/// A distribution with its own stream of random numbers.
pub(crate) struct Draws {
    sampler: Sampler,
    draws: Rng,
}

impl Draws {
    pub fn new(distribution: &Distribution, setting: &Setting, owner: &[&str], purpose: Purpose) -> Draws {
        Draws { sampler: Sampler::new(distribution), draws: setting.draws(owner, purpose) }
    }

    pub fn draw(&mut self) -> Span {
        self.sampler.sample(&mut self.draws)
    }
}

struct PullDraws {
    cached: Chance,
    hit: Draws,
    miss: Draws,
}

impl PullDraws {
    fn draw(&mut self) -> Span {
        if self.cached.happens() { self.hit.draw() } else { self.miss.draw() }
    }
}

/// Something that happens with a probability. What is certain takes no draw.
pub(crate) struct Chance {
    probability: f64,
    draws: Rng,
}

impl Chance {
    pub fn new(probability: f64, setting: &Setting, owner: &[&str], purpose: Purpose) -> Chance {
        Chance { probability, draws: setting.draws(owner, purpose) }
    }

    pub fn happens(&mut self) -> bool {
        match self.probability {
            0.0 => false,
            1.0 => true,
            probability => self.draws.random_bool(probability),
        }
    }
}
