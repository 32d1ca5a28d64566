//! How many instances there are, and the most that there were.

use crate::unit::Time;

use super::setting::Window;

/// The number of instances over time.
pub(super) struct Population {
    window: Window,
    count: u64,
    /// Since when there are `count` instances.
    since: Time,
    peak: u64,
    /// Every change since the log was last taken; `None` when nobody reads it.
    log: Option<Vec<(Time, i64)>>,
}

impl Population {
    pub fn new(window: Window, count: u64, logged: bool) -> Population {
        Population { window, count, since: Time::START, peak: 0, log: logged.then(Vec::new) }
    }

    /// There are so many from t = 0 on, which is no change.
    pub fn begin_with(&mut self, count: u64) {
        self.count = count;
    }

    pub fn count(&self) -> u64 {
        self.count
    }

    pub fn change(&mut self, at: Time, by: i64) {
        self.hold_until(at);
        self.count = self.count.checked_add_signed(by).expect("a population is not negative");
        if let Some(log) = &mut self.log {
            log.push((at, by));
        }
    }

    /// Only what is held for more than no time within the window counts towards the peak.
    fn hold_until(&mut self, at: Time) {
        if self.window.clip(self.since, at) > 0 {
            self.peak = self.peak.max(self.count);
        }
        self.since = self.since.max(at);
    }

    pub fn take_log(&mut self) -> Vec<(Time, i64)> {
        self.log.as_mut().map(std::mem::take).unwrap_or_default()
    }

    /// The largest population within the window.
    pub fn peak(mut self) -> u64 {
        self.hold_until(self.window.to);
        self.peak
    }
}
