//! The pieces of a shaped rate, with or without on-off bursts.

use rand::RngExt;
use rand_distr::{Distribution as _, Exp1};

use crate::random::Rng;
use crate::trace::TraceError;
use crate::unit::{Span, Time};

use super::poisson::{Piece, Pieces};
use super::shape::{Segment, Segments};

/// Whole segments, without bursts.
impl Pieces for Segments {
    fn next_piece(&mut self) -> Result<Option<Piece>, TraceError> {
        while let Some(segment) = self.next() {
            let piece = Piece::new(segment, 0.0, self.end_of(&segment), 1.0);
            if piece.is_some() {
                return Ok(piece);
            }
        }
        Ok(None)
    }
}

/// Segments cut where the source goes on or off.
pub(super) struct Bursts {
    segments: Segments,
    /// The current segment and how much of it is behind.
    segment: Option<Segment>,
    offset: f64,
    rng: Rng,
    is_on: bool,
    /// When it next goes off or on.
    until: Time,
    on: State,
    off: State,
}

#[derive(Clone, Copy, Debug)]
struct State {
    /// In nanoseconds.
    mean_time: f64,
    /// Of the mean rate.
    factor: f64,
}

impl Bursts {
    /// Exponential on and off times of these means, `peak_over_mean` times the rate while on, and what makes the mean
    /// while off; at t = 0 the source is in its stationary state.
    pub(super) fn new(mut segments: Segments, on: Span, off: Span, peak_over_mean: f64, mut rng: Rng) -> Bursts {
        let (on_nanos, off_nanos) = (on.nanos() as f64, off.nanos() as f64);
        let share_on = on_nanos / (on_nanos + off_nanos);
        let states = [
            State { mean_time: on_nanos, factor: peak_over_mean },
            State { mean_time: off_nanos, factor: ((1.0 - share_on * peak_over_mean) / (1.0 - share_on)).max(0.0) },
        ];
        let is_on = rng.random::<f64>() < share_on;
        let mut bursts = Bursts {
            segment: segments.next(),
            segments,
            offset: 0.0,
            rng,
            is_on,
            until: Time::START,
            on: states[0],
            off: states[1],
        };
        // The rest of an exponential time is exponential with the same mean.
        bursts.until = Time::START + bursts.stay();
        bursts
    }

    fn state(&self) -> State {
        if self.is_on { self.on } else { self.off }
    }

    fn stay(&mut self) -> Span {
        let time: f64 = Exp1.sample(&mut self.rng);
        Span::from_draw(time * self.state().mean_time)
    }
}

impl Pieces for Bursts {
    fn next_piece(&mut self) -> Result<Option<Piece>, TraceError> {
        while let Some(segment) = self.segment {
            let (from, factor) = (self.offset, self.state().factor);
            let to = self.until.saturating_since(Time::from_nanos(segment.start)).nanos() as f64;
            let end = self.segments.end_of(&segment);
            if to < end {
                self.offset = to;
                self.is_on = !self.is_on;
                self.until = self.until + self.stay();
            } else {
                self.offset = 0.0;
                self.segment = self.segments.next();
            }
            let piece = Piece::new(segment, from, to.min(end), factor);
            if piece.is_some() {
                return Ok(piece);
            }
        }
        Ok(None)
    }
}
