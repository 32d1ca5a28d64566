//! What happens to the supply of a pool, and when.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use rand::RngExt;

use crate::random::{Purpose, Rng, Sampler};
use crate::scenario::{Calendar, Distribution, Schedule, Terms};
use crate::unit::{Span, Time};

use super::super::super::setting::Setting;

/// Something that happens to the supply.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in super::super) enum Happening {
    /// The hours begin or end.
    Change,
    /// An instance that could not be had is asked for again.
    Sought,
    OutageBegins {
        zone: u32,
    },
    OutageEnds {
        zone: u32,
    },
    Repaired,
    Instance {
        index: u32,
        created: u64,
        what: OfInstance,
    },
}

/// Something that happens to one instance.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in super::super) enum OfInstance {
    Warning,
    Interruption,
    Failure,
}

impl Happening {
    /// What happens to an instance, by its place and its number.
    pub fn of(index: u32, created: u64) -> impl Fn(OfInstance) -> Happening {
        move |what| Happening::Instance { index, created, what }
    }
}

/// What is to happen, by time, then in the order in which it was scheduled.
#[derive(Default)]
pub(super) struct Events {
    to_come: BinaryHeap<Reverse<(Time, u64, Happening)>>,
    scheduled: u64,
}

impl Events {
    pub fn put(&mut self, at: Time, happening: Happening) {
        self.to_come.push(Reverse((at, self.scheduled, happening)));
        self.scheduled += 1;
    }

    pub fn next_time(&self) -> Option<Time> {
        self.to_come.peek().map(|&Reverse((time, ..))| time)
    }

    pub fn take(&mut self) -> Option<Happening> {
        self.to_come.pop().map(|Reverse((.., happening))| happening)
    }
}

/// The hours of a pool, and whether what is asked for is had.
pub(super) struct Hours {
    calendar: Calendar,
    failure: f64,
    retry_after: Span,
    draws: Rng,
}

impl Hours {
    pub fn new(schedule: &Schedule, setting: &Setting, owner: &[&str]) -> Hours {
        Hours {
            calendar: schedule.calendar(setting.starts),
            failure: schedule.failure,
            retry_after: schedule.retry_after,
            draws: setting.draws(owner, Purpose::Capacity),
        }
    }

    pub fn is_on(&self, at: Time) -> bool {
        self.calendar.is_on(at)
    }

    pub fn next_change(&self, after: Time) -> Option<Time> {
        self.calendar.next_change(after)
    }

    /// Whether an instance is not had just now; if so, after how long it is asked for again.
    pub fn is_refused(&mut self) -> Option<Span> {
        let is_refused = self.failure > 0.0 && self.draws.random_bool(self.failure);
        is_refused.then_some(self.retry_after)
    }
}

/// What the times of interruptions, outages and failures are drawn from.
pub(super) struct Draws {
    interruption: Option<Stream>,
    outage_gap: Option<Stream>,
    outage: Option<Stream>,
    failure: Option<Stream>,
    repair: Option<Stream>,
}

struct Stream {
    sampler: Sampler,
    draws: Rng,
}

impl Stream {
    fn draw(&mut self) -> Span {
        self.sampler.sample(&mut self.draws)
    }
}

impl Draws {
    pub fn new(terms: &Terms, setting: &Setting, owner: &[&str]) -> Draws {
        let stream = |distribution: &Distribution, purpose| Stream {
            sampler: Sampler::new(distribution),
            draws: setting.draws(owner, purpose),
        };
        let exponential = |mean: Span, purpose| stream(&Distribution::Exponential { mean }, purpose);
        let interruptions = terms.interruptions.as_ref();
        let outages = interruptions.and_then(|interruptions| interruptions.outages.as_ref());
        let hazard = interruptions.and_then(|interruptions| interruptions.hazard);
        Draws {
            interruption: hazard.map(|hazard| exponential(Span::from_draw(hazard.mean_nanos()), Purpose::Interruption)),
            outage_gap: outages.map(|outages| exponential(outages.every, Purpose::Outage)),
            outage: outages.map(|outages| stream(&outages.last, Purpose::OutageEnd)),
            failure: terms.failures.as_ref().map(|failures| exponential(failures.every, Purpose::Failure)),
            repair: terms.failures.as_ref().map(|failures| stream(&failures.repair, Purpose::Repair)),
        }
    }

    /// From the order for an instance until it is interrupted; `None`: it never is.
    pub fn until_interruption(&mut self) -> Option<Span> {
        self.interruption.as_mut().map(Stream::draw)
    }

    /// From the end of an outage of a zone to the next one.
    pub fn until_outage(&mut self) -> Span {
        self.outage_gap.as_mut().map_or(Span::LONGEST, Stream::draw)
    }

    pub fn outage(&mut self) -> Span {
        self.outage.as_mut().map_or(Span::ZERO, Stream::draw)
    }

    /// From an instance's becoming ready until it fails; `None`: it never does.
    pub fn until_failure(&mut self) -> Option<Span> {
        self.failure.as_mut().map(Stream::draw)
    }

    pub fn repair(&mut self) -> Span {
        self.repair.as_mut().map_or(Span::ZERO, Stream::draw)
    }
}
