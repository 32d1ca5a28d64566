//! The results of a command: its folder, put in place whole, and what is shown of it.

use std::path::Path;

use serde::Serialize;

use crate::report::folder::OutputFolder;
use crate::report::table::Look;
use crate::report::{Error, files, html};

use super::exit::Failure;
use super::flags::{HtmlFlag, OutputFlags};
use super::{interrupt, terminal};

/// Fills a new folder and puts it in the place of the claimed one. A failure or Ctrl-C leaves the previous one as it was.
pub fn publish(
    folder: OutputFolder,
    schema: &str,
    fill: impl FnOnce(&Path) -> Result<(), Error>,
) -> Result<(), Failure> {
    publish_with_page(folder, schema, HtmlFlag { html: false }, fill)
}

/// The same, with the page of the folder where it is wanted.
pub fn publish_with_page(
    folder: OutputFolder,
    schema: &str,
    wanted: HtmlFlag,
    fill: impl FnOnce(&Path) -> Result<(), Error>,
) -> Result<(), Failure> {
    let _held_off = interrupt::hold_off();
    let staging = folder.stage(schema)?;
    fill(staging.path())?;
    page(staging.path(), wanted)?;
    interrupt::check()?;
    staging.publish()?;
    Ok(())
}

/// Writes the page of a folder that is filled, where it is wanted.
pub fn page(folder: &Path, wanted: HtmlFlag) -> Result<(), Failure> {
    if wanted.html {
        html::write_page(folder)?;
    }
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
