//! The zones that instances are spread over.

/// How many instances each zone has, and which zones are out.
pub(super) struct Zones {
    zones: Vec<Zone>,
}

#[derive(Clone, Copy, Default)]
struct Zone {
    instances: u64,
    is_out: bool,
}

impl Zones {
    /// The zone of an instance that no outage touches.
    pub const NOWHERE: u32 = u32::MAX;

    pub fn new(count: u32) -> Zones {
        Zones { zones: vec![Zone::default(); count as usize] }
    }

    pub fn count(&self) -> u32 {
        self.zones.len() as u32
    }

    pub fn any_up(&self) -> bool {
        self.zones.iter().any(|zone| !zone.is_out)
    }

    pub fn set_out(&mut self, zone: u32, is_out: bool) {
        self.zones[zone as usize].is_out = is_out;
    }

    /// An instance goes to the zone that has the fewest of those that are up, of equal ones to the first.
    pub fn enter(&mut self) -> u32 {
        let up = self.zones.iter_mut().enumerate().filter(|(_, zone)| !zone.is_out);
        match up.min_by_key(|(_, zone)| zone.instances) {
            Some((index, zone)) => {
                zone.instances += 1;
                index as u32
            }
            None => Zones::NOWHERE,
        }
    }

    pub fn leave(&mut self, zone: u32) {
        if let Some(zone) = self.zones.get_mut(zone as usize) {
            zone.instances -= 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instances_are_spread_evenly_over_the_zones_that_are_up() {
        let mut zones = Zones::new(3);
        assert_eq!([(); 4].map(|()| zones.enter()), [0, 1, 2, 0]);
        zones.set_out(1, true);
        zones.leave(1);
        assert_eq!([(); 3].map(|()| zones.enter()), [2, 0, 2]);
        zones.set_out(1, false);
        assert_eq!(zones.enter(), 1);
        (0..3).for_each(|zone| zones.set_out(zone, true));
        assert!(!zones.any_up());
    }
}
