//! From a recommendation to a number of instances: stabilisation, the policies, the bounds.

use std::collections::VecDeque;

use crate::scenario::{Behavior, Hpa};
use crate::unit::{Span, Time};

use super::super::Bounds;
use super::super::window::{Largest, Smallest};

/// The number of instances and what may change it.
pub(in super::super) struct Controller {
    /// What it wants: Kubernetes' current replicas.
    pub wanted: u64,
    rule: Hpa,
    bounds: Bounds,
    is_new: bool,
    lowest: Smallest,
    highest: Largest,
    added: Changes,
    removed: Changes,
}

impl Controller {
    pub fn new(rule: Hpa, bounds: Bounds, wanted: u64) -> Controller {
        let longest = rule.scale_up.period.max(rule.scale_down.period);
        Controller {
            wanted,
            rule,
            bounds,
            is_new: true,
            lowest: Smallest::new(rule.scale_up.window),
            highest: Largest::new(rule.scale_down.window),
            added: Changes::new(longest),
            removed: Changes::new(longest),
        }
    }

    /// Goes as far towards a recommendation as it may.
    pub fn follow(&mut self, now: Time, recommended: u64) {
        let stabilized = self.stabilize(now, recommended);
        let wanted = match stabilized {
            more if more > self.wanted => more.min(self.most(now)),
            fewer if fewer < self.wanted => fewer.max(self.fewest(now)),
            same => same,
        };
        let wanted = self.bounds.clamp(wanted);
        self.added.note(now, wanted.saturating_sub(self.wanted));
        self.removed.note(now, self.wanted.saturating_sub(wanted));
        self.wanted = wanted;
    }

    fn stabilize(&mut self, now: Time, recommended: u64) -> u64 {
        // What there is when it begins counts as recommended just before.
        if self.is_new && self.rule.scale_up.window > Span::ZERO {
            self.lowest.record(now, self.wanted);
        }
        if self.is_new && self.rule.scale_down.window > Span::ZERO {
            self.highest.record(now, self.wanted);
        }
        self.is_new = false;
        let (lowest, highest) = (self.lowest.record(now, recommended), self.highest.record(now, recommended));
        self.wanted.max(lowest).min(highest)
    }

    /// The most instances that the policies let there be.
    fn most(&self, now: Time) -> u64 {
        let Behavior { percent, instances, period, .. } = self.rule.scale_up;
        let at_start = self.at_start_of(period, now);
        let by_number = at_start.saturating_add(i128::from(instances));
        let by_percent = percent_of(at_start, 100 + i128::from(percent), 99);
        at_most_u64(by_number.max(by_percent)).max(self.wanted)
    }

    /// The fewest instances that the policies let there be.
    fn fewest(&self, now: Time) -> u64 {
        let Behavior { percent, instances, period, .. } = self.rule.scale_down;
        let at_start = self.at_start_of(period, now);
        let by_number = at_start.saturating_sub(i128::from(instances));
        let by_percent = percent_of(at_start, 100 - i128::from(percent), 0);
        at_most_u64(by_number.min(by_percent)).min(self.wanted)
    }

    /// How many instances there were at the start of a period that ends now.
    fn at_start_of(&self, period: Span, now: Time) -> i128 {
        i128::from(self.wanted) - self.added.within(period, now) + self.removed.within(period, now)
    }
}

/// Per cent of a number of instances, `rest` hundredths added before it is cut off to a whole one.
fn percent_of(instances: i128, percent: i128, rest: i128) -> i128 {
    (instances.saturating_mul(percent) + rest) / 100
}

fn at_most_u64(instances: i128) -> u64 {
    u64::try_from(instances.max(0)).unwrap_or(u64::MAX)
}

/// When instances were added, or removed, and how many.
struct Changes {
    /// Later they do not matter.
    longest: Span,
    changes: VecDeque<(Time, u64)>,
}

impl Changes {
    fn new(longest: Span) -> Changes {
        Changes { longest, changes: VecDeque::new() }
    }

    fn note(&mut self, now: Time, change: u64) {
        while self.changes.front().is_some_and(|&(at, _)| at + self.longest <= now) {
            self.changes.pop_front();
        }
        if change > 0 {
            self.changes.push_back((now, change));
        }
    }

    /// The sum of those in a period that ends now, its very beginning left out.
    fn within(&self, period: Span, now: Time) -> i128 {
        let recent = self.changes.iter().rev().take_while(|&&(at, _)| at + period > now);
        recent.map(|&(_, change)| i128::from(change)).sum()
    }
}
