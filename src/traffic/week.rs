//! When in the week requests are expected.

use jiff::civil::{DateTime, date};

use crate::scenario::{Scenario, Source};
use crate::trace::TraceError;
use crate::unit::Span;

use super::class_means;
use super::shape::Segments;

/// The hours of a week.
pub const WEEK_HOURS: usize = 168;

/// The expected requests of each hour of the week, from Monday's midnight on, relative to the mean hour. What is recorded counts as if
/// it came evenly. All 1 where nothing arrives.
///
/// # Errors
/// When a trace cannot be read.
pub fn week(scenario: &Scenario) -> Result<[f64; WEEK_HOURS], TraceError> {
    let mut hours = [0.0; WEEK_HOURS];
    for (class, means) in scenario.traffic.iter().zip(class_means(scenario)?) {
        match &class.source {
            Source::Synthetic { rate, shape, .. } => {
                for segment in Segments::new(*rate, shape, monday(), Span::WEEK) {
                    let hour = (segment.start / Span::HOUR.nanos()) as usize;
                    hours[hour] += segment.expected(segment.length);
                }
            }
            Source::Trace(_) => hours.iter_mut().for_each(|hour| *hour += means.rate_per_s * Span::HOUR.seconds()),
        }
    }
    let mean = hours.iter().sum::<f64>() / WEEK_HOURS as f64;
    Ok(hours.map(|hour| if mean > 0.0 { hour / mean } else { 1.0 }))
}

/// Any of them will do.
fn monday() -> DateTime {
    date(2026, 1, 5).at(0, 0, 0, 0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decide::fixture::{class, scenario};
    use crate::scenario::{Arrivals, Shape};

    fn of(shape: Shape) -> [f64; WEEK_HOURS] {
        let mut api = class("api", Arrivals::Poisson);
        if let Source::Synthetic { shape: of_class, .. } = &mut api.source {
            *of_class = shape;
        }
        week(&Scenario { traffic: vec![api], ..scenario(Vec::new()) }).expect("drawn traffic")
    }

    #[test]
    fn a_constant_rate_is_the_same_in_every_hour() {
        assert!(of(Shape::Constant).iter().all(|hour| (hour - 1.0).abs() < 1e-12));
    }

    #[test]
    fn a_diurnal_rate_peaks_at_its_hour_and_is_lower_at_weekends() {
        let peak_at = Span::from_nanos(15 * Span::HOUR.nanos());
        let hours = of(Shape::Diurnal { peak_over_mean: 1.8, peak_at, weekend: 0.5 });
        assert!((hours.iter().sum::<f64>() / WEEK_HOURS as f64 - 1.0).abs() < 1e-12);
        let (day, weekend) = (&hours[..24], &hours[5 * 24..6 * 24]);
        // The hours before and after the peak, at 15:00, are alike and the highest.
        assert!((day[14] - day[15]).abs() < 1e-9 && day.iter().all(|&hour| hour <= day[14] + 1e-9));
        for (weekday, weekend) in day.iter().zip(weekend) {
            assert!((weekday * 0.5 - weekend).abs() < 1e-9);
        }
    }
}
