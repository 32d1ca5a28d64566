//! The integration tests, one binary: a module a subject. Tests of one function or type live beside it in `src/`.

mod cli;
mod differential;
mod docs;
mod document;
mod experiment;
mod invariants;
mod matrix;
mod oracles;
mod plan;
mod presets;
mod reference;
mod scalers;
mod scenario;
mod serve;
mod speed;
mod spending;
mod supply;
mod traffic;
