//! e^x in plain arithmetic: the same bits on every machine, and without a branch, so that a loop over it vectorises.

/// log2(e) and ln 2 in two parts, the first with 32 trailing zero bits, so that its product with a small whole number is
/// exact: Cody and Waite's reduction, with the constants of fdlibm's `e_exp.c` (Sun Microsystems, 1993).
const LOG2_E: f64 = std::f64::consts::LOG2_E;
const LN_2_HIGH: f64 = 6.931_471_803_691_238e-1;
const LN_2_LOW: f64 = 1.908_214_929_270_587_7e-10;
/// Adding 1.5 x 2^52 leaves the nearest whole number in the low bits of the sum.
const ROUNDER: f64 = 6_755_399_441_055_744.0;
/// Beyond this a result would no longer be a normal number.
const LARGEST: f64 = 700.0;

/// 1/2!, 1/3!, ..., 1/13!: the remainder of the series is below 10^-17 where |r| <= ln(2)/2.
const COEFFICIENTS: [f64; 12] = {
    let mut coefficients = [0.0; 12];
    let (mut factorial, mut index) = (1.0, 0);
    while index < coefficients.len() {
        factorial *= (index + 2) as f64;
        coefficients[index] = 1.0 / factorial;
        index += 1;
    }
    coefficients
};

/// e^x to within 2 units in the last place; `x` is clamped to [-700, 700].
#[inline]
pub(super) fn exp(x: f64) -> f64 {
    let x = x.clamp(-LARGEST, LARGEST);
    let rounded = x * LOG2_E + ROUNDER;
    let power = rounded - ROUNDER;
    let r = (x - power * LN_2_HIGH) - power * LN_2_LOW;
    // Estrin's scheme: short chains of dependent operations.
    let [c2, c3, c4, c5, c6, c7, c8, c9, c10, c11, c12, c13] = COEFFICIENTS;
    let r2 = r * r;
    let r4 = r2 * r2;
    let low = (c2 + c3 * r) + (c4 + c5 * r) * r2;
    let middle = (c6 + c7 * r) + (c8 + c9 * r) * r2;
    let high = (c10 + c11 * r) + (c12 + c13 * r) * r2;
    let mantissa = 1.0 + (r + r2 * (low + r4 * (middle + r4 * high)));
    // The low bits of `rounded` are the power of two; moved to the exponent's place, they scale.
    let scale = f64::from_bits((rounded.to_bits() << 52).wrapping_add(1.0_f64.to_bits()));
    mantissa * scale
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_ends_are_clamped() {
        assert_eq!(exp(0.0), 1.0);
        assert_eq!(exp(f64::NEG_INFINITY), exp(-LARGEST));
        assert_eq!(exp(1e300), exp(LARGEST));
    }

    proptest! {
        #[test]
        fn is_within_two_units_in_the_last_place_of_libm(x in -LARGEST..=LARGEST) {
            let (ours, theirs) = (exp(x), libm::exp(x));
            prop_assert!(ours.to_bits().abs_diff(theirs.to_bits()) <= 2, "exp({x}) = {ours}, libm says {theirs}");
        }
    }
}
