//! What the terminal can show, and writing to it.

use std::fs::File;
use std::io::{self, Write};
use std::path::Path;

use anstream::{AutoStream, ColorChoice};
use terminal_size::{Width, terminal_size_of};

use crate::report::table::Look;

use super::exit::Failure;

/// Columns where standard output is not a terminal.
const WIDTH: u16 = 80;
/// Narrower, a table is not one; wider, lines are hard to follow.
const WIDTHS: std::ops::RangeInclusive<u16> = 60..=160;

/// How to write on standard output: NO_COLOR, CLICOLOR, CLICOLOR_FORCE and TERM are heeded, and no colour goes into a file.
#[must_use]
pub fn look() -> Look {
    let width = terminal_size_of(io::stdout()).map_or(WIDTH, |(Width(columns), _)| columns);
    Look {
        width: width.clamp(*WIDTHS.start(), *WIDTHS.end()),
        color: AutoStream::choice(&io::stdout()) != ColorChoice::Never,
    }
}

/// Whether standard error takes colour.
#[must_use]
pub fn color_of_errors() -> bool {
    AutoStream::choice(&io::stderr()) != ColorChoice::Never
}

/// Writes to standard output.
pub fn print(text: &str) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes())?;
    out.flush()?;
    Ok(())
}

/// Writes a file to standard output.
pub fn print_file(path: &Path) -> Result<(), Failure> {
    let unreadable = |error| Failure::Failed(format!("error: cannot read {}: {error}", path.display()));
    let mut file = File::open(path).map_err(unreadable)?;
    let mut out = io::stdout().lock();
    io::copy(&mut file, &mut out)?;
    out.flush()?;
    Ok(())
}

/// Writes a message to standard error, where a closed one is no failure.
pub fn note(text: &str) {
    let _ = io::stderr().lock().write_all(text.as_bytes());
}
