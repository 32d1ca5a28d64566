//! Where a function of volume crosses zero.

/// The zero between two volumes at which a function has opposite signs: regula falsi over the logarithm of the volume, in the
/// Illinois variant (Dowell and Jarratt, "A modified regula falsi method", BIT 11, 1971), which halves the value that stays at
/// one end, so that both ends close in. It ends when a step is shorter than the relative `tolerance`, or after `most` further
/// values. `low` and `high` come with their values.
///
/// # Errors
/// Those of the function.
pub(super) fn zero<E>(
    low: (f64, f64),
    high: (f64, f64),
    tolerance: f64,
    most: u32,
    mut function: impl FnMut(f64) -> Result<f64, E>,
) -> Result<f64, E> {
    let (mut a, mut b) = ((libm::log(low.0), low.1), (libm::log(high.0), high.1));
    // The end that stayed last time, and so is halved if it stays again.
    let mut stayed = None;
    let mut guess = chord(a, b);
    for _ in 0..most {
        let value = function(libm::exp(guess))?;
        if value == 0.0 {
            break;
        }
        if (value > 0.0) == (b.1 > 0.0) {
            b = (guess, value);
            if stayed.replace(End::Low) == Some(End::Low) {
                a.1 /= 2.0;
            }
        } else {
            a = (guess, value);
            if stayed.replace(End::High) == Some(End::High) {
                b.1 /= 2.0;
            }
        }
        let next = chord(a, b);
        let step = (next - guess).abs();
        guess = next;
        if step <= tolerance {
            break;
        }
    }
    Ok(libm::exp(guess))
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    Low,
    High,
}

/// Where the chord between two points crosses zero.
fn chord(a: (f64, f64), b: (f64, f64)) -> f64 {
    if a.1 == b.1 { f64::midpoint(a.0, b.0) } else { (a.0 * b.1 - b.0 * a.1) / (b.1 - a.1) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_crossing_is_found_in_few_values() {
        type Case = (fn(f64) -> f64, f64);
        let functions: [Case; 3] =
            [(|x| x - 2_000.0, 2_000.0), (|x| 3_000.0_f64.powi(2) - x * x, 3_000.0), (|x| x.ln() - 8.0, 8.0_f64.exp())];
        for (function, root) in functions {
            let mut values = 0;
            let counted = |x: f64| -> Result<f64, ()> {
                values += 1;
                Ok(function(x))
            };
            let ends = [1_000.0, 10_000.0].map(|x| (x, function(x)));
            let found = zero(ends[0], ends[1], 1e-4, 30, counted).unwrap();
            assert!((found / root - 1.0).abs() < 1e-4, "{found} is not {root}");
            assert!(values <= 10, "{values} values");
        }
    }

    #[test]
    fn fails_as_the_function_does() {
        assert_eq!(zero((1.0, -1.0), (2.0, 1.0), 1e-4, 9, |_| Err("no traffic")), Err("no traffic"));
    }
}
