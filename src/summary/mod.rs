//! From what was measured to figures with intervals: the document of a run.

mod document;
mod jobs;
mod summarize;

pub use document::*;
pub(crate) use jobs::JobsPart;
pub use jobs::{CompletionSummary, ENOUGH_IN_TIME, JobSummary, summarize_jobs};
pub use summarize::{RUN_SCHEMA, summarize};
