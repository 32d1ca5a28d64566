//! Fleets: state machines that serve blocks of requests. No money, no files, no threads.
//!
//! [`FleetSimulator`] picks the algorithm: a tree of next-free times where FIFO order makes that exact
//! (`fifo`), an event-driven pool otherwise (`elastic`), and a router over several of them (`hybrid`). All fill the
//! same `meter`.

mod calendar;
mod elastic;
mod fifo;
mod hybrid;
mod instances;
mod meter;
mod population;
mod record;
mod setting;
mod simulator;
mod tournament;
mod waiting;

pub use meter::Observer;
pub use record::{End, Recorder, RequestRecord};
pub use simulator::FleetSimulator;
