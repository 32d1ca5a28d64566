//! How many requests are in flight if each begins when it arrives: the demand for slots, whatever fleet there is. Of Poisson arrivals
//! it is the number in an M/G/infinity queue.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use crate::scenario::{Decimal, Scenario};
use crate::unit::{Span, Time};

use super::Block;

/// Hours of a day.
pub const HOURS: usize = 24;

/// Counts the requests in flight while they pass, in memory for those in flight alone.
#[derive(Clone, Debug)]
pub struct InFlight {
    /// Of the GPUs: what takes S takes S / speed on them.
    speed: Decimal,
    from: Time,
    to: Time,
    /// From a midnight of the scenario's calendar to t = 0.
    time_of_day: u64,
    now: Time,
    ends: BinaryHeap<Reverse<Time>>,
    demand: Demand,
}

/// The requests in flight during the window of one replication.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Demand {
    /// By the number in flight: for how long there were so many, in nanoseconds. They add up to the window.
    pub time_at: Vec<u128>,
    /// By hour of the day, on the scenario's calendar: the numbers in flight x time, and the time, in nanoseconds.
    pub by_hour: [(u128, u128); HOURS],
}

impl InFlight {
    #[must_use]
    pub fn new(scenario: &Scenario, speed: Decimal) -> InFlight {
        let starts = scenario.starts.time();
        let seconds = starts.hour() as u64 * 3_600 + starts.minute() as u64 * 60 + starts.second() as u64;
        InFlight {
            speed,
            from: Time::START + scenario.warm_up,
            to: Time::START + scenario.horizon,
            time_of_day: seconds * Span::SECOND.nanos() + starts.subsec_nanosecond() as u64,
            now: Time::START,
            ends: BinaryHeap::new(),
            demand: Demand::default(),
        }
    }

    /// The next requests of the stream.
    pub fn add(&mut self, block: &Block) {
        for (&arrival, &service) in block.arrival.iter().zip(&block.service) {
            self.go_on(arrival);
            self.pass(arrival);
            self.ends.push(Reverse(arrival + self.speed.divides(service)));
        }
    }

    /// The end of the stream.
    #[must_use]
    pub fn finish(mut self) -> Demand {
        self.go_on(self.to);
        self.pass(self.to);
        self.demand
    }

    /// Lets requests end that do so by `until`.
    fn go_on(&mut self, until: Time) {
        while let Some(&Reverse(end)) = self.ends.peek()
            && end <= until
        {
            self.pass(end);
            self.ends.pop();
        }
    }

    /// As many are in flight from the last event to this one.
    fn pass(&mut self, until: Time) {
        let (from, to) = (self.now.max(self.from), until.min(self.to));
        self.now = until;
        if from >= to {
            return;
        }
        let count = self.ends.len();
        if count >= self.demand.time_at.len() {
            self.demand.time_at.resize(count + 1, 0);
        }
        self.demand.time_at[count] += u128::from((to - from).nanos());
        let (mut at, end) = (self.time_of_day + from.nanos(), self.time_of_day + to.nanos());
        while at < end {
            let hour = at / Span::HOUR.nanos();
            let next = end.min((hour + 1) * Span::HOUR.nanos());
            let (in_flight, time) = &mut self.demand.by_hour[hour as usize % HOURS];
            *in_flight += u128::from(next - at) * count as u128;
            *time += u128::from(next - at);
            at = next;
        }
    }
}

impl Demand {
    /// Adds that of another replication.
    pub fn add(&mut self, other: &Demand) {
        let longest = self.time_at.len().max(other.time_at.len());
        self.time_at.resize(longest, 0);
        self.time_at.iter_mut().zip(&other.time_at).for_each(|(sum, time)| *sum += time);
        for (sum, other) in self.by_hour.iter_mut().zip(&other.by_hour) {
            *sum = (sum.0 + other.0, sum.1 + other.1);
        }
    }

    /// The time of the windows, in nanoseconds.
    #[must_use]
    pub fn time(&self) -> u128 {
        self.time_at.iter().sum()
    }

    /// The mean number in flight; nothing of no time.
    #[must_use]
    pub fn mean(&self) -> f64 {
        self.mean_of(1)
    }

    /// The mean of the least number of instances of so many slots that serve those in flight.
    #[must_use]
    pub fn mean_of(&self, slots: u32) -> f64 {
        let instances = |in_flight: usize| in_flight.div_ceil(slots.max(1) as usize) as u128;
        let sum: u128 = self.time_at.iter().enumerate().map(|(count, time)| instances(count) * time).sum();
        sum as f64 / (self.time() as f64).max(1.0)
    }

    /// The most that are in flight for any time at all.
    #[must_use]
    pub fn peak(&self) -> u64 {
        self.time_at.iter().rposition(|&time| time > 0).unwrap_or(0) as u64
    }

    /// By the number in flight: the share of the time in which there are as many.
    #[must_use]
    pub fn shares(&self) -> Vec<f64> {
        let whole = (self.time() as f64).max(1.0);
        self.time_at.iter().map(|&time| time as f64 / whole).collect()
    }

    /// The least number that is not exceeded for at least this share (at most 1) of the time.
    #[must_use]
    pub fn fractile(&self, share: f64) -> u64 {
        let wanted = share * self.time() as f64;
        let mut below = 0;
        let found = self.time_at.iter().position(|time| {
            below += time;
            below as f64 >= wanted
        });
        found.map_or_else(|| self.peak(), |count| count as u64)
    }

    /// By hour of the day: the mean number in flight; `None` for hours that are not in the window.
    #[must_use]
    pub fn means_by_hour(&self) -> [Option<f64>; HOURS] {
        self.by_hour.map(|(in_flight, time)| (time > 0).then(|| in_flight as f64 / time as f64))
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::scenario::{Overrides, load_text};

    fn second(seconds: f64) -> Span {
        Span::from_nanos((seconds * 1e9) as u64)
    }

    /// A window from 10 s to 30 s, from half a minute before one o'clock on.
    fn scenario() -> Scenario {
        let text = "horizon = \"30s\"\nwarm_up = \"10s\"\nstarts = \"2026-01-05T00:59:40\"\n[[traffic]]\nname = \"a\"\nrate = \
                    \"1/s\"\nservice_time = \"1s\"\n[[fleet]]\nname = \"d\"\nkind = \"dedicated\"\n\
                    instances = 1\nprice = \"$1/h\"";
        let loaded = load_text(text, "test", Path::new(""), &Overrides::default());
        loaded.unwrap_or_else(|problems| panic!("{problems}")).scenario
    }

    fn demand(speed: u64, requests: &[(f64, f64)]) -> Demand {
        let mut in_flight = InFlight::new(&scenario(), Decimal { billionths: speed * Decimal::ONE.billionths });
        let block = Block {
            arrival: requests.iter().map(|&(arrival, _)| Time::START + second(arrival)).collect(),
            service: requests.iter().map(|&(_, service)| second(service)).collect(),
            class: vec![0; requests.len()],
        };
        in_flight.add(&block);
        in_flight.finish()
    }

    #[test]
    fn three_requests_by_hand() {
        // In flight from 4 to 14, from 12 to 22 and from 28 on: 10..12 one, 12..14 two, 14..22 one, 22..28 none, 28..30 one.
        let requests = [(4.0, 10.0), (12.0, 10.0), (28.0, 100.0)];
        let one = demand(1, &requests);
        let whole = |seconds: &[u64]| seconds.iter().map(|&s| u128::from(s) * 1_000_000_000).collect::<Vec<u128>>();
        assert_eq!(one.time_at, whole(&[6, 12, 2]));
        assert_eq!((one.mean(), one.mean_of(2), one.peak()), (16.0 / 20.0, 14.0 / 20.0, 2));
        assert_eq!([0.3, 0.31, 0.9, 0.91, 1.0].map(|share| one.fractile(share)), [0, 1, 1, 2, 2]);
        // The first hour ends at 20 s.
        let hours = one.means_by_hour();
        assert_eq!((hours[0], hours[1], hours[2]), (Some(12.0 / 10.0), Some(4.0 / 10.0), None));
        // On GPUs of twice the speed from 4 to 9, from 12 to 17 and from 28 on.
        assert_eq!(demand(2, &requests).time_at, whole(&[13, 7]));
        assert_eq!(demand(1, &[]).time_at, whole(&[20]));
        let mut both = one.clone();
        both.add(&demand(2, &requests));
        assert_eq!(both.time_at, whole(&[19, 19, 2]));
    }
}
