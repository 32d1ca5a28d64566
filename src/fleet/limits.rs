//! How long a platform lets a request take.

use crate::measure::Loss;
use crate::unit::{Span, Time};

use super::meter::Request;

/// The limits of a pool; `None`: none.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Limits {
    /// Of a service.
    pub execution: Option<Span>,
    /// Of waiting and service together, from the arrival.
    pub time_to_live: Option<Span>,
}

impl Limits {
    /// Whether there is one.
    pub fn any(self) -> bool {
        self.execution.is_some() || self.time_to_live.is_some()
    }

    /// When a service that begins at `start` is cut off, unless it has ended, and why. A service that ends just then is in time.
    #[inline]
    pub fn cut(self, request: &Request, start: Time) -> Option<(Time, Loss)> {
        if self.any() { self.first_of_both(request, start) } else { None }
    }

    #[inline(never)]
    fn first_of_both(self, request: &Request, start: Time) -> Option<(Time, Loss)> {
        let execution = self.execution.map(|limit| (start + limit, Loss::ExecutionLimit));
        let time_to_live = self.time_to_live.map(|limit| (request.arrival + limit, Loss::TimeToLive));
        [execution, time_to_live].into_iter().flatten().min_by_key(|&(time, _)| time)
    }

    /// How long a client of this patience waits, and why it then leaves.
    pub fn patience(self, timeout: Option<Span>) -> Option<(Span, Loss)> {
        let client = timeout.map(|timeout| (timeout, Loss::ClientTimeout));
        let platform = self.time_to_live.map(|limit| (limit, Loss::TimeToLive));
        [client, platform].into_iter().flatten().min_by_key(|&(span, _)| span)
    }
}
