//! Many runs put together: pools fitted to the objective, and replications until the figures are sharp enough.

mod fit;
mod precision;
mod trial;
mod watch;

pub use fit::{Fit, fit};
pub use precision::{Metric, Precision};
pub use trial::{Trial, simulate};
pub use watch::{Unwatched, Watch};
