//! What is said beside the results.

use super::flags::OutputFlags;
use super::terminal;

/// Where the files are: after the report of a person, on standard error beside JSON.
pub fn written(place: &str, output: &OutputFlags) {
    if !output.quiet {
        let charts = if output.no_charts { "" } else { ", charts" };
        terminal::note(&format!("\nwritten to {place} (summary.json, CSV, Parquet{charts})\n"));
    }
}
