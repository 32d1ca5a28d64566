//! Temporary.
use crate::scenario::Serverless;
use crate::unit::{Span, Time};
#[derive(Clone, Copy, Debug)]
pub(in crate::fleet) struct View {
    pub now: Time,
    pub ready: u64,
    pub starting: u64,
    pub queued: u64,
    pub in_service: u64,
    pub in_flight_time: u128,
    pub arrived: u64,
    pub head_wait: Option<Span>,
}
pub(in crate::fleet) trait Scaler: Send {
    fn next_look(&self) -> Time;
    fn look(&mut self, view: &View) -> u64;
    fn looks_at_first_request(&self) -> bool {
        false
    }
    fn queue_limit(&self, _ready: u64) -> Option<u64> {
        None
    }
    fn removes_instances(&self) -> bool {
        true
    }
}
pub(in crate::fleet) fn scaler(_pool: &Serverless) -> Option<Box<dyn Scaler>> {
    None
}
