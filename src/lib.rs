//! `breakeven` answers one question with evidence: for this traffic, which fleet is cheapest at the latency
//! I need - serverless, dedicated, or a mix?
//!
//! It simulates every request, so that queues, cold starts, idle time and the rounding of bills are in the answer.
//! A scenario travels through the modules in this order, and each module names only those before it:
//!
//! 1. [`mod@unit`]: time, money, prices and rates that cannot be confused.
//! 2. [`trace`]: recorded traffic, read row by row from CSV, gzipped CSV or Parquet.
//! 3. [`mod@toml`]: TOML files in which every value knows its place, and the mistakes that are found in them.
//! 4. [`catalog`]: what GPUs cost, by provider, and what platforms do (presets), each with its source, date and certainty.
//! 5. [`scenario`]: the TOML file becomes a checked [`scenario::Scenario`].
//! 6. [`random`]: addressed streams of random numbers and the distributions drawn from them.
//! 7. [`traffic`]: requests, in blocks sorted by arrival.
//! 8. [`measure`]: counters, histograms and confidence intervals.
//! 9. [`bill`]: usage becomes money.
//! 10. [`fleet`]: dedicated, serverless and hybrid fleets that serve those requests. No files; money only where a spend cap asks.
//! 11. [`jobs`]: training, fine-tuning and batches on those fleets, interrupted and begun again from their checkpoints.
//! 12. [`engine`]: replications of the same requests and jobs against every fleet, in parallel.
//! 13. [`guide`]: what the guide recommends, as data.
//! 14. [`decide`]: which fleet is the cheapest, and whether the difference is significant.
//! 15. [`summary`]: what was measured becomes figures with intervals.
//! 16. [`experiment`]: runs put together: pools fitted to the objective, replications until the figures are sharp enough.
//! 17. [`advice`]: what the guide says of a question, beside what is simulated of it.
//! 18. [`validation`]: closed forms and measured workloads beside what is simulated.
//! 19. [`report`]: tables, JSON, Parquet and charts.

pub mod advice;
pub mod bill;
pub mod catalog;
pub mod cli;
pub mod decide;
pub mod engine;
pub mod experiment;
pub mod fleet;
pub mod guide;
pub mod jobs;
pub mod measure;
pub mod random;
pub mod report;
pub mod scenario;
pub mod summary;
pub mod toml;
pub mod trace;
pub mod traffic;
pub mod unit;
pub mod validation;
