//! The results of a command: its folder, put in place whole, and what is shown of it.

use std::path::Path;

use serde::Serialize;

use crate::report::folder::OutputFolder;
use crate::report::table::Look;
use crate::report::{Error, files};

use super::exit::Failure;
use super::flags::OutputFlags;
use super::{interrupt, terminal};

/// Fills a new folder and puts it in the place of the claimed one. A failure or Ctrl-C leaves the previous one as it was.
pub fn publish(
    folder: OutputFolder,
    schema: &str,
    fill: impl FnOnce(&Path) -> Result<(), Error>,
) -> Result<(), Failure> {
    let _held_off = interrupt::hold_off();
    let staging = folder.stage(schema)?;
    fill(staging.path())?;
    interrupt::check()?;
    staging.publish()?;
    Ok(())
}

/// The document for a program, or the report for a person.
pub fn show(
    document: &impl Serialize,
    report: impl FnOnce(Look) -> String,
    output: &OutputFlags,
) -> Result<(), Failure> {
    match output.json {
        true => terminal::print(&files::json(document)?),
        false => terminal::print(&report(terminal::look())),
    }
}
