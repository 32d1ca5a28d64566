//! Draws from the distributions of a scenario.

use crate::scenario::Distribution;
use crate::unit::Span;

use super::Rng;

/// A distribution made ready to draw from.
#[derive(Clone, Debug)]
pub struct Sampler {
    constant: Span,
}

impl Sampler {
    #[must_use]
    pub fn new(distribution: &Distribution) -> Sampler {
        match distribution {
            Distribution::Constant(span) => Sampler { constant: *span },
            _ => todo!(),
        }
    }

    /// The next draw, at most [`Span::LONGEST`].
    pub fn sample(&mut self, _rng: &mut Rng) -> Span {
        self.constant
    }

    /// Appends `count` draws to `out`.
    pub fn fill(&mut self, rng: &mut Rng, count: usize, out: &mut Vec<Span>) {
        out.extend((0..count).map(|_| self.sample(rng)));
    }
}
