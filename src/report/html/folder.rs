//! The report of a folder: `report.json` has what it says, the SVG files its charts, and `report.html` is made of both. So the page
//! of a finished folder has the bytes of the one that its command wrote.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::report::Error;
use crate::report::files::{json, write_text};
use crate::report::folder::MARKER;

use super::page::{Page, REPORT_SCHEMA};
use super::skeleton;

/// What a report says.
pub const REPORT: &str = "report.json";

/// The page.
pub const PAGE: &str = "report.html";

/// Why there is no report of a folder. Each message says what to do.
#[derive(Debug, thiserror::Error)]
pub enum NoReport {
    #[error("{path} is not a folder that breakeven filled\n  help: name the folder that a command wrote, such as output/mine", path = .0.display())]
    Foreign(PathBuf),
    #[error(
        "{path} holds no report: its command is not done, is one without a report, or was of an earlier version\n  help: do it again; there \
         are reports of run, curve, matrix, sweep, plan, use-cases and advise",
        path = .0.display()
    )]
    Absent(PathBuf),
    #[error(
        "{path} holds the report of another version of breakeven ({schema}, not {REPORT_SCHEMA})\n  help: do its command again",
        path = .path.display()
    )]
    OtherSchema { path: PathBuf, schema: String },
    #[error(transparent)]
    Failed(#[from] Error),
}

/// Keeps what a report says in the folder of its charts.
///
/// # Errors
/// When the file cannot be written.
pub fn keep(page: &Page, folder: &Path) -> Result<(), Error> {
    write_text(&folder.join(REPORT), &json(page)?)
}

/// What a finished folder's report says.
///
/// # Errors
/// See [`NoReport`].
pub fn kept(folder: &Path) -> Result<Page, NoReport> {
    if !folder.join(MARKER).is_file() {
        return Err(NoReport::Foreign(folder.to_owned()));
    }
    let path = folder.join(REPORT);
    let Ok(text) = fs::read_to_string(&path) else { return Err(NoReport::Absent(folder.to_owned())) };
    let failed = |error: serde_json::Error| Error::Read { path: path.clone(), cause: error.to_string() };
    let value: Value = serde_json::from_str(&text).map_err(failed)?;
    if value["schema"] != REPORT_SCHEMA {
        let schema = value["schema"].as_str().unwrap_or("no schema").to_owned();
        return Err(NoReport::OtherSchema { path: folder.to_owned(), schema });
    }
    Ok(serde_json::from_value(value).map_err(failed)?)
}

/// Writes the page of a folder into it; returns its path.
///
/// # Errors
/// See [`NoReport`].
pub fn write_page(folder: &Path) -> Result<PathBuf, NoReport> {
    let page = kept(folder)?;
    let drawing = |name: &str| {
        let path = folder.join(name).with_extension("svg");
        fs::read_to_string(&path).map_err(|error| Error::Read { path, cause: error.to_string() })
    };
    let path = folder.join(PAGE);
    write_text(&path, &skeleton::html(&page, drawing)?)?;
    Ok(path)
}
