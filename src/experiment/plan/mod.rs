//! Capacity planning: what the traffic costs at least.

mod foresight;

pub use foresight::{Foresight, LeastInstances, ServedRate, foresight};
