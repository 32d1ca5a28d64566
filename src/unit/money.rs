//! Exact money: whole nano-dollars, and prices that are rounded only once a line of a bill.

use std::cmp::Ordering;
use std::fmt;
use std::iter::Sum;
use std::ops::{Add, AddAssign, Sub};

use super::{Span, divide_half_even, multiply_divide};

/// An amount of US dollars, in whole nano-dollars.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Usd(i128);

impl Usd {
    pub const ZERO: Usd = Usd(0);

    #[must_use]
    pub const fn from_nanos(nano_dollars: i128) -> Usd {
        Usd(nano_dollars)
    }

    #[must_use]
    pub const fn nanos(self) -> i128 {
        self.0
    }

    /// Dollars, for statistics and display.
    #[must_use]
    pub fn dollars(self) -> f64 {
        self.0 as f64 / 1e9
    }

    /// This amount `count` times.
    #[must_use]
    pub fn times(self, count: u64) -> Usd {
        Usd(self.0 * i128::from(count))
    }

    /// The amount multiplied, to the nearest nano-dollar.
    #[must_use]
    pub fn scaled(self, factor: f64) -> Usd {
        if factor == 1.0 { self } else { Usd((self.0 as f64 * factor).round() as i128) }
    }

    /// This amount, which is not negative, for `count` times so many billionths of a unit, to the nearest nano-dollar, halves to
    /// the even one.
    ///
    /// # Panics
    /// When the result leaves 127 bits.
    #[must_use]
    pub fn of_billionths(self, billionths: u64, count: u64) -> Usd {
        Usd(multiply_divide(self.0.unsigned_abs() * u128::from(billionths), count.into(), 1_000_000_000))
    }
}

impl Add for Usd {
    type Output = Usd;
    fn add(self, other: Usd) -> Usd {
        Usd(self.0 + other.0)
    }
}

impl AddAssign for Usd {
    fn add_assign(&mut self, other: Usd) {
        self.0 += other.0;
    }
}

impl Sub for Usd {
    type Output = Usd;
    fn sub(self, other: Usd) -> Usd {
        Usd(self.0 - other.0)
    }
}

impl Sum for Usd {
    fn sum<I: Iterator<Item = Usd>>(amounts: I) -> Usd {
        amounts.fold(Usd::ZERO, Add::add)
    }
}

impl fmt::Display for Usd {
    /// The exact amount with at least two decimals: `$2880.00`, `$0.002`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let nanos = self.0.unsigned_abs();
        let fraction = format!("{:09}", nanos % 1_000_000_000);
        let trimmed = fraction.trim_end_matches('0');
        write!(f, "{sign}${}.{:0<2}", nanos / 1_000_000_000, trimmed)
    }
}

/// A price of time: an exact amount per span, as written (`$4.00/h`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Price {
    pico_dollars: u64,
    per: Span,
}

impl Price {
    /// Nothing an hour.
    pub const FREE: Price = Price { pico_dollars: 0, per: Span::HOUR };
    /// The most that a price may be, in dollars per its unit of time.
    pub const MOST_DOLLARS: u64 = 1_000_000;

    /// `pico_dollars` (10^-12 dollars) for every `per`.
    ///
    /// # Panics
    /// When `per` is zero.
    #[must_use]
    pub fn new(pico_dollars: u64, per: Span) -> Price {
        assert!(per > Span::ZERO, "a price is for a span of time");
        Price { pico_dollars, per }
    }

    #[must_use]
    pub fn is_free(self) -> bool {
        self.pico_dollars == 0
    }

    #[must_use]
    pub fn pico_dollars(self) -> u64 {
        self.pico_dollars
    }

    #[must_use]
    pub fn per(self) -> Span {
        self.per
    }

    /// The price multiplied by a factor of zero or more, to the nearest pico-dollar of its unit of time.
    #[must_use]
    pub fn scaled(self, factor: f64) -> Price {
        if factor == 1.0 { self } else { Price::new((self.pico_dollars as f64 * factor).round() as u64, self.per) }
    }

    /// Dollars an hour, for display and statistics.
    #[must_use]
    pub fn dollars_per_hour(self) -> f64 {
        self.pico_dollars as f64 / 1e12 * (Span::HOUR.nanos() as f64 / self.per.nanos() as f64)
    }

    /// Dollars of an hour's use, to the nearest nano-dollar, for display.
    #[must_use]
    pub fn of_an_hour(self) -> Usd {
        self.cost(u128::from(Span::HOUR.nanos()))
    }

    /// Which of two prices is the lower one, exactly, whatever span each is for.
    #[must_use]
    pub fn compare(self, other: Price) -> Ordering {
        let cross = |price: Price, per: Span| u128::from(price.pico_dollars) * u128::from(per.nanos());
        cross(self, other.per).cmp(&cross(other, self.per))
    }

    /// What `nanos` nanoseconds of use cost, to the nearest nano-dollar, halves to the even one.
    ///
    /// # Panics
    /// When the use is longer than 127 bits of nanoseconds can tell.
    #[must_use]
    pub fn cost(self, nanos: u128) -> Usd {
        let nanos = i128::try_from(nanos).expect("usage fits in 127 bits");
        let (per, price) = (i128::from(self.per.nanos()), i128::from(self.pico_dollars));
        // The whole units first: a product of the full usage and the price would leave 127 bits.
        let whole_pico_dollars = nanos / per * price;
        let whole_nano_dollars = whole_pico_dollars / 1_000;
        let even_part = whole_nano_dollars - whole_nano_dollars % 2;
        let rest = (whole_pico_dollars - even_part * 1_000) * per + nanos % per * price;
        Usd(even_part + divide_half_even(rest, per * 1_000))
    }
}

impl Price {
    /// What `nanos` nanoseconds of so many billionths of a unit cost at this price of one unit, to the nearest nano-dollar,
    /// halves to the even one.
    ///
    /// # Panics
    /// When the result leaves 127 bits.
    #[must_use]
    pub fn cost_of(self, billionths: u64, nanos: u128) -> Usd {
        let per = u128::from(self.per.nanos()) * 1_000 * 1_000_000_000;
        Usd(multiply_divide(nanos, u128::from(self.pico_dollars) * u128::from(billionths), per))
    }
}

impl fmt::Display for Price {
    /// As it is written in a scenario: `$4.00/h`, `$0.0011/s`, `$2880.00/month`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let fraction = format!("{:012}", self.pico_dollars % 1_000_000_000_000);
        let trimmed = fraction.trim_end_matches('0');
        write!(f, "${}.{:0<2}/", self.pico_dollars / 1_000_000_000_000, trimmed)?;
        match self.per {
            Span::SECOND => f.write_str("s"),
            Span::MINUTE => f.write_str("min"),
            Span::HOUR => f.write_str("h"),
            Span::DAY => f.write_str("day"),
            Span::WEEK => f.write_str("week"),
            Span::MONTH => f.write_str("month"),
            other => write!(f, "{other}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_price_and_an_amount_are_multiplied_to_their_last_digit() {
        let price = Price::new(1_097_000_000, Span::SECOND);
        assert_eq!(price.scaled(1.2), Price::new(1_316_400_000, Span::SECOND));
        assert_eq!((price.scaled(1.0), price.scaled(0.0).is_free()), (price, true));
        assert_eq!(Usd::from_nanos(2_000_000).scaled(0.8), Usd::from_nanos(1_600_000));
    }

    #[test]
    fn four_dollars_an_hour_for_a_month_is_exact() {
        let price = Price::new(4_000_000_000_000, Span::HOUR);
        assert_eq!(price.cost(u128::from(Span::MONTH.nanos())).to_string(), "$2880.00");
    }

    #[test]
    fn prices_are_compared_whatever_span_they_are_for() {
        let (second, hour) = (Price::new(1_097_000_000, Span::SECOND), Price::new(3_949_200_000_000, Span::HOUR));
        assert_eq!((second.compare(hour), second.of_an_hour()), (Ordering::Equal, hour.of_an_hour()));
        assert_eq!(second.of_an_hour().to_string(), "$3.9492");
        assert_eq!(second.compare(Price::new(3_949_200_000_001, Span::HOUR)), Ordering::Less);
        assert_eq!(Price::new(u64::MAX, Span::LONGEST).compare(Price::FREE), Ordering::Greater);
    }

    #[test]
    fn a_number_of_units_costs_so_many_times_the_price_of_one() {
        // Cloud Run: four vCPU of $0.000018 a second for a month of seconds.
        let price = Price::new(18_000_000, Span::SECOND);
        let month = u128::from(Span::MONTH.nanos());
        assert_eq!(price.cost_of(4_000_000_000, month).to_string(), "$186.624");
        assert_eq!(price.cost_of(1_000_000_000, month), price.cost(month));
        assert_eq!(Usd::from_nanos(90_000_000).of_billionths(1_000_000, 2_000_000).to_string(), "$180.00");
        let dearest = Price::new(Price::MOST_DOLLARS * 1_000_000_000_000, Span::SECOND);
        let decade = 1_000_000 * u128::from(Span::LONGEST.nanos());
        assert_eq!(dearest.cost_of(1_000_000_000, decade), dearest.cost(decade));
        assert_eq!(dearest.cost_of(10_000_000_000_000, decade).nanos(), 10_000 * dearest.cost(decade).nanos());
    }

    #[test]
    fn the_largest_bill_fits() {
        let price = Price::new(Price::MOST_DOLLARS * 1_000_000_000_000, Span::HOUR);
        let cost = price.cost(1_000_000 * u128::from(Span::LONGEST.nanos()));
        assert_eq!(cost.nanos(), 1_000_000 * 1_000_000 * 87_600 * 1_000_000_000);
    }

    #[test]
    fn prices_and_amounts_print_as_they_are_written() {
        assert_eq!(Price::new(1_100_000_000, Span::SECOND).to_string(), "$0.0011/s");
        assert_eq!(Price::new(4_000_000_000_000, Span::HOUR).to_string(), "$4.00/h");
        assert_eq!(Usd::from_nanos(-2_000_000).to_string(), "-$0.002");
        assert_eq!(Usd::ZERO.to_string(), "$0.00");
    }
}
