//! A pool, whichever algorithm serves it.

use crate::measure::PoolOutcome;
use crate::scenario::{OverflowRule, PoolKind, Throughput};
use crate::traffic::Block;
use crate::unit::{Span, Time};

use super::elastic::ElasticPool;
use super::fifo::FifoPool;
use super::meter::{Observer, Request};
use super::per_request::PerRequestPool;
use super::service::Independent;
use super::setting::Setting;
use super::shared::Shared;

pub(super) enum Pool<O> {
    Fifo(Box<FifoPool<O>>),
    PerRequest(Box<PerRequestPool<O>>),
    Elastic(Box<ElasticPool<O, Independent>>),
    Shared(Box<ElasticPool<O, Shared>>),
}

/// What a pool is asked besides to serve.
#[derive(Clone, Copy, Debug)]
pub(super) enum Question {
    /// It is alone, or the last of a hybrid.
    Nothing,
    /// Whether it leaves a request to the next pool.
    PassesOn(OverflowRule),
}

impl<O: Observer> Pool<O> {
    /// Chooses the cheapest algorithm that is exact for the pool and can answer what it is asked. `logged`: whether
    /// somebody takes the log of its population.
    pub fn new(
        kind: &PoolKind,
        question: Question,
        setting: &Setting,
        owner: &[&str],
        logged: bool,
        observer: O,
    ) -> Pool<O> {
        match (kind, question) {
            (PoolKind::Dedicated(pool), _)
                if fifo_answers(question, setting) && FifoPool::<O>::serves(pool, setting) =>
            {
                Pool::Fifo(Box::new(FifoPool::new(pool, setting, observer)))
            }
            (PoolKind::Dedicated(pool), _) => match shared(kind) {
                Some(shared) => {
                    Pool::Shared(Box::new(ElasticPool::dedicated(pool, shared, setting, owner, logged, observer)))
                }
                None => {
                    let service = Independent::new();
                    Pool::Elastic(Box::new(ElasticPool::dedicated(pool, service, setting, owner, logged, observer)))
                }
            },
            (PoolKind::Serverless(pool), Question::Nothing) if PerRequestPool::<O>::serves(pool) => {
                Pool::PerRequest(Box::new(PerRequestPool::new(pool, setting, owner, logged, observer)))
            }
            (PoolKind::Serverless(pool), _) => match shared(kind) {
                Some(shared) => {
                    Pool::Shared(Box::new(ElasticPool::serverless(pool, shared, setting, owner, logged, observer)))
                }
                None => {
                    let service = Independent::new();
                    Pool::Elastic(Box::new(ElasticPool::serverless(pool, service, setting, owner, logged, observer)))
                }
            },
        }
    }

    /// Before the first request: about how far apart they are. It decides how fast the pool is simulated, never what happens.
    pub fn expect_gap(&mut self, mean: Span) {
        match self {
            Pool::Fifo(_) => {}
            Pool::PerRequest(pool) => pool.expect_gap(mean),
            Pool::Elastic(pool) => pool.expect_gap(mean),
            Pool::Shared(pool) => pool.expect_gap(mean),
        }
    }

    /// Before the requests of a block, some of which may come to this pool.
    pub fn prepare(&mut self, block: &Block) {
        if let Pool::Fifo(pool) = self {
            pool.prepare(block);
        }
    }

    /// As [`Pool::prepare`], for a single request.
    pub fn prepare_for(&mut self, request: &Request) {
        if let Pool::Fifo(pool) = self {
            pool.prepare_for(request.arrival, request.service);
        }
    }

    /// Requests that have been lost, and when, since the last call; empty where nobody tries again.
    pub fn take_lost(&mut self) -> Vec<(Request, Time)> {
        match self {
            Pool::Fifo(pool) => pool.take_lost(),
            Pool::PerRequest(pool) => pool.take_lost(),
            Pool::Elastic(pool) => pool.take_lost(),
            Pool::Shared(pool) => pool.take_lost(),
        }
    }

    /// When the next thing happens that may lose a request; `None`: nothing does before the next arrival.
    pub fn next_loss(&mut self) -> Option<Time> {
        match self {
            // What becomes of a request is known when it arrives.
            Pool::Fifo(_) | Pool::PerRequest(_) => None,
            Pool::Elastic(pool) => pool.next_loss(),
            Pool::Shared(pool) => pool.next_loss(),
        }
    }

    /// Serves all the requests of a block.
    pub fn replay(&mut self, block: &Block) {
        self.prepare(block);
        match self {
            Pool::Fifo(pool) => requests(block).for_each(|request| pool.accept(&request)),
            Pool::PerRequest(pool) => requests(block).for_each(|request| pool.accept(&request)),
            Pool::Elastic(pool) => pool.replay(requests(block)),
            Pool::Shared(pool) => pool.replay(requests(block)),
        }
    }

    /// Lets everything happen that is due by `until`.
    #[inline]
    pub fn advance(&mut self, until: Time) {
        match self {
            Pool::Fifo(_) => {}
            Pool::PerRequest(pool) => pool.advance(until),
            Pool::Elastic(pool) => pool.advance(until),
            Pool::Shared(pool) => pool.advance(until),
        }
    }

    /// Serves, rejects or keeps waiting an arrival, at a time that the pool has advanced to.
    #[inline]
    pub fn accept(&mut self, request: &Request) {
        match self {
            Pool::Fifo(pool) => pool.accept(request),
            Pool::PerRequest(pool) => pool.accept(request),
            Pool::Elastic(pool) => pool.accept(request),
            Pool::Shared(pool) => pool.accept(request),
        }
    }

    /// Whether it leaves an arrival to the next pool: because it would reject it, or by the rule.
    #[inline(always)]
    pub fn passes_on(&mut self, now: Time, rule: OverflowRule) -> bool {
        match self {
            Pool::Fifo(pool) => {
                pool.would_reject(now)
                    || match rule {
                        OverflowRule::WhenFull => pool.is_full(now),
                        OverflowRule::WaitOver(limit) => pool.prospective_wait(now) > limit,
                        OverflowRule::RateOver(_) => false,
                        OverflowRule::InFlightOver(_) => unreachable!("who waits is not known under FIFO"),
                    }
            }
            Pool::PerRequest(_) => unreachable!("such a pool is asked nothing"),
            Pool::Elastic(pool) => pool.passes_on(now, rule),
            Pool::Shared(pool) => pool.passes_on(now, rule),
        }
    }

    /// How the number of instances has changed since the log was last taken.
    pub fn take_log(&mut self) -> Vec<(Time, i64)> {
        match self {
            Pool::Fifo(_) => Vec::new(),
            Pool::PerRequest(pool) => pool.take_log(),
            Pool::Elastic(pool) => pool.take_log(),
            Pool::Shared(pool) => pool.take_log(),
        }
    }

    /// Follows every request to its end.
    pub fn drain(&mut self) {
        match self {
            Pool::Fifo(_) => {}
            Pool::PerRequest(pool) => pool.drain(),
            Pool::Elastic(pool) => pool.drain(),
            Pool::Shared(pool) => pool.drain(),
        }
    }

    /// The end of the simulation, after [`Pool::drain`].
    pub fn finish(self) -> (PoolOutcome, O) {
        match self {
            Pool::Fifo(pool) => pool.finish(),
            Pool::PerRequest(pool) => pool.finish(),
            Pool::Elastic(pool) => pool.finish(),
            Pool::Shared(pool) => pool.finish(),
        }
    }
}

/// Whether the FIFO algorithm knows what is asked: not who waits, and not how long when others time out.
fn fifo_answers(question: Question, setting: &Setting) -> bool {
    match question {
        Question::Nothing | Question::PassesOn(OverflowRule::WhenFull | OverflowRule::RateOver(_)) => true,
        Question::PassesOn(OverflowRule::WaitOver(_)) => !setting.any_timeout(),
        Question::PassesOn(OverflowRule::InFlightOver(_)) => false,
    }
}

/// The requests in service of a pool whose slots share their instances, or whose instances may be taken away; `None` where
/// each request is as good as alone.
fn shared(kind: &PoolKind) -> Option<Shared> {
    let shares = kind.slots() > 1 && *kind.throughput() != Throughput::Independent;
    let may_interrupt = matches!(kind, PoolKind::Dedicated(pool) if pool.terms.may_interrupt());
    (shares || may_interrupt).then(|| Shared::new(kind.throughput(), kind.slots()))
}

/// The requests of a block, one after the other.
pub(super) fn requests(block: &Block) -> impl Iterator<Item = Request> + '_ {
    let columns = block.arrival.iter().zip(&block.service).zip(&block.class);
    columns.map(|((&arrival, &service), &class)| Request::new(arrival, service, class))
}
