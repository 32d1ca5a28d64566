//! Products that leave 128 bits, divided exactly.

/// `a x b / divisor` to the nearest integer, halves to the even one; exact whatever the size of the product.
///
/// # Panics
/// When `divisor` is zero or has its highest bit set, or the result leaves 127 bits.
#[must_use]
pub fn multiply_divide(a: u128, b: u128, divisor: u128) -> i128 {
    assert!(divisor > 0 && divisor >> 127 == 0, "a divisor of 1 to 127 bits");
    let (quotient, remainder) = match a.checked_mul(b) {
        Some(product) => (product / divisor, product % divisor),
        None => divide(product(a, b), divisor),
    };
    let up = remainder > divisor - remainder || (remainder == divisor - remainder && quotient % 2 == 1);
    i128::try_from(quotient + u128::from(up)).expect("a quotient fits in 127 bits")
}

/// The product's upper and lower 128 bits.
fn product(a: u128, b: u128) -> (u128, u128) {
    const LOW: u128 = u64::MAX as u128;
    let (a_high, a_low, b_high, b_low) = (a >> 64, a & LOW, b >> 64, b & LOW);
    let low = a_low * b_low;
    let (first, second) = (a_high * b_low, a_low * b_high);
    let middle = (low >> 64) + (first & LOW) + (second & LOW);
    let high = a_high * b_high + (first >> 64) + (second >> 64) + (middle >> 64);
    (high, (middle << 64) | (low & LOW))
}

/// Long division, a bit at a time: the quotient and the remainder.
fn divide((high, low): (u128, u128), divisor: u128) -> (u128, u128) {
    assert!(high < divisor, "a quotient fits in 128 bits");
    let (mut quotient, mut remainder) = (0, high);
    for bit in (0..128).rev() {
        remainder = (remainder << 1) | ((low >> bit) & 1);
        quotient <<= 1;
        if remainder >= divisor {
            remainder -= divisor;
            quotient |= 1;
        }
    }
    (quotient, remainder)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::unit::divide_half_even;

    #[test]
    fn halves_go_to_the_even_neighbour() {
        assert_eq!([1, 3, 5, 7].map(|a| multiply_divide(a, 1, 2)), [0, 2, 2, 4]);
        // 2^100 x 3^20 / 2^101 = 3^20 / 2, and 3^20 / 2 lies half way.
        let odd = 3_u128.pow(20);
        assert_eq!(multiply_divide(1 << 100, odd, 1 << 101), i128::try_from(odd / 2 + odd / 2 % 2).unwrap());
    }

    proptest! {
        #[test]
        fn small_products_are_as_in_plain_arithmetic(a in any::<u64>(), b in 0..u64::MAX / 2, divisor in 1..i128::MAX) {
            let expected = divide_half_even(i128::from(a) * i128::from(b), divisor);
            prop_assert_eq!(multiply_divide(a.into(), b.into(), divisor as u128), expected);
        }

        #[test]
        fn large_products_give_back_their_factor(a in 0..i128::MAX as u128, b in 1..i128::MAX as u128, more in 0_u128..1_000) {
            prop_assert_eq!(multiply_divide(a, b, b), a as i128);
            prop_assert_eq!(divide(product(a, b), b), (a, 0));
            // (a x b + more) / b has the remainder `more`, where that is less than b.
            let (high, low) = product(a, b);
            let (low, carry) = low.overflowing_add(more);
            let (quotient, remainder) = divide((high + u128::from(carry), low), b);
            prop_assert_eq!((quotient, remainder), (a + more / b, more % b));
        }
    }
}
