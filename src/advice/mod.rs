//! What the guide says of a question, beside what is simulated of it.

mod standing;
mod use_cases;

pub use standing::{Standing, standings};
pub use use_cases::{Deciding, Finding, Study, agrees, judge, study};
