//! Where requests come from, and how far it is to other regions.

use rand::Rng as _;

use crate::random::Purpose;
use crate::scenario::{Hybrid, Nearest, Routing};
use crate::unit::Span;

use super::meter::Request;
use super::setting::Setting;

/// The regions of a fleet, by pool.
pub(super) struct Regions {
    /// By class: the region of all its requests; `None` where they come from several.
    home_of_class: Vec<Option<usize>>,
    /// The upper ends of the regions' shares of the other requests, the last one at 1.
    shares: Vec<f64>,
    /// Makes the origins of one replication other than those of another.
    salt: u64,
    network: Vec<Span>,
    /// By home: all regions, the home first, then the others from the nearest on.
    orders: Vec<Vec<usize>>,
}

impl Regions {
    /// `None` for pools that are tried in order.
    pub fn of(hybrid: &Hybrid, setting: &Setting, fleet: &str) -> Option<Regions> {
        let Routing::Nearest(origins) = &hybrid.routing else { return None };
        let is_home = |class: &String, nearest: &Nearest| match nearest {
            Nearest::Classes(classes) => classes.contains(class),
            Nearest::Share(_) => false,
        };
        let home = |class| origins.iter().position(|origin| is_home(class, &origin.nearest));
        let share = |nearest: &Nearest| match nearest {
            Nearest::Share(share) => *share,
            Nearest::Classes(_) => 0.0,
        };
        let total: f64 = origins.iter().map(|origin| share(&origin.nearest)).sum();
        let mut sum = 0.0;
        let shares = origins.iter().map(|origin| {
            // Shares of less than all are of what there is; without any, all comes from the first region.
            sum += if total > 0.0 { share(&origin.nearest) / total } else { 1.0 };
            sum
        });
        let shares = shares.collect();
        let network: Vec<Span> = origins.iter().map(|origin| origin.network).collect();
        let order = |home: usize| {
            let mut order: Vec<usize> = (0..network.len()).collect();
            order.sort_by_key(|&region| (region != home, network[region]));
            order
        };
        Some(Regions {
            home_of_class: setting.classes.iter().map(home).collect(),
            shares,
            salt: setting.draws(&[fleet], Purpose::Origin).next_u64(),
            orders: (0..network.len()).map(order).collect(),
            network,
        })
    }

    /// The region that a request comes from: the same for all its attempts.
    pub fn home(&self, request: &Request) -> usize {
        if let Some(home) = self.home_of_class[usize::from(request.class)] {
            return home;
        }
        let key = request.first.nanos() ^ u64::from(request.class) << 48 ^ self.salt;
        let draw = (mixed(key) >> 11) as f64 / (1_u64 << 53) as f64;
        self.shares.partition_point(|&end| end <= draw).min(self.shares.len() - 1)
    }

    pub fn by_distance_from(&self, home: usize) -> &[usize] {
        &self.orders[home]
    }

    /// From clients of `home` to a region and back: by way of their own.
    pub fn round_trip(&self, home: usize, region: usize) -> Span {
        if home == region { self.network[home] } else { self.network[home] + self.network[region] }
    }
}

/// SplitMix64's mix (Steele, Lea and Flood, Fast splittable pseudorandom number generators, 2014).
fn mixed(key: u64) -> u64 {
    let mut z = key.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ z >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ z >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ z >> 31
}
