//! One machine: what is bought or started at once, with the GPUs that jobs have of it.

use crate::fleet::DrawnStart;
use crate::unit::Time;

/// A machine of a fleet, there or not.
#[derive(Clone, Debug)]
pub(super) struct Machine {
    pub state: MachineState,
    /// Counts its starts and stops.
    pub life: u32,
    /// Counts how often a job takes it.
    pub uses: u32,
    /// Of a spot machine.
    pub zone: Option<usize>,
    /// Whether it is an on-demand one among spot ones.
    pub stands_in: bool,
    /// Whether it is going to be taken away.
    pub warned: bool,
    /// The jobs that have GPUs of it.
    pub jobs: Vec<usize>,
    pub gpus_in_use: u32,
    /// Since when it is paid; or, of a serverless one that is ready, since when it executes or idles.
    pub since: Time,
    pub start: DrawnStart,
    /// Billed in this life, of a serverless one, in nanoseconds.
    pub billed: u128,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum MachineState {
    Off,
    Starting,
    Ready,
    /// Being repaired.
    Broken,
}

impl Machine {
    pub fn off() -> Machine {
        Machine {
            state: MachineState::Off,
            life: 0,
            uses: 0,
            zone: None,
            stands_in: false,
            warned: false,
            jobs: Vec::new(),
            gpus_in_use: 0,
            since: Time::START,
            start: DrawnStart::default(),
            billed: 0,
        }
    }

    pub fn is_held(&self) -> bool {
        matches!(self.state, MachineState::Starting | MachineState::Ready)
    }
}
