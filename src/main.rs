//! Parse, call the library, print one error, return the code.

use std::process::ExitCode;

use breakeven::cli::{self, exit};

fn main() -> ExitCode {
    let outcome = cli::execute(std::env::args_os());
    exit::show(&outcome);
    exit::code(&outcome)
}
