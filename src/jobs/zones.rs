//! The zones that spot instances are spread over, and their outages.

use crate::fleet::{Draws, Setting};
use crate::random::Purpose;
use crate::scenario::{Distribution, Outages};
use crate::unit::Span;

/// All zones of a fleet, up at t = 0.
pub(super) struct Zones {
    zones: Vec<Zone>,
}

struct Zone {
    is_up: bool,
    /// Machines that are there.
    held: u32,
    between: Draws,
    last: Draws,
}

impl Zones {
    /// One zone that is always up where there are no outages.
    pub fn new(outages: Option<&Outages>, setting: &Setting, owner: &[&str]) -> Zones {
        let never = Outages { zones: 1, every: Span::LONGEST, last: Distribution::Constant(Span::ZERO) };
        let outages = outages.unwrap_or(&never);
        let zone = |index: u32| {
            let name = index.to_string();
            let path: Vec<&str> = owner.iter().copied().chain(["zone", &name]).collect();
            let every = Distribution::Exponential { mean: outages.every };
            Zone {
                is_up: true,
                held: 0,
                between: Draws::new(&every, setting, &path, Purpose::Outage),
                last: Draws::new(&outages.last, setting, &path, Purpose::OutageEnd),
            }
        };
        Zones { zones: (0..outages.zones).map(zone).collect() }
    }

    pub fn count(&self) -> usize {
        self.zones.len()
    }

    pub fn any_up(&self) -> bool {
        self.zones.iter().any(|zone| zone.is_up)
    }

    /// Takes a place in the zone that is up and has the fewest machines, the first of them.
    pub fn enter(&mut self) -> Option<usize> {
        let up = self.zones.iter().enumerate().filter(|(_, zone)| zone.is_up);
        let (index, _) = up.min_by_key(|(_, zone)| zone.held)?;
        self.zones[index].held += 1;
        Some(index)
    }

    pub fn leave(&mut self, zone: usize) {
        self.zones[zone].held -= 1;
    }

    /// How long a zone stays as it is.
    pub fn until_change(&mut self, zone: usize) -> Span {
        let zone = &mut self.zones[zone];
        if zone.is_up { zone.between.draw() } else { zone.last.draw() }
    }

    /// An outage of a zone begins or ends; whether it is up now.
    pub fn change(&mut self, zone: usize) -> bool {
        let zone = &mut self.zones[zone];
        zone.is_up = !zone.is_up;
        zone.is_up
    }
}
