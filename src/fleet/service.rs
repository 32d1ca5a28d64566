//! When the requests in service complete: the part of an elastic pool that knows whether slots share their instance.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use crate::measure::Loss;
use crate::unit::{Span, Time};

use super::calendar::{Calendar, Completion};
use super::meter::{Meter, Observer, Request, Start};

/// The requests in service of a pool.
pub(super) trait Service {
    /// Before the first request: about how far apart they are. It decides how fast the pool is simulated, never what happens.
    fn expect_gap(&mut self, mean: Span);

    /// A request begins on an instance that has a free slot. `cut`: when the service is cut off unless it has ended, and why.
    fn begin<O: Observer>(
        &mut self,
        request: &Request,
        start: Start,
        instance: u32,
        cut: Option<(Time, Loss)>,
        meter: &mut Meter<O>,
    );

    /// When the next completion is, if nobody else begins before.
    fn next_time(&self) -> Option<Time>;

    /// The next completion happens, or the next service is cut off.
    fn end_next<O: Observer>(&mut self, meter: &mut Meter<O>) -> Option<Completion>;

    /// An instance is gone: what it serves leaves, in the order in which it began.
    fn interrupt(&mut self, instance: u32) -> Vec<(Request, Start)>;

    /// When a slot is free for an arrival that finds none, if nobody arrives after it and nobody ahead leaves before being
    /// served whole; of those in service, the ones that will be cut off end then.
    fn first_free<'a>(&self, ahead: &Ahead<'_>, queue: impl Iterator<Item = &'a Request>) -> Option<Time>;
}

/// The instances that those who wait can hope for.
pub(super) struct Ahead<'a> {
    pub slots: u32,
    /// Instances that will be ready, in that order.
    pub starting: &'a [Starting],
    /// Whether an instance in use serves nobody else.
    pub is_draining: &'a dyn Fn(u32) -> bool,
}

/// An instance that starts.
#[derive(Clone, Copy, Debug)]
pub(super) struct Starting {
    pub ready: Time,
    pub instance: u32,
    /// The waiting request that it was started for.
    pub bound: Option<Request>,
}

/// Every slot works as if it were alone: a completion is known when the service begins.
pub(super) struct Independent(Calendar);

impl Independent {
    pub fn new() -> Independent {
        Independent(Calendar::new(Span::SECOND))
    }
}

impl Service for Independent {
    fn expect_gap(&mut self, mean: Span) {
        self.0 = Calendar::new(mean);
    }

    #[inline]
    fn begin<O: Observer>(
        &mut self,
        request: &Request,
        start: Start,
        instance: u32,
        cut: Option<(Time, Loss)>,
        meter: &mut Meter<O>,
    ) {
        let end = meter.served_unless_cut(request, start, cut);
        self.0.push(end, instance);
    }

    #[inline]
    fn next_time(&self) -> Option<Time> {
        self.0.next_time()
    }

    #[inline]
    fn end_next<O: Observer>(&mut self, _: &mut Meter<O>) -> Option<Completion> {
        self.0.pop()
    }

    fn interrupt(&mut self, _: u32) -> Vec<(Request, Start)> {
        unreachable!("a pool whose instances may be taken away knows what each serves")
    }

    fn first_free<'a>(&self, ahead: &Ahead<'_>, queue: impl Iterator<Item = &'a Request>) -> Option<Time> {
        let in_use = self.0.iter().filter(|completion| !(ahead.is_draining)(completion.instance));
        let in_use = in_use.map(|completion| completion.time);
        let to_come = ahead.starting.iter().flat_map(|start| {
            let first = start.bound.map_or(start.ready, |request| start.ready + request.service);
            std::iter::once(first).chain((1..ahead.slots).map(|_| start.ready))
        });
        let mut free: BinaryHeap<Reverse<Time>> = in_use.chain(to_come).map(Reverse).collect();
        for request in queue {
            if let Some(Reverse(start)) = free.pop() {
                free.push(Reverse(start + request.service));
            }
        }
        free.peek().map(|&Reverse(time)| time)
    }
}
