//! Clients that try again.

use crate::unit::Span;

/// How a client tries again when its request is rejected, times out or is cut off: after a back-off that grows from attempt
/// to attempt, less a random part of it. Nobody tries again later than a month of 30 days after the horizon.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Retry {
    /// Attempts after the first, in 1..=[`Retry::MOST`].
    pub limit: u16,
    /// Before the second attempt; above 0.
    pub backoff: Span,
    /// How much longer each further back-off is than the one before, at least 1.
    pub factor: f64,
    /// The longest back-off.
    pub longest: Span,
    /// The part of a back-off, in [0, 0.9], from which a uniform draw is taken off it.
    pub jitter: f64,
}

impl Retry {
    /// The most attempts after the first.
    pub const MOST: u16 = 1_000;

    /// After the attempt of this number, counted from 0; `draw` is uniform in [0, 1).
    #[must_use]
    pub fn back_off(&self, attempt: u16, draw: f64) -> Span {
        let mut grown = self.backoff.nanos() as f64;
        for _ in 0..attempt {
            grown = (grown * self.factor).min(self.longest.nanos() as f64);
        }
        let whole = Span::from_draw(grown).min(self.longest);
        Span::from_draw(whole.nanos() as f64 * (1.0 - self.jitter * draw)).max(self.least_back_off())
    }

    /// No back-off is shorter.
    #[must_use]
    pub fn least_back_off(&self) -> Span {
        let whole = self.backoff.min(self.longest);
        Span::from_draw(whole.nanos() as f64 * (1.0 - self.jitter)).max(Span::from_nanos(1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn back_offs_double_up_to_the_longest_and_jitter_shortens_them() {
        let seconds = |seconds: u64| Span::from_nanos(seconds * Span::SECOND.nanos());
        let plain = Retry { limit: 9, backoff: seconds(1), factor: 2.0, longest: seconds(10), jitter: 0.0 };
        let spans: Vec<Span> = (0..6).map(|attempt| plain.back_off(attempt, 0.7)).collect();
        assert_eq!(spans, [1, 2, 4, 8, 10, 10].map(seconds));
        let jittered = Retry { jitter: 0.5, ..plain };
        assert_eq!(jittered.back_off(2, 0.5), seconds(3));
        assert_eq!(jittered.least_back_off(), Span::from_nanos(500_000_000));
    }
}
