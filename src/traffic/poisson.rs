//! Poisson arrivals, exactly: candidates come at a piece's greatest rate and are kept with the probability that the
//! rate at their instant has of it (thinning: Lewis and Shedler, 1979).

use rand::RngExt;
use rand_distr::{Distribution as _, Exp1};

use crate::random::Rng;
use crate::trace::TraceError;
use crate::unit::Time;

use super::process::ArrivalProcess;
use super::shape::Segment;

/// Part of a segment, with the rate multiplied by a factor. The rate is not zero throughout.
#[derive(Clone, Copy, Debug)]
pub(super) struct Piece {
    segment: Segment,
    /// Offsets from the segment's start; the end is a whole number.
    from: f64,
    to: f64,
    /// The mean gap between candidates, in nanoseconds.
    gap: f64,
    /// A draw below this share of the greatest rate is below the rate all over the piece.
    squeeze: f64,
}

impl Piece {
    /// The part of `segment` from the offset `from` to `to`; `None` when its rate is zero or it is empty.
    pub(super) fn new(segment: Segment, from: f64, to: f64, factor: f64) -> Option<Piece> {
        let greatest = segment.level * segment.high * factor;
        (greatest > 0.0 && from < to).then(|| Piece {
            segment,
            from,
            to,
            gap: greatest.recip(),
            squeeze: segment.low / segment.high,
        })
    }
}

/// Where the pieces come from, in order and apart.
pub(super) trait Pieces: Send {
    /// The next piece, up to the horizon.
    fn next_piece(&mut self) -> Result<Option<Piece>, TraceError>;
}

/// A Poisson process over pieces.
pub(super) struct Poisson<P> {
    pieces: P,
    piece: Option<Piece>,
    rng: Rng,
    /// The next candidate's distance from the piece's beginning, in mean gaps.
    position: f64,
}

impl<P: Pieces> Poisson<P> {
    pub(super) fn new(mut pieces: P, mut rng: Rng) -> Result<Poisson<P>, TraceError> {
        Ok(Poisson { piece: pieces.next_piece()?, pieces, position: Exp1.sample(&mut rng), rng })
    }

    /// Places arrivals within a piece until `out` holds `end` of them; whether the piece is at its end.
    fn fill_piece(&mut self, piece: &Piece, end: usize, out: &mut Vec<Time>) -> bool {
        if piece.squeeze < 1.0 { self.fill_thinned(piece, end, out) } else { self.fill_level(piece, end, out) }
    }

    fn fill_level(&mut self, piece: &Piece, end: usize, out: &mut Vec<Time>) -> bool {
        let (mut position, start) = (self.position, piece.segment.start);
        let room = end - out.len();
        let before = out.len();
        out.extend((0..room).map_while(|_| {
            let offset = piece.from + position * piece.gap;
            if offset >= piece.to {
                return None;
            }
            let step: f64 = Exp1.sample(&mut self.rng);
            position += step;
            Some(Time::from_nanos(start + offset as i64 as u64))
        }));
        self.position = position;
        out.len() - before < room
    }

    fn fill_thinned(&mut self, piece: &Piece, end: usize, out: &mut Vec<Time>) -> bool {
        let high = piece.segment.high;
        while out.len() < end {
            let offset = piece.from + self.position * piece.gap;
            if offset >= piece.to {
                return true;
            }
            let share: f64 = self.rng.random();
            if share < piece.squeeze || share * high < piece.segment.relative_rate(offset) {
                // Rounded down, an instant stays before the end of its piece.
                out.push(Time::from_nanos(piece.segment.start + offset as i64 as u64));
            }
            let step: f64 = Exp1.sample(&mut self.rng);
            self.position += step;
        }
        false
    }
}

impl<P: Pieces> ArrivalProcess for Poisson<P> {
    fn fill(&mut self, count: usize, out: &mut Vec<Time>) -> Result<(), TraceError> {
        let end = out.len() + count;
        while let Some(piece) = self.piece
            && out.len() < end
        {
            if self.fill_piece(&piece, end, out) {
                // What is left of the gap is a gap at the next piece's rate: the exponential has no memory.
                self.position = (self.position - (piece.to - piece.from) / piece.gap).max(0.0);
                self.piece = self.pieces.next_piece()?;
            }
        }
        Ok(())
    }
}
