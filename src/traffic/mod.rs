//! Requests: the classes of a scenario, superposed, in blocks sorted by arrival.

mod block;
mod stream;

pub use block::Block;
pub use stream::RequestStream;
