//! Many runs put together: pools fitted to the objective, replications until the figures are sharp enough, and then ranges of
//! volumes, matrices and grids of such trials.

pub mod compare;
mod curve;
mod fit;
mod matrix;
pub mod plan;
mod pooled;
mod precision;
mod spacing;
mod sweep;
mod trial;
mod watch;

pub use curve::{
    BreakEven, Crossing, Curve, CurvePlan, CurvePoint, ObjectiveLimit, VolumeError, Volumes, curve, fitted,
    logarithmic_volumes,
};
pub use fit::{Fit, fit};
pub use matrix::{LoadError, Loads, MatrixCell, MatrixPlan, linear_utilizations, logarithmic_durations, matrix};
pub use precision::{Metric, Precision};
pub use sweep::{Axis, AxisError, CellError, Checked, Grid, GridError, Mistakes, Shard, Spread, Sweep, Unit, quantity};
pub use trial::{Growing, Trial, simulate};
pub use watch::{Unwatched, Watch};
