//! Dedicated instances that serve one request at a time from one FIFO queue, without an event queue: the request at the
//! head is served by the instance that is free first, so a tree of next-free times is the whole state.
//!
//! Exact, because under FIFO the start of a request is known when it arrives: Kiefer and Wolfowitz, On the theory of
//! queues with many servers (1955). A request that times out does so without having occupied an instance.

use std::collections::VecDeque;

use crate::measure::{Loss, PoolOutcome};
use crate::scenario::Dedicated;
use crate::unit::{Span, Time};

use super::meter::{Meter, Observer, Request, Start};
use super::setting::Setting;
use super::tournament::Tournament;

pub(super) struct FifoPool<O> {
    free: Tournament,
    /// The latest completion so far.
    latest: Time,
    instances: u32,
    queue: Option<LimitedQueue>,
    timeouts: Vec<Option<Span>>,
    /// Whether a request may be turned away at all.
    is_limited: bool,
    meter: Meter<O>,
}

impl<O: Observer> FifoPool<O> {
    /// Whether this algorithm is exact for the pool: with time-outs, a queue limit would have to know who has left.
    pub fn serves(pool: &Dedicated, setting: &Setting) -> bool {
        pool.slots == 1 && pool.terms.is_steady() && !(pool.queue_limit.is_some() && setting.any_timeout())
    }

    pub fn new(pool: &Dedicated, setting: &Setting, observer: O) -> FifoPool<O> {
        FifoPool {
            free: Tournament::new(pool.instances.number()),
            latest: Time::START,
            instances: pool.instances.number(),
            queue: pool.queue_limit.map(LimitedQueue::new),
            timeouts: setting.timeouts.clone(),
            is_limited: pool.queue_limit.is_some() || setting.any_timeout(),
            meter: Meter::new(setting, observer),
        }
    }

    /// Before some requests: makes room for the latest completion that they could bring about, the last of them arriving at
    /// `last`, all of them together being in service for `work`.
    pub fn prepare_for(&mut self, last: Time, work: Span) {
        self.free.make_room(self.latest.max(last) + work);
    }

    pub fn take_lost(&mut self) -> Vec<(Request, Time)> {
        self.meter.take_lost()
    }

    /// Serves, rejects or loses a request. Requests come in the order of their arrivals.
    #[inline]
    pub fn accept(&mut self, request: &Request) {
        let (free, server) = self.free.first();
        let start = free.max(request.arrival);
        if start > request.arrival && self.is_limited && self.turns_away(request, start) {
            return;
        }
        let completion = self.meter.served(request, Start { at: start, instance: u64::from(server), cold: false });
        if self.meter.draws_timeline() {
            self.meter.busy(start, completion);
        }
        self.latest = self.latest.max(completion);
        self.free.replace(server, completion);
    }

    /// Whether a request that would have to wait until `start` is rejected, or gives up before that; if not, it joins the queue.
    #[inline(never)]
    fn turns_away(&mut self, request: &Request, start: Time) -> bool {
        if self.would_reject(request.arrival) {
            self.meter.rejected(request, Loss::QueueLimit);
            return true;
        }
        if let Some(timeout) = self.timeouts[usize::from(request.class)]
            && start > request.arrival + timeout
        {
            self.meter.timed_out(request, request.arrival + timeout, Loss::ClientTimeout);
            return true;
        }
        if let Some(queue) = &mut self.queue {
            queue.push(start);
        }
        false
    }

    /// Whether an arrival at `time` would find the queue at its limit and no instance free.
    #[inline]
    pub fn would_reject(&mut self, time: Time) -> bool {
        let Some(queue) = &mut self.queue else { return false };
        self.free.earliest() > time && queue.is_full(time)
    }

    /// How long an arrival at `time` would wait if nobody ahead timed out. Only without time-outs.
    pub fn prospective_wait(&self, time: Time) -> Span {
        self.free.earliest().saturating_since(time)
    }

    #[inline]
    pub fn is_full(&self, time: Time) -> bool {
        self.free.earliest() > time
    }

    pub fn finish(mut self) -> (PoolOutcome, O) {
        let window = self.meter.window();
        self.meter.ready(window.from, window.to, self.instances);
        self.meter.finish(1, u64::from(self.instances))
    }
}

/// The starts of the requests that wait, in a queue that may hold `limit` of them.
struct LimitedQueue {
    limit: u64,
    /// They never decrease.
    starts: VecDeque<Time>,
}

impl LimitedQueue {
    fn new(limit: u64) -> LimitedQueue {
        LimitedQueue { limit, starts: VecDeque::new() }
    }

    fn is_full(&mut self, time: Time) -> bool {
        while self.starts.front().is_some_and(|&start| start <= time) {
            self.starts.pop_front();
        }
        self.starts.len() as u64 >= self.limit
    }

    fn push(&mut self, start: Time) {
        self.starts.push_back(start);
    }
}
