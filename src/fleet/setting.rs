//! What every pool of a scenario shares: the window, the objective's latency and the clients' patience.

use jiff::civil::DateTime;

use crate::random::{self, Purpose, Rng};
use crate::scenario::{Retry, Scenario};
use crate::unit::{Span, Time};

/// The counted part of the horizon, `[from, to)`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Window {
    pub from: Time,
    pub to: Time,
}

impl Window {
    /// How much of `[begin, end)` lies within the window, in nanoseconds.
    #[inline]
    pub fn clip(self, begin: Time, end: Time) -> u64 {
        end.min(self.to).saturating_since(begin.max(self.from)).nanos()
    }

    /// Whether a request that arrives at `time` belongs to the window.
    #[inline]
    pub fn has(self, time: Time) -> bool {
        self.from <= time && time < self.to
    }
}

/// What the pools of one fleet in one replication need to know of the scenario.
#[derive(Clone, Debug)]
pub(crate) struct Setting {
    pub window: Window,
    /// A completed request is good within this; `None`: always.
    pub good_within: Option<Span>,
    /// By class: how long after its arrival a client waits for service to begin.
    pub timeouts: Vec<Option<Span>>,
    /// By index.
    pub classes: Vec<String>,
    /// By class: how a client tries again.
    pub retries: Vec<Option<Retry>>,
    pub timeline: bool,
    /// Whether requests come to the fleet over a network that takes time.
    pub is_over_network: bool,
    /// What t = 0 is on the calendar.
    pub starts: DateTime,
    seed: u64,
    replication: u32,
}

impl Setting {
    /// Only the first replication records a time line.
    pub fn new(scenario: &Scenario, replication: u32) -> Setting {
        Setting {
            window: Window { from: Time::START + scenario.warm_up, to: Time::START + scenario.horizon },
            good_within: scenario.slo.as_ref().and_then(|slo| slo.latency),
            timeouts: scenario.traffic.iter().map(|class| class.timeout).collect(),
            classes: scenario.traffic.iter().map(|class| class.name.clone()).collect(),
            retries: scenario.traffic.iter().map(|class| class.retry).collect(),
            timeline: replication == 0,
            is_over_network: false,
            starts: scenario.starts,
            seed: scenario.seed,
            replication,
        }
    }

    /// The same for pools whose requests come over a network that takes time, or do not.
    pub fn over_network(&self, is_over_network: bool) -> Setting {
        Setting { is_over_network, ..self.clone() }
    }

    /// The stream of a pool's draws. `owner` is the fleet's name, and the pool's in a hybrid.
    pub fn draws(&self, owner: &[&str], purpose: Purpose) -> Rng {
        let path: Vec<&str> = std::iter::once("fleet").chain(owner.iter().copied()).collect();
        random::stream(self.seed, self.replication, &path, purpose)
    }

    pub fn any_retry(&self) -> bool {
        self.retries.iter().any(Option::is_some)
    }

    pub fn any_timeout(&self) -> bool {
        self.timeouts.iter().any(Option::is_some)
    }
}
