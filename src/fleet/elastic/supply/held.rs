//! The instances that are held, as they are paid: in whole nodes.

use crate::scenario::Node;
use crate::unit::Time;

/// How many instances are held, and since when.
pub(super) struct Held {
    node: Node,
    count: u32,
    since: Time,
}

/// A time during which as many instances were paid for.
pub(in super::super::super) struct Paid {
    pub from: Time,
    pub to: Time,
    pub instances: u64,
}

impl Held {
    pub fn new(node: Node) -> Held {
        Held { node, count: 0, since: Time::START }
    }

    /// So many more, or fewer. Returns what was paid for until then.
    pub fn change(&mut self, at: Time, by: i32) -> Paid {
        let paid = Paid { from: self.since, to: at, instances: self.node.paid_instances(self.count) };
        self.count = self.count.saturating_add_signed(by);
        self.since = at;
        paid
    }
}
