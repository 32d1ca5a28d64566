//! Service times from token counts, exact and rounded once.

use crate::scenario::Decimal;
use crate::unit::Span;

/// overhead + prompt / prompt_per_s + output / output_per_s.
#[derive(Clone, Copy, Debug)]
pub(super) struct TokenSpeed {
    pub(super) prompt_per_s: Decimal,
    pub(super) output_per_s: Decimal,
    pub(super) overhead: Span,
}

impl TokenSpeed {
    /// To the nearest nanosecond, halves to the even one; at most [`Span::LONGEST`].
    pub(super) fn service(&self, prompt: u64, output: u64) -> Span {
        // Two fractions below 1, over speeds of 64 bits: their common denominator fits in 128 bits.
        let (prompt_whole, prompt_rest) = nanos(prompt, self.prompt_per_s);
        let (output_whole, output_rest) = nanos(output, self.output_per_s);
        let prompt_speed = u128::from(self.prompt_per_s.billionths);
        let output_speed = u128::from(self.output_per_s.billionths);
        let denominator = prompt_speed * output_speed;
        let (first, second) = (prompt_rest * output_speed, output_rest * prompt_speed);
        let carries = first >= denominator - second;
        let rest = if carries { first - (denominator - second) } else { first + second };
        let whole = u128::from(self.overhead.nanos()) + prompt_whole + output_whole + u128::from(carries);
        let other = denominator - rest;
        let up = rest > other || (rest == other && whole % 2 == 1);
        let longest = u128::from(Span::LONGEST.nanos());
        Span::from_nanos((whole + u128::from(up)).min(longest) as u64)
    }
}

/// The nanoseconds that `tokens` take: the whole ones, and the numerator of the rest over the speed in billionths.
fn nanos(tokens: u64, per_s: Decimal) -> (u128, u128) {
    // tokens / (billionths / 10^9) seconds, in 10^-9 seconds.
    let numerator = u128::from(tokens) * 1_000_000_000_000_000_000;
    let speed = u128::from(per_s.billionths);
    (numerator / speed, numerator % speed)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use crate::unit::divide_half_even;

    use super::*;

    fn per_s(billionths: u64) -> Decimal {
        Decimal { billionths }
    }

    #[test]
    fn tokens_take_time_by_their_speeds() {
        let speed = TokenSpeed {
            prompt_per_s: per_s(8_000 * 1_000_000_000),
            output_per_s: per_s(60 * 1_000_000_000),
            overhead: Span::from_nanos(20_000_000),
        };
        // 374 / 8000 s + 44 / 60 s + 20 ms = 46.75 ms + 733.333... ms + 20 ms
        assert_eq!(speed.service(374, 44), Span::from_nanos(800_083_333));
    }

    #[test]
    fn the_largest_counts_and_speeds_neither_overflow_nor_exceed_the_longest_span() {
        for billionths in [1, u64::MAX - 1, u64::MAX] {
            let speed = TokenSpeed {
                prompt_per_s: per_s(billionths),
                output_per_s: per_s(billionths),
                overhead: Span::LONGEST,
            };
            assert_eq!(speed.service(u64::MAX, u64::MAX), Span::LONGEST);
        }
    }

    proptest! {
        #[test]
        fn the_sum_is_rounded_once(
            prompt in 0..100_000_u64, output in 0..100_000_u64,
            prompt_speed in 1..1_000_u64, output_speed in 1..1_000_u64, overhead in 0..1_000_u64,
        ) {
            // With speeds in billionths this small, a plain common denominator fits.
            let speed = TokenSpeed {
                prompt_per_s: per_s(prompt_speed * 1_000_000_000),
                output_per_s: per_s(output_speed * 1_000_000_000),
                overhead: Span::from_nanos(overhead),
            };
            let (a, b) = (i128::from(prompt_speed), i128::from(output_speed));
            let numerator = (i128::from(prompt) * b + i128::from(output) * a) * 1_000_000_000 + i128::from(overhead) * a * b;
            let expected = divide_half_even(numerator, a * b);
            prop_assert_eq!(i128::from(speed.service(prompt, output).nanos()), expected);
        }
    }
}
