//! A tournament tree of next-free times: the earliest-free server in one look, its new time in log2(servers) steps.
//!
//! The winner tree of Knuth, The Art of Computer Programming, volume 3, section 5.4.1.

use crate::unit::Time;

/// Servers by the time at which each is next free; equal times by the server's number.
pub(super) struct Tournament {
    /// A complete binary tree, the root at 1, the leaves from `leaves` on. Each node has the lesser of its children,
    /// as time x 2^32 + server.
    nodes: Vec<u128>,
    leaves: usize,
}

impl Tournament {
    /// `servers` servers, all free from the start.
    pub fn new(servers: u32) -> Tournament {
        let leaves = (servers as usize).next_power_of_two();
        let mut nodes = vec![u128::MAX; 2 * leaves];
        for server in 0..servers as usize {
            nodes[leaves + server] = server as u128;
        }
        for node in (1..leaves).rev() {
            nodes[node] = nodes[2 * node].min(nodes[2 * node + 1]);
        }
        Tournament { nodes, leaves }
    }

    /// When the earliest-free server is free.
    #[inline]
    pub fn earliest(&self) -> Time {
        Time::from_nanos((self.nodes[1] >> 32) as u64)
    }

    /// The number of the earliest-free server.
    #[inline]
    pub fn server(&self) -> u32 {
        self.nodes[1] as u32
    }

    /// Lets the earliest-free server be free at `time` instead.
    #[inline]
    pub fn replace_earliest(&mut self, time: Time) {
        let server = self.server();
        let mut node = self.leaves + server as usize;
        let mut winner = (u128::from(time.nanos()) << 32) | u128::from(server);
        self.nodes[node] = winner;
        while node > 1 {
            winner = winner.min(self.nodes[node ^ 1]);
            node /= 2;
            self.nodes[node] = winner;
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn the_winner_is_the_earliest_and_lowest_numbered(
            servers in 1..9_u32, moves in prop::collection::vec(0..20_u64, 1..60),
        ) {
            let mut tree = Tournament::new(servers);
            let mut plain = vec![0_u64; servers as usize];
            for step in moves {
                let expected = (0..servers as usize).min_by_key(|&server| (plain[server], server)).unwrap();
                prop_assert_eq!((tree.server() as usize, tree.earliest().nanos()), (expected, plain[expected]));
                plain[expected] += step;
                tree.replace_earliest(Time::from_nanos(plain[expected]));
            }
        }
    }
}
