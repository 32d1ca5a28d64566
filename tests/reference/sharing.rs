//! Requests in service on one instance that share its throughput, from the documented rule: how much each has left to do,
//! brought up to date one by one whenever one of them comes or goes.

use breakeven::scenario::Throughput;
use breakeven::unit::{Span, Time};

/// Work is counted in 2^-32 ns.
const UNITS: f64 = 4_294_967_296.0;

/// What an instance that shares its throughput has in hand.
#[derive(Clone, Debug)]
pub struct InHand {
    throughput: Throughput,
    services: Vec<Service>,
    as_of: Time,
}

#[derive(Clone, Debug)]
struct Service {
    request: usize,
    /// Its turn in the order in which services began.
    turn: u64,
    /// Below zero once more is done than there was to do, as happens within a nanosecond.
    left: i128,
}

impl InHand {
    pub fn new(throughput: &Throughput) -> InHand {
        InHand { throughput: throughput.clone(), services: Vec::new(), as_of: Time::START }
    }

    pub fn begin(&mut self, now: Time, request: usize, turn: u64, work: Span) {
        self.work_until(now);
        self.services.push(Service { request, turn, left: i128::from(work.nanos()) * UNITS as i128 });
    }

    pub fn end(&mut self, now: Time, request: usize) {
        self.work_until(now);
        self.services.retain(|service| service.request != request);
    }

    fn work_until(&mut self, now: Time) {
        let done = i128::from(now.nanos() - self.as_of.nanos()) * self.speed();
        self.services.iter_mut().for_each(|service| service.left -= done);
        self.as_of = now;
    }

    /// The request that completes next, when, and its turn, if nobody comes before that.
    pub fn next(&self) -> Option<(usize, Time, u64)> {
        let next = self.services.iter().min_by_key(|service| (service.left, service.turn))?;
        let left = next.left.max(0);
        let mut nanos = left / self.speed();
        if nanos * self.speed() < left {
            nanos += 1;
        }
        let after = Span::from_nanos(u64::try_from(nanos).expect("a test ends before the clock"));
        Some((next.request, self.as_of + after, next.turn))
    }

    /// The work that each does in a nanosecond: to the nearest unit, and no more than alone.
    fn speed(&self) -> i128 {
        let batch = self.services.len();
        if batch == 0 {
            return 0;
        }
        let share = relative_throughput(&self.throughput, batch) / batch as f64;
        (share * UNITS).round_ties_even().min(UNITS) as i128
    }
}

/// Of the whole instance, which is 1 for one request.
fn relative_throughput(throughput: &Throughput, batch: usize) -> f64 {
    let batch = batch as f64;
    match throughput {
        Throughput::Independent => batch,
        Throughput::Power { exponent } => batch.powf(*exponent),
        Throughput::Table(rows) => {
            let row = |index: usize| (f64::from(rows[index].batch), rows[index].relative.billionths as f64 / 1e9);
            let low = (0..rows.len()).rev().find(|&index| row(index).0 <= batch).expect("the first batch size is 1");
            let (from, at_least) = row(low);
            if low + 1 == rows.len() {
                return at_least;
            }
            let (to, at_most) = row(low + 1);
            at_least + (at_most - at_least) * (batch - from) / (to - from)
        }
    }
}
