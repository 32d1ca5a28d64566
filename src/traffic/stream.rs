//! The stream of one replication's requests: its classes, superposed.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::collections::binary_heap::PeekMut;

use crate::scenario::Scenario;
use crate::trace::TraceError;
use crate::unit::{Span, Time};

use super::Block;
use super::class::ClassStream;

/// The requests of one replication, from t = 0 to the horizon.
pub struct RequestStream {
    classes: Vec<BufferedClass>,
    /// The next arrival of every class that has one, with the class's index. Unused with a single class.
    heads: BinaryHeap<Reverse<(Time, u16)>>,
}

/// A class with some of its requests made ahead.
struct BufferedClass {
    stream: ClassStream,
    arrival: Vec<Time>,
    service: Vec<Span>,
    /// The first request that is not yet taken.
    next: usize,
    /// Requests made at once.
    batch: usize,
}

/// The least number of requests that a class makes at once.
const LEAST_BATCH: usize = 64;

impl RequestStream {
    /// # Errors
    /// When a trace cannot be opened or its first rows cannot be read.
    pub fn new(scenario: &Scenario, replication: u32) -> Result<RequestStream, TraceError> {
        // What is made ahead of all classes together is about a block.
        let batch = (Block::CAPACITY / scenario.traffic.len().max(1)).max(LEAST_BATCH);
        let mut classes = Vec::with_capacity(scenario.traffic.len());
        for class in &scenario.traffic {
            classes.push(BufferedClass {
                stream: ClassStream::new(scenario, class, replication)?,
                arrival: Vec::new(),
                service: Vec::new(),
                next: 0,
                batch,
            });
        }
        let mut heads = BinaryHeap::new();
        if classes.len() > 1 {
            for (index, class) in classes.iter_mut().enumerate() {
                heads.extend(class.head()?.map(|arrival| Reverse((arrival, index as u16))));
            }
        }
        Ok(RequestStream { classes, heads })
    }

    /// Replaces the block's requests with the next ones, up to [`Block::CAPACITY`]; an empty block is the end.
    ///
    /// # Errors
    /// When a trace can no longer be read.
    pub fn next_block(&mut self, block: &mut Block) -> Result<(), TraceError> {
        block.clear();
        match &mut self.classes[..] {
            [only] => {
                only.stream.fill(Block::CAPACITY, &mut block.arrival, &mut block.service)?;
                block.class.resize(block.arrival.len(), 0);
                Ok(())
            }
            _ => self.merge(block),
        }
    }

    /// Takes the earliest request of all, again and again; of simultaneous ones that of the first class.
    fn merge(&mut self, block: &mut Block) -> Result<(), TraceError> {
        while block.len() < Block::CAPACITY
            && let Some(mut head) = self.heads.peek_mut()
        {
            let Reverse((arrival, index)) = *head;
            let class = &mut self.classes[usize::from(index)];
            block.arrival.push(arrival);
            block.service.push(class.service[class.next]);
            block.class.push(index);
            class.next += 1;
            match class.head()? {
                Some(arrival) => *head = Reverse((arrival, index)),
                None => _ = PeekMut::pop(head),
            }
        }
        Ok(())
    }
}

impl BufferedClass {
    /// The arrival of the next request.
    #[inline]
    fn head(&mut self) -> Result<Option<Time>, TraceError> {
        if self.next == self.arrival.len() {
            self.arrival.clear();
            self.service.clear();
            self.next = 0;
            self.stream.fill(self.batch, &mut self.arrival, &mut self.service)?;
        }
        Ok(self.arrival.get(self.next).copied())
    }
}
