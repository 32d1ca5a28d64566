//! Why a request is not served.

/// The reason why a request is rejected, or times out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Loss {
    /// As many wait as may.
    QueueLimit,
    /// As many instances exist as may, and none has a free slot.
    MaxInstances,
    /// Instances may not be started any faster.
    StartRate,
    /// The platform's own proxies are full.
    Overload,
    /// No instance is ready.
    NoInstance,
    /// The starts of instances fail, one after the other.
    StartFailures,
    /// What may be spent has been spent.
    SpendCap,
    /// The instance was taken away during the service.
    Interrupted,
    /// The client gives up before the service begins.
    ClientTimeout,
    /// The platform drops requests that are this old.
    TimeToLive,
    /// The platform ends services that take this long.
    ExecutionLimit,
}

impl Loss {
    pub const ALL: [Loss; 11] = [
        Loss::QueueLimit,
        Loss::MaxInstances,
        Loss::StartRate,
        Loss::Overload,
        Loss::NoInstance,
        Loss::StartFailures,
        Loss::SpendCap,
        Loss::Interrupted,
        Loss::ClientTimeout,
        Loss::TimeToLive,
        Loss::ExecutionLimit,
    ];

    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Loss::QueueLimit => "queue-limit",
            Loss::MaxInstances => "max-instances",
            Loss::StartRate => "start-rate",
            Loss::Overload => "overload",
            Loss::NoInstance => "no-instance",
            Loss::StartFailures => "start-failures",
            Loss::SpendCap => "spend-cap",
            Loss::Interrupted => "interrupted",
            Loss::ClientTimeout => "client-timeout",
            Loss::TimeToLive => "time-to-live",
            Loss::ExecutionLimit => "execution-limit",
        }
    }

    /// The HTTP status that a client sees (RFC 9110, RFC 6585): 429 where it asks for too much, 503 where the service has
    /// nothing to serve with, 504 where the service took too long; `None` when the client has left.
    #[must_use]
    pub fn status(self) -> Option<u16> {
        match self {
            Loss::QueueLimit | Loss::MaxInstances | Loss::StartRate | Loss::SpendCap => Some(429),
            Loss::Overload | Loss::NoInstance | Loss::StartFailures | Loss::Interrupted => Some(503),
            Loss::TimeToLive | Loss::ExecutionLimit => Some(504),
            Loss::ClientTimeout => None,
        }
    }

    /// Whether the request counts as rejected; if not, as timed out.
    #[must_use]
    pub fn is_rejection(self) -> bool {
        !matches!(self, Loss::ClientTimeout | Loss::TimeToLive | Loss::ExecutionLimit)
    }
}

/// How many requests were lost for each reason.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Losses([u64; Loss::ALL.len()]);

impl Losses {
    pub fn count(&mut self, loss: Loss) {
        self.0[loss as usize] += 1;
    }

    #[must_use]
    pub fn of(&self, loss: Loss) -> u64 {
        self.0[loss as usize]
    }

    pub fn add(&mut self, other: &Losses) {
        super::outcome::add_all(&mut self.0, &other.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reason_has_its_own_place() {
        let mut losses = Losses::default();
        for (index, loss) in Loss::ALL.into_iter().enumerate() {
            assert_eq!(loss as usize, index);
            losses.count(loss);
            assert_eq!(losses.of(loss), 1);
        }
    }
}
