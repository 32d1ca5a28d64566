//! What is to happen, in its order.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use crate::unit::Time;

/// Something that happens. Those of one instant happen in this order, and of one kind in the order in which they were scheduled.
/// One whose job or machine has moved on meanwhile (another step, attempt, life or use) no longer happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Event {
    /// A phase of a job ends: its restart, its work, or a checkpoint of the last minute.
    PhaseEnds {
        job: usize,
        step: u32,
    },
    /// The last moment at which a job that is going to be interrupted begins a checkpoint that is written in time.
    LastSave {
        job: usize,
        attempt: u32,
        until: Time,
    },
    /// An execution has taken as long as the platform allows.
    LimitReached {
        job: usize,
        attempt: u32,
    },
    /// A machine is ready, or its start has failed.
    Started {
        machine: usize,
        life: u32,
    },
    Repaired {
        machine: usize,
    },
    /// The notice of a machine is over.
    Gone {
        machine: usize,
        life: u32,
    },
    Fails {
        machine: usize,
        life: u32,
    },
    /// A machine is to be taken away.
    Warned {
        machine: usize,
        life: u32,
    },
    /// An outage of a zone begins or ends.
    ZoneChanges {
        zone: usize,
    },
    /// The hours of the fleet begin or end.
    HoursChange,
    /// A machine has been idle for long enough.
    Expires {
        machine: usize,
        life: u32,
        uses: u32,
    },
    Submitted {
        job: usize,
    },
}

impl Event {
    fn rank(self) -> u8 {
        match self {
            Event::PhaseEnds { .. } => 0,
            Event::LastSave { .. } => 1,
            Event::LimitReached { .. } => 2,
            Event::Started { .. } => 3,
            Event::Repaired { .. } => 4,
            Event::Gone { .. } => 5,
            Event::Fails { .. } => 6,
            Event::Warned { .. } => 7,
            Event::ZoneChanges { .. } => 8,
            Event::HoursChange => 9,
            Event::Expires { .. } => 10,
            Event::Submitted { .. } => 11,
        }
    }
}

/// The events to come. Those of one instant are ordered by kind, then by when they were scheduled.
#[derive(Debug, Default)]
pub(super) struct Agenda {
    events: BinaryHeap<Reverse<(Time, u8, u64, Event)>>,
    scheduled: u64,
}

impl Agenda {
    pub fn schedule(&mut self, at: Time, event: Event) {
        self.events.push(Reverse((at, event.rank(), self.scheduled, event)));
        self.scheduled += 1;
    }

    pub fn next(&mut self) -> Option<(Time, Event)> {
        self.events.pop().map(|Reverse((at, _, _, event))| (at, event))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_of_one_instant_come_by_kind_and_then_as_scheduled() {
        let mut agenda = Agenda::default();
        let at = Time::from_nanos;
        let events = [
            (at(1), Event::Submitted { job: 0 }),
            (at(1), Event::Gone { machine: 0, life: 0 }),
            (at(1), Event::PhaseEnds { job: 2, step: 0 }),
            (at(1), Event::PhaseEnds { job: 1, step: 0 }),
            (at(0), Event::HoursChange),
        ];
        events.iter().for_each(|&(at, event)| agenda.schedule(at, event));
        let order: Vec<_> = std::iter::from_fn(|| agenda.next()).collect();
        assert_eq!(order, [events[4], events[2], events[3], events[1], events[0]]);
    }
}
