//! Quantities that carry their unit: [`Time`] and [`Span`] in nanoseconds, [`Usd`] and [`Price`] in exact decimals,
//! [`Rate`] in events per span. They are read from and shown as the text that people write.

mod decimal;
mod money;
mod nearest;
pub(crate) mod quantity;
mod rate;
mod time;
mod wide;

pub use decimal::{DecimalError, scaled_decimal};
pub use money::{Price, Usd};
pub use nearest::nearest;
pub use quantity::{QuantityError, parse_price, parse_rate, parse_span, parse_time_of_day, parse_usd};
pub use rate::Rate;
pub use time::{Span, Time};
pub use wide::multiply_divide;

/// `numerator / denominator` to the nearest integer, halves to the even one.
///
/// # Panics
/// When `denominator` is not positive.
#[must_use]
pub fn divide_half_even(numerator: i128, denominator: i128) -> i128 {
    assert!(denominator > 0, "a denominator must be positive");
    let quotient = numerator.div_euclid(denominator);
    let remainder = numerator.rem_euclid(denominator);
    let above_half = remainder > denominator - remainder;
    let half = remainder == denominator - remainder;
    if above_half || (half && quotient % 2 != 0) { quotient + 1 } else { quotient }
}

#[cfg(test)]
mod tests {
    use super::divide_half_even;

    #[test]
    fn halves_go_to_the_even_neighbour() {
        let rounded: Vec<i128> = [-5, -3, -1, 1, 3, 5].map(|n| divide_half_even(n, 2)).to_vec();
        assert_eq!(rounded, [-2, -2, 0, 0, 2, 2]);
    }

    #[test]
    fn other_fractions_go_to_the_nearest_integer() {
        let rounded: Vec<i128> = [-5, -4, 4, 5].map(|n| divide_half_even(n, 3)).to_vec();
        assert_eq!(rounded, [-2, -1, 1, 2]);
    }
}
