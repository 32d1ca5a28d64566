//! Requests: the classes of a scenario, superposed, in blocks sorted by arrival.
//!
//! A class's arrivals are exact: Poisson ones (bursts and counts a bin included) by thinning, the others by inverting the
//! integral of the rate. No time steps.

mod block;
mod bursts;
mod class;
mod even;
mod in_flight;
mod means;
mod merge;
mod poisson;
mod process;
mod profile;
mod renewal;
mod replay;
mod shape;
mod stream;
mod tokens;
mod volume;
mod week;

pub use block::Block;
pub use in_flight::{Demand, HOURS, InFlight};
pub use means::{ClassMeans, class_means};
pub use profile::{Dispersion, Profile, RateBin, profile};
pub use stream::RequestStream;
pub use week::{WEEK_HOURS, week};
