//! A scaler under test: it is fed a number of requests in flight that changes at given times, and its wishes come true at once.

use crate::scenario::{Distribution, ScaleOut, Serverless, StartUp, Tariff};
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

    pub fn run(&self) -> Run {
        let Serverless { min_instances, max_instances, slots, .. } = self.pool;
        let bounds = Bounds::new(min_instances, max_instances);
        let scaler = scaler(&self.pool.scale_out, bounds, slots).expect("a scaler that looks");
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
    let mut run = track.run();
    let seen: Vec<(u64, u64, u64)> = rows
        .iter()
        .map(|&(second, in_flight, _)| {
            run.advance(Time::from_nanos(second * Span::SECOND.nanos()));
            run.set(in_flight);
            (second, in_flight, run.wanted)
        })
        .collect();
    assert_eq!(seen, rows);
}
