//! The gamma distribution with mean 1.

use rand_distr::{Distribution as _, Exp1, Gamma};

use super::Rng;
use super::exponential::exp;

/// Shapes outside of these differ from them in no draw.
const SHAPES: (f64, f64) = (1e-100, 1e100);

/// Gamma draws of a given shape, scaled by a constant.
#[derive(Clone, Debug)]
pub(crate) struct GammaSampler {
    core: Gamma<f64>,
    /// For a shape a below 1, whose draws are those of shape a + 1 times U^(1/a) (Marsaglia and Tsang, 2000): 1/a.
    boost: Option<f64>,
}

impl GammaSampler {
    /// Draws with mean 1 and coefficient of variation `cv` > 0.
    pub(crate) fn unit_mean(cv: f64) -> GammaSampler {
        let shape = shape_of(cv);
        GammaSampler::new(shape, shape.recip())
    }

    /// Draws of the gap, of those of [`GammaSampler::unit_mean`], that covers a given instant of a stationary renewal
    /// process: their density is weighted by length, which adds 1 to the shape.
    pub(crate) fn covering_gap(cv: f64) -> GammaSampler {
        let shape = shape_of(cv);
        GammaSampler::new(shape + 1.0, shape.recip())
    }

    fn new(shape: f64, scale: f64) -> GammaSampler {
        let (core_shape, boost) = if shape < 1.0 { (shape + 1.0, Some(shape.recip())) } else { (shape, None) };
        GammaSampler { core: Gamma::new(core_shape, scale).expect("shape and scale are positive"), boost }
    }

    pub(crate) fn sample(&self, rng: &mut Rng) -> f64 {
        let core = self.core.sample(rng);
        match self.boost {
            None => core,
            Some(inverse_shape) => {
                // U^(1/a) = e^(-E/a), with E exponential.
                let exponential: f64 = Exp1.sample(rng);
                core * exp(-exponential * inverse_shape)
            }
        }
    }
}

/// 1 / cv^2.
fn shape_of(cv: f64) -> f64 {
    (cv * cv).recip().clamp(SHAPES.0, SHAPES.1)
}
