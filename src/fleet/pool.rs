//! A pool, whichever algorithm serves it.

use crate::measure::PoolOutcome;
use crate::scenario::{Decimal, OverflowRule, PoolKind, Throughput};
use crate::traffic::Block;
use crate::unit::{Span, Time};

use super::elastic::ElasticPool;
use super::fifo::FifoPool;
use super::meter::{Observer, Request};
use super::per_request::PerRequestPool;
use super::service::Independent;
use super::setting::Setting;
use super::shared::Shared;

/// A pool. A request takes as long on it as its GPU needs: that is settled once, where the request enters.
pub(super) struct Pool<O> {
    /// How fast its GPU is; `None`: as fast as the service times of the traffic are.
    speed: Option<Decimal>,
    algorithm: Algorithm<O>,
}

enum Algorithm<O> {
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
        let algorithm = Algorithm::new(kind, question, setting, owner, logged, observer);
        Pool { speed: Some(kind.speed()).filter(|&speed| speed != Decimal::ONE), algorithm }
    }

    /// Before the first request: about how far apart they are. It decides how fast the pool is simulated, never what happens.
    pub fn expect_gap(&mut self, mean: Span) {
        match &mut self.algorithm {
            Algorithm::Fifo(_) => {}
            Algorithm::PerRequest(pool) => pool.expect_gap(mean),
            Algorithm::Elastic(pool) => pool.expect_gap(mean),
            Algorithm::Shared(pool) => pool.expect_gap(mean),
        }
    }

    /// Before the requests of a block, some of which may come to this pool.
    pub fn prepare(&mut self, block: &Block) {
        if let Algorithm::Fifo(pool) = &mut self.algorithm {
            let last = block.arrival.last().copied().unwrap_or(Time::START);
            let work = match self.speed {
                None => total(block.service.iter().copied()),
                Some(speed) => total(block.service.iter().map(|&service| speed.divides(service))),
            };
            pool.prepare_for(last, work);
        }
    }

    /// As [`Pool::prepare`], for a single request.
    pub fn prepare_for(&mut self, request: &Request) {
        if let Algorithm::Fifo(pool) = &mut self.algorithm {
            let service = self.speed.map_or(request.work, |speed| speed.divides(request.work));
            pool.prepare_for(request.arrival, service);
        }
    }

    /// Requests that have been lost, and when, since the last call; empty where nobody tries again.
    pub fn take_lost(&mut self) -> Vec<(Request, Time)> {
        let mut lost = match &mut self.algorithm {
            Algorithm::Fifo(pool) => pool.take_lost(),
            Algorithm::PerRequest(pool) => pool.take_lost(),
            Algorithm::Elastic(pool) => pool.take_lost(),
            Algorithm::Shared(pool) => pool.take_lost(),
        };
        // The next attempt may come to another pool.
        lost.iter_mut().for_each(|(request, _)| *request = request.as_it_came());
        lost
    }

    /// When the next thing happens that may lose a request; `None`: nothing does before the next arrival.
    pub fn next_loss(&mut self) -> Option<Time> {
        match &mut self.algorithm {
            // What becomes of a request is known when it arrives.
            Algorithm::Fifo(_) | Algorithm::PerRequest(_) => None,
            Algorithm::Elastic(pool) => pool.next_loss(),
            Algorithm::Shared(pool) => pool.next_loss(),
        }
    }

    /// Serves all the requests of a block.
    pub fn replay(&mut self, block: &Block) {
        self.prepare(block);
        match self.speed {
            None => self.algorithm.replay(requests(block)),
            Some(speed) => self.algorithm.replay(requests(block).map(|request| request.at_speed(speed))),
        }
    }

    /// Lets everything happen that is due by `until`.
    #[inline]
    pub fn advance(&mut self, until: Time) {
        match &mut self.algorithm {
            Algorithm::Fifo(_) => {}
            Algorithm::PerRequest(pool) => pool.advance(until),
            Algorithm::Elastic(pool) => pool.advance(until),
            Algorithm::Shared(pool) => pool.advance(until),
        }
    }

    /// Serves, rejects or keeps waiting an arrival, at a time that the pool has advanced to.
    #[inline]
    pub fn accept(&mut self, request: &Request) {
        if let Some(speed) = self.speed {
            return self.accept_at_speed(&request.at_speed(speed));
        }
        match &mut self.algorithm {
            Algorithm::Fifo(pool) => pool.accept(request),
            Algorithm::PerRequest(pool) => pool.accept(request),
            Algorithm::Elastic(pool) => pool.accept(request),
            Algorithm::Shared(pool) => pool.accept(request),
        }
    }

    #[inline(never)]
    fn accept_at_speed(&mut self, request: &Request) {
        match &mut self.algorithm {
            Algorithm::Fifo(pool) => pool.accept(request),
            Algorithm::PerRequest(pool) => pool.accept(request),
            Algorithm::Elastic(pool) => pool.accept(request),
            Algorithm::Shared(pool) => pool.accept(request),
        }
    }

    /// Whether it leaves an arrival to the next pool: because it would reject it, or by the rule.
    #[inline(always)]
    pub fn passes_on(&mut self, now: Time, rule: OverflowRule) -> bool {
        match &mut self.algorithm {
            Algorithm::Fifo(pool) => {
                pool.would_reject(now)
                    || match rule {
                        OverflowRule::WhenFull => pool.is_full(now),
                        OverflowRule::WaitOver(limit) => pool.prospective_wait(now) > limit,
                        OverflowRule::RateOver(_) => false,
                        OverflowRule::InFlightOver(_) => unreachable!("who waits is not known under FIFO"),
                    }
            }
            Algorithm::PerRequest(_) => unreachable!("such a pool is asked nothing"),
            Algorithm::Elastic(pool) => pool.passes_on(now, rule),
            Algorithm::Shared(pool) => pool.passes_on(now, rule),
        }
    }

    /// How the number of instances has changed since the log was last taken.
    pub fn take_log(&mut self) -> Vec<(Time, i64)> {
        match &mut self.algorithm {
            Algorithm::Fifo(_) => Vec::new(),
            Algorithm::PerRequest(pool) => pool.take_log(),
            Algorithm::Elastic(pool) => pool.take_log(),
            Algorithm::Shared(pool) => pool.take_log(),
        }
    }

    /// Follows every request to its end.
    pub fn drain(&mut self) {
        match &mut self.algorithm {
            Algorithm::Fifo(_) => {}
            Algorithm::PerRequest(pool) => pool.drain(),
            Algorithm::Elastic(pool) => pool.drain(),
            Algorithm::Shared(pool) => pool.drain(),
        }
    }

    /// The end of the simulation, after [`Pool::drain`].
    pub fn finish(self) -> (PoolOutcome, O) {
        match self.algorithm {
            Algorithm::Fifo(pool) => pool.finish(),
            Algorithm::PerRequest(pool) => pool.finish(),
            Algorithm::Elastic(pool) => pool.finish(),
            Algorithm::Shared(pool) => pool.finish(),
        }
    }
}

impl<O: Observer> Algorithm<O> {
    fn replay(&mut self, requests: impl Iterator<Item = Request>) {
        match self {
            Algorithm::Fifo(pool) => requests.for_each(|request| pool.accept(&request)),
            Algorithm::PerRequest(pool) => requests.for_each(|request| pool.accept(&request)),
            Algorithm::Elastic(pool) => pool.replay(requests),
            Algorithm::Shared(pool) => pool.replay(requests),
        }
    }

    fn new(
        kind: &PoolKind,
        question: Question,
        setting: &Setting,
        owner: &[&str],
        logged: bool,
        observer: O,
    ) -> Algorithm<O> {
        match (kind, question) {
            (PoolKind::Dedicated(pool), _)
                if fifo_answers(question, setting) && FifoPool::<O>::serves(pool, setting) =>
            {
                Algorithm::Fifo(Box::new(FifoPool::new(pool, setting, observer)))
            }
            (PoolKind::Dedicated(pool), _) => match shared(kind) {
                Some(shared) => {
                    Algorithm::Shared(Box::new(ElasticPool::dedicated(pool, shared, setting, owner, logged, observer)))
                }
                None => {
                    let service = Independent::new();
                    Algorithm::Elastic(Box::new(ElasticPool::dedicated(
                        pool, service, setting, owner, logged, observer,
                    )))
                }
            },
            (PoolKind::Serverless(pool), Question::Nothing) if PerRequestPool::<O>::serves(pool) => {
                Algorithm::PerRequest(Box::new(PerRequestPool::new(pool, setting, owner, logged, observer)))
            }
            (PoolKind::Serverless(pool), _) => match shared(kind) {
                Some(shared) => {
                    Algorithm::Shared(Box::new(ElasticPool::serverless(pool, shared, setting, owner, logged, observer)))
                }
                None => {
                    let service = Independent::new();
                    Algorithm::Elastic(Box::new(ElasticPool::serverless(
                        pool, service, setting, owner, logged, observer,
                    )))
                }
            },
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

fn total(services: impl Iterator<Item = Span>) -> Span {
    services.fold(Span::ZERO, |sum, service| sum + service)
}

/// The requests of a block, one after the other.
pub(super) fn requests(block: &Block) -> impl Iterator<Item = Request> + '_ {
    let columns = block.arrival.iter().zip(&block.service).zip(&block.class);
    columns.map(|((&arrival, &service), &class)| Request::new(arrival, service, class))
}
