//! The guide's break-even formula in whole nano-dollars: requests = hourly rate x hours / price per request.

use crate::unit::{Price, Span, Usd};

/// The requests in `time` from which on a machine at `hourly` costs no more than `per_request` each: the quotient, rounded up
/// where it is not whole. `None` where a request costs nothing, so that no volume gets there.
#[must_use]
pub fn break_even_requests(hourly: Price, time: Span, per_request: Usd) -> Option<u64> {
    let machine = hourly.cost(u128::from(time.nanos())).nanos();
    let request = per_request.nanos();
    (request > 0).then(|| u64::try_from((machine + request - 1) / request).unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::unit::{parse_price, parse_usd};

    #[test]
    fn four_dollars_an_hour_and_a_fifth_of_a_cent_break_even_at_the_guides_volume() {
        let hourly = parse_price("$4.00/h").unwrap();
        let per_request = parse_usd("$0.002").unwrap();
        assert_eq!(hourly.cost(u128::from(Span::MONTH.nanos())), parse_usd("$2880").unwrap());
        assert_eq!(break_even_requests(hourly, Span::MONTH, per_request), Some(1_440_000));
    }

    #[test]
    fn the_first_whole_request_counts_and_free_requests_never_get_there() {
        let hourly = parse_price("$1/h").unwrap();
        assert_eq!(break_even_requests(hourly, Span::HOUR, parse_usd("$0.3").unwrap()), Some(4));
        assert_eq!(break_even_requests(hourly, Span::HOUR, parse_usd("$0.25").unwrap()), Some(4));
        assert_eq!(break_even_requests(hourly, Span::HOUR, Usd::ZERO), None);
        assert_eq!(break_even_requests(Price::FREE, Span::HOUR, parse_usd("$1").unwrap()), Some(0));
    }
}
