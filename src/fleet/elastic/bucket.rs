//! A bucket of tokens: how fast instances may be started.

use crate::unit::{Rate, Span, Time};

/// Fills at a rate up to its size; a start takes a token.
#[derive(Clone, Debug)]
pub(super) struct TokenBucket {
    rate: Rate,
    /// Tokens x 10^9 x the nanoseconds of the rate's unit, so that what flows in is a whole number.
    level: u128,
    size: u128,
    as_of: Time,
}

impl TokenBucket {
    /// A full bucket of `size` tokens.
    pub fn new(rate: Rate, size: u64) -> TokenBucket {
        let size = u128::from(size) * TokenBucket::token(rate);
        TokenBucket { rate, level: size, size, as_of: Time::START }
    }

    fn token(rate: Rate) -> u128 {
        u128::from(Span::SECOND.nanos()) * u128::from(rate.per().nanos())
    }

    fn level_at(&self, now: Time) -> u128 {
        let inflow = u128::from(now.saturating_since(self.as_of).nanos()) * u128::from(self.rate.nano_events());
        (self.level + inflow).min(self.size)
    }

    /// Whether there is a token.
    pub fn has_one(&self, now: Time) -> bool {
        self.level_at(now) >= TokenBucket::token(self.rate)
    }

    /// Takes a token, if there is one.
    pub fn take(&mut self, now: Time) {
        self.level = self.level_at(now).saturating_sub(TokenBucket::token(self.rate));
        self.as_of = now;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bucket_fills_continuously_up_to_its_size() {
        // 100 a second, at most 3: AWS Lambda's rule with a smaller bucket.
        let mut bucket = TokenBucket::new(Rate::new(100_000_000_000, Span::SECOND), 3);
        let at = |millis: u64| Time::from_nanos(millis * 1_000_000);
        for _ in 0..3 {
            assert!(bucket.has_one(at(0)));
            bucket.take(at(0));
        }
        assert!(!bucket.has_one(at(9)));
        assert!(bucket.has_one(at(10)));
        bucket.take(at(10));
        assert!(!bucket.has_one(at(19)));
        // Long idle: full, not more.
        for _ in 0..3 {
            assert!(bucket.has_one(at(1_000)));
            bucket.take(at(1_000));
        }
        assert!(!bucket.has_one(at(1_000)));
    }
}
