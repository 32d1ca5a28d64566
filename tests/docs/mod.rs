//! The pages of the documentation are true: their examples run, and what they name exists.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use breakeven::scenario::{self, Overrides};

fn page(path: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap()
}

#[test]
fn the_scenario_in_the_readme_loads() {
    let readme = page("README.md");
    let (_, rest) = readme.split_once("```toml\n").expect("the README shows a scenario");
    let (example, _) = rest.split_once("```").unwrap();
    let loaded = scenario::load_text(example, "README.md", Path::new("."), &Overrides::default());
    assert!(loaded.is_ok(), "{}", loaded.unwrap_err().render(false));
}

#[test]
fn the_readme_names_every_embedded_scenario() {
    let readme = page("README.md");
    for embedded in &scenario::SCENARIOS {
        assert!(readme.contains(&format!("`{}`", embedded.name)), "the README does not name {}", embedded.name);
    }
}

#[test]
fn the_architecture_describes_every_folder_and_no_other() {
    let architecture = page("docs/ARCHITECTURE.md");
    let described: BTreeSet<String> =
        architecture.lines().filter_map(|line| line.strip_prefix("### src/")).map(str::to_owned).collect();
    let folders = fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("src")).unwrap();
    let folders = folders.map(|entry| entry.unwrap()).filter(|entry| entry.file_type().unwrap().is_dir());
    let existing: BTreeSet<String> = folders.map(|entry| entry.file_name().into_string().unwrap()).collect();
    assert_eq!(described, existing);
}
