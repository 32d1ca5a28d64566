//! Superposition: a stream of requests is one class, or two streams merged.

use std::hint::select_unpredictable;

use crate::trace::TraceError;
use crate::unit::{Span, Time};

use super::Block;
use super::class::ClassStream;

/// Requests sorted by arrival; at equal times by class, then by row.
pub(super) enum Requests {
    None,
    Class { index: u16, stream: Box<ClassStream> },
    Merge(Box<[Side; 2]>),
}

/// One of two merged streams, with some of its requests made ahead.
pub(super) struct Side {
    requests: Requests,
    ahead: Block,
    /// The first request of `ahead` that is not yet taken.
    next: usize,
}

/// Requests that a side makes at once: few enough that both sides stay in the nearest caches.
const AHEAD: usize = 1024;

impl Requests {
    /// Superposes classes, given in ascending order of their indices.
    pub(super) fn superpose(mut classes: Vec<(u16, ClassStream)>) -> Requests {
        let half = classes.len() / 2;
        if half > 0 {
            let later = classes.split_off(half);
            return Requests::Merge(Box::new([classes, later].map(|classes| Side {
                requests: Requests::superpose(classes),
                ahead: Block::default(),
                next: 0,
            })));
        }
        match classes.pop() {
            None => Requests::None,
            Some((index, stream)) => Requests::Class { index, stream: Box::new(stream) },
        }
    }

    /// Appends the next `count` requests; fewer only at the end.
    pub(super) fn fill(&mut self, count: usize, block: &mut Block) -> Result<(), TraceError> {
        match self {
            Requests::None => Ok(()),
            Requests::Class { index, stream } => {
                stream.fill(count, &mut block.arrival, &mut block.service)?;
                block.class.resize(block.arrival.len(), *index);
                Ok(())
            }
            Requests::Merge(sides) => merge(sides, block.len() + count, block),
        }
    }
}

/// Appends requests of both sides until `block` holds `end` of them or both are at their end.
fn merge([left, right]: &mut [Side; 2], end: usize, block: &mut Block) -> Result<(), TraceError> {
    while block.len() < end {
        match (left.look_ahead()?, right.look_ahead()?) {
            (true, true) => interleave(left, right, end, block),
            (true, false) => left.take(end, block),
            (false, true) => right.take(end, block),
            (false, false) => break,
        }
    }
    Ok(())
}

/// Takes the earlier of the two sides' next requests, of simultaneous ones the left, until one side has none ahead.
fn interleave(left: &mut Side, right: &mut Side, end: usize, block: &mut Block) {
    let start = block.len();
    let room = (end - start).min(left.ahead.len() - left.next + right.ahead.len() - right.next);
    block.resize(start + room);
    let (arrival, service, class) =
        (&mut block.arrival[start..][..room], &mut block.service[start..][..room], &mut block.class[start..][..room]);
    let (left_arrival, left_service, left_class) = left.ahead();
    let (right_arrival, right_service, right_class) = right.ahead();
    let (mut from_left, mut from_right) = (0, 0);
    let mut taken = 0;
    while taken < room && from_left < left_arrival.len() && from_right < right_arrival.len() {
        // Which side is next cannot be predicted: both are read and one is selected, without a branch.
        let takes_right = right_arrival[from_right] < left_arrival[from_left];
        arrival[taken] = select_unpredictable(takes_right, right_arrival[from_right], left_arrival[from_left]);
        service[taken] = select_unpredictable(takes_right, right_service[from_right], left_service[from_left]);
        class[taken] = select_unpredictable(takes_right, right_class[from_right], left_class[from_left]);
        from_right += usize::from(takes_right);
        from_left += usize::from(!takes_right);
        taken += 1;
    }
    left.next += from_left;
    right.next += from_right;
    block.resize(start + taken);
}

impl Side {
    /// Makes more requests ahead if none is; false at the end.
    fn look_ahead(&mut self) -> Result<bool, TraceError> {
        if self.next == self.ahead.len() {
            self.ahead.clear();
            self.next = 0;
            self.requests.fill(AHEAD, &mut self.ahead)?;
        }
        Ok(!self.ahead.is_empty())
    }

    /// The requests ahead, as columns of one length.
    fn ahead(&self) -> (&[Time], &[Span], &[u16]) {
        let length = self.ahead.len() - self.next;
        (
            &self.ahead.arrival[self.next..][..length],
            &self.ahead.service[self.next..][..length],
            &self.ahead.class[self.next..][..length],
        )
    }

    /// Takes requests ahead until `block` holds `end`.
    fn take(&mut self, end: usize, block: &mut Block) {
        let (arrival, service, class) = self.ahead();
        let count = arrival.len().min(end - block.len());
        block.arrival.extend_from_slice(&arrival[..count]);
        block.service.extend_from_slice(&service[..count]);
        block.class.extend_from_slice(&class[..count]);
        self.next += count;
    }
}
