//! Scales and their ticks: round numbers, powers of ten, hours and days.

use jiff::SignedDuration;
use jiff::civil::DateTime;

use crate::report::number;

use super::data::ScaleData;

/// From a value to a position in the chart.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Scale {
    kind: Kind,
    values: (f64, f64),
    positions: (f64, f64),
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Kind {
    Linear,
    Logarithmic,
}

impl Scale {
    pub(super) fn linear(values: (f64, f64), positions: (f64, f64)) -> Scale {
        Scale { kind: Kind::Linear, values, positions }
    }

    /// Both values must be positive.
    pub(super) fn logarithmic(values: (f64, f64), positions: (f64, f64)) -> Scale {
        Scale { kind: Kind::Logarithmic, values, positions }
    }

    pub(super) fn data(&self) -> ScaleData {
        let log = self.kind == Kind::Logarithmic;
        ScaleData { log, values: self.values, positions: self.positions }
    }

    /// The position of a value; one outside the scale is moved to its end.
    pub(super) fn at(&self, value: f64) -> f64 {
        let measure = |value: f64| match self.kind {
            Kind::Linear => value,
            Kind::Logarithmic => value.max(f64::MIN_POSITIVE).ln(),
        };
        let (low, high) = (measure(self.values.0), measure(self.values.1));
        let part = ((measure(value) - low) / (high - low)).clamp(0.0, 1.0);
        self.positions.0 + part * (self.positions.1 - self.positions.0)
    }
}

/// Where a tick is, and what it says.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Tick {
    pub value: f64,
    pub label: String,
}

/// The end of a scale from 0 that holds `most`, and its round ticks, about `count` of them.
pub(super) fn linear_ticks(most: f64, count: usize, write: impl Fn(f64) -> String) -> (f64, Vec<Tick>) {
    let most = if most > 0.0 { most } else { 1.0 };
    let step = round_step(most / count.max(1) as f64);
    let steps = (most / step - 1e-9).ceil().max(1.0);
    let ticks = (0..=steps as usize)
        .map(|index| {
            let value = index as f64 * step;
            Tick { value, label: write(value) }
        })
        .collect();
    (steps * step, ticks)
}

/// The least of 1, 2 and 5 times a power of ten that is not below `least`.
fn round_step(least: f64) -> f64 {
    let power = 10_f64.powf(least.log10().floor());
    [1.0, 2.0, 5.0, 10.0]
        .into_iter()
        .map(|factor| factor * power)
        .find(|&step| step >= least * (1.0 - 1e-9))
        .unwrap_or(10.0 * power)
}

/// The ends of a logarithmic scale of durations that holds both, and its ticks: powers of ten, with 2 and 5 between them
/// where there is room.
pub(super) fn logarithmic_ticks(low_s: f64, high_s: f64) -> ((f64, f64), Vec<Tick>) {
    let decades = (high_s / low_s).log10();
    let factors: &[f64] = match decades {
        d if d < 1.2 => &[1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0],
        d if d < 3.5 => &[1.0, 2.0, 5.0],
        _ => &[1.0],
    };
    let candidates = round_durations(factors);
    let below = candidates.iter().copied().rfind(|&tick| tick <= low_s * (1.0 + 1e-9));
    let above = candidates.iter().copied().find(|&tick| tick >= high_s * (1.0 - 1e-9));
    let mut ends = (below.unwrap_or(low_s), above.unwrap_or(high_s));
    if ends.0 == ends.1 {
        ends = (ends.0 / 2.0, ends.1 * 2.0);
    }
    let ticks = candidates
        .into_iter()
        .filter(|&tick| tick >= ends.0 * (1.0 - 1e-9) && tick <= ends.1 * (1.0 + 1e-9))
        .map(|value| Tick { value, label: number::round_duration(value) })
        .collect();
    (ends, ticks)
}

/// These multiples of the powers of ten of a second, and from a minute on those of minutes, hours and days.
fn round_durations(factors: &[f64]) -> Vec<f64> {
    const UNITS: [(f64, i32, f64); 4] =
        [(1.0, -9, 60.0), (60.0, 0, 3_600.0), (3_600.0, 0, 86_400.0), (86_400.0, 0, f64::INFINITY)];
    let mut durations = Vec::new();
    for (unit, least_power, next_unit) in UNITS {
        let multiples =
            (least_power..=4).flat_map(|power| factors.iter().map(move |factor| factor * 10_f64.powi(power)));
        durations.extend(
            multiples
                .map(|multiple| multiple * unit)
                // What is nearly the next unit would write over it.
                .filter(|&duration| duration * 1.3 < next_unit),
        );
    }
    durations
}

/// How fine the ticks of a logarithmic axis may be: multiples of each power of ten.
const FINENESS: [&[f64]; 4] = [&[1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0], &[1.0, 2.0, 5.0], &[1.0, 3.0], &[1.0]];

/// What a round value of an axis is a round number of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum RoundIn {
    /// Powers of ten.
    Numbers,
    /// Seconds, minutes, hours and days, of values in seconds.
    Durations,
}

impl RoundIn {
    /// The round values about and between two positive ones, ascending.
    fn multiples(self, factors: &[f64], (low, high): (f64, f64)) -> Vec<f64> {
        match self {
            RoundIn::Durations => round_durations(factors),
            RoundIn::Numbers => {
                let powers = low.log10().floor() as i32 - 1..=high.log10().ceil() as i32 + 1;
                powers.flat_map(|power| factors.iter().map(move |factor| factor * 10_f64.powi(power))).collect()
            }
        }
    }

    /// The least round step that is not below `least`.
    fn step(self, least: f64) -> f64 {
        let calendar = CALENDAR_STEPS.iter().map(|&step| step as f64).find(|&step| step >= least);
        match (self, calendar) {
            (RoundIn::Durations, Some(step)) if least >= 1.0 => step,
            _ => round_step(least),
        }
    }
}

/// The round values within `low..=high`, about `count` of them at most.
pub(super) fn linear_values((low, high): (f64, f64), count: usize, round: RoundIn) -> Vec<f64> {
    let step = round.step(((high - low) / count.max(1) as f64).max(f64::MIN_POSITIVE));
    let first = (low / step - 1e-6).ceil();
    let last = (high / step + 1e-6).floor();
    (0..=count).map(|index| first + index as f64).take_while(|&index| index <= last).map(|index| index * step).collect()
}

/// The ends of a linear scale that holds both values and begins or ends on round ones.
pub(super) fn linear_ends((low, high): (f64, f64), count: usize, round: RoundIn) -> (f64, f64) {
    if low >= high {
        return (low, low + 1.0);
    }
    let step = round.step((high - low) / count.max(1) as f64);
    ((low / step + 1e-9).floor() * step, (high / step - 1e-9).ceil() * step)
}

/// The round values within `low..=high`, both positive: multiples of the powers of ten as fine as leaves at most `count`,
/// or some powers only where there are too many, or linear steps where less than two would be left.
pub(super) fn logarithmic_values((low, high): (f64, f64), count: usize, round: RoundIn) -> Vec<f64> {
    let within = |factors: &[f64]| -> Vec<f64> {
        let multiples = round.multiples(factors, (low, high)).into_iter();
        multiples.filter(|&value| value >= low * (1.0 - 1e-9) && value <= high * (1.0 + 1e-9)).collect()
    };
    let values = FINENESS.into_iter().map(within).find(|values| values.len() <= count);
    let values = values.unwrap_or_else(|| {
        let powers = within(&[1.0]);
        let every = powers.len().div_ceil(count.max(1));
        powers.into_iter().step_by(every).collect()
    });
    if values.len() < 2 { linear_values((low, high), count, round) } else { values }
}

/// The ends of a logarithmic scale that holds both values, which are positive: round ones.
pub(super) fn logarithmic_ends((low, high): (f64, f64), round: RoundIn) -> (f64, f64) {
    let candidates = round.multiples(&[1.0, 2.0, 5.0], (low, high));
    let below = candidates.iter().copied().rfind(|&value| value <= low * (1.0 + 1e-9)).unwrap_or(low);
    let above = candidates.iter().copied().find(|&value| value >= high * (1.0 - 1e-9)).unwrap_or(high);
    if below < above { (below, above) } else { (below / 2.0, above * 2.0) }
}

/// The steps of a calendar's ticks, in seconds.
const CALENDAR_STEPS: [i64; 18] = [
    1,
    5,
    15,
    30,
    60,
    300,
    900,
    1_800,
    3_600,
    3 * 3_600,
    6 * 3_600,
    12 * 3_600,
    DAY,
    2 * DAY,
    7 * DAY,
    30 * DAY,
    90 * DAY,
    365 * DAY,
];
const DAY: i64 = 86_400;

/// The ticks of `[from_s, to_s]` seconds after `starts`, at most `count` of them: round times of the calendar, or round
/// durations where the window is shorter than a few seconds.
pub(super) fn calendar_ticks(starts: DateTime, (from_s, to_s): (f64, f64), count: usize) -> Vec<Tick> {
    let length = to_s - from_s;
    if length < 3.0 {
        return short_ticks((from_s, to_s), count);
    }
    let fits = |&&step: &&i64| length / step as f64 <= count as f64;
    let step = CALENDAR_STEPS.iter().find(fits).copied().unwrap_or(3_650 * DAY);
    // Counted from the midnight before the start, so that ticks are at round times of day.
    let time = starts.time();
    let past_midnight = i64::from(time.hour()) * 3_600 + i64::from(time.minute()) * 60 + i64::from(time.second());
    let first = (from_s as i64 + past_midnight).div_euclid(step);
    let mut ticks = Vec::new();
    for index in first.. {
        let seconds = index * step - past_midnight;
        if seconds as f64 > to_s {
            break;
        }
        if seconds as f64 >= from_s {
            ticks.push(Tick { value: seconds as f64, label: calendar_label(starts, seconds, step) });
        }
    }
    ticks
}

fn calendar_label(starts: DateTime, seconds: i64, step: i64) -> String {
    let Ok(instant) = starts.checked_add(SignedDuration::from_secs(seconds)) else {
        return String::new();
    };
    let midnight = instant.hour() == 0 && instant.minute() == 0 && instant.second() == 0;
    let format = match step {
        step if step >= 90 * DAY => "%b %Y",
        step if step >= 7 * DAY => "%-d %b",
        step if step >= DAY || midnight => "%a %-d %b",
        step if step >= 60 => "%H:%M",
        _ => "%H:%M:%S",
    };
    instant.strftime(format).to_string()
}

fn short_ticks((from_s, to_s): (f64, f64), count: usize) -> Vec<Tick> {
    let step = round_step((to_s - from_s).max(1e-9) / count.max(1) as f64);
    let first = (from_s / step - 1e-6).ceil() as i64;
    (first..)
        .map(|index| index as f64 * step)
        .take_while(|&value| value <= to_s + step * 1e-6)
        .map(|value| Tick { value, label: number::round_duration(value) })
        .collect()
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn labels(ticks: &[Tick]) -> Vec<&str> {
        ticks.iter().map(|tick| tick.label.as_str()).collect()
    }

    #[test]
    fn a_linear_axis_ends_on_a_round_number_above_its_data() {
        let (end, ticks) = linear_ticks(2_410.0, 5, |value| format!("{value}"));
        assert_eq!(end, 2_500.0);
        assert_eq!(labels(&ticks), ["0", "500", "1000", "1500", "2000", "2500"]);
        assert_eq!(linear_ticks(0.0, 5, |value| format!("{value}")).0, 1.0, "of nothing");
    }

    #[test]
    fn a_logarithmic_axis_holds_its_data_even_when_all_are_equal() {
        let ((low, high), ticks) = logarithmic_ticks(0.08, 31.0);
        assert!(low <= 0.08 && high >= 31.0 && ticks.len() >= 4, "{ticks:?}");
        let ((low, high), ticks) = logarithmic_ticks(2.0, 2.0);
        assert!(low < 2.0 && high > 2.0 && !ticks.is_empty(), "{low} {high} {ticks:?}");
        let (_, ticks) = logarithmic_ticks(15.0, 7_000.0);
        assert_eq!(labels(&ticks), ["10 s", "20 s", "1 min", "2 min", "5 min", "10 min", "20 min", "1 h", "2 h"]);
    }

    #[test]
    fn a_logarithmic_axis_of_numbers_is_as_fine_as_there_is_room_for() {
        let wide = logarithmic_values((1e4, 1e7), 12, RoundIn::Numbers);
        assert_eq!(wide, [1e4, 2e4, 5e4, 1e5, 2e5, 5e5, 1e6, 2e6, 5e6, 1e7]);
        assert_eq!(logarithmic_values((1e4, 1e7), 8, RoundIn::Numbers), [1e4, 3e4, 1e5, 3e5, 1e6, 3e6, 1e7]);
        assert_eq!(logarithmic_values((1e4, 1e7), 6, RoundIn::Numbers), [1e4, 1e5, 1e6, 1e7]);
        assert_eq!(logarithmic_values((5.0, 900.0), 6, RoundIn::Durations), [10.0, 30.0, 60.0, 180.0, 600.0]);
        assert_eq!(logarithmic_values((2.0, 2e9), 4, RoundIn::Numbers), [10.0, 1e4, 1e7], "every third power");
        assert_eq!(logarithmic_values((1.01, 1.04), 4, RoundIn::Numbers).len(), 4, "a narrow range has ticks too");
        assert_eq!(logarithmic_ends((310.0, 41_000.0), RoundIn::Numbers), (200.0, 50_000.0));
        assert_eq!(logarithmic_ends((50.0, 50.0), RoundIn::Numbers), (25.0, 100.0));
    }

    #[test]
    fn a_linear_axis_may_begin_anywhere_and_counts_time_by_the_clock() {
        assert_eq!(linear_values((97.0, 112.0), 4, RoundIn::Numbers), [100.0, 105.0, 110.0]);
        assert_eq!(linear_ends((-30.0, 82.0), 6, RoundIn::Numbers), (-40.0, 100.0));
        assert_eq!(linear_ends((0.0, 0.0), 6, RoundIn::Numbers), (0.0, 1.0), "of nothing");
        assert_eq!(linear_values((0.0, 7_200.0), 5, RoundIn::Durations), [0.0, 1_800.0, 3_600.0, 5_400.0, 7_200.0]);
    }

    #[test]
    fn days_are_told_by_their_date_and_hours_by_the_clock() {
        let starts = date(2026, 1, 5).at(0, 0, 0, 0);
        let week = calendar_ticks(starts, (86_400.0, 4.0 * 86_400.0), 9);
        assert_eq!(labels(&week)[..3], ["Tue 6 Jan", "12:00", "Wed 7 Jan"]);
        let afternoon = date(2026, 1, 5).at(14, 40, 0, 0);
        let hours = calendar_ticks(afternoon, (0.0, 3.0 * 3_600.0), 4);
        assert_eq!(labels(&hours), ["15:00", "16:00", "17:00"]);
    }

    #[test]
    fn a_window_shorter_than_seconds_is_told_in_durations() {
        let ticks = calendar_ticks(date(2026, 1, 5).at(0, 0, 0, 0), (0.0, 0.02), 5);
        assert_eq!(labels(&ticks), ["0 s", "5 ms", "10 ms", "15 ms", "20 ms"]);
    }
}
