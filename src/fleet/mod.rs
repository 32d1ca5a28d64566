//! Fleets: state machines that serve blocks of requests. No files, no threads; money only where a spend cap asks.
//!
//! [`FleetSimulator`] picks the algorithm: where it is exact, one that knows the fate of a request when it arrives - a
//! tree of next-free times for FIFO queues (`fifo`), an ordered set of them for instances started a request at a time
//! (`per_request`) - an event-driven pool otherwise (`elastic`), whose slots are independent or share their instance
//! (`shared`), and a router over several pools (`hybrid`). All fill the same `meter`.

mod agenda;
mod calendar;
mod elastic;
mod fifo;
mod free_times;
mod hybrid;
mod instances;
mod life;
mod limits;
mod meter;
mod partly_used;
mod per_request;
mod pool;
mod population;
mod record;
mod regions;
mod retry;
#[allow(dead_code, reason = "the scalers are being written")]
mod scaler;
mod service;
mod setting;
mod shared;
mod simulator;
mod start_up;
mod tournament;
mod waiting;

pub use meter::Observer;
pub use record::{End, Recorder, RequestRecord};
pub(crate) use setting::Setting;
pub use simulator::FleetSimulator;
pub(crate) use start_up::{Chance, DrawnStart, Draws, StartUps};
