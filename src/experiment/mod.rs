//! Many runs put together: pools fitted to the objective, and replications until the figures are sharp enough.

mod break_even;
mod curve;
mod fit;
mod loads;
mod matrix;
mod pair;
mod pooled;
mod precision;
mod root;
mod trial;
mod volumes;
mod watch;

pub use break_even::{BreakEven, Crossing};
pub use curve::{Curve, CurvePlan, CurvePoint, ObjectiveLimit, curve, fitted};
pub use fit::{Fit, fit};
pub use loads::{LoadError, Loads};
pub use matrix::{MatrixCell, MatrixPlan, linear_utilizations, logarithmic_durations, matrix};
pub use precision::{Metric, Precision};
pub use trial::{Trial, simulate};
pub use volumes::{VolumeError, Volumes, logarithmic_volumes};
pub use watch::{Unwatched, Watch};
