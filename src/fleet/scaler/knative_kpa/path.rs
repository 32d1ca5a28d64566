//! From a decision to what is applied: the bounds, the initial scale, the way to none, and the activator.

use crate::scenario::KnativeKpa;
use crate::unit::Time;

use super::super::{Bounds, View};

/// What the reconciler of the autoscaler keeps.
pub(super) struct Path {
    rule: KnativeKpa,
    bounds: Bounds,
    initial_scale: u64,
    /// Whether as many instances as the initial scale have been ready.
    is_initialized: bool,
    activity: Activity,
    /// Whether the spare capacity was below the target burst capacity at the last decision.
    pub lacks_capacity: bool,
    /// Since when the activator has been in the path.
    activator_since: Option<Time>,
    pub wanted: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Activity {
    /// Nothing comes, since then.
    Inactive(Time),
    /// Instances are wanted, and too few are ready yet.
    Activating,
    /// Since then.
    Active(Time),
}

/// What a decision comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verdict {
    Apply(u64),
    /// None are wanted, and the last are kept for now.
    KeepForNow,
    /// Nothing is known that would change anything.
    Unknown,
}

impl Path {
    pub fn new(rule: KnativeKpa, bounds: Bounds) -> Path {
        let initial_scale = u64::from(rule.initial_scale).min(bounds.max);
        Path {
            rule,
            bounds,
            initial_scale,
            is_initialized: false,
            activity: Activity::Activating,
            lacks_capacity: false,
            activator_since: None,
            wanted: bounds.clamp(initial_scale),
        }
    }

    pub fn has_activator(&self) -> bool {
        self.activator_since.is_some()
    }

    /// Applies what has been decided, if anything has been.
    pub fn reconcile(&mut self, view: &View, decided: Option<u64>) {
        let verdict = self.verdict(view.now, decided);
        if let Verdict::Apply(instances) = verdict {
            self.wanted = instances;
        }
        let wants_none = matches!(verdict, Verdict::KeepForNow | Verdict::Apply(0));
        let is_inactive = matches!(self.activity, Activity::Inactive(_));
        let has_activator = wants_none || self.lacks_capacity || (verdict == Verdict::Unknown && is_inactive);
        self.activator_since = has_activator.then(|| self.activator_since.unwrap_or(view.now));
        self.activity = self.activity_after(view, verdict);
    }

    fn verdict(&self, now: Time, decided: Option<u64>) -> Verdict {
        if decided.is_none() && self.activity != Activity::Activating {
            return Verdict::Unknown;
        }
        let initial = self.initial_scale;
        let decided = decided.unwrap_or(0);
        let kept = if !self.is_initialized && initial > 1 { decided.max(initial) } else { decided };
        match (self.bounds.clamp(kept), self.activity) {
            (instances @ 1.., _) => Verdict::Apply(instances),
            (0, Activity::Activating) => Verdict::Unknown,
            (0, Activity::Active(since)) if now.saturating_since(since) >= self.rule.stable_window => {
                Verdict::KeepForNow
            }
            (0, Activity::Active(_)) => Verdict::Apply(1),
            (0, Activity::Inactive(since)) => match self.may_go(now, since) {
                true => Verdict::Apply(0),
                false => Verdict::KeepForNow,
            },
        }
    }

    /// Whether the last instances may go, inactive since an instant.
    fn may_go(&self, now: Time, since: Time) -> bool {
        let (inactive, grace) = (now.saturating_since(since), self.rule.scale_to_zero_grace);
        let retention = self.rule.scale_to_zero_retention;
        let proxied = self.activator_since.is_some_and(|since| now.saturating_since(since) >= grace);
        inactive >= grace.max(retention) || (inactive >= retention && proxied)
    }

    fn activity_after(&mut self, view: &View, verdict: Verdict) -> Activity {
        let initial = if self.is_initialized { 1 } else { self.initial_scale };
        let enough = self.bounds.min.max(initial);
        let is_enough = view.ready >= enough;
        self.is_initialized |= is_enough;
        let wants_none = matches!(verdict, Verdict::KeepForNow | Verdict::Apply(0));
        let is_inactive = matches!(self.activity, Activity::Inactive(_));
        let stays_inactive = verdict == Verdict::Unknown && is_inactive;
        match self.activity {
            Activity::Inactive(since) if wants_none || enough == 0 || stays_inactive => Activity::Inactive(since),
            _ if wants_none || enough == 0 => Activity::Inactive(view.now),
            Activity::Active(since) if is_enough => Activity::Active(since),
            _ if is_enough => Activity::Active(view.now),
            _ => Activity::Activating,
        }
    }
}
