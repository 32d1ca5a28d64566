//! Whether traffic can be foreseen, from its own dispersion and autocorrelation.
//!
//! Two ways lead to "no". Within an hour: the counts of single minutes scatter about the hour's mean by more than a Poisson process does, so
//! that the rate itself swings (its coefficient of variation is what the index of dispersion has beyond 1, over the mean count). From
//! hour to hour: the counts vary, and neither the hour before (lag 1 h) nor the same hour of the day before (lag 24 h) tells what they are.

use serde::Serialize;

use crate::scenario::Scenario;
use crate::trace::TraceError;
use crate::traffic::{Profile, profile};
use crate::unit::Span;

/// A rate that swings by more than this share of its mean, as a coefficient of variation, is not steady.
pub const SWING: f64 = 0.3;
/// From this autocorrelation on the past tells what is to come: it explains a quarter of the variance.
pub const CORRELATED: f64 = 0.5;
/// The index of dispersion of a Poisson process strays from 1 by the square root of 2 / windows; so many times that is no chance.
const DEVIATIONS: f64 = 4.0;

/// What was measured, and what it comes to. A figure that cannot be measured (too few hours, too few requests) is `None`.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Predictability {
    pub predictable: bool,
    /// Variance over mean of the requests a minute, about the mean of their hour: 1 for a Poisson process.
    pub dispersion_within_hours: Option<f64>,
    /// The coefficient of variation of the rate from minute to minute within an hour, Poisson noise taken off.
    pub swing_within_hours: Option<f64>,
    /// The same from hour to hour.
    pub dispersion_of_hours: Option<f64>,
    pub swing_of_hours: Option<f64>,
    /// The autocorrelation of the requests an hour with those of the hour before, and of the same hour of the day before.
    pub autocorrelation_1h: Option<f64>,
    pub autocorrelation_24h: Option<f64>,
}

/// Measures the first replication's traffic over the whole horizon.
///
/// # Errors
/// When a trace cannot be read.
pub fn predictability(scenario: &Scenario) -> Result<Predictability, TraceError> {
    let minutes = (scenario.horizon.nanos() / Span::MINUTE.nanos()).clamp(1, MOST_MINUTES);
    let whole = Span::from_nanos(minutes * Span::MINUTE.nanos());
    let scenario = Scenario { horizon: whole.min(scenario.horizon), ..scenario.clone() };
    Ok(of_profile(&profile(&scenario, 0, minutes as usize)?))
}

/// A year.
const MOST_MINUTES: u64 = 365 * 24 * 60;

fn of_profile(profile: &Profile) -> Predictability {
    let counts: Vec<f64> = profile.series.iter().map(|bin| bin.observed_per_s * Span::MINUTE.seconds()).collect();
    of_counts(&counts)
}

/// From the requests of every minute.
fn of_counts(minutes: &[f64]) -> Predictability {
    const AN_HOUR: usize = 60;
    let hours: Vec<f64> = minutes.chunks_exact(AN_HOUR).map(|hour| hour.iter().sum()).collect();
    let within = match hours.len() {
        0 => Scatter::of(&[minutes]),
        _ => Scatter::of(&minutes.chunks_exact(AN_HOUR).collect::<Vec<_>>()),
    };
    let between = Scatter::of(&[&hours]);
    let (swing_within, swing_between) = (within.swing(), between.swing());
    let [an_hour_ago, a_day_ago] = [1, 24].map(|lag| autocorrelation(&hours, lag));
    let bursts = swing_within.is_some_and(|swing| swing > SWING);
    let told = [an_hour_ago, a_day_ago].iter().flatten().any(|&correlation| correlation >= CORRELATED);
    let wanders = swing_between.is_some_and(|swing| swing > SWING) && !told;
    Predictability {
        predictable: !bursts && !wanders,
        dispersion_within_hours: within.dispersion(),
        swing_within_hours: swing_within,
        dispersion_of_hours: between.dispersion(),
        swing_of_hours: swing_between,
        autocorrelation_1h: an_hour_ago,
        autocorrelation_24h: a_day_ago,
    }
}

/// How counts scatter about the mean of their group.
struct Scatter {
    mean: f64,
    /// Unbiased.
    variance: f64,
    /// Counts less one a group.
    freedom: f64,
}

impl Scatter {
    fn of(groups: &[&[f64]]) -> Scatter {
        let (mut sum, mut squares, mut count, mut freedom) = (0.0, 0.0, 0.0, 0.0);
        for group in groups.iter().filter(|group| group.len() > 1) {
            let mean = group.iter().sum::<f64>() / group.len() as f64;
            squares += group.iter().map(|value| (value - mean).powi(2)).sum::<f64>();
            sum += group.iter().sum::<f64>();
            count += group.len() as f64;
            freedom += group.len() as f64 - 1.0;
        }
        Scatter { mean: sum / f64::max(count, 1.0), variance: squares / f64::max(freedom, 1.0), freedom }
    }

    fn dispersion(&self) -> Option<f64> {
        (self.freedom > 0.0 && self.mean > 0.0).then(|| self.variance / self.mean)
    }

    /// Zero where the dispersion may be that of a Poisson process.
    fn swing(&self) -> Option<f64> {
        let beyond = self.dispersion()? - 1.0;
        let chance = DEVIATIONS * (2.0 / self.freedom).sqrt();
        Some(if beyond > chance { (beyond / self.mean).sqrt() } else { 0.0 })
    }
}

/// The correlation of values with those `lag` places before; `None` where nothing varies, and with too few: of two pairs it always is 1 or -1.
fn autocorrelation(values: &[f64], lag: usize) -> Option<f64> {
    const FEWEST_PAIRS: usize = 8;
    if values.len() < lag + lag.max(FEWEST_PAIRS) {
        return None;
    }
    let (earlier, later) = (&values[..values.len() - lag], &values[lag..]);
    let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
    let (from, to) = (mean(earlier), mean(later));
    let products = earlier.iter().zip(later).map(|(a, b)| (a - from) * (b - to)).sum::<f64>();
    let square = |values: &[f64], mean: f64| values.iter().map(|value| (value - mean).powi(2)).sum::<f64>();
    let scale = (square(earlier, from) * square(later, to)).sqrt();
    (scale > 0.0).then(|| products / scale)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::scenario::{Overrides, load_text};

    fn of(traffic: &str, horizon: &str) -> Predictability {
        let text = format!(
            "horizon = \"{horizon}\"\n[[traffic]]\nname = \"api\"\nservice_time = \"1s\"\n{traffic}\n[[fleet]]\nname = \"d\"\nkind = \
             \"dedicated\"\ninstances = 1\nprice = \"$1/h\"\n"
        );
        let loaded = load_text(&text, "test.toml", Path::new(""), &Overrides::default());
        predictability(&loaded.unwrap_or_else(|problems| panic!("{}", problems.render(false))).scenario).unwrap()
    }

    const DAY: &str = "shape = { kind = \"diurnal\", peak_over_mean = 1.8, peak_at = \"15:00\", weekend = 1.0 }";

    #[test]
    fn poisson_traffic_of_any_rate_is_predictable_with_a_day_or_without() {
        for rate in ["30/month", "6/h", "1/s", "20/s"] {
            let constant = of(&format!("rate = \"{rate}\""), "8d");
            assert!(constant.predictable, "{rate}: {constant:?}");
            let daily = of(&format!("rate = \"{rate}\"\n{DAY}"), "8d");
            assert!(daily.predictable, "{rate}: {daily:?}");
        }
        let busy = of(&format!("rate = \"20/s\"\n{DAY}"), "8d");
        // A sine of 0.8 has a coefficient of variation of 0.8 over the root of 2, and the day before tells the next.
        assert!((busy.swing_of_hours.unwrap() - 0.8 / 2.0_f64.sqrt()).abs() < 0.02, "{busy:?}");
        assert!(busy.autocorrelation_24h.unwrap() > 0.99, "{busy:?}");
    }

    #[test]
    fn random_bursts_of_minutes_are_unpredictable() {
        for rate in ["1/min", "1/s", "20/s"] {
            let bursts = "arrivals = { kind = \"on-off\", on = \"5min\", off = \"25min\", peak_over_mean = 4.0 }";
            let found = of(&format!("rate = \"{rate}\"\n{bursts}"), "8d");
            assert!(!found.predictable && found.swing_within_hours.unwrap() > SWING, "{rate}: {found:?}");
        }
    }

    #[test]
    fn bursts_of_hours_at_any_time_of_the_day_are_unpredictable() {
        // Steady within the hour, and nothing tells the next one.
        let minutes: Vec<f64> =
            (0..24 * 40).flat_map(|hour: u64| [if (hour * hour * 7 / 3) % 5 < 2 { 90.0 } else { 10.0 }; 60]).collect();
        let found = of_counts(&minutes);
        assert_eq!(found.swing_within_hours, Some(0.0));
        assert!(!found.predictable && found.swing_of_hours.unwrap() > SWING, "{found:?}");
    }

    #[test]
    fn what_cannot_be_measured_is_none_and_speaks_for_nothing() {
        let short = of("rate = \"1/s\"", "90s");
        assert_eq!((short.dispersion_of_hours, short.autocorrelation_1h, short.predictable), (None, None, true));
        let empty = of_counts(&[0.0; 600]);
        assert_eq!((empty.dispersion_within_hours, empty.autocorrelation_1h, empty.predictable), (None, None, true));
    }

    #[test]
    fn autocorrelation_is_one_for_what_repeats_and_minus_one_for_what_alternates() {
        let alternating: Vec<f64> = (0..20).map(|index| f64::from(index % 2)).collect();
        assert!((autocorrelation(&alternating, 1).unwrap() + 1.0).abs() < 1e-12);
        assert!((autocorrelation(&alternating, 2).unwrap() - 1.0).abs() < 1e-12);
        assert_eq!(autocorrelation(&[1.0; 9], 1), None);
        assert_eq!(autocorrelation(&alternating[..9], 2), None);
        assert!(autocorrelation(&alternating[..10], 2).is_some());
    }
}
