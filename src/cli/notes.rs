//! What is said beside the results: after the report of a person, and on standard error, so that JSON stays alone.

use std::path::Path;

use crate::report::html::PAGE;
use crate::scenario::Loaded;

use super::flags::{HtmlFlag, OutputFlags};
use super::terminal;

/// What is known beforehand of jobs that never end.
pub fn obstacles(loaded: &Loaded, output: &OutputFlags) {
    for warning in loaded.warnings.iter().filter(|warning| warning.caveat.is_told_first() && !output.quiet) {
        terminal::note(&format!("warning: {warning}\n"));
    }
}

/// Where the files are.
pub fn written(place: &str, files: &str, output: &OutputFlags) {
    let charts = if output.no_charts { "" } else { ", charts" };
    written_exactly(place, &format!("{files}{charts}"), output);
}

/// Where the files are, charts or none among them.
pub fn written_exactly(place: &str, files: &str, output: &OutputFlags) {
    if !output.quiet {
        terminal::note(&format!("\nwritten to {place} ({files})\n"));
    }
}

/// Where the page is.
pub fn page(place: &str, wanted: HtmlFlag, output: &OutputFlags) {
    if wanted.html && !output.quiet {
        terminal::note(&format!("report: {}\n", Path::new(place).join(PAGE).display()));
    }
}

/// Where the requests are.
pub fn requests(path: &Path, output: &OutputFlags) {
    if !output.quiet {
        terminal::note(&format!("requests of the first replication: {}\n", path.display()));
    }
}
