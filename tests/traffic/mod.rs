//! Traffic against closed forms. Bounds are four standard errors of the estimator, or the Kolmogorov-Smirnov distance
//! that chance exceeds as rarely; seeds are fixed.

mod bursts;
mod distributions;
mod gaps;
mod profile;
mod rates;
mod replay;
mod superposition;

use breakeven::scenario::{Arrivals, Distribution, Scenario, ServiceTime, Shape, Source, TrafficClass};
use breakeven::traffic::{Block, RequestStream};
use breakeven::unit::{Rate, Span, Time};
use jiff::civil::DateTime;

pub const SECOND: u64 = Span::SECOND.nanos();
pub const HOUR: u64 = Span::HOUR.nanos();
pub const DAY: u64 = Span::DAY.nanos();

/// A rate of so many thousandths an hour.
pub fn milli_per_hour(milli_events: u64) -> Rate {
    Rate::new(milli_events * 1_000_000, Span::HOUR)
}

pub fn per_second(events: u64) -> Rate {
    Rate::new(events * 1_000_000_000, Span::SECOND)
}

pub fn synthetic(rate: Rate, shape: Shape, arrivals: Arrivals) -> Source {
    Source::Synthetic { rate, shape, arrivals }
}

pub fn class(name: &str, source: Source) -> TrafficClass {
    TrafficClass {
        name: name.to_owned(),
        source,
        service_time: ServiceTime::Drawn(Distribution::Constant(Span::SECOND)),
        timeout: None,
        retry: None,
    }
}

pub fn scenario(horizon: u64, traffic: Vec<TrafficClass>) -> Scenario {
    Scenario {
        name: String::new(),
        description: String::new(),
        horizon: Span::from_nanos(horizon),
        warm_up: Span::ZERO,
        replications: 1,
        seed: 7,
        starts: odd_start(),
        slo: None,
        traffic,
        fleets: Vec::new(),
        jobs: Vec::new(),
    }
}

/// A Thursday afternoon, so that no boundary of the calendar is one of the scenario's.
pub fn odd_start() -> DateTime {
    jiff::civil::date(2026, 1, 8).at(14, 37, 11, 500_000_000)
}

/// The start of a Monday.
pub fn monday() -> DateTime {
    jiff::civil::date(2026, 1, 5).at(0, 0, 0, 0)
}

pub fn diurnal(peak_over_mean: f64, weekend: f64) -> Shape {
    Shape::Diurnal { peak_over_mean, peak_at: Span::from_nanos(15 * HOUR + 20 * 60 * SECOND), weekend }
}

/// All of a replication's requests in one block.
pub fn requests(scenario: &Scenario, replication: u32) -> Block {
    let mut stream = RequestStream::new(scenario, replication).unwrap();
    let (mut all, mut block) = (Block::default(), Block::default());
    loop {
        stream.next_block(&mut block).unwrap();
        if block.is_empty() {
            return all;
        }
        all.arrival.append(&mut block.arrival);
        all.service.append(&mut block.service);
        all.class.append(&mut block.class);
    }
}

pub fn arrivals(scenario: &Scenario, replication: u32) -> Vec<Time> {
    requests(scenario, replication).arrival
}

/// The integral of a diurnal shape of mean 1 from the start of a Monday, in hours: the formula of the manual.
pub fn diurnal_integral(peak_over_mean: f64, weekend: f64, hours: f64) -> f64 {
    const PEAK_AT: f64 = 15.0 + 20.0 / 60.0;
    let angle = |hour: f64| std::f64::consts::TAU * (hour - PEAK_AT) / 24.0;
    let level = 7.0 / (5.0 + 2.0 * weekend);
    // Of one weekday's first `hour` hours.
    let of_day = |hour: f64| {
        let sines = angle(hour).sin() - angle(0.0).sin();
        level * (hour + (peak_over_mean - 1.0) * sines * 24.0 / std::f64::consts::TAU)
    };
    let (days, hour) = ((hours / 24.0).floor(), hours.rem_euclid(24.0));
    let (weeks, day) = ((days / 7.0).floor(), days.rem_euclid(7.0));
    let whole_days = day.min(5.0) + weekend * (day - 5.0).max(0.0);
    let today = if day < 5.0 { 1.0 } else { weekend };
    weeks * 168.0 + whole_days * 24.0 * level + today * of_day(hour)
}

pub fn hours(time: Time) -> f64 {
    time.nanos() as f64 / HOUR as f64
}

pub fn mean(samples: &[f64]) -> f64 {
    samples.iter().sum::<f64>() / samples.len() as f64
}

pub fn variance(samples: &[f64]) -> f64 {
    let mean = mean(samples);
    samples.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / (samples.len() - 1) as f64
}

/// Asserts that an estimate is within four of its standard errors of what it estimates.
#[track_caller]
pub fn assert_within(estimate: f64, expected: f64, standard_error: f64) {
    let z = (estimate - expected) / standard_error;
    assert!(z.abs() <= 4.0, "{estimate} is {z} standard errors of {standard_error} from {expected}");
}

/// Asserts that independent samples have that mean.
#[track_caller]
pub fn assert_mean(samples: &[f64], expected: f64) {
    assert_within(mean(samples), expected, (variance(samples) / samples.len() as f64).sqrt());
}

/// Asserts that samples come from a distribution function. Chance exceeds a distance of 2.3 / sqrt(n) once in 20,000
/// times (Kolmogorov's limit, 2 exp(-2 x 2.3^2)).
#[track_caller]
pub fn assert_distributed(mut samples: Vec<f64>, cdf: impl Fn(f64) -> f64) {
    samples.sort_by(f64::total_cmp);
    let n = samples.len() as f64;
    let distance = samples.iter().enumerate().map(|(index, &sample)| {
        let below = cdf(sample);
        (below - index as f64 / n).abs().max((below - (index + 1) as f64 / n).abs())
    });
    let distance = distance.fold(0.0, f64::max) * n.sqrt();
    assert!(distance < 2.3, "the Kolmogorov-Smirnov distance is {distance} / sqrt(n)");
}
