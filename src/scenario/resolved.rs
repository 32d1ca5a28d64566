//! The scenario as it was run, every default written out.

use std::path::Path;

use super::Scenario;

/// todo
pub fn write_resolved(_scenario: &Scenario, _out_dir: &Path) -> String {
    String::new()
}
