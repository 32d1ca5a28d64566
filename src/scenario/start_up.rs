//! How an instance starts: the phases from the order for it until it can serve, and what may go wrong.

use crate::unit::Span;

use super::Distribution;

/// The start of an instance: the sum of its phases, in their order. A phase that is not written takes no time.
#[derive(Clone, Debug, PartialEq)]
pub struct StartUp {
    /// Until a GPU is allocated, once one is free.
    pub allocate: Distribution,
    /// Until the container's image is there.
    pub pull: Pull,
    /// Until the weights are in the GPU's memory.
    pub load: Distribution,
    /// Until the engine is ready to serve: compilation, graphs, warm-up.
    pub initialize: Distribution,
    /// The share of starts that fail at their end.
    pub failure: f64,
    /// A start that takes longer is given up then, and has failed; what the provider has no GPU for does not count.
    pub limit: Option<Span>,
    /// `None`: a GPU is always free.
    pub supply: Option<Supply>,
    /// Whether it was written as `cold_start`: one phase, of which the bill speaks as a cold start.
    pub is_short: bool,
}

/// How long an image takes to be there: on a host that has it, and on one that does not.
#[derive(Clone, Debug, PartialEq)]
pub struct Pull {
    /// The share of starts on a host that has the image.
    pub cached: f64,
    /// On a host that has it.
    pub hit: Distribution,
    /// On one that does not.
    pub miss: Distribution,
}

/// GPUs that are not always free: a start that finds none is throttled, and tries again.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Supply {
    /// The probability that an attempt finds a GPU, above 0.
    pub free: f64,
    /// How long after an attempt that found none the next one is.
    pub retry_after: Span,
}

/// A phase of a start.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum StartPhase {
    Allocate,
    Pull,
    Load,
    Initialize,
}

impl StartPhase {
    /// In the order in which an instance goes through them.
    pub const ALL: [StartPhase; 4] = [StartPhase::Allocate, StartPhase::Pull, StartPhase::Load, StartPhase::Initialize];

    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            StartPhase::Allocate => "allocate",
            StartPhase::Pull => "pull",
            StartPhase::Load => "load",
            StartPhase::Initialize => "initialize",
        }
    }
}

impl StartUp {
    const NOTHING: Distribution = Distribution::Constant(Span::ZERO);

    /// A start of no time that never fails.
    #[must_use]
    pub fn immediate() -> StartUp {
        StartUp {
            allocate: StartUp::NOTHING,
            pull: Pull::always(StartUp::NOTHING),
            load: StartUp::NOTHING,
            initialize: StartUp::NOTHING,
            failure: 0.0,
            limit: None,
            supply: None,
            is_short: false,
        }
    }

    /// What `cold_start` says: one phase.
    #[must_use]
    pub fn cold_start(duration: Distribution) -> StartUp {
        StartUp { initialize: duration, is_short: true, ..StartUp::immediate() }
    }

    /// Whether every start takes the same time and none fails.
    #[must_use]
    pub fn is_constant(&self) -> bool {
        let never_or_always = |share: f64| share == 0.0 || share == 1.0;
        let pull_is_constant = self.pull.hit.is_constant() && self.pull.miss.is_constant();
        let pull_varies = !never_or_always(self.pull.cached) && self.pull.hit != self.pull.miss;
        self.distributions().into_iter().all(Distribution::is_constant)
            && pull_is_constant
            && !pull_varies
            && never_or_always(self.failure)
            && self.supply.is_none_or(|supply| supply.free == 1.0)
    }

    /// Whether some start may fail.
    #[must_use]
    pub fn may_fail(&self) -> bool {
        self.failure > 0.0 || self.limit.is_some()
    }

    /// Every distribution that it draws from.
    #[must_use]
    pub fn distributions(&self) -> [&Distribution; 5] {
        [&self.allocate, &self.pull.hit, &self.pull.miss, &self.load, &self.initialize]
    }
}

impl Pull {
    /// The image takes the same on every host.
    #[must_use]
    pub fn always(duration: Distribution) -> Pull {
        Pull { cached: 0.0, hit: StartUp::NOTHING, miss: duration }
    }
}
