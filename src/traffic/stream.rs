//! The stream of one replication's requests: its classes, superposed.

use crate::scenario::Scenario;
use crate::trace::TraceError;

use super::Block;
use super::class::ClassStream;
use super::merge::Requests;

/// The requests of one replication, from t = 0 to the horizon.
pub struct RequestStream {
    requests: Requests,
}

impl RequestStream {
    /// # Errors
    /// When a trace cannot be opened or its first rows cannot be read.
    pub fn new(scenario: &Scenario, replication: u32) -> Result<RequestStream, TraceError> {
        let classes: Result<Vec<(u16, ClassStream)>, TraceError> = (0..)
            .zip(&scenario.traffic)
            .map(|(index, class)| Ok((index, ClassStream::new(scenario, class, replication)?)))
            .collect();
        Ok(RequestStream { requests: Requests::superpose(classes?) })
    }

    /// Replaces the block's requests with the next ones, [`Block::CAPACITY`] of them but for the last; an empty block is
    /// the end.
    ///
    /// # Errors
    /// When a trace can no longer be read.
    pub fn next_block(&mut self, block: &mut Block) -> Result<(), TraceError> {
        block.clear();
        self.requests.fill(Block::CAPACITY, block)
    }
}
