//! The stream of one replication's requests.

use crate::scenario::Scenario;

use super::Block;

/// The requests of one replication, from t = 0 to the horizon.
pub struct RequestStream {}

impl RequestStream {
    /// # Errors
    /// When a trace cannot be opened.
    pub fn new(_scenario: &Scenario, _replication: u32) -> Result<RequestStream, std::io::Error> {
        todo!()
    }

    /// Replaces the block's requests with the next ones; an empty block is the end.
    ///
    /// # Errors
    /// When a trace can no longer be read.
    pub fn next_block(&mut self, _block: &mut Block) -> Result<(), std::io::Error> {
        todo!()
    }
}
