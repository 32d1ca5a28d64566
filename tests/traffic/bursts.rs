//! On-off bursts against the closed forms of a Markov-modulated Poisson process with two states.

use breakeven::scenario::{Arrivals, Shape};
use breakeven::unit::Span;

use super::*;

const ON: u64 = 20;
const OFF: u64 = 80;
const SHARE_ON: f64 = ON as f64 / (ON + OFF) as f64;

fn bursty(peak_over_mean: f64, rate: u64, horizon: u64) -> Scenario {
    let arrivals =
        Arrivals::OnOff { on: Span::from_nanos(ON * SECOND), off: Span::from_nanos(OFF * SECOND), peak_over_mean };
    scenario(horizon, vec![class("api", synthetic(per_second(rate), Shape::Constant, arrivals))])
}

#[test]
fn the_dispersion_of_counts_is_the_closed_form() {
    const RATE: f64 = 2.0;
    const PEAK: f64 = 3.0;
    let off_factor = (1.0 - SHARE_ON * PEAK) / (1.0 - SHARE_ON);
    let relaxation = (1.0 / ON as f64 + 1.0 / OFF as f64).recip();
    let variance_of_rate = SHARE_ON * (1.0 - SHARE_ON) * ((PEAK - off_factor) * RATE).powi(2);
    for window in [5_u64, 30, 300] {
        let t = window as f64;
        let covariance = relaxation * t - relaxation.powi(2) * (1.0 - (-t / relaxation).exp());
        let expected = 1.0 + 2.0 * variance_of_rate * covariance / (RATE * t);
        let dispersions: Vec<f64> = (0..60)
            .map(|replication| {
                let windows = 120_000 / window as usize;
                let mut counts = vec![0.0; windows];
                for at in arrivals(&bursty(PEAK, RATE as u64, windows as u64 * window * SECOND), replication) {
                    counts[(at.nanos() / (window * SECOND)) as usize] += 1.0;
                }
                // With the mean known, so that the estimate is without bias.
                let deviations = counts.iter().map(|count| (count - RATE * t).powi(2));
                deviations.sum::<f64>() / windows as f64 / (RATE * t)
            })
            .collect();
        assert_mean(&dispersions, expected);
    }
}

#[test]
fn at_the_start_the_source_is_on_as_often_as_ever() {
    const REPLICATIONS: u32 = 5_000;
    // Off means no arrivals, on 1,000 a second: an arrival within 20 ms tells the state but for e^-20.
    let scenario = bursty(1.0 / SHARE_ON, 200, SECOND / 50);
    let on = (0..REPLICATIONS).filter(|&replication| !arrivals(&scenario, replication).is_empty());
    let deviation = (f64::from(REPLICATIONS) * SHARE_ON * (1.0 - SHARE_ON)).sqrt();
    assert_within(on.count() as f64, f64::from(REPLICATIONS) * SHARE_ON, deviation);
}

#[test]
fn bursts_without_a_peak_are_poisson_arrivals() {
    let plain = synthetic(per_second(1), Shape::Constant, Arrivals::Poisson);
    let plain = arrivals(&scenario(DAY, vec![class("api", plain)]), 0);
    let bursty = arrivals(&bursty(1.0, 1, DAY), 0);
    // The same draws: cut into pieces of the same rate, rounding may move an instant.
    assert_eq!(plain.len(), bursty.len());
    assert!(plain.iter().zip(&bursty).all(|(a, b)| a.nanos().abs_diff(b.nanos()) <= 1));
}
