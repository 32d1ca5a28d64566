//! The server: its answers are the command line's, and nobody can ask it for more than it gives.

mod client;
mod ending;
mod load;
mod routes;
mod safety;

/// The program.
fn program() -> &'static str {
    env!("CARGO_BIN_EXE_breakeven")
}
