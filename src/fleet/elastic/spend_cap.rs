//! A cap on what a month costs: the pool is closed when its bill has come to it, until the next month.
//!
//! Months of 30 days begin with the window; the last may be shorter, and has its share. Once a minute it is asked what the bill of
//! the month would be if the service stopped now. docs/BILLING.md has the rules.

use crate::bill;
use crate::measure::{ClassOutcome, Loss, PoolOutcome, RequestCounts, Usage};
use crate::scenario::{PoolKind, Serverless};
use crate::unit::{Span, Time, Usd};

use super::super::meter::Observer;
use super::super::service::Service;
use super::super::setting::Window;
use super::ElasticPool;

/// From one look at the bill to the next.
const CADENCE: Span = Span::MINUTE;

pub(super) struct SpendCap {
    kind: PoolKind,
    window: Window,
    /// `None`: there is none any more.
    next_check: Option<Time>,
    month: Month,
    /// While the pool is closed.
    closed_since: Option<Time>,
}

/// A month, or what the window has left of one.
struct Month {
    from: Time,
    to: Time,
    cap: Usd,
    /// What had been used when it began.
    before: Used,
}

/// What is on the bill.
#[derive(Clone, Copy, Default)]
struct Used {
    /// Of what a bill is made of.
    usage: Usage,
    completed: u64,
}

impl SpendCap {
    /// `None` for a pool without one.
    pub fn of(pool: &Serverless, window: Window) -> Option<SpendCap> {
        let month = Month::starting(pool, window.from, window, Used::default())?;
        let next_check = Some(window.from);
        Some(SpendCap { kind: PoolKind::Serverless(pool.clone()), window, next_check, month, closed_since: None })
    }

    pub fn next_check(&self) -> Option<Time> {
        self.next_check
    }

    fn schedule(&mut self, now: Time) {
        let next = if self.closed_since.is_some() { self.month.to } else { now + CADENCE };
        self.next_check = (next < self.window.to).then_some(next);
    }

    /// Whether the month's bill is all that it may be if nothing more is used from `now` on.
    fn is_reached(&self, used: &Used, now: Time) -> bool {
        let month = &self.month;
        let mut usage = used.usage;
        usage.closed += u128::from((month.to - now).nanos());
        let requests = RequestCounts { completed: used.completed, ..RequestCounts::default() };
        let class = ClassOutcome { requests, ..ClassOutcome::default() };
        let outcome = PoolOutcome { classes: vec![class], usage, ..PoolOutcome::default() };
        bill::of_pool(&self.kind, &outcome, month.to - month.from).total() >= month.cap
    }
}

impl Month {
    fn starting(pool: &Serverless, from: Time, window: Window, before: Used) -> Option<Month> {
        let to = (from + Span::MONTH).min(window.to);
        let cap = pool.tariff.spend_cap_of(to.saturating_since(from))?;
        Some(Month { from, to, cap, before })
    }
}

impl Used {
    /// What has been used since `earlier`.
    fn since(&self, earlier: &Used) -> Used {
        let (usage, before) = (&self.usage, &earlier.usage);
        let mut start_phases = usage.start_phases;
        start_phases.iter_mut().zip(before.start_phases).for_each(|(now, before)| *now -= before);
        let usage = Usage {
            start_phases,
            busy: usage.busy - before.busy,
            covered_busy: usage.covered_busy - before.covered_busy,
            idle: usage.idle - before.idle,
            closed: usage.closed - before.closed,
            rounding: usage.rounding - before.rounding,
            ..Usage::default()
        };
        Used { usage, completed: self.completed - earlier.completed }
    }
}

impl<O: Observer, S: Service> ElasticPool<O, S> {
    pub(super) fn is_closed(&self) -> bool {
        self.spend_cap.as_ref().is_some_and(|cap| cap.closed_since.is_some())
    }

    /// A look at the bill; or a month begins, and the pool opens.
    pub(super) fn check_spend_cap(&mut self, now: Time) {
        let Some(mut cap) = self.spend_cap.take() else { return };
        if let Some(cover) = &mut self.cover {
            cover.account(now, &mut self.meter);
        }
        if now == cap.month.to {
            if let Some(since) = cap.closed_since.take() {
                self.meter.closed(since, now);
            }
            // What rounding adds to instances that live on falls due when they stop.
            let before = self.used(&cap.kind, now, false);
            if let PoolKind::Serverless(pool) = &cap.kind
                && let Some(month) = Month::starting(pool, now, cap.window, before)
            {
                cap.month = month;
            }
        }
        let used = self.used(&cap.kind, now, true).since(&cap.month.before);
        let closes = cap.is_reached(&used, now);
        cap.closed_since = closes.then_some(now);
        cap.schedule(now);
        if let Some(cover) = &mut self.cover {
            cover.set_closed(closes);
        }
        self.spend_cap = Some(cap);
        if closes {
            self.give_up_all(now, Loss::SpendCap);
            self.remove(u64::MAX, now);
        } else {
            self.restore_minimum(now);
        }
    }

    /// Minimum instances are started that there should be and are not.
    pub(super) fn restore_minimum(&mut self, now: Time) {
        while self.population.count() - self.draining < self.policy.min_instances && self.can_start() {
            self.start(now);
        }
    }

    /// What has been used until now, as if every instance stopped; with what rounding then adds to those that live, or without.
    fn used(&mut self, kind: &PoolKind, now: Time, rounds: bool) -> Used {
        let (window, rounding) = (self.meter.window(), self.policy.rounding.filter(|_| rounds));
        let (mut usage, mut ready) = self.meter.accounted();
        for index in self.instances.living() {
            let instance = self.instances.get(index);
            let busy = window.clip(instance.busy_since, now);
            let in_all = window.clip(instance.life.ready, now);
            usage.busy += u128::from(busy);
            ready += u128::from(in_all);
            let (billed_start, busy) = (instance.life.billed_start, instance.life.busy + busy);
            usage.rounding += rounding.map_or(0, |rule| rule.adds(billed_start, busy, in_all - busy)) as u128;
        }
        usage.idle = ready - usage.busy;
        for &std::cmp::Reverse((.., index)) in &self.starting {
            let (from, start) = self.orders[index as usize];
            let mut billed = 0;
            for (phase, (begin, end)) in start.spans(from, now).into_iter().enumerate() {
                let within = window.clip(begin, end);
                usage.start_phases[phase] += u128::from(within);
                billed += if self.policy.bills.start[phase] { within } else { 0 };
            }
            usage.rounding += rounding.map_or(0, |rule| rule.adds(billed, 0, 0)) as u128;
        }
        Used { usage, completed: if is_paid_by_the_request(kind) { self.meter.completed() } else { 0 } }
    }

    /// Accounts for the time that the pool is closed at the end.
    pub(super) fn account_for_closed_time(&mut self, now: Time) {
        if let Some(since) = self.spend_cap.as_ref().and_then(|cap| cap.closed_since) {
            self.meter.closed(since, now);
        }
    }
}

/// Counting what has completed takes a while, and is only done where it costs anything.
fn is_paid_by_the_request(kind: &PoolKind) -> bool {
    let PoolKind::Serverless(pool) = kind else { return false };
    pool.tariff.request_fee > Usd::ZERO || pool.tariff.extras.egress.is_some()
}
