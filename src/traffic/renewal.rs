//! Arrivals with independent gaps in operational time, the integral of the rate: placed by inverting it.

use crate::random::{GammaSampler, Rng};
use crate::trace::TraceError;
use crate::unit::Time;
use rand::RngExt;

use super::process::ArrivalProcess;
use super::shape::{Place, Segment, Segments};

/// The gaps, with mean 1.
pub(super) enum Gaps {
    /// The first arrival is half a gap after t = 0.
    Even,
    /// The first one as if the process had always been running.
    Gamma { cv: f64 },
}

/// A renewal process in operational time.
pub(super) struct Renewal {
    segments: Segments,
    /// The current segment and the arrivals expected of the whole of it.
    segment: Option<(Segment, f64)>,
    /// `None`: always 1.
    gap: Option<GammaSampler>,
    rng: Rng,
    /// The next arrival's operational time since the segment's start.
    position: f64,
    /// The latest arrival in the segment, or its start.
    latest: Place,
    horizon: Time,
}

impl Renewal {
    pub(super) fn new(mut segments: Segments, gaps: &Gaps, horizon: Time, mut rng: Rng) -> Renewal {
        let (gap, position) = match *gaps {
            Gaps::Even => (None, 0.5),
            Gaps::Gamma { cv } => {
                // A given instant is anywhere in the gap that covers it.
                let rest = GammaSampler::covering_gap(cv).sample(&mut rng) * rng.random::<f64>();
                (Some(GammaSampler::unit_mean(cv)), rest)
            }
        };
        Renewal {
            segment: next_segment(&mut segments),
            segments,
            gap,
            rng,
            position,
            latest: Place::default(),
            horizon,
        }
    }
}

impl ArrivalProcess for Renewal {
    fn fill(&mut self, count: usize, out: &mut Vec<Time>) -> Result<(), TraceError> {
        let end = out.len() + count;
        while let Some((segment, total)) = self.segment
            && out.len() < end
        {
            if self.position >= total {
                self.position -= total;
                self.segment = next_segment(&mut self.segments);
                self.latest = Place::default();
                continue;
            }
            self.latest = segment.place_of(self.position, self.latest);
            let arrival = Time::from_nanos(segment.start + (self.latest.offset + 0.5) as u64);
            if arrival >= self.horizon {
                self.segment = None;
                break;
            }
            out.push(arrival);
            self.position += self.gap.as_ref().map_or(1.0, |gap| gap.sample(&mut self.rng));
        }
        Ok(())
    }
}

fn next_segment(segments: &mut Segments) -> Option<(Segment, f64)> {
    segments.next().map(|segment| (segment, segment.expected(segment.length)))
}
