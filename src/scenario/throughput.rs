//! How fast an instance works on several requests at once.

use crate::unit::divide_half_even;

use super::Decimal;

/// How the work of an instance is shared by the requests in service on it. With `b` of them the whole instance works
/// `f(b)` times as fast as with one, and each request at `f(b) / b` of the speed that it would have alone: processor
/// sharing (Kleinrock, Queueing Systems II, 1976, section 4.4), with a rate that depends on the state.
#[derive(Clone, Debug, PartialEq)]
pub enum Throughput {
    /// f(b) = b: a request is as fast as alone, whatever the other slots do.
    Independent,
    /// f(b) = b^exponent, the exponent in [0, 1]: 0 is classic processor sharing, 1 is as good as independent.
    Power { exponent: f64 },
    /// Linear between measured batch sizes, and constant beyond the last. At least one; the batch sizes rise from 1, where
    /// the relative throughput is 1; it never falls and is nowhere above the batch size.
    Table(Vec<Measured>),
}

/// The relative throughput of an instance that serves a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Measured {
    /// Requests in service.
    pub batch: u32,
    /// Of the whole instance; 1 is its throughput with one request.
    pub relative: Decimal,
}

impl Throughput {
    /// The speed of a request that has the instance to itself.
    pub const FULL_SPEED: u64 = 1 << 32;

    /// Each request's speed where `batch` are in service, in 2^-32 of its speed alone: the nearest whole number to
    /// 2^32 f(batch) / batch, at least 1 and at most [`Throughput::FULL_SPEED`]. `batch` is at least 1.
    #[must_use]
    pub fn speed(&self, batch: u32) -> u64 {
        let speed = match self {
            Throughput::Independent => Throughput::FULL_SPEED,
            Throughput::Power { exponent } => {
                let share = libm::pow(f64::from(batch), exponent - 1.0);
                (share * Throughput::FULL_SPEED as f64).round_ties_even() as u64
            }
            Throughput::Table(rows) => tabled_speed(rows, batch),
        };
        speed.clamp(1, Throughput::FULL_SPEED)
    }

    /// f(slots): the seconds of service, as long as they are alone, that an instance with all its slots in use gets done in
    /// a second.
    #[must_use]
    pub fn capacity(&self, slots: u32) -> f64 {
        self.speed(slots) as f64 / Throughput::FULL_SPEED as f64 * f64::from(slots)
    }
}

fn tabled_speed(rows: &[Measured], batch: u32) -> u64 {
    let billionths = |row: &Measured| i128::from(row.relative.billionths);
    let above = rows.partition_point(|row| row.batch <= batch);
    let (Some(low), high) = (above.checked_sub(1).map(|index| &rows[index]), rows.get(above)) else {
        return Throughput::FULL_SPEED;
    };
    // f(batch) = numerator / denominator billionths.
    let (numerator, denominator) = match high {
        None => (billionths(low), 1),
        Some(high) => {
            let (width, along) = (i128::from(high.batch - low.batch), i128::from(batch - low.batch));
            (billionths(low) * width + (billionths(high) - billionths(low)) * along, width)
        }
    };
    let one = i128::from(Decimal::ONE.billionths) * i128::from(batch);
    let speed = divide_half_even(numerator * i128::from(Throughput::FULL_SPEED), denominator * one);
    u64::try_from(speed).unwrap_or(Throughput::FULL_SPEED)
}

#[cfg(test)]
mod tests {
    use super::*;

    const FULL: u64 = Throughput::FULL_SPEED;

    fn table(rows: &[(u32, u64)]) -> Throughput {
        let row = |&(batch, tenths): &(u32, u64)| Measured {
            batch,
            relative: Decimal { billionths: tenths * Decimal::ONE.billionths / 10 },
        };
        Throughput::Table(rows.iter().map(row).collect())
    }

    #[test]
    fn a_power_lies_between_one_server_shared_by_all_and_slots_that_share_nothing() {
        let power = |exponent| Throughput::Power { exponent };
        for batch in [1, 2, 3, 8, 1_000, 10_000] {
            assert_eq!(power(1.0).speed(batch), FULL);
            let shared = FULL as f64 / f64::from(batch);
            assert_eq!(power(0.0).speed(batch), shared.round_ties_even() as u64);
            let root = FULL as f64 / f64::from(batch).sqrt();
            assert_eq!(power(0.5).speed(batch), root.round_ties_even() as u64);
        }
    }

    #[test]
    fn a_table_is_linear_between_its_rows_and_constant_beyond() {
        let curve = table(&[(1, 10), (2, 16), (4, 32), (5, 32)]);
        assert_eq!(curve.speed(1), FULL);
        // 1.6 / 2 and 3.2 / 4 of the full speed.
        assert_eq!([curve.speed(2), curve.speed(4)], [FULL / 5 * 4 + 1; 2]);
        // f(3) = 2.4.
        assert_eq!(curve.speed(3), FULL / 5 * 4 + 1);
        // 3.2 / 64 = 1 / 20.
        assert_eq!(curve.speed(64), FULL / 20 + 1);
        assert_eq!(table(&[(1, 10)]).speed(4), FULL / 4);
    }

    #[test]
    fn the_capacity_is_what_all_slots_get_done_together() {
        assert_eq!(Throughput::Independent.capacity(8).to_bits(), 8_f64.to_bits());
        assert!((Throughput::Power { exponent: 0.0 }.capacity(1_000) - 1.0).abs() < 1e-6);
        assert!((table(&[(1, 10), (8, 45)]).capacity(8) - 4.5).abs() < 1e-8);
    }
}
