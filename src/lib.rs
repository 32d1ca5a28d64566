//! `breakeven` answers one question with evidence: for this traffic, which fleet is cheapest at the latency
//! I need - serverless, dedicated, or a mix?
//!
//! It simulates every request, so that queues, cold starts, idle time and the rounding of bills are in the answer.
//! A scenario travels through the modules in this order, and each module names only those before it:
//!
//! 1. [`mod@unit`]: time, money, prices and rates that cannot be confused.
//! 2. [`mod@guide`]: the rules of thumb of a known guide, pure: nothing is simulated.
//! 3. [`trace`]: recorded traffic, read row by row from CSV, gzipped CSV or Parquet.
//! 4. [`mod@toml`]: TOML files in which every value knows its place, and the mistakes that are found in them.
//! 5. [`catalog`]: what GPUs cost, by provider, and what platforms do (presets), each with its source, date and certainty.
//! 6. [`scenario`]: the TOML file becomes a checked [`scenario::Scenario`].
//! 7. [`random`]: addressed streams of random numbers and the distributions drawn from them.
//! 8. [`traffic`]: requests, in blocks sorted by arrival.
//! 9. [`measure`]: counters, histograms and confidence intervals.
//! 10. [`bill`]: usage becomes money.
//! 11. [`fleet`]: dedicated, serverless and hybrid fleets that serve those requests. No files; money only where a spend cap asks.
//! 12. [`jobs`]: training, fine-tuning and batches on those fleets, interrupted and begun again from their checkpoints.
//! 13. [`engine`]: replications of the same requests and jobs against every fleet, in parallel.
//! 14. [`decide`]: which fleet is the cheapest, and whether the difference is significant.
//! 15. [`summary`]: what was measured becomes figures with intervals.
//! 16. [`experiment`]: runs put together: pools fitted to the objective, replications until the figures are sharp enough.
//! 17. [`validation`]: closed forms and measured workloads beside what is simulated.
//! 18. [`advice`]: the guide's rules beside what is simulated, and where they agree.
//! 19. [`report`]: tables, JSON, Parquet and charts.
//! 20. [`serve`]: a page and a JSON API over HTTP, with the answers of the command line.

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
pub mod serve;
pub mod summary;
pub mod toml;
pub mod trace;
pub mod traffic;
pub mod unit;
pub mod validation;
