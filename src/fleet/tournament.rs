//! A tournament tree of next-free times: the earliest-free server in one look, its new time in log2(servers) steps.
//!
//! The winner tree of Knuth, The Art of Computer Programming, volume 3, section 5.4.1. A node packs a time and a server's
//! number into one integer, so that a match is a comparison without a branch: 64 bits while the times are early
//! enough for them (104 days with 2,048 servers), 128 bits after that.

use std::hint::select_unpredictable;

use crate::unit::Time;

/// Servers by the time at which each is next free; equal times by the server's number.
pub(super) struct Tournament {
    tree: Tree,
    /// Bits of a node that number the server.
    server_bits: u32,
}

enum Tree {
    /// At most [`SMALL`] servers: a tree of one shape, whose matches need no loop and no bounds.
    Small(Box<[u64; 2 * SMALL]>),
    Narrow(Vec<u64>),
    Wide(Vec<u128>),
}

/// Servers that a small tree has room for; a power of two.
const SMALL: usize = 64;

impl Tournament {
    /// `servers` servers, all free from the start.
    pub fn new(servers: u32) -> Tournament {
        let leaves = (servers as usize).next_power_of_two().max(SMALL);
        // A complete binary tree, the root at 1, the leaves in the second half. Each node has the lesser of its children.
        let mut nodes = vec![u64::MAX; 2 * leaves];
        for server in 0..servers as usize {
            nodes[leaves + server] = server as u64;
        }
        for node in (1..leaves).rev() {
            nodes[node] = nodes[2 * node].min(nodes[2 * node + 1]);
        }
        let tree = match <Box<[u64; 2 * SMALL]>>::try_from(nodes) {
            Ok(small) => Tree::Small(small),
            Err(nodes) => Tree::Narrow(nodes),
        };
        Tournament { tree, server_bits: leaves.trailing_zeros() }
    }

    /// Makes room for times up to `latest`.
    pub fn make_room(&mut self, latest: Time) {
        let nodes = match &self.tree {
            Tree::Small(nodes) => &nodes[..],
            Tree::Narrow(nodes) => &nodes[..],
            Tree::Wide(_) => return,
        };
        // The greatest narrow node stands for the leaves that are no servers.
        if latest.nanos() < u64::MAX >> self.server_bits {
            return;
        }
        let widened = nodes.iter().map(|&node| if node == u64::MAX { u128::MAX } else { u128::from(node) });
        self.tree = Tree::Wide(widened.collect());
    }

    /// When the earliest-free server is free.
    #[inline]
    pub fn earliest(&self) -> Time {
        self.first().0
    }

    /// When the earliest-free server is free, and its number.
    #[inline]
    pub fn first(&self) -> (Time, u32) {
        let mask = (1_u32 << self.server_bits) - 1;
        let (nanos, server) = match &self.tree {
            Tree::Small(nodes) => (nodes[1] >> self.server_bits, nodes[1] as u32),
            Tree::Narrow(nodes) => (nodes[1] >> self.server_bits, nodes[1] as u32),
            Tree::Wide(nodes) => ((nodes[1] >> self.server_bits) as u64, nodes[1] as u32),
        };
        (Time::from_nanos(nanos), server & mask)
    }

    /// Lets a server be free at `time` instead, a time that there is room for.
    #[inline]
    pub fn replace(&mut self, server: u32, time: Time) {
        let narrow = (time.nanos() << self.server_bits) | u64::from(server);
        match &mut self.tree {
            Tree::Small(nodes) => replay_small(nodes, server, narrow),
            Tree::Narrow(nodes) => replay_matches(nodes, server, narrow),
            Tree::Wide(nodes) => {
                replay_matches(nodes, server, (u128::from(time.nanos()) << self.server_bits) | u128::from(server));
            }
        }
    }
}

/// [`replay_matches`] in a tree of one shape.
#[inline]
fn replay_small(nodes: &mut [u64; 2 * SMALL], server: u32, changed: u64) {
    let mut node = (SMALL + server as usize) % (2 * SMALL);
    let mut winner = changed;
    nodes[node] = winner;
    for _ in 0..SMALL.trailing_zeros() {
        let other = nodes[node ^ 1];
        winner = select_unpredictable(other < winner, other, winner);
        node /= 2;
        nodes[node] = winner;
    }
}

/// Replays the matches of a server, up to the root, after its node has changed.
#[inline]
fn replay_matches<N: Copy + Ord>(nodes: &mut [N], server: u32, changed: N) {
    let mut node = nodes.len() / 2 + server as usize;
    let mut winner = changed;
    nodes[node] = winner;
    while node > 1 {
        let other = nodes[node ^ 1];
        winner = select_unpredictable(other < winner, other, winner);
        node /= 2;
        nodes[node] = winner;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn the_winner_is_the_earliest_and_lowest_numbered(
            servers in prop_oneof![1..9_u32, 63..80_u32], moves in prop::collection::vec(0..20_u64, 1..200), widened_after in 0..300_usize,
        ) {
            let mut tree = Tournament::new(servers);
            let mut plain = vec![0_u64; servers as usize];
            for (index, step) in moves.into_iter().enumerate() {
                if index == widened_after {
                    tree.make_room(Time::from_nanos(u64::MAX));
                }
                let expected = (0..servers as usize).min_by_key(|&server| (plain[server], server)).unwrap();
                let (time, server) = tree.first();
                prop_assert_eq!((server as usize, time.nanos()), (expected, plain[expected]));
                plain[expected] += step;
                tree.replace(server, Time::from_nanos(plain[expected]));
            }
        }
    }

    #[test]
    fn times_that_do_not_fit_beside_the_server_are_kept_exactly() {
        let mut tree = Tournament::new(1_000);
        let late = Time::from_nanos(u64::MAX - 1);
        tree.make_room(late);
        for server in 0..1_000 {
            assert_eq!(tree.first(), (Time::START, server));
            tree.replace(server, late);
        }
        assert_eq!(tree.first(), (late, 0));
    }
}
