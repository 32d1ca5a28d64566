//! Many runs put together: pools fitted to the objective, and replications until the figures are sharp enough.

mod axis;
mod fit;
mod grid;
mod mistakes;
mod precision;
mod quantity;
mod range;
mod shard;
mod sweep;
mod trial;
mod watch;

pub use axis::{Axis, AxisError};
pub use fit::{Fit, fit};
pub use grid::{Grid, GridError};
pub use mistakes::Mistakes;
pub use precision::{Metric, Precision};
pub use quantity::{Unit, quantity};
pub use shard::Shard;
pub use sweep::{CellError, Checked, Sweep};
pub use trial::{Trial, simulate};
pub use watch::{Unwatched, Watch};
