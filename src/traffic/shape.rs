//! A class's rate over time, cut into segments within which its bounds are known.

use std::f64::consts::TAU;

use jiff::civil::DateTime;

use crate::scenario::Shape;
use crate::unit::{Rate, Span};

/// The length of a segment of a diurnal rate: short enough that its bounds are close to each other.
const SEGMENT: u64 = Span::MINUTE.nanos() * 15;
const DAY: u64 = Span::DAY.nanos();
/// The angle that the daily wave turns in a nanosecond.
const TURN: f64 = TAU / DAY as f64;

/// A stretch of time on which the rate is level x (1 + amplitude x cos(phase + TURN x offset)), offset from its start.
#[derive(Clone, Copy, Debug)]
pub(super) struct Segment {
    /// In nanoseconds from t = 0.
    pub(super) start: u64,
    /// In whole nanoseconds.
    pub(super) length: f64,
    /// Arrivals a nanosecond.
    pub(super) level: f64,
    /// Bounds of the rate over the segment, relative to `level`.
    pub(super) low: f64,
    pub(super) high: f64,
    amplitude: f64,
    phase_sin: f64,
    phase_cos: f64,
}

impl Segment {
    /// A stretch with one rate, in arrivals a nanosecond.
    pub(super) fn level(start: u64, end: u64, level: f64) -> Segment {
        Segment {
            start,
            length: (end - start) as f64,
            level,
            low: 1.0,
            high: 1.0,
            amplitude: 0.0,
            phase_sin: 0.0,
            phase_cos: 1.0,
        }
    }

    /// The rate `offset` nanoseconds after the start, relative to `level`.
    #[inline]
    pub(super) fn relative_rate(&self, offset: f64) -> f64 {
        let (sin, cos_less_one) = small_angle(offset * TURN);
        1.0 + self.amplitude * (self.phase_cos + (self.phase_cos * cos_less_one - self.phase_sin * sin))
    }

    /// The integral of the relative rate over the first `offset` nanoseconds.
    #[inline]
    pub(super) fn relative_integral(&self, offset: f64) -> f64 {
        let (sin, cos_less_one) = small_angle(offset * TURN);
        offset + self.amplitude / TURN * (self.phase_sin * cos_less_one + self.phase_cos * sin)
    }

    /// The arrivals expected in the first `offset` nanoseconds.
    pub(super) fn expected(&self, offset: f64) -> f64 {
        self.level * self.relative_integral(offset)
    }

    /// The place where `expected` arrivals are expected: the inverse of [`Segment::expected`], to a hundredth of a
    /// nanosecond. `behind` is a place before it.
    pub(super) fn place_of(&self, expected: f64, behind: Place) -> Place {
        let target = expected / self.level;
        let place = |offset| Place { expected, offset };
        if self.low == self.high {
            return place(target / self.low);
        }
        // Newton's method within a bracket that every step narrows; where a step would leave it, it is halved.
        const ENOUGH_STEPS: usize = 100;
        // The error after a step of Newton's is about the square of the step over the time from where the rate is zero:
        // a step of 1 us leaves less than 0.01 ns from a tenth of a second on, and closer to a zero nothing ever arrives.
        const LAST_STEP: f64 = 1_000.0;
        let (mut low, mut high) = (behind.offset, self.length);
        let rate_behind = self.level * self.relative_rate(behind.offset);
        let mut newton = behind.offset + (expected - behind.expected) / rate_behind;
        let mut offset = behind.offset;
        for _ in 0..ENOUGH_STEPS {
            let halved = !(newton >= low && newton <= high);
            let next = if halved { f64::midpoint(low, high) } else { newton };
            let step = (next - offset).abs();
            offset = next;
            if !halved && step < LAST_STEP {
                break;
            }
            let excess = self.relative_integral(offset) - target;
            if excess > 0.0 {
                high = offset;
            } else {
                low = offset;
            }
            newton = offset - excess / self.relative_rate(offset);
        }
        place(offset)
    }
}

/// A place in a segment: nanoseconds from its start, and the arrivals expected up to there.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Place {
    pub(super) expected: f64,
    pub(super) offset: f64,
}

/// sin(x) and cos(x) - 1 by their series, which ends below 10^-16 of sin(x) for the angle of a segment, 0.066.
#[inline]
fn small_angle(x: f64) -> (f64, f64) {
    let square = x * x;
    // 1/n! with alternating signs, by Horner's rule.
    let sin = x
        * (1.0
            + square * (-1.0 / 6.0 + square * (1.0 / 120.0 + square * (-1.0 / 5_040.0 + square * (1.0 / 362_880.0)))));
    let cos_less_one =
        square * (-1.0 / 2.0 + square * (1.0 / 24.0 + square * (-1.0 / 720.0 + square * (1.0 / 40_320.0))));
    (sin, cos_less_one)
}

/// The segments of a rate without gaps, from t = 0 until the horizon is covered. The last one is whole, so that what
/// happens before the horizon does not depend on it.
#[derive(Clone, Debug)]
pub(super) struct Segments {
    next: u64,
    horizon: u64,
    /// The mean rate, in arrivals a nanosecond.
    mean: f64,
    day: Option<Diurnal>,
}

/// The calendar of a diurnal shape.
#[derive(Clone, Debug)]
struct Diurnal {
    /// From Monday's midnight to t = 0, on the calendar.
    week_offset: u64,
    peak_at: u64,
    amplitude: f64,
    weekday_level: f64,
    weekend_level: f64,
}

impl Segments {
    pub(super) fn new(rate: Rate, shape: &Shape, starts: DateTime, horizon: Span) -> Segments {
        let day = match *shape {
            Shape::Constant => None,
            Shape::Diurnal { peak_over_mean, peak_at, weekend } => {
                // Five weekdays and two weekend days together have the mean 1; the cosine's own mean over a day is 0.
                let weekday_level = 7.0 / (5.0 + 2.0 * weekend);
                Some(Diurnal {
                    week_offset: since_monday(starts),
                    peak_at: peak_at.nanos(),
                    amplitude: peak_over_mean - 1.0,
                    weekday_level,
                    weekend_level: weekday_level * weekend,
                })
            }
        };
        Segments {
            next: 0,
            horizon: horizon.nanos(),
            mean: rate.nano_events() as f64 / (1e9 * rate.per().nanos() as f64),
            day,
        }
    }

    /// The offset at which a segment ends, or the horizon is.
    pub(super) fn end_of(&self, segment: &Segment) -> f64 {
        segment.length.min((self.horizon - segment.start) as f64)
    }
}

impl Iterator for Segments {
    type Item = Segment;

    fn next(&mut self) -> Option<Segment> {
        let start = self.next;
        if start >= self.horizon {
            return None;
        }
        let segment = match &self.day {
            None => Segment::level(start, start + Span::HOUR.nanos(), self.mean),
            Some(diurnal) => diurnal.segment(start, self.mean),
        };
        self.next = start + segment.length as u64;
        Some(segment)
    }
}

impl Diurnal {
    /// The segment that begins at `start`: up to the next midnight, at most [`SEGMENT`] long.
    fn segment(&self, start: u64, mean: f64) -> Segment {
        const WEEKDAYS: u64 = 5;
        let calendar = self.week_offset + start;
        let (day_of_week, time_of_day) = (calendar / DAY % 7, calendar % DAY);
        let length = SEGMENT.min(DAY - time_of_day);
        let level = if day_of_week < WEEKDAYS { self.weekday_level } else { self.weekend_level };
        // Nanoseconds since the last peak of the wave.
        let since_peak = (time_of_day + DAY - self.peak_at) % DAY;
        let (phase_sin, phase_cos) = libm::sincos(since_peak as f64 * TURN);
        let end_cos = libm::cos((since_peak + length) as f64 * TURN);
        let has_peak = since_peak == 0 || since_peak + length >= DAY;
        let has_trough = since_peak <= DAY / 2 && since_peak + length >= DAY / 2;
        let greatest = if has_peak { 1.0 } else { phase_cos.max(end_cos) };
        let least = if has_trough { -1.0 } else { phase_cos.min(end_cos) };
        Segment {
            start,
            length: length as f64,
            level: mean * level,
            low: 1.0 + self.amplitude * least,
            high: 1.0 + self.amplitude * greatest,
            amplitude: self.amplitude,
            phase_sin,
            phase_cos,
        }
    }
}

/// From the midnight that begins a Monday, in nanoseconds of the calendar.
fn since_monday(at: DateTime) -> u64 {
    let days = at.weekday().to_monday_zero_offset() as u64;
    let seconds = at.hour() as u64 * 3_600 + at.minute() as u64 * 60 + at.second() as u64;
    days * DAY + seconds * Span::SECOND.nanos() + at.subsec_nanosecond() as u64
}
