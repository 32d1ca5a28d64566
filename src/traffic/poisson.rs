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

    /// Rounded down, an instant stays before the end of its piece.
    #[inline]
    fn instant(&self, offset: f64) -> Time {
        Time::from_nanos(self.segment.start + offset as i64 as u64)
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
    /// Room beyond the candidates expected in the rest of a piece, so that most pieces are filled in one go.
    const SPARE_ROOM: usize = 32;

    pub(super) fn new(mut pieces: P, mut rng: Rng) -> Result<Poisson<P>, TraceError> {
        Ok(Poisson { piece: pieces.next_piece()?, pieces, position: Exp1.sample(&mut rng), rng })
    }

    /// Places up to `room` arrivals in a piece; whether that reached the piece's end.
    fn fill_piece(&mut self, piece: &Piece, room: usize, out: &mut Vec<Time>) -> bool {
        let before = out.len();
        out.resize(before + room, Time::START);
        let placed = if piece.squeeze < 1.0 {
            self.place_thinned(piece, &mut out[before..])
        } else {
            self.place_all(piece, &mut out[before..])
        };
        out.truncate(before + placed);
        placed < room
    }

    /// Places candidates until `out` is full or the piece at its end; how many.
    // Measured to be faster than when inlined: it leaves more registers to the loop.
    #[inline(never)]
    fn place_all(&mut self, piece: &Piece, out: &mut [Time]) -> usize {
        // A copy of the generator, and the position, live in registers during the loop.
        let (mut rng, mut position) = (self.rng.clone(), self.position);
        let piece = *piece;
        let mut placed = 0;
        for arrival in out {
            let offset = piece.from + position * piece.gap;
            if offset >= piece.to {
                break;
            }
            *arrival = piece.instant(offset);
            let step: f64 = Exp1.sample(&mut rng);
            position += step;
            placed += 1;
        }
        (self.rng, self.position) = (rng, position);
        placed
    }

    /// As [`Poisson::place_all`], but keeps only the candidates below the rate.
    fn place_thinned(&mut self, piece: &Piece, out: &mut [Time]) -> usize {
        let (mut rng, mut position) = (self.rng.clone(), self.position);
        let mut placed = 0;
        while placed < out.len() {
            let offset = piece.from + position * piece.gap;
            if offset >= piece.to {
                break;
            }
            let share: f64 = rng.random();
            if share < piece.squeeze || share * piece.segment.high < piece.segment.relative_rate(offset) {
                out[placed] = piece.instant(offset);
                placed += 1;
            }
            let step: f64 = Exp1.sample(&mut rng);
            position += step;
        }
        (self.rng, self.position) = (rng, position);
        placed
    }
}

impl<P: Pieces> ArrivalProcess for Poisson<P> {
    fn fill(&mut self, count: usize, out: &mut Vec<Time>) -> Result<(), TraceError> {
        let end = out.len() + count;
        while let Some(piece) = self.piece
            && out.len() < end
        {
            // Room for hardly more than is left of the piece, which may be short.
            let left = ((piece.to - piece.from) / piece.gap - self.position).max(0.0);
            let room = (end - out.len()).min((left as usize).saturating_add(Self::SPARE_ROOM));
            if self.fill_piece(&piece, room, out) {
                // What is left of the gap is a gap at the next piece's rate: the exponential has no memory.
                self.position = (self.position - (piece.to - piece.from) / piece.gap).max(0.0);
                self.piece = self.pieces.next_piece()?;
            }
        }
        Ok(())
    }
}
