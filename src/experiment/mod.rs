//! Many runs put together: pools fitted to the objective, and replications until the figures are sharp enough.

mod axis;
mod break_even;
mod curve;
mod fit;
mod grid;
mod loads;
mod matrix;
mod mistakes;
mod pair;
mod pooled;
mod precision;
mod quantity;
mod range;
mod root;
mod shard;
mod sweep;
mod trial;
mod volumes;
mod watch;

pub use axis::{Axis, AxisError, Spread};
pub use break_even::{BreakEven, Crossing};
pub use curve::{Curve, CurvePlan, CurvePoint, ObjectiveLimit, curve, fitted};
pub use fit::{Fit, fit};
pub use grid::{Grid, GridError};
pub use loads::{LoadError, Loads};
pub use matrix::{MatrixCell, MatrixPlan, linear_utilizations, logarithmic_durations, matrix};
pub use mistakes::Mistakes;
pub use precision::{Metric, Precision};
pub use quantity::{Unit, quantity};
pub use shard::Shard;
pub use sweep::{CellError, Checked, Sweep};
pub use trial::{Trial, simulate};
pub use volumes::{VolumeError, Volumes, logarithmic_volumes};
pub use watch::{Unwatched, Watch};
