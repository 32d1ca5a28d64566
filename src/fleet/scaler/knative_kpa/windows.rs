//! What is known of the requests in flight over the two windows.

use crate::scenario::{KnativeKpa, common_step};
use crate::unit::{Span, Time};

use super::super::mean::Mean;
use super::super::window::Samples;
use super::super::{Cadence, View};

/// A report of the activator fills a bucket of the windows, which is a second long.
const BUCKET: Span = Span::SECOND;

pub(super) struct Windows {
    step: Span,
    samples: Samples,
    sampling: Cadence,
    stable: Known,
    panic: Known,
    /// Whether the last look was that of a first request.
    is_first_request: bool,
}

impl Windows {
    pub fn new(rule: &KnativeKpa) -> Windows {
        let step = common_step(&[rule.stable_window, rule.panic_window, rule.interval]);
        Windows {
            step,
            samples: Samples::new(step, rule.stable_window),
            sampling: Cadence::new(step),
            stable: Known::of(rule.stable_window),
            panic: Known::of(rule.panic_window),
            is_first_request: false,
        }
    }

    pub fn next_sample(&self) -> Time {
        self.sampling.next
    }

    /// Takes what there is at a look; false when it is that of the first request, between samples.
    pub fn sample(&mut self, view: &View) -> bool {
        let now = view.now;
        let is_due = self.sampling.is_due(now);
        self.is_first_request = !is_due;
        let since = if is_due { Time::from_nanos(now.nanos().saturating_sub(self.step.nanos())) } else { now };
        // Ready instances report even that they have nothing; the activator only what it has.
        if view.ready > 0 || view.in_flight() > 0 {
            self.stable.heed(since, now);
            self.panic.heed(since, now);
        }
        if is_due {
            self.samples.record(now, view.in_flight_time);
        }
        is_due
    }

    /// Whether there has been any data for as long as the stable window.
    pub fn have_data(&self, now: Time) -> bool {
        self.stable.first.is_some() && now.saturating_since(self.stable.last) <= self.stable.window
    }

    pub fn stable(&self, view: &View) -> Mean {
        self.mean(&self.stable, view)
    }

    pub fn panic(&self, view: &View) -> Mean {
        self.mean(&self.panic, view)
    }

    /// The mean over a window, or over as much of it as is known.
    fn mean(&self, known: &Known, view: &View) -> Mean {
        let since_sample = view.in_flight_time.saturating_sub(self.samples.latest());
        let integral = self.samples.growth(known.window).saturating_add(since_sample);
        let time = known.first.map_or(Span::ZERO, |first| view.now.saturating_since(first));
        if self.is_first_request {
            // What the activator has now fills a bucket.
            let bucket = u128::from(view.in_flight()).saturating_mul(u128::from(BUCKET.nanos()));
            return Mean { integral: integral.saturating_add(bucket), time: (time + BUCKET).min(known.window) };
        }
        Mean { integral, time: time.min(known.window) }
    }
}

/// A window that begins with the first data, and anew with the first after as long as a whole window without.
struct Known {
    window: Span,
    first: Option<Time>,
    last: Time,
}

impl Known {
    fn of(window: Span) -> Known {
        Known { window, first: None, last: Time::START }
    }

    /// There is data of the time since one instant until another.
    fn heed(&mut self, since: Time, now: Time) {
        if self.first.is_none() || since.saturating_since(self.last) >= self.window {
            self.first = Some(since);
        }
        self.last = now;
    }
}
