//! A scaler under test: it is fed a number of requests in flight that changes at given times, and its wishes come true at once.

use proptest::prelude::ProptestConfig;
use proptest::test_runner::RngSeed;

use crate::scenario::{Decimal, Distribution, ScaleOut, Serverless, StartUp, Tariff};
use crate::unit::{Price, Span, Time};

use super::{Bounds, Scaler, View, scaler};

/// A scaler and the pool that it sees.
pub(super) struct Track {
    pool: Serverless,
    /// How long an instance starts.
    pub start: Span,
}

impl Track {
    pub fn of(scale_out: ScaleOut) -> Track {
        let start = StartUp::cold_start(Distribution::Constant(Span::ZERO));
        let pool = Serverless { scale_out, ..Serverless::new(start, Span::ZERO, Tariff::new(Price::FREE)) };
        Track { pool, start: Span::ZERO }
    }

    pub fn min(mut self, instances: u32) -> Track {
        self.pool.min_instances = instances;
        self
    }

    pub fn max(mut self, instances: u32) -> Track {
        self.pool.max_instances = Some(instances);
        self
    }

    pub fn slots(mut self, slots: u32) -> Track {
        self.pool.slots = slots;
        self
    }

    pub fn starting(mut self, start: Span) -> Track {
        self.start = start;
        self
    }

    pub fn scaler(&self) -> Option<Box<dyn Scaler>> {
        let Serverless { min_instances, max_instances, slots, .. } = self.pool;
        scaler(&self.pool.scale_out, Bounds::new(min_instances, max_instances), slots)
    }

    pub fn run(&self) -> Run {
        self.run_with(self.scaler().expect("a scaler that looks"))
    }

    /// The same with another scaler in place of the pool's.
    pub fn run_with(&self, scaler: Box<dyn Scaler>) -> Run {
        let instances = vec![Time::START; self.pool.min_instances as usize];
        let (slots, wanted) = (u64::from(self.pool.slots), u64::from(self.pool.min_instances));
        Run {
            scaler,
            start: self.start,
            slots,
            instances,
            now: Time::START,
            in_flight: 0,
            integral: 0,
            arrived: 0,
            wanted,
        }
    }
}

/// A scaler on its way.
pub(super) struct Run {
    pub scaler: Box<dyn Scaler>,
    start: Span,
    slots: u64,
    /// When each instance is or was ready, rising.
    instances: Vec<Time>,
    now: Time,
    in_flight: u64,
    integral: u128,
    arrived: u64,
    /// What it wanted last.
    pub wanted: u64,
}

impl Run {
    /// Lets the scaler look as often as it is due until `until`, that instant included.
    pub fn advance(&mut self, until: Time) {
        while self.scaler.next_look() <= until {
            let next = self.scaler.next_look();
            assert!(next >= self.now, "a look in the past");
            self.pass(next);
            self.look();
            assert!(self.scaler.next_look() > next, "a look that stays at {next:?}");
        }
        self.pass(until);
    }

    /// So many requests are in flight from now on.
    pub fn set(&mut self, in_flight: u64) {
        self.arrived += in_flight.saturating_sub(self.in_flight);
        self.in_flight = in_flight;
        if in_flight > 0 && self.instances.is_empty() && self.scaler.looks_at_first_request() {
            // The first of them looks.
            self.in_flight = 1;
            self.look();
            self.in_flight = in_flight;
        }
    }

    /// So many requests arrive, and are gone at once.
    pub fn arrive(&mut self, requests: u64) {
        self.arrived += requests;
    }

    /// Instances that start or are ready.
    pub fn present(&self) -> u64 {
        self.instances.len() as u64
    }

    fn pass(&mut self, now: Time) {
        self.integral += u128::from(self.in_flight) * u128::from((now - self.now).nanos());
        self.now = now;
    }

    fn look(&mut self) {
        let ready = self.instances.iter().filter(|&&ready| ready <= self.now).count() as u64;
        let in_service = self.in_flight.min(ready * self.slots);
        let view = View {
            now: self.now,
            ready,
            starting: self.present() - ready,
            queued: self.in_flight - in_service,
            in_service,
            in_flight_time: self.integral,
            arrived: self.arrived,
            head_wait: (self.in_flight > in_service).then_some(Span::ZERO),
        };
        let wanted = self.scaler.look(&view);
        if wanted > self.present() || self.scaler.removes_instances() {
            let wanted = usize::try_from(wanted).expect("a number of instances that a test can hold");
            self.instances.resize(wanted, self.now + self.start);
        }
        self.wanted = wanted;
    }
}

/// Rows of a time in seconds, the requests in flight from then on, and how many instances are wanted then: after a look of that
/// instant, if there is one, which sees what was in flight before; and after the first request of all.
pub(super) fn assert_wanted(track: Track, rows: &[(u64, u64, u64)]) {
    assert_wanted_at(track, Span::SECOND, rows);
}

/// The same with times in another unit.
pub(super) fn assert_wanted_at(track: Track, unit: Span, rows: &[(u64, u64, u64)]) {
    let mut run = track.run();
    let seen: Vec<(u64, u64, u64)> = rows
        .iter()
        .map(|&(at, in_flight, _)| {
            run.advance(Time::from_nanos(at * unit.nanos()));
            run.set(in_flight);
            (at, in_flight, run.wanted)
        })
        .collect();
    assert_eq!(seen, rows);
}

/// Rows of a time in seconds, the requests that arrive at every whole second from then on, after any look of that instant, and how many
/// instances are wanted after that look.
pub(super) fn assert_wanted_of_arrivals(track: Track, rows: &[(u64, u64, u64)]) {
    let mut run = track.run();
    let (mut second, mut arriving) = (0, 0);
    let mut seen = Vec::new();
    for &(at, now_arriving, _) in rows {
        while second < at {
            run.advance(Time::from_nanos(second * Span::SECOND.nanos()));
            run.arrive(arriving);
            second += 1;
        }
        run.advance(Time::from_nanos(at * Span::SECOND.nanos()));
        arriving = now_arriving;
        seen.push((at, arriving, run.wanted));
    }
    assert_eq!(seen, rows);
}

/// The random loads of a test, always the same.
pub(super) fn config() -> ProptestConfig {
    ProptestConfig { rng_seed: RngSeed::Fixed(1), failure_persistence: None, ..ProptestConfig::default() }
}

/// A number of seconds.
pub(super) fn seconds(count: u64) -> Span {
    Span::from_nanos(count * Span::SECOND.nanos())
}

/// A decimal number of so many tenths.
pub(super) fn tenths(count: u64) -> Decimal {
    Decimal { billionths: count * Decimal::ONE.billionths / 10 }
}

/// What a scaler wants after each step of a load: the requests in flight for a time, step by step. Requests arrive as well, as many as
/// are in flight.
pub(super) fn wanted_of(mut run: Run, step: Span, load: &[u64]) -> Vec<u64> {
    let wanted = load.iter().enumerate().map(|(index, &in_flight)| {
        run.advance(Time::from_nanos(index as u64 * step.nanos()));
        run.set(in_flight);
        run.arrive(in_flight);
        run.wanted
    });
    wanted.collect()
}
