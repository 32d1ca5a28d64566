//! By how much a figure differs between two sides, and whether that is more than chance.

use crate::measure::{Estimate, critical_value};

use super::{Figure, Pairing, Samples};

/// Second - first.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Delta {
    pub difference: Estimate,
    /// Whether the interval leaves zero out; also true where nothing varies and the figures differ.
    pub significant: bool,
}

impl Delta {
    /// `is_known`: whether one replication of both shows all that there is.
    pub(super) fn new(figure: Figure, [first, second]: [&Samples; 2], pairing: Pairing, is_known: bool) -> Delta {
        let difference = match pairing {
            Pairing::Paired => paired(figure, first, second),
            Pairing::Independent => {
                let (a, b) = (first.estimate(figure), second.estimate(figure));
                b.less_independent(second.replications(), &a, first.replications())
            }
        };
        let significant = match (difference.low, difference.high) {
            (Some(low), Some(high)) => low > 0.0 || high < 0.0,
            // Without an interval: nothing varied, or there is too little to tell.
            _ => {
                let size = difference.mean.map_or(0.0, f64::abs);
                let never_varied = || [first, second].iter().all(|samples| never_varied(samples, figure));
                size > 0.0 && (is_known || (never_varied() && size > unseen(figure, first, second)))
            }
        };
        Delta { difference, significant }
    }
}

/// A mean's difference is the mean of the differences, with Student's interval; all else is the jackknife over the pairs, which
/// leaves replication r out of both.
fn paired(figure: Figure, first: &Samples, second: &Samples) -> Estimate {
    if figure == Figure::CostPerMonth {
        return Estimate::of_mean(first.costs.iter().zip(&second.costs).map(|(a, b)| b - a));
    }
    let (a, b) = (first.jackknife(figure), second.jackknife(figure));
    let less = |b: Option<f64>, a: Option<f64>| Some(b? - a?);
    let rest = a.without.iter().zip(&b.without).map(|(&a, &b)| less(b, a));
    Estimate::of_jackknife(less(b.pooled, a.pooled), rest)
}

/// How far an interval may reach whose ends the grain of the histogram hides: quantiles are read to 0.1 %, and the jackknife makes
/// that larger by the square root of the replications less one.
fn unseen(figure: Figure, first: &Samples, second: &Samples) -> f64 {
    const GRAIN: f64 = 0.001;
    if !matches!(figure, Figure::P50 | Figure::P95 | Figure::P99) {
        return 0.0;
    }
    let others = (first.replications().min(second.replications()) - 1) as f64;
    let pooled = [first, second].map(|samples| samples.jackknife(figure).pooled.unwrap_or(0.0));
    critical_value(others as usize) * others.sqrt() * GRAIN * pooled[0].max(pooled[1])
}

/// Several replications, every one of which says something.
fn never_varied(samples: &Samples, figure: Figure) -> bool {
    samples.replications() > 1 && samples.jackknife(figure).without.iter().all(Option::is_some)
}
