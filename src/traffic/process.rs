//! What every arrival process can do.

use crate::trace::TraceError;
use crate::unit::Time;

/// The arrivals of one class, in order, before the horizon. The same instants however they are asked for.
pub(super) trait ArrivalProcess: Send {
    /// Appends the next `count` arrivals to `out`; fewer only at the end.
    fn fill(&mut self, count: usize, out: &mut Vec<Time>) -> Result<(), TraceError>;
}
